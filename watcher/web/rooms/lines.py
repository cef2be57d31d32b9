"""The lines that stand in many lists: a change, a part of a long list, and how changes spread over a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from storage.model import DocumentType, RecordedChange, Severity, Tally
from watcher.reviews import fold
from watcher.web.places import change_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Catalogue, catalogue

T = TypeVar("T")
WEEKS = 53


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One recorded change with the way to it. `review` is where its review stands, "" where nobody reviews at all."""

    path: str
    vendor: str
    vendor_path: str
    source_id: str
    document: DocumentType
    version: int
    position: int
    seen_before: datetime
    seen_after: datetime
    severity: str
    direction: str
    kind: str
    topics: tuple[str, ...]
    section: tuple[str, ...]
    summary: str
    review: str
    assignee: str | None


def change_lines(reading: Reading, changes: Sequence[RecordedChange]) -> tuple[ChangeLine, ...]:
    """The lines of a list of changes."""
    known = catalogue(reading)
    events = reading.once("reviews", reading.store.reviews) if reading.reviews else []
    if not events:
        return tuple(_line(one, known, "", None) for one in changes)
    reviews = fold(changes, events, (), ())
    return tuple(_line(one.change, known, one.state.value, one.assignee) for one in reviews)


def _line(recorded: RecordedChange, known: Catalogue, review: str, assignee: str | None) -> ChangeLine:
    change = recorded.change
    return ChangeLine(
        path=change_path(recorded.source_id, recorded.version, recorded.position),
        vendor=recorded.vendor,
        vendor_path=known.vendor_path(recorded.source_id),
        source_id=recorded.source_id,
        document=recorded.document,
        version=recorded.version,
        position=recorded.position,
        seen_before=recorded.seen_before,
        seen_after=recorded.seen_after,
        severity=change.severity.value,
        direction=change.direction.value,
        kind=change.kind.value,
        topics=tuple(dict.fromkeys(str(topic) for topic in (change.topic, *change.topics))),
        section=change.section,
        summary=change.summary,
        review=review,
        assignee=assignee,
    )


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One page of a long list, counted from 1. `path` is that of the first; with `more` older ones are left out."""

    rows: tuple[T, ...]
    number: int
    pages: int
    total: int
    path: str
    more: bool = False

    def at(self, number: int) -> str:
        """The path of one of the pages."""
        return self.path if number == 1 else f"{self.path}{number}/"


@dataclass(frozen=True, slots=True)
class Pager:
    """Which part of a long text this is, counted from 1."""

    number: int
    pages: int
    path: str

    def at(self, number: int) -> str:
        """The path of one of the parts."""
        return self.path if number == 1 else f"{self.path}part/{number}/"


def part(rows: Sequence[T], number: int, size: int, path: str, *, more: bool = False) -> Part[T] | None:
    """That page of a list, None where there is none; the first page of an empty list is empty."""
    pages = max(-(-len(rows) // size), 1)
    if not 1 <= number <= pages:
        return None
    return Part(tuple(rows[(number - 1) * size : number * size]), number, pages, len(rows), path, more)


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a week's column, in the units of the drawing, measured from its top."""

    severity: str
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Week:
    """The changes of one week, which begins on a Monday."""

    begins: date
    high: int
    medium: int
    low: int

    @property
    def total(self) -> int:
        """How many in all."""
        return self.high + self.medium + self.low


@dataclass(frozen=True, slots=True)
class Strip:
    """A year in weeks, the oldest first. `months` are the first days of months with the column in which each falls."""

    weeks: tuple[Week, ...]
    bars: tuple[Bar, ...]
    months: tuple[tuple[date, int], ...]
    total: int
    busiest: int


STEP, TALL = 10, 60


def strip(counts: Iterable[Tally], today: date) -> Strip:
    """The year that ends with this week, from counts by day; editorial changes do not count."""
    monday = today - timedelta(days=today.weekday())
    begin = monday - timedelta(weeks=WEEKS - 1)
    found: dict[date, dict[Severity, int]] = defaultdict(lambda: defaultdict(int))
    for one in counts:
        day = date.fromisoformat(one.key)
        if begin <= day <= today:
            found[day - timedelta(days=day.weekday())][one.severity] += one.count
    weeks = [
        Week(week, *(found[week][severity] for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)))
        for week in (begin + timedelta(weeks=number) for number in range(WEEKS))
    ]
    busiest = max(week.total for week in weeks)
    bars = [bar for number, week in enumerate(weeks) for bar in _bars(week, number, max(busiest, 4))]
    months = [
        (first, number)
        for number, week in enumerate(weeks)
        for first in [_first_of_month(week.begins)]
        if first is not None and number < WEEKS - 1
    ]
    return Strip(tuple(weeks), tuple(bars), tuple(months), sum(week.total for week in weeks), busiest)


def _bars(week: Week, number: int, most: int) -> list[Bar]:
    """The gravest stand on the ground."""
    bars: list[Bar] = []
    y = float(TALL)
    for severity, count in (("high", week.high), ("medium", week.medium), ("low", week.low)):
        if count:
            height = max(round(count * TALL / most, 1), 3)
            y -= height
            bars.append(Bar(severity, number * STEP, max(round(y, 1), 0), height))
    return bars


def _first_of_month(monday: date) -> date | None:
    """The first of a month if it falls into this week."""
    days = (monday + timedelta(days=number) for number in range(7))
    return next((day for day in days if day.day == 1), None)
