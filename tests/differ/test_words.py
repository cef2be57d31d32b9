"""The words that differ: spans, tokens and their laws."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Span
from watcher.differ.words import fold, token_kind, tokens, word_spans

_TEXTS = st.lists(
    st.sampled_from(["we", "bewaren", "30", "90", "dagen", ".", ",", "niet", "a@b.nl", " "]), max_size=14
).map(" ".join)


def _join(spans: tuple[Span, ...], left_out: str) -> str:
    return "".join(span.text for span in spans if span.op != left_out)


@given(_TEXTS | st.text(max_size=40), _TEXTS | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_spans_join_to_both_wordings(before: str, after: str) -> None:
    """Without insertions the spans are the old wording, without deletions the new one."""
    spans = word_spans(before, after)
    assert _join(spans, "insert") == before
    assert _join(spans, "delete") == after


@given(_TEXTS | st.text(max_size=40))
@settings(deadline=None)
def test_equal_wordings_have_no_change(text: str) -> None:
    """A text against itself gives no insertion and no deletion."""
    assert {span.op for span in word_spans(text, text)} <= {"equal"}


@given(_TEXTS | st.text(max_size=40), _TEXTS | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_exchanged_wordings_exchange_the_answer(before: str, after: str) -> None:
    """Deletions of one direction are the insertions of the other."""
    turned = {"insert": "delete", "delete": "insert", "equal": "equal"}
    there = {(span.op, span.text) for span in word_spans(before, after)}
    back = {(turned[span.op], span.text) for span in word_spans(after, before)}
    assert there == back


@given(st.text(max_size=80))
@settings(deadline=None)
def test_tokens_join_to_the_text(text: str) -> None:
    """Cutting into tokens loses nothing."""
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("privacy@example.org", "mail"),
        ("https://example.org/a?b=1", "url"),
        ("12 januari 2024", "date"),
        ("March 3, 2024", "date"),
        ("2024-03-03", "date"),
        ("31.12.2024", "date"),
        ("+31 20 123 45 67", "phone"),
        ("Art. 6(1)", "article"),
        ("artikel 6 lid 1", "article"),
        ("€ 1".replace(" ", ""), "number"),
        ("1.000,50", "number"),
        ("B.V.", "word"),
        ("third-party", "word"),
    ],
)
def test_what_belongs_together_is_one_token(token: str, kind: str) -> None:
    """Addresses, dates, numbers, article references and names with dots stay whole."""
    assert tokens(f"x {token} y")[2] == token
    assert token_kind(token) == kind


def test_one_number_is_one_change() -> None:
    """A period that grew is shown as one number for another."""
    spans = word_spans("Wij bewaren dit 30 dagen.", "Wij bewaren dit 90 dagen.")
    assert spans == (
        Span("equal", "Wij bewaren dit "),
        Span("delete", "30"),
        Span("insert", "90"),
        Span("equal", " dagen."),
    )


def test_no_island_of_one_short_word() -> None:
    """A lone short word between two changes belongs to the change."""
    spans = word_spans("kept for thirty full days in Paris", "kept until March closes of business in Rome")
    middles = [span.text.strip() for span in spans[1:-1] if span.op == "equal"]
    assert all(len(text) > 3 for text in middles)


def test_missing_side_is_one_insertion() -> None:
    """An added clause is inserted whole."""
    assert word_spans(None, "Nieuw.") == (Span("insert", "Nieuw."),)


def test_long_hostile_texts_stay_cheap() -> None:
    """Texts far beyond the cap get a coarse answer at once."""
    left = " ".join(f"a{number}" for number in range(40_000))
    right = " ".join(f"b{number}" for number in range(40_000))
    begun = time.process_time()
    spans = word_spans(left, right)
    assert time.process_time() - begun < 5
    assert _join(spans, "insert") == left


def test_folding_knows_no_case_and_no_accent() -> None:
    """Folded words compare without case and accents."""
    assert fold("Één CAFÉ Straße") == "een cafe strasse"
