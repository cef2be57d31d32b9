"""One address tried: what is proposed, what is known already, and what is refused with a remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from vendor_sites import Web
from werkzeug import Response

from storage.model import DocumentType, Source
from watcher.discovery.propose import Wishes
from watcher.scout.adding import try_address, with_scheme
from watcher.scout.reading import Desk

POLICY = """<h1>Privacy policy</h1><p>Last updated on 3 May 2026</p><p>We, Tannery Ltd., are the controller of the
personal data that we process about our customers. We collect your name and your e-mail address when you register.</p>
<h2>Retention</h2><p>We keep personal data for twelve months after the contract has ended, and delete it then.</p>
<h2>Your rights</h2><p>You have the right of access and of erasure, and you may lodge a complaint with a supervisory
authority. Our legal basis is the contract with you or our legitimate interest. We do not sell personal data to third
parties, and we ask for your consent before we send you our newsletter.</p>"""

WALL = "<h1>Just a moment...</h1><p>Checking your browser before accessing.</p>"


def _page(body: str, *, title: str = "Tannery", status: int = 200, head: str = "") -> Response:
    text = f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return Response(text, status, content_type="text/html; charset=utf-8")


@pytest.fixture
def known(web: Web) -> Source:
    """A source of a sample vendor that is watched already."""
    site = web.sites["quillhaven"]
    return Source("quill/privacy", "Quill & Haven", DocumentType.PRIVACY_POLICY, (f"{site.root}/legal/privacy",))


def test_a_source_is_proposed_from_what_the_page_says(web: Web, desk: Desk) -> None:
    """Vendor from the site's own name, id from the domain, type from the title, language from the text."""
    root = web.sites["rekenmeer"].root
    trial = try_address(desk, f"{root}/subverwerkers?utm_source=mail#top", [])
    assert trial.problem is None
    assert trial.proposal is not None
    assert trial.proposal.entry() == {
        "id": "rekenmeer/subprocessors",
        "vendor": "Rekenmeer",
        "document": "subprocessors",
        "url": f"{root}/subverwerkers",
        "language": "nl",
    }


def test_wishes_come_before_guesses(web: Web, desk: Desk) -> None:
    """What the person said is taken as it is."""
    wishes = Wishes("own/id", "My name", DocumentType.OTHER, "en", ("main",), "2d", "browser")
    trial = try_address(desk, f"{web.sites['rekenmeer'].root}/subverwerkers", [], wishes)
    assert trial.proposal is not None
    assert trial.proposal.entry() == {
        "id": "own/id",
        "vendor": "My name",
        "document": "other",
        "url": f"{web.sites['rekenmeer'].root}/subverwerkers",
        "select": ["main"],
        "language": "en",
        "every": "2d",
        "fetcher": "browser",
    }


def test_a_known_vendor_keeps_its_name_and_the_word_of_its_ids(web: Web, desk: Desk, known: Source) -> None:
    """A further document of a vendor that is watched already goes by the name that it has in the configuration."""
    trial = try_address(desk, f"{web.sites['quillhaven'].root}/legal/cookies", [known])
    assert trial.proposal is not None
    assert (trial.proposal.id, trial.proposal.vendor) == ("quill/cookies", "Quill & Haven")


@pytest.mark.parametrize("path", ["/legal/privacy#ccpa", "/legal/privacy/?utm_medium=x", "/privacy"])
def test_a_page_that_is_watched_already_is_told(web: Web, desk: Desk, known: Source, path: str) -> None:
    """Fragments, tracking, a last slash and a permanent redirect lead to the same page."""
    trial = try_address(desk, f"{web.sites['quillhaven'].root}{path}", [known])
    assert trial.known == known
    assert trial.proposal is None


def test_a_second_document_of_a_type_gets_an_id_of_its_own(web: Web, desk: Desk, known: Source) -> None:
    """The id says what the title says beyond the name of the document; then a number."""
    root = web.sites["quillhaven"].root
    first = try_address(desk, f"{root}/legal/applicants", [known])
    assert first.proposal is not None
    assert first.proposal.id == "quill/privacy-candidate"
    taken = replace(known, id="quill/privacy-candidate", urls=("https://elsewhere.example/",))
    second = try_address(desk, f"{root}/legal/applicants", [known, taken])
    assert second.proposal is not None
    assert second.proposal.id == "quill/privacy-en"


def test_a_pdf_takes_its_vendor_from_the_pages_beside_it(web: Web, desk: Desk) -> None:
    """A file names nobody; the page that was tried before it, on the same host, does."""
    root = web.sites["quillhaven"].root
    page = try_address(desk, f"{root}/legal/terms", [])
    file = try_address(desk, f"{root}/legal/dpa.pdf", [], before=[page])
    assert file.proposal is not None
    assert (file.proposal.id, file.proposal.vendor) == ("quillhaven/dpa", "Quillhaven")


