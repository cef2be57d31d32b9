"""The JSON that programs may rely on, built from the values: docs/reference/contracts.md describes each form.

Pure: values in, plain dicts and lists out. Keys never change their spelling; new ones may be added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from notifier import machine
from notifier.overview import overview
from storage.model import (
    CheckResult,
    Comparison,
    Delivery,
    Document,
    DueDeadline,
    Fact,
    LedgerEntry,
    NoticeParcel,
    PageRules,
    Post,
    QuietHours,
    Range,
    RecordedChange,
    SearchHit,
    Source,
    SourceState,
    Subscriber,
    Verdict,
    Version,
)
from watcher.age import Stale
from watcher.timestamps.standing import Standing

Json = dict[str, Any]
# The forms that webhooks get too.
version_side = machine.version_side
change_json = machine.change_json
delta_json = machine.delta_json
notice_json = machine.notice_json
moment = machine.moment


def compare_json(comparison: Comparison, old: Json, new: Json) -> Json:
    """`clausewatch/compare/1`; `old` and `new` come from `document_side` or `version_side`."""
    result: Json = {
        "schema": "clausewatch/compare/1",
        "verdict": comparison.verdict.value,
        "summary": overview(comparison),
        "language": comparison.language,
        "old": old,
        "new": new,
        "changes": [change_json(change) for change in comparison.changes],
        "subprocessors": delta_json(comparison.recipients),
    }
    if comparison.verdict is Verdict.BLOCKED:
        result["side"] = comparison.side
        result["reason"] = comparison.reason.value if comparison.reason else None
    return result


def document_side(document: Document, sha256: str) -> Json:
    """One side of a comparison of files."""
    return {
        "title": document.title,
        "effective_date": _day(document.effective.day if document.effective else None),
        "last_updated": _day(document.updated.day if document.updated else None),
        "sha256": sha256,
        "blocks": len(document.blocks),
    }


def facts_json(document: Document, facts: Sequence[Fact]) -> Json:
    """`clausewatch/facts/1`."""
    return {
        "schema": "clausewatch/facts/1",
        "title": document.title,
        "language": document.language,
        "effective_date": _day(document.effective.day if document.effective else None),
        "last_updated": _day(document.updated.day if document.updated else None),
        "facts": [fact_json(fact) for fact in facts],
    }


def fact_json(fact: Fact) -> Json:
    """One fact with its typed fields, its words and where they stand."""
    return {"type": fact.type.value, **dict(fact.fields), "quote": fact.quote, "section": list(fact.section)}


def version_json(version: Version) -> Json:
    """One version, without its text."""
    return {
        "source": version.source_id,
        "version": version.number,
        "cause": version.cause.value,
        "verdict": version.verdict.value if version.verdict else None,
        "first_seen": moment(version.first_seen),
        "last_seen": moment(version.last_seen),
        "title": version.title,
        "language": version.language,
        "effective_date": _day(version.effective_date),
        "last_updated": _day(version.last_updated),
        "blocks": version.blocks,
        "words": version.words,
        "fingerprint": version.fingerprint,
        "captures": list(version.captures),
        "extraction": version.extraction,
    }


def show_json(version: Version, document: Document, facts: Sequence[Fact]) -> Json:
    """One version with its text and its facts."""
    blocks = [
        {
            "kind": block.kind.value,
            "level": block.level,
            "section": list(block.path),
            "text": block.text,
            "links": [{"text": link.text, "href": link.href} for link in block.links],
        }
        for block in document.blocks
    ]
    return {**version_json(version), "text": blocks, "facts": [fact_json(fact) for fact in facts]}


def recorded_json(recorded: RecordedChange) -> Json:
    """One change as the history keeps it, with the interval in which it happened."""
    return {
        "id": f"{recorded.source_id}@{recorded.version}#{recorded.position}",
        "source": recorded.source_id,
        "vendor": recorded.vendor,
        "document": recorded.document.value,
        "url": recorded.url,
        "version": recorded.version,
        "seen_before": moment(recorded.seen_before),
        "seen_after": moment(recorded.seen_after),
        **change_json(recorded.change),
    }


def check_json(source: Source, result: CheckResult) -> Json:
    """What one check of one source came to."""
    made = result.versions[-1] if result.versions else None
    comparison = made.comparison if made else None
    return {
        "source": source.id,
        "checked_at": moment(result.checked_at),
        "outcome": result.outcome.value,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "version": made.version.number if made else None,
        "verdict": comparison.verdict.value if comparison else None,
        "changes": [change_json(change) for change in comparison.changes] if comparison else [],
        "alerts": len(made.alerts) if made else 0,
        "next_due": moment(result.next_due),
    }


def state_json(state: SourceState) -> Json:
    """The health of one source."""
    return {
        "source": state.source_id,
        "vendor": state.vendor,
        "document": state.document.value,
        "url": state.url,
        "active": state.active,
        "outcome": state.outcome.value if state.outcome else None,
        "reason": state.reason.value if state.reason else None,
        "detail": state.detail,
        "last_check": moment(state.last_check),
        "last_good": moment(state.last_good),
        "next_due": moment(state.next_due),
        "failures": state.failures,
        "failing_since": moment(state.health.failing_since),
        "told_at": moment(state.health.told),
        "removed_at": moment(state.health.removed),
        "moved_to": state.moved_to,
        "version": state.version or None,
    }


def stale_json(stale: Stale) -> Json:
    """What is older than was asked for."""
    return {
        "max_age": f"PT{int(stale.max_age.total_seconds())}S",
        "nobody_runs_it": stale.nobody,
        "last_check": moment(stale.last_check),
        "unchecked": [state.source_id for state in stale.unchecked],
        "not_good": [state.source_id for state in stale.not_good],
    }


def stamped_json(stamped: Standing) -> Json:
    """How far the chain is stamped by a time-stamping authority, and what came of the last attempt if it failed."""
    last, failed = stamped.last, stamped.failed
    return {
        "last": {"at": moment(last.at), "record": last.seq, "authority": last.authority} if last else None,
        "failed": (
            {"asked_at": moment(failed.asked_at), "authority": failed.authority, "error": failed.error}
            if failed
            else None
        ),
        "unstamped": stamped.unstamped,
    }


def ledger_json(entry: LedgerEntry) -> Json:
    """Checks in a row with the same outcome."""
    return {
        "source": entry.source_id,
        "from": moment(entry.since),
        "until": moment(entry.until),
        "count": entry.count,
        "outcome": entry.outcome.value,
        "reason": entry.reason.value if entry.reason else None,
        "detail": entry.detail,
    }


def delivery_json(delivery: Delivery) -> Json:
    """One line of the outbox. The target is shown as configured, its secrets unexpanded."""
    return {
        "id": delivery.key,
        "about": "notice" if delivery.notice else "alert",
        "alert": delivery.alert_key,
        "subscriber": delivery.subscriber,
        "target": delivery.target,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "created_at": moment(delivery.created_at),
        "next_try": moment(delivery.next_try),
        "sent_at": moment(delivery.sent_at),
        "last_error": delivery.last_error,
    }


def parcel_json(parcel: Post) -> Json:
    """One delivery with what its message says."""
    if isinstance(parcel, NoticeParcel):
        return {**delivery_json(parcel.delivery), "notice": notice_json(parcel.notice)}
    return {
        **delivery_json(parcel.delivery),
        "source": parcel.source.id,
        "vendor": parcel.source.vendor,
        "version": parcel.version.number,
        "changes": [change_json(change) for change in parcel.changes],
    }


def hit_json(hit: SearchHit) -> Json:
    """One passage that matches."""
    return {
        "source": hit.source_id,
        "vendor": hit.vendor,
        "since_version": hit.since,
        "until_version": hit.until,
        "section": list(hit.section),
        "text": hit.text,
        "snippet": hit.snippet,
    }


def source_json(source: Source) -> Json:
    """One source as configured."""
    return {
        "id": source.id,
        "vendor": source.vendor,
        "document": source.document.value,
        "urls": list(source.urls),
        "every": f"PT{int(source.every.total_seconds())}S",
        **({"cron": {"expression": source.cron.expression, "zone": source.cron.zone}} if source.cron else {}),
        **_rules(source.rules),
        **({"pages": [_rules(page) for page in source.rules.pages]} if source.rules.pages else {}),
        "language": source.rules.language,
        "fetcher": source.fetcher,
        "tags": list(source.tags),
        "confirm": source.confirm,
        "flapping": f"PT{int(source.flapping.total_seconds())}S",
        "objection": source.objection,
        "earlier": [{"valid_until": _day(one.valid_until), **_rules(one.rules)} for one in source.earlier],
    }


def _rules(rules: PageRules) -> Json:
    """What is kept and left out: selectors as text, ranges as the configuration writes them."""
    return {
        "select": [*rules.select, *map(_range, rules.select_ranges)],
        "remove": [*rules.remove, *map(_range, rules.remove_ranges)],
    }


def _range(wanted: Range) -> Json:
    bounds = {"from_included": False} if wanted.after else {}
    return {"from": wanted.start, "to": wanted.end, **bounds, **({"to_included": True} if wanted.through else {})}


def subscriber_json(subscriber: Subscriber) -> Json:
    """One subscriber as configured, secrets unexpanded."""
    return {
        "name": subscriber.name,
        "to": [target.template for target in subscriber.targets],
        "vendors": list(subscriber.vendors),
        "documents": [document.value for document in subscriber.documents],
        "tags": list(subscriber.tags),
        "topics": [str(topic) for topic in subscriber.topics],
        "min_severity": subscriber.min_severity.value,
        "direction": [direction.value for direction in subscriber.directions],
        "languages": list(subscriber.languages),
        "cadence": subscriber.cadence.value,
        "at": subscriber.at.isoformat("minutes"),
        "quiet_hours": _hours(subscriber.quiet),
        "proof": subscriber.proof,
        "reminders": subscriber.reminders,
        "attach": [each.value for each in subscriber.attach],
        "lang": subscriber.lang,
        "subject": subscriber.subject or None,
        "intro": subscriber.intro or None,
        "outro": subscriber.outro or None,
    }


def _hours(quiet: QuietHours | None) -> str | None:
    return None if quiet is None else f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def deadline_json(due: DueDeadline) -> Json:
    """Until when one may object to a version, and how that was counted."""
    return {
        "source": due.source_id,
        "vendor": due.vendor,
        "document": due.document.value,
        "version": due.version,
        "summary": due.summary,
        **machine.deadline_json(due.deadline),
    }
