"""A sentence that is set as a list below its lead-in, or a list that becomes a sentence, says what it said."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Document, Verdict
from watcher.differ import compare

PLACE = ("Privacy", "Rechten")
# The last sentence shares its small words with the lead-in.
LAST = {
    "nl": "Stuur je verzoek naar het bestuur; je krijgt dan binnen een maand antwoord.",
    "en": "Send your request to the board and you will have an answer within a month.",
    "de": "Richten Sie Ihre Anfrage an den Vorstand; Sie erhalten innerhalb eines Monats Antwort.",
    "fr": "Adressez votre demande au bureau ; vous aurez une réponse dans un délai d'un mois.",
}
LEAD = {
    "nl": "Je hebt recht op",
    "en": "You have the right to",
    "de": "Sie haben das Recht auf",
    "fr": "Vous avez un droit",
}
ITEMS = {
    "nl": ("inzage", "correctie", "verwijdering", "bezwaar"),
    "en": ("access", "correction", "erasure", "objection"),
    "de": ("Auskunft", "Berichtigung", "Löschung", "Widerspruch"),
    "fr": ("d'accès", "de rectification", "d'effacement", "d'opposition"),
}


def _page(language: str, *middle: Block) -> Document:
    """A page with these blocks in the middle."""
    return document([block(FILLER[0]), *middle, block(FILLER[1])], language)


def _prose(language: str) -> Document:
    """The rights in one sentence, with the last one behind it."""
    *some, last = ITEMS[language]
    join = {"nl": "en", "en": "and", "de": "und", "fr": "et"}[language]
    return _page(language, block(f"{LEAD[language]} {', '.join(some)} {join} {last}. {LAST[language]}", PLACE))


def _list(language: str, items: tuple[str, ...]) -> Document:
    """The rights as items."""
    listed = (block(item, PLACE, BlockKind.LIST_ITEM) for item in items)
    return _page(language, block(f"{LEAD[language]}:", PLACE), *listed, block(LAST[language], PLACE))


@pytest.mark.parametrize("language", ITEMS)
def test_the_same_rights_are_quiet_both_ways(language: str) -> None:
    """No right is told as gone or new, and the lead-in is no clause of its own."""
    prose, items = _prose(language), _list(language, ITEMS[language])
    assert [compare(prose, items).verdict, compare(items, prose).verdict] == [Verdict.EDITORIAL] * 2


@pytest.mark.parametrize("language", ITEMS)
def test_a_right_that_is_left_out_on_the_way_is_told(language: str) -> None:
    """The list has one right less than the sentence had."""
    comparison = compare(_prose(language), _list(language, ITEMS[language][:-1]))
    assert comparison.verdict is Verdict.MATERIAL
    assert ITEMS[language][-1].split("'")[-1] in " ".join(change.before or "" for change in comparison.changes)
