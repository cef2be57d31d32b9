"""For whom a reworded sentence is good: every pair of wordings is told both ways round, in four languages."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Topic
from watcher.differ.rules.quantities import load_quantities
from watcher.differ.rules.signs import find_signs, load_signs, words_and_marks

# language, heading, what is better for the reader, what is worse
_PAIRS = [
    ("en", "Security", "All exports are encrypted on disk.", "All exports are kept on disk."),
    ("nl", "Beveiliging", "Alle exports worden versleuteld op schijf gezet.", "Alle exports worden op schijf gezet."),
    ("de", "Sicherheit", "Alle Exporte liegen verschlüsselt auf der Platte.", "Alle Exporte liegen auf der Platte."),
    ("fr", "Sécurité", "Les exports sont chiffrés sur le disque.", "Les exports sont gardés sur le disque."),
    ("en", "Security", "We always lock the archive room.", "We generally lock the archive room."),
    ("nl", "Beveiliging", "Wij sluiten het archief altijd af.", "Wij sluiten het archief doorgaans af."),
    ("de", "Sicherheit", "Das Archiv wird stets verschlossen.", "Das Archiv wird in der Regel verschlossen."),
    ("fr", "Sécurité", "Le local est toujours verrouillé.", "Le local est généralement verrouillé."),
    (
        "en",
        "Security",
        "An outside firm audits the workshop every year.",
        "An outside firm audits the workshop periodically.",
    ),
    ("nl", "Beveiliging", "De werkplaats krijgt jaarlijks een audit.", "De werkplaats krijgt periodiek een audit."),
    ("de", "Sicherheit", "Ein Audit findet jährlich statt.", "Ein Audit findet gelegentlich statt."),
    ("fr", "Sécurité", "Un audit a lieu chaque année.", "Un audit a lieu de temps à autre."),
    ("en", "Security", "We report a data breach within 12 hours.", "We report a data breach within 60 hours."),
    ("nl", "Beveiliging", "Een datalek melden wij binnen 12 uur.", "Een datalek melden wij binnen 60 uur."),
    (
        "de",
        "Sicherheit",
        "Eine Datenpanne melden wir binnen 12 Stunden.",
        "Eine Datenpanne melden wir binnen 60 Stunden.",
    ),
    (
        "fr",
        "Sécurité",
        "Toute violation est signalée dans les 12 heures.",
        "Toute violation est signalée dans les 60 heures.",
    ),
    ("en", "Your rights", "Requests are answered within 10 days.", "Requests are answered within 50 days."),
    ("nl", "Uw rechten", "Verzoeken beantwoorden wij binnen 10 dagen.", "Verzoeken beantwoorden wij binnen 50 dagen."),
    ("de", "Ihre Rechte", "Anfragen beantworten wir binnen 10 Tagen.", "Anfragen beantworten wir binnen 50 Tagen."),
    ("fr", "Vos droits", "Nous répondons aux demandes sous 10 jours.", "Nous répondons aux demandes sous 50 jours."),
    ("en", "Your rights", "A copy of your data is free of charge.", "A copy of your data costs a fee."),
    ("nl", "Uw rechten", "Een kopie van uw gegevens is kosteloos.", "Een kopie van uw gegevens kost u een vergoeding."),
    ("de", "Ihre Rechte", "Die Auskunft ist kostenlos.", "Die Auskunft kostet eine Gebühr."),
    ("fr", "Vos droits", "La copie de vos données est gratuite.", "La copie de vos données entraîne des frais."),
    ("en", "Marketing", "We send offers after you have given consent.", "We send offers until you object."),
    ("nl", "Reclame", "Aanbiedingen sturen wij na uw toestemming.", "Aanbiedingen sturen wij tot u bezwaar maakt."),
    ("de", "Werbung", "Angebote senden wir nach Ihrer Einwilligung.", "Angebote senden wir bis zu Ihrem Widerspruch."),
    (
        "fr",
        "Prospection",
        "Nous envoyons des offres avec votre consentement.",
        "Nous envoyons des offres sauf opposition.",
    ),
    ("en", "Sharing", "We never sell your address.", "We sell your address."),
    ("nl", "Delen", "Wij verkopen uw adres nooit.", "Wij verkopen uw adres."),
    ("de", "Weitergabe", "Wir verkaufen Ihre Anschrift nicht.", "Wir verkaufen Ihre Anschrift."),
    ("fr", "Partage", "Nous ne vendons jamais votre adresse.", "Nous vendons votre adresse."),
    (
        "en",
        "AI",
        "We do not use messages or drawings to train models.",
        "We do not use messages to train models.",
    ),
    (
        "nl",
        "AI",
        "Wij gebruiken geen berichten of tekeningen om modellen te trainen.",
        "Wij gebruiken geen berichten om modellen te trainen.",
    ),
    (
        "de",
        "KI",
        "Weder Nachrichten noch Zeichnungen werden zum Training von Sprachmodellen genutzt.",
        "Nachrichten werden nicht zum Training von Sprachmodellen genutzt.",
    ),
    (
        "fr",
        "IA",
        "Nous n'utilisons pas les messages ni les dessins pour entraîner des modèles.",
        "Nous n'utilisons pas les messages pour entraîner des modèles.",
    ),
    ("en", "Data we collect", "We collect your shortened IP address.", "We collect your full IP address."),
    ("nl", "Gegevens", "Wij verzamelen uw ingekorte IP-adres.", "Wij verzamelen uw volledige IP-adres."),
    ("de", "Welche Daten", "Wir erheben Ihre gekürzte IP-Adresse.", "Wir erheben Ihre vollständige IP-Adresse."),
    (
        "fr",
        "Données collectées",
        "Nous collectons votre adresse IP tronquée.",
        "Nous collectons votre adresse IP complète.",
    ),
    ("en", "Children", "Our shop is not meant for children under 16.", "Our shop is not meant for children under 12."),
    (
        "nl",
        "Kinderen",
        "Onze winkel is niet voor kinderen jonger dan 16.",
        "Onze winkel is niet voor kinderen jonger dan 12.",
    ),
    (
        "de",
        "Kinder",
        "Unser Laden ist nicht für Kinder unter 16 bestimmt.",
        "Unser Laden ist nicht für Kinder unter 12 bestimmt.",
    ),
    (
        "fr",
        "Enfants",
        "La boutique est interdite aux moins de 16 ans.",
        "La boutique est interdite aux moins de 12 ans.",
    ),
    (
        "en",
        "Retention",
        "Letters are kept for at most 90 days.",
        "Letters are kept for as long as necessary.",
    ),
    (
        "nl",
        "Bewaartermijnen",
        "Brieven bewaren wij hoogstens 90 dagen.",
        "Brieven bewaren wij zolang dat nodig is.",
    ),
    (
        "de",
        "Speicherdauer",
        "Briefe bewahren wir höchstens 90 Tage auf.",
        "Briefe bewahren wir auf, solange es nötig ist.",
    ),
    (
        "fr",
        "Durée de conservation",
        "Les lettres sont conservées au plus 90 jours.",
        "Les lettres sont conservées aussi longtemps que nécessaire.",
    ),
]
_NAMES = [f"{language}: {worse[:40]}" for language, _, _, worse in _PAIRS]


@pytest.mark.parametrize(("language", "heading", "better", "worse"), _PAIRS, ids=_NAMES)
def test_a_loss_is_worse_and_the_same_turned_round_is_better(
    language: str, heading: str, better: str, worse: str
) -> None:
    """The exchanged wordings give the opposite direction; no gain is ever grave."""
    lost, won = gravest(better, worse, heading, language), gravest(worse, better, heading, language)
    assert (lost.direction, won.direction) == ("worse", "better")
    assert lost.severity in {"high", "medium"}
    assert won.severity in {"medium", "low"}


@pytest.mark.parametrize(
    ("heading", "before", "after", "direction"),
    [
        ("Your rights", "You can object.", "You can only object by letter.", "worse"),
        ("Why we use data", "We use your number for repairs.", "We use your number only for repairs.", "better"),
        ("Changes", "We change this text.", "We change this text from time to time.", "neutral"),
        ("Retention", "We keep letters for 90 days.", "We only keep letters as long as necessary.", "worse"),
        ("Sharing", "We never share lists without your consent.", "We share lists.", "worse"),
    ],
)
def test_a_limit_is_good_or_bad_by_what_it_limits(heading: str, before: str, after: str, direction: str) -> None:
    """A limit on the vendor protects, one on a right costs; vague words weaken promises only."""
    assert gravest(before, after, heading, "en").direction == direction


def test_every_sign_has_words_of_every_language() -> None:
    """No sign is known in one language only, and none is listed twice under one name."""
    for name, (sign, terms) in load_signs().items():
        assert sign.name == name
        assert all(len(set(words)) == len(words) and words for words in terms.values()), name


def test_a_term_counts_where_a_word_begins() -> None:
    """The start of a word is enough unless the term asks for the whole word."""
    named = {hit.sign.name for hit in find_signs(words_and_marks("Encrypted and anonymised, on request."), "en")}
    assert {"encryption", "anonymous"} <= named
    assert not list(find_signs(words_and_marks("A social club, with isometric toys of resale shops."), "en"))


def test_quantities_name_topics_and_words() -> None:
    """Every kind of quantity says of what it is, where it counts and how sentences call it."""
    for kind in load_quantities():
        assert kind.of in {"period", "number", "both"}
        assert kind.within <= set(Topic)
        assert all(kind.words.values()), kind.name
