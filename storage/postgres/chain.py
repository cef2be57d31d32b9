"""The chain that makes the history evidence, on PostgreSQL: the same records, so the same links, as on SQLite.

A record (`storage.records`) is written from the rows as they lie in the tables, bodies by their SHA-256. What it holds
and what it does not is told in `storage.sqlite.chain`, whose members these are, in the same order; one history in
both stores has one head. Whoever appends holds the chain (`Session.alone("records")`) until the transaction ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from storage import blobs
from storage.codec import clean, instant, moment
from storage.errors import StoreError
from storage.model import DroppedPage
from storage.postgres import stamps
from storage.postgres.session import Session
from storage.postgres.shared import portable
from storage.records import Raw, Record, digest_of, link_of, write_record

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
_FACT = ("position", "type", "fields:", "quote", "section:")
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
_FACTS = _select(_FACT, "facts", "source_id = ? AND version = ? ORDER BY position")
_CHANGES = _select(_CHANGE, "changes", "source_id = ? AND version = ? ORDER BY position")
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
        SELECT id FROM sources
        WHERE version <> (SELECT coalesce(max(number), 0) FROM versions WHERE source_id = sources.id)
        """,
        "source {}: its newest versions are gone",
    ),
)
# The kinds of record that are one row.
_PLAIN = {CAPTURE: (_CAPTURE, _ONE_CAPTURE), REVIEW: (_REVIEW, _ONE_REVIEW)}
_ALL = "SELECT seq, kind, capture, source_id, version, body, digest, link FROM records"


class _Row(NamedTuple):
    """What a record is about: a kept page, a version, or what its own `body` says."""

    seq: int
    kind: str
    capture: int | None = None
    source_id: str | None = None
    version: int | None = None
    body: str | None = None


def add_capture(session: Session, capture: int) -> None:
    """Link a page that was just kept."""
    _append(session, _Row(0, CAPTURE, capture=capture))


def add_version(session: Session, source_id: str, number: int) -> None:
    """Link a version that was just written, with its facts and changes."""
    _append(session, _Row(0, VERSION, source_id=source_id, version=number))


def next_seq(session: Session) -> int:
    """The number that the next record will have."""
    found = session.execute("SELECT max(seq) FROM records").fetchone()
    return 1 + (found[0] or 0 if found else 0)


def add_review(session: Session) -> None:
    """Link what somebody did about a change, which was just written under the number of the next record."""
    _append(session, _Row(0, REVIEW))


def add_forgotten(session: Session, source_id: str, now: datetime, reason: str, seqs: list[int]) -> None:
    """Link that a source was forgotten, and which records are without their content since."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("records", seqs)]
    _append(session, _Row(0, FORGOTTEN), members)


def add_dropped(session: Session, source_id: str, now: datetime, reason: str, pages: list[str]) -> None:
    """Link that the bytes of raw pages of a source were let go of."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("pages", pages)]
    _append(session, _Row(0, DROPPED), members)


def dropped(session: Session) -> list[DroppedPage]:
    """The raw pages that were let go of, as records that are sound themselves say, without those that came again."""
    bodies = session.execute("SELECT seq, body, digest FROM records WHERE kind = ? ORDER BY seq", (DROPPED,))
    found: dict[tuple[str, str], DroppedPage] = {}
    for seq, body, digest in bodies:
        if digest_of(body) == digest:
            told = json.loads(body)
            for page in told["pages"]:
                one = DroppedPage(page, told["source"], moment(told["at"]), told["reason"], seq)
                found[page, told["source"]] = one
    if not found:
        return []
    kept = {sha256 for (sha256,) in session.execute("SELECT sha256 FROM blobs")}
    return [one for one in found.values() if one.sha256 not in kept]


