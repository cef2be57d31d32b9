"""What the jobs of one worker do: a check by the loop of one machine, a delivery as one machine delivers."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from notifier.deliver import deliver
from storage.errors import ClausewatchError
from storage.model import CheckResult, HostState, Source
from storage.postgres import PostgresStore
from watcher.config import Settings
from watcher.daemon import NOT_TAKEN_OVER, PRUNE, taken_over
from watcher.fetcher.polite import PoliteFetcher
from watcher.fleet.equipment import Equipment, Equipped
from watcher.fleet.turns import InTurn, SharedPoliteness, Turns
from watcher.retention import prune
from watcher.stages import Stages
from watcher.timestamps.stamping import PATIENCE
from watcher.timestamps.standing import told
from watcher.worker import check_due

log = logging.getLogger("clausewatch.fleet")

# What one worker at a time does, over all.
_SENDING, _RESCUING = "/sending", "/rescuing"
# The queues that a worker may see to.
FETCH, RENDER, DELIVER = "fetch", "render", "deliver"


@dataclass(frozen=True, slots=True)
class Due:
    """A source that is to be checked: its id, its host, and the queue that it goes to."""

    source_id: str
    host: str
    queue: str


class Crew:
    """The hands of one worker; safe in threads. Close it, or use it in a `with`."""

    def __init__(
        self,
        store: PostgresStore,
        turns: Turns,
        settings: Settings,
        stages: Stages,
        clock: Callable[[], datetime],
        *,
        observe: Callable[[Source, CheckResult], None],
    ) -> None:
        """Make ready. Raises ConfigError when a secret is missing."""
        self._store, self._turns, self._stages, self._clock = store, turns, stages, clock
        self._observe = observe
        self._stop = threading.Event()
        self._equipped = Equipped(Equipment(settings, stages))
        self._rereading = threading.Lock()
        self._pruned: datetime | None = None

    def due(self, limit: int) -> list[Due]:
        """The sources that are to be checked now and that nobody has in hand, the longest due first."""
        with self._equipped.lent() as with_:
            known = with_.running.sources
        found = self._store.due(self._clock(), limit)
        return [
            Due(key, host, RENDER if rendered or known[key].fetcher == "browser" else FETCH)
            for key, host, rendered in found
            if key in known
        ]

    def check(self, source_id: str, job: str) -> int:
        """Check one source, if it is still due; how many alerts came of it. `job` holds the lease."""
        with self._equipped.lent() as with_:
            if source_id not in with_.running.sources:
                log.warning("%s: not in the configuration of this worker; left to others", source_id)
                return 0
            if not self._store.due(self._clock(), 1, only=source_id):
                return 0
            politeness = SharedPoliteness(with_.settings.fetch, self._recall, self._turns)
            fetcher = PoliteFetcher(InTurn(with_.http, politeness, self._turns, self._stop.is_set), politeness)
            running = replace(with_.running, worker=job, politeness=politeness)
            report = check_due(
                self._store, fetcher, running, self._clock, only=[source_id], stop=self._stop, observe=self._observe
            )
            return report.alerts

    def deliver(self) -> None:
        """Send what is due, where no other worker is sending.

        That is held by a lock of the connection: who was believed dead and was only slow keeps it.
        """
        with self._turns.sole(_SENDING) as ours, self._equipped.lent() as with_:
            if ours:
                deliver(self._store, with_.outgoing, self._clock, stop=self._stop)

    def undelivered(self) -> bool:
        """Whether something is due to be sent."""
        return self._store.undelivered(self._clock())

    def take_over(self, job: str) -> None:
        """End the lease of a check whose worker has died; should it live after all, it cannot write any more."""
        self._store.end_leases(job)

    def take_over_sending(self) -> bool:
        """End the leases on deliveries whose sender has died; False where it is sending still."""
        with self._turns.sole(_SENDING) as ours:
            if ours:
                self._store.end_sending()
            return ours

    @contextlib.contextmanager
    def rescuing(self) -> Iterator[bool]:
        """Whether this worker alone looks after the dead, from here to the end of the block."""
        with self._turns.sole(_RESCUING) as ours:
            yield ours

    def tidy(self) -> None:
        """Forget the pauses of hosts that are over, have the chain stamped, let go of raw pages beyond their bounds.

        Called by one worker at a time.
        """
        self._turns.forget()
        if self._stop.is_set():
            return
        with self._equipped.lent() as with_:
            with contextlib.suppress(RuntimeError):  # the stamper was closed meanwhile: the end has begun
                made = with_.stamper.keep_up(self._store, self._clock, PATIENCE)
                if made is not None and made.error is not None:
                    log.error("%s", told(made))
            now = self._clock()
            if self._pruned is None or now - self._pruned >= PRUNE:
                self._pruned = now
                prune(self._store, with_.settings.retention, now)

    def reread(self, load: Callable[[], Settings], say: Callable[[str], None]) -> None:
        """Let jobs that begin from here on follow the configuration as it is now, or, when it has a fault, as before.

        Safe while jobs are under way: each ends as it began. `say` takes lines for a person.
        """
        with self._rereading:
            before = self._equipped.settings
            try:
                settings = load()
                fresh = Equipment(settings, self._stages)
                self._store.sync_sources(settings.sources, self._clock())
            except ClausewatchError as error:
                say(f"{error}\n{NOT_TAKEN_OVER}")
                return
            self._equipped.replace(fresh)
            if self._stop.is_set():  # meanwhile: what is new must not outlive the end
                self._equipped.close()
            say(taken_over(before, fresh.settings))

    @property
    def stopping(self) -> bool:
        """Whether the end has begun."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Begin nothing more, and cut off the fetches under way."""
        self._stop.set()
        self._equipped.close()

    def close(self) -> None:
        """End all that is under way. Idempotent."""
        self._stop.set()
        self._equipped.close()
        self._turns.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recall(self, origin: str) -> HostState | None:
        return next(iter(self._store.hosts([origin])), None)
