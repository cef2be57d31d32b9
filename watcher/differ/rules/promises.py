"""Rules on what the vendor promises not to do, and what it now does: how its stance on an act moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.places import UNION, find_places
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding
from watcher.differ.rules.stance import Stance, has_turn, stance


@dataclass(frozen=True, slots=True)
class _Act:
    """Something that may be done with data: its word list, its topic, and how a sentence calls it.

    `beside` is a second list of which the sentences must hold a term too; `needed` are topics of which one must be
    among the clause's first three. Where the clause
    is led by the act's own topic, it needs none of the second list.
    """

    name: str
    terms: str
    topic: Topic | None
    phrase: str
    needed: frozenset[Topic]
    beside: str | None = None


_PARTIES = frozenset({Topic.SHARING, Topic.TRACKING, Topic.SUBPROCESSORS, Topic.TRANSFERS, Topic.LEGAL_BASIS})
_ACTS = (
    _Act("ai", "train", Topic.AI, "train on data", frozenset({Topic.AI})),
    _Act("sharing", "share", Topic.SHARING, "share data", _PARTIES, "party"),
    _Act("sale", "sell", Topic.SHARING, "sell data", _PARTIES),
    _Act("advertising", "advertise", None, "use data for marketing", _PARTIES | {Topic.PURPOSES}),
    _Act("transfer", "abroad", Topic.TRANSFERS, "take data abroad", frozenset({Topic.TRANSFERS})),
    _Act("tracking", "track", Topic.TRACKING, "track", frozenset({Topic.TRACKING})),
)
# Where "we do not" tells what the reader may not expect rather than what protects.
_NO_PROMISE = frozenset(
    {Topic.LEGAL_TERMS, Topic.RIGHTS, Topic.POLICY_UPDATES, Topic.CONTACT, Topic.OTHER, Topic.CHILDREN}
)
_ALL = frozenset({"all", "every", "each", "alle", "elke", "iedere", "samtliche", "jede", "tous", "toutes", "chaque"})
# A refusal stands at the beginning of its sentence.
_OPENING = 8
_INSTEAD = {
    Stance.OPT_OUT: "given up, opt-out instead",
    Stance.ASKED: "given up, with exceptions",
    Stance.DONE: "given up",
    Stance.SILENT: "is gone",
}


def promises(case: Case) -> Iterator[Finding]:
    """A promise not to do something that was given up or made, and a choice of the reader that was weakened.

    Of several acts in one clause the one that now goes farthest is told.
    """
    moved = sorted(_of_acts(case), key=lambda pair: -pair[0])
    yield from (finding for _, finding in moved[:1])


def refusals(case: Case) -> Iterator[Finding]:
    """A sentence in which the vendor says what it does not do, gone without another one in its place."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    yield from _of_lists(case)
    if case.kind is ChangeKind.ADDED or case.lead in _NO_PROMISE or evidence.brought:
        return
    negation = lists["negation"] - lists["exception"]
    for sentence in evidence.dropped:
        opening = " ".join(sentence.split()[:_OPENING])
        if holds(opening, lists["vendor"]) and holds(opening, negation) and not has_turn(sentence):
            yield Finding("promise.dropped", HIGH, WORSE, None, f'no longer says "{sentence.rstrip(".")}"')
            return


def _of_lists(case: Case) -> Iterator[Finding]:
    """An item of a list of what is not done that came or went, whatever it is about; one of liability is no such."""
    was, now = case.evidence.piece.leads
    lead = was or now
    if lead is None or (was and now) or starts_in(lead.text, case.evidence.lexicon.lists["liability"]):
        return
    if case.lead in _NO_PROMISE and case.lead is not Topic.OTHER:
        return
    piece = case.evidence.piece
    text = (piece.before if was else piece.after) or ""
    if lead.place is None:  # a heading makes no sentence with its items
        text = text.replace(lead.text, f"{lead.text}:", 1)
    said = f'"{text.rstrip(".")}"'
    if was and case.kind is not ChangeKind.ADDED:
        grave = MEDIUM if case.lead is Topic.OTHER else HIGH
        yield Finding("promise.dropped", grave, WORSE, None, f"no longer says {said}")
    elif now and case.kind is not ChangeKind.REMOVED:
        yield Finding("promise.made", MEDIUM, BETTER, None, f"now says {said}")


def _of_acts(case: Case) -> Iterator[tuple[Stance, Finding]]:
    """Each act whose stance moved, with the new stance."""
    evidence = case.evidence
    lists, language = evidence.lexicon.lists, evidence.language
    for act in _ACTS:
        terms = lists[act.terms]
        if not act.needed & set(case.topics[:3]) or not starts_in(evidence.clause, terms):
            continue
        if act.beside and case.lead is not act.topic and not starts_in(evidence.clause, lists[act.beside]):
            continue
        was = stance(evidence.stale, terms, evidence.lexicon, language)
        now = stance(evidence.fresh, terms, evidence.lexicon, language)
        finding = _moved(act, was, now, case.kind)
        if finding is not None and not (act.name == "transfer" and now is Stance.SILENT and keeps_region(evidence)):
            yield now, finding


def keeps_region(evidence: Evidence) -> bool:
    """True when new words promise the region that the old ones did by what lies outside: "none outside", "all within".

    The same promise with the other sign, if it holds for all and without a "may".
    """
    lists = evidence.lexicon.lists
    within = {code for code, _, _ in find_places(evidence.fresh)} & UNION
    total = holds(evidence.fresh, lists["sole"] | _ALL) and not holds(evidence.fresh, lists["weak"])
    outside = [starts_in(text, lists["abroad"]) for text in (evidence.stale, evidence.fresh)]
    return bool(within) and total and outside == [True, False]


def _moved(act: _Act, was: Stance, now: Stance, kind: ChangeKind) -> Finding | None:
    """What a change of stance is called; None where the stance stands or another rule tells what is new."""
    if was is Stance.DENIED and now is not Stance.DENIED:
        rule = f"{act.name}.promise-{'dropped' if now is Stance.SILENT else 'given-up'}"
        return Finding(rule, HIGH, WORSE, act.topic, f"promise not to {act.phrase} {_INSTEAD[now]}")
    if now is Stance.DENIED and was is not Stance.DENIED:
        return Finding(f"{act.name}.promised", MEDIUM, BETTER, act.topic, f"promises not to {act.phrase}")
    if was is Stance.ASKED and now is Stance.OPT_OUT:
        return Finding(f"{act.name}.opt-out", HIGH, WORSE, act.topic, "consent became an opt-out")
    if was is Stance.OPT_OUT and now is Stance.DONE and kind is ChangeKind.MODIFIED:
        return Finding(f"{act.name}.choice-dropped", HIGH, WORSE, act.topic, "the way to opt out is gone")
    return None
