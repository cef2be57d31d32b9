"""The parts of discovery: addresses, sitemaps, organisations, pages and versions, each by itself."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Capture, DocumentType
from watcher.discovery.addresses import absolute, edition, page_key, without_edition, without_tracking
from watcher.discovery.candidates import Origin, from_addresses, from_links, usual_places
from watcher.discovery.identity import organisation, plain_name, registrable, same_organisation, slug_of
from watcher.discovery.page import Place, look
from watcher.discovery.sitemap import MOST_BYTES, read_sitemap, sitemaps_in
from watcher.discovery.versions import Finding, bring_together, phrases_of

URL = "https://www.tolhuis.example/"


def _capture(body: str | bytes, url: str = URL, media_type: str = "text/html") -> Capture:
    data = body.encode() if isinstance(body, str) else body
    return Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), media_type, "utf-8", "", data)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/privacy", "http://www.a.example/privacy/"),
        ("https://a.example/privacy?utm_source=x&gclid=1", "https://a.example/privacy"),
        ("https://a.example/legal/index.html", "https://a.example/legal"),
        ("https://a.example/x%C3%A9", "https://a.example/xé"),
        ("https://a.example/list.pdf?v=12", "https://a.example/list.pdf"),
        ("https://a.example:443/p", "https://a.example/p"),
    ],
)
def test_addresses_of_one_page_have_one_key(one: str, other: str) -> None:
    """What does not name another page does not count."""
    assert page_key(one) == page_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/privacy", "https://b.example/privacy"),
        ("https://a.example/privacy?lang=nl", "https://a.example/privacy?lang=fr"),
        ("https://a.example/Privacy", "https://a.example/privacy"),
        ("https://a.example:8080/p", "https://a.example/p"),
        ("https://a.example/page?v=1", "https://a.example/page?v=2"),
    ],
)
def test_addresses_of_two_pages_have_two_keys(one: str, other: str) -> None:
    """Host, port, path and what is asked for do."""
    assert page_key(one) != page_key(other)


@pytest.mark.parametrize(
    "target",
    ["mailto:a@b.example", "javascript:void(0)", "tel:1", "#x", "", "http://[", "https://u:p@a.example/"],
)
def test_links_that_lead_to_no_page_are_left_out(target: str) -> None:
    """Nothing but pages is asked for."""
    assert absolute(URL, target) is None


@given(st.text(max_size=60))
def test_any_link_gives_an_address_that_can_be_asked_for_or_none(target: str) -> None:
    """No text in the place of an address raises, and none brings white space into one."""
    found = absolute(URL, target)
    assert found is None or (found.startswith(("http://", "https://")) and not any(c.isspace() for c in found))
    if found is not None:
        page_key(found)
        edition(found)


def test_tracking_and_editions_are_taken_off_and_nothing_else() -> None:
    """What counts clicks goes; what names the page stays in its order."""
    assert without_tracking("https://a.example/p?b=2&utm_medium=m&a=1") == "https://a.example/p?b=2&a=1"
    assert without_edition("https://a.example/p.pdf?v=3&x=1") == "https://a.example/p.pdf?x=1"
    assert without_edition("https://a.example/p?v=3") == "https://a.example/p?v=3"
    assert edition("https://a.example/privacy-2021")[0] == page_key("https://a.example/privacy")
    assert edition("https://a.example/terms_v2.pdf") == (page_key("https://a.example/terms.pdf"), "_v2")
    assert edition("https://a.example/privacy") == (page_key("https://a.example/privacy"), "")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://trust.tolhuis.co.uk/x", "tolhuis.co.uk"),
        ("https://a.b.tolhuis.nl/", "tolhuis.nl"),
        ("https://tolhuis.github.io/", "tolhuis.github.io"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
    ],
)
def test_the_registered_part_of_a_host_is_known(url: str, domain: str) -> None:
    """By the list of public suffixes, which lies in the package."""
    assert registrable(url) == domain


def test_hosts_of_one_organisation_belong_together() -> None:
    """The same registered domain, or the same name under another suffix; never a neighbour's."""
    whose = organisation([], URL)
    for own in ("https://trust.tolhuis.example/", "https://tolhuis.nl/privacy", "https://help.tolhuis.co.uk/"):
        assert same_organisation(own, whose)
    for other in ("https://tolhuis-advocaten.nl/", "https://elders.example/tolhuis", "https://example/"):
        assert not same_organisation(other, whose)


