"""What was denied and is now said, and the other way: the exchanged wordings always tell the opposite."""

from __future__ import annotations

from dataclasses import replace

import pytest
from differ_samples import gravest

from bench.constructions import load
from storage.model import Direction, Severity

# Edits told the same way in both directions, at most: a denial that moves from one datum to another is a loss of the
# one whichever way it moves, and makes four of them.
_BOTH_WAYS = 10
_WORSE, _BETTER = Direction.WORSE, Direction.BETTER
# Language, heading, the wording that is better for the reader, the one that is worse.
_PAIRS = [
    ("nl", "Gegevens", "Wij verkopen uw adres niet.", "Wij kunnen uw adres verkopen; u kunt zich daartegen verzetten."),
    ("en", "Data", "We do not sell your address.", "We may sell your address; you can opt out at any time."),
    (
        "de",
        "Daten",
        "Wir verkaufen Ihre Anschrift nicht.",
        "Wir dürfen Ihre Anschrift verkaufen; Sie können dem widersprechen.",
    ),
    (
        "fr",
        "Données",
        "Nous ne vendons pas votre adresse.",
        "Nous pouvons vendre votre adresse ; vous pouvez vous y opposer.",
    ),
    ("nl", "Beveiliging", "Tekeningen zijn versleuteld.", "Tekeningen zijn niet versleuteld."),
    ("en", "Security", "Drawings are encrypted.", "Drawings are not encrypted."),
    ("de", "Sicherheit", "Zeichnungen sind verschlüsselt.", "Zeichnungen sind nicht verschlüsselt."),
    ("fr", "Sécurité", "Les dessins sont chiffrés.", "Les dessins ne sont pas chiffrés."),
    ("nl", "Hulp", "De zoekhulp werkt op uw telefoon.", "De zoekhulp werkt op de servers van Iepenveld."),
    ("en", "Help", "The search aid runs on your phone.", "The search aid runs on the servers of Elmfield."),
    ("de", "Hilfe", "Die Suchhilfe läuft auf Ihrem Telefon.", "Die Suchhilfe läuft auf den Servern von Ulmenfeld."),
    ("fr", "Aide", "L'aide tourne sur votre téléphone.", "L'aide tourne sur les serveurs d'Ormeval."),
    (
        "nl",
        "Overname",
        "Bij een overname informeren wij u voordat uw dossier overgaat.",
        "Bij een overname informeren wij u nadat de overdracht heeft plaatsgevonden.",
    ),
    (
        "en",
        "Sale of the firm",
        "If we are bought, we notify you before your file passes on.",
        "If we are bought, we notify you once the transfer has been completed.",
    ),
    (
        "de",
        "Verkauf der Firma",
        "Bei einem Verkauf benachrichtigen wir Sie, bevor Ihre Akte übergeht.",
        "Bei einem Verkauf benachrichtigen wir Sie, sobald die Übertragung abgeschlossen ist.",
    ),
    (
        "fr",
        "Cession",
        "En cas de cession, nous vous informons avant de remettre votre dossier.",
        "En cas de cession, nous vous informons une fois le transfert achevé.",
    ),
]


@pytest.mark.parametrize(("language", "heading", "good", "bad"), _PAIRS)
def test_what_is_no_longer_denied_points_the_other_way(language: str, heading: str, good: str, bad: str) -> None:
    """The worse wording in the place of the better one is a loss, and the better one in its place a gain."""
    assert gravest(good, bad, heading, language).direction is _WORSE
    assert gravest(bad, good, heading, language).direction is _BETTER


@pytest.mark.parametrize(
    ("language", "was", "now"),
    [
        ("nl", "Stuur een verzoek naar post@iepenveld.example.", "Stuur een verzoek naar dpo@iepenveld.example."),
        ("en", "Send a request to post@elmfield.example.", "Send a request to dpo@elmfield.example."),
        (
            "de",
            "Senden Sie einen Antrag an post@ulmenfeld.example.",
            "Senden Sie einen Antrag an dpo@ulmenfeld.example.",
        ),
        ("fr", "Envoyez une demande à post@ormeval.example.", "Envoyez une demande à dpo@ormeval.example."),
    ],
)
def test_the_name_of_a_mailbox_appoints_nobody(language: str, was: str, now: str) -> None:
    """Another mailbox is another address, whatever it is called."""
    assert gravest(was, now, "Contact", language).direction is Direction.NEUTRAL


_NEUTRAL_PAIRS = [
    ("nl", "Wij gebruiken uw adres om belasting in Canada te berekenen.", "btw in de EU"),
    ("en", "We use your address to work out tax in Canada.", "VAT in the EU"),
    ("de", "Wir nutzen Ihre Anschrift, um Steuern in Kanada zu berechnen.", "Mehrwertsteuer in der EU"),
    ("fr", "Nous utilisons votre adresse pour calculer les taxes au Canada.", "TVA dans l'Union européenne"),
]
_BY_USE = {
    "nl": "Uw verder gebruik van de dienst betekent dat u met de nieuwe tekst akkoord gaat.",
    "en": "Your continued use of the service means that you accept the new text.",
    "de": "Die weitere Nutzung des Dienstes bedeutet Ihre Zustimmung zum neuen Text.",
    "fr": "Continuer à utiliser le service vaut accord de votre part sur le nouveau texte.",
}


@pytest.mark.parametrize(("language", "sentence", "more"), _NEUTRAL_PAIRS)
def test_a_tax_in_europe_keeps_no_data_there(language: str, sentence: str, more: str) -> None:
    """A tax or a person in a region is no promise that data stay in it."""
    change = gravest(sentence, f"{sentence[:-1]}, {more}.", "Data", language)
    assert change.direction is not _BETTER
    assert "guard.new" not in change.rules


@pytest.mark.parametrize("language", _BY_USE)
def test_going_on_is_no_consent_that_is_asked(language: str) -> None:
    """An agreement that is read from using the service is a loss where it comes and a gain where it goes."""
    assert gravest(None, _BY_USE[language], "Changes", language).direction is _WORSE
    assert gravest(_BY_USE[language], None, "Changes", language).direction is not _WORSE


@pytest.mark.long
def test_exchanged_wordings_are_not_both_worse() -> None:
    """Of the seen constructions hardly any is told as a loss, or as a gain, in both directions."""
    faults = []
    for edit in load("seen"):
        ways = [one.compared() for one in (edit, replace(edit, before=edit.after, after=edit.before))]
        told = [next((one for one in way.changes if one.severity is not Severity.INFO), None) for way in ways]
        directions = {one.direction if one else Direction.NEUTRAL for one in told}
        if len(directions) == 1 and directions != {Direction.NEUTRAL}:
            faults.append((edit.construction, edit.language))
    assert len(faults) <= _BOTH_WAYS, faults
