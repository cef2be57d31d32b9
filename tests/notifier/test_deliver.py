"""The outbox against a real store, a real mail server and real webhooks."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from delivery_samples import ALICE, BOB, Clock, Office, fill, settings, states, subscriber, working
from notifier_samples import MOMENT, parcel
from pytest_httpserver import HTTPServer
from werkzeug import Response

from notifier.deliver import DeliverSettings, deliver
from notifier.envelope import FLOOD, lane_of, pack
from notifier.mail import MailSettings
from notifier.manner import Manner
from notifier.render import render
from storage.connect import open_store
from storage.errors import StoreError
from storage.model import (
    Cadence,
    Delivery,
    DeliveryState,
    Parcel,
    Post,
    Posting,
)
from storage.protocol import Store


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server of the test's own."""
    with working(Office()) as office:
        yield office


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


def test_sends_once(store: Store, office: Office) -> None:
    """What is due goes out once, is recorded as sent, and a second run sends nothing."""
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB)])
    report = deliver(store, settings(office, ALICE, BOB), Clock())
    assert (report.sent, report.failed, report.dead, report.dropped) == (2, 0, 0, 0)
    assert sorted(office.addressed) == ["alice@example.org", "bob@example.org"]
    for delivery in store.deliveries():
        assert (delivery.state, delivery.attempts, delivery.sent_at) == (DeliveryState.SENT, 1, MOMENT)
    assert deliver(store, settings(office, ALICE, BOB), Clock()).sent == 0
    assert len(office.letters) == 2


def test_message_id_is_the_delivery(store: Store, office: Office) -> None:
    """The mail carries the key of its delivery as Message-ID and idempotency key."""
    fill(store, [subscriber("a", ALICE)])
    deliver(store, settings(office, ALICE), Clock())
    (delivery,) = store.deliveries()
    assert office.letters[0]["Message-ID"] == f"<{delivery.key}@clausewatch.example.org>"
    assert office.letters[0]["X-Clausewatch-Delivery"] == delivery.key


def test_sent_again_under_the_same_name(store: Store, office: Office) -> None:
    """A run that dies between sending and recording repeats the message with the same Message-ID."""

    class Dying:
        """A store that cannot record."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def record_deliveries(self, deliveries: Sequence[Delivery], postings: Sequence[Posting] = ()) -> None:
            raise StoreError("no space left")

    fill(store, [subscriber("a", ALICE)])
    clock = Clock()
    dying: Any = Dying()
    with pytest.raises(StoreError, match="no space"):
        deliver(dying, settings(office, ALICE), clock)
    clock.moment += timedelta(minutes=31)
    assert deliver(store, settings(office, ALICE), clock).sent == 1
    assert len(office.letters) == 2
    assert office.letters[0]["Message-ID"] == office.letters[1]["Message-ID"]


def test_one_refused_for_good(store: Store, office: Office) -> None:
    """A 550 ends one subscriber's delivery at once, with its reason; the other gets the mail."""
    office.refuse["alice@example.org"] = "550 5.1.1 alice@example.org unknown"
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB)])
    report = deliver(store, settings(office, ALICE, BOB), Clock())
    assert (report.sent, report.dead) == (1, 1)
    assert states(store) == {ALICE: DeliveryState.DEAD, BOB: DeliveryState.SENT}
    assert office.addressed == ["bob@example.org"]
    assert {target.target: (target.sent, target.dead) for target in report.targets} == {ALICE: (0, 1), BOB: (1, 0)}
    dead = next(delivery for delivery in store.deliveries() if delivery.state is DeliveryState.DEAD)
    assert "550 5.1.1" in (dead.last_error or "")


def test_greylisting_is_tried_again(store: Store, office: Office) -> None:
    """A 451 waits a minute and then goes through."""
    office.refuse["alice@example.org"] = "451 4.7.1 later"
    fill(store, [subscriber("a", ALICE)])
    clock = Clock()
    assert deliver(store, settings(office, ALICE), clock).failed == 1
    (delivery,) = store.deliveries()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
    assert MOMENT + timedelta(minutes=1) <= delivery.next_try <= MOMENT + timedelta(seconds=66)
    office.refuse.clear()
    assert deliver(store, settings(office, ALICE), clock).sent == 0
    clock.moment = delivery.next_try
    assert deliver(store, settings(office, ALICE), clock).sent == 1
    (delivery,) = store.deliveries()
    assert (delivery.attempts, delivery.last_error) == (2, None)


