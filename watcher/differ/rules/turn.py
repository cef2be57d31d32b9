"""The two wordings of one sentence, with what the rules on turned clauses ask of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from storage.model import Topic
from watcher.differ.evidence import framed_words, holds, starts_in
from watcher.differ.lexicon import plain_words
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding
from watcher.differ.rules.signs import find_signs, words_and_marks
from watcher.differ.rules.wordlists import says, terms
from watcher.differ.words import fold

# Signs of a measure that protects data.
_MEASURES = frozenset({"measures", "encryption", "proof"})
# "Ne" stands in "ne ... que" too; "noch" means "still" in German.
_NO_DENIAL = frozenset({"ne", "n", "noch"})
# Longer clauses are read by their sentences only.
_LONG = 1500


@dataclass(frozen=True, slots=True)
class Turn:
    """A sentence, or all that went with all that came, of a clause."""

    case: Case
    was: str
    now: str

    @property
    def language(self) -> str:
        """The language whose words are looked for."""
        return self.case.evidence.language or self.case.evidence.lexicon.language

    def both(self, name: str) -> bool:
        """True when both wordings hold a term of a list."""
        return says(self.was, name, self.language) and says(self.now, name, self.language)

    def keeps(self) -> bool:
        """True where both wordings speak of keeping or deleting, or the clause is about that."""
        lists = self.case.evidence.lexicon.lists
        wanted = lists["keep"] | lists["delete"]
        return self.case.lead is Topic.RETENTION or all(starts_in(side, wanted) for side in (self.was, self.now))

    def guards(self) -> bool:
        """True where the sentence names a measure that protects data."""
        return guards(self, f"{self.was} {self.now}")

    def lets_reader(self, side: str) -> bool:
        """True for a sentence that says what the reader may do."""
        return any(hit.sign.kind == "reader" for hit in find_signs(words_and_marks(side), self.language))

    def is_read(self) -> bool:
        """True for a clause of both wordings, short enough to be read as one."""
        return bool(self.was and self.now) and len(self.was) + len(self.now) < _LONG

    def exchanged(self) -> tuple[set[str], set[str]]:
        """The words of content that only the old and only the new wording has."""
        lists = self.case.evidence.lexicon.lists
        slight = lists["grammar"] | lists["only"] | lists["sole"]
        asked = {word for term in terms("on-request", self.language) for word in plain_words(fold(term))}
        was, now = (Counter(framed_words(side).split()) for side in (self.was, self.now))
        return set(was - now) - slight - asked, set(now - was) - slight - asked

    def gives(self) -> bool:
        """True where the vendor does something for the reader."""
        return self.case.lead not in {Topic.SHARING, Topic.TRACKING, Topic.SUBPROCESSORS}


@dataclass(frozen=True, slots=True)
class Gate:
    """A choice that moved: the beginning of its rules' names, and how the loss and the gain of it are told."""

    rule: str
    told: str
    back: str


def either(way: tuple[bool, bool], gate: Gate, topic: Topic | None, *, grave: bool = True) -> Iterator[Finding]:
    """The finding for a turn, of which is told whether it is for the worse and whether for the better."""
    worse, better = way
    if worse:
        yield Finding(f"{gate.rule}.lost", HIGH if grave else MEDIUM, WORSE, topic, gate.told, leads=topic is not None)
    elif better:
        yield Finding(f"{gate.rule}.gained", MEDIUM, BETTER, topic, gate.back, leads=topic is not None)


def nays(turn: Turn, side: str) -> bool:
    """True where a wording denies something; exceptions deny nothing."""
    lists = turn.case.evidence.lexicon.lists
    return holds(side, lists["negation"] - lists["exception"] - _NO_DENIAL)


def guards(turn: Turn, text: str) -> bool:
    """True where a text names a measure that protects data."""
    listed = starts_in(text, turn.case.evidence.lexicon.lists["measure"])
    return listed or any(hit.sign.name in _MEASURES for hit in find_signs(words_and_marks(text), turn.language))
