"""What one call of `fetch` asks for, and whether an answer speaks of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storage.model import PageState
from watcher.fetcher.outcome import Manner

_VALIDATOR = re.compile(r"[\x20-\x7e\xa0-\xff]{1,1024}")


@dataclass(frozen=True, slots=True)
class Wish:
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


def _opaque(etag: str) -> str:
    """An ETag without its mark of weakness, which servers add and drop as they compress."""
    return etag.strip().removeprefix("W/")
