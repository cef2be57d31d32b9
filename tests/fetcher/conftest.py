"""Servers that play exact bytes, and fetchers with short deadlines."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from watcher.fetcher import FetchSettings
from watcher.fetcher.http import HttpFetcher

LOOPBACK = ("127.0.0.0/8", "::1/128")  # where the servers of the tests are; nothing else is open
DEADLINE = 0.6  # seconds, of a fetcher that meets slow servers


class Peer:
    """The server's end of one connection."""

    def __init__(self, wire: Wire, sock: socket.socket) -> None:
        """Belong to a wire."""
        self._wire = wire
        self.sock = sock

    def read(self) -> bytes:
        """One request, up to its blank line; empty when the client has gone. It is recorded."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            more = self.sock.recv(65536)
            if not more:
                return b""
            data += more
        self._wire.requests.append(data)
        return data

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self.sock.sendall(data)

    def drip(self, piece: bytes, seconds: float) -> None:
        """Send a piece over and over, until the client or the test ends."""
        while not self.pause(seconds):
            self.send(piece)

    def pause(self, seconds: float | None = None) -> bool:
        """Wait; True when the test is over."""
        return self._wire.over.wait(seconds)

    def reset(self) -> None:
        """Break the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.sock.close()


Script = bytes | Callable[[Peer], object]


class Wire:
    """Raw servers on 127.0.0.1, with all that was asked of them."""

    def __init__(self) -> None:
        """Serve nothing yet."""
        self.requests: list[bytes] = []
        self.urls: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def serve(self, *scripts: Script, wrap: Callable[[socket.socket], socket.socket] | None = None) -> str:
        """Play the scripts, one a connection, the last one for all that follow; the address of the server.

        Bytes mean: read a request, answer that, close.
        """
        return self.serve_at("127.0.0.1", *scripts, wrap=wrap)

    def serve_at(
        self, host: str, *scripts: Script, wrap: Callable[[socket.socket], socket.socket] | None = None
    ) -> str:
        """The same on another address of this machine."""
        listener = socket.create_server((host, 0))
        self._sockets.append(listener)
        self._start(self._accept, listener, scripts, wrap)
        self.urls.append(f"http://{host}:{listener.getsockname()[1]}/")
        return self.urls[-1]

    def close(self) -> None:
        """End all scripts and wait for them."""
        self.over.set()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def header(self, name: str, request: int = -1) -> str | None:
        """A header of a recorded request."""
        for line in self.requests[request].decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == name.lower():
                return value
        return None

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(
        self,
        listener: socket.socket,
        scripts: tuple[Script, ...],
        wrap: Callable[[socket.socket], socket.socket] | None,
    ) -> None:
        while not self.over.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            script = scripts[min(self.connections, len(scripts) - 1)]
            self.connections += 1
            self._sockets.append(sock)
            self._start(self._play, sock, script, wrap)

    def _play(self, sock: socket.socket, script: Script, wrap: Callable[[socket.socket], socket.socket] | None) -> None:
        with contextlib.suppress(OSError), contextlib.closing(sock):
            peer = Peer(self, wrap(sock) if wrap else sock)
            with contextlib.closing(peer.sock):
                if callable(script):
                    script(peer)
                elif peer.read():
                    peer.send(script)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Raw servers, closed at the end."""
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def make_fetcher() -> Iterator[Callable[..., HttpFetcher]]:
    """Fetchers that are closed at the end; without `seconds` patient enough for a busy machine."""
    made: list[HttpFetcher] = []

    def make(
        *,
        seconds: float = 10,
        max_bytes: int = 10_000_000,
        contact: str | None = None,
        networks: tuple[str, ...] = LOOPBACK,
    ) -> HttpFetcher:
        settings = FetchSettings(contact, networks, timedelta(seconds=seconds), max_bytes)
        made.append(HttpFetcher(settings))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher: Callable[..., HttpFetcher]) -> HttpFetcher:
    """A patient fetcher."""
    return make_fetcher()


@pytest.fixture
def impatient(make_fetcher: Callable[..., HttpFetcher]) -> HttpFetcher:
    """A fetcher with a deadline of `DEADLINE`."""
    return make_fetcher(seconds=DEADLINE)
