"""The trained judge: silent on wordings of one meaning, never silent on what carries meaning."""

from __future__ import annotations

import hashlib
import math

import pytest

from storage.model import Block, BlockKind, Comparison, Document
from watcher.differ import compare
from watcher.differ.doubt import load_weights
from watcher.differ.stems import stem
from watcher.differ.wordings import load_wordings

_AROUND = {
    "en": ("The board meets in the old mill.", "Visitors leave their coats at the desk."),
    "nl": ("Het bestuur vergadert in de oude molen.", "Bezoekers hangen hun jas bij de balie."),
    "de": ("Der Vorstand tagt in der alten Mühle.", "Gäste geben ihren Mantel am Tresen ab."),
    "fr": ("Le bureau se réunit dans le vieux moulin.", "Les hôtes laissent leur manteau au comptoir."),
}


def _document(text: str, language: str) -> Document:
    first, last = _AROUND[language]
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, part, ("Notice",), hashlib.blake2b(part.encode(), digest_size=8).hexdigest())
        for part in (first, text, last)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document("Notice", language, None, None, blocks, digest, "test")


def _compare(language: str, before: str, after: str) -> Comparison:
    return compare(_document(before, language), _document(after, language))


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "en",
            "Tickets are kept for two years, because the auditors oblige us to do so.",
            "Tickets are retained for two years, as the auditors require us to do so.",
        ),
        (
            "en",
            "Once you wish to examine the file, you are entitled to contact the archive in the mill.",
            "If you wish to inspect the file, you have the right to get in touch with the archive in the mill.",
        ),
        (
            "nl",
            "Wij geven de lijst door aan de drukker, teneinde de kaarten te verzenden.",
            "De lijst wordt doorgegeven aan de drukker om de kaarten te versturen.",
        ),
        (
            "de",
            "Wir bewahren die Karteikarten in einem Schrank auf und löschen sie umgehend.",
            "Die Karteikarten werden von uns in einem Schrank gespeichert und unverzüglich entfernt.",
        ),
        (
            "fr",
            "Nous effaçons les fiches dès que vous souhaitez quitter le club.",
            "Les fiches sont supprimées lorsque vous voulez quitter le club.",
        ),
    ],
)
def test_a_reworded_sentence_is_no_change_of_meaning(language: str, before: str, after: str) -> None:
    """Synonyms, passive voice, verbs that come apart and filler words make a change of form, in each language."""
    comparison = _compare(language, before, after)
    assert comparison.verdict == "editorial", [change.rules for change in comparison.changes]
    assert comparison.changes, "a change of form is still listed"


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "We keep the tickets in a locked cupboard.", "We burn the tickets in a locked cupboard."),
        (
            "en",
            "The auditors see the name and the ticket.",
            "The auditors see the name, the ticket and the fingerprint.",
        ),
        ("en", "The club stores the file in Portugal.", "The club stores the file in Canada."),
        ("en", "The statutes prevail over the leaflet.", "The leaflet prevails over the leaflet and the statutes."),
        ("en", "Members may see the file once a year.", "Members see the file."),
        ("nl", "De club verkoopt de lijst niet aan derden.", "De club verkoopt de lijst aan derden."),
        ("nl", "De drukker ontvangt uw naam.", "De drukker ontvangt uw naam en de kleur van uw huis."),
        ("de", "Der Drucker erhält die Karteikarte.", "Der Drucker erhält die Gesundheitskarte."),
        ("fr", "Le club garde la fiche deux ans.", "Le club garde la fiche trois ans."),
        ("fr", "La fiche reste au club.", "La fiche reste au club. Une copie part chez le voisin du trésorier."),
    ],
)
def test_what_carries_meaning_is_told(language: str, before: str, after: str) -> None:
    """Another word, one more thing, a place, a swap, a negation, a period or a new sentence are told."""
    assert _compare(language, before, after).verdict == "material"


def test_words_that_stand_twice_are_a_slip() -> None:
    """A run of words repeated at once says nothing more than the run; the same words elsewhere do."""
    assert _compare("en", "Please write us write us a letter.", "Please write us a letter.").verdict == "editorial"
    assert _compare("en", "Send fees and forms.", "Send fees and forms of fees.").verdict == "material"


def test_own_name_before_a_term_is_no_news() -> None:
    """A name that stands throughout may stand before a defined term or not; one that is seldom named may not."""
    often = " ".join("Brightmill answers within a day." for _ in range(12))
    before, after = "The records of the Brightmill Library are open.", "The records of the Library are open."
    assert _compare("en", f"{often} {before}", f"{often} {after}").verdict == "editorial"
    assert _compare("en", before, after).verdict == "material"


def test_weights_are_plain_numbers_by_name() -> None:
    """The weights that ship are finite, carry the name of a feature each, and ask for a likelihood between 0 and 1."""
    weights = load_weights()
    assert 0.0 < weights.threshold < 1.0
    assert len(weights.of) > 20
    assert all(name and math.isfinite(value) and abs(value) < 10 for name, value in weights.of.items())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("stored", "stores", "storing", "store")),
        ("nl", ("bewaren", "bewaart", "bewaard", "bewaarde")),
        ("nl", ("verstrekken", "verstrekt", "verstrekking")),
        ("de", ("speichern", "speichert", "gespeichert", "speicherung")),
        ("fr", ("conserver", "conservons", "conservees", "conservation")),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, words: tuple[str, ...]) -> None:
    """Verb forms, participles and the noun of a verb come to one stem."""
    assert len({stem(word, language) for word in words}) == 1


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr"])
def test_no_word_of_weight_falls_away(language: str) -> None:
    """No wording with a negation, a limit, a word of consent or of sale is called one that may come and go."""
    wordings = load_wordings(language)
    assert not [mark for mark in wordings.critical if wordings.marks.get(mark) == ""]
    assert wordings.form(["30"])
    assert wordings.form(["4711"])
