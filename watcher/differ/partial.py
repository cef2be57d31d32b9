"""Tables that show a part of their rows: a row that leaves the visible page was not taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from storage.model import Block, BlockKind, Document
from watcher.pagers import Shown, find_shown

# So near to its table stands the line that says which rows are shown.
_NEAR = 4
# So many such tables are looked at.
_MOST = 20


def with_unseen_rows(old: Document, new: Document) -> Document:
    """The new document with the rows of the old one that may stand on a page of a table that it does not show.

    None are added where more are missing than the table leaves unseen: then some were taken out, and all are told.
    """
    blocks = list(new.blocks)
    for start, end, shown in reversed(list(islice(_partial_tables(blocks), _MOST))):
        rows = blocks[start:end]
        was = max(_tables(old.blocks), key=lambda table: _likeness(table, rows), default=[])
        if not _likeness(was, rows):
            continue
        here = {block.key for block in new.blocks}
        missing = [block for block in was if block.key not in here]
        if missing and len(missing) <= shown.total - len(rows):
            blocks[end:end] = missing
    return new if len(blocks) == len(new.blocks) else replace(new, blocks=tuple(blocks))


def _partial_tables(blocks: Sequence[Block]) -> Iterator[tuple[int, int, Shown]]:
    """The runs of rows near which it is said that there are more."""
    for place, block in enumerate(blocks):
        shown = find_shown(block.text) if block.kind is BlockKind.PARAGRAPH else None
        if shown is None or not shown.partial:
            continue
        near = [
            *range(place - 1, max(place - 1 - _NEAR, -1), -1),
            *range(place + 1, min(place + 1 + _NEAR, len(blocks))),
        ]
        at = next((near_by for near_by in near if blocks[near_by].kind is BlockKind.TABLE_ROW), None)
        if at is None:
            continue
        start, end = at, at + 1
        while start and blocks[start - 1].kind is BlockKind.TABLE_ROW:
            start -= 1
        while end < len(blocks) and blocks[end].kind is BlockKind.TABLE_ROW:
            end += 1
        if end - start < shown.total:
            yield start, end, shown


def _tables(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The runs of rows of a document."""
    run: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE_ROW:
            run.append(block)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _likeness(one: Sequence[Block], other: Sequence[Block]) -> int:
    """How many rows two tables share; 0 where their columns differ."""
    columns = [{tuple(cell.column for cell in block.cells) for block in table} for table in (one, other)]
    if columns[0].isdisjoint(columns[1]):
        return 0
    return len({block.key for block in one} & {block.key for block in other})
