"""Whether all that a store says is as it was written: the chain, what it is about, and what that is looked up by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from storage.errors import StoreError
from storage.records import digest_of, link_of
from storage.sqlite import counts, stamps, standing
from storage.sqlite.chain import ALL, CAPTURE, FORGOTTEN, RELINKED, VERSION, Reader, Row, dropped
from storage.sqlite.telling import Facts

# What the chain does not hold, or holds of a row that is gone.
ASTRAY = (
    (
        "SELECT record FROM captures WHERE record NOT IN (SELECT seq FROM records WHERE kind = 'capture')",
        "page {}: put in",
    ),
    (
        """
        SELECT source_id || '@' || number FROM versions
        WHERE record NOT IN (SELECT seq FROM records WHERE kind = 'version')
        """,
        "version {}: put in",
    ),
    (
        "SELECT record FROM reviews WHERE record NOT IN (SELECT seq FROM records WHERE kind = 'review')",
        "review {}: put in",
    ),
    (
        "SELECT record FROM told WHERE record NOT IN (SELECT record FROM versions)",
        "what record {} tells: put in",
    ),
    (
        """
        SELECT version FROM changes WHERE NOT EXISTS (
            SELECT 1 FROM versions WHERE record = changes.version AND first_seen = seen_after
        )
        """,
        "changes of record {}: put in",
    ),
    (
        """
        SELECT version FROM change_topics WHERE NOT EXISTS (
            SELECT 1 FROM versions WHERE record = change_topics.version AND first_seen = seen_after
        )
        """,
        "topics of record {}: put in",
    ),
    (
        """
        SELECT id FROM sources
        WHERE version <> (SELECT coalesce(max(number), 0) FROM versions WHERE source_id = sources.id)
        """,
        "source {}: its newest versions are gone",
    ),
)


def faults(connection: sqlite3.Connection, known_head: str | None) -> Iterator[str]:
    """What is broken, in words, the chain's first broken record first."""
    checked = _Checked(connection)
    yield from _broken_links(connection, checked)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in connection.execute(statement))
    if known_head and not _holds(connection, known_head):
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from stamps.faults(connection)
    yield from checked.faults()
    yield from _missing_bodies(connection)


def _broken_links(connection: sqlite3.Connection, checked: _Checked) -> Iterator[str]:
    forgotten = _forgotten(connection)
    before, expected = "", 1
    reader = checked.reader
    for *about, digest, link in connection.execute(f"{ALL} ORDER BY seq"):
        row = Row(*about)
        if row.seq != expected:
            yield f"{_name(connection, row)}: what stood before it in the chain was taken out"
        try:
            text = reader.text(row)
        except StoreError as error:
            yield f"{_name(connection, row)}: {error}"
        else:
            if text is None and row.seq not in forgotten:
                yield f"{_name(connection, row)}: gone"
            elif (text is not None and digest_of(text) != digest) or link_of(before, digest) != link:
                yield f"{_name(connection, row)}: not what was written, or not in the place where it was written"
            elif text is not None and not checked.look(row.kind, row.seq):
                yield f"{_name(connection, row)}: is not indexed as it was written; restore a backup"
        before, expected = link, row.seq + 1


# Of so many sources it is remembered what the version before told.
_REMEMBERED = 200


