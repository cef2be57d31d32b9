"""The interval of a source that adapts to what its page does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.connect import open_store
from storage.model import CALMEST, Capture, DocumentType, PageState, Source
from watcher.config import load
from watcher.fetcher import PLAIN, FetchSettings, Manner
from watcher.fetcher.politeness import Politeness
from watcher.schedule import AROUND, cadence, is_due
from watcher.worker import RunSettings, check_due

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SPANS = st.timedeltas(timedelta(minutes=1), 366 * DAY)
STOOD = st.timedeltas(timedelta(0), 4000 * DAY)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(SPANS, STOOD, DAYS)
def test_the_interval_stays_within_its_bounds(every: timedelta, stood: timedelta, effective: date | None) -> None:
    """Half of what was configured at least, four times that at most."""
    assert every / 2 <= cadence(every, NOW, NOW - stood, effective) <= every * CALMEST


@given(SPANS, STOOD, STOOD, DAYS)
def test_who_has_stood_longer_is_not_asked_more_often(
    every: timedelta, one: timedelta, other: timedelta, effective: date | None
) -> None:
    """The interval never shrinks with the time that the text has stood."""
    shorter, longer = sorted((one, other))
    assert cadence(every, NOW, NOW - shorter, effective) <= cadence(every, NOW, NOW - longer, effective)


@given(SPANS, STOOD, st.integers(-3, 3))
def test_around_a_day_that_was_announced_it_is_halved(every: timedelta, stood: timedelta, days: int) -> None:
    """From three days before to three days after, however long the text has stood."""
    noon = NOW.replace(hour=12)
    assert cadence(every, noon, noon - stood, noon.date() + days * DAY) == every / 2


@given(SPANS, STOOD, st.integers(4, 500))
def test_a_long_interval_does_not_step_over_the_announced_days(every: timedelta, stood: timedelta, days: int) -> None:
    """The next look comes at their beginning at the latest, or after the shortest interval there is."""
    noon = NOW.replace(hour=12)
    effective = noon + days * DAY
    wait = cadence(every, noon, noon - stood, effective.date())
    assert noon + wait <= max(effective - AROUND, noon + every / 2)


def test_a_year_of_a_page_that_never_changes() -> None:
    """Asked daily for ten days, then ever less often, and each fourth day in the end: 106 times instead of 365."""
    now, looks = NOW, 0
    while now < NOW + 365 * DAY:
        now += cadence(DAY, now, NOW, None)
        looks += 1
    assert looks == 106


def test_a_source_that_waits_four_times_as_long_is_not_taken_for_forgotten(tmp_path: Path) -> None:
    """A due time that only an adaptive source may have counts as one; its key is read from the file."""
    path = tmp_path / "sources.toml"
    one = '[[source]]\nid = "a/{n}"\nvendor = "A"\ndocument = "other"\nurl = "https://a.example/{n}"\n'
    path.write_text(
        '[defaults]\nevery = "7d"\nadaptive = true\n' + one.format(n=1) + one.format(n=2) + "adaptive = false\n"
    )
    first, second = load(path).sources
    assert (first.longest, second.longest) == (28 * DAY, 7 * DAY)
    assert not is_due(NOW + 27 * DAY, NOW, first.longest)
    assert isinstance(first, Source)


class SamePage:
    """Answers every request with one page."""

    def fetch(
        self, url: str, *, state: PageState | None = None, manner: Manner = PLAIN, now: Callable[[], datetime]
    ) -> Capture:
        """The page."""
        words = "We process personal data for the purposes that are described in this policy. " * 20
        body = f"<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>{words}</p></main></html>"
        digest = hashlib.sha256(body.encode()).hexdigest()
        return Capture(url, url, now(), 200, (), "text/html", "utf-8", digest, body.encode())


def at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment


@pytest.mark.parametrize(("adaptive", "least", "most"), [(True, 3.5 * DAY, 4 * DAY), (False, 0.05 * DAY, DAY)])
def test_a_page_that_has_stood_for_long_is_due_late(
    tmp_path: Path, adaptive: bool, least: timedelta, most: timedelta
) -> None:
    """Checked daily for 100 days, a source that adapts is next due after nearly four days, any other within one."""
    store = open_store(str(tmp_path / "history.db"), write=True)
    source = Source("a/b", "A", DocumentType.PRIVACY_POLICY, ("https://a.example/p",), adaptive=adaptive)
    store.sync_sources([source], NOW)
    politeness = Politeness(FetchSettings(gap=timedelta(0)))
    settings = RunSettings(sources={source.id: source}, politeness=politeness)
    now = NOW
    for days in (0, 1, 99, 100):
        now = NOW + days * DAY
        assert check_due(store, SamePage(), settings, at(now), only=[source.id]).failed == 0
    (state,) = store.states()
    store.close()
    assert least <= state.next_due - now <= most
