"""Words by which it is seen which way a clause was turned (lexicon/shifts.toml), ready for looking up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from watcher.differ.evidence import framed_term, framed_words
from watcher.differ.lexicon import LANGUAGES, plain_words
from watcher.differ.words import fold

FILE = Path(__file__).resolve().parents[1] / "lexicon" / "shifts.toml"


def says(text: str, name: str, language: str | None) -> bool:
    """True when a text holds a term of a list."""
    framed = framed_words(text)
    return any(term in framed for term in load_lists()[name][_tongue(language)])


def first(text: str, name: str, language: str | None) -> int:
    """Where the first term of a list begins in the folded words of a text, -1 without one."""
    framed = framed_words(text)
    places = (framed.find(term) for term in load_lists()[name][_tongue(language)])
    return min((place for place in places if place >= 0), default=-1)


def last(text: str, name: str, language: str | None) -> int:
    """Where the last term of a list begins in the folded words of a text, -1 without one."""
    framed = framed_words(text)
    return max((framed.rfind(term) for term in load_lists()[name][_tongue(language)]), default=-1)


def count(text: str, name: str, language: str | None) -> int:
    """How many words of a text begin with a term of a list."""
    framed = framed_words(text)
    places = {place for term in load_lists()[name][_tongue(language)] for place in _places(framed, term)}
    return len(places)


def terms(name: str, language: str | None) -> frozenset[str]:
    """The terms of a list as the lexicon writes them."""
    found: frozenset[str] = _raw()["list"][name][_tongue(language)]
    return found


def rhythms(text: str, language: str | None) -> list[float]:
    """The days between two times, for each bare word of rhythm in a text ("weekly": 7)."""
    framed = framed_words(text)
    return [days for days, words in _rhythms()[_tongue(language)] if any(word in framed for word in words)]


@cache
def load_lists() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Every list by name and language, its terms ready to be looked for in framed words.

    Raises ValueError for a list without words in one of the languages, naming it.
    """
    return {
        name: {language: tuple(map(framed_term, sorted(terms))) for language, terms in table.items()}
        for name, table in _raw()["list"].items()
    }


@cache
def _rhythms() -> Mapping[str, tuple[tuple[float, tuple[str, ...]], ...]]:
    """The days between two times with the words that say so, by language."""
    tables = _raw()["rhythm"].values()
    return {
        language: tuple((table["days"], tuple(map(framed_term, table[language]))) for table in tables)
        for language in LANGUAGES
    }


@cache
def _raw() -> Mapping[str, Any]:
    """The file as it stands, checked."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    for kind in ("list", "rhythm"):
        for name, table in data[kind].items():
            for language in LANGUAGES:
                if not table.get(language) or not all(plain_words(fold(term)) for term in table[language]):
                    raise ValueError(f"{FILE.name}: [{kind}.{name}] {language} holds no words: write a list")
                table[language] = frozenset(table[language])
    return data


def _places(framed: str, term: str) -> list[int]:
    """Where a term stands."""
    found: list[int] = []
    place = framed.find(term)
    while place >= 0:
        found.append(place)
        place = framed.find(term, place + 1)
    return found


def _tongue(language: str | None) -> str:
    return language if language in LANGUAGES else "en"
