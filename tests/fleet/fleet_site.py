"""A web server with many hosts (the addresses 127.0.0.1, 127.0.0.2 and so on) that notes when each was asked."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


@dataclass
class Site:
    """What is served and what was asked.

    `months` stands in every page. `asked` has, by host, when each request began and ended, and whether anybody was
    still there to read the answer. `refuse` is a host that wants to be left alone.
    """

    port: int = 0
    months: int = 12
    refuse: str | None = None
    asked: defaultdict[str, list[tuple[float, float, bool]]] = field(default_factory=lambda: defaultdict(list))
    paths: list[tuple[float, str, str]] = field(default_factory=list)

    def page(self, host: str, path: str) -> bytes:
        """A policy of our own."""
        return (
            f"<!doctype html><html lang=en><title>Policy of {host}</title><main><h1>Privacy policy</h1>"
            f"<h2>Retention</h2><p>We keep your personal data for {self.months} months after the end of contract "
            f"{path}, then we delete it.</p><h2>Your rights</h2><p>You have the right of access. {MORE}</p></main>"
        ).encode()

    def overlaps(self, gap: float) -> list[tuple[str, float]]:
        """Where a host was asked before an earlier request had ended and `gap` seconds had passed; how much too soon.

        What a client asked for that was killed meanwhile is not in flight any more.
        """
        found = []
        for host, times in self.asked.items():
            alive = sorted(one[:2] for one in times if one[2])
            for (_, end), (begin, _) in itertools.pairwise(alive):
                if begin < end + gap:
                    found.append((host, end + gap - begin))
        return found


@contextlib.contextmanager
def serving(slow: tuple[float, float] = (0.002, 0.02)) -> Iterator[Site]:
    """The server, on every address of this machine."""
    site, chance = Site(), random.Random(7)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            begun = time.monotonic()
            host = self.headers["Host"].split(":")[0]
            time.sleep(chance.uniform(*slow))
            body, status = site.page(host, self.path), 200
            if self.path == "/robots.txt":
                body, status = b"", 404
            elif host == site.refuse:
                body, status = b"", 429
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "3600")
            self.end_headers()
            ended = time.monotonic()  # before the answer can be read, so that what follows it cannot seem too soon
            self.wfile.write(body)
            site.asked[host].append((begun, ended, self.alive()))
            site.paths.append((begun, host, self.path))

        def alive(self) -> bool:
            """Whether the client is still there."""
            self.connection.settimeout(0)
            try:
                return len(self.connection.recv(1, socket.MSG_PEEK)) > 0
            except BlockingIOError:
                return True
            except OSError:
                return False
            finally:
                self.connection.settimeout(None)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that was killed hangs up: that is what some tests are about."""

    server = Server(("0.0.0.0", 0), Handler)
    site.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
