"""What a page says about itself outside its text: signals for the gate, metadata, title, language."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from storage.model import DatedPhrase, PageSignals
from watcher.extractor.pieces import Piece
from watcher.extractor.survey import Survey
from watcher.extractor.tags import attribute
from watcher.extractor.text import normalise

_HEAD_CHARS = 2000
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_LD_DATES = ("dateModified", "datePublished")


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read from a page: pieces of the document, signals, metadata, head title, declared language.

    `effective` and `updated` are days that a file states of itself above its text; what the text says goes before them.
    """

    pieces: list[Piece]
    signals: PageSignals
    meta: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    language: str | None = None
    effective: DatedPhrase | None = None
    updated: DatedPhrase | None = None


def page_signals(source: str, survey: Survey) -> PageSignals:
    """Count what the gate looks at, over the whole page, chrome included."""
    text = " ".join(survey.visible)
    digest = hashlib.sha256(text.encode("utf-8", "replace"))
    for target in survey.targets:
        digest.update(b"\x1f" + target.encode("utf-8", "replace"))
    titles = survey.noted["title"]
    return PageSignals(
        visible=digest.hexdigest(),
        visible_words=text.count(" ") + 1 if text else 0,
        script_words=sum(len((script.string or "").split()) for script in survey.noted["script"]),
        links=len(survey.targets),
        password_fields=sum(attribute(field, "type").lower() == "password" for field in survey.noted["input"]),
        closed=bool(_CLOSED.search(source, max(0, len(source) - 200_000))),
        title=(normalise(titles[0].get_text()) or None) if titles else None,
        visible_head=normalise(" ".join(text.split(" ", _HEAD_CHARS)[:_HEAD_CHARS]))[:_HEAD_CHARS],
    )


def text_signals(text: str) -> PageSignals:
    """Return the signals of a file that is not HTML."""
    folded = normalise(text)
    return PageSignals(
        visible=hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest(),
        visible_words=folded.count(" ") + 1 if folded else 0,
        script_words=0,
        links=0,
        password_fields=0,
        closed=True,
        title=None,
        visible_head=folded[:_HEAD_CHARS],
    )


def metadata(survey: Survey) -> dict[str, str]:
    """Return names and properties of meta elements (lower case) with their contents, the first of each.

    Times of the page stand under `time[datetime]`, dates of its JSON-LD under `dateModified` and `datePublished`.
    """
    found: dict[str, str] = {}
    for meta in survey.noted["meta"]:
        content = attribute(meta, "content")
        for kind in ("name", "property", "itemprop", "http-equiv"):
            name = attribute(meta, kind).strip().lower()
            if name and content:
                found.setdefault(name, content)
    for time in survey.noted["time"]:
        if stated := attribute(time, "datetime"):
            found.setdefault("time[datetime]", stated)
    for name, value in _linked_data(survey):
        found.setdefault(name, value)
    return found


def _linked_data(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield the dates that the page's JSON-LD states."""
    for script in survey.noted["script"]:
        if attribute(script, "type") != "application/ld+json":
            continue
        text = script.string or ""
        for name in _LD_DATES:
            match = re.search(rf'"{name}"\s*:\s*("[^"\\]{{4,40}}")', text[:200_000])
            if match:
                yield name, str(json.loads(match.group(1)))


def page_title(meta: Mapping[str, str], title: str | None) -> str | None:
    """Return the title that the head states, Open Graph's first."""
    return normalise(meta.get("og:title") or "") or title


def own_addresses(address: str, survey: Survey) -> frozenset[str]:
    """Return the ways in which the page's links may name the page itself, without fragments."""
    known = {address.partition("#")[0]}
    known |= {attribute(link, "href") for link in survey.noted["link"] if attribute(link, "rel") == "canonical"}
    paths = {urlsplit(known_address).path for known_address in known if known_address.startswith("http")}
    return frozenset((known | paths) - {"", "/"})


def declared_language(soup: BeautifulSoup, meta: dict[str, str]) -> str | None:
    """Return the language that the page declares; None when it does not."""
    root = soup.find("html")
    stated = (attribute(root, "lang") or attribute(root, "xml:lang")) if root is not None else ""
    return stated.strip() or meta.get("content-language") or (meta.get("og:locale") or "").replace("_", "-") or None
