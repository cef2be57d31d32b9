"""What the fetcher is told, and what it answers when there is no page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from storage.model import Hop, Reason


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How pages are fetched.

    `contact` goes into the User-Agent. `allow_networks` is for the guard: the private networks that may be contacted.
    `deadline` holds over name lookup, connecting, TLS, headers and body of all hops together. `max_bytes` caps the
    decoded body. `browser` is the program that renders pages; None for the first Chromium on PATH.
    `gap` lies between two requests to one host; None means a second, and nothing on one's own networks. With
    `environment` the proxies and logins of the environment count (`HTTPS_PROXY`, netrc). With `proxy_resolves` a proxy
    is handed names that are not known here.
    """

    contact: str | None = None
    allow_networks: tuple[str, ...] = ()
    deadline: timedelta = timedelta(seconds=30)
    max_bytes: int = 10_000_000
    browser: str | None = None
    gap: timedelta | None = None
    environment: bool = False
    proxy_resolves: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How one page is asked for: what its source wants, secrets filled in, so it is never stored nor shown.

    `language` (ISO 639-1) is asked for before English. `fetcher` is "browser" where the page shall be rendered; then
    `wait_for` is a CSS selector that must match before the page is read, and a picture of it goes to `screenshot`. With
    `robots` False a robots.txt that disallows the page is read and not obeyed.

    `headers` go with every request, `secrets` (headers too) to the origin of the address alone, as does the client
    `certificate` (file, and file of its key if apart). `proxy` is an address with name and password; "" means none,
    whatever the environment says. `hidden` are the texts that may stand in nothing that comes back.
    """

    language: str | None = None
    fetcher: str = "http"
    wait_for: str | None = None
    screenshot: Path | None = None
    robots: bool = True
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)
    certificate: tuple[str, str | None] | None = None
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def for_anybody(self) -> Manner:
        """The same for a request that is not for the page itself: by the same way, without what is secret."""
        return Manner(proxy=self.proxy, hidden=self.hidden)


# Without a wish of its own.
PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server vouches that the page is still the one whose validators it was sent; redirects may have led to it."""

    url: str
    fetched_at: datetime
    final_url: str = ""
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class SameBody(NotModified):
    """The whole page came, and its encoded bytes are those of the state: what it says need not be decoded.

    `etag` and `last_modified` are the validators of this answer.
    """

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A page that could not be had.

    `transient`: it may well go away by itself, so look again soon. `retry_after` is what the server asked for, in
    seconds, never more than a day. `status` is None where no answer was read.
    """

    url: str
    reason: Reason
    detail: str
    transient: bool
    status: int | None = None
    retry_after: float | None = None
