"""Whole policies in four languages: every typed statement is read, and nothing else is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.model import Document, Fact, FactType
from watcher.differ.facts import find_facts
from watcher.extractor import extract, read_file

ENGLISH = """\
# Privacy Policy

Nordlicht Software Ltd ("Nordlicht", "we") is the controller of your personal data. Contact us at
privacy@nordlicht.example.

## What we collect

We collect information you provide first when you make a purchase, such as your name, email address, billing
address and payment details. We also collect usage data, IP address, and device identifiers.

- Account data: name, e-mail and password
- Support messages you send us
- Purchase history

## Retention

We keep your contacts, notes and documents until you delete your account. Server logs are deleted after 30 days.
Invoices are kept for 7 years because tax law requires it. Backups are overwritten within 35 days. Retention: we
keep account data for 24 months after closure.

We do not keep card numbers.

## International transfers

We do not transfer your personal data outside the European Economic Area. No data is sent to the United States.
If we ever transfer data to third countries, we will rely on the Standard Contractual Clauses.

We never share data with third parties in India.

## Sub-processor changes

We will give you at least 30 days' notice before we engage a new sub-processor. You may object within 14 days.
We notify you of a personal data breach within 48 hours.

We may change this policy; we will notify you by email 15 business days in advance.

## Your rights

You have the right to access, rectify and erase your data. You may complain to the Information Commissioner's
Office or your local supervisory authority. You can reply to any notice within 10 days.

This policy is governed by the laws of Scotland. The contract may be terminated with one month's notice.
"""
DUTCH = """\
# Privacyverklaring

Lichtpunt B.V. is verwerkingsverantwoordelijke. Mail naar privacy@lichtpunt.example.

## Welke gegevens

Wij verwerken uw naam, e-mailadres, telefoonnummer en aankoopgeschiedenis. Bij uw eerste aankoop vragen wij ook
om uw adres.

## Bewaartermijn

Wij bewaren uw contacten, notities en documenten zolang u een account heeft. Logbestanden worden na 30 dagen
verwijderd. Facturen bewaren wij zeven jaar vanwege de fiscale bewaarplicht. Sollicitatiebrieven worden vier
weken na afloop van de procedure vernietigd, of na een jaar als u daar toestemming voor geeft.

## Doorgifte

Wij geven uw gegevens niet door aan landen buiten de EER. Er worden geen gegevens naar de Verenigde Staten
gestuurd. Uw gegevens staan op servers in Duitsland. Mocht doorgifte nodig zijn, dan gebruiken wij de
modelcontractbepalingen.

## Wijzigingen

Nieuwe subverwerkers kondigen wij dertig dagen van tevoren aan. U kunt binnen 14 dagen bezwaar maken. Een
datalek melden wij binnen 24 uur. De opzegtermijn van de overeenkomst is drie maanden.

## Rechten

U heeft recht op inzage, rectificatie en verwijdering. U kunt een klacht indienen bij de Autoriteit
Persoonsgegevens. Wij reageren binnen een maand op uw verzoek.

Op deze verklaring is Nederlands recht van toepassing.
"""
GERMAN = """\
# Datenschutzerklärung

Verantwortlicher ist die Lichtblick Software GmbH, Hafenweg 3, 20457 Hamburg, E-Mail:
datenschutz@lichtblick.example. Unser Datenschutzbeauftragter ist Jonas Kern, dsb@lichtblick.example.

## Welche Daten wir erheben

Wir verarbeiten Name, E-Mail-Adresse, Telefonnummer und Bestellhistorie. Beim ersten Kauf fragen wir auch nach
Ihrer Anschrift.

## Speicherdauer

Wir speichern Ihre Kontakte, Notizen und Dokumente, solange Ihr Konto besteht. Server-Logfiles werden nach 14
Tagen gelöscht. Rechnungen bewahren wir zehn Jahre auf. Bewerbungsunterlagen löschen wir sechs Monate nach
Abschluss des Verfahrens.

## Übermittlung in Drittländer

Eine Übermittlung in Drittländer findet nicht statt. Wir übermitteln keine Daten in die USA. Die Server stehen
in Deutschland. Sofern Daten in die Schweiz übermittelt werden, besteht ein Angemessenheitsbeschluss.

