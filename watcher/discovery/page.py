"""What a page says about itself and where it leads: the material of discovery, taken out in one pass."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup, Tag

from storage.model import Capture
from watcher.collector import collector_paused
from watcher.discovery.addresses import absolute
from watcher.extractor.decode import decode
from watcher.extractor.html import parse
from watcher.extractor.tags import attribute
from watcher.extractor.text import normalise

_MOST_ANCHORS = 3000
_DEEPEST = 60  # levels above a link that are looked at
_BESIDE = 10  # nodes before a link that are looked at
_TEXT = 200
_NEAR = 80
_HEADINGS = re.compile(r"^h[1-6]$")
_FOOTERS = re.compile(r"foot|bottom|copyright|colophon|imprint|legal-links|sub-?menu-legal", re.IGNORECASE)
_CONSENT = re.compile(
    r"cookie-?(?:bar|banner|notice|consent|dialog|wall|law)|consent|cookiebot|gdpr-banner", re.IGNORECASE
)
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)
_HTML = frozenset({"text/html", "application/xhtml+xml", "", "application/xml", "text/xml"})
_LD_CHARS = 200_000
_LD_DEPTH = 6


class Place(StrEnum):
    """Where on a page a link stands."""

    FOOTER = "footer"
    NAV = "nav"
    MAIN = "main"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link. `before` is the heading or label that it stands under and the words right before it."""

    url: str
    text: str
    place: Place
    before: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PageLook:
    """What one page says about itself. Addresses are absolute and without fragments.

    `kinds` are the types that its structured data name, lower case. `alternates` are its versions in other languages.
    `refresh` is where it sends its reader by itself.
    """

    url: str
    canonical: str | None = None
    refresh: str | None = None
    title: str | None = None
    heading: str | None = None
    site_name: str | None = None
    organisation: str | None = None
    language: str | None = None
    kinds: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    anchors: tuple[Anchor, ...] = ()


def look(capture: Capture) -> PageLook:
    """Read what a page says about itself and its links, in reading order. Pure. Nothing for what is no HTML."""
    if capture.media_type not in _HTML or capture.body[:5] == b"%PDF-":
        return PageLook(capture.final_url)
    with collector_paused():
        soup = parse(decode(capture.body, capture.charset, html=True))
        return _Reading(soup, capture.final_url).look()


