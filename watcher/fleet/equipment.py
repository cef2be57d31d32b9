"""What the jobs of one worker work with under one configuration, and how it gives way to that of the next one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from notifier.deliver import DeliverSettings
from watcher.assembly import deliver_settings, run_settings, stamper
from watcher.config import Settings
from watcher.daemon import GATHER
from watcher.fetcher.choice import ChoiceFetcher
from watcher.stages import Stages
from watcher.timestamps.stamping import Stamper
from watcher.worker import RunSettings


class Equipment:
    """The parts for one configuration, for many threads at a time. Close it."""

    def __init__(self, settings: Settings, stages: Stages) -> None:
        """Make ready. Raises ConfigError when a secret is missing."""
        self.settings = settings
        self.running: RunSettings = run_settings(settings, threads=1, stages=stages, gather=GATHER)
        self.outgoing: DeliverSettings = deliver_settings(settings)
        self.http = ChoiceFetcher(settings.fetch)
        self.stamper: Stamper = stamper(settings)

    def close(self) -> None:
        """Cut off what is under way. Idempotent."""
        self.http.close()
        self.stamper.close()


class Equipped:
    """The equipment in force; one that was replaced is closed when the last job that began with it has ended."""

    def __init__(self, equipment: Equipment) -> None:
        """The first one."""
        self._turn = threading.Lock()
        self._now = equipment
        self._users: dict[Equipment, int] = {equipment: 0}

    @contextmanager
    def lent(self) -> Iterator[Equipment]:
        """The equipment in force, for one job: it stays as it is until the end of the block."""
        with self._turn:
            mine = self._now
            self._users[mine] += 1
        try:
            yield mine
        finally:
            with self._turn:
                self._users[mine] -= 1
            self._sweep()

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return self._now.settings

    def replace(self, equipment: Equipment) -> None:
        """Let jobs that begin from here on work with another one."""
        with self._turn:
            self._now = equipment
            self._users[equipment] = 0
        self._sweep()

    def close(self) -> None:
        """Cut off what is under way with any of them. Idempotent."""
        with self._turn:
            every = list(self._users)
        for equipment in every:
            equipment.close()

    def _sweep(self) -> None:
        """Close what was replaced and is used no more."""
        with self._turn:
            idle = [one for one, users in self._users.items() if not users and one is not self._now]
            for one in idle:
                del self._users[one]
        for one in idle:
            one.close()
