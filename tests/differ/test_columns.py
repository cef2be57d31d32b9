"""Columns that a table won, lost or exchanged: one change each, however many rows it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Cell, Change, ChangeKind, Direction, Document, Severity, Topic
from watcher.differ import compare

PATH = ("Sub-processors",)
NAMES = ("Name", "Purpose", "Place", "Tool")
ROWS = (
    ("Quarry Boats GmbH", "Hosting", "Germany", "none"),
    ("Pebble Mail Inc.", "Newsletters", "United States", "SCC"),
    ("Lantern Desk Ltd", "Support", "Ireland", "none"),
    ("Harbour Pay B.V.", "Payments", "Netherlands", "none"),
)


def row(cells: Sequence[str], columns: Sequence[str]) -> Block:
    """A row of a table as the extractor makes it."""
    named = tuple(Cell(column, text) for text, column in zip(cells, columns, strict=True))
    return replace(block(" | ".join(cells), PATH, BlockKind.TABLE_ROW), cells=named)


def table(columns: Sequence[int], rows: Sequence[Sequence[str]] = ROWS, names: Sequence[str] = NAMES) -> Document:
    """A document with some of the columns of a table."""
    heads = [names[at] for at in columns]
    lines = [row(heads, heads), *(row([cells[at] for at in columns], heads) for cells in rows)]
    head = block(PATH[0], (), BlockKind.HEADING)
    return document([block(FILLER[0]), head, *lines, block(FILLER[1])], "en")


def told(old: Document, new: Document) -> list[Change]:
    """What a reader is told."""
    return [change for change in compare(old, new).changes if change.severity is not Severity.INFO]


@pytest.mark.parametrize("gone", [(2,), (3,), (2, 3)])
def test_a_column_that_goes_is_one_loss(gone: tuple[int, ...]) -> None:
    """Not a row each, and never "fewer places": what is no longer said has not ended."""
    kept = [at for at in range(4) if at not in gone]
    changes = told(table(range(4)), table(kept))
    assert [(one.direction, one.severity, one.rules) for one in changes] == [
        (Direction.WORSE, Severity.MEDIUM, ("column.dropped",))
    ]
    assert all(f'"{NAMES[at]}"' in changes[0].summary for at in gone)
    assert changes[0].topics[0] is Topic.SUBPROCESSORS


def test_a_column_that_comes_is_one_piece_of_news() -> None:
    """Its first values are in the title, all of them in the text."""
    changes = told(table((0, 1)), table((0, 1, 2)))
    assert [one.rules for one in changes] == [("column.added",)]
    assert (changes[0].direction, changes[0].kind) == (Direction.NEUTRAL, ChangeKind.MODIFIED)
    assert "Germany, United States, Ireland" in changes[0].summary
    assert changes[0].after is not None
    assert "Harbour Pay B.V. | Payments | Netherlands" in changes[0].after


def test_one_column_in_the_place_of_another() -> None:
    """Both are named."""
    changes = told(table((0, 1, 2)), table((0, 1, 3)))
    assert [one.rules for one in changes] == [("column.replaced",)]
    assert '"Tool"' in changes[0].summary
    assert changes[0].topics[0] is Topic.SUBPROCESSORS


def test_rows_that_changed_otherwise_are_told_beside_it() -> None:
    """A new party, one that left and another purpose stay changes of their own; the column is told once."""
    rows = [cells if cells[1] != "Support" else (cells[0], "Support and advertising", *cells[2:]) for cells in ROWS]
    rows = [*rows[:1], *rows[2:], ("Marble AI Inc.", "Summaries", "United States", "SCC")]
    rules = [set(one.rules) for one in told(table((0, 1, 2)), table((0, 1), rows))]
    assert sum("column.dropped" in one for one in rules) == 1
    assert any("recipient.added" in one for one in rules)
    assert any("recipient.removed" in one for one in rules)
    assert any("advertising.added" in one for one in rules)


def test_columns_in_another_order_are_nothing() -> None:
    """No column came or went."""
    assert told(table((0, 1, 2)), table((0, 2, 1))) == []


def test_a_value_that_changed_is_never_taken_for_a_column() -> None:
    """The same columns before and after: each row is told for itself."""
    rows = [(*cells[:2], "India", cells[3]) for cells in ROWS]
    rules = [rule for one in told(table((0, 1, 2)), table((0, 1, 2), rows)) for rule in one.rules]
    assert not any(rule.startswith("column.") for rule in rules)
    assert len(told(table((0, 1, 2)), table((0, 1, 2), rows))) == len(ROWS)
