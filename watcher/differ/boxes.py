"""What a page puts around a document: banners, offers, notices, and what stands under a heading of its own.

Told by where a clause stands and by the page's own words (lexicon/page.toml); what surely speaks of a policy is no box.
"""

from __future__ import annotations

import re

from storage.model import BlockKind, Topic
from watcher.differ.editorial import is_update_line
from watcher.differ.evidence import Evidence
from watcher.differ.lexicon import plain_words
from watcher.differ.pieces import Piece
from watcher.differ.topics import heading_topics, term_scores
from watcher.differ.words import token_kind, tokens
from watcher.differ.zones import Zone, is_link, page_hits

# The most words of a short line, of a label, and of a line above the title; of an offer and of a notice; how many of
# its words make an offer.
SHORT = 8
LABEL = 5
BANNER = 16
_OFFER = 80
_NOTICE = 60
_SELLS = 2
_PRICE = re.compile(r"\d\s?[%€$£]|[€$£]\s?\d")
# A notice stands in the first part of the page.
_TOP = 0.1
# The weight of a strong term: a line or a heading that reaches it speaks of the topic.
STRONG = 4.0
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


def box_rule(evidence: Evidence) -> str | None:
    """The rule for banners, offers and notices that stand beside the document's own text."""
    piece = evidence.piece
    texts = [text for text in (piece.before, piece.after) if text is not None]
    if piece.block.cells or any(evidence.periods):
        return None
    differing = _differing(evidence)
    if piece.zone is Zone.PREFACE and all(_is_banner(text, evidence) for text in texts) and _stays_banner(evidence):
        return "page.banner"
    if differing and all(_is_offer(text, evidence) for text in differing):
        return "page.promotion"
    if _is_aside(evidence):
        return "page.interface"
    if _invites(evidence):
        return "page.promotion"
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
    sure = any(is_sure(text, evidence) for text in texts)
    if announces(piece, evidence):
        return False
    told = not is_one_sided(piece) and any(len(plain_words(text)) > SHORT for text in texts)
    if not told and is_outside(piece) and is_link(piece.block):
        return not sure or all(page_hits(text, "title") for text in texts)
    if sure:
        return False
    label = piece.section[-1] if piece.section else ""
    beside = piece.zone is not Zone.BODY or is_link(piece.block)
    headed = bool(label) and len(plain_words(label)) <= LABEL and page_hits(label, "aside") > 0
    return beside and len(texts) == 1 and headed


def _is_banner(text: str, evidence: Evidence) -> bool:
    """True for a line above the title that is short, sells or announces, and speaks of no topic for sure."""
    if is_update_line(text, evidence.lexicon) or reaches(text):
        return False
    notices = page_hits(text, "notice")
    most = BANNER if is_one_sided(evidence.piece) else SHORT
    few = len(plain_words(text)) <= most and evidence.piece.block.kind is not BlockKind.HEADING
    short = few or notices + page_hits(text, "promotion") > 0
    return notices >= _SELLS or (short and not is_sure(text, evidence))


def _stays_banner(evidence: Evidence) -> bool:
    """True unless a sentence of another kind, or another day, was put into a banner, or taken out of one."""
    if not is_one_sided(evidence.piece) and any(char.isdigit() for char in evidence.changed):
        return page_hits(evidence.piece.text, "promotion") > 0
    names = ("notice", "promotion", "message")
    return is_one_sided(evidence.piece) or all(
        len(plain_words(text)) <= SHORT or any(page_hits(text, name) for name in names) for text in _differing(evidence)
    )


def _is_offer(text: str, evidence: Evidence) -> bool:
    """True for a text that sells: by several words of it, or by one of them outside the document's own text."""
    piece = evidence.piece
    if len(plain_words(text)) > _OFFER or (piece.section and heading_topics(piece.section[-1], evidence.language)):
        return False
    hits = page_hits(text, "promotion") + bool(_PRICE.search(text))
    sure = is_sure(text, evidence)
    if piece.zone is Zone.BODY:
        return hits >= _SELLS + sure
    if not is_one_sided(piece) or piece.zone is Zone.TAIL or piece.block.kind is not BlockKind.PARAGRAPH:
        return hits >= _SELLS
    return hits >= _SELLS or (page_hits(text, "promotion") > 0 and not sure)


def _invites(evidence: Evidence) -> bool:
    """True for a box that came or went behind the text and sells by its heading: the heading, or a line under it."""
    piece = evidence.piece
    if piece.zone is not Zone.EDGE or not is_one_sided(piece) or reaches(piece.text):
        return False
    title = piece.text if piece.block.kind is BlockKind.HEADING else (piece.section or ("",))[-1]
    few = len(plain_words(title)) <= BANNER and len(plain_words(piece.text)) <= BANNER
    return few and page_hits(title, "promotion") > 0 and not is_sure(piece.text, evidence)


def _is_notice(evidence: Evidence) -> bool:
    """True for a line at the top that told of a new version and is gone, or that says the page is a copy."""
    piece = evidence.piece
    text = piece.text
    if piece.place > _TOP or len(piece.section) > 1 or piece.block.kind is not BlockKind.PARAGRAPH:
        return False
    if len(plain_words(text)) > _NOTICE:
        return False
    topics = {topic for topic, score in term_scores(text, evidence.language).items() if score > STRONG}
    return page_hits(text, "notice") > 0 and piece.after is None and topics <= {Topic.POLICY_UPDATES, Topic.LEGAL_TERMS}


def is_sure(text: str, evidence: Evidence) -> bool:
    """True for a text that surely speaks of a topic of a policy."""
    return max(term_scores(text, evidence.language).values(), default=0.0) > STRONG


def reaches(text: str) -> bool:
    """True for a text with a telephone number or a mail address."""
    return any(token_kind(token) in {"phone", "mail"} for token in tokens(text))


def announces(piece: Piece, evidence: Evidence) -> bool:
    """True when the nearest heading announces a list of facts."""
    nearest = heading_topics(piece.section[-1], evidence.language) if piece.section else {}
    return any(score >= STRONG and topic in _LISTED for topic, score in nearest.items())


def is_one_sided(piece: Piece) -> bool:
    """True for a clause that came or went as a whole."""
    return piece.before is None or piece.after is None


def is_outside(piece: Piece) -> bool:
    """True for a block around the document; list items behind its last sure sentence may still belong to it."""
    if piece.zone is Zone.TAIL:
        return is_link(piece.block)
    return piece.zone is not Zone.BODY


def is_bare(text: str) -> bool:
    """True for a label: a few words that are no sentence, hold no number and no address."""
    if len(text) > 400 or len(plain_words(text)) > SHORT or any(char.isdigit() or char == "@" for char in text):
        return False
    return not text.rstrip().endswith((".", ":", ";", "!"))
