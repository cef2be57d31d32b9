"""What signs of a topic count: the file of weights, and the kind of a document."""

from __future__ import annotations

import pytest

from storage.model import Topic
from watcher.differ.weighing import (
    MARKS,
    SIGNALS,
    Weights,
    load_weights,
    read_weights,
    text_kinds,
    weigh,
    write_weights,
)


def test_terms_and_sounds_speak_for_their_topic() -> None:
    """What a clause's own terms and its nearest heading say counts for it, not against it."""
    signals = load_weights().signals
    assert min(signals[name] for name in ("clause.terms", "clause.sound", "heading.terms", "second.terms")) > 0


def test_without_signs_all_is_still_likely() -> None:
    """With nothing to go by each topic keeps a likelihood, and all together are 1."""
    likely = weigh({}, ())
    assert sum(likely.values()) == pytest.approx(1)
    assert min(likely.values()) > 0


def test_a_bonus_makes_its_topic_likelier() -> None:
    """Evidence from elsewhere adds to its topic."""
    assert weigh({}, (), [(Topic.CONTACT, 2.0)])[Topic.CONTACT] > 2 * weigh({}, ())[Topic.CONTACT]


def test_writing_is_undone_by_reading() -> None:
    """Weights written and read again are the same."""
    weights = Weights(
        {name: number / 8 for number, name in enumerate(SIGNALS)},
        {mark: dict.fromkeys(Topic, number / 4) for number, mark in enumerate(MARKS)},
    )
    assert read_weights(write_weights(weights), "own.toml") == weights


def test_a_faulty_file_tells_every_fault() -> None:
    """Each signal and mark that is missing is named, with what to do."""
    with pytest.raises(ValueError, match=r"own\.toml: \[signals\] clause\.terms is missing: make it anew") as caught:
        read_weights('[signals]\n"clause.sound" = 1.0\n[marks.always]\nai = 1.0\n', "own.toml")
    assert "[signals] shape is missing" in str(caught.value)
    assert "[marks.always] has no weight for subprocessors" in str(caught.value)
    assert "[signals] clause.sound" not in str(caught.value)
    with pytest.raises(ValueError, match=r"own\.toml is damaged .* make it anew"):
        read_weights("[signals", "own.toml")


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        (
            "en",
            "This policy is about personal data. Privacy matters: personal information is handled with care.",
            "privacy",
        ),
        (
            "nl",
            "De overeenkomst, de voorwaarden, de aansprakelijkheid van opdrachtgever: algemene voorwaarden.",
            "terms",
        ),
        (
            "de",
            "Datenschutz: wir verarbeiten personenbezogene Daten nach der DSGVO. Datenschutzbeauftragter.",
            "privacy",
        ),
        ("fr", "Le contrat, les conditions, la commande et la responsabilité : conditions générales.", "terms"),
        ("en", "Cookies, cookies, pixels, advertising cookies, more cookies and advertisers.", "cookies"),
        ("xx", "Lorem ipsum", ""),
    ],
)
def test_a_document_is_known_by_its_words(language: str, text: str, kinds: str) -> None:
    """What stands all over a text tells what kind of document it is."""
    assert text_kinds(text, language) == ((kinds,) if kinds else ())
