"""Closed streams, full disks, readers that go, signals: what a shell and a service manager do to a command."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = (
    '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{url}"\nlanguage = "en"\n'
)
MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def page(months: int) -> str:
    """A policy of our own."""
    return (
        "<!doctype html><html lang=en><title>Acme privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2>"
        f"<p>We keep your personal data for {months} months after the end of the contract, then we delete it.</p>"
        f"<h2>Your rights</h2><p>You have the right of access to your personal data. {MORE}</p></main></html>"
    )


@pytest.fixture
def silent() -> Iterator[tuple[str, threading.Event]]:
    """A server that takes a connection and never answers: its address, and whether one came."""
    came = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            held = []
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    break
                came.set()
            for connection in held:
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/p", came
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(("words", "code"), [(["run"], 0), (["check"], 3)])
def test_a_stop_does_not_wait_for_a_silent_server(
    silent: tuple[str, threading.Event],
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    run: Callable[..., Any],
    words: list[str],
    code: int,
) -> None:
    """SIGTERM in the middle of a fetch: over in a moment, and the fetch that was cut off is no failure of the page."""
    url, came = silent
    path = configure(SOURCE.format(url=url))
    going = subprocess.Popen([*command, *words], cwd=path.parent, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert came.wait(20)
        asked = time.monotonic()
        going.send_signal(signal.SIGTERM)
        _, said = going.communicate(timeout=20)
    finally:
        going.kill()
    assert time.monotonic() - asked < 5
    assert (going.returncode, "Traceback" in said) == (code, False), said
    (state,) = json.loads(run("status", "--json").out)["sources"]
    assert (state["outcome"], state["failures"]) == (None, 0)


@pytest.mark.parametrize(("shell", "code"), [(">&-", 0), ("2>&-", 0), (">/dev/full", 1), ("| head -c 1", 0)])
def test_a_stream_that_cannot_be_written_ends_in_no_traceback(
    site: Any,
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    run: Callable[..., Any],
    shell: str,
    code: int,
) -> None:
    """Closed, full or left by its reader: one line at most, and only a full one is a failure."""
    path = configure(SOURCE.format(url=f"{site.url}/p"))
    site.put("/p", page(12))
    assert run("check").code == 0
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$0" show acme/privacy {shell}', *command],
        cwd=path.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (code, code), done.stderr


@pytest.mark.parametrize("shell", ["2>/dev/full", "2>&1 | head -c 1"])
def test_a_check_goes_on_when_nobody_listens(
    site: Any,
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    run: Callable[..., Any],
    shell: str,
) -> None:
    """A full log or a reader that has gone silences the talk; every source is checked all the same."""
    path = configure("".join(SOURCE.format(url=f"{site.url}/{n}").replace("acme", f"acme{n}") for n in range(8)))
    for n in range(8):
        site.put(f"/{n}", page(12 + n))
    words = ["bash", "-o", "pipefail", "-c", f'"$0" check {shell}', *command]
    done = subprocess.run(words, cwd=path.parent, env=environment, capture_output=True, timeout=60, check=False)
    assert (done.returncode, len(json.loads(run("history", "--json").out))) == (0, 8)


def test_an_alert_on_the_console_never_stands_among_json(
    site: Any, configure: Callable[..., Path], run: Callable[..., Any]
) -> None:
    """With --json standard output holds JSON Lines alone; the console's alert goes to standard error."""
    configure(SOURCE.format(url=f"{site.url}/p") + '[[subscriber]]\nname = "me"\nto = ["console:"]\n')
    for months in (12, 36):
        site.put("/p", page(months))
        done = run("check", "--force", "--json")
    assert [json.loads(line)["verdict"] for line in done.out.splitlines()] == ["material"]
    assert "12 months -> 36 months" in done.err


def test_a_defect_is_told_in_one_line(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is no traceback for a user; --debug shows it."""

    def broken(_: object) -> object:
        raise ZeroDivisionError("one\x1b[31m")

    monkeypatch.setattr("watcher.cli.app.App.location", broken)
    done = run("log")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("internal error: ZeroDivisionError: one\\x1b[31m (--debug")
    with pytest.raises(ZeroDivisionError):
        run("--debug", "log")
