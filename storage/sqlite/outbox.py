"""The outbox in the SQLite store: what is still to be told, to whom, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from storage.codec import clean, dump, from_row, instant, load, row
from storage.errors import StoreError, UsageError
from storage.model import (
    Alert,
    Comparison,
    Deadline,
    Delivery,
    DeliveryState,
    Notice,
    NoticeParcel,
    Parcel,
    Post,
    Posting,
    Source,
    Version,
)
from storage.sqlite import chain, history
from storage.sqlite.session import write_txn

DELIVERY = """
SELECT key, alert_key, subscriber, target, grp, state, attempts, next_try, created_at, last_error, sent_at,
    notice
FROM deliveries
"""
SETTLED = "somebody has dealt with the changes"
_LONGEST = timedelta(days=40)  # what flaps waits for 30 days, a digest for 8: more was written by a wrong clock
# In nobody else's hands, and due. Take what `_moments` gives, FREE the first two of it.
FREE = "state = 'pending' AND (lease_until IS NULL OR lease_until <= ? OR lease_until > ?)"
DUE = f"{FREE} AND (next_try <= ? OR next_try > ? AND grp NOT LIKE 'remind:%')"


def _moments(now: datetime, lease: timedelta) -> tuple[str, str, str, str]:
    """What decides about being due: now, when a lease ends that begins now, now, and the longest wait."""
    return instant(now), instant(now + lease), instant(now), instant(now + _LONGEST)


def claim(connection: sqlite3.Connection, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
    """Take due deliveries, oldest first, a group as a whole."""
    by = _moments(now, lease)
    with write_txn(connection):
        rows = connection.execute(
            f"{DELIVERY} WHERE {DUE} ORDER BY next_try, created_at, key LIMIT ?", (*by, max(limit, 0))
        ).fetchall()
        taken: dict[str, Sequence[Any]] = {}
        for found in rows:
            if found[0] in taken:
                continue
            together = [found]
            if found[4]:
                together = connection.execute(
                    f"""{DELIVERY} WHERE grp = ? AND subscriber = ? AND target = ? AND grp <> '' AND {FREE}
                    ORDER BY next_try, created_at, key""",
                    (found[4], found[2], found[3], *by[:2]),
                ).fetchall()
            taken |= {one[0]: one for one in together}
        connection.executemany("UPDATE deliveries SET lease_until = ? WHERE key = ?", [(by[1], key) for key in taken])
        return _parcels(connection, list(taken.values()))


def seal(connection: sqlite3.Connection, groups: Mapping[str, str]) -> None:
    """Write the group of deliveries by their keys; their leases stay."""
    if groups:
        with write_txn(connection):
            connection.executemany(
                "UPDATE deliveries SET grp = ? WHERE key = ?", [(clean(group), key) for key, group in groups.items()]
            )


def told(connection: sqlite3.Connection, groups: Collection[str], since: datetime) -> set[tuple[str, str, str, bool]]:
    """Of these groups, those that were sent, or that may have been, of deliveries made after a moment."""
    rows = connection.execute(
        """
        SELECT DISTINCT subscriber, target, substr(grp || '|', 1, instr(grp || '|', '|') - 1) AS told, notice
        FROM deliveries WHERE created_at > ? AND (state = 'sent' OR state = 'pending' AND grp LIKE '%|%')
            AND told IN (SELECT value FROM json_each(?))
        """,
        (instant(since), json.dumps(sorted(groups))),
    )
    return {(subscriber, target, group, bool(notice)) for subscriber, target, group, notice in rows}


def add(connection: sqlite3.Connection, deliveries: Iterable[Delivery]) -> None:
    """Put deliveries into the outbox; to be called inside a transaction."""
    connection.executemany(
        """
        INSERT INTO deliveries (key, alert_key, subscriber, target, grp, state, attempts, next_try, created_at,
            last_error, sent_at, notice)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [row(delivery) for delivery in deliveries],
    )


def settle_reminders(
    connection: sqlite3.Connection, source_id: str, version: int, still_open: set[int], now: datetime
) -> None:
    """Drop reminders of a version's deadline that tell of no open change any more; to be called in a transaction.

    Those dropped so before come back where a change was opened again and their time is still to come.
    """
    rows = connection.execute(
        "SELECT key, changes FROM alerts WHERE source_id = ? AND version = ?", (source_id, version)
    ).fetchall()
    settled = {key for key, changes in rows if still_open.isdisjoint(json.loads(changes))}
    connection.execute(
        """
        UPDATE deliveries SET state = 'dropped', last_error = ?
        WHERE state = 'pending' AND lease_until IS NULL AND grp LIKE 'remind:%'
            AND alert_key IN (SELECT value FROM json_each(?))
        """,
        (SETTLED, json.dumps(sorted(settled))),
    )
    connection.execute(
        """
        UPDATE deliveries SET state = 'pending', last_error = NULL
        WHERE state = 'dropped' AND last_error = ? AND next_try > ? AND grp LIKE 'remind:%'
            AND alert_key IN (SELECT value FROM json_each(?))
        """,
        (SETTLED, instant(now), json.dumps(sorted({key for key, _ in rows} - settled))),
    )


