"""Recognises what belongs to the page and not to the document: relative ages, counters, hidden addresses, buttons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from storage.model import BlockKind, Change, ChangeKind, Document, Severity, Topic
from watcher.differ.editorial import is_update_line
from watcher.differ.evidence import Evidence, starts_in
from watcher.differ.lexicon import load_lexicon, plain_words
from watcher.differ.pieces import Piece
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import heading_topics, term_scores
from watcher.differ.words import fold, token_kind, tokens
from watcher.differ.zones import Zone, is_link, page_hits

_UNIT = (
    r"(?:seconds?|minutes?|min|hours?|days?|weeks?|months?|years?|seconden|minuten|uur|uren|dag|dagen|week|weken|maand"
    r"|maanden|jaar|sekunden?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?|secondes?|heures?|jours?|semaines?|mois|ans?)"
)
_AGE = re.compile(
    rf"\b(?:(?:\d+|an?|one|een|einem|einer|un|une)\s{_UNIT}\s(?:ago|geleden)"
    rf"|(?:vor|il y a)\s(?:\d+|einem|einer|un|une)\s{_UNIT}"
    r"|yesterday|today|just now|gisteren|vandaag|zojuist|gestern|heute|hier|aujourd'hui)\b",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"\b\d+(?:[.,]\d+)*\s?[km]?\s(?:views?|likes?|shares?|comments?|followers?|votes?|reads?|people found|out of \d+"
    r"|weergaven|reacties|volgers|aufrufe|kommentare|vues|commentaires|abonnes)\b",
    re.IGNORECASE,
)
_HIDDEN_MAIL = re.compile(r"\[?email\s?protected\]?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_SHORT = 8
_LABEL = 5
# With less than this share of its words a capture is a remnant, not a shorter document.
_REMNANT = 0.1
# What nothing but a broken capture takes out of a document without a trace.
_HALF = 0.6
_MENU = 4
# The most words of a line above the title, of an offer and of a notice; how many of its words make an offer.
_BANNER = 16
_OFFER = 80
_NOTICE = 60
_SELLS = 2
_PRICE = re.compile(r"\d\s?[%€$£]|[€$£]\s?\d")
# A notice stands in the first part of the page.
_TOP = 0.1
# A short text that came or went so often is a label of the page.
_REPEATED = 3
_LANGUAGES = (
    "English",
    "Deutsch",
    "Français",
    "français",
    "Español",
    "español",
    "Italiano",
    "italiano",
    "Nederlands",
    "Português",
    "português",
    "Polski",
    "polski",
    "Svenska",
    "svenska",
    "Dansk",
    "dansk",
    "Suomi",
    "suomi",
    "Norsk",
    "Türkçe",
    "Čeština",
    "Magyar",
    "Română",
    "Русский",
    "русский",
    "Ελληνικά",
    "العربية",
    "日本語",
    "한국어",
    "中文",
)
_LINE = 120
# The weight of a strong term: a line or a heading that reaches it speaks of the topic.
_STRONG = 4.0
# Under a heading of these a bare word is a fact.
_LISTED = frozenset(
    {
        Topic.SUBPROCESSORS,
        Topic.SHARING,
        Topic.DATA_COLLECTED,
        Topic.SENSITIVE_DATA,
        Topic.PURPOSES,
        Topic.TRANSFERS,
        Topic.TRACKING,
        Topic.RIGHTS,
        Topic.CONTACT,
        Topic.SECURITY,
    }
)


def machinery_rule(evidence: Evidence, around: Surroundings) -> str | None:
    """The rule by which a piece is page machinery; None when it belongs to the document."""
    piece = evidence.piece
    if piece.kind is ChangeKind.MOVED:
        return None
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if not piece.block.cells and not any(_LETTERS.search(text) for text in texts):
        return "page.stray"
    if all(_is_language_menu(text) for text in texts):
        return "page.languages"
    if piece.before is not None and piece.after is not None:
        label, changed = False, _changed(piece.before, piece.after)
    else:
        label, changed = _is_interface(evidence) or " ".join(plain_words(fold(piece.text))) in around.labels, None
    interface = "page.interface" if label or _is_margin(evidence) else None
    return changed or interface or _around_the_document(evidence)


def _around_the_document(evidence: Evidence) -> str | None:
    """The rule for banners, offers and notices that stand beside the document's own text."""
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if piece.block.cells or any(evidence.periods):
        return None
    if piece.zone is Zone.PREFACE and all(_is_banner(text, evidence) for text in texts):
        return "page.banner"
    if all(_is_offer(text, evidence) for text in _differing(evidence)):
        return "page.promotion"
    if _is_aside(evidence):
        return "page.interface"
    return "page.notice" if _is_notice(evidence) else None


