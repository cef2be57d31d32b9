"""The delta of recipients: layouts that change nothing, entries that do, and captures that broke off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from storage.model import Block, BlockKind, Cell, Document, RecipientDelta
from watcher.differ.recipients import find_recipients, recipient_delta
from watcher.extractor import extract, read_file

PARTIES = (("Nimbus Ltd", "Hosting", "Ireland"), ("Fictia GmbH", "Support", "Germany"), ("Orbit Inc.", "Mail", "US"))


def page(tmp_path: Path, body: str) -> Document:
    """The document of an HTML body."""
    place = tmp_path / "page.html"
    place.write_text(f"<html lang=en><body><main><h1>Privacy</h1>{body}</main></body></html>", encoding="utf-8")
    return extract(read_file(place)).document


def block(
    text: str, kind: BlockKind = BlockKind.PARAGRAPH, path: Sequence[str] = (), cells: Sequence[str] = ()
) -> Block:
    """One block; `cells` are the column names of a row."""
    pairs = tuple(Cell(column, part) for column, part in zip(cells, text.split(" | "), strict=False))
    return Block(kind, text, tuple(path), text, 1, pairs)


def document(*blocks: Block, language: str = "en") -> Document:
    """A document of blocks."""
    return Document("Privacy", language, None, None, blocks, "f", "x")


def rows(
    parties: Sequence[Sequence[str]], columns: Sequence[str] = ("Sub-processor", "Purpose", "Location")
) -> Document:
    """A document with one table."""
    lines = [block(" | ".join(party), BlockKind.TABLE_ROW, cells=columns) for party in (columns, *parties)]
    return document(block("Sub-processors", BlockKind.HEADING), *lines)


def told(delta: RecipientDelta) -> tuple[list[str], list[str], list[tuple[str, str | None, str | None]]]:
    """Who came, who went, what changed."""
    changed = [(change.field, change.before, change.after) for change in delta.changed]
    return [one.name for one in delta.added], [one.name for one in delta.removed], changed


NOTHING: tuple[list[str], list[str], list[tuple[str, str | None, str | None]]] = ([], [], [])


def test_a_sorted_table_tells_nothing() -> None:
    """The order of the rows does not matter."""
    assert told(recipient_delta(rows(PARTIES), rows(PARTIES[::-1]))) == NOTHING


def test_other_columns_tell_nothing() -> None:
    """A table with its columns in another order, and one more, names the same parties."""
    turned = [(place, name, "2024", purpose) for name, purpose, place in PARTIES]
    other = rows(turned, ("Country", "Company", "Since", "What it does for us"))
    assert told(recipient_delta(rows(PARTIES), other)) == NOTHING


def test_a_table_that_becomes_a_list_tells_nothing() -> None:
    """Rows as list items name the same parties, at the same places."""
    items = [block(f"{name}, {place}: {purpose}", BlockKind.LIST_ITEM) for name, purpose, place in PARTIES]
    other = document(block("We engage these sub-processors:"), *items)
    assert told(recipient_delta(rows(PARTIES), other)) == NOTHING


def test_a_sentence_that_becomes_a_row_tells_nothing() -> None:
    """A party that was named in a sentence is no new one when a table lists it."""
    old = document(block("Your data are hosted by Nimbus Ltd."), block("Nothing else is shared."))
    assert told(recipient_delta(old, rows(PARTIES[:1]))) == NOTHING


def test_a_renamed_party_is_told_as_changed() -> None:
    """Another legal form and seat make another name, not a removal and an addition."""
    new = [("Orbit Ireland Ltd", "Mail", "US") if name == "Orbit Inc." else (name, *rest) for name, *rest in PARTIES]
    assert told(recipient_delta(rows(PARTIES), rows(new))) == ([], [], [("name", "Orbit Inc.", "Orbit Ireland Ltd")])


def test_two_companies_of_one_name_are_two() -> None:
    """A second company of the same group in another country is a new recipient."""
    new = (*PARTIES, ("Fictia Inc.", "Support", "US"))
    assert told(recipient_delta(rows(PARTIES), rows(new))) == (["Fictia Inc."], [], [])


def test_a_moved_party_is_told_with_both_places() -> None:
    """A row with another location is one change of that field."""
    new = (("Nimbus Ltd", "Hosting", "Brazil"), *PARTIES[1:])
    assert told(recipient_delta(rows(PARTIES), rows(new))) == ([], [], [("location", "Ireland", "Brazil")])


def test_a_capture_that_broke_off_removes_nobody() -> None:
    """When only the beginning of the old document is left, no party is told as gone."""
    start = block("Privacy", BlockKind.HEADING)
    text = [block(f"Paragraph {number} of the policy, about one thing or another.") for number in range(40)]
    old = document(start, *text, *rows(PARTIES).blocks)
    assert told(recipient_delta(old, document(start))) == NOTHING


def test_a_shortened_list_removes_its_parties() -> None:
    """A document that keeps most of its text has lost the rows that are missing."""
    assert told(recipient_delta(rows(PARTIES), rows(PARTIES[:2]))) == ([], ["Orbit Inc."], [])


@pytest.mark.parametrize(
    ("item", "name", "purpose", "location"),
    [
        (
            "Fictia LLC, Verenigde Staten: het verzenden van post",
            "Fictia LLC",
            "het verzenden van post",
            "Verenigde Staten",
        ),
        ("Blauwdruk B.V. (Nederland): boekhouding", "Blauwdruk B.V.", "boekhouding", "Nederland"),
        ("Nordwind GmbH, Deutschland - Support", "Nordwind GmbH", "Support", "Deutschland"),
        ("Helios Ltd: analytics, Ireland", "Helios Ltd", "analytics", "Ireland"),
        ("Orbit Mail, United Kingdom: newsletters", "Orbit Mail", "newsletters", "United Kingdom"),
    ],
)
def test_an_item_gives_name_purpose_and_location(item: str, name: str, purpose: str, location: str) -> None:
    """Place and purpose are told apart however an item joins them."""
    lead = block("Wij schakelen deze subverwerkers in:")
    (found,) = find_recipients(document(lead, block(item, BlockKind.LIST_ITEM)))
    assert (found.name, found.purpose, found.location) == (name, purpose, location)


@pytest.mark.parametrize(
    ("purpose", "location"),
    [
        ("What it does for us", "Where"),
        ("Waarvoor", "Waar"),
        ("Doel van de verwerking", "Waar staan de gegevens?"),
        ("Wat doen zij", "Land"),
        ("Zweck", "Sitz des Unternehmens"),
        ("Finalité", "Pays"),
        ("Services provided", "Hosting region"),
        ("Aufgabe", "Ort der Verarbeitung"),
        ("Ce qu'ils font", "Lieu de traitement"),
    ],
)
def test_columns_are_known_by_many_names(purpose: str, location: str) -> None:
    """What a party does and where it sits is read under the usual column names of four languages."""
    found = find_recipients(rows(PARTIES[:1], ("Company", purpose, location)))
    assert [(one.purpose, one.location) for one in found] == [("Hosting", "Ireland")]


def test_a_card_is_one_recipient(tmp_path: Path) -> None:
    """A heading with labelled definitions under it is one party; the definitions are none."""
    body = """<h2>Our sub-processors</h2><h3>Nimbus Ltd</h3><dl><dt>Purpose</dt><dd>Hosting</dd><dt>Data</dt>
    <dd>Names</dd><dt>Location</dt><dd>Ireland</dd></dl><h3>Helios</h3><dl><dt>What it does for us</dt><dd>Mail</dd>
    <dt>Where</dt><dd>Spain</dd></dl>"""
    found = find_recipients(page(tmp_path, body))
    assert [(one.name, one.purpose, one.location) for one in found] == [
        ("Nimbus Ltd", "Hosting", "Ireland"),
        ("Helios", "Mail", "Spain"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (
            "Partners: Orbit https://orbit.example/privacy",
            " Helio Nova https://www.helionova.example/terms",
            "Helio Nova",
        ),
        ("Third-party services show advertising", " (Helio Ad Desk).", "Helio Ad Desk"),
    ],
)
def test_a_name_without_a_verb_is_told(before: str, after: str, name: str) -> None:
    """A name beside its own address, or in parentheses behind what it does, is a new party."""
    assert told(recipient_delta(document(block(before)), document(block(before + after)))) == ([name], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "Third parties must follow the law (General Data Policy).",
        "Our partners sit abroad (United Kingdom).",
        "Our partners get what you choose (Your Account Settings).",
        "Write to our partners https://orbit.example/privacy",
    ],
)
def test_parentheses_without_a_party_tell_nothing(text: str) -> None:
    """Titles, places and addresses without a name are no parties."""
    assert told(recipient_delta(document(block("Nothing.")), document(block(text)))) == NOTHING


def test_a_cookie_row_names_the_owner_of_its_domain() -> None:
    """A new row whose domain is spelled out as a name in its purpose is told by that name."""
    columns = ("Name", "Expires", "Purpose of cookie")
    old = rows([("sid", "1 day", "Keeps you signed in")], columns)
    new = rows(
        [("sid", "1 day", "Keeps you signed in"), ("*.helio.com", "1 year", "Used by Helio to measure")], columns
    )
    assert told(recipient_delta(old, new)) == (["Helio"], [], [])