## Unterauftragsverarbeiter

Neue Unterauftragsverarbeiter kündigen wir 30 Tage vorher an. Sie können innerhalb von 14 Tagen widersprechen.
Datenschutzverletzungen melden wir innerhalb von 48 Stunden. Die Kündigungsfrist beträgt drei Monate zum
Monatsende.

## Ihre Rechte

Sie haben das Recht auf Auskunft, Berichtigung und Löschung. Beschwerden richten Sie an den Hamburgischen
Beauftragten für Datenschutz und Informationsfreiheit. Rechtsgrundlage ist Art. 6 Abs. 1 lit. b DSGVO.

Es gilt das Recht der Bundesrepublik Deutschland.
"""
FRENCH = """\
# Politique de confidentialité

Lumière Logiciels SAS est responsable du traitement. Écrivez à dpo@lumiere.example, notre délégué à la
protection des données.

## Données collectées

Nous collectons votre nom, votre adresse e-mail, votre numéro de téléphone et l'historique de vos achats. Lors
de votre premier achat, nous demandons votre adresse postale.

## Durée de conservation

Nous conservons vos contacts, notes et documents tant que votre compte est actif. Les journaux de connexion sont
supprimés au bout de 30 jours. Les factures sont conservées pendant dix ans. Les candidatures sont effacées six
mois après la fin de la procédure.

## Transferts

Nous ne transférons pas vos données hors de l'Espace économique européen. Aucune donnée n'est envoyée aux
États-Unis. Vos données sont hébergées en France. Tout transfert vers un pays tiers repose sur les clauses
contractuelles types.

## Sous-traitants ultérieurs

Nous vous informons de tout nouveau sous-traitant 30 jours à l'avance. Vous pouvez vous y opposer dans un délai
de 14 jours. Nous notifions toute violation de données dans les 48 heures. Le préavis de résiliation est de
trois mois.

## Vos droits

Vous disposez d'un droit d'accès, de rectification et d'effacement. Vous pouvez introduire une réclamation
auprès de la Commission nationale de l'informatique et des libertés (CNIL). Nous répondons dans un délai d'un
mois.

