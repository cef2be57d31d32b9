"""Sources, checks and versions for the tests of the store: our own texts, no real vendor."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from storage.model import (
    Alert,
    Block,
    BlockKind,
    Cadence,
    Capture,
    Cause,
    Change,
    ChangeKind,
    CheckResult,
    Claim,
    Comparison,
    DatedPhrase,
    Delivery,
    DeliveryState,
    Direction,
    Document,
    DocumentType,
    Fact,
    FactChange,
    FactType,
    Hop,
    NewVersion,
    Outcome,
    PageState,
    Recipient,
    RecipientDelta,
    Severity,
    Source,
    Span,
    Topic,
    Verdict,
    Version,
)
from storage.protocol import Store

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LEASE = timedelta(minutes=30)


def source(key: str = "acme/privacy", **changed: object) -> Source:
    """A source whose vendor and address follow from its id."""
    vendor = key.split("/", maxsplit=1)[0]
    plain = Source(key, vendor.title(), DocumentType.PRIVACY_POLICY, (f"https://{vendor}.example/privacy",))
    return replace(plain, **changed)  # type: ignore[arg-type] # the fields of Source, by name


def document(*texts: str, section: tuple[str, ...] = ("Retention",)) -> Document:
    """A document of paragraphs."""
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, text, section, hashlib.sha256(text.encode()).hexdigest()[:16]) for text in texts
    )
    fingerprint = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    updated = DatedPhrase(date(2026, 2, 1), "Last updated 1 February 2026")
    return Document("Privacy", "en", None, updated, blocks, fingerprint, "1+rules")


def capture(text: str, when: datetime, **changed: object) -> Capture:
    """A page with that body."""
    body = f"<p>{text}</p>".encode()
    plain = Capture(
        url="https://acme.example/privacy",
        final_url="https://acme.example/en/privacy",
        fetched_at=when,
        status=200,
        headers=(("Content-Type", "text/html"), ("ETag", '"é"')),
        media_type="text/html",
        charset="utf-8",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        hops=(Hop("https://acme.example/privacy", 301, "/en/privacy"),),
    )
    return replace(plain, **changed)  # type: ignore[arg-type] # the fields of Capture, by name


def change(topic: Topic = Topic.RETENTION, severity: Severity = Severity.HIGH, *more: Topic) -> Change:
    """A change of that topic and weight."""
    return Change(
        topic=topic,
        topics=(topic, *more),
        kind=ChangeKind.MODIFIED,
        severity=severity,
        direction=Direction.WORSE,
        section=("Retention", "Accounts"),
        before="We keep it for 24 months.",
        after=None,
        spans=(Span("equal", "We keep it for "), Span("delete", "24 months.")),
        facts=(FactChange(FactType.RETENTION, "accounts", "P24M", None),),
        summary=f"{topic} changed",
        rules=("retention.longer",),
    )


def result(claim: Claim, when: datetime, outcome: Outcome = Outcome.UNCHANGED, **changed: object) -> CheckResult:
    """A check that made nothing, due again in a day."""
    return replace(CheckResult(claim, outcome, when, when + DAY, 0.5), **changed)  # type: ignore[arg-type] # its fields


def new_version(
    source_id: str,
    number: int,
    when: datetime,
    texts: Sequence[str],
    *,
    changes: Sequence[Change] | None = None,
    cause: Cause | None = None,
) -> NewVersion:
    """A version with two facts; a later one has a comparison with these changes."""
    text = document(*texts)
    page = capture(" ".join(texts), when)
    cause = cause or (Cause.FIRST if number == 1 else Cause.CHANGED)
    made = (change(), change(Topic.AI, Severity.LOW)) if changes is None else tuple(changes)
    comparison = None
    if cause is Cause.CHANGED:
        comparison = Comparison(Verdict.MATERIAL, "en", made, RecipientDelta(added=(Recipient("Widget Ltd"),)))
    version = Version(
        source_id=source_id,
        number=number,
        cause=cause,
        first_seen=when,
        last_seen=when,
        fingerprint=text.fingerprint,
        extraction=text.extraction,
        captures=(page.sha256,),
        title=text.title,
        language=text.language,
        effective_date=None,
        last_updated=date(2026, 2, 1),
        blocks=len(text.blocks),
        words=text.words,
        verdict=comparison.verdict if comparison else None,
    )
    facts = (
        Fact.of(FactType.RETENTION, quote="24 months", section=("Retention",), subject="accounts", period="P24M"),
        Fact.of(FactType.AI, quote="no training", section=(), statement="no-training"),
    )
    return NewVersion(version, text, facts, comparison)


def with_alert(
    made: NewVersion, targets: Sequence[str] = ("mailto:a@example.org",), *, who: str = "team", group: str = ""
) -> NewVersion:
    """The version with an alert of its first change, to these targets; added to the alerts that it has."""
    version = made.version
    key = f"{version.source_id}-{version.number}-{who}"
    alert = Alert(key, who, version.source_id, version.number, (0,), version.first_seen, Cadence.IMMEDIATE)
    deliveries = tuple(
        Delivery(
            key=hashlib.sha256(f"{key}|{target}".encode()).hexdigest()[:32],
            alert_key=key,
            subscriber=who,
            target=target,
            group=group,
            state=DeliveryState.PENDING,
            attempts=0,
            next_try=version.first_seen,
            created_at=version.first_seen,
        )
        for target in targets
    )
    return replace(made, alerts=(*made.alerts, alert), deliveries=(*made.deliveries, *deliveries))


def checked(store: Store, source_id: str, when: datetime, made: NewVersion | None = None) -> CheckResult:
    """Claim a source and commit a check of it: with a new version, or unchanged. Returns what was committed."""
    (claim,) = store.claim("w", when, LEASE, limit=1, only=[source_id])
    done = result(claim, when, pages=(PageState("https://acme.example/privacy", "0" * 64, '"e"', None, "1+rules"),))
    if made is not None:
        outcome = Outcome.FIRST if made.version.number == 1 else Outcome.CHANGED
        page = capture(" ".join(block.text for block in made.document.blocks), when)
        done = replace(done, outcome=outcome, captures=(page,), versions=(made,))
    store.commit([done])
    return done
