"""Exactly one digest a local day: through changes of the clocks, of `at` and of the zone, and days without mail."""

from __future__ import annotations

import io
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from delivery_samples import ALICE, SENDER, Clock, Office, fill, working

from notifier.deliver import DeliverSettings, deliver
from notifier.mail import MailSettings
from storage.connect import open_store
from storage.model import Cadence, DeliveryState, Subscriber, Target
from storage.protocol import Store

ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "America/Santiago"]
DAILY = Subscriber("team", (Target("console:"),), cadence=Cadence.DAILY)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


def run(store: Store, now: datetime, person: Subscriber, zone: str) -> int:
    """How many digests a run sends."""
    out = io.StringIO()
    known = DeliverSettings(None, {"console:": "console:"}, zone=zone, subscribers=(person,))
    deliver(store, known, lambda: now, console=out)
    return out.getvalue().count("\nDaily digest, ")


def days_told(
    store: Store,
    start: datetime,
    days: int,
    zone: Callable[[date], str],
    at: Callable[[datetime], time],
    *,
    every: int = 6,
) -> Counter[date]:
    """Digests by the local day on which they left: runs every half hour, an alert before each run of so many."""
    told: Counter[date] = Counter()
    for step in range(48 * days):
        now = start + step * HOUR / 2
        place = zone(now.date())
        local = now.astimezone(ZoneInfo(place))
        person = replace(DAILY, at=at(local))
        if step % every == 3:
            fill(store, [person], 1, now, first=step, zone=ZoneInfo(place))
        told[local.date()] += run(store, now, person, place)
    return told


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_a_digest_leaves_once_a_local_day(store: Store, zone: str, around: datetime) -> None:
    """02:30, the hour that a change of the clocks skips or repeats, in the days around it: one a day, none left out."""
    told = days_told(store, around, 3, lambda _: zone, lambda _: time(2, 30))
    assert set(list(told.values())[1:-1]) == {1}
    assert max(told.values()) == 1


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_a_digest_leaves_once_a_local_day_for_two_years(store: Store, zone: str) -> None:
    """Two years of runs every half hour, alerts twice a day, `at` moved in the middle of every fifth day."""
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def at(local: datetime) -> time:
        moved = (local.toordinal() * 24 + local.hour + 12) // (5 * 24)
        return (time(2, 30), time(8), time(23, 30))[moved % 3]

    told = days_told(store, start, 731, lambda _: zone, at, every=24)
    assert max(told.values()) == 1, [day for day, count in told.items() if count > 1]
    assert sum(told.values()) >= 730 * 0.8


@pytest.mark.parametrize(
    ("first", "then"), [(time(8), time(17)), (time(17), time(8)), (time(8), time(8, 30)), (time(23, 59), time(0))]
)
@pytest.mark.parametrize("moved", [7.75, 12.25, 17.25])
def test_moving_the_time_gives_no_second_digest(store: Store, first: time, then: time, moved: float) -> None:
    """`at` is changed before, between and after the two times: never two digests a day, nothing is left waiting."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    change = start + timedelta(days=1, hours=moved)
    told = days_told(store, start, 3, lambda _: "UTC", lambda local: first if local < change else then)
    assert max(told.values()) == 1
    run(store, start + timedelta(days=5), replace(DAILY, at=then), "UTC")
    assert {one.state for one in store.deliveries()} == {DeliveryState.SENT}
    assert len({one.alert_key for one in store.deliveries()}) == 24


def test_moving_the_zone_gives_no_second_digest(store: Store) -> None:
    """From Auckland to New York at noon: the day that comes again has had its digest."""
    start, change = datetime(2026, 11, 23, tzinfo=UTC), date(2026, 11, 25)
    told = days_told(
        store, start, 5, lambda day: "Pacific/Auckland" if day < change else "America/New_York", lambda _: time(8)
    )
    assert max(told.values()) == 1


def test_late_digests_come_as_one(store: Store) -> None:
    """N11: three mornings on which nobody listens: one digest with the changes of all three days, in order."""
    person = Subscriber("team", (Target(ALICE),), cadence=Cadence.DAILY)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    mail = MailSettings(f"smtp+insecure://127.0.0.1:{port}", SENDER)
    known = DeliverSettings(mail, {ALICE: ALICE}, subscribers=(person,))
    clock = Clock()
    for hour in range(72):
        if hour % 24 == 0:
            fill(store, [person], 2, clock.moment, first=hour)
        assert deliver(store, known, clock).sent == 0
        clock.moment += HOUR
    clock.moment = max(clock.moment, *(one.next_try for one in store.deliveries()))
    with working(Office(), port) as office:
        assert deliver(store, known, clock).sent == 6
    (letter,) = office.letters
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Daily digest, 25 November 2026" in body.get_content()
    assert all(f"Acme {first + i}" in body.get_content() for first in (0, 24, 48) for i in range(2))
