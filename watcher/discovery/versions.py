"""One document, many addresses: languages, duplicates and older editions brought together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storage.model import DocumentType
from watcher.discovery.addresses import edition, page_key


@dataclass(frozen=True, slots=True)
class Finding:
    """One page that is a document of the vendor. `evidence` says why it is taken for one.

    `fingerprint` is of its text. `certain` is False for a page that could not be read.
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
    media_type: str = ""


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
    return all(known.rest == one.rest == 0 for known in group)


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """Each text once and each page once, as it was found best."""
    kept: dict[str, Finding] = {}
    texts: dict[str, str] = {}
    for one in sorted(found, key=lambda one: (-one.score, len(one.url), one.url)):
        key = page_key(one.url)
        text = f"{one.type}:{one.fingerprint}" if one.fingerprint else key
        if key in kept or text in texts:
            continue
        kept[key], texts[text] = one, key
    return list(kept.values())


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
