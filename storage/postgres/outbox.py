"""The outbox in the PostgreSQL store: what is still to be told, to whom, and what became of it."""

from __future__ import annotations

import json
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
from storage.postgres import chain, history
from storage.postgres.session import Session, listed

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
_COLUMNS = (
    """key, alert_key, subscriber, target, grp, state, attempts, next_try, created_at, last_error, sent_at, notice"""
)


def claim(session: Session, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
    """Take due deliveries, oldest first, a group as a whole; one worker at a time, so that no group is torn."""
    by = _moments(now, lease)
    with session.writing():
        session.alone("deliveries")
        rows = session.execute(
            f"{DELIVERY} WHERE {DUE} ORDER BY next_try, created_at, key LIMIT ? FOR UPDATE SKIP LOCKED",
            (*by, max(limit, 0)),
        ).fetchall()
        taken: dict[str, Sequence[Any]] = {}
        for found in rows:
            if found[0] in taken:
                continue
            together = [found]
            if found[4]:
                together = session.execute(
                    f"""{DELIVERY} WHERE grp = ? AND subscriber = ? AND target = ? AND grp <> '' AND {FREE}
                    ORDER BY next_try, created_at, key FOR UPDATE""",
                    (found[4], found[2], found[3], *by[:2]),
                ).fetchall()
            taken |= {one[0]: one for one in together}
        session.execute("UPDATE deliveries SET lease_until = ? WHERE key = ANY(?)", (by[1], list(taken)))
        return _parcels(session, list(taken.values()))


def _moments(now: datetime, lease: timedelta) -> tuple[str, str, str, str]:
    """What decides about being due: now, when a lease ends that begins now, now, and the longest wait."""
    return instant(now), instant(now + lease), instant(now), instant(now + _LONGEST)


def seal(session: Session, groups: Mapping[str, str]) -> None:
    """Write the group of deliveries by their keys; their leases stay."""
    if groups:
        table, values = listed("key text, grp text", [(key, clean(groups[key])) for key in sorted(groups)])
        with session.writing():
            session.execute(
                f"UPDATE deliveries SET grp = listed.grp FROM {table} WHERE deliveries.key = listed.key",  # noqa: S608 - of names that stand here
                values,
            )


def told(session: Session, groups: Collection[str], since: datetime) -> set[tuple[str, str, str, bool]]:
    """Of these groups, those that were sent, or that may have been, of deliveries made after a moment."""
    rows = session.execute(
        """
        SELECT DISTINCT subscriber, target, split_part(grp, '|', 1), notice FROM deliveries
        WHERE created_at > ? AND (state = 'sent' OR state = 'pending' AND grp LIKE '%|%')
            AND split_part(grp, '|', 1) = ANY(?)
        """,
        (instant(since), sorted(groups)),
    )
    return {(subscriber, target, group, bool(notice)) for subscriber, target, group, notice in rows}


def add(session: Session, deliveries: Iterable[Delivery]) -> None:
    """Put deliveries into the outbox; to be called inside a transaction."""
    session.insert("deliveries", _COLUMNS, [row(delivery) for delivery in deliveries])


def settle_reminders(session: Session, source_id: str, version: int, still_open: set[int], now: datetime) -> None:
    """Drop reminders of a version's deadline that tell of no open change any more; to be called in a transaction.

    Those dropped so before come back where a change was opened again and their time is still to come.
    """
    rows = session.execute(
        "SELECT key, changes FROM alerts WHERE source_id = ? AND version = ?", (source_id, version)
    ).fetchall()
    settled = {key for key, changes in rows if still_open.isdisjoint(json.loads(changes))}
    session.execute(
        """
        UPDATE deliveries SET state = 'dropped', last_error = ?
        WHERE state = 'pending' AND lease_until IS NULL AND grp LIKE 'remind:%' AND alert_key = ANY(?)
        """,
        (SETTLED, sorted(settled)),
    )
    session.execute(
        """
        UPDATE deliveries SET state = 'pending', last_error = NULL
        WHERE state = 'dropped' AND last_error = ? AND next_try > ? AND grp LIKE 'remind:%' AND alert_key = ANY(?)
        """,
        (SETTLED, instant(now), sorted({key for key, _ in rows} - settled)),
    )


def post(session: Session, postings: Iterable[Posting]) -> None:
    """Put notices and their deliveries into the outbox, inside a transaction. One that is there is not put in again."""
    for posting in sorted(postings, key=lambda one: one.notice.key):
        notice = posting.notice
        fresh = session.insert(
            "notices",
            "key, kind, subscriber, source_id, created_at, notice",
            [
                (
                    notice.key,
                    notice.kind.value,
                    clean(notice.subscriber),
                    notice.source_id,
                    instant(notice.created_at),
                    dump(notice),
                )
            ],
            "ON CONFLICT (key) DO NOTHING RETURNING key",
        )
        if fresh:
            add(session, posting.deliveries)


def record(session: Session, deliveries: Iterable[Delivery], postings: Iterable[Posting]) -> None:
    """Write what became of deliveries, and what is to be told of it; their leases end.

    Raises StoreError for a delivery that is not in the store.
    """
    rows = sorted((row(one) for one in deliveries), key=lambda values: str(values[0]))
    table, values = listed(
        "key text, grp text, state text, attempts int, next_try text, last_error text, sent_at text",
        [(one[0], one[4], one[5], one[6], one[7], one[9], one[10]) for one in rows],
    )
    with session.writing():
        written = session.execute(
            f"""UPDATE deliveries SET state = listed.state, attempts = listed.attempts, next_try = listed.next_try,
                last_error = listed.last_error, sent_at = listed.sent_at, grp = listed.grp, lease_until = NULL
            FROM {table} WHERE deliveries.key = listed.key RETURNING deliveries.key""",  # noqa: S608 - of names that stand here
            values,
        )
        there = {key for (key,) in written}
        missing = next((one[0] for one in rows if one[0] not in there), None)
        if missing is not None:
            raise StoreError(f"delivery {missing}: not in the store; nothing was written")
        post(session, postings)


def deliveries(session: Session, state: DeliveryState | None) -> list[Delivery]:
    """The outbox, newest first."""
    where, asked = ("", ()) if state is None else ("WHERE state = ?", (state.value,))
    return [
        from_row(Delivery, found)
        for found in session.execute(f"{DELIVERY} {where} ORDER BY created_at DESC, key", asked)
    ]


def undelivered(session: Session, now: datetime) -> bool:
    """Whether something waits to be sent that nobody is sending."""
    moment = instant(now)
    found = session.execute(
        """
        SELECT 1 FROM deliveries
        WHERE state = 'pending' AND next_try <= ? AND (lease_until IS NULL OR lease_until <= ?) LIMIT 1
        """,
        (moment, moment),
    )
    return found.fetchone() is not None


def end_leases(session: Session) -> None:
    """End the leases on all deliveries: right only where nobody is sending."""
    with session.writing():
        session.alone("deliveries")
        session.execute("UPDATE deliveries SET lease_until = NULL WHERE lease_until IS NOT NULL")


def parcel(session: Session, key: str) -> Post:
    """One delivery by its key or the start of it. Raises UsageError when that is none or several."""
    rows = session.execute(
        f"{DELIVERY} WHERE key >= ? AND starts_with(key, ?) ORDER BY key LIMIT 2", (key, key)
    ).fetchall()
    if not rows:
        raise UsageError(f"{key}: no such delivery; `clausewatch deliveries list` shows them")
    if len(rows) > 1 and rows[0][0] != key:
        raise UsageError(f"{key}: several deliveries begin so; give more of the key")
    return _parcels(session, rows[:1])[0]


def _parcels(session: Session, rows: Sequence[Sequence[Any]]) -> list[Post]:
    """Deliveries with all that their messages say; what several share is read once."""
    notices = _notices(session, [found[1] for found in rows if found[11]])
    alerts = {
        found[0]: from_row(Alert, found)
        for found in session.execute(
            """
            SELECT key, subscriber, source_id, version, changes, created_at, cadence FROM alerts WHERE key = ANY(?)
            """,
            ([found[1] for found in rows if not found[11]],),
        )
    }
    told = {(alert.source_id, alert.version) for alert in alerts.values()}
    stories = {one: _story(session, *one) for one in told}
    head = chain.head(session)
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


def _notices(session: Session, keys: Sequence[str]) -> dict[str, tuple[Notice, Source | None]]:
    """Notices with the sources that they are about."""
    rows = session.execute(
        """
        SELECT notices.key, notices.notice, sources.definition FROM notices
        LEFT JOIN sources ON sources.id = notices.source_id WHERE notices.key = ANY(?)
        """,
        (list(keys),),
    )
    return {key: (load(Notice, text), load(Source, source) if source else None) for key, text, source in rows}


def last_notice(session: Session, subscriber: str) -> Delivery | None:
    """A delivery of the newest notice to a subscriber."""
    newest = session.execute(
        "SELECT key FROM notices WHERE subscriber = ? ORDER BY created_at DESC LIMIT 1", (subscriber,)
    ).fetchone()
    found = session.execute(f"{DELIVERY} WHERE alert_key = ? LIMIT 1", newest).fetchone() if newest else None
    return from_row(Delivery, found) if found else None


def noticed(session: Session, key: str) -> bool:
    """Whether a notice with this key was ever written."""
    return session.execute("SELECT 1 FROM notices WHERE key = ?", (key,)).fetchone() is not None


def _story(
    session: Session, source_id: str, number: int
) -> tuple[Source, Version, Version | None, Comparison, Deadline | None]:
    """The source, the version that is told about, the one before, how they differ, and until when one may object."""
    watched = session.execute("SELECT definition FROM sources WHERE id = ?", (source_id,)).fetchone()
    version = history.version(session, source_id, number)
    comparison = history.comparison(session, source_id, number)
    if watched is None or version is None or comparison is None:
        raise StoreError(f"{source_id}@{number}: an alert tells of it and its comparison is gone; restore a backup")
    found = session.execute(
        "SELECT deadline FROM deadlines WHERE source_id = ? AND version = ?", (source_id, number)
    ).fetchone()
    deadline = load(Deadline, found[0]) if found else None
    previous = history.version(session, source_id, number - 1)
    return load(Source, watched[0]), version, previous, comparison, deadline
