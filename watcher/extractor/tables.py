"""Tell tables of data from tables of layout, and turn the rows of the former into pieces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from bs4 import Tag

from storage.model import BlockKind, Cell, Link
from watcher.extractor.pieces import Piece, without_bullet
from watcher.extractor.tags import HEADINGS, SILENT, attribute, is_text
from watcher.extractor.text import normalise

Walk = Callable[[Tag, Collection[int]], list[Piece]]

# Spans are read up to these bounds: a page may claim any number.
_MAX_COLSPAN = 100
_MAX_ROWSPAN = 1000
_MAX_REPEATED = 20_000
_LAYOUT_CHARS = 1500
_HEADER_CHARS = 60
_LINE_CHARS = 120
_SEPARATOR = " | "
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_BLOCKS = frozenset({"p", "div", "ul", "ol", "dl", "section", "article", "blockquote", "pre", "form"})


@dataclass(slots=True)
class _Cell:
    """One cell: its pieces of text and what the markup says about it."""

    pieces: list[Piece]
    header: bool
    columns: int
    rows: int

    @property
    def text(self) -> str:
        """The whole text of the cell in one line; items of a short list are parted by semicolons."""
        return "; ".join(without_bullet(normalise(piece.text)) for piece in self.pieces)

    def told_apart(self, *, long: bool) -> bool:
        """Tell whether the items of the cell leave the row; `long` says that its column holds long lists."""
        return long and (len(self.pieces) > 1 or any(piece.kind is BlockKind.LIST_ITEM for piece in self.pieces))


@dataclass(slots=True)
class _Row:
    """One row after spans are spread: cells with the column they start in."""

    cells: list[tuple[int, _Cell]]
    header: bool


def data_rows(table: Tag, dropped: Collection[int], walk: Walk) -> list[Piece] | None:
    """Return the pieces of a table of data; None for a table that only lays out the page.

    A row becomes one TABLE_ROW whose cells know their columns; cells that span rows are repeated in each, cells that
    span columns stand once. In a column that holds long lists or several paragraphs these leave the row: the items
    follow as pieces of their own, so that every text stands once and a new item in a cell is a new piece.
    """
    if attribute(table, "role") in {"presentation", "none"}:
        return None
    found = _find_rows(table, dropped)
    if not _is_data([cells for cells, _ in found]):
        return None
    pieces: list[Piece] = []
    for child in table.find_all("caption", recursive=False):
        pieces.extend(walk(child, dropped))
    rows = _spread([([_read_cell(cell, dropped, walk) for cell in cells], head) for cells, head in found])
    count = _header_rows(rows)
    columns = _column_names(rows[:count])
    long = _long_columns(rows[count:])
    for index, row in enumerate(rows):
        pieces.extend(_header_piece(row) if index < count else _row_pieces(row, columns, long))
    return pieces


def _find_rows(table: Tag, dropped: Collection[int]) -> list[tuple[list[Tag], bool]]:
    """Return the cells of each row of this table (not of tables inside it) and whether the row stands in a thead."""
    rows: list[tuple[list[Tag], bool]] = []
    for child in table.contents:
        if not isinstance(child, Tag) or id(child) in dropped:
            continue
        group = child.contents if child.name in _SECTIONS else [child]
        for row in group:
            if isinstance(row, Tag) and row.name == "tr" and id(row) not in dropped:
                cells = [cell for cell in row.contents if isinstance(cell, Tag) and cell.name in {"td", "th"}]
                if cells:
                    rows.append((cells, child.name == "thead"))
    return rows


def _is_data(rows: list[list[Tag]]) -> bool:
    """Tell whether a table holds data: several columns and rows, no tables or headings in its cells, no page in one."""
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    headers = False
    longest = blocks = 0
    for cell in (cell for row in rows for cell in row):
        seen = _look_into(cell)
        if seen is None:
            return False
        headers = headers or cell.name == "th"
        longest = max(longest, seen[0])
        blocks = max(blocks, seen[1])
    return headers or (longest <= _LAYOUT_CHARS and blocks <= 6)


def _look_into(cell: Tag) -> tuple[int, int] | None:
    """Return the characters and the paragraphs in a cell; None when it holds a table or a heading."""
    chars = blocks = 0
    stack = [iter(cell.contents)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif isinstance(node, Tag):
            if node.name == "table" or node.name in HEADINGS:
                return None
            blocks += node.name in {"p", "div"}
            if node.name not in SILENT:
                stack.append(iter(node.contents))
        elif is_text(node):
            chars += len(str(node).strip())
    return chars, blocks


def _read_cell(cell: Tag, dropped: Collection[int], walk: Walk) -> _Cell:
    """Walk one cell."""
    return _Cell(
        [piece for piece in walk(cell, dropped) if any(map(str.isalnum, piece.text))] or _sign(cell),
        cell.name == "th" or attribute(cell, "role") == "columnheader",
        _span(cell, "colspan", _MAX_COLSPAN),
        _span(cell, "rowspan", _MAX_ROWSPAN),
    )


def _sign(cell: Tag) -> list[Piece]:
    """Keep a cell that holds only a sign (a tick, a dash): in a table it says something."""
    text = normalise(cell.get_text())
    return [Piece(BlockKind.PARAGRAPH, text)] if text else []


def _span(cell: Tag, name: str, most: int) -> int:
    """Read colspan or rowspan."""
    stated = attribute(cell, name).strip()
    return min(most, max(1, int(stated))) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1


def _spread(rows: list[tuple[list[_Cell], bool]]) -> list[_Row]:
    """Give every cell its column, and repeat cells that span rows."""
    result: list[_Row] = []
    repeated = 0
    waiting: dict[int, tuple[_Cell, int]] = {}
    for cells, head in rows:
        placed: list[tuple[int, _Cell]] = []
        column = 0
        queue = iter(cells)
        fresh: dict[int, tuple[_Cell, int]] = {}
        while True:
            if column in waiting:
                cell, left = waiting.pop(column)
                repeated += 1
                placed.append((column, replace(cell, pieces=cell.pieces if len(cell.pieces) == 1 else [])))
            else:
                following = next(queue, None)
                if following is None and not waiting:
                    break
                if following is None:
                    column = min(waiting)
                    continue
                cell, left = following, following.rows
                placed.append((column, cell))
            if left > 1 and repeated < _MAX_REPEATED:
                fresh[column] = (cell, left - 1)
            column += cell.columns
        waiting = fresh
        result.append(_Row(placed, head))
    return result


def _header_rows(rows: list[_Row]) -> int:
    """Return how many rows at the top name the columns."""
    count = 0
    for row in rows[:3]:
        if not (row.header or (len(row.cells) > 1 and all(cell.header for _, cell in row.cells))):
            break
        count += 1
    if count:
        return min(count, len(rows) - 1)
    return int(len(rows) > 2 and _looks_like_header(rows))


def _looks_like_header(rows: list[_Row]) -> bool:
    """Tell whether an unmarked first row names the columns: all bold, or short names over longer texts."""
    first = [cell for _, cell in rows[0].cells]
    if len(first) < 2 or not all(len(cell.pieces) == 1 and len(cell.text) <= _HEADER_CHARS for cell in first):
        return False
    below = [cell for row in rows[1:] for _, cell in row.cells]
    if all(cell.pieces[0].bold for cell in first):
        return not all(cell.pieces and cell.pieces[0].bold for cell in below)
    names = [cell.text for cell in first]
    if any(len(name) > 40 or name.endswith(".") or any(map(str.isdigit, name)) or "@" in name for name in names):
        return False
    lengths = [sum(len(piece.text) for piece in cell.pieces) for cell in below]
    return len(set(names)) == len(names) and sum(lengths) / max(1, len(lengths)) > 2 * max(map(len, names))


def _column_names(rows: list[_Row]) -> dict[int, str]:
    """Return the name of each column, joined from the rows that name it."""
    names: dict[int, list[str]] = {}
    for row in rows:
        for start, cell in row.cells:
            text = cell.text
            for column in range(start, start + cell.columns):
                known = names.setdefault(column, [])
                if text and text not in known:
                    known.append(text)
    return {column: " - ".join(parts) for column, parts in names.items()}


def _long_columns(rows: list[_Row]) -> set[int]:
    """Return the columns in which a cell holds a list or paragraphs too long for a line of a table."""
    return {
        column for row in rows for column, cell in row.cells if len(cell.pieces) > 1 and len(cell.text) > _LINE_CHARS
    }


def _header_piece(row: _Row) -> Iterator[Piece]:
    """Yield a row that names columns: each cell is its own column."""
    names = [cell.text for _, cell in row.cells]
    text = _SEPARATOR.join(name for name in names if name)
    if text:
        yield Piece(BlockKind.TABLE_ROW, text, cells=tuple(Cell(name, name) for name in names))


def _row_pieces(row: _Row, columns: dict[int, str], long: set[int]) -> Iterator[Piece]:
    """Yield the row, then the items of the cells that leave it."""
    cells: list[Cell] = []
    links: list[Link] = []
    apart: list[tuple[str, _Cell]] = []
    for column, cell in row.cells:
        name = columns.get(column, "")
        if cell.told_apart(long=column in long):
            cells.append(Cell(name, ""))
            apart.append((name, cell))
        else:
            cells.append(Cell(name, cell.text))
            links.extend(link for piece in cell.pieces for link in piece.links)
    text = _SEPARATOR.join(cell.text for cell in cells if cell.text)
    if text:
        yield Piece(BlockKind.TABLE_ROW, text, cells=tuple(cells), links=tuple(links))
    for name, cell in apart:
        under = tuple(label for label in (cells[0].text, name) if label)
        yield from (replace(piece, under=under, bold=False, size=0) for piece in cell.pieces)
