"""Recipients that stand in the structure of a document: table rows, list items, definitions, headings with labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from storage.model import Block, BlockKind, Recipient
from watcher.differ.recipients.beside import names_another
from watcher.differ.recipients.cards import card_at, labelled
from watcher.differ.recipients.items import LONG_DETAIL, examples, item_of, opened_by_name, pair_of, split_item
from watcher.differ.recipients.lines import lines_at
from watcher.differ.recipients.names import companies, has_form, looks_like_name
from watcher.differ.recipients.phrases import PHRASES
from watcher.differ.recipients.rows import recipients_of_row

_LONGEST = 1000  # characters of a list item that may still be an entry
_ITEM = 300  # characters of a list item in which a company is looked for
_AROUND = 6  # items on either side that tell whether a list holds names
_LEAD = 300  # characters at the end of a lead-in that announce what follows


@dataclass(frozen=True, slots=True)
class Mention:
    """A recipient with the place it was read from. `explicit`: the words say that it gets or handles the data."""

    recipient: Recipient
    block: Block
    quote: str
    structural: bool
    explicit: bool


def structural_mentions(blocks: Sequence[Block], skip: AbstractSet[str] = frozenset()) -> Iterator[Mention]:
    """The recipients of tables, lists, definitions, grids and labelled headings, in reading order.

    Rows and items whose text is in `skip` are not read: what stands in both documents tells no difference.
    """
    lead: Block | None = None
    above: dict[int, str] = {}
    taken: set[int] = set()
    for index, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING or block.kind is BlockKind.PARAGRAPH:
            for name, found in _from_layout(blocks, index, taken):
                yield Mention(found, name, name.text, structural=True, explicit=True)
        if block.kind is BlockKind.HEADING:
            lead = None
        elif block.kind is BlockKind.PARAGRAPH and not (lead and lead.text.endswith(":") and _short(block)):
            lead = block
        elif index not in taken and (block.text not in skip or _has_labels_below(blocks, index)):
            parent = _parent(above, block.level) if above else ""
            words = parent or (lead.text if lead and lead.path == block.path else "")
            if not (parent and looks_like_name(parent) and labelled(block.text)):  # it tells of the party above it
                yield from _of_entry(blocks, index, words)
        if above:
            above = {level: text for level, text in above.items() if level < block.level}
        if block.kind is BlockKind.LIST_ITEM:
            above[block.level] = block.text


def _parent(above: dict[int, str], level: int) -> str:
    """The nearest text of a lesser level."""
    return next((above[lesser] for lesser in range(level - 1, 0, -1) if lesser in above), "")


def _of_entry(blocks: Sequence[Block], index: int, lead: str) -> Iterator[Mention]:
    """The recipients of a row, item or definition; of an item only when the list around it is one of names."""
    block = blocks[index]
    found = _of_block(block, lead)
    if (
        not found
        and block.kind is BlockKind.LIST_ITEM
        and len(block.text) <= _ITEM
        and companies(block.text)  # most items name none, and words before a name are looked for at greater cost
        and not names_another(f"{lead} {block.text}")
    ):
        found = _companies_of(blocks, index, lead)
    for recipient in found:
        if block.kind is not BlockKind.LIST_ITEM or _believable(blocks, index, recipient):
            whole = _with_items_below(blocks, index, recipient) if len(found) == 1 else recipient
            yield Mention(whole, block, block.text, structural=True, explicit=True)


def _has_labels_below(blocks: Sequence[Block], index: int) -> bool:
    """True for an item with a labelled one below its own: it is read where it stands in both documents too."""
    block, below = blocks[index], blocks[index + 1 : index + 2]
    nested = below and block.kind is below[0].kind is BlockKind.LIST_ITEM and below[0].level > block.level
    return bool(nested and labelled(below[0].text))


def _with_items_below(blocks: Sequence[Block], index: int, recipient: Recipient) -> Recipient:
    """A party with what the labelled items below its own tell of it."""
    block = blocks[index]
    if block.kind is not BlockKind.LIST_ITEM or recipient.name != block.text:
        return recipient
    values: dict[str, str] = {}
    for below in blocks[index + 1 : index + 1 + _AROUND]:
        if below.kind is not BlockKind.LIST_ITEM or below.level <= block.level:
            break
        values = labelled(below.text) | values
    return Recipient(recipient.name, values.get("purpose"), values.get("location"), values.get("role"))


def _companies_of(blocks: Sequence[Block], index: int, lead: str) -> list[Recipient]:
    """The companies of an item, wherever in it they stand: below words on recipients, or where most items name one."""
    block = blocks[index]
    own = [name for name, _ in companies(block.text)]
    if not own:
        return []
    told = _context(lead[-_LEAD:], block.path[-2:])
    near = _near(blocks, index)
    naming = sum(bool(companies(one.text[:_ITEM])) for one in near)
    if told in {"strong", "sharing"} or (not told and naming > 1 and 2 * naming >= len(near)):
        label, colon, _ = block.text.partition(": ")
        purpose = label if colon and len(own) == 1 and own[0] not in label else None
        return [Recipient(name, purpose) for name in own]
    return []


def _near(blocks: Sequence[Block], index: int) -> list[Block]:
    """The items of the same list around one."""
    block = blocks[index]
    around = blocks[max(0, index - _AROUND) : index + _AROUND + 1]
    return [one for one in around if one.kind is block.kind and one.path == block.path and one.level == block.level]


def _believable(blocks: Sequence[Block], index: int, recipient: Recipient) -> bool:
    """A name without a legal form counts in a list where at least half of the items around it begin with names."""
    if has_form(recipient.name) or not blocks[index].text.startswith(recipient.name):
        return True
    near = _near(blocks, index)
    return 2 * sum(_begins_with_name(one.text) for one in near) >= len(near)


@lru_cache(maxsize=2048)
def _begins_with_name(text: str) -> bool:
    return len(text) <= _LONGEST and looks_like_name(split_item(text)[0])


def _from_layout(blocks: Sequence[Block], index: int, taken: set[int]) -> list[tuple[Block, Recipient]]:
    """Recipients that begin at a block that is a heading with labels under it, or the first column name of a grid."""
    block = blocks[index]
    if block.kind is BlockKind.HEADING and (card := card_at(blocks, index)):
        recipient, places = card
        taken |= places
        return [(block, recipient)]
    if index in taken:
        return []
    rows, places = lines_at(blocks, index)
    taken |= places
    return rows or _from_paragraph(block)


def _from_paragraph(block: Block) -> list[tuple[Block, Recipient]]:
    """The party of a paragraph that opens with its name, below a heading on parties."""
    if block.kind is not BlockKind.PARAGRAPH or not block.path or _context("", block.path[-1:]) != "strong":
        return []
    recipient = opened_by_name(block.text)
    return [(block, recipient)] if recipient else []


def recipient_row(block: Block) -> Recipient | None:
    """The recipient of a single table row or list item, by its columns, its headings and its shape alone."""
    return next(iter(_of_block(block, "")), None)


def _of_block(block: Block, lead: str) -> list[Recipient]:
    if block.kind is BlockKind.HEADING or (len(block.text) > _LONGEST and not block.cells):
        return []
    context = _context(lead[-_LEAD:], block.path[-2:])
    if block.kind is BlockKind.TABLE_ROW and block.cells:
        return recipients_of_row(block, context)
    if not context:
        return []
    if found := examples(block.text):
        return found
    items = [item_of(part, context) for part in pair_of(block.text)]
    return [item for item in items if item]


@lru_cache(maxsize=1024)
def _context(lead: str, path: tuple[str, ...]) -> str:
    """How surely the words above a block announce recipients: "strong", "sharing", "cookies" or ""."""
    above = [lead.lower(), *(heading[:_LEAD].lower() for heading in reversed(path))]
    for text in above:
        if text and PHRASES.strong.search(text) and not _excludes(text):
            return "strong"
        if text and PHRASES.cookies.search(text):
            return "cookies"
    return "sharing" if any(PHRASES.sharing.search(text) for text in above) else ""


def _excludes(text: str) -> bool:
    """A lead-in that speaks of cookies, or of data that come from others, announces no recipients."""
    return bool(re.search(r"cookie|we (?:collect|receive|obtain)|verzamelen wij|wir erhalten|nous recevons", text))


def _short(block: Block) -> bool:
    return len(block.text.split()) <= LONG_DETAIL
