"""Is this the document at all? Walls, error pages, shells, cut texts and other pages must never become a version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.model import Block, BlockKind, Document, Extraction, Reason
from watcher.extraction import GateVerdict
from watcher.extractor.gate_words import (
    is_document_name,
    is_legal,
    is_listed,
    named,
    phrases_in,
    said_in,
    title_parts,
    titles_of,
)

_SAMPLE = 8000  # characters of a text in which its vocabulary is counted
_SHORT_BLOCK = 40  # words; longer blocks are prose, where a phrase proves nothing
_BUTTON = 6  # words; what a button or a title says
_SMALL = 400  # words; no wall or error page has more, but for lists of countries and the like
_TINY = 60
_FEW = 30
_CLAUSE = 8
_STOPS = frozenset(".!?:;。！？")
_BARE = 20  # no more than a title, a date and a button
_NOTICE = 40  # a notice that says where a document went
_SHELL = 100  # words in scripts that fill a page by themselves
_RICH = 20  # taken for a text in a language whose words of the law are not listed: they prove nothing then
_UNSPACED = frozenset({"ja", "zh", "th", "lo", "km", "my"})  # scripts that put no blanks between words
_LETTERS = 4  # characters that are taken for a word there
_POOR = 5  # distinct words of the law that a page of another kind may have; documents of 90 words and more have 8
_KNOWN = 0.5  # the share of blocks seen before from which on a page is the document, whatever it mentions
_NEAR = 0.75  # the share of common vocabulary from which on a short text is an edited one
_FOREIGN = 0.1  # the share below which it has next to nothing of the document seen before
_LOST = 0.4  # the share of the words whose loss at the end is a cut
_COLLAPSE = 0.3  # the share of the words to which no document shrinks at once
_NOTHING_NEW = 0.9  # the share of known words from which on a loss is only a loss
_ALIKE = 0.5  # the share of common vocabulary from which on two texts are one document in another layout

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WALLS = (Reason.BOT_WALL, Reason.LOGIN, Reason.MAINTENANCE, Reason.COOKIE_WALL, Reason.ERROR_PAGE)  # first at a tie


@dataclass(frozen=True, slots=True)
class _View:
    """What the rules look at.

    Of the text: its words, the words of the law among them (all, and distinct ones) and whether its language has any
    listed; whether it has prose, how many sentences, table rows and items; its short blocks. Of the names: what page
    and document are called, what its first blocks say in the place of a title, whether a name has a word of the law or
    is that of a document.
    `head` is how the page begins, menus and all.
    """

    words: int
    hits: int
    distinct: int
    spoken: bool
    prose: bool
    sentences: int
    rows: int
    items: int
    short: tuple[str, ...]
    names: frozenset[str]
    titles: frozenset[str]
    legal_name: bool
    document_name: bool
    head: str

    @property
    def rate(self) -> float:
        """Words of the law among a hundred."""
        return 100 * self.hits / max(1, self.words)


def gate(extraction: Extraction, before: Document | None = None) -> GateVerdict:
    """Judge whether an extraction is the document, by itself and against the last good version where there is one.

    Structure, length and likeness decide; phrases (watcher/extractor/gate_phrases.toml) only say what else it is, so
    a policy that mentions captchas, cookies, logins or maintenance passes. Certain verdicts (walls, error pages,
    nothing to read) rest on the page alone; a cut, a collapse, another language or another document is a suspicion,
    to be confirmed by a second look. A full rewrite under the old title passes. Pure; about a millisecond.
    """
    view = _view(extraction)
    seen = _share(extraction.document.blocks, before.blocks) if before else 0.0
    known = before.words if before else 0
    same = before is not None and view.words >= _KNOWN * known and (seen >= _KNOWN or _is_near(extraction, before))
    verdict = None if same else _nothing(extraction, view) or _wall(extraction, view)
    if verdict is None and before is not None:
        verdict = _cut(extraction, view.words, before, known, seen) or _unlike(extraction.document, view, before, known)
    lawless = None if same else _lawless(view)
    if verdict is None and not same:
        verdict = lawless or _torn(extraction)
    if lawless and verdict and verdict.reason is Reason.OTHER_DOCUMENT:
        return replace(verdict, foreign=True)
    return verdict or GateVerdict(passed=True)


def _blocked(reason: Reason, detail: str) -> GateVerdict:
    """A page that certainly is not the document."""
    return GateVerdict(passed=False, reason=reason, certain=True, detail=detail)


def _suspect(reason: Reason, detail: str, *, foreign: bool = False) -> GateVerdict:
    """A page that may not be the document."""
    return GateVerdict(passed=False, reason=reason, certain=False, detail=detail, foreign=foreign)


def _nothing(extraction: Extraction, view: _View) -> GateVerdict | None:
    """Pages without text, and shells that scripts would fill."""
    page = extraction.page
    if view.words == 0:
        return _blocked(Reason.EMPTY, f"no text ({page.visible_words} visible words, {page.script_words} in scripts)")
    if view.distinct > 3 or view.words >= _TINY or view.document_name:
        return None
    titled = any(named(reason, view.titles) for reason in _WALLS) or said_in(Reason.BOT_WALL, view.short)
    if not titled and said_in(Reason.EMPTY, view.short):
        return _blocked(Reason.EMPTY, f"a shell that asks for JavaScript ({view.words} words)")
    return None


def _wall(extraction: Extraction, view: _View) -> GateVerdict | None:
    """Walls and error pages, by their titles and by what their short blocks say; then pages that say nothing."""
    best: tuple[int, Reason, str] | None = None
    for reason in _WALLS if view.words < _SMALL or _misnamed(view) else ():
        title = min(named(reason, view.titles), default="")
        phrases = said_in(reason, view.short)
        if _is_wall(reason, view, extraction, title=title, phrases=phrases):
            score = 3 * bool(title) + len(phrases)
            if best is None or score > best[0]:
                best = (score, reason, title or "".join(list(phrases)[:1]) or reason.value)
    if best is not None:
        return _blocked(best[1], f'"{best[2]}" on a page of {view.words} words')
    return _thin(view, extraction.page.script_words)


def _thin(view: _View, scripts: int) -> GateVerdict | None:
    """Pages of few words and none of a document: what they are instead can only be guessed from their length."""
    if not view.prose and view.words < _TINY and (view.legal_name or scripts >= _SHELL):
        return _blocked(Reason.EMPTY, f"nothing but headings ({view.words} words)")
    if view.legal_name or view.document_name or view.words >= 80 or view.rows >= 2:
        bare = view.words < _BARE and not (view.sentences or view.rows or view.items)
        return _suspect(Reason.EMPTY, f"no sentence, row or item on a page of {view.words} words") if bare else None
    detail = f"{view.words} words, {view.distinct} of a document"
    verdict: GateVerdict | None = None
    if view.distinct >= 2:
        if view.distinct < 4 and view.words < _TINY:
            verdict = _suspect(Reason.OTHER_DOCUMENT, detail)
    elif scripts >= _SHELL and view.words < 20:
        verdict = _blocked(Reason.EMPTY, f"{detail}, beside {scripts} in scripts")
    elif view.words < _FEW and not view.items and view.spoken:
        verdict = _blocked(Reason.ERROR_PAGE, detail)
    else:
        verdict = _suspect(Reason.ERROR_PAGE if view.words < 50 else Reason.OTHER_DOCUMENT, detail, foreign=True)
    return verdict


def _misnamed(view: _View) -> bool:
    """True when a page of any length is called an error page and has no words of a document to show."""
    return bool(named(Reason.ERROR_PAGE, view.names)) and not view.legal_name and view.rate < 4


def _is_wall(reason: Reason, view: _View, extraction: Extraction, *, title: str, phrases: Mapping[str, int]) -> bool:
    """Weigh a wall's title and phrases against the length and the vocabulary of the page."""
    if reason is Reason.COOKIE_WALL:
        return _is_cookie_wall(view, title)
    if reason is Reason.ERROR_PAGE and view.words < _SMALL and _is_message(view):
        return True
    said = sum(phrases.values())
    if view.document_name and not named(reason, view.names):
        # A document that mentions the matter, unless it says next to nothing else.
        return view.distinct <= 3 and ((view.words < _FEW and said >= 0.75 * view.words) or _is_notice(view, title))
    password = reason is Reason.LOGIN and extraction.page.password_fields > 0 and view.words < 150
    if title or password:
        trusted = reason is Reason.ERROR_PAGE or view.distinct <= _POOR
        return trusted and (bool(phrases) or password or view.words < 80)
    if view.words < _TINY:
        called = view.words >= _FEW and view.legal_name and view.distinct == 3 and said < 0.75 * view.words
        return view.distinct <= 3 and len(phrases) >= (4 if called else 1 if view.words < _FEW else 2)
    return view.words < 150 and view.distinct <= _POOR and len(phrases) >= 2


