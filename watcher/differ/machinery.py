"""Recognises what belongs to the page and not to the document: banners, menus, controls, counters, broken captures.

What surely is of the page is noise, with a rule that begins with "page.". A line that only looks like it by its place
may be a word of the document: it is told as "margin", a change of form, and never hidden.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from storage.model import BlockKind, Change, ChangeKind, Document, Severity
from watcher.differ.boxes import (
    BANNER,
    LABEL,
    SHORT,
    STRONG,
    announces,
    box_rule,
    is_bare,
    is_one_sided,
    is_outside,
    is_sure,
    reaches,
)
from watcher.differ.counters import only_ticks, ticking_rule
from watcher.differ.editorial import is_update_line, speaks_of_policy
from watcher.differ.evidence import Evidence, starts_in
from watcher.differ.lexicon import load_lexicon, plain_words
from watcher.differ.pieces import Piece
from watcher.differ.scraps import menu_labels, scrap_rule
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import term_scores
from watcher.differ.words import fold
from watcher.differ.zones import Zone, is_link, page_hits, page_terms

_LETTERS = re.compile(r"[^\W\d_]{2}")
_DIGIT = re.compile(r"\d")
_OWNED = re.compile(r"\W*(?:©|\(c\)|copyright)", re.IGNORECASE)
_LABELLED = re.compile(r"\w ?: \w")
_BADGE = re.compile(r"\+\d{1,3}|\d{1,3}\+")
# Where two labels were glued to each other: "Previous columnNext column".
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Labels of a menu that were glued to each other; no name is written so. So many of them make a text a menu.
_LABELS = re.compile(r"[a-z]{5}(?=[A-Z][a-z]{4})")
_LABELLED_OFTEN = 2
# With less than this share of its words a capture is a remnant, not a shorter document.
_REMNANT = 0.1
# What nothing but a broken capture takes out of a document without a trace.
_HALF = 0.6
# A capture that breaks off inside its last clause loses so many words at least; fewer are an editor's cut.
_BROKEN = 5
# A short text that came or went so often is a label of the page.
_REPEATED = 3
_LINE = 120


def machinery_rule(evidence: Evidence, around: Surroundings) -> str | None:
    """The rule by which a piece is page machinery; None when it belongs to the document."""
    piece = evidence.piece
    scrap = scrap_rule(evidence)
    if scrap or piece.kind is ChangeKind.MOVED:
        return scrap
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if not piece.block.cells and all(_is_stray(text, piece) for text in texts):
        return "page.stray"
    label, ticking = False, None
    if piece.before is not None and piece.after is not None:
        ticking = ticking_rule(piece.before, piece.after)
    else:
        label = _is_control(evidence) or " ".join(plain_words(fold(piece.text))) in around.labels
    interface = "page.interface" if label or _is_menu_entry(evidence) else None
    hangs = piece.hangs or any(piece.leads)
    margin = "margin" if (not hangs and _is_margin(evidence)) or _is_foreign(evidence, around) else None
    return ticking or interface or box_rule(evidence) or margin


def _is_line(text: str, evidence: Evidence) -> bool:
    """True for a short line that is no sentence and states nothing ("Applies to: …"), and below it holds no number."""
    top = evidence.piece.zone is Zone.HEAD
    words = len(plain_words(text))
    wide = top and (is_one_sided(evidence.piece) or not evidence.piece.section)
    if words > (BANNER if wide else SHORT) or reaches(text):
        return False
    sentence = words >= LABEL and text.rstrip().endswith((".", "!", ";", ":"))
    dated = is_update_line(text, evidence.lexicon) or _LABELLED.search(text) is not None
    return not sentence and not dated and (top or not any(char.isdigit() for char in text))


def repeated_labels(pieces: Sequence[Piece]) -> frozenset[str]:
    """Labels of the page: short texts that came or went several times each, and those of menus above the text."""
    count = Counter(
        " ".join(plain_words(fold(piece.text)))
        for piece in pieces
        if (piece.before is None or piece.after is None) and len(piece.text) <= _LINE and not piece.block.cells
    )
    often = (text for text, times in count.items() if times >= _REPEATED and text.count(" ") < LABEL)
    return frozenset((*often, *menu_labels(pieces)))


def truncated(pieces: Sequence[Piece], old: Document, new: Document) -> bool:
    """True when a capture broke off: the text ends inside a clause, or much of it is missing and nothing is new."""
    broken = [piece for piece in pieces if piece.kind is ChangeKind.MODIFIED]
    rest = [piece for piece in pieces if piece.kind is not ChangeKind.MODIFIED]
    if len(broken) > 1 or any(piece.kind is not ChangeKind.REMOVED for piece in rest):
        return False
    if not broken:
        return bool(rest) and new.words / max(old.words, 1) < _REMNANT
    before, after = broken[0].before or "", broken[0].after or ""
    cut_off = before.startswith(after) and after[-1:].isalnum() and broken[0].last
    lost = len(plain_words(before)) - len(plain_words(after))
    return cut_off and (bool(rest) or lost >= _BROKEN)


def cut_short(changes: Iterable[Change], old: Document, new: Document) -> bool:
    """True when a large part of a document is missing while nothing else says that it was revised.

    A publisher who takes out that much writes a word in its place or another date above it.
    """
    told = [change for change in changes if change.severity is not Severity.INFO]
    if not told or any(change.kind is not ChangeKind.REMOVED for change in told):
        return False
    return new.words < _HALF * old.words and not (new.updated and old.updated != new.updated)


def _is_stray(text: str, piece: Piece) -> bool:
    """True for a text of signs and single letters; a number may be a telephone or a clause, but for a badge ("+4")."""
    if _LETTERS.search(text):
        return False
    badge = bool(_BADGE.fullmatch(text)) and piece.zone is not Zone.BODY
    return badge or not any(char.isdigit() for char in text)


def _is_control(evidence: Evidence) -> bool:
    """True for a short line that came or went and names a control of the page: hardly another word is in it."""
    piece = evidence.piece
    text = piece.text
    row = piece.block.kind is BlockKind.TABLE_ROW
    if row or only_ticks(text):
        return not row
    if len(plain_words(text)) > SHORT:
        return False
    lists = evidence.lexicon.lists["interface"] | load_lexicon("en").lists["interface"] | page_terms("control")
    if not starts_in(text, lists) or max(term_scores(text, evidence.language).values(), default=0.0) >= STRONG:
        return False
    announced = announces(piece, evidence)
    if is_link(piece.block) and piece.zone is not Zone.BODY and not announced:
        return True
    left = _left(text, lists, evidence)
    if piece.block.kind is BlockKind.LIST_ITEM and not is_link(piece.block):
        return piece.zone is not Zone.BODY and not announced and not left
    return left <= (0 if piece.zone is Zone.BODY or announced else 1)


def _left(text: str, terms: frozenset[str], evidence: Evidence) -> int:
    """How many words of a text are left without terms, each to the end of its last word, and without grammar."""
    rest = f" {' '.join(plain_words(fold(_GLUED.sub(' ', text))))} "
    for term in sorted(terms, key=len, reverse=True):
        rest = re.sub(rf" {re.escape(' '.join(plain_words(term)))}\w*(?= )", " ", rest)
    return sum(word not in evidence.lexicon.lists["grammar"] for word in rest.split())


def _is_menu_entry(evidence: Evidence) -> bool:
    """True for a label above the title or a bare link around the document, unless a heading announces facts there."""
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if piece.block.kind is BlockKind.TABLE_ROW or not all(is_bare(text) for text in texts):
        return False
    heading = piece.block.kind is BlockKind.HEADING
    beside = is_outside(piece) and is_link(piece.block)
    if not beside and piece.zone is not (Zone.MENU if heading else Zone.PREFACE):
        return False
    if any(max(term_scores(text, evidence.language).values(), default=0.0) >= STRONG for text in texts):
        return False
    return not announces(piece, evidence)


def _is_margin(evidence: Evidence) -> bool:
    """True for a line that may be of the page by its place: short, before or behind all sentences, or alone.

    Items of lists, sentences, and what holds a number behind the text, an address or a word of weight are no margin.
    """
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if any(evidence.periods) or (
        piece.block.kind in {BlockKind.TABLE_ROW, BlockKind.LIST_ITEM} and not _is_lead(piece)
    ):
        return False
    if piece.zone is not Zone.BODY and all(_is_of_page(text, evidence) for text in texts):
        return is_one_sided(piece) or not speaks_of_policy(_DIGIT.sub("", evidence.changed), evidence)
    linked = is_outside(piece) and is_link(piece.block) and all(is_bare(text.rstrip("!")) for text in texts)
    if linked and piece.zone is Zone.EDGE and all(page_hits(text, "title") for text in texts):
        return True
    around = piece.zone in {Zone.PREFACE, Zone.HEAD, Zone.EDGE} and all(_is_line(text, evidence) for text in texts)
    if not around and not (_is_loose(piece) and is_bare(piece.text)):
        return linked
    weighs = any(speaks_of_policy(_DIGIT.sub("", text), evidence) for text in texts)
    return not weighs and not announces(piece, evidence)


def _is_foreign(evidence: Evidence, around: Surroundings) -> bool:
    """True for a line around the document that came or went and is in another language than the document."""
    piece = evidence.piece
    beside = piece.zone not in {Zone.BODY, Zone.MENU} and piece.block.kind is BlockKind.PARAGRAPH
    other = evidence.language != (around.new.language or around.old.language)
    return beside and other and is_one_sided(piece) and not is_sure(piece.text, evidence)


def _is_lead(piece: Piece) -> bool:
    """True for an item of a list that stands before the first sentence and under no heading: a menu of the page."""
    item = piece.block.kind is BlockKind.LIST_ITEM and not piece.section
    return item and piece.zone in {Zone.PREFACE, Zone.HEAD}


def _is_of_page(text: str, evidence: Evidence) -> bool:
    """True for a short line on the page itself: whose it is ("All rights reserved"), how it is shown, who reads it."""
    said = _OWNED.match(text) is not None or page_hits(text, "owned") + page_hits(text, "message") > 0
    if len(_LABELS.findall(text)) >= _LABELLED_OFTEN and not text.rstrip().endswith("."):
        return True
    return said and len(plain_words(text)) <= BANNER and not is_sure(text, evidence)


def _is_loose(piece: Piece) -> bool:
    """True for a paragraph of a few words that came or went: text of a policy comes in sentences, lists or tables."""
    most = LABEL if piece.section else SHORT
    return is_one_sided(piece) and piece.block.kind is BlockKind.PARAGRAPH and len(plain_words(piece.text)) <= most
