"""Reminders before the end of the time to object: made with the alert, dropped when there is nothing left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from notifier_samples import MOMENT, PROCESSOR, RETENTION, SOURCE, VERSION, comparison

from notifier.cadence import next_try
from notifier.deliver import DeliverSettings, deliver
from notifier.envelope import pack
from notifier.render import render
from notifier.route import remind, route
from storage.connect import open_store
from storage.model import (
    Block,
    BlockKind,
    Cause,
    CheckResult,
    Deadline,
    DeliveryState,
    Document,
    NewVersion,
    Outcome,
    Parcel,
    ReviewEvent,
    ReviewState,
    Subscriber,
    Target,
)
from storage.protocol import Store

TEAM = Subscriber("team", (Target("console:"),), at=time(9))
DEADLINE = Deadline(date(2026, 12, 23), date(2026, 11, 23), stated=False, period="P30D", business=False)
BERLIN = ZoneInfo("Europe/Berlin")
KNOWN = DeliverSettings(mail=None, targets={"console:": "console:"}, zone="Europe/Berlin", subscribers=(TEAM,))


def found(number: int, deadline: Deadline | None, *, words: str) -> NewVersion:
    """A version of the sample source, its alert, and its reminders where there is a deadline."""
    block = Block(BlockKind.PARAGRAPH, words, (), f"k{words}")
    document = Document("Privacy", "en", None, None, (block,), fingerprint=f"f-{words}", extraction="1")
    cause = Cause.CHANGED if number > 1 else Cause.FIRST
    made = replace(VERSION, number=number, cause=cause, fingerprint=f"f-{words}", captures=(), blocks=1, words=1)
    if number == 1:
        return NewVersion(made, document, ())
    told = comparison(RETENTION, PROCESSOR)
    alerts, deliveries = route([TEAM], SOURCE, made, told, MOMENT, zone=BERLIN)
    again, later = remind([TEAM], alerts, deadline, MOMENT, zone=BERLIN)
    return NewVersion(made, document, (), told, alerts, (*deliveries, *later), deadline, again)


def commit(store: Store, *versions: NewVersion, withdrawn: tuple[int, ...] = ()) -> None:
    """One check that made these versions."""
    (claim,) = store.claim("test", MOMENT, timedelta(minutes=5), limit=1, only=[SOURCE.id])
    outcome = Outcome.CHANGED if versions else Outcome.UNCHANGED
    result = CheckResult(claim, outcome, MOMENT, MOMENT, 0.1, versions=versions, withdrawn=withdrawn)
    store.commit([result])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one change that may be objected to for 30 days."""
    opened = open_store(tmp_path / "history.db", write=True)
    opened.sync_sources([SOURCE], MOMENT)
    commit(opened, found(1, None, words="one"))
    commit(opened, found(2, DEADLINE, words="two"))
    yield opened
    opened.close()


def run(store: Store, now: datetime) -> str:
    """What a run prints."""
    out = StringIO()
    deliver(store, KNOWN, lambda: now, console=out)
    return out.getvalue()


def test_seven_days_and_one_day_before_by_the_local_clock(store: Store) -> None:
    """A change is told at once, then 7 days and 1 day before the last day, at the subscriber's time; then no more."""
    assert run(store, MOMENT).startswith("[high] Acme privacy policy: ")
    assert run(store, datetime(2026, 12, 16, 7, 59, tzinfo=UTC)) == ""
    week = run(store, datetime(2026, 12, 16, 8, 0, tzinfo=UTC))
    assert week.startswith("[reminder] Object by 23 December 2026: Acme privacy policy\n")
    assert "by Wednesday 23 December 2026" in week
    day = run(store, datetime(2026, 12, 22, 8, 0, tzinfo=UTC))
    assert day.startswith("[reminder] Object by 23 December 2026: Acme privacy policy\n")
    assert run(store, datetime(2027, 1, 22, tzinfo=UTC)) == ""
    assert {one.state for one in store.deliveries()} == {DeliveryState.SENT}


def test_no_reminder_of_what_is_past_or_unknown() -> None:
    """A deadline in five days has one reminder, one of yesterday and none at all have none."""
    alerts, _ = route([TEAM], SOURCE, VERSION, comparison(PROCESSOR), MOMENT)
    soon = replace(DEADLINE, on=date(2026, 11, 28))
    assert [one.group for one in remind([TEAM], alerts, soon, MOMENT)[1]] == ["remind:2026-11-28:1"]
    assert remind([TEAM], alerts, replace(DEADLINE, on=date(2026, 11, 22)), MOMENT) == ((), ())
    assert remind([TEAM], alerts, None, MOMENT) == ((), ())


