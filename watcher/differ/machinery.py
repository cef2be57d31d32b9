"""Recognises what belongs to the page and not to the document: relative ages, counters, hidden addresses, buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import Evidence, starts_in
from watcher.differ.lexicon import load_lexicon, plain_words
from watcher.differ.pieces import Piece
from watcher.differ.topics import heading_topics, term_scores
from watcher.differ.words import fold

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
_MENU = 4
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


def machinery_rule(evidence: Evidence) -> str | None:
    """The rule by which a piece is page machinery; None when it belongs to the document."""
    piece = evidence.piece
    before, after = piece.before or "", piece.after or ""
    if piece.kind is ChangeKind.MOVED:
        return None
    if piece.before is not None and piece.after is not None:
        menu = "page.languages" if _is_language_menu(before) and _is_language_menu(after) else None
        return _changed(before, after) or menu or ("page.interface" if _is_margin(evidence) else None)
    if not _LETTERS.search(piece.text):
        return "page.stray"
    if _is_language_menu(piece.text):
        return "page.languages"
    return "page.interface" if _is_interface(evidence) or _is_margin(evidence) else None


def truncated(pieces: Sequence[Piece], kept: float) -> bool:
    """True when a capture broke off: the text ends inside a clause, or hardly anything is left of it.

    Nothing else but the rest may be missing. `kept` is the share of the old words that the new document has.
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
    if not piece.edge and not _is_loose(piece):
        return False
    if any(max(term_scores(text, evidence.language).values(), default=0.0) >= _STRONG for text in texts):
        return False
    nearest = heading_topics(piece.section[-1], evidence.language) if piece.section else {}
    return not any(score >= _STRONG and topic in _LISTED for topic, score in nearest.items())


def _is_loose(piece: Piece) -> bool:
    """True for a paragraph of a few words that came or went: text of a policy comes in sentences, lists or tables."""
    one_sided = piece.before is None or piece.after is None
    return one_sided and piece.block.kind is BlockKind.PARAGRAPH and len(plain_words(piece.text)) <= _LABEL


def _is_language_menu(text: str) -> bool:
    """True for a list of languages in their own names."""
    return sum(name in text for name in _LANGUAGES) >= _MENU


def _is_bare(text: str) -> bool:
    """True for a label: a few words that are no sentence, hold no number and no address."""
    if len(plain_words(text)) > _SHORT or any(char.isdigit() or char == "@" for char in text):
        return False
    return not text.rstrip().endswith((".", ":", ";", "!"))
