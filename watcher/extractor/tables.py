"""Tell tables of data from tables of layout, and turn the rows of the former into pieces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from bs4 import Tag

from storage.model import BlockKind
from watcher.extractor.pieces import Piece
from watcher.extractor.rows import TableCell, TableRow, row_pieces
from watcher.extractor.tags import HEADINGS, attribute, is_silent, is_text
from watcher.extractor.text import normalise

Walk = Callable[[Tag, Collection[int]], list[Piece]]

# Spans are read up to these bounds: a page may claim any number.
_MAX_COLSPAN = 100
_MAX_ROWSPAN = 1000
_MAX_REPEATED = 20_000
_LAYOUT_CHARS = 1500
_HEADER_CHARS = 60
_TABLE_ROLES = frozenset({"table", "grid", "treegrid"})
_CELL_ROLES = frozenset({"cell", "gridcell", "columnheader", "rowheader"})
_ROW_ROLES = frozenset({"row"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})


def is_table(tag: Tag) -> bool:
    """Tell whether an element is a table, by its name or its role."""
    return tag.name == "table" or tag.attrs.get("role") in _TABLE_ROLES


def data_rows(table: Tag, dropped: Collection[int], walk: Walk) -> list[Piece] | None:
    """Return the pieces of a table of data; None for a table that only lays out the page.

    Cells that span rows are repeated in each, cells that span columns stand once.
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
    return [*pieces, *row_pieces(rows, header_rows(rows))]


def grid_pieces(rows: list[list[Tag]], dropped: Collection[int], walk: Walk) -> list[Piece]:
    """Return the pieces of a table that is made of other elements; its first row names the columns."""
    read = [([_read_cell(cell, dropped, walk) for cell in cells], False) for cells in rows]
    return row_pieces(_spread(read), 1)


def _find_rows(table: Tag, dropped: Collection[int]) -> list[tuple[list[Tag], bool]]:
    """Return the cells of each row of this table (not of tables inside it) and whether the row stands in a thead."""
    if table.name != "table":
        return _find_role_rows(table, dropped)
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


def _find_role_rows(table: Tag, dropped: Collection[int]) -> list[tuple[list[Tag], bool]]:
    """Return the same for a table that is made of roles."""
    rows: list[tuple[list[Tag], bool]] = []
    for row in _with_role(table, _ROW_ROLES):
        cells = list(_with_role(row, _CELL_ROLES))
        if cells and id(row) not in dropped:
            rows.append((cells, False))
    return rows


def _with_role(tag: Tag, roles: Collection[str]) -> Iterator[Tag]:
    """Yield the elements of some roles below an element, but not those in one another or in a table inside."""
    waiting = [iter(tag.contents)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node, Tag):
            if node.attrs.get("role") in roles:
                yield node
            elif not is_table(node):
                waiting.append(iter(node.contents))


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
        headers = headers or cell.name == "th" or attribute(cell, "role") == "columnheader"
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
            if is_table(node) or node.name in HEADINGS:
                return None
            blocks += node.name in {"p", "div"}
            if not is_silent(node):
                stack.append(iter(node.contents))
        elif is_text(node):
            chars += len(str(node).strip())
    return chars, blocks


def _read_cell(cell: Tag, dropped: Collection[int], walk: Walk) -> TableCell:
    """Walk one cell."""
    return TableCell(
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


def _spread(rows: list[tuple[list[TableCell], bool]]) -> list[TableRow]:
    """Give every cell its column, and repeat cells that span rows."""
    result: list[TableRow] = []
    repeated = 0
    waiting: dict[int, tuple[TableCell, int]] = {}
    for cells, head in rows:
        placed: list[tuple[int, TableCell]] = []
        column = 0
        queue = iter(cells)
        fresh: dict[int, tuple[TableCell, int]] = {}
        while True:
            if column in waiting:
                cell, left = waiting.pop(column)
                repeated += 1
                placed.append((column, replace(cell, pieces=cell.pieces if len(cell.pieces) == 1 else [], told=None)))
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
        result.append(TableRow(placed, head))
    return result


def header_rows(rows: list[TableRow]) -> int:
    """Return how many rows at the top name the columns."""
    count = 0
    for row in rows[:3]:
        if not (row.header or (len(row.cells) > 1 and all(cell.header for _, cell in row.cells))):
            break
        count += 1
    if count:
        return min(count, len(rows) - 1)
    return int(len(rows) > 2 and _looks_like_header(rows))


def _looks_like_header(rows: list[TableRow]) -> bool:
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
