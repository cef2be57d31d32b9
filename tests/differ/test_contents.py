"""A list of contents that came or went is machinery of the page; a line of it that says more is not."""

from __future__ import annotations

import pytest
from differ_samples import block, document

from storage.model import Block, BlockKind, Change, Severity
from watcher.differ import compare
from watcher.pagers import without_number

PARTS = {
    "nl": ("1. Cookies", "2. Bewaartermijnen", "3. Doorgifte buiten de EU", "4. Klachten"),
    "en": ("Article 1. Cookies", "Article 2. Retention", "Article 3. Transfers", "Article 4. Complaints"),
    "de": ("§ 1 Cookies", "§ 2 Speicherdauer", "§ 3 Weitergabe an Dritte", "§ 4 Beschwerden"),
    "fr": ("a) Cookies", "b) Durées de conservation", "c) Transferts", "d) Réclamations"),
}


def _page(language: str, listed: list[str]) -> list[Block]:
    """A page with these lines above its parts."""
    parts = [
        each
        for part in PARTS[language]
        for each in (
            block(part, ("Privacy",), BlockKind.HEADING),
            block(f"{part}: {SAID}", ("Privacy", part)),
        )
    ]
    title = block("Privacy", (), BlockKind.HEADING)
    return [title, *(block(text, ("Privacy",), BlockKind.LIST_ITEM) for text in listed), *parts]


SAID = "the people of the workshop in the harbour can tell you more of it when you come by."


def _told(old: list[Block], new: list[Block], language: str) -> list[Change]:
    """The changes that are told."""
    changes = compare(document(old, language), document(new, language)).changes
    return [one for one in changes if one.severity is not Severity.INFO]


@pytest.mark.parametrize("language", PARTS)
@pytest.mark.parametrize("numbered", [True, False])
def test_a_list_of_contents_that_comes_or_goes_is_not_told(language: str, numbered: bool) -> None:
    """With the numbers of its headings and without them, in four languages, both ways."""
    listed = [part if numbered else without_number(part) for part in PARTS[language]]
    without, within = _page(language, []), _page(language, listed)
    assert _told(without, within, language) == _told(within, without, language) == []


def test_what_is_no_heading_is_told_beside_a_list_of_contents() -> None:
    """An item that names a recipient is told, though the lines beside it are headings."""
    lines = [*PARTS["en"], "Northwind Analytics Inc., United States, receives your usage data for advertising"]
    told = _told(_page("en", []), _page("en", lines), "en")
    assert [one.after for one in told] == lines[-1:]


def test_two_headings_are_no_list_of_contents() -> None:
    """Two lines that are headings too may be a list of what is shared: they are told."""
    assert _told(_page("en", []), _page("en", ["Cookies", "Retention"]), "en")


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("4.2.1 Doorgifte", "Doorgifte"),
        ("Artikel 7: Bewaren", "Bewaren"),
        ("iv) Recipients", "Recipients"),
        ("§ 3 Weitergabe", "Weitergabe"),
        ("Article 29 Working Party", "Working Party"),
        ("A part", "A part"),
        ("3D printing", "3D printing"),
    ],
)
def test_the_number_of_a_heading_is_left_out(text: str, bare: str) -> None:
    """Figures, letters and Roman numerals with what closes them; a word that begins so is a word."""
    assert without_number(text) == bare
