"""What is remembered of hosts, and how little memory that takes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from storage.model import Capture, HostState, Reason, RobotsAnswer
from watcher.fetcher.outcome import FetchFailure, FetchSettings
from watcher.fetcher.politeness import GAP, Politeness, hold

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def file(origin: str, body: bytes) -> Capture:
    """A robots.txt."""
    url = f"{origin}/robots.txt"
    return Capture(url, url, NOW, 200, (), "text/plain", None, hashlib.sha256(body).hexdigest(), body)


@pytest.mark.parametrize(
    ("gap", "host", "seconds"),
    [
        (None, "acme.example", 1.0),
        (None, "10.1.2.3", 0.0),
        (None, "10.2.2.3", 1.0),
        (None, "localhost", 0.0),
        (None, "fd00::7", 0.0),
        (timedelta(0), "acme.example", 0.0),
        (timedelta(seconds=5), "10.1.2.3", 5.0),
    ],
)
def test_the_gap_is_a_second_but_on_ones_own_networks(gap: timedelta | None, host: str, seconds: float) -> None:
    """Unless the configuration says otherwise; counted from the end of a request."""
    clock = Clock()
    networks = ("10.1.0.0/16", "127.0.0.0/8", "fd00::/8")
    politeness = Politeness(FetchSettings(gap=gap, allow_networks=networks), clock=clock)
    assert politeness.wait(host) == 0
    politeness.asked(host)
    assert politeness.wait(host) == pytest.approx(seconds)
    clock.now += seconds
    assert politeness.wait(host) == 0
    assert GAP.total_seconds() == 1.0


def refusal(status: int, seconds: float | None) -> FetchFailure:
    """An answer 429 or 503."""
    limited = status == 429 or seconds is not None
    reason = Reason.RATE_LIMITED if limited else Reason.HTTP_STATUS
    return FetchFailure("u", reason, "no", transient=True, status=status, retry_after=seconds)


@pytest.mark.parametrize(
    ("count", "status", "asked", "seconds"),
    [
        (1, 429, None, 30),
        (2, 429, None, 60),
        (1, 503, None, 0),
        (2, 503, None, 30),
        (1, 503, 5.0, 5),
        (1, 429, 7200.0, 7200),
        (4, 429, 1.0, 120),
        (99, 503, None, 6 * 3600),
        (99, 429, 86_400.0, 86_400),
    ],
)
def test_how_long_a_host_is_left_alone(count: int, status: int, asked: float | None, seconds: int) -> None:
    """As long as it asks, a day at most; twice as long with each refusal in a row; not for one 503 without a time."""
    assert hold(count, refusal(status, asked)) == timedelta(seconds=seconds)


def test_files_of_many_hosts_take_little_memory() -> None:
    """Twenty hosts with half a megabyte each: two are kept, the rest comes back from the store when asked for."""
    kept: dict[str, HostState] = {}
    politeness = Politeness(FetchSettings(gap=timedelta(0)), kept.get)
    body = b"User-agent: *\nDisallow: /x\n" + b"# filling\n" * 50_000
    for number in range(20):
        origin = f"https://host{number}.example"
        politeness.heard_robots(origin, file(origin, body), NOW)
        assert politeness.refusal(f"{origin}/x", "w", NOW) is not None
        kept |= {state.origin: state for state in politeness.take_changes()}
        kept[origin] = HostState(origin, RobotsAnswer.RULES, "User-agent: *\nDisallow: /y", NOW)
    assert len(politeness._known) <= 2
    assert politeness._weight == sum(known.weight for known in politeness._known.values()) <= 1_100_000
    assert politeness.refusal("https://host0.example/x", "w", NOW) is None
    assert politeness.refusal("https://host0.example/y", "w", NOW) is not None


def test_turns_that_have_come_are_forgotten() -> None:
    """Ten thousand hosts asked one after the other leave no ten thousand turns behind."""
    clock = Clock()
    politeness = Politeness(FetchSettings(gap=timedelta(seconds=1)), clock=clock)
    for number in range(10_000):
        politeness.asked(f"host{number}.example")
        clock.now += 0.01
    assert len(politeness._turns) <= 4096
    assert politeness.wait("host9999.example") > 0
