"""Turns at hosts over all workers: one request at a time to a host, and the pause after it, whoever sent it.

A turn is an advisory lock of the database: it ends with the connection, however a worker ends. When the next one may
begin stands in a table, by the clock of the database. The queue lets one job at a time see to a host, so a turn is
seldom waited for; it matters where a page of one host leads to another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from storage.model import Capture, HostState, PageState
from storage.postgres import Session
from watcher.fetcher import FetchFailure, FetchSettings, Manner, NotModified
from watcher.fetcher.http import Errand, utcnow
from watcher.fetcher.origin import host_of
from watcher.fetcher.outcome import PLAIN
from watcher.fetcher.polite import Answer, OneByOne
from watcher.fetcher.politeness import Politeness

# Our part of the space of advisory locks for hosts ("CLWH").
_LOCKS = 0x434C5748
# How often a turn that somebody else has is asked for again, in seconds.
_LOOK = 0.05
# A pause ends by itself after so long, whatever was written: no clock of a worker counts here.
_LONGEST = timedelta(hours=24)


class Turns:
    """The turns of one worker, for all its threads. Close it."""

    def __init__(self, address: str) -> None:
        """Connect. Raises StoreError."""
        self._session = Session(address)
        self._turn = threading.Lock()
        self._ours: set[str] = set()

    def wait(self, host: str) -> float:
        """The seconds until a host may be asked again, 0 when it may be now."""
        with self._turn, self._session.told():
            self._session.connect()
            found = self._session.execute(
                "SELECT extract(epoch FROM next_at - clock_timestamp())::float8 FROM turns WHERE host = ?", (host,)
            ).fetchone()
        return min(max(found[0], 0.0), _LONGEST.total_seconds()) if found else 0.0

    def rest(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for so long from now on; a longer pause that somebody else wrote stays."""
        if seconds <= 0:
            return
        with self._turn, self._session.told():
            self._session.connect()
            self._session.execute(
                """
                INSERT INTO turns (host, next_at) VALUES (?, clock_timestamp() + make_interval(secs => ?))
                ON CONFLICT (host) DO UPDATE SET next_at = greatest(turns.next_at, excluded.next_at)
                """,
                (host, seconds),
            )

    @contextmanager
    def holding(self, host: str, stopping: Callable[[], bool]) -> Iterator[None]:
        """The turn at a host, waited for; raises RuntimeError when the worker is stopped meanwhile."""
        while not self._taken(host):
            if stopping():
                raise RuntimeError("stopped before the turn came")
            time.sleep(_LOOK)
        try:
            yield
        finally:
            self._give_back(host)

    @contextmanager
    def sole(self, what: str) -> Iterator[bool]:
        """Whether this worker alone does something from here to the end of the block; not waited for.

        `what` begins with a slash, as no host does.
        """
        with self._turn, self._session.told():
            self._session.connect()
            ours = what not in self._ours and self._locked("pg_try_advisory_lock", what)
            if ours:
                self._ours.add(what)
        try:
            yield ours
        finally:
            if ours:
                self._give_back(what)

    def forget(self) -> None:
        """Take out the pauses that are over."""
        with self._turn, self._session.told():
            self._session.connect()
            self._session.execute("DELETE FROM turns WHERE next_at < clock_timestamp() - interval '1 hour'")

    def close(self) -> None:
        """Give everything back. Idempotent."""
        with self._turn:
            self._session.close()

    def _taken(self, host: str) -> bool:
        """Take the turn, if nobody has it and the pause is over."""
        with self._turn, self._session.told():
            self._session.connect()
            if host in self._ours or not self._locked("pg_try_advisory_lock", host):
                return False
            found = self._session.execute(
                """
                SELECT 1 FROM turns
                WHERE host = ? AND next_at > clock_timestamp() AND next_at < clock_timestamp() + ?
                """,
                (host, _LONGEST),
            ).fetchone()
            if found:
                self._locked("pg_advisory_unlock", host)
                return False
            self._ours.add(host)
            return True

    def _give_back(self, host: str) -> None:
        with self._turn:
            self._ours.discard(host)
            with self._session.told():
                self._session.connect()
                self._locked("pg_advisory_unlock", host)

    def _locked(self, function: str, host: str) -> bool:
        found = self._session.execute(f"SELECT {function}({_LOCKS}, hashtext(?))", (host,)).fetchone()
        return bool(found and found[0])


class SharedPoliteness(Politeness):
    """What hosts want, as all workers know it: `recall` asks the store, pauses are written for all."""

    def __init__(self, settings: FetchSettings, recall: Callable[[str], HostState | None], turns: Turns) -> None:
        super().__init__(settings, recall)
        self._all = turns

    def wait(self, host: str) -> float:
        """The seconds until a host may be asked again, by this worker or any other."""
        return max(super().wait(host), self._all.wait(host))

    def asked(self, host: str) -> None:
        """Note that a request to a host has just ended."""
        super().asked(host)
        self._all.rest(host, super().wait(host))

    def heard(self, origin: str, answer: Capture | NotModified | FetchFailure | None, now: datetime) -> None:
        """Take in how an origin answered; a short hold is a pause for all."""
        super().heard(origin, answer, now)
        host = host_of(origin)
        self._all.rest(host, super().wait(host))


class InTurn:
    """Sends requests as another fetcher does, each in its host's turn over all workers."""

    def __init__(
        self, http: OneByOne, politeness: SharedPoliteness, turns: Turns, stopping: Callable[[], bool]
    ) -> None:
        self._http, self._politeness, self._turns, self._stopping = http, politeness, turns, stopping

    def begin(
        self, url: str, *, state: PageState | None = None, manner: Manner = PLAIN, now: Callable[[], datetime] = utcnow
    ) -> Errand | FetchFailure:
        """What is to be asked first; nothing is sent."""
        return self._http.begin(url, state=state, manner=manner, now=now)

    def step(self, errand: Errand) -> Answer | Errand:
        """Send one request; the pause after it is written before the turn ends."""
        with self._turns.holding(errand.host, self._stopping):
            answer = self._http.step(errand)
            self._politeness.asked(errand.host)
            return answer

    def close(self) -> None:
        """Nothing to close: the fetcher within serves other jobs too."""
