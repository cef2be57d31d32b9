"""What a service manager hears, over real sockets."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from watcher.notify_systemd import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket that a service manager would listen at, and its name as it stands in the environment."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@clausewatch-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0", 1))
        listening.settimeout(10)
        yield name, listening


def test_each_message_arrives_as_sd_notify_writes_it(manager: tuple[str, socket.socket]) -> None:
    """READY, RELOADING with the clock, STATUS on one line and STOPPING arrive whole and in order."""
    name, listening = manager
    service = ServiceManager({"NOTIFY_SOCKET": name})
    service.ready()
    service.reloading()
    service.status("watching\nREADY=1 2 sources")
    service.stopping()
    assert listening.recv(1000) == b"READY=1"
    state, _, clock = listening.recv(1000).decode().partition("\n")
    assert (state, clock.startswith("MONOTONIC_USEC=")) == ("RELOADING=1", True)
    assert int(clock.partition("=")[2]) > 0
    assert listening.recv(1000) == b"STATUS=watching READY=1 2 sources"
    assert listening.recv(1000) == b"STOPPING=1"


def test_signs_of_life_come_twice_in_each_period_while_the_work_is_sound(manager: tuple[str, socket.socket]) -> None:
    """They begin at once, come again, and end when the work shows no progress."""
    name, listening = manager
    sound, heard = threading.Event(), []
    sound.set()
    service = ServiceManager({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": str(os.getpid())})
    with service.signs_of_life(sound.is_set):
        heard = [listening.recv(1000) for _ in range(3)]
        sound.clear()
        listening.settimeout(0.1)
        drain = iter(lambda: listening.recv(1000), b"")
        with pytest.raises(TimeoutError):
            list(drain)
    assert heard == [b"WATCHDOG=1"] * 3
    assert not any(thread.name == "watchdog" for thread in threading.enumerate())


@pytest.mark.parametrize(
    "environ",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "9", "WATCHDOG_PID": "1"}],
    ids=["unset", "zero", "no number", "another process"],
)
def test_a_watchdog_that_is_not_meant_for_us_is_left_alone(environ: dict[str, str]) -> None:
    """Without a period, or with one for another process, there is no watchdog."""
    assert ServiceManager(environ).watchdog is None


@pytest.mark.parametrize("name", ["", "relative", "/no/such/socket", "@nobody-listens-here-clausewatch"])
def test_nobody_to_tell_is_no_error(name: str) -> None:
    """Without a service manager, or with one that has gone, the work goes on."""
    service = ServiceManager({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "20000"})
    with service.signs_of_life(lambda: True):
        service.ready()
        service.stopping()
