"""The walk from elements to blocks: what is a heading, a paragraph, an item, a row, a definition."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.errors import ExtractError
from storage.model import Block, BlockKind, Capture, Document, ExtractRules, Reason
from watcher.extractor import extract

PROSE = (
    "We keep the account details of our customers for as long as the contract runs and erase them within thirty days "
    "after it ends, unless a law obliges us to keep them for a longer time."
)


def document(body: str, rules: ExtractRules = ExtractRules()) -> Document:  # noqa: B008 - a frozen value
    """Extract a page that was served as HTML."""
    raw = body.encode()
    url = "https://example.org/privacy"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(url, url, moment, 200, (), "text/html", None, "", raw), rules).document


def blocks(content: str) -> tuple[Block, ...]:
    """Extract the blocks of a page whose main element holds this."""
    return document(f"<html><body><main>{content}</main></body></html>").blocks


def texts(content: str) -> list[str]:
    """Extract the texts alone."""
    return [block.text for block in blocks(content)]


def test_inline_elements_do_not_split_a_sentence() -> None:
    """Bold words, links and spans stay in the sentence, without blanks of their own."""
    assert texts('<p>We <b>never</b> sell <a href="/x">per<span>sonal</span></a> data<sup>1</sup>.</p>') == [
        "We never sell personal data1."
    ]


def test_one_break_is_a_blank_two_make_paragraphs() -> None:
    """A single line break joins, a double one parts."""
    assert texts("<p>Acme Ltd<br>1 Road<br> <br>Second paragraph</p>") == ["Acme Ltd 1 Road", "Second paragraph"]


def test_text_beside_blocks_is_a_paragraph_of_its_own() -> None:
    """Loose text before, between and after block elements is kept in order."""
    assert texts("<div>before<p>inside</p>after<div>deep</div>end</div>") == [
        "before",
        "inside",
        "after",
        "deep",
        "end",
    ]


def test_headings_make_the_path() -> None:
    """Each block knows the headings above it, outermost first; a heading does not hold itself."""
    found = blocks("<h1>Policy</h1><h2>Data</h2><h3>Names</h3><p>text</p><h2>Rights</h2><p>more</p>")
    assert [(block.text, block.path) for block in found] == [
        ("Policy", ()),
        ("Data", ("Policy",)),
        ("Names", ("Policy", "Data")),
        ("text", ("Policy", "Data", "Names")),
        ("Rights", ("Policy",)),
        ("more", ("Policy", "Rights")),
    ]
    assert [block.level for block in found] == [1, 2, 3, 0, 2, 0]


@pytest.mark.parametrize(
    "heading",
    [
        '<div role="heading" aria-level="2">Your rights</div>',
        "<h2><button>Your rights</button></h2>",
        "<h2><div>Your</div> <div>rights</div></h2>",
        '<div><button aria-expanded="false">Your rights</button></div>',
        '<div role="button" aria-controls="p"><h4>Your rights</h4></div>',
        "<p><b>Your rights</b></p>",
        "<div><strong>Your rights:</strong></div>",
        '<div><span style="font-weight: 700">Your rights</span></div>',
        "<details><summary>Your rights</summary></details>",
    ],
)
def test_what_looks_like_a_heading_is_one(heading: str) -> None:
    """Roles, accordion buttons, summaries and short bold lines over text are headings."""
    found = blocks(f"<h1>Policy</h1>{heading}<p>{PROSE}</p>")
    assert found[1].kind is BlockKind.HEADING
    assert found[1].level >= 2
    assert found[2].path == ("Policy", found[1].text)


@pytest.mark.parametrize(
    "line",
    [
        "<p><b>Note:</b> this is plain text.</p>",
        f"<p><b>{PROSE}</b></p>",
        "<p><b>Last updated 3 May 2024</b></p>",
        "<p><b>privacy@example.org</b></p>",
    ],
)
def test_bold_text_is_not_always_a_heading(line: str) -> None:
    """Partly bold, long, dated and address lines stay paragraphs."""
    assert blocks(f"{line}<p>{PROSE}</p>")[0].kind is BlockKind.PARAGRAPH


def test_numbered_headings_in_lists_of_one() -> None:
    """A bold item over a paragraph is a heading; bold items among items are not."""
    found = blocks(f"<ol><li><b>Scope</b></li></ol><p>{PROSE}</p><ul><li><b>Name</b></li><li>Address</li></ul>")
    assert [block.kind.value for block in found] == ["heading", "paragraph", "list-item", "list-item"]
    assert found[1].path == ("Scope",)


def test_shadow_roots_are_read() -> None:
    """A template that is a declared shadow root is shown, another is not."""
    shadow = f'<x-page><template shadowrootmode="open"><p>{PROSE}</p></template></x-page><template>no</template>'
    assert texts(f"<h1>Policy</h1>{shadow}") == ["Policy", PROSE]


def test_a_bold_line_over_text_in_one_paragraph_is_a_heading() -> None:
    """Old pages set heading and text in one paragraph, parted by a line break."""
    found = blocks(f'<p><font size="3"><b>Your account</b></font><br><font size="2">{PROSE}</font></p>')
    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.HEADING, "Your account"),
        (BlockKind.PARAGRAPH, PROSE),
    ]


def test_capitals_stand_over_mixed_case() -> None:
    """Among bold lines those in capitals are the outer headings."""
    found = blocks(f"<h1>Policy</h1><p><b>WEBSITE</b></p><p><b>Cookies</b></p><p>{PROSE}</p><p><b>APP</b></p><p>x</p>")
    assert found[3].path == ("Policy", "WEBSITE", "Cookies")
    assert found[5].path == ("Policy", "APP")


def test_list_items_know_their_depth() -> None:
    """Every item's own text is a block; nested items are deeper; text after a nested list is kept."""
    found = blocks("<ol><li>One<ul><li>Deep</li></ul>rest</li><li><p>Two</p><p>still two</p></li></ol>")
    assert [(block.text, block.level) for block in found] == [
        ("One", 1),
        ("Deep", 2),
        ("rest", 1),
        ("Two", 1),
        ("still two", 1),
    ]
    assert {block.kind for block in found} == {BlockKind.LIST_ITEM}


