"""What the topic of a piece is read from: its words, its headings, its shape, and the document it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import Evidence
from watcher.differ.recipients import recipient_row
from watcher.differ.topics import Reading

# What a row of a table of recipients speaks for sub-processors, whatever words it holds.
_ROW = 4.0
# What a changed mail address or phone number speaks for contact, where addresses are such a share of the changed words.
_ADDRESS = 2.5
_MUCH = 0.25


def read_piece(evidence: Evidence, kinds: Sequence[str]) -> Reading:
    """All that speaks for the topic of a piece; `kinds` are the marks of the document (weighing.document_kinds)."""
    piece = evidence.piece
    block = piece.block
    headings = [*piece.section]
    bonus = []
    table = block.kind is BlockKind.TABLE_ROW
    if table and len(block.cells) > 1:
        headings.append(" ".join(cell.column for cell in block.cells[:1]))
    if table and recipient_row(block) is not None:
        bonus.append((Topic.SUBPROCESSORS, _ROW))
    if _of_addresses(evidence):
        bonus.append((Topic.CONTACT, _ADDRESS))
    marks = (*kinds, "row") if table else tuple(kinds)
    changed, clause = evidence.changed or piece.text, evidence.clause
    return Reading(changed, clause, tuple(headings), evidence.language, tuple(bonus), marks)


def _of_addresses(evidence: Evidence) -> bool:
    """True when mail addresses and phone numbers make up much of what changed in a clause that stays."""
    went, came = evidence.addresses
    changed = sum((evidence.gone + evidence.came).values())
    return evidence.piece.kind is ChangeKind.MODIFIED and sum((went + came).values()) >= _MUCH * max(changed, 1)