def test_three_days_down(store: Store) -> None:
    """With the mail server down an alert is tried for 72 hours, ever more rarely, and then given up visibly."""
    fill(store, [subscriber("a", ALICE)])
    nobody = DeliverSettings(MailSettings("smtp+insecure://127.0.0.1:9", "a@example.org"), {ALICE: ALICE})
    clock = Clock()
    tries = 0
    while (delivery := store.deliveries()[0]).state is DeliveryState.PENDING:
        clock.moment = delivery.next_try
        deliver(store, nobody, clock)
        tries += 1
    assert delivery.state is DeliveryState.DEAD
    assert timedelta(hours=72) <= clock.moment - MOMENT < timedelta(hours=80)
    assert 12 < tries < 22


def test_a_blocked_way_is_tried_once_a_run(store: Store) -> None:
    """When the mail server is down, one mail is tried and the others wait as long without counting a try."""
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB), subscriber("c", "mailto:carol@example.org")])
    nobody = settings(None, ALICE, BOB, "mailto:carol@example.org")
    report = deliver(store, replace(nobody, mail=MailSettings("smtp+insecure://127.0.0.1:9", "a@example.org")), Clock())
    assert (report.failed, report.postponed, report.sent) == (1, 2, 0)
    found = store.deliveries()
    assert sorted(delivery.attempts for delivery in found) == [0, 0, 1]
    assert len({delivery.next_try for delivery in found}) == 1
    assert all(delivery.next_try > MOMENT and delivery.last_error for delivery in found)


def test_no_mail_in_the_configuration(store: Store) -> None:
    """Without [mail] an alert by mail waits for the configuration instead of being lost."""
    fill(store, [subscriber("a", ALICE)])
    assert deliver(store, settings(None, ALICE), Clock()).failed == 1
    assert "[mail]" in (store.deliveries()[0].last_error or "")


def test_a_broken_webhook_holds_nobody_up(store: Store, office: Office, httpserver: HTTPServer) -> None:
    """A webhook that fails is recorded with its wait, and mail and console are served all the same."""
    httpserver.expect_request("/s3cr3t-token").respond_with_response(
        Response(status=429, headers={"Retry-After": "600"})
    )
    fill(store, [subscriber("a", "json://${HOOK}", ALICE, "console:")])
    hook = f"json://127.0.0.1:{httpserver.port}/s3cr3t-token"
    console = io.StringIO()
    report = deliver(store, settings(office, ALICE, "console:", **{"json://${HOOK}": hook}), Clock(), console=console)
    assert (report.sent, report.failed) == (2, 1)
    assert "[high] Acme 0 privacy policy" in console.getvalue()
    failed = next(delivery for delivery in store.deliveries() if delivery.state is DeliveryState.PENDING)
    assert failed.next_try == MOMENT + timedelta(minutes=10)
    assert failed.last_error == "the service answered HTTP 429"
    assert "s3cr3t" not in repr(report) + repr(store.deliveries())


def test_secrets_stay_out_of_reasons(store: Store, office: Office) -> None:
    """What the server says of an expanded address is not kept."""
    office.refuse["hidden.person@example.org"] = "550 <hidden.person@example.org> unknown"
    fill(store, [subscriber("a", "mailto:${WHO}")])
    deliver(store, settings(office, **{"mailto:${WHO}": "mailto:hidden.person@example.org"}), Clock())
    reason = store.deliveries()[0].last_error or ""
    assert "550" in reason
    assert "hidden" not in reason


def test_target_from_a_file(store: Store, office: Office) -> None:
    """A target that is configured as a file goes the way of what stands in it."""
    fill(store, [subscriber("a", "file:/run/secrets/who")])
    assert deliver(store, settings(office, **{"file:/run/secrets/who": ALICE}), Clock()).sent == 1
    assert office.addressed == ["alice@example.org"]


def test_target_no_longer_configured(store: Store, office: Office) -> None:
    """What goes to a target that was taken out is dropped with a reason, not sent."""
    fill(store, [subscriber("a", ALICE, BOB)])
    report = deliver(store, settings(office, BOB), Clock())
    assert (report.sent, report.dropped) == (1, 1)
    assert states(store) == {ALICE: DeliveryState.DROPPED, BOB: DeliveryState.SENT}
    assert office.addressed == ["bob@example.org"]
    dropped = next(delivery for delivery in store.deliveries() if delivery.state is DeliveryState.DROPPED)
    assert dropped.last_error == "the target is no longer configured"


def test_digest_is_one_message(store: Store, office: Office) -> None:
    """A daily digest waits for its hour and then tells all sources in one mail."""
    fill(store, [subscriber("a", ALICE, cadence=Cadence.DAILY)], sources=3)
    clock = Clock()
    assert deliver(store, settings(office, ALICE), clock).sent == 0
    clock.moment = MOMENT.replace(hour=8)
    assert deliver(store, settings(office, ALICE), clock).sent == 3
    (letter,) = office.letters
    assert letter["Subject"] == "[high] 6 changes in 3 documents: Acme 0, Acme 1, Acme 2"


