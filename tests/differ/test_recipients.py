"""Named recipients: where they are found, what is left alone, and what is told of two documents."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import pytest

from storage.model import Block, BlockKind, Cell, Document, Recipient
from watcher.differ.places import find_places, place_code
from watcher.differ.recipients import find_recipients, recipient_delta, recipient_row
from watcher.differ.recipients.names import entity_key, is_generic, looks_like_name

HEADER = ("Subprocessor", "Purpose", "Location")


def block(
    text: str,
    kind: BlockKind = BlockKind.PARAGRAPH,
    path: Sequence[str] = (),
    level: int = 0,
    cells: tuple[Cell, ...] = (),
) -> Block:
    """One block, with a key of its text."""
    return Block(kind, text, tuple(path), hashlib.sha256(text.encode()).hexdigest()[:16], level, cells)


def heading(text: str, level: int = 2) -> Block:
    """A heading."""
    return block(text, BlockKind.HEADING, level=level)


def item(text: str, path: Sequence[str] = (), level: int = 1) -> Block:
    """A list item."""
    return block(text, BlockKind.LIST_ITEM, path, level)


def row(*cells: str, header: Sequence[str] = HEADER, path: Sequence[str] = ()) -> Block:
    """A table row under column names."""
    pairs = tuple(Cell(column, text) for column, text in zip(header, cells, strict=True))
    return block(" | ".join(filter(None, cells)), BlockKind.TABLE_ROW, path, cells=pairs)


def table(*rows: tuple[str, ...], header: Sequence[str] = HEADER) -> list[Block]:
    """A table with its header row."""
    return [row(*header, header=header), *(row(*cells, header=header) for cells in rows)]


def document(*blocks: Block, language: str | None = "en") -> Document:
    """A document of blocks."""
    return Document("Privacy", language, None, None, blocks, "f", "x")


def names(*blocks: Block, language: str | None = "en") -> list[str]:
    """The names found in blocks."""
    return [recipient.name for recipient in find_recipients(document(*blocks, language=language))]


@pytest.mark.parametrize(
    "header",
    [
        ("Sub-processor", "Service", "Country"),
        ("(Sub)verwerker", "Dienst", "Land"),
        ("Leverancier", "Waarvoor", "Land van verwerking"),
        ("Auftragsverarbeiter", "Zweck", "Standort"),
        ("Sous-traitant ultérieur", "Finalité", "Pays"),
        ("Name", "Purpose", "Location"),
    ],
)
def test_a_table_row_gives_name_purpose_and_location(header: tuple[str, str, str]) -> None:
    """Columns are known by their names in four languages."""
    found = find_recipients(document(*table(("Windmolen Data B.V.", "Hosting", "Ierland"), header=header)))
    assert found == (Recipient("Windmolen Data B.V.", "Hosting", "Ierland"),)


def test_the_header_row_is_no_recipient() -> None:
    """A row whose cells are the column names is skipped."""
    assert recipient_row(row(*HEADER)) is None
    assert recipient_row(row("Brightpost", "E-mail", "Spain")) == Recipient("Brightpost", "E-mail", "Spain")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (("Name", "Provider", "Purpose", "Maximum storage duration"), ("_zid", "Brightpost", "Statistics", "1 year")),
        (("Cookie", "Purpose", "Location"), ("Sessie", "Login", "NL")),
        (("Purpose", "Personal data", "Legal basis"), ("Billing", "Name", "Contract")),
        (("Category", "Examples"), ("Contact", "Name, E-mail")),
    ],
)
def test_tables_of_cookies_and_of_data_are_no_recipient_tables(header: tuple[str, ...], cells: tuple[str, ...]) -> None:
    """Other tables have names and purposes too."""
    assert names(*table(cells, header=header)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Molenwiek B.V. (hosting, Nederland)", Recipient("Molenwiek B.V.", "hosting", "Nederland")),
        ("Molenwiek - hosting", Recipient("Molenwiek", "hosting")),
        ("Molenwiek: e-mailbezorging", Recipient("Molenwiek", "e-mailbezorging")),
        ("Molenwiek | Hosting | Ierland", Recipient("Molenwiek", "Hosting", "Ierland")),
        ("Molenwiek (Zeilmaker, LLC)", Recipient("Molenwiek (Zeilmaker, LLC)")),
        ("Molenwiek, Inc., e-mail, Verenigde Staten", Recipient("Molenwiek, Inc.", "e-mail", "Verenigde Staten")),
        ("Molenwiek", Recipient("Molenwiek")),
        (
            "Molenwiek Hosting SARL, hosting, Frankfurt (Duitsland)",
            Recipient("Molenwiek Hosting SARL", "hosting", "Frankfurt (Duitsland)"),
        ),
        ("Molenwiek B.V. – betalingen – Nederland", Recipient("Molenwiek B.V.", "betalingen", "Nederland")),
        (
            "Molenwiek Ltd: klantenservice (Verenigd Koninkrijk)",
            Recipient("Molenwiek Ltd", "klantenservice", "Verenigd Koninkrijk"),
        ),
        ("Molenwiek, Inc. (chat; Verenigde Staten, SCC's)", Recipient("Molenwiek, Inc.", "chat", "Verenigde Staten")),
    ],
)
def test_a_list_item_under_a_telling_lead_in_is_a_recipient(text: str, expected: Recipient) -> None:
    """The usual shapes of list items are taken apart into name, purpose and location."""
    lead = block("Wij werken met de volgende subverwerkers:")
    assert find_recipients(document(lead, item(text), language="nl")) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "Payment providers",
        "IT-leveranciers en dienstverleners",
        "Analytics",
        "Behörden",
        "Autorités",
        "wanneer de wet dat eist",
    ],
)
def test_kinds_of_recipients_are_no_names(text: str) -> None:
    """A list of kinds of parties names nobody."""
    assert names(block("We share data with these service providers:"), item(text)) == []


def test_a_list_of_mostly_other_things_names_nobody() -> None:
    """One capitalised word in a list of sentences is the first word of a sentence."""
    lead = block("Our service providers do the following:")
    items = [item("Werken: we run the site"), item("to answer questions"), item("to send letters")]
    assert names(lead, *items) == []


def test_examples_in_parentheses_are_recipients_with_their_kind() -> None:
    """Names in parentheses after a kind of service are parties with that purpose."""
    lead = block("Examples of companies that we share information with:")
    found = find_recipients(document(lead, item("Help desk services (e.g., Zonnewijzer, Kompas LLC);")))
    assert found == (Recipient("Zonnewijzer", "Help desk services"), Recipient("Kompas LLC", "Help desk services"))


def test_a_heading_with_labels_under_it_is_a_recipient() -> None:
    """Pages that give each party a heading of its own are read too."""
    blocks = [heading("Sub-processors"), heading("Zonnewijzer"), block("Purpose: Mail"), block("Location: Spain")]
    assert find_recipients(document(*blocks)) == (Recipient("Zonnewijzer", "Mail", "Spain"),)


def test_a_table_laid_out_with_boxes_is_read() -> None:
    """Column names and cells that stand as paragraphs one after another are a table to a reader."""
    texts = [
        "Dienstverlener",
        "Dienst",
        "Locatie",
        "Molenwiek B.V.",
        "Hosting",
        "Delft",
        "Kompas",
        "CRM",
        "Dublin, Ierland",
    ]
    found = find_recipients(document(*(block(text) for text in texts), language="nl"))
    assert found == (Recipient("Molenwiek B.V.", "Hosting", "Delft"), Recipient("Kompas", "CRM", "Dublin, Ierland"))


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Our website is hosted by Molenwiek.", "Molenwiek"),
        ("en", "We share it with Zonnewijzer, who acts as our data processor.", "Zonnewijzer"),
        ("en", "Our current hosting provider is Kompas Online GmbH.", "Kompas Online GmbH"),
        ("nl", "Onze servers worden gehost bij Molenwiek.", "Molenwiek"),
        ("nl", "Wij hebben een verwerkersovereenkomst met Zonnewijzer gesloten.", "Zonnewijzer"),
        ("nl", "De tekst wordt naar Kompas Cloud Service gestuurd.", "Kompas Cloud Service"),
        ("nl", "Wij maken gebruik van Zonnewijzer Metingen.", "Zonnewijzer Metingen"),
        ("fr", "Nous faisons appel à la société KOMPASSE, agissant en qualité de sous-traitant.", "KOMPASSE"),
        ("de", "Wir nutzen den Dienst der Kompass Nord GmbH.", "Kompass Nord GmbH"),
    ],
)
def test_a_sentence_may_name_a_recipient(language: str, text: str, name: str) -> None:
    """Plain wordings in four languages."""
    assert name in names(block(text), language=language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your data may be transferred to Ireland and the United States."),
        ("en", "We share data with Service Providers and Users."),
        ("en", "We do not use Zonnewijzer."),
        ("nl", "Wij maken geen gebruik van Zonnewijzer."),
        ("nl", "Wij gebruiken cookies. Uw gegevens worden gedeeld met derden."),
        ("de", "Wir verwenden Cookies und übermitteln Daten an Behörden."),
        ("fr", "Nous transmettons les données à des Prestataires."),
        ("en", "WE SHARE ALL DATA WITH THIRD PARTIES AS DESCRIBED BELOW."),
    ],
)
def test_places_kinds_and_denials_are_no_recipients(language: str, text: str) -> None:
    """What only looks like a recipient gives none."""
    assert names(block(text), language=language) == []


def test_the_delta_tells_who_came_and_who_went() -> None:
    """Added and removed rows, with what the rows say."""
    old = document(*table(("Molenwiek B.V.", "Hosting", "Nederland"), ("Brightpost", "Mail", "Spain")))
    new = document(*table(("Brightpost", "Mail", "Spain"), ("Zonnewijzer, Inc.", "AI", "United States")))
    delta = recipient_delta(old, new)
    assert delta.added == (Recipient("Zonnewijzer, Inc.", "AI", "United States"),)
    assert delta.removed == (Recipient("Molenwiek B.V.", "Hosting", "Nederland"),)
    assert delta.changed == ()


def test_moved_respelled_and_reformatted_rows_are_no_change() -> None:
    """Order, legal form's spelling, case and punctuation, and a list instead of a table are layout."""
    old = document(*table(("Molenwiek B.V.", "Hosting", "USA"), ("Kompas, Inc.", "Mail", "Ireland")))
    new = document(
        block("We use these subprocessors:"),
        item("Kompas (Mail, Ireland)"),
        item("MOLENWIEK BV (Hosting, United States)"),
    )
    delta = recipient_delta(old, new)
    assert (delta.added, delta.removed, delta.changed) == ((), (), ())


