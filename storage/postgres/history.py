"""Reading the history in the PostgreSQL store. Only `capture`, `body` and `document` ever touch a body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage import blobs
from storage.codec import from_row, instant, load, moment
from storage.errors import StoreError, UsageError
from storage.model import (
    Capture,
    Change,
    ChangeQuery,
    Comparison,
    Document,
    DocumentType,
    Fact,
    LedgerEntry,
    RecordedChange,
    SearchHit,
    Version,
)
from storage.postgres import chain
from storage.postgres.session import Session
from storage.postgres.shared import portable
from storage.postgres.words import excerpt, phrases, query_of

VERSION = """
SELECT source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures, title, language,
    effective_date, last_updated, blocks, words, verdict
FROM versions
"""
COMPARED = """
SELECT topic, topics, kind, severity, direction, section, before, after, spans, facts, summary, rules
FROM changes WHERE source_id = ? AND version = ? ORDER BY position
"""
RECORDED = """
SELECT changes.source_id, sources.vendor, sources.document, sources.url, changes.version, changes.position,
    changes.seen_before, changes.seen_after, changes.topic, changes.topics, changes.kind, changes.severity,
    changes.direction, changes.section, changes.before, changes.after, changes.spans, changes.facts, changes.summary,
    changes.rules
FROM
"""
# Among equals: an order all the same, so that two calls agree.
TIES = "changes.source_id, changes.version DESC, changes.position"
# More words than this do not make a query finer.
QUERY_WORDS = 64


def version(session: Session, source_id: str, number: int | None) -> Version | None:
    """One version, or the newest."""
    found = session.execute(
        f"{VERSION} WHERE source_id = ? AND (? IS NULL OR number = ?) ORDER BY number DESC LIMIT 1",
        (source_id, number, number),
    ).fetchone()
    return from_row(Version, found) if found else None


def versions(session: Session, source_id: str | None) -> list[Version]:
    """All versions, oldest first in each source."""
    if source_id is None:
        rows = session.execute(f"{VERSION} ORDER BY source_id, number")
    else:
        rows = session.execute(f"{VERSION} WHERE source_id = ? ORDER BY number", (source_id,))
    return [from_row(Version, found) for found in rows]


def document(session: Session, source_id: str, number: int) -> Document:
    """The text of one version. Raises UsageError when there is no such version."""
    found = session.execute(
        "SELECT document FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    if found is None:
        raise UsageError(f"{source_id}: there is no version {number}; `clausewatch history {source_id}` lists them")
    body = blobs.get(portable(session), found[0])
    if body is None:
        raise StoreError(f"{source_id}@{number}: its text {found[0]} is gone from the store; restore a backup")
    return load(Document, body)


def facts(session: Session, source_id: str, number: int) -> tuple[Fact, ...]:
    """What one version states, in the order of the text."""
    rows = session.execute(
        "SELECT type, fields, quote, section FROM facts WHERE source_id = ? AND version = ? ORDER BY position",
        (source_id, number),
    )
    return tuple([from_row(Fact, found) for found in rows])


def comparison(session: Session, source_id: str, number: int) -> Comparison | None:
    """How one version differs from the one before."""
    found = session.execute(
        "SELECT comparison FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    if found is None or found[0] is None:
        return None
    head = load(Comparison, found[0])
    changes = tuple([from_row(Change, one) for one in session.execute(COMPARED, (source_id, number))])
    return Comparison(head.verdict, head.language, changes, head.recipients, head.reason, head.side)


def capture(session: Session, sha256: str) -> Capture:
    """A raw page with its newest headers. Raises UsageError when it is not kept."""
    found = session.execute(
        """
        SELECT url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops FROM captures
        WHERE sha256 = ? ORDER BY fetched_at DESC, id DESC LIMIT 1
        """,
        (sha256,),
    ).fetchone()
    body = blobs.get(portable(session), sha256) if found else None
    if found is None or body is None:
        raise UsageError(f"{sha256}: {_gone(session, sha256) or 'no page with this SHA-256 is kept'}")
    *head, hops = found
    bare = from_row(Capture, (*head, "", hops))
    return Capture(
        bare.url,
        bare.final_url,
        bare.fetched_at,
        bare.status,
        bare.headers,
        bare.media_type,
        bare.charset,
        bare.sha256,
        body,
        bare.hops,
    )


def body(session: Session, sha256: str) -> bytes:
    """Stored bytes. Raises UsageError when they are not kept, StoreError when they are damaged."""
    found = blobs.get(portable(session), sha256)
    if found is None:
        raise UsageError(f"{sha256}: {_gone(session, sha256) or 'nothing with this SHA-256 is kept'}")
    return found


def _gone(session: Session, sha256: str) -> str | None:
    """What is said of a page whose bytes were let go of on purpose."""
    found = next((one for one in chain.dropped(session) if one.sha256 == sha256), None)
    return f"the page was let go of on {found.at:%Y-%m-%d} ({found.reason})" if found else None


def recorded(found: Sequence[Any]) -> RecordedChange:
    """A change from its row of `RECORDED`."""
    source_id, vendor, kind, url, number, position, before, after, *change = found
    return RecordedChange(
        source_id=source_id,
        vendor=vendor,
        document=DocumentType(kind),
        url=url,
        version=number,
        position=position,
        seen_before=moment(before),
        seen_after=moment(after),
        change=from_row(Change, change),
    )


def changes(session: Session, query: ChangeQuery) -> list[RecordedChange]:
    """The recorded changes that match, newest first, then gravest first."""
    leader = "changes" if query.topic is None else "asked"
    tables = "changes JOIN sources ON sources.id = changes.source_id"
    if query.topic is not None:
        tables = f"{tables} JOIN change_topics AS asked ON changes.id = asked.change"
    asked = {
        "asked.topic = ?": None if query.topic is None else str(query.topic),
        "changes.source_id = ?": query.source_id,
        "changes.source_id = ANY(?)": ids_of_vendor(session, query.vendor),
        f"{leader}.rank >= ?": query.severity.rank if query.severity else None,
        f"{leader}.seen_after >= ?": instant(query.since) if query.since else None,
        "changes.version = ?": query.version,
    }
    wanted = {condition: value for condition, value in asked.items() if value is not None}
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    rows = session.execute(
        f"{RECORDED} {tables} {where} ORDER BY {leader}.seen_after DESC, {leader}.rank DESC, {TIES} LIMIT ?",
        (*wanted.values(), None if query.limit is None else max(query.limit, 0)),
    )
    return [recorded(found) for found in rows]


def ids_of_vendor(session: Session, vendor: str | None) -> list[str] | None:
    """The ids of a vendor's sources; names are the same whatever their case, also beyond ASCII."""
    if vendor is None:
        return None
    named = session.execute("SELECT id, vendor FROM sources")
    return [key for key, name in named if name.casefold() == vendor.casefold()]


