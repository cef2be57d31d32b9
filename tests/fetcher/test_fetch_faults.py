"""Hostile and broken servers: each ends in a typed failure, in bounded time and memory, never in a half page."""

from __future__ import annotations

import gc
import gzip
import random
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure
from watcher.fetcher.http import HttpFetcher
from watcher.fetcher.watchdog import Watchdog

from .conftest import DEADLINE, Peer, Script, Wire

OPEN_FILES = Path("/proc/self/fd")
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PAGE = b"<p>Wij bewaren uw gegevens twee jaar.</p>" * 50


def encoded(name: str, body: bytes) -> bytes:
    """An answer whose length is right, with a Content-Encoding."""
    return OK + f"Content-Encoding: {name}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def raw_deflate(data: bytes) -> bytes:
    """Deflate without the zlib frame."""
    coder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return coder.compress(data) + coder.flush()


def bomb(mebibytes: int, window: int) -> bytes:
    """A stream of about a thousandth of what it stands for: one block over and over, without an end."""
    coder = zlib.compressobj(9, wbits=window)
    head = coder.flush(zlib.Z_FULL_FLUSH)
    return head + (coder.compress(bytes(1 << 20)) + coder.flush(zlib.Z_FULL_FLUSH)) * mebibytes


GZIP_BOMB = bomb(1024, zlib.MAX_WBITS | 16)


def after_request(*parts: bytes, then: Callable[[Peer], object] | None = None) -> Script:
    """A script: read, send the parts, then do something more."""

    def script(peer: Peer) -> None:
        peer.read()
        for part in parts:
            peer.send(part)
        if then is not None:
            then(peer)

    return script


def reason_of(outcome: object) -> Reason:
    """The reason of an outcome, which must be a failure with a printable detail."""
    assert isinstance(outcome, FetchFailure), outcome
    assert outcome.detail.isprintable()
    return outcome.reason


