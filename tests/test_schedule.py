"""The next due time."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Outcome
from watcher.schedule import FIRST_RETRY, JITTER, LAST_RETRY, LONGEST_WISH, next_due, share

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@given(
    st.text(min_size=1),
    st.sampled_from(Outcome),
    st.timedeltas(timedelta(minutes=1), timedelta(days=366)),
    st.integers(0, 10_000),
    st.booleans(),
    st.none() | st.floats(-1e9, 1e9),
)
def test_always_later_and_never_absurdly_late(
    source: str, outcome: Outcome, every: timedelta, failures: int, transient: bool, wish: float | None
) -> None:
    """A source is due again after now, and no later than its interval or a day's wish of the server."""
    due = next_due(source, outcome, NOW, every, failures=failures, transient=transient, retry_after=wish)
    assert NOW < due <= NOW + max(every, LONGEST_WISH)


def test_a_daily_timer_finds_every_daily_source_due() -> None:
    """Each is due 5 to 10 per cent early: a run that takes an hour is found ended by the next day's."""
    dues = [next_due(f"v/{n}", Outcome.UNCHANGED, NOW, DAY) - NOW for n in range(500)]
    assert max(dues) <= DAY * 0.95
    assert min(dues) >= DAY * 0.90
    assert len(set(dues)) > 400
    assert all(
        next_due(f"v/{n}", outcome, NOW, DAY, planned=NOW + shift * DAY) - NOW <= DAY * 0.95
        for n in range(200)
        for outcome in (Outcome.FIRST, Outcome.CHANGED, Outcome.NOT_MODIFIED)
        for shift in (-400, -1, -0.3, 0, 0.3, 1)
    )


def checks_by_hour(every: timedelta, count: int, away: range = range(0)) -> list[int]:
    """How many of so many sources, all added at one moment, are checked in each hour of two weeks.

    During the hours of `away` nobody runs the program; what fell due is checked when it is back.
    """
    hours = [0] * (14 * 24)
    queue = [(NOW, f"vendor{n}/privacy", Outcome.FIRST) for n in range(count)]
    heapq.heapify(queue)
    while queue:
        due, source, outcome = heapq.heappop(queue)
        now = NOW + max(away.stop * HOUR, due - NOW) if (due - NOW) // HOUR in away else due
        if now - NOW >= len(hours) * HOUR:
            continue
        hours[(now - NOW) // HOUR] += 1
        after = next_due(source, outcome, now, every, planned=due)
        heapq.heappush(queue, (after, source, Outcome.NOT_MODIFIED))
    return hours


@pytest.mark.parametrize("every", [DAY, DAY / 4], ids=["daily", "four a day"])
def test_a_crowd_that_is_added_at_once_does_not_come_back_as_one(every: timedelta) -> None:
    """From the second day on, no hour of a day has more than 1.5 times the mean, and no day much more than another."""
    hours = checks_by_hour(every, 2400)
    days = [hours[24 * day : 24 * day + 24] for day in range(1, 7)]
    assert all(max(day) <= 1.5 * sum(day) / 24 for day in days)
    assert max(map(sum, days)) <= 1.2 * min(map(sum, days))


def test_a_crowd_that_waited_while_the_program_was_down_does_not_stay_one() -> None:
    """Away for a day: all is checked at once, and spread again, most from the next day on and all in ten days."""
    hours = checks_by_hour(DAY, 2400, away=range(48, 72))
    assert hours[72] > 10 * sum(hours) / len(hours)
    days = [hours[24 * day : 24 * day + 24] for day in range(14)]
    peaks = [max(day) * 24 / max(sum(day), 1) for day in days]
    assert peaks[3] > 10
    assert max(peaks[4:]) < 2
    assert max(peaks[12:]) < 1.5


def test_transient_failures_back_off_and_lasting_ones_wait_an_interval() -> None:
    """5 minutes, then twice as long each time up to 6 hours; a 403 is asked again at the usual time."""
    for failures, most in (
        (1, FIRST_RETRY),
        (2, 2 * FIRST_RETRY),
        (3, 4 * FIRST_RETRY),
        (20, LAST_RETRY),
        (10**4, LAST_RETRY),
    ):
        wait = next_due("v/p", Outcome.FAILED, NOW, DAY, failures=failures, transient=True) - NOW
        assert most * (1 - JITTER) < wait <= most
    assert next_due("v/p", Outcome.FAILED, NOW, DAY, failures=1) - NOW == DAY


def test_the_servers_wish_is_kept_and_capped() -> None:
    """Retry-After wins over a shorter back-off, up to a day."""
    assert next_due("v/p", Outcome.FAILED, NOW, DAY, transient=True, retry_after=7200) - NOW == timedelta(hours=2)
    assert next_due("v/p", Outcome.FAILED, NOW, DAY, transient=True, retry_after=99_999_999) - NOW == DAY


def test_the_share_belongs_to_the_source() -> None:
    """The same id gets the same place in its interval everywhere; ids are spread evenly."""
    assert share("acme/privacy") == share("acme/privacy")
    shares = [share(f"vendor-{n}/privacy") for n in range(2000)]
    assert 0.47 < sum(shares) / len(shares) < 0.53
