"""A real Chromium, shared by all tests of a process; pages on 127.0.0.2, which it may contact; a trap on 127.0.0.1."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from render_samples import DEADLINE, LARGEST, Site, Trap

from watcher.fetcher import FetchSettings
from watcher.fetcher.browser.fetcher import BrowserFetcher
from watcher.fetcher.browser.installed import what_is_missing


@pytest.fixture(scope="session")
def chromium() -> None:
    """Skips, or fails where it is required, when no page can be rendered here."""
    missing = what_is_missing(None)
    if missing and os.environ.get("CLAUSEWATCH_REQUIRE_BROWSER"):
        pytest.fail(f"a browser is required: {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def browser(chromium: None) -> Iterator[BrowserFetcher]:
    """A browser that may contact 127.0.0.2 alone. It is patient: most pages are whole within a second."""
    from watcher.fetcher.browser.renderer import RenderLimits

    settings = FetchSettings(
        contact="privacy@example.org",
        allow_networks=("127.0.0.2/32",),
        deadline=timedelta(seconds=20),
        max_bytes=LARGEST,
    )
    with BrowserFetcher(settings, limits=RenderLimits(stable=0.2, settle=3)) as fetcher:
        yield fetcher


@pytest.fixture(scope="session")
def impatient(chromium: None) -> Iterator[BrowserFetcher]:
    """A browser with a deadline of `DEADLINE`, for pages that never end."""
    settings = FetchSettings(allow_networks=("127.0.0.2/32",), deadline=timedelta(seconds=DEADLINE), max_bytes=LARGEST)
    with BrowserFetcher(settings) as fetcher:
        yield fetcher


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site of the test's own."""
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.hits[self.path] += 1
            state.headers[self.path] = dict(self.headers)
            answer = state.pages.get(self.path, (404, {}, b"<p>nothing here</p>"))
            if callable(answer):
                with contextlib.suppress(OSError):
                    answer(self)
                self.close_connection = True
                return
            status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A browser that was ended hangs up."""

    server = Server(("127.0.0.2", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trap() -> Iterator[Trap]:
    """The forbidden address."""
    tcp = socket.create_server(("127.0.0.1", 0))
    state = Trap(tcp.getsockname()[1])
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", state.port))

    def accept() -> None:
        while True:
            try:
                sock, _ = tcp.accept()
            except OSError:
                return
            state.caught += 1
            sock.close()

    def receive() -> None:
        while udp.recv(65_536):
            state.caught += 1

    threads = [threading.Thread(target=work, daemon=True) for work in (accept, receive)]
    for thread in threads:
        thread.start()
    yield state
    with contextlib.suppress(OSError):
        tcp.shutdown(socket.SHUT_RDWR)
    udp.sendto(b"", ("127.0.0.1", state.port))
    for thread in threads:
        thread.join()
    tcp.close()
    udp.close()