def _differing(evidence: Evidence) -> list[str]:
    """What differs: a clause that came or went, or the words put into and taken out of one."""
    piece = evidence.piece
    if piece.before is None or piece.after is None:
        return [piece.text]
    return [text for text in (evidence.deleted, evidence.inserted) if text]


def _is_aside(evidence: Evidence) -> bool:
    """True for what came or went under a heading of the page, and for short lines and links around the document."""
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if any("@" in text for text in texts):
        return False
    sure = any(_is_sure(text, evidence) for text in texts)
    told = not _is_one_sided(piece) and any(len(plain_words(text)) > _SHORT for text in texts)
    if not told and piece.zone in {Zone.TAIL, Zone.MENU, Zone.EDGE, Zone.HEAD} and is_link(piece.block):
        return not sure or all(page_hits(text, "title") for text in texts)
    if sure:
        return False
    label = piece.section[-1] if piece.section else ""
    beside = piece.zone is not Zone.BODY or is_link(piece.block)
    if beside and len(texts) == 1 and label and len(plain_words(label)) <= _LABEL and page_hits(label, "aside"):
        return True
    around = piece.zone in {Zone.HEAD, Zone.EDGE} and not _announces(piece, evidence)
    return around and all(_is_line(text, evidence) for text in texts)


def _is_line(text: str, evidence: Evidence) -> bool:
    """True for a short line around the document that neither names nor dates it, and below it holds no number."""
    top = evidence.piece.zone is Zone.HEAD
    named = page_hits(text, "title") or is_update_line(text, evidence.lexicon)
    reached = any(token_kind(token) in {"phone", "mail"} for token in tokens(text))
    few = len(plain_words(text)) <= (_BANNER if top and _is_one_sided(evidence.piece) else _SHORT)
    return few and not named and not reached and (top or not any(char.isdigit() for char in text))


def _announces(piece: Piece, evidence: Evidence) -> bool:
    """True when the nearest heading announces a list of facts."""
    nearest = heading_topics(piece.section[-1], evidence.language) if piece.section else {}
    return any(score >= _STRONG and topic in _LISTED for topic, score in nearest.items())


def _is_banner(text: str, evidence: Evidence) -> bool:
    """True for a line above the title that is short, sells or announces, and speaks of no topic for sure."""
    notices = page_hits(text, "notice")
    most = _BANNER if _is_one_sided(evidence.piece) else _SHORT
    short = len(plain_words(text)) <= most or notices + page_hits(text, "promotion") > 0
    return notices >= _SELLS or (short and not _is_sure(text, evidence))


def _is_offer(text: str, evidence: Evidence) -> bool:
    """True for a text that sells: by several words of it, or by one of them outside the document's own text."""
    piece = evidence.piece
    if len(plain_words(text)) > _OFFER or (piece.section and heading_topics(piece.section[-1], evidence.language)):
        return False
    hits = page_hits(text, "promotion") + bool(_PRICE.search(text))
    sure = _is_sure(text, evidence)
    if piece.zone is Zone.BODY:
        return hits >= _SELLS + sure
    return hits >= _SELLS or (page_hits(text, "promotion") > 0 and not sure)


def _is_notice(evidence: Evidence) -> bool:
    """True for a line at the top that told of a new version and is gone, or that says the page is a copy."""
    piece = evidence.piece
    text = piece.text
    if piece.place > _TOP or len(piece.section) > 1 or len(plain_words(text)) > _NOTICE:
        return False
    topics = {topic for topic, score in term_scores(text, evidence.language).items() if score > _STRONG}
    return page_hits(text, "notice") > 0 and piece.after is None and topics <= {Topic.POLICY_UPDATES, Topic.LEGAL_TERMS}


def _is_sure(text: str, evidence: Evidence) -> bool:
    """True for a text that surely speaks of a topic of a policy."""
    return max(term_scores(text, evidence.language).values(), default=0.0) > _STRONG


def repeated_labels(pieces: Iterable[Piece]) -> frozenset[str]:
    """Short texts that came or went several times each: labels of controls, repeated along the page."""
    count = Counter(
        " ".join(plain_words(fold(piece.text)))
        for piece in pieces
        if (piece.before is None or piece.after is None) and len(piece.text) <= _LINE and not piece.block.cells
    )
    return frozenset(text for text, times in count.items() if times >= _REPEATED and text.count(" ") < _LABEL)


