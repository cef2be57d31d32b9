"""Write sources in forms that other programs read: a table, JSON, plain addresses, declarations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from storage.model import DocumentType, PageRules, Range, Source
from watcher.exchange.lists import COLUMNS
from watcher.exchange.watches import written
from watcher.published import put_new_files, unwritten
from watcher.report.spreadsheet import as_csv

WRITTEN = ("csv", "urls", "declarations")
# Open Terms Archive's names for our documents; one that has several takes the first.
_TERMS = {
    DocumentType.PRIVACY_POLICY: "Privacy Policy",
    DocumentType.DPA: "Data Processor Agreement",
    DocumentType.SUBPROCESSORS: "List of Subprocessors",
    DocumentType.COOKIES: "Trackers Policy",
    DocumentType.TERMS: "Terms of Service",
    DocumentType.SECURITY: "Vulnerability Disclosure Policy",
    DocumentType.OTHER: "Other",
}


def write_sources(sources: Sequence[Source], form: str) -> str:
    """The sources as a table (`csv`, formula-safe, read back by `read_sources`) or one address a line (`urls`)."""
    if form == "urls":
        return "".join(f"{url}\n" for source in sources for url in source.urls)
    return as_csv(COLUMNS, map(_cells, sources))


def write_declarations(sources: Sequence[Source], folder: Path) -> list[Path]:
    """One declaration of Open Terms Archive for each vendor, as new files in `folder`; returns them.

    Nothing is overwritten, and no link is followed: raises ClausewatchError when one of the files is there already, or
    cannot be written.
    """
    vendors: dict[str, list[Source]] = {}
    for source in sources:
        vendors.setdefault(source.vendor, []).append(source)
    files = {folder / f"{_file_name(vendor)}.json": _declaration(vendor, own) for vendor, own in vendors.items()}
    if len(files) < len(vendors):
        raise UsageError("two vendors would have one file (give them names that differ in letters and digits)")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, error, "name an empty folder") from error
    texts = {path: json.dumps(one, ensure_ascii=False, indent=2) + "\n" for path, one in files.items()}
    put_new_files({path: text.encode() for path, text in texts.items()}, "name an empty folder")
    return list(files)


def _cells(source: Source) -> list[str]:
    return [
        source.id,
        source.vendor,
        source.document.value,
        " ".join(source.urls),
        source.rules.language or "",
        source.cron.expression if source.cron else written(int(source.every.total_seconds())),
        source.fetcher,
        ", ".join(source.tags),
        _parts(source.rules.select, source.rules.select_ranges),
        _parts(source.rules.remove, source.rules.remove_ranges),
    ]


def _parts(selectors: Sequence[str], ranges: Sequence[Range]) -> str:
    """One selector as it is, several and ranges as JSON."""
    if len(selectors) == 1 and not ranges and not selectors[0].startswith("["):
        return selectors[0]
    parts: list[Any] = [*selectors, *(_range(one) for one in ranges)]
    return json.dumps(parts, ensure_ascii=False) if parts else ""


def _range(one: Range) -> dict[str, Any]:
    found: dict[str, Any] = {"from": one.start, **({} if one.end is None else {"to": one.end})}
    return found | ({"from_included": False} if one.after else {}) | ({"to_included": True} if one.through else {})


def _file_name(vendor: str) -> str:
    """A vendor as a file name of any system: nothing in it leads elsewhere."""
    kept = "".join(char if char.isalnum() or char in " .-_" else "-" for char in vendor).strip(" .-")
    return kept[:80] or "vendor"


def _declaration(vendor: str, sources: Sequence[Source]) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for source in sources:
        name = _TERMS[source.document]
        count = sum(key == name or key.startswith(f"{name} (") for key in terms)
        terms[f"{name} ({source.id.partition('/')[2]})" if count else name] = _terms(source)
    return {"name": vendor, "terms": terms}


def _terms(source: Source) -> dict[str, Any]:
    scripts = {"executeClientScripts": True} if source.fetcher == "browser" else {}
    if len(source.urls) == 1:
        return {"fetch": source.urls[0], **_selection(source.rules), **scripts}
    several = [
        {"fetch": url, **(_selection(source.rules.pages[number]) if source.rules.pages else {})}
        for number, url in enumerate(source.urls)
    ]
    return {**_selection(source.rules), "combine": several, **scripts}


def _selection(rules: PageRules) -> dict[str, Any]:
    select = [*rules.select, *(_bounds(one) for one in rules.select_ranges)]
    remove = [*rules.remove, *(_bounds(one) for one in rules.remove_ranges)]
    # Theirs has no way to say "the main text": without a selector all of the page is taken.
    return {"select": select or ["body"], **({"remove": remove} if remove else {})}


def _bounds(one: Range) -> dict[str, str]:
    end = {("endAfter" if one.through else "endBefore"): one.end} if one.end is not None else {"endAfter": "body"}
    return {("startAfter" if one.after else "startBefore"): one.start, **end}
