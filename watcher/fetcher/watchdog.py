"""A deadline that really holds: one thread that cuts a connection off when the time of its exchange is over.

The `timeout` of requests restarts with every byte, so a server that drips one byte now and then keeps a fetch for
hours. Shutting the socket down from outside ends every kind of waiting on it. The reader then sees an ordinary end of
the stream, which looks like a complete answer: ask `fired` before trusting any.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
from enum import Enum
from time import monotonic


class Phase(Enum):
    """How far an exchange has come; the values are words for people."""

    LOOKUP = "lookup of the host's name"
    CONNECT = "attempt to connect"
    PROXY = "wait for the proxy"
    TLS = "TLS handshake"
    ANSWER = "wait for the answer's headers"
    BODY = "transfer of the body"


class Exchange:
    """One request and its answer under a deadline. Made by `Watchdog.watch`, ended by `done`."""

    __slots__ = ("_dog", "_wire", "deadline", "fired", "phase", "reused")

    def __init__(self, dog: Watchdog, deadline: float) -> None:
        """Start in the lookup, with no connection yet."""
        self._dog = dog
        self._wire: socket.socket | None = None
        self.deadline = deadline
        self.fired = False
        self.phase = Phase.LOOKUP
        self.reused = False

    @property
    def holds(self) -> bool:
        """True once a connection is under watch."""
        return self._wire is not None

    def remaining(self) -> float:
        """Seconds until the deadline, at least a millisecond: zero would mean "do not block" to a socket."""
        return max(self.deadline - monotonic(), 0.001)

    def hold(self, sock: socket.socket, *, reused: bool) -> None:
        """Put a connection under watch.

        A duplicate of the descriptor is watched, because wrapping in TLS and urllib3's own closing both take the
        socket object away while its bytes are still being read.
        """
        wire = socket.fromfd(sock.fileno(), sock.family, sock.type)
        with self._dog.lock:
            self.drop()
            self._wire = wire
            self.reused = reused
            if self.fired:
                self._shut()

    def let_go(self) -> None:
        """Take the connection out of the watch; the deadline goes on."""
        with self._dog.lock:
            self.drop()

    def done(self) -> None:
        """End the watch. From here on `fired` does not change any more and the connection is not touched."""
        self._dog.forget(self)

    def cut(self) -> None:
        """End all waiting on the connection. Called with the watchdog's lock held."""
        self.fired = True
        self._shut()

    def drop(self) -> None:
        """Close the duplicate. Called with the watchdog's lock held."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _shut(self) -> None:
        if self._wire is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._wire.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """The thread behind all deadlines of a fetcher; it starts with the first exchange.

    It sleeps until the earliest deadline it knew when it lay down. An exchange that ends in time leaves that alarm
    standing, and later deadlines need no new one: an exchange costs two locked set operations and the duplicate of a
    descriptor (5 microseconds in all), and the thread wakes about once per deadline, not once per request.
    """

    def __init__(self) -> None:
        """Know no exchange and have no thread yet."""
        self.lock = threading.Condition(threading.Lock())
        self._watched: set[Exchange] = set()
        self._alarm = math.inf
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, seconds: float) -> Exchange:
        """Start an exchange that may last `seconds`. Raises RuntimeError after `close`."""
        exchange = Exchange(self, monotonic() + seconds)
        with self.lock:
            if self._closed:
                raise RuntimeError("the fetcher is closed; make a new one")
            self._watched.add(exchange)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="fetch-watchdog", daemon=True)
                self._thread.start()
            elif exchange.deadline < self._alarm:
                self._alarm = exchange.deadline
                self.lock.notify()
        return exchange

    def forget(self, exchange: Exchange) -> None:
        """Stop watching an exchange."""
        with self.lock:
            self._watched.discard(exchange)
            exchange.drop()

    def close(self) -> None:
        """Cut off what is under way and end the thread. Idempotent."""
        with self.lock:
            self._closed = True
            for exchange in self._watched:
                exchange.cut()
            self.lock.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self.lock:
            while not self._closed:
                now = monotonic()
                for exchange in [one for one in self._watched if one.deadline <= now]:
                    exchange.cut()
                    self._watched.discard(exchange)
                self._alarm = min((one.deadline for one in self._watched), default=math.inf)
                self.lock.wait(None if self._alarm == math.inf else self._alarm - now)
