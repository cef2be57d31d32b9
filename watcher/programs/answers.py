"""The answers, each in the form that the command of the same name prints with --json (docs/reference/contracts.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from storage.model import ChangeQuery, FactQuery, FactType
from watcher import history, questions, reviews
from watcher.difference import difference
from watcher.programs import asked
from watcher.report import answers as told
from watcher.report import contract
from watcher.report.reviews import note_json
from watcher.web.reading import Reading

Json = dict[str, Any]
T = TypeVar("T")


def sources(reading: Reading, wanted: asked.Sources) -> list[Json]:
    """Where each source stands, by id."""
    vendors = history.vendors_named(reading.store, wanted.vendor)
    states = [state for state in reading.store.states() if wanted.vendor is None or state.vendor in vendors]
    return _page(states, wanted, contract.state_json)


def source(reading: Reading, wanted: asked.OneSource) -> Json:
    """Where one source stands."""
    name = history.require_source(reading.store, wanted.source)
    return next(contract.state_json(state) for state in reading.store.states() if state.source_id == name)


def versions(reading: Reading, wanted: asked.OfSource) -> list[Json]:
    """The versions of a source, oldest first."""
    name = history.require_source(reading.store, wanted.source)
    return _page(reading.store.versions(name), wanted, contract.version_json)


def version(reading: Reading, wanted: asked.OneVersion) -> Json:
    """One version with its text and facts."""
    store = reading.store
    found = history.versions_of(store, wanted.source)
    chosen = history.named(found, wanted.version) if wanted.version else found[-1]
    document = store.document(chosen.source_id, chosen.number)
    shown = contract.show_json(chosen, document, store.facts(chosen.source_id, chosen.number))
    if not reading.reviews:
        return shown
    notes = reviews.notes_of(store, store.reviews(chosen.source_id))
    return {**shown, "notes": [note_json(note) for note in reviews.standing(notes, document, chosen.number)]}


def diff(reading: Reading, wanted: asked.TwoVersions) -> Json:
    """How two versions of a source differ."""
    found = difference(
        reading.store, wanted.source, wanted.old, wanted.new, interests=reading.interests, stages=reading.stages
    )
    sides = contract.version_side(found.old), contract.version_side(found.new)
    shown = contract.compare_json(found.comparison, *sides)
    if not reading.reviews:
        return shown
    notes = reviews.notes_of(reading.store, reading.store.reviews(wanted.source))
    return {**shown, "notes": [note_json(one) for one in reviews.about(notes, found.comparison, found.new.number)]}


def changes(reading: Reading, wanted: asked.Changes) -> list[Json]:
    """The recorded changes of all sources, newest first."""
    if wanted.source is not None:
        history.require_source(reading.store, wanted.source)
    history.vendors_named(reading.store, wanted.vendor)
    query = ChangeQuery(
        source_id=wanted.source,
        vendor=wanted.vendor,
        topic=wanted.topic,
        severity=wanted.severity,
        since=asked.moment_of(wanted.since, reading.now) if wanted.since else None,
        limit=wanted.offset + wanted.limit + 1 if wanted.direction is None else None,
    )
    found = reading.store.changes(query)
    if wanted.direction is not None:
        found = [one for one in found if one.change.direction is wanted.direction]
    return _page(found, wanted, contract.recorded_json)


def search(reading: Reading, wanted: asked.Words) -> list[Json]:
    """Passages that hold all words, best first."""
    return [contract.hit_json(hit) for hit in reading.store.search(wanted.query, wanted.limit)]


def facts(reading: Reading, wanted: asked.Stated) -> list[Json]:
    """What the sources state now, or stated on a day."""
    if wanted.source is not None:
        history.require_source(reading.store, wanted.source)
    history.vendors_named(reading.store, wanted.vendor)
    query = FactQuery(types=_types(wanted.types), source_id=wanted.source, vendor=wanted.vendor, at=_at(wanted.at))
    return _page(reading.store.stated(query), wanted, told.stated_json)


def recipients(reading: Reading, wanted: asked.Uses) -> list[Json]:
    """Which vendors use whom, since when, in which role and place."""
    history.vendors_named(reading.store, wanted.vendor)
    word = questions.word_of(wanted.name) if wanted.name else None
    query = FactQuery(types=(FactType.RECIPIENT,), vendor=wanted.vendor, history=True, word=word)
    uses = questions.find_uses(reading.store.stated(query), reading.store.versions(), wanted.name)
    return _page(questions.standing(uses, _at(wanted.at), everything=wanted.past), wanted, told.use_json)


def matrix(reading: Reading, wanted: asked.Table) -> Json:
    """What the vendors state, side by side."""
    columns = _types(wanted.types) or questions.COLUMNS
    vendors = history.vendors_named(reading.store, wanted.vendor)
    stated = reading.store.stated(FactQuery(types=columns, vendor=wanted.vendor, at=_at(wanted.at)))
    read = {state.vendor for state in reading.store.states() if state.version}
    return told.matrix_json(questions.build_matrix(stated, vendors, columns, read))


def deadlines(reading: Reading, wanted: asked.Days) -> list[Json]:
    """Until when one may object, the soonest first."""
    return _page(reading.store.deadlines(reading.today), wanted, contract.deadline_json)


def ledger(reading: Reading, wanted: asked.OfSource) -> list[Json]:
    """The checks of a source, newest first, same outcomes in a row folded."""
    name = history.require_source(reading.store, wanted.source)
    return _page(reading.store.ledger(name, wanted.offset + wanted.limit + 1), wanted, contract.ledger_json)


def evidence(reading: Reading, _: asked.Nothing) -> Json:
    """The head of the chain: what to note down so that nobody can rewrite the history unseen."""
    tip = reading.store.tip()
    return {"head": tip.link if tip else "", "records": tip.seq if tip else 0}


def _page(found: Sequence[T], wanted: asked.Paged, told_as: Callable[[T], Json]) -> list[Json]:
    """One more than was asked for, so that the asker knows whether there is a next page."""
    return [told_as(one) for one in found[wanted.offset : wanted.offset + wanted.limit + 1]]


def _types(types: Sequence[FactType]) -> tuple[FactType, ...]:
    return tuple(dict.fromkeys(types))


def _at(day: str | None) -> Any:
    return asked.end_of(day) if day else None
