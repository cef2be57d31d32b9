"""HTTP or the browser, as each source wants it, behind the one face that the rest of the fetcher knows.

A rendered page is never asked for conditionally: its text comes from scripts and from what these ask for, so that a 304
for the shell would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from storage.model import Capture, PageState
from watcher.fetcher.access import hiding
from watcher.fetcher.browser.fetcher import BrowserFetcher, NotHtml
from watcher.fetcher.http import Errand, HttpFetcher, utcnow
from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner, NotModified


class ChoiceFetcher:
    """Asks for a page over HTTP, or renders it where its manner says "browser". Does all that `HttpFetcher` does.

    What turns out to be no page in the browser (a PDF, a download) is asked for over HTTP, as a request of its own.
    Close it, or use it in a `with` statement.
    """

    def __init__(self, settings: FetchSettings) -> None:
        """Take the settings; no browser is started yet. Raises ConfigError as `HttpFetcher` does."""
        self._http = HttpFetcher(settings)
        self._browser = BrowserFetcher(settings)

    def fetch(
        self,
        url: str,
        *,
        state: PageState | None = None,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Capture | NotModified | FetchFailure:
        """The page at `url`, or why it could not be had. Raises RuntimeError once the fetcher is closed."""
        found: Capture | NotModified | FetchFailure | Errand = self.begin(url, state=state, manner=manner, now=now)
        while isinstance(found, Errand):
            found = self.step(found)
        return found

    def begin(
        self,
        url: str,
        *,
        state: PageState | None = None,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Errand | FetchFailure:
        """What `fetch` does, one request at a time: nothing is asked yet, `step` does that."""
        return self._http.begin(url, state=state, manner=manner, now=now)

    def step(self, errand: Errand) -> Capture | NotModified | FetchFailure | Errand:
        """Send one request of an errand, or render its page: with all that the page asks for, that is one step."""
        wish = errand.wish
        if wish.manner.fetcher != "browser":
            return self._http.step(errand)
        found = self._browser.fetch(wish.url, manner=wish.manner, now=wish.now)
        if isinstance(found, NotHtml):
            return replace(errand, wish=replace(wish, manner=replace(wish.manner, fetcher="http")))
        return hiding(found, wish.manner.hidden)

    def close(self) -> None:
        """Cut off what is under way, close all connections, end the browser. Idempotent."""
        self._http.close()
        self._browser.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
