"""Changes of all vendors, deadlines, status, search, and what the vendors state side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.model import ChangeQuery, Direction, DueDeadline, FactQuery, RecordedChange, SearchHit, Severity, Topic
from watcher.questions import COLUMNS, Matrix, build_matrix
from watcher.web.places import source_path, version_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue, health_of
from watcher.web.rooms.document import language_of
from watcher.web.rooms.lines import ChangeLine, Part, change_lines, part
from watcher.web.rooms.vendor import DocumentLine

A_PAGE = 30
# Older changes stand on the pages of their documents.
NEWEST = 300
MATRIX_PAGE, STATUS_PAGE = 12, 60
HITS, SOONEST = 40, 150
FACETS = ("severity", "direction", "topic")


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, newest first. `facet` and `value` are what they were chosen by, empty for all."""

    lines: Part[ChangeLine]
    facet: str
    value: str
    facets: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines to come, how many more there are, and the language of each document that is quoted."""

    rows: tuple[DueDeadline, ...]
    more: int
    languages: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Status:
    """A page of documents with how their checks fare, those in trouble first."""

    lines: Part[DocumentLine]
    counts: tuple[tuple[str, int], ...]
    last_check: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: `runs` are its words, those asked for marked. `path` is the version to read it in."""

    path: str
    vendor: str
    vendor_path: str
    source_id: str
    since: int
    until: int | None
    section: tuple[str, ...]
    runs: tuple[tuple[str, bool], ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked, and what was found; `more` says that there may be further passages."""

    query: str
    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class MatrixRoom:
    """Vendors side by side, a page of them, each with its page."""

    matrix: Matrix
    vendors: Part[Vendor]


def changes(reading: Reading, facet: str, value: str, number: int) -> Changes | None:
    """A page of the newest changes of one severity, direction or topic, or of all; None where there is no such page."""
    query = ChangeQuery(severity=Severity.LOW, limit=NEWEST)
    if facet == "topic":
        query = ChangeQuery(severity=Severity.LOW, topic=value, limit=NEWEST)
    found = reading.once(("changes", query), lambda: reading.store.changes(query))
    chosen = [one for one in found if _fits(one, facet, value)]
    if facet and not chosen and value not in _known(facet):
        return None
    path = f"changes/{facet}/{value}/" if facet else "changes/"
    rows = part(chosen, number, A_PAGE, path, more=len(found) >= NEWEST)
    if rows is None:
        return None
    lines = Part(change_lines(reading, rows.rows), rows.number, rows.pages, rows.total, path, rows.more)
    return Changes(lines, facet, value, facets_of(reading))


def facets_of(reading: Reading) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the newest changes can be chosen by: each severity and direction, and the topics that occur."""
    query = ChangeQuery(severity=Severity.LOW, limit=NEWEST)
    found = reading.once(("changes", query), lambda: reading.store.changes(query))
    topics = Counter(str(topic) for one in found for topic in {one.change.topic, *one.change.topics})
    own = [topic for topic in topics if _plain_name(topic)]
    return (
        ("severity", _known("severity")),
        ("direction", _known("direction")),
        ("topic", tuple(sorted(own, key=lambda topic: (topic not in set(Topic), topic)))),
    )


def deadlines(reading: Reading) -> Deadlines:
    """What may still be objected to, the soonest first."""
    found = reading.once(("deadlines", reading.today), lambda: reading.store.deadlines(reading.today))
    shown = tuple(found[:SOONEST])
    quoted = {one.deadline.source_id for one in shown if one.deadline.source_id}
    return Deadlines(shown, len(found) - len(shown), {key: language_of(reading, key) for key in quoted})


def status(reading: Reading, number: int) -> Status | None:
    """A page of all documents, those in trouble first."""
    states = list(catalogue(reading).states.values())
    order = {"failing": 0, "waiting": 1, "fine": 2, "idle": 3}
    ranked = sorted(states, key=lambda state: (order[health_of(state)], state.source_id))
    rows = part(ranked, number, STATUS_PAGE, "status/")
    if rows is None:
        return None
    lines = tuple(
        DocumentLine(state, source_path(state.source_id), health_of(state), None, None, 0) for state in rows.rows
    )
    counts = Counter(health_of(state) for state in states)
    return Status(
        Part(lines, rows.number, rows.pages, rows.total, rows.path),
        tuple((health, counts[health]) for health in order if counts[health]),
        max((state.last_check for state in states if state.last_check), default=None),
    )


def search(reading: Reading, query: str) -> Search:
    """Passages that hold all the words, best first, in every version."""
    found = reading.once(("search", query), lambda: reading.store.search(query, HITS + 1)) if query.strip() else []
    return Search(query, tuple(_hit(reading, one) for one in found[:HITS]), len(found) > HITS)


def matrix(reading: Reading, number: int) -> MatrixRoom | None:
    """A page of the vendors, each with what it states."""
    rows = part(catalogue(reading).vendors, number, MATRIX_PAGE, "matrix/")
    return (
        None
        if rows is None
        else reading.once(("matrix", tuple(one.path for one in rows.rows)), lambda: _matrix(reading, rows))
    )


def _matrix(reading: Reading, rows: Part[Vendor]) -> MatrixRoom:
    stated = [
        one
        for vendor in rows.rows
        for state in vendor.states
        for one in reading.store.stated(FactQuery(types=COLUMNS, source_id=state.source_id))
    ]
    read = {vendor.name for vendor in rows.rows if any(state.version for state in vendor.states)}
    return MatrixRoom(build_matrix(stated, [vendor.name for vendor in rows.rows], COLUMNS, read), rows)


def _hit(reading: Reading, hit: SearchHit) -> Hit:
    runs: list[tuple[str, bool]] = []
    for number, piece in enumerate(hit.snippet.split("\u27e6")):
        marked, closed, rest = piece.partition("\u27e7")
        if number and closed:
            runs += [(marked, True), (rest, False)]
        else:
            runs.append((piece, False))
    return Hit(
        path=version_path(hit.source_id, hit.until or hit.since),
        vendor=hit.vendor,
        vendor_path=catalogue(reading).vendor_path(hit.source_id),
        source_id=hit.source_id,
        since=hit.since,
        until=hit.until,
        section=hit.section,
        runs=tuple(run for run in runs if run[0]),
        language=language_of(reading, hit.source_id),
    )


def _fits(one: RecordedChange, facet: str, value: str) -> bool:
    if facet == "severity":
        return one.change.severity.value == value
    if facet == "direction":
        return one.change.direction.value == value
    return True


def _known(facet: str) -> tuple[str, ...]:
    if facet == "severity":
        return tuple(severity.value for severity in Severity if severity is not Severity.INFO)
    if facet == "direction":
        return tuple(direction.value for direction in Direction)
    return tuple(topic.value for topic in Topic)


def _plain_name(topic: str) -> bool:
    """Whether a topic can stand in a path as it is; the user's own always can."""
    return bool(topic) and all(char.isascii() and (char.isalnum() or char in "-_") for char in topic)