def post(connection: sqlite3.Connection, postings: Iterable[Posting]) -> None:
    """Put notices and their deliveries into the outbox, inside a transaction. One that is there is not put in again."""
    for posting in postings:
        notice = posting.notice
        cursor = connection.execute(
            """
            INSERT INTO notices (key, kind, subscriber, source_id, created_at, notice) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (key) DO NOTHING
            """,
            (
                notice.key,
                notice.kind,
                clean(notice.subscriber),
                notice.source_id,
                instant(notice.created_at),
                dump(notice),
            ),
        )
        if cursor.rowcount:
            add(connection, posting.deliveries)


def record(connection: sqlite3.Connection, deliveries: Iterable[Delivery], postings: Iterable[Posting]) -> None:
    """Write what became of deliveries, and what is to be told of it; their leases end.

    Raises StoreError for a delivery that is not in the store.
    """
    with write_txn(connection):
        for one in deliveries:
            _, _, _, _, group, state, attempts, next_try, _, last_error, sent_at, _ = row(one)
            cursor = connection.execute(
                """
                UPDATE deliveries SET state = ?, attempts = ?, next_try = ?, last_error = ?, sent_at = ?, grp = ?,
                    lease_until = NULL
                WHERE key = ?
                """,
                (state, attempts, next_try, last_error, sent_at, group, one.key),
            )
            if cursor.rowcount != 1:
                raise StoreError(f"delivery {one.key}: not in the store; nothing was written")
        post(connection, postings)


def deliveries(connection: sqlite3.Connection, state: DeliveryState | None) -> list[Delivery]:
    """The outbox, newest first."""
    if state is None:
        rows = connection.execute(f"{DELIVERY} ORDER BY created_at DESC, key")
    else:
        rows = connection.execute(f"{DELIVERY} WHERE state = ? ORDER BY created_at DESC, key", (state,))
    return [from_row(Delivery, found) for found in rows]


def last_notice(connection: sqlite3.Connection, subscriber: str) -> Delivery | None:
    """A delivery of the newest notice to a subscriber."""
    newest = connection.execute(
        "SELECT key FROM notices WHERE subscriber = ? ORDER BY created_at DESC LIMIT 1", (subscriber,)
    ).fetchone()
    found = connection.execute(f"{DELIVERY} WHERE alert_key = ? LIMIT 1", newest).fetchone() if newest else None
    return from_row(Delivery, found) if found else None


def noticed(connection: sqlite3.Connection, key: str) -> bool:
    """Whether a notice with this key was ever written."""
    return connection.execute("SELECT 1 FROM notices WHERE key = ?", (key,)).fetchone() is not None


def parcel(connection: sqlite3.Connection, key: str) -> Post:
    """One delivery by its key or the start of it. Raises UsageError when that is none or several."""
    rows = connection.execute(
        f"{DELIVERY} WHERE key >= ?1 AND key < ?1 || char(0x10FFFF) ORDER BY key LIMIT 2", (key,)
    ).fetchall()
    if not rows:
        raise UsageError(f"{key}: no such delivery; `clausewatch deliveries list` shows them")
    if len(rows) > 1 and rows[0][0] != key:
        raise UsageError(f"{key}: several deliveries begin so; give more of the key")
    return _parcels(connection, rows[:1])[0]


def _parcels(connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[Post]:
    """Deliveries with all that their messages say; what several share is read once."""
    notices = _notices(connection, [found[1] for found in rows if found[11]])
    alerts = {
        found[0]: from_row(Alert, found)
        for found in connection.execute(
            """
            SELECT key, subscriber, source_id, version, changes, created_at, cadence FROM alerts
            WHERE key IN (SELECT value FROM json_each(?))
            """,
            (json.dumps([found[1] for found in rows if not found[11]]),),
        )
    }
    told = {(alert.source_id, alert.version) for alert in alerts.values()}
    stories = {one: _story(connection, *one) for one in told}
    head = chain.head(connection)
    parcels: list[Post] = []
    for found in rows:
        delivery = from_row(Delivery, found)
        if delivery.notice:
            parcels.append(NoticeParcel(delivery, *notices[delivery.alert_key]))
            continue
        alert = alerts[delivery.alert_key]
        source, version, previous, comparison, deadline = stories[alert.source_id, alert.version]
        changes = tuple([comparison.changes[position] for position in alert.changes])
        parcels.append(Parcel(delivery, alert, source, version, previous, changes, comparison, deadline, head))
    return parcels


def _notices(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, tuple[Notice, Source | None]]:
    """Notices with the sources that they are about."""
    rows = connection.execute(
        """
        SELECT notices.key, notices.notice, sources.definition FROM notices
        LEFT JOIN sources ON sources.id = notices.source_id WHERE notices.key IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(keys)),),
    )
    return {key: (load(Notice, text), load(Source, source) if source else None) for key, text, source in rows}


def _story(
    connection: sqlite3.Connection, source_id: str, number: int
) -> tuple[Source, Version, Version | None, Comparison, Deadline | None]:
    """The source, the version that is told about, the one before, how they differ, and until when one may object."""
    (definition,) = connection.execute("SELECT definition FROM sources WHERE id = ?", (source_id,)).fetchone()
    version = history.version(connection, source_id, number)
    comparison = history.comparison(connection, source_id, number)
    if version is None or comparison is None:
        raise StoreError(f"{source_id}@{number}: an alert tells of it and its comparison is gone; restore a backup")
    found = connection.execute(
        "SELECT deadline FROM deadlines WHERE source_id = ? AND version = ?", (source_id, number)
    ).fetchone()
    deadline = load(Deadline, found[0]) if found else None
    previous = history.version(connection, source_id, number - 1)
    return load(Source, definition), version, previous, comparison, deadline
