"""The one transaction of a check: everything that it made, or nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from storage.codec import clean, dump, instant, moment, of_ticks, row, ticks
from storage.errors import LeaseLost, StoreError
from storage.model import CheckResult, NewVersion, Outcome
from storage.model.health import WELL
from storage.sqlite import chain, counts, outbox, passages, standing
from storage.sqlite.bodies import Bodies
from storage.sqlite.rows import Captures, add_version, capture_row
from storage.sqlite.session import write_txn
from storage.sqlite.telling import Told, facts_of, telling

# In these the latest version was seen once more; a new version brings its own moments.
SEEN_AGAIN = frozenset({Outcome.UNCHANGED, Outcome.NOT_MODIFIED})


class _Standing(NamedTuple):
    """What the store holds of a source before a commit. `last` is outcome, reason and detail of its ledger line."""

    token: str | None
    version: int
    ledger: int | None
    last: tuple[str | None, str | None, str | None]


def commit(connection: sqlite3.Connection, results: Sequence[CheckResult]) -> None:
    """Write results together. Raises LeaseLost or StoreError, and then nothing was written."""
    with write_txn(connection):
        standings = _standings(connection, results)
        numbers: dict[str, int] = {}
        for result in results:
            key = result.claim.source_id
            number = standings[key].version
            for place, made in enumerate(result.versions):
                follows(made, key, number + place)
            bodies = Bodies(connection)
            _captures(connection, result, bodies, _documents(connection, result, bodies))
            _withdraw(connection, result)
            for made in result.versions:
                _version(connection, made, bodies)
                number += 1
            numbers[key] = number
        fetched = [result for result in results if result.fetched]
        ledger = _ledger(connection, fetched, standings)
        _sources(connection, fetched, numbers, ledger)
        _pages(connection, fetched)
        outbox.post(connection, [posting for result in fetched for posting in result.postings])
        _unfetched(connection, results, numbers)


def _standings(connection: sqlite3.Connection, results: Sequence[CheckResult]) -> dict[str, _Standing]:
    """The rows of these sources. Raises LeaseLost when any is held by somebody else."""
    ids = [result.claim.source_id for result in results]
    if len(set(ids)) < len(ids):
        raise StoreError("two results of one source in one commit; nothing was written")
    found = {
        key: _Standing(token, version, ledger, (outcome, reason, detail))
        for key, token, version, ledger, outcome, reason, detail in connection.execute(
            """
            SELECT sources.id, lease_token, version, ledger, ledger.outcome, ledger.reason, ledger.detail
            FROM json_each(?) AS asked
            JOIN sources ON sources.id = asked.value
            LEFT JOIN ledger ON ledger.id = sources.ledger
            """,
            (json.dumps(ids),),
        )
    }
    for result in results:
        key = result.claim.source_id
        if key not in found or found[key].token != result.claim.token:
            raise LeaseLost(f"{key}: another worker has taken the source over; nothing was written")
    return found


def _documents(connection: sqlite3.Connection, result: CheckResult, bodies: Bodies) -> dict[str, int]:
    """Keep the texts of a result; the number of the one that was read from each page."""
    found = connection.execute(
        "SELECT document FROM versions WHERE source_id = ? ORDER BY number DESC LIMIT 1", (result.claim.source_id,)
    ).fetchone()
    base, beside = found[0] if found else None, dict[str, int]()
    for made in result.versions:
        base = bodies.put(dump(made.document).encode(), base=base, document=True)
        beside.update(dict.fromkeys(made.version.captures, base))
    return beside


def _captures(connection: sqlite3.Connection, result: CheckResult, bodies: Bodies, beside: dict[str, int]) -> None:
    """Keep the raw pages of a result; their bytes once, and the words that their text has not again."""
    captures, key = Captures(connection, bodies), result.claim.source_id
    for capture in result.captures:
        sha256 = hashlib.sha256(capture.body).hexdigest()
        if sha256 != capture.sha256:
            raise StoreError(
                f"{key}: the page {capture.url} says SHA-256 {capture.sha256} and has {sha256}; nothing was written"
            )
        values = capture_row(capture)
        body = bodies.put(capture.body, base=captures.latest(key, values[0]), beside=beside.get(sha256))
        captures.add(chain.next_seq(connection), key, result.outcome, values, body)
        chain.add_capture(connection)


def follows(made: NewVersion, source_id: str, number: int) -> None:
    """Raise StoreError for a version that does not follow the latest one."""
    version = made.version
    if version.source_id != source_id or version.number != number + 1:
        raise StoreError(
            f"{source_id}: version {version.number} of {version.source_id} does not follow version {number}; "
            "nothing was written"
        )


def _version(connection: sqlite3.Connection, made: NewVersion, bodies: Bodies) -> None:
    """A version with its text, facts, changes, alerts and deliveries."""
    version, key, number = made.version, made.version.source_id, made.version.number
    before = connection.execute(
        "SELECT record, document, last_seen FROM versions WHERE source_id = ? AND number = ?", (key, number - 1)
    ).fetchone()
    record, document, last_seen = before or (None, None, ticks(version.first_seen))
    text = bodies.put(dump(made.document).encode(), base=document, document=True)
    write_version(
        connection,
        WholeVersion(row(version), text, _telling(made, instant(of_ticks(last_seen))), record),
        bodies,
    )
    if made.deadline is not None:
        connection.execute(
            "INSERT INTO deadlines (source_id, version, due, deadline) VALUES (?, ?, ?, ?)",
            (key, number, made.deadline.on.isoformat(), dump(made.deadline)),
        )
    chain.add_version(connection)
    _alerts(connection, made)


class WholeVersion(NamedTuple):
    """A version as it is written: its row, its text, what it tells, and the record of the one before."""

    values: Sequence[Any]
    text: int
    told: str
    before: int | None


def write_version(connection: sqlite3.Connection, whole: WholeVersion, bodies: Bodies) -> None:
    """Write a version under the number of the next record, and keep all that is looked up in step with it."""
    source_id, number, _, first_seen, *_ = whole.values
    record = chain.next_seq(connection)
    add_version(connection, record, whole.values, whole.text)
    Told(connection, bodies).add(record, whole.told, whole.before)
    counts.add(connection, record, ticks(moment(first_seen)), whole.told)
    standing.follow(connection, source_id, number, facts_of(whole.told))
    passages.follow(connection, source_id, number, record, bodies)


def _telling(made: NewVersion, seen_before: str) -> str:
    """What a version tells; of each change also the interval in which it happened: last seen before, first after."""
    head = None if made.comparison is None else dump(replace(made.comparison, changes=()))
    seen_after = instant(made.version.first_seen)
    facts = [(position, *row(fact)) for position, fact in enumerate(made.facts)]
    changes = [
        (position, seen_before, seen_after, change.severity.rank, *row(change))
        for position, change in enumerate(made.comparison.changes if made.comparison else ())
    ]
    return telling(head, facts, changes)


def _alerts(connection: sqlite3.Connection, made: NewVersion) -> None:
    connection.executemany(
        """
        INSERT INTO alerts (key, subscriber, source_id, version, changes, created_at, cadence)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [row(alert) for alert in (*made.alerts, *made.reminders)],
    )
    outbox.add(connection, made.deliveries)


