"""Kills and refusals at any moment: no alert is lost, and one that comes twice comes under the same name."""

from __future__ import annotations

import asyncio
import email
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from notifier_samples import MOMENT, RETENTION, SOURCE, VERSION, comparison

from notifier.deliver import DeliverSettings, deliver
from notifier.mail import MailSettings
from notifier.route import route
from storage.connect import open_store
from storage.model import (
    Block,
    BlockKind,
    Cause,
    CheckResult,
    DeliveryState,
    Document,
    NewVersion,
    Outcome,
    Subscriber,
    Target,
)

SENDER = Path(__file__).with_name("delivery_sender.py")


@dataclass
class Post:
    """A mail server that counts what it took by Message-ID, and puts off a share of what it is offered."""

    moments: random.Random
    share: float
    taken: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, or put it off."""
        if self.moments.random() < self.share:
            return self.moments.choice(["451 come back later", "452 no room", "421 going down"])
        self.taken[str(email.message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 kept"


class _Controller(Controller):
    """A controller that finds its own free port."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def serving() -> Iterator[list[Controller]]:
    """Servers that end with the test."""
    started: list[Controller] = []
    yield started
    for one in started:
        one.stop()


def serve(serving: list[Controller], share: float) -> tuple[Post, int]:
    """A running server and its port."""
    post = Post(random.Random(7), share)
    controller = _Controller(post, hostname="127.0.0.1", port=0)
    controller.start()
    serving.append(controller)
    return post, controller.port


def fill(place: Path, people: int, each: int) -> None:
    """A store in which so many people are to be sent `each` a mail of their own for so many changes."""
    store = open_store(place, write=True)
    everyone = [Subscriber(f"p{i}", (Target(f"mailto:p{i}@example.org"),)) for i in range(people)]
    sources = [replace(SOURCE, id=f"acme/s{i}") for i in range(each)]
    store.sync_sources(sources, MOMENT)
    told = comparison(RETENTION)
    for source in sources:
        for number, cause in ((1, Cause.FIRST), (2, Cause.CHANGED)):
            words = f"{source.id}{number}"
            block = Block(BlockKind.PARAGRAPH, words, (), words)
            text = Document("Privacy", "en", None, None, (block,), fingerprint=words, extraction="1")
            made = replace(VERSION, source_id=source.id, number=number, cause=cause, fingerprint=words)
            made = replace(made, captures=(), blocks=1, words=1)
            alerts, deliveries = route(everyone, source, made, told, MOMENT) if number == 2 else ((), ())
            alone = tuple(replace(one, group=f"alone:{source.id}") for one in deliveries)  # no flood: a mail each
            new = NewVersion(made, text, (), told if number == 2 else None, alerts, alone)
            (claim,) = store.claim("test", MOMENT, timedelta(minutes=5), limit=1, only=[source.id])
            store.commit([CheckResult(claim, Outcome.CHANGED, MOMENT, MOMENT, 0.1, versions=(new,))])
    store.close()


def campaign(place: Path, serving: list[Controller], people: int, each: int, kills: int) -> None:
    """Let senders be killed and refused, then one finish; look at what arrived."""
    moments = random.Random(3)
    post, port = serve(serving, 0.05)
    fill(place, people, each)
    moment = MOMENT
    for _ in range(kills):
        before = post.taken.total()
        with subprocess.Popen([sys.executable, str(SENDER), str(place), str(port), str(moment), str(people)]) as child:
            patience = time.monotonic() + 20
            while child.poll() is None and post.taken.total() < before + 3 and time.monotonic() < patience:
                time.sleep(0.01)
            time.sleep(moments.uniform(0, 0.1))
            os.kill(child.pid, signal.SIGKILL)
        moment += timedelta(hours=1)
    finish(place, port, people, moment)
    store = open_store(place, write=True)
    keys = {f"<{one.key}@clausewatch.example.org>" for one in store.deliveries(DeliveryState.SENT)}
    assert len(keys) == people * each == len(store.deliveries()), "a delivery was lost"
    store.close()
    assert set(post.taken) == keys, "a mail was never taken, or came under another name"
    assert sum(times - 1 for times in post.taken.values()) <= kills, "more came twice than kills can explain"


def _same(now: datetime) -> datetime:
    """A clock that stands still."""
    return now


def finish(place: Path, port: int, people: int, moment: datetime) -> None:
    """Runs that nobody kills, an hour apart, until nothing waits."""
    mail = MailSettings(f"smtp+insecure://127.0.0.1:{port}", "clausewatch <alerts@example.org>")
    targets = {f"mailto:p{i}@example.org": f"mailto:p{i}@example.org" for i in range(people)}
    store = open_store(place, write=True)
    for hours in range(2000):
        now = moment + timedelta(hours=hours)
        deliver(store, DeliverSettings(mail=mail, targets=targets), partial(_same, now))
        if not store.deliveries(DeliveryState.PENDING):
            break
    store.close()


def test_kills_and_refusals_lose_nothing(tmp_path: Path, serving: list[Controller]) -> None:
    """200 deliveries, four kills, one mail in twenty put off."""
    campaign(tmp_path / "history.db", serving, people=20, each=10, kills=4)


@pytest.mark.long
def test_ten_thousand_deliveries(tmp_path: Path, serving: list[Controller]) -> None:
    """10,000 deliveries, sixty kills, one mail in twenty put off."""
    campaign(tmp_path / "history.db", serving, people=50, each=200, kills=60)


def test_a_thousand_alerts_to_fifty_people(tmp_path: Path, serving: list[Controller]) -> None:
    """1,000 mails to 50 people leave in under 20 seconds, composed, sent and written down one by one."""
    post, port = serve(serving, 0.0)
    fill(tmp_path / "history.db", 50, 20)
    start = time.monotonic()
    finish(tmp_path / "history.db", port, 50, MOMENT)
    took = time.monotonic() - start
    assert post.taken.total() == len(post.taken) == 1000
    print(f"1,000 mails in {took:.1f} s")  # noqa: T201 - the figure
    assert took < 20