def test_bullet_signs_are_not_text() -> None:
    """Written bullets make items and are left out."""
    found = blocks("<p>We collect:<br>• your name<br>• your address</p><ul><li>• your age</li></ul>")
    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.PARAGRAPH, "We collect:"),
        (BlockKind.LIST_ITEM, "your name"),
        (BlockKind.LIST_ITEM, "your address"),
        (BlockKind.LIST_ITEM, "your age"),
    ]


def test_definitions_hold_their_term() -> None:
    """A term and one text are one definition; over several texts the term stands like a heading."""
    found = blocks("<dl><dt>Session</dt><dd>ends with the visit</dd><dt>Long</dt><dd><p>One.</p><p>Two.</p></dd></dl>")
    assert (found[0].kind, found[0].text) == (BlockKind.DEFINITION, "Session: ends with the visit")
    assert [block.text for block in found[1:]] == ["Long", "One.", "Two."]
    assert found[3].path == ("Long",)


def test_definitions_without_end_tags() -> None:
    """Terms and texts whose end tags were left out stay apart, in order."""
    found = blocks("<dl><dt>A<dd>one<dt>B<dt>C<dd>two<dd>three</dl>")
    assert [block.text for block in found] == ["A: one", "B, C: two", "three"]


def test_preformatted_lines_are_kept_in_their_paragraphs() -> None:
    """Blank lines in preformatted text part paragraphs."""
    assert texts("<pre>one\ntwo\n\nthree</pre>") == ["one two", "three"]


def test_links_stand_beside_the_text() -> None:
    """A tracking id in a link changes neither text nor fingerprint."""
    old = document(f'<main><p>{PROSE} See <a href="https://x.org/?utm=1">the list</a>.</p></main>')
    new = document(f'<main><p>{PROSE} See <a href="https://x.org/?utm=2">the list</a>.</p></main>')
    assert old.fingerprint == new.fingerprint
    assert [(link.text, link.href) for link in old.blocks[0].links] == [("the list", "https://x.org/?utm=1")]


@pytest.mark.parametrize(
    "silent",
    [
        "<script>SECRET</script>",
        "<style>.SECRET{}</style>",
        "<noscript>SECRET</noscript>",
        "<template><p>SECRET</p></template>",
        "<!-- SECRET -->",
        "<svg><text>SECRET</text></svg>",
        '<i aria-hidden="true">SECRET</i>',
        '<span class="sr-only">SECRET</span>',
        '<div style="display:none">SECRET</div>',
        "<div hidden>SECRET</div>",
        "<select><option>SECRET</option></select>",
        "<textarea>SECRET</textarea>",
        '<img alt="SECRET" src="x">',
    ],
)
def test_what_is_not_seen_is_not_text(silent: str) -> None:
    """Scripts, styles, comments, icons, hidden labels and form fields hold no text."""
    assert texts(f"<p>{PROSE}</p>{silent}<p>end</p>") == [PROSE, "end"]


