"""The words and phrases of the gate: what walls say, and how documents speak (gate_phrases.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from storage.model import Reason

_TITLE_PART = re.compile(r"\s+[|•·»–:-]+\s+|[|•»\n]|:\s")
_MORE = " *"  # ends the beginning of a title, of which the rest differs
_TRIM = " .…!,:;-\"'()[]<>*#/"


def is_legal(token: str) -> bool:
    """True for a word that begins like one of the words that documents use."""
    stems = _stems().get(token[:4])
    return stems is not None and token.startswith(stems)


def is_listed(language: str) -> bool:
    """True for a language whose words of documents are listed."""
    return language in _table()["legal"]


def is_document_name(title: str) -> bool:
    """True for a title that has a part of the name of a document ("...erklärung", "... policy")."""
    return any(part in title for part in _parts_of_names())


def title_parts(titles: Iterable[str]) -> frozenset[str]:
    """Titles as they are listed: lower case, without signs at the ends, whole and in parts ("Error 404 | Example")."""
    found: set[str] = set()
    for title in titles:
        folded = title.lower()[:200]
        for part in (folded, *_TITLE_PART.split(folded)):
            found.add(part.strip(_TRIM))
    return frozenset(found - {""})


def named(reason: Reason, titles: Collection[str]) -> frozenset[str]:
    """The ones among folded titles that are titles of a reason, whole or by how they begin."""
    starts = _starts_of(reason)
    return frozenset(title for title in titles if title in titles_of(reason) or title.startswith(starts))


def phrases_in(reason: Reason, text: str) -> list[str]:
    """The phrases of a reason that a text has."""
    return [phrase for phrase in _listed(reason, "phrases") if phrase in text]


def said_in(reason: Reason, blocks: Sequence[str]) -> dict[str, int]:
    """The phrases of a reason that short blocks have; each with the words of the block that first has it."""
    found: dict[str, int] = {}
    for block in blocks:
        new = [phrase for phrase in phrases_in(reason, block) if phrase not in found]
        found.update(dict.fromkeys(new, 0))
        if new:
            found[new[0]] = len(block.split())
    return found


@lru_cache(maxsize=16)
def titles_of(reason: Reason) -> frozenset[str]:
    """The whole titles of a reason, trimmed as titles are."""
    return frozenset(title.strip(_TRIM) for title in _listed(reason, "titles") if not title.endswith(_MORE))


@lru_cache(maxsize=16)
def _starts_of(reason: Reason) -> tuple[str, ...]:
    """The beginnings of titles of a reason."""
    return tuple(title.removesuffix(_MORE) for title in _listed(reason, "titles") if title.endswith(_MORE))


@lru_cache(maxsize=32)
def _listed(reason: Reason, key: str) -> tuple[str, ...]:
    """The entries of a reason in all languages."""
    by_language: Mapping[str, Sequence[str]] = _table()[reason.value].get(key, {})
    return tuple(dict.fromkeys(entry for entries in by_language.values() for entry in entries))


@lru_cache(maxsize=1)
def _parts_of_names() -> tuple[str, ...]:
    """Parts of the names of documents."""
    return tuple(dict.fromkeys(part for parts in _table()["names"].values() for part in parts))


@lru_cache(maxsize=1)
def _stems() -> dict[str, tuple[str, ...]]:
    """The beginnings of the words of documents, by their first four letters."""
    stems: dict[str, set[str]] = {}
    for words in _table()["legal"].values():
        for word in words:
            stems.setdefault(word[:4], set()).add(word)
    return {start: tuple(sorted(words)) for start, words in stems.items()}


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    """The phrases as they lie beside this module."""
    return tomllib.loads((files(__package__) / "gate_phrases.toml").read_text(encoding="utf-8"))
