"""What hosts want of those who ask: who may ask for what, how often, and when not at all.

`Politeness` is the memory of one process, shared by all threads: robots.txt per origin, the moment from which each host
may be asked again, and holds (a host that answered 429 or 503). What outlives the process is handed to the store.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from storage.model import Capture, HostState, Reason
from watcher.fetcher.origin import host_of, origin_of
from watcher.fetcher.outcome import FetchFailure, FetchSettings, NotModified
from watcher.fetcher.robots import Rules, forbids_all, fresh, learn

# Between the end of one request to a host and the start of the next, unless the configuration says otherwise.
GAP = timedelta(seconds=1)
# A hold that ends this soon is waited for; a longer one ends the host's turn in this run.
PATIENCE = timedelta(seconds=30)
# The first hold where the server names no time, doubled with every refusal after it, up to the longest one.
FIRST_HOLD = timedelta(seconds=30)
LONGEST_GROWTH = timedelta(hours=6)
LONGEST_HOLD = timedelta(hours=24)
_REFUSALS = frozenset({429, 503})
_MAX_KNOWN = 256  # origins kept in memory, and the characters of their files: parsed they take fifty times as much
_MAX_RULES = 1_000_000
_MAX_TURNS = 4096  # hosts whose last request is remembered, before those whose turn has come are dropped


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was asked: the origin wants to be left alone until then."""

    origin: str
    until: datetime
    detail: str


@dataclass(slots=True)
class _Known:
    """One origin in memory. `rules` are parsed when they are first needed."""

    state: HostState
    rules: Rules | None = None

    @property
    def weight(self) -> int:
        """The characters of its file."""
        return len(self.state.rules or "")