def _is_notice(view: _View, title: str) -> bool:
    """True for a few words under the title of an error in the place of the document ("This page has moved")."""
    return title.count(" ") >= 2 and view.words < _NOTICE


def _is_cookie_wall(view: _View, title: str) -> bool:
    """Weigh the buttons of a page: short blocks, or words at the page's beginning that are not in its text."""
    if view.words >= _SMALL or (view.document_name and not named(Reason.COOKIE_WALL, view.names)):
        return False
    text = "\n".join(block for block in view.short if len(block.split()) > _BUTTON)
    said = phrases_in(Reason.COOKIE_WALL, view.head)
    pressed = [phrase for phrase in said if phrase not in text]
    if title:
        # Said to the reader; the other titles of consent boxes may be those of a document.
        spoken = title.count(" ") >= 2 and view.words < 150
        return len(pressed) >= 2 or (spoken and bool(pressed) and len(said) >= 3)
    return view.distinct <= _POOR and len(pressed) >= (2 if view.words < _TINY else 3) and view.words < 150


def _is_message(view: _View) -> bool:
    """True when an error message of a title and three phrases begins the page and is no sentence of the text."""
    for title in titles_of(Reason.ERROR_PAGE):
        place = view.head.find(title) if title.count(" ") >= 2 else -1
        if place < 0 or any(title in block and len(block.split()) > _BUTTON for block in view.short):
            continue
        if len(phrases_in(Reason.ERROR_PAGE, view.head[place : place + 300])) >= 3:
            return True
    return False


