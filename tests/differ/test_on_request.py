"""What the reader still gets, but only on request, for a fee or from a weaker cipher; and what only looks like it."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import BlockKind, Direction, Severity, Topic
from watcher.differ import compare

# Language, heading, before, after; then the lead topic, the severity and what the title holds.
WORSE: dict[str, tuple[str, str, str, str, Topic, Severity, str]] = {
    "deletion that must be asked for": (
        *("de", "Nach dem Ende", "Nach dem Ende löscht der Verlag sämtliche Lesezeichen unwiderruflich."),
        *("Nach dem Ende löscht der Verlag die Lesezeichen auf Anfrage.", Topic.RETENTION, Severity.HIGH, "on request"),
    ),
    "deletion at the request of another": (
        *("en", "Deletion", "We erase the drawings when the pupil leaves."),
        *("We erase the drawings at the request of the school when the pupil leaves.",),
        *(Topic.RETENTION, Severity.HIGH, "only on request"),
    ),
    "a list that was published": (
        *("fr", "Sous-traitants", "La liste de nos sous-traitants est publiée sur cette page."),
        *(
            "La liste de nos sous-traitants est communiquée sur demande.",
            Topic.SUBPROCESSORS,
            Severity.MEDIUM,
            "who ask",
        ),
    ),
    "word of new parties": (
        *("nl", "Subverwerkers", "Wij informeren u over elke nieuwe subverwerker."),
        *(
            "Wij informeren u op verzoek over elke nieuwe subverwerker.",
            Topic.SUBPROCESSORS,
            Severity.MEDIUM,
            "who ask",
        ),
    ),
    "an export that now costs money": (
        *("en", "Export", "You may export your reading lists at any time."),
        *("You may export your reading lists at any time for a fee.", Topic.RIGHTS, Severity.HIGH, "costs money"),
    ),
    "a period on top of an event": (
        *("nl", "Bewaartermijnen", "Nieuwsbrief: tot uitschrijving."),
        *("Nieuwsbrief: tot 1 jaar na uitschrijving.", Topic.RETENTION, Severity.MEDIUM, "kept longer"),
    ),
    "a weaker protocol": (
        *("nl", "Beveiliging", "Alle verbindingen gebruiken TLS 1.3."),
        *("Alle verbindingen gebruiken TLS 1.2 of nieuwer.", Topic.SECURITY, Severity.HIGH, "TLS 1.3 -> TLS 1.2"),
    ),
    "back-ups in another country": (
        *("fr", "Sécurité", "Les sauvegardes sont conservées dans des centres de données en Belgique."),
        *("Les sauvegardes sont conservées dans des centres de données en Belgique et au Canada.",),
        *(Topic.TRANSFERS, Severity.HIGH, "Canada"),
    ),
    "suppliers on their own terms": (
        *("nl", "Wat wij nooit doen", "Leveranciers mogen uw tekeningen niet gebruiken om AI-modellen te trainen."),
        *("Leveranciers kunnen uw tekeningen met AI verwerken volgens hun eigen voorwaarden.",),
        *(Topic.AI, Severity.HIGH, ""),
    ),
    "a breach that no authority hears of in time": (
        *(
            "nl",
            "Bescherming",
            "Bij een lek met risico voor uw rechten bellen wij binnen 72 uur de toezichthouder en u.",
        ),
        *(
            "Bij een lek met risico voor uw rechten bellen wij de toezichthouder.",
            Topic.SECURITY,
            Severity.HIGH,
            "72 hours",
        ),
    ),
    "what is no longer ruled out": (
        *("fr", "Vos récits", "Vos récits ne sont ni analysés ni revendus."),
        *(
            "Vos récits peuvent être analysés pour améliorer le service.",
            Topic.SHARING,
            Severity.HIGH,
            "not to sell",
        ),
    ),
}


@pytest.mark.parametrize("case", WORSE.values(), ids=WORSE)
def test_less_is_told_as_less(case: tuple[str, str, str, str, Topic, Severity, str]) -> None:
    """Each is for the worse, led by its topic, with what changed in its title."""
    language, heading, before, after, topic, severity, says = case
    told = gravest(before, after, heading, language)
    assert (told.topics[0], told.severity, told.direction) == (topic, severity, Direction.WORSE), told
    assert says in told.summary


@pytest.mark.parametrize("case", WORSE.values(), ids=WORSE)
def test_the_other_way_round_is_no_loss(case: tuple[str, str, str, str, Topic, Severity, str]) -> None:
    """The same change backwards is never told as one for the worse."""
    language, heading, before, after, *_ = case
    assert gravest(after, before, heading, language).direction is not Direction.WORSE


def test_word_of_a_deletion_is_not_the_deletion() -> None:
    """A certificate that comes on request takes nothing from the deletion itself."""
    was = "Na dertig dagen wissen wij alles. Wij sturen een verklaring dat alles is gewist."
    now = "Na dertig dagen wissen wij alles. Op verzoek sturen wij een verklaring dat alles is gewist."
    told = gravest(was, now, "Na afloop", "nl")
    assert (told.severity, told.summary.count("deleted only")) == (Severity.MEDIUM, 0)


def test_a_line_of_a_list_has_the_topic_of_its_heading() -> None:
    """A short item without a term of its own is about what its list is about."""
    told = gravest("Logging op kritieke gebeurtenissen.", None, "Beveiligingsmaatregelen (samenvatting)", "nl")
    assert (told.topics[0], told.direction) == (Topic.SECURITY, Direction.WORSE)


def test_a_dash_and_an_abbreviation_less_are_nothing() -> None:
    """Another sign between the parts of a name, beside an abbreviation that goes."""
    was = "Transfers rest on Standard Contractual Clauses (SCCs), the UK Addendum and the EU-US Data Privacy Framework."
    now = "Transfers rest on Standard Contractual Clauses, the UK Addendum and the EU\u2013US Data Privacy Framework."
    assert gravest(was, now, "Transfers", "en").severity is Severity.INFO


def test_what_is_kept_is_not_the_part_of_the_document() -> None:
    """A heading on security names nothing that is kept; the back-ups of the sentence do."""
    was = "dagelijkse, versleutelde back-ups met een bewaartermijn van 30 dagen"
    told = gravest(was, was.replace("30", "90"), "Beveiliging", "nl")
    assert "back-ups: 30 days -> 90 days" in told.summary


@pytest.mark.parametrize(
    ("language", "heading", "before", "after"),
    [
        (
            *(
                "nl",
                "Plichten van de drukker",
                "De drukker schakelt alleen na schriftelijke toestemming hulpbedrijven in.",
            ),
            "De drukker mag hulpbedrijven inschakelen.",
        ),
        (
            *("en", "Sub-processors", "The printer shall not engage a sub-processor without the school's consent."),
            "The printer may engage sub-processors and remains liable for them.",
        ),
        (
            *("de", "Unterauftragnehmer", "Die Druckerei setzt Unterauftragnehmer nur nach Zustimmung der Schule ein."),
            "Die Druckerei darf Unterauftragnehmer einsetzen.",
        ),
        (
            *("fr", "Sous-traitance", "L'imprimeur ne recourt à un sous-traitant qu'après accord écrit de l'école."),
            "L'imprimeur peut recourir à des sous-traitants.",
        ),
    ],
)
def test_consent_to_processors_leads_with_them(language: str, heading: str, before: str, after: str) -> None:
    """Consent of the customer to each processor is no legal basis (GDPR, Article 28(2)); both ways are told."""
    lost, won = gravest(before, after, heading, language), gravest(after, before, heading, language)
    assert (lost.topics[0], lost.rules[0]) == (Topic.SUBPROCESSORS, "authorisation.dropped"), lost
    assert (won.topics[0], won.rules[0]) == (Topic.SUBPROCESSORS, "authorisation.asked"), won


def test_nothing_asked_is_no_consent_given_up() -> None:
    """A clause that allowed something without consent loses nothing with those words."""
    was = "Die Druckerei darf Unterauftragnehmer ohne Zustimmung einsetzen."
    told = gravest(was, was.replace(" ohne Zustimmung", ""), "Unterauftragnehmer", "de")
    assert told.direction is not Direction.WORSE


@pytest.mark.parametrize(
    ("language", "was", "now", "told"),
    [
        ("nl", "negentig dagen", "honderdtachtig dagen", "90 days -> 180 days"),
        ("de", "neunzig Tage", "hundertzwanzig Tage", "90 days -> 120 days"),
        ("en", "ninety days", "one hundred and eighty days", "90 days -> 180 days"),
        ("fr", "quatre-vingt-dix jours", "cent vingt jours", "90 days -> 120 days"),
    ],
)
def test_hundreds_in_words(language: str, was: str, now: str, told: str) -> None:
    """Numbers above one hundred are written out too."""
    sentence = {
        "nl": "Reservekopieën bewaren wij {}.",
        "de": "Sicherungskopien bewahren wir {} auf.",
        "en": "We keep back-up copies for {}.",
        "fr": "Nous conservons les copies de sauvegarde pendant {}.",
    }[language]
    assert told in gravest(sentence.format(was), sentence.format(now), "Back-up", language).summary


def test_what_is_kept_is_named_without_what_stands_in_brackets() -> None:
    """The noun before brackets and dashes, and no verb."""
    was = "Toetsresultaten (cijfers, rapporten, aanwezigheid) bewaren wij tot 2 jaar na vertrek."
    assert "of toetsresultaten: 2" in gravest(was, was.replace("2", "5"), "Hoe lang?", "nl").summary
    was = "Na vertrek wissen wij het dossier \u2014 adres en notities \u2014 binnen 12 maanden."
    assert "of dossier: 12" in gravest(was, was.replace("12", "24"), "Hoe lang?", "nl").summary


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "On-site audits are limited to once per year (unless a breach is suspected) and held in office hours.",
            "On-site audits are not permitted unless a supervisory authority requires them.",
        ),
        (
            "The printer shows its SOC 2 report on request. Additional audits may be conducted by the school.",
            "The printer shows its ISO 27001 certificate on request.",
        ),
    ],
)
def test_audits_that_end_are_told_as_a_loss(before: str, after: str) -> None:
    """Whatever is left beside them; the numbers of standards are no amounts."""
    told = gravest(before, after, "Audits", "en")
    assert (told.severity, told.direction, told.rules[0]) == (Severity.HIGH, Direction.WORSE, "audit.lost"), told


@pytest.mark.parametrize(
    ("language", "lead", "item"),
    [
        ("nl", "Voorbeeld gebruikt geen:", "Advertentiecookies"),
        ("en", "Example does not use:", "Advertising cookies"),
        ("de", "Beispiel verwendet keine:", "Werbe-Cookies"),
        ("fr", "Exemple n'utilise pas :", "De cookies publicitaires"),
    ],
)
def test_an_item_below_what_a_named_vendor_does_not_do_is_a_promise(language: str, lead: str, item: str) -> None:
    """The subject of the lead-in is a name, and no word that a lexicon knows."""
    path = ("Cookies",)
    kept = block("Flash cookies", path, BlockKind.LIST_ITEM)
    head = [block(FILLER[0]), block(lead, path)]
    old = document([*head, block(item, path, BlockKind.LIST_ITEM), kept, block(FILLER[1])], language)
    told = compare(old, document([*head, kept, block(FILLER[1])], language)).changes[0]
    assert (told.severity, told.direction) == (Severity.HIGH, Direction.WORSE), told


@pytest.mark.parametrize(
    ("language", "heading", "before", "after", "way"),
    [
        ("en", "What we share", "❌ Advertising partners", "✅ Advertising partners", Direction.WORSE),
        ("nl", "Wat delen wij?", "✗ Met adverteerders", "Met adverteerders", Direction.WORSE),
        (
            "de",
            "Sicherheit",
            "✅ Verschlüsselung der Festplatten",
            "❌ Verschlüsselung der Festplatten",
            Direction.WORSE,
        ),
        ("fr", "Partage", "✅ Partenaires publicitaires", "❌ Partenaires publicitaires", Direction.BETTER),
    ],
)
def test_a_cross_says_as_much_as_a_not(language: str, heading: str, before: str, after: str, way: Direction) -> None:
    """What a line opens with tells whether it is so."""
    told = gravest(before, after, heading, language)
    assert (told.rules[0], told.direction) == ("cross.turned", way), told


def test_a_tick_less_is_nothing() -> None:
    """A list that was ticked says the same without its ticks."""
    told = gravest("✅ Encryption at rest", "Encryption at rest", "Security", "en")
    assert told.severity is Severity.INFO


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("nl", "Onze site gebruikt geen cookies.", "Onze site gebruikt alleen functionele cookies."),
        ("en", "We do not use any cookies.", "We only use functional cookies."),
        ("de", "Wir verwenden keine Cookies.", "Wir verwenden nur technisch notwendige Cookies."),
        ("fr", "Nous n'utilisons aucun cookie.", "Nous utilisons uniquement des cookies techniques."),
    ],
)
def test_no_cookies_and_few_cookies(language: str, before: str, after: str) -> None:
    """Functional cookies alone are a loss where there were none, and their end is a gain."""
    assert gravest(before, after, "Cookies", language).rules[0] == "cookies.lost"
    assert gravest(after, before, "Cookies", language).rules[0] == "cookies.gained"


def test_consent_of_parents_leads_with_children() -> None:
    """It is no legal basis but what protects them."""
    was = "Kinderen onder de 16 jaar gebruiken de site alleen met toestemming van hun ouders."
    told = gravest(was, "Kinderen onder de 16 jaar mogen de site gebruiken.", "Kinderen", "nl")
    assert (told.topics[0], told.direction) == (Topic.CHILDREN, Direction.WORSE)


@pytest.mark.parametrize(
    ("language", "before", "after", "topic"),
    [
        (
            *("nl", "Wij verwerken geen gezondheidsgegevens."),
            *("Wij verwerken gezondheidsgegevens als u daarvoor toestemming geeft.", Topic.SENSITIVE_DATA),
        ),
        (
            *("de", "Wir verarbeiten grundsätzlich keine Gesundheitsdaten."),
            *("Mit Ihrer Einwilligung verarbeiten wir Gesundheitsdaten.", Topic.SENSITIVE_DATA),
        ),
        (
            *("fr", "Nous ne collectons aucune donnée de santé."),
            *("Nous collectons des données de santé avec votre consentement.", Topic.SENSITIVE_DATA),
        ),
        (
            *("en", "The app does not use the camera of your phone."),
            *("With your consent, the app uses the camera of your phone.", Topic.DATA_COLLECTED),
        ),
    ],
)
def test_data_never_taken_and_taken_with_consent(language: str, before: str, after: str, topic: Topic) -> None:
    """Consent makes it lawful, and no gain; the way back is one."""
    lost, won = gravest(before, after, "Data", language), gravest(after, before, "Data", language)
    assert (lost.topics[0], lost.severity, lost.direction) == (topic, Severity.HIGH, Direction.WORSE), lost
    assert "given up, with consent" in lost.summary
    assert won.direction is Direction.BETTER


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "We read your location when enabled.", "We read your location, also in the background."),
        ("nl", "De app leest uw locatie als u die opent.", "De app leest uw locatie ook op de achtergrond."),
    ],
)
def test_taking_in_the_background_is_intrusive(language: str, before: str, after: str) -> None:
    """Where the reader no longer sees it."""
    told = gravest(before, after, "App", language)
    assert (told.severity, told.direction, told.rules[0]) == (Severity.HIGH, Direction.WORSE, "collection.intrusive")
