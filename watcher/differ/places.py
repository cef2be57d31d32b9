"""Countries and regions by name, in four languages."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import combining, normalize

from babel import Locale

# Names that Unicode's country list lacks, or writes otherwise than policies do.
_ALIASES = {
    "US": (
        "usa",
        "u.s.",
        "u.s.a.",
        "us",
        "vs",
        "v.s.",
        "united states of america",
        "verenigde staten van amerika",
        "états unis",
        "états-unis d'amérique",
        "vereinigte staaten von amerika",
        "amerika",
        "vereinigten staaten",
        "vereinigten staaten von amerika",
    ),
    "GB": (
        "uk",
        "u.k.",
        "vk",
        "great britain",
        "groot-brittannië",
        "grande-bretagne",
        "großbritannien",
        "england",
        "vereinigten königreich",
        "vereinigten königreichs",
        "engeland",
    ),
    "NL": ("the netherlands", "nederland", "holland", "pays bas", "niederlanden"),
    "EU": (
        "eu",
        "e.u.",
        "ue",
        "european union",
        "europese unie",
        "europäische union",
        "union européenne",
        "europäischen union",
    ),
    "EEA": (
        "eea",
        "eer",
        "ewr",
        "eee",
        "european economic area",
        "europese economische ruimte",
        "eu/eea",
        "eea/eu",
        "eu/eer",
        "europäischer wirtschaftsraum",
        "europäischen wirtschaftsraum",
        "europäischen wirtschaftsraums",
        "espace économique européen",
    ),
    "EUR": ("europe", "europa", "emea"),
    "WORLD": ("worldwide", "global", "globally", "international", "wereldwijd", "weltweit", "mondial", "monde entier"),
}
# The European Union and the European Economic Area: what leaves it is a transfer, to adequate countries too (GDPR,
# Chapter V and Article 45).
UNION = frozenset({"EU", "EEA"})
_MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
REGION = UNION.union(_MEMBERS.split(" "))
# The same with the countries with an adequacy decision that are named most (https://commission.europa.eu, "Adequacy
# decisions"): their law protects as at home.
NEAR = REGION | {"CH", "GB"}
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-Þ][^\W\d_]*")
_LANGUAGES = ("nl", "en", "de", "fr")


def place_code(text: str) -> str | None:
    """The code of a text that is nothing but a place ("Ierland" -> "IE", "EU/EER" -> "EEA"), else None."""
    return _names().get(" ".join(text.lower().strip(" .,;()").split()))


def find_places(text: str) -> tuple[tuple[str, str, int], ...]:
    """The places a text names, in order: code, spelling and position. Only capitals count ("us" is no country)."""
    found: list[tuple[str, str, int]] = []
    end = 0
    for match in _CAPITAL.finditer(text):
        start = match.start()
        if start < end:
            continue
        for name in _by_first_word().get(match[0].lower(), ()):
            spelled = text[start : start + len(name)]
            after = text[start + len(name) : start + len(name) + 1]
            if spelled.lower() != name or after.isalnum() or (len(name) < 4 and not spelled.isupper()):
                continue
            found.append((_names()[name], spelled, start))
            end = start + len(name)
            break
    return tuple(found)


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(name.lower(), code)
    for code, aliases in _ALIASES.items():
        names |= dict.fromkeys(aliases, code)
    plain = {unaccented: code for name, code in names.items() if (unaccented := _unaccented(name)) not in names}
    return names | plain


def _unaccented(name: str) -> str:
    return "".join(letter for letter in normalize("NFD", name) if not combining(letter))


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    """Names by their first word, longest first, so that a text is read once however many names there are."""
    index: dict[str, list[str]] = {}
    for name, code in _names().items():
        if code != "WORLD" and (first := _WORD.match(name)):
            index.setdefault(first[0], []).append(name)
    return {first: tuple(sorted(names, key=len, reverse=True)) for first, names in index.items()}
