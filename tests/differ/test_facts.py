"""Typed facts: what is read in four languages, what is left alone, and that every quote is verbatim."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Block, BlockKind, Cell, Document, Fact, FactType
from watcher.differ.facts import find_facts
from watcher.differ.facts.phrases import LANGUAGES, lexicon
from watcher.differ.sentences import sentences


def block(
    text: str, path: Sequence[str] = (), kind: BlockKind = BlockKind.PARAGRAPH, cells: tuple[Cell, ...] = ()
) -> Block:
    """One block, with a key of its text."""
    level = {BlockKind.LIST_ITEM: 1, BlockKind.HEADING: 2}.get(kind, 0)
    return Block(kind, text, tuple(path), hashlib.sha256(text.encode()).hexdigest()[:16], level, cells)


def item(text: str, path: Sequence[str] = ()) -> Block:
    """A list item."""
    return block(text, path, BlockKind.LIST_ITEM)


def row(columns: Sequence[str], cells: Sequence[str]) -> Block:
    """A table row."""
    pairs = tuple(Cell(column, text) for column, text in zip(columns, cells, strict=True))
    return block(" | ".join(cells), (), BlockKind.TABLE_ROW, pairs)


def document(language: str | None, *blocks: Block) -> Document:
    """A document of blocks."""
    return Document(None, language, None, None, blocks, "f", "x")


def facts(kind: FactType, language: str | None, *blocks: Block | str) -> list[Fact]:
    """The facts of one type; texts become paragraphs."""
    made = [one if isinstance(one, Block) else block(one) for one in blocks]
    return [fact for fact in find_facts(document(language, *made)) if fact.type is kind]


RETENTION = [
    ("nl", "Logbestanden worden verwijderd na 24 maanden.", "Logbestanden", "P24M"),
    ("nl", "Wij bewaren uw sollicitatiebrief gedurende vier weken.", "uw sollicitatiebrief", "P4W"),
    ("nl", "Wij bewaren facturen zeven jaar.", "facturen", "P7Y"),
    ("nl", "Wij slaan uw gesprekken 30 dagen op.", "uw gesprekken", "P30D"),
    ("nl", "Sollicitaties verwijderen wij uiterlijk vier weken na afloop.", "Sollicitaties", "P4W"),
    ("nl", "Reservekopieën worden binnen één (1) jaar gewist.", "Reservekopieën", "P1Y"),
    ("nl", "De opnamen worden bewaard totdat u uw abonnement beëindigt.", "De opnamen", None),
    ("nl", "Wij bewaren uw dossier zolang uw account bestaat.", "uw dossier", None),
    ("nl", "Offertes worden na een redelijke termijn verwijderd.", "Offertes", None),
    ("en", "Server logs are deleted after 90 days.", "Server logs", "P90D"),
    ("en", "We retain your billing records for seven years.", "your billing records", "P7Y"),
    ("en", "We keep your profile picture for as long as your account is active.", "your profile picture", None),
    ("en", "Transcripts are stored until you delete them.", "Transcripts", None),
    ("de", "Die Protokolle werden nach 30 Tagen gelöscht.", "Die Protokolle", "P30D"),
    ("de", "Rechnungen werden gespeichert, solange gesetzliche Aufbewahrungspflichten bestehen.", "Rechnungen", None),
    ("fr", "Les journaux sont conservés pendant vingt-cinq mois.", "Les journaux", "P25M"),
    ("fr", "Nous conservons vos messages tant que votre compte est actif.", "vos messages", None),
]


@pytest.mark.parametrize(("language", "text", "subject", "period"), RETENTION)
def test_retention_states_what_and_how_long(language: str, text: str, subject: str | None, period: str | None) -> None:
    """A period is told as stated, an event as no period, and the subject in the document's words."""
    (fact,) = facts(FactType.RETENTION, language, text)
    assert fact.get("period") == period
    if subject is not None:
        assert fact.get("subject") == subject


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Wij reageren binnen vier weken op uw verzoek."),
        ("nl", "U kunt uw gegevens op elk moment laten verwijderen."),
        ("nl", "Wij bewaren deze gegevens zodat u ze niet opnieuw hoeft in te vullen."),
        ("nl", "U moet minstens 16 jaar oud zijn."),
        ("en", "We will reply within 30 days."),
        ("en", "You may request deletion of your data."),
        ("en", "Download it from the app store depending on your device."),
        ("fr", "Nous répondons dans un délai d'un mois."),
        ("de", "Wir antworten innerhalb eines Monats."),
    ],
)
def test_other_periods_are_no_retention(language: str, text: str) -> None:
    """Response times, rights and purposes of keeping are not taken for retention."""
    assert facts(FactType.RETENTION, language, text) == []


