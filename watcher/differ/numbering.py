"""Numbers of clauses, told from numbers that count something."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.model import BlockKind
from watcher.differ.pieces import Piece

_NUMBERING = re.compile(r"[(\[]?(?:(?:[a-z][. ])?\d+(?:[. ]\d+)*|[a-z]|[ivxlc]+)[.)\]:]?", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:section|sections|clause|article|articles|paragraph|point|annex|part|schedule|appendix|exhibit|sectie|paragraaf|artikel"
    r"|hoofdstuk|bijlage|punt|abschnitt|ziffer|absatz|nummer|kapitel|punkt|anlage|chapitre|paragraphe|annexe|rubrique|§)\s*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s+[^\W\d_]")
_ENUMERATOR = re.compile(r"[a-z]|[ivx]{1,4}|\d{1,2}", re.IGNORECASE)
_MEASURED = re.compile(
    r"\s?(?:%|[€$£]|(?:calendar|business|working|kalender|werk|full)?\s?(?:seconds?|minut\w*|hours?|days?|weeks?|months?|years?"
    r"|seconden|uur|uren|dag|dagen|weken|maand\w*|jaar|jaren|stunden?|tage?n?|wochen?|monate?n?|jahre?n?|secondes?|heures?"
    r"|jours?|semaines?|mois|ans?|annees?|années?|percent|procent|prozent|pour cent|times|people"
    r"|persons|euros?|dollars?)\b)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[:;,(.]\s*(?:(?:and|or|en|of|und|oder|et|ou)\s*)?[(\[]?$", re.IGNORECASE)
_NUMBERED = re.compile(r"[(\[]?(?:(?:[a-z][.)])?\d+(?:\.\d+)*|[a-z]|[ivxlc]+)[.)\]:]|\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Substitution:
    """One run of words replaced by another; either may be empty. `left` and `right` are the text around it."""

    gone: str
    came: str
    left: str
    right: str


def is_numbering(sub: Substitution, piece: Piece) -> bool:
    """True for a number at the head of a clause, or behind "section", "artikel" and the like."""
    if sub.gone and sub.came and (_MEASURED.match(sub.right) or _counts(sub, piece)):
        return False
    if all(_ENUMERATOR.fullmatch(text) for text in (sub.gone, sub.came) if text) and _BREAK.search(sub.left):
        return True
    at_start = not sub.left.strip()
    referred = bool(_REFERENCE.search(sub.left)) or bool(_REFERENCE.search(sub.left.rstrip(" .0123456789")))
    if not (at_start or referred):
        return False
    if at_start and not referred and not _NUMBERED.match(piece.text) and sub.came:
        return False
    return all(not text or _NUMBERING.fullmatch(text) for text in (sub.gone, sub.came))


def _counts(sub: Substitution, piece: Piece) -> bool:
    """True for a bare number before a word, "12 sub-processors": without a dot behind it, it counts something."""
    if piece.block.kind is BlockKind.HEADING or sub.left.strip():
        return False
    return bool(sub.gone.isdecimal() and sub.came.isdecimal() and _COUNTED.match(sub.right))


def is_bare_number(text: str) -> bool:
    """True for a text that is nothing but the number of a clause."""
    return bool(_NUMBERING.fullmatch(text.strip()))
