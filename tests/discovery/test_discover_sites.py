"""Twelve sample vendors: every legal document of each is found, and nothing else."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer
from vendor_sites import VendorSite, Web

from storage.errors import ClausewatchError
from storage.model import DocumentType, Source
from watcher.scout.crawl import MOST_REQUESTS, discover, entries
from watcher.scout.reading import Desk

TUNED = ["zilverkade", "spoorloper", "lantaarnpaal", "helvetink", "rekenmeer", "quillhaven", "bergfalke", "clairvallon"]
SEEN_LAST = ["northpier", "dokterlink", "oakmere", "maaslicht"]


@pytest.mark.parametrize("name", [*TUNED, *SEEN_LAST])
def test_every_document_is_found_and_no_other(web: Web, desk: Desk, name: str) -> None:
    """The addresses and types are those that the author of the site wrote down before there were rules."""
    site = web.sites[name]
    found = discover(desk, f"{site.root}/")
    assert {one.chosen.url: one.chosen.type.value for one in found.documents} == site.expected
    assert not found.unread
    assert found.spent <= MOST_REQUESTS


@pytest.mark.parametrize("aliased", ["helvetink", "bergfalke", "oakmere", "quillhaven"], indirect=True)
def test_hosts_without_names_are_known_by_what_their_pages_say(aliased: VendorSite, desk: Desk) -> None:
    """A trust center, a help center and a store of files on other addresses are the vendor's own when they name it."""
    found = discover(desk, f"{aliased.root}/")
    assert {one.chosen.url: one.chosen.type.value for one in found.documents} == aliased.expected


@pytest.mark.parametrize("name", ["zilverkade", "helvetink", "northpier"])
def test_versions_in_other_languages_stand_with_their_document(web: Web, desk: Desk, name: str) -> None:
    """The Dutch version is proposed, the others are named beside it and proposed nowhere."""
    site = web.sites[name]
    found = discover(desk, f"{site.root}/")
    versions = {other.url: one.chosen.url for one in found.documents for other in one.others}
    assert versions.items() <= site.versions.items()
    assert not versions.keys() & site.expected.keys()


def test_another_language_may_be_wanted(web: Web, desk: Desk) -> None:
    """Where there is one, its version is proposed; where there is none, what there is."""
    root = web.sites["northpier"].root
    found = discover(desk, f"{root}/", languages=["de", "en", "nl", "fr"])
    urls = {one.chosen.url for one in found.documents}
    assert {f"{root}/de/datenschutz", f"{root}/de/cookies", f"{root}/terms", f"{root}/legal/subprocessors"} <= urls


def test_a_walk_may_begin_at_any_page_of_the_site(web: Web, desk: Desk) -> None:
    """A policy that somebody has open in a browser leads to the others."""
    site = web.sites["quillhaven"]
    found = discover(desk, f"{site.root}/legal/privacy#ccpa")
    assert {one.chosen.url for one in found.documents} == set(site.expected)


def test_no_more_pages_are_asked_for_than_allowed(web: Web, desk: Desk) -> None:
    """The best links come first, and what was not followed is counted."""
    site = web.sites["quillhaven"]
    site.requests.clear()
    seen: list[str] = []
    found = discover(desk, f"{site.root}/", most=6, progress=lambda _, url: seen.append(url))
    assert found.spent == len(seen) == 6
    assert found.left > 0
    assert 0 < len(found.documents) < len(site.expected)


def test_what_cannot_be_read_is_told_and_not_listed(web: Web, desk: Desk, httpserver: HTTPServer) -> None:
    """A policy behind a wall and one that robots.txt closes are named with the reason; neither is a document."""
    httpserver.clear()
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /terms")
    links = "<a href='/privacy-policy'>Privacy policy</a> <a href='/terms'>Terms of service</a>"
    home = f"<html><title>Wally</title><h1>Wally</h1><p>We sell walls.</p><footer>{links}</footer></html>"
    httpserver.expect_request("/").respond_with_data(home, content_type="text/html")
    wall = "<title>Just a moment...</title><h1>Just a moment...</h1><p>Checking your browser before accessing.</p>"
    httpserver.expect_request("/privacy-policy").respond_with_data(wall, content_type="text/html")
    for path in ("/sitemap.xml", "/"):
        httpserver.expect_request(path).respond_with_data("", status=404)
    found = discover(desk, httpserver.url_for("/"), most=8)
    assert found.documents == ()
    assert {one.type.value: one.verdict.split(":")[0] for one in found.unread} == {
        "privacy-policy": "bot-wall",
        "terms": httpserver.url_for("/terms").partition(":")[0],
    }


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://nobody.example/", 1), ("http://10.9.8.7/", 1), ("ftp://a.example/", 2), ("nothing", 2), ("", 2)],
)
def test_a_site_that_cannot_be_had_is_told_with_a_remedy(desk: Desk, url: str, code: int) -> None:
    """No name, a private address, no web address: one line, and nothing else is asked."""
    with pytest.raises(ClausewatchError, match=r"\(.+\)$") as caught:
        discover(desk, url)
    assert caught.value.exit_code == code


def test_proposals_leave_out_what_is_watched_already(web: Web, desk: Desk) -> None:
    """Whichever version of a document is watched; the others go by the vendor's name in the configuration."""
    root = web.sites["northpier"].root
    known = [Source("north/policy", "North", DocumentType.PRIVACY_POLICY, (f"{root}/privacy/",))]
    proposed = entries(discover(desk, f"{root}/"), known)
    assert {one.id: one.vendor for one in proposed} == {
        "north/dpa": "North",
        "north/subprocessors": "North",
        "north/cookies": "North",
        "north/terms": "North",
        "north/security": "North",
    }