def test_a_new_place_purpose_or_name_is_a_changed_entry() -> None:
    """A party that stays is never told as gone and come again."""
    old = document(*table(("Kompas", "Mail", "EU"), ("Brightpost Ltd.", "Mail", "Spain")))
    new = document(*table(("Kompas", "Mail", "US"), ("Brightpost Ireland Ltd.", "Mail and chat", "Spain")))
    delta = recipient_delta(old, new)
    assert (delta.added, delta.removed) == ((), ())
    assert [(c.name, c.field, c.before, c.after) for c in delta.changed] == [
        ("Kompas", "location", "EU", "US"),
        ("Brightpost Ireland Ltd.", "name", "Brightpost Ltd.", "Brightpost Ireland Ltd."),
        ("Brightpost Ireland Ltd.", "purpose", "Mail", "Mail and chat"),
    ]


def test_a_reworded_sentence_changes_no_recipient() -> None:
    """A party that the other document still names is neither new nor gone."""
    old = document(block("We share it with Zonnewijzer, who acts as our processor."))
    new = document(block("Zonnewijzer helps us to check this."))
    assert recipient_delta(old, new).removed == ()


def test_an_explicit_processor_in_a_sentence_is_told() -> None:
    """Prose counts when it says that the party handles the data."""
    old = document(block("We share it with Zonnewijzer, who acts as our processor."))
    new = document(block("We share it with Kompas, who acts as our processor."))
    delta = recipient_delta(old, new)
    assert [one.name for one in delta.added] == ["Kompas"]
    assert [one.name for one in delta.removed] == ["Zonnewijzer"]


