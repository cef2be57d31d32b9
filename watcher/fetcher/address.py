r"""Which addresses may be fetched at all, judged by their spelling alone.

Programs read odd addresses differently: `http://127.0.0.1:8888\\@example.com/` is example.com to one parser and
127.0.0.1 to another (GHSA-rph4-96w6-q594 in changedetection.io). So whatever is odd is refused, not repaired.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from storage.model import Reason
from watcher.fetcher.failure import FetchError
from watcher.fetcher.spelling import odd_host, odd_number

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Controls, any white space and format characters such as U+202E, the backslash, and halves of surrogate pairs.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff]")
_MAX_LENGTH = 8192


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be fetched. Raises FetchError (`blocked-scheme`, else `blocked-address`)."""
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in {"http", "https"}:
        raise FetchError(Reason.BLOCKED_SCHEME, f"only http and https are fetched, not {scheme[1][:40].lower()}:")
    fault, parts = _parse(url)
    if parts is None:
        raise FetchError(Reason.BLOCKED_ADDRESS, f"{url[:200]!a} is not fetched: {fault}")
    return parts


def follow(base: str, location: str) -> str:
    """The absolute address a `Location` header leads to, without its fragment.

    `location` is as http.client decodes it (Latin-1). Raises FetchError (`blocked-scheme`; `blocked-address` for a
    number in disguise; else `redirect`).
    """
    location = location.strip(" \t")
    if not location:
        raise FetchError(Reason.REDIRECT, "a redirect without a target")
    try:
        target = urljoin(base, location.encode("latin-1").decode("utf-8")).partition("#")[0]
        check_url(target)
    except ValueError as error:
        raise FetchError(Reason.REDIRECT, f"a redirect to {location[:200]!a}, which is no address") from error
    except FetchError as error:
        if error.reason is Reason.BLOCKED_SCHEME or _leads_to_a_number(target):
            raise
        raise FetchError(Reason.REDIRECT, f"a redirect that is not followed: {error.detail}") from error
    return target


def _leads_to_a_number(url: str) -> bool:
    try:
        return odd_number(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _parse(url: str) -> tuple[str, SplitResult | None]:
    """What is wrong with an address, or its parts."""
    if len(url) > _MAX_LENGTH:
        return f"it is longer than {_MAX_LENGTH} characters", None
    if found := _FORBIDDEN.search(url):
        return f"it holds the character U+{ord(found[0]):04X}", None
    try:
        parts = urlsplit(url)
        fault = _fault(parts, parts.port)
    except ValueError as error:
        return f"it cannot be parsed ({error})", None
    return fault, None if fault else parts


def _fault(parts: SplitResult, port: int | None) -> str:
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        return "it must have the form https://host/path"
    if "@" in parts.netloc:
        return "it holds a user name or password; leave them out"
    if port == 0:
        return "port 0 does not exist"
    if "[" in parts.netloc and ":" not in host:
        return "its host is no address in brackets"
    return odd_host(host)