def test_a_redirect_for_good_is_followed_and_one_for_now_is_not(httpserver: HTTPServer, desk: Desk) -> None:
    """301 all the way: the new address is proposed; a 302 among them: the given one."""
    httpserver.expect_request("/privacy").respond_with_response(_page(POLICY))
    for path, status in (("/old", 301), ("/for-now", 302)):
        httpserver.expect_request(path).respond_with_response(Response(status=status, headers={"Location": "/privacy"}))
    good = try_address(desk, httpserver.url_for("/old"), [])
    now = try_address(desk, httpserver.url_for("/for-now"), [])
    assert good.proposal is not None
    assert now.proposal is not None
    assert good.proposal.url == httpserver.url_for("/privacy")
    assert now.proposal.url == httpserver.url_for("/for-now")
    assert "moved for good" in good.notes[0]
    assert "for now" in now.notes[0]


def test_selectors_are_proposed_only_where_the_page_is_read_poorly_without(httpserver: HTTPServer, desk: Desk) -> None:
    """A page that is read well needs none; one that is mostly something else gets the container of the document."""
    httpserver.expect_request("/good").respond_with_response(_page(f"<main>{POLICY}</main>"))
    shop = "Red shoes for sale today, blue shoes tomorrow. " * 200
    beside = f"<div><h1>Shoes</h1><p>{shop}</p></div><div class='content'>{POLICY}</div>"
    httpserver.expect_request("/poor").respond_with_response(_page(beside))
    good, poor = (try_address(desk, httpserver.url_for(path), []) for path in ("/good", "/poor"))
    assert good.proposal is not None
    assert good.proposal.select == ()
    assert poor.proposal is not None
    assert poor.proposal.select == (".content",)
    assert any("select" in note for note in poor.notes)


@pytest.mark.parametrize(
    ("path", "reason", "remedy"),
    [
        ("/gone", "gone", "as it is now"),
        ("/refused", "http-status", "contact"),
        ("/wall", "bot-wall", "another address"),
        ("/shell", "empty", "scripts"),
        ("/picture", "extract-failed", "a page or a PDF"),
        ("/scan.pdf", "extract-failed", "ask the vendor"),
        ("/loop", "redirect", "where you end"),
        ("/inside", "blocked-address", "public address"),
        ("/shop", "other-document", "right address"),
    ],
)
def test_what_cannot_be_watched_is_told_with_a_remedy(
    httpserver: HTTPServer, desk: Desk, path: str, reason: str, remedy: str
) -> None:
    """Each kind of wrong address has its reason and says what to do; nothing is proposed for it."""
    expect = httpserver.expect_request
    expect("/gone").respond_with_response(_page("<h1>Not found</h1>", status=404))
    expect("/refused").respond_with_response(_page("no", status=403))
    expect("/wall").respond_with_response(_page(WALL))
    expect("/shell").respond_with_response(_page(f"<div id='root'></div><script>{'var a = 1; ' * 80}</script>"))
    expect("/picture").respond_with_response(Response(b"\x89PNG\r\n\x1a\n\0\0", content_type="image/png"))
    expect("/scan.pdf").respond_with_response(Response(b"%PDF-1.4\n%%EOF", content_type="application/pdf"))
    expect("/loop").respond_with_response(Response(status=301, headers={"Location": "/loop"}))
    expect("/inside").respond_with_response(Response(status=302, headers={"Location": "http://10.1.2.3/"}))
    expect("/shop").respond_with_response(
        _page(f"<h1>Shoes</h1><p>{'Red shoes and blue shoes for sale today. ' * 30}</p>")
    )
    trial = try_address(desk, httpserver.url_for(path), [])
    assert trial.proposal is None
    assert trial.problem is not None
    assert trial.problem.reason.value == reason
    assert remedy in trial.problem.remedy


def test_a_page_of_doubt_is_taken_when_the_person_names_the_document(httpserver: HTTPServer, desk: Desk) -> None:
    """Whoever says what it is has looked; a wall is never taken."""
    text = "We deliver in three days and take shoes back. " * 30
    httpserver.expect_request("/shop").respond_with_response(_page(f"<h1>Delivery</h1><p>{text}</p>"))
    httpserver.expect_request("/wall").respond_with_response(_page(WALL))
    wishes = Wishes(document=DocumentType.TERMS)
    assert try_address(desk, httpserver.url_for("/shop"), []).problem is not None
    taken = try_address(desk, httpserver.url_for("/shop"), [], wishes)
    assert taken.proposal is not None
    assert taken.proposal.document is DocumentType.TERMS
    assert try_address(desk, httpserver.url_for("/wall"), [], wishes).problem is not None


@pytest.mark.parametrize("url", ["ftp://files.example/x", "http://", "https://user:pw@a.example/", "not an address"])
def test_what_is_no_address_is_told_without_a_request(desk: Desk, url: str) -> None:
    """No connection is tried."""
    trial = try_address(desk, url, [])
    assert trial.problem is not None
    assert "https://host/path" in trial.problem.remedy


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("www.example.org/privacy", "https://www.example.org/privacy"),
        ("example.org", "https://example.org"),
        ("example.org:8443/a?b=c", "https://example.org:8443/a?b=c"),
        ("http://example.org/", "http://example.org/"),
        ("privacy", "privacy"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_addresses_may_be_said_without_a_scheme(said: str, meant: str) -> None:
    """As people say them; everything else stays as it is."""
    assert with_scheme(said) == meant
