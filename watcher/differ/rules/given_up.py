"""Rules on what a clause denied and now says, or said and now denies: acts, protections, and where data stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.model import Topic
from watcher.differ.evidence import starts_in
from watcher.differ.rules.finding import Finding
from watcher.differ.rules.signs import load_signs
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.statement import read
from watcher.differ.rules.turn import Gate, Turn, either
from watcher.differ.rules.wordlists import says, terms
from watcher.differ.sentences import sentences

# What a vendor may do with data, and what a clause is about that denies it.
_ACTS = (
    ("sell", Topic.SHARING, "sell data"),
    ("train", Topic.AI, "train on data"),
    ("share", Topic.SHARING, "share data"),
)
_PARTS = re.compile(r"[;:]")
_ASIDES = re.compile(r"[,;:]")
# Contracts tell what the reader may sell or share; there other rules speak.
_ELSEWHERE = frozenset({Topic.LEGAL_TERMS, Topic.CONTACT})
# Where a way out that is offered beside an act would hide what the clause is about.
_HIDING = frozenset({Topic.RIGHTS, Topic.OTHER, Topic.POLICY_UPDATES})
# A cookie lies on the reader's device whatever is done with it.
_ON_DEVICE = frozenset({Topic.TRACKING, Topic.LEGAL_TERMS, Topic.CONTACT})


def given_up(turn: Turn) -> Iterator[Finding]:
    """An act that was denied and is now done, whatever way out is offered with it; or the other way."""
    if turn.case.lead in _ELSEWHERE:
        return
    for name, topic, phrase in _ACTS:
        wanted = turn.case.evidence.lexicon.lists[name]
        if not (starts_in(turn.was, wanted) and starts_in(turn.now, wanted)):
            continue
        was, now = (_done(turn, side, wanted) for side in (turn.was, turn.now))
        lost, won = (
            one is Stance.DENIED and other in {Stance.OPT_OUT, Stance.DONE} for one, other in ((was, now), (now, was))
        )
        way = ", opt-out instead" if now is Stance.OPT_OUT else ""
        gate = Gate(f"{name}.denial", f"promise not to {phrase} given up{way}", f"promises not to {phrase}")
        told = list(either((lost, won), gate, topic if turn.case.lead in _HIDING else None))
        yield from told
        if told:
            return


def _done(turn: Turn, side: str, wanted: frozenset[str]) -> Stance:
    """The stance of one wording on an act of the vendor; SILENT where the reader acts."""
    parts = [part for part in _PARTS.split(side) if starts_in(part, wanted)]
    if any(turn.lets_reader(part) for part in parts):
        return Stance.SILENT
    return stance(" ".join(parts), wanted, turn.case.evidence.lexicon, turn.language)


def taken_up(turn: Turn) -> Iterator[Finding]:
    """Data that were never taken and now are, be it with consent; or the other way."""
    language = turn.case.evidence.lexicon.language
    kinds = (
        ("sensitive", load_signs()["sensitive"][1][language], Topic.SENSITIVE_DATA, "take sensitive data"),
        (
            "intrusive",
            turn.case.evidence.lexicon.lists["intrusive"],
            Topic.DATA_COLLECTED,
            "use camera, sound or place",
        ),
    )
    for name, wanted, topic, phrase in kinds:
        if turn.case.lead in _ELSEWHERE or not all(starts_in(side, wanted) for side in (turn.was, turn.now)):
            continue
        was, now = (_done(turn, side, frozenset(wanted)) for side in (turn.was, turn.now))
        lost, won = (one is Stance.DENIED and other >= Stance.ASKED for one, other in ((was, now), (now, was)))
        way = ", with consent" if now is Stance.ASKED else ""
        gate = Gate(f"{name}.denial", f"promise not to {phrase} given up{way}", f"promises not to {phrase}")
        told = list(either((lost, won), gate, topic))
        yield from told
        if told:
            return


def encrypted(turn: Turn) -> Iterator[Finding]:
    """Data that were not encrypted and are now, or the other way."""
    was, now = (_encryption(turn, side) for side in (turn.was, turn.now))
    gate = Gate("encryption", "data are no longer encrypted", "data are now encrypted")
    yield from either((was > 0 > now, was < 0 < now), gate, Topic.SECURITY)


def _encryption(turn: Turn, side: str) -> int:
    """Above zero where a wording says that data are encrypted, below where it says that they are not."""
    evidence = turn.case.evidence
    told = [
        read(text, evidence.lexicon, evidence.language, ()).values["encryption"]
        for text in sentences(side, turn.language)
    ]
    return 0 if min(told, default=0) < 0 < max(told, default=0) else sum(told)


def sent_away(turn: Turn) -> Iterator[Finding]:
    """What was done on the reader's own device and is now done elsewhere, or the other way."""
    if turn.case.lead in _ON_DEVICE:
        return
    was, now = (_place(turn, side) for side in (turn.was, turn.now))
    gate = Gate("device", "what stayed on the reader's device is now sent away", "data now stay on the device")
    topic = Topic.AI if turn.case.lead is Topic.AI else None
    told = (was == "here" and now == "away", was == "away" and now == "here")
    yield from either(told, gate, topic)


def _place(turn: Turn, side: str) -> str:
    """Where something is done by one wording: "here" on the device, "away" elsewhere; empty where it does not say."""
    parts = (part for text in sentences(side, turn.language) for part in _ASIDES.split(text))
    away = [part for part in parts if says(part, "away", turn.language)]
    lexicon, language = turn.case.evidence.lexicon, turn.language
    if away and stance(" ".join(away), terms("away", language), lexicon, language) >= Stance.ASKED:
        return "away"
    return "here" if says(side, "on-device", language) else ""


def told_late(turn: Turn) -> Iterator[Finding]:
    """Word that came before something is done and comes after it now, or the other way."""
    evidence = turn.case.evidence
    heard = (Topic.POLICY_UPDATES,)
    sides = [
        (says(side, "beforehand", turn.language), says(side, "over", turn.language)) for side in (turn.was, turn.now)
    ]
    early, late = (True, False), (False, True)
    turned = (sides == [early, late], sides == [late, early])
    if any(turned) and all(
        read(side, evidence.lexicon, evidence.language, heard).values["notify"] > 0 for side in (turn.was, turn.now)
    ):
        gate = Gate("word", "readers are told only afterwards", "readers are told beforehand")
        yield from either(turned, gate, Topic.SHARING if turn.case.lead is Topic.TRANSFERS else None)


GIVEN_UP_RULES = (given_up, taken_up, encrypted, sent_away, told_late)
