"""The words by which clauses are recognised, as data a lawyer can read: one TOML file a language.

Each file is read and checked once, at its first use. A fault names the file, the place in it and what to write there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.model import Topic
from watcher.differ.lexicon.faults import faults
from watcher.differ.words import fold, word_finder, words_of

_WORD = re.compile(r"[^\W_]+")
_words = word_finder(_WORD.pattern)
LANGUAGES = ("en", "nl", "de", "fr")
_WEIGHTS = {"certain": 6.0, "strong": 4.0, "plain": 2.0, "hint": 1.0, "headings": 6.0}
WORD_LISTS = (
    "negation",
    "weak",
    "strong",
    "only",
    "scope",
    "consent",
    "optout",
    "sell",
    "advertise",
    "grammar",
    "updated",
    "abroad",
    "certificate",
    "withdraw",
    "train",
    "model",
    "right",
    "interface",
    "count",
    "delete",
    "safeguard",
    "interest",
    "abrupt",
    "document",
    "exception",
    "objection",
    "ask",
    "share",
    "party",
    "keep",
    "longer",
    "endless",
    "notify",
    "alter",
    "ahead",
    "track",
    "stand",
    "refer",
    "waiver",
    "liability",
    "discretion",
    "sanction",
    "boilerplate",
    "immediately",
    "improve",
    "system",
    "automated",
    "burden",
    "measure",
    "deemed",
    "session",
    "sole",
    "vendor",
    "intrusive",
    "remedy",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a topic: its words after the first, each with "may it go on?", and what it counts."""

    text: str
    topic: Topic
    weight: float
    heading: bool
    rest: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that one language's file says, made ready for looking up.

    `starts` holds terms by the start of their first word, `exact` those whose first word must stand whole; `lengths`
    are the lengths that occur in `starts`. `lists` are the word lists by name; `same` maps a wording to its group.
    """

    language: str
    starts: Mapping[str, tuple[Term, ...]]
    exact: Mapping[str, tuple[Term, ...]]
    lengths: tuple[int, ...]
    lists: Mapping[str, frozenset[str]]
    same: Mapping[str, frozenset[int]]


@cache
def load_lexicon(language: str) -> Lexicon:
    """The lexicon of a language; English for a language that has none. Raises ValueError for a faulty file."""
    name = language if language in LANGUAGES else "en"
    path = Path(__file__).with_name(f"{name}.toml")
    return read_lexicon(path.read_text("utf-8"), path.name)


def read_lexicon(text: str, name: str) -> Lexicon:
    """Check and compile the text of a lexicon file; `name` stands in messages. Raises ValueError with every fault."""
    data = tomllib.loads(text)
    found = [f"{name}: {fault}" for fault in faults(data, tuple(_WEIGHTS), WORD_LISTS)]
    if found:
        raise ValueError("\n".join(found))
    starts: dict[str, list[Term]] = {}
    exact: dict[str, list[Term]] = {}
    for topic, groups in data["topic"].items():
        for group, terms in groups.items():
            for term in terms:
                first, whole, rest = compile_term(term)
                entry = Term(term.strip(), Topic(topic), _WEIGHTS[group], group == "headings", rest)
                (exact if whole else starts).setdefault(first, []).append(entry)
    return Lexicon(
        language=data["language"],
        starts={key: tuple(terms) for key, terms in starts.items()},
        exact={key: tuple(terms) for key, terms in exact.items()},
        lengths=tuple(sorted({len(key) for key in starts})),
        lists={key: frozenset(fold(word) for word in data["words"][key]) for key in WORD_LISTS},
        same=_groups(data["words"]["same"]),
    )


def compile_term(term: str) -> tuple[str, bool, tuple[tuple[str, bool], ...]]:
    """A term as its first folded word, whether that must stand whole, and its further words with "may it go on?"."""
    marked = term.strip()
    whole = marked.endswith("$")
    pieces = [(fold(word), not whole if last else word.endswith("*")) for word, last in _pieces(marked.rstrip("$"))]
    words = [pair for text, goes_on in pieces for pair in _split(text, goes_on=goes_on)]
    first, goes_on = words[0]
    return first, not goes_on, tuple(words[1:])


def _pieces(term: str) -> list[tuple[str, bool]]:
    """The words of a term, each with "is it the last?"."""
    words = term.split()
    return [(word, number == len(words) - 1) for number, word in enumerate(words)]


def _split(text: str, *, goes_on: bool) -> list[tuple[str, bool]]:
    """Cut a word at hyphens, stops and apostrophes as texts are cut, the last part keeping the mark."""
    parts = plain_words(text)
    return [(part, goes_on and number == len(parts) - 1) for number, part in enumerate(parts)]


def plain_words(folded: str) -> list[str]:
    """Words of a folded text for looking up: letters and digits only, so that hyphens and stops do not matter."""
    return _words(folded)


def first_word(folded: str) -> str:
    """The first of them; empty for a text without any."""
    match = _WORD.search(folded)
    return match[0] if match else ""


def follows(words: list[str], place: int, rest: tuple[tuple[str, bool], ...]) -> bool:
    """True when the further words of a term stand at a place."""
    if place + len(rest) > len(words):
        return False
    return all(
        words[place + step].startswith(piece) if goes_on else words[place + step] == piece
        for step, (piece, goes_on) in enumerate(rest)
    )


def _groups(same: list[list[str]]) -> dict[str, frozenset[int]]:
    """For each wording (its folded words joined by a blank) the groups of equal meaning it stands in."""
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(same):
        for wording in group:
            groups.setdefault(" ".join(words_of(wording)), set()).add(number)
    return {wording: frozenset(numbers) for wording, numbers in groups.items()}
