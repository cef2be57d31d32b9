"""How alike two blocks are, and which of many belong together.

Looks at shared words, at letters in short blocks, at labels ("Name: …"), first cells and place. Every candidate comes
from a small window or from rare words that both sides share; so the cost grows with the number of blocks, not with
its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import Indel

from storage.model import Block, BlockKind
from watcher.differ.words import word_finder

_words = word_finder(r"\w+", "_")
# A gap of at most so many pairs is compared in full; a larger one through rare words.
_WINDOW = 600
# A word that stands in more blocks than this leads nowhere.
_RARE = 12
# How many candidates a block may have through rare words; half of them where more blocks are open than any policy has.
_CANDIDATES = 6
_MANY = 2_000
# What counts as alike: between the same neighbours, and anywhere in the document.
_NEAR = 0.36
_FAR = 0.55
_SHORT = 6
_LONGEST = 400
# Characters of a block that are looked at: as many as its words need; letters are compared at the cost of their square.
_CHARS = 4_000
# Words up to this length bind a text together and tell little of it.
_LITTLE = 3


class Outline(NamedTuple):
    """What the comparison of blocks needs of one: its words, its kind, label, section, and where it stands.

    `counts` are the telling words, or all where there are hardly any; `size` is their number.
    """

    words: tuple[str, ...]
    counts: Mapping[str, int]
    size: int
    text: str
    kind: BlockKind
    label: str
    row: str
    section: str
    gap: int
    place: float


def outline(block: Block, gap: int, place: float) -> Outline:
    """Describe a block; `gap` numbers the stretch between equal blocks, `place` runs from 0 to 1."""
    text = block.text[:_CHARS].lower()
    words = tuple(_words(text)[:_LONGEST])
    label = text.partition(":")[0] if ":" in text[:40] else ""
    row = " ".join(_words(block.cells[0].text.lower())) if len(block.cells) > 1 else ""
    section = block.path[-1].lower() if block.path else ""
    telling = [word for word in words if len(word) > _LITTLE or word.isdigit()]
    chosen = telling if len(telling) >= _LITTLE else list(words)
    counts = dict.fromkeys(chosen, 1)
    if len(counts) < len(chosen):
        counts = Counter(chosen)
    return Outline(words, counts, len(chosen), text, block.kind, label, row, section, gap, place)


def alike_pairs(old: Mapping[int, Outline], new: Mapping[int, Outline]) -> list[tuple[int, int]]:
    """Pair alike blocks, the most alike first, each block once; in order of the old side."""
    scored = []
    for i, j in set(_candidates(old, new)):
        one, other = old[i], new[j]
        score = likeness(one, other)
        if score >= (_NEAR if one.gap == other.gap else _FAR):
            scored.append((-score, abs(one.place - other.place), i, j))
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs = []
    for _, _, i, j in sorted(scored):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            pairs.append((i, j))
    return sorted(pairs)


def likeness(one: Outline, other: Outline) -> float:
    """How alike two blocks are: 0 for nothing in common, 1 and a little more for the same words in the same place."""
    short, long = (one.size, other.size) if one.size < other.size else (other.size, one.size)
    if not long:
        return 0.0
    shared = len(one.counts.keys() & other.counts.keys())
    if one.size > len(one.counts) and other.size > len(other.counts):
        shared = _common(one.counts, other.counts)
    score = 2 * shared / (short + long)
    if short >= _SHORT:
        score = max(score, 0.8 * shared / short)
    if min(len(one.words), len(other.words)) <= _SHORT:
        score = max(score, Indel.normalized_similarity(one.text, other.text, score_cutoff=0.6))
    return score + _hints(one, other)


def _common(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    """How many words two bags share, each counted as often as it stands in both."""
    shared = one.keys() & other.keys()
    return sum(min(one[word], other[word]) for word in shared)


def shared_words(one: Iterable[str], other: Iterable[str]) -> int:
    """How many words two lists share, each counted as often as it stands in both."""
    return _common(Counter(one), Counter(other))


def _hints(one: Outline, other: Outline) -> float:
    """What structure says for or against a pair."""
    hint = 0.0
    if one.kind is other.kind:
        hint += 0.05
        if one.kind is BlockKind.HEADING and one.gap == other.gap:
            hint += 0.1
    elif BlockKind.HEADING in {one.kind, other.kind}:
        hint -= 0.1
    if one.section == other.section:
        hint += 0.05
    if one.label and one.label == other.label:
        hint += 0.2
    if one.row and other.row:
        hint += _rows(one, other)
    return hint


def _rows(one: Outline, other: Outline) -> float:
    """Rows belong together by their first cell; two rows with different short ones tell of different things."""
    if one.row == other.row:
        return 0.5
    short = max(len(one.row), len(other.row)) <= 60
    return -1.0 if short and Indel.normalized_similarity(one.row, other.row) < 0.6 else 0.0


def _candidates(old: Mapping[int, Outline], new: Mapping[int, Outline]) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: all of a small gap, and those that share rare words."""
    near_old, near_new = _by_gap(old), _by_gap(new)
    for gap in near_old.keys() & near_new.keys():
        if len(near_old[gap]) * len(near_new[gap]) <= _WINDOW:
            yield from ((i, j) for i in near_old[gap] for j in near_new[gap])
    index: dict[str, list[int]] = defaultdict(list)
    for j, outlined in new.items():
        for word in outlined.counts:
            index[word].append(j)
        if outlined.row:
            index["row " + outlined.row].append(j)
    rare = {word: places for word, places in index.items() if len(places) <= _RARE}
    most = _CANDIDATES if len(old) <= _MANY else _CANDIDATES // 2
    for i, outlined in old.items():
        words = (*outlined.counts, "row " + outlined.row) if outlined.row else outlined.counts
        votes = Counter(chain.from_iterable([rare[word] for word in words if word in rare]))
        best = sorted(votes, key=votes.__getitem__, reverse=True)[:most] if len(votes) > most else votes
        yield from [(i, j) for j in best]


def _by_gap(outlines: Mapping[int, Outline]) -> dict[int, list[int]]:
    """The blocks of each gap."""
    gaps: dict[int, list[int]] = defaultdict(list)
    for place, outlined in outlines.items():
        gaps[outlined.gap].append(place)
    return gaps