def truncated(pieces: Sequence[Piece], kept: float) -> bool:
    """True when a capture broke off: the text ends inside a clause, or much of it is missing and nothing is new.

    `kept` is the share of the old words that the new document has.
    """
    broken = [piece for piece in pieces if piece.kind is ChangeKind.MODIFIED]
    rest = [piece for piece in pieces if piece.kind is not ChangeKind.MODIFIED]
    if len(broken) > 1 or any(piece.kind is not ChangeKind.REMOVED for piece in rest):
        return False
    if not broken:
        return bool(rest) and kept < _REMNANT
    before, after = broken[0].before or "", broken[0].after or ""
    cut_off = before.startswith(after) and after[-1:].isalnum() and broken[0].last
    return cut_off and len(before) > len(after)


def cut_short(changes: Iterable[Change], old: Document, new: Document) -> bool:
    """True when a large part of a document is missing while nothing else says that it was revised.

    A publisher who takes out that much writes a word in its place or another date above it.
    """
    if new.words >= _HALF * old.words or (new.updated and old.updated != new.updated):
        return False
    told = [change for change in changes if change.severity is not Severity.INFO]
    return bool(told) and all(change.kind is ChangeKind.REMOVED for change in told)


def _changed(before: str, after: str) -> str | None:
    """The rule for a clause in which only machinery differs."""
    if max(len(before), len(after)) <= _LINE and _only_in(_AGE, before, after):
        return "page.age"
    if _only_in(_COUNTER, before, after):
        return "page.counter"
    hidden = "protected]" in before + after
    return "page.hidden-address" if hidden and _only_in(_HIDDEN_MAIL, before, after) else None


def _only_in(pattern: re.Pattern[str], before: str, after: str) -> bool:
    """True when two texts differ, and in nothing but what a pattern finds."""
    if before == after or not (pattern.search(before) or pattern.search(after)):
        return False
    return _without(pattern, before) == _without(pattern, after)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """The folded words of a text without what a pattern finds."""
    return " ".join(plain_words(fold(pattern.sub(" ", text))))


def _is_interface(evidence: Evidence) -> bool:
    """True for a short line that names a control of the page and hardly anything of a policy."""
    text = evidence.piece.text
    words = plain_words(fold(text))
    if len(words) > _SHORT or evidence.piece.block.kind is BlockKind.TABLE_ROW:
        return False
    enumerated = evidence.piece.block.kind is BlockKind.LIST_ITEM and evidence.piece.zone is Zone.BODY
    if enumerated and (text[:1].islower() or text.endswith((";", ",", "."))):
        return False
    if not _AGE.sub("", text).strip() or not _COUNTER.sub("", text).strip():
        return True
    lists = evidence.lexicon.lists["interface"] | load_lexicon("en").lists["interface"]
    named = starts_in(text, lists)
    return named and max(term_scores(text, evidence.language).values(), default=0.0) < _STRONG


def _is_margin(evidence: Evidence) -> bool:
    """True for labels before or behind the document's own text, unless a heading announces a list of facts there."""
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if piece.block.kind is BlockKind.TABLE_ROW or not all(_is_bare(text) for text in texts):
        return False
    if not _outside(piece) and not _is_loose(piece):
        return False
    if any(max(term_scores(text, evidence.language).values(), default=0.0) >= _STRONG for text in texts):
        return False
    return not _announces(piece, evidence)


def _outside(piece: Piece) -> bool:
    """True for a block around the document; list items behind its last sure sentence may still belong to it."""
    if piece.zone is Zone.TAIL:
        return is_link(piece.block)
    return piece.zone is not Zone.BODY


def _is_one_sided(piece: Piece) -> bool:
    """True for a clause that came or went as a whole."""
    return piece.before is None or piece.after is None


def _is_loose(piece: Piece) -> bool:
    """True for a paragraph of a few words that came or went: text of a policy comes in sentences, lists or tables."""
    return _is_one_sided(piece) and piece.block.kind is BlockKind.PARAGRAPH and len(plain_words(piece.text)) <= _LABEL


def _is_language_menu(text: str) -> bool:
    """True for a list of languages in their own names."""
    return sum(name in text for name in _LANGUAGES) >= _MENU


def _is_bare(text: str) -> bool:
    """True for a label: a few words that are no sentence, hold no number and no address."""
    if len(text) > 400 or len(plain_words(text)) > _SHORT or any(char.isdigit() or char == "@" for char in text):
        return False
    return not text.rstrip().endswith((".", ":", ";", "!"))
