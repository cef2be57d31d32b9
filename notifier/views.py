"""What a message shows, as values: chosen, ordered, worded and made harmless; no markup yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from notifier.cadence import REMINDER
from notifier.excerpt import Piece, excerpt
from notifier.phrases import (
    DIRECTIONS,
    DOCUMENTS,
    KINDS,
    SEVERITIES,
    TOPICS,
    counted,
    deadline_words,
    fact_label,
    fact_value,
    topic_words,
)
from notifier.sinks import plain, web_link
from storage.model import Change, Parcel, Recipient, RecipientDelta, Severity, Topic, Version

IN_FULL = 20  # changes of one message that are shown with their wording
IN_BRIEF = 40  # further documents that are named in one line
NAMES = 25  # recipients of one document that are listed
_ABOUT_RECIPIENTS = frozenset({Topic.SUBPROCESSORS, Topic.SHARING, Topic.TRANSFERS})


@dataclass(frozen=True, slots=True)
class FactView:
    """A typed fact on both sides, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change in words. `severity` and `direction` keep their ids, for the colours."""

    number: int
    severity: Severity
    severity_words: str
    direction: str
    direction_sign: str
    direction_words: str
    kind: str
    topics: str
    section: str
    summary: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class RecipientView:
    """A recipient that came, went or changed; `what` is "added", "removed" or "changed"."""

    what: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One new version of one document: its changes in full, gravest first, and how many more there are."""

    source_id: str
    vendor: str
    kind: str
    severity: Severity
    total: int
    counts: str
    changes: tuple[ChangeView, ...]
    more: int
    recipients: tuple[RecipientView, ...]
    more_recipients: int
    in_force: str
    objection: str
    granted: str
    url: str
    link: str | None
    language: str | None
    seen_before: str
    seen_after: str
    versions: str
    command: str
    first_summary: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one message shows. `brief` are documents named in one line, `more` counts those not named at all.

    `total` counts the changes of all documents, `reminder` says how long one may still object where it reminds of that.
    """

    documents: tuple[DocumentView, ...]
    brief: tuple[DocumentView, ...]
    more: int
    total: int
    subscriber: str
    title: str
    head: str
    reminder: str = ""


def view(parcels: Sequence[Parcel]) -> Digest:
    """The parcels of one message as one value: gravest document first, at most 20 changes in full in all.

    Raises ValueError when there are no parcels.
    """
    if not parcels:
        raise ValueError("a message needs at least one parcel")
    ordered = sorted(parcels, key=_gravity)
    in_full = _chosen(ordered)
    views = [_document(parcel, in_full.get(i, 0)) for i, parcel in enumerate(ordered)]
    documents = tuple(each for each in views if each.changes)
    rest = [each for each in views if not each.changes]
    return Digest(
        documents=documents,
        brief=tuple(rest[:IN_BRIEF]),
        more=max(len(rest) - IN_BRIEF, 0),
        total=sum(each.total for each in views),
        subscriber=plain(parcels[0].delivery.subscriber, 60),
        title=_title(parcels),
        head=parcels[0].head,
        reminder=_left(parcels[0]),
    )


def _title(parcels: Sequence[Parcel]) -> str:
    cadence, _, day = parcels[0].delivery.group.partition(":")
    if cadence == "daily":
        return f"Daily digest, {day}"
    if cadence == "weekly":
        return f"Weekly digest, {day}"
    if left := _left(parcels[0]):
        return f"Reminder: {left}, until {day.partition(':')[0]}"
    return "" if len(parcels) == 1 else f"Changes in {len(parcels)} documents"


def _left(parcel: Parcel) -> str:
    """How long one may still object, where the delivery reminds of that; else empty."""
    kind, _, rest = parcel.delivery.group.partition(":")
    return f"{counted(int(rest.partition(':')[2]), 'day')} left to object" if kind == REMINDER else ""


def _gravity(parcel: Parcel) -> tuple[int, int, str, str, int]:
    ranks = [change.severity.rank for change in parcel.changes]
    high = sum(rank == Severity.HIGH.rank for rank in ranks)
    return -max(ranks, default=0), -high, parcel.source.vendor.casefold(), parcel.source.id, parcel.version.number


def _by_gravity(changes: Sequence[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: -change.severity.rank)  # stable: the comparison's own order decides


def _chosen(parcels: Sequence[Parcel]) -> Counter[int]:
    """How many changes of each parcel are shown in full: the gravest of all, then in the order of the message."""
    ranked = sorted((-change.severity.rank, i) for i, parcel in enumerate(parcels) for change in parcel.changes)
    return Counter(i for _, i in ranked[:IN_FULL])


def _document(parcel: Parcel, in_full: int) -> DocumentView:
    source, version, previous = parcel.source, parcel.version, parcel.previous
    changes = _by_gravity(parcel.changes)
    recipients = _recipients(parcel.comparison.recipients) if _names_recipients(changes) else []
    before = previous.number if previous else version.number - 1
    return DocumentView(
        source_id=plain(source.id),
        vendor=plain(source.vendor, 60),
        kind=DOCUMENTS[source.document],
        severity=changes[0].severity if changes else Severity.INFO,
        total=len(changes),
        counts=_counts(changes),
        changes=tuple(_change(number, change) for number, change in enumerate(changes[:in_full], 1)),
        more=len(changes) - in_full,
        recipients=tuple(recipients[:NAMES]),
        more_recipients=max(len(recipients) - NAMES, 0),
        in_force=_new_effective_date(version, previous),
        objection=_objection(parcel),
        granted=_granted(parcel),
        url=plain(source.urls[0], 300) if source.urls else "",
        link=web_link(source.urls[0]) if source.urls else None,
        language=_language(parcel.comparison.language),
        seen_before=_moment(previous.last_seen) if previous else "",
        seen_after=_moment(version.first_seen),
        versions=f"{before} → {version.number}",
        command=f"clausewatch diff {plain(source.id)} {before} {version.number}",
        first_summary=_summary(changes[0]) if changes else "",
    )


def _change(number: int, change: Change) -> ChangeView:
    before, after = excerpt(change)
    sign, direction = DIRECTIONS[change.direction]
    topics = dict.fromkeys((change.topic, *change.topics))
    return ChangeView(
        number=number,
        severity=change.severity,
        severity_words=SEVERITIES[change.severity],
        direction=change.direction.value,
        direction_sign=sign,
        direction_words=direction,
        kind=KINDS[change.kind],
        topics=", ".join(topic_words(topic) for topic in topics),
        section=" › ".join(heading for part in change.section if (heading := plain(part, 100))),
        summary=_summary(change),
        before=before,
        after=after,
        facts=tuple(
            FactView(fact_label(fact), fact_value(fact, fact.before), fact_value(fact, fact.after))
            for fact in change.facts
        ),
    )


def _summary(change: Change) -> str:
    """The differ's sentence, or one of our own where it has none."""
    said = plain(change.summary, 220)
    return said or f"{TOPICS[change.topic].capitalize()}: text {KINDS[change.kind]}"