def _lawless(view: _View) -> GateVerdict | None:
    """Pages of some length with next to none of the words that documents use: a home page, a shop, a blog."""
    if view.document_name or view.rows >= 5 or view.words < 80:
        return None
    if view.distinct <= 2 or (view.distinct <= _POOR and view.rate < 2.5 and not view.legal_name):
        detail = f"{view.distinct} words of a document on a page of {view.words} words"
        return _suspect(Reason.OTHER_DOCUMENT, detail, foreign=True)
    return None


def _torn(extraction: Extraction) -> GateVerdict | None:
    """Texts that end within a word or a row on a page that was never closed: the rest did not arrive."""
    blocks = extraction.document.blocks
    if extraction.page.closed or len(blocks) < 2:
        return None
    last, before = blocks[-1], blocks[-2]
    if last.kind is BlockKind.TABLE_ROW:
        torn = before.kind is BlockKind.TABLE_ROW and len(last.cells) < len(before.cells)
    else:
        torn = last.kind is not BlockKind.HEADING and len(last.text.split()) >= _CLAUSE and last.text[-1:].isalpha()
    if torn:
        return _suspect(Reason.TRUNCATED, f'the page ends without being closed, at "{last.text[-30:]}"')
    return None


def _cut(extraction: Extraction, words: int, before: Document, known: int, seen: float) -> GateVerdict | None:
    """Texts that are the beginning of the last version and nothing else, and texts that have all but vanished."""
    lost = 1 - words / known if known else 0.0
    floor = 0.1 if not extraction.page.closed else _LOST
    if (
        lost <= floor
        or (known < _TINY and extraction.page.closed)
        or _share(before.blocks, extraction.document.blocks) >= _NOTHING_NEW
    ):
        return None  # the last version may have stood on its page twice
    if _is_beginning(extraction.document.blocks, before.blocks, 1 - lost):
        return _suspect(Reason.TRUNCATED, f"the first {words} of {known} words of the last version, and no more")
    if known >= 250 and (lost > 1 - _COLLAPSE or (lost > 0.5 and seen >= _NOTHING_NEW)):
        reason = Reason.TRUNCATED if seen >= _COLLAPSE else Reason.OTHER_DOCUMENT
        return _suspect(reason, f"{words} words where the last version had {known}")
    return None


def _is_beginning(blocks: Sequence[Block], old: Sequence[Block], kept: float) -> bool:
    """True when nearly all blocks stand in the old ones, and none of the old end is left.

    `kept` is the share of the words that is left. Blocks around the cut may be torn: a block also stands in the old
    ones when all its words do.
    """
    if not blocks or not old:
        return False
    places: dict[str, int] = {}
    for place, block in enumerate(old):
        places.setdefault(block.key, place)
    found = [places[block.key] for block in blocks if block.key in places]
    unknown = [block for block in blocks if block.key not in places]
    if not found or max(found) > 1.3 * kept * len(old) + 5 or len(unknown) > 0.3 * len(blocks) + 1:
        return False
    words = set(_TOKEN.findall(" ".join(block.text for block in old)))
    new = sum(not words.issuperset(_TOKEN.findall(block.text)[:-1]) for block in unknown)
    return new <= 0.1 * len(blocks)