@pytest.mark.parametrize(
    "title", ["Privacy – Molenwiek", "Molenwiek | Privacyverklaring", "Terms - Molenwiek Software"]
)
def test_a_document_gives_its_name_to_no_vendor(title: str) -> None:
    """Where a host is a number and one page alone is known, the shortest part of its title is mostly "Privacy"."""
    page = look(_capture(f"<title>{title}</title>", "http://127.0.0.1:1/"))
    assert organisation([page], "http://127.0.0.1:1/").name.startswith("Molenwiek")


@pytest.mark.parametrize(
    ("head", "url", "name"),
    [
        ('<meta property="og:site_name" content="Tolhuis B.V.">', URL, "Tolhuis"),
        ("<title>Privacy | Tol Huis</title>", URL, "Tol Huis"),
        ("<title>Privacy</title>", "https://www.tol-huis.nl/", "Tol Huis"),
        ('<script type="application/ld+json">{"@type":"Organization","name":"Tolhuis GmbH"}</script>', URL, "Tolhuis"),
        ('<meta property="og:site_name" content="Our legal pages">', URL, "Tolhuis"),
        ("<title>Privacy | Tolhuis</title>", "http://127.0.0.1:1/", "Tolhuis"),
    ],
)
def test_a_vendor_is_called_as_it_calls_itself(head: str, url: str, name: str) -> None:
    """Where that fits the domain; by the domain where it does not."""
    page = look(_capture(f"<html><head>{head}</head><body></body></html>", url))
    other = look(_capture("<title>Contact | Tolhuis</title>", url))
    assert organisation([page, other] if "127" in url else [page], url).name == name


def test_names_lose_their_legal_form_and_ids_their_accents() -> None:
    """As people say them, and as ids are written."""
    assert plain_name("Société Générale S.A.") == "Société Générale"
    assert slug_of("Société Générale") == "societe-generale"


def test_a_page_tells_where_its_links_stand_and_what_stands_before_them() -> None:
    """Footer, menu, text, consent box; the heading above and the words right before."""
    page = look(
        _capture(
            "<html lang='nl-BE'><head><title>T</title><base href='/nl/'>"
            "<link rel='alternate' hreflang='fr-BE' href='/fr/p'>"
            "<link rel='canonical' href='https://www.tolhuis.example/p#x'></head><body><nav><a href='a'>A</a></nav>"
            "<main><h2>Archive</h2><p>Earlier versions: <a href='b'>B</a></p></main>"
            "<div class='cookie-banner'><a href='c'>C</a></div>"
            "<footer><nav><a href='d'><img alt='D'></a></nav></footer></body>"
        )
    )
    assert [(one.url.rpartition("/")[2], one.text, one.place) for one in page.anchors] == [
        ("a", "A", Place.NAV),
        ("b", "B", Place.MAIN),
        ("c", "C", Place.CONSENT),
        ("d", "D", Place.FOOTER),
    ]
    assert page.anchors[0].url == f"{URL}nl/a"
    assert page.anchors[1].before == "Archive | Earlier versions:"
    assert page.canonical == f"{URL}p"
    assert page.alternates == (("fr", f"{URL}fr/p"),)
    assert page.language == "nl"


def test_what_is_no_page_says_nothing() -> None:
    """A PDF has no links that count."""
    assert look(_capture(b"%PDF-1.4", media_type="application/pdf")).anchors == ()


def test_a_page_of_a_hundred_thousand_links_is_cut() -> None:
    """However many links a menu has, the number that is looked at is bounded."""
    page = look(_capture("<p>" + "<a href='/x'>x</a>" * 20_000 + "</p>"))
    assert len(page.anchors) == 3000


def test_links_are_ordered_by_what_speaks_for_them() -> None:
    """A document's name in a footer before a word in a menu; articles, switches and other sites not at all."""
    page = look(
        _capture(
            "<nav><a href='/security'>Security</a><a href='/blog/privacy-policy'>Privacy policy</a></nav>"
            "<main><a href='https://elders.example/privacy'>Elders privacy policy</a></main>"
            "<footer><a href='/privacy-policy'>Privacy policy</a><a href='/prefs'>Cookie settings</a>"
            "<a href='/legal'>Legal</a><a href='/jobs/privacy-notice'>Applicant privacy notice</a></footer>"
        )
    )
    found = from_links(page, organisation([page], URL), Origin.HOME)
    assert [one.url.removeprefix(URL) for one in found] == [
        "jobs/privacy-notice",
        "privacy-policy",
        "legal",
        "security",
    ]
    assert [one.url for one in found if one.hub] == [f"{URL}legal"]


def test_usual_places_are_those_of_the_language_and_of_english() -> None:
    """Nobody asks a German site for Dutch addresses."""
    missing = [DocumentType.TERMS]
    german = [one.url.removeprefix(URL) for one in usual_places(URL, missing, "de")]
    assert german[:2] == ["agb", "terms"]
    assert "algemene-voorwaarden" not in german


