"""Who has to act: what is done unless the reader objects is another thing than what is done for those who ask."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Change, Direction, Severity, Topic
from watcher.differ import compare

ASKED = {
    "nl": "Wij sturen u aanbiedingen van het tuincentrum, alleen als u zich daarvoor aanmeldt.",
    "en": "We send you offers of the garden centre, only if you sign up for them.",
    "de": "Wir senden Ihnen Angebote der Gärtnerei, nur wenn Sie sich dafür anmelden.",
    "fr": "Nous vous envoyons des offres de la jardinerie, uniquement si vous vous y inscrivez.",
}
UNLESS = {
    "nl": "Wij sturen u aanbiedingen van het tuincentrum, tenzij u zich daarvoor afmeldt.",
    "en": "We send you offers of the garden centre, unless you sign off from them.",
    "de": "Wir senden Ihnen Angebote der Gärtnerei, es sei denn, Sie melden sich davon ab.",
    "fr": "Nous vous envoyons des offres de la jardinerie, sauf si vous vous en désinscrivez.",
}
WIPED_ASKED = {
    "nl": "Wij verwijderen uw plantenlijst na een jaar, alleen als u daarom vraagt.",
    "en": "We delete your list of plants after a year, only if you ask for it.",
    "de": "Wir löschen Ihre Pflanzenliste nach einem Jahr, nur wenn Sie darum bitten.",
    "fr": "Nous supprimons votre liste de plantes après un an, seulement si vous le demandez.",
}
WIPED_UNLESS = {
    "nl": "Wij verwijderen uw plantenlijst na een jaar, tenzij u haar wilt houden.",
    "en": "We delete your list of plants after a year, unless you want to keep it.",
    "de": "Wir löschen Ihre Pflanzenliste nach einem Jahr, es sei denn, Sie wollen sie behalten.",
    "fr": "Nous supprimons votre liste de plantes après un an, sauf si vous voulez la garder.",
}


def _told(before: str, after: str, language: str) -> Change:
    """The one change of a sentence among others."""
    old, new = (document([block(text), *map(block, FILLER)], language) for text in (before, after))
    (told,) = (one for one in compare(old, new).changes if one.severity is not Severity.INFO)
    return told


@pytest.mark.parametrize("language", ASKED)
def test_asking_that_became_objecting_is_a_loss(language: str) -> None:
    """And the other way a gain, told in the same words backwards."""
    lost = _told(ASKED[language], UNLESS[language], language)
    won = _told(UNLESS[language], ASKED[language], language)
    assert (lost.rules[0], lost.severity, lost.direction) == ("choice.lost", Severity.HIGH, Direction.WORSE)
    assert (won.rules[0], won.severity, won.direction) == ("choice.gained", Severity.MEDIUM, Direction.BETTER)


@pytest.mark.parametrize("language", ASKED)
def test_a_protection_is_better_without_asking(language: str) -> None:
    """What is deleted for all serves the reader more than what is deleted for those who ask."""
    lost = _told(WIPED_UNLESS[language], WIPED_ASKED[language], language)
    won = _told(WIPED_ASKED[language], WIPED_UNLESS[language], language)
    assert ("choice.lost" in lost.rules, lost.direction) == (True, Direction.WORSE)
    assert ("choice.gained" in won.rules, won.direction) == (True, Direction.BETTER)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "We never share your seed orders unless you ask us to.",
            "We never share your seed orders unless you tell us to.",
        ),
        (
            "We share seed orders with growers unless you object.",
            "We share seed orders with growers unless you refuse.",
        ),
    ],
)
def test_the_same_way_in_other_words_is_no_choice_lost(was: str, now: str) -> None:
    """Nothing is done before the reader asks, or all is done until the reader objects, on both sides."""
    old, new = (document([block(text), *map(block, FILLER)], "en") for text in (was, now))
    assert not any("choice." in rule for one in compare(old, new).changes for rule in one.rules)


DENIED = {
    "nl": "Uw tuinfoto's worden niet gebruikt voor het trainen van taalmodellen.",
    "en": "We do not build language models with the photographs of your garden.",
    "de": "Ihre Gartenfotos werden nicht zum Trainieren von Sprachmodellen verwendet.",
    "fr": "Les photos de votre jardin ne servent pas à entraîner des modèles de langage.",
}


@pytest.mark.parametrize("language", DENIED)
def test_a_denied_model_is_no_new_risk(language: str) -> None:
    """That nothing goes through a language model is a promise."""
    old, new = (document([*map(block, texts), *map(block, FILLER)], language) for texts in ((), (DENIED[language],)))
    (told,) = (one for one in compare(old, new).changes if one.severity is not Severity.INFO)
    assert (told.topic, told.direction) == (Topic.AI, Direction.BETTER)
    assert "ai.model" not in told.rules


def test_training_after_asking_is_less_than_training() -> None:
    """What was done to all and needs consent now is told as a gain."""
    told = _told(
        "We may use the photographs of your garden for training our AI models.",
        "We will not use the photographs of your garden to train our AI models without your consent.",
        "en",
    )
    assert (told.topic, told.direction) == (Topic.AI, Direction.BETTER)


def test_a_promise_that_binds_fewer_is_a_loss() -> None:
    """Neither the vendor nor its gardeners; then the vendor alone."""
    told = _told(
        "Neither we nor our gardeners use your photographs to train AI models.",
        "We do not use your photographs to train AI models.",
        "en",
    )
    assert (told.topic, told.direction) == (Topic.AI, Direction.WORSE)


@pytest.mark.parametrize(("was", "now"), [("EUR 1.000.000", "EUR 100.000"), ("EUR 2,500,000", "EUR 250,000")])
def test_an_amount_is_told_as_it_stands(was: str, now: str) -> None:
    """Not as a computer writes a million."""
    sentence = "The liability of the nursery is limited to {} for each year."
    told = _told(sentence.format(was), sentence.format(now), "en")
    assert f"{was.split()[1]} -> {now.split()[1]}" in told.summary
