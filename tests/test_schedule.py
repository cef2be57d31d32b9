"""The next due time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.model import Outcome
from watcher.schedule import FIRST_RETRY, JITTER, LAST_RETRY, LONGEST_WISH, next_due, share

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


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
    """The spread over an interval only ever makes a source due early."""
    dues = [next_due(f"v/{n}", Outcome.UNCHANGED, NOW, DAY) - NOW for n in range(500)]
    assert max(dues) <= DAY
    assert min(dues) >= DAY * 0.95
    assert len(set(dues)) > 400


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
