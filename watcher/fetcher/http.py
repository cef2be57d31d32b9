"""A page over HTTP: one request in flight per host, redirects followed by us, every answer typed.

Only 200 and 203 make a `Capture`; anything else is not the document and must never be taken for one.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from itertools import islice
from time import monotonic
from types import TracebackType
from typing import Self

from urllib3.response import HTTPResponse

from storage.errors import ConfigError
from storage.model import RENDERED, Capture, Hop, PageState, Reason
from watcher.fetcher.address import check_url, follow
from watcher.fetcher.body import ACCEPT_ENCODING, read_body
from watcher.fetcher.failure import WIRE_ERRORS, FetchError, dead_connection, expired, explain
from watcher.fetcher.netguard import Guard
from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner, NotModified
from watcher.fetcher.transport import Session, Trust
from watcher.fetcher.watchdog import Exchange, Phase, Watchdog

VERSION = version("clausewatch")

MAX_HOPS = 5
MAX_HEADERS = 200
MAX_HEADER_LENGTH = 8192
MAX_RETRY_AFTER = 86_400.0  # a day: no server may silence a source for longer
_MAX_LANES = 128  # hosts whose connection is kept open: well below the usual limit of 1024 open files

_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = frozenset({200, 203})
_GONE = frozenset({404, 410})
_TRANSIENT_4XX = frozenset({408, 421, 425, 429})
_SECRET = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
_VALIDATOR = re.compile(r"[\x20-\x7e\xa0-\xff]{1,1024}")
_CHARSET = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;]+))", re.IGNORECASE)
_CONTROLS = dict.fromkeys((*range(9), *range(10, 32), *range(127, 160)), "\ufffd")


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
        self._trust = Trust()
        self._guard = Guard(settings.allow_networks)
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()
        self._lock = threading.Lock()

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
        wish = _Wish(url, state if state is not None and state.url == url else None, manner, now)
        try:
            return Errand(wish, url, _host(url), self._settings.deadline.total_seconds())
        except FetchError as error:
            return error.failure(url)

    def step(self, errand: Errand) -> Capture | NotModified | FetchFailure | Errand:
        """Send one request of an errand; an errand in return says what is to be asked next, and of which host."""
        try:
            return self._hop(errand)
        except FetchError as error:
            return error.failure(errand.wish.url)

    def close(self) -> None:
        """Cut off what is under way and close all connections. Idempotent."""
        self._watchdog.close()
        with self._lock:
            lanes = list(self._lanes.values())
            self._lanes.clear()
        for lane in lanes:
            lane.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hop(self, errand: Errand) -> Capture | NotModified | Errand:
        """One hop; all hops of an errand are under one deadline, whatever is waited for between them."""
        wish, target = errand.wish, errand.target
        with self._lane(errand.host) as lane:
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
        self, lane: _Lane, wish: _Wish, target: str, hops: tuple[Hop, ...], left: float
    ) -> Capture | NotModified | Hop | None:
        """One request and its answer, read to the end, with the connection settled and the watch over."""
        headers = self._headers | wish.headers(redirected=bool(hops))
        exchange = self._watchdog.watch(max(left, 0.0))
        try:
            raw = lane.send(target, headers, exchange)
            try:
                exchange.phase = Phase.BODY
                answer = self._read(wish, target, hops, raw, exchange)
            finally:
                _settle(raw)
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
        self, wish: _Wish, target: str, hops: tuple[Hop, ...], raw: HTTPResponse, exchange: Exchange
    ) -> Capture | NotModified | Hop | None:
        """What an answer is, by its status; None for a 304 that speaks of another page than the one we know."""
        status = raw.status
        if status in _REDIRECTS:
            return Hop(target, status, _first(raw, "location") or "")
        if status == 304 and wish.conditional(redirected=bool(hops)):
            return NotModified(wish.url, wish.now(), target, hops) if wish.vouched(_first(raw, "etag")) else None
        if status not in _PAGES:
            raise refusal(status, _first(raw, "retry-after"), wish.now)
        body = read_body(raw, self._settings.max_bytes, exchange)
        media_type, charset = content_type(_first(raw, "content-type"))
        return Capture(
            url=wish.url,
            final_url=target,
            fetched_at=wish.now(),
            status=status,
            headers=evidence(raw.headers.items()),
            media_type=media_type,
            charset=charset,
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
            hops=hops,
        )

    @contextmanager
    def _lane(self, host: str) -> Iterator[_Lane]:
        """The way to one host, held alone. Hosts not visited for longest lose their connection."""
        spare: list[_Lane] = []
        with self._lock:
            lane = self._lanes.get(host)
            if lane is None:
                lane = self._lanes[host] = _Lane(self._trust, self._guard)
            self._lanes.move_to_end(host)
            lane.users += 1
            if len(self._lanes) > _MAX_LANES:
                idle = next((name for name, one in self._lanes.items() if not one.users), None)
                spare += [self._lanes.pop(idle)] if idle is not None else []
        for one in spare:
            one.close()
        try:
            with lane.lock:
                yield lane
        finally:
            with self._lock:
                lane.users -= 1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one call of `fetch` asks for."""

    url: str
    state: PageState | None
    manner: Manner
    now: Callable[[], datetime]

    def headers(self, *, redirected: bool) -> dict[str, str]:
        """The headers that differ from request to request.

        The server's own Last-Modified goes back verbatim: stock nginx compares it for equality. Behind a redirect a
        date alone is not sent, since the redirect may now lead to another, older page, for which "not modified since"
        would be true.
        """
        headers: dict[str, str] = {}
        language = self.manner.language
        if language and re.fullmatch(r"[A-Za-z0-9-]{2,35}", language):
            headers["Accept-Language"] = language if language == "en" else f"{language}, en;q=0.5"
        if self.state is None:
            return headers
        etag, date = self.state.etag, self.state.last_modified
        if etag and _VALIDATOR.fullmatch(etag):
            headers["If-None-Match"] = etag
        if date and _VALIDATOR.fullmatch(date) and (not redirected or "If-None-Match" in headers):
            headers["If-Modified-Since"] = date
        return headers

    def conditional(self, *, redirected: bool) -> bool:
        """True when a "304 Not Modified" answers a question that was asked."""
        return any(name.startswith("If-") for name in self.headers(redirected=redirected))

    def vouched(self, etag: str | None) -> bool:
        """True unless a 304 names another ETag than ours: then it is of a page that was not seen yet."""
        known = self.state.etag if self.state else None
        return not etag or not known or _opaque(etag) == _opaque(known)


