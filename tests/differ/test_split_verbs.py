"""Verbs and denials written in other ways: split infinitives, short forms, reserved rights, data that is no verb."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Severity

# Language, heading, before, after: the same said in another way.
SAME = {
    "an infinitive with its part": (
        "nl",
        "Doelen",
        "Wij gebruiken uw leeslijst om de ruil uit te voeren.",
        "Wij gebruiken uw leeslijst voor het uitvoeren van de ruil.",
    ),
    "two words for one way out": (
        "nl",
        "Ruilbrief",
        "U hebt de mogelijkheid om u af te melden via de link onder elke ruilbrief.",
        "U kunt zich via de link onder elke ruilbrief uitschrijven.",
    ),
    "an objection": (
        "nl",
        "Bezwaar",
        "U hebt het recht om bezwaar aan te tekenen tegen de ruil.",
        "U kunt bezwaar maken tegen de ruil.",
    ),
    "data are no verb": (
        "nl",
        "Derden",
        "Wij verkopen uw gegevens nooit aan derden.",
        "Uw gegevens worden door ons nooit aan derden verkocht.",
    ),
    "measures taken": (
        "nl",
        "Beveiliging",
        "Om uw leeslijst te beschermen hebben wij passende technische maatregelen getroffen.",
        "Wij hebben passende technische maatregelen genomen om uw leeslijst te beschermen.",
    ),
    "a short denial": (
        "en",
        "AI",
        "Your reading list is not used to train AI models.",
        "We don't use your reading list for training AI models.",
    ),
    "a verb whose part ends the clause": (
        "de",
        "Weitergabe",
        "Wir geben Ihre Leseliste nicht an Dritte weiter, außer:",
        "Eine Weitergabe Ihrer Leseliste an Dritte erfolgt nicht, ausgenommen:",
    ),
    "a right reserved, en": ("en", "Changes", "We reserve the right to change this page.", "We may change this page."),
    "a right reserved, nl": (
        *("nl", "Wijzigingen", "Wij behouden ons het recht voor deze pagina aan te passen."),
        "Wij kunnen deze pagina aanpassen.",
    ),
    "a right reserved, de": (
        *("de", "Änderungen", "Wir behalten uns das Recht vor, diese Seite zu ändern."),
        "Wir können diese Seite ändern.",
    ),
    "a right reserved, fr": (
        *("fr", "Modifications", "Nous nous réservons le droit de modifier cette page."),
        "Nous pouvons modifier cette page.",
    ),
}
# The like, which says something else.
OTHERS = {
    "a purpose more": (
        "nl",
        "Doelen",
        "Wij gebruiken uw leeslijst om de ruil uit te voeren.",
        "Wij gebruiken uw leeslijst voor het uitvoeren en verbeteren van de ruil.",
    ),
    "on and off": (
        "nl",
        "Meldingen",
        "U hoeft de meldingen niet uit te zetten.",
        "U hoeft de meldingen niet aan te zetten.",
    ),
    "a denial less": ("en", "AI", "We don't use your reading list for AI.", "We do use your reading list for AI."),
    "a right reserved to share": (
        *("en", "Sharing", "We may not share your reading list."),
        "We reserve the right to share your reading list.",
    ),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_the_same_in_other_ways_is_nothing(case: tuple[str, str, str, str]) -> None:
    """Either way round."""
    language, heading, before, after = case
    for pair in ((before, after), (after, before)):
        assert gravest(*pair, heading, language).severity is Severity.INFO, pair


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_something_else_is_told(case: tuple[str, str, str, str]) -> None:
    """However alike."""
    language, heading, before, after = case
    for pair in ((before, after), (after, before)):
        assert gravest(*pair, heading, language).severity is not Severity.INFO, pair