def test_a_version_that_is_withdrawn_takes_its_reminders_along(store: Store) -> None:
    """When the text went again, nobody is reminded."""
    run(store, MOMENT)
    commit(store, withdrawn=(2,))
    assert [one.state for one in store.deliveries() if one.group] == [DeliveryState.DROPPED] * 2


@pytest.mark.parametrize("state", [ReviewState.ACKNOWLEDGED, ReviewState.OBJECTED, ReviewState.ACCEPTED])
def test_dealing_with_every_change_ends_the_reminders(store: Store, state: ReviewState) -> None:
    """One change of two leaves them, both end them; the alert itself is not touched."""
    store.add_reviews([ReviewEvent(SOURCE.id, 2, 0, MOMENT, "Ann", state)])
    assert {one.state for one in store.deliveries()} == {DeliveryState.PENDING}
    store.add_reviews([ReviewEvent(SOURCE.id, 2, 1, MOMENT, "Ann", state)])
    assert {one.state for one in store.deliveries() if one.group} == {DeliveryState.DROPPED}
    assert {one.state for one in store.deliveries() if not one.group} == {DeliveryState.PENDING}


def test_a_note_ends_nothing_and_all_at_once_does(store: Store) -> None:
    """Only a state counts; one for the whole version counts for each change."""
    store.add_reviews([ReviewEvent(SOURCE.id, 2, None, MOMENT, "Ann", note="later")])
    assert {one.state for one in store.deliveries()} == {DeliveryState.PENDING}
    store.add_reviews([ReviewEvent(SOURCE.id, 2, None, MOMENT, "Ann", ReviewState.OBJECTED)])
    assert {one.state for one in store.deliveries() if one.group} == {DeliveryState.DROPPED}


def test_what_is_opened_again_is_reminded_of_again(store: Store) -> None:
    """Objected to by mistake and opened again: the reminders that are still to come come; those of the past do not."""
    run(store, MOMENT)
    store.add_reviews([ReviewEvent(SOURCE.id, 2, None, MOMENT, "Ann", ReviewState.OBJECTED)])
    later = datetime(2026, 12, 18, tzinfo=UTC)  # the reminder of a week before would have been told on the 16th
    assert run(store, later) == ""
    store.add_reviews([ReviewEvent(SOURCE.id, 2, 0, later, "Ann", ReviewState.OPEN)])
    assert run(store, later) == ""
    assert "[reminder] Object by 23 December" in run(store, datetime(2026, 12, 22, 8, 0, tzinfo=UTC))
    states = {one.group.rpartition(":")[2]: one.state for one in store.deliveries() if one.group}
    assert states == {"7": DeliveryState.DROPPED, "1": DeliveryState.SENT}


def test_opening_again_brings_nothing_back_that_was_dropped_by_hand(store: Store) -> None:
    """What a person dropped, and what the text itself withdrew, stays dropped."""
    by_hand = [replace(one, state=DeliveryState.DROPPED) for one in store.deliveries() if one.group.endswith(":7")]
    store.record_deliveries(by_hand)
    for state in (ReviewState.ACCEPTED, ReviewState.OPEN):
        store.add_reviews([ReviewEvent(SOURCE.id, 2, None, MOMENT, "Ann", state)])
    states = {one.group.rpartition(":")[2]: one.state for one in store.deliveries() if one.group}
    assert states == {"7": DeliveryState.DROPPED, "1": DeliveryState.PENDING}
    commit(store, withdrawn=(2,))
    store.add_reviews([ReviewEvent(SOURCE.id, 2, None, MOMENT, "Ann", ReviewState.OPEN)])
    assert {one.state for one in store.deliveries() if one.group} == {DeliveryState.DROPPED}


def test_a_reminder_is_tried_as_long_as_an_alert(store: Store) -> None:
    """The weeks that it waited do not count when a server refuses it; it stands in the thread of its source."""
    delivery = next(one for one in store.deliveries() if one.group.endswith(":7"))
    assert next_try(delivery, 8, datetime(2026, 12, 18, tzinfo=UTC)) is not None
    assert next_try(delivery, 8, datetime(2026, 12, 21, tzinfo=UTC)) is None
    post = store.parcel(delivery.key)
    assert isinstance(post, Parcel)
    assert pack([post])[0].thread == f"source|{SOURCE.id}"
    assert render([post]).chat.head.startswith("Reminder: Object by 23 December 2026\n")
