"""Numbers of clauses, told from numbers that count something."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.model import BlockKind
from watcher.differ.facts.bases import cited_bases
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


# A law whose articles are cited: they are numbered for good. A part of an article has a mark or a blank before it.
_LAW = (
    r"(?:gdpr|ds-?gvo|avg|rgpd|uavg|bdsg|ttdsg|tdddg|uwg|bgb|hgb|estg|pecr|ccpa|cpra|[^\W\d_]{0,30}gesetz(?:es|buch|buches)?"
    r"|[^\W\d_]{0,30}wet|wetboek|act|code|loi|[^\W\d_]{0,30}verordnung|[^\W\d_]{0,30}verordening|regulation|règlement"
    r"|directive|richtlinie|richtlijn|convention)\b"
)
_PART = (
    r"(?:\W{1,3}(?:abs|absatz|satz|s|lit|buchst|buchstabe|lid|sub|onder|onderdeel|aanhef|en|paragraphe|paragraph|point"
    r"|alinéa|al|nr|\d{1,3}|[a-z])\b){0,8}+"
)
_OF = rf"\W{{1,3}}(?:(?:of|du|de|la|l|der|des|van|het|uk|eu|the)\W{{1,2}}){{0,3}}{_LAW}"
_OF_LAW = re.compile(rf"{_PART}{_OF}", re.IGNORECASE)
_CITATION = re.compile(rf"(?:\bart(?:icle|ikel)?s?\b\.?|§+)\s?(\d{{1,3}}{_PART}){_OF}", re.IGNORECASE)
_POINT = re.compile(r"\d+|\b[a-z]\b", re.IGNORECASE)
_AFTER_LAW = re.compile(
    rf"\b{_LAW}\W{{1,3}}(?:art(?:icle|ikel)?s?\.?|§+|sections?)(?:\s?\d{{1,3}})?{_PART}\W{{0,3}}$", re.IGNORECASE
)
_CITED = 80  # characters before and behind an article in which its law stands


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
    if _cites_law(sub, piece):
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


def _cites_law(sub: Substitution, piece: Piece) -> bool:
    """True for the article of a law: another one is another rule, as "lit. f" is another basis than "lit. a"."""
    if cited_bases((piece.before or "").lower()) != cited_bases((piece.after or "").lower()):
        return True
    return bool(_OF_LAW.match(sub.right[:_CITED]) or _AFTER_LAW.search(sub.left[-_CITED:]))


def _counts(sub: Substitution, piece: Piece) -> bool:
    """True for a bare number before a word, "12 sub-processors": without a dot behind it, it counts something."""
    if piece.block.kind is BlockKind.HEADING or sub.left.strip():
        return False
    return bool(sub.gone.isdecimal() and sub.came.isdecimal() and _COUNTED.match(sub.right))


def cites_otherwise(before: str, after: str) -> bool:
    """True when both texts cite as many articles of laws, and not the same ones."""
    was, now = (
        sorted(tuple(_POINT.findall(one.lower())) for one in _CITATION.findall(text)) for text in (before, after)
    )
    return len(was) == len(now) and was != now


def is_bare_number(text: str) -> bool:
    """True for a text that is nothing but the number of a clause."""
    return bool(_NUMBERING.fullmatch(text.strip()))
