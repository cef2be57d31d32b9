"""Who answers for the data, and a company that is called otherwise."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import Direction, Severity, Topic, Verdict
from watcher.differ import compare

SAID = {
    "nl": ("Wie wij zijn", "{} is verantwoordelijk voor de verwerking van uw persoonsgegevens."),
    "en": ("Who we are", "The controller of your personal data is {}, in the old harbour."),
    "de": ("Verantwortlicher", "Verantwortlich für die Datenverarbeitung ist die {} am alten Hafen."),
    "fr": ("Qui nous sommes", "Le responsable du traitement est {}, au vieux port."),
}
FORMS = {"nl": "B.V.", "en": "Ltd.", "de": "GmbH", "fr": "SAS"}


@pytest.mark.parametrize("language", SAID)
def test_another_controller_is_told_by_name(language: str) -> None:
    """Both companies stand in the title, and nobody gets data by it."""
    heading, said = SAID[language]
    was, now = f"Lantern Boats {FORMS[language]}", f"Heron Ferries {FORMS[language]}"
    told = gravest(said.format(was), said.format(now), heading, language)
    assert (told.topic, told.severity, told.direction) == (Topic.CONTACT, Severity.MEDIUM, Direction.NEUTRAL)
    assert "Lantern Boats" in told.summary
    assert "Heron Ferries" in told.summary


def test_a_controller_with_its_seat_elsewhere_is_grave() -> None:
    """Outside Europe; it is no transfer, for the place is that of the company."""
    said = "The controller of your personal data is {}."
    told = gravest(
        said.format("Lantern Boats B.V., Hoorn, the Netherlands"),
        said.format("Lantern Holdings Inc., Delaware, United States"),
        "Who we are",
        "en",
    )
    assert (told.severity, told.direction) == (Severity.HIGH, Direction.WORSE)
    assert "Lantern Boats B.V. -> Lantern Holdings Inc." in told.summary


def test_a_second_controller_is_told() -> None:
    """One more company answers for the data."""
    told = gravest(
        "The controller is Lantern Boats B.V.",
        "The joint controllers are Lantern Boats B.V. and Heron Ferries Ltd.",
        "Who we are",
        "en",
    )
    assert "Heron Ferries Ltd. is a controller too" in told.summary


def test_the_same_controller_is_no_news() -> None:
    """Another legal spelling of the same company."""
    told = gravest(
        "The controller is Lantern Boats Ltd.", "The controller is Lantern Boats Limited.", "Who we are", "en"
    )
    assert "controller.changed" not in told.rules


PLACES = (
    "{} shares your data with its payroll partner.",
    "You can reach {} at the desk in the harbour.",
    "{} keeps your data for two years.",
)


def _renamed(was: str, now: str, kept: int = 0) -> Verdict:
    """The verdict where a name stands for another, but in the last `kept` sentences."""
    old = [each.format(was) for each in PLACES]
    new = [each.format(now) for each in PLACES[: len(PLACES) - kept]] + old[len(PLACES) - kept :]
    sides = [document([block(text) for text in (FILLER[0], *texts)], "en") for texts in (old, new)]
    return compare(sides[0], sides[1]).verdict


def test_a_company_that_is_called_otherwise_is_the_same() -> None:
    """All over the document, with the same first word and legal form."""
    assert _renamed("Lantern Boats B.V.", "Lantern Tools B.V.") is Verdict.EDITORIAL


def test_another_company_is_another() -> None:
    """No word in common, or the old one still named: told."""
    assert _renamed("Lantern Boats B.V.", "Heron Ferries B.V.") is Verdict.MATERIAL
    assert _renamed("Lantern Boats B.V.", "Lantern Tools B.V.", kept=1) is Verdict.MATERIAL
    assert _renamed("Lantern Boats B.V.", "Lantern Boats Inc.", kept=2) is Verdict.MATERIAL
