"""What people did about a change: the states of a review, and its events, which are never taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReviewState(StrEnum):
    """Where the review of a change stands. Every change begins as `open`."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """What one person did about one change, or, with `position` None, about all changes of a version.

    `who` says so themselves; nobody is asked for a proof. What is None stays as it was; an `assignee` of "" is nobody.
    `record` is the number in the chain of evidence, 0 as long as the event is not written.
    """

    source_id: str
    version: int
    position: int | None
    at: datetime
    who: str
    state: ReviewState | None = None
    assignee: str | None = None
    note: str | None = None
    record: int = 0
