"""Rules on contract terms: what the reader gives up, what the vendor may do alone, clauses of form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import starts_in
from watcher.differ.rules.finding import HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.telling import told_words

_SHARE = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?\s?%")
_TERMS = frozenset({Topic.LEGAL_TERMS, Topic.POLICY_UPDATES, Topic.OTHER})


def terms(case: Case) -> Iterator[Finding]:
    """Waivers, liability, one-sided powers, and clauses that every contract ends with."""
    evidence = case.evidence
    if case.kind is ChangeKind.REMOVED or evidence.piece.block.kind is BlockKind.HEADING:
        return
    if not _TERMS & set(case.topics[:2]):
        return
    if case.kind is ChangeKind.ADDED and starts_in(evidence.inserted, evidence.lexicon.lists["boilerplate"]):
        yield Finding("terms.boilerplate", LOW, NEUTRAL)
        return
    if _begun(case, "waiver"):
        yield Finding("terms.waiver", HIGH, WORSE, Topic.LEGAL_TERMS, "the reader gives up a right")
    if _begun(case, "discretion"):
        grave = HIGH if starts_in(evidence.fresh, evidence.lexicon.lists["sanction"]) else MEDIUM
        yield Finding("terms.discretion", grave, WORSE, None, "may now be decided by the vendor alone")
    if _begun(case, "liability"):
        yield Finding("terms.liability", MEDIUM, WORSE, Topic.LEGAL_TERMS, "liability excluded or limited")


def remedies(case: Case) -> Iterator[Finding]:
    """A refund, credit or warranty that is no longer given, and a smaller share of one."""
    evidence = case.evidence
    remedy = evidence.lexicon.lists["remedy"]
    if case.lead is not Topic.LEGAL_TERMS or case.kind is ChangeKind.ADDED:
        return
    was = stance(evidence.stale, remedy, evidence.lexicon, evidence.language)
    now = stance(evidence.fresh, remedy, evidence.lexicon, evidence.language)
    if was >= Stance.ASKED and now <= Stance.SILENT:
        yield Finding("terms.remedy-dropped", HIGH, WORSE, None, "a refund or warranty is no longer given")
    elif was >= Stance.ASKED and _smaller(case):
        yield Finding("terms.remedy-smaller", HIGH, WORSE, None, told_words(evidence))


def _smaller(case: Case) -> bool:
    """True when the one percentage of a clause went down."""
    sides = (_shares(words) for words in case.evidence.numbers)
    gone, came = ([float(word.rstrip(" %").replace(",", ".")) for word in side] for side in sides)
    return len(gone) == len(came) == 1 and came[0] < gone[0]


def _shares(words: Iterable[str]) -> list[str]:
    """The plain percentages among words."""
    return [word for word in words if _SHARE.fullmatch(word)]


def _begun(case: Case, name: str) -> bool:
    """True when new words hold a term of a list that the old wording did not hold."""
    evidence = case.evidence
    terms_of = evidence.lexicon.lists[name]
    return starts_in(evidence.inserted, terms_of) and not starts_in(evidence.piece.before or "", terms_of)