SLOW: dict[str, Script] = {
    "H01 dripped body": after_request(OK + b"Content-Length: 100000\r\n\r\n", then=lambda peer: peer.drip(b"x", 0.1)),
    "H01 dripped body without length": after_request(OK + b"\r\n<p>", then=lambda peer: peer.drip(b"x", 0.1)),
    "H01 dripped chunks": after_request(CHUNKED, then=lambda peer: peer.drip(b"1\r\nx\r\n", 0.1)),
    "H01 dripped gzip": after_request(
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE, 0)[:20], then=lambda peer: peer.drip(b"x", 0.1)
    ),
    "H02 dripped header": after_request(OK + b"X-Slow: ", then=lambda peer: peer.drip(b"x", 0.1)),
    "H02 dripped headers": after_request(OK, then=lambda peer: peer.drip(b"X: y\r\n", 0.1)),
    "H02 dripped status line": after_request(b"HTTP/1.1 2", then=lambda peer: peer.drip(b"0", 0.1)),
    "H02 half a redirect": after_request(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n", then=lambda peer: peer.pause()),
    "H02 half a 404": after_request(b"HTTP/1.1 404 Gone\r\n", then=lambda peer: peer.pause()),
    "H03 silence": after_request(then=lambda peer: peer.pause()),
    "H03 silence in the body": after_request(OK + b"Content-Length: 9\r\n\r\nx", then=lambda peer: peer.pause()),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_deadline_holds(wire: Wire, impatient: HttpFetcher, name: str) -> None:
    """H01-H03: however a server dawdles, the fetch ends as a timeout within half a second of its deadline."""
    url = wire.serve(SLOW[name])
    began = time.monotonic()
    outcome = impatient.fetch(url)
    assert DEADLINE - 0.05 <= time.monotonic() - began <= DEADLINE + 0.5
    assert reason_of(outcome) is Reason.TIMEOUT
    assert isinstance(outcome, FetchFailure)
    assert outcome.transient
    assert outcome.status is None


def test_the_deadline_holds_over_all_hops(wire: Wire, impatient: HttpFetcher) -> None:
    """H01: five slow redirects share one deadline."""

    def slow_hop(peer: Peer) -> None:
        number = len(wire.requests)
        peer.read()
        peer.pause(0.3)
        peer.send(b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n" % number)

    url = wire.serve(slow_hop)
    began = time.monotonic()
    assert reason_of(impatient.fetch(url)) is Reason.TIMEOUT
    assert time.monotonic() - began <= DEADLINE + 0.5


def test_a_flood_of_fast_bytes_ends_too(wire: Wire, make_fetcher: Callable[..., HttpFetcher]) -> None:
    """H01: a server faster than we read never lets the socket run dry; the deadline is seen between two reads."""
    chunks = b"1\r\nx\r\n" * 10_000

    def flood(peer: Peer) -> None:
        peer.read()
        peer.send(CHUNKED)
        while not peer.pause(0):
            peer.send(chunks)

    url = wire.serve(flood)
    began = time.monotonic()
    assert reason_of(make_fetcher(seconds=0.6, max_bytes=10**9).fetch(url)) is Reason.TIMEOUT
    assert time.monotonic() - began <= 1.1


@contextmanager
def full_backlog(host: str, port: int = 0) -> Iterator[int]:
    """A port that takes up no more connections."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_full_backlog_is_a_timeout(impatient: HttpFetcher) -> None:
    """H03: a connection that is never taken up ends with the deadline."""
    with full_backlog("127.0.0.1") as port:
        began = time.monotonic()
        outcome = impatient.fetch(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began <= DEADLINE + 0.5
    assert reason_of(outcome) is Reason.TIMEOUT


def test_a_slow_name_server_is_a_dns_failure(impatient: HttpFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """H26: the resolver cannot be interrupted, the fetch ends on time all the same."""
    release = threading.Event()
    ended = threading.Event()

    def slow(*_: object) -> list[object]:
        release.wait()
        ended.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.monotonic()
    outcome = impatient.fetch("http://vendor.invalid/")
    assert time.monotonic() - began <= DEADLINE + 0.5
    release.set()
    assert ended.wait(5)
    assert reason_of(outcome) is Reason.DNS


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
def test_names_that_are_not_known_are_transient(
    fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """H26: NXDOMAIN and SERVFAIL are typed alike and looked at again soon."""

    def fail(*_: object) -> None:
        raise socket.gaierror(code, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = fetcher.fetch("http://vendor.invalid/")
    assert reason_of(outcome) is Reason.DNS
    assert isinstance(outcome, FetchFailure)
    assert outcome.transient


@pytest.mark.parametrize("silent", [False, True])
def test_the_next_address_of_a_host_is_tried(
    wire: Wire, make_fetcher: Callable[..., HttpFetcher], monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    """A host whose first address refuses, or does not answer within its share of the time, is reached at its second."""
    port = int(wire.serve(OK + b"Content-Length: 2\r\n\r\nok").rstrip("/").rsplit(":", 1)[1])
    kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(*kind, ("127.0.0.9", port)), (*kind, ("127.0.0.1", port))])
    with full_backlog("127.0.0.9", port) if silent else nullcontext():
        assert isinstance(make_fetcher(seconds=1).fetch(f"http://vendor.invalid:{port}/"), Capture)


def test_a_closed_port_is_a_connect_failure(fetcher: HttpFetcher) -> None:
    """A refused connection is typed and transient."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = fetcher.fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert reason_of(outcome) is Reason.CONNECT
    assert isinstance(outcome, FetchFailure)
    assert outcome.transient


BROKEN: dict[str, tuple[Script, set[Reason]]] = {
    "H06 six encodings": (encoded("gzip, gzip, gzip, gzip, gzip, gzip", PAGE), {Reason.BAD_ENCODING}),
    "H06 five hundred encodings": (encoded(",".join(["gzip"] * 500), PAGE), {Reason.BAD_ENCODING}),
    "H06 two headers": (
        OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
        {Reason.BAD_ENCODING},
    ),
    "H07 zstd": (encoded("zstd", b"\x28\xb5\x2f\xfd" + PAGE), {Reason.BAD_ENCODING}),
    "H07 br": (encoded("br", PAGE), {Reason.BAD_ENCODING}),
    "H07 xpress": (encoded("xpress", PAGE), {Reason.BAD_ENCODING}),
    "H08 gzip cut in half": (encoded("gzip", gzip.compress(PAGE)[: len(gzip.compress(PAGE)) // 2]), {Reason.TRUNCATED}),
    "H08 gzip without its last four bytes": (encoded("gzip", gzip.compress(PAGE)[:-4]), {Reason.TRUNCATED}),
    "H08 gzip of one byte": (encoded("gzip", b"\x1f"), {Reason.TRUNCATED}),
    "H08 second gzip member cut": (encoded("gzip", gzip.compress(PAGE) + gzip.compress(PAGE)[:-9]), {Reason.TRUNCATED}),
    "H08 zlib cut": (encoded("deflate", zlib.compress(PAGE)[:-2]), {Reason.TRUNCATED}),
    "H08 raw deflate cut": (encoded("deflate", raw_deflate(PAGE)[:-2]), {Reason.TRUNCATED}),
    "H08 gzip with a wrong checksum": (encoded("gzip", gzip.compress(PAGE)[:-8] + b"\0" * 8), {Reason.BAD_ENCODING}),
    "H09 shorter than its length": (OK + b"Content-Length: 100\r\n\r\nhello", {Reason.TRUNCATED}),
    "H09 chunk cut": (CHUNKED + b"ff\r\nhello", {Reason.TRUNCATED}),
    "H09 no last chunk": (CHUNKED + b"5\r\nhello\r\n", {Reason.TRUNCATED}),
    "H09 chunk size ZZ": (CHUNKED + b"ZZ\r\nhello\r\n0\r\n\r\n", {Reason.TRUNCATED, Reason.PROTOCOL}),
    "H09 endless chunk size": (CHUNKED + b"1" * 10_000_000, {Reason.PROTOCOL}),
    "H09 endless trailers": (CHUNKED + b"1\r\nx\r\n0\r\n" + b"A: b\r\n" * 100_000, {Reason.PROTOCOL}),
    "H10 two lengths": (OK + b"Content-Length: 3\r\nContent-Length: 8\r\n\r\nhello123", {Reason.PROTOCOL}),
    "H10 other framing": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {Reason.PROTOCOL}),
    "H12 plain text called gzip": (encoded("gzip", PAGE), {Reason.BAD_ENCODING}),
    "H12 plain text called deflate": (encoded("deflate", b"\xff" + PAGE), {Reason.BAD_ENCODING}),
    "H12 many gzip members": (encoded("gzip", gzip.compress(b"") * 50_000), {Reason.BAD_ENCODING}),
    "H09 cut in the headers": (OK + b"Content-Type: text/html\r\n", {Reason.TRUNCATED}),
    "H09 cut in a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /priv", {Reason.TRUNCATED}),
    "H13 fifty thousand headers": (OK + b"X: y\r\n" * 50_000 + b"\r\n", {Reason.PROTOCOL}),
    "H13 a header of 1 MB": (OK + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", {Reason.PROTOCOL}),
    "H13 status abc": (b"HTTP/1.1 abc\r\n\r\n", {Reason.PROTOCOL}),
    "H13 HTTP/0.9": (b"<p>Hello</p>", {Reason.PROTOCOL}),
    "H13 HTTP/3": (b"HTTP/3.0 200 OK\r\n\r\n<p>Hello</p>", {Reason.PROTOCOL}),
    "H13 interim answers": (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + OK + b"\r\nx", {Reason.PROTOCOL}),
    "H13 NUL and ESC": (b"\x00\x1b[31m\xff\r\n\r\n", {Reason.PROTOCOL}),
    "H14 closed without an answer": (after_request(), {Reason.RESET}),
    "H14 reset without an answer": (after_request(then=Peer.reset), {Reason.RESET}),
    "H14 reset in the body": (
        after_request(OK + b"Content-Length: 100000\r\n\r\nhello", then=Peer.reset),
        {Reason.RESET},
    ),
    "H37 five hundred cookies": (
        OK + b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"x" * 4000) for number in range(500)) + b"\r\n",
        {Reason.PROTOCOL},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_never_a_page(wire: Wire, fetcher: HttpFetcher, name: str) -> None:
    """H06-H14: what is cut, mislabelled or no HTTP ends in its own reason, at once."""
    script, reasons = BROKEN[name]
    url = wire.serve(script)
    began = time.monotonic()
    outcome = fetcher.fetch(url)
    assert time.monotonic() - began < 2
    assert reason_of(outcome) in reasons
    assert isinstance(outcome, FetchFailure)
    assert outcome.transient is (outcome.reason is not Reason.BAD_ENCODING)


def test_no_answer_is_too_broken(wire: Wire, fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred answers with random bytes changed, doubled, dropped or cut: always a value, never an exception."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest: real("127.0.0.1", *rest))  # no broken target leads out
    chance = random.Random(20260301)
    good = [
        encoded("gzip", gzip.compress(PAGE)),
        CHUNKED + b"5\r\nhello\r\n3\r\n123\r\n0\r\nA: b\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/a?b=c\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: Sun, 01 Mar 2036 09:02:00 GMT\r\nContent-Length: 0\r\n\r\n",
    ]
    broken = []
    for number in range(300):
        data = bytearray(good[number % len(good)])
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(min(len(data), 120))
            piece = chance.choice(
                [b"", chance.randbytes(1), chance.randbytes(3), data[place : place + 9] * 2, b"\r\n", b":"]
            )
            data[place : place + chance.randint(0, 3)] = piece
        broken.append(bytes(data[: chance.choice([len(data), len(data), chance.randrange(1, len(data))])]))
    url = wire.serve(*broken)
    outcomes = [fetcher.fetch(url) for _ in range(300)]
    assert {type(outcome) for outcome in outcomes} == {Capture, FetchFailure}
    assert all(outcome.detail.isprintable() for outcome in outcomes if isinstance(outcome, FetchFailure))


ODD: dict[str, tuple[bytes, bytes]] = {
    "H10 longer than its length": (OK + b"Content-Length: 3\r\n\r\nhello123", b"hel"),
    "H10 negative length": (OK + b"Content-Length: -1\r\n\r\nhello", b"hello"),
    "H10 length and chunks": (
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"hello",
    ),
    "H12 gzip and junk": (encoded("gzip", gzip.compress(PAGE) + b"JUNK"), PAGE),
    "two gzip members": (encoded("gzip", gzip.compress(PAGE) + gzip.compress(b"more")), PAGE + b"more"),
    "x-gzip": (encoded("X-GZip", gzip.compress(PAGE)), PAGE),
    "zlib": (encoded("deflate", zlib.compress(PAGE)), PAGE),
    "raw deflate": (encoded("deflate", raw_deflate(PAGE)), PAGE),
    "identity": (encoded("identity", PAGE), PAGE),
    "empty gzip": (encoded("gzip", b""), b""),
    "H28 empty": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "closed at the end": (b"HTTP/1.0 200 OK\r\n\r\n" + PAGE, PAGE),
    "one interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", b"ok"),
    "chunks with trailers": (CHUNKED + b"5;a=b\r\nhello\r\n3\r\n123\r\n0\r\nA: b\r\n\r\n", b"hello123"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_still_read(wire: Wire, fetcher: HttpFetcher, name: str) -> None:
    """H10, H12: what is whole by its own framing is the page."""
    script, body = ODD[name]
    outcome = fetcher.fetch(wire.serve(script))
    assert isinstance(outcome, Capture), outcome
    assert outcome.body == body


ENDLESS: dict[str, Script] = {
    "H04 no length": after_request(OK + b"\r\n", then=lambda peer: peer.drip(b"x" * 65536, 0)),
    "H04 chunked": after_request(CHUNKED, then=lambda peer: peer.drip(b"10000\r\n" + b"x" * 65536 + b"\r\n", 0)),
    "H04 announced": after_request(OK + b"Content-Length: 99999999999\r\n\r\n", then=lambda peer: peer.pause()),
    "H05 gzip bomb": encoded("gzip", GZIP_BOMB),
    "H05 gzip bomb, chunked": OK
    + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n" % len(GZIP_BOMB)
    + GZIP_BOMB
    + b"\r\n0\r\n\r\n",
    "H05 zlib bomb": encoded("deflate", bomb(1024, zlib.MAX_WBITS)),
    "junk without end after gzip": after_request(
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE), then=lambda peer: peer.drip(b"x" * 65536, 0)
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_size_and_memory_are_bounded(wire: Wire, fetcher: HttpFetcher, name: str) -> None:
    """H04, H05: reading stops at the cap, with less than 40 MiB more memory and soon."""
    url = wire.serve(ENDLESS[name])
    began = time.monotonic()
    tracemalloc.start()
    try:
        assert reason_of(fetcher.fetch(url)) is Reason.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("form", ["length", "close", "gzip"])
def test_the_cap_is_exact(wire: Wire, make_fetcher: Callable[..., HttpFetcher], extra: int, form: str) -> None:
    """A page of exactly `max_bytes` is taken, one byte more is not."""
    body = b"x" * (70_000 + extra)
    answers = {
        "length": OK + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        "close": OK + b"\r\n" + body,
        "gzip": encoded("gzip", gzip.compress(body)),
    }
    outcome = make_fetcher(max_bytes=70_000).fetch(wire.serve(answers[form]))
    assert isinstance(outcome, FetchFailure if extra else Capture)


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """A watchdog, closed at the end."""
    dog = Watchdog()
    yield dog
    dog.close()


def test_one_watchdog_serves_many_exchanges(watchdog: Watchdog) -> None:
    """Exchanges that end in time are not cut, those that are late are, the earliest first; one thread does it all."""
    ends = [socket.socketpair() for _ in range(4)]
    exchanges = [watchdog.watch(seconds) for seconds in (30, 0.2, 0.1, 30)]
    for exchange, (near, _) in zip(exchanges, ends, strict=True):
        exchange.hold(near, reused=False)
    exchanges[3].done()
    assert ends[1][0].recv(1) == b""
    assert [exchange.fired for exchange in exchanges] == [False, True, True, False]
    assert sum(thread.name == "fetch-watchdog" for thread in threading.enumerate()) == 1
    watchdog.close()
    assert exchanges[0].fired
    assert not exchanges[3].fired
    for exchange in exchanges:
        exchange.done()
    for near, far in ends:
        near.close()
        far.close()


def test_a_sooner_deadline_wakes_the_watchdog(watchdog: Watchdog) -> None:
    """A thread that sleeps until a far deadline is called for a near one."""
    far = watchdog.watch(30)
    while watchdog._alarm > far.deadline:
        time.sleep(0)
    near, other = socket.socketpair()
    with near, other:
        near.settimeout(5)
        soon = watchdog.watch(0.1)
        soon.hold(near, reused=False)
        assert near.recv(1) == b""
        assert (soon.fired, far.fired) == (True, False)
        soon.done()
    far.done()


def test_a_connection_opened_too_late_is_cut_at_once(watchdog: Watchdog) -> None:
    """A deadline that passed before there was a connection still ends it."""
    near, far = socket.socketpair()
    exchange = watchdog.watch(0)
    with near, far:
        while not exchange.fired:
            time.sleep(0)
        exchange.hold(near, reused=False)
        assert near.recv(1) == b""
        exchange.done()


def test_closing_cuts_off_what_is_under_way(wire: Wire, make_fetcher: Callable[..., HttpFetcher]) -> None:
    """A stop does not wait for a slow server."""
    asked = threading.Event()

    def silent(peer: Peer) -> None:
        peer.read()
        asked.set()
        peer.pause()

    url = wire.serve(silent)
    fetcher = make_fetcher(seconds=30)
    outcomes: list[object] = []
    thread = threading.Thread(target=lambda: outcomes.append(fetcher.fetch(url)))
    thread.start()
    assert asked.wait(5)
    fetcher.close()
    thread.join(5)
    assert reason_of(outcomes[0]) is Reason.TIMEOUT


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="counts the open files of the process in /proc")
def test_nothing_stays_open(wire: Wire, make_fetcher: Callable[..., HttpFetcher]) -> None:
    """After failures of every kind and a close, no descriptor is left, without the help of the garbage collector."""
    fetcher = make_fetcher(seconds=0.3)
    urls = [wire.serve(script) for script, _ in BROKEN.values()] + [wire.serve(SLOW["H02 dripped header"])]
    gc.collect()
    gc.disable()
    try:
        before = len(list(OPEN_FILES.iterdir()))
        for url in urls:
            fetcher.fetch(url)
        fetcher.close()
        wire.close()
        assert len(list(OPEN_FILES.iterdir())) == before - len(urls)
    finally:
        gc.enable()
