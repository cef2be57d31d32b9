"""A vendor whose pages are filled by scripts: found and added with the browser of the machine."""

from __future__ import annotations

import os

import pytest
from pytest_httpserver import HTTPServer

from watcher.fetcher.browser.installed import what_is_missing
from watcher.scout.adding import try_address
from watcher.scout.crawl import discover, entries
from watcher.scout.reading import Desk

FOOTER = '<footer><a href="/privacy">Privacy policy</a> <a href="/news">News</a> <a href="/jobs">Jobs</a></footer>'
POLICY = """<h1>Privacy policy</h1><p>We, Spindle, are the controller of your personal data. We retain your data for two
years after the contract has ended.</p><h2>Your rights</h2><p>You have the right of access and of erasure. You may lodge
a complaint with a supervisory authority. Our legal basis is the contract with you or your consent.</p>"""


def _shell(title: str, content: str) -> str:
    fill = f"document.getElementById('root').innerHTML = `{content}{FOOTER}`;"
    script = f"<script>{fill}{'void 0; ' * 120}</script>"
    return f"<html lang='en'><head><title>{title}</title></head><body><div id='root'></div>{script}</body></html>"


@pytest.fixture(autouse=True)
def _browser() -> None:
    """Skip, or fail where it is required, on a machine without a browser."""
    missing = what_is_missing(None)
    if missing is not None:
        if os.environ.get("CLAUSEWATCH_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)


def test_pages_that_scripts_fill_are_found_and_added(httpserver: HTTPServer, desk: Desk) -> None:
    """The links of the first page and the text of the policy come with the browser; the source says so."""
    pages = (("/", "Spindle", "<h1>Spindle</h1>"), ("/privacy", "Privacy policy | Spindle", POLICY))
    for path, title, content in pages:
        httpserver.expect_request(path).respond_with_data(_shell(title, content), content_type="text/html")
    for path in ("/sitemap.xml", "/favicon.ico"):
        httpserver.expect_request(path).respond_with_data("", status=404)
    trial = try_address(desk, httpserver.url_for("/privacy"), [])
    assert trial.proposal is not None
    assert (trial.proposal.id, trial.proposal.fetcher) == ("spindle/privacy", "auto")
    found = discover(desk, httpserver.url_for("/"), most=5)
    (proposed,) = entries(found, [])
    assert (proposed.url, proposed.fetcher) == (httpserver.url_for("/privacy"), "auto")
