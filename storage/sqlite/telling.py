"""What a version tells (how it compares, its facts, its changes), as its record has it, packed upon what it tells of.

One frame a version: its record from the comparison on, but for a deadline, upon what the version before told and the
texts of both. It is packed in brief (`storage.sqlite.brief`), and positions are counted anew when it is read, so that a
fact put in costs no more than itself. What an earlier program packed is not in brief, and is read as it is.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from storage.errors import StoreError
from storage.records import Raw, write_members
from storage.sqlite.bodies import Bodies, pack, step, unpack
from storage.sqlite.brief import CHANGES, FORM, MARK, PLACE, facts, lengthen, parted, shorten, topics, without_facts
from storage.sqlite.brief import changes as changes_of
from storage.sqlite.parting import Parted
from storage.sqlite.short import alike

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
_COUNTED = re.compile(rb'\{"position":\d+,')
_TYPE, _FIELDS, _QUOTE = b'"type":"', b'","fields":', b',"quote":"'
_KEPT, _REMEMBERED = 64, 4_096
Fact = tuple[str, str]  # its type, and its fields as JSON


class Told:
    """Reads and writes what versions tell, on one connection, and remembers what was read last."""

    def __init__(self, connection: sqlite3.Connection, bodies: Bodies | None = None) -> None:
        self._connection = connection
        self._bodies = bodies or Bodies(connection)
        self._known: dict[int, bytes] = {}
        self._facts: dict[bytes, bytes] = {}  # in full by their brief form: most stand in many versions

    def add(self, record: int, text: str, before: int | None) -> None:
        """Keep what a version tells: members of JSON, and the number of the record of the version before."""
        brief = shorten(_COUNTED.sub(PLACE, text.encode()))
        if Series().follow(brief).text != text.encode():
            raise StoreError(f"record {record}: positions that do not count; nothing was written (please report it)")
        base, depth = step(self._link, before)
        data = pack(brief, self._dictionary(record, base), hard=base is not None)
        self._connection.execute(
            "INSERT INTO told (record, base, depth, data) VALUES (?, ?, ?, ?)", (record, base, depth, data)
        )
        self._remember(record, brief)

    def text(self, record: int) -> bytes | None:
        """What a version tells, as in its record; None when there is nothing. Raises StoreError for damage."""
        brief = self.brief(record)
        return None if brief is None else Series().follow(brief).text

    def read(self, record: int) -> dict[str, Any]:
        """The members: comparison, facts, changes. Raises StoreError."""
        if len(self._facts) > _REMEMBERED:
            self._facts.clear()
        return self._read(record, lambda brief: lengthen(brief, self._facts))

    def changes(self, record: int) -> dict[str, Any]:
        """The members but for the facts, which is quicker. Raises StoreError."""
        return self._read(record, without_facts)

    def _read(self, record: int, way: Callable[[bytes], bytes]) -> dict[str, Any]:
        brief = self.brief(record)
        if brief is None:
            raise StoreError(f"record {record}: what it tells is gone; restore a backup")
        try:
            told = json.loads((b"{" + way(brief).replace(PLACE, b"{") + b"}").decode())
        except ValueError as error:
            raise StoreError(f"record {record}: what it tells is damaged ({error}); restore a backup") from error
        return dict(told)

    def brief(
        self, record: int, texts: Sequence[int] | None = None, packed: tuple[int | None, bytes] | None = None
    ) -> bytes | None:
        """What a version tells as it is packed; None when there is nothing. Raises StoreError for damage.

        The texts that it tells of, before and after, and how it is packed upon what are looked up unless they are
        known.
        """
        known = self._known.get(record)
        if known is not None:
            return known
        row = packed or self._connection.execute("SELECT base, data FROM told WHERE record = ?", (record,)).fetchone()
        if row is None:
            return None
        base, data = row
        if base is not None and base >= record:
            raise StoreError(f"record {record}: what it tells stands upon a later one; restore a backup")
        brief = unpack(record, data, self._dictionary(record, base, texts))
        self._remember(record, brief)
        return brief

    def _dictionary(self, record: int, base: int | None, texts: Sequence[int] | None = None) -> bytes:
        """What the version before told, its text, and that of the version."""
        told = b"" if base is None else self.brief(base)
        if told is None:
            raise StoreError(f"record {base}: what it tells is gone, with what stands upon it; restore a backup")
        return b"".join((told, *map(self._bodies.plain, texts or _texts(self._connection, record))))

    def _link(self, record: int) -> tuple[int, int | None] | None:
        row = self._connection.execute("SELECT depth, base FROM told WHERE record = ?", (record,)).fetchone()
        return None if row is None else (row[0], row[1])

    def _remember(self, record: int, brief: bytes) -> None:
        if len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[record] = brief


class Telling(NamedTuple):
    """What a version tells as its record has it; its changes; which facts go and come against the version before."""

    text: bytes
    changes: bytes
    about: list[tuple[int, list[str]]] | None  # rank and topics of each change, where that is known without looking
    gone: list[Fact]
    came: list[Fact]


class Series:
    """What the versions of a source tell, one after the other: most of each stands in the one before."""

    def __init__(self) -> None:
        self._mark, self._facts = PLACE, Parted(PLACE)
        self._parts: list[bytes] = []  # what is before the facts, and the facts, as they are told
        self._made: dict[bytes, bytes] = {}  # facts in full by their brief form: most between two others come again

    def follow(self, brief: bytes) -> Telling:
        """The next: with the positions of facts, and then those of changes. Raises StoreError for damage."""
        try:
            mark = MARK if brief[:1] == FORM else PLACE
            told, turns = parted(brief) if mark == MARK else _halves(brief)
            changed = changes_of(turns) if mark == MARK else turns
            if mark != self._mark:  # the first that is in brief
                self._mark, self._facts = mark, Parted(mark)
                parts = self._in_full(self._facts.follow(told)[0], first=True)
                head, tail = alike(self._parts, parts)
            else:
                parts, head, tail = self._facts.follow(told)
                last, end = len(self._parts) - tail, len(parts) - tail
                parts = [*self._parts[:head], *self._in_full(parts[head:end], first=head == 0), *self._parts[last:]]
        except ValueError as error:
            raise StoreError(f"what it tells is damaged ({error}); restore a backup") from error
        last, end = len(self._parts) - tail, len(parts) - tail
        gone, came = _moved(self._parts[max(head, 1) : last], parts[max(head, 1) : end])
        self._parts, changes = parts, _counted(changed)
        about = topics(turns) if mark == MARK else None
        return Telling(_counted(parts, changes), changes, about, list(map(_fact, gone)), list(map(_fact, came)))

    def _in_full(self, parts: list[bytes], *, first: bool) -> list[bytes]:
        """Parts as they are told; in the first is no fact."""
        if self._mark == PLACE or not parts:
            return parts
        if len(self._made) > _REMEMBERED:
            self._made.clear()
        made = facts(parts[first:], self._made)
        return [parts[0][1:], *made] if first else made


def _halves(bare: bytes) -> tuple[bytes, list[bytes]]:
    """What is told in full up to the last fact, and the changes."""
    place = bare.rfind(CHANGES)
    return (bare, []) if place < 0 else (bare[:place], bare[place:].split(PLACE))


def _moved(gone: Sequence[bytes], came: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Them without those that went and came as often."""
    before, now = Counter(gone), Counter(came)
    return [one for one in gone if before[one] != now[one]], [one for one in came if before[one] != now[one]]


def facts_of(told: str) -> list[Fact]:
    """Type and fields of the facts that a version tells, in their order."""
    return Series().follow(_COUNTED.sub(PLACE, told.encode())).came


def _fact(part: bytes) -> Fact:
    begin = part.find(_FIELDS)
    end = part.find(_QUOTE, begin)
    if not part.startswith(_TYPE) or begin < 0 or end < 0:
        return "", ""
    kind, fields = part[len(_TYPE) : begin], part[begin + len(_FIELDS) : end]
    return kind.decode(errors="replace"), fields.decode(errors="replace")


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


def _counted(parts: Sequence[bytes], end: bytes = b"") -> bytes:
    """Parts with their positions between them, and an end behind."""
    while len(_PLACES) < len(parts):
        _PLACES.append(b'{"position":%d,' % (len(_PLACES) - 1))
    both = [end] * (2 * len(parts) + 1)
    both[:-1:2], both[1::2] = _PLACES[: len(parts)], parts
    return b"".join(both)


_PLACES = [b""]
