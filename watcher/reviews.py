"""Where the review of each change stands: the events of people, folded. Pure.

The last word counts: an event about a whole version is one about each of its changes, and what comes later goes before
what came earlier. A new change is always open, whatever was said of an earlier one. Notes live longer: a note on a
change belongs to the wording that the change brought, and is shown wherever that wording stands word for word, in later
versions and in the change that ends it. Notes on a whole version stay with that version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from storage.errors import UsageError
from storage.model import (
    ChangeQuery,
    Comparison,
    Deadline,
    Document,
    DueDeadline,
    RecordedChange,
    ReviewEvent,
    ReviewState,
    Severity,
)
from storage.protocol import Store

MOST_NOTE, MOST_NAME = 10_000, 200
# States in which nobody has yet decided what to do.
UNDECIDED = frozenset({ReviewState.OPEN, ReviewState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Note:
    """A note, and the wording that it is about; None where that is none: a whole version, or a clause that went."""

    event: ReviewEvent
    wording: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """Where the review of one change stands, with all that led there.

    `earlier` are notes on earlier changes of the same wording. `objected_at` is when it was objected to first.
    """

    change: RecordedChange
    state: ReviewState
    assignee: str | None
    events: tuple[ReviewEvent, ...]
    earlier: tuple[Note, ...]
    deadline: Deadline | None
    objected_at: datetime | None

    @property
    def notes(self) -> tuple[ReviewEvent, ...]:
        """What was noted of this change itself."""
        return tuple(event for event in self.events if event.note)

    @property
    def in_time(self) -> bool | None:
        """Whether it was objected to by the last day; None where it was not, or where no day is known."""
        if self.objected_at is None or self.deadline is None:
            return None
        return _day(self.objected_at) <= self.deadline.on

    def overdue(self, today: date) -> bool:
        """Whether the last day to object has passed before anybody decided."""
        return self.deadline is not None and self.deadline.on < today and self.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Which reviews are asked for; None means "any". `severity` is the least that counts; "" is nobody."""

    state: ReviewState | None = None
    assignee: str | None = None
    vendor: str | None = None
    severity: Severity | None = None
    since: datetime | None = None
    source_id: str | None = None


def find_reviews(store: Store, query: ReviewQuery) -> list[Review]:
    """The reviews that match: those to decide by a day first, the soonest first, then the newest and gravest."""
    events = store.reviews(query.source_id)
    changes = _changes(store, query, events)
    reviews = fold(changes, events, notes_of(store, events), store.deadlines(date.min))
    return sorted((one for one in reviews if _matches(one, query)), key=_order)


def notes_of(store: Store, events: Iterable[ReviewEvent]) -> list[Note]:
    """The notes among the events, with the wording that each is about."""
    noted = [event for event in events if event.note]
    wordings: dict[tuple[str, int, int | None], str | None] = {}
    for source_id, version in dict.fromkeys((event.source_id, event.version) for event in noted):
        for one in store.changes(ChangeQuery(source_id=source_id, version=version)):
            wordings[source_id, version, one.position] = one.change.after
    return [Note(event, wordings.get((event.source_id, event.version, event.position))) for event in noted]


def fold(
    changes: Iterable[RecordedChange],
    events: Iterable[ReviewEvent],
    notes: Iterable[Note],
    deadlines: Iterable[DueDeadline],
) -> list[Review]:
    """The review of each change, in the order of the changes. `events` are in the order in which they were written."""
    of_version: dict[tuple[str, int], list[ReviewEvent]] = defaultdict(list)
    for event in events:
        of_version[event.source_id, event.version].append(event)
    due = {(one.source_id, one.version): one.deadline for one in deadlines}
    of_source: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        of_source[note.event.source_id].append(note)
    return [_review(one, of_version, of_source[one.source_id], due) for one in changes]


def standing(notes: Iterable[Note], document: Document, version: int) -> list[Note]:
    """The notes on wordings that came by this version and stand in it, word for word."""
    text = " ".join(block.text for block in document.blocks)
    return [note for note in notes if note.event.version <= version and _stands(note.wording, text)]


def about(notes: Iterable[Note], comparison: Comparison, version: int) -> list[Note]:
    """The notes on wordings that came by this version and that a comparison shows, before or after."""
    sides = [side for change in comparison.changes for side in (change.before, change.after) if side]
    return [
        note for note in notes if note.event.version <= version and any(_stands(note.wording, side) for side in sides)
    ]


