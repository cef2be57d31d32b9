"""All recipients of a document with the places they were read from, each party once."""

from __future__ import annotations

from storage.model import Document
from watcher.differ.recipients.names import entity_key
from watcher.differ.recipients.prose import prose_mentions
from watcher.differ.recipients.structure import Mention, structural_mentions


def recipient_mentions(document: Document) -> tuple[Mention, ...]:
    """The mentions of a document, one for each party: structure first, then explicit sentences, then the rest.

    A sentence that names a listed party by its first word ("Example" for "Example Cloud Ltd.") gives no second one.
    """
    structural = list(structural_mentions(document.blocks))
    listed = {id(mention.block) for mention in structural}
    others = [block for block in document.blocks if id(block) not in listed]
    prose = list(prose_mentions(others, document.language))
    kept: dict[str, Mention] = {}
    for mention in (*structural, *(one for one in prose if one.explicit), *prose):
        strict = entity_key(mention.recipient.name).strict
        longer = not mention.structural and any(f"{known} ".startswith(f"{strict} ") for known in kept)
        if strict not in kept and not longer:
            kept[strict] = mention
    return tuple(kept.values())
