"""One plain English sentence for a change, from its facts and rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from storage.model import BlockKind, ChangeKind, Direction, FactChange, FactType, Topic
from watcher.differ.durations import spelled
from watcher.differ.lookalikes import lookalikes
from watcher.differ.pieces import Piece
from watcher.differ.rules import Finding
from watcher.differ.topics import heading_topics

LONGEST = 90
# A text is cut at a word where so much of it is left.
_LEAST = 0.6
# A detail of this length says enough without the heading it stands under.
_FULL = 40
# A label has at most so many words, and stands in such blocks.
_LABEL = 6
_LINES = frozenset({BlockKind.LIST_ITEM, BlockKind.DEFINITION, BlockKind.PARAGRAPH})
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
_PERIODS = frozenset({"retention.longer", "retention.shorter", "notice.longer", "notice.shorter", "notice.stated"})
_NOTICES = {"policy-change": "policy changes", "subprocessor": "new sub-processors", "breach": "breaches"}
_ROLES = {"dpo": "Data protection officer", "controller": "Controller", "representative": "Representative"}
_NAMES = frozenset({"contact.person", "contact.name"})
_CONTACTS = {"contact.phone": "Phone", "contact.mail": "E-mail address", "contact.address": "Link"}
_RIGHTS = {
    "access": "access",
    "rectification": "correction",
    "erasure": "erasure",
    "restriction": "restriction",
    "portability": "portability",
    "objection": "objection",
    "complaint": "complaint",
    "withdraw-consent": "withdrawing consent",
}
# Headings that only say that something is kept, counted or numbered are no subject of a period.
_NUMBERED = re.compile(r"^(?:article|artikel|section|§)?\s*(?:[0-9]+|[ivxlc]+|[a-z])(?:[.)][0-9]*)+\s*", re.IGNORECASE)
_ARTICLE = re.compile(
    r"^(?:the|our|your|all|de|het|uw|je|onze|alle|die|der|das|ihre|les?|la|vos|nos|l['’])\s+", re.IGNORECASE
)
_DOCUMENT = re.compile(
    r"privacy|policy|statement|datenschutz|confidentialit|verklaring|voorwaarden|terms", re.IGNORECASE
)
_GERMAN = re.compile(r"\b(?:und|wird|werden|wir|für|nach|oder|der|das|ihre[rnms]?|tage|monate|jahre)\b", re.IGNORECASE)
_BASIS = re.compile(r":|legal bas|rechtsgrond|grondslag|rechtsgrundlage|base l[ée]gale", re.IGNORECASE)
# Rules whose clause says more than their name.
_QUOTED = frozenset(
    {
        "sensitive-data.added",
        "security.added",
        "security.removed",
        "terms.boilerplate",
        "advertising.added",
        "tracking.added",
        "sharing.widened",
        "right.added",
        "right.removed",
    }
)
_QUIET = {
    "moved": "Text moved",
    "margin": "Line beside the text",
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
    if letters := lookalikes(piece.before, piece.after):
        return _fit(f"{_TITLES[topic]}: letters of another alphabet, {letters}", "")
    if gravest.detail and gravest.rule.startswith("recipient."):
        return _fit(gravest.detail, ending)
    told = _of_facts(piece, gravest, facts)
    if told is not None:
        return _fit(told, ending)
    where = _TITLES[gravest.topic or topic]
    quoted = gravest.rule in _QUOTED and piece.kind is not ChangeKind.MODIFIED
    if quoted or not gravest.detail:
        return _quoting(f"{where} {_VERBS[piece.kind]}: ", piece.text, ending)
    place = "" if '"' in gravest.detail or len(gravest.detail) > _FULL else _place(piece, gravest.topic or topic)
    return _fit(f"{where}{place}: {gravest.detail}", ending)


def _of_facts(piece: Piece, gravest: Finding, facts: Sequence[FactChange]) -> str | None:
    """What the typed facts say about the rule that fired, None when they say nothing about it."""
    if gravest.rule in _PERIODS:
        return _period(piece, gravest, facts)
    if gravest.rule == "retention.stated":
        return _stated(piece, facts)
    if gravest.rule.startswith("contact."):
        return _contact(gravest, facts)
    if gravest.rule in {"right.removed", "right.added"}:
        gone = gravest.rule == "right.removed"
        ids = [fact.before if gone else fact.after for fact in facts if fact.type is FactType.RIGHT]
        names = [_RIGHTS.get(name, name.replace("-", " ")) for name in ids if name]
        return f"Right {'removed' if gone else 'named'}: {', '.join(dict.fromkeys(names))}" if names else None
    return None


def _period(piece: Piece, gravest: Finding, facts: Sequence[FactChange]) -> str:
    """Say "Retention of mailbox data: 30 days -> 90 days", with the subject where the facts have one."""
    notice = gravest.rule.startswith("notice.")
    wanted = FactType.NOTICE_PERIOD if notice else FactType.RETENTION
    for fact in facts:
        before, after = spelled(fact.before), spelled(fact.after)
        if fact.type is wanted and after and (before or notice):
            subject = _NOTICES.get(fact.subject or "", "changes") if notice else _subject(piece, fact.subject)
            head = "Notice" if notice else "Retention"
            return f"{head}{f' of {subject}' if subject else ''}: {before or 'none'} -> {after}"
    label = None if notice else _label(piece)
    head = "Notice of policy changes" if notice else f"Retention of {label}" if label else "Retention"
    return f"{head}: {gravest.detail}"


def _label(piece: Piece) -> str | None:
    """What stands before the colon of a line ("Scans: 30 days"): the thing that is kept; None for a sentence."""
    if piece.block.kind not in _LINES or not (piece.before and piece.after):
        return None
    label, colon, _ = piece.after.partition(":")
    same = piece.before.partition(":")[0] == label
    return _subject(piece, label.strip()) if colon and same and len(label.split()) <= _LABEL else None


def _stated(piece: Piece, facts: Sequence[FactChange]) -> str | None:
    """Say "Retention of scans: now 3 years", None without a subject; a period that stood before is nothing new."""
    kept = [fact for fact in facts if fact.type is FactType.RETENTION]
    known = {fact.before for fact in kept}
    for fact in sorted(kept, key=lambda fact: fact.after in known):
        after, subject = spelled(fact.after), _subject(piece, fact.subject)
        if after and subject and not fact.before:
            return f"Retention of {subject}: now {after}"
    return None


def _subject(piece: Piece, subject: str | None) -> str | None:
    """What is kept, as it stands in a sentence; None where it only repeats a heading on keeping, or is no thing."""
    if not subject or _BASIS.search(subject) or subject.rstrip().endswith("?"):
        return None
    if subject in piece.section and Topic.RETENTION in heading_topics(subject, None):
        return None
    bare = _ARTICLE.sub("", _NUMBERED.sub("", subject))
    first = bare.split(" ")[0]
    plain = first[1:].islower() and not _GERMAN.search(piece.text)
    return _clip(bare[:1].lower() + bare[1:] if plain else bare, 46)


def _contact(gravest: Finding, facts: Sequence[FactChange]) -> str | None:
    """Say "Phone: old -> new", or whose contact it is."""
    role = next(
        (_ROLES[fact.subject] for fact in facts if fact.type is FactType.CONTACT and fact.subject in _ROLES), ""
    )
    if " -> " not in gravest.detail:
        return None
    if gravest.rule in _NAMES:
        gravest = replace(gravest, detail=_whole_names(gravest.detail, facts))
    if gravest.rule in _CONTACTS:
        what = _CONTACTS[gravest.rule]
        return f"{role}, {what.lower()}: {gravest.detail}" if role else f"{what}: {gravest.detail}"
    return f"{role or 'Contact'}: {gravest.detail}"


def _whole_names(detail: str, facts: Sequence[FactChange]) -> str:
    """The exchange of two names with the words that both share, where a typed contact holds them."""
    was, _, now = detail.partition(" -> ")
    for fact in facts:
        if fact.type is FactType.CONTACT and was in (fact.before or "") and now in (fact.after or ""):
            return f"{fact.before} -> {fact.after}"
    return detail


def quiet_headline(piece: Piece, rule: str) -> str:
    """The sentence for a change of form only."""
    if letters := lookalikes(piece.before, piece.after):
        return _fit(f"Letters of another alphabet, {letters}", "")
    what = "Page machinery" if rule.startswith("page.") else _QUIET.get(rule, "Wording")
    count = f" ({piece.blocks} blocks)" if piece.blocks > 1 else ""
    return _fit(f"{what}{count}: {piece.text}", "")


def _place(piece: Piece, topic: Topic) -> str:
    """The nearest heading, short, in brackets; nothing where it says the topic again or is the document's own title."""
    if not piece.section:
        return ""
    heading = _NUMBERED.sub("", piece.section[-1]).strip()
    alone = len(piece.section) == 1 and (" " not in heading or _DOCUMENT.search(heading))
    if alone or not heading or topic in heading_topics(heading, None):
        return ""
    return f" ({_clip(heading, 32)})"


def _fit(text: str, ending: str) -> str:
    """The text with its ending where both stay under the limit; else the text alone, cut if it must be."""
    return text + ending if len(text) + len(ending) < LONGEST else _clip(text, LONGEST - 1)


def _quoting(head: str, text: str, ending: str) -> str:
    """The words of the document in quotes, whole or cut at a word; the ending only where all of them fit with it."""
    said = text.replace('"', "'")
    whole = f'{head}"{said}"{ending}'
    return whole if len(whole) < LONGEST else f'{head}"{_clip(said, LONGEST - 3 - len(head))}"'


def _clip(text: str, length: int) -> str:
    """The text within a length, cut at a word with an ellipsis; a bracket that was open is closed.

    A word that is most of the text is cut itself: without it nothing would be said.
    """
    if len(text) <= length:
        return text
    room = length - 1 - ("(" in text)
    cut = text[:room].rsplit(" ", 1)[0]
    if len(cut) < _LEAST * room:
        cut = text[:room]
    bare = cut.rstrip(" ,;:(")
    return f"{bare}…{')' * (bare.count('(') > bare.count(')'))}"
