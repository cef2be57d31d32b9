"""Pages are read by the selectors of their time, and a document of several pages is whole or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import (
    Capture,
    Cause,
    CheckResult,
    DocumentType,
    EarlierRules,
    ExtractRules,
    Outcome,
    Range,
    Reason,
    Source,
    Subscriber,
    Target,
)
from storage.protocol import Store
from watcher import pipeline
from watcher.backfill import backfill
from watcher.job import Candidate, Job
from watcher.recording import open_recording
from watcher.reextract import Reading, reextract
from watcher.stages import HERE

URL = "https://vendor.example/privacy"
LAST_DAY = date(2025, 3, 1)
FILLER = "We process personal data only for the purposes that are described in this policy. " * 12
OLD = ExtractRules(("#content",), language="en")
NEW = ExtractRules(language="en", select_ranges=(Range("h1", "h2#press"),))
SOURCE = Source(
    "vendor/privacy",
    "Vendor",
    DocumentType.PRIVACY_POLICY,
    (URL,),
    rules=NEW,
    earlier=(EarlierRules(LAST_DAY, OLD),),
)
TEAM = Subscriber("team", (Target("mailto:team@example.org"),))
WALL = (
    "<html><title>Just a moment...</title><body><h1>Checking your browser</h1><p>Please complete the security check to "
    "continue. Verify you are human.</p></body></html>"
)


def old_page(months: int) -> str:
    """The page as it was built until the last day."""
    return f"<html lang=en><body><div id=content>{text(months)}</div><div><p>Read our news.</p></div></body></html>"


def new_page(months: int) -> str:
    """The same document on a page that was rebuilt."""
    return f"<html lang=en><body><section>{text(months)}</section><h2 id=press>Press</h2><p>Our news.</p></body></html>"


def text(months: int) -> str:
    """The document."""
    return (
        f"<h1>Privacy policy</h1><h2>Retention</h2><p>We keep the personal data in your account for {months} months "
        f"after you close it.</p><h2>Your rights</h2><p>You have the right of access to your data. {FILLER}</p>"
    )


def capture(page: str, when: datetime, url: str = URL) -> Capture:
    """A page as it was had at that moment."""
    body = page.encode()
    digest = hashlib.sha256(body).hexdigest()
    return Capture(url, url, when, 200, (), "text/html", "utf-8", digest, body)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store with the source."""
    opened = open_store(str(tmp_path / "history.db"), write=True)
    opened.sync_sources([SOURCE], datetime(2025, 1, 1, tzinfo=UTC))
    yield opened
    opened.close()


def check(store: Store, when: datetime, *pages: Capture, source: Source = SOURCE) -> CheckResult:
    """One check as the worker makes it, without a confirming fetch."""
    (claim,) = store.claim("test", when, timedelta(hours=1), limit=1, only=[source.id])
    outcome = pipeline.examine(Job(source.as_of(when), claim, (TEAM,), when), pages, store, when)
    result = pipeline.settle(outcome, None, when) if isinstance(outcome, Candidate) else outcome
    store.commit([result])
    return result


def test_recorded_pages_are_read_by_the_selectors_of_their_time(store: Store, tmp_path: Path) -> None:
    """A history over the rebuilding of a page: the change is told, the rebuilding is not, nothing is re-extracted."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    pages = {
        "2025-01-10": old_page(12),
        "2025-03-01": old_page(24),
        "2025-03-02": new_page(24),
        "2025-06-01": new_page(36),
    }
    for day, page in pages.items():
        (folder / f"{day}.html").write_text(page)
    recording = open_recording(folder, url=URL)
    outcomes = [step.result.outcome for step in backfill(store, SOURCE, recording) if step.result]
    assert outcomes == [Outcome.FIRST, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.CHANGED]
    assert [version.cause for version in store.versions()] == [Cause.FIRST, Cause.CHANGED, Cause.CHANGED]
    assert all("news" not in str(store.document(SOURCE.id, number)) for number in (1, 2, 3))
    without = replace(SOURCE, id="vendor/without", earlier=())
    store.sync_sources([SOURCE, without], datetime(2025, 1, 1, tzinfo=UTC))
    reasons = [step.result.reason for step in backfill(store, without, recording) if step.result]
    assert reasons == [Reason.SELECTOR_MISSING, Reason.SELECTOR_MISSING, None, None]


def test_a_rebuilt_page_is_compared_with_the_whole_old_text(store: Store) -> None:
    """The old selectors are moved under `earlier`: the base stays as it was read, and only the number is told."""
    moment = datetime(2025, 2, 1, 8, tzinfo=UTC)
    check(store, moment, capture(old_page(12), moment), source=replace(SOURCE, rules=OLD, earlier=()))
    (again,) = reextract(store, [SOURCE], HERE, lambda: moment, dry_run=False)
    assert again.reading is Reading.CURRENT
    later = datetime(2025, 3, 5, 8, tzinfo=UTC)
    result = check(store, later, capture(new_page(36), later))
    assert [version.cause for version in store.versions()] == [Cause.FIRST, Cause.CHANGED]
    comparison = result.versions[-1].comparison
    assert comparison is not None
    assert [change.after for change in comparison.changes] == [
        "We keep the personal data in your account for 36 months after you close it."
    ]


def test_a_range_that_is_gone_is_no_empty_version(store: Store) -> None:
    """The check fails with its reason and keeps the raw page; the version stands."""
    first = datetime(2025, 4, 1, tzinfo=UTC)
    check(store, first, capture(new_page(12), first))
    then = first + timedelta(days=1)
    gone = capture(new_page(12).replace("id=press", "id=news"), then)
    result = check(store, then, gone)
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.SELECTOR_MISSING)
    assert "'h2#press'" in (result.detail or "")
    assert store.capture(gone.sha256).body == gone.body
    assert len(store.versions()) == 1


def test_a_wall_before_one_part_is_not_the_document(store: Store) -> None:
    """Each of several pages is judged by itself: with one behind a wall there is neither a first nor a new version."""
    urls = (URL, "https://vendor.example/annex")
    both = replace(SOURCE, urls=urls, rules=ExtractRules(language="en"), earlier=())
    store.sync_sources([both], datetime(2025, 1, 1, tzinfo=UTC))
    moment = datetime(2025, 4, 1, tzinfo=UTC)
    annex = f"<html lang=en><main><h1>Annex</h1><p>Acme Mail GmbH sends our letters. {FILLER}</p></main></html>"
    for number, (page, outcome) in enumerate(
        [(WALL, Outcome.BLOCKED), (annex, Outcome.FIRST), (WALL, Outcome.BLOCKED), (annex, Outcome.UNCHANGED)]
    ):
        when = moment + timedelta(days=number)
        result = check(store, when, capture(new_page(12), when), capture(page, when, urls[1]), source=both)
        assert result.outcome is outcome, number
        if outcome is Outcome.BLOCKED:
            assert (result.reason, urls[1] in (result.detail or "")) == (Reason.BOT_WALL, True)
            assert len(result.captures) == 2
    assert len(store.versions()) == 1
