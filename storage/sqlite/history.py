"""Reading the history in the SQLite store. Only `capture` and `document` ever touch a body."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from storage.codec import from_row, moment, ticks, value
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
from storage.sqlite import chain, counts
from storage.sqlite.bodies import Bodies
from storage.sqlite.rows import HASH, VERSION, Captures, version_of
from storage.sqlite.telling import Told

_SEEN = """
SELECT changes.seen_after, changes.version, versions.source_id, versions.number, sources.vendor, sources.document,
    sources.url
FROM
"""


def version(connection: sqlite3.Connection, source_id: str, number: int | None) -> Version | None:
    """One version, or the newest."""
    found = connection.execute(
        f"{VERSION} WHERE source_id = ? AND (? IS NULL OR number = ?) ORDER BY number DESC LIMIT 1",
        (source_id, number, number),
    ).fetchone()
    return version_of(found) if found else None


def versions(connection: sqlite3.Connection, source_id: str | None) -> list[Version]:
    """All versions, oldest first in each source."""
    if source_id is None:
        rows = connection.execute(f"{VERSION} ORDER BY source_id, number")
    else:
        rows = connection.execute(f"{VERSION} WHERE source_id = ? ORDER BY number", (source_id,))
    return [version_of(found) for found in rows]


def document(connection: sqlite3.Connection, source_id: str, number: int) -> Document:
    """The text of one version. Raises UsageError when there is no such version."""
    found = connection.execute(
        """
        SELECT document, iif(typeof(fingerprint) = 'blob', lower(hex(fingerprint)), NULL)
        FROM versions WHERE source_id = ? AND number = ?
        """,
        (source_id, number),
    ).fetchone()
    if found is None:
        raise UsageError(f"{source_id}: there is no version {number}; `clausewatch history {source_id}` lists them")
    # Of texts none is asked for twice here, and memory that is let go of is quicker to have again than fresh.
    text = Bodies(connection, room=0).document(*found)
    if text is None:
        raise StoreError(f"{source_id}@{number}: its text is gone from the store; restore a backup")
    return text


def facts(connection: sqlite3.Connection, source_id: str, number: int) -> tuple[Fact, ...]:
    """What one version states, in the order of the text."""
    record = _record(connection, source_id, number)
    told = Told(connection).read(record) if record else None
    return tuple([value(Fact, one) for one in told["facts"]]) if told else ()


def comparison(connection: sqlite3.Connection, source_id: str, number: int) -> Comparison | None:
    """How one version differs from the one before."""
    record = _record(connection, source_id, number)
    told = Told(connection).changes(record) if record else None
    if told is None or told["comparison"] is None:
        return None
    head = value(Comparison, told["comparison"])
    return replace(head, changes=tuple([value(Change, one) for one in told["changes"]]))


def _record(connection: sqlite3.Connection, source_id: str, number: int) -> int | None:
    found = connection.execute(
        "SELECT record FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    return int(found[0]) if found else None


def changes(connection: sqlite3.Connection, query: ChangeQuery) -> list[RecordedChange]:
    """The recorded changes that match, newest first, then gravest first."""
    wanted, told = -1 if query.limit is None else max(query.limit, 0), Told(connection)
    found: list[RecordedChange] = []
    for _, rows in groupby(_versions_asked(connection, query), key=itemgetter(0)):
        if 0 <= wanted <= len(found):
            break
        found += sorted(
            (one for _, record, *about in rows for one in _recorded(told.changes(record), about, query)),
            key=lambda one: (-one.change.severity.rank, one.source_id, -one.version, one.position),
        )
    return found if wanted < 0 else found[:wanted]


def _versions_asked(connection: sqlite3.Connection, query: ChangeQuery) -> sqlite3.Cursor:
    """The versions that may have such changes, newest first. The table that has the index leads."""
    leader = "changes" if query.topic is None else "asked"
    tables = "changes CROSS JOIN versions ON versions.record = changes.version"
    if query.topic is not None:
        same = "changes.seen_after = asked.seen_after AND changes.version = asked.version"
        tables = f"change_topics AS asked CROSS JOIN changes ON {same} CROSS JOIN versions ON record = changes.version"
    elif query.source_id is not None or query.vendor is not None:
        tables = "versions CROSS JOIN changes ON changes.seen_after = versions.first_seen AND changes.version = record"
    asked = {
        "asked.topic = (SELECT id FROM topics WHERE name = ?)": query.topic,
        "versions.source_id = ?": query.source_id,
        "versions.source_id IN (SELECT value FROM json_each(?))": ids_of_vendor(connection, query.vendor),
        "changes.counts >= ?": counts.least(query.severity.rank) if query.severity else None,
        f"{leader}.seen_after >= ?": ticks(query.since) if query.since else None,
        "versions.number = ?": query.version,
    }
    given = {condition: one for condition, one in asked.items() if one is not None}
    where = f"WHERE {' AND '.join(given)}" if given else ""
    return connection.execute(
        f"{_SEEN} {tables} CROSS JOIN sources ON sources.id = versions.source_id {where} "
        f"ORDER BY {leader}.seen_after DESC",
        tuple(given.values()),
    )


def _recorded(told: dict[str, Any], about: Sequence[Any], query: ChangeQuery) -> Iterator[RecordedChange]:
    """The changes of one version that match."""
    source_id, number, vendor, kind, url = about
    for position, one in enumerate(told["changes"]):
        change = value(Change, one)
        if (query.severity is None or change.severity.rank >= query.severity.rank) and (
            query.topic is None or query.topic in (change.topic, *change.topics)
        ):
            yield RecordedChange(
                source_id=source_id,
                vendor=vendor,
                document=DocumentType(kind),
                url=url,
                version=number,
                position=position,
                seen_before=moment(one["seen_before"]),
                seen_after=moment(one["seen_after"]),
                change=change,
            )


def ids_of_vendor(connection: sqlite3.Connection, vendor: str | None) -> str | None:
    """The ids of a vendor's sources as JSON; names are the same whatever their case, also beyond ASCII."""
    if vendor is None:
        return None
    named = connection.execute("SELECT id, vendor FROM sources")
    return json.dumps([key for key, name in named if name.casefold() == vendor.casefold()])


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
    bodies = Bodies(connection)
    number = bodies.find(sha256) if HASH.fullmatch(sha256) else None
    found = connection.execute(
        "SELECT record FROM captures WHERE body = ? ORDER BY fetched_at DESC, record DESC LIMIT 1", (number,)
    ).fetchone()
    kept = bodies.get(number) if number is not None and found else None
    full = Captures(connection, bodies).in_full(found[0]) if found else None
    if full is None or kept is None:
        raise UsageError(f"{sha256}: {_gone(connection, sha256) or 'no page with this SHA-256 is kept'}")
    *head, hops = full[2:]
    return replace(from_row(Capture, (*head, "", hops)), body=kept)


def body(connection: sqlite3.Connection, sha256: str) -> bytes:
    """Stored bytes. Raises UsageError when they are not kept, StoreError when they are damaged."""
    bodies = Bodies(connection)
    number = bodies.find(sha256) if HASH.fullmatch(sha256) else None
    found = None if number is None else bodies.get(number)
    if found is None:
        raise UsageError(f"{sha256}: {_gone(connection, sha256) or 'nothing with this SHA-256 is kept'}")
    return found


def _gone(connection: sqlite3.Connection, sha256: str) -> str | None:
    """What is said of a page whose bytes were let go of on purpose."""
    found = next((one for one in chain.dropped(connection) if one.sha256 == sha256), None)
    return f"the page was let go of on {found.at:%Y-%m-%d} ({found.reason})" if found else None
