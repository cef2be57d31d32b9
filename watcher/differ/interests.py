"""What a user follows by words of their own: marks the changes that touch it, whatever else was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from storage.model import Change, ChangeKind, Comparison, Interest, Severity, Verdict
from watcher.differ.lexicon import compile_term, follows, plain_words
from watcher.differ.words import fold

# A page that was cut short says nothing about the words that are not there.
_CUT = "page.truncated"
_TITLE = 88


@dataclass(frozen=True, slots=True)
class _Term:
    """A term made ready: its words in order, each with "may it go on?"."""

    text: str
    words: tuple[tuple[str, bool], ...]


def follow(comparison: Comparison, interests: Sequence[Interest]) -> Comparison:
    """The comparison with the ids of all interests that its changes touch, gravest first again.

    A term is written and matched as in the lexicon: from the start of a word, accents and capitals aside, "$" at its
    end for the whole word, several words side by side. A watch lifts what it marks: a change of form only becomes
    material, and the comparison with it. Nothing else is told less or otherwise.
    """
    if not interests or not comparison.changes:
        return comparison
    ready = [(interest, tuple(_term(term) for term in interest.terms)) for interest in interests]
    changes = [_marked(change, ready) for change in comparison.changes]
    if all(one is other for one, other in zip(changes, comparison.changes, strict=True)):
        return comparison
    told = any(change.severity is not Severity.INFO for change in changes)
    verdict = Verdict.MATERIAL if told else comparison.verdict
    return replace(
        comparison, verdict=verdict, changes=tuple(sorted(changes, key=lambda change: -change.severity.rank))
    )


def _marked(change: Change, interests: Sequence[tuple[Interest, tuple[_Term, ...]]]) -> Change:
    """The change with what it touches; the very same one where that is nothing."""
    if _CUT in change.rules:
        return change
    before, after = (plain_words(fold(text or "")) for text in (change.before, change.after))
    for interest, terms in interests:
        counts = [(term, _count(term, before), _count(term, after)) for term in terms]
        if interest.severity is None:
            if any(was or now for _, was, now in counts):
                change = replace(change, topics=_with(change, interest))
            continue
        moved = change.kind is ChangeKind.MOVED
        touched = [] if moved else [(term, was, now) for term, was, now in counts if was != now]
        if touched:
            change = _lifted(change, interest, interest.severity, _told(*touched[0]))
    return change


def _told(term: _Term, was: int, now: int) -> str:
    """What became of a term, in words."""
    how = "added" if not was else "removed" if not now else f"{was} times, now {now}"
    return f'"{term.text.rstrip("$")}" {how}'


def _lifted(change: Change, interest: Interest, least: Severity, told: str) -> Change:
    """The change as grave as its watch asks, with a summary that names the term where there was none to speak of."""
    quiet = change.severity is Severity.INFO
    grave = change.severity if change.severity.rank >= least.rank else least
    return replace(
        change,
        topics=_with(change, interest),
        severity=grave,
        summary=f"{interest.id}: {told}"[:_TITLE] if quiet else change.summary,
        rules=(f"watch.{interest.id}", *change.rules) if quiet else (*change.rules, f"watch.{interest.id}"),
    )


def _with(change: Change, interest: Interest) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*change.topics, interest.id)))


@lru_cache(maxsize=4096)
def _term(text: str) -> _Term:
    first, whole, entry = compile_term(text)
    return _Term(text, ((first, not whole), *entry))


def _count(term: _Term, words: list[str]) -> int:
    """How often a term stands in folded words."""
    return sum(follows(words, place, term.words) for place in range(len(words) - len(term.words) + 1))
