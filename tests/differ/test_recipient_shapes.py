"""A list of processors laid out in another way, in another order or on more pages names the same processors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Capture, Document
from watcher.differ.recipients import find_recipients, recipient_delta
from watcher.extractor import extract

Row = tuple[str, str, str]  # name, purpose, location
THEN = datetime(2026, 1, 1, tzinfo=UTC)
ROWS: dict[str, tuple[Row, ...]] = {
    "en": (
        ("Brackwater Hosting Ltd", "Cloud infrastructure", "Ireland"),
        ("Pinemark, Inc.", "Transactional e-mail", "United States"),
        ("Olmen Analytics GmbH", "Usage statistics", "Germany"),
        ("Velloso S.à r.l.", "Video calls", "Luxembourg"),
        ("Tallow & Finch LLC", "Customer support", "Canada"),
        ("Quillbase B.V.", "Document storage", "Netherlands"),
    ),
    "nl": (
        ("Brakwater Hosting B.V.", "Cloudinfrastructuur", "Nederland"),
        ("Pinemark, Inc.", "Transactionele e-mail", "Verenigde Staten"),
        ("Olmen Analytics GmbH", "Gebruiksstatistieken", "Duitsland"),
        ("Kwilbase N.V.", "Documentopslag", "België"),
        ("Talk & Vink V.O.F.", "Klantenservice", "Ierland"),
    ),
    "de": (
        ("Brackwasser Hosting GmbH & Co. KG", "Cloud-Infrastruktur", "Deutschland"),
        ("Pinemark, Inc.", "Transaktions-E-Mails", "USA"),
        ("Sternhafen AG", "Zahlungsabwicklung", "Schweiz"),
        ("Talg & Fink GmbH", "Kundenservice", "Österreich"),
        ("Kwilbase SE", "Dokumentenablage", "Irland"),
    ),
    "fr": (
        ("Rempart Hébergement SAS", "Infrastructure en nuage", "France"),
        ("Pinemark, Inc.", "Courriels transactionnels", "États-Unis"),
        ("Sternhafen AG", "Traitement des paiements", "Suisse"),
        ("Suif & Pinson SARL", "Assistance clients", "Belgique"),
        ("Quillbase SA", "Stockage de documents", "Irlande"),
    ),
}
TITLE = {"en": "Sub-processors", "nl": "Subverwerkers", "de": "Unterauftragsverarbeiter", "fr": "Sous-traitants"}
NAMES = {
    "en": ("Name", "Purpose", "Location"),
    "nl": ("Naam", "Doel", "Locatie"),
    "de": ("Name", "Zweck", "Standort"),
    "fr": ("Nom", "Finalité", "Localisation"),
}
USES = {
    "en": "For {1} we use the services of {0} in {2}.",
    "nl": "Voor {1} maken wij gebruik van {0} in {2}.",
    "de": "Für {1} nutzen wir {0} in {2}.",
    "fr": "Pour {1}, nous faisons appel à {0} ({2}).",
}


def page(language: str, body: str) -> Document:
    """A page's main part as a document."""
    title = f"<h1>{TITLE[language]}</h1>"
    raw = f'<html lang="{language}"><body><main>{title}{body}</main></body></html>'.encode()
    address = "https://vendor.example/list"
    capture = Capture(address, address, THEN, 200, (), "text/html", "utf-8", sha256(raw).hexdigest(), raw)
    return replace(extract(capture).document, language=language)


def escaped(text: str) -> str:
    """Text as it stands in a page."""
    return text.replace("&", "&amp;")


