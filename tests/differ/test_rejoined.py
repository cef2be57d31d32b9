"""A sentence that left its paragraph and was reworded is told beside its new wording, as one change."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Change, ChangeKind, Severity
from watcher.differ import compare

WAS = {
    "nl": "Bij een tweede te late teruggave wordt uw lenerspas voor drie maanden geblokkeerd.",
    "en": "If you bring a book back late a second time, your library card will be blocked for three months.",
    "de": "Wenn Sie ein Buch zum zweiten Mal zu spät abgeben, wird Ihr Ausweis für drei Monate gesperrt.",
    "fr": "Si vous rendez un livre en retard une deuxième fois, votre carte sera bloquée pendant trois mois.",
}
NOW = {
    "nl": "Bij een eerste te late teruggave wordt uw lenerspas voor zes maanden geblokkeerd.",
    "en": "If you bring a book back late a first time, your library card will be blocked for six months.",
    "de": "Wenn Sie ein Buch zum ersten Mal zu spät abgeben, wird Ihr Ausweis für sechs Monate gesperrt.",
    "fr": "Si vous rendez un livre en retard une première fois, votre carte sera bloquée pendant six mois.",
}
FINE = {
    "nl": "Het gemeentebestuur stelt elk jaar in het najaar de hoogte van het boetegeld vast.",
    "en": "The town council sets the height of the fines each year in the autumn.",
    "de": "Die Höhe der Gebühren legt der Stadtrat jedes Jahr im Herbst neu fest.",
    "fr": "Le conseil municipal fixe chaque année en automne le montant des amendes.",
}
HALL = {
    "nl": "De leeszaal is ook op zondagmiddag open voor wie rustig wil werken.",
    "en": "The reading room is open on Sunday afternoons too for whoever likes to work in silence.",
    "de": "Der Lesesaal ist auch am Sonntagnachmittag für alle offen, die still arbeiten möchten.",
    "fr": "La salle de lecture est ouverte aussi le dimanche après-midi pour qui veut travailler.",
}


def _told(before: list[str], after: list[str], language: str) -> list[Change]:
    """What is told of paragraphs that became others."""
    old, new = (document([block(text) for text in (*texts, *FILLER)], language) for texts in (before, after))
    return [one for one in compare(old, new).changes if one.severity is not Severity.INFO]


@pytest.mark.parametrize("language", WAS)
def test_a_reworded_sentence_that_went_elsewhere_is_one_change(language: str) -> None:
    """From the end of one paragraph to the end of another: neither a loss nor news, and nothing else is told."""
    was, now, fine, hall = WAS[language], NOW[language], FINE[language], HALL[language]
    told = _told([f"{fine} {was}", hall], [fine, f"{hall} {now}"], language)
    assert [(one.kind, one.before, one.after) for one in told] == [(ChangeKind.MODIFIED, was, now)]


@pytest.mark.parametrize("language", WAS)
def test_what_is_like_nothing_stays_a_loss_and_news(language: str) -> None:
    """A sentence on something else in the other paragraph is no new wording of the one that is gone."""
    was, fine, hall = WAS[language], FINE[language], HALL[language]
    told = _told([was, FILLER[0]], [FILLER[0], f"{fine} {hall}"], language)
    assert all(one.before is None or one.after is None for one in told)
    assert any(was in (one.before or "") for one in told)


def test_two_that_are_as_like_are_left_alone() -> None:
    """Which of two equal rewordings is meant cannot be known: nothing is paired."""
    was, now, fine, hall = WAS["en"], NOW["en"], FINE["en"], HALL["en"]
    told = _told([f"{fine} {was}", hall, OTHER], [fine, f"{hall} {now}", f"{OTHER} {now}"], "en")
    assert not any(one.before == was and one.after == now for one in told)


OTHER = "The reading group meets in the cellar on the last Thursday of the month at eight."
