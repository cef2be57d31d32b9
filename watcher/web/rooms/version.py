"""One version: its text as it stood, what it states, and the evidence for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from storage.errors import UsageError
from storage.model import Block, BlockKind, Document, Fact, Hop, SourceState, Version
from storage.records import Record
from watcher.reviews import Note, notes_of, standing
from watcher.web.places import diff_path, version_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue
from watcher.web.rooms.document import versions_of
from watcher.web.rooms.lines import Pager

# Bytes of text on one page; the rest goes on the next, so that no page grows without bound.
LONGEST = 36_000
FACTS, NOTES = 100, 20
# What a block takes besides its words.
A_BLOCK = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw page as it was received. Not `there`: its bytes are no longer kept, the hash stands."""

    sha256: str
    there: bool
    url: str = ""
    final_url: str = ""
    status: int = 0
    fetched_at: datetime | None = None
    media_type: str = ""
    size: int = 0
    hops: tuple[Hop, ...] = ()
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves one version."""

    version: Version
    captures: tuple[Kept, ...]
    record: Record | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks that belong together: one heading, one paragraph or definition, a list, or a table with its columns."""

    kind: str
    blocks: tuple[tuple[int, Block], ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A fact with the block that its words stand in (from 1; 0 where they are on no block of this page)."""

    fact: Fact
    anchor: int


@dataclass(frozen=True, slots=True)
class VersionRoom:
    """The page of one version."""

    state: SourceState
    vendor: Vendor
    document_path: str
    version: Version
    path: str
    before: str | None
    after: str | None
    diff: str | None
    newest: str | None
    pieces: tuple[Piece, ...]
    headings: tuple[tuple[int, int, str, str], ...]
    facts: tuple[tuple[str, tuple[Said, ...]], ...]
    more_facts: int
    pager: Pager
    evidence: Evidence
    notes: tuple[Note, ...]


def version_room(reading: Reading, path: str, number: int, page: int) -> VersionRoom | None:
    """One part of the text of a version, None where there is none."""
    known = catalogue(reading)
    source_id = known.sources.get(path)
    versions = versions_of(reading, source_id) if source_id else []
    if source_id is None or not 1 <= number <= len(versions):
        return None
    document = text_of(reading, source_id, number)
    parts = cut(document.blocks)
    if not 1 <= page <= len(parts):
        return None
    first, last = parts[page - 1]
    facts = reading.once(("facts", source_id, number), lambda: reading.store.facts(source_id, number))
    own = version_path(source_id, number)
    return VersionRoom(
        state=known.states[source_id],
        vendor=known.of_source[source_id],
        document_path=path,
        version=versions[number - 1],
        path=own,
        before=version_path(source_id, number - 1) if number > 1 else None,
        after=version_path(source_id, number + 1) if number < len(versions) else None,
        diff=diff_path(source_id, number - 1, number) if number > 1 else None,
        newest=version_path(source_id, len(versions)) if number < len(versions) else None,
        pieces=tuple(pieces(document.blocks, first, last)),
        headings=tuple(_headings(document, parts, own)),
        facts=_said(facts[:FACTS], document, first, last) if page == 1 else (),
        more_facts=max(len(facts) - FACTS, 0),
        pager=Pager(page, len(parts), own),
        evidence=evidence(reading, versions[number - 1]),
        notes=_notes(reading, source_id, document, number) if page == 1 else (),
    )


def text_of(reading: Reading, source_id: str, number: int) -> Document:
    """The text of one version."""
    return reading.few(("text", source_id, number), lambda: reading.store.document(source_id, number))


def evidence(reading: Reading, version: Version) -> Evidence:
    """What proves a version: the raw pages it was read from, and its record in the chain."""
    captures = tuple(_kept(reading, sha256) for sha256 in version.captures)
    key = ("record", version.source_id, version.number)
    record = reading.once(key, lambda: reading.store.record(version.source_id, version.number))
    return Evidence(version, captures, record)


def pieces(blocks: tuple[Block, ...], first: int, last: int) -> list[Piece]:
    """The blocks from one place to before another, grouped as a reader sees them."""
    found: list[Piece] = []
    numbered = list(enumerate(blocks[first:last], first + 1))
    for (kind, columns), group in groupby(numbered, key=lambda each: _kind(each[1])):
        members = tuple(group)
        if kind in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}:
            found.append(Piece(kind.value, members, columns))
        else:
            found += [Piece(kind.value, (each,)) for each in members]
    return found


def cut(blocks: tuple[Block, ...], longest: int = LONGEST) -> list[tuple[int, int]]:
    """Stretches of blocks with about so many bytes each, at least one."""
    stretches: list[tuple[int, int]] = []
    start, size = 0, 0
    for place, block in enumerate(blocks):
        length = len(block.text.encode("utf-8", "replace")) + A_BLOCK + 20 * len(block.cells)
        if size and size + length > longest:
            stretches.append((start, place))
            start, size = place, 0
        size += length
    return [*stretches, (start, len(blocks))]


def pages_of(document: Document) -> int:
    """How many pages the text takes."""
    return len(cut(document.blocks))


def _kind(block: Block) -> tuple[BlockKind, tuple[str, ...]]:
    return block.kind, tuple(cell.column for cell in block.cells) if block.kind is BlockKind.TABLE_ROW else ()


def _headings(document: Document, parts: list[tuple[int, int]], path: str) -> list[tuple[int, int, str, str]]:
    """Number, level, text and path of the headings, those of the two upper levels where there are many."""
    found = [
        (place + 1, block.level or 1, block.text)
        for place, block in enumerate(document.blocks)
        if block.kind is BlockKind.HEADING
    ]
    upper = sorted({level for _, level, _ in found})[:2]
    if len(found) > 40:
        found = [each for each in found if each[1] in upper][:120]
    result = []
    for place, level, text in found:
        page = next(number for number, (first, last) in enumerate(parts, 1) if first < place <= last)
        where = path if page == 1 else f"{path}part/{page}/"
        result.append((place, upper.index(level) if level in upper else 2, text, f"{where}#b{place}"))
    return result


def _said(
    facts: tuple[Fact, ...], document: Document, first: int, last: int
) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    found: dict[str, list[Said]] = defaultdict(list)
    for fact in facts:
        place = next(
            (n for n, b in enumerate(document.blocks[first:last], first + 1) if fact.quote and fact.quote in b.text), 0
        )
        said = Said(fact, place)
        if said not in found[fact.type.value]:
            found[fact.type.value].append(said)
    return tuple((kind, tuple(said)) for kind, said in found.items())


def _kept(reading: Reading, sha256: str) -> Kept:
    return reading.once(("capture", sha256), lambda: _look(reading, sha256))


def _look(reading: Reading, sha256: str) -> Kept:
    try:
        found = reading.store.capture(sha256)
    except UsageError:
        return Kept(sha256, there=False)
    return Kept(
        sha256=sha256,
        there=True,
        url=found.url,
        final_url=found.final_url,
        status=found.status,
        fetched_at=found.fetched_at,
        media_type=found.media_type,
        size=len(found.body),
        hops=found.hops,
        rendered=found.rendered,
    )


def _notes(reading: Reading, source_id: str, document: Document, number: int) -> tuple[Note, ...]:
    if not reading.reviews:
        return ()
    events = reading.store.reviews(source_id)
    return tuple(standing(notes_of(reading.store, events), document, number)[:NOTES]) if events else ()
