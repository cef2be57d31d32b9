"""What people did about changes, event by event, in the PostgreSQL store."""

from __future__ import annotations

from collections.abc import Sequence

from storage.codec import from_row, row
from storage.errors import UsageError
from storage.model import ReviewEvent, ReviewState
from storage.postgres import chain, outbox
from storage.postgres.session import Session

_EVENTS = "SELECT source_id, version, position, at, who, state, assignee, note, record FROM reviews"


def events(session: Session, source_id: str | None) -> list[ReviewEvent]:
    """All events in the order in which they were written, of one source or of all."""
    if source_id is None:
        rows = session.execute(f"{_EVENTS} ORDER BY record")
    else:
        rows = session.execute(f"{_EVENTS} WHERE source_id = ? ORDER BY record", (source_id,))
    return [from_row(ReviewEvent, found) for found in rows]


def add(session: Session, made: Sequence[ReviewEvent]) -> None:
    """Write events in one transaction, each with its record. Raises UsageError for a change that is not there."""
    with session.writing():
        session.alone("records")
        for event in made:
            _require(session, event)
            *values, _ = row(event)
            session.insert(
                "reviews",
                "source_id, version, position, at, who, state, assignee, note, record",
                [(*values, chain.next_seq(session))],
            )
            chain.add_review(session)
        for (source_id, version), at in {(event.source_id, event.version): event.at for event in made}.items():
            outbox.settle_reminders(session, source_id, version, _still_open(session, source_id, version), at)


def _still_open(session: Session, source_id: str, version: int) -> set[int]:
    """The positions of the changes of a version that nobody has done anything about, or that were opened again."""
    told = session.execute("SELECT position FROM changes WHERE source_id = ? AND version = ?", (source_id, version))
    every = {position for (position,) in told}
    still = set(every)
    for position, state in session.execute(
        "SELECT position, state FROM reviews WHERE source_id = ? AND version = ? AND state IS NOT NULL ORDER BY record",
        (source_id, version),
    ):
        meant = every if position is None else {position}
        still = still | meant if state == ReviewState.OPEN else still - meant
    return still


def _require(session: Session, event: ReviewEvent) -> None:
    """Raise UsageError for a change that is not there."""
    found = session.execute(
        "SELECT 1 FROM changes WHERE source_id = ? AND version = ? AND (? IS NULL OR position = ?) LIMIT 1",
        (event.source_id, event.version, event.position, event.position),
    ).fetchone()
    if found is None:
        place = "" if event.position is None else f"#{event.position}"
        raise UsageError(f"{event.source_id}@{event.version}{place}: there is no such change; nothing was written")
