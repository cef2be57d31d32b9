"""Sitemaps (https://www.sitemaps.org/protocol.html): addresses out of bytes that anybody may have written.

Read without an XML parser: nothing is expanded, nothing is fetched, and a broken one gives what it has.
"""

from __future__ import annotations

import html
import re
import zlib
from dataclasses import dataclass

from watcher.discovery.addresses import absolute
from watcher.discovery.lexicon import fold

MOST_ADDRESSES = 50_000  # the protocol's own limit for one sitemap
MOST_BYTES = 20_000_000
_LOC = re.compile(
    r"<(?:\w+:)?loc\s*>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,2000}?)\s*(?:\]\]>)?\s*</(?:\w+:)?loc\s*>", re.IGNORECASE
)
_INDEX = re.compile(r"<(?:\w+:)?sitemapindex\b", re.IGNORECASE)
_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
# What a part of a sitemap is called that holds no documents, and that may.
_NO_PAGES = re.compile(
    r" (?:posts?|blog|news|nieuws|products?|producten|produkte|videos?|images?|tags?|category|categories|authors?|"
    r"events?|jobs?|vacatures|forum|articles?|artikelen) "
)
_PAGES = re.compile(r" (?:pages?|paginas|seiten|legal|main|static|core|site) ")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses in a sitemap, or those of its parts where it is an index."""

    pages: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """The addresses that a sitemap names: XML, plain text (one a line), either gzipped. Pure and bounded.

    Parts of an index come best first: those named after pages before those named after posts or products.
    """
    text = _unpacked(body).decode("utf-8", "replace")
    if "<" not in text[:1000]:
        found = [line.strip() for line in text.splitlines()[:MOST_ADDRESSES] if line.strip().startswith("http")]
    else:
        found = [html.unescape(match[1]) for match, _ in zip(_LOC.finditer(text), range(MOST_ADDRESSES), strict=False)]
    targets = tuple(dict.fromkeys(target for one in found if (target := absolute(url, one))))
    if _INDEX.search(text[:5000]):
        return Sitemap(parts=tuple(sorted(targets, key=_rank)))
    return Sitemap(pages=targets)


def sitemaps_in(robots: str, url: str) -> list[str]:
    """The addresses that `Sitemap:` lines of a robots.txt name."""
    return list(
        dict.fromkeys(target for match in _LINE.finditer(robots[:500_000]) if (target := absolute(url, match[1])))
    )


def _rank(url: str) -> tuple[int, str]:
    name = fold(re.sub(r"\d+", " ", url.rpartition("/")[2]))
    return (2 if _NO_PAGES.search(name) else 0 if _PAGES.search(name) else 1), url


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:MOST_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
