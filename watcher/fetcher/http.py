"""A page over HTTP: one request in flight per host, redirects followed by us, every answer typed.

Only 200 and 203 make a `Capture`; anything else is not the document and must never be taken for one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from time import monotonic
from types import TracebackType
from typing import Self

from urllib3.response import HTTPResponse

from storage.errors import ConfigError
from storage.model import WIRE, Capture, Hop, PageState, Reason
from watcher.fetcher import environment
from watcher.fetcher.access import Way, hiding, way
from watcher.fetcher.address import check_url, follow
from watcher.fetcher.answer import content_type, evidence, first, refusal, settle
from watcher.fetcher.body import ACCEPT_ENCODING, read_body
from watcher.fetcher.failure import WIRE_ERRORS, FetchError, expired, explain
from watcher.fetcher.lanes import Lane, Lanes
from watcher.fetcher.login import basic
from watcher.fetcher.netguard import Guard
from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner, NotModified, SameBody
from watcher.fetcher.transport import Trust
from watcher.fetcher.watchdog import Exchange, Phase, Watchdog
from watcher.fetcher.wish import Wish

VERSION = version("clausewatch")

MAX_HOPS = 5

_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = frozenset({200, 203})


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches pages over HTTP. Thread-safe: each host has one session and one request in flight at a time.

    Close it, or use it in a `with` statement.
    """

    def __init__(self, settings: FetchSettings) -> None:
        """Take the settings. Raises ConfigError for a contact that cannot stand in a header."""
        if settings.contact is not None and not re.fullmatch(r"[\x21-\x7e][\x20-\x7e]{0,199}", settings.contact):
            raise ConfigError([f"[fetch] contact: {settings.contact!a} cannot be sent; use up to 200 ASCII characters"])
        self._settings = settings
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._headers = {
            "User-Agent": f"clausewatch/{VERSION}{contact}",
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        self._watchdog = Watchdog()
        self._lanes = Lanes(Trust(), Guard(settings.allow_networks, proxy_resolves=settings.proxy_resolves))

    def fetch(
        self,
        url: str,
        *,
        state: PageState | None = None,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Capture | NotModified | FetchFailure:
        """The page at `url`, or why it could not be had. Raises RuntimeError once the fetcher is closed.

        `state` is what was last seen at this address; its validators make the request conditional. `now` is read when
        the answer has come, at most once. Waiting for another request to the same host does not count against the
        deadline.
        """
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
        try:
            host = _host(url)
        except FetchError as error:
            return error.failure(url)
        known = state if state is not None and state.url == url else None
        wish = Wish(url, known, self._logged_in(host, manner), now)
        return Errand(wish, url, host, self._settings.deadline.total_seconds())

    def step(self, errand: Errand) -> Capture | NotModified | FetchFailure | Errand:
        """Send one request of an errand; an errand in return says what is to be asked next, and of which host."""
        found: Capture | NotModified | FetchFailure | Errand
        try:
            found = self._hop(errand)
        except FetchError as error:
            found = error.failure(errand.wish.url)
        return hiding(found, errand.wish.manner.hidden)

    def close(self) -> None:
        """Cut off what is under way and close all connections. Idempotent."""
        self._watchdog.close()
        self._lanes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hop(self, errand: Errand) -> Capture | NotModified | Errand:
        """One hop; all hops of an errand are under one deadline, whatever is waited for between them."""
        wish, target = errand.wish, errand.target
        with self._lanes.hold(errand.host) as lane:
            started = monotonic()
            answer = self._ask(lane, wish, target, errand.hops, errand.left)
            left = errand.left - (monotonic() - started)
        if answer is None:
            return replace(errand, wish=replace(wish, state=None), left=left)
        if not isinstance(answer, Hop):
            return answer
        hops = (*errand.hops, answer)
        target = follow(target, answer.location)
        if len(hops) > MAX_HOPS:
            raise FetchError(Reason.REDIRECT, f"more than {MAX_HOPS} redirects")
        if target in {wish.url.partition("#")[0], *(hop.url for hop in hops)}:
            raise FetchError(Reason.REDIRECT, f"a redirect loop through {target[:200]!a}")
        return Errand(wish, target, _host(target), left, hops)

    def _ask(
        self, lane: Lane, wish: Wish, target: str, hops: tuple[Hop, ...], left: float
    ) -> Capture | NotModified | Hop | None:
        """One request and its answer, read to the end, with the connection settled and the watch over."""
        by = self._way(wish, target)
        headers = self._headers | wish.headers(redirected=bool(hops)) | dict(wish.manner.headers) | dict(by.secrets)
        exchange = self._watchdog.watch(max(left, 0.0))
        try:
            raw = lane.send(target, headers, exchange, by)
            try:
                exchange.phase = Phase.BODY
                answer = self._read(wish, target, hops, raw, exchange)
            finally:
                settle(raw)
        except FetchError:
            if exchange.fired:
                raise expired(exchange) from None
            raise
        except WIRE_ERRORS as error:
            raise explain(error, exchange) from error
        finally:
            exchange.done()
        if exchange.fired:  # a connection that was cut off can look like one that answered
            raise expired(exchange)
        return answer

    def _read(
        self, wish: Wish, target: str, hops: tuple[Hop, ...], raw: HTTPResponse, exchange: Exchange
    ) -> Capture | NotModified | Hop | None:
        """What an answer is, by its status; None for a 304 that speaks of another page than the one we know."""
        status = raw.status
        if status in _REDIRECTS:
            return Hop(target, status, first(raw, "location") or "")
        if status == 304 and wish.conditional(redirected=bool(hops)):
            return NotModified(wish.url, wish.now(), target, hops) if wish.vouched(first(raw, "etag")) else None
        if status not in _PAGES:
            raise refusal(status, first(raw, "retry-after"), wish.now)
        body = read_body(raw, self._settings.max_bytes, exchange, wish.state.wire if wish.state else "")
        if body is None:
            validators = first(raw, "etag"), first(raw, "last-modified")
            return SameBody(wish.url, wish.now(), target, hops, *validators)
        ours = ((WIRE, body.wire),) if body.wire else ()
        media_type, charset = content_type(first(raw, "content-type"))
        return Capture(
            url=wish.url,
            final_url=target,
            fetched_at=wish.now(),
            status=status,
            headers=(*evidence(raw.headers.items()), *ours),
            media_type=media_type,
            charset=charset,
            sha256=hashlib.sha256(body.data).hexdigest(),
            body=body.data,
            hops=hops,
        )

    def _way(self, wish: Wish, target: str) -> Way:
        """By which way a target is asked."""
        asked = self._settings.environment and wish.manner.proxy is None
        return way(wish.manner, wish.url, target, environment.proxy_of(target) if asked else None)

    def _logged_in(self, host: str, manner: Manner) -> Manner:
        """The manner with the login of the environment, where it counts and the source has none of its own."""
        if not self._settings.environment or any(name.lower() == "authorization" for name, _ in manner.secrets):
            return manner
        login = environment.login_of(host)
        if login is None:
            return manner
        header = basic(*login)
        return replace(
            manner,
            secrets=(*manner.secrets, ("Authorization", header)),
            hidden=(*manner.hidden, login[1], header.partition(" ")[2]),
        )


@dataclass(frozen=True, slots=True)
class Errand:
    """A page on its way: `target` is the address to be asked next, at `host`; `hops` are the redirects met so far.

    `left` are the seconds until the deadline; they run while a request is under way.
    """

    wish: Wish
    target: str
    host: str
    left: float
    hops: tuple[Hop, ...] = ()


def _host(url: str) -> str:
    """The host of an address that may be fetched. Raises FetchError."""
    return (check_url(url).hostname or "").rstrip(".")