def test_hidden_prose_is_kept() -> None:
    """A closed accordion is part of the document."""
    for hiding in ("hidden", 'style="display: none"', 'aria-hidden="true"'):
        assert texts(f"<h1>Policy</h1><div {hiding}><p>{PROSE}</p><p>{PROSE} Twice.</p></div>")[1] == PROSE


def test_copies_for_small_and_wide_screens_are_told_once() -> None:
    """A run of blocks that repeats the run before it is left out; a sentence said twice is not."""
    run = f"<h2>Retention</h2><p>{PROSE}</p><p>Ask us anything.</p>"
    assert len(texts(f"<div class='mobile'>{run}</div><div class='desktop'>{run}</div>")) == 3
    assert texts(f"<p>{PROSE}</p><h2>Else</h2><p>{PROSE}</p>") == [PROSE, "Else", PROSE]


def test_markup_alone_changes_nothing() -> None:
    """Classes, ids, attributes, wrappers and white space leave the fingerprint."""
    old = document(f"<main><h1>Policy</h1><p>{PROSE}</p><ul><li>one</li><li>two</li></ul></main>")
    new = document(
        f'<main class="b7"><div id="r-81"><h1 data-x="1">Policy\n</h1></div><section><p><span>{PROSE}</span></p>\n'
        "<ul class='q'>\n<li>one\n</li> <li><span>two</span></li></ul></section></main>"
    )
    assert old.fingerprint == new.fingerprint


@pytest.mark.parametrize(("before", "after"), [("thirty days", "ninety days"), ("erase them", "sell them")])
def test_a_word_changes_the_fingerprint(before: str, after: str) -> None:
    """One word in a page is a change."""
    assert document(f"<main><p>{PROSE}</p></main>").fingerprint != (
        document(f"<main><p>{PROSE.replace(before, after)}</p></main>").fingerprint
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>x</title>", f"<h1>Privacy statement</h1><p>{PROSE}</p>", "Privacy statement"),
        ("<title>Privacy statement | Acme</title>", f"<p>Privacy statement of Acme</p><p>{PROSE}</p>", None),
        ('<meta property="og:title" content="Acme privacy">', f"<p>{PROSE}</p>", "Acme privacy"),
        ("", f"<h3>Only heading</h3><p>{PROSE}</p>", "Only heading"),
        ("", f"<p>{PROSE}</p>", None),
    ],
)
def test_title(head: str, body: str, title: str | None) -> None:
    """The first h1, else the first line that repeats the head's title, else that title, else any heading."""
    wanted = "Privacy statement of Acme" if "of Acme" in body else title
    assert document(f"<head>{head}</head><body><main>{body}</main></body>").title == wanted


def test_selectors_choose_and_remove() -> None:
    """Selected elements are joined in document order, once; removed ones are left out."""
    page = f"<div class=b><p>{PROSE}</p><p class=ad>ad</p></div><div class=a><h2>Two</h2></div><div>no</div>"
    found = document(page, ExtractRules((".a", "div.b", ".b p"), (".ad",)))
    assert [block.text for block in found.blocks] == [PROSE, "Two"]


def test_a_selector_without_match_is_told() -> None:
    """Nothing matched is an error that names the selector, never an empty document."""
    with pytest.raises(ExtractError, match=r"'#gone'") as caught:
        document(f"<p>{PROSE}</p>", ExtractRules(("#gone",)))
    assert caught.value.reason is Reason.SELECTOR_MISSING


@pytest.mark.parametrize("selector", ["div " * 60, "p:::", "[", ":nope()"])
def test_a_selector_that_cannot_be_used_is_told(selector: str) -> None:
    """Too long and broken selectors are errors with a message of one line."""
    with pytest.raises(ExtractError) as caught:
        document(f"<p>{PROSE}</p>", ExtractRules((selector,)))
    assert caught.value.reason is Reason.EXTRACT_FAILED
    assert "\n" not in str(caught.value)
