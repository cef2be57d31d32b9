"""Which subscriber hears of which change: pure, and the same again on every rerun."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from notifier.cadence import due, reminders
from storage.model import (
    OPERATOR,
    Alert,
    Cause,
    Change,
    Comparison,
    Deadline,
    Delivery,
    DeliveryState,
    Notice,
    Operator,
    Posting,
    Source,
    Subscriber,
    Target,
    Verdict,
    Version,
)


def route(
    subscribers: Iterable[Subscriber],
    source: Source,
    version: Version,
    comparison: Comparison,
    now: datetime,
    *,
    zone: tzinfo = UTC,
) -> tuple[tuple[Alert, ...], tuple[Delivery, ...]]:
    """The alerts that a new version makes, and one pending delivery for each alert and target.

    A subscriber hears of a version when its vendors (whatever their case), documents, tags and languages let the source
    through and at least one change passes its topics, least severity and directions; `Alert.changes` are the positions
    of the changes that pass. Only a changed version with a material or editorial verdict alerts: a re-extracted one is
    our own upgrade. Digests and quiet hours go by the clock of `zone`. Keys depend on subscriber, source, version and
    target alone.
    """
    if version.cause is not Cause.CHANGED or comparison.verdict not in {Verdict.MATERIAL, Verdict.EDITORIAL}:
        return (), ()
    alerts: list[Alert] = []
    deliveries: list[Delivery] = []
    for subscriber in subscribers:
        if not wants(subscriber, source, version.language):
            continue
        heard = tuple(i for i, change in enumerate(comparison.changes) if _wants_change(subscriber, change))
        if not heard:
            continue
        key = _key(subscriber.name, source.id, str(version.number))
        alerts.append(Alert(key, subscriber.name, source.id, version.number, heard, now, subscriber.cadence))
        deliveries += _deliveries(subscriber, key, now, zone)
    return tuple(alerts), tuple(deliveries)


def remind(
    subscribers: Iterable[Subscriber],
    alerts: Iterable[Alert],
    deadline: Deadline | None,
    now: datetime,
    *,
    zone: tzinfo = UTC,
) -> tuple[tuple[Alert, ...], tuple[Delivery, ...]]:
    """The same alerts again for 7 days and 1 day before the last day on which one may object, with their deliveries.

    They wait in the outbox like all others: what withdraws the version, or settles its changes, drops them.
    """
    known = {subscriber.name: subscriber for subscriber in subscribers}
    again: list[Alert] = []
    deliveries: list[Delivery] = []
    for alert in alerts if deadline else ():
        subscriber = known[alert.subscriber]
        if not subscriber.reminders:
            continue
        for moment, group in reminders(deadline.on, now, zone, subscriber.at) if deadline else ():
            again.append(replace(alert, key=_key(alert.key, group)))
            deliveries += _to_each(subscriber.name, subscriber.targets, again[-1].key, now, group=group, moment=moment)
    return tuple(again), tuple(deliveries)


def tell_subscribers(
    subscribers: Iterable[Subscriber], source: Source, draft: Notice, zone: tzinfo = UTC
) -> list[Posting]:
    """A notice about a page as a whole, to each subscriber whose filters let its source through, at their cadence.

    The key of `draft` is that of the event; each notice and each delivery gets one that follows from it.
    """
    postings = []
    for subscriber in subscribers:
        if wants(subscriber, source):
            notice = _addressed(draft, subscriber.name)
            moment, group = due(subscriber.cadence, notice.created_at, zone, subscriber.at, subscriber.quiet)
            postings.append(_posting(notice, subscriber.targets, group, moment))
    return postings


def tell_operator(operator: Operator, draft: Notice, group: str, moment: datetime | None = None) -> list[Posting]:
    """A notice to the operator, due at `moment` (None: at once); none where nobody is named, or only the dead target.

    Those of one `group` go out as one message. A target that gave a delivery up is not told of it by itself.
    """
    targets = tuple(target for target in operator.targets if target.template != draft.target)
    if not targets:
        return []
    return [_posting(_addressed(draft, OPERATOR), targets, group, moment or draft.created_at)]


def tell(subscriber: Subscriber, draft: Notice, group: str) -> Posting:
    """A notice to one subscriber, due at once, whatever the filters say."""
    notice = _addressed(draft, subscriber.name)
    return _posting(notice, subscriber.targets, group, notice.created_at)


def notice_key(draft: Notice, subscriber: str) -> str:
    """The key that a notice has for one subscriber."""
    return _key("notice", draft.key, subscriber)


def _addressed(draft: Notice, subscriber: str) -> Notice:
    return replace(draft, key=notice_key(draft, subscriber), subscriber=subscriber)


def _posting(notice: Notice, targets: Iterable[Target], group: str, moment: datetime) -> Posting:
    deliveries = _to_each(notice.subscriber, targets, notice.key, notice.created_at, group=group, moment=moment)
    return Posting(notice, tuple(replace(delivery, notice=True) for delivery in deliveries))


def wants(subscriber: Subscriber, source: Source, language: str | None = None) -> bool:
    """Whether a subscriber's filters let a source through, whose text is in `language` (None: not known)."""
    spoken = language or source.rules.language
    vendors = {vendor.casefold() for vendor in subscriber.vendors}
    return (
        (not vendors or source.vendor.casefold() in vendors)
        and (not subscriber.documents or source.document in subscriber.documents)
        and (not subscriber.tags or not set(subscriber.tags).isdisjoint(source.tags))
        and (not subscriber.languages or spoken is None or spoken.partition("-")[0] in subscriber.languages)
    )


def _wants_change(subscriber: Subscriber, change: Change) -> bool:
    return (
        change.severity.rank >= subscriber.min_severity.rank
        and (not subscriber.topics or not set(subscriber.topics).isdisjoint((change.topic, *change.topics)))
        and (not subscriber.directions or change.direction in subscriber.directions)
    )


def _deliveries(subscriber: Subscriber, alert_key: str, now: datetime, zone: tzinfo) -> list[Delivery]:
    moment, group = due(subscriber.cadence, now, zone, subscriber.at, subscriber.quiet)
    return _to_each(subscriber.name, subscriber.targets, alert_key, now, group=group, moment=moment)


def _to_each(
    subscriber: str, targets: Iterable[Target], told: str, now: datetime, *, group: str, moment: datetime
) -> list[Delivery]:
    """One pending delivery a target of the alert or notice that has the key `told`."""
    templates = dict.fromkeys(target.template for target in targets)  # the same target twice is one
    return [
        Delivery(
            key=_key(told, template),
            alert_key=told,
            subscriber=subscriber,
            target=template,
            group=group,
            state=DeliveryState.PENDING,
            attempts=0,
            next_try=moment,
            created_at=now,
        )
        for template in templates
    ]


def _key(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
