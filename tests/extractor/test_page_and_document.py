"""The signals of a page, plain text, texts inside scripts, files, and documents of several pages."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import ExtractError
from storage.model import BlockKind, Capture, Extraction, ExtractRules, Reason
from watcher.extractor import EXTRACTOR_VERSION, combine, extract, extraction_key, read_file
from watcher.extractor.plain import read_plain

SENTENCE = "We keep the account details of our customers for as long as the contract with them runs."
PAGE = (
    "<!doctype html><html lang='nl-BE'><head><title>Privacy | Acme</title><script>var a = 1, b = 2;</script></head>"
    f"<body><nav><a href='/'>Home</a></nav><main><h1>Privacy</h1><p>{SENTENCE} <a href='/x?id=1'>More</a></p></main>"
    "<form><input type='password'></form></body></html>"
)


def take(body: str | bytes, media: str = "text/html", rules: ExtractRules = ExtractRules()) -> Extraction:  # noqa: B008
    """Extract a body of that media type."""
    raw = body.encode() if isinstance(body, str) else body
    url = "https://example.org/privacy"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(url, url, moment, 200, (), media, None, hashlib.sha256(raw).hexdigest(), raw), rules)


def test_signals_count_the_whole_page() -> None:
    """Words, links, password fields, scripts, title and end tag are those of the raw page."""
    page = take(PAGE).page
    assert page.visible_head == f"Home Privacy {SENTENCE} More"
    assert page.visible_words == len(page.visible_head.split())
    assert (page.links, page.password_fields, page.script_words) == (2, 1, 7)
    assert (page.closed, page.title) == (True, "Privacy | Acme")


def test_a_page_without_end_is_not_closed() -> None:
    """A cut page has no end tag; plain text needs none."""
    assert not take(PAGE[: PAGE.index("</main>")]).page.closed
    assert take(SENTENCE, "text/plain").page.closed


def test_visible_tells_machinery_from_nothing() -> None:
    """A link target or a menu entry changes `visible` but not the fingerprint; a script changes neither."""
    first = take(PAGE)
    for change in (("id=1", "id=2"), (">Home<", ">Start<")):
        other = take(PAGE.replace(*change))
        assert other.document.fingerprint == first.document.fingerprint
        assert other.page.visible != first.page.visible
    assert take(PAGE.replace("a = 1", "a = 9")).page.visible == first.page.visible


def test_the_language_is_the_declared_one() -> None:
    """The page's lang attribute, reduced; the configured language wins."""
    assert take(PAGE).document.language == "nl"
    assert take(PAGE, rules=ExtractRules(language="de")).document.language == "de"


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__NEXT_DATA__" type="application/json">{data}</script>',
        "<script>window.__STATE__ = {data};</script>",
        "<script>self.__next_f.push([1,{text}])</script>",
    ],
)
def test_text_that_stands_only_in_a_script(script: str) -> None:
    """An application shell without visible text gives the texts of its JSON."""
    html = f"<h1>Privacy</h1><p>{SENTENCE}</p><p>{SENTENCE.replace('keep', 'erase')}</p>"
    data = json.dumps({"page": {"body": html, "key": "x" * 300}})
    shell = script.format(data=data, text=json.dumps(html))
    found = take(f"<html><body><div id='root'></div>{shell}</body></html>").document
    assert [block.text for block in found.blocks] == ["Privacy", SENTENCE, SENTENCE.replace("keep", "erase")]


def test_scripts_are_not_read_when_there_is_text() -> None:
    """A page with text of its own does not tell it twice."""
    html = f"<p>{SENTENCE}</p>" * 6
    shell = f"<script>{json.dumps({'body': html})}</script>"
    text = " ".join(f"{SENTENCE.replace('keep', word)}" for word in ("store", "hold", "save", "have", "use"))
    assert [block.text for block in take(f"<main><p>{text}</p></main>{shell}").document.blocks] == [text]


