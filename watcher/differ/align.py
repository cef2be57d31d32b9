"""Which blocks of two documents belong together.

Passes, each over what the one before left: equal blocks in order; equal blocks elsewhere and table rows with the same
cells in other columns (moves); clauses that differ in their number alone, and alike blocks (modified); neighbours that
together make up one block of the other side (split and joined paragraphs). Knows blocks only; says nothing about
meaning. No pass is quadratic in the size of the document: equal blocks go through unique anchors and a bit-parallel
edit script with a cap, alike blocks through a window or the rare words they share.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from rapidfuzz.distance import Indel

from storage.model import Block, BlockKind, ChangeKind
from watcher.differ.alike import Outline, alike_pairs, likeness, outline, shared_words
from watcher.differ.words import fold

# Cells of the bit matrix over block ids: 25 million are 3 MB and some milliseconds.
_CELLS = 25_000_000
# So many open blocks on either side are compared by their words: more than any policy has. Of those behind them only
# what a key tells belongs together.
_OPEN = 4_000
# A neighbour is part of a split or joined block when so much of it stands in what is left of the other side.
_CONTAINED = 0.75
# What counts a clause ("A.1.", "(3)", "iv)"), and the characters in which it stands. From so many words on a clause is
# known by them.
_NUMBER = re.compile(
    r"^[(\[]?(?:(?:[^\W\d_][.)])?\d+(?:[.)]\d+)*|[ivxlc]+|[^\W\d_])(?:[.)\]:]+|(?<=\d[.)]\d))\s+", re.IGNORECASE
)
_MARKED = re.compile(r"[.)\]:]")
_LABEL = 24
_TELLING = 4
# What two clauses that are known by their place still need in common.
_RELATED = 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """Blocks of the old and the new document that belong together and are not simply equal in place.

    `old` and `new` are positions in reading order. A `moved` match holds equally many on both sides with
    equal text or equal cells;
    `modified` has at least one on each side; `added` and `removed` have one block on one side.
    """

    kind: ChangeKind
    old: tuple[int, ...]
    new: tuple[int, ...]


def align(old: Sequence[Block], new: Sequence[Block]) -> tuple[Match, ...]:
    """Tell which blocks were moved, modified, added and removed; those equal in place are left out.

    Ordered as in the new document, removed ones at the place where they stood.
    """
    anchors = in_place([block.key for block in old], [block.key for block in new])
    left = _missing(len(old), (i for i, _ in anchors))
    right = _missing(len(new), (j for _, j in anchors))
    moves = _elsewhere(old, new, left, right)
    left = _without(left, (i for i, _ in moves))
    right = _without(right, (j for _, j in moves))
    turned = _elsewhere(old, new, left, right, key=_cells) if _may_be_turned(old, new, left, right) else []
    moves += turned
    left = _without(left, (i for i, _ in turned))
    right = _without(right, (j for _, j in turned))
    alike = _alike_by_key(old, new, left, right)
    left = _without(left, (i for i, _ in alike))
    right = _without(right, (j for _, j in alike))
    olds = _Outlines(old, [i for i, _ in anchors], left[:_OPEN])
    news = _Outlines(new, [j for _, j in anchors], right[:_OPEN])
    found = alike_pairs(olds, news)
    left = _without(left, (i for i, _ in found))
    right = _without(right, (j for _, j in found))
    rewritten = list(_rewritten(left, right, olds, news))
    pairs = [([i], [j]) for i, j in (*alike, *found, *rewritten)]
    left = _without(left, (i for i, _ in rewritten))
    right = _without(right, (j for _, j in rewritten))
    right = _absorb(pairs, right, olds, news, side=1)
    left = _absorb(pairs, left, news, olds, side=0)
    matches = [Match(ChangeKind.MOVED, tuple(a), tuple(b)) for a, b in _runs(moves)]
    matches += [Match(ChangeKind.MODIFIED, tuple(sorted(a)), tuple(sorted(b))) for a, b in pairs]
    matches += [Match(ChangeKind.REMOVED, (i,), ()) for i in left] + [Match(ChangeKind.ADDED, (), (j,)) for j in right]
    return tuple(sorted(matches, key=_reading_order(anchors)))


def in_place(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal keys in the same order on both sides, rising."""
    head = _common_head(old, new)
    tail = _common_head(old[head:][::-1], new[head:][::-1])
    pairs = [(i, i) for i in range(head)]
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    last_i, last_j = 0, 0
    for i, j in [*_unique_anchors(inner_old, inner_new), (len(inner_old), len(inner_new))]:
        for a, b in _script(inner_old[last_i:i], inner_new[last_j:j]):
            pairs.append((head + last_i + a, head + last_j + b))
        if i < len(inner_old):
            pairs.append((head + i, head + j))
        last_i, last_j = i + 1, j + 1
    pairs += [(len(old) - k, len(new) - k) for k in range(tail, 0, -1)]
    return pairs


