"""The language of a text: what is declared, unless a long text plainly says otherwise."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.extractor.language import detect, reduce_tag

DUTCH = "Wij verwerken persoonsgegevens om onze diensten te leveren en bewaren die niet langer dan nodig is. "
ENGLISH = "We process personal data in order to provide our services and keep them no longer than we need to. "
GERMAN = "Wir verarbeiten personenbezogene Daten, um unsere Leistungen zu erbringen, und löschen sie danach. "
FRENCH = "Nous traitons des données personnelles pour fournir nos services et les supprimons ensuite. "


@pytest.mark.parametrize(
    ("text", "language"), [(DUTCH, "nl"), (ENGLISH, "en"), (GERMAN, "de"), (FRENCH, "fr")], ids=["nl", "en", "de", "fr"]
)
def test_detects_undeclared(text: str, language: str) -> None:
    """One sentence is enough to tell the four languages apart, in any case and over line ends."""
    assert detect(text, None) == language
    assert detect(text.upper().replace(" ", "\n"), None) == language
    assert detect(text * 400, None) == language


def test_declared_wins_over_short_text() -> None:
    """Names, single words and one sentence never overrule what the page declares."""
    assert detect("Subprocessors", "nl-NL") == "nl"
    assert detect(ENGLISH, "nl") == "nl"


def test_long_text_overrules_declared() -> None:
    """A long text in plainly another language shows that the page's lang attribute is wrong."""
    assert detect(DUTCH * 10, "en-US") == "nl"
    assert detect(GERMAN * 60, "fr") == "de"


def test_mixed_text_keeps_declared() -> None:
    """A page with passages in the declared language stays in it, whatever else it quotes."""
    assert detect(DUTCH * 10 + ENGLISH * 12, "nl") == "nl"


def test_kin_never_overrules() -> None:
    """Between near kin a statistical guess proves nothing: Frisian, Afrikaans and Dutch; Danish and Norwegian."""
    assert detect(DUTCH * 10, "af") == "af"


@pytest.mark.parametrize("text", ["", " \n\t", "2024", "A-1", "https://example.com/nl", "\ud800\x00", "a" * 20])
def test_too_little_to_tell(text: str) -> None:
    """Without letters enough the answer is the declared language or none."""
    assert detect(text, None) is None
    assert detect(text, "nl") == "nl"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("NL_nl.UTF-8", "nl"),
        ("nld", "nl"),
        ("dut", "nl"),
        ("deu", "de"),
        ("en, nl", "en"),
        ("zh-Hans-CN", "zh"),
        ("x-default", None),
        ("und", None),
        ("dutch", None),
        ("{{lang}}", None),
        ("", None),
        (None, None),
    ],
)
def test_reduces_tag(tag: str | None, code: str | None) -> None:
    """A language tag is reduced to ISO 639-1; what is none is nothing."""
    assert reduce_tag(tag) == code


def test_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model lies in the package: no connection is opened."""

    def refuse(*args: object) -> None:
        raise AssertionError(args)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert detect(FRENCH, None) == "fr"


@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=12)))
def test_never_raises(text: str, declared: str | None) -> None:
    """Odd text and odd tags give a two-letter code or nothing."""
    found = detect(text * 3, declared)
    assert found is None or (len(found) == 2 and found.islower())
