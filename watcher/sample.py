"""A sample alert or notice on the real way: recorded, routed and delivered from a throwaway store."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from notifier.deliver import DeliverSettings, DeliveryReport, deliver
from storage.connect import open_store
from storage.model import (
    Cadence,
    Capture,
    CheckResult,
    DocumentType,
    Operator,
    Reason,
    Severity,
    Source,
    Subscriber,
)
from storage.protocol import Store
from watcher import pipeline
from watcher.fetcher import FetchFailure
from watcher.health import Audience, attend
from watcher.job import Candidate, Job

SOURCE = Source(
    id="sample/privacy",
    vendor="Sample (this is a test)",
    document=DocumentType.PRIVACY_POLICY,
    urls=("https://example.org/privacy",),
)
BEFORE = """# Sample privacy policy

This text is a sample of clausewatch: no vendor wrote it, and nothing has changed. It shows what an alert looks like.

## How long we keep personal data

We delete the personal data in your account within 12 months after the contract has ended.

## Who processes personal data for us

We engage these sub-processors. We tell our customers of a new one 30 days before it begins.

| Sub-processor | Purpose | Location |
| --- | --- | --- |
| Example Hosting B.V. | Hosting | Netherlands |

## Your rights

You have the right of access to your personal data, and the right to have it rectified or erased.
"""
AFTER = BEFORE.replace("12 months", "24 months").replace(
    "| Example Hosting B.V. | Hosting | Netherlands |",
    "| Example Hosting B.V. | Hosting | Netherlands |\n| Example Models Inc. | Language model | United States |",
)


def send_sample(
    subscriber: Subscriber, settings: DeliverSettings, now: datetime, *, console: TextIO | None = None
) -> DeliveryReport:
    """Send one sample alert to each target of a subscriber at once, whatever its filters and cadence are."""
    eager = replace(
        subscriber,
        vendors=(),
        documents=(),
        tags=(),
        topics=(),
        min_severity=Severity.LOW,
        directions=(),
        languages=(),
        cadence=Cadence.IMMEDIATE,
        quiet=None,
        proof=False,
    )
    with _throwaway(now) as store:
        for text, when in ((BEFORE, now - timedelta(days=1)), (AFTER, now)):
            _record(store, eager, text, when)
        return _deliver(store, replace(settings, subscribers=(eager,)), now, console)


def send_notice_sample(
    operator: Operator, settings: DeliverSettings, now: datetime, *, console: TextIO | None = None
) -> DeliveryReport:
    """Send one sample notice to each target of the operator at once."""
    eager = replace(operator, after_failures=1)
    failure = FetchFailure(SOURCE.urls[0], Reason.TIMEOUT, "this is a sample: nothing is wrong", transient=True)
    with _throwaway(now) as store:
        (claim,) = store.claim("sample", now, timedelta(minutes=1), limit=1, only=[SOURCE.id])
        found = pipeline.examine(Job(SOURCE, claim, (), now), [failure], store, now)
        assert isinstance(found, CheckResult)  # a failure makes no candidate
        store.commit([attend(found, SOURCE, [failure], Audience(operator=eager))])
        return _deliver(store, settings, now, console)


@contextmanager
def _throwaway(now: datetime) -> Iterator[Store]:
    """A store with the sample's source, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="clausewatch-") as folder:
        store = open_store(str(Path(folder) / "sample.db"), write=True)
        try:
            store.sync_sources([SOURCE], now)
            yield store
        finally:
            store.close()


def _deliver(store: Store, settings: DeliverSettings, now: datetime, console: TextIO | None) -> DeliveryReport:
    """Send what is due; a sample that is refused is no case for the operator."""
    return deliver(
        store, replace(settings, operator=Operator(lang=settings.operator.lang)), lambda: now, console=console
    )


def _record(store: Store, subscriber: Subscriber, text: str, when: datetime) -> None:
    body = text.encode()
    capture = Capture(
        url=SOURCE.urls[0],
        final_url=SOURCE.urls[0],
        fetched_at=when,
        status=200,
        headers=(),
        media_type="text/markdown",
        charset="utf-8",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
    )
    (claim,) = store.claim("sample", when, timedelta(minutes=1), limit=1, only=[SOURCE.id])
    found = pipeline.examine(Job(SOURCE, claim, (subscriber,), when), [capture], store, when)
    store.commit([pipeline.settle(found, None, when) if isinstance(found, Candidate) else found])
