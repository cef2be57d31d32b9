"""What a version tells (how it compares, its facts, its changes), as its record has it, packed upon what it tells of.

One frame a version: its record from the comparison on, but for a deadline, upon what the version before told and the
texts of both. Positions are counted anew when it is read, so that a fact put in costs no more than itself.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from storage.errors import StoreError
from storage.records import Raw, write_members
from storage.sqlite.bodies import Bodies, pack, step, unpack

CHANGE = (
    "position",
    "seen_before",
    "seen_after",
    "rank",
    "topic",
    "topics:",
    "kind",
    "severity",
    "direction",
    "section:",
    "before",
    "after",
    "spans:",
    "facts:",
    "summary",
    "rules:",
)
FACT = ("position", "type", "fields:", "quote", "section:")
# No text of JSON holds these, but where an object begins with that member: quotes in a string are escaped.
_COUNTED = re.compile(r'\{"position":\d+,')
_PLACE = '{"position":,'
_CHANGES = ',"changes":[' + _PLACE


class Told:
    """Reads and writes what versions tell, on one connection, and remembers what was read last."""

    def __init__(self, connection: sqlite3.Connection, bodies: Bodies | None = None) -> None:
        self._connection = connection
        self._bodies = bodies or Bodies(connection)
        self._known: dict[int, str] = {}

    def add(self, record: int, text: str, before: int | None) -> None:
        """Keep what a version tells: members of JSON, and the number of the record of the version before."""
        bare = _COUNTED.sub(_PLACE, text)
        if _counted(bare) != text:
            raise StoreError(f"record {record}: positions that do not count; nothing was written (please report it)")
        base, depth = step(self._link, before)
        data = pack(bare.encode(), self._dictionary(record, base))
        self._connection.execute(
            "INSERT INTO told (record, base, depth, data) VALUES (?, ?, ?, ?)", (record, base, depth, data)
        )
        self._remember(record, bare)

    def text(self, record: int) -> str | None:
        """What a version tells, as in its record; None when there is nothing. Raises StoreError for damage."""
        bare = self.bare(record)
        return None if bare is None else _counted(bare)

    def read(self, record: int) -> dict[str, Any]:
        """The members: comparison, facts, changes. Raises StoreError."""
        text = self.bare(record)
        if text is None:
            raise StoreError(f"record {record}: what it tells is gone; restore a backup")
        try:
            told = json.loads("{" + text.replace(_PLACE, "{") + "}")
        except ValueError as error:
            raise StoreError(f"record {record}: what it tells is damaged ({error}); restore a backup") from error
        return dict(told)

    def bare(self, record: int) -> str | None:
        """What a version tells, without positions; None when there is nothing. Raises StoreError for damage."""
        known = self._known.get(record)
        if known is not None:
            return known
        row = self._connection.execute("SELECT base, data FROM told WHERE record = ?", (record,)).fetchone()
        if row is None:
            return None
        base, data = row
        if base is not None and base >= record:
            raise StoreError(f"record {record}: what it tells stands upon a later one; restore a backup")
        try:
            bare = unpack(record, data, self._dictionary(record, base)).decode()
        except UnicodeDecodeError as error:
            raise StoreError(f"record {record}: what it tells is damaged ({error}); restore a backup") from error
        self._remember(record, bare)
        return bare

    def _dictionary(self, record: int, base: int | None) -> bytes:
        """What the version before told, its text, and that of the version."""
        told = "" if base is None else self.bare(base)
        if told is None:
            raise StoreError(f"record {base}: what it tells is gone, with what stands upon it; restore a backup")
        return told.encode() + b"".join(map(self._bodies.plain, _texts(self._connection, record)))

    def _link(self, record: int) -> tuple[int, int | None] | None:
        row = self._connection.execute("SELECT depth, base FROM told WHERE record = ?", (record,)).fetchone()
        return None if row is None else (row[0], row[1])

    def _remember(self, record: int, bare: str) -> None:
        if len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[record] = bare


_KEPT = 64
_FACT = re.compile(r'"type":"([^"]*)","fields":(.*?),"quote":"')


class Facts:
    """Type and fields of facts that versions tell, and what the last version told: most of the next is the same."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._facts: list[tuple[str, str]] = []

    def of(self, told: str) -> tuple[list[tuple[str, str]], bool]:
        """The facts in their order, and whether they are those of the last time."""
        bare = told if _PLACE in told else _COUNTED.sub(_PLACE, told)
        place = bare.find(_CHANGES)
        parts = bare[: place if place >= 0 else None].split(_PLACE)[1:]
        head, tail = alike(self._parts, parts)
        facts = [
            *self._facts[:head],
            *[_fact(part) for part in parts[head : len(parts) - tail]],
            *self._facts[len(self._facts) - tail :],
        ]
        same = facts == self._facts
        self._parts, self._facts = parts, facts
        return facts, same


def alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many of two lists are the same from the front, and how many of the rest from the back."""
    most, head, tail = min(len(old), len(new)), 0, 0
    while head < most and old[head] == new[head]:
        head += 1
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def facts_of(told: str) -> list[tuple[str, str]]:
    """Type and fields of the facts that a version tells, in their order."""
    return Facts().of(told)[0]


def _fact(part: str) -> tuple[str, str]:
    found = _FACT.match(part)
    return (found[1], found[2]) if found else ("", "")


def members(columns: Sequence[str], values: Sequence[Any]) -> list[tuple[str, Any]]:
    """The members of a record from the columns of a row; of columns that end in ":" JSON as it is."""
    return [
        (name[:-1], value if value is None else Raw(value)) if name[-1] == ":" else (name, value)
        for name, value in zip(columns, values, strict=True)
    ]


def telling(comparison: str | None, facts: Sequence[Sequence[Any]], changes: Sequence[Sequence[Any]]) -> str:
    """What a version tells as its record has it, from its rows in full."""
    return write_members(
        [
            ("comparison", None if comparison is None else Raw(comparison)),
            ("facts", [tuple(members(FACT, one)) for one in facts]),
            ("changes", [tuple(members(CHANGE, one)) for one in changes]),
        ]
    )


def _texts(connection: sqlite3.Connection, record: int) -> list[int]:
    """The texts that a version tells of: the one before, and its own."""
    rows = connection.execute(
        """
        SELECT other.document FROM versions AS one
        JOIN versions AS other ON other.source_id = one.source_id AND other.number BETWEEN one.number - 1 AND one.number
        WHERE one.record = ? ORDER BY other.number
        """,
        (record,),
    )
    return [text for (text,) in rows]


def _counted(bare: str) -> str:
    """The text with the positions of facts, and then those of changes."""
    place = bare.find(_CHANGES)
    if place < 0:
        return _count(bare)
    return _count(bare[:place]) + _count(bare[place:])


def _count(bare: str) -> str:
    first, *parts = bare.split(_PLACE)
    while len(_PLACES) < len(parts):
        _PLACES.append(f'{{"position":{len(_PLACES)},')
    pieces = [""] * (2 * len(parts))
    pieces[::2], pieces[1::2] = _PLACES[: len(parts)], parts
    return first + "".join(pieces)


_PLACES: list[str] = []
