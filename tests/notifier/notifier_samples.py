"""Sample changes, versions and parcels for the tests of the notifier: our own texts, no real vendor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from storage.model import (
    Alert,
    Cadence,
    Cause,
    Change,
    ChangeKind,
    Comparison,
    Delivery,
    DeliveryState,
    Direction,
    DocumentType,
    FactChange,
    FactType,
    Parcel,
    Recipient,
    RecipientChange,
    RecipientDelta,
    Severity,
    Source,
    Span,
    Topic,
    Verdict,
    Version,
)

MOMENT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

SOURCE = Source(
    id="acme/privacy",
    vendor="Acme",
    document=DocumentType.PRIVACY_POLICY,
    urls=("https://acme.example/privacy?lang=en&page=1",),
    tags=("hr",),
)

VERSION = Version(
    source_id="acme/privacy",
    number=4,
    cause=Cause.CHANGED,
    first_seen=MOMENT,
    last_seen=MOMENT,
    fingerprint="f" * 64,
    extraction="1",
    captures=("c" * 64,),
    title="Privacy at Acme",
    language="en",
    effective_date=date(2026, 12, 15),
    last_updated=None,
    blocks=120,
    words=4000,
    verdict=Verdict.MATERIAL,
)

PREVIOUS = replace(
    VERSION,
    number=3,
    effective_date=date(2024, 5, 25),
    first_seen=MOMENT - timedelta(days=40),
    last_seen=MOMENT - timedelta(hours=23, minutes=30),
)

RETENTION = Change(
    topic=Topic.RETENTION,
    topics=(Topic.RETENTION,),
    kind=ChangeKind.MODIFIED,
    severity=Severity.HIGH,
    direction=Direction.WORSE,
    section=("How long we keep data", "Former customers"),
    before="When you close your account, we delete your invoices after 24 months.",
    after="When you close your account, we delete your invoices after 36 months.",
    spans=(
        Span("equal", "When you close your account, we delete your invoices after "),
        Span("delete", "24"),
        Span("insert", "36"),
        Span("equal", " months."),
    ),
    facts=(FactChange(FactType.RETENTION, "invoices", "P24M", "P36M"),),
    summary="Retention of invoices: 24 months -> 36 months",
    rules=("retention.longer",),
)

TRAINING = Change(
    topic=Topic.AI,
    topics=(Topic.AI, Topic.PURPOSES),
    kind=ChangeKind.ADDED,
    severity=Severity.HIGH,
    direction=Direction.WORSE,
    section=("How we use data",),
    before=None,
    after="We may use the messages you send to train models that improve our writing assistant, unless you opt out.",
    spans=(
        Span(
            "insert",
            "We may use the messages you send to train models that improve our writing assistant, unless you opt out.",
        ),
    ),
    facts=(FactChange(FactType.AI, None, None, "trains"),),
    summary="New: messages may be used to train models",
    rules=("ai.trains",),
)

PROCESSOR = Change(
    topic=Topic.SUBPROCESSORS,
    topics=(Topic.SUBPROCESSORS, Topic.TRANSFERS),
    kind=ChangeKind.ADDED,
    severity=Severity.MEDIUM,
    direction=Direction.NEUTRAL,
    section=("Who works for us",),
    before=None,
    after="Nimbus Mail | sends our newsletters | United States",
    spans=(Span("insert", "Nimbus Mail | sends our newsletters | United States"),),
    facts=(),
    summary="New sub-processor: Nimbus Mail (United States)",
    rules=("recipients.added",),
)

RIGHT = Change(
    topic=Topic.RIGHTS,
    topics=(Topic.RIGHTS,),
    kind=ChangeKind.MODIFIED,
    severity=Severity.LOW,
    direction=Direction.BETTER,
    section=("Your rights",),
    before="We answer a request within six weeks, and we may ask you to prove who you are.",
    after="We answer a request within four weeks, and we may ask you to prove who you are.",
    spans=(
        Span("equal", "We answer a request within "),
        Span("delete", "six"),
        Span("insert", "four"),
        Span("equal", " weeks, and we may ask you to prove who you are."),
    ),
    facts=(),
    summary="Requests are answered within four weeks instead of six",
    rules=(),
)

WORDING = replace(
    RIGHT,
    topic=Topic.OTHER,
    topics=(Topic.OTHER,),
    severity=Severity.INFO,
    direction=Direction.NEUTRAL,
    summary="Wording only: a sentence was put differently",
)

RECIPIENTS = RecipientDelta(
    added=(Recipient("Nimbus Mail", "sends our newsletters", "United States"),),
    removed=(Recipient("Post Office Ltd", "prints letters", "Ireland"),),
    changed=(RecipientChange("Vault Hosting", "location", "Germany", "United States"),),
)


def comparison(*changes: Change, verdict: Verdict = Verdict.MATERIAL) -> Comparison:
    """A comparison of these changes, with the sample recipients."""
    return Comparison(verdict, "en", changes, RECIPIENTS)


def parcel(
    *changes: Change,
    source: Source = SOURCE,
    key: str = "a" * 32,
    target: str = "mailto:privacy@example.org",
    group: str = "",
    subscriber: str = "privacy-team",
) -> Parcel:
    """A due delivery of these changes of the sample source."""
    shown = changes or (RETENTION, TRAINING, PROCESSOR, RIGHT)
    alert = Alert(
        key="b" * 32,
        subscriber=subscriber,
        source_id=source.id,
        version=VERSION.number,
        changes=tuple(range(len(shown))),
        created_at=MOMENT,
        cadence=Cadence.IMMEDIATE,
    )
    delivery = Delivery(
        key=key,
        alert_key=alert.key,
        subscriber=subscriber,
        target=target,
        group=group,
        state=DeliveryState.PENDING,
        attempts=0,
        next_try=MOMENT,
        created_at=MOMENT,
    )
    return Parcel(
        delivery=delivery,
        alert=alert,
        source=source,
        version=replace(VERSION, source_id=source.id),
        previous=replace(PREVIOUS, source_id=source.id),
        changes=shown,
        comparison=comparison(*shown),
    )
