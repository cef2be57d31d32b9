"""Recipients in tables that a page lays out without a table: boxes one after another, or lines with separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import Block, BlockKind, Recipient
from watcher.differ.recipients.items import LONG_DETAIL
from watcher.differ.recipients.names import has_form, looks_like_name
from watcher.differ.recipients.rows import column_kind, names_party, tells_columns

_COLUMN = 40  # characters of a block that may be the name of a column
_HEADER = 160  # characters of a line that may hold the names of all columns
_LABEL = 60  # characters of the name of one column in such a line
_LINE = 400
_MOST_COLUMNS = 8
_SEPARATORS = ("\t", "|", ";", ",")
_SEPARATED = re.compile(r"[\t|;,]")
_Found = list[tuple[Block, Recipient]]


def lines_at(blocks: Sequence[Block], index: int) -> tuple[_Found, set[int]]:
    """The recipients of the layout whose column names begin at a block, with their blocks' places; else nothing."""
    text = blocks[index].text
    if len(text) <= _HEADER and _SEPARATED.search(text):
        found, taken = _separated(blocks, index)
        if found:
            return found, taken
    if len(text) < _COLUMN and names_party(text) and column_kind(text) == "party":
        return _boxes(blocks, index)
    return [], set()


def _boxes(blocks: Sequence[Block], index: int) -> tuple[_Found, set[int]]:
    """Column names one after another, each a block, then the cells of each row."""
    kinds = [column_kind(block.text) if _is_column(block.text) else "" for block in blocks[index : index + 5]]
    width = next((i for i, kind in enumerate(kinds) if not kind), len(kinds))
    if width < 2 or not {"location", "purpose"} & set(kinds[:width]):
        return [], set()
    found: _Found = []
    taken: set[int] = set()
    place = index + width
    while place + width <= len(blocks):
        cells = blocks[place : place + width]
        if not all(_short(cell) for cell in cells) or not looks_like_name(cells[0].text):
            break
        found.append((cells[0], _recipient(kinds, [cell.text for cell in cells])))
        taken |= set(range(place, place + width))
        place += width
    return found, taken


def _is_column(text: str) -> bool:
    return len(text) < _COLUMN and not _SEPARATED.search(text)


def _short(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and len(block.text.split()) <= LONG_DETAIL


def _separated(blocks: Sequence[Block], index: int) -> tuple[_Found, set[int]]:
    """A line of column names ("Vendor,Service,Region"), then lines with as many parts."""
    kind = blocks[index].kind
    if index + 1 >= len(blocks) or blocks[index + 1].kind is not kind:
        return [], set()
    text, below = blocks[index].text, blocks[index + 1].text
    if not tells_columns(text):  # as hardly any line with commas
        return [], set()
    for mark in _SEPARATORS:
        count = text.count(mark)
        if not 1 <= count < _MOST_COLUMNS or below.count(mark) < count:
            continue
        parts = text.split(mark)
        if max(map(len, parts)) > _LABEL:
            continue
        kinds = [column_kind(part.strip(' "')) for part in parts]
        named = next((one for one in ("party", "name") if one in kinds), "")
        if not named or not {"location", "purpose"} & set(kinds):
            continue
        kinds[kinds.index(named)] = "party"
        found: _Found = []
        taken: set[int] = set()
        for place in range(index + 1, len(blocks)):
            parts = _parts(blocks[place].text, mark) if blocks[place].kind is kind else []
            if len(parts) != len(kinds) or not looks_like_name(parts[kinds.index("party")]):
                break
            found.append((blocks[place], _recipient(kinds, parts)))
            taken.add(place)
        if found:
            return found, taken
    return [], set()


def _parts(line: str, mark: str) -> list[str]:
    """The parts of a line; a legal form behind a comma belongs to the name before it ("Example, Inc.")."""
    if len(line) > _LINE:
        return []
    parts: list[str] = []
    for part in re.split(rf'{re.escape(mark)}(?=(?:[^"]*"[^"]*")*[^"]*$)', line):
        text = part.strip(' "')
        if parts and mark == "," and has_form(f"X {text}") and len(text.split()) == 1:
            parts[-1] = f"{parts[-1]}, {text}"
        else:
            parts.append(text)
    return parts


def _recipient(kinds: Sequence[str], parts: Sequence[str]) -> Recipient:
    values = dict(reversed([(kind, part) for kind, part in zip(kinds, parts, strict=False) if part]))
    return Recipient(values["party"], values.get("purpose"), values.get("location"), values.get("role"))
