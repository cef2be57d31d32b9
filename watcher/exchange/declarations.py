"""Declarations of Open Terms Archive: one JSON file for each service, with its history of selectors beside it.

Format: https://docs.opentermsarchive.org/terms/reference/declaration/ (fetch, select, remove, filter, combine,
executeClientScripts; `NAME.history.json` with `validUntil`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from watcher.exchange.naming import label, slug
from watcher.exchange.taken import Draft, Note

MOST_BYTES = 5_000_000
_HISTORY = ".history.json"
# Their types of terms (https://github.com/OpenTermsArchive/terms-types) that are one of our documents.
DOCUMENTS = {
    "Privacy Policy": "privacy-policy",
    "Business Privacy Policy": "privacy-policy",
    "Children Privacy Policy": "privacy-policy",
    "Data Processor Agreement": "dpa",
    "Data Controller Agreement": "dpa",
    "Sub-processors": "subprocessors",
    "Subprocessors": "subprocessors",
    "List of Subprocessors": "subprocessors",
    "Trackers Policy": "cookies",
    "Terms of Service": "terms",
    "Commercial Terms": "terms",
    "Developer Terms": "terms",
    "Acceptable Use Policy": "terms",
    "Vulnerability Disclosure Policy": "security",
}
_BOUNDS = {"startBefore": True, "startAfter": False, "endBefore": False, "endAfter": True}
_KNOWN = frozenset({"fetch", "select", "remove", "filter", "combine", "executeClientScripts", "validUntil"})


def is_declaration(data: object) -> bool:
    """Whether parsed JSON is a declaration of a service."""
    return isinstance(data, Mapping) and isinstance(data.get("terms", data.get("documents")), Mapping)


def read_declaration(path: Path) -> Iterator[Draft]:
    """Every document that a declaration names. Raises UsageError when the file is none."""
    data = _json(path)
    if not is_declaration(data):
        raise UsageError(f'{path}: no declaration of Open Terms Archive ("name" and "terms" are missing)')
    service = label(data.get("name")) or path.stem
    past = _history(path)
    for kind, terms in data.get("terms", data.get("documents")).items():
        place = f"{path.name}: {label(kind) or '?'}"
        if not isinstance(terms, Mapping):
            yield Draft(place, {}, (Note(place, "is no declaration of a document", lost=True),))
            continue
        yield _draft(place, service, str(kind), terms, past.get(kind, []))


def _draft(place: str, service: str, kind: str, terms: Mapping[str, Any], past: object) -> Draft:
    notes: list[Note] = []
    entry: dict[str, Any] = {
        "id": f"{slug(service) or 'service'}/{slug(kind) or 'document'}",
        "vendor": service,
        "document": DOCUMENTS.get(kind, "other"),
        **_pages(place, terms, notes),
    }
    parts = [terms, *_mappings(terms.get("combine"))]
    if any(part.get("executeClientScripts") is True for part in parts):
        entry["fetcher"] = "browser"
    for part in parts:
        notes += _not_kept(place, part)
    if earlier := _earlier(place, past, notes):
        entry["earlier"] = earlier
    return Draft(place, entry, tuple(dict.fromkeys(notes)))


def _pages(place: str, terms: Mapping[str, Any], notes: list[Note]) -> dict[str, Any]:
    """The address or addresses of a document, with what is taken out of each."""
    shared = _selection(place, terms, notes)
    parts = _mappings(terms.get("combine"))
    if not parts:
        return {"url": terms.get("fetch"), **shared}
    own = [_selection(place, part, notes) for part in parts]
    if not any(own):
        return {"urls": [part.get("fetch", terms.get("fetch")) for part in parts], **shared}
    return {"page": [{"url": part.get("fetch"), **chosen} for part, chosen in zip(parts, own, strict=True)], **shared}


def _selection(place: str, part: Mapping[str, Any], notes: list[Note]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("select", "remove"):
        wanted = part.get(key, [])
        selectors = [_selector(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
        if any(one is None for one in selectors):
            notes.append(Note(place, f"{key}: holds what is neither a selector nor a range; it is left out"))
        if kept := [one for one in selectors if one is not None]:
            found[key] = kept
    return found


def _selector(value: object) -> str | dict[str, Any] | None:
    """A selector, or a range in our words; None for anything else."""
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    if not isinstance(value, Mapping) or not set(value) <= set(_BOUNDS):
        return None
    starts = [key for key in ("startBefore", "startAfter") if isinstance(value.get(key), str)]
    ends = [key for key in ("endBefore", "endAfter") if isinstance(value.get(key), str)]
    if len(starts) != 1 or len(ends) != 1:
        return None
    found: dict[str, Any] = {"from": value[starts[0]], "to": value[ends[0]]}
    found |= {} if _BOUNDS[starts[0]] else {"from_included": False}
    return found | ({"to_included": True} if _BOUNDS[ends[0]] else {})


def _not_kept(place: str, part: Mapping[str, Any]) -> Iterator[Note]:
    """Filters are programs of the collection, and what is unknown is not guessed."""
    filters = part.get("filter", [])
    for one in filters if isinstance(filters, list) else [filters]:
        name = one if isinstance(one, str) else next(iter(one), "?") if isinstance(one, Mapping) else "?"
        yield Note(place, f"filter {label(name) or '?'} is not kept (it is a program; see whether the text is right)")
    for key in part:
        if key not in _KNOWN:
            yield Note(place, f"{label(key) or '?'} is unknown and not kept")


def _earlier(place: str, past: object, notes: list[Note]) -> list[dict[str, Any]]:
    """The selectors of earlier times, one set for each last day."""
    found: dict[date, dict[str, Any]] = {}
    for one in _mappings(past):
        day = _day(one.get("validUntil"))
        if day is None or "combine" in one:
            what = "of several pages" if day else f"without a day ({label(one.get('validUntil')) or 'no validUntil'})"
            notes.append(Note(place, f"history: selectors {what} are not kept"))
            continue
        notes += _not_kept(f"{place}, until {day}", one)
        found[day] = {"valid_until": day, **_selection(place, one, notes)}
    return [found[day] for day in sorted(found)]


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _history(path: Path) -> Mapping[str, Any]:
    beside = path.with_name(path.name.removesuffix(".json") + _HISTORY)
    data = _json(beside) if beside.is_file() else {}
    return data if isinstance(data, Mapping) else {}


def is_history(path: Path) -> bool:
    """Whether a file is the history of another."""
    return path.name.endswith(_HISTORY)


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _json(path: Path) -> Any:
    """Raises UsageError for what is no JSON of a bearable size."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UsageError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB (is it the right file?)")
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read as JSON ({error})") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
