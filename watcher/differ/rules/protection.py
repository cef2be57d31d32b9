"""Rules on what protects the reader: AI, sensitive data, transfers, legal bases, rights, security."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import holds, starts_in
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding, is_denied
from watcher.differ.topics import term_scores


def ai(case: Case) -> Iterator[Finding]:
    """Training of models and new uses of AI."""
    evidence = case.evidence
    if Topic.AI not in case.topics[:2] or case.kind is ChangeKind.REMOVED:
        return
    lists, inserted = evidence.lexicon.lists, evidence.inserted
    named = Topic.AI in term_scores(inserted, evidence.language) and case.kind is ChangeKind.MODIFIED
    if starts_in(inserted, lists["train"]) or (named and starts_in(evidence.clause, lists["train"])):
        if not evidence.lost("negation") and is_denied(
            evidence.fresh, lists["train"], lists["negation"] - lists["exception"], evidence.language
        ):
            yield Finding("ai.no-training", MEDIUM, BETTER, Topic.AI, "does not train AI on data")
        else:
            yield Finding("ai.training", HIGH, WORSE, Topic.AI, "data train AI models")
    if starts_in(inserted, lists["model"]):
        yield Finding("ai.model", HIGH, WORSE, Topic.AI, "content goes through an AI model")


def sensitive(case: Case) -> Iterator[Finding]:
    """Special categories of data that were not named before."""
    if case.lead is Topic.SENSITIVE_DATA and case.kind is ChangeKind.ADDED:
        yield Finding("sensitive-data.added", HIGH, WORSE, None, "sensitive data named")


def transfers(case: Case) -> Iterator[Finding]:
    """Places outside Europe: high when the old document did not speak of that place at all."""
    evidence = case.evidence
    if Topic.TRANSFERS not in case.topics[:2]:
        return
    if case.kind is ChangeKind.REMOVED:
        if starts_in(evidence.deleted, evidence.lexicon.lists["safeguard"]):
            yield Finding("transfer.safeguard-dropped", HIGH, WORSE, Topic.TRANSFERS, "a transfer safeguard is gone")
        return
    before = evidence.piece.before or ""
    terms = [term for term in evidence.lexicon.lists["abroad"] if holds(evidence.inserted, (term,))]
    fresh = [term for term in terms if not holds(before, (term,))]
    if fresh:
        known = all(f" {term} " in case.old_text for term in fresh)
        grave = MEDIUM if known or evidence.piece.block.kind is BlockKind.HEADING else HIGH
        yield Finding("transfer.added", grave, WORSE, None, "data leave for other countries")


def basis(case: Case) -> Iterator[Finding]:
    """A legitimate interest that a clause now rests on."""
    evidence = case.evidence
    interest = evidence.lexicon.lists["interest"]
    gained = starts_in(evidence.inserted, interest) and not starts_in(evidence.piece.before or "", interest)
    if gained and case.kind is ChangeKind.MODIFIED:
        yield Finding("legal-basis.interest", HIGH, WORSE, Topic.LEGAL_BASIS, "now rests on legitimate interest")


def rights(case: Case) -> Iterator[Finding]:
    """Rights that came or went."""
    if case.lead is not Topic.RIGHTS:
        return
    evidence = case.evidence
    lost = starts_in(evidence.deleted, evidence.lexicon.lists["right"])
    gained = starts_in(evidence.inserted, evidence.lexicon.lists["right"])
    if case.kind is ChangeKind.REMOVED or (lost and not gained):
        yield Finding("right.removed", HIGH, WORSE, None, "a right is gone")
    elif case.kind is ChangeKind.ADDED or (gained and not lost):
        yield Finding("right.added", MEDIUM, BETTER, None, "a right is named")


def protection(case: Case) -> Iterator[Finding]:
    """Security measures that came or went."""
    if case.lead is not Topic.SECURITY:
        return
    evidence = case.evidence
    proven = starts_in(evidence.inserted, evidence.lexicon.lists["certificate"])
    if case.kind is ChangeKind.REMOVED:
        yield Finding("security.removed", HIGH, WORSE, None, "a security measure is gone")
    elif proven or case.kind is ChangeKind.ADDED:
        yield Finding("security.added", MEDIUM, BETTER, None, "a security measure is named")
