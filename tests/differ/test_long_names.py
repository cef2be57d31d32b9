"""Names of parties that are longer than any sentence about them: read as names, shortened where they are told."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Cell, Change
from watcher.differ import compare
from watcher.differ.recipients import find_recipients

COLUMNS = ("Sub-processor", "Purpose", "Location")
NAMES = {
    "words and a form": f"{' '.join(['Aurora', 'Harbour', 'Letters', 'and', 'Parcels'] * 9)[:291].strip()} GmbH",
    "words and a stopped form": f"{' '.join(['Aurora', 'Harbour', 'Letters'] * 14)[:291].strip()} Inc.",
    "one word": "A" * 300,
    "one small word": "x" * 300,
}
MOST = 90
PLACES = ("Cork", "Oslo", "Lille", "Porto", "Turin", "Graz", "Bergen", "Malmö", "Ghent", "Basel")


def row(*cells: str) -> Block:
    """A row of a table of sub-processors."""
    named = tuple(Cell(column, cell) for column, cell in zip(COLUMNS, cells, strict=True))
    return Block(BlockKind.TABLE_ROW, " | ".join(cells), ("Sub-processors",), "|".join(cells), cells=named)


def told(old: list[Block], new: list[Block]) -> list[Change]:
    """The changes between two pages with these rows."""
    first, last = (block(text) for text in FILLER)
    kept = [row(f"Brightmail {place} Ltd", "letters to those who asked for them", place) for place in PLACES]
    before, after = (document([first, *kept, *rows, last], "en") for rows in (old, new))
    return list(compare(before, after).changes)


@pytest.mark.parametrize("kind", NAMES)
def test_a_row_names_its_party_whatever_the_length(kind: str) -> None:
    """The cell under a column of parties is a name of any length, and the other cells tell of it."""
    (found,) = find_recipients(document([row(NAMES[kind], "hosting", "Germany")], "en"))
    assert (found.name, found.purpose, found.location) == (NAMES[kind], "hosting", "Germany")


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("what", ["came", "went", "moved"])
def test_the_sentence_shortens_the_name(kind: str, what: str) -> None:
    """A title shows the beginning of a long name with an ellipsis, what happened, and stays under its limit."""
    here, there = (row(NAMES[kind], "hosting", place) for place in ("Germany", "Iceland"))
    changes = {"came": told([], [here]), "went": told([here], []), "moved": told([here], [there])}[what]
    (summary,) = [change.summary for change in changes]
    assert len(summary) < MOST
    assert f"{NAMES[kind][:40]}" in summary
    assert "…" in summary
    assert {"came": "hosting, Germany", "went": "gone", "moved": "Germany -> Iceland"}[what] in summary


def test_a_word_without_end_is_cut_and_not_left_out() -> None:
    """A clause of one word that fits no title shows its beginning."""
    (change,) = told([], [row("", "", "w" * 400)])
    assert "w" * 30 in change.summary
    assert len(change.summary) < MOST


def test_a_sentence_in_the_column_is_no_name() -> None:
    """A long remark in the column of parties is not taken for one."""
    remark = (
        "We have listed only those companies here that handle data for all customers and not the ones that are"
        " engaged for a single project"
    )
    assert find_recipients(document([row(remark, "hosting", "Germany")], "en")) == ()
