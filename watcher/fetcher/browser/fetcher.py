"""A page as a browser shows it, with the values of `watcher.fetcher.http`: one at a time, bounded, and guarded."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from storage.model import RENDERED, Capture, Hop, Reason
from watcher.fetcher import environment
from watcher.fetcher.access import hiding
from watcher.fetcher.address import check_url
from watcher.fetcher.answer import content_type, evidence, refusal
from watcher.fetcher.browser.credentials import credentials
from watcher.fetcher.browser.installed import find_browser, what_is_missing
from watcher.fetcher.browser.wish import Wish
from watcher.fetcher.failure import FetchError
from watcher.fetcher.http import VERSION, utcnow
from watcher.fetcher.netguard import Guard
from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner

if TYPE_CHECKING:
    from watcher.fetcher.browser.relay import Relay
    from watcher.fetcher.browser.renderer import Renderer, RenderLimits

log = logging.getLogger("clausewatch.browser")

_TRAFFIC = 10  # times `max_bytes` that may come for one page: scripts are larger than texts
_CLOSED = "the fetcher is closed; make a new one"
_GRACE = 0.3  # seconds before the deadline by which the child answers by itself

_SAID = {
    "timeout": Reason.TIMEOUT,
    "too-large": Reason.TOO_LARGE,
    "redirect": Reason.REDIRECT,
    "selector": Reason.SELECTOR_MISSING,
    "crash": Reason.BROWSER,
}
# Chromium's own codes (net/base/net_error_list.h) by their beginnings, the most telling first.
_CODES = (
    ("ERR_CERT_", Reason.TLS, "the certificate of the server is not valid"),
    ("ERR_SSL_", Reason.TLS, "no TLS connection"),
    ("ERR_TOO_MANY_REDIRECTS", Reason.REDIRECT, "a redirect loop"),
    ("ERR_UNSAFE_REDIRECT", Reason.BLOCKED_SCHEME, "a redirect to something else than http or https"),
    ("ERR_UNKNOWN_URL_SCHEME", Reason.BLOCKED_SCHEME, "a redirect to something else than http or https"),
    ("ERR_UNSAFE_PORT", Reason.BLOCKED_ADDRESS, "the port belongs to another service"),
    ("ERR_CONTENT_DECODING", Reason.BAD_ENCODING, "the body is not what its Content-Encoding says"),
    ("ERR_CONTENT_LENGTH_MISMATCH", Reason.TRUNCATED, "the body is shorter than announced"),
    ("ERR_INCOMPLETE_CHUNKED", Reason.TRUNCATED, "the body was cut off before its end"),
    ("ERR_CONNECTION_", Reason.RESET, "the server broke the connection"),
    ("ERR_EMPTY_RESPONSE", Reason.RESET, "the server broke the connection"),
    ("ERR_SOCKS_", Reason.CONNECT, "no connection to the host"),
    ("ERR_TIMED_OUT", Reason.TIMEOUT, "the server was too slow"),
)


@dataclass(frozen=True, slots=True)
class NotHtml:
    """There is something else than a page at the address: a PDF, a plain text, a download. It is for HTTP to fetch."""

    url: str
    media_type: str


class BrowserFetcher:
    """Renders pages with the machine's Chromium. Thread-safe; one page at a time, and the others wait their turn.

    Starts nothing before the first page. Close it, or use it in a `with` statement.
    """

    def __init__(self, settings: FetchSettings, *, limits: RenderLimits | None = None) -> None:
        """Take the settings; `limits` are for tests."""
        self._settings = settings
        self._limits = limits
        self._guard = Guard(settings.allow_networks, proxy_resolves=settings.proxy_resolves)
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._relay: Relay | None = None
        self._renderer: Renderer | None = None
        self._idle: threading.Timer | None = None
        self._closed = False

    def fetch(
        self,
        url: str,
        *,
        manner: Manner = PLAIN,
        now: Callable[[], datetime] = utcnow,
    ) -> Capture | NotHtml | FetchFailure:
        """The page at `url` after its scripts have run, or why it could not be had. Raises RuntimeError once closed.

        The body is the document as it stands then, as HTML in UTF-8; status, headers, hops and final address are those
        of the answer that brought it, with the header `X-Clausewatch-Rendered` beside them. Nothing is asked
        conditionally: what scripts bring has no validator. A picture of the page, as PNG, goes where `manner` says.
        Neither the start of the browser nor waiting for its turn count against the deadline.
        """
        with self._turn:
            if self._closed:
                raise RuntimeError(_CLOSED)
            try:
                check_url(url)
                return hiding(self._render(url, manner, now), manner.hidden)
            except FetchError as error:
                if self._closed:
                    raise RuntimeError(_CLOSED) from None
                return hiding(error.failure(url), manner.hidden)
            except (KeyError, TypeError, AttributeError, ValueError) as error:  # of what the child has answered
                self._end()
                detail = f"the browser answered nonsense ({type(error).__name__})"
                return FetchError(Reason.BROWSER, detail, transient=True).failure(url)
            finally:
                self._rest_later()

    def close(self) -> None:
        """Cut off what is under way and end the browser. Idempotent."""
        with self._lock:
            self._closed = True
            if self._renderer is not None:
                self._renderer.kill()
        with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            self._end()
            if self._relay is not None:
                self._relay.close()
                self._relay = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process of the browser; None while there is none."""
        renderer = self._renderer
        return renderer.pid if renderer is not None else None

    def _render(self, url: str, manner: Manner, now: Callable[[], datetime]) -> Capture | NotHtml:
        known = credentials(manner)
        relay, renderer, limits = self._ready()
        seconds, most = self._settings.deadline.total_seconds(), self._settings.max_bytes
        wish = Wish(
            url=url,
            agent=renderer.agent + self._suffix(),
            seconds=max(seconds - _GRACE, seconds / 2),
            most=most,
            language=manner.language or "en",
            wait_for=manner.wait_for,
            screenshot=manner.screenshot is not None,
            stable=limits.stable,
            settle=limits.settle,
            relay=relay.port,
            headers=manner.headers,
            login=known.login,
            cookies=known.cookies,
        )

        def spent() -> FetchError | None:
            detail = f"the page loads more than {_TRAFFIC * most} bytes"
            return FetchError(Reason.TOO_LARGE, detail) if relay.spent else None

        relay.begin(seconds, _TRAFFIC * most, self._proxy(url, manner))
        try:
            head, body, picture = renderer.ask(wish, monotonic() + seconds, limits.memory, spent)
        finally:
            relay.end()
        ended = head.get("ended")
        if ended is not None and "media_type" in ended:
            return NotHtml(url, str(ended["media_type"]))
        if (fault := spent()) is not None:
            raise fault
        if ended is not None:
            raise _meaning(ended, relay, now)
        if manner.screenshot is not None:
            manner.screenshot.write_bytes(picture)
        return _capture(url, head, body, renderer.version, now)

    def _ready(self) -> tuple[Relay, Renderer, RenderLimits]:
        """A browser that can take a page. Raises FetchError (`browser`)."""
        missing = what_is_missing(self._settings.browser)
        path = find_browser(self._settings.browser)
        if missing is not None or path is None:
            raise FetchError(Reason.BROWSER, missing or "there is no browser", transient=False)
        from watcher.fetcher.browser.relay import Relay  # noqa: PLC0415 - heavy and optional, with what follows
        from watcher.fetcher.browser.renderer import Renderer, RenderLimits  # noqa: PLC0415

        limits = self._limits or RenderLimits()
        if self._idle is not None:
            self._idle.cancel()
        if self._renderer is not None and (not self._renderer.alive or self._renderer.pages >= limits.pages):
            self._end()
        if self._relay is None:
            self._relay = Relay(self._guard)
        if self._renderer is None:
            _warn_of_root()
            made = Renderer(path, self._relay.dead_end)
            with self._lock:
                self._renderer = made
                if self._closed:
                    made.kill()
        return self._relay, self._renderer, limits

    def _rest_later(self) -> None:
        """End the browser when nobody needs it for a while: it holds half a gigabyte."""
        if self._renderer is None or self._closed:
            return
        from watcher.fetcher.browser.renderer import RenderLimits  # noqa: PLC0415 - loaded already

        self._idle = threading.Timer((self._limits or RenderLimits()).idle, self._rest)
        self._idle.daemon = True
        self._idle.start()

    def _rest(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._turn.release()

    def _end(self) -> None:
        with self._lock:
            renderer, self._renderer = self._renderer, None
        if renderer is not None:
            renderer.kill()

    def _proxy(self, url: str, manner: Manner) -> str | None:
        if manner.proxy is None and self._settings.environment:
            return environment.proxy_of(url)
        return manner.proxy

    def _suffix(self) -> str:
        contact = f" (+{self._settings.contact})" if self._settings.contact else ""
        return f" clausewatch/{VERSION}{contact}"


def _meaning(ended: dict[str, Any], relay: Relay, now: Callable[[], datetime]) -> FetchError:
    """Why there is no page, as one typed error. What the relay knows of the place goes before what Chromium says."""
    if "status" in ended:
        return refusal(int(ended["status"]), ended.get("wait"), now)
    if "failure" in ended:
        reason = _SAID[ended["failure"]]
        lasting = {"crash": False, "selector": True}.get(ended["failure"])
        return FetchError(reason, str(ended["detail"]), transient=lasting)
    parts = urlsplit(str(ended["url"]))
    known = relay.fault(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    if known is not None:
        return known
    code = str(ended["code"])
    for start, reason, words in _CODES:
        if code.startswith(start):
            forged = start == "ERR_CERT_"
            return FetchError(reason, f"{words} ({code})", transient=False if forged else None)
    return FetchError(Reason.PROTOCOL, f"the browser could not load the page ({code})")


def _capture(url: str, head: dict[str, Any], body: bytes, version: str, now: Callable[[], datetime]) -> Capture:
    final = str(head["final_url"])
    check_url(final.partition("#")[0])
    headers = evidence([(str(name), str(value)) for name, value in head["headers"]])
    media_type, _ = content_type(next((value for name, value in headers if name.lower() == "content-type"), None))
    return Capture(
        url=url,
        final_url=final.partition("#")[0],
        fetched_at=now(),
        status=int(head["status"]),
        headers=(*headers, (RENDERED, f"chromium {version}")),
        media_type=media_type or "text/html",
        charset="utf-8",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        hops=tuple(Hop(str(hop["url"]), int(hop["status"]), str(hop["location"])) for hop in head["hops"]),
    )


_warned = threading.Event()


def _warn_of_root() -> None:
    """Say once that pages are rendered without Chromium's own sandbox, and how to have it."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not _warned.is_set():
        _warned.set()
        log.warning("running as root: Chromium renders pages without its sandbox; run clausewatch as an ordinary user")
