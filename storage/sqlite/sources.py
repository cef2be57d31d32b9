"""Sources in the SQLite store: what to watch, where it stands, and who is checking it."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from storage.codec import clean, dump_lean, instant, load, moment
from storage.model import Claim, DocumentType, Health, Outcome, PageState, Reason, Source, SourceState
from storage.model.health import WELL
from storage.sqlite.session import write_txn

STATE = """
SELECT sources.id, vendor, document, url, active, outcome, reason, detail, last_check, last_good, next_due, failures,
    version, health
FROM sources
"""
PAGES = """
SELECT source_id, url, sha256, etag, last_modified, extraction, quick, rendered, wire FROM pages
ORDER BY source_id, position
"""
PAGES_OF = """
SELECT source_id, url, sha256, etag, last_modified, extraction, quick, rendered, wire FROM pages
WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY source_id, position
"""

# A table is three times as fast as calling the enum, and there may be ten thousand states to read.
DOCUMENTS = {one.value: one for one in DocumentType}
OUTCOMES: dict[str | None, Outcome | None] = {None: None, **{one.value: one for one in Outcome}}
REASONS: dict[str | None, Reason | None] = {None: None, **{one.value: one for one in Reason}}


def sync(connection: sqlite3.Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make the stored sources these; rows that are right already are not written."""
    wanted = {source.id: (dump_lean(source), source) for source in sources}
    with write_txn(connection):
        stored = {
            key: (text, active)
            for key, text, active in connection.execute("SELECT id, definition, active FROM sources")
        }
        gone = [(key,) for key, (_, active) in stored.items() if active and key not in wanted]
        connection.executemany("UPDATE sources SET active = 0 WHERE id = ?", gone)
        connection.executemany(
            """
            INSERT INTO sources (id, definition, vendor, document, url, host, active, next_due)
            VALUES (?, ?, ?, ?, ?, ?, 1, ?)
            ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, vendor = excluded.vendor,
                document = excluded.document, url = excluded.url, host = excluded.host, active = 1
            """,
            [
                (
                    source.id,
                    text,
                    clean(source.vendor),
                    source.document,
                    clean(source.urls[0]),
                    clean(source.host),
                    instant(now),
                )
                for text, source in wanted.values()
                if stored.get(source.id) != (text, 1)
            ],
        )


def claim(
    connection: sqlite3.Connection,
    worker: str,
    now: datetime,
    lease: timedelta,
    *,
    limit: int,
    only: Sequence[str] | None,
) -> list[Claim]:
    """Take sources that nobody holds: the longest due, or those of `only` in their order."""
    moment_now, until = instant(now), now + lease
    free = "(lease_until IS NULL OR lease_until <= ?)"
    with write_txn(connection):
        if only is None:
            rows = connection.execute(
                f"{STATE} WHERE active AND next_due <= ? AND {free} ORDER BY next_due, id LIMIT ?",
                (moment_now, moment_now, max(limit, 0)),
            ).fetchall()
        else:
            asked = json.dumps(list(dict.fromkeys(only)))
            rows = connection.execute(
                f"{STATE} JOIN json_each(?) asked ON sources.id = asked.value WHERE {free} ORDER BY asked.key LIMIT ?",
                (asked, moment_now, max(limit, 0)),
            ).fetchall()
        tokens = [secrets.token_hex(16) for _ in rows]
        connection.executemany(
            "UPDATE sources SET lease_worker = ?, lease_token = ?, lease_until = ? WHERE id = ?",
            [(clean(worker), token, instant(until), row[0]) for row, token in zip(rows, tokens, strict=True)],
        )
        pages = _pages(connection, [row[0] for row in rows])
    return [
        Claim(row[0], token, until, state_of(row, pages.get(row[0], ())))
        for row, token in zip(rows, tokens, strict=True)
    ]


def release(connection: sqlite3.Connection, claims: Iterable[Claim], due: datetime | None = None) -> None:
    """Give leases back; one that somebody else holds by now stays theirs."""
    with write_txn(connection):
        connection.executemany(
            """
            UPDATE sources SET lease_worker = NULL, lease_token = NULL, lease_until = NULL,
                next_due = max(next_due, ?)
            WHERE id = ? AND lease_token = ?
            """,
            [(instant(due) if due else "", one.source_id, one.token) for one in claims],
        )


def end_leases(connection: sqlite3.Connection) -> None:
    """End every lease on sources and deliveries: right only for the one process that holds the store's lock."""
    held = connection.execute(
        """
        SELECT EXISTS (SELECT 1 FROM sources WHERE lease_token IS NOT NULL)
            OR EXISTS (SELECT 1 FROM deliveries WHERE lease_until IS NOT NULL)
        """
    ).fetchone()[0]
    if held:
        with write_txn(connection):
            connection.execute(
                """
                UPDATE sources SET lease_worker = NULL, lease_token = NULL, lease_until = NULL
                WHERE lease_token IS NOT NULL
                """
            )
            connection.execute("UPDATE deliveries SET lease_until = NULL WHERE lease_until IS NOT NULL")


def every(connection: sqlite3.Connection) -> list[Source]:
    """Every source ever synced, by id."""
    return [load(Source, text) for (text,) in connection.execute("SELECT definition FROM sources ORDER BY id")]


def states(connection: sqlite3.Connection) -> list[SourceState]:
    """Where each source stands, by id."""
    pages = _pages(connection, None)
    return [state_of(row, pages.get(row[0], ())) for row in connection.execute(f"{STATE} ORDER BY id")]


def state_of(row: Sequence[Any], pages: tuple[PageState, ...]) -> SourceState:
    """Where a source stands, from its row of `STATE`."""
    (
        key,
        vendor,
        document,
        url,
        active,
        outcome,
        reason,
        detail,
        last_check,
        last_good,
        due,
        failures,
        version,
        health,
    ) = row
    return SourceState(
        source_id=key,
        vendor=vendor,
        document=DOCUMENTS[document],
        url=url,
        active=active == 1,
        outcome=OUTCOMES[outcome],
        reason=REASONS[reason],
        detail=detail,
        last_check=moment(last_check) if last_check else None,
        last_good=moment(last_good) if last_good else None,
        next_due=moment(due),
        failures=failures,
        version=version,
        pages=pages,
        health=load(Health, health) if health else WELL,
    )


def _pages(connection: sqlite3.Connection, ids: Sequence[str] | None) -> dict[str, tuple[PageState, ...]]:
    """The validators of these sources, or of all, by source."""
    rows = connection.execute(PAGES) if ids is None else connection.execute(PAGES_OF, (json.dumps(list(ids)),))
    found: dict[str, tuple[PageState, ...]] = {}
    for key, url, sha256, etag, last_modified, extraction, quick, rendered, wire in rows:
        page = PageState(url, sha256, etag, last_modified, extraction, quick, rendered == 1, wire)
        found[key] = (*found.get(key, ()), page)
    return found
