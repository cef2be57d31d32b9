"""Folding of typography: what is equal to a reader is equal, what is not stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.extractor.text import block_key, normalise


@given(st.text(st.characters(exclude_categories=())))
def test_folding_twice_is_folding_once(text: str) -> None:
    """Normalising is idempotent for any text, lone surrogates included."""
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.characters(exclude_categories=())))
def test_folded_text_has_no_control_signs_and_can_be_stored(text: str) -> None:
    """No line break, NUL or surrogate is left, and the result encodes as UTF-8."""
    folded = normalise(text)
    folded.encode("utf-8")
    assert not any(char in folded for char in "\n\r\t\0")
    assert folded == folded.strip()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("a\u00a0b\u2003c\n d", "a b c d"),
        ("per\u00adsonal\u200b da\ufeffta", "personal data"),
        ("\u201cwe\u201d and \u2018you\u2019", "\"we\" and 'you'"),
        ("30\u201390 days \u2014 or \u22125", "30-90 days - or -5"),
        ("and so on\u2026", "and so on..."),
        ("cafe\u0301", "caf\u00e9"),
        ("\u202eevil\u2066", "evil"),
        ("a\0b", "a\ufffdb"),
        ("bell\x07 \x1b[2J", "bell [2J"),
        ("\ud800", "\ufffd"),
        ("\ufb01le", "file"),
    ],
)
def test_typography_is_folded(written: str, folded: str) -> None:
    """Blanks, invisible signs, quotes, dashes, ellipses, compositions and controls are folded."""
    assert normalise(written) == folded


def test_look_alike_letters_stay_different() -> None:
    """A Cyrillic a in place of a Latin one is a change that is told."""
    assert normalise("d\u0430ta") != normalise("data")


def test_key_depends_on_the_text_alone() -> None:
    """Equal texts have equal keys of 16 digits, other texts other keys."""
    assert block_key("30 days") == block_key("30 days") != block_key("90 days")
    assert len(block_key("")) == 16
