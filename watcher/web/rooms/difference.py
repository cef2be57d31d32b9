"""Two versions of one document: what changed, in the text where it changed, with the evidence for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.language import Words
from notifier.overview import overview
from notifier.phrases import fact_label, fact_value
from storage.model import (
    Change,
    Comparison,
    Document,
    FactChange,
    RecipientDelta,
    SourceState,
    Span,
    Verdict,
    Version,
)
from watcher.difference import between
from watcher.reviews import Note, about, notes_of
from watcher.web.places import diff_path, version_path
from watcher.web.reading import Reading
from watcher.web.redline import Fold, Row, redline
from watcher.web.rooms.catalogue import Vendor, catalogue
from watcher.web.rooms.document import versions_of
from watcher.web.rooms.lines import Pager
from watcher.web.rooms.version import Evidence, evidence, text_of

# Bytes of changed text on one page, and of unchanged text that is folded into it: with all marks under 100 kB.
CHANGED, UNCHANGED = 14_000, 12_000
# What a place takes besides its words, as if it were words.
A_PLACE = 450
# Changes that are listed at the head, and shown by themselves.
LISTED, LOOSE, NOTES = 50, 15, 20
# Unchanged words that are kept on each side of a changed one in a very long block.
CONTEXT = 700


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded change; `number` counts from 1, gravest first, and is its permalink. `row` is where it stands."""

    number: int
    change: Change
    topics: tuple[str, ...]
    page: str


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the text with what it shows. `moved_from` links the place that the text came from."""

    row: Row
    entries: tuple[Entry, ...]
    also: tuple[Entry, ...]
    spans: tuple[Span, ...]
    severities: tuple[str, ...]
    directions: tuple[str, ...]
    topics: tuple[str, ...]
    moved_from: str | None
    old_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Unchanged text: shown where there is room, else only linked."""

    fold: Fold
    shown: bool
    link: str


@dataclass(frozen=True, slots=True)
class DiffRoom:
    """The page of a comparison."""

    state: SourceState
    vendor: Vendor
    document_path: str
    path: str
    old: Version
    new: Version
    comparison: Comparison
    headline: str
    recipients: RecipientDelta
    entries: tuple[Entry, ...]
    more_entries: int
    loose: tuple[Entry, ...]
    more_loose: int
    parts: tuple[Place | Gap, ...]
    topics: tuple[str, ...]
    pager: Pager
    evidence: tuple[Evidence, ...]
    before: str | None
    after: str | None
    numbers: tuple[int, ...]
    notes: tuple[Note, ...]


def diff_room(reading: Reading, path: str, old: int, new: int, page: int) -> DiffRoom | None:
    """One page of a comparison, None where there is none. Raises ExtractError when comparing costs too much."""
    known = catalogue(reading)
    source_id = known.sources.get(path)
    versions = versions_of(reading, source_id) if source_id else []
    if source_id is None or not (1 <= old <= len(versions) and 1 <= new <= len(versions)) or old == new:
        return None
    comparison = compared(reading, versions[old - 1], versions[new - 1])
    own = diff_path(source_id, old, new)
    laid = reading.few(("redline", source_id, old, new), lambda: _laid_out(reading, source_id, comparison, old, new))
    pages = laid[0]
    if not 1 <= page <= len(pages):
        return None
    entries = _entries(comparison.changes, pages, own)
    return DiffRoom(
        state=known.states[source_id],
        vendor=known.of_source[source_id],
        document_path=path,
        path=own,
        old=versions[old - 1],
        new=versions[new - 1],
        comparison=comparison,
        headline=overview(comparison),
        recipients=comparison.recipients,
        entries=entries[:LISTED] if page == 1 else (),
        more_entries=max(len(entries) - LISTED, 0) if page == 1 else 0,
        loose=tuple(entries[number] for number in laid[1][:LOOSE]) if page == 1 else (),
        more_loose=max(len(laid[1]) - LOOSE, 0) if page == 1 else 0,
        parts=tuple(_parts(pages[page - 1], entries, text_of(reading, source_id, old), source_id, (old, new))),
        topics=tuple(dict.fromkeys(topic for entry in entries for topic in entry.topics)),
        pager=Pager(page, len(pages), own),
        evidence=tuple(evidence(reading, versions[number - 1]) for number in (old, new)),
        before=diff_path(source_id, old - 1, old) if old > 1 and new == old + 1 else None,
        after=diff_path(source_id, new, new + 1) if new < len(versions) and new == old + 1 else None,
        numbers=tuple(version.number for version in versions),
        notes=_notes(reading, source_id, comparison, new) if page == 1 else (),
    )


