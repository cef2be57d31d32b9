"""What a page counts, dates and hides by itself: "2 days ago", "1,201 views", "[email protected]".

A number in such a phrase says nothing of the document. In a sentence of a policy a number of people may be a threshold
and a day a term: so only short lines count as a page's own, and nothing but the phrase may differ.
"""

from __future__ import annotations

import re

from watcher.differ.lexicon import plain_words
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
_MANY = r"\b\d+(?:[.,' ]\d{3})*(?:[.,]\d+)?\s?[km]?"
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
_PERSONS = (
    r"(?:people|persons?|visitors?|readers?|mensen|personen|lezers|bezoekers|leser\w*|besucher\w*|personnes?|lecteurs"
    r"|visiteurs)"
)
_SAW = (
    r"(?:have |has |hebben |haben |ont )?"
    r"(?:viewed|read|visited|bekeken|gelezen|bezochten|angesehen|gelesen|consult[ée]|vu|lu)"
)
_PLACE = r"(?:\s(?:page|article|pagina|artikel|seite))?"
# A whole line that says how many looked at the page: "1,204 people viewed this". In a sentence it may be a threshold.
_LOOKED = re.compile(
    rf"^(?:{_MANY}\s{_PERSONS}\s{_SAW}(?:\s(?:this|dit|deze|cet|cette|ceci))?{_PLACE}"
    rf"|{_MANY}\s{_PERSONS}\s(?:hebben|haben)\s(?:dit|deze|dies|diese|diesen){_PLACE}\s"
    r"(?:bekeken|gelezen|angesehen|gelesen)"
    rf"|(?:viewed|read|visited) by {_MANY}\s{_PERSONS})\.?$",
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
# The most words of a line that tells an age, and of one that boasts.
_SHORT = 8
_LINE = 12


def ticking_rule(before: str, after: str) -> str | None:
    """The rule for a clause in which only an age, a counter or the hiding of an address differs."""
    words = max(len(plain_words(text)) for text in (before, after))
    if words <= _SHORT and _only_in(_AGE, before, after):
        return "page.age"
    if _only_in(_COUNTER, before, after) or _only_in(_LOOKED, before, after):
        return "page.counter"
    if words <= _LINE and _only_in(_BOAST, before, after):
        return "page.counter"
    return "page.hidden-address" if _only_hides(before, after) else None


def only_ticks(text: str) -> bool:
    """True for a line that holds an age or a counter and nothing else."""
    return not _AGE.sub("", text).strip() or not _COUNTER.sub("", text).strip()


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
