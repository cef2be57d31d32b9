"""`run` as a service manager starts it: readiness, reading the configuration again, and the end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

WORDS = "We process personal data only on the instructions of our customers and as the law demands. " * 12
PAGE = f"<!doctype html><html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>{WORDS}</p></main>"


def source(name: str, url: str) -> str:
    """A source of its own page."""
    return (
        f'[[source]]\nid = "{name}/privacy"\nvendor = "{name}"\ndocument = "privacy-policy"\n'
        f'url = "{url}/{name}"\nlanguage = "en"\n'
    )


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Where the daemon tells how it stands."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(30)
        yield listening


def until(listening: socket.socket, start: str) -> str:
    """The next message that starts so; those before it are passed over."""
    while True:
        message = listening.recv(4096).decode()
        if message.startswith(start):
            return message


def test_the_service_manager_hears_all_and_a_faulty_configuration_is_not_taken_over(
    site: Any,
    run: Callable[..., Any],
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    manager: socket.socket,
) -> None:
    """Ready, then on SIGHUP a fault told with the old file in force, then a second source taken over; then the end."""
    for name in ("acme", "birch"):
        site.put(f"/{name}", PAGE)
    path = configure(source("acme", site.url))
    good = path.read_text()
    told = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "200000"}
    loop = subprocess.Popen(
        [*command, "run"], cwd=path.parent, env=environment | told, stderr=subprocess.PIPE, text=True
    )
    said: list[str] = []
    try:
        until(manager, "READY=1")
        until(manager, "WATCHDOG=1")
        path.write_text(good + '[[source]]\nid = "Bad"\nvendor = 3\n')
        loop.send_signal(signal.SIGHUP)
        assert "MONOTONIC_USEC=" in until(manager, "RELOADING=1")
        until(manager, "READY=1")
        assert until(manager, "STATUS=") == "STATUS=watching 1 source"
        path.write_text(good + source("birch", site.url))
        loop.send_signal(signal.SIGHUP)
        until(manager, "RELOADING=1")
        until(manager, "READY=1")
        assert until(manager, "STATUS=") == "STATUS=watching 2 sources"
        assert loop.stderr is not None
        while not any("birch/privacy: first version" in line for line in said):
            said.append(loop.stderr.readline())
            assert said[-1], said
        loop.terminate()
        until(manager, "STOPPING=1")
        _, rest = loop.communicate(timeout=30)
    finally:
        loop.kill()
    text = "".join(said)
    assert loop.returncode == 0, rest
    assert '"Bad" is not a source id' in text
    assert "vendor" in text
    assert "the one before stays in force" in text
    assert {one["source"] for one in json.loads(run("status", "--json").out)["sources"]} == {
        "acme/privacy",
        "birch/privacy",
    }
