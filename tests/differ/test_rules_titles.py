"""Titles that name their subject whole: the label of a line, both names of a person, the data that are sensitive."""

from __future__ import annotations

import hashlib

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import Block, BlockKind, Cell
from watcher.differ import compare

_LINES = [
    ("en", "Storage periods", "Parking photos: 14 days", "Parking photos: 8 months", "parking photos"),
    ("nl", "Bewaartermijnen", "Parkeerfoto's: 14 dagen", "Parkeerfoto's: 8 maanden", "arkeerfoto's"),
    ("de", "Speicherfristen", "Parkfotos: 14 Tage", "Parkfotos: 8 Monate", "Parkfotos"),
    ("fr", "Durées de conservation", "Photos du parking : 14 jours", "Photos du parking : 8 mois", "hotos du parking"),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "subject"), _LINES)
def test_the_label_of_a_line_is_what_is_kept(
    language: str, heading: str, before: str, after: str, subject: str
) -> None:
    """An item "Noun: period" is told with its noun."""
    sides = []
    for text in (before, after):
        item = block(text, ("Privacy", heading), BlockKind.LIST_ITEM)
        sides.append(document([block(FILLER[0]), item, block(FILLER[1])], language))
    change = compare(sides[0], sides[1]).changes[0]
    assert subject in change.summary
    assert "8 months" in change.summary
    assert change.direction == "worse"


def test_a_sentence_with_a_colon_has_no_label() -> None:
    """What stands before the colon of a sentence is no subject of a period."""
    before = "Please note that we do this for the following two important reasons: we keep your letters for 14 days."
    change = gravest(before, before.replace("14 days", "8 months"), "Storage periods", "en")
    assert "Please note" not in change.summary


_NAMES = [
    ("en", "Controller", "Alderbrook Press Ltd, 4 Mill Lane, Hexham", "Alderbrook Media plc, 4 Mill Lane, Hexham"),
    ("de", "Verantwortlicher", "Weidenau Verlag GmbH, Am Bach 3, Kassel", "Weidenau Medien SE, Am Bach 3, Kassel"),
]


@pytest.mark.parametrize(("language", "heading", "before", "after"), _NAMES)
def test_a_contact_is_told_by_its_whole_name(language: str, heading: str, before: str, after: str) -> None:
    """Words that two names share are no reason to cut both."""
    change = gravest(before, after, heading, language)
    assert before.partition(",")[0] in change.summary
    assert after.partition(",")[0] in change.summary


_SENSITIVE = [
    ("en", "Data we collect", "At the gate we ask for a ticket.", "At the gate we ask for a facial scan.", "facial"),
    (
        "nl",
        "Gegevens die wij verzamelen",
        "Bij de poort vragen wij een kaartje.",
        "Bij de poort vragen wij een gezichtsscan.",
        "gezichtsscan",
    ),
    (
        "de",
        "Welche Daten wir erheben",
        "Am Tor erfassen wir eine Nummer.",
        "Am Tor erfassen wir einen Fingerabdruck.",
        "Fingerabdruck",
    ),
    (
        "fr",
        "Données collectées",
        "À l'entrée nous demandons un billet.",
        "À l'entrée nous demandons des données biométriques.",
        "biométriques",
    ),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "named"), _SENSITIVE)
def test_sensitive_data_are_named(language: str, heading: str, before: str, after: str, named: str) -> None:
    """The title says which sensitive data are new."""
    change = gravest(before, after, heading, language)
    assert change.severity == "high"
    assert named in change.summary


def _row(*cells: str) -> Block:
    """A row of a table of companies."""
    named = tuple(Cell(column, cell) for column, cell in zip(("Company", "Service", "Country"), cells, strict=True))
    text = " | ".join(cells)
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return Block(BlockKind.TABLE_ROW, text, ("Suppliers",), key, cells=named)


def test_a_new_recipient_is_told_once() -> None:
    """Prose that only names a company whose row is new says so, and is no second new recipient."""
    below = "The agents of {} only see the tickets that we hand on to them."
    sides = []
    for name, place in (("Kestrel Desk Ltd", "Ireland"), ("Wren Support GmbH", "Germany")):
        rows = [_row("Heron Hosting B.V.", "Hosting", "Netherlands"), _row(name, "Second-line support", place)]
        sides.append(document([block(FILLER[0]), *rows, block(below.format(name), ("Suppliers",))], "en"))
    told = [change.rules[0] for change in compare(sides[0], sides[1]).changes if change.severity == "high"]
    assert told == ["recipient.added"]
