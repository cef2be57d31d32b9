"""One plain English sentence for a change, from its facts and rules."""

from __future__ import annotations

from collections.abc import Sequence

from storage.model import ChangeKind, Direction, FactChange, FactType, Topic
from watcher.differ.durations import spelled
from watcher.differ.pieces import Piece
from watcher.differ.rules import Finding

LONGEST = 90
_TITLES = {
    Topic.SUBPROCESSORS: "Sub-processors",
    Topic.AI: "AI",
    Topic.DATA_COLLECTED: "Data collected",
    Topic.SENSITIVE_DATA: "Sensitive data",
    Topic.PURPOSES: "Purposes",
    Topic.LEGAL_BASIS: "Legal basis",
    Topic.SHARING: "Sharing",
    Topic.TRACKING: "Tracking",
    Topic.RETENTION: "Retention",
    Topic.TRANSFERS: "Transfers",
    Topic.SECURITY: "Security",
    Topic.RIGHTS: "Rights",
    Topic.CHILDREN: "Children",
    Topic.CONTACT: "Contact",
    Topic.POLICY_UPDATES: "Policy updates",
    Topic.LEGAL_TERMS: "Contract terms",
    Topic.OTHER: "Policy text",
}
_VERBS = {
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
    ChangeKind.MODIFIED: "changed",
    ChangeKind.MOVED: "moved",
}
_DIRECTIONS = {Direction.WORSE: " (worse)", Direction.BETTER: " (better)", Direction.NEUTRAL: ""}
_PERIODS = frozenset({"retention.longer", "retention.shorter", "notice.longer", "notice.shorter"})
_QUIET = {
    "moved": "Text moved",
    "repeated": "Text repeated or moved",
    "date.only": "Date of the document",
    "renumbered": "Renumbered",
    "renamed": "Name replaced throughout",
    "typography": "Typography",
    "punctuation": "Punctuation or capitals",
    "grammar": "Wording without change of meaning",
    "spelling": "Spelling",
    "synonym": "Wording without change of meaning",
    "wording": "Wording without change of meaning",
    "heading": "Heading",
}


def headline(piece: Piece, topic: Topic, findings: Sequence[Finding], facts: Sequence[FactChange] = ()) -> str:
    """The sentence for a change of meaning, under 90 characters: what it is about, where, and what happened."""
    gravest = findings[0]
    ending = _DIRECTIONS[gravest.direction]
    if gravest.detail and gravest.rule.startswith("recipient."):
        return _fit(gravest.detail, ending)
    period = _period(facts) if gravest.rule in _PERIODS else None
    if period is not None:
        return _fit(period, ending)
    where = _TITLES[topic]
    if gravest.detail:
        return _fit(f"{where}{_place(piece)}: {gravest.detail}", ending)
    telling = piece.text
    return _fit(f"{where} {_VERBS[piece.kind]}: {telling}", ending)


def _period(facts: Sequence[FactChange]) -> str | None:
    """Say "Retention of mailbox data: 30 days -> 90 days" from the first fact that has both periods."""
    for fact in facts:
        before, after = spelled(fact.before), spelled(fact.after)
        if before and after and fact.type is FactType.RETENTION:
            return f"Retention of {_clip(fact.subject or 'data', 40)}: {before} -> {after}"
        if before and after and fact.type is FactType.NOTICE_PERIOD:
            return f"Notice of {_clip((fact.subject or 'changes').replace('-', ' '), 40)}: {before} -> {after}"
    return None


def quiet_headline(piece: Piece, rule: str) -> str:
    """The sentence for a change of form only."""
    what = "Page machinery" if rule.startswith("page.") else _QUIET.get(rule, "Wording")
    count = f" ({piece.blocks} blocks)" if piece.blocks > 1 else ""
    return _fit(f"{what}{count}: {piece.text}", "")


def _place(piece: Piece) -> str:
    """The nearest heading, short, in brackets."""
    if not piece.section:
        return ""
    return f" ({_clip(piece.section[-1], 32)})"


def _fit(text: str, ending: str) -> str:
    """The text cut so that it stays under the limit with its ending."""
    return _clip(text, LONGEST - 1 - len(ending)) + ending


def _clip(text: str, length: int) -> str:
    """The text within a length, cut at a word with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1].rsplit(" ", 1)[0] if " " in text[: length - 1] else text[: length - 1]
    return cut.rstrip(" ,;:") + "…"
