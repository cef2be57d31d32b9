"""One vendor: its documents, what they state, and whom they name since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.model import ChangeQuery, DueDeadline, FactQuery, Severity, SourceState
from watcher.questions import COLUMNS, Cell, Use, build_matrix
from watcher.web.places import source_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue, health_of
from watcher.web.rooms.document import language_of
from watcher.web.rooms.lines import ChangeLine, Part, change_lines, part
from watcher.web.rooms.uses import Timeline, timeline, uses_of

LATEST, RECIPIENTS, A_PAGE = 10, 30, 60


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One document in a list, with its newest change of meaning."""

    state: SourceState
    path: str
    health: str
    last: datetime | None
    gravest: str | None
    changes: int


@dataclass(frozen=True, slots=True)
class VendorRoom:
    """The page of one vendor. `facts` are pairs of a kind and a cell, those that state nothing left out."""

    vendor: Vendor
    documents: tuple[DocumentLine, ...]
    latest: tuple[ChangeLine, ...]
    changes: int
    facts: tuple[tuple[str, Cell], ...]
    recipients: Timeline
    all_recipients: int
    deadlines: tuple[DueDeadline, ...]
    languages: Mapping[str, str | None]


def vendor_room(reading: Reading, path: str) -> VendorRoom | None:
    """The page of the vendor at that path, None where there is none."""
    vendor = catalogue(reading).by_path.get(path)
    return None if vendor is None else _room(reading, vendor)


@dataclass(frozen=True, slots=True)
class VendorRecipients:
    """All recipients that a vendor names or named, a page of them."""

    vendor: Vendor
    timeline: Timeline
    rows: Part[Use]


def vendor_recipients(reading: Reading, path: str, number: int) -> VendorRecipients | None:
    """A page of the recipients of the vendor at that path, None where there is none."""
    vendor = catalogue(reading).by_path.get(path)
    if vendor is None:
        return None
    rows = part(_uses(reading, vendor), number, A_PAGE, f"{path}recipients/")
    return None if rows is None else VendorRecipients(vendor, timeline(reading, rows.rows), rows)


def _uses(reading: Reading, vendor: Vendor) -> list[Use]:
    """The newest first, those that are gone last: what a vendor has added is what a reader looks for."""
    keys = [state.source_id for state in vendor.states]
    found = reading.once(("vendor uses", vendor.path), lambda: uses_of(reading, keys))
    return sorted(found, key=lambda use: (use.gone is not None, -(use.gone or use.since).timestamp(), use.name))


def _room(reading: Reading, vendor: Vendor) -> VendorRoom:
    store, keys = reading.store, [state.source_id for state in vendor.states]
    changes = reading.once(
        ("vendor changes", vendor.path),
        lambda: [
            one for key in keys for one in store.changes(ChangeQuery(source_id=key, severity=Severity.LOW, limit=200))
        ],
    )
    newest = sorted(changes, key=lambda one: (-one.seen_after.timestamp(), -one.change.severity.rank, one.source_id))
    facts = reading.once(
        ("vendor facts", vendor.path),
        lambda: [one for key in keys for one in store.stated(FactQuery(types=COLUMNS, source_id=key))],
    )
    rows = build_matrix(facts, [vendor.name], COLUMNS, [vendor.name]).rows
    uses = _uses(reading, vendor)
    documents = []
    for state in vendor.states:
        own = [one for one in newest if one.source_id == state.source_id]
        last = own[0] if own else None
        documents.append(
            DocumentLine(
                state=state,
                path=source_path(state.source_id),
                health=health_of(state),
                last=last.seen_after if last else None,
                gravest=last.change.severity.value if last else None,
                changes=len(own),
            )
        )
    return VendorRoom(
        vendor=vendor,
        documents=tuple(documents),
        latest=change_lines(reading, newest[:LATEST]),
        changes=len(newest),
        facts=tuple((kind.value, cell) for kind, cell in zip(COLUMNS, rows[0].cells, strict=True) if cell.facts),
        recipients=timeline(reading, uses[:RECIPIENTS]),
        all_recipients=len(uses),
        deadlines=tuple(one for one in store.deadlines(reading.today) if one.source_id in keys),
        languages={key: language_of(reading, key) for key in keys},
    )
