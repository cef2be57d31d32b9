"""Wordings of one meaning have one form; whatever carries meaning keeps them apart."""

from __future__ import annotations

import pytest

from watcher.differ.canonical import same_form
from watcher.differ.lexicon import load_lexicon


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "We obtain personal data prior to the visit.", "We get personal information before the visits."),
        ("en", "Clause 4.2 (Order of Papers) applies.", "Clause 4.3 (The New Order of Papers) applies."),
        ("en", "Send the form (PDF, 2 MB, EN) to us.", "Send the form (PDF, 3 MB, FR) to us."),
        ("en", "Write to (mailto:dpo@vendor.example) or call.", "Write to dpo@vendor.example or call."),
        ("fr", "Les trajets de la plateforme", "Les courses de la plateforme"),
    ],
)
def test_equal_meanings_have_one_form(language: str, before: str, after: str) -> None:
    """Synonyms, inflections, titles behind clause numbers and notes on files do not show."""
    assert same_form(before, after, load_lexicon(language))


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "We do share your data.", "We do not share your data."),
        ("en", "We may share your data.", "We must share your data."),
        ("en", "We keep it for 30 days.", "We keep it for 31 days."),
        ("en", "Ann sends data to Bob.", "Bob sends data to Ann."),
        ("en", "We delete the lawful copies.", "We delete the unlawful copies."),
        ("en", "Only staff see it.", "Staff see it."),
        ("en", "Write to mailto:dpo@vendor.example.", "Write to privacy@vendor.example."),
        ("nl", "Wij delen alle gegevens.", "Wij delen gegevens."),
        ("de", "Wir geben keine Daten weiter.", "Wir geben Daten weiter."),
        ("fr", "Nous ne vendons pas vos données.", "Nous vendons vos données."),
        ("en", "", ""),
    ],
)
def test_what_carries_meaning_keeps_two_wordings_apart(language: str, before: str, after: str) -> None:
    """Negation, duty, limits, numbers, names and their order stand in the form."""
    assert not same_form(before, after, load_lexicon(language))
