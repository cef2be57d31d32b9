"""Laws of the comparison of any two documents: nothing lost, nothing twice, silence for the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from differ_samples import block, document
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Block, ChangeKind, Comparison, Verdict
from watcher.differ import compare
from watcher.differ.words import words_of

_SENTENCES = (
    "We keep your invoices for 7 years.",
    "We keep your messages for 30 days.",
    "You may object at any time by a message to us.",
    "Data never leave the building in Ghent.",
    "Acme Ltd. sends our letters.",
    "Photographs need your consent.",
    "The club is run by volunteers of the town.",
)
_PARAGRAPHS = st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=4).map(" ".join)
_DOCUMENTS = st.lists(_PARAGRAPHS.map(block), max_size=7)


def _compared(old: list[Block], new: list[Block]) -> Comparison:
    return compare(document(old, "en"), document(new, "en"))


def _words(texts: Iterable[str | None]) -> Counter[str]:
    return Counter(word for text in texts for word in words_of(text or ""))


@given(_DOCUMENTS, _DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_words_that_are_not_told_stand_on_both_sides(old: list[Block], new: list[Block]) -> None:
    """Without the told wordings both documents hold the same words, and no word is told that does not stand there."""
    changes = [change for change in _compared(old, new).changes if change.kind is not ChangeKind.MOVED]
    was, now = _words(each.text for each in old), _words(each.text for each in new)
    gone, came = _words(change.before for change in changes), _words(change.after for change in changes)
    assert gone <= was
    assert came <= now
    assert was - gone == now - came


@given(_DOCUMENTS, _DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_spans_spell_both_wordings(old: list[Block], new: list[Block]) -> None:
    """Spans without insertions are the old wording, without deletions the new one."""
    for change in _compared(old, new).changes:
        if change.kind is not ChangeKind.MOVED:
            assert "".join(span.text for span in change.spans if span.op != "insert") == (change.before or "")
            assert "".join(span.text for span in change.spans if span.op != "delete") == (change.after or "")


@given(_DOCUMENTS)
@settings(max_examples=20, deadline=None)
def test_a_document_is_the_same_as_itself(old: list[Block]) -> None:
    """Nothing is told of two equal documents."""
    comparison = _compared(old, old)
    assert comparison.verdict is Verdict.SAME
    assert comparison.changes == ()


@given(_DOCUMENTS, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_alone_is_never_material(old: list[Block], chance: object) -> None:
    """Paragraphs in another order say the same."""
    new = list(old)
    chance.shuffle(new)  # type: ignore[attr-defined]
    assert _compared(old, new).verdict in {Verdict.SAME, Verdict.EDITORIAL, Verdict.NOISE}