def test_a_table_with_a_retention_column_is_read_row_by_row() -> None:
    """The first cell is the subject, the retention cell the period, and the quote is the cell's text."""
    columns = ("Categorie", "Bewaartermijn")
    header, first, second = (
        row(columns, columns),
        row(columns, ("Facturen", "7 jaar")),
        row(columns, ("Logs", "30 dagen")),
    )
    found = facts(FactType.RETENTION, "nl", header, first, second)
    assert [(fact.get("subject"), fact.get("period"), fact.quote) for fact in found] == [
        ("Facturen", "P7Y", "7 jaar"),
        ("Logs", "P30D", "30 dagen"),
    ]


def test_the_officer_is_told_from_others_in_one_paragraph() -> None:
    """Each address has the role of its own sentence, and the name stands with the officer's."""
    text = (
        "Questions? Write to hello@voorbeeld.example. "
        "Our Data Protection Officer, Maria Kompas, is at dpo@voorbeeld.example. "
        "Our EU representative is reached at eu@vertegenwoordiger.example."
    )
    found = facts(FactType.CONTACT, "en", text)
    assert [(fact.get("role"), fact.get("name"), fact.get("email")) for fact in found] == [
        ("contact", None, "hello@voorbeeld.example"),
        ("dpo", "Maria Kompas", "dpo@voorbeeld.example"),
        ("representative", None, "eu@vertegenwoordiger.example"),
    ]


def test_the_vendor_and_its_customers_rows_are_no_controllers_of_each_other() -> None:
    """The company that the text introduces is the controller, not the first company of its list of processors."""
    blocks = [
        block('This agreement is between Kompas Systems, Inc. ("Kompas", "Processor") and the Customer.'),
        block("We engage the following subprocessors:"),
        item("Molenwiek Hosting LLC - hosting - Ireland"),
    ]
    controllers = [
        fact.get("name") for fact in facts(FactType.CONTACT, "en", *blocks) if fact.get("role") == "controller"
    ]
    assert controllers == ["Kompas Systems, Inc."]
    recipients = [fact.get("name") for fact in facts(FactType.RECIPIENT, "en", *blocks)]
    assert recipients == ["Molenwiek Hosting LLC"]


def test_a_label_is_the_subject() -> None:
    """An item that begins with a name and a colon speaks of what it names."""
    (fact,) = facts(FactType.RETENTION, "en", item("Backups: deleted within 35 days of termination.", ["Retention"]))
    assert (fact.get("subject"), fact.get("period")) == ("Backups", "P35D")


