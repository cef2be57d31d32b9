"""Kinds of sources that fail, among two hundred that do not: each fails alone, and the run says so (faults.md T06)."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from storage.connect import open_store
from storage.model import (
    Capture,
    DocumentType,
    Extraction,
    ExtractRules,
    Operator,
    Outcome,
    Reason,
    Source,
    Target,
)
from watcher.fetcher import FetchSettings
from watcher.fetcher.polite import polite_fetcher
from watcher.sandbox import Sandbox
from watcher.sandbox.limits import Limits
from watcher.worker import RunReport, RunSettings, check_due

DEADLINE = timedelta(seconds=2)
# What a busy machine may need beside: two hundred answers more are read, and a few pages judged.
SLACK = 3.0
GOOD = 200
SLOW = "bad/nested-html"
PAGE = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep your "
    "personal data for 12 months after the end of the contract.</p>"
    + "<p>We process personal data only on the instructions of our customers and as the law demands.</p>" * 6
    + "</main></html>"
).encode()
Script = Callable[[socket.socket], None]


def answer(body: bytes, *heads: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    """A whole answer, then the end of the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *heads]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sends(data: bytes) -> Script:
    """Answer with these bytes."""
    return lambda peer: peer.sendall(data)


def drips(data: bytes, before: bytes = b"") -> Script:
    """One byte each fifth of a second, until the other side has gone."""

    def script(peer: socket.socket) -> None:
        peer.sendall(before)
        for byte in data * 1000:
            peer.sendall(bytes([byte]))
            time.sleep(0.2)

    return script


def resets(peer: socket.socket) -> None:
    """End by RST."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(peer: socket.socket) -> None:
    """Say nothing until the other side has gone."""
    peer.recv(1)


def endless(peer: socket.socket) -> None:
    """A body without an end."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        peer.sendall(b"x" * 65536)


def bomb(peer: socket.socket) -> None:
    """A body that grows to 200 MB."""
    peer.sendall(answer(gzip.compress(bytes(200_000_000), 1), "Content-Encoding: gzip"))


LOOP = "HTTP/1.1 302 Found\r\nLocation: /{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NESTED = b"<main>" + b"<div>" * 1_900_000 + b"text"


@dataclass(frozen=True)
class Kind:
    """What a server does, and what the check comes to. With `robots` False it does so for robots.txt too."""

    script: Script
    outcome: Outcome
    reason: Reason
    robots: bool = True


F, B = Outcome.FAILED, Outcome.BLOCKED
KINDS = {
    "silence": Kind(silence, F, Reason.TIMEOUT, robots=False),
    "silence-after-robots": Kind(silence, F, Reason.TIMEOUT),
    "dripping-headers": Kind(drips(b"HTTP/1.1 200 OK\r\nX: "), F, Reason.TIMEOUT),
    "dripping-body": Kind(drips(b"x" * 9, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), F, Reason.TIMEOUT),
    "reset": Kind(resets, F, Reason.RESET),
    "closed-without-a-word": Kind(sends(b""), F, Reason.RESET),
    "no-http": Kind(sends(b"220 mail.example.org ESMTP\r\n"), F, Reason.PROTOCOL),
    "bomb": Kind(bomb, F, Reason.TOO_LARGE),
    "endless-body": Kind(endless, F, Reason.TOO_LARGE),
    "cut-body": Kind(sends(answer(PAGE)[:-100]), F, Reason.TRUNCATED),
    "odd-encoding": Kind(sends(answer(PAGE, "Content-Encoding: xpress")), F, Reason.BAD_ENCODING),
    "redirect-loop": Kind(sends(LOOP.format("p").encode()), F, Reason.REDIRECT),
    "404": Kind(sends(answer(b"", status="404 Not Found")), F, Reason.GONE),
    "410": Kind(sends(answer(b"", status="410 Gone")), F, Reason.GONE),
    "401": Kind(sends(answer(b"", status="401 Unauthorized")), B, Reason.HTTP_STATUS),
    "403": Kind(sends(answer(b"", status="403 Forbidden")), B, Reason.HTTP_STATUS),
    "451": Kind(sends(answer(b"", status="451 Unavailable For Legal Reasons")), B, Reason.HTTP_STATUS),
    "500": Kind(sends(answer(b"", status="500 Internal Server Error")), F, Reason.HTTP_STATUS),
    "429": Kind(sends(answer(b"", "Retry-After: 120", status="429 Too Many Requests")), F, Reason.RATE_LIMITED),
    "empty-page": Kind(sends(answer(b"")), B, Reason.EMPTY),
    "broken-pdf": Kind(sends(answer(b"%PDF-1.7\n", kind="application/pdf")), F, Reason.EXTRACT_FAILED),
    "nested-html": Kind(sends(answer(NESTED)), F, Reason.EXTRACT_FAILED),
    "recursion-error": Kind(sends(answer(b"RecursionError")), F, Reason.INTERNAL),
    "memory-error": Kind(sends(answer(b"MemoryError")), F, Reason.INTERNAL),
    "base-exception": Kind(sends(answer(b"OddError")), F, Reason.INTERNAL),
    "system-exit": Kind(sends(answer(b"SystemExit")), F, Reason.INTERNAL),
}
# Those that no script on an open port plays.
OTHERS = {"refused": (F, Reason.CONNECT), "tls": (F, Reason.TLS), "certificate": (F, Reason.TLS)}


class OddError(BaseException):
    """What no `except Exception` catches."""


class Trapped(Sandbox):
    """A real sandbox, with pages that raise in the middle of it what pages never should."""

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """Read, or break."""
        for error in (RecursionError, MemoryError, OddError, SystemExit):
            if captures[0].body == error.__name__.encode():
                raise error
        return super().read(captures, rules)


