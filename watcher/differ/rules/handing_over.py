"""Rules on whose hands something passes into: other companies, machines, other courts."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.lexicon import plain_words
from watcher.differ.places import NEAR, find_places
from watcher.differ.recipients.names import companies
from watcher.differ.rules.finding import HIGH, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.telling import told_words
from watcher.differ.rules.turn import Gate, Turn, either, nays
from watcher.differ.rules.wordlists import first, says, terms
from watcher.differ.words import fold, fold_word

# Where a company is named for another reason than that it gets data.
_NAMED = frozenset({Topic.CONTACT, Topic.LEGAL_TERMS, Topic.POLICY_UPDATES, Topic.RIGHTS, Topic.CHILDREN})
_GIVEN = frozenset({Topic.SHARING, Topic.SUBPROCESSORS, Topic.DATA_COLLECTED, Topic.OTHER, Topic.PURPOSES})
# A party that gets data stands so near before the word for it, and so near the beginning.
_SUBJECT = 40


def outsourced(turn: Turn) -> Iterator[Finding]:
    """What the vendor did itself, now in the hands of a company that was not named; or of one far away."""
    if turn.case.lead in _NAMED:
        return
    fresh = [name for name, _ in companies(turn.now) if name not in turn.was and not _known(turn, name)]
    if not fresh:
        return
    was, now = ({code for code, _, _ in find_places(side)} - NEAR for side in (turn.was, turn.now))
    own = says(turn.was, "own", turn.language) and not says(turn.now, "own", turn.language)
    if own or now - was:
        where = " outside Europe" if now - was else ""
        yield Finding("recipient.outsourced", HIGH, WORSE, None, f"New name: {fresh[0]}{where}")


def _known(turn: Turn, name: str) -> bool:
    """True for a company that the old document named elsewhere."""
    return f" {' '.join(plain_words(fold(name)))} " in turn.case.old_text


def received(turn: Turn) -> Iterator[Finding]:
    """Others who get data, told of them and not of the vendor: "sponsors receive names"."""
    was, now = (_gets(turn, side) for side in (turn.was, turn.now))
    told = turn.now.rstrip(".")
    gate = Gate("sharing.received", f'now says "{told}"', "others no longer get data")
    yield from either((now and not was, was and not now), gate, Topic.SHARING)


def _gets(turn: Turn, side: str) -> bool:
    """True for a sentence that begins with others and says that they get something."""
    who, verb = (first(side, name, turn.language) for name in ("outsider", "receive"))
    near = 0 <= who < verb < who + _SUBJECT and who < _SUBJECT
    return near and turn.case.lead in _GIVEN and not nays(turn, side)


def alone(turn: Turn) -> Iterator[Finding]:
    """Something that is now done by a machine with nobody beside it, or no longer (GDPR, Article 22)."""
    was, now = (_alone(turn, side) for side in (turn.was, turn.now))
    gate = Gate("automated", "decisions are taken without a person", "a machine no longer decides alone")
    yield from either((now and not was, was and not now and nays(turn, turn.now)), gate, Topic.AI)


def _alone(turn: Turn, side: str) -> bool:
    if not says(side, "alone", turn.language):
        return False
    told = stance(side, terms("alone", turn.language), turn.case.evidence.lexicon, turn.language)
    return told is not Stance.DENIED and not nays(turn, side)


def law(case: Case) -> Iterator[Finding]:
    """Another law or court for a contract."""
    if case.lead is not Topic.LEGAL_TERMS or case.kind is not ChangeKind.MODIFIED:
        return
    evidence = case.evidence
    for was, now in evidence.reworded:
        turn = Turn(case, was, now)
        gone, came = turn.exchanged()
        if turn.both("law") and _named(was, gone) and _named(now, came):
            yield Finding("terms.law", MEDIUM, NEUTRAL, Topic.LEGAL_TERMS, told_words(evidence))


def _named(text: str, words: set[str]) -> bool:
    """True when one of the words stands in a text with a capital, and not at its beginning."""
    return any(token[:1].isupper() and fold_word(token.strip(".,;:()")) in words for token in text.split()[1:])


HANDING_RULES = (outsourced, received, alone)