def test_plain_text() -> None:
    """Blank lines part paragraphs, wrapped lines join, signs make items, short lines alone are headings."""
    text = (
        "PRIVACY\n\n1. Scope\n\nWe keep the account details of our customers\nas long as it runs.\n\n- name\n- age\n\n"
    )
    found = take(text + SENTENCE, "text/plain").document.blocks
    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.HEADING, "PRIVACY"),
        (BlockKind.HEADING, "1. Scope"),
        (BlockKind.PARAGRAPH, "We keep the account details of our customers as long as it runs."),
        (BlockKind.LIST_ITEM, "name"),
        (BlockKind.LIST_ITEM, "age"),
        (BlockKind.PARAGRAPH, SENTENCE),
    ]


def test_line_ends_of_all_systems() -> None:
    """CRLF, CR and form feed part lines like LF."""
    assert [piece.text for piece in read_plain("one.\r\n\r\ntwo.\r\rthree.\ffour.")] == [
        "one.",
        "two.",
        "three.",
        "four.",
    ]


@pytest.mark.parametrize("media", ["text/html", "text/plain", "", "application/octet-stream", "application/xhtml+xml"])
def test_html_is_known_by_its_bytes(media: str) -> None:
    """A page that is served as something vague is read as HTML."""
    assert take(PAGE, media).document.title == "Privacy"


def test_html_stored_as_markdown_is_read_as_html() -> None:
    """A Markdown file that is mostly HTML is walked as such; a tag or two is only taken out."""
    lines = "\n".join(f"<p>{SENTENCE}</p>" for _ in range(2))
    page = f"<div>\n<h1>Privacy</h1>\n<ul>\n<li>name</li>\n</ul>\n{lines}\n</div>"
    assert [block.kind.value for block in take(page, "text/markdown").document.blocks][:2] == ["heading", "list-item"]
    assert [block.text for block in take("# A\n\n<p>b</p>\n\nc", "text/markdown").document.blocks] == ["A", "b", "c"]


@pytest.mark.parametrize(
    ("body", "media"),
    [(b"%PDF-1.7\n\x00", "application/pdf"), (b"%PDF-1.7", "text/html"), (b"\x89PNG\0", "image/png"), (b"\0\1\2", "")],
)
def test_what_is_no_text_is_told(body: bytes, media: str) -> None:
    """PDFs, images and other bytes are an error that says what they are."""
    with pytest.raises(ExtractError, match="https://example") as caught:
        take(body, media)
    assert caught.value.reason is Reason.EXTRACT_FAILED


def test_pages_are_combined_in_order() -> None:
    """Blocks one after the other, first title and dates, signals summed, a fingerprint of its own."""
    first, second = take(PAGE), take("<title>B</title><h1>Part two</h1><p>Last updated: 3 May 2024</p>")
    both = combine([first, second])
    assert both.document.blocks == first.document.blocks + second.document.blocks
    assert (both.document.title, both.document.language) == ("Privacy", "nl")
    assert both.document.updated == second.document.updated is not None
    assert both.document.fingerprint not in {first.document.fingerprint, second.document.fingerprint}
    assert both.page.visible_words == first.page.visible_words + second.page.visible_words
    assert not both.page.closed
    assert combine([first]) == first
    with pytest.raises(ExtractError):
        combine([])


def test_the_key_names_version_and_rules() -> None:
    """Equal rules have equal keys, others others; the document carries it."""
    rules = ExtractRules(("main",), (".ad",), "nl")
    assert extraction_key(rules) == extraction_key(ExtractRules(("main",), (".ad",), "nl"))
    keys = {extraction_key(rule) for rule in (ExtractRules(), rules, ExtractRules(("main", ".ad")))}
    assert len(keys) == 3
    assert all(key.startswith(f"{EXTRACTOR_VERSION}-") for key in keys)
    assert take(PAGE, rules=ExtractRules(("main",))).document.extraction == extraction_key(ExtractRules(("main",)))


def test_files_are_read_as_captures(tmp_path: Path) -> None:
    """The media type comes from the name, the hash from the bytes."""
    for name, media in (("a.html", "text/html"), ("a.MD", "text/markdown"), ("a.txt", "text/plain"), ("a", "")):
        place = tmp_path / name
        place.write_text(PAGE)
        capture = read_file(place)
        assert (capture.media_type, capture.status, capture.body) == (media, 200, PAGE.encode())
        assert capture.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()
        assert capture.fetched_at.tzinfo is UTC
