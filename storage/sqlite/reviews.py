"""What people did about changes, event by event; each is a record of the chain. Rows are added, never altered."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from storage.codec import from_row, row
from storage.errors import UsageError
from storage.model import ReviewEvent, ReviewState
from storage.sqlite import chain, outbox
from storage.sqlite.session import write_txn
from storage.sqlite.telling import Told

_EVENTS = "SELECT source_id, version, position, at, who, state, assignee, note, record FROM reviews"


def events(connection: sqlite3.Connection, source_id: str | None) -> list[ReviewEvent]:
    """All events in the order in which they were written, of one source or of all."""
    if source_id is None:
        rows = connection.execute(f"{_EVENTS} ORDER BY record")
    else:
        rows = connection.execute(f"{_EVENTS} WHERE source_id = ? ORDER BY record", (source_id,))
    return [from_row(ReviewEvent, found) for found in rows]


def add(connection: sqlite3.Connection, made: Sequence[ReviewEvent]) -> None:
    """Write events in one transaction, each with its record. Raises UsageError for a change that is not there."""
    with write_txn(connection):
        for event in made:
            require(connection, event)
            *values, _ = row(event)
            record = chain.next_seq(connection)
            connection.execute(
                """
                INSERT INTO reviews (source_id, version, position, at, who, state, assignee, note, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (*values, record),
            )
            chain.add_review(connection)
        for (source_id, version), at in {(event.source_id, event.version): event.at for event in made}.items():
            outbox.settle_reminders(connection, source_id, version, still_open(connection, source_id, version), at)


def still_open(connection: sqlite3.Connection, source_id: str, version: int) -> set[int]:
    """The positions of the changes of a version that nobody has done anything about, or that were opened again."""
    every = set(range(_changes(connection, source_id, version)))
    still = set(every)
    for position, state in connection.execute(
        "SELECT position, state FROM reviews WHERE source_id = ? AND version = ? AND state IS NOT NULL ORDER BY record",
        (source_id, version),
    ):
        meant = every if position is None else {position}
        still = still | meant if state == ReviewState.OPEN else still - meant
    return still


def require(connection: sqlite3.Connection, event: ReviewEvent) -> None:
    """Raise UsageError for a change that is not there."""
    count = _changes(connection, event.source_id, event.version)
    if not 0 <= (event.position or 0) < count:
        place = "" if event.position is None else f"#{event.position}"
        raise UsageError(f"{event.source_id}@{event.version}{place}: there is no such change; nothing was written")


def _changes(connection: sqlite3.Connection, source_id: str, version: int) -> int:
    """How many changes a version has."""
    found = connection.execute(
        "SELECT record FROM versions WHERE source_id = ? AND number = ?", (source_id, version)
    ).fetchone()
    return len(Told(connection).changes(found[0])["changes"]) if found else 0