@dataclass
class _Reading:
    soup: BeautifulSoup
    url: str
    meta: dict[str, str] = field(default_factory=dict)

    def look(self) -> PageLook:
        for tag in self.soup.find_all("meta"):
            for name in ("name", "property", "http-equiv"):
                if key := attribute(tag, name).strip().lower():
                    self.meta.setdefault(key, attribute(tag, "content").strip())
        base = self.soup.find("base")
        root = absolute(self.url, attribute(base, "href")) if isinstance(base, Tag) else None
        canonical, alternates = self._links(root or self.url)
        refresh = _REFRESH.match(self.meta.get("refresh", ""))
        data = list(self._data())
        return PageLook(
            url=self.url,
            canonical=canonical,
            refresh=absolute(root or self.url, refresh[1]) if refresh else None,
            title=self._text("title") or normalise(self.meta.get("og:title", ""))[:_TEXT] or None,
            heading=self._text("h1"),
            site_name=normalise(self.meta.get("og:site_name") or self.meta.get("application-name") or "")[:_TEXT]
            or None,
            organisation=next((name for kind, name in data if name and kind in _ORGANISATIONS), None),
            language=self._language(),
            kinds=tuple(dict.fromkeys(kind for kind, _ in data)),
            alternates=alternates,
            anchors=tuple(self._anchors(root or self.url)),
        )

    def _text(self, name: str) -> str | None:
        tag = self.soup.find(name)
        return normalise(tag.get_text(" "))[:_TEXT] or None if isinstance(tag, Tag) else None

    def _language(self) -> str | None:
        root = self.soup.find("html")
        stated = attribute(root, "lang") or attribute(root, "xml:lang") if isinstance(root, Tag) else ""
        stated = stated or self.meta.get("content-language", "")
        return stated.strip().lower()[:2] or None

    def _links(self, root: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
        """The page's own address as it names it, and those of its other languages."""
        canonical: str | None = None
        alternates: list[tuple[str, str]] = []
        for tag in self.soup.find_all("link"):
            rel, target = attribute(tag, "rel").lower().split(), absolute(root, attribute(tag, "href"))
            if target is None:
                continue
            if "canonical" in rel and canonical is None:
                canonical = target
            language = attribute(tag, "hreflang").strip().lower()
            if "alternate" in rel and re.fullmatch(r"[a-z]{2}(?:-[a-z0-9-]+)?", language):
                alternates.append((language[:2], target))
        return canonical, tuple(dict.fromkeys(alternates))[:50]

    def _data(self) -> Iterator[tuple[str, str | None]]:
        """The types of the page's structured data, each with the name that stands beside it."""
        for script in self.soup.find_all("script"):
            if attribute(script, "type").strip().lower() != "application/ld+json":
                continue
            text = script.string or ""
            try:
                yield from _typed(json.loads(text) if len(text) <= _LD_CHARS else None, _LD_DEPTH)
            except (ValueError, RecursionError):
                continue

    def _anchors(self, root: str) -> Iterator[Anchor]:
        """The links in reading order, each with where it stands."""
        under, count = "", 0
        for tag in self.soup.find_all(True):
            if _HEADINGS.match(tag.name) or _is_label(tag):
                under = normalise(tag.get_text(" "))[:_NEAR]
                continue
            if tag.name not in {"a", "area", "iframe", "embed", "object"} or count >= _MOST_ANCHORS:
                continue
            target = absolute(root, attribute(tag, "href") or attribute(tag, "src") or attribute(tag, "data"))
            if target is None or (tag.name != "a" and not target.lower().endswith(".pdf")):
                continue
            count += 1
            text = normalise(tag.get_text(" ") or attribute(tag, "title") or attribute(tag, "aria-label"))[:_TEXT]
            stated = attribute(tag, "hreflang").strip().lower()[:2] or None
            yield Anchor(target, text or _image_text(tag), _place(tag), f"{under} | {_before(tag)}", stated)


_ORGANISATIONS = frozenset({"organization", "corporation", "localbusiness", "organisation", "onlinebusiness"})


def _typed(value: Any, depth: int) -> Iterator[tuple[str, str | None]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for one in value[:100]:
            yield from _typed(one, depth - 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        name = value.get("name")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str):
                yield kind.rpartition("/")[2].lower()[:40], normalise(name)[:_TEXT] if isinstance(name, str) else None
        for one in list(value.values())[:100]:
            if isinstance(one, dict | list):
                yield from _typed(one, depth - 1)


def _is_label(tag: Tag) -> bool:
    """True for what stands in the place of a heading over links: a line of its own that is bold or named so."""
    if tag.name in {"b", "strong", "dt", "summary", "legend"}:
        return tag.find("a") is None
    return (
        tag.name in {"p", "div", "span"}
        and bool(re.search(r"(?:^|[-_ ])(?:title|heading|hd|ft)(?:$|[-_ ])", attribute(tag, "class")))
        and tag.find("a") is None
    )


def _place(tag: Tag) -> Place:
    """The nearest part of the page that a link stands in."""
    for above in islice(tag.parents, _DEEPEST):
        named = f"{attribute(above, 'class')} {attribute(above, 'id')}"
        role = attribute(above, "role").lower()
        if _CONSENT.search(named) or (role in {"dialog", "alertdialog"} and "cookie" in named.lower()):
            return Place.CONSENT
        if (
            above.name == "footer"
            or role == "contentinfo"
            or (above.name not in {"body", "html"} and _FOOTERS.search(named))
        ):
            return Place.FOOTER
        if above.name in {"nav", "header", "aside"} or role in {"navigation", "banner", "menu", "menubar"}:
            return _outer(above)
        if above.name in {"main", "article"}:
            return Place.MAIN
    return Place.MAIN


def _outer(tag: Tag) -> Place:
    """A menu in a footer is the footer's."""
    footer = any(
        above.name == "footer"
        or attribute(above, "role") == "contentinfo"
        or (
            above.name not in {"body", "html"}
            and _FOOTERS.search(f"{attribute(above, 'class')} {attribute(above, 'id')}")
        )
        for above in islice(tag.parents, _DEEPEST)
    )
    return Place.FOOTER if footer else Place.NAV


def _before(tag: Tag) -> str:
    """The words right before a link, up to the end of the last sentence or line."""
    parts: list[str] = []
    length = 0
    for node in islice(tag.previous_siblings, _BESIDE):
        if isinstance(node, Tag) and node.name in {"br", "p", "div", "ul", "table", "tr"}:
            break
        text = node.get_text(" ") if isinstance(node, Tag) else str(node)
        parts.append(text[-_NEAR:])
        length += len(text)
        if length >= _NEAR:
            break
    text = normalise(" ".join(reversed(parts)))[-_NEAR:]
    return re.split(r"[.!?]\s", text)[-1]


def _image_text(tag: Tag) -> str:
    """What an image in a link is called."""
    image = tag.find("img")
    return normalise(attribute(image, "alt"))[:_TEXT] if isinstance(image, Tag) else ""