class Politeness:
    """The wishes of all hosts, as far as they are known. Thread-safe.

    `recall` gives what an earlier process knew of an origin; it is called from many threads.
    """

    def __init__(
        self,
        settings: FetchSettings,
        recall: Callable[[str], HostState | None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Know nothing yet. `clock` counts seconds and never goes back."""
        self._gap = settings.gap
        self._own = tuple(ipaddress.ip_network(network, strict=False) for network in settings.allow_networks)
        self._recall, self._clock = recall, clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._weight = 0
        self._changed: dict[str, HostState] = {}
        self._turns: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._ignored: dict[str, str] = {}
        self._lock = threading.Lock()

    def wait(self, host: str) -> float:
        """The seconds until a host may be asked again, 0 when it may be now."""
        with self._lock:
            turn = self._turns.get(host)
        return 0.0 if turn is None else max(turn - self._clock(), 0.0)

    def asked(self, host: str) -> None:
        """Note that a request to a host has just ended: the next one keeps its distance."""
        with self._lock:
            gap = max(self._base(host), self._delays.get(host, 0.0))
            if gap:
                self._postpone(host, gap)

    def needs_robots(self, origin: str, now: datetime) -> bool:
        """Whether the robots.txt of an origin must be asked for before anything else is."""
        return not fresh(self._get(origin).state, now)

    def heard_robots(self, origin: str, answer: Capture | NotModified | FetchFailure, now: datetime) -> None:
        """Take in the answer to the question for an origin's robots.txt. It may refuse, but ends no hold of pages."""
        known = self._get(origin)
        self._set(_Known(learn(known.state, answer, now)))
        if isinstance(answer, FetchFailure) and answer.status in _REFUSALS:
            self.heard(origin, answer, now)

    def heard(self, origin: str, answer: Capture | NotModified | FetchFailure | None, now: datetime) -> None:
        """Take in how an origin answered (None: with a redirect). Refusals make a hold, any other answer ends them."""
        known = self._get(origin)
        status = answer.status if isinstance(answer, FetchFailure) else 200
        if status is None or (status not in _REFUSALS and not known.state.refusals):
            return
        if status not in _REFUSALS or not isinstance(answer, FetchFailure):
            self._set(replace(known, state=replace(known.state, refusals=0, hold_until=None)))
            return
        refusals = known.state.refusals + 1
        wait = hold(refusals, answer)
        longer = wait > PATIENCE
        self._set(
            replace(known, state=replace(known.state, refusals=refusals, hold_until=now + wait if longer else None))
        )
        if not longer:
            with self._lock:
                self._postpone(host_of(origin), wait.total_seconds())

    def held(self, origin: str, now: datetime) -> Held | None:
        """Until when an origin is to be left alone, None when it may be asked.

        A hold further ahead than any could be set comes of a clock that was wrong, and counts for nothing.
        """
        state = self._get(origin).state
        until = state.hold_until
        if until is None or not now < until <= now + LONGEST_HOLD:
            return None
        return Held(origin, until, f"{origin} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC (Retry-After)")

    def refusal(self, url: str, wanted: str, now: datetime) -> FetchFailure | None:
        """Why robots.txt does not let us ask for `url` on the way to the page `wanted`; None when it does.

        Call it when `needs_robots` says that nothing is missing.
        """
        origin = origin_of(url)
        known = self._get(origin)
        state = known.state
        if forbids_all(state, now):
            detail = f"{origin}/robots.txt could not be had, so nothing may be asked there for now: {state.detail}"
            return FetchFailure(wanted, state.reason or Reason.CONNECT, detail, transient=not state.lasting)
        if state.rules is None:
            return None
        if known.rules is None:
            known.rules = Rules(state.rules)
        if known.rules.delay:
            with self._lock:
                self._delays[host_of(origin)] = known.rules.delay
        if known.rules.allow(url):
            return None
        detail = (
            f"{origin}/robots.txt disallows {url.removeprefix(origin)[:200]!a} for clausewatch; "
            "ask the vendor to allow it, or set robots = false for this source"
        )
        return FetchFailure(wanted, Reason.ROBOTS, detail, transient=False)

    def ignore(self, wanted: str, origin: str) -> None:
        """Note that a page was asked for although the robots.txt of an origin disallows it."""
        with self._lock:
            self._ignored[wanted] = f"{origin}/robots.txt disallows it; overridden by robots = false"

    def ignored(self, urls: Sequence[str]) -> str | None:
        """What was noted of these pages since it was last asked, in one line; None when nothing was."""
        with self._lock:
            notes = [self._ignored.pop(url, None) for url in urls]
        return "; ".join(dict.fromkeys(note for note in notes if note)) or None

    def take_changes(self) -> list[HostState]:
        """What was learnt since this was last called, for the store."""
        with self._lock:
            changed, self._changed = self._changed, {}
        return list(changed.values())

    def _base(self, host: str) -> float:
        """The gap of the configuration. A machine of our own networks needs none, unless one is asked for."""
        if self._gap is not None:
            return self._gap.total_seconds()
        try:
            address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        except ValueError:
            return GAP.total_seconds()
        own = any(address.version == network.version and address in network for network in self._own)
        return 0.0 if own else GAP.total_seconds()

    def _postpone(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for so long. Called with the lock held."""
        now = self._clock()
        if len(self._turns) >= _MAX_TURNS:
            self._turns = {name: turn for name, turn in self._turns.items() if turn > now}
        self._turns[host] = max(self._turns.get(host, 0.0), now + seconds)

    def _get(self, origin: str) -> _Known:
        """What is known of an origin; the store is asked outside the lock, since it may be busy writing."""
        with self._lock:
            known = self._known.get(origin)
            if known is not None:
                self._known.move_to_end(origin)
                return known
            changed = self._changed.get(origin)
        return self._set(_Known(changed or self._recall(origin) or HostState(origin)), new=False)

    def _set(self, known: _Known, *, new: bool = True) -> _Known:
        """Keep what is known of an origin; what was only recalled gives way to what another thread has learnt."""
        origin = known.state.origin
        with self._lock:
            if not new and origin in self._known:
                return self._known[origin]
            if new:
                self._changed[origin] = known.state
            self._weight += known.weight - self._drop(origin)
            self._known[origin] = known
            while len(self._known) > _MAX_KNOWN or (self._weight > _MAX_RULES and len(self._known) > 1):
                self._weight -= self._drop(next(iter(self._known)))
        return known

    def _drop(self, origin: str) -> int:
        """Forget an origin; what its file weighed. Called with the lock held."""
        known = self._known.pop(origin, None)
        return known.weight if known is not None else 0


def hold(refusals: int, answer: FetchFailure) -> timedelta:
    """How long a host is left alone after so many refusals in a row, the last of which is `answer`.

    As long as it asks for, a day at most; longer when it refuses again and again, up to six hours. The first 503 that
    names no time may be that one page's trouble: it holds up nobody else.
    """
    named = timedelta(seconds=answer.retry_after) if answer.retry_after is not None else timedelta(0)
    limited = answer.reason is Reason.RATE_LIMITED
    steps = refusals if limited and answer.retry_after is None else refusals - 1
    growth = FIRST_HOLD * 2 ** min(steps - 1, 20) if steps > 0 else timedelta(0)
    return max(min(named, LONGEST_HOLD), min(growth, LONGEST_GROWTH))
