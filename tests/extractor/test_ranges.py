"""Ranges from heading to heading: exactly what stands between, and never an empty or an endless document."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import ExtractError
from storage.model import Capture, Document, ExtractRules, Range, Reason
from watcher.extraction import extraction_key
from watcher.extractor import extract
from watcher.extractor.html import read_html
from watcher.extractor.ranges import find_range

PAGE = """<!doctype html><html lang=en><body><nav><a href=/a>Products</a> <a href=/b>Prices</a></nav>
<main><h1>Legal</h1><h2 id=terms>Terms</h2><p>The terms are these.</p>
<section><h2 id=privacy>Privacy</h2>Loose words come first.<br><p>We keep data for a year.</p>
<ul><li>your name</li><li>your address</li></ul></section>
<p>This belongs to privacy as well.</p><div hidden>not for the eye</div>
<div><div><h2 id=cookies>Cookies</h2><p>We set two cookies.</p></div><p>The last words.</p></div></main>
<footer><a href=/c>Careers</a> <a href=/d>Press</a></footer></body></html>"""


def read(rules: ExtractRules, page: str = PAGE) -> Document:
    """The document that these rules find."""
    body = page.encode()
    url = "https://vendor.example/legal"
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    digest = hashlib.sha256(body).hexdigest()
    return extract(Capture(url, url, moment, 200, (), "text/html", "utf-8", digest, body), rules).document


def texts(document: Document) -> list[str]:
    """The texts of the blocks."""
    return [block.text for block in document.blocks]


def kept(*ranges: Range, select: tuple[str, ...] = (), removed: tuple[Range, ...] = ()) -> list[str]:
    """The texts that ranges keep of the page."""
    return texts(read(ExtractRules(select, (), "en", ranges, removed)))


PRIVACY = [
    "Privacy",
    "Loose words come first.",
    "We keep data for a year.",
    "your name",
    "your address",
    "This belongs to privacy as well.",
]


def test_the_bounds_of_a_range_may_change_sides() -> None:
    """The start left out, the end taken in; an end that lies around the start ends where it ends."""
    assert kept(Range("h2#privacy", "h2#cookies", after=True)) == PRIVACY[1:]
    assert kept(Range("h2#privacy", "h2#cookies", through=True)) == [*PRIVACY, "Cookies"]
    around = kept(Range("h2#privacy", "section", through=True))
    assert around == PRIVACY[:-1]
    assert kept(Range("h2#cookies", "main", after=True, through=True)) == ["We set two cookies.", "The last words."]
    with pytest.raises(ExtractError, match="follows 'footer'"):
        kept(Range("footer", after=True))


def test_a_range_holds_what_stands_between_its_ends() -> None:
    """Over the borders of sections, loose text and lists included, hidden words and the end itself left out."""
    assert kept(Range("h2#privacy", "h2#cookies")) == PRIVACY
    found = read(ExtractRules(select_ranges=(Range("h2#privacy", "h2#cookies"),)))
    assert [block.kind.value for block in found.blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "list-item",
        "list-item",
        "paragraph",
    ]
    assert {block.path for block in found.blocks[1:]} == {("Privacy",)}


def test_a_range_without_an_end_stops_where_the_document_does() -> None:
    """To the end of the page, but no menu and no footer; a range that begins in the footer is meant so."""
    assert kept(Range("h2#cookies")) == ["Cookies", "We set two cookies.", "The last words."]
    assert "Careers" in kept(Range("footer"))[0]


def test_headings_are_found_by_their_words() -> None:
    """Where a page gives its headings no names."""
    assert kept(Range("h2:-soup-contains('Privacy')", "h2:-soup-contains('Cookies')")) == PRIVACY


def test_ranges_and_selectors_make_one_document_in_the_order_of_the_page() -> None:
    """What two of them hold is told once."""
    got = kept(Range("h2#privacy", "h2#cookies"), Range("ul", "h2#cookies"), select=("h1", "li"))
    assert got == ["Legal", *PRIVACY]


def test_a_range_is_removed_whole() -> None:
    """With and without `select`; one that finds no start removes nothing."""
    assert kept(Range("h1"), removed=(Range("h2#privacy", "h2#cookies"),)) == [
        "Legal",
        "Terms",
        "The terms are these.",
        "Cookies",
        "We set two cookies.",
        "The last words.",
    ]
    plain = texts(read(ExtractRules(remove_ranges=(Range("h2#terms", "section"),))))
    assert "The terms are these." not in plain
    assert "We keep data for a year." in plain
    assert texts(read(ExtractRules(remove_ranges=(Range("h6", "section"),)))) == texts(read(ExtractRules()))


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (ExtractRules(select_ranges=(Range("h2#gone", "h2#cookies"),)), "'h2#gone'"),
        (ExtractRules(select_ranges=(Range("h2#privacy", "h2#gone"),)), "'h2#gone'"),
        (ExtractRules(select_ranges=(Range("h2#cookies", "h2#privacy"),)), "'h2#privacy'"),
        (ExtractRules(select_ranges=(Range("section", "h2#privacy"),)), "'h2#privacy'"),
        (ExtractRules(select_ranges=(Range("div[hidden]", "div:has(h2)"),), remove=("div[hidden]",)), "no text"),
        (ExtractRules(("main", "#gone"), select_ranges=(Range("h1"),)), "'#gone'"),
        (ExtractRules(remove_ranges=(Range("h2#cookies", "h2#gone"),)), "'h2#gone'"),
    ],
)
def test_what_is_not_found_is_a_missing_selector(rules: ExtractRules, told: str) -> None:
    """No start, no end, an end before or inside the start, no text, another selector: never empty, never endless."""
    with pytest.raises(ExtractError) as caught:
        read(rules)
    assert caught.value.reason is Reason.SELECTOR_MISSING
    assert told in str(caught.value)


def test_ranges_are_part_of_the_way_of_reading() -> None:
    """Rules with other ranges have another key; rules without any have the key they always had."""
    keys = [
        extraction_key(rules)
        for rules in (
            ExtractRules(("a",)),
            ExtractRules(("a",), select_ranges=(Range("b"),)),
            ExtractRules(("a",), remove_ranges=(Range("b"),)),
            ExtractRules(("a",), select_ranges=(Range("b", "c"),)),
        )
    ]
    assert len(set(keys)) == 4
    assert keys[0].split("-", 1)[1] == "bacaead95f70"


TREES = st.recursive(
    st.sampled_from(["<p>text</p>", "<h2>head</h2>", "loose", "<i>word</i>"]),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<div>{''.join(parts)}</div>"),
    max_leaves=25,
)


@settings(max_examples=120, deadline=None)
@given(TREES, TREES, TREES, st.integers(0, 3), st.integers(0, 3))
def test_a_range_is_the_text_between_two_places(before: str, inside: str, behind: str, deep: int, down: int) -> None:
    """Whatever the nesting on each side, the strings of the range are those between the two marks, in order."""
    start = "<div>" * deep + before + "<h3 class=a>start</h3>" + "</div>" * deep
    end = "<div>" * down + inside + "<h3 class=b>end</h3>" + behind + "</div>" * down
    soup = BeautifulSoup(f"<html><body>{start}{end}</body></html>", "lxml")
    found = find_range(soup, Range("h3.a", "h3.b"), lambda tree, selector: list(tree.select(selector)))
    got = [text for node in found for text in ([node] if isinstance(node, str) else node.strings)]  # type: ignore[attr-defined]
    all_strings = list(soup.strings)
    assert got == all_strings[all_strings.index("start") : all_strings.index("end")]


def test_a_deep_page_costs_no_more_than_others() -> None:
    """20,000 nested elements around both ends."""
    deep = 20_000
    page = f"<body>{'<div>' * deep}<h2>One</h2><p>Inside.</p>{'</div>' * deep}<h3>Two</h3></body>"
    found = read_html(page, ExtractRules(select_ranges=(Range("h2", "h3"),)))
    assert [piece.text for piece in found.pieces] == ["One", "Inside."]
