"""A sentence that lawyers only polished is no change; one that looks just as small and says something else is told."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Comparison, Verdict
from watcher.differ import compare


def _compared(language: str, before: str, after: str) -> Comparison:
    """The comparison of two documents that differ in one clause."""
    old, new = (
        document([block(FILLER[0]), block(text, ("Privacy", "A")), block(FILLER[1])], language)
        for text in (before, after)
    )
    return compare(old, new)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        # A prepositional phrase that leads: "with" and "without" keep what follows them.
        (
            "en",
            "We do not combine your readings with other sources without your consent.",
            "Without your consent, we do not combine your readings with other sources.",
        ),
        (
            "nl",
            "Wij combineren uw metingen niet met andere bronnen zonder uw toestemming.",
            "Zonder uw toestemming combineren wij uw metingen niet met andere bronnen.",
        ),
        # The doer of a passive goes unsaid, and what has a number says so elsewhere.
        (
            "en",
            "After the lease ends, we will erase all meter readings within 20 days.",
            "All meter readings will be erased within 20 days after the lease ends.",
        ),
        # Two sentences become one.
        (
            "de",
            "Wir können diese Hinweise ändern. Darüber informieren wir Sie 14 Tage im Voraus per Brief.",
            "Wir können diese Hinweise ändern und informieren Sie darüber 14 Tage im Voraus per Brief.",
        ),
        # A purpose as a noun and as a verb.
        (
            "de",
            "Zum Schutz der Werkstatt ergreifen wir angemessene Maßnahmen.",
            "Wir ergreifen angemessene Maßnahmen, um die Werkstatt zu schützen.",
        ),
    ],
)
def test_polish_is_not_told(language: str, before: str, after: str) -> None:
    """The comparison is editorial, forwards and backwards."""
    assert _compared(language, before, after).verdict is Verdict.EDITORIAL
    assert _compared(language, after, before).verdict is Verdict.EDITORIAL


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        # What "with" and "without" stand before changed places.
        (
            "en",
            "We work with couriers and without advertisers.",
            "We work with advertisers and without couriers.",
        ),
        (
            "nl",
            "Wij werken met koeriers en zonder adverteerders.",
            "Wij werken met adverteerders en zonder koeriers.",
        ),
        # "And" became "or" in what must be met.
        (
            "de",
            "Eine Veröffentlichung setzt Ihre Zustimmung und eine Prüfung voraus.",
            "Eine Veröffentlichung setzt Ihre Zustimmung oder eine Prüfung voraus.",
        ),
        (
            "fr",
            "La publication demande votre accord et une vérification.",
            "La publication demande votre accord ou une vérification.",
        ),
        (
            "nl",
            "Publicatie vraagt uw toestemming en een controle.",
            "Publicatie vraagt uw toestemming of een controle.",
        ),
        # Who does it to whom.
        (
            "de",
            "Der Kunde darf den Lieferanten prüfen.",
            "Der Lieferant darf den Kunden prüfen.",
        ),
        ("nl", "De klant mag de leverancier controleren.", "De leverancier mag de klant controleren."),
    ],
)
def test_what_looks_like_polish_is_told(language: str, before: str, after: str) -> None:
    """The comparison is material, forwards and backwards."""
    assert _compared(language, before, after).verdict is Verdict.MATERIAL
    assert _compared(language, after, before).verdict is Verdict.MATERIAL
