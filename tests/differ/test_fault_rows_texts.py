"""Row R05 of the fault catalogue: a comparison of any two texts can be undone in both directions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.differ.words import word_spans

_WORDS = st.lists(
    st.sampled_from(
        ["we", "keep", "data", "30", "90", "days", "not", ",", ".", " ", "\n", "\u00a0", "é", "\u202e", "你好"]
    )
).map("".join)
_TEXTS = st.one_of(st.text(max_size=300), _WORDS, st.text(alphabet="ab \n", max_size=200))


@given(_TEXTS, _TEXTS)
@settings(max_examples=500, deadline=None)
def test_r05_spans_lead_from_one_text_to_the_other_and_back(old: str, new: str) -> None:
    """What is kept and inserted spells the new text, what is kept and deleted the old one."""
    spans = word_spans(old, new)
    assert "".join(span.text for span in spans if span.op != "delete") == new
    assert "".join(span.text for span in spans if span.op != "insert") == old
    back = word_spans(new, old)
    assert "".join(span.text for span in back if span.op != "delete") == old
    assert "".join(span.text for span in back if span.op != "insert") == new


@given(_TEXTS)
@settings(max_examples=200, deadline=None)
def test_r05_a_text_differs_in_nothing_from_itself(text: str) -> None:
    """No span of equal texts is inserted or deleted."""
    assert {span.op for span in word_spans(text, text)} <= {"equal"}


@given(st.text(max_size=100))
@settings(max_examples=100, deadline=None)
def test_r05_a_text_that_is_not_there(text: str) -> None:
    """What came is inserted whole, what went is deleted whole."""
    assert "".join(span.text for span in word_spans(None, text) if span.op == "insert") == text
    assert "".join(span.text for span in word_spans(text, None) if span.op == "delete") == text
