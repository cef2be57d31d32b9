"""Addresses as discovery compares them: absolute, without what does not name another page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

# What is added to a link to count clicks. A page is never told apart by these.
_TRACKING = re.compile(
    r"^(?:utm_.*|mtm_.*|pk_.*|matomo_.*|gclid|fbclid|msclkid|dclid|mc_[ce]id|_ga|_gl|_hs.*|hsctatracking|ref|referrer|source|src|trk|cmpid|igshid|yclid)$",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"[-_./ ]?(?:v\.?\d+(?:[._-]\d+)*|(?:19|20)\d\d(?:[-_.]?\d\d){0,2}|\d{1,2}[-_.]\d{1,2}[-_.](?:19|20)\d\d)$",
    re.IGNORECASE,
)
_EDITION = re.compile(r"v|ver|version|t|ts|rev", re.IGNORECASE)
_LONGEST = 2000


def absolute(base: str, target: str) -> str | None:
    """Where a link leads, without its fragment; None for what is no page (mail, script, a place on the same page)."""
    target = re.sub(r"[\t\r\n]", "", target).strip()
    if not target or target.startswith("#") or len(target) > _LONGEST:
        return None
    try:
        joined = urljoin(base, target)
        parts = urlsplit(joined)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or port == 0:
        return None
    path = quote(parts.path or "/", safe="/%:=&?~#+!$,;'@()*[]-._")
    query = quote(parts.query, safe="/%:=&?~#+!$,;'@()*[]-._")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def page_key(url: str) -> str:
    """What two addresses of one page have in common: scheme, `www.`, tracking, a last slash, an index do not count."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    ]
    path = re.sub(r"/(?:index|default)\.(?:html?|php|aspx?)$", "/", unquote(parts.path))
    if path.lower().endswith(".pdf"):  # the number behind a file says which edition it is, not which file
        kept = [(name, value) for name, value in kept if not _EDITION.fullmatch(name)]
    return f"{host}{port}{path.rstrip('/') or '/'}{'?' + urlencode(kept) if kept else ''}"


def without_tracking(url: str) -> str:
    """The address to keep: without the parameters that count clicks."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair.partition("=")[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def without_edition(url: str) -> str:
    """The address of a file without the number that says which edition it is: that one stays when the file changes."""
    parts = urlsplit(url)
    if not parts.path.lower().endswith(".pdf"):
        return url
    kept = [pair for pair in parts.query.split("&") if pair and not _EDITION.fullmatch(pair.partition("=")[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def edition(url: str) -> tuple[str, str]:
    """The address without a year or a number of a version at its end, and what was taken off."""
    parts = urlsplit(url)
    stem, dot, ending = parts.path.rstrip("/").rpartition(".")
    if not (dot and re.fullmatch(r"[A-Za-z]{2,5}", ending)):
        stem, ending = parts.path.rstrip("/"), ""
    found = _VERSION.search(stem)
    if found is None or found.start() == 0:
        return page_key(url), ""
    shorter = f"{stem[: found.start()].rstrip('/')}{'.' + ending if ending else ''}"
    return page_key(urlunsplit((parts.scheme, parts.netloc, shorter, parts.query, ""))), found[0]
