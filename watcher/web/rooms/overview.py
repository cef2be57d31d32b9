"""The first page, and the list of all vendors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from storage.model import ChangeQuery, DueDeadline, ReviewState, Severity, Tally, TallyBy
from watcher.reviews import ReviewQuery, find_reviews
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue, health_at
from watcher.web.rooms.lines import WEEKS, ChangeLine, Part, Strip, change_lines, part, strip

LATEST, SOONEST, SHOWN, A_PAGE = 8, 5, 24, 60


@dataclass(frozen=True, slots=True)
class VendorLine:
    """One vendor in a list. `gravest` is the weight of the gravest change of its newest day with any."""

    vendor: Vendor
    last: datetime | None
    gravest: str | None
    changes: int
    open: int | None
    deadline: DueDeadline | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a newcomer sees first. `open` is None where reviews are not told."""

    vendors: tuple[VendorLine, ...]
    all_vendors: int
    documents: int
    versions: int
    failing: int
    late: int
    last_check: datetime | None
    strip: Strip
    latest: tuple[ChangeLine, ...]
    deadlines: tuple[DueDeadline, ...]
    all_deadlines: int
    open: int | None


def overview(reading: Reading) -> Overview:
    """The first page: the latest changes, what is due, the year, and the vendors with the newest changes."""
    known = catalogue(reading)
    states = list(known.states.values())
    lines = vendor_lines(reading)
    newest = sorted(lines, key=lambda line: (line.last is None, -(line.last.timestamp() if line.last else 0)))
    shown = newest[:SHOWN] if len(lines) > SHOWN else lines
    due = _deadlines(reading)
    return Overview(
        vendors=tuple(shown),
        all_vendors=len(lines),
        documents=len(states),
        versions=sum(state.version for state in states),
        failing=sum(vendor.health == "failing" for vendor in known.vendors),
        late=sum(health_at(state, reading.now) == "late" for state in states),
        last_check=max((state.last_check for state in states if state.last_check), default=None),
        strip=year(reading),
        latest=latest(reading, LATEST),
        deadlines=tuple(due[:SOONEST]),
        all_deadlines=len(due),
        open=sum(line.open or 0 for line in lines) if reading.reviews else None,
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is, and the head of the chain that holds it."""

    vendors: int
    documents: int
    versions: int
    head: str


def extent(reading: Reading) -> Extent:
    """For the page that says how the pages come about."""
    states = catalogue(reading).states.values()
    vendors_ = len(catalogue(reading).vendors)
    return Extent(vendors_, len(states), sum(state.version for state in states), reading.store.head())


def vendors(reading: Reading, number: int) -> Part[VendorLine] | None:
    """All vendors by name, a page of them."""
    return part(vendor_lines(reading), number, A_PAGE, "vendors/")


def year(reading: Reading) -> Strip:
    """How the changes spread over the year that ends today."""
    begin = datetime.combine(reading.today - timedelta(weeks=WEEKS), time.min, tzinfo=UTC)
    counts = reading.lately(("days", begin), lambda: reading.store.tally(TallyBy.DAY, begin))
    return strip(counts, reading.today)


def latest(reading: Reading, count: int) -> tuple[ChangeLine, ...]:
    """The newest changes of meaning."""
    query = ChangeQuery(severity=Severity.LOW, limit=count)
    return change_lines(reading, reading.once(("latest", count), lambda: reading.store.changes(query)))


def vendor_lines(reading: Reading) -> list[VendorLine]:
    """One line for each vendor, by name; at most two seconds old, as where its documents stand."""
    return reading.soon(("vendor lines", reading.reviews), lambda: _vendor_lines(reading))


def _vendor_lines(reading: Reading) -> list[VendorLine]:
    known = catalogue(reading)
    counts: dict[str, list[Tally]] = defaultdict(list)
    for one in reading.lately("by source", lambda: reading.store.tally(TallyBy.SOURCE)):
        if one.severity is not Severity.INFO and one.key in known.of_source:
            counts[known.of_source[one.key].path].append(one)
    due: dict[str, DueDeadline] = {}
    for deadline in _deadlines(reading):
        due.setdefault(known.vendor_path(deadline.source_id), deadline)
    decided = _decided(reading) if reading.reviews else {}
    return [
        _line(vendor, counts[vendor.path], due.get(vendor.path), decided if reading.reviews else None)
        for vendor in known.vendors
    ]


def _line(vendor: Vendor, counts: list[Tally], due: DueDeadline | None, decided: dict[str, int] | None) -> VendorLine:
    total = sum(one.count for one in counts)
    last = max((one.last for one in counts), default=None)
    gravest = max((one.severity for one in counts if one.last == last), key=lambda each: each.rank, default=None)
    done = None if decided is None else sum(decided.get(state.source_id, 0) for state in vendor.states)
    return VendorLine(
        vendor=vendor,
        last=last,
        gravest=gravest.value if gravest else None,
        changes=total,
        open=None if done is None else max(total - done, 0),
        deadline=due,
    )


def _decided(reading: Reading) -> dict[str, int]:
    """How many changes of each source somebody has spoken of: few, whatever the history. All others are open."""
    return reading.once("decided", lambda: _count_decided(reading))


def _count_decided(reading: Reading) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for state in ReviewState:
        if state is not ReviewState.OPEN:
            for one in find_reviews(reading.store, ReviewQuery(state=state, severity=Severity.LOW)):
                found[one.change.source_id] += 1
    return dict(found)


def _deadlines(reading: Reading) -> list[DueDeadline]:
    return reading.once(("deadlines", reading.today), lambda: reading.store.deadlines(reading.today))
