"""Reviews of changes: for the terminal, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.text import Text

from notifier.sinks import plain
from storage.model import ReviewEvent, ReviewState
from watcher.report.contract import Json, moment, recorded_json
from watcher.report.listing import Listing, Sheet
from watcher.report.spreadsheet import as_csv
from watcher.report.terminal import SEVERITY_STYLE, shown, stamp
from watcher.reviews import Note, Review, change_id

_STATE_STYLE = {
    ReviewState.OPEN: "bold",
    ReviewState.ACKNOWLEDGED: "",
    ReviewState.OBJECTED: "yellow",
    ReviewState.ACCEPTED: "green",
}
_COLUMNS = (
    "id source vendor document url version position seen_before seen_after severity direction kind topic section "
    "summary before after state assignee object_by overdue objected_at in_time notes"
)
_EVENT_COLUMNS = "record id source version position at who state assignee note"
# An excerpt of the clause that a note is about.
_CLAUSE = 80


def review_json(review: Review, today: date) -> Json:
    """One change with the state of its review, its events and the notes on its wording."""
    return {
        **recorded_json(review.change),
        "position": review.change.position,
        "state": review.state.value,
        "assignee": review.assignee,
        "object_by": review.deadline.on.isoformat() if review.deadline else None,
        "overdue": review.overdue(today),
        "objected_at": moment(review.objected_at),
        "in_time": review.in_time,
        "events": [event_json(event) for event in review.events],
        "earlier_notes": [note_json(note) for note in review.earlier],
    }


def event_json(event: ReviewEvent) -> Json:
    """What one person did; `record` is its number in the chain of evidence."""
    return {
        "record": event.record,
        "id": change_id(event.source_id, event.version, event.position),
        "source": event.source_id,
        "version": event.version,
        "position": event.position,
        "at": moment(event.at),
        "who": event.who,
        "state": event.state.value if event.state else None,
        "assignee": event.assignee,
        "note": event.note,
    }


def note_json(note: Note) -> Json:
    """A note with the wording that it is about."""
    event = note.event
    return {
        "id": change_id(event.source_id, event.version, event.position),
        "at": moment(event.at),
        "who": event.who,
        "note": event.note,
        "clause": note.wording,
    }


def reviews_view(reviews: Sequence[Review], today: date) -> RenderableType:
    """One row a change: where it stands, until when one may object, what changed, what was noted."""
    table = Listing("change", "severity", "state", "assignee", "object by", "what")
    for one in reviews:
        recorded, change = one.change, one.change.change
        table.add_row(
            change_id(recorded.source_id, recorded.version, recorded.position),
            Text(change.severity.value, SEVERITY_STYLE[change.severity]),
            Text(one.state.value, _STATE_STYLE[one.state]),
            shown(one.assignee or "-"),
            _object_by(one, today),
            Text("\n").join([shown(change.summary), *_noted(one)]),
        )
    return table


def notes_view(notes: Iterable[Note]) -> RenderableType:
    """Notes with the beginning of the clause that each is about."""
    parts: list[RenderableType] = [Text(""), Text("notes", "bold")]
    for note in notes:
        event = note.event
        name = change_id(event.source_id, event.version, event.position)
        parts += [
            Text(f"  {name}: ").append_text(shown(plain(note.wording, _CLAUSE))),
            Text("    ").append_text(_note_line(event)),
        ]
    return Sheet(Group(*parts))


def reviews_csv(reviews: Sequence[Review], today: date) -> str:
    """One row a change; its notes, the earlier ones first, in one cell."""
    return as_csv(_COLUMNS.split(), (_row(review, today) for review in reviews))


def events_csv(events: Iterable[ReviewEvent]) -> str:
    """One row an event, in the order in which they were written."""
    rows = [event_json(event) for event in events]
    columns = _EVENT_COLUMNS.split()
    return as_csv(columns, ([row[column] for column in columns] for row in rows))


def _row(review: Review, today: date) -> list[object]:
    row = review_json(review, today)
    row["section"] = " > ".join(row["section"])
    row["notes"] = "\n".join(_note_line(event).plain for event in (*_earlier(review), *review.notes))
    for column in ("overdue", "in_time"):
        row[column] = {True: "yes", False: "no", None: None}[row[column]]
    return [row[column] for column in _COLUMNS.split()]


def _earlier(review: Review) -> list[ReviewEvent]:
    return [note.event for note in review.earlier]


def _object_by(review: Review, today: date) -> Text:
    if review.deadline is None:
        return Text("-")
    day = review.deadline.on.isoformat()
    if review.overdue(today):
        return Text(f"{day} overdue", "bold red")
    if review.in_time is not None:
        return Text(f"{day} {'in time' if review.in_time else 'late'}")
    return Text(day)


def _noted(review: Review) -> list[Text]:
    lines = [
        Text(f"on the same words, {change_id(event.source_id, event.version, event.position)}: ").append_text(
            _note_line(event)
        )
        for event in _earlier(review)
    ]
    return [*lines, *(Text("note: ").append_text(_note_line(event)) for event in review.notes)]


def _note_line(event: ReviewEvent) -> Text:
    return shown(f"{plain(event.note)} ({plain(event.who)}, {stamp(event.at)})")