def _withdraw(connection: sqlite3.Connection, result: CheckResult) -> None:
    """Drop what waits to be told of versions that went again."""
    if result.withdrawn:
        connection.execute(
            """
            UPDATE deliveries SET state = 'dropped', last_error = 'the text went again before its time'
            WHERE state = 'pending' AND lease_until IS NULL AND alert_key IN (
                SELECT key FROM alerts WHERE source_id = ? AND version IN (SELECT value FROM json_each(?))
            )
            """,
            (result.claim.source_id, json.dumps(result.withdrawn)),
        )


def _ledger(
    connection: sqlite3.Connection, results: Sequence[CheckResult], standings: dict[str, _Standing]
) -> dict[str, int]:
    """A line a check, folded into the line before when it says the same. The lines' ids, by source."""
    lines: dict[str, int] = {}
    again: list[tuple[str, int]] = []
    for result in results:
        key, when = result.claim.source_id, instant(result.checked_at)
        said = (result.outcome, result.reason, None if result.detail is None else clean(result.detail))
        line = standings[key].ledger
        if line is not None and standings[key].last == said:
            again.append((when, line))
        else:
            line = connection.execute(
                """
                INSERT INTO ledger (source_id, since, until, count, outcome, reason, detail)
                VALUES (?, ?, ?, 1, ?, ?, ?) RETURNING id
                """,
                (key, when, when, *said),
            ).fetchone()[0]
        lines[key] = line
    connection.executemany("UPDATE ledger SET until = max(until, ?), count = count + 1 WHERE id = ?", again)
    return lines


def _sources(
    connection: sqlite3.Connection, results: Sequence[CheckResult], numbers: dict[str, int], ledger: dict[str, int]
) -> None:
    """Where the sources stand now; their leases end."""
    rows = []
    for result in results:
        key, when = result.claim.source_id, instant(result.checked_at)
        good = result.outcome.good
        detail = None if result.detail is None else clean(result.detail)
        rows.append(
            (
                instant(result.next_due),
                result.outcome,
                result.reason,
                detail,
                when,
                when if good else None,
                good,
                numbers[key],
                ledger[key],
                health_of(result),
                key,
            )
        )
    connection.executemany(
        """
        UPDATE sources SET next_due = ?, outcome = ?, reason = ?, detail = ?, last_check = ?,
            last_good = coalesce(?, last_good), failures = CASE WHEN ? THEN 0 ELSE failures + 1 END, version = ?,
            ledger = ?, health = ?, lease_worker = NULL, lease_token = NULL, lease_until = NULL
        WHERE id = ?
        """,
        rows,
    )
    connection.executemany(
        "UPDATE versions SET last_seen = max(last_seen, ?) WHERE source_id = ? AND number = ?",
        [
            (ticks(result.checked_at), result.claim.source_id, numbers[result.claim.source_id])
            for result in results
            if result.outcome in SEEN_AGAIN
        ],
    )


def health_of(result: CheckResult) -> str | None:
    """What is remembered of the source from now on; None where that is nothing."""
    health = result.claim.state.health if result.health is None else result.health
    return None if health == WELL else dump(health)


def _unfetched(connection: sqlite3.Connection, results: Sequence[CheckResult], numbers: dict[str, int]) -> None:
    """The number of the latest version where nothing was fetched, and the end of the lease."""
    connection.executemany(
        """
        UPDATE sources SET version = ?, lease_worker = NULL, lease_token = NULL, lease_until = NULL WHERE id = ?
        """,
        [(numbers[one.claim.source_id], one.claim.source_id) for one in results if not one.fetched],
    )


def _pages(connection: sqlite3.Connection, results: Sequence[CheckResult]) -> None:
    """New validators take the place of the old ones; the same ones again are not written."""
    changed = [result for result in results if result.pages and result.pages != result.claim.state.pages]
    connection.executemany("DELETE FROM pages WHERE source_id = ?", [(one.claim.source_id,) for one in changed])
    connection.executemany(
        """
        INSERT INTO pages (source_id, position, url, sha256, etag, last_modified, extraction, quick, rendered,
            wire)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (result.claim.source_id, position, *row(page))
            for result in changed
            for position, page in enumerate(result.pages)
        ],
    )
