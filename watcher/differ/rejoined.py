"""Sentences that left one clause and stand, in other words, in another: what was warned of twice is warned of once.

What went word for word is found before (resettled.py). Here the rest is held against each other, so that a sentence of
a paragraph that was taken apart is told beside its new wording, and neither as a loss nor as news.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from storage.model import ChangeKind
from watcher.differ.lexicon import plain_words
from watcher.differ.pieces import Piece
from watcher.differ.resettled import PIECES, Sides, both_sides, left_of, stands_alone, trimmed
from watcher.differ.words import fold

# So much of a sentence stands in its new wording elsewhere; and so much at most in the clause that it left.
_ALIKE = 0.7
_OWN = 0.5
# A shorter sentence is like too many; so many of both sides are held against each other.
_WORDS = 8
_SENTENCES = 80


class _Sentence(NamedTuple):
    """A sentence that only one side of a piece has."""

    piece: int
    text: str
    words: tuple[str, ...]


def rejoin(pieces: Sequence[Piece], language: str | None) -> list[Piece]:
    """The pieces, with a piece of its own for each sentence that went from one to another and was reworded.

    Texts stay word for word: a sentence is taken out at the beginning or the end of what differs only, and of both.
    """
    if not 1 < len(pieces) <= PIECES:
        return list(pieces)
    cut = [both_sides(piece, language) for piece in pieces]
    gone, came = (list(_lonely(cut, side)) for side in (0, 1))
    pairs = _paired(gone, came)
    left: list[Sides] = list(cut)
    while pairs:
        both = {one.text for pair in pairs for one in pair}
        left = [trimmed(*sides, both) for sides in cut]
        taken = [
            (was, now)
            for was, now in pairs
            if was.text not in left[was.piece][0] and now.text not in left[now.piece][1]
        ]
        if len(taken) == len(pairs):
            break
        pairs = taken
    return list(_told(pieces, cut, left, pairs)) if pairs else list(pieces)


def _lonely(cut: Sequence[Sides], side: int) -> Iterator[_Sentence]:
    """The sentences of one side of each piece that have no like on its other side."""
    for at, sides in enumerate(cut):
        others = [_words_in(text) for text in sides[1 - side]]
        for text in sides[side]:
            words = _words_in(text)
            alone = len(words) >= _WORDS and stands_alone(text)
            if alone and all(_share(words, other) < _OWN for other in others):
                yield _Sentence(at, text, words)


def _words_in(text: str) -> tuple[str, ...]:
    """The folded words of a sentence."""
    return tuple(plain_words(fold(text)))


def _share(words: Sequence[str], others: Sequence[str]) -> float:
    """How much of two sentences is the same words in the same order, 0 to 1."""
    return Indel.normalized_similarity(words, others, score_cutoff=_OWN)


def _paired(gone: Sequence[_Sentence], came: Sequence[_Sentence]) -> list[tuple[_Sentence, _Sentence]]:
    """Each sentence that went with the one that is most like it, where it is so for both and no second is as like."""
    if not gone or not came or max(len(gone), len(came)) > _SENTENCES:
        return []
    table = [[_share(was.words, now.words) if was.piece != now.piece else 0.0 for now in came] for was in gone]
    pairs = []
    for was, row in zip(gone, table, strict=True):
        best = max(row)
        at = row.index(best)
        column = [line[at] for line in table]
        if best >= _ALIKE and row.count(best) == 1 and max(column) == best and column.count(best) == 1:
            pairs.append((was, came[at]))
    return pairs


def _told(
    pieces: Sequence[Piece], cut: Sequence[Sides], left: Sequence[Sides], pairs: Sequence[tuple[_Sentence, _Sentence]]
) -> Iterator[Piece]:
    """What is left of each piece, and behind it the reworded sentences that stand in it now."""
    for at, (piece, whole, part) in enumerate(zip(pieces, cut, left, strict=True)):
        if part == whole:
            yield piece
        elif any(part):
            yield from left_of(piece, whole, part)
        for was, now in pairs:
            if now.piece == at:
                yield piece._replace(kind=ChangeKind.MODIFIED, before=was.text, after=now.text)
