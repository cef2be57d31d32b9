"""Pages over HTTP with manners: robots.txt first, one request at a time to a host, and not before its turn.

`PoliteFetcher` never waits: it sends at most one request and says which host is next, so that whoever has many pages to
fetch can see to others meanwhile. `PatientFetcher` waits for every turn, for commands that look at a few pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from storage.model import Capture, HostState, PageState, Reason
from storage.protocol import Store
from watcher.fetcher.choice import ChoiceFetcher
from watcher.fetcher.http import Errand, utcnow
from watcher.fetcher.origin import host_of, origin_of
from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner, NotModified
from watcher.fetcher.politeness import Held, Politeness

Answer = Capture | NotModified | FetchFailure


def polite_fetcher(settings: FetchSettings, store: Store | None = None) -> PoliteFetcher:
    """A fetcher that does as the hosts wish, and knows from the store what they wished earlier."""

    def recall(origin: str) -> HostState | None:
        return next(iter(store.hosts([origin])), None) if store is not None else None

    return PoliteFetcher(ChoiceFetcher(settings), Politeness(settings, recall))


class OneByOne(Protocol):
    """What sends the requests, one at a time: `HttpFetcher`, or whatever does as it does."""

    def begin(
        self, url: str, *, state: PageState | None = None, manner: Manner = ..., now: Callable[[], datetime] = ...
    ) -> Errand | FetchFailure:
        """What is to be asked first; nothing is sent."""
        ...

    def step(self, errand: Errand) -> Answer | Errand:
        """Send one request."""
        ...

    def close(self) -> None:
        """Cut off what is under way and close all connections. Idempotent."""
        ...


class PoliteFetcher:
    """Fetches pages as their hosts wish, and never waits for one. Thread-safe. Close it, or use it in a `with`."""

    def __init__(self, http: OneByOne, politeness: Politeness) -> None:
        """Take the fetcher, which is closed with this one, and what is known of the hosts."""
        self.politeness = politeness
        self._http = http

    def fetch(
        self,
        url: str,
        *,
        state: PageState | None = None,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Answer | Visit | Held:
        """The first request for a page; call it when it is the turn of the address's host.

        A `Visit` in return is gone on with at the turn of its host. Raises RuntimeError once the fetcher is closed.
        """
        page = self._http.begin(url, state=state, manner=manner, now=now)
        if isinstance(page, FetchFailure):
            return page
        return Visit(self._http, self.politeness, url, page, manner, now).go_on()

    def close(self) -> None:
        """Cut off what is under way and close all connections. Idempotent."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class PatientFetcher:
    """Fetches pages as their hosts wish, waiting for the turn of each: for commands that look at a few pages."""

    def __init__(self, polite: PoliteFetcher, *, pause: Callable[[float], object] = time.sleep) -> None:
        """Take the fetcher, which is closed with this one."""
        self._polite = polite
        self._pause = pause

    @property
    def politeness(self) -> Politeness:
        """What is known of the hosts."""
        return self._polite.politeness

    def fetch(
        self,
        url: str,
        *,
        state: PageState | None = None,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Answer:
        """One page or why there is none, as `HttpFetcher.fetch`."""
        self._await(host_of(url))
        found = self._polite.fetch(url, state=state, manner=manner, now=now)
        while isinstance(found, Visit):
            self._await(found.host)
            found = found.go_on()
        if not isinstance(found, Held):
            return found
        left = (found.until - now()).total_seconds()
        return FetchFailure(url, Reason.RATE_LIMITED, found.detail, transient=True, retry_after=max(left, 0.0))

    def close(self) -> None:
        """Cut off what is under way and close all connections. Idempotent."""
        self._polite.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _await(self, host: str) -> None:
        while wait := self.politeness.wait(host):
            self._pause(wait)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page on its way, and the robots.txt that must be had before its next hop. `host` is the one to ask next."""

    http: OneByOne
    politeness: Politeness
    url: str
    page: Errand
    manner: Manner
    now: Callable[[], datetime]
    robots: Errand | None = None

    @property
    def host(self) -> str:
        """The host of the next request."""
        return (self.robots or self.page).host

    def go_on(self) -> Answer | Visit | Held:
        """Send the next request, at most one. What the hosts say is taken in."""
        if self.robots is not None:
            return self._ask_robots(self.robots)
        target, now, insists = self.page.target, self.now(), not self.manner.robots
        origin = origin_of(target)
        held = self.politeness.held(origin, now)
        if held is not None:
            return held
        if self.politeness.needs_robots(origin, now):
            robots = self.http.begin(f"{origin}/robots.txt", manner=self.manner.for_anybody(), now=self.now)
            return replace(robots, url=self.url) if isinstance(robots, FetchFailure) else self._ask_robots(robots)
        refused = self.politeness.refusal(target, self.url, now)
        if refused is not None and refused.reason is Reason.ROBOTS and insists:
            self.politeness.ignore(self.url, origin)
        elif refused is not None and not insists:
            return refused
        return self._ask_page(origin)

    def _ask_page(self, origin: str) -> Answer | Visit:
        answer = self.http.step(self.page)
        self.politeness.asked(self.page.host)
        if isinstance(answer, Errand):
            self.politeness.heard(origin, None, self.now())
            return replace(self, page=answer)
        self.politeness.heard(origin, answer, self.now())
        return answer

    def _ask_robots(self, robots: Errand) -> Answer | Visit:
        """One request for a robots.txt; where it cannot be had, the page cannot either."""
        answer = self.http.step(robots)
        if isinstance(answer, Errand):
            self.politeness.asked(robots.host)
            return replace(self, robots=answer)
        if isinstance(answer, FetchFailure) and _is_ours(answer) and not robots.hops:
            return replace(answer, url=self.url)
        if isinstance(answer, FetchFailure) and answer.reason is Reason.BLOCKED_ADDRESS:
            answer = replace(answer, reason=Reason.REDIRECT)  # the file lies nowhere that may be asked
        now = self.now()
        self.politeness.heard_robots(origin_of(self.page.target), answer, now)
        refused = self.politeness.refusal(self.page.target, self.url, now)
        self.politeness.asked(robots.host)  # only now, since the file may want longer pauses
        if refused is None or not self.manner.robots:
            return replace(self, robots=None)
        if isinstance(answer, FetchFailure) and refused.reason is not Reason.ROBOTS:
            return replace(refused, status=answer.status, retry_after=answer.retry_after)
        return refused


def _is_ours(failure: FetchFailure) -> bool:
    """True where our own guard or our proxy said no: the host was not asked, and nothing may be remembered of it."""
    by_proxy = failure.status == 407 or (failure.reason is Reason.CONNECT and not failure.transient)
    return failure.reason is Reason.BLOCKED_ADDRESS or by_proxy
