"""Two texts as one, in reading order: what stayed, what changed with its words, and which recorded change is where.

Pure. Blocks are aligned and words marked by the differ itself; here they are only put in order and tied to the changes
that were recorded. A recorded change that fits no place of the text is given back by itself: none is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from storage.model import Block, Change, ChangeKind, Document, Span

if TYPE_CHECKING:
    from watcher.differ.align import Match

# How many characters of a clause are looked for where the clause as a whole stands in no single place.
_BEGINNING = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One place that differs. `old` and `new` are positions of blocks; `spans` marks the words of both sides.

    `changes` are the positions of the recorded changes that are shown here, `also` of those shown elsewhere that touch
    this place. `heading` is that of the blocks, `path` what stands above them.
    """

    kind: str
    block: str
    path: tuple[str, ...]
    old: tuple[int, ...]
    new: tuple[int, ...]
    old_text: str
    new_text: str
    spans: tuple[Span, ...]
    changes: tuple[int, ...] = ()
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch of the new text that stayed as it was: its blocks, with their positions."""

    blocks: tuple[tuple[int, Block], ...]


@dataclass(frozen=True, slots=True)
class Redline:
    """The whole. `loose` are positions of changes that stand at no place of it."""

    parts: tuple[Row | Fold, ...]
    loose: tuple[int, ...]


def redline(old: Document, new: Document, changes: Sequence[Change]) -> Redline:
    """Two documents as one text, with the changes that were recorded between them."""
    from watcher.differ.align import align  # noqa: PLC0415 - with it comes all of the differ

    matches = align(old.blocks, new.blocks)
    rows = [_row(match, old.blocks, new.blocks) for match in matches]
    texts = [(_folded(row.old_text), _folded(row.new_text)) for row in rows]
    homes = [_home(change, rows, texts) for change in changes]
    placed = [
        _with(
            row,
            [n for n, home in enumerate(homes) if home[:1] == [place]],
            [n for n, home in enumerate(homes) if place in home[1:]],
        )
        for place, row in enumerate(rows)
    ]
    loose = tuple(number for number, home in enumerate(homes) if not home)
    return Redline(tuple(_in_order(placed, old.blocks, new.blocks)), loose)


def _row(match: Match, old: Sequence[Block], new: Sequence[Block]) -> Row:
    from watcher.differ.words import word_spans  # noqa: PLC0415 - with it comes all of the differ

    before, after = [old[i] for i in match.old], [new[j] for j in match.new]
    first = (after or before)[0]
    was, now = "\n".join(block.text for block in before), "\n".join(block.text for block in after)
    if match.kind is ChangeKind.MOVED:
        spans: tuple[Span, ...] = (Span("equal", now),)
    else:
        spans = word_spans(was or None, now or None)
    return Row(match.kind.value, first.kind.value, first.path, match.old, match.new, was, now, spans)


def _with(row: Row, changes: Iterable[int], also: Iterable[int]) -> Row:
    own, others = tuple(changes), tuple(also)
    if not own and not others:
        return row
    return replace(row, changes=own, also=others)


def _home(change: Change, rows: Sequence[Row], texts: Sequence[tuple[str, str]]) -> list[int]:
    """The rows that a change is about, the one to show it at first."""
    was, now = _folded(change.before), _folded(change.after)
    after = [place for place, (_, text) in enumerate(texts) if _stands(now, text)]
    before = [place for place, (text, _) in enumerate(texts) if _stands(was, text)]
    both = [place for place in after if place in before]
    section = change.section
    near = [place for place in both or after or before if section and rows[place].path[-1:] == section[-1:]]
    first = (near or both or after or before)[:1]
    return list(dict.fromkeys([*first, *_nearest(after, first), *_nearest(before, first)]))


def _nearest(places: list[int], first: list[int]) -> list[int]:
    """Of several places with the same words, the one nearest to where the change is shown."""
    return sorted(places, key=lambda place: abs(place - first[0]))[:1] if first else []


def _stands(clause: str, text: str) -> bool:
    """Whether a clause stands in a text, or a long text in the clause, or the beginning of the clause in the text."""
    if not clause or not text:
        return False
    return clause in text or (len(text) > _BEGINNING and text in clause) or clause[:_BEGINNING] in text


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())


@dataclass(slots=True)
class _Stretch:
    """Unchanged blocks that wait for their end."""

    blocks: list[tuple[int, Block]] = field(default_factory=list)

    def end(self) -> list[Row | Fold]:
        """What has gathered, and nothing from then on."""
        gathered: list[Row | Fold] = [Fold(tuple(self.blocks))] if self.blocks else []
        self.blocks = []
        return gathered


def _in_order(rows: Sequence[Row], old: Sequence[Block], new: Sequence[Block]) -> list[Row | Fold]:
    """The rows at their places in the new text, with what stayed between them; what is gone where it stood."""
    changed_old = {i for row in rows for i in row.old}
    changed_new = {j for row in rows for j in row.new}
    stayed = [j for j in range(len(new)) if j not in changed_new]
    # Blocks that stayed are the same on both sides, in the same order.
    behind = dict(zip((i for i in range(len(old)) if i not in changed_old), stayed, strict=False))
    starts: dict[float, list[Row]] = {}
    for row in rows:
        place = float(min(row.new)) if row.new else _after(row.old[0], behind)
        starts.setdefault(place, []).append(row)
    parts: list[Row | Fold] = []
    stretch = _Stretch()
    for place in sorted({*starts, *map(float, stayed)}):
        for row in starts.get(place, ()):
            parts += [*stretch.end(), row]
        if place.is_integer() and int(place) not in changed_new:
            stretch.blocks.append((int(place), new[int(place)]))
    return parts + stretch.end()


def _after(gone: int, behind: dict[int, int]) -> float:
    """Right behind the nearest block before it that stayed."""
    before = next((behind[i] for i in range(gone - 1, -1, -1) if i in behind), None)
    return -0.5 if before is None else before + 0.5
