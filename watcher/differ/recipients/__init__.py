"""Named recipients of a document: processors, sub-processors, suppliers and other parties that get the data.

Structure speaks first (tables, lists, definitions, labelled headings under words that announce recipients), sentences
second. What the two say is kept apart, because a list that a vendor keeps is a promise and a sentence is often prose.
"""

from __future__ import annotations

from storage.model import Block, Document, Recipient
from watcher.differ.recipients.delta import recipient_delta
from watcher.differ.recipients.mentions import recipient_mentions
from watcher.differ.recipients.structure import Mention, row_of

__all__ = ["Mention", "find_recipients", "recipient_delta", "recipient_mentions", "recipient_row"]


def find_recipients(document: Document) -> tuple[Recipient, ...]:
    """The recipients a document names, each party once, in reading order; what a row says wins over a sentence."""
    return tuple(mention.recipient for mention in recipient_mentions(document))


def recipient_row(block: Block) -> Recipient | None:
    """The recipient of a single table row or list item, by its columns, its headings and its shape alone."""
    return row_of(block)
