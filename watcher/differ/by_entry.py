"""Clauses of lists of parties told by party: what belongs to one entry is never held against another's.

Alignment pairs lines that are alike. In a list of sub-processors the line of one who left ("Transfer: none") may stand
where that of a new one does now, which says nothing of either; and a row whose name changed may find no partner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storage.model import Block, BlockKind, ChangeKind, Document, RecipientDelta
from watcher.differ.pieces import Piece

# Beyond so many pieces or parties nobody reads the entries one by one.
_MOST = 2_000
_ITEM = 300  # characters of an item that is an entry of its own


def by_entry(pieces: Sequence[Piece], recipients: RecipientDelta, old: Document, new: Document) -> list[Piece]:
    """The pieces with lines of two parties taken apart, rows of one party put together, items named by their party."""
    told = len(recipients.added) + len(recipients.removed) + len(recipients.changed)
    if not told or max(told, len(pieces)) > _MOST:
        return list(pieces)
    gone, came = ({one.name for one in side} for side in (recipients.removed, recipients.added))
    stayed = {one.name for one in recipients.changed}
    above = {**_items_above(old.blocks, gone), **_items_above(new.blocks, came | stayed)}
    named = [_below_party(piece, above) for piece in pieces]
    lines = _lines_of(old.blocks, gone)
    apart = [one for piece in named for one in _apart(piece, gone, came, lines)]
    return _below_heads(_together(apart, recipients), gone | came)


def _items_above(blocks: Sequence[Block], names: set[str]) -> dict[int, str]:
    """The party whose item an item lies below, by the identity of the block."""
    found: dict[int, str] = {}
    party: Block | None = None
    for block in blocks:
        if block.kind is not BlockKind.LIST_ITEM or (party and block.level <= party.level):
            party = None
        if party is not None:
            found[id(block)] = party.text
        elif block.kind is BlockKind.LIST_ITEM and block.text in names:
            party = block
    return found


def _below_party(piece: Piece, above: dict[int, str]) -> Piece:
    """A piece of an item below a party's own, with the party as the last of its headings."""
    party = above.get(id(piece.block))
    return piece._replace(section=(*piece.section, party)) if party else piece


def _lines_of(blocks: Sequence[Block], names: set[str]) -> dict[str, list[tuple[str, ...]]]:
    """The headings above the lines of parties that left, by what the lines say."""
    above = _items_above(blocks, names)
    found: dict[str, list[tuple[str, ...]]] = {}
    for block in blocks:
        party = above.get(id(block))
        if party:
            found.setdefault(block.text, []).append((*block.path, party))
        elif block.path and block.path[-1] in names:
            found.setdefault(block.text, []).append(block.path)
    return found


def _apart(piece: Piece, gone: set[str], came: set[str], lines: dict[str, list[tuple[str, ...]]]) -> Iterator[Piece]:
    """An entry, or a line of one, that left in the place of one that came, as two pieces."""
    homes: list[tuple[str, ...]] = []
    if piece.kind is ChangeKind.MODIFIED and piece.section and piece.section[-1] in came:
        homes = lines.get(piece.before or "", [])
    elif piece.kind is ChangeKind.MODIFIED and _opens(piece, piece.before, gone) and _opens(piece, piece.after, came):
        homes = [piece.section]
    if homes:
        yield piece._replace(kind=ChangeKind.REMOVED, after=None, section=homes.pop(0), last=False)
        yield piece._replace(kind=ChangeKind.ADDED, before=None)
    else:
        yield piece


def _opens(piece: Piece, text: str | None, names: set[str]) -> bool:
    """True for an item or heading that begins with one of the names, as a whole word."""
    if piece.block.kind not in {BlockKind.HEADING, BlockKind.LIST_ITEM} or not text or len(text) > _ITEM:
        return False
    return any(text.startswith(name) and not text[len(name) : len(name) + 1].isalnum() for name in names)


def _together(pieces: list[Piece], recipients: RecipientDelta) -> list[Piece]:
    """The row that went and the row that came of a party that stayed, as one piece."""
    rows: dict[tuple[ChangeKind, str], list[Piece]] = {}
    for piece in pieces:
        for text in {cell.text for cell in piece.block.cells}:
            rows.setdefault((piece.kind, text), []).append(piece)
    partner: dict[int, Piece] = {}
    for change in recipients.changed:
        was = change.before if change.field == "name" else change.name
        gone = rows.get((ChangeKind.REMOVED, was or ""), [])
        came = rows.get((ChangeKind.ADDED, change.name), [])
        if len(gone) == len(came) == 1:
            partner[id(gone[0])] = partner[id(came[0])] = gone[0]
    merged = []
    for piece in pieces:
        other = partner.get(id(piece))
        if other is None:
            merged.append(piece)
        elif piece is not other:
            merged.append(piece._replace(kind=ChangeKind.MODIFIED, before=other.before))
    return merged


def _below_heads(pieces: list[Piece], names: set[str]) -> list[Piece]:
    """Each line of a party that came or went right below its name."""
    lines: dict[tuple[ChangeKind, str], list[Piece]] = {(one.kind, one.text): [] for one in pieces if one.text in names}
    others: list[Piece] = []
    for piece in pieces:
        home = lines.get((piece.kind, piece.section[-1])) if piece.section else None
        (others if home is None else home).append(piece)
    return [one for piece in others for one in (piece, *lines.pop((piece.kind, piece.text), ()))]
