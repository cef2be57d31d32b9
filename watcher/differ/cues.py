"""Which families of phrases a text is worth a look for, by the beginnings of its words.

A regular expression costs some ten milliseconds on a long policy; looking a word's beginnings up costs nothing to speak
of (100 kB: 5 ms for all families together), so that patterns run only on sentences that hold one of their cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_WORDS = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 50_000  # words remembered, so that a hostile text cannot fill the memory
_NONE: frozenset[str] = frozenset()


class Cues:
    """Beginnings of words, each with the families that it speaks for. What a word says is remembered."""

    def __init__(self, families: Mapping[str, Iterable[str]]) -> None:
        """Turn families with their cues into cues with their families."""
        cues: dict[str, set[str]] = {}
        for family, beginnings in families.items():
            for beginning in beginnings:
                cues.setdefault(beginning, set()).add(family)
        self._cues = {beginning: frozenset(found) for beginning, found in cues.items()}
        self._known: dict[str, frozenset[str]] = {}

    def families(self, lower: str) -> frozenset[str]:
        """The families whose cues begin a word of a lower-case text."""
        found = _NONE
        for word in set(_WORDS.findall(lower)):
            hit = self._known.get(word)
            if hit is None:
                hit = self._of_word(word)
            if hit:
                found |= hit
        return found

    def _of_word(self, word: str) -> frozenset[str]:
        beginnings = (word[:size] for size in range(1, len(word) + 1))
        hit = _NONE.union(*(self._cues[one] for one in beginnings if one in self._cues))
        if len(self._known) < _MOST_WORDS:
            self._known[word] = hit
        return hit