@dataclass(frozen=True, slots=True)
class Errand:
    """A page on its way: `target` is the address to be asked next, at `host`; `hops` are the redirects met so far.

    `left` are the seconds until the deadline; they run while a request is under way.
    """

    wish: _Wish
    target: str
    host: str
    left: float
    hops: tuple[Hop, ...] = ()


def _host(url: str) -> str:
    """The host of an address that may be fetched. Raises FetchError."""
    return (check_url(url).hostname or "").rstrip(".")


def _opaque(etag: str) -> str:
    """An ETag without its mark of weakness, which servers add and drop as they compress."""
    return etag.strip().removeprefix("W/")


class _Lane:
    """The session of one host, and the lock that lets one request at a time onto it."""

    def __init__(self, trust: Trust, guard: Guard) -> None:
        """Open nothing yet."""
        self.lock = threading.Lock()
        self.users = 0
        self._session = Session(trust, guard)

    def send(self, url: str, headers: Mapping[str, str], exchange: Exchange) -> HTTPResponse:
        """Send a request; once more, at once, when the connection was a kept one and had died meanwhile."""
        try:
            return self._session.ask(url, headers, exchange)
        except WIRE_ERRORS as error:
            if exchange.fired or not exchange.reused or not dead_connection(error):
                raise
            exchange.let_go()
            return self._session.ask(url, headers, exchange)

    def close(self) -> None:
        """Close the connection."""
        with self.lock:
            self._session.close()


def content_type(value: str | None) -> tuple[str, str | None]:
    """The media type, lower case and without parameters ("" if none is given), and the charset as given."""
    if not value:
        return "", None
    value = value[:1024]
    found = _CHARSET.search(value)
    charset = next((group for group in found.groups() if group), None) if found else None
    return value.partition(";")[0].strip().lower(), charset.lower() if charset else None


def evidence(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers to keep: capped in number and length, control characters replaced, values of secrets left out.

    Nor is one kept that has the name of a header of ours: no server may say how we came to the page.
    """
    return tuple(
        (
            name[:256].translate(_CONTROLS),
            "" if name.lower() in _SECRET else value[:MAX_HEADER_LENGTH].translate(_CONTROLS),
        )
        for name, value in islice(headers, MAX_HEADERS)
        if name.lower() != RENDERED.lower()
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds a `Retry-After` asks to wait, at most a day; None for junk, for zero and for the past."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:400])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(seconds, MAX_RETRY_AFTER) if seconds > 0 else None


def refusal(status: int, wait: str | None, now: Callable[[], datetime]) -> FetchError:
    """What a status without a page means."""
    detail = f"the server answered with status {status}"
    if status in {429, 503}:
        seconds = retry_after(wait, now())
        if status == 429 or seconds is not None:
            return FetchError(Reason.RATE_LIMITED, detail, status=status, retry_after=seconds)
    if status in _GONE:
        return FetchError(Reason.GONE, detail, transient=False, status=status)
    if 400 <= status < 500:
        return FetchError(Reason.HTTP_STATUS, detail, transient=status in _TRANSIENT_4XX, status=status)
    if 500 <= status < 600:
        return FetchError(Reason.HTTP_STATUS, detail, transient=True, status=status)
    return FetchError(Reason.PROTOCOL, f"{detail}, which is no page", status=status)


def _first(raw: HTTPResponse, name: str) -> str | None:
    """The first header of a name."""
    return next(iter(raw.headers.getlist(name)), None)


def _settle(raw: HTTPResponse) -> None:
    """Give the connection back where nothing is left to read, else close it: unread bodies are not read."""
    if raw.length_remaining == 0 and not raw.chunked:  # some 304 announce chunks that never come
        raw.drain_conn()
    raw.close()