@dataclass
class Town:
    """Servers on loopback addresses of their own; `close` ends them all."""

    doors: list[socket.socket] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def open(self, address: str, script: Script, *, robots: bool = True, tls: ssl.SSLContext | None = None) -> int:
        """Serve by a script; `/robots.txt` is answered with 404 where `robots` says so. The port."""
        door = socket.create_server((address, 0), backlog=64)
        self.doors.append(door)
        thread = threading.Thread(target=self._serve, args=(door, script, robots, tls), daemon=True)
        thread.start()
        self.threads.append(thread)
        port: int = door.getsockname()[1]
        return port

    def _serve(self, door: socket.socket, script: Script, robots: bool, tls: ssl.SSLContext | None) -> None:
        while True:
            try:
                peer, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer, script, robots, tls), daemon=True).start()

    @staticmethod
    def _talk(peer: socket.socket, script: Script, robots: bool, tls: ssl.SSLContext | None) -> None:
        with contextlib.suppress(OSError), peer:
            peer.settimeout(10)
            if tls is not None:
                peer = tls.wrap_socket(peer, server_side=True)
            asked = peer.recv(65536)
            if robots and asked.startswith(b"GET /robots.txt"):
                peer.sendall(answer(b"", status="404 Not Found"))
            else:
                script(peer)

    def close(self) -> None:
        """No more connections."""
        for door in self.doors:
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            door.close()
        for thread in self.threads:
            thread.join(timeout=5)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """All servers."""
    with closing(Town()) as servers:
        yield servers


@pytest.fixture(scope="module")
def good(town: Town) -> list[Source]:
    """Two hundred pages on twenty hosts."""
    ports = [town.open(f"127.0.1.{host + 1}", sends(answer(PAGE, 'ETag: "1"'))) for host in range(20)]
    return [source(f"good{n}/p", f"http://127.0.1.{n % 20 + 1}:{ports[n % 20]}/{n}") for n in range(GOOD)]


@pytest.fixture(scope="module")
def bad(town: Town) -> list[Source]:
    """One page of each kind, each on a host of its own."""
    found = []
    for number, (name, kind) in enumerate(KINDS.items(), 1):
        port = town.open(f"127.0.2.{number}", kind.script, robots=kind.robots)
        found.append(source(f"bad/{name}", f"http://127.0.2.{number}:{port}/p"))
    with socket.create_server(("127.0.3.1", 0)) as closed:
        found.append(source("bad/refused", f"http://127.0.3.1:{closed.getsockname()[1]}/p"))
    plain = town.open("127.0.3.2", sends(b"this is no TLS\r\n"), robots=False)
    found.append(source("bad/tls", f"https://127.0.3.2:{plain}/p"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.3.3").configure_cert(context)
    forged = town.open("127.0.3.3", sends(answer(PAGE)), tls=context)
    found.append(source("bad/certificate", f"https://127.0.3.3:{forged}/p"))
    return found


def source(key: str, url: str) -> Source:
    """A page that is looked at each day."""
    return Source(key, "Vendor", DocumentType.PRIVACY_POLICY, (url,))


def test_bad_sources_fail_alone(tmp_path: Path, good: list[Source], bad: list[Source]) -> None:
    """200 of 200 are done, each bad one comes to what it is, nobody waits for them longer than one deadline a slot."""
    assert len(bad) == len(KINDS) + len(OTHERS) >= 20
    settings = FetchSettings(deadline=DEADLINE, allow_networks=("127.0.0.0/8",), max_bytes=10_000_000)
    threads = 20 + len(bad)
    with ExitStack() as opened:
        store = opened.enter_context(closing(open_store(tmp_path / "history.db", write=True)))
        stages = opened.enter_context(Trapped(Limits(seconds=2)))

        def run(sources: list[Source]) -> tuple[RunReport, float]:
            known = {one.id: one for one in sources}
            store.sync_sources(sources, datetime.now(UTC))
            began = time.monotonic()
            with closing(polite_fetcher(settings, store)) as fetcher:
                with_ = RunSettings(
                    sources=known,
                    threads=threads,
                    stages=stages,
                    politeness=fetcher.politeness,
                    operator=Operator((Target("console:"),), after_failures=1),
                )
                report = check_due(store, fetcher, with_, lambda: datetime.now(UTC), only=list(known))
            return report, time.monotonic() - began

        run(good)
        alone, without = run(good)
        assert (alone.checked, alone.failed) == (GOOD, 0)
        report, took = run([*good, *(one for one in bad if one.id != SLOW)])
        # A page that breaks its reader costs processor time, up to the reader's limit: it is not timed.
        slow, _ = run([*good, *(one for one in bad if one.id == SLOW)])
        states = {state.source_id: state for state in store.states()}
        told = store.deliveries()
    assert (report.checked, slow.checked) == (GOOD + len(bad) - 1, GOOD + 1)
    assert {states[one.id].outcome for one in good} == {Outcome.UNCHANGED}
    expected = {f"bad/{name}": (kind.outcome, kind.reason) for name, kind in KINDS.items()}
    expected |= {f"bad/{name}": found for name, found in OTHERS.items()}
    assert {key: (states[key].outcome, states[key].reason) for key in expected} == expected
    assert (report.failed, slow.failed) == (len(bad) - 1, 1)
    assert len(told) == len(bad)
    assert len({delivery.group for delivery in told}) == 2
    print(f"{GOOD} good ones: {without:.1f} s; with {len(bad) - 1} bad ones: {took:.1f} s")  # noqa: T201 - seen with -s
    assert took <= without + DEADLINE.total_seconds() + SLACK
