"""A text that goes and comes back is told once as flapping; every text is a version, and none stays untold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.render import render
from storage.connect import open_store
from storage.model import (
    Cadence,
    Capture,
    CheckResult,
    Delivery,
    DeliveryState,
    DocumentType,
    ExtractRules,
    Outcome,
    Parcel,
    Source,
    Subscriber,
    Target,
)
from storage.protocol import Store
from watcher import pipeline
from watcher.job import Candidate, Job

URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), rules=ExtractRules(language="en"))
TEAM = Subscriber("team", (Target("console:"),))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILLER = "We process personal data only for the purposes that are described in this policy. " * 12


def page(months: int, word: str = "described") -> str:
    """A policy of our own; `word` is wording alone."""
    return (
        f"<html lang=en><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep the data in your account for "
        f"{months} months after you close it.</p><h2>Your rights</h2><p>You have the right of access to your personal "
        f"data. {FILLER.replace('described', word)}</p></main></html>"
    )


class World:
    """A store, a clock that the test turns, one source, and who was told what."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, datetime(2026, 3, 1, 8, tzinfo=UTC)
        self.source, self.team = SOURCE, TEAM
        store.sync_sources([SOURCE], self.now)

    def check(self, text: str, later: timedelta = DAY) -> CheckResult:
        """One check that much later than the last, without a confirming fetch; then what is due is sent."""
        self.now += later
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        capture = Capture(URL, URL, self.now, 200, (), "text/html", "utf-8", digest, body)
        (claim,) = self.store.claim("test", self.now, HOUR, limit=1, only=[SOURCE.id])
        job = Job(self.source, claim, (self.team,), self.now)
        outcome = pipeline.examine(job, [capture], self.store, self.now)
        result = pipeline.settle(outcome, None, self.now) if isinstance(outcome, Candidate) else outcome
        self.store.commit([result])
        return result

    def sent(self) -> list[tuple[int, list[str]]]:
        """Send what is due: the version and the summaries of each message."""
        told = []
        for parcel in self.store.claim_deliveries(self.now, HOUR, limit=100):
            assert isinstance(parcel, Parcel)
            told.append((parcel.version.number, [change.summary for change in parcel.changes]))
            self.store.record_deliveries([replace(parcel.delivery, state=DeliveryState.SENT, sent_at=self.now)])
        return told

    def waiting(self) -> list[Delivery]:
        """What lies in the outbox."""
        return self.store.deliveries(DeliveryState.PENDING)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh store with one source."""
    store = open_store(str(tmp_path / "history.db"), write=True)
    yield World(store)
    store.close()


def flapped(world: World, *months: int, later: timedelta = DAY) -> list[list[tuple[int, list[str]]]]:
    """What was told after each of these texts."""
    return [(world.check(page(each), later), world.sent())[1] for each in months]


def test_a_text_that_comes_back_is_one_note_and_then_silence(world: World) -> None:
    """A, B, A, B, A, B, A a day apart: B is told, the return is one note, and no more; all seven are versions."""
    told = flapped(world, 12, 36, 12, 36, 12, 36, 12)
    assert [len(messages) for messages in told] == [0, 1, 1, 0, 0, 0, 0]
    assert told[1] == [(2, ["Retention: 12 months -> 36 months (worse)"])]
    assert told[2] == [(3, ["Flapping: back to version 1"])]
    assert [version.number for version in world.store.versions()] == [1, 2, 3, 4, 5, 6, 7]
    ledger = [(entry.outcome, entry.detail) for entry in world.store.ledger(SOURCE.id)]
    assert ledger[0] == (Outcome.CHANGED, "flapping: back to version 5")
    assert ledger[-2:] == [(Outcome.CHANGED, None), (Outcome.FIRST, None)]
    comparison = world.store.comparison(SOURCE.id, 7)
    assert comparison is not None
    assert [change.rules[0].startswith("flapping") for change in comparison.changes] == [False, True]
    assert "36 months" in (comparison.changes[0].before or "")
    assert world.store.verify() == []


def test_the_state_that_stays_is_told_when_the_window_is_over(world: World) -> None:
    """A, B, A, B and B stands: nothing for three days, then the change from A to B, once."""
    flapped(world, 12, 36, 12, 36)
    (waiting,) = world.waiting()
    assert waiting.next_try == world.now + 3 * DAY
    told = flapped(world, 36, 36, 36, 36, 36)
    assert told == [[], [], [(4, ["Retention: 12 months -> 36 months (worse)"])], [], []]


def test_the_state_that_was_told_last_is_not_told_again(world: World) -> None:
    """A, B, A, B, A and A stands: the note said so; what waited for B is dropped and never sent."""
    flapped(world, 12, 36, 12, 36, 12)
    assert world.waiting() == []
    assert [each.last_error for each in world.store.deliveries(DeliveryState.DROPPED)] == [
        "the text went again before its time"
    ]
    assert flapped(world, *[12] * 6) == [[]] * 6


def test_what_happens_after_a_calm_window_is_ordinary(world: World) -> None:
    """A, B, A, and B again a week later: a change like any other, and so is its return after a week."""
    flapped(world, 12, 36, 12)
    told = flapped(world, 36, 12, later=7 * DAY)
    assert [[summary for _, summaries in messages for summary in summaries] for messages in told] == [
        ["Retention: 12 months -> 36 months (worse)"],
        ["Retention: 36 months -> 12 months (better)"],
    ]


def test_the_window_is_the_sources_own(world: World) -> None:
    """With a window of an hour a return on the next day is told in full; just inside of it, it is a note."""
    world.source = replace(SOURCE, flapping=HOUR)
    assert flapped(world, 12, 36, 12)[2] == [(3, ["Retention: 36 months -> 12 months (better)"])]
    world.check(page(36), 2 * HOUR)
    world.sent()
    assert flapped(world, 12, later=HOUR)[0] == [(5, ["Flapping: back to version 3"])]


def test_a_third_text_is_told_in_the_midst_of_it(world: World) -> None:
    """A, B, A, then C: what was never there is a change like any other."""
    assert flapped(world, 12, 36, 12, 48)[3] == [(4, ["Retention: 12 months -> 48 months (worse)"])]


def test_wording_that_differs_does_not_hide_the_return(world: World) -> None:
    """Back to what A said in other words is back; a mere difference of wording is never called flapping."""
    flapped(world, 12, 36)
    world.check(page(12, word="set out"))
    assert world.sent() == [(3, ["Flapping: back to version 1"])]
    world.team = replace(TEAM, name="readers")
    result = world.check(page(12, word="listed"))
    assert result.detail is None


def test_the_note_is_a_message_like_any_other(world: World) -> None:
    """One line of subject and one point of text, without the wordings that were told before."""
    flapped(world, 12, 36)
    world.check(page(12))
    (parcel,) = world.store.claim_deliveries(world.now, HOUR, limit=100)
    message = render([parcel])
    assert message.subject == "[low] Vendor privacy policy: Flapping: back to version 1"
    assert "months" not in message.text
    assert "Flapping: back to version 1" in message.html


def test_digests_and_filters_hold_for_the_note_too(world: World) -> None:
    """Who would not hear of the change does not hear the note, and a digest waits for its hour."""
    world.team = replace(TEAM, cadence=Cadence.DAILY)
    flapped(world, 12, 36)
    world.check(page(12), HOUR)
    assert [each.group != "" for each in world.waiting()] == [True, True]
    world.team = replace(TEAM, name="others", topics=("ai",))
    world.check(page(36), HOUR)
    assert {each.subscriber for each in world.waiting()} == {"team"}


def test_a_delivery_under_way_is_not_taken_back(world: World) -> None:
    """What is being sent while the text goes stays with its sender."""
    flapped(world, 12, 36, 12, 36)
    due = world.now + 3 * DAY
    (parcel,) = world.store.claim_deliveries(due, DAY, limit=10)
    world.check(page(12))
    (still,) = world.waiting()
    assert still.key == parcel.delivery.key
