"""A folded word without its ending: verb forms, plurals and cases of one word come to one stem.

Rough on purpose: two words with one stem are weighed as the same word, so that endings are only taken off where enough
letters stay; irregular forms stand in the lexicon.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The fewest letters of a stem.
_LEAST = {"en": 4, "nl": 3, "de": 4, "fr": 4}
# Endings in two steps: that of the noun, the plural or the infinitive, then that of a verb form or a participle.
_ENDINGS = {
    "en": (
        (
            "ations",
            "ation",
            "ements",
            "ement",
            "ments",
            "ment",
            "ings",
            "ing",
            "ies",
            "ied",
            "es",
            "ed",
            "'s",
            "s",
            "y",
            "e",
        ),
        (),
    ),
    "nl": (("ingen", "ing", "en", "e", "s"), ("dd", "tt", "dt", "d", "t")),
    "de": (("ungen", "ung", "en", "em", "er", "es", "e", "n", "s"), ("et", "t")),
    "fr": (
        (
            "ations",
            "ation",
            "ements",
            "ement",
            "issons",
            "issez",
            "issent",
            "erons",
            "eront",
            "erez",
            "eraient",
            "erait",
            "era",
            "antes",
            "ante",
            "ants",
            "ant",
            "ees",
            "ee",
            "ons",
            "ent",
            "aient",
            "ait",
            "ez",
            "es",
            "er",
            "e",
            "s",
        ),
        (),
    ),
}
# The participle of a weak verb begins with "ge" and ends with a t or d.
_PARTICIPLE = {
    "nl": re.compile(r"ge(?!bruik|beur|loof|hoor|bied|leid|draag|ld|richt|acht|val|woon|heel|biedt)(\w{3,}[td])"),
    "de": re.compile(r"ge(?!nehmig|hor|wahr|biet|rat|stalt|brauch|richt|wahl)(\w{3,}t)"),
}
_TWICE = re.compile(r"([aeou])\1(?=[^aeiou]$)|([^aeiou])\2$")
_HARD = {"v": "f", "z": "s"}
_SHORT_E = re.compile(r"e([lr])$")


@lru_cache(maxsize=16_384)
def stem(word: str, language: str) -> str:
    """A folded word without its ending; short words, numbers and addresses stay as they are."""
    least = _LEAST[language]
    if not word.isalpha() or len(word) <= least:
        return word
    first, second = _ENDINGS[language]
    bare = _without(word, first, least)
    participle = _PARTICIPLE.get(language)
    if participle is not None:
        match = participle.fullmatch(word) or participle.fullmatch(bare)
        bare = _without(match[1] if match else bare, second, least)
    if language == "nl":
        bare = _TWICE.sub(lambda match: match[1] or match[2], bare)
        return bare[:-1] + _HARD.get(bare[-1], bare[-1])
    return _SHORT_E.sub(r"\1", bare) if language == "de" and len(bare) > least else bare


def _without(word: str, endings: tuple[str, ...], least: int) -> str:
    """The word without the first of the endings that leaves enough of it."""
    found = (ending for ending in endings if word.endswith(ending) and len(word) - len(ending) >= least)
    return word.removesuffix(next(found, ""))
