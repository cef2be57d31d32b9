"""Find tables by their rules: lines that cross make a grid of cells; level lines alone make rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Strokes this near to each other (points) are one, and touch.
NEAR = 3.0
_MOST_CELLS = 20_000
_MOST_RULES = 4_000

Stroke = tuple[float, float, float]  # where it lies across, from, to


@dataclass(frozen=True, slots=True)
class Lattice:
    """A grid: the edges of columns and rows, and the strokes that part its cells."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    level: tuple[Stroke, ...]
    upright: tuple[Stroke, ...]

    def cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of a point; None when it is outside."""
        row, column = _slot(self.rows, y), _slot(self.columns, x)
        return None if row is None or column is None else (row, column)

    def parted_below(self, row: int, column: int) -> bool:
        """Tell whether a stroke parts a cell from the one below it."""
        middle = (self.columns[column] + self.columns[column + 1]) / 2
        return _has(self.level, self.rows[row + 1], middle)

    def parted_right(self, row: int, column: int) -> bool:
        """Tell whether a stroke parts a cell from the one to its right; where there are none at all, all are."""
        middle = (self.rows[row] + self.rows[row + 1]) / 2
        return not self.upright or _has(self.upright, self.columns[column + 1], middle)


def find_lattices(
    rules: Iterable[tuple[float, float, float, float]], width: float, height: float
) -> tuple[list[Lattice], list[tuple[float, float, tuple[float, ...]]]]:
    """Return the grids on a page; and the groups of level strokes without upright ones, as (left, right, heights).

    Frames of a whole page are no table, and the text between two grids is none either.
    """
    level, upright = _strokes(rules, width, height)
    lattices: list[Lattice] = []
    stacks: list[tuple[float, float, tuple[float, ...]]] = []
    for across, down in _components(level, upright):
        rows, columns = _edges(across), _edges(down)
        if len(rows) > 2 and len(columns) > 2 and len(rows) * len(columns) <= _MOST_CELLS:
            lattices.append(Lattice(columns, rows, tuple(across), tuple(down)))
    crossed = {stroke for lattice in lattices for stroke in lattice.level}
    level = [stroke for stroke in level if stroke not in crossed]
    for left, right in sorted({(round(x0 / NEAR), round(x1 / NEAR)) for _, x0, x1 in level}):
        lines = [one for one in level if abs(one[1] - left * NEAR) <= NEAR and abs(one[2] - right * NEAR) <= NEAR]
        heights = _edges(lines)
        if len(heights) >= 3 and (right - left) * NEAR >= 0.3 * width:
            stacks.append((left * NEAR, right * NEAR, heights))
    return sorted(lattices, key=lambda one: (one.rows[0], one.columns[0])), stacks


def _strokes(
    rules: Iterable[tuple[float, float, float, float]], width: float, height: float
) -> tuple[list[Stroke], list[Stroke]]:
    """Return level and upright strokes; those in one line that touch are one."""
    level: dict[int, list[Stroke]] = {}
    upright: dict[int, list[Stroke]] = {}
    for x0, y0, x1, y1 in list(rules)[:_MOST_RULES]:
        if x1 - x0 >= y1 - y0 and x1 - x0 < 0.97 * width:
            level.setdefault(round(y0), []).append((y0, x0, x1))
        elif y1 - y0 > x1 - x0 and y1 - y0 < 0.97 * height:
            upright.setdefault(round(x0), []).append((x0, y0, y1))
    return _merged(level), _merged(upright)


def _merged(strokes: dict[int, list[Stroke]]) -> list[Stroke]:
    """Join strokes that lie in one line and touch."""
    flat: list[Stroke] = []
    group: list[Stroke] = []
    last: int | None = None
    for place in [*sorted(strokes), None]:
        if place is None or (last is not None and place - last > 1):
            flat += _joined(group)
            group = []
        if place is not None:
            group += strokes[place]
            last = place
    return flat


def _joined(group: Sequence[Stroke]) -> list[Stroke]:
    """Join the strokes of one line where they touch."""
    result: list[Stroke] = []
    for place, start, end in sorted(group, key=lambda stroke: (stroke[1], stroke[2], stroke[0])):
        if result and start <= result[-1][2] + NEAR:
            result[-1] = (result[-1][0], result[-1][1], max(end, result[-1][2]))
        else:
            result.append((place, start, end))
    return result


def _components(level: Sequence[Stroke], upright: Sequence[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Gather strokes that touch each other into grids."""
    parent = list(range(len(level) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, (y, x0, x1) in enumerate(level):
        for two, (x, y0, y1) in enumerate(upright, len(level)):
            if x0 - NEAR <= x <= x1 + NEAR and y0 - NEAR <= y <= y1 + NEAR:
                parent[root(one)] = root(two)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for index, stroke in enumerate([*level, *upright]):
        groups.setdefault(root(index), ([], []))[index >= len(level)].append(stroke)
    return list(groups.values())


def _edges(strokes: Sequence[Stroke]) -> tuple[float, ...]:
    """Return where strokes lie, near ones once."""
    found: list[float] = []
    for place in sorted(stroke[0] for stroke in strokes):
        if not found or place - found[-1] > NEAR:
            found.append(place)
    return tuple(found)


def _slot(edges: Sequence[float], value: float) -> int | None:
    """Return between which edges a value lies."""
    return next((index for index, (low, high) in enumerate(pairwise(edges)) if low <= value < high), None)


def _has(strokes: Sequence[Stroke], place: float, middle: float) -> bool:
    """Tell whether one of the strokes lies at a place and passes a middle."""
    return any(abs(stroke[0] - place) <= NEAR and stroke[1] <= middle <= stroke[2] for stroke in strokes)
