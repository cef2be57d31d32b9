"""The chain that makes the history evidence: every kept page, version and review is linked to the one before.

A record (`storage.records`) is written from the rows as they lie in the tables, bodies by their SHA-256. So nothing can
be changed, taken out, put in or reordered without breaking the chain from there on. Only a tail cut off together with
its records leaves no trace in the file: whoever notes `head` elsewhere notices that too. Not covered are `last_seen`
and the ledger, which grow with every check, and the outbox.

Of a source that was forgotten the digests stay, and a record that says so; the chain holds without the content.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from storage import blobs
from storage.codec import clean, instant, moment
from storage.errors import StoreError
from storage.model import DroppedPage
from storage.records import Raw, Record, digest_of, link_of, write_record
from storage.sqlite import stamps
from storage.sqlite.said import Words

CAPTURE, VERSION, REVIEW = "capture", "version", "review"
FORGOTTEN, RELINKED, DROPPED = "forgotten", "relinked", "dropped"

# The columns are named one by one: one that a later migration adds does not change old records. Those that end in ":"
# hold JSON, which stands in the record as it is.
_CAPTURE = (
    "source",
    "kept_for",
    "url",
    "final_url",
    "fetched_at",
    "status",
    "headers:",
    "media_type",
    "charset",
    "sha256",
    "hops:",
)
_VERSION = (
    "source",
    "number",
    "cause",
    "first_seen",
    "fingerprint",
    "extraction",
    "captures:",
    "title",
    "language",
    "effective_date",
    "last_updated",
    "blocks",
    "words",
    "verdict",
    "document",
    "comparison:",
)
_REVIEW = ("source", "version", "position", "at", "who", "state", "assignee", "note")
_CHANGE = (
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


def _select(columns: Sequence[str], table: str, where: str) -> str:
    names = ", ".join("source_id" if name == "source" else name.rstrip(":") for name in columns)
    return f"SELECT {names} FROM {table} WHERE {where}"  # noqa: S608 - of names that stand in this file


_ONE_CAPTURE = _select(_CAPTURE, "captures", "id = ?")
_ONE_VERSION = _select(_VERSION, "versions", "source_id = ? AND number = ?")
_ONE_REVIEW = _select(_REVIEW, "reviews", "record = ?")
# What the chain does not hold, or holds of a row that is gone.
ASTRAY = (
    (
        "SELECT id FROM captures WHERE id NOT IN (SELECT capture FROM records WHERE capture IS NOT NULL)",
        "page {}: put in",
    ),
    (
        """
        SELECT source_id || '@' || number FROM versions
        WHERE NOT EXISTS (SELECT 1 FROM records WHERE source_id = versions.source_id AND version = versions.number)
        """,
        "version {}: put in",
    ),
    (
        "SELECT record FROM reviews WHERE record NOT IN (SELECT seq FROM records WHERE kind = 'review')",
        "review {}: put in",
    ),
    (
        """
        SELECT id FROM facts WHERE until < since OR NOT EXISTS (
            SELECT 1 FROM versions WHERE versions.source_id = facts.source_id AND number = since
        )
        """,
        "fact {}: put in",
    ),
    (
        """
        SELECT id FROM sources
        WHERE version <> (SELECT coalesce(max(number), 0) FROM versions WHERE source_id = sources.id)
        """,
        "source {}: its newest versions are gone",
    ),
)
# The kinds of record that are one row.
_PLAIN = {CAPTURE: (_CAPTURE, _ONE_CAPTURE), REVIEW: (_REVIEW, _ONE_REVIEW)}
# Bytes of bodies that are remembered while all are read, for most stand upon one that was read a moment ago.
_ROOM = 64 * 1024 * 1024
_ALL = "SELECT seq, kind, capture, source_id, version, body, digest, link FROM records"


class _Row(NamedTuple):
    """What a record is about: a kept page, a version, or what its own `body` says."""

    seq: int
    kind: str
    capture: int | None = None
    source_id: str | None = None
    version: int | None = None
    body: str | None = None


def add_capture(connection: sqlite3.Connection, capture: int) -> None:
    """Link a page that was just kept."""
    _append(connection, _Row(0, CAPTURE, capture=capture))


def add_version(connection: sqlite3.Connection, source_id: str, number: int) -> None:
    """Link a version that was just written, with its facts and changes."""
    _append(connection, _Row(0, VERSION, source_id=source_id, version=number))


def next_seq(connection: sqlite3.Connection) -> int:
    """The number that the next record will have."""
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()
    return int(last) + 1


def add_review(connection: sqlite3.Connection) -> None:
    """Link what somebody did about a change, which was just written under the number of the next record."""
    _append(connection, _Row(0, REVIEW))


def add_forgotten(connection: sqlite3.Connection, source_id: str, now: datetime, reason: str, seqs: list[int]) -> None:
    """Link that a source was forgotten, and which records are without their content since."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("records", seqs)]
    _append(connection, _Row(0, FORGOTTEN), members)


