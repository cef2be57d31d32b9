"""Sentences that are reworded side by side: each is told by itself where each says something else than before."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Change
from watcher.differ import compare

PAIRS = {
    "en": ("We keep your invoices for {} days. We keep your log files for {} months.", "of invoices", "of log files"),
    "nl": (
        "Wij bewaren uw facturen {} dagen. Wij bewaren uw logbestanden {} maanden.",
        "of facturen",
        "of logbestanden",
    ),
    "de": ("Wir speichern Rechnungen {} Tage. Wir speichern Protokolle {} Monate.", "of Rechnungen", "of Protokolle"),
    "fr": (
        "Nous gardons vos factures {} jours. Nous gardons vos journaux {} mois.",
        "of factures",
        "of journaux",
    ),
}


def told(before: str, after: str, language: str = "en") -> list[Change]:
    """The changes between two documents that differ in one paragraph."""
    first, last = (block(text) for text in FILLER)
    old, new = (document([first, block(text), last], language) for text in (before, after))
    return list(compare(old, new).changes)


@pytest.mark.parametrize("language", PAIRS)
def test_neighbours_are_told_one_by_one(language: str) -> None:
    """Two periods that grow in two sentences of a paragraph are two changes, each with its own words."""
    text, *subjects = PAIRS[language]
    changes = told(text.format(30, 6), text.format(90, 12), language)
    assert len(changes) == 2
    for change, subject in zip(changes, subjects, strict=True):
        assert change.rules == ("retention.longer",)
        assert subject in change.summary
        assert len(change.facts) == 1
    assert len({change.summary for change in changes}) == 2


def test_sentences_that_only_together_say_something_stay_together() -> None:
    """Where sentences came or went beside the reworded one, the clause is told whole."""
    before = "We keep your invoices for 30 days. We then shred them."
    after = "We keep your invoices for 90 days."
    (change,) = told(before, after)
    assert (change.before, change.after) == (before, after)


def test_a_neighbour_of_form_alone_makes_no_second_change() -> None:
    """A sentence in which only a mark differs does not split the clause."""
    before = "We keep your invoices for 30 days. We keep log files, of course, for 6 months."
    after = "We keep your invoices for 90 days. We keep log files of course for 6 months."
    assert len(told(before, after)) == 1
