"""Workers that share one store are killed at random, and nothing is lost, doubled or asked twice at a time."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from fleet_site import Site, serving
from postgres_database import fresh_database

from storage.connect import open_store
from storage.model import DeliveryState
from storage.postgres import PostgresStore, Session, apply
from watcher.fleet import tables

GAP = 1.0
CONFIG = """
[fetch]
contact = "privacy@example.org"
allow_networks = ["127.0.0.0/8"]
gap = "1s"
[mail]
url = "smtp+insecure://127.0.0.1:{mail}"
from = "clausewatch <alerts@example.org>"
[[subscriber]]
name = "team"
to = ["mailto:team@example.org"]
"""


class Letters:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one message."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.kept.append(message)
        return "250 kept"


@contextlib.contextmanager
def mail() -> Iterator[tuple[Letters, int]]:
    """The server and its port."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = int(reserved.getsockname()[1])
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    yield letters, port
    controller.stop()


class Workers:
    """Processes of `clausewatch worker`; the dead are replaced."""

    def __init__(self, folder: Path, address: str, count: int) -> None:
        self._folder, self._address = folder, address
        self._running = [self._start() for _ in range(count)]
        self.killed = 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("clausewatch")), "--store", self._address, "worker"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        with (self._folder / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--concurrency", "16", "--heartbeat", "1"], cwd=self._folder, env=environment, stderr=log
            )

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL, and a new one in its place."""
        place = chance.randrange(len(self._running))
        self._running[place].kill()
        self._running[place].wait()
        self.killed += 1
        self._running[place] = self._start()

    def pause_one(self, chance: random.Random) -> None:
        """Let one stand still for so long that it is believed dead; it goes on then."""
        one = chance.choice(self._running)
        one.send_signal(signal.SIGSTOP)
        threading.Timer(5, one.send_signal, [signal.SIGCONT]).start()

    def stop(self) -> None:
        """SIGTERM: each ends by itself, well."""
        for one in self._running:
            one.send_signal(signal.SIGTERM)
        codes = [one.wait(timeout=60) for one in self._running]
        log = (self._folder / "worker.log").read_text()
        assert codes == [0] * len(codes), log[-3000:]
        assert "Traceback" not in log, log[-3000:]


def configured(folder: Path, site: Site, mail_port: int, sources: int, hosts: int) -> list[str]:
    """A configuration with so many sources; their ids."""
    ids = [f"vendor{number}/privacy" for number in range(sources)]
    parts = [CONFIG.format(mail=mail_port)]
    for number, key in enumerate(ids):
        address = f"http://127.0.0.{number % hosts + 1}:{site.port}/p{number}"
        parts.append(
            f'[[source]]\nid = "{key}"\nvendor = "V{number}"\ndocument = "privacy-policy"\nurl = "{address}"\n'
        )
    (folder / "sources.toml").write_text("\n".join(parts))
    return ids


def until(done: Callable[[], bool], seconds: float, between: Callable[[], None] = lambda: None) -> None:
    """Wait for something, doing something else meanwhile."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it took too long"
        between()
        time.sleep(0.2)


def make_due(address: str) -> None:
    """All sources are to be checked now."""
    with closing(Session(address)) as session:
        session.execute("UPDATE sources SET next_due = '2020-01-01T00:00:00.000000Z' WHERE lease_token IS NULL")


def campaign(folder: Path, server: str, *, sources: int, hosts: int, workers: int, kills: int, seconds: float) -> None:
    """Every source has its first version; all pages change; workers are killed meanwhile, so many or for so long."""
    address = fresh_database(server, "fleet")
    with closing(Session(address)) as session:
        apply(session)
        tables.apply(session)
    chance = random.Random(11)
    with serving() as site, mail() as (letters, port), closing(open_store(address, write=True)) as store:
        assert isinstance(store, PostgresStore)
        ids = configured(folder, site, port, sources, hosts)
        crew = Workers(folder, address, workers)
        until(lambda: [one.version for one in store.states()] == [1] * sources, 60 + sources / 5)
        site.months = 36
        make_due(address)
        begun = last = again = time.monotonic()

        def harm() -> None:
            nonlocal last, again
            if time.monotonic() - again > 15:  # what was checked already is due once more: nobody stands idle
                make_due(address)
                again = time.monotonic()
                crew.pause_one(chance)
            if crew.killed < kills and time.monotonic() - last > chance.uniform(0.5, 1.5) * seconds / kills:
                crew.kill_one(chance)
                last = time.monotonic()

        def told() -> bool:
            return (
                all(one.version == 2 for one in store.states())
                and crew.killed >= kills
                and time.monotonic() - begun >= seconds
                and len(store.deliveries(DeliveryState.SENT)) == sources
            )

        until(told, 120 + sources / 5 + seconds * 2, harm)
        crew.stop()
        assert store.verify() == []
        assert [(one.source_id, one.number) for one in store.versions()] == [
            (key, number) for key in sorted(ids) for number in (1, 2)
        ]
        deliveries = store.deliveries()
        assert {one.state for one in deliveries} == {DeliveryState.SENT}
        assert len({one.alert_key for one in deliveries}) == len(deliveries) == sources
        assert all(one.outcome is not None and one.outcome.good for one in store.states())
        assert site.overlaps(GAP * 0.98) == []
        assert letters.kept
        # A message that was taken when its worker was killed, before that was written down, is sent once more: as
        # often as a worker was killed at most.
        copies = Counter(one["Message-ID"] for one in letters.kept)
        assert sum(count - 1 for count in copies.values()) <= crew.killed


def test_workers_are_killed_and_nothing_is_lost(tmp_path: Path, postgres_server: str) -> None:
    """Two workers, twenty sources of fifteen hosts, three kills."""
    campaign(tmp_path, postgres_server, sources=20, hosts=15, workers=2, kills=3, seconds=3)


@pytest.mark.long
def test_workers_are_killed_for_ten_minutes(tmp_path: Path, postgres_server: str) -> None:
    """Three workers, two thousand sources of two hundred hosts, killed and paused at random for ten minutes."""
    campaign(tmp_path, postgres_server, sources=2000, hosts=200, workers=3, kills=60, seconds=600)