def _unlike(document: Document, view: _View, before: Document, known: int) -> GateVerdict | None:
    """Another language than before, or a page that shares neither blocks nor title with the last version."""
    if document.language and before.language and document.language != before.language and view.words >= 40:
        detail = f"in {document.language} where the last version was in {before.language}"
        return _suspect(Reason.OTHER_LANGUAGE, detail)
    names, old_names = _name_words(document), _name_words(before)
    if not names or not old_names or names & old_names:
        return None
    if max(_share(document.blocks, before.blocks), _share(before.blocks, document.blocks)) >= _FOREIGN:
        return None
    if _likeness(document, before) >= _ALIKE:
        return None
    if view.legal_name and view.distinct > _POOR and view.words > _LOST * known and not _known_title(before):
        return None
    return _suspect(Reason.OTHER_DOCUMENT, f'"{document.title}" shares nothing with "{before.title}"')


def _known_title(document: Document) -> bool:
    """True when a document's title has a word of the law, so that another title means another document."""
    return any(is_legal(word) for word in _TOKEN.findall((document.title or "").lower()))


def _name_words(document: Document) -> frozenset[str]:
    """The words by which a document is called: its title and its first two headings, beginnings only."""
    headings = [block.text for block in document.blocks if block.kind is BlockKind.HEADING][:2]
    words = _TOKEN.findall(" ".join((document.title or "", *headings)).lower())
    return frozenset(word[:6] for word in words if len(word) >= 4)


def _likeness(document: Document, before: Document) -> float:
    """The share of the longer words of one text's beginning that the other's has, of the smaller vocabulary."""
    one, other = (
        {word for word in _TOKEN.findall(_start(text.blocks).lower()) if len(word) > 4} for text in (document, before)
    )
    return len(one & other) / max(1, min(len(one), len(other)))


def _is_near(extraction: Extraction, before: Document) -> bool:
    """True for a text of a few blocks in the words of the last version: each edit there touches much of it."""
    return before.words < _SMALL and _likeness(extraction.document, before) >= _NEAR


def _share(blocks: Sequence[Block], others: Sequence[Block]) -> float:
    """The share of the words of some blocks that stand word for word in others."""
    keys = {block.key for block in others}
    sizes = [(len(block.text), block.key in keys) for block in blocks]
    total = sum(size for size, _ in sizes)
    return sum(size for size, known in sizes if known) / total if total else 0.0


def _view(extraction: Extraction) -> _View:
    """Gather what the rules look at."""
    document, page = extraction.document, extraction.page
    blocks = document.blocks
    tokens = _TOKEN.findall(_start(blocks).lower())
    hits = [token for token in tokens if is_legal(token)]
    short = tuple(block.text.lower() for block in blocks[:80] if len(block.text.split()) <= _SHORT_BLOCK)
    headings = [place for place, block in enumerate(blocks[:80]) if block.kind is BlockKind.HEADING]
    ordered = len(headings) >= 3 and blocks[0].kind is BlockKind.HEADING and headings != list(range(len(headings)))
    first = [block.text.lower() for block in blocks[: 1 if ordered else 6]]  # where the title of a wall stands
    names = " | ".join(filter(None, (page.title, document.title))).lower()
    called = title_parts((page.title or "", document.title or ""))
    words = document.words
    if document.language in _UNSPACED:
        words = max(words, sum(len(block.text) for block in blocks) // _LETTERS)
    spoken = document.language is None or is_listed(document.language) or words < _TINY
    return _View(
        words=words,
        hits=len(hits) * words // max(1, len(tokens)) if spoken else words,
        distinct=len({token[:5] for token in hits}) if spoken else _RICH,
        spoken=spoken and (document.language is None or is_listed(document.language)),
        prose=any(block.kind is not BlockKind.HEADING for block in blocks),
        sentences=sum(_is_sentence(block) for block in blocks[:80]),
        rows=sum(block.kind is BlockKind.TABLE_ROW for block in blocks),
        items=sum(block.kind is BlockKind.LIST_ITEM for block in blocks),
        short=short,
        names=called,
        titles=called | title_parts(text for text in first if len(text.split()) <= _BUTTON),
        legal_name=any(is_legal(token) for token in _TOKEN.findall(names)),
        document_name=is_document_name(names),
        head=page.visible_head.lower(),
    )


def _is_sentence(block: Block) -> bool:
    """True for text that says something: more than a date, a name or a label."""
    if block.kind is BlockKind.HEADING:
        return False
    return len(block.text.split()) >= _CLAUSE or (len(block.text) > _LETTERS and block.text.rstrip()[-1:] in _STOPS)


def _start(blocks: Iterable[Block]) -> str:
    """The first characters of a text, enough to know its vocabulary."""
    parts: list[str] = []
    length = 0
    for block in blocks:
        parts.append(block.text[:_SAMPLE])
        length += len(block.text)
        if length > _SAMPLE:
            break
    return " ".join(parts)[:_SAMPLE]
