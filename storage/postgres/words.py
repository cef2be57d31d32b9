"""Search as the SQLite store does it: words without case and accents, found in any order, a hyphenated one together.

What PostgreSQL is given is made here and not by its dictionaries, so that both stores find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")
# Of PostgreSQL: bytes of a word, places that are counted, places a word; and what keeps a passage below its megabyte.
_LONGEST, _FARTHEST, _OFTEN, _MOST = 2000, 16_383, 255, 40_000
# Words of context in an excerpt.
EXCERPT = 24
_BRACKETS = str.maketrans({"\u27e6": "[", "\u27e7": "]"})

Phrase = tuple[str, ...]


class _Word(NamedTuple):
    """A word as it is compared, and where it stands."""

    text: str
    start: int
    end: int


def index_of(text: str) -> str:
    """The words of a passage with their places, as a tsvector is written."""
    places: dict[str, list[int]] = {}
    for place, word in zip(range(1, _MOST + 1), _words(text), strict=False):
        if len(word.text.encode()) <= _LONGEST:
            places.setdefault(word.text, []).append(min(place, _FARTHEST))
    return " ".join([f"'{word}':{','.join(map(str, where[:_OFTEN]))}" for word, where in places.items()])


def phrases(query: str, most: int) -> list[Phrase]:
    """What is to be found, each in one piece: the words of a query, and the parts of one that punctuation joins."""
    parts = list(dict.fromkeys(query.replace("\0", " ").split()))[:most]
    found = [tuple([word.text for word in _words(part)]) for part in parts]
    return [phrase for phrase in found if phrase]


def query_of(wanted: Sequence[Phrase]) -> str:
    """The phrases as a tsquery is written."""
    return " & ".join([" <-> ".join([f"'{word[:_LONGEST]}'" for word in phrase]) for phrase in wanted])


def excerpt(text: str, wanted: Sequence[Phrase]) -> str:
    """The part of a passage that holds most of what was looked for, what was found between U+27E6 and U+27E7."""
    words = list(_words(text))
    hits = list(_hits(words, wanted))
    first = _best(len(words), hits)
    last = min(first + EXCERPT, len(words))
    begin = 0 if first == 0 else words[first].start
    end = len(text) if last == len(words) else words[last - 1].end
    pieces, done = [], begin
    for start, stop, _ in hits:
        if first <= start and stop <= last and words[start].start >= done:
            piece = text[words[start].start : words[stop - 1].end].translate(_BRACKETS)
            pieces += [text[done : words[start].start].translate(_BRACKETS), f"\u27e6{piece}\u27e7"]
            done = words[stop - 1].end
    pieces.append(text[done:end].translate(_BRACKETS))
    return "…" * (begin > 0) + "".join(pieces) + "…" * (end < len(text))


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        folded = unicodedata.normalize("NFKD", found[0].lower())
        plain = "".join([sign for sign in folded if not unicodedata.combining(sign)])
        # Compatibility forms may hold what no word holds: a fraction is 1⁄2, of which the digits count.
        plain = "".join([sign for sign in plain if sign.isalnum()])
        if plain:
            yield _Word(plain, *found.span())


def _hits(words: Sequence[_Word], wanted: Sequence[Phrase]) -> Iterator[tuple[int, int, Phrase]]:
    """Where phrases stand: the numbers of their first word and of the one behind them."""
    for place in range(len(words)):
        for phrase in wanted:
            if tuple([word.text for word in words[place : place + len(phrase)]]) == phrase:
                yield place, place + len(phrase), phrase


def _best(count: int, hits: Sequence[tuple[int, int, Phrase]]) -> int:
    """Where the excerpt begins: with most phrases in it, then most hits, then as early as may be."""
    if count <= EXCERPT or not hits:
        return 0
    best, place = (0, 0), 0
    for start, _, _ in hits:
        begin = min(start, count - EXCERPT)
        inside = [phrase for one, stop, phrase in hits if begin <= one and stop <= begin + EXCERPT]
        if (len(set(inside)), len(inside)) > best:
            best, place = (len(set(inside)), len(inside)), begin
    return place
