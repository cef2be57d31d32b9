"""The browser's process: started when it is needed, bounded, replaced, and ended with all that it has started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from render_samples import Site

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure, FetchSettings
from watcher.fetcher.browser import installed
from watcher.fetcher.browser.fetcher import BrowserFetcher
from watcher.fetcher.browser.relay import Relay
from watcher.fetcher.browser.renderer import RenderLimits
from watcher.fetcher.netguard import Guard

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = FetchSettings(allow_networks=("127.0.0.2/32",), deadline=timedelta(seconds=20))
TEXT = "<title>Policy</title><p>We keep your personal data for twelve months.</p>"
HUNGRY = "<script>const all = []; while (true) all.push(new Uint8Array(2e7).fill(1))</script>"
BUSY = "<script>while (true) {}</script>"


def until(come: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether something comes to be within a time."""
    end = time.monotonic() + seconds
    while not come():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files with a short name: Chromium has a socket in it."""
    with tempfile.TemporaryDirectory(prefix="cw-", dir="/tmp") as place:
        monkeypatch.setattr("tempfile.tempdir", place)
        yield Path(place)


def of(home: Path) -> list[int]:
    """The processes that were told of a folder: Chromium, all its parts, and its driver."""
    found = []
    for one in psutil.process_iter(["cmdline", "environ", "status"]):
        told = " ".join(one.info["cmdline"] or ()) + " ".join((one.info["environ"] or {}).values())
        if str(home) in told and one.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(one.pid)
    return found


def test_a_page_that_takes_all_memory_is_ended(chromium: None, site: Site) -> None:
    """Beyond its bound the browser is ended, all of it; the next page gets a new one."""
    with BrowserFetcher(SETTINGS, limits=RenderLimits(memory=800 << 20)) as browser:
        failure = browser.fetch(site.put("/hungry", TEXT + HUNGRY))
        assert isinstance(failure, FetchFailure)
        assert failure.reason is Reason.TOO_LARGE
        assert "MiB" in failure.detail
        pid = browser.pid
        assert isinstance(browser.fetch(site.put("/", TEXT)), Capture)
        assert browser.pid != pid


def test_a_browser_is_replaced_and_ended_in_time(chromium: None, site: Site, home: Path) -> None:
    """After its number of pages another takes its place; after a while without pages nothing of it is left."""
    with BrowserFetcher(SETTINGS, limits=RenderLimits(pages=1, idle=0.4)) as browser:
        assert browser.pid is None
        url = site.put("/", TEXT)
        assert isinstance(browser.fetch(url), Capture)
        first = browser.pid
        assert first is not None
        assert of(home)
        assert isinstance(browser.fetch(url), Capture)
        assert browser.pid != first
        assert until(lambda: browser.pid is None)
        assert until(lambda: of(home) == [] and list(home.iterdir()) == [])


def test_a_browser_asks_for_nothing_but_the_page(chromium: None, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """No updates, no accounts, no telemetry of its own: what it is started for is all that is asked for."""
    asked: set[str] = set()
    real = Guard.resolve

    def resolve(guard: Guard, host: str, port: int, seconds: float) -> tuple[str, ...]:
        asked.add(host)
        return real(guard, host, port, seconds)

    monkeypatch.setattr(Guard, "resolve", resolve)
    restless = "<script>setInterval(() => document.body.append('more '), 50)</script>"  # so that it takes a while
    with BrowserFetcher(SETTINGS, limits=RenderLimits(settle=3)) as browser:
        assert isinstance(browser.fetch(site.put("/", TEXT + restless)), Capture)
    assert asked == {"127.0.0.2"}


def test_closing_cuts_off_what_is_under_way(chromium: None, site: Site, home: Path) -> None:
    """A page that would take until its deadline is given up at once, and its browser with it."""
    browser = BrowserFetcher(SETTINGS)
    errors: list[BaseException] = []

    def fetch() -> None:
        try:
            browser.fetch(site.put("/", TEXT + BUSY))
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    assert until(lambda: site.hits["/"] == 1)
    begun = time.monotonic()
    browser.close()
    thread.join()
    assert time.monotonic() - begun < 5
    assert len(errors) == 1
    assert of(home) == []
    with pytest.raises(RuntimeError):
        browser.fetch(site.url)
    browser.close()


def test_nothing_is_left_of_a_run_that_was_killed(chromium: None, site: Site, home: Path) -> None:
    """When the program is killed in the middle of a page, its browser ends too."""
    url = site.put("/", TEXT + BUSY)
    script = (
        "from watcher.fetcher import FetchSettings\n"
        "from watcher.fetcher.browser.fetcher import BrowserFetcher\n"
        f"BrowserFetcher(FetchSettings(allow_networks=('127.0.0.2/32',))).fetch({url!r})\n"
    )
    environment = os.environ | {"TMPDIR": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.DEVNULL) as process:
        assert until(lambda: site.hits["/"] == 1)
        assert len(of(home)) > 5
        process.send_signal(signal.SIGKILL)
    assert until(lambda: of(home) == [])


def test_a_browser_that_is_killed_is_no_lasting_failure(chromium: None, site: Site) -> None:
    """A browser that somebody ends under way is a failure that passes; the next page gets a new one."""
    with BrowserFetcher(SETTINGS) as browser:
        url = site.put("/", TEXT)
        assert isinstance(browser.fetch(url), Capture)
        pid = browser.pid
        assert pid is not None
        os.killpg(pid, signal.SIGKILL)
        assert until(lambda: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
        assert isinstance(browser.fetch(url), Capture)
        site.put("/busy", lambda handler: os.killpg(browser.pid or 0, signal.SIGKILL))
        failure = browser.fetch(site.url + "/busy")
        assert isinstance(failure, FetchFailure)
        assert (failure.reason, failure.transient) == (Reason.BROWSER, True)
        assert isinstance(browser.fetch(url), Capture)


@pytest.mark.parametrize(
    ("packages", "program", "hints"),
    [
        (
            ("playwright", "psutil"),
            "/no/such/chromium",
            ["no browser at /no/such/chromium", "apt-get install chromium"],
        ),
        (("playwright", "no_such_package"), sys.executable, ["pip install 'clausewatch[render]'"]),
        (("no_such_package",), "/no/such", ["pip install 'clausewatch[render]'", "[fetch] browser"]),
    ],
    ids=["browser", "package", "both"],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, packages: tuple[str, ...], program: str, hints: list[str]
) -> None:
    """Without the extra or the browser a page is a lasting failure that says what to install; nothing is started."""
    monkeypatch.setattr(installed, "_PACKAGES", packages)
    with BrowserFetcher(FetchSettings(browser=program)) as browser:
        failure = browser.fetch("https://example.org/")
        assert browser.pid is None
    assert isinstance(failure, FetchFailure)
    assert (failure.reason, failure.transient) == (Reason.BROWSER, False)
    assert all(hint in failure.detail for hint in hints)
    assert failure.detail == installed.what_is_missing(program)


@pytest.mark.parametrize("answer", [{"status": 200}, {"ended": {"failure": "new"}}], ids=["page", "end"])
def test_a_browser_that_answers_nonsense_is_replaced(
    chromium: None, site: Site, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]
) -> None:
    """A child that was taken over can say what it likes: nothing of it is believed, and it is ended."""
    with BrowserFetcher(SETTINGS) as browser:
        url = site.put("/", TEXT)
        assert isinstance(browser.fetch(url), Capture)
        pid = browser.pid
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("watcher.fetcher.browser.renderer.receive", lambda *_, **__: (answer, memoryview(b"")))
            failure = browser.fetch(url)
        assert isinstance(failure, FetchFailure)
        assert (failure.reason, failure.transient) == (Reason.BROWSER, True)
        assert browser.pid != pid


def test_the_first_browser_on_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chromium under any of its names is found, the first name first; a configured one goes before."""
    for name in ("google-chrome", "chromium-browser"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed.find_browser(None) == str(tmp_path / "chromium-browser")
    assert installed.find_browser("google-chrome") == str(tmp_path / "google-chrome")
    assert installed.find_browser(str(tmp_path / "chromium")) is None


def test_a_program_that_is_no_browser_is_told(chromium: None) -> None:
    """A program that ends at once is a failure with the words of whoever tried to start it."""
    with BrowserFetcher(FetchSettings(browser="/bin/false")) as browser:
        failure = browser.fetch("https://example.org/")
    assert isinstance(failure, FetchFailure)
    assert (failure.reason, failure.transient) == (Reason.BROWSER, True)
    assert failure.detail.startswith("the browser did not start: ")
    assert "exitCode=1" in failure.detail


WISH = b"\x05\x01\x00" + b"\x05\x01\x00\x01\x7f\x00\x00\x02"


def answer(relay: Relay, data: bytes) -> bytes:
    """What the relay says to one client until it hangs up."""
    with socket.create_connection(("127.0.0.1", relay.port), 5) as client:
        client.sendall(data)
        client.settimeout(5)
        said = b""
        try:
            while more := client.recv(4096):
                said += more
                if said[2:4] == b"\x05\x00":
                    return said
        except ConnectionResetError:
            pass
        return said


def test_the_relay_serves_visits_alone(site: Site) -> None:
    """Outside of visits nobody is served, not even for an open address; nonsense gets no connection."""
    place = site.port.to_bytes(2, "big")
    relay = Relay(Guard(["127.0.0.2/32"]))
    try:
        assert answer(relay, WISH + place) == b""
        relay.begin(10, 1000)
        assert answer(relay, WISH + place).startswith(b"\x05\x00\x05\x00")
        assert answer(relay, WISH[:-1] + b"\x01" + place).startswith(b"\x05\x00\x05\x02")
        assert relay.fault("127.0.0.1", site.port) is not None
        assert answer(relay, WISH.replace(b"\x05\x01\x00\x01", b"\x05\x02\x00\x01") + place)[2:4] == b"\x05\x07"
        assert answer(relay, b"GET http://127.0.0.2/ HTTP/1.1\r\n\r\n" * 3)[2:4] in {b"", b"\x05\x07"}
        assert answer(relay, b"\x04\x01" + place + b"\x7f\x00\x00\x02\x00")[:2] in {b"", b"\x05\x00"}
        relay.end()
        assert answer(relay, WISH + place) == b""
    finally:
        relay.close()
    relay.close()
