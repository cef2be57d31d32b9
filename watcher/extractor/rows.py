"""Rows of a table of data, from HTML or Markdown alike, as pieces of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.model import BlockKind, Cell, Link
from watcher.extractor.pieces import Piece, without_bullet
from watcher.extractor.text import normalise

# A list in a cell that is longer than this is told item by item, a shorter one (two countries) in the row.
_LINE_CHARS = 120
_LABEL_CHARS = 160
_SEPARATOR = " | "


@dataclass(slots=True)
class TableCell:
    """One cell: its pieces of text and what the markup says about it; `told` is its text once that was asked for."""

    pieces: list[Piece]
    header: bool
    columns: int
    rows: int
    told: str | None = None

    @property
    def text(self) -> str:
        """The whole text of the cell in one line; items of a short list are parted by semicolons."""
        if self.told is None:
            self.told = "; ".join([without_bullet(normalise(piece.text)) for piece in self.pieces])
        return self.told

    def told_apart(self, *, long: bool) -> bool:
        """Tell whether the items of the cell leave the row; `long` says that its column holds long lists."""
        return long and (len(self.pieces) > 1 or any(piece.kind is BlockKind.LIST_ITEM for piece in self.pieces))


@dataclass(slots=True)
class TableRow:
    """One row after spans are spread: cells with the column they start in."""

    cells: list[tuple[int, TableCell]]
    header: bool


def row_pieces(rows: Sequence[TableRow], headers: int) -> list[Piece]:
    """Return the pieces of a table whose first `headers` rows name the columns.

    A row becomes one TABLE_ROW whose cells know their columns. In a column that holds long lists or several paragraphs
    these leave the row: the items follow as pieces of their own, so that every text stands once and a new item in a
    cell is a new piece.
    """
    columns = _column_names(rows[:headers])
    long = _long_columns(rows[headers:])
    pieces: list[Piece] = []
    for index, row in enumerate(rows):
        if index < headers:
            pieces.extend(_header_piece(row))
        elif long and any(cell.told_apart(long=column in long) for column, cell in row.cells):
            pieces.extend(_row_pieces(row, columns, long))
        else:
            cells = tuple([Cell(columns.get(column, ""), cell.text) for column, cell in row.cells])
            if text := _SEPARATOR.join([cell.text for cell in cells if cell.text]):
                links = tuple([link for _, cell in row.cells for piece in cell.pieces for link in piece.links])
                clean = not links and text[:1].isalnum()
                pieces.append(Piece(BlockKind.TABLE_ROW, text, cells=cells, links=links, clean=clean))
    return pieces


def _column_names(rows: Sequence[TableRow]) -> dict[int, str]:
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


def _long_columns(rows: Sequence[TableRow]) -> set[int]:
    """Return the columns in which a cell holds a list or paragraphs too long for a line of a table."""
    return {
        column for row in rows for column, cell in row.cells if len(cell.pieces) > 1 and len(cell.text) > _LINE_CHARS
    }


def _header_piece(row: TableRow) -> Iterator[Piece]:
    """Yield a row that names columns: each cell is its own column."""
    names = [cell.text for _, cell in row.cells]
    text = _SEPARATOR.join(name for name in names if name)
    if text:
        yield Piece(BlockKind.TABLE_ROW, text, cells=tuple(Cell(name, name) for name in names))


def _row_pieces(row: TableRow, columns: dict[int, str], long: set[int]) -> Iterator[Piece]:
    """Yield the row and the items of the cells that leave it; those of its first cells stand before it, as read."""
    cells: list[Cell] = []
    links: list[Link] = []
    apart: list[tuple[int, str, TableCell]] = []
    for column, cell in row.cells:
        name = columns.get(column, "")
        if cell.told_apart(long=column in long):
            apart.append((len(cells), name, cell))
            cells.append(Cell(name, ""))
        else:
            cells.append(Cell(name, cell.text))
            links.extend(link for piece in cell.pieces for link in piece.links)
    label = next((cell.text for cell in cells if cell.text), "")
    first = next((place for place, cell in enumerate(cells) if cell.text), 0)
    yield from (piece for place, name, cell in apart if place < first for piece in _items(cell, label, name))
    text = _SEPARATOR.join(cell.text for cell in cells if cell.text)
    if text:
        yield Piece(BlockKind.TABLE_ROW, text, cells=tuple(cells), links=tuple(links))
    yield from (piece for place, name, cell in apart if place >= first for piece in _items(cell, label, name))


def _items(cell: TableCell, label: str, name: str) -> Iterator[Piece]:
    """Yield what a cell holds as pieces under the row's label and the column's name."""
    under = tuple(part for part in (label, name) if part and len(part) <= _LABEL_CHARS)
    return (piece._replace(under=under, bold=False, size=0) for piece in cell.pieces)
