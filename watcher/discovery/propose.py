"""How a page would be watched: the `[[source]]` table that is proposed for it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from storage.model import Document, DocumentType, Source
from watcher.discovery.addresses import page_key, without_tracking
from watcher.discovery.identity import Organisation, organisation, registrable, slug_of
from watcher.discovery.judging import fitting, type_by_text
from watcher.discovery.lexicon import fold, lexicon
from watcher.discovery.naming import read_address, read_title
from watcher.discovery.page import PageLook
from watcher.discovery.versions import Finding

_LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """One source as it would be written. `select` is empty where the page is read well without."""

    id: str
    vendor: str
    document: DocumentType
    url: str
    language: str | None = None
    select: tuple[str, ...] = ()
    every: str | None = None
    fetcher: str | None = None

    def entry(self) -> dict[str, Any]:
        """The keys of the table, in the form of `watcher.config.edit`."""
        values: dict[str, Any] = {
            "id": self.id,
            "vendor": self.vendor,
            "document": self.document.value,
            "url": self.url,
            "select": list(self.select),
            "language": self.language,
            "every": self.every,
            "fetcher": self.fetcher,
        }
        return {key: value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person has said already; None and empty: nothing."""

    id: str | None = None
    vendor: str | None = None
    document: DocumentType | None = None
    language: str | None = None
    select: tuple[str, ...] = ()
    every: str | None = None
    fetcher: str | None = None

    def entry(self) -> dict[str, Any]:
        """A table with all that was said, and something in the place of the rest: to be judged, never written."""
        document = self.document or DocumentType.OTHER
        return Proposal(
            id=self.id or "vendor/document-that-is-not-known-yet",
            vendor=self.vendor or "Vendor",
            document=document,
            url="https://not-known-yet.invalid/",
            language=self.language,
            select=self.select,
            every=self.every,
            fetcher=self.fetcher,
        ).entry()


NO_WISHES = Wishes()


def propose(
    page: PageLook,
    document: Document,
    url: str,
    known: Sequence[Source],
    *,
    taken: Collection[str] = (),
    wishes: Wishes = NO_WISHES,
    whose: Organisation | None = None,
) -> Proposal:
    """The source that a page would be.

    `url` is the address to watch. `known` are the sources that are watched already: a vendor among them keeps its name
    and the word of its ids. `taken` are further ids that are spoken for.
    """
    whose = whose or organisation([page], url)
    kind = wishes.document or document_type(page, document, url, whose.words)
    canonical = page.canonical if page.canonical and page_key(page.canonical) == page_key(url) else url
    title = page.heading or document.title or ""
    return _proposal(kind, title, document.language, canonical, known, taken=taken, wishes=wishes, whose=whose)


def propose_finding(
    found: Finding, known: Sequence[Source], *, taken: Collection[str], whose: Organisation
) -> Proposal:
    """The source that a page would be which discovery has found."""
    wishes = Wishes(fetcher="auto") if found.rendered else NO_WISHES
    title = found.title or ""
    return _proposal(found.type, title, found.language, found.url, known, taken=taken, wishes=wishes, whose=whose)


def _proposal(
    kind: DocumentType,
    title: str,
    language: str | None,
    url: str,
    known: Sequence[Source],
    *,
    taken: Collection[str],
    wishes: Wishes,
    whose: Organisation,
) -> Proposal:
    vendor, slug = _vendor(known, url, whose)
    word = slug_of(wishes.vendor) if wishes.vendor and not vendor else slug
    used = {source.id for source in known} | set(taken)
    return Proposal(
        id=wishes.id or _id(word, kind, title, language, used),
        vendor=wishes.vendor or vendor or whose.name,
        document=kind,
        url=without_tracking(url),
        language=wishes.language or language,
        select=wishes.select,
        every=wishes.every,
        fetcher=wishes.fetcher,
    )


def known_as(urls: Collection[str], known: Sequence[Source]) -> Source | None:
    """The source that watches one of these addresses already; None when none does."""
    keys = {page_key(url) for url in urls}
    return next((source for source in known if keys & {page_key(url) for url in source.urls}), None)


def document_type(page: PageLook, document: Document, url: str, own: Collection[str] = ()) -> DocumentType:
    """What kind of document a page is: by its titles, else by its address, else by the words that its text uses."""
    titles = [read_title(text, own) for text in (page.heading, document.title, page.title)]
    strong = next((name.type for name in titles if name.good and name.strong), None)
    if strong is not None:
        return strong
    address = read_address(url, own)
    if address.good and address.strong and address.type is not None:
        return address.type
    told = type_by_text(document)
    weak = next((name.type for name in [*titles, address] if name.good), None)
    if weak is None or (told is not None and not fitting(document, weak)):
        return told or DocumentType.OTHER
    # A section's heading may stand in the place of a title: "Data security" above a privacy policy.
    return told if weak is DocumentType.SECURITY and told is not None else weak


def _vendor(known: Sequence[Source], url: str, whose: Organisation) -> tuple[str | None, str]:
    """The name and the word of ids that the organisation's other sources have; else no name and its own word."""
    domains = {whose.domain, registrable(url)}
    for source in known:
        if any(registrable(one) in domains for one in source.urls):
            return source.vendor, source.id.partition("/")[0]
    return None, whose.slug


def _id(slug: str, kind: DocumentType, title: str, language: str | None, used: Collection[str]) -> str:
    """`vendor/document`; where that is taken, with what tells this document from the other."""
    short = lexicon().types[kind].short if kind in lexicon().types else "document"
    telling = _telling(fold(title), slug)
    if kind is DocumentType.OTHER and telling:
        short = telling
    tried = [f"{slug}/{short}", f"{slug}/{short}-{telling}"[:_LONGEST_ID].rstrip("-") if telling else ""]
    tried += [f"{slug}/{short}-{language}"] if language else []
    for name in tried:
        if name and name not in used:
            return name
    number = 2
    while f"{slug}/{short}-{number}" in used:
        number += 1
    return f"{slug}/{short}-{number}"


def _telling(title: str, slug: str) -> str:
    """The words of a title that are neither the name of a document nor fill words: "applicants", "api"."""
    words = lexicon()
    for kind in words.types.values():
        title = kind.names.sub(" ", kind.words.sub(" ", kind.names.sub(" ", title)))
    own = set(slug.split("-")) | {slug.replace("-", "")}
    rest = [word for word in title.split() if len(word) > 1 and word not in words.fill and word not in own]
    return slug_of(" ".join(rest[:3]))
