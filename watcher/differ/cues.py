"""Which families of phrases a text is worth a look for, by the beginnings of its words.

A regular expression costs some ten milliseconds on a long policy; looking a word's beginnings up costs nothing to speak
of (100 kB: 5 ms for all families together), so that patterns run only on sentences that hold one of their cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_WORDS = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 50_000  # words remembered, so that a hostile text cannot fill the memory
_LONGEST = 40  # letters of a word that is remembered
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
        self._sizes = sorted({len(beginning) for beginning in cues})
        self._least = self._sizes[0] if cues else 0
        self._heads = {beginning[: self._least] for beginning in cues}
        self._telling: dict[str, frozenset[str]] = {}
        self._silent: set[str] = set()

    def families(self, lower: str) -> frozenset[str]:
        """The families whose cues begin a word of a lower-case text.

        Looked up by what stands between white space: splitting there is many times faster than finding words.
        """
        found = _NONE
        for token in set(lower.split()) - self._silent:
            hit = self._telling.get(token)
            if hit is None:
                hit = self._of_token(token)
            if hit:
                found |= hit
        return found

    def _of_token(self, token: str) -> frozenset[str]:
        """The families of the words in a token ("data/information,")."""
        hit = _NONE.union(*map(self._of_word, set(_WORDS.findall(token))))
        if len(token) <= _LONGEST:
            if len(self._telling) + len(self._silent) >= _MOST_WORDS:
                self._telling.clear()
                self._silent.clear()
            if hit:
                self._telling[token] = hit
            else:
                self._silent.add(token)
        return hit

    def _of_word(self, word: str) -> frozenset[str]:
        if word[: self._least] not in self._heads:
            return _NONE
        beginnings = [word[:size] for size in self._sizes if size <= len(word)]
        return _NONE.union(*[self._cues[one] for one in beginnings if one in self._cues])
