"""Two texts as one: nothing is lost, nothing is told twice, and every recorded change has one place."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from storage_samples import change, document

from storage.model import Block, BlockKind, Document
from watcher.web.redline import Fold, Row, redline

WORDS = st.sampled_from(["We keep data for 24 months.", "We keep data for 36 months.", "Stays.", "Gone soon.", "New."])
TEXTS = st.lists(WORDS, max_size=9)


def text_of(*texts: str) -> Document:
    """A document whose blocks stand under one heading."""
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, text, ("Retention",), hashlib.sha256(text.encode()).hexdigest()[:16])
        for text in texts
    )
    return replace(document("x"), blocks=blocks)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_every_block_stands_in_one_place(old: list[str], new: list[str]) -> None:
    """Each block of the new text is in one fold or row, each of the old in one row or unchanged; order is kept."""
    laid = redline(text_of(*old), text_of(*new), [])
    folded = [place for part in laid.parts if isinstance(part, Fold) for place, _ in part.blocks]
    rows = [part for part in laid.parts if isinstance(part, Row)]
    shown = [place for row in rows for place in row.new]
    assert sorted([*folded, *shown]) == list(range(len(new)))
    gone = [place for row in rows for place in row.old]
    assert len(gone) == len(set(gone))
    assert len(gone) + len(folded) == len(old)
    assert folded == sorted(folded)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_the_words_of_a_row_are_those_of_its_blocks(old: list[str], new: list[str]) -> None:
    """Without what was inserted the spans are the old text, without what was deleted the new one."""
    for part in redline(text_of(*old), text_of(*new), []).parts:
        if isinstance(part, Row) and part.kind != "moved":
            assert "".join(span.text for span in part.spans if span.op != "delete") == part.new_text
            assert "".join(span.text for span in part.spans if span.op != "insert") == part.old_text


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, st.lists(st.tuples(st.none() | WORDS, st.none() | WORDS), max_size=5))
def test_every_change_has_one_place(old: list[str], new: list[str], told: list[tuple[str | None, str | None]]) -> None:
    """A recorded change is shown at one row, or by itself; never twice, never not at all."""
    changes = [replace(change(), before=before, after=after) for before, after in told]
    laid = redline(text_of(*old), text_of(*new), changes)
    shown = [number for part in laid.parts if isinstance(part, Row) for number in part.changes]
    assert sorted([*shown, *laid.loose]) == list(range(len(changes)))


def test_a_change_stands_where_its_words_are() -> None:
    """Of two rows the one with both wordings has it; one whose words are nowhere stands by itself."""
    old = text_of("Stays.", "We keep data for 24 months.", "Gone soon.")
    new = text_of("Stays.", "We keep data for 36 months.")
    told = replace(change(), before="data for 24 months", after="data for 36 months")
    elsewhere = replace(change(), before="never written", after=None)
    laid = redline(old, new, [elsewhere, told])
    (row,) = [part for part in laid.parts if isinstance(part, Row) and part.kind == "modified"]
    assert (row.changes, laid.loose) == ((1,), (0,))


def test_what_is_gone_stands_where_it_stood() -> None:
    """A removed paragraph is shown between the neighbours that it had."""
    laid = redline(text_of("First one.", "Gone soon.", "Last one."), text_of("First one.", "Last one."), [])
    kinds = [part.kind if isinstance(part, Row) else part.blocks[0][1].text for part in laid.parts]
    assert kinds == ["First one.", "removed", "Last one."]


def test_a_moved_paragraph_knows_its_old_place() -> None:
    """It is no insertion: its words stay unmarked, and the row names both places."""
    laid = redline(text_of("Stays.", "New.", "Gone soon."), text_of("New.", "Gone soon.", "Stays."), [])
    (row,) = [part for part in laid.parts if isinstance(part, Row)]
    assert (row.kind, {span.op for span in row.spans}) == ("moved", {"equal"})
    assert (len(row.old), len(row.new)) == (1, 1)
