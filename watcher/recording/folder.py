"""A folder whose file names hold the day on which each was taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from storage.errors import UsageError
from watcher.recording.tape import MAX_BYTES, YEARS, Recording, Taken, bounded, from_file, in_order

# A day and, optionally, a time of day in a file name: 2025-11-11, 2025-11-11T1534Z, 20251111, 2025-11-11_15-34-11.
STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T_ -]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?Z?)?")


def open_folder(path: Path, url: str | None) -> Recording:
    """The dated files below a folder. Raises UsageError when there are none."""
    dated = [
        (file.relative_to(path).as_posix(), when)
        for file in path.rglob("*")
        if file.is_file() and not file.is_symlink() and (when := _stamp(file.name)) is not None
    ]
    if not dated:
        raise UsageError(f"{path}: no file with a date in its name (2025-11-11.html or 2025-11-11T1534Z.html)")
    address = url or path.resolve().as_uri()
    return Recording(path.name, path.name, address, in_order(dated), partial(bodies_in_folder, path))


def bodies_in_folder(folder: Path, names: Sequence[str]) -> Iterator[Taken]:
    """The files of a folder by name. Raises UsageError, before the first, for one that is not there."""
    places = [inside(folder, name) for name in names]
    for name, place in zip(names, places, strict=True):
        with place.open("rb") as file:
            body = bounded(file.read(MAX_BYTES + 1), folder, name)
        yield from_file(body, name, f"file {name}")


def inside(folder: Path, name: str) -> Path:
    """A file or folder that a recording names, never one outside the recording's own folder."""
    try:
        place = (folder / name).resolve()
        there = place.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{folder}: {name!r} is no usable path ({error})") from error
    if not there or place == folder.resolve() or not place.is_relative_to(folder.resolve()):
        raise UsageError(f"{folder}: there is no {name!r} in it")
    return place


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
