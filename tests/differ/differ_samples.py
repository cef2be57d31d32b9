"""Two documents of our own that differ in one clause."""

from __future__ import annotations

import hashlib

from storage.model import Block, BlockKind, Change, Document
from watcher.differ import compare

FILLER = (
    "This page describes how the workshop handles the papers of the people who come by to learn a trade.",
    "The workshop stands in Groningen, and all letters are answered by its small staff within a few days.",
)


def block(text: str, path: tuple[str, ...] = (), kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    """A block of a document."""
    return Block(kind, text, path, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


def document(blocks: list[Block], language: str) -> Document:
    """A document of these blocks."""
    digest = hashlib.sha256("\n".join(f"{each.kind} {each.text}" for each in blocks).encode()).hexdigest()
    return Document("Privacy", language, None, None, tuple(blocks), digest, "test")


def gravest(before: str | None, after: str | None, heading: str, language: str) -> Change:
    """The gravest change between two documents that differ in one clause under a heading."""

    def around(text: str | None) -> Document:
        middle = [block(text, ("Privacy", heading))] if text else []
        return document([block(FILLER[0]), *middle, block(FILLER[1])], language)

    return compare(around(before), around(after)).changes[0]
