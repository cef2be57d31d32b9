"""One page fetched and read for a look, every way in which that fails as a sentence with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from storage.errors import ExtractError
from storage.model import Capture, Document, DocumentType, Extraction, ExtractRules, Reason, Source
from watcher.discovery.page import PageLook
from watcher.extraction import GateVerdict
from watcher.fetcher import FetchFailure, Manner, NotModified
from watcher.rendering import escalates


class Fetcher(Protocol):
    """What asks for pages, as politely as they are asked for in a run: `PatientFetcher`."""

    def fetch(
        self, url: str, *, manner: Manner = ..., now: Callable[[], datetime] = ...
    ) -> Capture | NotModified | FetchFailure:
        """One page, or why not. Never raises for what the network does."""
        ...


class Stages(Protocol):
    """What judges pages: `watcher.sandbox.Sandbox`."""

    def read(self, captures: list[Capture], rules: ExtractRules) -> Extraction:
        """All pages of a document as one extraction. Raises ExtractError."""
        ...

    def look(self, capture: Capture) -> PageLook:
        """What a page says about itself and where it leads. Raises ExtractError."""
        ...

    def gate(self, extraction: Extraction, before: Document | None) -> GateVerdict:
        """Whether it is the document at all. Raises ExtractError."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a page is no good, and what a person can do about it. `lasting`: it will not go away by itself."""

    reason: Reason
    detail: str
    remedy: str
    lasting: bool = True

    def __str__(self) -> str:
        """In one line."""
        return f"{self.detail} ({self.remedy})"


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was had. `problem` is None when it is a document that can be watched."""

    url: str
    capture: Capture | None = None
    look: PageLook | None = None
    extraction: Extraction | None = None
    verdict: GateVerdict | None = None
    problem: Problem | None = None

    @property
    def links(self) -> int:
        """How many links it has."""
        return len(self.look.anchors) if self.look else 0

    @property
    def rendered(self) -> bool:
        """Whether it took a browser."""
        return self.capture is not None and self.capture.rendered

    @property
    def final_url(self) -> str:
        """Where the redirects led."""
        return self.capture.final_url if self.capture else self.url


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to look at pages: who fetches, who judges, and the clock.

    `ignored` tells what was asked for although a robots.txt disallows it.
    """

    fetcher: Fetcher
    stages: Stages
    now: Callable[[], datetime]
    ignored: Callable[[Sequence[str]], str | None] = lambda _: None

    def take(self, url: str, manner: Manner, rules: ExtractRules) -> Page:
        """Fetch one page and read it. Never raises for what the page or the network does."""
        answer = self.fetcher.fetch(url, manner=manner, now=self.now)
        if isinstance(answer, NotModified):
            return Page(url, problem=Problem(Reason.PROTOCOL, "304 without being asked", _REMEDIES[Reason.PROTOCOL]))
        if isinstance(answer, FetchFailure):
            return Page(url, problem=failed(answer))
        return self.read(answer, url, rules)

    def take_rendered(self, url: str, manner: Manner, rules: ExtractRules, *, links: bool = False) -> Page:
        """As `take`; a page that scripts fill is asked for once more with the browser, if that gives a document.

        With `links` it is the page's links that are wanted: a page that has some, and text, is not rendered.
        """
        page = self.take(url, manner, rules)
        if page.problem is None or page.capture is None or manner.fetcher != "http":
            return page
        if not escalates(_ANY, page.problem.reason, [page.capture]):
            return page
        if links and page.problem.reason is not Reason.EMPTY and page.links >= _LINKS:
            return page
        again = self.take(url, replace(manner, fetcher="browser"), rules)
        return again if again.problem is None or (links and again.links > page.links) else page

    def read(self, capture: Capture, url: str, rules: ExtractRules, look: PageLook | None = None) -> Page:
        """Read a page that was had; `look` where that was taken already."""
        try:
            look = look or self.stages.look(capture)
            extraction = self.stages.read([capture], rules)
            verdict = self.stages.gate(extraction, None)
        except ExtractError as error:
            return Page(url, capture, look, problem=unreadable(error, capture))
        return Page(url, capture, look, extraction, verdict, refused(verdict, capture))


