"""Equal words in another order: the same, or something else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Cell, Verdict
from watcher.differ import compare

_OTHER = [
    ("en", "The supplier indemnifies the customer.", "The customer indemnifies the supplier."),
    ("nl", "De leverancier vrijwaart de klant.", "De klant vrijwaart de leverancier."),
    ("de", "Der Anbieter haftet dem Kunden.", "Der Kunde haftet dem Anbieter."),
    ("fr", "Le prestataire indemnise le client.", "Le client indemnise le prestataire."),
    ("en", "We bear the costs of the audit, not you.", "You bear the costs of the audit, not we."),
    ("nl", "Wij dragen de kosten van de audit, niet u.", "U draagt de kosten van de audit, niet wij."),
    ("de", "Wir tragen die Kosten der Prüfung, nicht Sie.", "Sie tragen die Kosten der Prüfung, nicht wir."),
    ("fr", "Nous payons les frais de l'audit, pas vous.", "Vous payez les frais de l'audit, pas nous."),
    ("en", "You decide who sees your profile.", "We decide who sees your profile."),
    ("nl", "U bepaalt wie het profiel ziet.", "Wij bepalen wie het profiel ziet."),
    ("de", "Sie bestimmen, wer das Profil sieht.", "Wir bestimmen, wer das Profil sieht."),
    ("fr", "Vous décidez qui voit le profil.", "Nous décidons qui voit le profil."),
    (
        "en",
        "We share addresses with couriers but not with advertisers.",
        "We share addresses with advertisers but not with couriers.",
    ),
    (
        "nl",
        "Wij delen adressen met koeriers maar niet met adverteerders.",
        "Wij delen adressen met adverteerders maar niet met koeriers.",
    ),
    (
        "de",
        "Wir geben Adressen an Kuriere, aber nicht an Werbetreibende.",
        "Wir geben Adressen an Werbetreibende, aber nicht an Kuriere.",
    ),
    (
        "fr",
        "Nous donnons les adresses aux coursiers mais pas aux annonceurs.",
        "Nous donnons les adresses aux annonceurs mais pas aux coursiers.",
    ),
    ("en", "We store names. We do not store addresses.", "We do not store names. We store addresses."),
    ("nl", "Wij bewaren namen. Wij bewaren geen adressen.", "Wij bewaren geen namen. Wij bewaren adressen."),
    ("de", "Wir speichern Namen. Wir speichern keine Adressen.", "Wir speichern keine Namen. Wir speichern Adressen."),
    (
        "fr",
        "Nous stockons les noms. Nous ne stockons pas les adresses.",
        "Nous ne stockons pas les noms. Nous stockons les adresses.",
    ),
    ("en", "The assistant is switched off. You may turn it on.", "The assistant is switched on. You may turn it off."),
    ("nl", "De assistent staat uit. U kunt hem aanzetten.", "De assistent staat aan. U kunt hem uitzetten."),
    (
        "de",
        "Der Assistent ist ausgeschaltet. Sie können ihn einschalten.",
        "Der Assistent ist eingeschaltet. Sie können ihn ausschalten.",
    ),
    (
        "fr",
        "L'assistant est désactivé. Vous pouvez l'activer.",
        "L'assistant est activé. Vous pouvez le désactiver.",
    ),
    ("en", "You must pay a fine. We may refund it.", "You may pay a fine. We must refund it."),
    ("nl", "U moet betalen. Wij kunnen annuleren.", "U kunt betalen. Wij moeten annuleren."),
    ("de", "Sie müssen zahlen. Wir dürfen stornieren.", "Sie dürfen zahlen. Wir müssen stornieren."),
    ("fr", "L'abonné doit payer. Le vendeur peut annuler.", "L'abonné peut payer. Le vendeur doit annuler."),
    ("en", "Payments above 100 euros are checked.", "Payments below 100 euros are checked."),
    ("nl", "Betalingen boven 100 euro worden bekeken.", "Betalingen onder 100 euro worden bekeken."),
    ("de", "Zahlungen über 100 Euro werden geprüft.", "Zahlungen unter 100 Euro werden geprüft."),
    ("fr", "Les paiements de plus de 100 euros sont vérifiés.", "Les paiements de moins de 100 euros sont vérifiés."),
]
_SAME = [
    ("en", "If you agree, we call you about your order.", "We call you about your order if you agree."),
    ("nl", "Als u dat wilt, bellen wij u over uw bestelling.", "Wij bellen u over uw bestelling als u dat wilt."),
    ("de", "Nach der Kündigung löschen wir Ihr Profil.", "Wir löschen Ihr Profil nach der Kündigung."),
    ("fr", "Après la résiliation, nous effaçons votre profil.", "Nous effaçons votre profil après la résiliation."),
    ("nl", "Na afloop wist de leverancier het dossier.", "De leverancier wist het dossier na afloop."),
    ("de", "Nach Ablauf löscht der Anbieter die Akte.", "Der Anbieter löscht die Akte nach Ablauf."),
    ("en", "We store names, addresses and invoices.", "We store invoices, names and addresses."),
    ("nl", "Wij bewaren namen, adressen en facturen.", "Wij bewaren facturen, adressen en namen."),
    ("de", "Wir speichern Namen, Adressen und Rechnungen.", "Wir speichern Rechnungen, Adressen und Namen."),
    ("fr", "Nous stockons les noms, adresses et factures.", "Nous stockons les factures, noms et adresses."),
    ("fr", "Nous vendons les roues, les pneus et les selles.", "Nous vendons les selles, les roues et les pneus."),
    (
        "en",
        "Your coach sees the hours and the notes if you have linked your team.",
        "If you have linked your team, your coach sees the notes and the hours.",
    ),
    (
        "nl",
        "Wij sturen een bericht als u een jaar lang niet inlogt.",
        "Als u een jaar lang niet inlogt, sturen wij een bericht.",
    ),
    ("de", "Sie müssen den Beleg zeigen, wenn wir fragen.", "Wenn wir fragen, müssen Sie den Beleg zeigen."),
    ("fr", "Vous devez montrer le reçu si nous le demandons.", "Si nous le demandons, vous devez montrer le reçu."),
    ("nl", "U kunt uw profiel zien.", "Je kunt je profiel zien."),
    ("de", "Sie können Ihr Profil sehen.", "Du kannst dein Profil sehen."),
]


def _verdict(language: str, before: str, after: str) -> Verdict:
    """What the change of one paragraph between two others comes to."""
    old, new = (document([block(FILLER[0]), block(text), block(FILLER[1])], language) for text in (before, after))
    return compare(old, new).verdict


@pytest.mark.parametrize(("language", "before", "after"), _OTHER)
def test_words_given_to_others_are_told(language: str, before: str, after: str) -> None:
    """Who does it, to whom, and what a "not" belongs to: both ways round a change of meaning."""
    assert _verdict(language, before, after) is Verdict.MATERIAL
    assert _verdict(language, after, before) is Verdict.MATERIAL


@pytest.mark.parametrize(("language", "before", "after"), _SAME)
def test_a_sentence_turned_round_is_editorial(language: str, before: str, after: str) -> None:
    """What stands first may stand last, items may change places, and the reader be called otherwise."""
    assert _verdict(language, before, after) is Verdict.EDITORIAL
    assert _verdict(language, after, before) is Verdict.EDITORIAL


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "A backup takes 2.5 hours at most.", "A backup takes 25 hours at most."),
        ("nl", "De toeslag is 1,5 procent.", "De toeslag is 15 procent."),
        ("de", "Der Zuschlag beträgt 1,5 Prozent.", "Der Zuschlag beträgt 15 Prozent."),
        ("fr", "Un extrait coûte 12 €.", "Un extrait coûte 12 $."),
        ("en", "The service is there > 98 % of the time.", "The service is there < 98 % of the time."),
        ("en", "Files travel over SFTP only.", "Files travel over FTP only."),
        ("en", "The licensee answers for the damage.", "The licensor answers for the damage."),
        ("en", "Sound recording is off until you turn it on.", "Sound recording is on until you turn it off."),
        ("en", "You and we may stop this at any time.", "We may stop this at any time."),
        ("de", "Wir und Sie können das jederzeit beenden.", "Wir können das jederzeit beenden."),
        ("nl", "Wij sluiten het dossier als u betaalt en tekent.", "Wij sluiten het dossier als u betaalt of tekent."),
        ("en", "Wendmoor repairs the roof for the tenant.", "The tenant repairs the roof for Wendmoor."),
    ],
)
def test_small_marks_that_mean_much_are_told(language: str, before: str, after: str) -> None:
    """A decimal point, a sign, a letter of an acronym, an ending that names the other party."""
    assert _verdict(language, before, after) is Verdict.MATERIAL
    assert _verdict(language, after, before) is Verdict.MATERIAL


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "We keep 1,500 files of each member.", "We keep 1500 files of each member."),
        ("de", "Wir bewahren 1.500 Akten je Mitglied auf.", "Wir bewahren 1 500 Akten je Mitglied auf."),
        ("en", "You can turn the sound on or off.", "You can turn the sound off or on."),
        ("de", "Unsere Leser sehen das Archiv.", "Unsere Leser:innen sehen das Archiv."),
    ],
)
def test_other_ways_to_write_a_number_are_editorial(language: str, before: str, after: str) -> None:
    """Thousands may be parted or not, a pair may stand either way round, readers may be of any gender."""
    assert _verdict(language, before, after) is Verdict.EDITORIAL
    assert _verdict(language, after, before) is Verdict.EDITORIAL


def test_a_tick_in_a_table_is_told() -> None:
    """A cell that held a cross and now holds a tick says the contrary."""

    def row(sign: str) -> Block:
        cells = Cell("Plan", "Large"), Cell("Content trains models", sign)
        return replace(block(f"Large | {sign}", kind=BlockKind.TABLE_ROW), cells=cells)

    old, new = (document([block(FILLER[0]), row(sign), block(FILLER[1])], "en") for sign in "\u2717\u2713")
    assert compare(old, new).verdict is Verdict.MATERIAL