@pytest.mark.parametrize(
    ("language", "text", "mechanism", "destination"),
    [
        (
            "nl",
            "Een kopie gaat naar de Verenigde Staten onder modelcontractbepalingen.",
            "SCC",
            "Verenigde Staten",
        ),
        ("nl", "Uw gegevens kunnen worden doorgegeven naar landen buiten de EER.", None, "landen buiten de EER"),
        ("nl", "Onze servers staan in Ierland.", None, "Ierland"),
        ("en", "We rely on the EU-U.S. Data Privacy Framework.", "DPF", "EU, U.S."),
        ("en", "Transfers to Canada rest on an adequacy decision.", "adequacy", "Canada"),
        ("en", "Group companies follow Binding Corporate Rules.", "BCR", None),
        ("de", "Die Daten werden in die USA übermittelt.", None, "USA"),
        ("fr", "Vos données peuvent être transférées aux États-Unis.", None, "États-Unis"),
    ],
)
def test_transfers_name_mechanism_and_destination(
    language: str, text: str, mechanism: str | None, destination: str | None
) -> None:
    """Where data go or lie, and by which tool."""
    (fact,) = facts(FactType.TRANSFER, language, text)
    assert (fact.get("mechanism"), fact.get("destination")) == (mechanism, destination)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We do not transfer your data to the United States."),
        ("en", "Your data may be transferred to a buyer of our business."),
        ("nl", "U kunt verzoeken om overdracht van uw gegevens."),
        ("nl", "Ons kantoor is gevestigd in Nederland."),
    ],
)
def test_denied_transfers_sales_and_addresses_are_no_transfers(language: str, text: str) -> None:
    """A country or the word transfer alone is not enough."""
    assert facts(FactType.TRANSFER, language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "statements"),
    [
        ("nl", "Wij gebruiken uw berichten om AI-modellen te trainen.", ["trains"]),
        ("nl", "Wij gebruiken uw berichten niet om AI-modellen te trainen.", ["no-training"]),
        ("nl", "Uw berichten worden niet alleen bewaard, maar ook gebruikt om AI-modellen te trainen.", ["trains"]),
        ("nl", "Geen training van AI-modellen met klantdata.", ["no-training"]),
        ("nl", "Een taalmodel stelt antwoorden voor.", ["feature"]),
        ("nl", "Wij nemen geen geautomatiseerde besluiten.", []),
        ("nl", "Wij nemen geautomatiseerde besluiten over uw aanvraag.", ["automated-decision"]),
        ("en", "We do not sell your data, but we use it to train our machine learning models.", ["trains"]),
        ("en", "Your content is never used to train AI models.", ["no-training"]),
        ("en", "We train AI models on your content unless you opt out.", ["trains", "opt-out"]),
        ("en", "We train our staff every year.", []),
        ("de", "Wir verwenden Ihre Daten nicht zum Training von KI-Modellen.", ["no-training"]),
        ("de", "Wir nutzen Ihre Daten, um KI-Modelle zu trainieren.", ["trains"]),
        ("fr", "Vos données ne sont pas utilisées pour entraîner des modèles d'IA.", ["no-training"]),
        ("fr", "Nous utilisons vos données pour entraîner des modèles d'IA.", ["trains"]),
    ],
)
def test_ai_statements_have_the_right_polarity(language: str, text: str, statements: list[str]) -> None:
    """A negation counts in its own clause only."""
    assert [fact.get("statement") for fact in facts(FactType.AI, language, text)] == statements


def test_the_way_out_after_a_training_sentence_belongs_to_it() -> None:
    """The opt-out stands in a sentence that does not repeat what it is about."""
    text = "Wij kunnen gesprekken gebruiken om AI-functies te trainen. Onder uw profiel kunt u zich hiervoor afmelden."
    assert [fact.get("statement") for fact in facts(FactType.AI, "nl", text)] == ["trains", "opt-out"]


def test_contacts_are_read_from_a_list_under_a_lead_in() -> None:
    """Name, address and number of the officer are one fact."""
    blocks = [
        block("U kunt terecht bij onze functionaris voor gegevensbescherming (FG):"),
        item("Naam: Jonna Zeilmaker"),
        item("E-mail: fg@voorbeeld.example"),
        item("Telefoon: +31 (0)20 555 01 23"),
    ]
    (fact,) = facts(FactType.CONTACT, "nl", *blocks)
    assert dict(fact.fields) == {
        "role": "dpo",
        "name": "Jonna Zeilmaker",
        "email": "fg@voorbeeld.example",
        "phone": "+31 (0)20 555 01 23",
    }