def table(language: str, rows: Sequence[Row], order: Sequence[int] = (0, 1, 2)) -> str:
    """A table, its columns in any order."""
    head = "".join(f"<th>{NAMES[language][i]}</th>" for i in order)
    lines = ("".join(f"<td>{escaped(row[i])}</td>" for i in order) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def dashes(_: str, rows: Sequence[Row]) -> str:
    """A list of "Name - purpose - place"."""
    return f"<ul>{''.join(f'<li>{escaped(n)} – {p} – {w}</li>' for n, p, w in rows)}</ul>"


def parentheses(_: str, rows: Sequence[Row]) -> str:
    """A list of "Name (purpose, place)"."""
    return f"<ul>{''.join(f'<li>{escaped(n)} ({p}, {w})</li>' for n, p, w in rows)}</ul>"


def colons(_: str, rows: Sequence[Row]) -> str:
    """A list of "Name: purpose, place"."""
    return f"<ul>{''.join(f'<li><b>{escaped(n)}</b>: {p}, {w}</li>' for n, p, w in rows)}</ul>"


def definitions(_: str, rows: Sequence[Row]) -> str:
    """A list of definitions."""
    return f"<dl>{''.join(f'<dt>{escaped(n)}</dt><dd>{p}, {w}</dd>' for n, p, w in rows)}</dl>"


def cards(language: str, rows: Sequence[Row]) -> str:
    """A heading for each, with labelled lines."""
    _, purpose, place = NAMES[language]
    return "".join(f"<h3>{escaped(n)}</h3><p>{purpose}: {p}</p><p>{place}: {w}</p>" for n, p, w in rows)


def separated(language: str, rows: Sequence[Row]) -> str:
    """Lines with semicolons under a line of column names."""
    return "".join(f"<p>{escaped('; '.join(line))}</p>" for line in (NAMES[language], *rows))


def prose(language: str, rows: Sequence[Row]) -> str:
    """A sentence for each."""
    return f"<p>{' '.join(escaped(USES[language].format(n, p, w)) for n, p, w in rows)}</p>"


Shape = Callable[[str, Sequence[Row]], str]
SHAPES: tuple[Shape, ...] = (table, dashes, parentheses, colons, definitions, cards, separated, prose)
LANGUAGES = tuple(ROWS)


@pytest.mark.parametrize(("language", "shape"), [*product(LANGUAGES, SHAPES)])
def test_each_shape_names_all_with_their_fields(language: str, shape: Shape) -> None:
    """Every name is told, and none but those; outside sentences purpose and location too."""
    rows = ROWS[language]
    found = find_recipients(page(language, shape(language, rows)))
    assert [one.name for one in found] == [name for name, _, _ in rows]
    if shape is not prose:
        assert [(one.purpose, one.location) for one in found] == [(purpose, place) for _, purpose, place in rows]


@pytest.mark.parametrize(("language", "one", "other"), [*product(LANGUAGES, SHAPES, SHAPES)])
def test_a_new_layout_changes_nobody(language: str, one: Shape, other: Shape) -> None:
    """The same list in another shape and the reverse order tells no change."""
    rows = ROWS[language]
    delta = recipient_delta(page(language, one(language, rows)), page(language, other(language, rows[::-1])))
    assert (delta.added, delta.removed, delta.changed) == ((), (), ())


@pytest.mark.parametrize(("language", "one", "other"), [*product(LANGUAGES, SHAPES, SHAPES)])
def test_a_row_more_in_a_new_layout_is_told_alone(language: str, one: Shape, other: Shape) -> None:
    """Who was added in a list that was laid out anew is told, who left it too, and nobody else."""
    rows = ROWS[language]
    delta = recipient_delta(page(language, one(language, rows[1:])), page(language, other(language, rows[:-1])))
    assert [recipient.name for recipient in delta.added] == [rows[0][0]]
    assert [recipient.name for recipient in delta.removed] == [rows[-1][0]]
    assert delta.changed == ()


@settings(max_examples=60, deadline=None)
@given(
    language=st.sampled_from(LANGUAGES),
    order=st.permutations((0, 1, 2)),
    places=st.permutations(range(5)),
    left_out=st.integers(0, 4),
)
def test_order_of_rows_and_columns_tells_nothing(
    language: str, order: list[int], places: list[int], left_out: int
) -> None:
    """Shuffled rows and columns are no change; with one row less, that one is removed and nobody else."""
    rows = ROWS[language][:5]
    shuffled = [rows[i] for i in places]
    before, after = page(language, table(language, rows)), page(language, table(language, shuffled, order))
    delta = recipient_delta(before, after)
    assert (delta.added, delta.removed, delta.changed) == ((), (), ())
    fewer = page(language, table(language, [row for row in shuffled if row != rows[left_out]], order))
    delta = recipient_delta(before, fewer)
    assert ([one.name for one in delta.removed], delta.added, delta.changed) == ([rows[left_out][0]], (), ())


@settings(max_examples=40, deadline=None)
@given(language=st.sampled_from(LANGUAGES), place=st.integers(0, 4), field=st.sampled_from((1, 2)))
def test_one_cell_is_one_change(language: str, place: int, field: int) -> None:
    """A new purpose or location of one row is exactly one change."""
    rows = ROWS[language][:5]
    fresh = {1: "Translation", 2: {"en": "Sweden", "nl": "Zweden", "de": "Schweden", "fr": "Suède"}[language]}[field]
    edited = tuple(fresh if i == field else value for i, value in enumerate(rows[place]))
    after = [*rows[:place], edited, *rows[place + 1 :]]
    delta = recipient_delta(page(language, table(language, rows)), page(language, table(language, after)))  # type: ignore[arg-type]
    (change,) = delta.changed
    assert (change.field, change.before, change.after) == (
        ("purpose", "location")[field - 1],
        rows[place][field],
        fresh,
    )
    assert (delta.added, delta.removed) == ((), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_one_list_are_one_list(language: str) -> None:
    """A table that is split into two with their own headings tells no change."""
    rows = ROWS[language]
    split = table(language, rows[:2]) + f"<h2>{TITLE[language]} (2)</h2>" + table(language, rows[2:])
    delta = recipient_delta(page(language, table(language, rows)), page(language, split))
    assert (delta.added, delta.removed, delta.changed) == ((), (), ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Pinemark, Inc.", "Pinemark Inc"),
        ("Pinemark, Inc.", "PINEMARK INC."),
        ("Pinemark", "Pinemark GmbH"),
        ("Quillbase B.V.", "Quillbase BV"),
        ("Velloso S.à r.l.", "Velloso SARL"),
        ("Pinemark Ltd", "Pinemark Limited"),
        ("Sternhafen AG", "Sternhafen AG (a Halberd Group company)"),
        ("Findwell Ltd", "Findwell Ltd (formerly Lookgood Ltd)"),
        ("The Tallow Company, LLC", "Tallow Company LLC"),
    ],
)
def test_spellings_of_one_name_are_one_party(before: str, after: str) -> None:
    """Legal forms, case, marks and remarks in parentheses make no new party and no change."""
    rows = list(ROWS["en"])
    was = page("en", table("en", [(before, "Search", "Ireland"), *rows[2:]]))
    now = page("en", table("en", [*rows[2:], (after, "Search", "Ireland")]))
    delta = recipient_delta(was, now)
    assert (delta.added, delta.removed) == ((), ())
    assert delta.changed == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Lookgood Ltd", "Findwell Ltd (formerly Lookgood Ltd)"),
        ("Lookgood B.V.", "Findwell B.V. (voorheen Lookgood B.V.)"),
        ("Lookgood GmbH", "Findwell GmbH (vormals Lookgood GmbH)"),
        ("Lookgood SAS", "Findwell SAS (anciennement Lookgood)"),
        ("Brackwater Hosting", "Brackwater Hosting Ireland Ltd"),
        ("Lookgood, Inc.", "Findwell, Inc. (f/k/a Lookgood, Inc.)"),
    ],
)
def test_a_party_with_a_new_name_is_renamed(before: str, after: str) -> None:
    """Who is told to have had the old name, or only got a place to it, is the same party under a new one."""
    rows = list(ROWS["en"])
    was = page("en", table("en", [(before, "Search", "Ireland"), *rows]))
    now = page("en", table("en", [(after, "Search", "Ireland"), *rows]))
    delta = recipient_delta(was, now)
    assert (delta.added, delta.removed) == ((), ())
    (change,) = delta.changed
    assert (change.field, change.before) == ("name", before)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We share it with Jane Cooper and John Smith of our support team."),
        ("en", "You can block cookies in Chrome, Safari or Firefox, which send them to our service providers."),
        ("en", "We may disclose data to the Information Commissioner's Office or the Federal Trade Commission."),
        ("en", "As a processor we comply with the General Data Protection Regulation and the UK Data Protection Act."),
        (
            "nl",
            "Wij delen gegevens met de Belastingdienst, de Autoriteit Persoonsgegevens of de politie als dat moet.",
        ),
        ("nl", "Cookies kunt u verwijderen in Chrome, Safari, Edge of Firefox."),
        ("de", "Wir geben Daten an das Finanzamt, das Bundeskriminalamt oder die Polizei weiter."),
        ("de", "Die Verarbeitung erfolgt nach der Datenschutz-Grundverordnung und dem Bundesdatenschutzgesetz."),
        ("fr", "Nous communiquons des données à la CNIL, au Trésor public ou à la Police nationale."),
        ("fr", "Nous utilisons le Règlement général sur la protection des données comme cadre."),
    ],
)
def test_authorities_laws_browsers_and_persons_are_no_recipients(language: str, text: str) -> None:
    """What has a capital and gets data by law, or is none of a party, is not listed."""
    assert find_recipients(page(language, f"<p>{text}</p>")) == ()