def note_events(
    targets: Iterable[tuple[str, int, int | None]],
    now: datetime,
    who: str,
    *,
    state: ReviewState | None = None,
    assignee: str | None = None,
    note: str | None = None,
) -> list[ReviewEvent]:
    """One event for each target (source, version, position), each target once. Raises UsageError for empty words."""
    said_by = _name(who, "the name of who says so")
    kept = None if note is None else _words(note)
    given = assignee if not assignee else _name(assignee, "the name of the assignee")
    return [
        ReviewEvent(source_id, version, position, now, said_by, state, given, kept)
        for source_id, version, position in dict.fromkeys(targets)
    ]


def objection_words(deadline: Deadline | None, at: datetime) -> str:
    """Whether an objection of that moment is in time, in words."""
    if deadline is None:
        return "objected; no deadline is known for it"
    left = (deadline.on - _day(at)).days
    days = f"{abs(left)} day{'s' * (abs(left) != 1)}"
    if left < 0:
        return f"objected too late: the last day was {deadline.on.isoformat()}, {days} ago"
    return f"objected in time: the last day is {deadline.on.isoformat()}, {f'{days} left' if left else 'today'}"


def said_of(event: ReviewEvent, deadline: Deadline | None) -> str:
    """What an event says, in words."""
    said = []
    if event.state is ReviewState.OBJECTED:
        said.append(objection_words(deadline, event.at))
    elif event.state is not None:
        said.append(event.state.value)
    if event.assignee is not None:
        said.append(f"assigned to {event.assignee}" if event.assignee else "assigned to nobody")
    if event.note:
        said.append("noted")
    return ", ".join(said) + f" (by {event.who})"


def events_of(reviews: Iterable[Review]) -> list[ReviewEvent]:
    """The events of these reviews, each once, in the order in which they were written."""
    return sorted({event for review in reviews for event in review.events}, key=lambda event: event.record)


def change_id(source_id: str, version: int, position: int | None) -> str:
    """How a change, or a whole version, is named on the command line."""
    return f"{source_id}@{version}" + ("" if position is None else f"#{position}")


def _review(
    one: RecordedChange,
    of_version: Mapping[tuple[str, int], Sequence[ReviewEvent]],
    notes: Iterable[Note],
    due: Mapping[tuple[str, int], Deadline],
) -> Review:
    events = [
        event for event in of_version.get((one.source_id, one.version), ()) if event.position in {None, one.position}
    ]
    states = [event.state for event in events if event.state is not None]
    assignees = [event.assignee for event in events if event.assignee is not None]
    return Review(
        change=one,
        state=states[-1] if states else ReviewState.OPEN,
        assignee=(assignees[-1] or None) if assignees else None,
        events=tuple(events),
        earlier=tuple(note for note in notes if _is_earlier(note, one)),
        deadline=due.get((one.source_id, one.version)),
        objected_at=next((event.at for event in events if event.state is ReviewState.OBJECTED), None),
    )


def _changes(store: Store, query: ReviewQuery, events: Iterable[ReviewEvent]) -> list[RecordedChange]:
    """The changes that may match. Only what somebody spoke of can have a state of its own, or an assignee."""
    wanted = ChangeQuery(source_id=query.source_id, vendor=query.vendor, severity=query.severity, since=query.since)
    if not query.assignee and query.state in {None, ReviewState.OPEN}:
        return store.changes(wanted)
    places = dict.fromkeys((event.source_id, event.version) for event in events)
    return [
        one
        for source_id, version in places
        for one in store.changes(replace(wanted, source_id=source_id, version=version))
    ]


def _order(one: Review) -> tuple[date, float, int, str, int]:
    recorded = one.change
    due = one.deadline.on if one.deadline and one.state in UNDECIDED else date.max
    age, weight = -recorded.seen_after.timestamp(), -recorded.change.severity.rank
    return due, age, weight, recorded.source_id, recorded.position


def _is_earlier(note: Note, one: RecordedChange) -> bool:
    """Whether a note on an earlier change is about wording that this one ends or brings back."""
    sides = (one.change.before, one.change.after)
    return note.event.version < one.version and any(_stands(note.wording, side) for side in sides if side)


def _stands(wording: str | None, text: str) -> bool:
    words = " ".join((wording or "").split())
    return bool(words) and f" {words} " in f" {' '.join(text.split())} "


def _matches(one: Review, query: ReviewQuery) -> bool:
    if query.state is not None and one.state is not query.state:
        return False
    return query.assignee is None or (one.assignee or "").casefold() == query.assignee.strip().casefold()


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise UsageError("the note is empty (write what shall be remembered)")
    if len(words) > MOST_NOTE:
        raise UsageError(f"the note has {len(words)} characters; at most {MOST_NOTE} are kept")
    return words


def _name(text: str, what: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise UsageError(f"{what} is empty")
    if len(name) > MOST_NAME:
        raise UsageError(f"{what} has {len(name)} characters; at most {MOST_NAME} are kept")
    return name


def _day(when: datetime) -> date:
    return when.astimezone(UTC).date()
