"""Change `sources.toml` as a careful person would: only what is meant changes, and the file always loads afterwards.

New tables are put beside those of the same vendor, addresses are replaced where they stand; every other byte of the
file stays. tomlkit writes the new values; it does not write the file, for it moves tables that stand between others
of a list (`[[source]]`, `[[subscriber]]`, `[[source]]`) to another place.
"""

from __future__ import annotations

import codecs
import difflib
import os
import re
import stat
import tempfile
import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

from storage.errors import ConfigError, UsageError
from watcher.config.load import judge
from watcher.config.locate import Lines
from watcher.config.settings import Settings

Entry = Mapping[str, Any]

_ORDER = ("id", "vendor", "document", "url", "urls", "select", "remove", "language", "every", "fetcher", "tags")
_WIDEST = 120


@dataclass(frozen=True, slots=True)
class NewAddress:
    """One address of a source that is to become another."""

    source: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What a configuration is to become: judged, not yet written. `before` is None where there is no file yet."""

    path: Path
    before: bytes | None
    after: bytes
    settings: Settings

    def diff(self) -> str:
        """The change as a unified diff; empty where nothing changes."""
        old, new = (
            (data or b"").decode("utf-8", "replace").splitlines(keepends=True) for data in (self.before, self.after)
        )
        lines = difflib.unified_diff(old, new, str(self.path), f"{self.path} (new)", n=2)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def write(self) -> None:
        """Put the new text in the place of the old, whole or not at all; mode and symbolic link stay.

        Raises UsageError when the file has been changed since it was read, or cannot be written.
        """
        target = Path(os.path.realpath(self.path))
        try:
            if _bytes(target) != self.before:
                raise UsageError(f"{self.path} was changed meanwhile; nothing was written (run the command again)")
            _replace(target, self.after)
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written: {error.strerror or error} (look at it and its folder; nothing changed)"
            ) from error


def add_sources(path: Path, entries: Sequence[Entry]) -> Edit:
    """Plan to add `[[source]]` tables to a configuration, which need not exist yet.

    An entry holds the keys of the table as they are written (docs/reference/configuration.md). Raises ConfigError with
    every fault of the file as it would be, UsageError when it cannot be read.
    """
    before = _read(path)
    text = _Text(before or b"")
    text.add(path, entries)
    return _judged(path, before, text)


def change_addresses(path: Path, changes: Sequence[NewAddress]) -> Edit:
    """Plan to replace addresses of sources. Raises ConfigError as `add_sources`, UsageError for an unknown address."""
    before = _read(path)
    text = _Text(before or b"")
    for change in changes:
        text.replace(path, change)
    return _judged(path, before, text)


def settings_before(path: Path) -> Settings:
    """The configuration that sources are to be added to: without any where it has none yet. Raises ConfigError."""
    text = _Text(_read(path) or b"")
    if text.data(path).get("source"):
        return judge(path, text.text)
    text.add(path, [{"id": "none/yet", "vendor": "None", "document": "other", "url": "https://none.invalid/"}])
    return replace(judge(path, text.text), sources=())


def table_text(entry: Entry) -> str:
    """One `[[source]]` table as it is written into the file."""
    document = tomlkit.document()
    document.add("source", _tables([entry]))
    return f"{tomlkit.dumps(document).strip()}\n"


class _Text:
    """The text of a file while it is changed, and how its bytes were written."""

    def __init__(self, data: bytes) -> None:
        self._bom = data.startswith(codecs.BOM_UTF8)
        self.text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
        self._newline = "\r\n" if "\r\n" in self.text else "\n"

    @property
    def bytes(self) -> bytes:
        """As it is written."""
        return (codecs.BOM_UTF8 if self._bom else b"") + self.text.encode("utf-8", "surrogateescape")

    def data(self, path: Path) -> dict[str, Any]:
        """As it is parsed. Raises ConfigError, as `load` does."""
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError):
            judge(path, self.text)
            raise

    def add(self, path: Path, entries: Sequence[Entry]) -> None:
        """Put each table behind the last of the same vendor, else behind the last source, else at the end."""
        sources = self.data(path).get("source", [])
        lines = Lines(self.text)
        if sources and lines.value(("source",)) is not None:
            raise ConfigError([f"{path}: source is a list in one place (write each source as a [[source]] table)"])
        vendors = [str(_key(source, "id")).partition("/")[0] for source in sources]
        last = {vendor: number for number, vendor in enumerate(vendors)}
        tables: dict[int, list[str]] = {}
        for entry in entries:
            vendor = str(entry.get("id", "")).partition("/")[0]
            tables.setdefault(last.get(vendor, len(sources) - 1), []).append(table_text(entry))
        for after in sorted(tables, reverse=True):
            end = lines.end(("source", after)) if sources else None
            place = len(self.text) if end is None else self._behind(self._raw(end))
            self._insert(place, "\n".join(tables[after]))

    def replace(self, path: Path, change: NewAddress) -> None:
        """Write another address where one stands."""
        sources = self.data(path).get("source", [])
        number = next((place for place, source in enumerate(sources) if _key(source, "id") == change.source), None)
        if number is None:
            raise UsageError(f"no source {change.source!r} in {path} (clausewatch sources list)")
        places = [place for place, value in _strings(sources[number], ("source", number)) if value == change.old]
        lines = Lines(self.text)
        spans = [span for place in places if (span := lines.value(place)) is not None]
        if not spans:
            raise UsageError(f"{path}: source {change.source}: no address {change.old!r} (clausewatch sources list)")
        for start, end in sorted(spans, reverse=True):
            self.text = self.text[: self._raw(start)] + _string(change.new).as_string() + self.text[self._raw(end) :]

    def _raw(self, offset: int) -> int:
        """An offset among line feeds as one among the line ends that the file has."""
        ends = [found.start() - place for place, found in enumerate(re.finditer("\r\n", self.text))]
        return offset + bisect_left(ends, offset)

    def _behind(self, end: int) -> int:
        """The end of a table: its last line, and the comments right below it unless they introduce what follows."""
        stop = self._line_end(end)
        below = stop
        while (line := self.text[below : self._line_end(below)]).lstrip().startswith("#"):
            below += len(line)
        return stop if self.text[below:].lstrip(" \t").startswith("[") else below

    def _line_end(self, start: int) -> int:
        found = self.text.find("\n", start)
        return len(self.text) if found < 0 else found + 1

    def _insert(self, place: int, table: str) -> None:
        """Put a table there, a blank line before it and one behind it."""
        before, after = self.text[:place], self.text[place:]
        gap = "" if not before or before.endswith(("\n\n", "\n\r\n")) else "\n" if before.endswith("\n") else "\n\n"
        tail = "" if not after.strip() or after.startswith(("\n", "\r\n")) else "\n"
        self.text = before + f"{gap}{table}{tail}".replace("\n", self._newline) + after


def _key(table: object, key: str) -> object:
    return table.get(key) if isinstance(table, Mapping) else None


def _strings(table: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], str]]:
    """The addresses of a source and where they stand: `url`, `urls`, and `url` of its pages."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for key, value in table.items():
        if key == "url" and isinstance(value, str):
            found.append(((*path, key), value))
        elif key == "urls" and isinstance(value, list):
            found += [((*path, key, place), one) for place, one in enumerate(value) if isinstance(one, str)]
        elif key == "page" and isinstance(value, list):
            for place, one in enumerate(value):
                found += _strings(one, (*path, key, place)) if isinstance(one, Mapping) else []
    return found


