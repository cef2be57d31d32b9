"""Rules on contract terms: what the reader gives up, what the vendor may do alone, clauses of form."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import starts_in
from watcher.differ.rules.finding import HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding

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


def _begun(case: Case, name: str) -> bool:
    """True when new words hold a term of a list that the old wording did not hold."""
    evidence = case.evidence
    terms_of = evidence.lexicon.lists[name]
    return starts_in(evidence.inserted, terms_of) and not starts_in(evidence.piece.before or "", terms_of)
