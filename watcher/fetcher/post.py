"""Something sent to a service and its answer: by the same guarded connections as pages, without redirects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from watcher.fetcher import environment
from watcher.fetcher.access import Way, hiding
from watcher.fetcher.address import check_url
from watcher.fetcher.answer import first, refusal, settle
from watcher.fetcher.body import read_body
from watcher.fetcher.failure import WIRE_ERRORS, FetchError, expired, explain
from watcher.fetcher.http import VERSION, utcnow
from watcher.fetcher.netguard import Guard
from watcher.fetcher.outcome import FetchFailure, FetchSettings
from watcher.fetcher.transport import Session, Trust
from watcher.fetcher.watchdog import Phase, Watchdog


class Poster:
    """Sends one thing at a time. `close` cuts off what is under way and may be called from any thread."""

    def __init__(self, settings: FetchSettings) -> None:
        """Take the settings: contact, networks that are open, deadline, environment."""
        self._settings = settings
        self._watchdog = Watchdog()
        self._trust = Trust()
        self._guard = Guard(settings.allow_networks, proxy_resolves=settings.proxy_resolves)

    def post(
        self,
        url: str,
        body: bytes,
        media_type: str,
        *,
        most: int,
        secrets: tuple[tuple[str, str], ...] = (),
        hidden: tuple[str, ...] = (),
        now: Callable[[], datetime] = utcnow,
    ) -> bytes | FetchFailure:
        """The answer's body, at most `most` bytes, or why there is none; never raises for what the network does.

        `secrets` are headers, `hidden` the texts that must stand in no failure. Raises RuntimeError after `close`.
        """
        try:
            return self._post(url, body, {"Content-Type": media_type, **dict(secrets)}, most, now)
        except FetchError as error:
            return hiding(error.failure(url), hidden)

    def close(self) -> None:
        """Cut off what is under way. Idempotent."""
        self._watchdog.close()

    def _post(self, url: str, body: bytes, own: dict[str, str], most: int, now: Callable[[], datetime]) -> bytes:
        check_url(url)
        contact = f" (+{self._settings.contact})" if self._settings.contact else ""
        headers = {"User-Agent": f"clausewatch/{VERSION}{contact}", "Accept-Encoding": "identity", **own}
        proxy = environment.proxy_of(url) if self._settings.environment else None
        session = Session(self._trust, self._guard, Way(proxy))
        exchange = self._watchdog.watch(self._settings.deadline.total_seconds())
        try:
            raw = session.ask(url, headers, exchange, body)
            try:
                exchange.phase = Phase.BODY
                if raw.status != 200:
                    raise refusal(raw.status, first(raw, "retry-after"), now)
                found = read_body(raw, most, exchange)
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
            session.close()
        if exchange.fired:
            raise expired(exchange)
        return found.data if found is not None else b""


def bare(url: str) -> str:
    """An address as it may be shown and kept: without user, password, query and fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