def _counts(changes: Sequence[Change]) -> str:
    """Say "3 changes: 1 high, 2 low"; "1 change: low"."""
    if len(changes) == 1:
        return f"1 change: {changes[0].severity}"
    found = Counter(change.severity for change in changes)
    parts = ", ".join(f"{found[severity]} {severity}" for severity in Severity if found[severity])
    return f"{counted(len(changes), 'change')}: {parts}"


def _names_recipients(changes: Sequence[Change]) -> bool:
    return any(not _ABOUT_RECIPIENTS.isdisjoint((change.topic, *change.topics)) for change in changes)


def _new_effective_date(version: Version, previous: Version | None) -> str:
    """The day the page says it takes effect, where it says so newly."""
    day = version.effective_date
    return day.isoformat() if day and (previous is None or previous.effective_date != day) else ""


def _objection(parcel: Parcel) -> str:
    """Until when one may object; that it is not known, where a new sub-processor asks for it."""
    if parcel.deadline is not None:
        return f"Object by {parcel.deadline.on.isoformat()}: {deadline_words(parcel.deadline)}"
    delta = parcel.comparison.recipients
    new = delta.added or delta.changed
    told = any(Topic.SUBPROCESSORS in (change.topic, *change.topics) for change in parcel.changes)
    return "Time to object: not stated." if new and told else ""


def _granted(parcel: Parcel) -> str:
    """The vendor's words that grant the time, and where they stand."""
    deadline = parcel.deadline
    if deadline is None or not deadline.quote:
        return ""
    return f"\u201c{plain(deadline.quote, 300)}\u201d ({plain(deadline.source_id)})"


def _recipients(delta: RecipientDelta) -> list[RecipientView]:
    added = [RecipientView("added", plain(each.name, 100), _detail(each)) for each in delta.added]
    removed = [RecipientView("removed", plain(each.name, 100), _detail(each)) for each in delta.removed]
    changed = [
        RecipientView(
            "changed",
            plain(each.name, 100),
            f"{plain(each.field)}: {plain(each.before, 80) or 'not stated'} → {plain(each.after, 80) or 'not stated'}",
        )
        for each in delta.changed
    ]
    return [*added, *removed, *changed]


def _detail(recipient: Recipient) -> str:
    return " · ".join(words for part in (recipient.purpose, recipient.location) if (words := plain(part, 100)))


def _language(code: str | None) -> str | None:
    """A language code that may stand in an attribute."""
    return code if code and code.isascii() and code.replace("-", "").isalnum() and len(code) <= 12 else None


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
