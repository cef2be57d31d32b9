"""What the head of an answer says: its type, when to come again, what a refusal means, and what of it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from urllib3.response import HTTPResponse

from storage.model import RENDERED, WIRE, Reason
from watcher.fetcher.failure import FetchError

MAX_HEADERS = 200
MAX_HEADER_LENGTH = 8192
MAX_RETRY_AFTER = 86_400.0  # a day: no server may silence a source for longer

_GONE = frozenset({404, 410})
_TRANSIENT_4XX = frozenset({408, 421, 425, 429})
_SECRET = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
_CHARSET = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;]+))", re.IGNORECASE)
_CONTROLS = dict.fromkeys((*range(9), *range(10, 32), *range(127, 160)), "\ufffd")


def content_type(value: str | None) -> tuple[str, str | None]:
    """The media type, lower case and without parameters ("" if none is given), and the charset as given."""
    if not value:
        return "", None
    value = value[:1024]
    found = _CHARSET.search(value)
    charset = next((group for group in found.groups() if group), None) if found else None
    return value.partition(";")[0].strip().lower(), charset.lower() if charset else None


_OURS = frozenset({RENDERED.lower(), WIRE.lower()})


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
        if name.lower() not in _OURS
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


def first(raw: HTTPResponse, name: str) -> str | None:
    """The first header of a name."""
    return next(iter(raw.headers.getlist(name)), None)


def settle(raw: HTTPResponse) -> None:
    """Give the connection back where nothing is left to read, else close it: unread bodies are not read."""
    if raw.length_remaining == 0 and not raw.chunked:  # some 304 announce chunks that never come
        raw.drain_conn()
    raw.close()
