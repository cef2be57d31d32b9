"""What people did about changes, event by event, in the PostgreSQL store."""

from __future__ import annotations

from collections.abc import Sequence

from storage.codec import row
from storage.model import ReviewEvent
from storage.postgres import outbox
from storage.postgres.session import Session
from storage.postgres.shared import portable
from storage.sqlite import chain
from storage.sqlite.reviews import require, still_open


def add(session: Session, made: Sequence[ReviewEvent]) -> None:
    """Write events in one transaction, each with its record. Raises UsageError for a change that is not there."""
    with session.writing():
        session.alone("records")
        for event in made:
            require(portable(session), event)
            *values, _ = row(event)
            session.insert(
                "reviews",
                "source_id, version, position, at, who, state, assignee, note, record",
                [(*values, chain.next_seq(portable(session)))],
            )
            chain.add_review(portable(session))
        for (source_id, version), at in {(event.source_id, event.version): event.at for event in made}.items():
            outbox.settle_reminders(session, source_id, version, still_open(portable(session), source_id, version), at)