@pytest.mark.parametrize(
    ("language", "text", "fields"),
    [
        ("en", "Our data protection officer is Ada Kompas, reachable at ada@voorbeeld.example.", ("dpo", "Ada Kompas")),
        (
            "nl",
            "Onze contactpersoon voor gegevensbescherming heet Jan de Molenaar (jan@voorbeeld.example).",
            ("dpo", "Jan de Molenaar"),
        ),
        ("en", 'Kompas Software Ltd. ("we", "us") takes care of your data.', ("controller", "Kompas Software Ltd.")),
        ("nl", "Molenwiek B.V. is de verwerkingsverantwoordelijke.", ("controller", "Molenwiek B.V.")),
        ("de", "Verantwortlicher ist die Kompass Nord GmbH.", ("controller", "Kompass Nord GmbH")),
        ("fr", "Le responsable de traitement est Boussole SAS.", ("controller", "Boussole SAS")),
    ],
)
def test_controller_and_officer_are_known_by_name(language: str, text: str, fields: tuple[str, str]) -> None:
    """Who answers for the data, in the usual wordings."""
    (fact,) = facts(FactType.CONTACT, language, text)
    assert (fact.get("role"), fact.get("name")) == fields


def test_numbers_that_are_no_telephone_are_left_alone() -> None:
    """Registration numbers, dates and prices carry no cue."""
    assert facts(FactType.CONTACT, "nl", "KvK 12345678, IBAN NL91ABNA0417164300, 01-02-2024, versie 2.10.3") == []


RIGHTS = [
    ("nl", "Recht op inzage: u mag weten welke gegevens wij hebben.", "access"),
    ("nl", "U heeft het recht uw gegevens te laten corrigeren.", "rectification"),
    ("nl", "U heeft recht op vergetelheid.", "erasure"),
    ("nl", "U kunt uw gegevens via uw profiel inzien.", "access"),
    ("nl", "Recht op beperking van de verwerking.", "restriction"),
    ("nl", "U heeft recht op dataportabiliteit.", "portability"),
    ("nl", "U kunt bezwaar maken tegen dit gebruik.", "objection"),
    ("nl", "U kunt uw toestemming intrekken.", "withdraw-consent"),
    ("nl", "U kunt een klacht indienen bij de toezichthouder.", "complaint"),
    ("en", "You have the right of access.", "access"),
    ("en", "You can ask us to have inaccurate data corrected: the right to rectification.", "rectification"),
    ("en", "You have the right to be forgotten.", "erasure"),
    ("en", "You have the right not to be subject to automated decisions.", "automated-decision"),
    ("en", "You may lodge a complaint.", "complaint"),
    ("de", "Sie haben das Recht auf Auskunft.", "access"),
    ("de", "Sie haben das Recht auf Datenübertragbarkeit.", "portability"),
    ("de", "Sie können Ihre Einwilligung jederzeit widerrufen.", "withdraw-consent"),
    ("fr", "Vous disposez d'un droit d'accès.", "access"),
    ("fr", "Vous disposez d'un droit à la limitation du traitement.", "restriction"),
    ("fr", "Vous pouvez retirer votre consentement à tout moment.", "withdraw-consent"),
]


@pytest.mark.parametrize(("language", "text", "right"), RIGHTS)
def test_rights_are_read_by_their_id(language: str, text: str, right: str) -> None:
    """One plain sentence, one right."""
    assert [fact.get("id") for fact in facts(FactType.RIGHT, language, text)] == [right]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Wij behouden ons het recht voor deze verklaring te wijzigen."),
        ("nl", "Wij beperken de toegang tot onze systemen."),
        ("nl", "Wij verwijderen oude accounts."),
        ("en", "We reserve the right to delete your account."),
        ("en", "We object to spam and restrict access to our offices."),
        ("en", "All rights reserved."),
        ("fr", "Nous nous réservons le droit de modifier ce texte."),
        ("de", "Wir behalten uns das Recht vor, diese Erklärung zu ändern."),
    ],
)
def test_what_the_vendor_does_is_no_right_of_the_reader(language: str, text: str) -> None:
    """The same verbs with another subject grant nothing."""
    assert facts(FactType.RIGHT, language, text) == []


