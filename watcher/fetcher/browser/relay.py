"""The only way of the browser to the network: a SOCKS5 server on loopback that connects to what the guard admits.

Chromium hands every name over unresolved and every connection through it: documents, scripts, requests of scripts,
web sockets. A name is looked up here, once; the addresses are judged, and one of those is connected to, so that no
second answer of a name server counts. SOCKS5 (RFC 1928) and not an HTTP proxy, because a tunnel needs no reading of
what goes through it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import threading
from collections.abc import Sequence
from time import monotonic
from urllib.parse import urlsplit

from storage.model import Reason
from watcher.fetcher.failure import FetchError
from watcher.fetcher.login import proxy_parts
from watcher.fetcher.netguard import Guard

_PIECE = 65_536  # bytes carried at once
_MOST_CONNECTIONS = 128  # at a time; Chromium itself opens 6 a host
_HANDSHAKE = 5.0  # seconds that a client on the same machine may take to say what it wants

_VERSION, _CONNECT = 5, 1
_GRANTED, _FORBIDDEN, _UNREACHABLE, _UNSUPPORTED = 0, 2, 4, 7


class Relay:
    """Serves one visit at a time, between `begin` and `end`; outside of visits every connection is refused."""

    def __init__(self, guard: Guard) -> None:
        """Listen on a free port of 127.0.0.1. Raises OSError."""
        self._guard = guard
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._faults: dict[tuple[str, int], FetchError] = {}
        self._way: tuple[str, int, str | None] | None = None
        self._until = 0.0
        self._left = 0
        self._open = False
        self.port: int = self._listener.getsockname()[1]
        # A port where nobody listens, and nobody else can while this one lives.
        self._nobody = socket.socket()
        self._nobody.bind(("127.0.0.1", 0))
        self.dead_end: int = self._nobody.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="render-relay", daemon=True)
        self._thread.start()

    def begin(self, seconds: float, most: int, proxy: str | None = None) -> None:
        """Let connections through for `seconds`, `most` bytes in all, by way of a proxy if one is named.

        Raises FetchError (`connect`) for a proxy that cannot be used.
        """
        way = _parts(proxy) if proxy else None
        with self._lock:
            self._way = way
            self._faults.clear()
            self._until, self._left, self._open = monotonic() + seconds, most, True

    def end(self) -> None:
        """Cut off all connections. Idempotent."""
        with self._lock:
            self._open = False
            self._cut()

    def close(self) -> None:
        """Stop listening, cut off all connections. Idempotent."""
        self.end()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._listener.close()
        self._nobody.close()
        self._thread.join()

    def fault(self, host: str, port: int) -> FetchError | None:
        """Why the last connection to a place was not made in this visit; None when none failed."""
        with self._lock:
            return self._faults.get((_bare(host), port))

    @property
    def spent(self) -> bool:
        """Whether more bytes came than the visit may have."""
        with self._lock:
            return self._left < 0

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                admitted = self._open and len(self._sockets) < 2 * _MOST_CONNECTIONS
                if admitted:
                    self._sockets.add(sock)
            if admitted:
                threading.Thread(target=self._serve, args=(sock,), name="render-tunnel", daemon=True).start()
            else:
                sock.close()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        try:
            client.settimeout(_HANDSHAKE)
            place = _asked(client)
            if place is None:
                client.sendall(_reply(_UNSUPPORTED))
                return
            try:
                server = self._connect(*place)
            except FetchError as error:
                with self._lock:
                    self._faults[place] = error
                client.sendall(_reply(_FORBIDDEN if error.reason is Reason.BLOCKED_ADDRESS else _UNREACHABLE))
                return
            client.sendall(_reply(_GRANTED))
            self._carry(client, server)
        except (OSError, ValueError, struct.error):
            pass  # either side went away, or the client spoke nonsense: the browser sees a broken connection
        finally:
            with self._lock:
                self._sockets -= {client, server}
            for sock in (client, server):
                if sock is not None:
                    sock.close()

    def _connect(self, host: str, port: int) -> socket.socket:
        """A connection to an address that was judged, or to a place that was, by way of the proxy. Raises FetchError.

        Behind a proxy, who looks the name up himself, it is looked up and judged here all the same.
        """
        if self._way is None:
            return self._open_any(self._guard.resolve(host, port, self._seconds()), port)
        self._guard.judge(host, port, self._seconds())
        proxy, proxy_port, login = self._way
        sock = self._open_any(self._guard.resolve(proxy, proxy_port, self._seconds()), proxy_port)
        try:
            sock.settimeout(self._seconds())
            _tunnel(sock, host, port, login)
        except (OSError, ValueError, IndexError) as error:
            sock.close()
            raise FetchError(Reason.CONNECT, f"the proxy: no connection to the host ({error})") from error
        return sock

    def _open_any(self, addresses: Sequence[str], port: int) -> socket.socket:
        """A connection to the first address that answers. Raises FetchError."""
        fault: OSError = OSError("the host has no address")
        for index, address in enumerate(addresses):
            try:
                sock = socket.create_connection((address, port), self._seconds() / (len(addresses) - index))
            except OSError as error:
                fault = error
                continue
            with self._lock:
                if self._open:
                    self._sockets.add(sock)
                    return sock
            sock.close()
        reason = Reason.TIMEOUT if isinstance(fault, TimeoutError) else Reason.CONNECT
        raise FetchError(reason, f"no connection to the host ({fault})") from fault

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Carry bytes both ways until both sides have ended, or the visit has."""
        ends = {client.fileno(): (client, server), server.fileno(): (server, client)}
        poll = select.poll()  # not `select`, which knows no descriptor above 1023
        for number in ends:
            poll.register(number, select.POLLIN)
        while ends:
            ready = poll.poll(self._seconds() * 1000)
            if not ready:
                return
            for number, _ in ready:
                sock, other = ends[number]
                sock.settimeout(self._seconds())
                data = sock.recv(_PIECE)
                if not data:
                    del ends[number]
                    poll.unregister(number)
                    with contextlib.suppress(OSError):
                        other.shutdown(socket.SHUT_WR)
                    continue
                if not self._spend(len(data)):
                    return
                other.settimeout(self._seconds())
                other.sendall(data)

    def _spend(self, count: int) -> bool:
        """Take bytes off what the visit may have; with the last of them every connection ends."""
        with self._lock:
            self._left -= count
            if self._left < 0:
                self._cut()
            return self._left >= 0

    def _seconds(self) -> float:
        return max(self._until - monotonic(), 0.001)

    def _cut(self) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _asked(client: socket.socket) -> tuple[str, int] | None:
    """The place that a client wants to be connected to; None for what is no such wish. Raises OSError, ValueError."""
    version, methods = _exactly(client, 2)
    _exactly(client, methods)
    client.sendall(bytes((_VERSION, 0)))  # no authentication
    wanted, command, _, kind = _exactly(client, 4)
    if (version, wanted, command) != (_VERSION, _VERSION, _CONNECT):
        return None
    if kind == 1:
        host = str(ipaddress.IPv4Address(_exactly(client, 4)))
    elif kind == 4:
        host = str(ipaddress.IPv6Address(_exactly(client, 16)))
    elif kind == 3:
        host = _exactly(client, _exactly(client, 1)[0]).decode("ascii")
    else:
        return None
    (port,) = struct.unpack(">H", _exactly(client, 2))
    return _bare(host), port


