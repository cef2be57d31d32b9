"""Row H38 of the fault catalogue: what a page words otherwise with every answer is neither a change nor a doubt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, CheckResult, DocumentType, ExtractRules, Outcome, Reason, Source
from storage.protocol import Store
from watcher import pipeline
from watcher.job import Candidate, Job

URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), rules=ExtractRules(language="en"))
PAGE = (
    "<html lang=en><body><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep the personal data in your account "
    "for {months} months after you close it.</p><h2>Rights</h2><p>You have the right of access, of rectification and "
    "of erasure, and the right to object to the processing of your personal data.</p><h2>Contact</h2><p>Our data "
    "protection officer answers every question about this policy by letter or by message within a month.</p>"
    "<p>{odd}</p></main>"
)
COUNTERS = (
    "{n} boats lie in our harbour",
    "Page generated on 2026-03-0{n} 12:0{n}:4{n}",
    "You last visited this page on {n} March 2026 at 09:1{n}.",
    "Last viewed at 12:0{n}:4{n}",
    "Session 8f{n}a{n}c",
)


class World:
    """A store, and checks whose two fetches show different pages."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, datetime(2026, 3, 1, 9, tzinfo=UTC)
        store.sync_sources([SOURCE], self.now)

    def capture(self, page: str) -> Capture:
        """A page as it was fetched."""
        body = page.encode()
        return Capture(URL, URL, self.now, 200, (), "text/html", "utf-8", hashlib.sha256(body).hexdigest(), body)

    def check(self, first: str, second: str) -> CheckResult:
        """One check with its confirming fetch."""
        self.now += timedelta(days=1)
        (claim,) = self.store.claim("test", self.now, timedelta(hours=1), limit=1, only=[SOURCE.id])
        outcome = pipeline.examine(Job(SOURCE, claim, (), self.now), [self.capture(first)], self.store, self.now)
        if isinstance(outcome, Candidate):
            again = [self.capture(second)] if outcome.base else None
            outcome = pipeline.settle(outcome, again, self.now)
        self.store.commit([outcome])
        return outcome


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh store with one source."""
    with closing(open_store(str(tmp_path / "history.db"), write=True)) as store:
        yield World(store)


@pytest.mark.parametrize("counter", COUNTERS)
def test_h38_a_counter_alone_is_no_change(world: World, counter: str) -> None:
    """Each answer has another value: no version, no alert, and no source in trouble."""
    pages = [PAGE.format(months=12, odd=counter.format(n=n)) for n in range(1, 8)]
    assert world.check(pages[0], pages[0]).outcome is Outcome.FIRST
    for n in (1, 3, 5):
        assert world.check(pages[n], pages[n + 1]).outcome is Outcome.UNCHANGED
    assert len(world.store.versions(SOURCE.id)) == 1


@pytest.mark.parametrize("counter", COUNTERS)
def test_h38_a_change_beside_a_counter_is_told_alone(world: World, counter: str) -> None:
    """The vendor's number is told; the counter is not."""
    world.check(*[PAGE.format(months=12, odd=counter.format(n=1))] * 2)
    result = world.check(*(PAGE.format(months=36, odd=counter.format(n=n)) for n in (2, 3)))
    assert result.outcome is Outcome.CHANGED
    comparison = result.versions[-1].comparison
    assert comparison is not None
    assert ["36 months" in (change.after or "") for change in comparison.changes] == [True]


def test_h38_what_a_second_fetch_takes_back_is_in_doubt(world: World) -> None:
    """One of two editions, as a half-finished release shows them: held, and looked at again."""
    old, new = (PAGE.format(months=months, odd="All rights reserved.") for months in (12, 36))
    world.check(old, old)
    held = world.check(new, old)
    assert (held.outcome, held.reason) == (Outcome.SUSPECT, Reason.UNCONFIRMED)
    assert world.check(new, new).outcome is Outcome.CHANGED


def test_h38_what_matters_is_never_taken_for_a_counter(world: World) -> None:
    """A period that is another in every answer stays in doubt."""
    world.check(*[PAGE.format(months=12, odd="All rights reserved.")] * 2)
    held = world.check(*(PAGE.format(months=months, odd="All rights reserved.") for months in (24, 36)))
    assert (held.outcome, held.reason) == (Outcome.SUSPECT, Reason.UNCONFIRMED)


def test_h38_a_second_fetch_with_more_is_in_doubt(world: World) -> None:
    """What only the second answer says was not there in the first: neither is sure."""
    world.check(*[PAGE.format(months=12, odd="7 boats lie in our harbour")] * 2)
    more = "9 boats lie in our harbour</p><p>We may share your personal data with advertisers in the United States."
    held = world.check(PAGE.format(months=12, odd="8 boats lie in our harbour"), PAGE.format(months=12, odd=more))
    assert held.outcome is Outcome.SUSPECT
