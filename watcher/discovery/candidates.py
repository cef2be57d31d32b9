"""Which links may lead to a document, how much speaks for each, and where else documents usually lie. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from urllib.parse import urljoin, urlsplit

from storage.model import DocumentType
from watcher.discovery.addresses import page_key, without_tracking
from watcher.discovery.identity import Organisation, registrable, same_organisation
from watcher.discovery.lexicon import fold, lexicon
from watcher.discovery.naming import NO_NAME, Name, path_words, read_address, read_name
from watcher.discovery.page import Anchor, PageLook, Place

# From this score on a page is worth a request.
WORTH = 3
_DEPTH = 2


class Origin(StrEnum):
    """What kind of page a link was found on."""

    HOME = "home page"
    HUB = "overview"
    DOCUMENT = "document"
    VERSION = "version in another language"
    SITEMAP = "sitemap"
    GUESS = "usual address"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a document (`type`) or lead to some (`hub`). `score` orders them, the best highest.

    `name` is what its link or its address says; `foreign`: its host is not known to be the organisation's.
    """

    url: str
    score: int
    origin: Origin
    type: DocumentType | None = None
    hub: bool = False
    name: Name = NO_NAME
    text: str = ""
    via: str = ""
    place: Place | None = None
    foreign: bool = False

    @property
    def key(self) -> str:
        """What is equal for two addresses of one page."""
        return page_key(self.url)


def from_links(page: PageLook, whose: Organisation, origin: Origin) -> list[Candidate]:
    """The links of a page that may lead to documents, the best first; each page once."""
    best: dict[str, Candidate] = {}
    for anchor in page.anchors:
        found = _from_anchor(anchor, page, whose, origin)
        if (
            found is not None
            and found.score >= WORTH
            and (found.key not in best or best[found.key].score < found.score)
        ):
            best[found.key] = found
    return sorted(best.values(), key=lambda one: (-one.score, one.url))


def from_addresses(urls: Iterable[str], whose: Organisation) -> list[Candidate]:
    """The addresses of a sitemap that may be documents, by what they say alone; the best first."""
    best: dict[str, Candidate] = {}
    beside = lexicon().folders | lexicon().hiring
    for url in urls:
        if not same_organisation(url, whose):
            continue
        name = read_address(url, whose.words)
        if _is_old(url) or _below(url, beside) or not (name.good or name.hub):
            continue
        deep = len(path_words(url)) > _DEPTH
        score = name.weight - 1 if name.strong and name.good else 0 if deep else WORTH
        if score >= WORTH:
            found = Candidate(
                url, score, Origin.SITEMAP, name.type if name.good else None, name.hub, name, via="sitemap"
            )
            best.setdefault(found.key, found)
    return sorted(best.values(), key=lambda one: (-one.score, len(one.url), one.url))


def usual_places(home: str, missing: Sequence[DocumentType], language: str | None) -> Iterator[Candidate]:
    """Where vendors usually put what was not found: the commonest address of each type first.

    The addresses are those of the site's language and the English ones.
    """
    several = []
    for kind in missing:
        paths = lexicon().types[kind].paths
        own = paths.get(language or "", ()) if language != "en" else ()
        mixed = [path for pair in zip_longest(own, paths["en"]) for path in pair if path]
        several.append([(kind, path) for path in dict.fromkeys(mixed)])
    for kind, path in (pair for round_ in zip_longest(*several) for pair in round_ if pair):
        url = urljoin(home, f"/{path}")
        yield Candidate(url, 0, Origin.GUESS, kind, name=read_address(url), via="usual address")


def _from_anchor(anchor: Anchor, page: PageLook, whose: Organisation, origin: Origin) -> Candidate | None:
    words = lexicon()
    said, address = read_name(anchor.text, whose.words), read_address(anchor.url, whose.words)
    if said.old or _is_old(anchor.url) or words.old.search(fold(anchor.before)):
        return None
    name = _better(said, address)
    foreign = not same_organisation(anchor.url, whose)
    hub = (said.hub or (address.hub and not anchor.text)) and not said.against
    if foreign and not (_may_be_own(anchor, name, whose, origin) or (hub and anchor.place is Place.FOOTER)):
        return None
    named = said.strong and said.good and address.strong and address.rest == 0
    if _below(anchor.url, words.folders) or (_below(anchor.url, words.hiring) and not named):
        return None
    if _below(anchor.url, words.doubtful, last=False) and not name.strong:
        return None
    if origin is Origin.DOCUMENT and not hub and not (name.good and (name.strong or anchor.place is Place.FOOTER)):
        return None
    score = _score(anchor, said, address, origin) if name.good else 0
    if hub:
        score = max(score, WORTH + 1 + 2 * (anchor.place is Place.FOOTER) + (origin is Origin.HUB) + 2 * foreign)
    return Candidate(
        url=without_tracking(anchor.url),
        score=score - 2 * foreign,
        origin=origin,
        type=name.type if name.good else None,
        hub=hub,
        name=name if name.good else Name(hub=hub),
        text=anchor.text,
        via=page.url,
        place=anchor.place,
        foreign=foreign,
    )


def _better(said: Name, address: Name) -> Name:
    """What the link says counts before what its address says, unless only the latter names a document."""
    if said.good and (said.strong or not (address.strong and address.good)):
        return said
    return address if address.good and (address.strong or not said.type) else said


def _score(anchor: Anchor, said: Name, address: Name, origin: Origin) -> int:
    score = max(said.weight, address.weight) + 2 * (said.good and address.good and said.type is address.type)
    score += {Place.FOOTER: 2, Place.NAV: 0, Place.MAIN: 0, Place.CONSENT: 0}[anchor.place]
    score += {Origin.HUB: 2, Origin.DOCUMENT: 1}.get(origin, 0)
    return score - 2 * (said.against or address.against)


def _may_be_own(anchor: Anchor, name: Name, whose: Organisation, origin: Origin) -> bool:
    """A document on another host may be the vendor's own, unless the link or the host says that it is another's."""
    if not (name.strong and name.good):
        return False
    others = set(fold(registrable(anchor.url)).split()[:1]) - whose.words
    if others & set(fold(anchor.text).split()):
        return False
    listed = origin is Origin.HUB or anchor.place is Place.FOOTER
    file = urlsplit(anchor.url).path.lower().endswith(".pdf")
    return (
        listed
        or (file and origin is Origin.DOCUMENT)
        or (origin is Origin.DOCUMENT and name.type is DocumentType.SUBPROCESSORS)
    )


def _is_old(url: str) -> bool:
    return any(lexicon().old.search(part) for part in path_words(url))


def _below(url: str, folders: frozenset[str], *, last: bool = True) -> bool:
    """True for a page below such a folder, or on a host of that name; with `last` its own name counts too."""
    host = (urlsplit(url).hostname or "").split(".")[0]
    parts = [" ".join(part.split()) for part in path_words(url)]
    return host in folders or not folders.isdisjoint(parts if last else parts[:-1])