def _parts(proxy: str) -> tuple[str, int, str | None]:
    """Host and port of a proxy, and its login as the value of a header. Raises FetchError (`connect`)."""
    try:
        bare, login = proxy_parts(proxy)
    except ValueError as error:
        raise FetchError(Reason.CONNECT, str(error), transient=False) from error
    parts = urlsplit(bare)
    if parts.scheme != "http":
        raise FetchError(Reason.CONNECT, "a browser takes no proxy over TLS; write http://host:port", transient=False)
    return parts.hostname or "", parts.port or 80, login


def _tunnel(sock: socket.socket, host: str, port: int, login: str | None) -> None:
    """Ask a proxy for a way to a place (RFC 9110, 9.3.6). Raises OSError, ValueError and IndexError for a refusal."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *([f"Proxy-Authorization: {login}"] if login else [])]
    sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _exactly(sock, 1)  # not a byte of what comes behind it
        if len(head) > _PIECE:
            raise ValueError("its answer has no end")
    status = int(head.split(b" ", 2)[1])
    if not 200 <= status < 300:
        raise ConnectionRefusedError(f"it answered with status {status}")


def _exactly(sock: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = sock.recv(count - len(found))
        if not more:
            raise ConnectionResetError
        found += more
    return found


def _reply(code: int) -> bytes:
    return bytes((_VERSION, code, 0, 1)) + bytes(6)


def _bare(host: str) -> str:
    """A host as both the browser's addresses and its wishes to connect write it."""
    return host.strip("[]").rstrip(".").lower()