def test_sitemaps_are_read_in_every_form() -> None:
    """XML with namespaces, CDATA and entities, plain text, gzip; an index gives its parts, pages before posts."""
    xml = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc> https://a.example/p?a=1&amp;b=2 </loc></url>"
        "<s:url><s:loc><![CDATA[https://a.example/q]]></s:loc></s:url></urlset>"
    )
    wanted = ("https://a.example/p?a=1&b=2", "https://a.example/q")
    assert read_sitemap(xml.encode(), "https://a.example/sitemap.xml").pages == wanted
    assert read_sitemap(gzip.compress(xml.encode()), "https://a.example/s.gz").pages == wanted
    plain = b"https://a.example/p\nhttps://a.example/p\n"
    assert read_sitemap(plain, "https://a.example/s.txt").pages == ("https://a.example/p",)
    names = ("post-1", "x", "page-1")
    index = "<sitemapindex>" + "".join(f"<sitemap><loc>/{name}.xml</loc></sitemap>" for name in names)
    parts = read_sitemap(index.encode(), "https://a.example/").parts
    assert [part.rpartition("/")[2] for part in parts] == ["page-1.xml", "x.xml", "post-1.xml"]


@pytest.mark.parametrize("body", [b"", b"<", b"\x1f\x8bjunk", b"\xff\xfe\x00", b"<html>no</html>"])
def test_broken_sitemaps_give_what_they_have(body: bytes) -> None:
    """Nothing raises."""
    assert read_sitemap(body, URL).pages == ()


def test_a_sitemap_that_unpacks_without_end_is_cut() -> None:
    """A bomb costs no more memory than a sitemap may have."""
    bomb = gzip.compress(b"<urlset>" + b" " * (MOST_BYTES * 3) + b"<loc>https://a.example/late</loc>")
    assert len(bomb) < 100_000
    assert read_sitemap(bomb, URL).pages == ()


def test_robots_names_sitemaps_in_any_case() -> None:
    """And relative ones are made whole."""
    text = "User-agent: *\nDisallow: /\nsitemap:  /a.xml\nSITEMAP: https://b.example/b.xml\nSitemap: /a.xml"
    assert sitemaps_in(text, f"{URL}robots.txt") == [f"{URL}a.xml", "https://b.example/b.xml"]


def test_of_a_sitemap_only_addresses_that_name_documents_are_worth_a_request() -> None:
    """Articles, jobs, wares, older versions and other hosts are not."""
    paths = [
        "privacyverklaring",
        "blog/privacyverklaring",
        "privacyverklaring/archief/2020",
        "vacatures/privacy-officer",
    ]
    found = from_addresses([*(URL + path for path in paths), "https://b.example/privacy-policy"], organisation([], URL))
    assert [one.url for one in found] == [f"{URL}privacyverklaring"]


def _finding(path: str, language: str, score: int = 5, text: str = "", **more: object) -> Finding:
    kind = DocumentType.PRIVACY_POLICY
    fields = {"fingerprint": text or path, "phrases": phrases_of(text), **more}
    return Finding(f"{URL}{path}", kind, "T", language, 100, score, "", **fields)  # type: ignore[arg-type]


def test_versions_in_other_languages_are_one_document() -> None:
    """By what the pages name, in either direction; the language wanted most is chosen whatever its score."""
    english, dutch = _finding("en/privacy", "en", 9), _finding("nl/pb", "nl", 1)
    alternates = {page_key(english.url): (("nl", dutch.url),)}
    (document,) = bring_together([english, dutch], alternates, ["nl", "en"])
    assert document.chosen == dutch
    assert document.others == (english,)
    (other,) = bring_together([english, dutch], alternates, ["en", "nl"])
    assert other.chosen == english


def test_two_documents_of_one_language_stay_two() -> None:
    """A notice for applicants is no version of the policy."""
    assert len(bring_together([_finding("privacy", "en"), _finding("applicants", "en", rest=1)], {}, ["en"])) == 2


def test_copies_and_older_editions_are_left_out() -> None:
    """The same text, the same page, an address with an earlier year, a file beside the page."""
    text = "we keep your personal data for twelve months after the contract has ended " * 5
    page = _finding("privacy", "en", 9, text)
    found = [
        page,
        _finding("privacy/", "en", 3, "other"),
        _finding("copy", "en", 3, text),
        _finding("privacy-2019", "en", 3),
        _finding("privacy.pdf", "en", 12, f"Page 1 {text}", file=True),
    ]
    assert [one.chosen for one in bring_together(found, {}, ["en"])] == [page]
