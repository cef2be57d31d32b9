"""Markdown as archives of terms write it becomes the same blocks as HTML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Block, BlockKind
from watcher.extractor import extract, read_file
from watcher.extractor.markdown import read_markdown
from watcher.extractor.marks import plain_text
from watcher.extractor.pieces import build_blocks


def blocks(text: str) -> tuple[Block, ...]:
    """Read Markdown into blocks."""
    return build_blocks(read_markdown(text))


def told(text: str) -> list[tuple[str, int, str]]:
    """Kind, level and text of each block."""
    return [(block.kind.value, block.level, block.text) for block in blocks(text)]


def test_headings_in_both_styles() -> None:
    """Underlined and hashed headings, with marks taken out."""
    assert told("Privacy\n=======\n\n**1\\. Scope**\n------------\n\n### Data ###\n\ntext") == [
        ("heading", 1, "Privacy"),
        ("heading", 2, "1. Scope"),
        ("heading", 3, "Data"),
        ("paragraph", 0, "text"),
    ]


def test_signs_behind_a_heading_close_it() -> None:
    """Signs that a blank parts from a heading close it; others belong to its text."""
    assert told("# Rights ##  \n\n## C#\n\n## a # #\n\n## ##\n\ntext") == [
        ("heading", 1, "Rights"),
        ("heading", 2, "C#"),
        ("heading", 2, "a #"),
        ("paragraph", 0, "text"),
    ]


def test_lines_of_a_paragraph_are_joined() -> None:
    """A wrapped paragraph is one block; an empty line parts."""
    assert told("one\ntwo  \nthree\n\nfour") == [("paragraph", 0, "one two three"), ("paragraph", 0, "four")]


def test_lists_nest_by_indent() -> None:
    """Items of any sign, nested by indent, with paragraphs that go on inside them."""
    text = "*   one\n    goes on\n    \n    *   deep\n    \n    after\n*   two\n\n1.  first\n    \n    - second level"
    assert told(f"{text}\n\nend") == [
        ("list-item", 1, "one goes on"),
        ("list-item", 2, "deep"),
        ("list-item", 1, "after"),
        ("list-item", 1, "two"),
        ("list-item", 1, "first"),
        ("list-item", 2, "second level"),
        ("paragraph", 0, "end"),
    ]


def test_headings_inside_list_items() -> None:
    """Converters put headings into items; they are headings still."""
    assert told(
        "*   ### Name\n    \n    We keep it.\n    \n    #### How long\n    \n    A year.\n*   Data\n    ----\n    x"
    ) == [
        ("heading", 3, "Name"),
        ("list-item", 1, "We keep it."),
        ("heading", 4, "How long"),
        ("list-item", 1, "A year."),
        ("heading", 2, "Data"),
        ("list-item", 1, "x"),
    ]


def test_a_bold_line_alone_is_a_heading() -> None:
    """A bold line over text is a heading below the real ones; a bold beginning is not."""
    found = told("# Policy\n\n**Your rights**\n\nYou have **many** rights.\n\n**Note:** they are yours.")
    assert found[1] == ("heading", 2, "Your rights")
    assert found[3] == ("paragraph", 0, "Note: they are yours.")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("| Name | Country |\n| --- | --- |\n| Acme | NL |", [("Name", "Acme"), ("Country", "NL")]),
        ("Name | Country\n:-- | --:\nAcme | NL", [("Name", "Acme"), ("Country", "NL")]),
        ("we have a | b\n\n:-- | --:\nAcme | NL", None),
        (
            "| Name | Country |\n|---|---|\n| **Acme** | [NL](https://x.example) |",
            [("Name", "Acme"), ("Country", "NL")],
        ),
        ("| Name | Country |\n|---|---|\n| Ac\\|me | NL<br>DE |", [("Name", "Ac|me"), ("Country", "NL DE")]),
        ("| x | y |\n| Acme | NL |", [("", "Acme"), ("", "NL")]),
        ("| Name | Country |\n|---|---|\n| Acme |", [("Name", "Acme")]),
    ],
)
def test_tables(table: str, row: list[tuple[str, str]] | None) -> None:
    """Pipe tables with and without a header, with breaks, links and escaped bars in their cells."""
    found = [block for block in blocks(table) if block.kind is BlockKind.TABLE_ROW]
    if row is None:
        assert found == []
    else:
        assert [(cell.column, cell.text) for cell in found[1].cells] == row


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("We *never* sell __your__ ***data***", "We never sell your data"),
        ("**Term **means", "Term means"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("\\*not emphasis\\* and 1\\. item", "*not emphasis* and 1. item"),
        ('see [our **list**](https://x.example/a_(b)?c=1 "title") here', "see our list here"),
        ("![logo](https://x.example/l.png)text", "text"),
        ("[![logo](l.png)](https://x.example)", ""),
        ("[Part 3](#3. what we do)", "Part 3"),
        ("<https://x.example> and <a@x.example>", "https://x.example and a@x.example"),
        ("`code_with_*stars*`", "code_with_*stars*"),
        ('a<br>b &amp; <span class="x">c</span>', "a\nb & c"),
        ("~~old~~ new", "old new"),
        ("left over](https://x.example/a)", "left over"),
    ],
)
def test_marks_are_taken_out(marked: str, plain: str) -> None:
    """Emphasis, escapes, links, images, code, HTML and what is left of broken marks."""
    assert plain_text(marked)[0].strip() == plain


def test_link_targets_stand_beside_the_text() -> None:
    """A tracking id in a target leaves text and fingerprint alone; jumps are no links."""
    old, new = (blocks(f"See [the list](https://x.example/?id={number}) and [below](#b).")[0] for number in (1, 2))
    assert old.key == new.key
    assert [(link.text, link.href) for link in old.links] == [("the list", "https://x.example/?id=1")]


def test_rules_and_fences_are_no_text() -> None:
    """Horizontal rules are dropped, the content of a fence is kept."""
    assert told("a\n\n* * *\n\n---\n\n```\nb\n```\n___") == [("paragraph", 0, "a"), ("paragraph", 0, "b")]


@given(st.text(st.sampled_from("ab *_`[]()!<>#|-=+1.\\\n\t&~\"'"), max_size=300))
def test_any_marks_can_be_read(text: str) -> None:
    """Whatever the marks, reading ends without an error and no block is empty."""
    assert all(block.text for block in blocks(text))


@given(st.lists(st.text("abc xyz", min_size=3).filter(lambda text: text.strip()), min_size=1, max_size=8))
def test_no_paragraph_is_lost(paragraphs: list[str]) -> None:
    """Every paragraph without marks comes back, in order."""
    assert [block.text for block in blocks("\n\n".join(paragraphs))] == [" ".join(text.split()) for text in paragraphs]


@pytest.mark.parametrize(
    "marks", ["[" * 40000, "[a](" * 20000, "*a " * 30000, "**a" * 30000, "`" * 40000, "![](" * 20000]
)
def test_unclosed_marks_are_read_in_time(marks: str, tmp_path: Path) -> None:
    """Marks that never close neither hang nor fail (patterns run over bounded chunks)."""
    place = tmp_path / "page.md"
    place.write_text(marks)
    assert extract(read_file(place)).document.effective is None
