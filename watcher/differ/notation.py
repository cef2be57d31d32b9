"""Ways to write one thing down: short forms, the word "period" before a period, endings for all genders, French "ne".

None of them is a matter of words: what stands for another word is written out, what adds nothing falls away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_Rules = Sequence[tuple[re.Pattern[str], str]]


def _rules(*pairs: tuple[str, str]) -> _Rules:
    """Patterns, each with what takes its place."""
    return tuple((re.compile(pattern, re.IGNORECASE), put) for pattern, put in pairs)


# A number in digits or in words, with the unit of a period behind it.
_TIME = {
    "nl": r"(?=(?:\d+|\w{2,15})\s(?:\w+\s)?(?:uur|uren|dag|dagen|we?eke?n?|maand|maanden|jaar|jaren|kwartaal)\b)",
    "en": r"(?=(?:\d+|\w{2,15})\s(?:\w+\s)?(?:hours?|days?|weeks?|months?|years?|quarters?)\b)",
    "de": r"(?=(?:\d+|\w{2,15})\s(?:\w+\s)?(?:stunden?|tage?n?s?|wochen?|monate?n?s?|jahre?n?s?)\b)",
    "fr": r"(?=(?:\d+|\w{2,15})\s(?:heures?|jours?|semaines?|mois|ans?|annees?|années?|trimestres?)\b)",
}
_RULES: Mapping[str, _Rules] = {
    "nl": _rules(
        (r"\bbijv\.|\bbv\.", "bijvoorbeeld"),
        (r"\bd\.w\.z\.", "dat wil zeggen"),
        (r"\bi\.v\.m\.", "in verband met"),
        (r"\bn\.a\.v\.", "naar aanleiding van"),
        (r"\bi\.p\.v\.", "in plaats van"),
        (r"\bz\.s\.m\.", "zo spoedig mogelijk"),
        (r"\bevt\.", "eventueel"),
        (r"\bincl\.", "inclusief"),
        (rf"\b(?:een|de) (?:termijn|periode|tijdvak|duur) van {_TIME['nl']}", ""),
        (r"\b(maanden|dagen|weken|jaar) lang\b", r"\1"),
    ),
    "en": _rules(
        (r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should|must|need)n['\u2019]t\b", r"\1 not"),
        (r"\bwon['\u2019]t\b", "will not"),
        (r"\bcan['\u2019]t\b", "cannot"),
        (r"\be\.\s?g\.", "for example"),
        (r"\bi\.\s?e\.", "that is"),
        (r"\bincl\.", "including"),
        (r"\bapprox\.", "approximately"),
        (rf"\b(?:a|the) (?:period|term|time|time ?frame|duration) of {_TIME['en']}", ""),
    ),
    "de": _rules(
        (r"\bz\.\s?b\.", "zum Beispiel"),
        (r"\bd\.\s?h\.", "das heißt"),
        (r"\bu\.\s?a\.", "unter anderem"),
        (r"\bi\.\s?d\.\s?r\.", "in der Regel"),
        (r"\bbzw\.", "beziehungsweise"),
        (r"\bggf\.", "gegebenenfalls"),
        (r"\binkl\.", "einschließlich"),
        (r"\bgem\.", "gemäß"),
        (rf"\b(?:einer|der) (?:frist|dauer|zeitspanne) von {_TIME['de']}", ""),
        (rf"\b(?:einen|eines|einem) zeitr[aä]um(?:s|es)? von {_TIME['de']}", ""),
        # "Nutzer:innen", "Jede:r", "Nutzerinnen und Nutzer".
        (r"(?<=[^\W\d_]{2})[:*_\u00b7]-?(?:in(?:nen)?|r|n|e)\b", ""),
        (r"(?<=[^\W\d_]{2})/-?in(?:nen)?\b", ""),
        (r"\b(\w{4,})innen (?:und|oder|bzw\.|/) (\1\w{0,2})\b", r"\2"),
        (r"\b((\w{4,}?)(?:en|n|e)?) (?:und|oder|bzw\.|/) \2innen\b", r"\1"),
    ),
    "fr": _rules(
        (r"\bp\.\s?ex\.", "par exemple"),
        (r"\bc\.-à-d\.", "c'est-à-dire"),
        (rf"\b(?:dans|sous|en) (?:un délai|un delai) (?:de |d['\u2019]){_TIME['fr']}", "dans les "),
        (rf"\b(?:sous|dans les) {_TIME['fr']}", "dans les "),
        (rf"\b(?:une durée|une période) (?:de |d['\u2019]){_TIME['fr']}", ""),
        # "utilisateur·rice·s", "salarié(e)s", "un·e".
        (r"(?<=\w)[\u00b7\u2022\u22c5](?:e|rice|trice|euse|ere|ère|ne|le|ve)(?:[\u00b7\u2022\u22c5]?(s))?\b", r"\1"),
        (r"(?<=\w)\((?:e|ne|le|trice)\)(s?)", r"\1"),
        # Half of a denial whose other half tells which it is; "ne" alone, "ne que" and "ne plus" say something else.
        (r"\bn(?:e\s|['\u2019])(?=(?:[^\s.;,]+\s){1,4}?(?:pas|jamais|aucune?|rien|ni)\b)", ""),
        (r"(\b(?:aucune?|jamais|rien)\s(?:[^\s.;,]+\s){0,8}?)n(?:e\s|['\u2019])(?!\w+\s(?:que|plus)\b)", r"\1"),
    ),
}


def written_out(text: str, language: str) -> str:
    """The text with its short forms written out and without what only notation adds."""
    for pattern, put in _RULES.get(language, ()):
        text = pattern.sub(put, text)
    return text
