"""Sentences that left one clause and stand, word for word, in another: a paragraph that was split or joined elsewhere.

Alignment knows blocks; here the sentences of clauses that differ are held against each other, so that one which merely
changed its paragraph is told neither as gone nor as new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from storage.model import BlockKind, ChangeKind
from watcher.differ.lexicon import plain_words
from watcher.differ.pieces import POINTING, Piece, sentences_of
from watcher.differ.words import fold

# A sentence of fewer words is no clause of its own; what is told one by one ends where these begin to be many.
_WORDS = 5
PIECES = 300
# Words that begin a sentence which means what stands before it.
_BACK = POINTING | frozenset(
    "this that those such he she dit dat die het hij zulke dies dieses das es solche cela tel telle".split()  # noqa: SIM905  # words
)

# The sentences of both sides of a clause.
Sides = tuple[Sequence[str], Sequence[str]]


def resettle(pieces: Sequence[Piece], language: str | None) -> list[Piece]:
    """The pieces without the sentences that went from one to another; a piece of nothing else is a moved one.

    Texts stay word for word: a sentence is taken out at the beginning or the end of what differs only.
    """
    if len(pieces) > PIECES:
        return list(pieces)
    cut = [both_sides(piece, language) for piece in pieces]
    gone = Counter(text for was, now in cut for text in _without(was, now))
    came = Counter(text for was, now in cut for text in _without(now, was))
    meant = {one for was, now in cut for side in (was, now) for one, next_ in pairwise(side) if _points_back(next_)}
    moved = {text for text, count in gone.items() if count == came[text] == 1 and stands_alone(text)} - meant
    left = [trimmed(*sides, moved) for sides in cut]
    while not moved <= (both := _taken(cut, left)):  # what one side keeps is told on the other too
        moved &= both
        left = [trimmed(*sides, moved) for sides in cut]
    if not moved:
        return list(pieces)
    return [one for whole in zip(pieces, cut, left, strict=True) for one in left_of(*whole)]


def _without(side: Sequence[str], other: Sequence[str]) -> list[str]:
    """The sentences of a side that the other one has not, however many both are."""
    there = frozenset(other)
    return [text for text in side if text not in there]


def both_sides(piece: Piece, language: str | None) -> Sides:
    """The sentences of both sides of a clause; none of what is no running text, or hangs on words above it."""
    apart = piece.block.cells or piece.hangs or any(piece.leads) or piece.block.kind is BlockKind.HEADING
    if apart or piece.kind is ChangeKind.MOVED:
        return (), ()
    was, now = (() if text is None else sentences_of(text, language) for text in (piece.before, piece.after))
    return was, now


def stands_alone(text: str) -> bool:
    """True for a sentence that says the same wherever it stands."""
    return len(plain_words(text)) >= _WORDS and not _points_back(text)


def _points_back(text: str) -> bool:
    """True for a sentence that means what stands before it."""
    return bool(_BACK.intersection(plain_words(fold(text))[:1]))


def _taken(cut: Sequence[Sides], left: Sequence[Sides]) -> set[str]:
    """The sentences that were taken off an old and off a new side."""
    taken = [
        {text for whole, part in zip(cut, left, strict=True) for text in _without(whole[side], part[side])}
        for side in (0, 1)
    ]
    return taken[0] & taken[1]


def left_of(piece: Piece, cut: Sides, left: Sides) -> Iterator[Piece]:
    """What is left of a piece."""
    if list(map(len, left)) == list(map(len, cut)):
        yield piece
        return
    before, after = (" ".join(side) or None for side in left)
    if before == after:
        if cut[1]:  # it is told where it stands now
            text = " ".join(cut[1])
            yield piece._replace(kind=ChangeKind.MOVED, before=text, after=text)
        return
    kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED if after is None else ChangeKind.MODIFIED
    yield piece._replace(kind=kind, before=before, after=after)


def trimmed(was: Sequence[str], now: Sequence[str], moved: set[str]) -> Sides:
    """Both sides without the moved sentences at their ends, and the equal ones that stand before those."""
    if moved.isdisjoint(was) and moved.isdisjoint(now):
        return was, now
    for _ in range(2):  # from the front, and then from the back
        was, now = was[::-1], now[::-1]
        stood, stands = frozenset(was), frozenset(now)
        kept = len(was), len(now)
        left, right = kept
        while True:
            one, other = was[left - 1 : left], now[right - 1 : right]
            if one and one[0] in moved and one[0] not in stands:
                left -= 1
                kept = left, right
            elif other and other[0] in moved and other[0] not in stood:
                right -= 1
                kept = left, right
            elif one and one == other:
                left, right = left - 1, right - 1
            else:
                break
        was, now = was[: kept[0]], now[: kept[1]]
    return was, now
