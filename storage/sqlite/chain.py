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

from storage.codec import clean, instant, moment
from storage.errors import StoreError
from storage.model import DroppedPage
from storage.records import Raw, Record, digest_of, link_of, write_members, write_record
from storage.sqlite.bodies import Bodies
from storage.sqlite.rows import COLUMNS, Captures, in_text
from storage.sqlite.telling import Told, members

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
)
_REVIEW = ("source", "version", "position", "at", "who", "state", "assignee", "note")
_ONE_VERSION = f"""
SELECT {COLUMNS}, lower(hex(text.sha256)) FROM versions JOIN bodies AS text ON text.id = versions.document
WHERE versions.record = ?
"""  # noqa: S608 - of names that stand in a file of ours
_DUE = "SELECT due, deadline FROM deadlines WHERE source_id = ? AND version = ?"
_ONE_REVIEW = """
SELECT source_id, version, position, at, who, state, assignee, note FROM reviews WHERE record = ?
"""
ALL = "SELECT seq, kind, body, lower(hex(digest)), lower(hex(link)) FROM records"


class Row(NamedTuple):
    """What a record is about: the page, version or review of its number, or what its own `body` says."""

    seq: int
    kind: str
    body: str | None = None


def add_capture(connection: sqlite3.Connection) -> None:
    """Link a page that was just kept under the number of the next record."""
    _append(connection, Row(0, CAPTURE))


def add_version(connection: sqlite3.Connection) -> None:
    """Link a version that was just written under the number of the next record, with all that it tells."""
    _append(connection, Row(0, VERSION))


def next_seq(connection: sqlite3.Connection) -> int:
    """The number that the next record will have."""
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM records").fetchone()
    return int(last) + 1


def add_review(connection: sqlite3.Connection) -> None:
    """Link what somebody did about a change, which was just written under the number of the next record."""
    _append(connection, Row(0, REVIEW))


def add_forgotten(connection: sqlite3.Connection, source_id: str, now: datetime, reason: str, seqs: list[int]) -> None:
    """Link that a source was forgotten, and which records are without their content since."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("records", seqs)]
    _append(connection, Row(0, FORGOTTEN), members)


def add_dropped(connection: sqlite3.Connection, source_id: str, now: datetime, reason: str, pages: list[str]) -> None:
    """Link that the bytes of raw pages of a source were let go of."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("pages", pages)]
    _append(connection, Row(0, DROPPED), members)


def dropped(connection: sqlite3.Connection) -> list[DroppedPage]:
    """The raw pages that were let go of, as records that are sound themselves say, without those that came again."""
    bodies = connection.execute(
        "SELECT seq, body, lower(hex(digest)) FROM records WHERE kind = ? ORDER BY seq", (DROPPED,)
    )
    found: dict[tuple[str, str], DroppedPage] = {}
    for seq, body, digest in bodies:
        if digest_of(body) == digest:
            told = json.loads(body)
            for page in told["pages"]:
                one = DroppedPage(page, told["source"], moment(told["at"]), told["reason"], seq)
                found[page, told["source"]] = one
    if not found:
        return []
    bare = """
    SELECT source_id, lower(hex(sha256)) FROM captures JOIN bodies ON bodies.id = captures.body WHERE data IS NULL
    """
    gone = {(sha256, source_id) for source_id, sha256 in connection.execute(bare)}
    return [one for key, one in found.items() if key in gone]


