"""What a page counts, dates and hides by itself: "2 days ago", "1,201 views", "[email protected]".

A number in such a phrase says nothing of the document. In a sentence of a policy a number of people may be a threshold
and a day a term: so only short lines count as a page's own, and nothing but the phrase may differ.
"""

from __future__ import annotations

import re
from functools import cache

from watcher.differ.lexicon import plain_words
from watcher.differ.words import fold
from watcher.differ.zones import page_terms

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
_MANY = r"\b\d+(?:[.,' ]\d{3})*(?:[.,]\d+)?\s?[km]?"
_NUMBER = re.compile(rf"{_MANY}\b\+?", re.IGNORECASE)
_SEEN = (
    r"(?:viewed|read|visited|shared|downloaded|bekeken|gelezen|gedeeld|bezocht|aufgerufen|gelesen|angesehen|geteilt"
    r"|consult[ée]e?s?|vue?s?|lue?s?|partag[ée]e?s?)"
)
_COUNTER = re.compile(
    rf"{_MANY}\s(?:views?|likes?|shares?|comments?|followers?|votes?|reads?|people found|weergaven|reacties|volgers"
    r"|aufrufe|kommentare|vues|commentaires|abonn[ée]s)(?:\b|(?-i:(?=[A-Z])))"
    rf"|\b{_SEEN}\s{_MANY}\s(?:times|keer|maal|mal|fois)\b|{_MANY}\s(?:times|keer|maal|mal|fois)\s{_SEEN}\b"
    rf"|{_MANY}\sout of \d+\s(?:people|readers|users|found|stars?)\b"
    rf"|{_MANY}\s(?:van de|van|von|sur)\s\d+\s(?:(?:mensen|lezers|personen|lesern?|personnes)\s)?"
    r"(?:vonden|fanden|ont trouvé)\b"
    r"|\b\d+[\s-]?min(?:ut\w*)?\.?\s(?:read|leestijd|lesezeit|de lecture)\b"
    r"|\b(?:reading time|leestijd|lesezeit|temps de lecture)\s?:?\s(?:ca\.\s|about\s|environ\s)?\d+\s?min\w*",
    re.IGNORECASE,
)
# How many people or firms a page boasts of.
_BOAST = re.compile(
    r"\b\d{1,3}(?:[.,' ]\d{3})+\+?\s(?:[\w-]+\s)?(?:customers?|users?|members?|companies|teams|readers|visitors"
    r"|reviews?|ratings?|downloads?|klanten|gebruikers|leden|bedrijven|lezers|bezoekers|beoordelingen|kunden|nutzer\w*|mitglieder"
    r"|unternehmen|leser|besucher|bewertungen|clients|utilisateurs|membres|entreprises|lecteurs|visiteurs|avis)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HIDDEN = re.compile(r"\[?email\s?protected\]?", re.IGNORECASE)
# What parts the facts of a line about an article: "3 days ago · 4 min read".
_PARTED = re.compile(r"\s[·•|–—]\s|(?<=[.!])\s")
# The most words of a line that tells an age, and of one that boasts.
_SHORT = 8
_LINE = 12
# Characters of a line that counts readers.
_READERS_CHARS = 80


def ticking_rule(before: str, after: str) -> str | None:
    """The rule for a clause in which only an age, a counter or the hiding of an address differs."""
    whole = _ticking(before, after)
    was, now = _PARTED.split(before), _PARTED.split(after)
    if whole or len(was) != len(now):
        return whole
    parts = [_ticking(one, other) for one, other in zip(was, now, strict=True) if one != other]
    return parts[0] if all(parts) else None


def _ticking(before: str, after: str) -> str | None:
    """The same for one part of a line."""
    words = max(len(plain_words(text)) for text in (before, after))
    if words <= _SHORT and _only_in(_AGE, before, after):
        return "page.age"
    if _only_in(_COUNTER, before, after) or (_counts_readers(before) and _counts_readers(after)):
        return "page.counter"
    if words <= _LINE and _only_in(_BOAST, before, after):
        return "page.counter"
    return "page.hidden-address" if _only_hides(before, after) else None


def only_ticks(text: str) -> bool:
    """True for a line that holds an age or a counter and nothing else."""
    alone = any(not pattern.sub("", text).strip(" .:!") for pattern in (_AGE, _COUNTER))
    return alone or _counts_readers(text)


def _counts_readers(text: str) -> bool:
    """True for a line that says how many looked at the page, or how often it was looked at, and nothing else.

    "12 people of our team read it" may be a threshold: with one word that is no such word the line is another.
    """
    if len(text) > _READERS_CHARS or len(_NUMBER.findall(text)) != 1:
        return False
    words = frozenset(plain_words(fold(_NUMBER.sub(" ", text))))
    if words - _reader_words():
        return False
    by, seen, often, now = (words & page_terms(name) for name in ("seen_by", "seen", "seen_often", "seen_now"))
    good = any(words.issuperset(term.split()) for term in page_terms("seen_good"))
    return good or bool(seen and (by or often)) or bool(by and now)


@cache
def _reader_words() -> frozenset[str]:
    """The words that a line on readers is made of."""
    names = ("seen_by", "seen", "seen_often", "seen_good", "seen_now", "seen_around")
    return frozenset(word for name in names for term in page_terms(name) for word in term.split())


def _only_hides(before: str, after: str) -> bool:
    """True when two texts differ in addresses alone, and each of those is hidden on one side."""
    was, now = ([*_addresses(text)] for text in (before, after))
    if was == now or len(was) != len(now) or _rest(before) != _rest(after):
        return False
    return all(one == other or not (one and other) for one, other in zip(was, now, strict=True))


def _addresses(text: str) -> list[str]:
    """The mail addresses of a text in order, empty for one that is hidden."""
    marked = _HIDDEN.sub("hidden@hidden.invalid", text)
    return ["" if address.endswith("@hidden.invalid") else address for address in _MAIL.findall(marked)]


def _rest(text: str) -> str:
    """The folded words of a text without its addresses."""
    return " ".join(plain_words(fold(_MAIL.sub(" ", _HIDDEN.sub(" ", text)))))


def _only_in(pattern: re.Pattern[str], before: str, after: str) -> bool:
    """True when two texts differ, and in nothing but what a pattern finds."""
    if before == after or not (pattern.search(before) or pattern.search(after)):
        return False
    return _without(pattern, before) == _without(pattern, after)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """The folded words of a text without what a pattern finds."""
    return " ".join(plain_words(fold(pattern.sub(" ", text))))
