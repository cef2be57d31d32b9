"""One document, many addresses: languages, duplicates and older editions brought together. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from storage.model import DocumentType
from watcher.discovery.addresses import edition, page_key
from watcher.discovery.lexicon import fold, lexicon

_RUN = 4  # words
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """One page that is a document of the vendor. `evidence` says why it is taken for one.

    `fingerprint` is of its text, `phrases` are hashes of its runs of words (`phrases_of`). `file`: it is a PDF.
    `rendered`: it took a browser. `certain` is False for a page that could not be read. `rest` counts the words of its
    title beside the name of the document.
    """

    url: str
    type: DocumentType
    title: str | None
    language: str | None
    words: int
    score: int
    evidence: str
    verdict: str = "passed"
    fingerprint: str = ""
    certain: bool = True
    rest: int = 0
    file: bool = False
    rendered: bool = False
    phrases: frozenset[int] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One document with its versions in other languages; `chosen` is the one to watch."""

    chosen: Finding
    others: tuple[Finding, ...] = ()


def bring_together(
    found: Sequence[Finding], alternates: Mapping[str, Sequence[tuple[str, str]]], languages: Sequence[str]
) -> list[FoundDocument]:
    """Documents out of pages, by type, the best first.

    `alternates` tells for the key of a page what it names as its versions in other languages. `languages` is the order
    in which versions are wanted. Of pages with the same text, and of editions of one document, the best is kept.
    """
    groups: list[list[Finding]] = []
    for one in _current(_distinct(found)):
        home = next((group for group in groups if _belongs(one, group, alternates)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    order = list(DocumentType)
    documents = [_chosen(group, languages) for group in groups]
    return sorted(documents, key=lambda one: (order.index(one.chosen.type), -one.chosen.score, one.chosen.url))


def _chosen(group: list[Finding], languages: Sequence[str]) -> FoundDocument:
    wanted = {language: place for place, language in enumerate(languages)}
    ordered = sorted(group, key=lambda one: (not one.certain, wanted.get(one.language or "", len(wanted)), -one.score))
    return FoundDocument(ordered[0], tuple(ordered[1:]))


def _belongs(one: Finding, group: list[Finding], alternates: Mapping[str, Sequence[tuple[str, str]]]) -> bool:
    """True for another language of what a group holds."""
    if any(one.type is not known.type or one.language == known.language for known in group):
        return False
    key = page_key(one.url)
    own = {page_key(url) for _, url in alternates.get(key, ())}
    for known in group:
        other = page_key(known.url)
        theirs = {page_key(url) for _, url in alternates.get(other, ())}
        if other in own or key in theirs or (own & theirs):
            return True
    return all(known.rest == one.rest == 0 and _in_language_folders(known.url, one.url) for known in group)


def _in_language_folders(one: str, other: str) -> bool:
    """True for two addresses of the same depth below folders of languages ("/nl/x" and "/en/y", "/x" and "/nl/y")."""
    depths, found = [], False
    for url in (one, other):
        parts = [part for part in urlsplit(url).path.lower().split("/") if part]
        language = bool(parts) and fold(parts[0]).strip() in lexicon().languages
        found = found or language
        depths.append(len(parts) - language)
    return found and depths[0] == depths[1] and urlsplit(one).hostname == urlsplit(other).hostname


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """Each text once and each page once, as it was found best."""
    kept: dict[str, Finding] = {}
    texts: dict[str, str] = {}
    for one in sorted(found, key=lambda one: (one.file, -one.score, len(one.url), one.url)):
        key = page_key(one.url)
        text = f"{one.type}:{one.fingerprint}" if one.fingerprint else key
        if key in kept or text in texts or any(_same_as_file(one, other) for other in kept.values()):
            continue
        kept[key], texts[text] = one, key
    return list(kept.values())


def phrases_of(text: str) -> frozenset[int]:
    """Hashes of the runs of words in a text, by which two forms of one text are known."""
    words = fold(text).split()
    return frozenset(
        zlib.crc32(" ".join(words[at : at + _RUN]).encode()) for at in range(max(len(words) - _RUN + 1, 0))
    )


def _same_as_file(one: Finding, other: Finding) -> bool:
    """True for a page and a file of the same text."""
    if one.file == other.file or one.type is not other.type or not one.phrases or not other.phrases:
        return False
    return len(one.phrases & other.phrases) >= _ALIKE * min(len(one.phrases), len(other.phrases))


def _current(found: Sequence[Finding]) -> list[Finding]:
    """Without older editions: of addresses that differ in a year or a number, the plain one, else the highest."""
    best: dict[str, tuple[str, Finding]] = {}
    for one in found:
        plain, number = edition(one.url)
        plain = f"{one.type}:{one.language}:{plain}"
        if plain not in best or _newer(number, best[plain][0]):
            best[plain] = (number, one)
    kept = [one for _, one in best.values()]
    return [replace(one) for one in found if one in kept]


def _newer(number: str, known: str) -> bool:
    """A page without a number is the one that is kept up to date."""
    return bool(known) and (not number or number > known)
