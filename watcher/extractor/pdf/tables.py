"""Take tables out of a page: grids of rules, rows between level rules, and columns under a bold row of names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from storage.model import BlockKind
from watcher.extractor.pdf.lattice import NEAR, Lattice, find_lattices
from watcher.extractor.pdf.sheet import Run, Sheet, Word, lines_of, runs_of
from watcher.extractor.pieces import Piece
from watcher.extractor.rows import TableCell, TableRow

Read = Callable[[Sequence[Word]], list[Piece]]

_COLUMNS = range(2, 13)
# The white between columns that no rule parts, as a share of the size of the letters.
_WHITE = 0.8
# White that is higher than the least by this share of the size of the letters parts two rows.
_PARTED = 0.25
_NARROWEST = 4.0
# The rows of a table without rules lie no further apart than this many times the size of the letters.
_APART = 4.0
_FEWEST = 3
# How far letters reach above and below their baseline, as shares of their size.
_RISE = 0.75
_FALL = 0.22
# Lines of one cell have less white than this between them.
_LOOSE = 0.9


def table_runs(sheet: Sheet, read: Read) -> list[Run]:
    """Return the runs of a page, tables among them as runs of their own; `read` makes pieces of a cell's words."""
    words = list(sheet.words)
    tables: list[Run] = []
    lattices, stacks = find_lattices(sheet.rules, sheet.width, sheet.height)
    for lattice in lattices:
        inside = [word for word in words if lattice.cell_of(*_middle(word))]
        if table := _ruled(lattice, inside, read):
            tables.append(table)
            words = _without(words, inside)
    for left, right, heights in stacks:
        inside = [word for word in words if _is_between(word, left, right, heights)]
        if table := _stacked(heights, inside, read):
            tables.append(table)
            words = _without(words, inside)
    runs, aligned = _aligned(words, read)
    return sorted([*runs, *tables, *aligned], key=lambda run: (run.y, run.left))


def joined_tables(pages: Sequence[list[Run]]) -> list[list[Run]]:
    """Join a table that goes on at the top of the next page; a repeated row of names is told once."""
    result: list[list[Run]] = []
    last: Run | None = None  # the table that ended a page, and where it stands
    home = (0, 0)
    for page in pages:
        runs = list(page)
        if last is not None and runs and runs[0].rows and _go_together(last, runs[0]):
            rows = runs[0].rows
            rows = rows[_texts(rows[0]) == _texts(last.rows[0]) :]
            last = replace(last, rows=_joined_rows(last.rows, rows))
            result[home[0]][home[1]] = last
            runs = runs[1:]
            result.append(runs)
            if not runs:
                continue
        else:
            result.append(runs)
        last = runs[-1] if runs and runs[-1].rows else None
        home = (len(result) - 1, len(runs) - 1)
    return result