def tip(session: Session) -> Record | None:
    """The last record, without its text."""
    found = session.execute("SELECT seq, kind, digest, link FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return Record(*found) if found else None


def head(session: Session) -> str:
    """The last link; empty where nothing is linked yet."""
    found = session.execute("SELECT link FROM records ORDER BY seq DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def records(session: Session, source_id: str, since: int) -> Iterator[Record]:
    """Every record from `since` on; the text of those alone that are about the source."""
    for *about, digest, link in session.execute(f"{_ALL} WHERE seq >= ? ORDER BY seq", (since,)):
        row = _Row(*about)
        text = _text(session, row) if _source_of(session, row) == source_id else None
        yield Record(row.seq, row.kind, digest, link, text)


def faults(session: Session, known_head: str | None) -> Iterator[str]:
    """What is broken, in words, the chain's first broken record first."""
    yield from _broken_links(session)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in session.execute(statement))
    yield from stamps.faults(session)
    if known_head and not _holds(session, known_head):
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from _broken_bodies(session)


def _append(session: Session, about: _Row, members: Sequence[tuple[str, Any]] | None = None) -> None:
    """Link one more record; the number that `about` has does not count."""
    last = session.execute("SELECT seq, link FROM records ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
    row = about._replace(seq=last[0] + 1)
    if members is not None:
        row = row._replace(body=write_record(row.seq, row.kind, members))
    text = _text(session, row)
    if text is None:
        raise StoreError(f"{_name(row)}: cannot be linked, for it is not there; nothing was written")
    digest = digest_of(text)
    session.execute(
        """
        INSERT INTO records (seq, kind, capture, source_id, version, body, digest, link)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (*row, digest, link_of(last[1], digest)),
    )


def _text(session: Session, row: _Row) -> str | None:
    """What a record says, from the rows as they are now; None where they are gone."""
    if row.body is not None:
        return row.body
    if row.kind in _PLAIN:
        columns, statement = _PLAIN[row.kind]
        found = session.execute(statement, (row.seq if row.kind == REVIEW else row.capture,)).fetchone()
        return write_record(row.seq, row.kind, _members(columns, found)) if found else None
    key = (row.source_id, row.version)
    found = session.execute(_ONE_VERSION, key).fetchone()
    if found is None:
        return None
    facts = [tuple(_members(_FACT, one)) for one in session.execute(_FACTS, key)]
    changes = [tuple(_members(_CHANGE, one)) for one in session.execute(_CHANGES, key)]
    due = session.execute("SELECT due, deadline FROM deadlines WHERE source_id = ? AND version = ?", key).fetchone()
    deadline = [("due", due[0]), ("deadline", Raw(due[1]))] if due else []
    return write_record(
        row.seq, row.kind, [*_members(_VERSION, found), ("facts", facts), ("changes", changes), *deadline]
    )


def _members(columns: Sequence[str], values: Sequence[Any]) -> list[tuple[str, Any]]:
    return [
        (name[:-1], value if value is None else Raw(value)) if name[-1] == ":" else (name, value)
        for name, value in zip(columns, values, strict=True)
    ]


def _source_of(session: Session, row: _Row) -> str | None:
    """Which source a record is about; None where it is about none, or that was forgotten."""
    if row.source_id is not None:
        return row.source_id
    if row.body is not None:
        told = json.loads(row.body).get("source")
        return None if told is None else str(told)
    table, key, number = ("reviews", "record", row.seq) if row.kind == REVIEW else ("captures", "id", row.capture)
    found = session.execute(f"SELECT source_id FROM {table} WHERE {key} = ?", (number,)).fetchone()  # noqa: S608 - of names that stand above
    return str(found[0]) if found else None


def _broken_links(session: Session) -> Iterator[str]:
    forgotten = _forgotten(session)
    before, expected = "", 1
    for *about, digest, link in session.execute(f"{_ALL} ORDER BY seq"):
        row = _Row(*about)
        if row.seq != expected:
            yield f"{_name(row)}: what stood before it in the chain was taken out"
        text = _text(session, row)
        if text is None and row.seq not in forgotten:
            yield f"{_name(row)}: gone"
        elif (text is not None and digest_of(text) != digest) or link_of(before, digest) != link:
            yield f"{_name(row)}: not what was written, or not in the place where it was written"
        before, expected = link, row.seq + 1


def _name(row: _Row) -> str:
    if row.source_id is not None:
        return f"version {row.source_id}@{row.version}"
    return f"page {row.capture}" if row.capture is not None else f"record {row.seq} ({row.kind})"


def _forgotten(session: Session) -> frozenset[int]:
    """The records whose content was forgotten, as records that are sound themselves say."""
    bodies = session.execute("SELECT body, digest FROM records WHERE kind = ?", (FORGOTTEN,))
    return frozenset(seq for body, digest in bodies if digest_of(body) == digest for seq in json.loads(body)["records"])


def _holds(session: Session, known: str) -> bool:
    """Whether a head is one of the chain, or of the chain of an older form that it was made from."""
    if session.execute("SELECT 1 FROM records WHERE link = ?", (known,)).fetchone() is not None:
        return True
    bodies = session.execute("SELECT body FROM records WHERE kind = ?", (RELINKED,))
    return any(json.loads(body)["head"] == known for (body,) in bodies)


def _broken_bodies(session: Session) -> Iterator[str]:
    for (sha256,) in session.execute("SELECT sha256 FROM blobs ORDER BY id"):
        try:
            blobs.get(portable(session), sha256)
        except StoreError as error:
            yield str(error)
    missing = "SELECT sha256 FROM captures UNION SELECT document FROM versions EXCEPT SELECT sha256 FROM blobs"
    let_go = {one.sha256 for one in dropped(session)}
    yield from (
        f"stored bytes {sha256}: gone; restore a backup"
        for (sha256,) in session.execute(missing)
        if sha256 not in let_go
    )
