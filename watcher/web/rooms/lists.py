"""Deadlines, status, search, and what the vendors state side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.model import DueDeadline, FactQuery, SearchHit
from watcher.questions import COLUMNS, Matrix, build_matrix
from watcher.web.places import source_path, version_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue, health_at
from watcher.web.rooms.document import language_of
from watcher.web.rooms.lines import Part, part
from watcher.web.rooms.vendor import DocumentLine

MATRIX_PAGE, STATUS_PAGE = 12, 60
HITS, SOONEST = 40, 150


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


def deadlines(reading: Reading) -> Deadlines:
    """What may still be objected to, the soonest first."""
    found = reading.once(("deadlines", reading.today), lambda: reading.store.deadlines(reading.today))
    shown = tuple(found[:SOONEST])
    quoted = {one.deadline.source_id for one in shown if one.deadline.source_id}
    return Deadlines(shown, len(found) - len(shown), {key: language_of(reading, key) for key in quoted})


def status(reading: Reading, number: int) -> Status | None:
    """A page of all documents, those in trouble first."""
    states = list(catalogue(reading).states.values())
    order = {"failing": 0, "late": 1, "waiting": 2, "fine": 3, "idle": 4}
    ranked = sorted(states, key=lambda state: (order[health_at(state, reading.now)], state.source_id))
    rows = part(ranked, number, STATUS_PAGE, "status/")
    if rows is None:
        return None
    lines = tuple(
        DocumentLine(state, source_path(state.source_id), health_at(state, reading.now), None, None, 0)
        for state in rows.rows
    )
    counts = Counter(health_at(state, reading.now) for state in states)
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
