"""What a message tells, for programs: the forms of docs/reference/contracts.md, built from the values.

Nothing is shortened or made harmless here: JSON carries any text as text. Only the changes that the subscriber's
filters let through are in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from notifier.cadence import REMINDER
from notifier.manner import USUAL, Manner
from notifier.views import archive_of, gravest_first, gravity
from storage.model import (
    Change,
    Deadline,
    FactChange,
    Notice,
    NoticeKind,
    NoticeParcel,
    Parcel,
    Recipient,
    RecipientDelta,
    Version,
)

Json = dict[str, Any]
_MOST = 500  # changes, or notices, in one message: what is beyond is counted
_DOCUMENTS = 200


def alert_json(parcels: Sequence[Parcel], manner: Manner = USUAL) -> Json:
    """`clausewatch/alert/1`: each document as a comparison, with who hears of it, since when, and until when to object.

    The gravest document first, at most 200 of them and 500 changes in all: `more_documents`, and `more_changes` of a
    document, say how many were left out.
    """
    room, documents = _MOST, []
    for parcel in sorted(parcels, key=gravity)[:_DOCUMENTS]:
        documents.append(_document(parcel, manner, max(room, 0)))
        room -= len(parcel.changes)
    first = parcels[0]
    group = first.delivery.group.partition(":")[0]
    return {
        "schema": "clausewatch/alert/1",
        "subscriber": first.delivery.subscriber,
        "kind": {REMINDER: "reminder", "daily": "digest", "weekly": "digest"}.get(group, "alert"),
        "head": first.head or None,
        "documents": documents,
        "more_documents": max(len(parcels) - _DOCUMENTS, 0),
    }


def notices_json(parcels: Sequence[NoticeParcel]) -> Json:
    """`clausewatch/notices/1`: what is told of sources in trouble, of pages and of the watch itself."""
    return {
        "schema": "clausewatch/notices/1",
        "subscriber": parcels[0].delivery.subscriber,
        "notices": [_notice(parcel) for parcel in parcels[:_MOST]],
        "more_notices": max(len(parcels) - _MOST, 0),
    }


def _notice(parcel: NoticeParcel) -> Json:
    told = {**notice_json(parcel.notice), "vendor": parcel.source.vendor if parcel.source else None}
    if parcel.notice.kind is not NoticeKind.PROOF:
        return told
    checked = [
        {
            "source": one.source_id,
            "vendor": one.vendor,
            "document": one.document.value,
            "checks": one.checks,
            "changes": one.changes,
            "last_good": moment(one.last_good),
        }
        for one in parcel.notice.checked
    ]
    return {**told, "checked": checked, "head": parcel.notice.head or None}


def _document(parcel: Parcel, manner: Manner, room: int) -> Json:
    source, version, previous = parcel.source, parcel.version, parcel.previous
    return {
        "source": source.id,
        "vendor": source.vendor,
        "document": source.document.value,
        "url": source.urls[0] if source.urls else None,
        "archive": archive_of(parcel, manner),
        "verdict": parcel.comparison.verdict.value,
        "language": parcel.comparison.language,
        "last_seen_as_before": moment(previous.last_seen) if previous else None,
        "first_seen_as_after": moment(version.first_seen),
        "effective_date": _day(version.effective_date),
        "old": version_side(previous) if previous else None,
        "new": version_side(version),
        "changes": [
            {**change_json(change), "spans": _spans(change)} for change in gravest_first(parcel.changes)[:room]
        ],
        "more_changes": max(len(parcel.changes) - room, 0),
        "subprocessors": delta_json(parcel.comparison.recipients),
        "objection": deadline_json(parcel.deadline) if parcel.deadline else None,
    }


def version_side(version: Version) -> Json:
    """One side of a comparison of versions; `sha256` is that of the first raw page."""
    return {
        "title": version.title,
        "effective_date": _day(version.effective_date),
        "last_updated": _day(version.last_updated),
        "sha256": version.captures[0] if version.captures else None,
        "blocks": version.blocks,
        "version": version.number,
        "first_seen": moment(version.first_seen),
        "last_seen": moment(version.last_seen),
    }


def change_json(change: Change) -> Json:
    """One change."""
    return {
        "topic": change.topic.value,
        "topics": [str(topic) for topic in change.topics],
        "kind": change.kind.value,
        "severity": change.severity.value,
        "direction": change.direction.value,
        "section": list(change.section),
        "before": change.before,
        "after": change.after,
        "facts": [_fact_change(fact) for fact in change.facts],
        "summary": change.summary,
        "rules": list(change.rules),
    }


def delta_json(delta: RecipientDelta) -> Json:
    """What happened to the named recipients."""
    return {
        "added": [_recipient(recipient) for recipient in delta.added],
        "removed": [_recipient(recipient) for recipient in delta.removed],
        "changed": [
            {"name": change.name, "field": change.field, "before": change.before, "after": change.after}
            for change in delta.changed
        ],
    }


def deadline_json(deadline: Deadline) -> Json:
    """Until when one may object, and how that was counted."""
    return {
        "object_by": deadline.on.isoformat(),
        "since": deadline.since.isoformat(),
        "since_is_stated": deadline.stated,
        "period": deadline.period,
        "days": "business" if deadline.business else "calendar",
        "saturdays": deadline.saturdays,
        "holidays": deadline.holidays,
        "basis": "vendor" if deadline.quote else "configuration",
        "quote": deadline.quote,
        "quoted_from": deadline.source_id,
    }


def notice_json(notice: Notice) -> Json:
    """What is told of a source in trouble, of a page as a whole, or of a delivery that was given up."""
    return {
        "kind": notice.kind.value,
        "created_at": moment(notice.created_at),
        "source": notice.source_id,
        "outcome": notice.outcome.value if notice.outcome else None,
        "reason": notice.reason.value if notice.reason else None,
        "detail": notice.detail,
        "count": notice.count,
        "since": moment(notice.since),
        "last_good": moment(notice.last_good),
        "moved_to": notice.move.to if notice.move else None,
        "recipient": notice.recipient,
        "target": notice.target,
        "delivery": notice.delivery,
    }


def moment(when: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, to the second."""
    return None if when is None else when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _spans(change: Change) -> list[Json]:
    """The words of both sides: what is `equal`, what was taken out (`delete`) and what was put in (`insert`)."""
    return [{"op": span.op, "text": span.text} for span in change.spans]


def _recipient(recipient: Recipient) -> Json:
    return {
        "name": recipient.name,
        "purpose": recipient.purpose,
        "location": recipient.location,
        "role": recipient.role,
    }


def _fact_change(fact: FactChange) -> Json:
    return {"type": fact.type.value, "subject": fact.subject, "before": fact.before, "after": fact.after}
