"""The ways to the hosts: one request in flight at each, over as few connections as the sources' secrets allow."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from urllib3.response import HTTPResponse

from watcher.fetcher.access import Way
from watcher.fetcher.failure import WIRE_ERRORS, dead_connection
from watcher.fetcher.netguard import Guard
from watcher.fetcher.transport import Session, Trust
from watcher.fetcher.watchdog import Exchange

_MAX_LANES = 128  # hosts whose connection is kept open: well below the usual limit of 1024 open files
_MAX_WAYS = 4  # of one host


class Lanes:
    """One lane for each host. Hosts not visited for longest lose their connections."""

    def __init__(self, trust: Trust, guard: Guard) -> None:
        """Know no host yet."""
        self._trust, self._guard = trust, guard
        self._lanes: OrderedDict[str, Lane] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, host: str) -> Iterator[Lane]:
        """The lane of one host, held alone."""
        spare: list[Lane] = []
        with self._lock:
            lane = self._lanes.get(host)
            if lane is None:
                lane = self._lanes[host] = Lane(self._trust, self._guard)
            self._lanes.move_to_end(host)
            lane.users += 1
            if len(self._lanes) > _MAX_LANES:
                idle = next((name for name, one in self._lanes.items() if not one.users), None)
                spare += [self._lanes.pop(idle)] if idle is not None else []
        for one in spare:
            one.close()
        try:
            with lane.lock:
                yield lane
        finally:
            with self._lock:
                lane.users -= 1

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            lanes = list(self._lanes.values())
            self._lanes.clear()
        for lane in lanes:
            lane.close()


class Lane:
    """The sessions of one host, one for each way to it, and the lock that lets one request at a time onto it.

    A session that shows a certificate or was logged in is never used for a source that has neither.
    """

    def __init__(self, trust: Trust, guard: Guard) -> None:
        """Open nothing yet."""
        self.lock = threading.Lock()
        self.users = 0
        self._trust, self._guard = trust, guard
        self._sessions: OrderedDict[Way, Session] = OrderedDict()

    def send(self, url: str, headers: Mapping[str, str], exchange: Exchange, way: Way) -> HTTPResponse:
        """Send a request; once more, at once, when the connection was a kept one and had died meanwhile."""
        session = self._session(way)
        try:
            return session.ask(url, headers, exchange)
        except WIRE_ERRORS as error:
            if exchange.fired or not exchange.reused or not dead_connection(error):
                raise
            exchange.let_go()
            return session.ask(url, headers, exchange)

    def close(self) -> None:
        """Close the connections."""
        with self.lock:
            for session in self._sessions.values():
                session.close()

    def _session(self, way: Way) -> Session:
        session = self._sessions.get(way)
        if session is None:
            session = self._sessions[way] = Session(self._trust, self._guard, way)
            if len(self._sessions) > _MAX_WAYS:
                self._sessions.popitem(last=False)[1].close()
        self._sessions.move_to_end(way)
        return session
