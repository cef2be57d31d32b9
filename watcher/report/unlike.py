"""Why two pages were not compared, in a sentence."""

from __future__ import annotations

from notifier.remedies import meaning
from storage.model import Comparison

_SIDES = {
    "old": "the old page is not the document",
    "new": "the new page is not the document",
    "both": "neither page is the document",
}


def why_blocked(comparison: Comparison) -> str:
    """Which page is not the document and what was there in its place, with the word that contracts.md has for it.

    "both" sides share one reason: that of the new page.
    """
    side = comparison.side or "new"
    found = f"{meaning(comparison.reason)} ({comparison.reason})"
    return f"not compared: {_SIDES[side]}{'; the new one is' if side == 'both' else ' but'} {found}"
