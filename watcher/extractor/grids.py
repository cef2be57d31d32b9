"""Recognise a table that is made of `div`s: rows with the same number of short cells under a row that names them."""

from __future__ import annotations

from collections.abc import Collection

from bs4 import Tag

from watcher.extractor.tags import attribute, is_bold, is_silent, is_text

_CONTAINERS = frozenset({"div", "section"})
_FEWEST_ROWS = 3  # the names of the columns and two rows: fewer are as likely two columns of a page
_CELLS = range(2, 9)
_CELL_CHARS = 160
# A cell of a table holds no parts of a page.
_PARTS = frozenset(
    {"article", "dl", "form", "h1", "h2", "h3", "h4", "h5", "h6", "img", "li", "nav", "p", "section", "table", "ul"}
)


def grid_rows(tag: Tag, dropped: Collection[int]) -> list[list[Tag]] | None:
    """Return the cells of each row when an element is a table in all but name, else None.

    The rows are its only children, of one kind and with equally many children; every cell is a short run of text; and
    the first row alone is bold, which is what makes its cells the names of columns and the rest a table: cards, menus
    and columns of a page have no such row.
    """
    if tag.name not in _CONTAINERS or attribute(tag, "role"):
        return None
    rows = _children(tag, dropped)
    if rows is None or len(rows) < _FEWEST_ROWS or len({row.name for row in rows}) > 1:
        return None
    cells = [_children(row, dropped) or [] for row in rows[:1]]
    if len(cells[0]) not in _CELLS or not all(_is_bold(cell) for cell in cells[0]):
        return None
    cells += [_children(row, dropped) or [] for row in rows[1:]]
    if len({len(row) for row in cells}) > 1 or not all(_is_short(cell) for row in cells for cell in row):
        return None
    return None if any(all(_is_bold(cell) for cell in row) for row in cells[1:]) else cells


def _children(tag: Tag, dropped: Collection[int]) -> list[Tag] | None:
    """Return the elements right below; None when there is text between them."""
    if any(is_text(node) and str(node).strip() for node in tag.contents if not isinstance(node, Tag)):
        return None
    return [node for node in tag.contents if isinstance(node, Tag) and not is_silent(node) and id(node) not in dropped]


def _is_bold(cell: Tag) -> bool:
    """Tell whether all text of a cell is bold."""
    if is_bold(cell):
        return True
    inner = [node for node in cell.contents if isinstance(node, Tag) or str(node).strip()]
    return len(inner) == 1 and isinstance(inner[0], Tag) and is_bold(inner[0])


def _is_short(cell: Tag) -> bool:
    """Tell whether a cell is a short run of text."""
    return cell.find(_PARTS) is None and len(cell.get_text(strip=True)) <= _CELL_CHARS
