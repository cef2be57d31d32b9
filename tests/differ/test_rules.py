"""How grave a change is and for whom it is good, clause by clause, in four languages."""

from __future__ import annotations

import hashlib

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import Block, BlockKind, Cell
from watcher.differ import compare
from watcher.differ.lexicon import load_lexicon
from watcher.differ.rules.stance import Stance, stance

_CLAUSES = [
    ("en", "Sharing", None, "We disclose contact details to credit reference agencies and data brokers.", "high"),
    (
        "en",
        "Sharing",
        None,
        "We may also provide aggregated device data to advertisers and measurement companies.",
        "high",
    ),
    (
        "en",
        "Who gets your data",
        "We share your data with payment processors.",
        "We share your data with payment processors, insurers and marketing agencies.",
        "high",
    ),
    (
        "en",
        "Who gets your data",
        "We do not disclose your data to others.",
        "We disclose your data to companies in our group.",
        "high",
    ),
    (
        "en",
        "Third parties",
        None,
        "Our partner Bluefin Analytics receives your usage data to measure our campaigns.",
        "high",
    ),
    ("en", "Sub-processors", None, "We use Marlowe Cloud to host backups.", "high"),
    ("en", "AI", None, "We use the content of your conversations to improve our machine learning models.", "high"),
    (
        "en",
        "AI",
        "Your prompts are not used to train our models.",
        "Your prompts may be used to train our models.",
        "high",
    ),
    ("en", "AI", None, "Inputs may be reviewed by people and used to develop our AI systems.", "high"),
    ("en", "AI", None, "Our assistant summarises your meetings.", "medium"),
    ("en", "AI", None, "Decisions on your application are taken by an automated system without human review.", "high"),
    (
        "en",
        "Retention",
        "We delete your data when you close your account.",
        "We keep your data for five years after you close your account.",
        "high",
    ),
    ("en", "Retention", "We delete logs after 30 days.", "We keep logs as long as necessary.", "high"),
    ("en", "Retention", None, "Call recordings are kept for seven years.", "high"),
    (
        "en",
        "Retention",
        "We keep billing data for as long as you are a customer.",
        "We keep billing data for as long as you are a customer and for six years afterwards.",
        "high",
    ),
    ("en", "Retention", "Recordings are kept for one week.", "Recordings are kept for one month.", "high"),
    ("en", "Cookies", "The cookie expires at the end of the session.", "The cookie expires after 13 months.", "high"),
    ("en", "Transfers", None, "Support staff in India and the Philippines can access your data.", "high"),
    (
        "en",
        "Transfers",
        "Your data are stored in the European Union.",
        "Your data are stored in the European Union and the United States.",
        "high",
    ),
    (
        "en",
        "Transfers",
        "We store your data only within the EEA.",
        "We store your data in any country where we have facilities.",
        "high",
    ),
    ("en", "Transfers", None, "Data may be processed in Singapore, where protection may be lower.", "high"),
    (
        "en",
        "Transfers",
        "Transfers are protected by standard contractual clauses.",
        "Transfers take place on the basis of your consent.",
        "high",
    ),
    (
        "en",
        "Your rights",
        "You have the right to access, correct, delete and export your data.",
        "You have the right to access and correct your data.",
        "high",
    ),
    ("en", "Your rights", None, "We may charge a fee for requests and refuse those we find excessive.", "high"),
    ("en", "Your rights", "We answer requests within 30 days.", "We answer requests within 90 days.", "high"),
    (
        "en",
        "Consent",
        "We ask for your consent before we send you marketing.",
        "We send you marketing on the basis of our legitimate interests.",
        "high",
    ),
    (
        "en",
        "Consent",
        "We only use location data if you opt in.",
        "We use location data unless you turn it off.",
        "high",
    ),
    ("en", "Consent", None, "By using the service you consent to the recording of calls.", "high"),
    ("en", "Tracking", None, "We use session replay to record your clicks and scrolling.", "high"),
    ("en", "Tracking", None, "Our partners place cookies to show you personalised advertisements.", "high"),
    ("en", "Cookies", None, "You can delete cookies in the settings of your browser.", "medium"),
    ("en", "Data we collect", None, "We collect the contents of your messages and your address book.", "high"),
    ("en", "Data we collect", None, "We collect biometric identifiers such as your voiceprint.", "high"),
    ("en", "Data we collect", None, "We collect your browser type.", "medium"),
    ("en", "Security", "All data are encrypted at rest and in transit.", "Data are encrypted in transit.", "high"),
    (
        "en",
        "Security",
        "We will tell you of a breach within 24 hours.",
        "We will tell you of a breach within 72 hours.",
        "high",
    ),
    ("en", "Security", "We notify you of breaches without undue delay.", "We may notify you of breaches.", "high"),
    ("en", "Changes", "We will notify you by e-mail 30 days before changes.", "We post changes on this page.", "high"),
    ("en", "Changes", "We give 30 days' notice of changes.", "We give 14 days' notice of changes.", "high"),
    ("en", "Changes", None, "We may change this policy at any time without notice.", "high"),
    (
        "en",
        "Children",
        "Our service is not meant for children under 16.",
        "Our service is not meant for children under 13.",
        "high",
    ),
    ("en", "Terms", None, "You grant us a perpetual, irrevocable licence to use your content.", "high"),
    ("en", "Terms", None, "You waive your right to a jury trial and to class actions.", "high"),
    ("en", "Law", None, "This agreement is governed by the laws of Ireland.", "medium"),
    ("en", "Contact", "Phone: +31 20 555 0101", "Phone: +31 20 555 0199", "low"),
    ("en", "Contact", "Our address is 12 Canal Street, Leiden.", "Our address is 40 Harbour Road, Leiden.", "low"),
    ("nl", "Delen", None, "Wij verstrekken uw contactgegevens aan kredietbureaus en incassobureaus.", "high"),
    (
        "nl",
        "Delen",
        "Wij delen uw gegevens met onze bank.",
        "Wij delen uw gegevens met onze bank en met marketingbureaus.",
        "high",
    ),
    ("nl", "Delen", None, "Onze partner Vlinder Analytics ontvangt uw gebruiksgegevens.", "high"),
    ("nl", "AI", None, "Wij gebruiken uw berichten om onze modellen te verbeteren.", "high"),
    (
        "nl",
        "AI",
        "Wij gebruiken uw gegevens niet om AI te trainen.",
        "Wij kunnen uw gegevens gebruiken om AI te trainen.",
        "high",
    ),
    (
        "nl",
        "Bewaartermijnen",
        "Wij verwijderen uw gegevens als u uw account sluit.",
        "Wij bewaren uw gegevens vijf jaar nadat u uw account sluit.",
        "high",
    ),
    (
        "nl",
        "Bewaartermijnen",
        "Logbestanden worden na 30 dagen verwijderd.",
        "Logbestanden worden bewaard zolang dat nodig is.",
        "high",
    ),
    (
        "nl",
        "Doorgifte",
        "Uw gegevens blijven binnen de EU.",
        "Uw gegevens kunnen ook in de Verenigde Staten worden opgeslagen.",
        "high",
    ),
    ("nl", "Doorgifte", None, "Medewerkers in India hebben toegang tot uw gegevens.", "high"),
    (
        "nl",
        "Rechten",
        "U hebt recht op inzage, correctie, verwijdering en bezwaar.",
        "U hebt recht op inzage en correctie.",
        "high",
    ),
    (
        "nl",
        "Toestemming",
        "Wij vragen eerst uw toestemming voor nieuwsbrieven.",
        "Wij sturen nieuwsbrieven op grond van ons gerechtvaardigd belang.",
        "high",
    ),
    (
        "nl",
        "Wijzigingen",
        "Wij informeren u 30 dagen vooraf over wijzigingen.",
        "Wijzigingen staan op deze pagina.",
        "high",
    ),
    ("nl", "Beveiliging", "Alle gegevens zijn versleuteld en de toegang is beperkt.", "De toegang is beperkt.", "high"),
    ("nl", "Cookies", None, "Adverteerders plaatsen cookies om u gepersonaliseerde reclame te tonen.", "high"),
    ("de", "Weitergabe", None, "Wir übermitteln Ihre Kontaktdaten an Auskunfteien und Inkassounternehmen.", "high"),
    (
        "de",
        "Weitergabe",
        "Wir geben Ihre Daten an unsere Bank weiter.",
        "Wir geben Ihre Daten an unsere Bank und an Werbepartner weiter.",
        "high",
    ),
    ("de", "KI", None, "Wir verwenden Ihre Nachrichten, um KI-Modelle zu trainieren.", "high"),
    (
        "de",
        "KI",
        "Ihre Eingaben werden nicht zum Training verwendet.",
        "Ihre Eingaben können zum Training verwendet werden.",
        "high",
    ),
    (
        "de",
        "Speicherdauer",
        "Protokolle werden nach 30 Tagen gelöscht.",
        "Protokolle werden gespeichert, solange dies erforderlich ist.",
        "high",
    ),
    ("de", "Speicherdauer", None, "Gesprächsaufzeichnungen werden zehn Jahre aufbewahrt.", "high"),
    (
        "de",
        "Übermittlung",
        "Ihre Daten werden in Deutschland gespeichert.",
        "Ihre Daten werden in Deutschland und in den USA gespeichert.",
        "high",
    ),
    (
        "de",
        "Ihre Rechte",
        "Sie haben das Recht auf Auskunft, Löschung und Widerspruch.",
        "Sie haben das Recht auf Auskunft.",
        "high",
    ),
    (
        "de",
        "Einwilligung",
        "Wir verwenden Standortdaten nur mit Ihrer Einwilligung.",
        "Wir verwenden Standortdaten aufgrund unseres berechtigten Interesses.",
        "high",
    ),
    (
        "de",
        "Änderungen",
        "Wir informieren Sie vier Wochen vorher über Änderungen.",
        "Änderungen werden auf dieser Seite veröffentlicht.",
        "high",
    ),
    ("de", "Cookies", None, "Werbepartner setzen Cookies, um Ihnen personalisierte Werbung zu zeigen.", "high"),
    (
        "fr",
        "Partage",
        None,
        "Nous communiquons vos coordonnées à des agences de recouvrement et à des courtiers en données.",
        "high",
    ),
    (
        "fr",
        "Partage",
        "Nous partageons vos données avec notre banque.",
        "Nous partageons vos données avec notre banque et des régies publicitaires.",
        "high",
    ),
    ("fr", "IA", None, "Vos messages servent à entraîner nos modèles d'intelligence artificielle.", "high"),
    (
        "fr",
        "IA",
        "Vos contenus ne servent pas à entraîner nos modèles.",
        "Vos contenus peuvent servir à entraîner nos modèles.",
        "high",
    ),
    (
        "fr",
        "Conservation",
        "Les journaux sont supprimés après 30 jours.",
        "Les journaux sont conservés aussi longtemps que nécessaire.",
        "high",
    ),
    ("fr", "Conservation", None, "Les enregistrements sont conservés pendant dix ans.", "high"),
    (
        "fr",
        "Conservation",
        "Nous conservons vos données pendant 13 mois.",
        "Nous conservons vos données pendant 25 mois.",
        "high",
    ),
    (
        "fr",
        "Transferts",
        "Vos données sont hébergées en France.",
        "Vos données sont hébergées en France et aux États-Unis.",
        "high",
    ),
    ("fr", "Transferts", None, "Des équipes situées au Maroc et en Inde peuvent accéder à vos données.", "high"),
    (
        "fr",
        "Vos droits",
        "Vous disposez d'un droit d'accès, de rectification, d'effacement et d'opposition.",
        "Vous disposez d'un droit d'accès et de rectification.",
        "high",
    ),
    (
        "fr",
        "Consentement",
        "Nous vous envoyons des offres avec votre consentement.",
        "Nous vous envoyons des offres sauf si vous vous y opposez.",
        "high",
    ),
    (
        "fr",
        "Modifications",
        "Nous vous informerons un mois avant toute modification.",
        "Les modifications sont publiées sur cette page.",
        "high",
    ),
    (
        "fr",
        "Cookies",
        None,
        "Nos partenaires déposent des cookies pour vous montrer des publicités personnalisées.",
        "high",
    ),
    ("fr", "Sécurité", "Toutes les données sont chiffrées.", "Les données sont protégées.", "high"),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "severity"), _CLAUSES)
