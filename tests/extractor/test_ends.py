"""What stands at the ends of a text is told where it is the document's, and left out where it is the site's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.model import Capture
from watcher.extractor import extract

SAID = "<p>We keep the personal data in your account for thirty days after you close it, and erase them after that.</p>"
CLAUSES = "".join(f"<h2>{number}. Part</h2>{SAID.replace('thirty', str(number))}" for number in range(10, 16))

# What stands in place of dpo@vendor.example where scripts do not run.
HIDDEN = bytes([17, *(sign ^ 17 for sign in b"dpo@vendor.example")]).hex()
# Boxes below the last clause that are the vendor's words.
KEPT = {
    "a section whose id is made from its heading": '<section id="comments"><h2>Comments</h2><p>What you write below a '
    'post is kept for a year. See <a href="/blog">the blog</a>.</p></section>',
    "a footer with an address": "<footer><p>Questions? <a href='mailto:dpo@vendor.example'>dpo@vendor.example</a></p>"
    "</footer>",
    "an address that scripts make readable": f"<div><a href='/cdn-cgi/l/email-protection' data-cfemail='{HIDDEN}'>"
    "[email&#160;protected]</a></div>",
    "a footer with such an address": f"<footer><p>Questions? <a href='/cdn-cgi/l/email-protection' data-cfemail="
    f"'{HIDDEN}'>[email&#160;protected]</a></p></footer>",
    "a footer with a date": "<footer>Version 3.2, 12 March 2025</footer>",
    "a date": '<div class="meta">Last updated: 12 March 2025</div>',
    "a list of documents": '<div><ul><li><a href="/terms">Terms</a></li><li><a href="/dpa">DPA</a></li></ul></div>',
    "a link to a document": '<div><p><a href="/dpa">Data processing agreement</a></p></div>',
    "a panel that opens": "<div class='item'><button aria-expanded='false'>Contact</button><div hidden>By letter</div>"
    "</div>",
    "an officer": '<div class="author">Data protection officer: J. Doe, 12 Tanner Row, Leeds, dpo@vendor.example</div>',
}
# Boxes there that are not.
LEFT = {
    "votes": "<div class='votes'><span>Did this answer help you out today?</span><button>Yes</button></div>",
    "a question with buttons": "<div><span>Helpful?</span><button>Yes</button><button>No</button></div>",
    "comments": '<section class="post-comments"><h2>Comments (3)</h2><p><a href="/in">Sign in</a> to write.'
    "</p></section>",
    "a form": '<div id="respond"><h3>Leave a reply</h3><form><textarea></textarea>'
    "<p>Your address stays hidden.</p></form>"
    "</div>",
    "ways on": '<div><a href="/a"><p>Previous</p>Terms</a><a href="/b"><p>Next</p>Security</a></div>',
    "how long ago": "<div>Updated <time>3 days ago</time></div>",
    "a call to act": '<section class="section_cta"><h2>Ready to start?</h2><p>Join the teams that plan with us, and '
    'stop whenever you like.</p><a href="/start">Start</a></section>',
    "tags and who edited": '<footer><b>Tags:</b> <a href="/t">legal</a> Edited by Maud Ellery</footer>',
    "no comments yet": '<div class="comments"><h3>0 comments</h3></div>',
}
BYLINES = {
    "author": '<div class="post-author">By Maud Ellery</div>',
    "kinds": '<div><span>in</span> <a rel="category tag" href="/legal">Legal</a></div>',
    "who and when": '<div class="page-metadata">Created by <a href="/m">Maud</a>, modified on '
    '<a href="/d">May 14, 2025</a>'
    "</div>",
}
DATES = {
    "date": '<div class="meta">Last updated: 12 March 2025</div>',
    "whom it is for": '<div class="meta">Applies to: schools</div>',
    "since": "<p>In force since 1 May 2025</p>",
}


def texts(inner: str, around: str = "{}") -> list[str]:
    """The blocks of a page."""
    body = f"<html lang=en><body><header><a href=/>Home</a></header><main>{around.format(inner)}</main></body>".encode()
    url = "https://vendor.example/privacy"
    capture = Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), "text/html", "utf-8", "0" * 64, body)
    return [block.text for block in extract(capture).document.blocks]


PLAIN = texts(f"<h1>Privacy</h1>{CLAUSES}")


@pytest.mark.parametrize("around", ["{}", "<article><div>{}</div></article>"])
@pytest.mark.parametrize("box", LEFT.values(), ids=LEFT)
def test_boxes_of_the_site_below_the_text_are_left_out(box: str, around: str) -> None:
    """Only the clauses are told, in the same element as the box or beside it."""
    assert texts(f"<h1>Privacy</h1>{CLAUSES}{box}", around) == PLAIN
    assert texts(f"<div><h1>Privacy</h1>{CLAUSES}</div>{box}", around) == PLAIN


@pytest.mark.parametrize("box", KEPT.values(), ids=KEPT)
def test_words_of_the_vendor_below_the_text_are_told(box: str) -> None:
    """A section, a date, an address, a document, a panel: nothing of it is lost."""
    assert len(texts(f"<h1>Privacy</h1>{CLAUSES}{box}")) > len(PLAIN)


@pytest.mark.parametrize("box", LEFT.values(), ids=LEFT)
def test_the_same_boxes_in_the_midst_of_the_text_need_more(box: str) -> None:
    """What stands below a box is told whatever the box was taken for."""
    assert texts(f"<h1>Privacy</h1>{CLAUSES}{box}<h2>99. Last</h2><p>Courts of Leeds decide all disputes.</p>")[
        -2:
    ] == [
        "99. Last",
        "Courts of Leeds decide all disputes.",
    ]


@pytest.mark.parametrize("line", BYLINES.values(), ids=BYLINES)
def test_who_wrote_the_page_is_left_out(line: str) -> None:
    """Between title and first sentence; also where the title has a box of its own."""
    assert texts(f"<h1>Privacy</h1>{line}{CLAUSES}") == PLAIN
    assert texts(f"<header><h1>Privacy</h1>{line}</header><div>{CLAUSES}</div>") == PLAIN


@pytest.mark.parametrize("line", DATES.values(), ids=DATES)
def test_dates_below_the_title_are_told(line: str) -> None:
    """When the document is of, and whom it is for."""
    assert len(texts(f"<h1>Privacy</h1>{line}{CLAUSES}")) == len(PLAIN) + 1


def test_a_mark_above_the_title_is_left_out() -> None:
    """The version of a handbook is no part of the document; the date of the document is."""
    mark = '<span class="version-badge">Version: 14</span>'
    assert texts(f"{mark}<h1>Privacy</h1>{CLAUSES}") == PLAIN
    assert len(texts(f"{mark.replace('14', 'March 2025')}<h1>Privacy</h1>{CLAUSES}")) == len(PLAIN) + 1


@pytest.mark.parametrize("box", LEFT.values(), ids=LEFT)
@pytest.mark.parametrize("title", ["h1", "h2"])
def test_both_ends_of_every_copy(box: str, title: str) -> None:
    """A text that stands there once for each kind of screen, each with its box below, is told once and without it."""
    copy = f"<{title}>Privacy</{title}>{BYLINES['author'] if title == 'h1' else ''}{CLAUSES}{box}"
    found = texts(f'<div class="wide">{copy}</div><div class="small">{copy}</div>')
    assert found == texts(f"<{title}>Privacy</{title}>{CLAUSES}")