def _string(value: str) -> Any:
    """A text in double quotes; in single ones where it holds double ones, as selectors do."""
    return tomlkit.string(value, literal='"' in value and "'" not in value and value.isprintable())


def _tables(entries: Sequence[Entry]) -> Any:
    """A list of tables, their keys in the order in which people write them."""
    known = {key: place for place, key in enumerate(_ORDER)}
    many = tomlkit.aot()
    for entry in entries:
        table = tomlkit.table()
        for key in sorted(entry, key=lambda name: known.get(name, len(known))):
            value = entry[key]
            if isinstance(value, list | tuple):
                table.add(key, _tables(value) if key in {"earlier", "page"} else _list(key, value))
            else:
                table.add(key, _string(value) if isinstance(value, str) else tomlkit.item(value))
        many.append(table)
    return many


def _list(key: str, values: Sequence[Any]) -> Any:
    """A list on one line, or one line an entry where that would be too wide."""
    array = tomlkit.array()
    for value in values:
        if isinstance(value, Mapping):
            inline = tomlkit.inline_table()
            inline.update(value)
            array.append(inline)
        else:
            array.append(_string(value) if isinstance(value, str) else value)
    return array.multiline(multiline=len(f"{key} = {array.as_string()}") > _WIDEST)


def _judged(path: Path, before: bytes | None, text: _Text) -> Edit:
    try:
        settings = judge(path, text.text)
    except ConfigError as error:
        raise ConfigError([*error.faults, f"{path}: nothing was written"]) from error
    return Edit(path, before, text.bytes, settings)


def _read(path: Path) -> bytes | None:
    """The bytes of the file, None where there is none yet. Raises ConfigError for bytes that are no UTF-8."""
    try:
        data = _bytes(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise UsageError(f"{path}: cannot be read: {why} (look at the path and its permissions)") from error
    if data is not None:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(
                [f"{path}: byte 0x{data[error.start]:02X} is not UTF-8 (save the file as UTF-8)"]
            ) from error
    return data


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes) -> None:
    """Write a new file beside the old one and give it the old one's name, its mode and its owner."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        known = target.stat()
    except FileNotFoundError:
        known = None
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            if known is not None:
                os.fchmod(handle, stat.S_IMODE(known.st_mode))
                with suppress(OSError):  # only the superuser may give a file away
                    os.fchown(handle, known.st_uid, known.st_gid)
            else:
                os.fchmod(handle, 0o644)
            stream.write(data)
            stream.flush()
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
