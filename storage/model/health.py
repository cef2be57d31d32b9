"""How the work itself fares: what is remembered of a source in trouble, and what people are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.model.ids import DocumentType, NoticeKind, Outcome, Reason

# Who hears of the work itself: the subscriber's name in the deliveries that `[operator]` gets.
OPERATOR = "operator"
# A permanent redirect counts when so many good checks in a row were sent to the same place.
MOVED_AFTER = 2


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect from an address of a source, and how many good checks in a row have seen it."""

    url: str
    to: str
    checks: int = 1

    @property
    def certain(self) -> bool:
        """Whether it was seen often enough to be believed."""
        return self.checks >= MOVED_AFTER


@dataclass(frozen=True, slots=True)
class Health:
    """What is remembered of a source between its checks, beside its last outcome.

    `failing_since` is the first check of the present row without a good one, `told` when the operator last heard of it.
    `gone_since` is the first answer 404 or 410 since the last good check, `gone_checks` how many there were, and
    `removed` when the page counted as removed: then the subscribers were told.
    """

    failing_since: datetime | None = None
    told: datetime | None = None
    gone_since: datetime | None = None
    gone_checks: int = 0
    removed: datetime | None = None
    moves: tuple[Move, ...] = ()


# Nothing to remember, as of most sources.
WELL = Health()


@dataclass(frozen=True, slots=True)
class Checked:
    """How one source was watched in a week: `checks` in all, and `changes` that were recorded."""

    source_id: str
    vendor: str
    document: DocumentType
    checks: int
    changes: int
    last_good: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What one subscriber, or the operator, shall be told of a source or of a delivery that was given up.

    Of a source: `outcome`, `reason` and `detail` of the last check, the `count` of checks without a good one in a row
    and `since` when they go, `last_good`, and where the page has moved (`move`). Of a message that was given up (then
    there is no source): whom it was for (`recipient`, `target`), the `count` of deliveries that it was made of, the key
    of the first of them (`delivery`) and the last error (`detail`). Of a week: what was
    `checked` from `since` on, and the `head` of the chain of evidence.
    """

    key: str
    kind: NoticeKind
    subscriber: str
    created_at: datetime
    source_id: str | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    detail: str | None = None
    count: int = 0
    since: datetime | None = None
    last_good: datetime | None = None
    move: Move | None = None
    recipient: str | None = None
    target: str | None = None
    delivery: str | None = None
    checked: tuple[Checked, ...] = ()
    head: str = ""
