"""Words that show for whom a clause is good: what protects the reader, what costs the reader something, what loosens.

The words stand in lexicon/signs.toml, one meaning a table, so that a lawyer can read them in four languages at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from storage.model import Topic
from watcher.differ.lexicon import LANGUAGES, plain_words
from watcher.differ.words import fold

FILE = Path(__file__).resolve().parents[1] / "lexicon" / "signs.toml"
_KINDS = frozenset({"guard", "risk", "narrow", "wide", "reader"})
_WORD = re.compile(r"[^\W_]+|[,;:.()]")
# The words of a mailbox or of a link promise nothing ("dpo@", "/encryption").
_ADDRESS = re.compile(r"\S+(?:@|\(@\)|\(at\)|\[at\])\S+|\b(?:https?://|www\.)\S+")
_CONTRACTED = re.compile(r"n['\u2019]t\b")
# Terms are looked up by so many letters of their first word.
_KEY = 3
_WEIGHTS = range(1, 4)


@dataclass(frozen=True, slots=True)
class Sign:
    """One meaning: `kind` is guard, risk, narrow, wide or reader; `within` the topics where it counts, empty for all.

    `stands` is true for a sign that a denial does not turn: data "in full detail" are a risk in a denied sentence too.
    """

    name: str
    kind: str
    weight: int
    says: str
    within: frozenset[Topic]
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign in a sentence: `words[start:end]` are the words that show it."""

    sign: Sign
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Term:
    """The words of one term, joined by blanks; `whole` when the last one must not go on."""

    text: str
    whole: bool
    length: int
    sign: Sign


def words_and_marks(text: str) -> list[str]:
    """The folded words of a sentence with its commas, stops and brackets, each on its own."""
    if "@" in text or "(at)" in text or "//" in text or "[at]" in text:
        text = _ADDRESS.sub(" ", text)
    return _WORD.findall(_CONTRACTED.sub(" not", fold(text)))


def find_signs(words: Sequence[str], language: str) -> Iterator[Hit]:
    """The signs of a sentence given as words and marks, in order; at one place the longest term of a sign counts."""
    terms = _index(language)
    ends: dict[str, int] = {}
    for place, word in enumerate(words):
        told: dict[str, Hit] = {}
        for term in terms.get(word[:_KEY], ()):
            end = place + term.length
            if term.sign.name in told or ends.get(term.sign.name, 0) > place or end > len(words):
                continue
            run = " ".join(words[place:end])
            if run == term.text or (not term.whole and run.startswith(term.text)):
                told[term.sign.name] = Hit(term.sign, place, end)
        ends |= {name: hit.end for name, hit in told.items()}
        yield from told.values()


@cache
def _index(language: str) -> Mapping[str, tuple[_Term, ...]]:
    """The terms of a language by the first letters of their first word, longest first."""
    found: dict[str, list[_Term]] = {}
    for sign, terms in load_signs().values():
        for term in terms[language if language in LANGUAGES else "en"]:
            words = plain_words(fold(term))
            entry = _Term(" ".join(words), term.endswith("$"), len(words), sign)
            found.setdefault(words[0][:_KEY], []).append(entry)
            if len(words[0]) < _KEY and not entry.whole and entry.length == 1:
                raise ValueError(f"{FILE.name}: {term!r} of {sign.name} is too short: end it with $")
    return {key: tuple(sorted(terms, key=lambda term: -len(term.text))) for key, terms in found.items()}


@cache
def load_signs() -> Mapping[str, tuple[Sign, Mapping[str, tuple[str, ...]]]]:
    """Every sign by name, with its terms by language. Raises ValueError for a faulty file, naming each fault."""
    tables: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))["sign"]
    if faults := [fault for name, table in tables.items() for fault in _faults(name, table)]:
        raise ValueError("\n".join(f"{FILE.name}: {fault}" for fault in faults))
    return {
        name: (
            Sign(
                name,
                table["is"],
                table["weight"],
                table["says"],
                frozenset(map(Topic, table.get("within", ()))),
                bool(table.get("stands", False)),
            ),
            {language: tuple(table[language]) for language in LANGUAGES},
        )
        for name, table in tables.items()
    }


def _faults(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one sign, in words that say what to write."""
    if table.get("is") not in _KINDS:
        yield f"[sign.{name}] is = {table.get('is')!r}: write one of {', '.join(sorted(_KINDS))}"
    if table.get("weight") not in _WEIGHTS:
        yield f"[sign.{name}] weight = {table.get('weight')!r}: write 1, 2 or 3"
    if not table.get("says"):
        yield f"[sign.{name}] says is missing: write what a summary calls it"
    yield from (
        f"[sign.{name}] within holds {topic!r}: use one of {', '.join(sorted(Topic))}"
        for topic in table.get("within", ())
        if topic not in set(Topic)
    )
    yield from (
        f"[sign.{name}] {language} holds no words: write a list"
        for language in LANGUAGES
        if not all(plain_words(fold(term)) for term in table.get(language) or ("",))
    )
