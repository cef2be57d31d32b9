"""A clause in a form that no longer shows how it is worded: equal forms, equal meaning.

Wordings of one meaning become one mark, inflected words their stem; function words fall away. Negations, words of
duty, of limits and of consent stay, and so do numbers and the order of all that is left.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from watcher.differ.lexicon import Lexicon, load_lexicon
from watcher.differ.words import fold, token_kind, words_of

_CRITICAL = ("negation", "weak", "strong", "only", "scope", "consent", "optout", "sell", "exception")
# A clause number with the title of the clause behind it; what a link says of the file behind it.
_REFERENCE = re.compile(r"\b\d+(?:\.\d+)+ \([A-Z][^()]{3,80}\)")
# An address is the same with the scheme of its link before it: "mailto:" in a text is a slip of the markup.
_SCHEME = re.compile(r"\b(?:mailto|tel):", re.IGNORECASE)
_FILE = re.compile(r"\((?:pdf|docx?|xlsx?|odt)\b[^()]{0,30}\)", re.IGNORECASE)
_LONGEST = 8
_STEM = 4
_MOST = 20_000
_SUFFIXES = {
    "en": ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "'s", "s", "y", "e"),
    "nl": ("ingen", "ing", "en", "s", "e", "t"),
    "de": ("ungen", "ung", "en", "em", "er", "es", "n", "s", "e"),
    "fr": ("ements", "ement", "ees", "ee", "es", "er", "s", "e"),
}


def same_form(before: str, after: str, lexicon: Lexicon) -> bool:
    """True when two wordings have one canonical form."""
    if max(len(before), len(after)) > _MOST or not (before and after):
        return False
    return canonical(before, lexicon.language) == canonical(after, lexicon.language)


def is_light(text: str, lexicon: Lexicon) -> bool:
    """True when a text holds words that may come and go, and no others."""
    return not canonical(text, lexicon.language)


@lru_cache(maxsize=512)
def canonical(text: str, language: str) -> tuple[str, ...]:
    """The marks and stems of a text in order; `language` is one of the lexicon's."""
    table = _table(language)
    words = words_of(_FILE.sub(" ", _REFERENCE.sub(" 0.0 ", _SCHEME.sub("", text))))
    form: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        size = 1
        for size in range(min(table.lengths.get(word, 1), len(words) - place), 0, -1):
            mark = table.marks.get(" ".join(words[place : place + size]))
            if mark is not None:
                break
        else:
            mark = word if word in table.critical else table.inflected.get(stem(word, language), stem(word, language))
        form += [mark] if mark else []
        place += size
    return tuple(form)


@lru_cache(maxsize=16_384)
def stem(word: str, language: str) -> str:
    """A folded word without its ending, never shorter than four letters; numbers and addresses stay."""
    if not word.isalpha():
        return word
    for suffix in _SUFFIXES[language]:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM:
            return word.removesuffix(suffix)
    return word


@dataclass(frozen=True, slots=True)
class _Table:
    """What becomes of wordings: their mark (empty for those that fall away), the marks of stems, words that stay.

    `lengths` tells how many words the longest wording with a first word has.
    """

    marks: Mapping[str, str]
    inflected: Mapping[str, str]
    critical: frozenset[str]
    lengths: Mapping[str, int]


@cache
def _table(language: str) -> _Table:
    """The table of a language: groups that share a wording are one; a group with a function word falls away."""
    lexicon = load_lexicon(language)
    own = tomllib.loads((Path(__file__).parent / "lexicon" / "wording.toml").read_text("utf-8"))[language]
    critical = frozenset[str]().union(*(lexicon.lists[name] for name in _CRITICAL))
    light = (lexicon.lists["grammar"] | {fold(word) for word in own["filler"]}) - critical
    marks = dict.fromkeys(light, "")
    for wording, groups in lexicon.same.items():
        marks.setdefault(wording, f"={min(groups)}")
    marks.update({term: term for term in critical if " " in term})
    for number, group in enumerate(own["same"]):
        wordings = [" ".join(words_of(wording)) for wording in group]
        if group[0].isdigit() and wordings[1] in light:
            continue
        known = [marks[wording] for wording in wordings if wording in marks]
        mark = known[0] if known else f"+{number}"
        marks.update({wording: marks.get(wording, mark) for wording in wordings})
    lengths: dict[str, int] = {}
    for wording in marks:
        first = wording.split(" ")[0]
        lengths[first] = max(lengths.get(first, 1), min(wording.count(" ") + 1, _LONGEST))
    inflected = {
        stem(wording, language): mark
        for wording, mark in marks.items()
        if mark and len(wording) > _STEM and token_kind(wording) == "word"
    }
    return _Table(marks, inflected, critical, lengths)
