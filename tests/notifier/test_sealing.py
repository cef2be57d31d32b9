"""A message that may have been taken is sent again as it was, under the same id, whatever has come in between."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from delivery_samples import ALICE, SENDER, Clock, Office, fill, settings, subscriber, working
from notifier_samples import MOMENT

from notifier.deliver import DeliverSettings, deliver
from notifier.envelope import FLOOD
from notifier.mail import MailSettings
from storage.connect import open_store
from storage.errors import StoreError
from storage.model import Delivery, DeliveryState, Posting
from storage.protocol import Store

TEAM = subscriber("team", ALICE)
TWO_HOURS = timedelta(hours=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server of the test's own."""
    with working(Office()) as office:
        yield office


def die_after_sending(store: Store, known: DeliverSettings, clock: Clock) -> None:
    """A run that is killed when the first message has left, before that can be written down."""

    class Dying:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def record_deliveries(self, deliveries: Sequence[Delivery], postings: Sequence[Posting] = ()) -> None:
            raise StoreError("killed")

    dying: Any = Dying()
    with pytest.raises(StoreError, match="killed"):
        deliver(dying, known, clock)
    clock.moment += TWO_HOURS


def names(office: Office) -> Counter[str]:
    """How often each Message-ID came."""
    return Counter(str(letter["Message-ID"]) for letter in office.letters)


@pytest.mark.parametrize("before", [1, FLOOD + 1])
def test_a_killed_message_comes_again_as_it_was(store: Store, office: Office, before: int) -> None:
    """One alert, or a pile of six, is killed after sending; seven more come: the first message again, and a second."""
    clock, known = Clock(), settings(office, ALICE)
    fill(store, [TEAM], before)
    die_after_sending(store, known, clock)
    fill(store, [TEAM], 7, clock.moment, first=100)
    assert deliver(store, known, clock).sent == before + 7
    assert sorted(names(office).values()) == [1, 2]
    assert {one.state for one in store.deliveries()} == {DeliveryState.SENT}


def test_a_pile_keeps_its_name_when_one_of_it_is_dropped(store: Store, office: Office) -> None:
    """What remains of a pile that was killed goes out under the id that the whole had."""
    clock, known = Clock(), settings(office, ALICE)
    fill(store, [TEAM], FLOOD + 1)
    die_after_sending(store, known, clock)
    store.record_deliveries([replace(store.deliveries()[0], state=DeliveryState.DROPPED)])
    assert deliver(store, known, clock).sent == FLOOD
    assert list(names(office).values()) == [2]


class Silent(Office):
    """A mail server that keeps a mail and hangs up without saying so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail, say nothing."""
        kept = await super().handle_DATA(server, session, envelope)
        if len(self.letters) == 1:
            server.transport.close()
        return kept


def test_an_answer_that_is_lost_leaves_the_message_as_it_is(store: Store) -> None:
    """Kept by a server that hung up before its answer: the same message again, and what came meanwhile by itself."""
    with working(Silent()) as office:
        clock, known = Clock(), settings(office, ALICE)
        fill(store, [TEAM])
        assert deliver(store, known, clock).failed == 1
        clock.moment += TWO_HOURS
        fill(store, [TEAM], 7, clock.moment, first=100)
        assert deliver(store, known, clock).sent == 8
    assert sorted(names(office).values()) == [1, 2]


def test_a_sure_refusal_leaves_the_deliveries_free(store: Store, office: Office) -> None:
    """451 for one alert: it was not taken, and goes with the seven that came meanwhile in one message."""
    clock, known = Clock(), settings(office, ALICE)
    office.refuse["alice@example.org"] = "451 4.7.1 later"
    fill(store, [TEAM])
    deliver(store, known, clock)
    office.refuse.clear()
    clock.moment += TWO_HOURS
    fill(store, [TEAM], 7, clock.moment, first=100)
    assert deliver(store, known, clock).sent == 8
    assert list(names(office).values()) == [1]


@pytest.mark.parametrize("before", [1, FLOOD + 1])
def test_a_refusal_of_the_second_try_says_nothing_of_the_first(store: Store, office: Office, before: int) -> None:
    """Killed after sending, then 451, then seven more: what may have been taken keeps its name through the refusal."""
    clock, known = Clock(), settings(office, ALICE)
    fill(store, [TEAM], before)
    die_after_sending(store, known, clock)
    office.refuse["alice@example.org"] = "451 4.7.1 later"
    deliver(store, known, clock)
    office.refuse.clear()
    clock.moment += TWO_HOURS
    fill(store, [TEAM], 7, clock.moment, first=100)
    assert deliver(store, known, clock).sent == before + 7
    assert sorted(names(office).values()) == [1, 2]


def test_everything_is_down_for_three_days(store: Store) -> None:
    """N11: nobody listens for three days, four changes a day; then one message with all twelve, in order, none lost."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    known = DeliverSettings(MailSettings(f"smtp+insecure://127.0.0.1:{port}", SENDER), {ALICE: ALICE})
    clock = Clock()
    for hour in range(72):
        if hour % 24 == 0:
            fill(store, [TEAM], 4, clock.moment, first=hour)
        report = deliver(store, known, clock)
        assert (report.sent, report.dead, report.dropped) == (0, 0, 0)
        clock.moment += timedelta(hours=1)
    clock.moment = max(clock.moment, *(one.next_try for one in store.deliveries()))
    with working(Office(), port) as office:
        assert deliver(store, known, clock).sent == 12
    (letter,) = office.letters
    body = letter.get_body(("plain",))
    assert body is not None
    assert "12 documents" in str(letter["Subject"])
    assert all(f"Acme {first + i}" in body.get_content() for first in (0, 24, 48) for i in range(4))
    assert {one.state for one in store.deliveries()} == {DeliveryState.SENT}


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-20_000), timedelta(hours=-2)])
def test_a_clock_that_was_wrong(store: Store, office: Office, wrong: timedelta) -> None:
    """T01: found while the clock stood elsewhere, and a try that failed then: sent within hours of the right time."""
    known = settings(office, ALICE)
    office.refuse["alice@example.org"] = "451 4.7.1 later"
    for number, moment in enumerate((MOMENT, MOMENT + wrong)):
        clock = Clock(moment)
        fill(store, [TEAM], 1, moment, first=number)
        deliver(store, known, clock)
    office.refuse.clear()
    for hours in range(4):
        deliver(store, known, Clock(MOMENT + timedelta(hours=hours)))
    assert {one.state for one in store.deliveries()} == {DeliveryState.SENT}
    assert len(office.letters) == 2
    assert all(str(letter["Date"]).endswith("+0000") and "2026" in str(letter["Date"]) for letter in office.letters)


def test_a_lease_of_a_clock_that_was_wrong_is_over(store: Store) -> None:
    """T01: taken by a process that died in 2028 and whose clock was put right: free at once, not in two years."""
    fill(store, [TEAM])
    ahead = MOMENT + timedelta(days=700)
    half = timedelta(minutes=30)
    assert len(store.claim_deliveries(ahead, half, limit=9)) == 1
    assert store.claim_deliveries(ahead + timedelta(minutes=29), half, limit=9) == []
    assert len(store.claim_deliveries(MOMENT, half, limit=9)) == 1
