"""Reading the history in the SQLite store. Only `capture` and `document` ever touch a body."""

from __future__ import annotations

import json
import sqlite3
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
    Version,
)
from storage.sqlite import chain
from storage.sqlite.said import Words

VERSION = """
SELECT source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures, title, language,
    effective_date, last_updated, blocks, words, verdict
FROM versions
"""
RECORDED = """
SELECT changes.source_id, sources.vendor, sources.document, sources.url, changes.version, changes.position,
    changes.seen_before, changes.seen_after, changes.topic, changes.topics, changes.kind, changes.severity,
    changes.direction, changes.summary, changes.upon, changes.told
FROM
"""
# Among equals: an order all the same, so that two calls agree.
TIES = "changes.source_id, changes.version DESC, changes.position"


def version(connection: sqlite3.Connection, source_id: str, number: int | None) -> Version | None:
    """One version, or the newest."""
    found = connection.execute(
        f"{VERSION} WHERE source_id = ? AND (? IS NULL OR number = ?) ORDER BY number DESC LIMIT 1",
        (source_id, number, number),
    ).fetchone()
    return from_row(Version, found) if found else None


def versions(connection: sqlite3.Connection, source_id: str | None) -> list[Version]:
    """All versions, oldest first in each source."""
    if source_id is None:
        rows = connection.execute(f"{VERSION} ORDER BY source_id, number")
    else:
        rows = connection.execute(f"{VERSION} WHERE source_id = ? ORDER BY number", (source_id,))
    return [from_row(Version, found) for found in rows]


def document(connection: sqlite3.Connection, source_id: str, number: int) -> Document:
    """The text of one version. Raises UsageError when there is no such version."""
    found = connection.execute(
        "SELECT document FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    if found is None:
        raise UsageError(f"{source_id}: there is no version {number}; `clausewatch history {source_id}` lists them")
    body = blobs.get(connection, found[0])
    if body is None:
        raise StoreError(f"{source_id}@{number}: its text {found[0]} is gone from the store; restore a backup")
    return load(Document, body)


def facts(connection: sqlite3.Connection, source_id: str, number: int) -> tuple[Fact, ...]:
    """What one version states, in the order of the text."""
    return tuple([from_row(Fact, found) for found in Words(connection).facts(source_id, number)])


def comparison(connection: sqlite3.Connection, source_id: str, number: int) -> Comparison | None:
    """How one version differs from the one before."""
    found = connection.execute(
        "SELECT comparison FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    if found is None or found[0] is None:
        return None
    head = load(Comparison, found[0])
    changes = tuple([from_row(Change, one[4:]) for one in Words(connection).changes(source_id, number)])
    return Comparison(head.verdict, head.language, changes, head.recipients, head.reason, head.side)


def changes(connection: sqlite3.Connection, query: ChangeQuery) -> list[RecordedChange]:
    """The recorded changes that match, newest first, then gravest first."""
    # The table that has the index leads: the joins are CROSS JOIN so that SQLite keeps their order.
    leader = "changes" if query.topic is None else "asked"
    tables = "changes CROSS JOIN sources ON sources.id = changes.source_id"
    if query.topic is not None:
        tables = f"change_topics AS asked CROSS JOIN {tables} AND changes.id = asked.change"
    asked = {
        "asked.topic = ?": query.topic,
        "changes.source_id = ?": query.source_id,
        "changes.source_id IN (SELECT value FROM json_each(?))": ids_of_vendor(connection, query.vendor),
        f"{leader}.rank >= ?": query.severity.rank if query.severity else None,
        f"{leader}.seen_after >= ?": instant(query.since) if query.since else None,
        "changes.version = ?": query.version,
    }
    wanted = {condition: value for condition, value in asked.items() if value is not None}
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    rows = connection.execute(
        f"{RECORDED} {tables} {where} ORDER BY {leader}.seen_after DESC, {leader}.rank DESC, {TIES} LIMIT ?",
        (*wanted.values(), -1 if query.limit is None else max(query.limit, 0)),
    )
    words = Words(connection)
    return [recorded(words.in_words(found)) for found in rows]


def ids_of_vendor(connection: sqlite3.Connection, vendor: str | None) -> str | None:
    """The ids of a vendor's sources as JSON; names are the same whatever their case, also beyond ASCII."""
    if vendor is None:
        return None
    named = connection.execute("SELECT id, vendor FROM sources")
    return json.dumps([key for key, name in named if name.casefold() == vendor.casefold()])


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


def ledger(connection: sqlite3.Connection, source_id: str, limit: int | None) -> list[LedgerEntry]:
    """The checks of a source, newest first."""
    rows = connection.execute(
        """
        SELECT source_id, since, until, count, outcome, reason, detail FROM ledger
        WHERE source_id = ? ORDER BY id DESC LIMIT ?
        """,
        (source_id, -1 if limit is None else max(limit, 0)),
    )
    return [from_row(LedgerEntry, found) for found in rows]


def capture(connection: sqlite3.Connection, sha256: str) -> Capture:
    """A raw page with its newest headers. Raises UsageError when it is not kept."""
    found = connection.execute(
        """
        SELECT url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops FROM captures
        WHERE sha256 = ? ORDER BY fetched_at DESC, id DESC LIMIT 1
        """,
        (sha256,),
    ).fetchone()
    body = blobs.get(connection, sha256) if found else None
    if found is None or body is None:
        raise UsageError(f"{sha256}: {_gone(connection, sha256) or 'no page with this SHA-256 is kept'}")
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


def body(connection: sqlite3.Connection, sha256: str) -> bytes:
    """Stored bytes. Raises UsageError when they are not kept, StoreError when they are damaged."""
    found = blobs.get(connection, sha256)
    if found is None:
        raise UsageError(f"{sha256}: {_gone(connection, sha256) or 'nothing with this SHA-256 is kept'}")
    return found


def _gone(connection: sqlite3.Connection, sha256: str) -> str | None:
    """What is said of a page whose bytes were let go of on purpose."""
    found = next((one for one in chain.dropped(connection) if one.sha256 == sha256), None)
    return f"the page was let go of on {found.at:%Y-%m-%d} ({found.reason})" if found else None