def tip(connection: sqlite3.Connection) -> Record | None:
    """The last record, without its text."""
    found = connection.execute(
        "SELECT seq, kind, lower(hex(digest)), lower(hex(link)) FROM records ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Record(*found) if found else None


def head(connection: sqlite3.Connection) -> str:
    """The last link; empty where nothing is linked yet."""
    found = connection.execute("SELECT lower(hex(link)) FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def records(connection: sqlite3.Connection, source_id: str, since: int) -> Iterator[Record]:
    """Every record from `since` on; the text of those alone that are about the source."""
    reader = Reader(connection)
    for *about, digest, link in connection.execute(f"{ALL} WHERE seq >= ? ORDER BY seq", (since,)):
        row = Row(*about)
        text = reader.text(row) if _source_of(connection, row) == source_id else None
        yield Record(row.seq, row.kind, digest, link, text)


def _append(connection: sqlite3.Connection, about: Row, members: Sequence[tuple[str, Any]] | None = None) -> None:
    """Link one more record; the number that `about` has does not count."""
    last = connection.execute("SELECT seq, lower(hex(link)) FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before = last or (0, "")
    row = about._replace(seq=seq + 1)
    if members is not None:
        row = row._replace(body=write_record(row.seq, row.kind, members))
    text = Reader(connection).text(row)
    if text is None:
        raise StoreError(f"{row.kind} {row.seq}: cannot be linked, for it is not there; nothing was written")
    digest = digest_of(text)
    put(connection, Record(row.seq, row.kind, digest, link_of(before, digest)), row.body)


def put(connection: sqlite3.Connection, record: Record, body: str | None) -> None:
    """Write a record as it is, with what it says where no other rows say that."""
    connection.execute(
        "INSERT INTO records (seq, kind, body, digest, link) VALUES (?, ?, ?, ?, ?)",
        (record.seq, record.kind, body, bytes.fromhex(record.digest), bytes.fromhex(record.link)),
    )


class Reader:
    """Writes records down from the rows as they are now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.bodies = Bodies(connection)
        self.captures, self.told = Captures(connection, self.bodies), Told(connection, self.bodies)

    def text(self, row: Row, columns: Sequence[Any] | None = None) -> str | None:
        """What a record says; None where its rows are gone. Raises StoreError for damage.

        The columns of a page are read unless they are known.
        """
        if row.body is not None:
            return row.body
        if row.kind == CAPTURE:
            found = self.captures.in_full(row.seq, columns)
            return None if found is None else write_record(row.seq, row.kind, members(_CAPTURE, found))
        if row.kind == REVIEW:
            found = self._connection.execute(_ONE_REVIEW, (row.seq,)).fetchone()
            return None if found is None else write_record(row.seq, row.kind, members(_REVIEW, found))
        return self._version(row)

    def _version(self, row: Row) -> str | None:
        found = self._connection.execute(_ONE_VERSION, (row.seq,)).fetchone()
        if found is None:
            return None
        told = self.told.text(row.seq)
        if told is None:
            raise StoreError("what it tells is gone; restore a backup")
        due = self._connection.execute(_DUE, tuple(found[:2])).fetchone()
        try:
            return b"".join(version_parts(row.seq, found, due, told)).decode()
        except UnicodeDecodeError as error:
            raise StoreError(f"what it tells is damaged ({error}); restore a backup") from error


def version_parts(seq: int, found: Sequence[Any], due: tuple[str, str] | None, told: bytes) -> tuple[bytes, ...]:
    """The record of a version, in parts, from its row, its deadline, and what it tells. Raises StoreError."""
    try:
        values = in_text(found)
    except ValueError as error:
        raise StoreError(f"a moment that is none ({error}); restore a backup") from error
    del values[_LAST_SEEN]
    head = write_record(seq, VERSION, members(_VERSION, values))[:-1]
    deadline = "," + write_members([("due", due[0]), ("deadline", Raw(due[1]))]) if due else ""
    return f"{head},".encode(), told, f"{deadline}}}".encode()


_LAST_SEEN = 4


def _source_of(connection: sqlite3.Connection, row: Row) -> str | None:
    """Which source a record is about; None where it is about none, or that was forgotten."""
    if row.body is not None:
        told = json.loads(row.body).get("source")
        return None if told is None else str(told)
    table = {CAPTURE: "captures", VERSION: "versions", REVIEW: "reviews"}.get(row.kind)
    if table is None:
        return None
    found = connection.execute(f"SELECT source_id FROM {table} WHERE record = ?", (row.seq,)).fetchone()  # noqa: S608 - of names that stand above
    return str(found[0]) if found else None
