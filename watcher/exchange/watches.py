"""Backups of changedetection.io: the zip that it makes, or its `url-watches.json`.

Up to 0.5x every watch stands in `url-watches.json`; since then each has a `watch.json` in a folder of its own. A backup
is a stranger's archive: only these members are read, each capped, by name, and nothing is unpacked to disk.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from watcher.exchange.joblists import xpath_as_css
from watcher.exchange.naming import label
from watcher.exchange.taken import Draft, Note

_MOST_BYTES = 50_000_000
_MOST_MEMBERS = 20_000
_WATCH = re.compile(r"(?:[^/]+/)?[0-9a-fA-F-]{36}/watch\.json")
_LIST = re.compile(r"(?:[^/]+/)?url-watches\.json")
_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
# What changes which text is seen, or when it is told.
_TELLING = {
    "ignore_text": "text to ignore",
    "extract_text": "text to extract",
    "trigger_text": "text to wait for",
    "text_should_not_be_present": "text that must be absent",
    "browser_steps": "steps in the browser",
    "webdriver_js_execute_code": "a script to run",
    "headers": 'headers (they may be secrets: write headers = { Name = "${SECRET}" })',
    "body": "a body to send",
    "proxy": "a proxy (write proxy)",
    "notification_urls": "where it tells changes (see [[subscriber]])",
}


def read_watches(path: Path) -> Iterator[Draft]:
    """Every watch of a backup. Raises UsageError when it is none."""
    for number, (watch, tags) in enumerate(_watches(path), start=1):
        place = f"{path.name}: watch {number}"
        place += f" ({name})" if (name := label(watch.get("title"))) else ""
        yield _draft(place, watch, tags)


def is_watch_list(data: object) -> bool:
    """Whether parsed JSON is a `url-watches.json`."""
    return isinstance(data, Mapping) and isinstance(data.get("watching"), Mapping)


def _watches(path: Path) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each watch with the tags by their id."""
    members = list(_members(path))
    for name, data in members:
        if _LIST.fullmatch(name) and is_watch_list(data):
            tags = _get(data, "settings", "application", "tags")
            yield from ((watch, tags) for watch in data["watching"].values() if isinstance(watch, Mapping))
            return
    found: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
        (data, {}) for name, data in members if _WATCH.fullmatch(name) and isinstance(data, Mapping)
    ]
    if not found:
        raise UsageError(f"{path}: no backup of changedetection.io (it holds no url-watches.json and no watch.json)")
    yield from found


def _members(path: Path) -> Iterator[tuple[str, Any]]:
    """The JSON files of a backup by name. Raises UsageError for a broken archive and for one that is made to grow."""
    try:
        if not zipfile.is_zipfile(path):
            data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
            yield "url-watches.json", json.loads(data)
            return
        left = _MOST_BYTES
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist()[:_MOST_MEMBERS]:
                if not (_WATCH.fullmatch(member.filename) or _LIST.fullmatch(member.filename)):
                    continue
                with archive.open(member) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise UsageError(f"{path}: unpacks to more than {_MOST_BYTES // 1_000_000} MB (is it a backup?)")
                yield member.filename, json.loads(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RecursionError, NotImplementedError) as error:
        raise UsageError(f"{path}: cannot be read as a backup ({label(str(error)) or 'broken'})") from error
    except (OSError, RuntimeError) as error:  # the latter for an archive with a password
        raise UsageError(f"{path}: cannot be read ({label(str(error)) or 'broken'})") from error


def _draft(place: str, watch: Mapping[str, Any], tags: Mapping[str, Any]) -> Draft:
    notes: list[Note] = []
    entry: dict[str, Any] = {"url": watch.get("url")}
    if title := label(watch.get("title")):
        entry["title"] = title
    select = [found for one in _texts(watch.get("include_filters")) if (found := _filter(place, one, notes))]
    entry |= {"select": select} if select else {}
    entry |= {"remove": removed} if (removed := _texts(watch.get("subtractive_selectors"))) else {}
    if watch.get("fetch_backend") in {"html_webdriver", "webdriver", "playwright"}:
        entry["fetcher"] = "browser"
    if every := _every(watch):
        entry["every"] = every
    if named := [name for one in _texts(watch.get("tags")) if (name := label(_get(tags, one).get("title")))]:
        entry["tags"] = named
    if watch.get("paused") is True:
        notes.append(Note(place, "was paused there; it is watched here (take it out if it should not be)"))
    if str(watch.get("method") or "GET").upper() != "GET":
        notes.append(Note(place, f"is asked with {label(watch.get('method')) or '?'} there, with GET here"))
    notes += [Note(place, f"{what} not kept") for key, what in _TELLING.items() if watch.get(key)]
    return Draft(place, entry, tuple(notes))


def _filter(place: str, text: str, notes: list[Note]) -> str | None:
    """A filter as a CSS selector; other kinds are noted."""
    path = text.partition(":")[2] if text.startswith(("xpath:", "xpath1:")) else text
    if path is text and not text.startswith(("/", "json:", "jq:", "jqraw:")):
        return text
    css = xpath_as_css(path)
    if css is None:
        notes.append(Note(place, f"filter {label(text) or '?'} is not kept (write select with a CSS selector)"))
    return css


def _every(watch: Mapping[str, Any]) -> str | None:
    """The time between checks as it is written here: in the largest unit that fits, at least a minute."""
    if watch.get("time_between_check_use_default"):
        return None
    parts = _get(watch, "time_between_check")
    seconds = sum(int(value) * _UNITS[key] for key, value in parts.items() if key in _UNITS and isinstance(value, int))
    return written(max(seconds, 60)) if seconds > 0 else None


def written(seconds: int) -> str:
    """A length of time as a person writes it: "1d", "90m"."""
    name, unit = next((name, unit) for name, unit in _UNITS.items() if seconds % unit == 0)
    return f"{seconds // unit}{name[0]}"


def _texts(value: object) -> list[str]:
    return [one.strip() for one in value if isinstance(one, str) and one.strip()] if isinstance(value, list) else []


def _get(data: object, *path: str) -> Mapping[str, Any]:
    """What stands at the end of a path of keys; empty when it is not there."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}
