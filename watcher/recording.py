"""A recording: the captures of one page, kept by somebody, with the time of each.

Either an `index.json` (form: docs/reference/contracts.md) with an archive beside it, or a folder of dated files. A
recording comes from anywhere: nothing outside its folder is read, nothing is unpacked, and every size is bounded.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from storage.errors import UsageError
from storage.model import Capture
from watcher.extractor import media_type_of

# A day and, optionally, a time of day in a file name: 2025-11-11, 2025-11-11T1534Z, 20251111, 2025-11-11_15-34-11.
STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T_ -]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?Z?)?")
# No page was recorded before there was a web, and a year beyond this is a slip of the pen.
YEARS = range(1990, 2200)
# One recorded page may be as large as this; a larger one is refused by name.
MAX_BYTES = 50_000_000
BROKEN_ARCHIVE = (tarfile.TarError, EOFError, OSError, zlib.error)


@dataclass(frozen=True, slots=True)
class Recording:
    """The captures of one page, oldest first, no two of one moment. `read` them one at a time: memory stays flat."""

    page: str
    vendor: str
    url: str
    archive: Path
    captures: tuple[tuple[str, datetime], ...]

    def read(self) -> Iterator[Capture]:
        """Each capture with its bytes.

        Raises UsageError before the first when one is not there, later when one is too large or cannot be unpacked.
        """
        if self.archive.is_dir():
            places = [_inside(self.archive, name) for name, _ in self.captures]
            for (name, when), place in zip(self.captures, places, strict=True):
                with place.open("rb") as file:
                    yield self._capture(name, when, file)
            return
        try:
            with tarfile.open(self.archive, "r:*") as archive:
                members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
                for name, _ in self.captures:
                    if name not in members:
                        raise UsageError(f"{self.archive}: there is no file {name!r} in it")
                for name, when in self.captures:
                    if stream := archive.extractfile(members[name]):
                        yield self._capture(name, when, stream)
        except BROKEN_ARCHIVE as error:
            why = (str(error).splitlines() or ["?"])[0].rstrip(":")
            raise UsageError(f"{self.archive}: not an archive that can be unpacked ({why})") from error

    def _capture(self, name: str, when: datetime, stream: IO[bytes]) -> Capture:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise UsageError(f"{self.archive}: {name!r} is larger than {MAX_BYTES} bytes")
        return Capture(
            url=self.url,
            final_url=self.url,
            fetched_at=when,
            status=200,
            headers=(),
            media_type=media_type_of(name),
            charset=None,
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
        )


def open_recording(path: Path, *, page: str | None = None, url: str | None = None) -> Recording:
    """The recording at `path`. Raises UsageError that says what is wrong and what there is to choose from."""
    if path.is_dir():
        return _folder(path, url or path.resolve().as_uri())
    if path.name.endswith(".json") and path.is_file():
        return _indexed(path, page, url)
    problem = "is neither an index.json nor a folder of dated files" if path.exists() else "does not exist"
    raise UsageError(f"{path}: {problem}")


def _folder(path: Path, url: str) -> Recording:
    dated = [
        (file.relative_to(path).as_posix(), when)
        for file in path.rglob("*")
        if file.is_file() and not file.is_symlink() and (when := _stamp(file.name)) is not None
    ]
    if not dated:
        raise UsageError(f"{path}: no file with a date in its name (2025-11-11.html or 2025-11-11T1534Z.html)")
    return Recording(path.name, path.name, url, path, _in_order(dated))


def _stamp(name: str) -> datetime | None:
    """The time in a file's name; None for hidden files, for an editor's backups, and where there is none."""
    if name.startswith(".") or name.endswith("~"):
        return None
    for found in STAMP.finditer(name):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            continue
        if when.year in YEARS:
            return when
    return None


def _indexed(path: Path, page: str | None, url: str | None) -> Recording:
    try:
        index = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise UsageError(f"{path}: cannot be read as JSON ({error})") from error
    try:
        pages = [_mapping(entry, "a page") for entry in _list(_mapping(index, "the file"), "pages")]
        chosen = _chosen(pages, page)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    try:
        captures = [
            (_text(one, "file"), _when(_text(one, "date")))
            for one in (_mapping(entry, "a capture") for entry in _list(chosen, "captures"))
        ]
        return Recording(
            page=_text(chosen, "page"),
            vendor=str(chosen.get("service") or chosen["page"]),
            url=_address(url or _text(chosen, "url")),
            archive=_inside(path.parent, _text(chosen, "archive")),
            captures=_in_order(captures),
        )
    except ValueError as error:
        raise UsageError(f"{path}: page {chosen['page']!r}: {error}") from error


def _chosen(pages: list[dict[str, Any]], page: str | None) -> dict[str, Any]:
    names = [_text(entry, "page") for entry in pages]
    if page is None and len(pages) > 1:
        raise ValueError(f"holds several pages; name one with --page: {', '.join(names)}")
    for name, entry in zip(names, pages, strict=True):
        if page in {None, name}:
            return entry
    raise ValueError(f"there is no page {page!r} in it, only: {', '.join(names)}" if names else "holds no page")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {type(value).__name__}, not an object with keys")  # noqa: TRY004 - told as one fault
    return value


def _list(entry: dict[str, Any], key: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list) or not value:
        raise ValueError(f'"{key}" is missing, empty or no list')
    return value


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f'"{key}" is missing, empty or no text')
    return value


def _address(url: str) -> str:
    if not re.match(r"(?:https?|file)://", url):
        raise ValueError(f"{url!r} is no address of a page (https://…)")
    return url


def _when(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time (write 2025-11-11 or 2025-11-11T15:34:00Z)") from error
    if when.year not in YEARS:
        raise ValueError(f"{text!r} lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _in_order(captures: Iterable[tuple[str, datetime]]) -> tuple[tuple[str, datetime], ...]:
    """By time, then by name; a second capture of one moment counts as taken a second later.

    An interrupted run goes on after the last moment that it recorded, so each moment may stand for one capture only.
    """
    ordered: list[tuple[str, datetime]] = []
    for name, when in sorted(captures, key=lambda item: (item[1], item[0])):
        after = ordered[-1][1] + timedelta(seconds=1) if ordered else when
        ordered.append((name, max(when, after)))
    return tuple(ordered)


def _inside(folder: Path, name: str) -> Path:
    """A file or folder that a recording names, never one outside the recording's own folder."""
    try:
        place = (folder / name).resolve()
        there = place.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{folder}: {name!r} is no usable path ({error})") from error
    if not there or place == folder.resolve() or not place.is_relative_to(folder.resolve()):
        raise UsageError(f"{folder}: there is no {name!r} in it")
    return place
