"""Mass rewrites: judged in bounds, with nothing lost and nothing hushed."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from differ_samples import block, document

from storage.model import Block, BlockKind, Comparison, Severity, Verdict
from watcher.differ import compare
from watcher.differ.bulk import CLAUSES

_MANY = 900
# Changes beside those that are judged one by one: runs of the rest, told and of form.
_RUNS = 200


def _sentence(chance: random.Random, number: int) -> str:
    words = " ".join(f"word{chance.randrange(10**6)}" for _ in range(9))
    return f"Clause {number} says {words} to every customer."


def _policy(seed: int, count: int = _MANY) -> list[Block]:
    chance = random.Random(seed)
    return [block(_sentence(chance, at), ("Privacy", f"Part {at // 40}")) for at in range(count)]


def _compared(old: list[Block], new: list[Block]) -> Comparison:
    return compare(document(old, "en"), document(new, "en"))


def _texts(comparison: Comparison, side: str) -> Iterator[str]:
    for change in comparison.changes:
        yield from (getattr(change, side) or "").split("\n")


def test_a_rewrite_is_told_in_bounds_without_losing_a_clause() -> None:
    """Of 900 clauses that all changed each one stands in a change, and there are few changes beyond the first."""
    old, new = _policy(1), _policy(2)
    comparison = _compared(old, new)
    assert comparison.verdict is Verdict.MATERIAL
    assert len(comparison.changes) <= CLAUSES + _RUNS
    told = " ".join(_texts(comparison, "before")), " ".join(_texts(comparison, "after"))
    assert not [each.text for each in old if each.text not in told[0]]
    assert not [each.text for each in new if each.text not in told[1]]


def test_one_new_clause_behind_many_moved_ones_is_told() -> None:
    """A clause that came after hundreds of others had moved is material."""
    old = _policy(3)
    new = [*random.Random(4).sample(old, len(old)), block("We now sell your contact data to advertisers.")]
    comparison = _compared(old, new)
    assert comparison.verdict is Verdict.MATERIAL
    assert [change.after for change in comparison.changes if change.severity is not Severity.INFO] == [new[-1].text]


@pytest.mark.parametrize("change", ["not", "30", "sell"])
def test_one_word_behind_many_renumbered_clauses_is_told(change: str) -> None:
    """Numbers before every clause are of form; a word put into the last of 900 is not."""
    old = _policy(5)
    numbered = [block(f"{at}. {each.text}", each.path) for at, each in enumerate(old, 1)]
    assert _compared(old, numbered).verdict is Verdict.EDITORIAL
    numbered[-1] = block(numbered[-1].text.replace(" says ", f" says {change} "), numbered[-1].path)
    assert _compared(old, numbered).verdict is Verdict.MATERIAL


def test_a_recipient_behind_many_changes_is_high() -> None:
    """A company that came in row 900 of a table in which every purpose changed makes its run high."""

    def row(at: int, aim: str) -> Block:
        text = f"Firm{at} Ltd. | {aim} | Ireland"
        return block(text, ("Sub-processors",), BlockKind.TABLE_ROW)

    old = [row(at, f"hosting part {at}") for at in range(_MANY)]
    new = [*(row(at, f"billing part {at} and profiling") for at in range(_MANY - 1)), row(77_777, "hosting")]
    comparison = _compared(old, new)
    assert comparison.verdict is Verdict.MATERIAL
    assert any("Firm77777" in (change.after or "") for change in comparison.changes)


def test_an_exchange_of_both_sides_gives_as_many_clauses() -> None:
    """What came from old to new is what goes from new to old, in bulk too."""
    old, new = _policy(6), _policy(7)
    there, back = _compared(old, new), _compared(new, old)
    assert sorted(_texts(there, "before")) == sorted(_texts(back, "after"))


@pytest.mark.parametrize("kind", [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM])
@pytest.mark.parametrize("count", [30, _MANY])
@pytest.mark.parametrize("words", [2, 5, 9])
def test_a_page_of_wholly_other_words_is_material(kind: BlockKind, count: int, words: int) -> None:
    """Where nothing of a document is left, its lines are no menus and labels, however short they are."""

    def page(start: int) -> list[Block]:
        lines = (" ".join(f"w{start + at * words + n}x" for n in range(words)) for at in range(count))
        return [block(line, (), kind) for line in lines]

    assert _compared(page(0), page(100_000)).verdict is Verdict.MATERIAL


def test_a_new_menu_beside_the_same_policy_stays_noise() -> None:
    """Labels that are exchanged around a policy that stays are no change of it."""
    policy = [block(f"We keep record {at} of each customer for {at} months, and then erase it.") for at in range(12)]
    menus = [[block(word) for word in words.split()] for words in ("Pricing Careers", "Newsroom Support")]
    assert _compared([*policy, *menus[0]], [*policy, *menus[1]]).verdict is not Verdict.MATERIAL


def test_a_replaced_page_is_quoted_as_it_stands() -> None:
    """Clauses of a replaced page are told together only where they follow one another: quotes stand in the page."""
    old = [block("we " * 10), block("we " * 10), block("keep we")]
    new = [block(text) for text in ("we", "we", "we", "keep we", "we")]
    told = _compared(old, new)
    whole = " ".join(one.text for one in new)
    assert told.changes
    assert all((change.after or "") in whole for change in told.changes)