La présente politique est régie par le droit français.
"""


def facts_of(tmp_path: Path, policy: str, kind: FactType) -> list[Fact]:
    """The facts of one kind in a policy."""
    place = tmp_path / "policy.md"
    place.write_text(policy, encoding="utf-8")
    document: Document = extract(read_file(place)).document
    return [fact for fact in find_facts(document) if fact.type is kind]


@pytest.mark.parametrize(
    ("policy", "subject", "periods"),
    [
        (ENGLISH, "your contacts, notes and documents", {"P30D", "P7Y", "P35D", "P24M"}),
        (DUTCH, "uw contacten, notities en documenten", {"P30D", "P7Y", "P4W", "P1Y"}),
        (GERMAN, "Ihre Kontakte, Notizen und Dokumente", {"P14D", "P10Y", "P6M"}),
        (FRENCH, "vos contacts, notes et documents", {"P30D", "P10Y", "P6M"}),
    ],
)
def test_what_is_kept_is_named_with_its_periods(tmp_path: Path, policy: str, subject: str, periods: set[str]) -> None:
    """The subject is what is kept, also where it is an enumeration, and never a heading about keeping."""
    found = facts_of(tmp_path, policy, FactType.RETENTION)
    assert found[0].get("subject") == subject
    assert {fact.get("period") for fact in found} - {None} == periods
    assert all(fact.get("subject") in fact.quote for fact in found)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("policy", "transfers"),
    [
        (ENGLISH, [("SCC", "third countries")]),
        (DUTCH, [(None, "Duitsland"), ("SCC", None)]),
        (GERMAN, [(None, "Deutschland"), ("adequacy", "Schweiz")]),
        (FRENCH, [(None, "France"), ("SCC", "pays tiers")]),
    ],
)
def test_a_denied_transfer_is_none(tmp_path: Path, policy: str, transfers: list[tuple[str | None, str | None]]) -> None:
    """Places that data do not go to are no destinations."""
    found = facts_of(tmp_path, policy, FactType.TRANSFER)
    assert [(fact.get("mechanism"), fact.get("destination")) for fact in found] == transfers


@pytest.mark.parametrize(
    ("policy", "notices"),
    [
        (
            ENGLISH,
            {
                ("subprocessor-change", "P30D"),
                ("subprocessor-change", "P14D"),
                ("breach", "PT48H"),
                ("policy-change", "P15D"),
            },
        ),
        (DUTCH, {("subprocessor-change", "P30D"), ("subprocessor-change", "P14D"), ("breach", "PT24H")}),
        (GERMAN, {("subprocessor-change", "P30D"), ("subprocessor-change", "P14D"), ("breach", "PT48H")}),
        (FRENCH, {("subprocessor-change", "P30D"), ("subprocessor-change", "P14D"), ("breach", "PT48H")}),
    ],
)
def test_notices_are_about_what_their_sentences_say(tmp_path: Path, policy: str, notices: set[tuple[str, str]]) -> None:
    """A time to object belongs to the announcement before it; the term by which a contract ends is no notice."""
    found = facts_of(tmp_path, policy, FactType.NOTICE_PERIOD)
    assert {(fact.get("of"), fact.get("period")) for fact in found} == notices


@pytest.mark.parametrize(
    ("policy", "authority"),
    [
        (ENGLISH, "Information Commissioner's Office"),
        (DUTCH, "Autoriteit Persoonsgegevens"),
        (GERMAN, "Hamburgischen Beauftragten für Datenschutz und Informationsfreiheit"),
        (FRENCH, "Commission nationale de l'informatique et des libertés"),
    ],
)
def test_the_authority_is_named_once(tmp_path: Path, policy: str, authority: str) -> None:
    """The authority has its full name; its abbreviation behind it is no second one."""
    assert [fact.get("name") for fact in facts_of(tmp_path, policy, FactType.AUTHORITY)] == [authority]


@pytest.mark.parametrize("policy", [ENGLISH, DUTCH, GERMAN, FRENCH])
def test_rights_are_those_granted(tmp_path: Path, policy: str) -> None:
    """A time to object to a new sub-processor is not the right to object to processing."""
    rights = {fact.get("id") for fact in facts_of(tmp_path, policy, FactType.RIGHT)}
    assert rights == {"access", "rectification", "erasure", "complaint"}


@pytest.mark.parametrize(
    "text",
    [
        "## Data\n\nWe use the data we collect to:\n\n- Create accounts\n- Answer questions\n",
        "## Data\n\nWe collect personal data from the following sources:\n\n- Aggregators\n- Business registers\n",
        "## Data\n\nWe give data to organisations, such as banks, insurers and brokers.\n",
        "## Données\n\nLes données que nous collectons :\n\n- Gérer vos demandes\n- Améliorer le service\n",
    ],
)
def test_purposes_sources_and_parties_are_no_data(tmp_path: Path, text: str) -> None:
    """Lists of acts, of sources and of receivers are not taken for categories of data."""
    assert not facts_of(
        tmp_path, "# Privacy\n\nThis policy says what we do with data.\n\n" + text, FactType.DATA_CATEGORY
    )


def test_data_are_listed_without_joints(tmp_path: Path) -> None:
    """The categories of a sentence and of a list are told by name."""
    names = {fact.get("name") for fact in facts_of(tmp_path, ENGLISH, FactType.DATA_CATEGORY)}
    assert {"name", "email address", "billing address", "payment details", "IP address", "password"} <= names
    assert not names & {"first", "purchase", "and"}


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("Your contacts, notes and documents are kept for 90 days.", "Your contacts, notes and documents"),
        ("We retain first and last names for two years.", "first and last names"),
        ("Uw foto's, berichten en notities worden na 90 dagen verwijderd.", "Uw foto's, berichten en notities"),
    ],
)
def test_an_enumeration_is_the_subject(tmp_path: Path, sentence: str, subject: str) -> None:
    """What is kept is named whole, before and behind the verb, under a heading that only speaks of keeping."""
    policy = f"# Privacy\n\n## Retention\n\n{sentence}\n\nThis is all that we keep.\n"
    assert facts_of(tmp_path, policy, FactType.RETENTION)[0].get("subject") == subject