class _Checked:
    """What is looked at beside a record while its rows are read: bodies, and what is looked up by."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.reader = Reader(connection)
        self.bodies: set[int] = set()
        self.broken: list[str] = []
        self._stood: dict[str, list[standing.Stood]] = {}
        self._facts: dict[str, Facts] = {}

    def look(self, kind: str, seq: int) -> bool:
        """Read the body of a record; whether all by which its changes and facts are looked up is as it was written."""
        if kind == CAPTURE:
            self.read(self._connection.execute("SELECT body FROM captures WHERE record = ?", (seq,)).fetchone()[0])
        if kind != VERSION:
            return True
        source_id, number, first_seen, document = self._connection.execute(
            "SELECT source_id, number, first_seen, document FROM versions WHERE record = ?", (seq,)
        ).fetchone()
        self.read(document)
        told = self.reader.told.bare(seq) or ""
        if len(self._facts) > _REMEMBERED:
            self._facts.clear()
        facts, same = self._facts.setdefault(source_id, Facts()).of(told)
        if not same or source_id not in self._stood:
            self._stood[source_id] = standing.followed(self._stood.get(source_id, []), number, dict.fromkeys(facts))
        return counts.holds(self._connection, seq, first_seen, told)

    def read(self, number: int) -> None:
        """Read a body, once."""
        if number not in self.bodies:
            self.bodies.add(number)
            try:
                self.reader.bodies.get(number)
            except StoreError as error:
                self.broken.append(str(error))

    def faults(self) -> Iterator[str]:
        """What is told of it once all records were read."""
        for (number,) in self._connection.execute("SELECT id FROM bodies WHERE data IS NOT NULL ORDER BY id"):
            self.read(number)
        yield from self.broken
        listed = self._connection.execute("SELECT source_id FROM standing")
        for source_id in sorted({key for (key,) in listed} | set(self._stood)):
            try:
                same = standing.read(self._connection, source_id) == self._stood.get(source_id)
            except StoreError:
                same = False
            if not same:
                yield f"source {source_id}: the list of its facts is not what its versions tell; restore a backup"


def _name(connection: sqlite3.Connection, row: Row) -> str:
    if row.kind == VERSION:
        found = connection.execute("SELECT source_id, number FROM versions WHERE record = ?", (row.seq,)).fetchone()
        found = found or _missing(connection, row.seq)
        return f"version {found[0]}@{found[1]}" if found else f"version of record {row.seq}"
    return f"page {row.seq}" if row.kind == CAPTURE else f"record {row.seq} ({row.kind})"


def _missing(connection: sqlite3.Connection, seq: int) -> tuple[str, int] | None:
    """The version whose record this must be: the one that its source lacks at that place."""
    for source_id, newest in connection.execute("SELECT id, version FROM sources ORDER BY id").fetchall():
        of_source = "SELECT number, record FROM versions WHERE source_id = ?"
        there = dict(connection.execute(of_source, (source_id,)).fetchall())
        before = max((number for number, record in there.items() if record < seq), default=0)
        behind = min((number for number, record in there.items() if record > seq), default=newest + 1)
        if before + 1 < behind:
            return source_id, before + 1
    return None


def _forgotten(connection: sqlite3.Connection) -> frozenset[int]:
    """The records whose content was forgotten, as records that are sound themselves say."""
    bodies = connection.execute("SELECT body, lower(hex(digest)) FROM records WHERE kind = ?", (FORGOTTEN,))
    return frozenset(seq for body, digest in bodies if digest_of(body) == digest for seq in json.loads(body)["records"])


def _holds(connection: sqlite3.Connection, known: str) -> bool:
    """Whether a head is one of the chain, or of the chain of an older form that it was made from."""
    if connection.execute("SELECT 1 FROM records WHERE lower(hex(link)) = ?", (known,)).fetchone() is not None:
        return True
    bodies = connection.execute("SELECT body FROM records WHERE kind = ?", (RELINKED,))
    return any(json.loads(body)["head"] == known for (body,) in bodies)


def _missing_bodies(connection: sqlite3.Connection) -> Iterator[str]:
    missing = """
    SELECT lower(hex(sha256)) FROM bodies
    WHERE data IS NULL AND (id IN (SELECT body FROM captures) OR id IN (SELECT document FROM versions))
    """
    let_go = {one.sha256 for one in dropped(connection)}
    yield from (
        f"stored bytes {sha256}: gone; restore a backup"
        for (sha256,) in connection.execute(missing)
        if sha256 not in let_go
    )
