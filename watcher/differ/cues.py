"""Which families of phrases a text is worth a look for, by the beginnings of its words.

A regular expression costs some ten milliseconds on a long policy; looking a word's beginnings up costs nothing to speak
of (100 kB: 5 ms for all families together), so that patterns run only on sentences that hold one of their cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WORDS = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 50_000  # words remembered, so that a hostile text cannot fill the memory
_LONGEST = 40  # letters of a word that is remembered
_TEXT = 1000  # characters of a text whose words are remembered
_NONE: frozenset[str] = frozenset()


def _words(lower: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(lower))


_short_words = lru_cache(maxsize=1024)(_words)  # a sentence is asked about by several families in a row


class Cues:
    """Beginnings of words, each with the families that it speaks for. What a word says is remembered."""

    def __init__(self, families: Mapping[str, Iterable[str]]) -> None:
        """Turn families with their cues into cues with their families."""
        cues: dict[str, set[str]] = {}
        for family, beginnings in families.items():
            for beginning in beginnings:
                cues.setdefault(beginning, set()).add(family)
        self._cues = {beginning: frozenset(found) for beginning, found in cues.items()}
        self._sizes = sorted({len(beginning) for beginning in cues})
        self._telling: dict[str, frozenset[str]] = {}
        self._silent: set[str] = set()

    def families(self, lower: str) -> frozenset[str]:
        """The families whose cues begin a word of a lower-case text."""
        words = (_short_words(lower) if len(lower) <= _TEXT else _words(lower)) - self._silent
        found = _NONE
        for word in words:
            hit = self._telling.get(word)
            if hit is None:
                hit = self._of_word(word)
            if hit:
                found |= hit
        return found

    def _of_word(self, word: str) -> frozenset[str]:
        beginnings = (word[:size] for size in self._sizes if size <= len(word))
        hit = _NONE.union(*(self._cues[one] for one in beginnings if one in self._cues))
        if len(word) <= _LONGEST and len(self._telling) + len(self._silent) < _MOST_WORDS:
            if hit:
                self._telling[word] = hit
            else:
                self._silent.add(word)
        return hit