def ledger(session: Session, source_id: str, limit: int | None) -> list[LedgerEntry]:
    """The checks of a source, newest first."""
    rows = session.execute(
        """
        SELECT source_id, since, until, count, outcome, reason, detail FROM ledger
        WHERE source_id = ? ORDER BY id DESC LIMIT ?
        """,
        (source_id, None if limit is None else max(limit, 0)),
    )
    return [from_row(LedgerEntry, found) for found in rows]


def search(session: Session, query: str, limit: int) -> list[SearchHit]:
    """Passages that hold all words of a query, best first."""
    wanted = phrases(query, QUERY_WORDS)
    if not wanted:
        return []
    rows = session.execute(
        """
        SELECT passages.source_id, sources.vendor, since, until, section, passages.text
        FROM passages JOIN sources ON sources.id = passages.source_id, CAST(? AS tsquery) AS asked
        WHERE passages.lexemes @@ asked
        ORDER BY ts_rank(passages.lexemes, asked, 1) DESC, passages.source_id, since DESC, passages.id LIMIT ?
        """,
        (query_of(wanted), max(limit, 0)),
    )
    return [
        SearchHit(key, vendor, since, until, load(tuple[str, ...], section), text, excerpt(text, wanted))
        for key, vendor, since, until, section, text in rows
    ]