def test_a_clause_is_as_grave_as_what_it_costs_the_reader(
    language: str, heading: str, before: str | None, after: str | None, severity: str
) -> None:
    """More risk or a protection lost is high, another new rule medium, an address low."""
    change = gravest(before, after, heading, language)
    assert change.severity == severity, (change.rules, change.summary)
    assert (change.direction == "worse") or severity != "high"


_STANCES = [
    ("en", "share", "We never share your records with third parties.", Stance.DENIED),
    ("en", "share", "We may share your records with partners unless you object.", Stance.OPT_OUT),
    ("en", "share", "We do not share records except where you have given permission.", Stance.ASKED),
    ("en", "sell", "We do not rent, sell or lend your records.", Stance.DENIED),
    ("en", "sell", "We do not sell records, but we share them unless you object.", Stance.DENIED),
    ("en", "train", "Without this training the tool would not work.", Stance.SILENT),
    ("en", "train", "The weather is fine.", Stance.SILENT),
    ("nl", "share", "Wij delen uw gegevens nooit met derden.", Stance.DENIED),
    ("nl", "share", "Wij delen uw gegevens alleen met partners, tenzij u bezwaar maakt.", Stance.OPT_OUT),
    ("nl", "train", "Wij trainen geen modellen met uw berichten.", Stance.DENIED),
    ("de", "sell", "Wir verkaufen Ihre Daten nicht.", Stance.DENIED),
    ("de", "share", "Wir geben Ihre Daten an Partner weiter.", Stance.DONE),
    ("fr", "share", "Nous ne partageons pas vos données sans votre consentement.", Stance.ASKED),
    ("fr", "sell", "Nous ne vendons jamais vos données.", Stance.DENIED),
]


