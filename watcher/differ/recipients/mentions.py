"""All recipients of a document with the places they were read from, each party once."""

from __future__ import annotations

import re
from collections import Counter

from storage.model import BlockKind, Document
from watcher.differ.recipients.names import entity_key
from watcher.differ.recipients.prose import prose_mentions
from watcher.differ.recipients.structure import Mention, structural_mentions

_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][\w&.-]*\w")
_OFTEN, _SHARE = 12, 0.12  # a word in so many blocks, and in such a share of them, is the vendor's own name


def recipient_mentions(document: Document) -> tuple[Mention, ...]:
    """The mentions of a document, one for each party: structure first, then explicit sentences, then the rest.

    A sentence that names a listed party by its first word ("Example" for "Example Cloud Ltd.") gives no second one.
    """
    structural = list(structural_mentions(document.blocks))
    listed = {id(mention.block) for mention in structural}
    others = [block for block in document.blocks if id(block) not in listed]
    own = _own_words(document)
    prose = [
        mention
        for mention in prose_mentions(others, document.language)
        if mention.recipient.name.split()[0].lower() not in own
    ]
    kept: dict[str, Mention] = {}
    begun: set[str] = set()
    for mention in (*structural, *(one for one in prose if one.explicit), *prose):
        strict = entity_key(mention.recipient.name).strict
        if strict in kept or (not mention.structural and strict in begun):
            continue
        kept[strict] = mention
        words = strict.split()
        begun.update(" ".join(words[:count]) for count in range(1, len(words)))
    return tuple(kept.values())


def _own_words(document: Document) -> frozenset[str]:
    """Words that name the document's own party: those of its title, and those that run through the whole text."""
    texts = [document.title or "", *(block.text for block in document.blocks[:1] if block.kind is BlockKind.HEADING)]
    found = {word.lower() for text in texts for word in _CAPITAL.findall(text)}
    counts = Counter(
        word for block in document.blocks for word in {each.lower() for each in _CAPITAL.findall(block.text)}
    )
    least = max(_OFTEN, len(document.blocks) * _SHARE)
    found |= {word for word, count in counts.items() if count >= least}
    return frozenset(found)
