"""How the typed facts of one clause differ: what stands behind "30 days -> 90 days"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from storage.model import Block, BlockKind, ChangeKind, Document, Fact, FactChange, FactType
from watcher.differ.facts import find_facts
from watcher.differ.pieces import Piece

# Longer clauses are hostile or a whole document in one block; their facts are not told one by one.
_LONGEST = 6_000
# A line of so few words may be an item of a lead-in, which stands at most so many blocks before it.
_LINE = 10
_GROUP = 5
# What stands between the cells in the text of a row.
_CELLS = " | "


def fact_changes(piece: Piece, document: Document) -> tuple[FactChange, ...]:
    """The facts that a clause lost, gained and changed; none where both wordings state the same.

    `document` lends its language and title. Facts of one kind about the same subject are told as one change.
    """
    if max(len(piece.before or ""), len(piece.after or "")) > _LONGEST:
        return ()
    was, now = (_facts(piece, side, document) for side in (0, 1))
    shared = Counter(map(_entry, was)) & Counter(map(_entry, now))
    gone, came = _rest(was, shared), _rest(now, shared)
    changes: list[FactChange] = []
    for kind, subject, value in gone:
        other = _partner(kind, subject, came)
        if other is not None:
            came.remove(other)
        changes.append(FactChange(kind, subject if other is None else other[1], value, other[2] if other else None))
    changes += [FactChange(kind, subject, None, value) for kind, subject, value in came]
    return tuple(change for change in changes if change.before != change.after)


_Entry = tuple[FactType, str | None, str | None]


def _facts(piece: Piece, side: int, document: Document) -> tuple[Fact, ...]:
    """The facts of one wording, read as a document of this block alone, or with the lead-in that it belongs to."""
    text, lead = (piece.before, piece.after)[side], piece.leads[side]
    if text is None:
        return ()
    if lead is not None:
        text = text.removeprefix(lead.text).strip()
    block = piece.block if piece.block.text == text else _reworded(piece.block, text)
    above = _lead_in(piece, document) if lead is None else (replace(block, kind=BlockKind.PARAGRAPH, text=lead.text),)
    return find_facts(replace(document, blocks=(*above, block)))


def _reworded(block: Block, text: str) -> Block:
    """A block with another wording; of a table's row with its cells, where the wording has as many."""
    parts = text.split(_CELLS)
    same = len(parts) == len(block.cells) and _CELLS.join(cell.text for cell in block.cells) == block.text
    cells = tuple(replace(cell, text=part) for cell, part in zip(block.cells, parts, strict=True)) if same else ()
    return replace(block, text=text, cells=cells, links=())


def _lead_in(piece: Piece, document: Document) -> tuple[Block, ...]:
    """What introduces a short line ("Our officer:"): the block before that ends with a colon; nothing for others."""
    if piece.kind is not ChangeKind.MODIFIED or len(piece.text.split()) > _LINE:
        return ()
    place = next((at for at, block in enumerate(document.blocks) if block is piece.block), 0)
    near = document.blocks[max(0, place - _GROUP) : place]
    lead = next((block for block in reversed(near) if len(block.text.split()) > 1 and block.text.endswith(":")), None)
    return (lead,) if lead is not None and lead.path == piece.block.path else ()


def _entry(fact: Fact) -> _Entry:
    """What of a fact is compared: kind, subject, value."""
    subject, value = _READ[fact.type]
    return fact.type, subject(fact), value(fact)


def _rest(facts: Sequence[Fact], shared: Counter[_Entry]) -> list[_Entry]:
    """The entries that the other wording does not have, each once."""
    left = Counter(map(_entry, facts)) - shared
    return list(left)


def _partner(kind: FactType, subject: str | None, came: Sequence[_Entry]) -> _Entry | None:
    """The new entry that stands in the place of an old one: of the same subject, or the only one of its kind."""
    same = [entry for entry in came if entry[0] is kind]
    about = [entry for entry in same if entry[1] == subject]
    if kind in _SETS:
        return about[0] if about and kind is FactType.RECIPIENT else None
    return about[0] if about else same[0] if len(same) == 1 else None


def _of(*names: str) -> Callable[[Fact], str | None]:
    """A reader of fields, joined by a comma; None when all are empty."""

    def read(fact: Fact) -> str | None:
        return ", ".join(value for name in names if (value := fact.get(name))) or None

    return read


_READ: dict[FactType, tuple[Callable[[Fact], str | None], Callable[[Fact], str | None]]] = {
    FactType.RETENTION: (_of("subject"), _of("period")),
    FactType.RECIPIENT: (_of("name"), _of("name", "purpose", "location", "role")),
    FactType.TRANSFER: (_of("destination"), _of("destination", "mechanism")),
    FactType.AI: (_of(), _of("statement")),
    FactType.CONTACT: (_of("role"), _of("name", "email", "phone")),
    FactType.RIGHT: (_of(), _of("id")),
    FactType.LEGAL_BASIS: (_of("purpose"), _of("basis", "article")),
    FactType.SECURITY: (_of(), _of("measure")),
    FactType.NOTICE_PERIOD: (_of("of"), _of("period")),
    FactType.AUTHORITY: (_of(), _of("name")),
    FactType.GOVERNING_LAW: (_of(), _of("name")),
    FactType.DATA_CATEGORY: (_of(), _of("name")),
}
# Facts that stand beside each other: one never takes the place of another.
_SETS = frozenset({FactType.RIGHT, FactType.DATA_CATEGORY, FactType.SECURITY, FactType.RECIPIENT, FactType.AI})