def unreadable(error: ExtractError, capture: Capture) -> Problem:
    """Why no text could be taken out of a page."""
    known = any(url in str(error) for url in (capture.url, capture.final_url))
    detail = str(error) if known else f"{capture.url}: {error}"
    return Problem(error.reason, detail, _remedy(error.reason, capture))


# A page of fewer links is no site's first page as it is meant to be seen.
_LINKS = 3
# Any source that leaves it to the program whether its pages are rendered.
_ANY = Source("any/page", "Any", DocumentType.OTHER, ("https://any.invalid/",), fetcher="auto")


def refused(verdict: GateVerdict, capture: Capture) -> Problem | None:
    """Why the gate does not take a page for a document."""
    if verdict.passed or verdict.reason is None:
        return None
    detail = f"{capture.final_url}: {verdict.reason.value}: {verdict.detail}"
    return Problem(verdict.reason, detail, _remedy(verdict.reason, capture))


_REMEDIES = {
    Reason.GONE: "open the site in a browser and take the address of the page as it is now",
    Reason.HTTP_STATUS: "open it in a browser; if it is there, the server refuses programs: set [fetch] contact",
    Reason.RATE_LIMITED: "wait, and try again later",
    Reason.DNS: "look at the spelling of the host",
    Reason.CONNECT: "look at the host, the port and the network",
    Reason.TIMEOUT: 'try again later; for a slow server raise "deadline" in [fetch]',
    Reason.TLS: "look at the certificate in a browser; an invalid one cannot be watched",
    Reason.BLOCKED_ADDRESS: 'give a public address; for an intranet name its network in "allow_networks" of [fetch]',
    Reason.BLOCKED_SCHEME: "give an address that begins with https://",
    Reason.REDIRECT: "open it in a browser and take the address where you end",
    Reason.ROBOTS: "ask the vendor to allow it, or set robots = false for this source",
    Reason.TOO_LARGE: 'raise "max_bytes" in [fetch], or give the address of the document alone',
    Reason.SELECTOR_MISSING: "look at the page and correct the selector, or leave it out",
    Reason.EXTRACT_FAILED: "give the address of a page or a PDF with text",
    Reason.BROWSER: "install what it needs, or try again later",
    Reason.EMPTY: 'scripts fill this page: set fetcher = "auto", or find an address that holds the text',
    Reason.BOT_WALL: "the site keeps programs out: ask the vendor, or watch the document at another address",
    Reason.LOGIN: "the page asks for a login: find the public address of the document",
    Reason.COOKIE_WALL: "the page asks for consent first: find the address of the document itself",
    Reason.MAINTENANCE: "try again later",
    Reason.ERROR_PAGE: "the page says that there is nothing: take the address as it is in a browser",
    Reason.OTHER_DOCUMENT: "this does not read like a legal document: look whether it is the right address",
    Reason.TRUNCATED: "the page ends too early: try again later",
    Reason.PROTOCOL: "the server does not speak HTTP as it should: try again later",
}


def failed(failure: FetchFailure) -> Problem:
    """Why a page could not be had, with the remedy."""
    remedy = _REMEDIES.get(failure.reason, "try again later")
    if failure.reason is Reason.HTTP_STATUS and failure.transient:
        remedy = "the server is in trouble: try again later"
    elif failure.reason is Reason.ROBOTS and "robots = false" in failure.detail:
        remedy = "nothing was asked"
    return Problem(failure.reason, f"{failure.url}: {failure.detail}", remedy, lasting=not failure.transient)


def _remedy(reason: Reason, capture: Capture) -> str:
    if reason is Reason.EXTRACT_FAILED and (capture.media_type == "application/pdf" or capture.body[:5] == b"%PDF-"):
        return "this PDF has no text that can be read, a scan perhaps: ask the vendor for another form of it"
    return _REMEDIES.get(reason, "look at the page in a browser")
