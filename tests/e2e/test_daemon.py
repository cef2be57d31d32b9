"""`run` as a service manager starts it: readiness, reading the configuration again, and the end."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import termios
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

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


def test_the_daemon_tells_prometheus_and_writes_json_alone(
    site: Any, configure: Callable[..., Path], command: list[str], environment: dict[str, str]
) -> None:
    """Each line of standard error is JSON; the address of the metrics is said; a scrape finds the first check."""
    site.put("/acme", PAGE)
    path = configure(source("acme", site.url))
    words = [*command, "--log-format", "json", "run", "--metrics", "127.0.0.1:0"]
    loop = subprocess.Popen(words, cwd=path.parent, env=environment, stderr=subprocess.PIPE, text=True)
    lines: list[dict[str, Any]] = []
    try:
        assert loop.stderr is not None
        while not any(line["event"] == "check" for line in lines):
            lines.append(json.loads(loop.stderr.readline()))
        (told,) = [line["message"] for line in lines if line.get("message", "").startswith("metrics on ")]
        text = urllib.request.urlopen(told.removeprefix("metrics on "), timeout=10).read().decode()
        loop.terminate()
        _, rest = loop.communicate(timeout=30)
    finally:
        loop.kill()
    lines += [json.loads(line) for line in rest.splitlines()]
    (check,) = [line for line in lines if line["event"] == "check"]
    assert (check["source"], check["stage"], check["outcome"], check["version"]) == (
        "acme/privacy",
        "compare",
        "first",
        1,
    )
    assert 0 < check["seconds"] < 30
    assert lines[-1]["message"] == "stopped; everything is recorded"
    found = {
        sample.labels["outcome"]: sample.value
        for family in text_string_to_metric_families(text)
        if family.name == "clausewatch_checks"
        for sample in family.samples
        if sample.name == "clausewatch_checks_total"
    }
    assert found["first"] == 1


def test_check_writes_its_metrics_and_says_faults_as_json_too(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path
) -> None:
    """The file holds the run; a place where none can be is told before anything is fetched, in one line of JSON."""
    site.put("/acme", PAGE)
    configure(source("acme", site.url))
    path = tmp_path / "metrics.prom"
    refused = run("--log-format", "json", "check", "--metrics-file", str(tmp_path / "none" / "a.prom"))
    assert (refused.code, site.hits["/acme"]) == (2, 0)
    (line,) = refused.err.splitlines()
    assert "name a file in a folder" in json.loads(line)["message"]
    assert run("check", "--metrics-file", str(path)).code == 0
    text = path.read_text()
    assert 'clausewatch_last_run_checks{outcome="first"} 1.0' in text
    assert "clausewatch_versions 1.0" in text


@pytest.mark.parametrize("where", ["here", "127.0.0.1:99999"])
def test_an_address_for_metrics_that_is_none_is_refused(
    run: Callable[..., Any], configure: Callable[..., Path], site: Any, where: str
) -> None:
    """Exit 2, with what to write."""
    configure(source("acme", site.url))
    done = run("run", "--metrics", where)
    assert (done.code, "127.0.0.1:9464" in done.err) == (2, True)


def test_a_terminal_that_is_closed_ends_the_daemon(
    site: Any, configure: Callable[..., Path], command: list[str], environment: dict[str, str]
) -> None:
    """Started by hand, it does not live on unseen and hold the store when its window is closed."""
    site.put("/acme", PAGE)
    path = configure(source("acme", site.url))
    ours, theirs = os.openpty()

    def attach() -> None:
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup(1)

    loop = subprocess.Popen(
        [*command, "run"],
        cwd=path.parent,
        env=environment,
        stdin=theirs,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=attach,  # noqa: PLW1509 - two system calls, with no lock that another thread could hold
    )
    os.close(theirs)
    try:
        assert loop.stderr is not None
        assert "watching 1 source" in loop.stderr.readline()
        os.close(ours)
        _, rest = loop.communicate(timeout=30)
    finally:
        loop.kill()
    assert loop.returncode == 0
    assert "stopped; everything is recorded" in rest
