"""An `index.json` that names pages, and the captures of each in a folder or a tar file beside it."""

from __future__ import annotations

import json
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from watcher.recording.folder import bodies_in_folder, inside
from watcher.recording.tape import MAX_BYTES, Recording, Taken, bounded, from_file, in_order, moment

BROKEN_ARCHIVE = (tarfile.TarError, EOFError, OSError, zlib.error)


def open_index(path: Path, page: str | None, url: str | None) -> Recording:
    """One page of an index. Raises UsageError that names the place and the value of the fault."""
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
            (_text(one, "file"), moment(_text(one, "date")))
            for one in (_mapping(entry, "a capture") for entry in _list(chosen, "captures"))
        ]
        archive = inside(path.parent, _text(chosen, "archive"))
        return Recording(
            page=_text(chosen, "page"),
            vendor=str(chosen.get("service") or chosen["page"]),
            url=_address(url or _text(chosen, "url")),
            captures=in_order(captures),
            bodies=partial(bodies_in_folder if archive.is_dir() else _bodies_in_tar, archive),
        )
    except ValueError as error:
        raise UsageError(f"{path}: page {chosen['page']!r}: {error}") from error


def _bodies_in_tar(path: Path, names: Sequence[str]) -> Iterator[Taken]:
    try:
        with tarfile.open(path, "r:*") as archive:
            members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
            for name in names:
                if name not in members:
                    raise UsageError(f"{path}: there is no file {name!r} in it")
            for name in names:
                if stream := archive.extractfile(members[name]):
                    body = bounded(stream.read(MAX_BYTES + 1), path, name)
                    yield from_file(body, name, f"{path.name} {name}")
    except BROKEN_ARCHIVE as error:
        why = (str(error).splitlines() or ["?"])[0].rstrip(":")
        raise UsageError(f"{path}: not an archive that can be unpacked ({why})") from error


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
