"""Queues of work, one per host, and the threads that drain them: one request at a time to a host, at its turn.

No thread waits for one host while another could be asked: a host whose turn lies ahead stands in a heap by its time,
and a thread sleeps only when nothing at all can be asked.
"""

from __future__ import annotations

import heapq
import math
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from typing import Generic, Protocol, TypeVar

# How long `take` waits before it looks whether a stop has left nothing to wait for.
_LOOK = 0.2


class Work(Protocol):
    """A piece of work that goes from host to host."""

    @property
    def host(self) -> str:
        """The host that the next step asks."""
        ...

    @property
    def laden(self) -> bool:
        """True when it holds what was fetched, and so takes up room."""
        ...

    @property
    def over(self) -> bool:
        """True when there is no next step."""
        ...


class Stop(Protocol):
    """What says that no step is to begin any more: a `threading.Event` for instance."""

    def is_set(self) -> bool:
        """Whether it is so; it never ends to be."""
        ...


class End:
    """Set when a run is to begin nothing more: somebody stops it, or it has gone on for as long as it may."""

    def __init__(self, stop: threading.Event, longest: timedelta | None) -> None:
        self._stop = stop
        self._moment = math.inf if longest is None else monotonic() + longest.total_seconds()

    def is_set(self) -> bool:
        """Whether nothing more is to begin."""
        return self._stop.is_set() or monotonic() >= self._moment


W = TypeVar("W", bound=Work)


class Hosts(Generic[W]):
    """Work waiting at its hosts. `step` does one step of a piece of work in a thread, and must not raise.

    `wait` gives the seconds until a host may be asked again. At most `room` pieces of work hold what was fetched, those
    under way included, so that memory does not grow with their number when judging is slower than fetching. `add`,
    `take` and `drop` are for one thread, the caller's; threads are taken from `pool`, up to `threads`, as they are
    needed.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        step: Callable[[W], W],
        wait: Callable[[str], float],
        stop: Stop,
        *,
        threads: int,
        room: int,
    ) -> None:
        """Start nothing yet. When `stop` is set, no step is begun any more."""
        self._pool, self._step, self._wait, self._stop = pool, step, wait, stop
        self._threads, self._room = threads, room
        self._started = self._idle = 0
        self._closed = False
        self._change = threading.Condition()
        self._waiting: dict[str, deque[W]] = {}
        # Each host with work is in one of these, and one that is asked at the moment in the first alone.
        self._busy: set[str] = set()
        self._ready: deque[str] = deque()
        self._later: list[tuple[float, int, str]] = []
        self._number = 0
        self._alarm = math.inf  # the moment at which a sleeping thread will look by itself
        self.pending = 0
        self._done: queue.SimpleQueue[W] = queue.SimpleQueue()

    def add(self, work: W) -> None:
        """Queue work at its host."""
        with self._change:
            self.pending += 1
            self._queue(work, last=True)

    def take(self) -> W | None:
        """The next work that is over, or that a stop has ended; None when a stop has left nothing under way."""
        while True:
            try:
                work = self._done.get(timeout=_LOOK)
            except queue.Empty:
                with self._change:
                    if self._stop.is_set() and not self._busy and self._done.empty():
                        return None
                continue
            with self._change:
                self.pending -= 1
                self._room += 1
                if self._ready:
                    self._wake()
            return work

    def drop(self) -> list[W]:
        """Take out all work that no thread has in hand, and let the threads end."""
        with self._change:
            left = [work for works in self._waiting.values() for work in works]
            self._waiting.clear()
            self._ready.clear()
            self._later.clear()
            self.pending -= len(left)
            self._closed = True
            self._change.notify_all()
            return left

    def _queue(self, work: W, *, last: bool) -> None:
        """Put work into the queue of its host, and the host where it belongs. Called with the lock held."""
        works = self._waiting.get(work.host)
        if works is None:
            self._waiting[work.host] = deque([work])
            if work.host not in self._busy:
                self._place(work.host, first=not last)
        elif last:
            works.append(work)
        else:
            works.appendleft(work)

    def _place(self, host: str, *, first: bool) -> None:
        """Let a host with work have its turn, now or later; `first` keeps to a host whose connection is open."""
        seconds = self._wait(host)
        if seconds > 0:
            self._number += 1
            heapq.heappush(self._later, (monotonic() + seconds, self._number, host))
        elif first:
            self._ready.appendleft(host)
        else:
            self._ready.append(host)
        self._wake()

    def _wake(self) -> None:
        """See to it that a thread looks at what has changed. Called with the lock held."""
        if self._idle:
            self._change.notify()
        elif self._started < self._threads and not self._closed:
            self._started += 1
            self._pool.submit(self._serve)

    def _serve(self) -> None:
        """What each thread does until the end."""
        while (work := self._next()) is not None:
            self._back(work, self._step(work))

    def _next(self) -> W | None:
        """The next work to do, its host taken; waits for it. None at the end."""
        with self._change:
            while not self._closed:
                self._ripen()
                host = None if self._stop.is_set() else self._choose()
                if host is not None:
                    return self._begin(host)
                self._idle += 1
                self._sleep()
                self._idle -= 1
        return None

    def _sleep(self) -> None:
        """Wait for a change; one thread alone also for the time of the next host."""
        moment = self._later[0][0] if self._later else math.inf
        if moment >= self._alarm:
            self._change.wait()
            return
        self._alarm = moment
        self._change.wait(max(moment - monotonic(), 0.0))
        if self._alarm == moment:
            self._alarm = math.inf

    def _ripen(self) -> None:
        """Move the hosts whose time has come to those that are ready, before those not yet begun."""
        now = monotonic()
        while self._later and self._later[0][0] <= now:
            self._ready.appendleft(heapq.heappop(self._later)[2])

    def _choose(self) -> str | None:
        """A host that can be asked; without room one whose next work has its room already."""
        if self._room:
            return self._ready.popleft() if self._ready else None
        host = next((host for host in self._ready if self._waiting[host][0].laden), None)
        if host is not None:
            self._ready.remove(host)
        return host

    def _begin(self, host: str) -> W:
        works = self._waiting[host]
        work = works.popleft()
        if not works:
            del self._waiting[host]
        self._busy.add(host)
        if not work.laden:
            self._room -= 1
        if self._ready or self._later:
            self._wake()
        return work

    def _back(self, before: W, after: W) -> None:
        """Give a host back after a step, and put the work where it goes from there."""
        host = before.host
        with self._change:
            self._busy.discard(host)
            if after.over or self._stop.is_set() or self._closed:
                self._done.put(after)
            else:
                if after.host == host:
                    self._waiting.setdefault(host, deque()).appendleft(after)
                else:
                    self._queue(after, last=False)
                if not after.laden:
                    self._room += 1
            if host in self._waiting:
                self._place(host, first=True)