def test_items_under_a_lead_in_on_rights_are_rights() -> None:
    """Bare words become rights where a list of rights is announced."""
    blocks = [block("U heeft de volgende rechten:"), item("inzage in uw dossier"), item("uitleg over het gebruik")]
    assert [fact.get("id") for fact in facts(FactType.RIGHT, "nl", *blocks)] == ["access", "information"]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("nl", "Grondslag: de uitvoering van onze overeenkomst (artikel 6(1)(b) AVG).", [("contract", "6(1)(b)")]),
        (
            "nl",
            "Grondslag: artikel 6 lid 1 sub f AVG, ons gerechtvaardigd belang.",
            [("legitimate-interests", "6(1)(f)")],
        ),
        ("nl", "Wij sturen u de nieuwsbrief op grond van uw toestemming.", [("consent", None)]),
        ("nl", "Wij zijn hiertoe wettelijk verplicht.", [("legal-obligation", None)]),
        ("nl", "U kunt uw toestemming intrekken.", []),
        ("en", "We do so to protect vital interests.", [("vital-interests", None)]),
        ("en", "Processing is necessary for a task in the public interest.", [("public-task", None)]),
        ("de", "Rechtsgrundlage ist Art. 6 Abs. 1 S. 1 lit. c DSGVO.", [("legal-obligation", "6(1)(c)")]),
        (
            "fr",
            "Base légale : article 6, paragraphe 1, point a, du RGPD (votre consentement).",
            [("consent", "6(1)(a)")],
        ),
    ],
)
def test_legal_bases_carry_their_article(language: str, text: str, found: list[tuple[str, str | None]]) -> None:
    """The basis by its words or its article, the article in one spelling."""
    assert [(fact.get("basis"), fact.get("article")) for fact in facts(FactType.LEGAL_BASIS, language, text)] == found


def test_items_and_sentences_on_security_are_measures() -> None:
    """Lists of measures are taken item by item; advice to the reader is no measure."""
    path = ["Beveiliging"]
    blocks = [
        block("Wij nemen de volgende maatregelen:", path),
        item("Sloten op de deuren.", path),
        item("Wij gebruiken TLS.", path),
    ]
    assert [fact.get("measure") for fact in facts(FactType.SECURITY, "nl", *blocks)] == [
        "Sloten op de deuren",
        "Wij gebruiken TLS",
    ]
    assert facts(FactType.SECURITY, "en", block("Change your password often.", ["Security"])) == []


@pytest.mark.parametrize(
    ("language", "text", "fields"),
    [
        (
            "en",
            "We will notify you 30 days in advance of any new sub-processor.",
            ("subprocessor-change", "P30D", "calendar"),
        ),
        ("en", "We notify customers of a personal data breach within 72 hours.", ("breach", "PT72H", "calendar")),
        (
            "en",
            "Changes to this policy are announced 10 business days in advance.",
            ("policy-change", "P10D", "business"),
        ),
        ("nl", "Wij informeren u ten minste 14 dagen vooraf over wijzigingen.", ("policy-change", "P14D", "calendar")),
        ("nl", "Een datalek melden wij onverwijld.", ("breach", None, None)),
        (
            "de",
            "Über neue Unterauftragsverarbeiter informieren wir Sie 4 Wochen im Voraus.",
            ("subprocessor-change", "P4W", "calendar"),
        ),
        (
            "fr",
            "Toute modification vous sera notifiée avec un préavis de 30 jours.",
            ("policy-change", "P30D", "calendar"),
        ),
    ],
)
def test_notice_periods_say_of_what(language: str, text: str, fields: tuple[str, str | None, str | None]) -> None:
    """What is told how long before, in calendar or business days."""
    (fact,) = facts(FactType.NOTICE_PERIOD, language, text)
    assert (fact.get("of"), fact.get("period"), fact.get("days")) == fields


def test_authority_and_law_are_told_in_the_documents_words() -> None:
    """A named authority wins over the word for one."""
    text = "U kunt klagen bij de toezichthouder. Dat is de Autoriteit Persoonsgegevens."
    assert [fact.get("name") for fact in facts(FactType.AUTHORITY, "nl", text)] == ["Autoriteit Persoonsgegevens"]
    generic = facts(FactType.AUTHORITY, "nl", "U kunt klagen bij de toezichthoudende autoriteit in Zweden.")
    assert [fact.get("name") for fact in generic] == ["toezichthoudende autoriteit in Zweden"]
    law = facts(FactType.GOVERNING_LAW, "en", "This policy is governed by the laws of Sweden.")
    assert [fact.get("name") for fact in law] == ["the laws of Sweden"]