@pytest.mark.parametrize(("language", "act", "text", "expected"), _STANCES)
def test_a_sentence_takes_a_stance(language: str, act: str, text: str, expected: Stance) -> None:
    """Whether an act is promised not to be done, asked for, left to object to, or done is read from its sentence."""
    lexicon = load_lexicon(language)
    assert stance(text, lexicon.lists[act], lexicon, language) is expected


def test_a_negation_in_a_sentence_that_went_is_no_negation_dropped() -> None:
    """What a whole dropped sentence denied is not read as a "not" taken out of another one."""
    kept = "We keep the papers of our members in a locked room of the workshop."
    change = gravest(f"{kept} Visitors do not enter that room.", kept, "Papers", "en")
    assert "negation.dropped" not in change.rules


def test_a_pointer_to_another_page_weighs_little() -> None:
    """A sentence that only says where to read more is low, whatever it names."""
    kept = "We keep your files for as long as your membership lasts, and not a day longer than that."
    change = gravest(kept, f"{kept} For more information on biometric data see our other page.", "Storage", "en")
    assert (change.severity, change.rules) == ("low", ("reference.added",))


def test_a_table_header_is_no_change_of_meaning() -> None:
    """The row that names the columns of a new table is told as a matter of form."""
    columns = ("Supplier", "Service", "Country")

    def row(*cells: str) -> Block:
        text = " | ".join(cells)
        named = tuple(Cell(column, cell) for column, cell in zip(columns, cells, strict=True))
        key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        return Block(BlockKind.TABLE_ROW, text, ("Suppliers",), key, cells=named)

    head = [block(text) for text in FILLER]
    new = [*head, row(*columns), row("Kestrel Hosting B.V.", "Hosting", "Netherlands")]
    changes = compare(document(head, "en"), document(new, "en")).changes
    assert [(str(change.severity), change.rules[0]) for change in changes] == [
        ("high", "recipient.added"),
        ("info", "table.header"),
    ]


