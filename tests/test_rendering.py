"""When a page is rendered: where the source says so, and with "auto" where scripts could bring the text that lacks."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from storage.model import RENDERED, Capture, Claim, DocumentType, PageState, Reason, Source, SourceState
from watcher.rendering import by_browser, escalates

URL = "https://acme.example/privacy"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHELL = b"<div id=root></div><SCRIPT src=/app.js></SCRIPT>"


def source(fetcher: str) -> Source:
    """A source of two pages."""
    return Source("acme/privacy", "Acme", DocumentType.PRIVACY_POLICY, (URL, URL + "/annex"), fetcher=fetcher)


def claim(*pages: PageState) -> Claim:
    """A claim on it with what was last seen."""
    state = SourceState(
        source_id="acme/privacy",
        vendor="Acme",
        document=DocumentType.PRIVACY_POLICY,
        url=URL,
        active=True,
        outcome=None,
        reason=None,
        detail=None,
        last_check=None,
        last_good=None,
        next_due=NOW,
        failures=0,
        version=0,
        pages=pages,
    )
    return Claim("acme/privacy", "token", NOW + timedelta(hours=1), state)


def capture(body: bytes = SHELL, media_type: str = "text/html", *, rendered: bool = False) -> Capture:
    """A page as it came."""
    headers = ((RENDERED, "chromium 1"),) if rendered else ()
    return Capture(URL, URL, NOW, 200, headers, media_type, None, hashlib.sha256(body).hexdigest(), body)


@pytest.mark.parametrize(("fetcher", "expected"), [("http", (False, False)), ("browser", (True, True))])
def test_a_source_that_says_how_is_had_that_way(fetcher: str, expected: tuple[bool, bool]) -> None:
    """Whatever is remembered of its pages."""
    remembered = claim(PageState(URL, "x", rendered=fetcher == "http"))
    assert tuple(by_browser(source(fetcher), remembered, url) for url in (URL, URL + "/annex")) == expected


def test_with_auto_the_memory_decides_page_by_page() -> None:
    """A page that had to be rendered is rendered at once; its neighbours and unknown pages are asked for over HTTP."""
    remembered = claim(PageState(URL, "x", extraction="older rules", rendered=True), PageState(URL + "/annex", "y"))
    assert by_browser(source("auto"), remembered, URL)
    assert not by_browser(source("auto"), remembered, URL + "/annex")
    assert not by_browser(source("auto"), claim(), URL)


@pytest.mark.parametrize("reason", [*Reason, None])
def test_only_what_scripts_may_fill_is_looked_at_again(reason: Reason | None) -> None:
    """Pages without the document are; walls and failures of the network are not, nor is what was read well."""
    unfilled = {Reason.EMPTY, Reason.ERROR_PAGE, Reason.OTHER_DOCUMENT, Reason.TRUNCATED, Reason.SELECTOR_MISSING}
    assert escalates(source("auto"), reason, [capture()]) is (reason in unfilled)
    assert not escalates(source("http"), reason, [capture()])
    assert not escalates(source("browser"), reason, [capture()])


def test_no_page_is_rendered_in_vain_or_twice() -> None:
    """Without a script nothing would change, a PDF has none, and what was rendered already is not rendered again."""
    auto = source("auto")
    assert not escalates(auto, Reason.EMPTY, [capture(b"<p>nothing</p>")])
    assert not escalates(auto, Reason.EMPTY, [capture(b"%PDF-1.4 <script", "application/pdf")])
    assert not escalates(auto, Reason.EMPTY, [capture(), capture(rendered=True)])
    assert not escalates(auto, Reason.EMPTY, [])
    assert escalates(auto, Reason.EMPTY, [capture(b"%PDF-1.4", "application/pdf"), capture(media_type="")])