def test_data_categories_come_from_lists_tables_and_sentences() -> None:
    """Three shapes of the same statement; a list of purposes gives none."""
    listed = [block("Wij verwerken de volgende persoonsgegevens:"), item("Naam"), item("(Zakelijk) telefoonnummer")]
    assert [fact.get("name") for fact in facts(FactType.DATA_CATEGORY, "nl", *listed)] == [
        "Naam",
        "(Zakelijk) telefoonnummer",
    ]
    inline = facts(FactType.DATA_CATEGORY, "nl", "Hiervoor gebruiken wij uw naam, functie en e-mailadres.")
    assert [fact.get("name") for fact in inline] == ["naam", "functie", "e-mailadres"]
    label = facts(
        FactType.DATA_CATEGORY,
        "en",
        item("Account data: name, e-mail address, and password.", ["What data we collect"]),
    )
    assert [fact.get("name") for fact in label] == ["name", "e-mail address", "password"]
    purposes = [block("We use the following information:"), item("to bill you"), item("to help you")]
    assert facts(FactType.DATA_CATEGORY, "en", *purposes) == []


def test_recipients_are_facts_too() -> None:
    """A row of a table of processors becomes a recipient fact with its quote."""
    columns = ("Subverwerker", "Doel", "Land")
    (fact,) = facts(
        FactType.RECIPIENT, "nl", row(columns, columns), row(columns, ("Molenwiek B.V.", "Hosting", "Ierland"))
    )
    assert (fact.get("name"), fact.get("purpose"), fact.get("location")) == ("Molenwiek B.V.", "Hosting", "Ierland")
    assert fact.quote == "Molenwiek B.V. | Hosting | Ierland"


@settings(deadline=None)  # the first example compiles the patterns of four languages
@given(
    st.lists(
        st.sampled_from([text for _, text, *_ in RETENTION] + [text for _, text, _ in RIGHTS] + ["", "x. Y"]),
        max_size=6,
    )
)
def test_every_quote_is_verbatim(texts: list[str]) -> None:
    """Whatever is combined, a quote stands in the text of a block and the section is that block's path."""
    blocks = [block(" ".join(texts[: i + 1]) or "-", [f"Section {i}"]) for i in range(len(texts))]
    for fact in find_facts(document(None, *blocks)):
        assert any(fact.quote in one.text and fact.section == one.path for one in blocks)


@given(st.text(max_size=300))
def test_sentences_join_to_their_text(text: str) -> None:
    """Splitting loses no letter, whatever the text."""
    parts = sentences(text, "nl")
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part in text for part in parts)


def test_abbreviations_do_not_end_a_sentence() -> None:
    """Legal texts are full of stops that end nothing."""
    text = "Op grond van art. 6 lid 1 AVG werkt Molenwiek B.V. o.a. voor ons. Dit geldt nu."
    assert sentences(text, "nl") == (
        "Op grond van art. 6 lid 1 AVG werkt Molenwiek B.V. o.a. voor ons.",
        "Dit geldt nu.",
    )


@pytest.mark.parametrize("language", [*LANGUAGES, None, "xx"])
def test_the_phrases_of_every_language_are_sound(language: str | None) -> None:
    """Every file loads, has all groups, and every pattern compiles."""
    phrases = lexicon(language)
    assert phrases["retention.keep"].pattern
    assert phrases.cues.families("recht") or language in {"en", "fr"}


def test_a_long_policy_is_read_quickly() -> None:
    """100 kB take well under a second (measured: 0.13 s)."""
    texts = [text for _, text, *_ in RETENTION] + [text for _, text, _ in RIGHTS]
    blocks = [block(" ".join(texts[i % len(texts) :][:6])) for i in range(400)]
    started = time.process_time()
    find_facts(document("nl", *blocks))
    assert time.process_time() - started < 2
