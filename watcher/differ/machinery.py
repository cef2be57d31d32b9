"""Recognises what belongs to the page and not to the document: relative ages, counters, hidden addresses, buttons."""

from __future__ import annotations

import re

from storage.model import BlockKind
from watcher.differ.evidence import Evidence, holds
from watcher.differ.lexicon import plain_words
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
_SHORT = 8
_LINE = 120


def machinery_rule(evidence: Evidence) -> str | None:
    """The rule by which a piece is page machinery; None when it belongs to the document."""
    piece = evidence.piece
    before, after = piece.before or "", piece.after or ""
    if piece.before is not None and piece.after is not None:
        if max(len(before), len(after)) <= _LINE and _only_in(_AGE, before, after):
            return "page.age"
        if _only_in(_COUNTER, before, after):
            return "page.counter"
        hidden = "protected]" in before + after
        return "page.hidden-address" if hidden and _only_in(_HIDDEN_MAIL, before, after) else None
    return "page.interface" if _is_interface(evidence) else None


def _only_in(pattern: re.Pattern[str], before: str, after: str) -> bool:
    """True when two texts differ, and in nothing but what a pattern finds."""
    if before == after or not (pattern.search(before) or pattern.search(after)):
        return False
    return _without(pattern, before) == _without(pattern, after)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """The folded words of a text without what a pattern finds."""
    return " ".join(plain_words(fold(pattern.sub(" ", text))))


def _is_interface(evidence: Evidence) -> bool:
    """True for a short line that names a control of the page and no topic of a policy."""
    piece = evidence.piece
    words = plain_words(fold(piece.text))
    if len(words) > _SHORT or piece.block.kind is BlockKind.TABLE_ROW:
        return False
    if (
        piece.edge
        and _is_bare(piece.text)
        and not any(heading_topics(part, evidence.language) for part in piece.section)
    ):
        return True
    if _AGE.sub("", piece.text).strip() == "" or _COUNTER.sub("", piece.text).strip() == "":
        return True
    return holds(piece.text, evidence.lexicon.lists["interface"]) and not term_scores(piece.text, evidence.language)


def _is_bare(text: str) -> bool:
    """True for a label: no sentence, no number, no address."""
    return not text.rstrip().endswith((".", ":", ";", "!")) and not any(char.isdigit() or char == "@" for char in text)
