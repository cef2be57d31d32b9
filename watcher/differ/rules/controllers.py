"""Rules on who answers for the data: the controller and its joint controllers (GDPR, Articles 4(7) and 26)."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.places import REGION, find_places
from watcher.differ.recipients.names import companies, entity_key, similar
from watcher.differ.rules.finding import HIGH, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.wordlists import says


def controllers(case: Case) -> Iterator[Finding]:
    """Another company answers for the data, or one more does; graver where it has its seat outside Europe."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED or evidence.piece.block.cells:
        return
    language, old, new = evidence.language, evidence.stale, evidence.fresh
    if not (says(old, "controller", language) and says(new, "controller", language)):
        return
    was, now = ([name for name, _ in companies(text)] for text in (old, new))
    gone = [name for name in was if not any(_same(name, other) for other in now)]
    came = [name for name in now if not any(_same(name, other) for other in was)]
    if not came or not was:
        return
    told = f"controller {gone[0]} -> {came[0]}" if gone else f"{came[0]} is a controller too"
    abroad = {code for code, _, _ in find_places(new)} - {code for code, _, _ in find_places(old)} - REGION
    severity, direction = (HIGH, WORSE) if abroad else (MEDIUM, NEUTRAL)
    yield Finding("controller.changed", severity, direction, Topic.CONTACT, told, leads=True)


def _same(name: str, other: str) -> bool:
    """True for two spellings of one company."""
    one, another = entity_key(name), entity_key(other)
    return one.strict == another.strict or (one.form == another.form and similar(one, another))
