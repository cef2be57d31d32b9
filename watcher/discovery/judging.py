"""Whether a page that was had is one of the vendor's documents, and which. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from storage.model import BlockKind, Document, DocumentType, Extraction, Reason
from watcher.discovery.candidates import Candidate, Origin
from watcher.discovery.identity import Organisation, same_organisation
from watcher.discovery.lexicon import fold, lexicon
from watcher.discovery.naming import Name, read_title
from watcher.discovery.page import PageLook, Place
from watcher.extraction import GateVerdict

_CHARS = 200_000
_HEAD = 4000
_ROWS = 2
_ITEMS = 3
_LISTED = 2  # links to documents that make a page an overview
_SPOKEN = frozenset({"nl", "en", "de", "fr"})
_NAME = 4  # letters; a shorter first word of a name may be any word
_COOKIE_RATE = 40  # one word of so many says "cookie" in a text about cookies
# A text is of the type whose words it uses, when it uses so many, and so many times the share of any other type.
_TELLING = 5
_LEAD = 1.2
_BY_TEXT = (DocumentType.PRIVACY_POLICY, DocumentType.TERMS, DocumentType.DPA, DocumentType.SECURITY)
_SPARE = 15  # words; a page with fewer says nothing


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a page is: a document of a type, an overview of some, or neither; and why.

    `certain` is False where a page is the document by all that leads to it, and could not be read.
    """

    type: DocumentType | None = None
    hub: bool = False
    why: str = ""
    certain: bool = True
    hits: int = 0


def judge(
    page: PageLook, extraction: Extraction, verdict: GateVerdict, candidate: Candidate, whose: Organisation
) -> Judgement:
    """Judge a page by its names, its text and the way to it, in this order."""
    document = extraction.document
    titles = [read_title(text, whose.words) for text in (page.heading, document.title, page.title)]
    hub = candidate.hub or any(name.hub for name in titles)
    name = _name(titles, candidate)
    why = _against(page, document, titles, candidate)
    if why is None and (name is None or name.type is None):
        why = "neither its title nor the link to it names a document"
    if why is not None or name is None or name.type is None:
        return Judgement(hub=hub, why=why or "")
    if not verdict.passed and (verdict.certain or not _titled(titles, name.type)):
        return _not_passed(verdict, candidate, name, hub=hub)
    hits, wanted = _hits(document, name.type), _wanted(document, name, titles)
    if hits < wanted:
        return Judgement(hub=hub, why=f"its text does not speak of {name.type.value} ({hits} of {wanted} words)")
    if candidate.foreign and not names_organisation(document, page, whose):
        return Judgement(why=f"it does not name {whose.name}")
    return Judgement(name.type, hub=candidate.hub, why=_evidence(candidate, document, hits), hits=hits)


def _against(page: PageLook, document: Document, titles: list[Name], candidate: Candidate) -> str | None:
    """What a page says of itself that makes it no document of today."""
    if odd := lexicon().kinds.intersection(page.kinds):
        return f"its structured data call it {min(odd)}"
    if any(name.old for name in titles):
        return "it says that it is an older version"
    trusted = candidate.place is Place.FOOTER and candidate.name.good
    if any(name.against for name in titles[:2]) and not trusted and not any(one.good and one.strong for one in titles):
        return f'"{page.heading or document.title}" is about something else'
    return None


def lists_documents(page: PageLook, whose: Organisation) -> bool:
    """True for a page whose own text links to several documents: an overview, whatever it is called."""
    named = {
        anchor.url
        for anchor in page.anchors
        if anchor.place is Place.MAIN
        and (name := read_title(anchor.text, whose.words)).good
        and name.strong
        and same_organisation(anchor.url, whose)
    }
    return len(named) >= _LISTED


def _name(titles: list[Name], candidate: Candidate) -> Name | None:
    """What names the page: its titles, else the link to it where that names a document or stands in a footer."""
    strong = next((name for name in titles if name.good and name.strong), None)
    if strong is not None:
        return strong
    linked = candidate.name
    trusted = linked.good and linked.strong and candidate.origin is not Origin.GUESS
    weak = next((name for name in titles if name.good), None)
    if weak is not None:
        return linked if linked.good and (trusted or candidate.place is Place.FOOTER) else weak
    if any(name.type for name in titles):
        return None
    return linked if trusted or (linked.good and candidate.place is Place.FOOTER) else None