def _common_head(left: Sequence[str], right: Sequence[str]) -> int:
    """How many keys the two sides share at the start."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _unique_anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest rising run of blocks that occur exactly once on each side (patience)."""
    places = _once(old)
    others = _once(new)
    pairs = [(i, others[key]) for key, i in places.items() if key in others]
    tops: list[int] = []
    piles: list[int] = []
    before: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(piles[pile - 1] if pile else None)
        tops[pile : pile + 1] = [j]
        piles[pile : pile + 1] = [number]
    chain: list[tuple[int, int]] = []
    step: int | None = piles[-1] if piles else None
    while step is not None:
        chain.append(pairs[step])
        step = before[step]
    return chain[::-1]


def _once(keys: Sequence[str]) -> dict[str, int]:
    """Keys that occur exactly once, with their place, in order."""
    count: dict[str, int] = defaultdict(int)
    for key in keys:
        count[key] += 1
    return {key: place for place, key in enumerate(keys) if count[key] == 1}


def _script(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Equal pairs between two anchors; very long stretches are cut into as many parts on both sides."""
    if not old or not new:
        return
    parts = 1 + int((len(old) * len(new) / _CELLS) ** 0.5)
    for part in range(parts):
        i, i_end = len(old) * part // parts, len(old) * (part + 1) // parts
        j, j_end = len(new) * part // parts, len(new) * (part + 1) // parts
        for code in Indel.opcodes(old[i:i_end], new[j:j_end]):
            if code.tag == "equal":
                for step in range(code.src_end - code.src_start):
                    yield i + code.src_start + step, j + code.dest_start + step


def _missing(size: int, taken: Iterator[int]) -> list[int]:
    """The places that were not taken, rising."""
    return _without(list(range(size)), taken)


def _without(places: list[int], taken: Iterator[int]) -> list[int]:
    """The places without the taken ones."""
    gone = set(taken)
    return [place for place in places if place not in gone] if gone else places


def _elsewhere(
    old: Sequence[Block],
    new: Sequence[Block],
    left: list[int],
    right: list[int],
    *,
    key: Callable[[Block], Hashable] = attrgetter("key"),
) -> list[tuple[int, int]]:
    """Blocks of equal key that stand in another place, each used once, in order of the old side; not those of None."""
    keys, others = [key(old[i]) for i in left], [key(new[j]) for j in right]
    both = set(keys).intersection(others) - {None}
    if not both:
        return []
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for j, own in zip(right, others, strict=True):
        if own in both:
            waiting[own].append(j)
    return [(i, waiting[own].popleft()) for i, own in zip(left, keys, strict=True) if own in both and waiting[own]]


def _may_be_turned(old: Sequence[Block], new: Sequence[Block], left: list[int], right: list[int]) -> bool:
    """True when rows of both sides have the same columns in another order, or two columns of one name.

    Rows with their columns in one order that say the same are equal blocks: they were found before.
    """
    was, now = (
        {tuple([cell.column for cell in b[i].cells]) for i in these} for b, these in ((old, left), (new, right))
    )
    return any(
        len(one) == len(other) and (one != other or len(set(one)) < len(one)) and sorted(one) == sorted(other)
        for one in was
        for other in now
    )


def _cells(block: Block) -> Hashable:
    """What a table row says, whatever the order of its columns; None for others, and where columns have no names."""
    named = len(block.cells) > 1 and all(cell.column and cell.text for cell in block.cells)
    return tuple(sorted((cell.column, cell.text) for cell in block.cells)) if named else None


def _unnumbered(block: Block) -> Hashable:
    """A block of several words without the number or letter it is counted by; None for a shorter one."""
    text = block.text
    if text.count(" ") + 1 < _TELLING:
        return None
    head = text[:_LABEL]
    if not _MARKED.search(head):
        return text
    text = _NUMBER.sub("", head) + text[_LABEL:]
    return text if text.count(" ") + 1 >= _TELLING else None


def _alike_by_key(
    old: Sequence[Block], new: Sequence[Block], left: list[int], right: list[int]
) -> list[tuple[int, int]]:
    """Pairs that a key tells: the words behind a number; where very many are open, letters and first cells too."""
    pairs = _elsewhere(old, new, left, right, key=_unnumbered)
    for key in (_letters, _first_cell):
        if min(len(left), len(right)) - len(pairs) <= _OPEN:
            break
        i_open, j_open = _without(left, (i for i, _ in pairs)), _without(right, (j for _, j in pairs))
        if key is not _first_cell or any(old[i].cells for i in i_open):
            pairs += _elsewhere(old, new, i_open, j_open, key=key)
    return pairs


def _letters(block: Block) -> Hashable:
    """What a block says whatever its capitals, accents and blanks."""
    return "".join(fold(block.text).split())


def _first_cell(block: Block) -> Hashable:
    """What a table row is about; None for another block, and for a row that begins with an empty cell."""
    return (block.cells[0].text or None) if len(block.cells) > 1 else None


def _rewritten(left: list[int], right: list[int], olds: _Outlines, news: _Outlines) -> Iterator[tuple[int, int]]:
    """Clauses put in other words that keep number and place, or stand alone below their heading as before."""
    was, now = ({**_by_number(*side), **_alone(*side)} for side in ((left, olds), (right, news)))
    for key, places in was.items():
        others = now.get(key, [])
        if len(places) == len(others) == 1 and likeness(olds[places[0]], news[others[0]]) > _RELATED:
            yield places[0], others[0]


def _by_number(places: list[int], outlines: dict[int, Outline]) -> dict[Hashable, list[int]]:
    """Blocks of several words by what they are counted by ("3.1"), with kind, section and gap."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        if place not in outlines:
            continue
        one = outlines[place]
        match = _NUMBER.match(one.text[:_LABEL])
        if match and any(map(str.isdigit, match[0])) and len(one.words) > _TELLING and not one.row:
            found[match[0].strip(), one.kind, one.section, one.gap].append(place)
    return found


def _alone(places: list[int], outlines: _Outlines) -> dict[Hashable, list[int]]:
    """Paragraphs that are all there is below a heading that stayed, by gap and section."""
    found: dict[Hashable, list[int]] = {}
    for place in places:
        if place in outlines and outlines.is_alone(place):
            one = outlines[place]
            found[one.section, one.gap] = [place]
    return found


def _runs(moves: list[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Moves that follow each other on both sides, as one: a section moved whole is one move."""
    runs: list[tuple[list[int], list[int]]] = []
    for i, j in sorted(moves):
        if runs and runs[-1][0][-1] == i - 1 and runs[-1][1][-1] == j - 1:
            runs[-1][0].append(i)
            runs[-1][1].append(j)
        else:
            runs.append(([i], [j]))
    return runs


class _Outlines(dict[int, Outline]):
    """Outlines of the blocks at the given places, and of others that are asked for.

    The gap says between which two blocks equal in place (`anchors`) a block stands.
    """

    def __init__(self, blocks: Sequence[Block], anchors: list[int], places: list[int]) -> None:
        self._blocks, self._anchors = blocks, anchors
        super().__init__({place: self._outline(place) for place in places})

    def _outline(self, place: int) -> Outline:
        return outline(self._blocks[place], bisect_left(self._anchors, place), place / len(self._blocks))

    def is_alone(self, place: int) -> bool:
        """True for a paragraph between a heading equal in place and the next heading or the end."""
        blocks, kind = self._blocks, BlockKind.HEADING
        at = bisect_left(self._anchors, place)
        return (
            at > 0
            and blocks[place].kind is BlockKind.PARAGRAPH
            and self._anchors[at - 1] == place - 1
            and blocks[place - 1].kind is kind
            and (place + 1 == len(blocks) or blocks[place + 1].kind is kind)
        )

    def __missing__(self, place: int) -> Outline:
        found = self[place] = self._outline(place)
        return found


def _absorb(
    pairs: list[tuple[list[int], list[int]]],
    free: list[int],
    whole: dict[int, Outline],
    parts: dict[int, Outline],
    *,
    side: int,
) -> list[int]:
    """Add free blocks to the pair beside them when they are a piece of that pair's other side; give those left.

    `parts` describes the free side, `whole` the other. Goes forward, then backward, so that chains are found.
    """
    owner = {place: number for number, pair in enumerate(pairs) for place in pair[side]}
    for order, step in ((free, -1), (free[::-1], 1)):
        for place in order:
            number = owner.get(place + step)
            if place in owner or number is None:
                continue
            group = pairs[number]
            rest = [word for i in group[1 - side] for word in whole[i].words]
            if _is_piece(rest, [parts[j].words for j in group[side]], parts[place].words):
                group[side].append(place)
                owner[place] = number
    return [place for place in free if place not in owner]


def _is_piece(whole: list[str], known: list[tuple[str, ...]], piece: tuple[str, ...]) -> bool:
    """True when the words of `piece` stand in `whole` beyond those that the known pieces already cover."""
    known_words = set(whole)
    if not piece or sum([word in known_words for word in piece]) < _CONTAINED * len(piece):
        return False
    covered = [word for words in known for word in words]
    gained = shared_words(whole, [*covered, *piece]) - shared_words(whole, covered)
    return gained >= _CONTAINED * len(piece)


def _reading_order(anchors: list[tuple[int, int]]) -> _Order:
    """The sort key of matches: by place in the new document; removed ones follow what stood before them."""
    return _Order([i for i, _ in anchors], [j for _, j in anchors])


@dataclass(frozen=True, slots=True)
class _Order:
    """Maps places of the old document to those of the new one by the blocks equal in place."""

    olds: list[int]
    news: list[int]

    def __call__(self, match: Match) -> tuple[float, int]:
        if match.new:
            return (float(match.new[0]), 0)
        before = bisect_left(self.olds, match.old[0]) - 1
        return (self.news[before] + 0.5 if before >= 0 else -0.5, match.old[0])
