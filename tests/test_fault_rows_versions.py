"""Rows of the fault catalogue on what a check leaves behind: failing readers, upgrades of ours, texts that are cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.errors import ExtractError
from storage.model import (
    Capture,
    Cause,
    CheckResult,
    Document,
    DocumentType,
    Extraction,
    ExtractRules,
    Outcome,
    Reason,
    Source,
    Subscriber,
    Target,
)
from storage.protocol import Store
from watcher import extraction, pipeline
from watcher.extraction import extraction_key
from watcher.job import Candidate, Job
from watcher.stages import HERE, InProcess, Stages

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), rules=ExtractRules(language="en"))
TEAM = Subscriber("team", (Target("mailto:team@example.org"),))
SECTIONS = (
    ("Collection", "We collect personal data such as your name and your address when you open an account with us."),
    ("Purposes", "We process personal data to run the service, to send invoices and to answer your questions."),
    ("Retention", "We keep the personal data in your account for {months} months after you close it."),
    ("Recipients", "We share personal data with processors who are bound by a written agreement with us."),
    ("Transfers", "We do not transfer personal data to countries outside the European Economic Area."),
    ("Security", "We protect personal data by encryption and give access to those alone who need it for their work."),
    ("Rights", "You have the right of access, of rectification and of erasure, and the right to object."),
    ("Contact", "Our data protection officer answers every question about this policy by letter or by message."),
)


def policy(months: int = 12, *, sections: int = len(SECTIONS), box: bool = True) -> str:
    """A policy of our own with a box that an older extractor did not see."""
    told = "".join(f"<h2>{name}</h2><p>{text.format(months=months)} {text}</p>" for name, text in SECTIONS[:sections])
    aside = "<div class=summary><p>In short: your personal data stay with us, and you decide what we do.</p></div>"
    return f"<html lang=en><body><main><h1>Privacy policy</h1>{told.format(months=months)}{aside * box}</main></body>"


class Older(InProcess):
    """An extractor of an older version: it passed over boxes."""

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """Read without the box."""
        found = super().read(captures, replace(rules, remove=(".summary",)))
        return replace(found, document=replace(found.document, extraction=extraction_key(rules)))


class Failing(InProcess):
    """A reader that ends, each time, in the way that it was given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """Fail."""
        raise self.error


class World:
    """A store, a moment that moves on, and a way to run one check as the worker does."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        store.sync_sources([SOURCE], NOW)

    def check(self, page: str, stages: Stages = HERE) -> CheckResult:
        """One check, a day after the last, committed."""
        self.now += timedelta(days=1)
        (claim,) = self.store.claim("test", self.now, timedelta(hours=1), limit=1, only=[SOURCE.id])
        job = Job(SOURCE, claim, (TEAM,), self.now, stages=stages)
        body = page.encode()
        digest = hashlib.sha256(body).hexdigest()
        fetched = [Capture(URL, URL, self.now, 200, (), "text/html", "utf-8", digest, body)]
        try:
            outcome = pipeline.examine(job, fetched, self.store, self.now)
            result = pipeline.settle(outcome, None, self.now) if isinstance(outcome, Candidate) else outcome
        except Exception as error:  # noqa: BLE001 - as the worker does
            result = pipeline.broken(job, fetched, error, self.now)
        self.store.commit([result])
        return result

    def check_before_the_upgrade(self, page: str) -> CheckResult:
        """One check by the program of before."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(extraction, "EXTRACTOR_VERSION", "0")
            extraction_key.cache_clear()
            result = self.check(page, Older())
        extraction_key.cache_clear()
        return result

    def document(self, number: int) -> Document:
        """The text of a version."""
        return self.store.document(SOURCE.id, number)

    def causes(self) -> list[Cause]:
        """Why each version was made."""
        return [version.cause for version in self.store.versions(SOURCE.id)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh store with one source."""
    with closing(open_store(str(tmp_path / "history.db"), write=True)) as store:
        yield World(store)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ExtractError(Reason.EXTRACT_FAILED, "ended its reader (SIGKILL)"), Reason.EXTRACT_FAILED),
        (ExtractError(Reason.EXTRACT_FAILED, "made its reader answer nonsense"), Reason.EXTRACT_FAILED),
        (RuntimeError("a step of judging failed"), Reason.INTERNAL),
        (RecursionError(), Reason.INTERNAL),
    ],
)
def test_x10_a_reader_that_fails(world: World, error: Exception, reason: Reason) -> None:
    """The raw page is kept, no version is made, and the next program that can read the same bytes does."""
    assert world.check(policy()).outcome is Outcome.FIRST
    failed = world.check(policy(24), Failing(error))
    assert (failed.outcome, failed.reason, failed.versions) == (Outcome.FAILED, reason, ())
    (kept,) = failed.captures
    assert world.store.capture(kept.sha256).body == policy(24).encode()
    assert world.causes() == [Cause.FIRST]
    assert world.check(policy(24)).outcome is Outcome.CHANGED
    assert world.causes() == [Cause.FIRST, Cause.CHANGED]


def test_x12_an_upgrade_alone_is_no_change(world: World) -> None:
    """The old raw page read anew is a version that nobody is told of; the next change is compared with that."""
    assert world.check_before_the_upgrade(policy()).outcome is Outcome.FIRST
    result = world.check(policy())
    assert result.outcome is Outcome.UNCHANGED
    assert world.causes() == [Cause.FIRST, Cause.RE_EXTRACTED]
    assert len(world.document(2).blocks) == len(world.document(1).blocks) + 1
    assert world.store.deliveries() == []
    (changed,) = world.check(policy(24)).versions
    assert changed.comparison is not None
    assert all("12 months" in (change.before or "") for change in changed.comparison.changes)
    assert changed.alerts


def test_x13_a_change_and_an_upgrade_in_one_run(world: World) -> None:
    """The vendor's number is told, the box that only we see now is not."""
    world.check_before_the_upgrade(policy())
    result = world.check(policy(24))
    assert world.causes() == [Cause.FIRST, Cause.RE_EXTRACTED, Cause.CHANGED]
    upgrade, changed = result.versions
    assert upgrade.alerts == ()
    assert changed.comparison is not None
    told = [change.after or "" for change in changed.comparison.changes]
    assert told
    assert all("24 months" in text for text in told)
    assert not any("In short" in text for text in told)
    assert len(changed.alerts) == 1


@pytest.mark.parametrize("sections", [2, 3, 4, 5, 6])
def test_h11_sections_that_stay_away_are_told(world: World, sections: int) -> None:
    """A text that lost its end may be cut: it is held once. Seen so again, it is what the vendor says now."""
    world.check(policy())
    short = policy(sections=sections, box=False)
    held = world.check(short)
    if held.outcome is Outcome.SUSPECT:
        assert (held.reason, held.versions) == (Reason.TRUNCATED, ())
        held = world.check(short)
    assert held.outcome is Outcome.CHANGED
    (made,) = held.versions
    assert made.comparison is not None
    gone = " ".join(change.before or "" for change in made.comparison.changes)
    assert all(text.format(months=12)[:40] in gone for _, text in SECTIONS[sections:])
    assert made.alerts


def test_h11_a_text_that_was_cut_and_came_back_whole_is_no_change(world: World) -> None:
    """Held once, then whole again: the last good version still stands, and nobody was told."""
    world.check(policy())
    assert world.check(policy(sections=3, box=False)).outcome is Outcome.SUSPECT
    assert world.check(policy()).outcome is Outcome.UNCHANGED
    assert world.causes() == [Cause.FIRST]
    assert world.store.deliveries() == []
