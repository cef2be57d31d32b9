"""A sentence that left its paragraph and stands in another says what it said; one that is gone, or new, is told."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Change, ChangeKind, Severity
from watcher.differ import compare
from watcher.differ.align import Match
from watcher.differ.pieces import cut
from watcher.differ.resettled import resettle

KEPT = {
    "nl": "Wij bewaren de foto's in een afgesloten kast op ons kantoor.",
    "en": "We keep the photographs in a locked cupboard at our office.",
    "de": "Wir bewahren die Fotos in einem verschlossenen Schrank in unserem Büro auf.",
    "fr": "Nous gardons les photos dans une armoire fermée à notre bureau.",
}
LEFT = {
    "nl": "U kunt op elk moment bezwaar maken bij het secretariaat van de vereniging.",
    "en": "You may object at any time by writing to the secretary of the society.",
    "de": "Sie können jederzeit beim Sekretariat des Vereins Widerspruch einlegen.",
    "fr": "Vous pouvez vous opposer à tout moment en écrivant au secrétariat de l'association.",
}
OTHER = {
    "nl": "De tentoonstelling duurt tot het einde van de zomer.",
    "en": "The exhibition is open until the end of the summer.",
    "de": "Die Ausstellung dauert bis zum Ende des Sommers.",
    "fr": "L'exposition dure jusqu'à la fin de l'été.",
}
NEW = {
    "nl": "Wij delen de foto's met de drukker van ons jaarboek.",
    "en": "We share the photographs with the printer of our yearbook.",
    "de": "Wir geben die Fotos an die Druckerei unseres Jahrbuchs weiter.",
    "fr": "Nous communiquons les photos à l'imprimeur de notre annuaire.",
}


def _told(before: list[str], after: list[str], language: str) -> list[Change]:
    """What is told of paragraphs that became others."""
    old, new = (document([block(text) for text in (*texts, *FILLER)], language) for texts in (before, after))
    return [one for one in compare(old, new).changes if one.severity is not Severity.INFO]


@pytest.mark.parametrize("language", KEPT)
def test_a_sentence_that_went_to_another_paragraph_is_quiet(language: str) -> None:
    """From the end of one to the beginning of another; the right in it is neither gone nor new."""
    kept, left, other = KEPT[language], LEFT[language], OTHER[language]
    assert _told([f"{kept} {left}", other], [kept, f"{left} {other}"], language) == []
    assert _told([kept, f"{left} {other}"], [f"{kept} {left}", other], language) == []


@pytest.mark.parametrize("language", KEPT)
def test_only_what_is_new_beside_it_is_told(language: str) -> None:
    """Of the paragraph that took it in, the new sentence is the change, word for word."""
    kept, left, new = KEPT[language], LEFT[language], NEW[language]
    told = _told([f"{kept} {left}", OTHER[language]], [kept, f"{left} {new}", OTHER[language]], language)
    assert [(one.kind, one.before, one.after) for one in told] == [(ChangeKind.ADDED, None, new)]


@pytest.mark.parametrize("language", KEPT)
def test_a_sentence_that_stands_nowhere_else_is_told(language: str) -> None:
    """The same split, without the sentence."""
    kept, left, other = KEPT[language], LEFT[language], OTHER[language]
    told = _told([f"{kept} {left}", other], [kept, other], language)
    assert [left in (one.before or "") and left not in (one.after or "") for one in told] == [True]


def test_a_sentence_that_points_back_stays_with_what_it_points_to() -> None:
    """Who "they" are is another matter in another paragraph: neither it nor the one before it is taken for moved."""
    first, second = "We use printers and binders for the yearbook.", "We use guards and cleaners for the hall."
    they = "They receive the names of all members each month."
    old, new = ([block(text) for text in texts] for texts in ([f"{first} {they}", second], [second, f"{first} {they}"]))
    pieces = cut([Match(ChangeKind.REMOVED, (0,), ()), Match(ChangeKind.ADDED, (), (1,))], old, new, "en")
    assert resettle(pieces, "en") == pieces
