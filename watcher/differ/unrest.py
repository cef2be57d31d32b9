"""The order of equal list items and the way in which days are written: a page's own unrest, which makes no version.

Both documents are brought into one form, and what differs then is more than unrest. The form is careful: only items of
a list that is not counted, under words that say nothing of an order, may change places, each with what hangs below it;
a day is read only where it can be but one day, so 03/04 is no other way to write 04/03.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from storage.model import Block, BlockKind, Cell, Document
from watcher.days import find_days
from watcher.differ.words import fold

# The characters of a block of which days are read, and of a lead that may speak of an order.
_LONG = 20_000
_LEAD = 400
_SHORT = 12
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\w)")
# Lists are put in order so many levels deep.
_DEEP = 20
# What counts an item: "1.", "(a)", "iv)", "Step 2", "§ 3".
_COUNTED = re.compile(
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[A-Za-z])[.)\]:]|§|#\s?\d"
    r"|(?i:step|stap|schritt|[eé]tape|phase|fase|level|niveau|stufe|tier|prio\w*|rang|rank)\s\d",
)


def in_one_form(document: Document) -> Document:
    """The document with items that may stand in any order sorted, and each sure day written alike.

    Two documents that come out equal differ in unrest alone. Kinds and places of all other blocks stay.
    """
    blocks = [_plain_days(block, document.language) for block in document.blocks]
    place = 0
    while place < len(blocks):
        end = place
        while end < len(blocks) and _belongs(blocks[end], blocks[place]):
            end += 1
        if end - place > 1 and not _is_ranked(blocks, place):
            blocks[place:end] = _sorted(blocks[place:end])
        place = max(end, place + 1)
    return replace(document, blocks=tuple(blocks))


def same_days(before: str, after: str, language: str | None) -> bool:
    """True when two wordings are equal but for the way in which sure days are written."""
    one, other = _iso(before, language), _iso(after, language)
    return one is not None and one == other


def _belongs(block: Block, first: Block) -> bool:
    """True for an item of the list that begins with the first one."""
    items = block.kind is BlockKind.LIST_ITEM and first.kind is BlockKind.LIST_ITEM
    return items and block.path == first.path and block.level >= first.level


def _is_ranked(blocks: Sequence[Block], place: int) -> bool:
    """True when what stands above a list says that its order means something."""
    above = blocks[place - 1] if place else None
    lead = _SENTENCE.split(above.text[-_LEAD:])[-1] if above and not above.cells else ""
    if lead.count(" ") < _SHORT and _says(lead, "steps"):
        return True
    return any(_says(text, "ranked") for text in (*blocks[place].path[-1:], lead))


class _Item(NamedTuple):
    """The parts of an item, and the lists below them, as they stand."""

    head: Block
    rest: tuple[Block, ...]


def _sorted(run: Sequence[Block], depth: int = 0) -> Iterator[Block]:
    """The items of a list in an order of their own, each with all below it; as they stand where they must."""
    items = [_Item(item.head, tuple(_below(item, depth))) for item in _items(run)]
    for item in items if depth == _DEEP or _is_fixed(items) else sorted(items, key=_name):
        yield item.head
        yield from item.rest


def _items(run: Sequence[Block]) -> Iterator[_Item]:
    """The items of the outermost level; what is deeper, or belongs behind the one above, is part of that."""
    level = min((block.level for block in run), default=0)
    starts = [place for place, block in enumerate(run) if not place or (block.level == level and not block.ordered)]
    for start, end in zip(starts, [*starts[1:], len(run)], strict=True):
        yield _Item(run[start], tuple(run[start + 1 : end]))


def _below(item: _Item, depth: int) -> Iterator[Block]:
    """What stands below an item: its lists in an order of their own, its parts as they stand."""
    place = 0
    while place < len(item.rest):
        end = place + 1
        while end < len(item.rest) and item.rest[end].level > item.head.level:
            end += 1
        deeper = item.rest[place].level > item.head.level
        if deeper and depth < _DEEP:
            yield from _sorted(item.rest[place:end], depth + 1)
        else:
            yield from item.rest[place:end]
        place = end


def _is_fixed(items: Sequence[_Item]) -> bool:
    """True for items that are counted or put in sequence, or of which one leads to the next or speaks of its place."""
    texts = [item.head.text for item in items]
    counted = sum(_COUNTED.match(text) is not None for text in texts)
    leads = any(item.head.text.endswith(":") and not item.rest for item in items[:-1])
    sequence = 2 * counted >= len(items) or sum(map(_starts, texts)) > 1
    return leads or sequence or any(_says(text, "placed") for text in texts)


def _name(item: _Item) -> tuple[str, ...]:
    """What an item is sorted by: its text and the texts below it."""
    return (item.head.key, *(block.key for block in item.rest))


def _plain_days(block: Block, language: str | None) -> Block:
    """A block with each sure day as an ISO date."""
    text = _iso(block.text, language)
    if text is None:
        return block
    cells = tuple(Cell(cell.column, _iso(cell.text, language) or cell.text) for cell in block.cells)
    key = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return replace(block, text=text, key=f"day-{key}", cells=cells)


def _iso(text: str, language: str | None) -> str | None:
    """The text with its sure days as ISO dates; None when it holds none.

    In English 03/04/2024 may be two days and stays as it is; elsewhere the day stands first.
    """
    found = [
        day
        for day in find_days(text[:_LONG], language, month_first=None if language in {None, "en"} else False)
        if day.other is None or language not in {None, "en"}
    ]
    if not found:
        return None
    parts, last = [], 0
    for day in found:
        parts += [text[last : day.start], day.day.isoformat()]
        last = day.end
    return "".join([*parts, text[last:]])


def _says(text: str, name: str) -> bool:
    """True when a term of a list of `lexicon/order.toml` stands in a text."""
    return _terms(name).search(f" {fold(text)} ") is not None


def _starts(text: str) -> bool:
    """True for an item that begins with a word of sequence ("then", "finally")."""
    return _terms("sequence").match(f" {fold(text)} ") is not None


@cache
def _terms(name: str) -> re.Pattern[str]:
    """A list of words of order as a pattern; a blank stands for any white space and "*" for the rest of a word."""
    lists = tomllib.loads((Path(__file__).parent / "lexicon" / "order.toml").read_text("utf-8"))
    words = (re.escape(fold(term)).replace(r"\ ", r"\s+").replace(r"\*", r"\w*") for term in lists[name])
    before = r"\W*" if name == "sequence" else r"(?<!\w)"
    return re.compile(rf"{before}(?:{'|'.join(words)})(?!\w)")
