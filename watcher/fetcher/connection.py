"""The connections to hosts and proxies: guarded, under watch, and with bounds on what http.client reads without end.

Every connection for a page is opened in `_open`, after the name was resolved and before a byte is sent.
"""

from __future__ import annotations

import http.client
import socket
import threading
from io import BufferedIOBase
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from storage.model import Reason
from watcher.fetcher.failure import FetchError
from watcher.fetcher.lookup import Address, look_up
from watcher.fetcher.netguard import Guard
from watcher.fetcher.watchdog import Exchange, Phase

GRACE = 0.25  # seconds by which socket timeouts outlive the deadline: the watchdog speaks first
_MAX_LINES = 200  # of an answer's head, interim answers such as "100 Continue" included; http.client allows 100 headers
_MAX_TRAILERS = 100


class _Serving(threading.local):
    """What the connections of this thread work for."""

    exchange: Exchange
    guard: Guard


serving = _Serving()


class _Lines:
    """The lines of an answer's head, counted; the end of the stream before the blank line is an error.

    http.client takes a head that was cut off for a complete one: half a `Location` would be followed.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        """Read from `stream`."""
        self._stream = stream
        self._left = _MAX_LINES

    def readline(self, size: int = -1) -> bytes:
        """The next line. Raises HTTPException after too many, IncompleteRead at the end of the stream."""
        line = self._stream.readline(size)
        self._left -= 1
        if not line and self._left < _MAX_LINES - 1:
            raise http.client.IncompleteRead(line)
        if self._left < 0:
            raise http.client.HTTPException(f"more than {_MAX_LINES} lines of headers and interim answers")
        return line

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


class _Response(http.client.HTTPResponse):
    """Bounds what http.client reads without end: interim answers and trailers."""

    def begin(self) -> None:
        """Read the head of the answer."""
        stream = self.fp
        self.fp = _Lines(stream)  # type: ignore[assignment]  # the head is read by lines alone
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = stream

    def _read_and_discard_trailer(self) -> None:
        for _ in range(_MAX_TRAILERS):
            if self.fp.readline(65_537).rstrip(b"\r\n") == b"":
                return
        raise http.client.HTTPException(f"more than {_MAX_TRAILERS} trailers")


class _Watched(HTTPConnection):
    """A connection that puts its socket under the watch of the exchange it serves."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        exchange = serving.exchange
        exchange.phase = Phase.LOOKUP
        host = self._dns_host.strip("[]")
        try:
            addresses = look_up(host, self.port, exchange.remaining())
        except socket.gaierror as error:
            raise NameResolutionError(host, self, error) from error
        addresses = serving.guard.admit(host, addresses)
        exchange.phase = Phase.CONNECT
        sock = self._connect_any(host, addresses, exchange)
        exchange.hold(sock, reused=False)
        exchange.phase = Phase.TLS if isinstance(self, HTTPSConnection) else Phase.ANSWER
        sock.settimeout(exchange.remaining() + GRACE)
        return sock

    def _connect_any(self, host: str, addresses: list[Address], exchange: Exchange) -> socket.socket:
        """The first address that answers; each gets its share of the time that is left."""
        fault: OSError = OSError("the host has no address")
        for index, address in enumerate(addresses):
            try:
                return _open(host, address, exchange.remaining() / (len(addresses) - index))
            except OSError as error:
                fault = error
        if isinstance(fault, TimeoutError):
            raise ConnectTimeoutError(self, "no answer to the attempt to connect") from fault
        raise NewConnectionError(self, f"{fault}") from fault

    def _tunnel(self) -> None:
        """Ask the proxy for a way to the host. Raises FetchError (`connect`) when it says no.

        Ours, because that of http.client tells a refusal by the text of an OSError and reads headers without end.
        """
        serving.exchange.phase = Phase.PROXY
        host = f"[{self._tunnel_host}]" if ":" in (self._tunnel_host or "") else self._tunnel_host
        place = f"{host}:{self._tunnel_port}"
        headers: dict[str, str] = {"Host": place, **self._tunnel_headers}  # type: ignore[attr-defined]
        lines = [f"CONNECT {place} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.send("\r\n".join([*lines, "", ""]).encode("ascii"))
        answer = _Response(self.sock, method="CONNECT")
        try:
            answer.begin()
        finally:
            answer.close()
        if not 200 <= answer.status < 300:
            self.close()
            detail = f"the proxy answered with status {answer.status} instead of a connection to the host"
            raise FetchError(Reason.CONNECT, detail, transient=answer.status >= 500, status=answer.status)
        serving.exchange.phase = Phase.TLS

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send the request; a socket that was kept from an earlier exchange comes under this one's watch first."""
        exchange = serving.exchange
        if self.sock is not None and not exchange.holds:
            exchange.hold(self.sock, reused=True)
        if self.sock is not None:
            exchange.phase = Phase.ANSWER
        super().request(*args, **kwargs)


class _WatchedTls(_Watched, HTTPSConnection):
    """The same over TLS."""


class PlainPool(HTTPConnectionPool):
    """Our connections to one host, as urllib3 keeps them."""

    ConnectionCls = _Watched


class TlsPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _WatchedTls


def _open(host: str, address: Address, seconds: float) -> socket.socket:
    """Connect to one resolved address of a host.

    The guard speaks twice: on the address before the attempt, and on the one that the system says it has connected to.
    Raises OSError, and FetchError (`blocked-address`), which is none, so that no further address is tried.
    """
    family, kind, protocol, place = address
    serving.guard.check(host, place)
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(seconds)
        sock.connect(place)
        serving.guard.check(host, sock.getpeername())
    except BaseException:
        sock.close()
        raise
    return sock
