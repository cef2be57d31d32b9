"""Rules on what protects the reader: AI, sensitive data, transfers, legal bases, rights, security."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import BlockKind, ChangeKind, Severity, Topic
from watcher.differ.evidence import holds, starts_in
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.topics import term_scores

_WAYS = {Stance.OPT_OUT: ", opt-out offered", Stance.ASKED: " with consent"}
# A clause that opens with a transfer tool in so many words is about the tool.
_OPENING = 6


def ai(case: Case) -> Iterator[Finding]:
    """Training of models and new uses of AI."""
    evidence = case.evidence
    if Topic.AI not in case.topics[:3] or case.kind is ChangeKind.REMOVED:
        return
    lists, inserted = evidence.lexicon.lists, evidence.inserted
    named = Topic.AI in term_scores(inserted, evidence.language) and case.kind is ChangeKind.MODIFIED
    if starts_in(inserted, lists["train"]) or (named and starts_in(evidence.clause, lists["train"])):
        said = stance(evidence.fresh, lists["train"], evidence.lexicon, evidence.language)
        if said is Stance.DENIED and not evidence.lost("negation"):
            yield Finding("ai.no-training", MEDIUM, BETTER, Topic.AI, "does not train models on data")
        elif said is not Stance.DENIED:
            way = _WAYS[said] if said in _WAYS else ", opt-out offered" if _way_out(case) else ""
            yield Finding("ai.training", HIGH, WORSE, Topic.AI, f"data train AI models{way}")
    if starts_in(inserted, lists["model"]):
        yield Finding("ai.model", HIGH, WORSE, Topic.AI, "content goes through an AI model")


def _way_out(case: Case) -> bool:
    """True when the new sentences offer to object."""
    return starts_in(case.evidence.fresh, case.evidence.lexicon.lists["objection"])


def sensitive(case: Case) -> Iterator[Finding]:
    """Special categories of data that were not named before."""
    if case.lead is Topic.SENSITIVE_DATA and case.kind is ChangeKind.ADDED:
        yield Finding("sensitive-data.added", HIGH, WORSE, None, "sensitive data named")


def transfers(case: Case) -> Iterator[Finding]:
    """Places outside Europe: high when the old document did not speak of that place at all."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if Topic.TRANSFERS not in case.topics[:2]:
        return
    if case.kind is ChangeKind.REMOVED:
        relied = stance(evidence.stale, lists["safeguard"], evidence.lexicon, evidence.language)
        if relied not in {Stance.DENIED, Stance.SILENT}:
            grave = MEDIUM if evidence.piece.block.kind is BlockKind.HEADING else HIGH
            yield Finding("transfer.safeguard-dropped", grave, WORSE, Topic.TRANSFERS, "a transfer safeguard is gone")
        return
    before = evidence.piece.before or ""
    terms = [term for term in lists["abroad"] if holds(evidence.inserted, (term,))]
    fresh = [term for term in terms if not holds(before, (term,))]
    if fresh and stance(evidence.fresh, lists["abroad"], evidence.lexicon, evidence.language) is not Stance.DENIED:
        detail = "data leave for other countries"
        yield Finding("transfer.added", _grave_transfer(case, fresh), WORSE, None, detail)


def _grave_transfer(case: Case, places: list[str]) -> Severity:
    """High for a place that the old document did not name, or where a sentence says that data go there."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    tool = starts_in(" ".join(evidence.inserted.split()[:_OPENING]), lists["safeguard"])
    if evidence.piece.block.kind is BlockKind.HEADING or tool:
        return MEDIUM
    known = all(f" {place} " in case.old_text for place in places)
    moves = not evidence.piece.block.cells and starts_in(evidence.fresh, lists["share"])
    return HIGH if moves or not known else MEDIUM


def basis(case: Case) -> Iterator[Finding]:
    """A legitimate interest that a clause now rests on."""
    evidence = case.evidence
    interest = evidence.lexicon.lists["interest"]
    gained = starts_in(evidence.inserted, interest) and not starts_in(evidence.piece.before or "", interest)
    stated = case.kind is ChangeKind.ADDED and case.lead is Topic.LEGAL_BASIS and not case.evidence.piece.block.cells
    if gained and (case.kind is ChangeKind.MODIFIED or stated):
        yield Finding("legal-basis.interest", HIGH, WORSE, Topic.LEGAL_BASIS, "now rests on legitimate interest")


def rights(case: Case) -> Iterator[Finding]:
    """Rights that came or went."""
    if case.lead is not Topic.RIGHTS:
        return
    evidence = case.evidence
    lost = starts_in(evidence.deleted, evidence.lexicon.lists["right"])
    gained = starts_in(evidence.inserted, evidence.lexicon.lists["right"])
    if lost and not gained:
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
