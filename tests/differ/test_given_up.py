"""What was denied and is now said, and the other way: the exchanged wordings always tell the opposite."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Direction

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
