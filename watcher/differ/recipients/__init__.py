"""Named recipients of a document: processors, sub-processors, suppliers and other parties that get the data.

Structure speaks first (tables, lists, definitions, labelled headings under words that announce recipients), sentences
second. What the two say is kept apart, because a list that a vendor keeps is a promise and a sentence is often prose.
The rules are imported when they are first asked for: names alone need none (`watcher.differ.recipients.names`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.differ.recipients.delta import recipient_delta
    from watcher.differ.recipients.mentions import find_recipients, recipient_mentions
    from watcher.differ.recipients.structure import Mention, recipient_row

__all__ = ["Mention", "find_recipients", "recipient_delta", "recipient_mentions", "recipient_row"]

_HOMES = {
    "Mention": "structure",
    "find_recipients": "mentions",
    "recipient_delta": "delta",
    "recipient_mentions": "mentions",
    "recipient_row": "structure",
}


def __getattr__(name: str) -> Any:
    """Import what this package offers."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