@pytest.mark.parametrize("gone", [False, True])
def test_the_lines_of_an_entry_are_told_with_their_recipient(gone: bool) -> None:
    """Purpose and place below a new or dropped recipient's name are no changes of their own."""

    def entry(name: str, purpose: str, place: str) -> list[Block]:
        path = ("Suppliers", name)
        return [
            block(name, ("Suppliers",), BlockKind.HEADING),
            block(f"Purpose: {purpose}", path, BlockKind.DEFINITION),
            block(f"Location: {place}", path, BlockKind.DEFINITION),
        ]

    head = [block(text) for text in FILLER]
    short = [*head, *entry("Kestrel Hosting B.V.", "Hosting", "Netherlands"), *entry("Wren Ltd.", "Mail", "Ireland")]
    long = [*short, *entry("Heron Chat, Inc.", "Customer chat", "United States")]
    old, new = (long, short) if gone else (short, long)
    changes = compare(document(old, "en"), document(new, "en")).changes
    told = [change.rules[0] for change in changes if change.severity != "info"]
    assert told == ["recipient.removed" if gone else "recipient.added"]


def test_training_leads_before_the_way_out_of_it() -> None:
    """A clause that trains on data and grants a right to opt out is led by AI, high and worse."""
    text = "We use your tickets to train our models. You have the right to opt out in your settings at any time."
    change = gravest(None, text, "Artificial intelligence", "en")
    assert (change.topic, change.severity, change.direction) == ("ai", "high", "worse")
    assert change.summary == "AI: data train AI models, opt-out offered (worse)"


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "Data uses.", "May."),
        ("en", "the days keep we your 30 we the", "may"),
        ("nl", "Gegevens gebruik.", "Mag."),
        ("de", "Daten Nutzung.", "Darf."),
        ("fr", "Données usage.", "Peut."),
    ],
)
def test_a_clause_of_single_small_words_is_judged(language: str, before: str, after: str) -> None:
    """A fragment on which no rule fires is told by its topic; it ends no comparison."""
    comparison = compare(document([block(before)], language), document([block(after)], language))
    assert all(change.rules for change in comparison.changes)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("de", "Die Kosten des Versands trägt der Kunde.", "Die Kosten des Versands trägt der Verkäufer."),
        ("nl", "De kosten van verzending draagt de klant.", "De kosten van verzending draagt de verkoper."),
        ("en", "The customer bears the cost of shipping.", "The seller bears the cost of shipping."),
        ("fr", "Les frais d'envoi sont à la charge du client.", "Les frais d'envoi sont à la charge du vendeur."),
    ],
)
def test_a_seller_is_no_sale_of_data(language: str, before: str, after: str) -> None:
    """A word for who sells goods says nothing of data that are sold."""
    assert "sharing.sale" not in gravest(before, after, "Partners", language).rules
    assert "sharing.sale" not in gravest(None, f"{after} Partners get the address.", "Partners", language).rules


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir verkaufen Ihre Daten an Partner."),
        ("nl", "Wij verkopen uw gegevens aan partners."),
        ("nl", "Uw gegevens worden doorverkocht aan partners."),
        ("en", "We sell your data to partners."),
        ("fr", "Nous vendons vos données à des partenaires."),
    ],
)
def test_a_sale_of_data_is_told(language: str, text: str) -> None:
    """Data that are sold are told as such."""
    assert "sharing.sale" in gravest(None, text, "Partners", language).rules


def test_what_a_grave_rule_proves_leads() -> None:
    """A tracking technique that is new leads the clause, though the heading speaks of the legal basis."""
    before = "Marketing | Consent | 24 months"
    after = "Marketing | Consent | 24 months (our mails hold a tracking pixel that tells us when you open them)"
    change = gravest(before, after, "Legal basis and retention", "en")
    assert change.rules[0] == "tracking.added"
    assert change.topic == "tracking"
