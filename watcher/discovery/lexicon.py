"""The words by which documents and what lies beside them are told apart (lexicon.toml), read once and made ready."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from storage.model import DocumentType

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class TypeWords:
    """How documents of one type are called, what they speak of, and where vendors put them."""

    type: DocumentType
    names: re.Pattern[str]
    words: re.Pattern[str]
    body: tuple[re.Pattern[str], ...]
    least: int
    paths: dict[str, tuple[str, ...]]
    short: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All types in the order in which a name is tried, and what stands beside the documents."""

    types: dict[DocumentType, TypeWords]
    hubs: frozenset[str]
    fill: frozenset[str]
    against: re.Pattern[str]
    beside: re.Pattern[str]
    old: re.Pattern[str]
    aged: frozenset[str]
    folders: frozenset[str]
    hiring: frozenset[str]
    doubtful: frozenset[str]
    kinds: frozenset[str]
    languages: dict[str, str]


def fold(text: str) -> str:
    """A text as the lexicon is written: lower case, without accents, one blank between its words, one at each end."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _NO_WORD.sub(" ", "".join(char for char in plain if not unicodedata.combining(char)))
    return f" {words.strip()} "


@cache
def lexicon() -> Lexicon:
    """The words of lexicon.toml."""
    data = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
    beside = data["around"]
    return Lexicon(
        types={kind: _type(kind, data[kind.value]) for kind in _ORDER},
        hubs=frozenset(beside["hubs"]),
        fill=frozenset(beside["fill"]),
        against=_pattern(beside["against"]),
        beside=_pattern(beside["beside"]),
        old=_pattern(beside["old"]),
        aged=frozenset(beside["aged"]),
        folders=frozenset(beside["folders"]),
        hiring=frozenset(beside["hiring"]),
        doubtful=frozenset(beside["doubtful"]),
        kinds=frozenset(beside["kinds"]),
        languages={name: code for code, known in data["languages"].items() for name in known},
    )


# A list of sub-processors is often called an annex of the agreement, and the agreement a part of the terms.
_ORDER = (
    DocumentType.SUBPROCESSORS,
    DocumentType.DPA,
    DocumentType.PRIVACY_POLICY,
    DocumentType.COOKIES,
    DocumentType.SECURITY,
    DocumentType.TERMS,
)


def _type(kind: DocumentType, table: dict[str, Any]) -> TypeWords:
    return TypeWords(
        type=kind,
        names=_pattern(table["names"]),
        words=_pattern(table["words"]),
        body=tuple(_pattern([term]) for term in table["body"]),
        least=table["least"],
        paths={language: tuple(paths) for language, paths in table["paths"].items()},
        short=table["short"],
    )


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all terms; the longest that fits is taken."""
    return re.compile("|".join(f"(?<= ){_term(term)}(?= )" for term in _by_length(terms)))


def _by_length(terms: Iterable[str]) -> Sequence[str]:
    return sorted(terms, key=lambda term: (-len(term), term))


def _term(term: str) -> str:
    escaped = re.escape(term).replace(r"\*", "[^ ]*").replace(r"\?", "[^ ]")
    return escaped.replace(r"\ ", " ?")