def compared(reading: Reading, old: Version, new: Version) -> Comparison:
    """How two versions differ: as it was told where they are neighbours, else compared now and kept."""
    return reading.few(
        ("comparison", old.source_id, old.number, new.number),
        lambda: between(reading.store, old, new, interests=reading.interests, stages=reading.stages),
    )


def fact_words(fact: FactChange, words: Words) -> tuple[str, str, str]:
    """A typed fact on both sides: what it is about, before, after."""
    return fact_label(fact, words), fact_value(fact, fact.before, words), fact_value(fact, fact.after, words)


def _laid_out(
    reading: Reading, source_id: str, comparison: Comparison, old: int, new: int
) -> tuple[list[list[Row | Fold]], tuple[int, ...]]:
    """The text in pages, and the changes that stand at no place of it."""
    if comparison.verdict is Verdict.SAME:
        return [[]], ()
    laid = redline(text_of(reading, source_id, old), text_of(reading, source_id, new), comparison.changes)
    return _pages(laid.parts), laid.loose


def _pages(parts: Sequence[Row | Fold]) -> list[list[Row | Fold]]:
    """The text in pages, each with about so much changed text."""
    pages: list[list[Row | Fold]] = [[]]
    size = 0
    for part in parts:
        if isinstance(part, Row):
            length = min(weight(part.old_text) + weight(part.new_text), CHANGED) + A_PLACE * (1 + len(part.changes))
            if size and size + length > CHANGED:
                pages.append([])
                size = 0
            size += length
        pages[-1].append(part)
    return pages


def _entries(changes: Sequence[Change], pages: Sequence[Sequence[Row | Fold]], own: str) -> tuple[Entry, ...]:
    where = {
        number: page
        for page, parts in enumerate(pages, 1)
        for part in parts
        if isinstance(part, Row)
        for number in part.changes
    }
    return tuple(
        Entry(
            number=number + 1,
            change=change,
            topics=tuple(dict.fromkeys(str(topic) for topic in (change.topic, *change.topics))),
            page=own if where.get(number, 1) == 1 else f"{own}part/{where[number]}/",
        )
        for number, change in enumerate(changes)
    )


def _parts(
    parts: Sequence[Row | Fold], entries: Sequence[Entry], old: Document, source_id: str, pair: tuple[int, int]
) -> list[Place | Gap]:
    found: list[Place | Gap] = []
    room = UNCHANGED
    for part in parts:
        if isinstance(part, Fold):
            size = sum(weight(block.text) + 30 for _, block in part.blocks)
            shown = size <= room
            room -= size if shown else 0
            found.append(Gap(part, shown, f"{version_path(source_id, pair[1])}#b{part.blocks[0][0] + 1}"))
        else:
            found.append(_place(part, entries, old, source_id, pair[0]))
    return found


def _place(row: Row, entries: Sequence[Entry], old: Document, source_id: str, number: int) -> Place:
    own = tuple(entries[position] for position in row.changes)
    also = tuple(entries[position] for position in row.also)
    told = (*own, *also)
    moved = row.kind == "moved"
    return Place(
        row=row,
        entries=own,
        also=also,
        spans=shortened(row.spans),
        severities=tuple(dict.fromkeys(one.change.severity.value for one in told)) or ("info",),
        directions=tuple(dict.fromkeys(one.change.direction.value for one in told)) or ("neutral",),
        topics=tuple(dict.fromkeys(topic for one in told for topic in one.topics)) or ("other",),
        moved_from=f"{version_path(source_id, number)}#b{row.old[0] + 1}" if moved else None,
        old_path=old.blocks[row.old[0]].path if moved else (),
    )


def shortened(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The words of a place; where they are too many for a page, what stayed is cut far from what changed."""
    if sum(weight(span.text) for span in spans) <= CHANGED // 2:
        return tuple(spans)
    kept: list[Span] = []
    room = CHANGED // 2
    for span in spans:
        text = span.text
        longest = 2 * CONTEXT if span.op == "equal" else 4 * CONTEXT
        if len(text) > longest:
            text = f"{text[: longest // 2]} … {text[-longest // 2 :]}"
        if room <= 0:
            kept.append(Span("equal", " …"))
            break
        kept.append(Span(span.op, text[: max(room, 200)]))
        room -= len(text)
    return tuple(kept)


def weight(text: str) -> int:
    """The bytes of a text in a page, what is escaped left aside."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _notes(reading: Reading, source_id: str, comparison: Comparison, number: int) -> tuple[Note, ...]:
    if not reading.reviews:
        return ()
    events = reading.store.reviews(source_id)
    return tuple(about(notes_of(reading.store, events), comparison, number)[:NOTES]) if events else ()
