"""Rules on who has to act: what is done unless the reader objects, and what is done only for those who asked.

Where nothing is done with data before the reader acts, the reader has consented (GDPR, Articles 4(11) and 7); where
it is done until the reader acts, there is a right to object at most (Article 21).
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import Topic
from watcher.differ.evidence import starts_in
from watcher.differ.rules.finding import Finding
from watcher.differ.rules.statement import read
from watcher.differ.rules.turn import Gate, Turn, either, nays
from watcher.differ.rules.wordlists import says

_GATE = Gate("choice", "what one had to ask for is done unless one objects", "done only for those who choose it")
_GOOD = Gate("choice", "what all got is done only for those who ask", "what one had to ask for is done for all")


def choice(turn: Turn) -> Iterator[Finding]:
    """What was done for those who chose it and is now done unless one objects, or the other way."""
    was, now = (_way(turn, side) for side in (turn.was, turn.now))
    if not was or not now or was == now:
        return
    asked = was == "in"
    if _serves(turn):
        yield from either((not asked, asked), _GOOD, None)
    else:
        trained = turn.case.evidence.lexicon.lists["train"]
        training = all(starts_in(side, trained) for side in (turn.was, turn.now))
        yield from either((asked, not asked), _GATE, Topic.AI if training else None)


def _way(turn: Turn, side: str) -> str:
    """How the reader takes part by one wording: "in" by asking, "out" by objecting; empty where it does not say."""
    unless, only = (says(side, name, turn.language) for name in ("unless-reader", "only-if-reader"))
    asks = only or starts_in(side, turn.case.evidence.lexicon.lists["ask"])
    if unless:
        return "" if only else "in" if asks and nays(turn, side) else "" if nays(turn, side) else "out"
    return "in" if asks and not nays(turn, side) else ""


def _serves(turn: Turn) -> bool:
    """True for what is done for the reader's good: a measure, a deletion, word of a change."""
    evidence = turn.case.evidence
    if turn.guards() or starts_in(turn.was, evidence.lexicon.lists["delete"]):
        return True
    values = read(turn.was, evidence.lexicon, evidence.language, turn.case.topics[:3]).values
    return any(values[name] > 0 for name in ("notify", "delete"))
