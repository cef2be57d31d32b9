"""The line of every key in a TOML text: what `tomllib` knows while it reads and does not tell.

A small reader of its own that follows the grammar of TOML 1.0 (https://toml.io/en/v1.0.0) far enough to know where each
key, each table and each entry of a list begins: comments, all four kinds of strings, lists over many lines, inline
tables, dotted keys and tables inside lists of tables. It is meant for a text that `tomllib` has accepted; of any other
it tells what it found before it lost the way. Never raises.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from contextlib import suppress

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_BASIC = re.compile(r'"((?:\\.|[^"\\\n])*)"')
_LITERAL = re.compile(r"'([^'\n]*)'")
# Up to two quotes may stand right before the closing three.
_LONG_BASIC = re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2})', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")
_LONG_UNICODE = re.compile(r"\\U([0-9A-Fa-f]{8})")


class _Lost(Exception):
    """The text is not TOML from here on."""


class Lines:
    """Where things stand in one text. Paths are as in the parsed data: `("source", 1, "every")`."""

    def __init__(self, text: str) -> None:
        """Read the text once."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._reader = reader = _Reader(text)
        with suppress(_Lost, RecursionError):
            reader.read()
        self._offsets = reader.offsets

    def line(self, path: Path) -> int:
        """The line (from 1) of the key, or of the nearest thing around it that the text does have."""
        for end in range(len(path), 0, -1):
            if (offset := self._offsets.get(path[:end])) is not None:
                return bisect_right(self._breaks, offset) + 1
        return 1

    def value(self, path: Path) -> tuple[int, int] | None:
        """Where a value begins and ends: offsets in the text without a BOM, its lines ended by a line feed alone."""
        return self._reader.values.get(path)

    def end(self, table: Path) -> int | None:
        """The offset behind the last statement of a table and of the tables inside it; None where there is none.

        Comments and blank lines that follow are not part of it.
        """
        return max((end for path, end in self._reader.ends.items() if path[: len(table)] == table), default=None)


class _Reader:
    """One pass over the text; `offsets` grows as it goes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counts: dict[Path, int] = {}
        self.offsets: dict[Path, int] = {}
        self.values: dict[Path, tuple[int, int]] = {}
        self.ends: dict[Path, int] = {}

    def read(self) -> None:
        """The whole text, statement by statement."""
        table: Path = ()
        while True:
            self._take(_BLANK)
            start = self._at
            if start >= len(self._text):
                return
            if self._accept("[["):
                table = self._next_of_list(self._key(), start)
                self._expect("]]")
            elif self._accept("["):
                table = self._table(self._key(), start)
                self._expect("]")
            else:
                self._pair(table)
            self.ends[table] = self._at

    def _next_of_list(self, keys: list[str], start: int) -> Path:
        """`[[a.b]]`: one more entry of the list `a.b`."""
        path: Path = (*self._inside(keys[:-1]), keys[-1])
        number = self._counts.get(path, 0)
        self._counts[path] = number + 1
        self.offsets.setdefault(path, start)
        self.offsets[(*path, number)] = start
        return (*path, number)

    def _table(self, keys: list[str], start: int) -> Path:
        """`[a.b]`: a table, which lies in the latest entry where `a` is a list of tables."""
        path = self._inside(keys)
        self.offsets.setdefault(path, start)
        return path

    def _inside(self, keys: list[str]) -> Path:
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        """`a.b = value`."""
        start = self._at
        path = table
        for key in self._key():
            path = (*path, key)
            self.offsets.setdefault(path, start)
        self._take(_EQUALS)
        self._value(path)

    def _value(self, path: Path) -> None:
        start = self._at
        self._skip(path)
        self.values[path] = (start, self._at)

    def _skip(self, path: Path) -> None:
        if self._accept("["):
            self._list(path)
        elif self._accept("{"):
            self._inline_table(path)
        else:
            for pattern in (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _SCALAR):
                if self._match(pattern):
                    return
            raise _Lost

    def _list(self, path: Path) -> None:
        number = 0
        while True:
            self._take(_BLANK)
            if self._accept("]"):
                return
            self.offsets[(*path, number)] = self._at
            self._value((*path, number))
            number += 1
            self._take(_BLANK)
            self._accept(",")

    def _inline_table(self, path: Path) -> None:
        while True:
            self._take(_BLANK)
            if self._accept("}"):
                return
            self._pair(path)
            self._take(_BLANK)
            self._accept(",")

    def _key(self) -> list[str]:
        """A dotted key, its parts without quotes."""
        parts: list[str] = []
        self._take(_SPACE)
        while True:
            if match := self._match(_BARE):
                parts.append(match.group())
            elif match := self._match(_LITERAL):
                parts.append(match.group(1))
            else:
                parts.append(_unescaped(self._take(_BASIC)))
            if not self._match(_DOT):
                self._take(_SPACE)
                return parts

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _take(self, pattern: re.Pattern[str]) -> str:
        if match := self._match(pattern):
            return match.group()
        raise _Lost

    def _accept(self, word: str) -> bool:
        if self._text.startswith(word, self._at):
            self._at += len(word)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise _Lost


def _unescaped(quoted: str) -> str:
    """A basic string as text; TOML's escapes are those of JSON and a long one for any code point."""
    try:
        long = _LONG_UNICODE.sub(lambda match: chr(int(match.group(1), 16)), quoted)
        return str(json.loads(long, strict=False))
    except ValueError:
        raise _Lost from None
