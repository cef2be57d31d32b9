"""A whole comparison in one line: "2 worse, 1 better: new recipient Acme Mail; retention 30 -> 90 days"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from notifier.language import Words
from notifier.phrases import ENGLISH, fact_step, topic_words
from notifier.sinks import cut, plain
from storage.model import Change, Comparison, Direction, FactChange, Severity, Verdict

LONGEST = 89  # characters: what a phone shows in two lines
_ENDING = re.compile(r"\s\((?:worse|better)\)$")
_PLACE = re.compile(r"^([A-Z][A-Za-z -]+) \([^()]*(?:\([^()]*\))?[^()]*\):")
_QUIET = {
    Verdict.SAME: "no difference",
    Verdict.NOISE: "only the page around the text changed",
    Verdict.BLOCKED: "one side is not the document",
}


def overview(comparison: Comparison) -> str:
    """What a comparison comes to, under 90 characters: how many changes are worse or better, and the gravest in short.

    Pure, one line, and made harmless for a sink. Without a material change it says so in fixed words.
    """
    told = [change for change in comparison.changes if change.severity is not Severity.INFO]
    if comparison.verdict is not Verdict.MATERIAL or not told:
        wording = f"{ENGLISH.count('count.change', len(comparison.changes))} of wording only"
        return _QUIET.get(comparison.verdict, wording)
    head = f"{_counts(told)}: "
    return head + _gists(told, LONGEST - len(head))


def in_short(topic: str, facts: Iterable[FactChange], summary: str, words: Words = ENGLISH) -> str:
    """A change in as few words as say it: a fact that went from one value to another, else its summary."""
    step = next((step for fact in facts if (step := fact_step(fact, words))), "")
    return f"{topic} {step}" if step else summary


def placeless(summary: str) -> str:
    """A summary without the heading that it names in brackets behind its topic, for where there is no room for it."""
    return _PLACE.sub(r"\1:", summary)


def undirected(summary: str) -> str:
    """A summary without the direction behind it, where that is told beside it."""
    return _ENDING.sub("", summary)


def _counts(changes: list[Change]) -> str:
    """Say "2 worse, 1 better, 3 other"."""
    found = Counter(change.direction for change in changes)
    names = ((Direction.WORSE, "worse"), (Direction.BETTER, "better"), (Direction.NEUTRAL, "other"))
    return ", ".join(f"{found[direction]} {name}" for direction, name in names if found[direction])


def _gists(changes: list[Change], room: int) -> str:
    """The gravest changes in short, parted by semicolons, as many as there is room for."""
    line = ""
    for gist in dict.fromkeys(_gist(change) for change in _by_weight(changes)):
        part = f"; {gist}" if line else gist
        if len(line) + len(part) <= room:
            line += part
        elif not line:
            return cut(part, room)
    return line


def _by_weight(changes: list[Change]) -> Iterator[Change]:
    """The changes gravest first, those that are worse before the others of their severity."""
    yield from sorted(changes, key=lambda change: (-change.severity.rank, change.direction is not Direction.WORSE))


def _gist(change: Change) -> str:
    """One change in short, without its direction, which the counts tell."""
    said = in_short(topic_words(change.topic), change.facts, placeless(undirected(plain(change.summary, 220))))
    named = change.rules[:1] == ("recipient.changed",)  # it begins with a name
    return said[:1].lower() + said[1:] if said[1:2].islower() and not named else said