def test_the_vendors_own_name_is_no_recipient() -> None:
    """A document that shares data with users of its own service names no recipient."""
    own = Document("Kompas privacy notice", "en", None, None, (block("We share it with Kompas Plus users."),), "f", "x")
    assert find_recipients(own) == ()


def test_a_document_has_no_delta_with_itself() -> None:
    """The same document twice: nothing."""
    same = document(*table(("Kompas", "Mail", "EU")), block("Hosted by Molenwiek."))
    delta = recipient_delta(same, same)
    assert (delta.added, delta.removed, delta.changed) == ((), (), ())


def test_keys_leave_out_form_case_and_places() -> None:
    """Spellings of one party share a key."""
    assert entity_key("Kompas, Inc.").strict == entity_key("KOMPAS").strict == "kompas"
    assert entity_key("Kompas EMEA SARL").loose == "kompas"
    assert entity_key("Kompas Ltd.").form == entity_key("Kompas Limited").form


def test_names_are_told_from_words() -> None:
    """Names carry capitals and are no kinds, places or sentences."""
    assert looks_like_name("Kompas Cloud")
    assert looks_like_name("zWijzer")
    assert looks_like_name("Kompas Data B.V.")
    assert not looks_like_name("Kompas Data")
    assert not looks_like_name("Business transfers")
    assert not looks_like_name("Ireland")
    assert is_generic("Payment Processors")


def test_places_are_known_in_four_languages() -> None:
    """Countries by name and by the short forms that policies use."""
    assert place_code("Ierland") == place_code("Irland") == place_code("Irlande") == place_code("Ireland") == "IE"
    assert place_code("EU/EER") == place_code("EEA") == "EEA"
    assert place_code("Kompas") is None
    assert [code for code, _, _ in find_places("from us in Spain to the US, not with us")] == ["ES", "US"]


def test_a_long_document_is_read_quickly() -> None:
    """100 kB of prose full of capitals take well under a second."""
    blocks = [block("We share data with Partner One and Partner Two, who use Tool Three. " * 8) for _ in range(180)]
    started = time.process_time()
    names(*blocks)
    assert time.process_time() - started < 1