def add_dropped(connection: sqlite3.Connection, source_id: str, now: datetime, reason: str, pages: list[str]) -> None:
    """Link that the bytes of raw pages of a source were let go of."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("pages", pages)]
    _append(connection, _Row(0, DROPPED), members)


def dropped(connection: sqlite3.Connection) -> list[DroppedPage]:
    """The raw pages that were let go of, as records that are sound themselves say, without those that came again."""
    bodies = connection.execute("SELECT seq, body, digest FROM records WHERE kind = ? ORDER BY seq", (DROPPED,))
    found: dict[tuple[str, str], DroppedPage] = {}
    for seq, body, digest in bodies:
        if digest_of(body) == digest:
            told = json.loads(body)
            for page in told["pages"]:
                one = DroppedPage(page, told["source"], moment(told["at"]), told["reason"], seq)
                found[page, told["source"]] = one
    if not found:
        return []
    bare = "SELECT source_id, sha256 FROM captures WHERE sha256 NOT IN (SELECT sha256 FROM blobs)"
    gone = {(sha256, source_id) for source_id, sha256 in connection.execute(bare)}
    return [one for key, one in found.items() if key in gone]


def tip(connection: sqlite3.Connection) -> Record | None:
    """The last record, without its text."""
    found = connection.execute("SELECT seq, kind, digest, link FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return Record(*found) if found else None


def head(connection: sqlite3.Connection) -> str:
    """The last link; empty where nothing is linked yet."""
    found = connection.execute("SELECT link FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def records(connection: sqlite3.Connection, source_id: str, since: int) -> Iterator[Record]:
    """Every record from `since` on; the text of those alone that are about the source."""
    words = Words(connection)
    for *about, digest, link in connection.execute(f"{_ALL} WHERE seq >= ? ORDER BY seq", (since,)):
        row = _Row(*about)
        text = _text(connection, row, words) if _source_of(connection, row) == source_id else None
        yield Record(row.seq, row.kind, digest, link, text)


def faults(connection: sqlite3.Connection, known_head: str | None) -> Iterator[str]:
    """What is broken, in words, the chain's first broken record first."""
    yield from _broken_links(connection)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in connection.execute(statement))
    if known_head and not _holds(connection, known_head):
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from stamps.faults(connection)
    yield from _broken_bodies(connection)