def _not_passed(verdict: GateVerdict, candidate: Candidate, name: Name, *, hub: bool) -> Judgement:
    """A page that is not the document now: a shell or a wall in its place leaves it likely, an error page does not."""
    why = f"{verdict.reason.value if verdict.reason else 'refused'}: {verdict.detail}"
    likely = candidate.origin in {Origin.HOME, Origin.HUB, Origin.DOCUMENT} and candidate.name.good
    walled = verdict.reason in {Reason.BOT_WALL, Reason.LOGIN, Reason.COOKIE_WALL, Reason.EMPTY, Reason.MAINTENANCE}
    if likely and walled and not candidate.foreign:
        return Judgement(candidate.type or name.type, why=why, certain=False)
    return Judgement(hub=hub, why=why)


def _hits(document: Document, kind: DocumentType) -> int:
    """How many of the words that such documents use the text has."""
    text = fold(" ".join(block.text for block in document.blocks)[:_CHARS])
    return sum(pattern.search(text) is not None for pattern in lexicon().types[kind].body)


def _wanted(document: Document, name: Name, titles: list[Name]) -> int:
    """How many it must have: more where only a word names the page, none in a language whose words are not listed."""
    assert name.type is not None
    titled = _titled(titles, name.type)
    if document.language not in _SPOKEN:
        return 0 if titled else 1
    least = lexicon().types[name.type].least
    if name.type is DocumentType.SUBPROCESSORS:
        rows = sum(block.kind is BlockKind.TABLE_ROW for block in document.blocks)
        items = sum(block.kind is BlockKind.LIST_ITEM for block in document.blocks)
        headings = sum(block.kind is BlockKind.HEADING for block in document.blocks)
        return (
            least
            if rows >= _ROWS or items >= _ITEMS or headings >= _ITEMS or document.words >= 2 * _SPARE
            else least + 1
        )
    if titled:
        return least
    return least + (1 if name.strong else 2)


def _titled(titles: list[Name], kind: DocumentType) -> bool:
    """True for a page whose own title is that of such a document."""
    return any(title.good and title.strong and title.type is kind for title in titles)


def names_organisation(document: Document, page: PageLook, whose: Organisation) -> bool:
    """True for a page that names the organisation, in its text or in what it says of itself."""
    head = " ".join(block.text for block in document.blocks)[:_HEAD]
    stated = " ".join(filter(None, (document.title, page.title, page.site_name, page.organisation)))
    text = fold(f"{stated} {head}")
    first = fold(whose.name).split()[0] if whose.name.split() else ""
    called = {fold(whose.name), f" {whose.label.lower()} ", f" {first} " if len(first) >= _NAME else ""} - {""}
    return any(name in text for name in called)


def _evidence(candidate: Candidate, document: Document, hits: int) -> str:
    way = f"from the {candidate.origin.value}"
    if candidate.origin is Origin.VERSION:
        way = f"named by {candidate.via} as its {candidate.text}"
    elif candidate.text and candidate.origin is not Origin.GUESS:
        page = "another document" if candidate.origin is Origin.DOCUMENT else f"the {candidate.origin.value}"
        way = f'linked as "{candidate.text[:60]}" on {page}'
    return f"{way}; {document.words} words, {hits} of such documents"


def type_by_text(document: Document) -> DocumentType | None:
    """What kind of document a text is, by the words that it uses; None where none stands out."""
    text = fold(" ".join(block.text for block in document.blocks)[:_CHARS])
    cookies = text.count(" cookie") * _COOKIE_RATE
    if cookies >= max(document.words, _SPARE):
        return DocumentType.COOKIES
    shares = {kind: _hits(document, kind) / len(lexicon().types[kind].body) for kind in _BY_TEXT}
    first, second, *_ = sorted(shares, key=lambda kind: -shares[kind])
    enough = shares[first] * len(lexicon().types[first].body) >= _TELLING
    return first if enough and shares[first] >= _LEAD * shares[second] else None


def fitting(document: Document, kind: DocumentType) -> bool:
    """True for a text that uses the words of such documents."""
    words = lexicon().types.get(kind)
    return words is None or _hits(document, kind) >= words.least
