"""A policy in the pages of many systems: its text and nothing else, every word of it, whatever stands around it."""

from __future__ import annotations

from functools import cache

import pytest
from structure_builders import office_paper
from structure_pages import HARD, STRUCTURES, Structure, capture
from structure_paper import two_columns
from structure_text import all_edits, expected, plain, policy, words

from storage.model import BlockKind, Document, Extraction, Reason
from watcher.extractor import extract, gate

BY_NAME = {structure.name: structure for structure in STRUCTURES}
# A list of links to other companies is all that a closed panel holds in each of them.
PANELS = ("tabs", "accordion")


@cache
def read(name: str) -> Extraction:
    """A page as it is read first."""
    structure = BY_NAME[name]
    return extract(structure.page(policy(structure.language)))


def told(document: Document) -> list[str]:
    """All words of a document in order."""
    return words([block.text for block in document.blocks])


@pytest.mark.parametrize("language", ["nl", "en", "de", "fr"])
def test_the_policies_are_of_real_length(language: str) -> None:
    """1,200 words and more, with tables, among them one of sub-processors."""
    lines = policy(language)
    assert len(expected(lines)) >= 1200
    assert sum(line.kind == "row" for line in lines) == 30


@pytest.mark.parametrize("name", BY_NAME)
def test_the_text_and_nothing_else(name: str) -> None:
    """Every clause and row is told, in order, and no word of the site; the gate lets the page pass."""
    structure = BY_NAME[name]
    lines = structure.shown(policy(structure.language))
    found = read(name)
    assert told(found.document) == expected(lines)
    assert gate(found).passed
    assert found.document.language == structure.language
    assert (found.document.title or "").startswith(plain(lines[0].text))


@pytest.mark.parametrize("name", BY_NAME)
def test_headings_and_rows_are_known(name: str) -> None:
    """Every row of a table is a row, and every section has its heading."""
    structure = BY_NAME[name]
    lines = structure.shown(policy(structure.language))
    kinds = [block.kind for block in read(name).document.blocks]
    assert kinds.count(BlockKind.TABLE_ROW) == sum(line.kind in {"head", "row"} for line in lines)
    assert kinds.count(BlockKind.HEADING) == sum(line.kind == "heading" for line in lines)


@pytest.mark.parametrize("name", BY_NAME)
def test_another_menu_is_no_change(name: str) -> None:
    """Other menus, related pages, counters, dates of the site, tokens and people: the same fingerprint."""
    structure = BY_NAME[name]
    other = extract(structure.page(policy(structure.language), around=1)).document
    assert other.fingerprint == read(name).document.fingerprint


@pytest.mark.parametrize("name", BY_NAME)
def test_every_edited_word_is_seen(name: str) -> None:
    """A word more or another number in a sentence, an item, a cell, a heading, the last line: all are in the text."""
    structure = BY_NAME[name]
    lines = all_edits(policy(structure.language))
    document = extract(structure.page(lines)).document
    assert document.fingerprint != read(name).document.fingerprint
    assert told(document) == expected(structure.shown(lines))


def test_a_page_of_frames_is_not_the_document() -> None:
    """What stands in other files is not there: the page is refused, never an empty version."""
    body = (
        b'<html><head><title>Privacy policy</title></head><frameset cols="160,*"><frame src="menu.htm" name="menu">'
        b'<frame src="privacy.htm" name="main"><noframes><body>Your browser does not show frames.</body></noframes>'
        b"</frameset></html>"
    )
    verdict = gate(extract(capture(body)))
    assert (verdict.passed, verdict.reason) == (False, Reason.EMPTY)


@pytest.mark.parametrize("language", ["de"])
def test_two_columns_on_paper(language: str) -> None:
    """Columns between tables are read one after the other; the text between two tables is no table."""
    lines = policy(language)
    found, other, edited = (
        extract(capture(two_columns(some, head), "application/pdf"))
        for some, head in ((lines, "Edition of May"), (lines, "Edition of June"), (all_edits(lines), "Edition of May"))
    )
    assert gate(found).passed
    for read_lines, extraction in ((lines, found), (all_edits(lines), edited)):
        numbered = [f"{_number(read_lines, place)}{plain(line.text)}" for place, line in enumerate(read_lines)]
        assert told(extraction.document) == words(numbered)
    assert found.document.fingerprint == other.document.fingerprint


def test_office_paper() -> None:
    """A running head and foot are no text, whatever the file is called; rows stay rows over the end of a page."""
    lines = policy("de")
    for some, head in ((lines, "Datenschutz_v3.docx"), (all_edits(lines), "Datenschutz_v4.docx")):
        document = extract(capture(office_paper(some, head), "application/pdf")).document
        assert told(document) == words([f"{_number(some, place)}{plain(line.text)}" for place, line in enumerate(some)])
        kinds = [block.kind for block in document.blocks]
        assert kinds.count(BlockKind.TABLE_ROW) == sum(line.kind in {"head", "row"} for line in some)


def _number(lines: tuple[object, ...], place: int) -> str:
    """The number that is printed before an item of a list that is counted."""
    count = 0
    while getattr(lines[place - count], "kind", "") == "number":
        count += 1
    return f"{count}. " if count else ""


@pytest.mark.parametrize("name", PANELS)
def test_a_closed_panel_of_links_is_text(name: str) -> None:
    """A hidden panel that holds nothing but links is told as the panels beside it are."""
    partners = [line.text for line in policy(BY_NAME[name].language) if line.text.startswith("[")]
    items = {block.text for block in read(name).document.blocks}
    assert partners
    assert {plain(text) for text in partners} <= items


@pytest.mark.parametrize("structure", HARD, ids=lambda structure: structure.name)
def test_a_page_that_is_not_understood_loses_no_clause(structure: Structure) -> None:
    """Either every clause is told, with some words of the site, or the page is refused: never a text with gaps."""
    lines = policy(structure.language)
    found = extract(structure.page(lines))
    if not gate(found).passed:
        assert found.document.blocks == ()
        return
    assert gate(found).passed
    texts = iter(told(found.document))
    assert all(word in texts for word in expected(lines[1:]))
    assert plain(lines[0].text) in (found.document.title or "")


def test_every_structure_has_a_file() -> None:
    """No page is left out by a name that is mistyped."""
    assert all(isinstance(structure, Structure) for structure in STRUCTURES)
    assert len(BY_NAME) == len(STRUCTURES) >= 46
