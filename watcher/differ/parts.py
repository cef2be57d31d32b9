"""The sentences of one clause that were reworded side by side, each as a clause of its own.

A clause is told whole, so that a reader sees what its sentences say together. Where two of them each say something
else than before, one summary cannot tell both: then each is told by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

from storage.model import ChangeKind
from watcher.differ.pieces import Piece
from watcher.differ.sentences import is_one, sentences

# A clause of more sentences is told whole.
_MOST = 40
# So much of a sentence stands in its new wording.
_ALIKE = 0.5


def parts_of(piece: Piece, language: str | None) -> list[Piece]:
    """The reworded sentences of a clause as pieces, in order; none where there is one, or where others came or went."""
    before, after = piece.before or "", piece.after or ""
    if piece.kind is not ChangeKind.MODIFIED or piece.block.cells or (is_one(before) and is_one(after)):
        return []
    left, right = sentences(before, language), sentences(after, language)
    if max(len(left), len(right)) > _MOST:
        return []
    found: list[Piece] = []
    for olds, news in _runs(left, right):
        if len(olds) != len(news) or not all(map(_rephrases, olds, news)):
            return []
        found += [piece._replace(before=was, after=now) for was, now in zip(olds, news, strict=True)]
    return found if len(found) > 1 else []


def _runs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The stretches of sentences that differ, of both sides."""
    i = j = 0
    for same in Indel.opcodes(left, right).as_matching_blocks():
        if same.a > i or same.b > j:
            yield left[i : same.a], right[j : same.b]
        i, j = same.a + same.size, same.b + same.size


def _rephrases(was: str, now: str) -> bool:
    """True for two wordings of one sentence: they share most of their words."""
    return Indel.normalized_similarity(was.split(), now.split()) >= _ALIKE