def test_a_flood_is_one_message(store: Store, office: Office) -> None:
    """A template change on 300 pages makes one mail for each subscriber; all its deliveries are recorded."""
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB)], sources=300)
    report = deliver(store, settings(office, ALICE, BOB), Clock())
    assert report.sent == 600
    assert sorted(office.addressed) == ["alice@example.org", "bob@example.org"]
    assert all(delivery.state is DeliveryState.SENT for delivery in store.deliveries())


def test_limit(store: Store, office: Office) -> None:
    """With a limit the run stops when so many deliveries were taken."""
    fill(store, [subscriber("a", ALICE)], sources=4)
    assert deliver(store, settings(office, ALICE), Clock(), limit=3).sent == 3
    assert len(office.letters) == 3
    assert deliver(store, settings(office, ALICE), Clock()).sent == 1


def test_a_message_that_cannot_be_made(store: Store, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in one message is a failure to be tried again, and the next message goes."""

    def sometimes(parcels: Sequence[Parcel], instance: str, manner: Manner) -> Any:
        if parcels[0].source.id == "acme/p0":
            raise RuntimeError("secret detail")
        return render(parcels, instance, manner)

    monkeypatch.setattr("notifier.lanes.render", sometimes)
    fill(store, [subscriber("a", ALICE)], sources=2)
    report = deliver(store, settings(office, ALICE), Clock())
    assert (report.sent, report.failed) == (1, 1)
    assert report.targets[0].last_error == "internal error: RuntimeError"


def test_a_turn_ends(store: Store, office: Office) -> None:
    """A lane that takes longer than its turn gives the rest back, and the same run claims and sends it."""
    claimed: list[int] = []

    class Counting:
        """A store that counts what is claimed."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def claim_deliveries(self, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
            found = store.claim_deliveries(now, lease, limit=limit)
            claimed.append(len(found))
            return found

    fill(store, [subscriber("a", ALICE)], sources=4)
    moments = iter([MOMENT + timedelta(minutes=4 * i) for i in range(1000)])
    counting: Any = Counting()
    report = deliver(counting, settings(office, ALICE), lambda: next(moments))
    assert report.sent == len(office.letters) == 4
    assert report.postponed == sum(claimed) - 4 > 0


def test_stop(store: Store, office: Office) -> None:
    """When a stop is asked for, the message under way is recorded, none is begun, and the rest is sent next time."""
    fill(store, [subscriber("a", ALICE)], sources=3)
    stop = threading.Event()

    class Stopping:
        """A store after whose first record somebody asks for a stop."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def record_deliveries(self, deliveries: Sequence[Delivery], postings: Sequence[Posting] = ()) -> None:
            stop.set()
            store.record_deliveries(deliveries, postings)

    stopping: Any = Stopping()
    clock = Clock()
    first = deliver(stopping, settings(office, ALICE), clock, stop=stop)
    assert first.sent == len(office.letters)
    assert deliver(store, settings(office, ALICE), clock, stop=stop).sent == 0
    clock.moment += timedelta(hours=1)
    assert deliver(store, settings(office, ALICE), clock).sent == 3 - first.sent
    assert len({letter["Message-ID"] for letter in office.letters}) == len(office.letters) == 3


def test_pack() -> None:
    """A group is one envelope, a flood is one, others are alone; keys are stable."""
    single = [parcel(key=f"{i:032d}") for i in range(FLOOD)]
    assert [envelope.key for envelope in pack(single)] == [each.delivery.key for each in single]
    flood = [parcel(key=f"{i:032d}") for i in range(FLOOD + 1)]
    (together,) = pack(flood)
    assert together.key == pack(flood[::-1])[0].key
    assert together.thread == "digest|privacy-team|"
    daily = [parcel(key=f"{i:032d}", group="daily:2026-11-23") for i in range(2)]
    weekly = parcel(key="9" * 32, group="weekly:2026-11-23")
    assert [len(envelope.parcels) for envelope in pack([*daily, weekly])] == [2, 1]
    assert pack([weekly])[0].key == "9" * 32


def test_lane_of() -> None:
    """All mail shares a lane, a chat target has its own, named as configured."""
    assert lane_of("x", ALICE) == lane_of("y", BOB) == "mail"
    assert lane_of("console:", "console:") == "console"
    assert lane_of("slack://${T}", "slack://a/b/c") == "slack://${T}"