def _joined_rows(above: tuple[TableRow, ...], below: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
    """Join rows; a row that the end of the page cut goes on in the first below, whose first cell then is empty."""
    if not below or below[0].cells[0][1].pieces or len(below[0].cells) != len(above[-1].cells):
        return above + below
    cells = [
        (column, replace(cell, pieces=_joined_pieces(cell.pieces, more.pieces), told=None))
        for (column, cell), (_, more) in zip(above[-1].cells, below[0].cells, strict=True)
    ]
    return (*above[:-1], TableRow(cells, above[-1].header), *below[1:])


def _joined_pieces(above: list[Piece], below: list[Piece]) -> list[Piece]:
    if not above or not below or below[0].kind is BlockKind.LIST_ITEM:
        return above + below
    joined = above[-1]._replace(text=f"{above[-1].text} {below[0].text}", links=above[-1].links + below[0].links)
    return [*above[:-1], joined, *below[1:]]


def _go_together(one: Run, two: Run) -> bool:
    """Tell whether two tables have the same columns."""
    return len(one.columns) == len(two.columns) and all(
        abs(a - b) <= 2 * NEAR for a, b in zip(one.columns, two.columns, strict=True)
    )


def _texts(row: TableRow) -> list[str]:
    return [cell.text for _, cell in row.cells]


def _middle(word: Word) -> tuple[float, float]:
    return (word.left + word.right) / 2, word.y - 0.3 * word.size


def _without(words: Sequence[Word], inside: Sequence[Word]) -> list[Word]:
    taken = set(map(id, inside))
    return [word for word in words if id(word) not in taken]


def _is_between(word: Word, left: float, right: float, heights: Sequence[float]) -> bool:
    x, y = _middle(word)
    return left - NEAR <= x <= right + NEAR and heights[0] <= y < heights[-1]


def _table(rows: Sequence[TableRow], words: Sequence[Word], columns: Sequence[float]) -> Run | None:
    """Make a run of a table; None when hardly a cell is filled: then the rules were an ornament."""
    if len(rows) < 2 or len(columns) not in _COLUMNS:
        return None
    filled = [sum(bool(cell.pieces) for _, cell in row.cells) for row in rows]
    if sum(count > 1 for count in filled) < 2:
        return None
    ys = [word.y for word in words]
    left, right = min(word.left for word in words), max(word.right for word in words)
    return Run((), left, right, min(ys), max(ys), tuple(rows), tuple(columns))


def _ruled(lattice: Lattice, words: Sequence[Word], read: Read) -> Run | None:
    """Make a table of a grid; cells that no stroke parts are one, and stand in every row that they reach."""
    high, wide = len(lattice.rows) - 1, len(lattice.columns) - 1
    held: dict[tuple[int, int], list[Word]] = {}
    home = _homes(lattice, high, wide)
    for word in words:
        if place := lattice.cell_of(*_middle(word)):
            held.setdefault(home[place], []).append(word)
    pieces = {place: read(inside) for place, inside in held.items()}
    rows = []
    for row in range(high):
        cells: list[tuple[int, TableCell]] = []
        for column in range(wide):
            place = home[row, column]
            if cells and column and home[row, column - 1] == place:
                cells[-1][1].columns += 1
            else:
                cells.append((column, TableCell(list(pieces.get(place, [])), header=False, columns=1, rows=1)))
        if any(cell.pieces for _, cell in cells):
            rows.append(TableRow(cells, header=False))
    return _table(rows, words, lattice.columns[:-1]) if words else None


def _homes(lattice: Lattice, high: int, wide: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for every cell the first of those that no stroke parts from it."""
    home: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(high):
        for column in range(wide):
            place = (row, column)
            if column and not lattice.parted_right(row, column - 1):
                place = home[row, column - 1]
            elif row and not lattice.parted_below(row - 1, column):
                place = home[row - 1, column]
            home[row, column] = place
    return home


def _stacked(heights: Sequence[float], words: Sequence[Word], read: Read) -> Run | None:
    """Make a table of the words between level rules; columns are parted by white that nothing crosses."""
    columns = _whites(words)
    if len(columns) not in _COLUMNS:
        return None
    rows: list[TableRow] = []
    for top, bottom in pairwise(heights):
        band = [word for word in words if top <= _middle(word)[1] < bottom]
        # Rules above and below the names and at the end alone: the rows between have none.
        groups = _row_groups(band, columns) if len(heights) == 3 and rows else [band]
        rows += [_row(group, columns, read) for group in groups if group]
    return _table(rows, words, columns) if words else None


def _whites(words: Sequence[Word]) -> list[float]:
    """Return the left edges of the columns between which there is white from top to bottom."""
    columns: list[float] = []
    end = -1.0
    for word in sorted(words, key=lambda word: word.left):
        if not columns or word.left - end > _WHITE * word.size:
            columns.append(word.left)
        end = max(end, word.right)
    return columns


def _row(words: Sequence[Word], columns: Sequence[float], read: Read) -> TableRow:
    """Make one row."""
    held: list[list[Word]] = [[] for _ in columns]
    for word in words:
        held[_column(word, columns)].append(word)
    cells = [TableCell(read(inside), header=False, columns=1, rows=1) for inside in held]
    return TableRow(list(enumerate(cells)), header=False)


def _column(word: Word, columns: Sequence[float]) -> int:
    return max((index for index, left in enumerate(columns) if left <= word.left + NEAR), default=0)


def _row_groups(words: Sequence[Word], columns: Sequence[float]) -> list[list[Word]]:
    """Part the words of a table without rules into rows: at higher white, else where the first column says something.

    White counts that reaches across all columns: cells of several lines may stand in the middle of their row.
    """
    bands: list[list[Word]] = []
    whites: list[float] = []
    bottom = 0.0
    for word in sorted(words, key=lambda word: (word.y - _RISE * word.size, word.left)):
        top = word.y - _RISE * word.size
        if bands and top <= bottom:
            bands[-1].append(word)
        else:
            whites += [(top - bottom) / word.size] if bands else []
            bands.append([word])
        bottom = max(bottom, word.y + _FALL * word.size)
    least = min(whites, default=0.0)
    spaced = max(whites, default=0.0) >= least + _PARTED and min(whites, default=0.0) < _LOOSE
    groups: list[list[Word]] = []
    for index, band in enumerate(bands):
        starts = any(_column(word, columns) == 0 for word in band)
        if index == 0 or (whites[index - 1] >= least + _PARTED if spaced else starts):
            groups.append([])
        groups[-1].extend(band)
    return groups


def _aligned(words: Sequence[Word], read: Read) -> tuple[list[Run], list[Run]]:
    """Find tables without rules: columns that nothing crosses, under a line of bold names."""
    lines = lines_of(words)
    runs: list[Run] = []
    tables: list[Run] = []
    index = 0
    while index < len(lines):
        end, columns = _under_names(lines, index)
        inside = [word for line in lines[index + 1 : end] for word in line]
        if inside:
            rows = [_row(group, columns, read) for group in (lines[index], *_row_groups(inside, columns))]
            several = sum(sum(bool(cell.pieces) for _, cell in row.cells) > 1 for row in rows)
            table = _table(rows, [*lines[index], *inside], columns) if several >= _FEWEST else None
            if table:
                tables.append(table)
                index = end
                continue
        runs += runs_of(lines[index])
        index += 1
    return runs, tables


def _under_names(lines: Sequence[Sequence[Word]], start: int) -> tuple[int, list[float]]:
    """Return where the table ends whose names stand on a line, and its columns; `start` where there is none.

    Every run below must keep to one column; columns grow by what stands in them.
    """
    names = runs_of(lines[start]) if all(word.bold for word in lines[start]) else []
    if len(names) not in _COLUMNS:
        return start, []
    spans = [(run.left, run.right) for run in names]
    end = start + 1
    for above, line in pairwise(lines[start:]):
        if line[0].y - above[0].y > _APART * line[0].size or all(word.bold for word in line):
            break
        grown = _grown(spans, runs_of(line))
        if grown is None:
            break
        spans = grown
        end += 1
    return end, [left for left, _ in spans]


def _grown(spans: Sequence[tuple[float, float]], runs: Sequence[Run]) -> list[tuple[float, float]] | None:
    """Return the columns with the runs of one more line in them; None when a run reaches into two."""
    grown = list(spans)
    for run in runs:
        middle = (run.left + run.right) / 2
        index = min(range(len(grown)), key=lambda i: max(grown[i][0] - run.right, run.left - grown[i][1], 0.0))
        index = next((i for i, (left, right) in enumerate(grown) if left <= middle <= right), index)
        grown[index] = (min(grown[index][0], run.left), max(grown[index][1], run.right))
    if any(two[0] - one[1] < _NARROWEST for one, two in pairwise(grown)):
        return None
    return grown
