"""All rules on one clause, and what topic and kind alone say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.rules.finding import BETTER, HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.parties import companies_named, contact, recipients, sharing
from watcher.differ.rules.promises import promises
from watcher.differ.rules.protection import ai, basis, protection, rights, sensitive, transfers
from watcher.differ.rules.quantity import periods, retention
from watcher.differ.rules.wording import consent, limits, modality, negation

# Rules that say little beside other changed words.
_SLIGHT = frozenset({"modality.changed", "scope.changed"})


def find_rules(case: Case) -> list[Finding]:
    """Every rule that fires on a clause, gravest first; one that names topic and kind when none does."""
    found = [finding for rule in _RULES for finding in rule(case)]
    if all(finding.rule in _SLIGHT for finding in found) and not _only_slight(case):
        found.append(_default(case))
    return sorted(found, key=lambda finding: -finding.severity.rank)


def _only_slight(case: Case) -> bool:
    """True when nothing but words of possibility or of scope differs."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    slight = lists["weak"] | lists["strong"] | lists["scope"] | lists["grammar"]
    words = {*evidence.gone, *evidence.came}
    return bool(words) and words <= slight


def _default(case: Case) -> Finding:
    """What topic and kind alone say."""
    rule = f"{case.lead}.{case.kind}"
    removed, added = case.kind is ChangeKind.REMOVED, case.kind is ChangeKind.ADDED
    evidence = case.evidence
    if case.lead in {Topic.DATA_COLLECTED, Topic.PURPOSES, Topic.SHARING, Topic.TRACKING, Topic.AI}:
        if removed:
            return Finding(rule, LOW, BETTER)
        return Finding(rule, MEDIUM, WORSE if added else NEUTRAL)
    if case.lead is Topic.RETENTION and case.kind is ChangeKind.MODIFIED:
        wider = evidence.came.total() > evidence.gone.total()
        return Finding(rule, HIGH if wider else MEDIUM, WORSE if wider else NEUTRAL)
    if case.lead is Topic.SUBPROCESSORS and added:
        block = evidence.piece.block
        header = bool(block.cells) and all(cell.text == cell.column for cell in block.cells)
        return Finding(rule, LOW, NEUTRAL) if header else Finding(rule, HIGH, WORSE)
    if case.lead is Topic.OTHER:
        return Finding(rule, LOW, NEUTRAL)
    return Finding(rule, MEDIUM, WORSE if removed else NEUTRAL)


_RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    recipients,
    companies_named,
    periods,
    promises,
    negation,
    modality,
    limits,
    consent,
    ai,
    sensitive,
    transfers,
    sharing,
    rights,
    retention,
    basis,
    contact,
    protection,
)
