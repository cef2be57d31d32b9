"""A tool that a sentence puts to use is named in what is told, whether or not it is listed as a recipient."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Direction, Severity, Topic

KEPT = {
    "nl": "Wij gebruiken cookies om u ingelogd te houden.",
    "en": "We use cookies to keep you logged in.",
    "de": "Wir verwenden Cookies, damit Sie angemeldet bleiben.",
    "fr": "Nous utilisons des cookies pour que vous restiez connecté.",
}
COUNTED = {
    "nl": "Wij gebruiken ook Pebble Analytics en de Quarry Pixel om onze campagnes te meten.",
    "en": "We also use Pebble Analytics and the Quarry Pixel to measure our campaigns.",
    "de": "Wir verwenden auch Pebble Analytics und das Quarry Pixel, um unsere Kampagnen zu messen.",
    "fr": "Nous utilisons aussi Pebble Analytics et le Quarry Pixel pour mesurer nos campagnes.",
}


@pytest.mark.parametrize("language", KEPT)
def test_new_tools_are_named(language: str) -> None:
    """For the worse, about tracking, by their names."""
    told = gravest(KEPT[language], f"{KEPT[language]} {COUNTED[language]}", "Cookies", language)
    assert (told.topic, told.direction) == (Topic.TRACKING, Direction.WORSE)
    assert "Pebble Analytics" in told.summary
    assert "Quarry Pixel" in told.summary


def test_a_tool_beside_another_is_new() -> None:
    """One more name in the same sentence."""
    told = gravest("Wij gebruiken Pebble Analytics.", "Wij gebruiken Pebble Analytics en Fernview.", "Cookies", "nl")
    assert (told.severity, told.direction) == (Severity.MEDIUM, Direction.WORSE)
    assert told.summary.startswith("New name: Fernview")


def test_a_tool_in_the_place_of_another_is_neither_worse_nor_better() -> None:
    """Which of two is better the names do not say."""
    told = gravest("We use Pebble Mail for support.", "We use Fernview Mail for support.", "Helpdesk", "en")
    assert told.direction is Direction.NEUTRAL
    assert "Pebble Mail -> Fernview Mail" in told.summary


def test_a_tool_that_the_document_knew_is_not_new() -> None:
    """The old text named it."""
    was = "We use Pebble Mail for support. Letters are answered by hand."
    told = gravest(was, was.replace("by hand", "with Pebble Mail"), "Helpdesk", "en")
    assert "New name" not in told.summary


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "fr",
            "Nos prestataires sont Quarry (hébergement).",
            "Nos prestataires sont Quarry (hébergement) et Fernview (courriels).",
        ),
        ("en", "Our suppliers are Quarry (hosting).", "Our suppliers are Quarry (hosting) and Fernview (e-mail)."),
        (
            "nl",
            "Onze leveranciers zijn Quarry (hosting).",
            "Onze leveranciers zijn Quarry (hosting) en Fernview (e-mail).",
        ),
    ],
)
def test_providers_that_are_names(language: str, before: str, after: str) -> None:
    """What follows "our providers are" are recipients."""
    told = gravest(before, after, "Suppliers", language)
    assert told.rules[0] == "recipient.added"
    assert told.summary.startswith("New recipient: Fernview")
