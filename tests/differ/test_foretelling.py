"""Changes that are told before they come: a promise that goes, comes, or stays in other words."""

from __future__ import annotations

import pytest
from differ_samples import gravest

_PROMISES = [
    ("en", "We announce every increase of our prices by e-mail, thirty days before it takes effect."),
    ("en", "You will be notified in advance when we amend this agreement."),
    ("nl", "Wij kondigen een verhoging van de prijzen een maand van tevoren aan."),
    ("nl", "U wordt vooraf geïnformeerd wanneer wij deze overeenkomst wijzigen."),
    ("de", "Über jede Erhöhung der Preise werden Sie im Voraus informiert."),
    ("de", "Wir teilen Ihnen Änderungen dieser Vereinbarung einen Monat vorher per Mitteilung mit."),
    ("fr", "Toute augmentation des tarifs vous est communiquée à l'avance par courriel."),
    ("fr", "Nous vous informons au préalable de toute modification du présent contrat."),
]
_OTHERS = [
    ("en", "We notify you before the parcel is handed over to the carrier."),
    ("nl", "Wij informeren u vooraf over de dag waarop de monteur langskomt."),
    ("de", "Wir informieren Sie vorab über den Tag der Lieferung."),
    ("fr", "Nous vous informons à l'avance du jour de la livraison."),
]


@pytest.mark.parametrize(("language", "text"), _PROMISES)
def test_a_notice_that_goes_is_grave(language: str, text: str) -> None:
    """A sentence by which changes are told in advance is a protection: its loss is grave, and about updates."""
    change = gravest(text, None, "Duration", language)
    assert "notice.dropped" in change.rules
    assert change.severity == "high"
    assert change.direction == "worse"
    assert "policy-updates" in change.topics


@pytest.mark.parametrize(("language", "text"), _PROMISES)
def test_a_notice_that_comes_is_better(language: str, text: str) -> None:
    """The same sentence, where it is new, is for the better; a stated period of notice is told as that."""
    change = gravest(None, text, "Duration", language)
    assert {"notice.promised", "notice.stated"} & set(change.rules)
    assert change.direction == "better"


@pytest.mark.parametrize(("language", "text"), _OTHERS)
def test_other_news_in_advance_is_no_notice(language: str, text: str) -> None:
    """To tell when somebody comes is not to tell of changes of terms."""
    for change in (gravest(text, None, "Delivery", language), gravest(None, text, "Delivery", language)):
        assert not {"notice.dropped", "notice.promised"} & set(change.rules)


def test_a_notice_in_other_words_stays() -> None:
    """A promise that is only put in other words neither went nor came."""
    was = "We announce every increase of our prices by e-mail, thirty days before it takes effect."
    now = "Every increase of our prices is announced by e-mail, thirty days before it takes effect."
    assert not {"notice.dropped", "notice.promised"} & set(gravest(was, now, "Duration", "en").rules)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your photos stay visible to your friends as long as they have not been deleted."),
        ("nl", "Uw foto's blijven zichtbaar voor vrienden zolang zij niet zijn verwijderd."),
        ("de", "Ihre Fotos bleiben für Freunde sichtbar, solange sie nicht gelöscht wurden."),
        ("fr", "Vos photos restent visibles pour vos amis tant qu'elles n'ont pas été supprimées."),
    ],
)
def test_what_is_not_deleted_promises_no_deletion(language: str, text: str) -> None:
    """A sentence that only says how long something has not been deleted is no promise to delete it."""
    before = f"We keep the photos that you send us. {text}"
    assert "deletion.dropped" not in gravest(before, "We keep the photos that you send us.", "Storage", language).rules
