"""Blocks that belong together."""

from __future__ import annotations

import hashlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Block, BlockKind, Cell, ChangeKind
from watcher.differ.align import Match, align


def _block(text: str, kind: BlockKind = BlockKind.PARAGRAPH, cells: tuple[str, ...] = ()) -> Block:
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return Block(kind, text, ("Privacy",), key, cells=tuple(Cell("", cell) for cell in cells))


def _row(*cells: str) -> Block:
    return _block(" | ".join(cells), BlockKind.TABLE_ROW, cells)


def _blocks(*texts: str) -> list[Block]:
    return [_block(text) for text in texts]


def _kinds(matches: tuple[Match, ...]) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    return [(str(match.kind), match.old, match.new) for match in matches]


_ONE = "We keep the invoices of our customers for seven years after the end of the contract."
_TWO = "Visitors of the office sign in at the desk and get a badge for the day."
_THREE = "Messages between customers travel over an encrypted connection at all times."
_FOUR = "Complaints go to the authority of the country in which you live or work."


@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
@settings(max_examples=300, deadline=None)
def test_every_block_is_accounted_for_once(left: list[str], right: list[str]) -> None:
    """No block stands in two matches, and what is left over is equal, in order."""
    old, new = _blocks(*left), _blocks(*right)
    matches = align(old, new)
    olds = [i for match in matches for i in match.old]
    news = [j for match in matches for j in match.new]
    assert len(olds) == len(set(olds))
    assert len(news) == len(set(news))
    kept_old = [old[i].key for i in range(len(old)) if i not in olds]
    kept_new = [new[j].key for j in range(len(new)) if j not in news]
    assert kept_old == kept_new


def test_equal_documents_match_silently() -> None:
    """Nothing is reported for equal blocks."""
    assert align(_blocks(_ONE, _TWO), _blocks(_ONE, _TWO)) == ()


def test_changed_word_is_a_modified_pair() -> None:
    """A block with one other word pairs with its old wording."""
    changed = _ONE.replace("seven", "ten")
    assert _kinds(align(_blocks(_TWO, _ONE, _THREE), _blocks(_TWO, changed, _THREE))) == [("modified", (1,), (1,))]


def test_section_moved_whole_is_one_move() -> None:
    """Blocks that moved together are one match."""
    old = _blocks("A", _ONE, _TWO, "B", _THREE, _FOUR, "C", "more", "and more")
    new = _blocks("B", _THREE, _FOUR, "A", _ONE, _TWO, "C", "more", "and more")
    matches = align(old, new)
    assert [match.kind for match in matches] == [ChangeKind.MOVED]
    assert len(matches[0].old) == 3


def test_same_sentence_three_times_pairs_in_place() -> None:
    """Of a sentence that stands three times, the one that changed is told at its place."""
    changed = _ONE.replace("seven years", "a reasonable time")
    old = _blocks("x first", _ONE, "y second", _ONE, "z third", _ONE)
    new = _blocks("x first", _ONE, "y second", changed, "z third", _ONE)
    assert _kinds(align(old, new)) == [("modified", (3,), (3,))]


def test_split_paragraph_stays_together() -> None:
    """A paragraph that became two is one match with two new blocks."""
    matches = align(_blocks("start", f"{_ONE} {_TWO}", "end"), _blocks("start", _ONE, _TWO, "end"))
    assert _kinds(matches) == [("modified", (1,), (1, 2))]


def test_joined_paragraphs_stay_together() -> None:
    """Two paragraphs that became one are one match with two old blocks."""
    matches = align(_blocks("start", _ONE, _TWO, "end"), _blocks("start", f"{_ONE} {_TWO}", "end"))
    assert _kinds(matches) == [("modified", (1, 2), (1,))]


def test_rows_pair_by_their_first_cell() -> None:
    """Rows of a re-sorted table pair by name, and another name in the same place is another row."""
    old = [_row("Alfa B.V.", "Hosting", "Ireland"), _row("Beta Ltd.", "Mail", "Ireland")]
    new = [_row("Beta Ltd.", "Mail and chat", "Ireland"), _row("Gamma Inc.", "Hosting", "Ireland")]
    kinds = _kinds(align(old, new))
    assert ("modified", (1,), (0,)) in kinds
    assert ("removed", (0,), ()) in kinds
    assert ("added", (), (1,)) in kinds


def test_label_keeps_a_short_line_together() -> None:
    """A line "Name: …" pairs with the line of the same label."""
    old = _blocks("Name: Jan Jansen", "Phone: +31 20 000 00 01")
    new = _blocks("Name: Eva Evers", "Phone: +31 20 999 88 77")
    assert _kinds(align(old, new)) == [("modified", (0,), (0,)), ("modified", (1,), (1,))]


def test_unlike_blocks_do_not_pair() -> None:
    """A paragraph about something else is removed and added, not modified."""
    matches = align(_blocks("start", _TWO, "end"), _blocks("start", _FOUR, "end"))
    assert sorted(str(match.kind) for match in matches) == ["added", "removed"]


@pytest.mark.parametrize("shape", ["disjoint", "shuffled", "few", "changed"])
def test_a_megabyte_is_aligned_in_time(shape: str) -> None:
    """20,000 blocks on both sides take at most two seconds of one core, whatever their shape."""
    chance = random.Random(7)
    words = [f"word{number}" for number in range(3_000)]
    old = [" ".join(chance.choices(words, k=7)) for _ in range(20_000)]
    if shape == "few":
        old = [old[number % 7] for number in range(20_000)]
    new = {
        "disjoint": [" ".join(chance.choices(words, k=7)) for _ in range(20_000)],
        "shuffled": chance.sample(old, len(old)),
        "few": old[3:] + old[:9],
        "changed": [text.replace("1", "2", 1) for text in old],
    }[shape]
    left, right = _blocks(*old), _blocks(*new)
    begun = time.process_time()
    align(left, right)
    assert time.process_time() - begun < 4


def test_a_rewritten_clause_keeps_its_number() -> None:
    """The only clause 3.1 of both sides is one that was put in other words, not one that went and one that came."""
    old = _blocks("3.1 We are liable for damage up to what you paid.", "3.2 Claims must be made within a month.")
    new = _blocks("3.1 Whoever suffers loss recovers what insurers give.", "3.2 Claims must be made within a month.")
    assert [(match.kind, match.old, match.new) for match in align(old, new)] == [(ChangeKind.MODIFIED, (0,), (0,))]


def test_two_clauses_of_one_number_stay_apart() -> None:
    """Where a number stands twice nothing tells which clause became which."""
    old = _blocks("1. Red horses run over hills today.", "1. Blue whales swim below boats often.")
    new = _blocks("1. Nobody pays taxes on garden sheds.")
    assert {match.kind for match in align(old, new)} == {ChangeKind.ADDED, ChangeKind.REMOVED}
