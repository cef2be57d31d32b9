"""Whether all that a store says is as it was written: the chain, what it is about, and what that is looked up by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from storage.records import digest_of, link_of
from storage.sqlite import stamps
from storage.sqlite.chain import ALL, CAPTURE, FORGOTTEN, RELINKED, VERSION, Row, dropped
from storage.sqlite.checking import CHANGED, Checked

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
    checked = Checked(connection)
    yield from _broken_links(connection, checked)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in connection.execute(statement))
    if known_head and not _holds(connection, known_head):
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from stamps.faults(connection)
    yield from checked.faults()
    yield from _missing_bodies(connection)


def _broken_links(connection: sqlite3.Connection, checked: Checked) -> Iterator[str]:
    forgotten = _forgotten(connection)
    before, expected = "", 1
    for *about, digest, link in connection.execute(f"{ALL} ORDER BY seq"):
        row = Row(*about)
        if row.seq != expected:
            yield f"{_name(connection, row)}: what stood before it in the chain was taken out"
        if row.body is None:
            wrong = checked.wrong(row.kind, row.seq)
        else:
            wrong = "" if digest_of(row.body) == digest else CHANGED
        if wrong is None and row.seq not in forgotten:
            yield f"{_name(connection, row)}: gone"
        elif wrong or link_of(before, digest) != link:
            yield f"{_name(connection, row)}: {wrong or CHANGED}"
        before, expected = link, row.seq + 1


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
