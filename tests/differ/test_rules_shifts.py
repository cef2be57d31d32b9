"""The direction of clauses that hangs on how they are built, in four languages and both ways round."""

from __future__ import annotations

from pathlib import Path

import pytest
from differ_samples import gravest

from watcher.differ.rules.wordlists import load_lists, rhythms

_ROWS = Path(__file__).with_name("shift_rows.txt")
_OPPOSITE = {"worse": "better", "better": "worse", "neutral": "neutral"}
# What stands behind each clause and stays: one paragraph is read, and not one that went beside one that came.
_REST = {
    "en": "The workshop in Groningen has a green door with a brass bell beside it.",
    "nl": "De werkplaats in Groningen heeft een groene deur met een koperen bel ernaast.",
    "de": "Die Werkstatt in Groningen hat eine grüne Tür mit einer Glocke aus Messing daneben.",
    "fr": "L'atelier de Groningue est derrière une porte verte qui porte une cloche en laiton.",
}


def _rows() -> list[tuple[str, str, str, str, str, str]]:
    """Each row as construction, language, heading, before, after, direction; exchanged too where that is asked."""
    found: list[tuple[str, str, str, str, str, str]] = []
    name, direction, turned = "", "", False
    for line in _ROWS.read_text("utf-8").splitlines():
        if line.startswith("## "):
            name, _, asked = line.removeprefix("## ").rpartition(": ")
            direction, turned = asked.split()[0], asked.endswith("turned")
        elif line and not line.startswith("#"):
            language, heading, before, after = line.split(" | ")
            found.append((name, language, heading, before, after, direction))
            if turned:
                found.append((f"{name}, turned", language, heading, after, before, _OPPOSITE[direction]))
    return found


@pytest.mark.parametrize(("name", "language", "heading", "before", "after", "direction"), _rows())
def test_a_construction_points_the_right_way(
    name: str, language: str, heading: str, before: str, after: str, direction: str
) -> None:
    """What a clause gives or takes is told for the reader as its construction says, whichever words it uses."""
    before, after = (f"{text} {_REST[language]}" for text in (before, after))
    change = gravest(before, after, heading, language)
    assert change.direction == direction, (name, change.severity, change.rules, change.summary)
    assert change.severity in {"high", "medium"}


# What looks like a turn and is none: the words stand there for another reason, or the loss is elsewhere.
_NO_TURN = [
    # The end of a need is no moment: deleting "as soon as no longer needed" is no deletion at once.
    (
        "en",
        "Retention",
        "We delete logs after 90 days.",
        "We delete logs as soon as they are no longer needed.",
        "worse",
    ),
    ("nl", "Bewaren", "Wij wissen logs na 90 dagen.", "Wij wissen logs zodra ze niet meer nodig zijn.", "worse"),
    # A backup that is kept does not undo that deletion at once stays.
    (
        "de",
        "Speicherdauer",
        "Scans werden sofort gelöscht, Protokolle nach 14 Tagen.",
        "Scans werden sofort gelöscht, Protokolle nach 7 Tagen.",
        "better",
    ),
    # "No longer than" is no word of length.
    (
        "en",
        "Retention",
        "We keep photos for no longer than 60 days.",
        "We keep photos for no longer than 20 days.",
        "better",
    ),
    ("fr", "Conservation", "Pas plus longtemps que 60 jours.", "Pas plus longtemps que 20 jours.", "better"),
    # What a reader could not do and now can is a gain, denial or not.
    (
        "fr",
        "Vos droits",
        "Vous ne pouvez pas exporter vos messages.",
        "Vous pouvez aussi exporter vos messages.",
        "better",
    ),
    ("de", "Ihre Rechte", "Sie können Nachrichten nicht löschen.", "Sie können auch Nachrichten löschen.", "better"),
    # A service that is kept longer for those who pay narrows no promise.
    (
        "en",
        "Advertising",
        "We show advertisements from our partners to all customers.",
        "We show advertisements from our partners to customers without a paid plan.",
        "any but worse",
    ),
    # A measure that is switched on by default is a gain, the opposite of tracking that is.
    (
        "nl",
        "Beveiliging",
        "Versleuteling is standaard uitgeschakeld.",
        "Versleuteling is standaard ingeschakeld.",
        "better",
    ),
    # Notice of at least so many days protects; keeping for at least so many does not.
    (
        "fr",
        "Modifications",
        "Nous vous prévenons au plus 30 jours à l'avance.",
        "Nous vous prévenons au moins 30 jours à l'avance.",
        "better",
    ),
    # Sharing on request only is less sharing.
    (
        "en",
        "Sharing",
        "We share your file with other clinics.",
        "We share your file with other clinics only on request.",
        "any but worse",
    ),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "direction"), _NO_TURN)
def test_words_of_a_turn_for_another_reason_turn_nothing(
    language: str, heading: str, before: str, after: str, direction: str
) -> None:
    """A word of a list counts only where the clause is built so that it says what the rule says."""
    change = gravest(f"{before} {_REST[language]}", f"{after} {_REST[language]}", heading, language)
    if direction == "any but worse":
        assert change.direction != "worse", (change.rules, change.summary)
    else:
        assert change.direction == direction, (change.rules, change.summary)


def test_faults_of_the_word_lists_would_be_named() -> None:
    """Every list has words in each language, and every term is one that can be found."""
    for name, table in load_lists().items():
        assert set(table) == {"en", "nl", "de", "fr"}, name
        assert all(term.strip() for terms in table.values() for term in terms), name


def test_bare_words_of_rhythm_are_read_in_days() -> None:
    """The word "weekly" is seven days in each language."""
    words = {
        "en": "wiped weekly",
        "nl": "wekelijks gewist",
        "de": "wöchentlich gelöscht",
        "fr": "effacement hebdomadaire",
    }
    assert {language: rhythms(text, language) for language, text in words.items()} == {key: [7.0] for key in words}
