"""Small things that a page puts among its text: tickers, leftovers of templates, addresses that count, foreign labels.

Each is known by its form. Where the form alone is no proof, the place must say so too: outside the document's own text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from storage.model import BlockKind, Change, ChangeKind, Direction, Document, Severity
from watcher.differ.boxes import BANNER, is_bare, is_one_sided, is_outside, is_sure, reaches
from watcher.differ.evidence import Evidence
from watcher.differ.lexicon import plain_words
from watcher.differ.pieces import Piece
from watcher.differ.words import fold
from watcher.differ.zones import Zone, is_link, page_hits
from watcher.pagers import without_number

# A number as a ticker shows it, with the sign of what comes next stuck to it: "95,679.39", "-0.28%ETH".
_QUOTED = re.compile(r"[+-]?[€$£]?\d[\d.,' ]*\s?%?\s?[A-Z]{0,5}")
# What is left of a template that was not filled in: an end of a tag, of a placeholder, of a variable.
_LEFTOVER = re.compile(r"\S{0,60}(?:\">|%>|<%|\{\{|\}\}|\$\{|\{%|%\})\S{0,60}")
# Parts of an address that tell one request or one revision from the next, and never another document.
_FLEETING = re.compile(
    r"([?&])(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|_ga|_gl|oldid|rev(?:ision)?|sid|session(?:_?id)?|phpsessid"
    r"|token|csrf\w*|nonce|cache\w*|cb|ts|timestamp|signature|expires)=[^&\s\"')\]]*",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_WAY = re.compile(r"\s[/>»›|]\s")
_GLUED = re.compile(r"[a-z]{3}(?=[A-Z][a-z]{2})")
_OFTEN = 3
# So many labels in a row, of so many words each, are a menu.
_RUN = 6
_WORDS = 3
# So many headings in a row are a list of contents; none is longer.
_LISTED = 3
_LINE = 120
_LATIN = frozenset({"nl", "en", "de", "fr", "es", "it", "pt", "da", "sv", "nb", "fi", "pl", "cs", "hu", "ro", "tr"})
_LANGUAGES = (
    "English", "Deutsch", "Français", "français", "Español", "español", "Italiano", "italiano", "Nederlands",
    "Português", "português", "Polski", "polski", "Svenska", "svenska", "Dansk", "dansk", "Suomi", "suomi", "Norsk",
    "Türkçe", "Čeština", "Magyar", "Română", "Русский", "русский", "Ελληνικά", "العربية", "日本語", "한국어", "中文",
)  # fmt: skip
_MENU = 4
_ABOVE = frozenset({Zone.PREFACE, Zone.HEAD})


def scrap_rule(evidence: Evidence) -> str | None:
    """The rule by which a piece is one of the small things of a page; None when it is none."""
    piece = evidence.piece
    if piece.kind is ChangeKind.MOVED:
        return "page.order" if _is_reordered(piece) else None
    texts = [text for text in (piece.before, piece.after) if text is not None]
    tests = (
        ("page.languages", all(map(is_language_menu, texts)) or _is_language_label(evidence, texts)),
        ("page.address", len(texts) == 2 and _without_requests(texts[0]) == _without_requests(texts[1])),
        ("page.ticker", piece.zone in _ABOVE and not piece.section and all(map(_QUOTED.fullmatch, texts))),
        ("page.stray", not piece.block.cells and all(_LEFTOVER.fullmatch(text) for text in texts)),
        ("page.menu", is_outside(piece) and is_link(piece.block) and all(map(_is_glued, texts))),
        ("page.crumbs", _is_above(piece) and all(_are_crumbs(text, piece) for text in texts)),
        ("page.above", _is_above(piece) and len(texts) == 2 and _letters(texts[0]) == _letters(texts[1])),
    )
    return next((rule for rule, holds_good in tests if holds_good), None)


def menu_labels(pieces: Iterable[Piece]) -> Iterator[str]:
    """The folded labels of menus above the text: bare words that came or went, many in a row."""
    run: list[str] = []
    last: ChangeKind | None = None
    for piece in [*pieces, None]:
        label = piece is not None and _is_label(piece)
        if run and (not label or (piece is not None and piece.kind is not last)):
            yield from run if len(run) >= _RUN else ()
            run = []
        if piece is not None and label:
            run.append(" ".join(plain_words(fold(piece.text))))
            last = piece.kind


def quiet_contents(changes: Sequence[Change], old: Document, new: Document) -> list[Change]:
    """The changes, where lines that came or went and are the headings of the document are its list of contents."""
    result = list(changes)
    for kind, document in ((ChangeKind.ADDED, new), (ChangeKind.REMOVED, old)):
        listed: dict[tuple[str, ...], list[int]] = {}
        told = [at for at, one in enumerate(changes) if one.kind is kind and one.severity is not Severity.INFO]
        titles = {_title(block.text) for block in document.blocks if block.kind is BlockKind.HEADING} if told else set()
        for at in told:
            if _title(changes[at].after or changes[at].before or "") in titles:
                listed.setdefault(changes[at].section, []).append(at)
        for places in listed.values():
            for at in places if len(places) >= _LISTED else ():
                result[at] = replace(
                    changes[at], severity=Severity.INFO, direction=Direction.NEUTRAL, rules=("page.contents",)
                )
    return result


def quiet_headings(changes: Sequence[Change], old: Document, new: Document) -> list[Change]:
    """The changes, where a heading that came or went with nothing but machinery below it is machinery too."""
    result = []
    for change in changes:
        if change.rules == ("heading",) and (change.before is None) is not (change.after is None):
            text = change.after or change.before or ""
            below = [one for one in changes if one.kind is change.kind and one.section[-1:] == (text,)]
            blocks = (new if change.before is None else old).blocks
            quiet = below and all(one.rules[0].startswith("page.") for one in below)
            if quiet and sum(block.path[-1:] == (text,) for block in blocks) == len(below):
                result.append(replace(change, rules=("page.heading",)))
                continue
        result.append(change)
    return result


def is_language_menu(text: str) -> bool:
    """True for a list of languages in their own names."""
    return sum(name in text for name in _LANGUAGES) >= _MENU


def _is_above(piece: Piece) -> bool:
    """True for what stands above the title or, under no heading, above the first sentence."""
    above = piece.zone is Zone.PREFACE or (piece.zone is Zone.HEAD and not piece.section)
    return above and piece.block.kind is not BlockKind.HEADING and not piece.block.cells


def _is_reordered(piece: Piece) -> bool:
    """True for what changed its place above the title, or among links around the document or under "related"."""
    if _is_above(piece):
        return True
    label = piece.section[-1] if piece.section else ""
    aside = len(plain_words(label)) <= BANNER and page_hits(label, "aside") > 0
    return is_link(piece.block) and (aside or piece.zone in {Zone.EDGE, Zone.MENU})


def _is_language_label(evidence: Evidence, texts: Sequence[str]) -> bool:
    """True for a short line outside the text that came, went or turned into another script, or leads to languages."""
    piece = evidence.piece
    if piece.zone in {Zone.BODY, Zone.TAIL} or piece.block.cells or any(len(text) > 200 for text in texts):
        return False
    if any(len(plain_words(text)) > BANNER or reaches(text) for text in texts) or evidence.language not in _LATIN:
        return False
    if is_one_sided(piece):
        return _is_foreign(texts[0]) or (page_hits(texts[0], "locale") > 0 and not is_sure(texts[0], evidence))
    return any(map(_is_foreign, (evidence.deleted, evidence.inserted)))


def _is_foreign(text: str) -> bool:
    """True when most letters of a text are of another script than the Latin one."""
    letters = [char for char in text if char.isalpha()]
    other = sum("LATIN" not in unicodedata.name(char, "LATIN") for char in letters)
    return other > 1 and 2 * other > len(letters)


def _without_requests(text: str) -> str:
    """A text with its addresses as they are for every request; itself marked where it holds none."""
    if not _URL.search(text):
        return f"\0{text}"
    return _URL.sub(lambda url: _FLEETING.sub(lambda part: part[1], url[0]), text)


def _is_glued(text: str) -> bool:
    """True for labels of a menu that were glued to each other."""
    return len(_GLUED.findall(text)) >= _OFTEN and not text.rstrip().endswith(".")


def _are_crumbs(text: str, piece: Piece) -> bool:
    """True for the way to a page as links: "Home / Legal", "Start > Company > Privacy"; the last may be no link."""
    parts = [part.strip() for part in _WAY.split(text)]
    linked = {link.text.strip() for link in piece.block.links} | set(piece.links)
    short = all(part and len(plain_words(part)) <= _WORDS for part in parts)
    return 1 < len(parts) <= _RUN and short and all(part in linked for part in parts[:-1])


def _is_label(piece: Piece) -> bool:
    """True for a bare word or two that came or went above the text and under no heading."""
    return _is_above(piece) and is_one_sided(piece) and len(plain_words(piece.text)) <= _WORDS and is_bare(piece.text)


def _title(text: str) -> str:
    """A heading as a list of contents names it: without its number."""
    return without_number(fold(text)).strip(" .:") if len(text) <= _LINE else text


def _letters(text: str) -> str:
    """The folded words of a text without what stands between them."""
    return "".join(plain_words(fold(text)))
