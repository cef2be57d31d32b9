"""The chain that makes the history evidence, on PostgreSQL: the same records, so the same links, as on SQLite.

A record (`storage.records`) is written from the rows as they lie in the tables, bodies by their SHA-256. What it holds
and what it does not is told in `storage.sqlite.chain`, whose members these are, in the same order; one history in
both stores has one head. Whoever appends holds the chain (`Session.alone("records")`) until the transaction ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from storage import blobs
from storage.codec import clean, instant, moment
from storage.errors import StoreError
from storage.model import DroppedPage
from storage.postgres import stamps
from storage.postgres.session import Row, Session
from storage.postgres.shared import portable
from storage.postgres.texts import CAPTURE, REVIEW, VERSION, About, records_of, texts
from storage.records import Record, digest_of, link_of, write_record

FORGOTTEN, RELINKED, DROPPED = "forgotten", "relinked", "dropped"

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
# Bytes of bodies that are remembered while all are read, for most stand upon one that was read a moment ago.
_ROOM = 64 * 1024 * 1024
# Records whose texts are made at a time: one question for all, since a server may be far away.
_BATCH = 200
_ALL = "SELECT seq, kind, capture, source_id, version, body, digest, link FROM records"


def add_capture(session: Session, capture: int) -> None:
    """Link a page that was just kept."""
    _append(session, About(0, CAPTURE, capture=capture))


def add_version(session: Session, source_id: str, number: int) -> None:
    """Link a version that was just written, with its facts and changes."""
    _append(session, About(0, VERSION, source_id=source_id, version=number))


def next_seq(session: Session) -> int:
    """The number that the next record will have."""
    found = session.execute("SELECT max(seq) FROM records").fetchone()
    return 1 + (found[0] or 0 if found else 0)


def add_review(session: Session) -> None:
    """Link what somebody did about a change, which was just written under the number of the next record."""
    _append(session, About(0, REVIEW))


def add_forgotten(session: Session, source_id: str, now: datetime, reason: str, seqs: list[int]) -> None:
    """Link that a source was forgotten, and which records are without their content since."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("records", seqs)]
    _append(session, About(0, FORGOTTEN), members)


def add_dropped(session: Session, source_id: str, now: datetime, reason: str, pages: list[str]) -> None:
    """Link that the bytes of raw pages of a source were let go of."""
    members = [("at", instant(now)), ("source", source_id), ("reason", clean(reason)), ("pages", pages)]
    _append(session, About(0, DROPPED), members)


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
    bare = "SELECT source_id, sha256 FROM captures WHERE sha256 NOT IN (SELECT sha256 FROM blobs)"
    gone = {(sha256, source_id) for source_id, sha256 in session.execute(bare)}
    return [one for key, one in found.items() if key in gone]


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
    theirs = set(records_of(session, source_id))
    for rows in _batches(session.execute(f"{_ALL} WHERE seq >= ? ORDER BY seq", (since,))):
        told = texts(session, [about for about, _, _ in rows if about.seq in theirs])
        for about, digest, link in rows:
            yield Record(about.seq, about.kind, digest, link, told.get(about.seq))


def faults(session: Session, known_head: str | None) -> Iterator[str]:
    """What is broken, in words, the chain's first broken record first."""
    yield from _broken_links(session)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in session.execute(statement))
    yield from stamps.faults(session)
    if known_head and not _holds(session, known_head):
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from _broken_bodies(session)


def _append(session: Session, about: About, members: Sequence[tuple[str, Any]] | None = None) -> None:
    """Link one more record; the number that `about` has does not count."""
    last = session.execute("SELECT seq, link FROM records ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
    row = about._replace(seq=last[0] + 1)
    if members is not None:
        row = row._replace(body=write_record(row.seq, row.kind, members))
    text = texts(session, [row]).get(row.seq)
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


def _broken_links(session: Session) -> Iterator[str]:
    forgotten = _forgotten(session)
    before, expected = "", 1
    for rows in _batches(session.stream(f"{_ALL} ORDER BY seq", _BATCH, "links")):
        told = texts(session, [about for about, _, _ in rows])
        for about, digest, link in rows:
            if about.seq != expected:
                yield f"{_name(about)}: what stood before it in the chain was taken out"
            text = told.get(about.seq)
            if text is None and about.seq not in forgotten:
                yield f"{_name(about)}: gone"
            elif (text is not None and digest_of(text) != digest) or link_of(before, digest) != link:
                yield f"{_name(about)}: not what was written, or not in the place where it was written"
            before, expected = link, about.seq + 1


def _batches(rows: Iterable[Row]) -> Iterator[list[tuple[About, str, str]]]:
    """Records as they are listed, with digest and link, so many at a time."""
    waiting = iter(rows)
    while batch := [(About(*about), digest, link) for *about, digest, link in islice(waiting, _BATCH)]:
        yield batch


def _name(row: About) -> str:
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
    known = blobs.Known(_ROOM)
    for (sha256,) in session.execute("SELECT sha256 FROM blobs ORDER BY id"):
        try:
            blobs.get(portable(session), sha256, known)
        except StoreError as error:
            yield str(error)
    missing = "SELECT sha256 FROM captures UNION SELECT document FROM versions EXCEPT SELECT sha256 FROM blobs"
    let_go = {one.sha256 for one in dropped(session)}
    yield from (
        f"stored bytes {sha256}: gone; restore a backup"
        for (sha256,) in session.execute(missing)
        if sha256 not in let_go
    )
