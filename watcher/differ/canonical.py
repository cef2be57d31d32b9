"""A clause in a form that no longer shows how it is worded: equal forms, equal meaning.

Wordings of one meaning become one mark, inflected words their stem; function words fall away. Negations, words of
duty, of limits and of consent stay, and so do numbers and the order of all that is left.
"""

from __future__ import annotations

import re
from functools import lru_cache

from watcher.differ.lexicon import Lexicon, load_lexicon
from watcher.differ.words import fold, words_of

CRITICAL = ("negation", "weak", "strong", "only", "scope", "count", "consent", "optout", "sell", "exception")
# A clause number with the title of the clause behind it; what a link says of the file behind it.
_REFERENCE = re.compile(r"\b\d+(?:\.\d+)+ \([A-Z][^()]{3,80}\)")
_FILE = re.compile(r"\((?:pdf|docx?|xlsx?|odt)\b[^()]{0,30}\)", re.IGNORECASE)
_LONGEST = 4
_STEM = 4
_SUFFIXES = {
    "en": ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "'s", "s", "y", "e"),
    "nl": ("ingen", "ing", "en", "s", "e", "t"),
    "de": ("ungen", "ung", "en", "em", "er", "es", "n", "s", "e"),
    "fr": ("ements", "ement", "ees", "ee", "es", "er", "s", "e"),
}


_MOST = 20_000


def same_form(before: str, after: str, lexicon: Lexicon) -> bool:
    """True when two wordings have one canonical form that holds more than function words."""
    if max(len(before), len(after)) > _MOST:
        return False
    form = canonical(before, lexicon.language)
    return bool(form) and form == canonical(after, lexicon.language)


@lru_cache(maxsize=256)
def canonical(text: str, language: str) -> tuple[str, ...]:
    """The marks and stems of a text in order; `language` is one of the lexicon's."""
    lexicon = load_lexicon(language)
    words = words_of(_FILE.sub(" ", _REFERENCE.sub(" 0.0 ", text)))
    critical = frozenset().union(*(lexicon.lists[name] for name in CRITICAL))
    grammar = lexicon.lists["grammar"] - critical
    light = frozenset().union(*(lexicon.same.get(word, frozenset()) for word in grammar))
    inflected = _inflected(language)
    form: list[str] = []
    place = 0
    while place < len(words):
        for size in range(min(_LONGEST, len(words) - place), 0, -1):
            groups = lexicon.same.get(" ".join(words[place : place + size]))
            if groups:
                form += [] if groups & light else [f"={min(groups)}"]
                place += size
                break
        else:
            word = words[place]
            place += 1
            if word in critical:
                form.append(word)
            elif word not in grammar:
                stem = _stem(word, language)
                groups = inflected.get(stem, frozenset())
                form.append(f"={min(groups)}" if groups and not groups & light else stem)
    return tuple(form)


@lru_cache(maxsize=8)
def _inflected(language: str) -> dict[str, frozenset[int]]:
    """The groups of single words by their stem, so that an inflected word finds its group."""
    same = load_lexicon(language).same
    return {_stem(word, language): groups for word, groups in same.items() if len(word) > _STEM and word.isalpha()}


@lru_cache(maxsize=16_384)
def _stem(word: str, language: str) -> str:
    """A word without its ending, never shorter than four letters; numbers and addresses stay."""
    word = fold(word)
    if not word.isalpha():
        return word
    for suffix in _SUFFIXES[language]:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM:
            return word.removesuffix(suffix)
    return word
