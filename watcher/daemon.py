"""The daemon: passes over what is due for as long as it is let, with a configuration that can be read again.

Due times live in the store, so a restart forgets nothing. All work happens in the thread that calls; `stop` and
`reread` may be called from any other.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.deliver import DeliverSettings, deliver
from storage.errors import ClausewatchError
from storage.model import CheckResult, Source
from storage.protocol import Store
from watcher.assembly import deliver_settings, run_settings, stamper
from watcher.config import Settings
from watcher.fetcher.polite import PoliteFetcher, polite_fetcher
from watcher.metrics import Metrics
from watcher.notify_systemd import ServiceManager
from watcher.retention import prune
from watcher.spans import Spans, no_spans
from watcher.stages import Stages
from watcher.timestamps.stamping import PATIENCE, Stamper
from watcher.timestamps.standing import told
from watcher.worker import RunSettings, check_due, run_forever

# Where runs follow one another all day, what the operator is to hear is gathered for so long (watcher/health.py).
GATHER = timedelta(hours=1)
# The longest pass before alerts are sent and what has fallen due meanwhile has its turn.
PASS = timedelta(minutes=5)
# Work that shows no progress for so long is taken for stuck: signs of life end, and the service manager starts anew.
# No single page and no single message may take as long by their own deadlines.
STUCK = 1800.0
# So often raw pages beyond the bounds of [retention] are let go of.
PRUNE = timedelta(days=1)
# What is said when a configuration that is read again has a fault.
NOT_TAKEN_OVER = "the configuration was not taken over; the one before stays in force"


@dataclass(frozen=True, slots=True)
class _Equipment:
    """What the passes work with under one configuration."""

    settings: Settings
    fetcher: PoliteFetcher
    running: RunSettings
    outgoing: DeliverSettings
    stamper: Stamper

    def close(self, kept: PoliteFetcher | None = None) -> None:
        """Cut off what is under way; not the fetcher when it is the one that is kept."""
        if self.fetcher is not kept:
            self.fetcher.close()
        self.stamper.close()


class Daemon:
    """Checks and delivers until it is stopped. Close it, or use `forever`, which does."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        stages: Stages,
        clock: Callable[[], datetime],
        *,
        threads: int,
        manager: ServiceManager,
        say: Callable[[str], None],
        observe: Callable[[Source, CheckResult], None],
        metrics: Metrics | None = None,
        spans: Spans = no_spans,
    ) -> None:
        """Make ready. Raises ConfigError when a secret is missing. `say` takes lines for a person."""
        self._store, self._stages, self._clock, self._threads = store, stages, clock, threads
        self._manager, self._say, self._observe, self._metrics = manager, say, observe, metrics
        self._spans = spans
        self._stop, self._wake, self._changed = threading.Event(), threading.Event(), threading.Event()
        self._progress = time.monotonic()
        self._pruned: datetime | None = None
        self._with = self._equip(settings, None)

    def stop(self) -> None:
        """Begin nothing more, cut off the fetches under way, and end."""
        self._stop.set()
        self._manager.stopping()
        self._with.close()
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether the end has begun."""
        return self._stop.is_set()

    def reread(self) -> None:
        """Have the configuration read again after the pass that is under way."""
        self._changed.set()
        self._wake.set()

    def forever(self, load: Callable[[], Settings]) -> None:
        """Work until `stop`. `load` reads the configuration again; one with a fault is told and not taken over."""

        def once() -> None:
            if self._changed.is_set():
                self._changed.clear()
                self._take_over(load)
            self._pass()

        try:
            with self._manager.signs_of_life(lambda: time.monotonic() - self._progress < STUCK):
                self._manager.ready()
                self._tell_status()
                run_forever(self._store, once, self._clock, self._stop, self._wake)
        finally:
            self._with.close()

    def _pass(self) -> None:
        equipment, begun = self._with, time.monotonic()

        def observe(source: Source, result: CheckResult) -> None:
            self._progress = time.monotonic()
            if self._metrics is not None:
                self._metrics.checked(result)
            self._observe(source, result)

        self._progress = time.monotonic()
        check_due(self._store, equipment.fetcher, equipment.running, self._clock, stop=self._stop, observe=observe)
        self._progress = time.monotonic()
        with self._spans("deliver"):
            sent = deliver(self._store, equipment.outgoing, self._clock, stop=self._stop)
        self._progress = time.monotonic()
        self._care(equipment)
        self._progress = time.monotonic()
        if self._metrics is not None:
            self._metrics.ended(self._store, self._progress - begun, sent)

    def _care(self, equipment: _Equipment) -> None:
        """Have the chain stamped, and once a day let go of raw pages beyond their bounds."""
        if not self._stop.is_set():
            with contextlib.suppress(RuntimeError):  # it was closed meanwhile: the end has begun
                made = equipment.stamper.keep_up(self._store, self._clock, PATIENCE)
                if made is not None and made.error is not None:
                    self._say(told(made))
        now = self._clock()
        if not self._stop.is_set() and (self._pruned is None or now - self._pruned >= PRUNE):
            self._pruned = now
            done = prune(self._store, equipment.settings.retention, now)
            if done.pages:
                pages = f"{done.pages} raw page{'s' * (done.pages != 1)}"
                self._say(f"{pages} beyond [retention] let go of, {done.freed / 1e6:.1f} MB")

    def _take_over(self, load: Callable[[], Settings]) -> None:
        """Work with the configuration as it is now, or, when it has a fault, as before."""
        self._manager.reloading()
        before = self._with
        try:
            fresh = self._equip(load(), before)
            self._store.sync_sources(fresh.settings.sources, self._clock())
        except ClausewatchError as error:
            self._say(f"{error}\n{NOT_TAKEN_OVER}")
        else:
            self._with = fresh
            before.close(kept=fresh.fetcher)
            self._say(taken_over(before.settings, fresh.settings))
        self._manager.ready()
        self._tell_status()

    def _equip(self, settings: Settings, before: _Equipment | None) -> _Equipment:
        """Parts for a configuration; a fetcher that still fits is kept, with all that it knows of the hosts."""
        outgoing = deliver_settings(settings)
        keep = before is not None and before.settings.fetch == settings.fetch
        fetcher = before.fetcher if before is not None and keep else polite_fetcher(settings.fetch, self._store)
        running = run_settings(
            settings,
            threads=self._threads,
            stages=self._stages,
            gather=GATHER,
            politeness=fetcher.politeness,
            spans=self._spans,
        )
        return _Equipment(settings, fetcher, replace(running, longest=PASS), outgoing, stamper(settings))

    def _tell_status(self) -> None:
        self._manager.status(_watching(self._with.settings))


def taken_over(before: Settings, fresh: Settings) -> str:
    """What is said when a configuration has been read again, a line or two."""
    told = f"the configuration was read again; {_watching(fresh)}"
    return told if fresh.store == before.store else f"another store is used only after a restart\n{told}"


def _watching(settings: Settings) -> str:
    count = len(settings.sources)
    return f"watching {count} source{'' if count == 1 else 's'}"
