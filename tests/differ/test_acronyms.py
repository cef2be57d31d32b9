"""Names that a document shortens."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Verdict
from watcher.differ import compare
from watcher.differ.acronyms import short_names, shortened


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("the Harbour Commissioner's Office (HCO) in Hull", "hco"),
        ("binnen de Westelijke Handelsruimte (WHR)", "whr"),
        ("des Nördlichen Wirtschaftsbundes (NWB)", "nwb"),
        ("la Chambre nationale des ports et des phares (« CNPP »)", "cnpp"),
        ('Shared Storage Clauses ("SSCs")', "sscs"),
    ],
)
def test_a_short_name_is_known_by_its_letters(text: str, short: str) -> None:
    """The letters stand for the words before the brackets, small words left out, in any of the languages."""
    assert list(short_names([text]).values()) == [short]
    assert shortened(text, short_names([text])).count(short) == 1


@pytest.mark.parametrize(
    "text", ["our supplier (ACME)", "the data (Data)", "see below (PDF)", "in Berlin (DE)", "a (AB"]
)
def test_other_brackets_are_no_short_names(text: str) -> None:
    """What stands in brackets and is not spelt by the words before is something else."""
    assert short_names([text]) == {}


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "en",
            "You may turn to the Harbour Commissioner's Office (HCO). The Harbour Commissioner's Office writes.",
            "You may turn to the Harbour Commissioner's Office (HCO). The HCO writes.",
        ),
        (
            "nl",
            "Wij bewaren alles binnen de Westelijke Handelsruimte.",
            "Wij bewaren alles binnen de Westelijke Handelsruimte (WHR).",
        ),
        (
            "de",
            "Der Nördliche Wirtschaftsbund (NWB) prüft das.",
            "Der NWB prüft das.",
        ),
        (
            "fr",
            "Vous pouvez saisir la Chambre nationale des ports et des phares.",
            "Vous pouvez saisir la Chambre nationale des ports et des phares (« CNPP »).",
        ),
    ],
)
def test_long_and_short_name_say_the_same(language: str, before: str, after: str) -> None:
    """A name that is put short, spelt out or given its short name is the same name."""
    old, new = (document([block(FILLER[0]), block(text), block(FILLER[1])], language) for text in (before, after))
    assert compare(old, new).verdict is Verdict.EDITORIAL
    assert compare(new, old).verdict is Verdict.EDITORIAL


def test_another_name_in_the_place_of_a_short_one_is_told() -> None:
    """Two bodies with short names are two bodies."""
    before = "The Harbour Data Authority (HDA) and the Coastal Data Board (CDB) exist. Complaints go to the HDA."
    after = "The Harbour Data Authority (HDA) and the Coastal Data Board (CDB) exist. Complaints go to the CDB."
    old, new = (document([block(FILLER[0]), block(text), block(FILLER[1])], "en") for text in (before, after))
    assert compare(old, new).verdict is Verdict.MATERIAL
