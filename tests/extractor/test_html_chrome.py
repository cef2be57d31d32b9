"""What is left out of a page, in the styles that pages are built in; and what never is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.model import Capture, Document
from watcher.extractor import extract

PARTS = [
    "We collect the name, the address and the payment details of the people who order with us.",
    "We use these details to deliver the order, to send the invoice and to answer questions about it.",
    "We share them with the carrier that brings the parcel and with the bank that handles the payment.",
    "We keep invoices for seven years because the law asks us to, and all other details for two years.",
    "You may ask us at any time which details we hold, and have them corrected or erased.",
    "Send a complaint to our privacy officer first; the supervisory authority hears you as well.",
    "When this statement changes in a way that matters we tell you by mail thirty days before.",
]
POLICY = "".join(f"<h2>Part {number}</h2><p>{part}</p>" for number, part in enumerate(PARTS))
DIVS = "".join(f"<div class='h'><b>Part {number}</b></div><div>{part}</div>" for number, part in enumerate(PARTS))
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Product", "Prices", "Blog", "Jobs", "Contact"))
TEXTS = [line for number, part in enumerate(PARTS) for line in (f"Part {number}", part)]


def document(page: str) -> Document:
    """Extract a page that was served as HTML."""
    url = "https://example.org/privacy"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(url, url, moment, 200, (), "text/html", None, "", page.encode())).document


def texts(page: str) -> list[str]:
    """The texts of the blocks of a page."""
    return [block.text for block in document(page).blocks]


PAGES = {
    "semantic": f"<header><nav><ul>{MENU}</ul></nav></header><main><h1>Privacy</h1>{POLICY}</main>"
    f"<aside><h2>News</h2><p>Read about the new office that we opened this week in town.</p></aside>"
    "<footer><p>© 2024 Acme. All rights reserved.</p></footer>",
    "title before main": f"<nav><ul>{MENU}</ul></nav><div class=hero><h1>Privacy</h1></div>"
    f"<main>{POLICY}</main><footer>© 2024 Acme</footer>",
    "article": f"<div class=site-header><ul>{MENU}</ul></div><article><h1>Privacy</h1>{POLICY}</article>"
    '<div class="related-posts"><h3>Related</h3><a href="/x">An older article about parcels and deliveries</a></div>',
    "wordpress": f'<a class="skip-link" href="#content">Skip to content</a><ul id="menu">{MENU}</ul>'
    f'<p class="breadcrumbs"><a href="/">Home</a> / <span>Privacy</span></p><div id="content"><h1>Privacy</h1>{POLICY}'
    '<div class="sharedaddy sharing"><h3>Share this:</h3><ul><li><a href="https://x.example">X</a></li></ul></div>'
    '</div><div id="sidebar" class="sidebar"><h2>Recent posts</h2><ul><li><a href="/p">A post of some days ago</a></li>'
    "</ul></div>",
    "div soup": f'<div class=top><div><a href="/">Home</a></div><div><a href="/b">Blog</a></div></div>'
    f"<div class=wrap><div class=main><h1>Privacy</h1>{DIVS}</div><div class=col><b>Try us</b><div>Free for 30 days."
    '</div><a class=btn href="/try">Start</a></div></div><div class=foot>© 2024 Acme | <a href="/t">Terms</a></div>',
    "atomic classes": f'<div class="x1"><div class="x2"><a href="/">Home</a><a href="/b">Blog</a></div>'
    f'<div class="x3"><div class="x4"><h1>Privacy</h1>{DIVS}</div></div><div class="x5"><a href="/t">Terms</a></div>'
    '</div><div class="x6"><div role="dialog" aria-modal="true"><h2>Cookies</h2><p>We use cookies to improve the site, '
    "to measure its use and to show advertisements that suit you, with our partners.</p><p>You may change your choice "
    'at any time in the settings at the foot of each of our pages.</p><div role="button">Allow</div></div></div>',
    "table layout": '<table><tr><td colspan=2><a href="/">Home</a></td></tr><tr><td><table><tr><td><a href="/b">Blog'
    f"</a></td></tr></table><b>News</b><br>New colours</td><td><h1>Privacy</h1>{POLICY}</td></tr>"
    "<tr><td colspan=2>© 2012-2024 Acme | visitors today: 308</td></tr></table>",
    "form around all": f"<form id=aspnetForm><div class=nav><ul>{MENU}</ul></div><div><h1>Privacy</h1>{POLICY}</div>"
    "<div class=footer>© 2024 Acme</div></form>",
    "help centre": f'<header class=header><a href="/hc">Help</a></header><main role=main><nav class="sub-nav"><ol '
    f'class="breadcrumbs"><li><a href="/hc">Help</a></li></ol></nav><article><header><h1>Privacy</h1></header>{POLICY}'
    "<div class=article-votes><span>Was this article helpful?</span><button>Yes</button><button>No</button></div>"
    '<footer>© 2024 Acme</footer></article><section class="related-articles"><h3>Related articles</h3><ul><li>'
    '<a href="/hc/1">How to reset a password</a></li></ul></section></main>',
    "contents of links": f'<nav>{MENU}</nav><main><h1>Privacy</h1><p>On this page</p><ul><li><a href="#p0">Part 0</a>'
    '</li><li><a href="https://example.org/privacy#p1">Part 1</a></li><li><a href="/privacy#p2">Part 2</a></li></ul>'
    f"{POLICY}<p><a href='#'>Back to top</a></p></main>",
    "contents without links": "<main><h1>Privacy</h1><div>Part 0</div><div>Part 1</div><div>Part 2</div>"
    f"{POLICY}</main>",
    "consent box": f'<div id="consent-box" class="cmp"><p>{PARTS[0]} {PARTS[1]} {PARTS[2]}</p><p>Cookies help us.</p>'
    f"<button>Accept</button><button>Reject</button></div><div><h1>Privacy</h1>{POLICY}</div>"
    '<div style="position: fixed; bottom: 0">Questions about our cookies? Ask! <button>Chat</button></div>',
    "unnamed consent box": f"<div><h1>Privacy</h1>{POLICY}</div><div class=z1><div class=z2><p>We use cookies to "
    "count its visitors and to remember your choices, as told on this page.</p><button>Accept all</button></div></div>",
    "logo as heading": f'<header><h1><a href="/">Acme</a></h1><ul>{MENU}</ul></header><div><h1>Privacy</h1></div>'
    f"<main>{POLICY}</main>",
    "language picker": f'<main><div class="lang-switch"><a href="/nl">Nederlands</a> <a href="/de">Deutsch</a></div>'
    f"<h1>Privacy</h1>{POLICY}<select><option>English</option></select></main>",
}


@pytest.mark.parametrize("style", PAGES)
def test_only_the_document_is_kept(style: str) -> None:
    """Menus, banners, breadcrumbs, dialogs, related links, contents and footers are left out, and nothing else."""
    page = f"<html><head><title>Privacy | Acme</title></head><body>{PAGES[style]}</body></html>"
    assert texts(page) == ["Privacy", *TEXTS]
    assert document(page).title == "Privacy"


@pytest.mark.parametrize(
    "wrapper",
    [
        '<div class="cookie-policy">{}</div>',
        '<section id="cookies" class="consent">{}</section>',
        '<div class="section-header">{}</div>',
        '<div class="modal-body accordion"><div class="panel-footer">{}</div></div>',
        '<div class="lang-en print">{}</div>',
        '<aside class="callout">{}</aside>',
        '<div role="alert">{}</div>',
        "<footer>{}</footer>",
        '<div class="share">{}</div>',
        '<div class="banner"><div class="header">{}</div></div>',
    ],
)
def test_prose_is_kept_whatever_it_is_called(wrapper: str) -> None:
    """Names that also stand on machinery never take a sentence of the document away."""
    sentence = "Advertising cookies are set only after you agreed to them in the box."
    page = f"<nav>{MENU}</nav><main><h1>Cookies</h1>{POLICY}{wrapper.format(f'<p>{sentence}</p>')}</main>"
    assert sentence in texts(page)


def test_a_cookie_section_with_a_button_is_kept() -> None:
    """Prose about cookies with a button for the settings is no banner."""
    section = (
        f"<h2>Settings</h2><p>You choose which cookies we set.</p><button>Cookie settings</button><p>{PARTS[0]}</p>"
    )
    assert "You choose which cookies we set." in texts(f"<body><div><h1>Cookies</h1>{POLICY}</div><div>{section}</div>")


def test_short_cells_of_a_cookie_table_are_kept() -> None:
    """A table of cookies is document, though it holds no sentences and is called after cookies."""
    rows = "".join(f"<tr><td>_c{number}</td><td>{number} days</td></tr>" for number in range(5))
    table = f"<div class='cookie-list' id='cookies'><table><tr><th>Name</th><th>Kept</th></tr>{rows}</table></div>"
    assert "_c3 | 3 days" in texts(f"<main><h1>Cookies</h1>{POLICY}{table}</main>")
    assert "_c3 | 3 days" in texts(f"<div><h1>Cookies</h1>{POLICY}{table}</div>")


def test_named_parties_in_links_are_kept() -> None:
    """A list of links to other parties is content, in contrast to a list of links into the page."""
    parties = "".join(f'<li><a href="https://{name}.example">{name} Ltd</a></li>' for name in ("acme", "bolt", "cord"))
    assert "bolt Ltd" in texts(f"<main><h1>Parties</h1>{POLICY}<ul>{parties}</ul></main>")


def test_parts_outside_main_are_kept_when_main_is_not_most() -> None:
    """An article for each part: no part is taken for the whole."""
    page = "".join(f"<article><h2>Part {number}</h2><p>{part}</p></article>" for number, part in enumerate(PARTS))
    assert texts(f"<body><nav>{MENU}</nav>{page}</body>") == TEXTS


def test_an_empty_main_is_passed_over() -> None:
    """A main element without text does not hide the text beside it."""
    assert texts(f"<body><main></main><div>{POLICY}</div></body>") == TEXTS


@pytest.mark.parametrize("place", ["{date}<main>{policy}</main>", "<div>{date}</div><div class=c>{policy}</div>"])
def test_the_date_beside_the_content_is_kept(place: str) -> None:
    """A line with the date before the content belongs to the document."""
    date = "<div class=meta>Last updated: 3 May 2024</div>"
    page = f"<body><nav>{MENU}</nav>{place.format(date=date, policy=POLICY)}<footer>© 2024 Acme</footer></body>"
    assert texts(page) == ["Last updated: 3 May 2024", *TEXTS]


def test_machinery_that_changes_is_no_change() -> None:
    """Another menu, banner wording, footer year, token and visitor count: the same document."""
    shape = (
        "<html><body><div class=menu>{menu}</div><div class='cookie-bar'>{banner} <button>OK</button></div>"
        "<div><h1>Privacy</h1>" + POLICY + "</div><div class=footer>© {year} Acme, visitors: {count}</div>"
        "<script>var t='{token}'</script></body></html>"
    )
    old = document(shape.format(menu=MENU, banner="We use cookies.", year=2023, count=308, token="a1"))
    new = document(
        shape.format(menu=MENU * 2, banner="Cookies make this site work well.", year=2024, count=1004, token="b2")
    )
    assert old.fingerprint == new.fingerprint


def test_a_page_that_is_only_a_dialog_is_not_emptied() -> None:
    """When a dialog is all that a page says it is kept, for the gate to judge."""
    assert texts(f'<div role="dialog"><h2>Please sign in</h2><p>{PARTS[0]}</p><p>{PARTS[1]}</p></div>')


ASKS = '<form><input type="email" name="mail"><button>{}</button></form>'
SIGN_UPS = {
    "en": "<div><h3>Subscribe to our newsletter</h3><p>Product news, once a month and no more.</p>" + ASKS + "</div>",
    "nl": "<section><h3>Blijf op de hoogte</h3><p>Ontvang elke maand onze nieuwsbrief.</p>" + ASKS + "</section>",
    "de": "<div><p>Unser Newsletter erscheint jeden Monat.</p>" + ASKS + "</div>",
    "fr": "<div><h4>Lettre d'information</h4>" + ASKS + "</div>",
}


@pytest.mark.parametrize("language", list(SIGN_UPS))
def test_a_box_that_asks_for_an_address_for_news_is_left_out(language: str) -> None:
    """Within the text, at its end, and without a class that would tell what it is."""
    box = SIGN_UPS[language].format("OK")
    page = "<html><body><main><h1>Privacy</h1>{}</main></body></html>"
    halves = POLICY.partition("<h2>Part 3</h2>")
    for text in (POLICY + box, halves[0] + box + "".join(halves[1:])):
        assert texts(page.format(text)) == ["Privacy", *TEXTS]


@pytest.mark.parametrize(
    "box",
    [
        "<div><h3>Your request</h3><p>Ask here which details we hold about you.</p>" + ASKS.format("Send") + "</div>",
        "<div><p>For our newsletter we keep your address for 2 years.</p>" + ASKS.format("Subscribe") + "</div>",
        "<div><p>Leave the newsletter by a mail to news@acme.example.</p>" + ASKS.format("Subscribe") + "</div>",
    ],
)
def test_what_a_box_with_a_field_says_of_the_policy_stays(box: str) -> None:
    """A form for a request, and a fact beside a field for an address, are text."""
    said = box.partition("<p>")[2].partition("</p>")[0]
    assert said in texts(f"<html><body><main><h1>Privacy</h1>{POLICY}{box}</main></body></html>")
