"""A business that changes hands takes its data along: told as that, not as data that are sold or shared with anyone."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Direction, Severity

SHARED = {
    "nl": "De muziekschool geeft gegevens van leerlingen door aan de drukker van het programmaboekje.",
    "en": "The music school shares details of its pupils with the printer of the programme.",
    "de": "Die Musikschule gibt Angaben über ihre Schüler an die Druckerei des Programmhefts weiter.",
    "fr": "L'école de musique transmet des informations sur ses élèves à l'imprimeur du programme.",
}
SOLD = {
    "nl": "Bij een overname van de school worden de gegevens aan de nieuwe eigenaar verstrekt.",
    "en": "If the school is taken over or its business is sold, these details go to the new owner with all the rest.",
    "de": "Bei einem Unternehmensverkauf erhält der neue Träger der Schule auch diese Angaben und Unterlagen.",
    "fr": "En cas de rachat de l'école, ces informations sont transmises au nouveau propriétaire avec le reste.",
}
HEADING = {"nl": "Delen van gegevens", "en": "Sharing", "de": "Weitergabe", "fr": "Partage"}


@pytest.mark.parametrize("language", SHARED)
def test_a_buyer_of_the_business_is_named_as_one(language: str) -> None:
    """A new sentence on a sale of the business opens data to one more party, and sells no data."""
    was = SHARED[language]
    told = gravest(was, f"{was} {SOLD[language]}", HEADING[language], language)
    assert (told.severity, told.direction, told.rules[0]) == (Severity.MEDIUM, Direction.WORSE, "sharing.takeover")
    assert "a buyer of the business" in told.summary


@pytest.mark.parametrize("language", SHARED)
def test_a_clause_of_its_own_on_a_sale_of_the_business(language: str) -> None:
    """The same where a whole paragraph is new."""
    assert gravest(None, SOLD[language], HEADING[language], language).rules[0] == "sharing.takeover"


def test_selling_data_is_another_thing() -> None:
    """Data that are sold are not excused by a sale of the business in the sentence before."""
    was = SHARED["en"]
    told = gravest(was, f"{was} {SOLD['en']} We may sell these details to shops for instruments too.", "Sharing", "en")
    assert (told.severity, told.rules[0]) == (Severity.HIGH, "sharing.sale")
