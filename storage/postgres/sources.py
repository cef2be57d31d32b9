"""Sources in the PostgreSQL store: what to watch, where it stands, and who is checking it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from storage.codec import clean, dump, instant, load
from storage.model import Claim, PageState, Source, SourceState
from storage.postgres.session import Row, Session, listed
from storage.sqlite.sources import state_of

STATE = """
SELECT sources.id, vendor, document, url, active, outcome, reason, detail, last_check, last_good, next_due, failures,
    version, health
FROM sources
"""
PAGES = "SELECT source_id, url, sha256, etag, last_modified, extraction, quick, rendered, wire FROM pages"
FREE = "(lease_until IS NULL OR lease_until <= ?)"


def sync(session: Session, sources: Sequence[Source], now: datetime) -> None:
    """Make the stored sources these; rows that are right already are not written. One at a time, so no two mix."""
    wanted = {source.id: (dump(source), source) for source in sources}
    with session.writing():
        session.alone("sources")
        stored = {
            key: (text, active) for key, text, active in session.execute("SELECT id, definition, active FROM sources")
        }
        gone = sorted(key for key, (_, active) in stored.items() if active and key not in wanted)
        session.execute("UPDATE sources SET active = 0 WHERE id = ANY(?)", (gone,))
        session.insert(
            "sources",
            "id, definition, vendor, document, url, host, active, next_due",
            [
                (
                    source.id,
                    text,
                    clean(source.vendor),
                    source.document.value,
                    clean(source.urls[0]),
                    clean(source.host),
                    1,
                    instant(now),
                )
                for key, (text, source) in sorted(wanted.items())
                if stored.get(key) != (text, 1)
            ],
            """
            ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, vendor = excluded.vendor,
                document = excluded.document, url = excluded.url, host = excluded.host, active = 1
            """,
        )


def claim(
    session: Session, worker: str, now: datetime, lease: timedelta, *, limit: int, only: Sequence[str] | None
) -> list[Claim]:
    """Take sources that nobody holds, the longest due or those of `only` in their order; what others take is passed."""
    moment, until = instant(now), now + lease
    with session.writing():
        if only is None:
            rows = session.execute(
                f"""{STATE} WHERE active = 1 AND next_due <= ? AND {FREE} ORDER BY next_due, sources.id LIMIT ?
                FOR UPDATE OF sources SKIP LOCKED""",
                (moment, moment, max(limit, 0)),
            ).fetchall()
        else:
            rows = session.execute(
                f"""{STATE} JOIN unnest(?::text[]) WITH ORDINALITY AS asked (id, place) ON sources.id = asked.id
                WHERE {FREE} ORDER BY asked.place LIMIT ? FOR UPDATE OF sources SKIP LOCKED""",
                (list(dict.fromkeys(only)), moment, max(limit, 0)),
            ).fetchall()
        tokens = [secrets.token_hex(16) for _ in rows]
        table, values = listed(
            "id text, token text", [(row[0], token) for row, token in zip(rows, tokens, strict=True)]
        )
        session.execute(
            f"""UPDATE sources SET lease_worker = ?, lease_token = listed.token, lease_until = ?
            FROM {table} WHERE sources.id = listed.id""",  # noqa: S608 - of names that stand here
            (clean(worker), instant(until), *values),
        )
        pages = _pages(session, [row[0] for row in rows])
    return [
        Claim(row[0], token, until, state_of(row, pages.get(row[0], ())))
        for row, token in zip(rows, tokens, strict=True)
    ]


def release(session: Session, claims: Iterable[Claim], due: datetime | None = None) -> None:
    """Give leases back; one that somebody else holds by now stays theirs."""
    table, values = listed("id text, token text", sorted((one.source_id, one.token) for one in claims))
    with session.writing():
        session.execute(
            f"""UPDATE sources SET lease_worker = NULL, lease_token = NULL, lease_until = NULL,
                next_due = greatest(next_due, ?)
            FROM {table} WHERE sources.id = listed.id AND lease_token = listed.token""",  # noqa: S608 - of names that stand here
            (instant(due) if due else "", *values),
        )


def end_leases(session: Session, worker: str) -> None:
    """End the leases on sources of one worker that is known to have died."""
    with session.writing():
        session.execute(
            """
            UPDATE sources SET lease_worker = NULL, lease_token = NULL, lease_until = NULL
            WHERE lease_worker = ? AND lease_token IS NOT NULL
            """,
            (clean(worker),),
        )


def every(session: Session) -> list[Source]:
    """Every source ever synced, by id."""
    return [load(Source, text) for (text,) in session.execute("SELECT definition FROM sources ORDER BY id")]


def states(session: Session) -> list[SourceState]:
    """Where each source stands, by id."""
    pages = _pages(session, None)
    return [state_of(row, pages.get(row[0], ())) for row in session.execute(f"{STATE} ORDER BY sources.id")]


def due(session: Session, now: datetime, limit: int, only: str | None) -> list[Row]:
    """Id and host of active sources that are due and that nobody holds, and whether they were rendered last time."""
    moment = instant(now)
    return session.execute(
        f"""
        SELECT id, host, EXISTS (SELECT 1 FROM pages WHERE source_id = sources.id AND rendered = 1)
        FROM sources WHERE active = 1 AND next_due <= ? AND {FREE} AND (? IS NULL OR id = ?)
        ORDER BY next_due, id LIMIT ?
        """,  # noqa: S608 - of names that stand here
        (moment, moment, only, only, limit),
    ).fetchall()


def _pages(session: Session, ids: Sequence[str] | None) -> dict[str, tuple[PageState, ...]]:
    """The validators of these sources, or of all, by source."""
    where, asked = ("", ()) if ids is None else ("WHERE source_id = ANY(?)", (list(ids),))
    found: dict[str, tuple[PageState, ...]] = {}
    for key, url, sha256, etag, last_modified, extraction, quick, rendered, wire in session.execute(
        f"{PAGES} {where} ORDER BY source_id, position", asked
    ):
        page = PageState(url, sha256, etag, last_modified, extraction, quick, rendered == 1, wire)
        found[key] = (*found.get(key, ()), page)
    return found