def _append(connection: sqlite3.Connection, about: _Row, members: Sequence[tuple[str, Any]] | None = None) -> None:
    """Link one more record; the number that `about` has does not count."""
    last = connection.execute("SELECT seq, link FROM records ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
    row = about._replace(seq=last[0] + 1)
    if members is not None:
        row = row._replace(body=write_record(row.seq, row.kind, members))
    text = _text(connection, row, Words(connection))
    if text is None:
        raise StoreError(f"{_name(row)}: cannot be linked, for it is not there; nothing was written")
    digest = digest_of(text)
    connection.execute(
        """
        INSERT INTO records (seq, kind, capture, source_id, version, body, digest, link)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (*row, digest, link_of(last[1], digest)),
    )


def _text(connection: sqlite3.Connection, row: _Row, words: Words) -> str | None:
    """What a record says, from the rows as they are now; None where they are gone. Raises StoreError for damage."""
    if row.body is not None:
        return row.body
    if row.kind in _PLAIN:
        columns, statement = _PLAIN[row.kind]
        found = connection.execute(statement, (row.seq if row.kind == REVIEW else row.capture,)).fetchone()
        return write_record(row.seq, row.kind, _members(columns, found)) if found else None
    key = (row.source_id or "", row.version or 0)
    found = connection.execute(_ONE_VERSION, key).fetchone()
    if found is None:
        return None
    facts = words.facts_in_record(*key)
    changes = [tuple(_members(_CHANGE, one)) for one in words.changes(*key)]
    due = connection.execute("SELECT due, deadline FROM deadlines WHERE source_id = ? AND version = ?", key).fetchone()
    deadline = [("due", due[0]), ("deadline", Raw(due[1]))] if due else []
    return write_record(
        row.seq, row.kind, [*_members(_VERSION, found), ("facts", facts), ("changes", changes), *deadline]
    )


def _members(columns: Sequence[str], values: Sequence[Any]) -> list[tuple[str, Any]]:
    return [
        (name[:-1], value if value is None else Raw(value)) if name[-1] == ":" else (name, value)
        for name, value in zip(columns, values, strict=True)
    ]


def _source_of(connection: sqlite3.Connection, row: _Row) -> str | None:
    """Which source a record is about; None where it is about none, or that was forgotten."""
    if row.source_id is not None:
        return row.source_id
    if row.body is not None:
        told = json.loads(row.body).get("source")
        return None if told is None else str(told)
    table, key, number = ("reviews", "record", row.seq) if row.kind == REVIEW else ("captures", "id", row.capture)
    found = connection.execute(f"SELECT source_id FROM {table} WHERE {key} = ?", (number,)).fetchone()  # noqa: S608 - of names that stand above
    return str(found[0]) if found else None


def _broken_links(connection: sqlite3.Connection) -> Iterator[str]:
    forgotten = _forgotten(connection)
    before, expected = "", 1
    words = Words(connection)
    for *about, digest, link in connection.execute(f"{_ALL} ORDER BY seq"):
        row = _Row(*about)
        if row.seq != expected:
            yield f"{_name(row)}: what stood before it in the chain was taken out"
        try:
            text = _text(connection, row, words)
        except StoreError as error:
            yield f"{_name(row)}: {error}"
        else:
            if text is None and row.seq not in forgotten:
                yield f"{_name(row)}: gone"
            elif (text is not None and digest_of(text) != digest) or link_of(before, digest) != link:
                yield f"{_name(row)}: not what was written, or not in the place where it was written"
        before, expected = link, row.seq + 1


def _name(row: _Row) -> str:
    if row.source_id is not None:
        return f"version {row.source_id}@{row.version}"
    return f"page {row.capture}" if row.capture is not None else f"record {row.seq} ({row.kind})"


def _forgotten(connection: sqlite3.Connection) -> frozenset[int]:
    """The records whose content was forgotten, as records that are sound themselves say."""
    bodies = connection.execute("SELECT body, digest FROM records WHERE kind = ?", (FORGOTTEN,))
    return frozenset(seq for body, digest in bodies if digest_of(body) == digest for seq in json.loads(body)["records"])


def _holds(connection: sqlite3.Connection, known: str) -> bool:
    """Whether a head is one of the chain, or of the chain of an older form that it was made from."""
    if connection.execute("SELECT 1 FROM records WHERE link = ?", (known,)).fetchone() is not None:
        return True
    bodies = connection.execute("SELECT body FROM records WHERE kind = ?", (RELINKED,))
    return any(json.loads(body)["head"] == known for (body,) in bodies)


def _broken_bodies(connection: sqlite3.Connection) -> Iterator[str]:
    known = blobs.Known(_ROOM)
    for (sha256,) in connection.execute("SELECT sha256 FROM blobs ORDER BY id"):
        try:
            blobs.get(connection, sha256, known)
        except StoreError as error:
            yield str(error)
    missing = "SELECT sha256 FROM captures UNION SELECT document FROM versions EXCEPT SELECT sha256 FROM blobs"
    let_go = {one.sha256 for one in dropped(connection)}
    yield from (
        f"stored bytes {sha256}: gone; restore a backup"
        for (sha256,) in connection.execute(missing)
        if sha256 not in let_go
    )
