"""The fixed English words of a message, and typed values said in words."""

from __future__ import annotations

import re

from notifier.sinks import plain
from storage.model import ChangeKind, Deadline, Direction, DocumentType, FactChange, FactType, Severity, Topic

DOCUMENTS = {
    DocumentType.PRIVACY_POLICY: "privacy policy",
    DocumentType.DPA: "data processing agreement",
    DocumentType.SUBPROCESSORS: "sub-processor list",
    DocumentType.COOKIES: "cookie policy",
    DocumentType.TERMS: "terms",
    DocumentType.SECURITY: "security page",
    DocumentType.OTHER: "page",
}
TOPICS = {
    Topic.SUBPROCESSORS: "sub-processors",
    Topic.AI: "AI and automated decisions",
    Topic.DATA_COLLECTED: "data collected",
    Topic.SENSITIVE_DATA: "sensitive data",
    Topic.PURPOSES: "purposes",
    Topic.LEGAL_BASIS: "legal basis",
    Topic.SHARING: "sharing and disclosure",
    Topic.TRACKING: "cookies and tracking",
    Topic.RETENTION: "retention",
    Topic.TRANSFERS: "international transfers",
    Topic.SECURITY: "security",
    Topic.RIGHTS: "your rights",
    Topic.CHILDREN: "children",
    Topic.CONTACT: "contact",
    Topic.POLICY_UPDATES: "changes to the policy",
    Topic.LEGAL_TERMS: "contract terms",
    Topic.OTHER: "other",
}


def topic_words(topic: str) -> str:
    """A topic in words; one of the user's own is called as its id."""
    return TOPICS[Topic(topic)] if topic in TOPICS else topic


SEVERITIES = {
    Severity.HIGH: "more risk, or a protection lost",
    Severity.MEDIUM: "material",
    Severity.LOW: "small",
    Severity.INFO: "wording only",
}
DIRECTIONS = {
    Direction.WORSE: ("▼", "worse for you"),
    Direction.BETTER: ("▲", "better for you"),
    Direction.NEUTRAL: ("●", "neutral for you"),
}
KINDS = {
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
    ChangeKind.MODIFIED: "changed",
    ChangeKind.MOVED: "moved",
}
_FACTS = {
    FactType.RETENTION: "Kept for",
    FactType.RECIPIENT: "Recipient",
    FactType.TRANSFER: "Transfer",
    FactType.AI: "AI",
    FactType.CONTACT: "Contact",
    FactType.RIGHT: "Right",
    FactType.LEGAL_BASIS: "Legal basis",
    FactType.SECURITY: "Security",
    FactType.NOTICE_PERIOD: "Notice",
    FactType.AUTHORITY: "Authority",
    FactType.GOVERNING_LAW: "Governing law",
    FactType.DATA_CATEGORY: "Data",
}
_AI_STATEMENTS = {
    "trains": "trains models on data",
    "no-training": "does not train models on data",
    "opt-out": "offers an opt-out",
    "feature": "has AI features",
    "automated-decision": "decides automatically",
}
_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "TH": "hour", "TM": "minute", "TS": "second"}
_PERIOD = re.compile(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")


def period_words(value: str) -> str:
    """An ISO 8601 duration in words ("P1Y6M" is "1 year 6 months"); anything else as it is, made harmless."""
    if not _PERIOD.fullmatch(value):
        return plain(value)
    days, _, hours = value[1:].partition("T")
    found = [(count, unit) for count, unit in re.findall(r"(\d+)([A-Z])", days)]
    found += [(count, "T" + unit) for count, unit in re.findall(r"(\d+)([A-Z])", hours)]
    return " ".join(f"{count} {_UNITS[unit]}{'' if count == '1' else 's'}" for count, unit in found)


def deadline_words(deadline: Deadline) -> str:
    """How a deadline was counted, in one sentence."""
    period = period_words(deadline.period)
    counted_in = period.replace(" day", " business day") if deadline.business else period
    start = "the day that the vendor states" if deadline.stated else "the day on which it was first seen"
    basis = "the vendor's own text" if deadline.quote else "your configuration"
    country = f", public holidays of {deadline.holidays} left out" if deadline.holidays else ""
    return f"{counted_in} from {deadline.since.isoformat()}, {start}, by {basis}{country}."


def fact_label(fact: FactChange) -> str:
    """What a fact is about: "Kept for (old accounts)"."""
    subject = plain(fact.subject, 60)
    return f"{_FACTS[fact.type]} ({subject})" if subject else _FACTS[fact.type]


def fact_value(fact: FactChange, value: str | None) -> str:
    """One side of a fact in words; "not stated" where there is none."""
    if not value:
        return "not stated"
    words = period_words(value)
    return _AI_STATEMENTS.get(words, words) if fact.type is FactType.AI else plain(words, 120)


def counted(count: int, noun: str) -> str:
    """Say "1 change", "3 changes"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
