"""All recipients of a document with the places they were read from, each party once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from storage.model import BlockKind, Document, Recipient
from watcher.differ.recipients.names import EntityKey, entity_key
from watcher.differ.recipients.prose import prose_mentions
from watcher.differ.recipients.structure import Mention, structural_mentions

_BLANK = re.compile(" ")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][\w&.-]*\w")
_MOST_PROSE = 1000  # names in sentences that are read; no policy has more, and every clause is told anyway
_MOST_NEW = 500  # the same where only what differs is read
_READ = 4000  # blocks in which a word may run through the text; no policy has more
_OFTEN, _SHARE = 12, 0.12  # a word in so many blocks, and in such a share of them, is the vendor's own name


def find_recipients(document: Document) -> tuple[Recipient, ...]:
    """The recipients a document names, each party once, in reading order; what a row says wins over a sentence."""
    return tuple(mention.recipient for mention in recipient_mentions(document))


def recipient_mentions(
    document: Document,
    skip: AbstractSet[str] = frozenset(),
    key: Callable[[str], EntityKey] = entity_key,
    *,
    most: int | None = None,
) -> tuple[Mention, ...]:
    """The mentions of a document, one for each party: structure first, then explicit sentences, then the rest.

    A sentence that names a listed party by its first word ("Example" for "Example Cloud Ltd.") gives no second one.
    Rows, items and paragraphs whose text is in `skip` are not read. `key` gives the key of a name. At most so
    many are read from the structure; None for all.
    """
    structural = list(islice(structural_mentions(document.blocks, skip), most))
    listed = {id(mention.block) for mention in structural}
    others = [block for block in document.blocks if id(block) not in listed]
    if len(structural) == most:
        others = [block for block in others if block.kind is BlockKind.PARAGRAPH]
    mentions = prose_mentions(others, document.language, skip, every=most is None)
    prose = list(islice(mentions, _MOST_PROSE if most is None else _MOST_NEW))
    if prose:
        own = _own_words(document)
        prose = [mention for mention in prose if mention.recipient.name.split()[0].lower() not in own]
    return tuple(_once((*structural, *(one for one in prose if one.explicit), *prose), key))


def _once(mentions: Sequence[Mention], key_of: Callable[[str], EntityKey]) -> Iterator[Mention]:
    """Each party once; rows with two legal forms of one name ("Example Inc.", "Example GmbH") are two parties."""
    forms: dict[str, set[str]] = {}
    begun: set[str] = set()
    prose = not all(mention.structural for mention in mentions)
    for mention in mentions:
        key = key_of(mention.recipient.name)
        known = forms.setdefault(key.strict, set())
        if known and (not mention.structural or not key.form or key.form in known or "" in known):
            continue
        if not mention.structural and key.strict in begun:
            continue
        known.add(key.form)
        if prose:
            begun.update(key.strict[: blank.start()] for blank in _BLANK.finditer(key.strict))
        yield mention


def _own_words(document: Document) -> frozenset[str]:
    """Words that name the document's own party: those of its title, and those that run through the whole text."""
    texts = [document.title or "", *(block.text for block in document.blocks[:1] if block.kind is BlockKind.HEADING)]
    found = {word.lower() for text in texts for word in _CAPITAL.findall(text)}
    read = document.blocks[:_READ]
    counts = Counter([word for block in read for word in set(_CAPITAL.findall(block.text))])
    least = max(_OFTEN, len(read) * _SHARE)
    return frozenset(found | {word.lower() for word, count in counts.items() if count >= least})
