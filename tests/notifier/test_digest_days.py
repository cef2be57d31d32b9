"""Quiet hours, times of digests and the weekly proof, by local clocks that change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifier_samples import MOMENT, RETENTION, SOURCE, VERSION, comparison

from notifier.cadence import due, quiet_until
from notifier.deliver import DeliverSettings, deliver
from notifier.render import render
from notifier.route import route, wants
from storage.connect import open_store
from storage.model import (
    Cadence,
    Checked,
    CheckResult,
    Delivery,
    DeliveryState,
    DocumentType,
    ExtractRules,
    Notice,
    NoticeKind,
    NoticeParcel,
    Outcome,
    QuietHours,
    Subscriber,
    Target,
)
from storage.protocol import Store

ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "America/Santiago"]
NINE_HOURS = timedelta(hours=9)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22), time(7))
CONSOLE = Target("console:")


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one source."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_have_one_digest_a_local_day(zone: str) -> None:
    """Whenever alerts are made in two years, each local day has exactly one digest, and none is made for the past."""
    now, place = at("2026-01-01"), ZoneInfo(zone)
    moments = [now + timedelta(minutes=30 * step) for step in range(48 * 731)]
    found = [due(Cadence.DAILY, moment, place, time(2, 30)) for moment in moments]
    assert all(sent > moment for moment, (sent, _) in zip(moments, found, strict=True))
    by_day = Counter(group for _, group in set(found))
    first = (now.astimezone(place) - timedelta(days=1)).date()
    days = {f"daily:{first + timedelta(days=step)}" for step in range(740)}
    assert set(by_day.values()) == {1}
    assert set(by_day) <= days
    assert len(by_day) in {731, 732}
    assert [group for _, group in sorted(set(found))] == sorted(by_day), "a day was left out or came before another"


@pytest.mark.parametrize(
    ("day", "moment"), [("2026-03-29", "2026-03-29T01:30"), ("2026-10-25", "2026-10-25T00:30"), ("2028-02-29", "")]
)
def test_half_past_two_on_the_days_that_change(day: str, moment: str) -> None:
    """02:30 does not exist on 29 March and comes twice on 25 October: one digest each; a leap day has its own."""
    start = datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC) - timedelta(hours=3)
    found = {due(Cadence.DAILY, start + timedelta(minutes=5 * step), BERLIN, time(2, 30)) for step in range(400)}
    (sent,) = [sent for sent, group in found if group == f"daily:{day}"]
    assert not moment or sent == at(moment)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T20:59", None),
        ("2026-11-23T21:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", None),
        ("2026-03-28T22:00", "2026-03-29T05:00"),
        ("2026-10-24T22:00", "2026-10-25T06:00"),
    ],
)
def test_quiet_hours_end_by_the_local_clock(now: str, until: str | None) -> None:
    """22:00-07:00 in Berlin ends at 07:00 of that clock, in summer, in winter and in the nights between them."""
    assert quiet_until(NIGHT, at(now), BERLIN) == (at(until) if until else None)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from(ZONES),
)
def test_quiet_hours_end_and_end_soon(now: datetime, start: time, end: time, zone: str) -> None:
    """Whatever the span and the zone, quiet hours end after now and within 26 hours."""
    moment = quiet_until(QuietHours(start, end), now.replace(tzinfo=UTC), ZoneInfo(zone))
    assert moment is None or timedelta(0) < moment - now.replace(tzinfo=UTC) <= timedelta(hours=26)


def test_an_alert_at_night_waits_and_a_digest_does_not() -> None:
    """Quiet hours move what would go at once; a digest has a time of its own."""
    night = at("2026-11-23T23:00")
    people = [
        Subscriber("now", (CONSOLE,), quiet=NIGHT),
        Subscriber("digest", (CONSOLE,), cadence=Cadence.DAILY, at=time(2, 30), quiet=NIGHT),
    ]
    _, deliveries = route(people, SOURCE, VERSION, comparison(RETENTION), night, zone=BERLIN)
    assert [one.next_try for one in deliveries] == [at("2026-11-24T06:00"), at("2026-11-24T01:30")]


def test_languages_choose_and_an_unknown_one_is_told() -> None:
    """A text in another language is not told; the source's own language counts where the text's is not known."""
    dutch = Subscriber("team", (CONSOLE,), languages=("nl",))
    assert wants(dutch, SOURCE, "nl")
    assert wants(dutch, SOURCE, "nl-BE")
    assert not wants(dutch, SOURCE, "en")
    assert wants(dutch, SOURCE)
    assert not wants(dutch, replace(SOURCE, rules=ExtractRules(language="de")))


def check(store: Store, now: datetime, outcome: Outcome = Outcome.UNCHANGED) -> None:
    """One check of the one source."""
    (claim,) = store.claim("test", now, timedelta(minutes=5), limit=1, only=[SOURCE.id])
    store.commit([CheckResult(claim, outcome, now, now + timedelta(days=1), 0.1)])


def run(store: Store, now: datetime, *people: Subscriber) -> str:
    """What a run prints."""
    out = StringIO()
    known = DeliverSettings(mail=None, targets={"console:": "console:"}, zone="Europe/Berlin", subscribers=people)
    deliver(store, known, lambda: now, console=out)
    return out.getvalue()


def test_one_proof_a_week_for_two_years(store: Store) -> None:
    """With a check and two runs a day for two years each week is proved exactly once, on its Monday."""
    team = Subscriber("team", (CONSOLE,), proof=True)
    start = at("2026-01-01T12:00")
    store.sync_sources([SOURCE], start)
    told: list[datetime] = []
    for day in range(730):
        now = start + timedelta(days=day)
        check(store, now)
        told += filter(lambda one: "Nothing changed in 1 document" in run(store, one, team), (now, now + NINE_HOURS))
    assert len(told) == 104
    assert {moment.weekday() for moment in told} == {0}
    assert len({moment.isocalendar()[:2] for moment in told}) == 104


def test_a_proof_lists_what_was_checked(store: Store) -> None:
    """A proof names each source, how often it was checked in the week and when last with success."""
    team = Subscriber("team", (CONSOLE,), proof=True)
    other = Subscriber("other", (CONSOLE,), vendors=("Nobody",), proof=True)
    store.sync_sources([SOURCE], at("2026-11-10T06:00"))
    for day in range(10, 24):
        check(store, at(f"2026-11-{day}T06:00"))
    printed = run(store, at("2026-11-23T08:00"), team, other)
    assert "Checked: 7 times, unchanged" in printed
    assert "Last good: 23 November 2026, 06:00 UTC" in printed
    assert "for other" not in printed, "one for whom nothing is watched was told"
    assert run(store, at("2026-11-23T09:00"), team) == "", "a second proof of the same week"


def test_no_proof_before_the_first_check(store: Store) -> None:
    """A week that ended before anything was checked is not proved."""
    store.sync_sources([SOURCE], MOMENT)
    assert run(store, MOMENT, Subscriber("team", (CONSOLE,), proof=True)) == ""


def test_a_source_that_was_not_had_stands_first(store: Store) -> None:
    """A proof says so where a source was not reached in the week."""
    store.sync_sources([SOURCE], at("2026-11-10T06:00"))
    check(store, at("2026-11-10T06:00"))
    for day in range(11, 24):
        check(store, at(f"2026-11-{day}T06:00"), Outcome.FAILED)
    printed = run(store, at("2026-11-23T08:00"), Subscriber("team", (CONSOLE,), proof=True))
    assert "[weekly proof] Nothing changed in 1 document; 1 not reached" in printed
    assert "7 times, not reached" in printed
    assert "unchanged" not in printed


def test_hostile_names_stay_text_in_a_proof(store: Store) -> None:
    """A vendor's name that is markup is shown as what it is."""
    store.sync_sources([replace(SOURCE, vendor="<script>alert(1)</script>\u202e")], at("2026-11-10T06:00"))
    check(store, at("2026-11-20T06:00"))
    assert "<script>alert(1)</script>: privacy policy" in run(
        store, at("2026-11-23T08:00"), Subscriber("team", (CONSOLE,), proof=True)
    )
    (delivery,) = store.deliveries(DeliveryState.SENT)
    post = store.parcel(delivery.key)
    assert isinstance(post, NoticeParcel)
    message = render([post])
    assert "<script>" not in message.html
    assert "\u202e" not in message.html + message.text + message.subject


def test_a_crowd_is_listed_up_to_a_limit() -> None:
    """Of 500 sources 200 are named, and the rest counted."""
    many = tuple(Checked(f"acme/p{i}", "Acme", DocumentType.TERMS, 7, 0, MOMENT) for i in range(500))
    notice = Notice("k", NoticeKind.PROOF, "team", MOMENT, since=MOMENT - timedelta(days=7), checked=many, head="1:ab")
    delivery = Delivery(
        "d" * 32, "k", "team", "console:", "proof:x", DeliveryState.PENDING, 0, MOMENT, MOMENT, notice=True
    )
    message = render([NoticeParcel(delivery, notice, None)])
    assert "… and 300 more: clausewatch status" in message.text
    assert message.text.count("Checked: 7 times") == 200
    assert "Evidence: 1:ab" in message.text
