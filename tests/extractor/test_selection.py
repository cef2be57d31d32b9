"""Selectors on a PDF, Markdown and plain text: blocks stand for elements, and nothing is passed over in silence."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from pdf_samples import Paper

from storage.errors import ExtractError
from storage.model import Capture, ExtractRules, Range, Reason
from watcher.extractor import extract

URL = "https://vendor.example/legal"
MARKDOWN = """# Legal

Words before the parts.

## Privacy

We keep your data for a year.

- your name
- your address

| Name | Country |
| --- | --- |
| Quillwharf Oy | Finland |

## Cookies

We set two cookies.
"""
PRIVACY = [
    "Privacy",
    "We keep your data for a year.",
    "your name",
    "your address",
    "Name | Country",
    "Quillwharf Oy | Finland",
]
FROM_PRIVACY = Range("h2:-soup-contains('Privacy')", "h2:-soup-contains('Cookies')")


def texts(
    rules: ExtractRules, body: str | bytes = MARKDOWN, media: str = "text/markdown", recorded: str = ""
) -> list[str]:
    """The blocks that are read."""
    raw = body if isinstance(body, bytes) else body.encode()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    headers = (("Clausewatch-Recorded", recorded),) if recorded else ()
    capture = Capture(URL, URL, moment, 200, headers, media, "utf-8", hashlib.sha256(raw).hexdigest(), raw)
    return [block.text for block in extract(capture, rules).document.blocks]


def test_a_range_of_markdown_goes_from_heading_to_heading() -> None:
    """Paragraphs, lists and tables between two headings, in their order."""
    assert texts(ExtractRules(select_ranges=(FROM_PRIVACY,))) == PRIVACY
    assert texts(ExtractRules(remove_ranges=(FROM_PRIVACY,))) == [
        "Legal",
        "Words before the parts.",
        "Cookies",
        "We set two cookies.",
    ]


def test_selectors_name_the_kinds_of_blocks() -> None:
    """Items, rows, headings; what is removed is removed inside of that."""
    assert texts(ExtractRules(select=("li", "tr"))) == PRIVACY[2:]
    assert texts(ExtractRules(select=("h2 + p",))) == ["We keep your data for a year.", "We set two cookies."]
    assert texts(ExtractRules(select=("body",), remove=("tr, h1",))) == [
        "Words before the parts.",
        *PRIVACY[:4],
        "Cookies",
        "We set two cookies.",
    ]
    assert texts(ExtractRules(remove=("nav", ".banner"))) == texts(ExtractRules())


def test_a_range_and_a_selector_together_are_read_in_the_order_of_the_text() -> None:
    """Nothing stands twice."""
    assert texts(ExtractRules(select=("h1", "li"), select_ranges=(FROM_PRIVACY,))) == ["Legal", *PRIVACY]


def test_the_sections_of_a_pdf_can_be_chosen() -> None:
    """Headings of a PDF are those that its reader found."""
    paper = Paper()
    paper.title_line("Legal notices")
    for name in ("Privacy", "Cookies"):
        paper.heading(name)
        paper.text_block(f"{name} matters to us, and this paragraph says at some length what we do about it. " * 3)
    body = paper.data()
    whole = texts(ExtractRules(), body, "application/pdf")
    assert whole[:2] == ["Legal notices", "Privacy"]
    chosen = Range(":is(h1, h2, h3):-soup-contains('Privacy')", ":is(h1, h2, h3):-soup-contains('Cookies')")
    assert texts(ExtractRules(select_ranges=(chosen,)), body, "application/pdf") == whole[1:3]
    with pytest.raises(ExtractError, match="has the elements h1 to h6, p, li, tr and dd") as caught:
        texts(ExtractRules(select=("main",)), body, "application/pdf")
    assert caught.value.reason is Reason.SELECTOR_MISSING


def test_plain_text_has_elements_too() -> None:
    """Paragraphs of a text file."""
    text = "Privacy policy\n\nWe keep your data for a year and never sell it to anybody.\n\nWe set two cookies.\n"
    kept = texts(ExtractRules(select=("p:-soup-contains('cookies')",)), text, "text/plain")
    assert kept == ["We set two cookies."]


@pytest.mark.parametrize(
    ("rules", "reason", "told"),
    [
        (ExtractRules(select=("main",)), Reason.SELECTOR_MISSING, "nothing on the page matches 'main'"),
        (ExtractRules(select=("li", ".legal")), Reason.SELECTOR_MISSING, "matches '.legal'"),
        (ExtractRules(select_ranges=(Range("#a", "h2"),)), Reason.SELECTOR_MISSING, "matches '#a'"),
        (ExtractRules(select_ranges=(Range("h2", "h5"),)), Reason.SELECTOR_MISSING, "matches 'h5', where the range"),
        (ExtractRules(select_ranges=(Range("body", after=True),)), Reason.SELECTOR_MISSING, "follows 'body'"),
        (ExtractRules(select=("p[",)), Reason.EXTRACT_FAILED, "is not CSS"),
        (ExtractRules(select=("p " * 200,)), Reason.EXTRACT_FAILED, "200 are the most"),
    ],
)
def test_what_matches_nothing_is_told(rules: ExtractRules, reason: Reason, told: str) -> None:
    """A selection that matches nothing is never an empty document, and never the whole."""
    with pytest.raises(ExtractError, match=told.replace("[", r"\[")) as caught:
        texts(rules)
    assert caught.value.reason is reason


def test_a_recorded_text_that_others_extracted_is_taken_whole() -> None:
    """The selectors of a source were written for the page, not for the text that an archive took out of it."""
    rules = ExtractRules(select=("main",), remove=("li",))
    assert texts(rules, recorded="git versions 0123456789ab:A/B.md blob 01") == texts(ExtractRules())
    with pytest.raises(ExtractError):
        texts(rules, recorded="file 2026-01-01.md")
