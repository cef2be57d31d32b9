"""Cron expressions: what is one, when it comes, and what changes of the clock do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.model import Cron, Outcome
from watcher.cron import judged, longest_gap, next_time
from watcher.schedule import next_due

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
EXPRESSIONS = ["0 7 * * *", "30 2 * * *", "15 2,14 * * 0", "*/20 * * * *", "0 */6 * * *", "5 0 1 * *", "59 23 L * *"]


@pytest.mark.parametrize(
    ("text", "plain", "gap"),
    [
        ("0 7 * * *", "0 7 * * *", DAY),
        ("  0\t7  * * mon-fri ", "0 7 * * mon-fri", 3 * DAY),
        ("*/5 9-17 * * *", "*/5 9-17 * * *", 15 * HOUR + 5 * MINUTE),
        ("* * * * *", "* * * * *", MINUTE),
        ("0 0 1 1 *", "0 0 1 1 *", 366 * DAY),
        ("* * * 6 *", "* * * 6 *", 335 * DAY + MINUTE),
    ],
)
def test_an_expression_and_the_longest_time_between_two_of_its_moments(text: str, plain: str, gap: timedelta) -> None:
    """Blanks are made plain; the gap is the longest of a year."""
    assert judged(text) == plain
    assert longest_gap(plain) == gap


@pytest.mark.parametrize(
    "text",
    [
        "0 7 * *",
        "0 0 7 * * *",
        "60 7 * * *",
        "0 7 31 2 *",
        "0 7 29 2 *",
        "* * * * x",
        "٣ 7 * * *",
        "1," * 99 + "1 7 * * *",
    ],
    ids=["four", "six", "minute", "never", "leap", "word", "arabic", "lengthy"],
)
def test_what_is_no_expression_is_refused_with_the_remedy(text: str) -> None:
    """Four fields and six, numbers out of bounds, days that never come or hardly ever."""
    with pytest.raises(ValueError, match=r'\(write "0 7 \* \* 1-5"\)$'):
        judged(text)


@pytest.mark.parametrize(
    ("expression", "day", "expected"),
    [
        ("30 2 * * *", "2026-03-29", ["03:00+02:00"]),
        ("30 2 * * *", "2026-10-25", ["02:30+02:00"]),
        ("0 7 * * *", "2026-03-29", ["07:00+02:00"]),
        ("0 7 * * *", "2026-10-25", ["07:00+01:00"]),
        ("0 1,2,3 * * *", "2026-10-25", ["01:00+02:00", "02:00+02:00", "03:00+01:00"]),
        ("0 7 * * 1-5", "2026-03-29", []),
    ],
)
def test_a_day_of_a_source_whose_clock_changes(expression: str, day: str, expected: list[str]) -> None:
    """Under a fake clock, checked whenever due, a source has exactly these turns on the day the clock changes."""
    begin = datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM)
    end = (begin + DAY).astimezone(UTC)
    cron = Cron(expression, "Europe/Amsterdam")
    now = begin.astimezone(UTC) - timedelta(seconds=1)
    turns = []
    while (now := next_due("v/p", Outcome.UNCHANGED, now, DAY, planned=now, cron=cron)) < end:
        turns.append(now.astimezone(AMSTERDAM).isoformat()[11:16] + now.astimezone(AMSTERDAM).isoformat()[19:])
    assert turns == expected


def test_by_the_minute_time_passes_evenly_through_both_changes() -> None:
    """Every 20 minutes stays every 20 minutes: 69 turns in the day of 23 hours, 75 in that of 25."""
    cron = Cron("*/20 * * * *", "Europe/Amsterdam")
    for day, count in (("2026-03-29", 69), ("2026-10-25", 75)):
        now = datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM).astimezone(UTC) - MINUTE
        end = (datetime.fromisoformat(day) + DAY).replace(tzinfo=AMSTERDAM).astimezone(UTC)
        turns = []
        while (now := next_time(cron, now)) < end:
            turns.append(now)
        assert len(turns) == count
        assert {after - before for before, after in pairwise(turns)} == {20 * MINUTE}


@given(
    st.sampled_from(EXPRESSIONS),
    st.integers(0, 365 * 86_400 * 10).map(lambda tenths: NEW_YEAR + timedelta(seconds=tenths / 10)),
    st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
@example("15 2 * * *", datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "Europe/Amsterdam")
def test_the_next_moment_lies_ahead_and_no_further_than_the_gap(expression: str, now: datetime, zone: str) -> None:
    """Also in the hour that comes twice; a change of the clock adds at most its hour."""
    due = next_time(Cron(expression, zone), now)
    assert now < due <= now + longest_gap(expression) + 25 * HOUR


@given(st.sampled_from(EXPRESSIONS), st.sampled_from(Outcome), st.booleans(), st.integers(1, 50))
def test_a_failed_check_is_tried_again_no_later_than_its_next_time(
    expression: str, outcome: Outcome, transient: bool, failures: int
) -> None:
    """A good check waits for the next time exactly; no other waits longer, unless the server wishes it."""
    now, cron = datetime(2026, 3, 29, 0, 40, 17, tzinfo=UTC), Cron(expression, "Europe/Amsterdam")
    due = next_due("v/p", outcome, now, longest_gap(expression), failures=failures, transient=transient, cron=cron)
    assert now < due <= next_time(cron, now)
    assert not outcome.good or due == next_time(cron, now)
    wish = next_due("v/p", Outcome.FAILED, now, DAY, transient=True, retry_after=86_000, cron=cron)
    assert wish - now >= timedelta(seconds=86_000)
