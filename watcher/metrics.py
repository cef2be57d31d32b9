"""Prometheus metrics of the job: on a port for the daemon, as a file for the textfile collector of node_exporter.

What a store can tell is a snapshot, taken in the thread that owns the store and replaced whole, so that a scrape never
waits for the store nor meets it half changed. Only how late things are goes by the clock at the scrape.
"""

from __future__ import annotations

import os
import re
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server, write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from notifier.deliver import DeliveryReport
from storage.errors import UsageError
from storage.model import CheckResult, DeliveryState, Outcome
from storage.protocol import Store

# Loopback: the metrics name sources. The port is the one that OpenTelemetry gives to exporters of this kind.
HOST, PORT = "127.0.0.1", 9464
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_WAITING = (DeliveryState.PENDING, DeliveryState.DEAD)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What the store told. `failing` has id, last reason and failures in a row of each source in trouble."""

    outcomes: dict[str, int]
    dues: tuple[float, ...]
    versions: int
    failing: tuple[tuple[str, str, int], ...]
    deliveries: dict[str, int]
    last_check: float | None


class Metrics(Collector):
    """Counts what happens, and shows what the store holds. `lasting` adds what a single run cannot count: totals."""

    def __init__(self, clock: Callable[[], datetime], *, lasting: bool) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._snapshot: _Snapshot | None = None
        self._of_run: Tally[str] = Tally()
        self._totals = _Totals(self.registry) if lasting else None
        self._took = Gauge("clausewatch_last_run_seconds", "How long the last run took.", registry=self.registry)
        self._ended = Gauge(
            "clausewatch_last_run_timestamp_seconds",
            "When the last run ended, deliveries included.",
            registry=self.registry,
        )
        build = Gauge("clausewatch_build_info", "Always 1.", ["version"], registry=self.registry)
        build.labels(version("clausewatch")).set(1)
        self.registry.register(self)

    def checked(self, result: CheckResult) -> None:
        """Count one check."""
        self._of_run[result.outcome.value] += 1
        if self._totals is not None:
            self._totals.checked(result)

    def ended(self, store: Store, seconds: float, sent: DeliveryReport | None) -> None:
        """Take in what a run, or a pass of the daemon, has left behind. Call it in the thread that owns the store."""
        now = self._clock()
        self._snapshot = _look(store)
        self._took.set(seconds)
        self._ended.set(now.timestamp())
        if self._totals is not None and sent is not None:
            self._totals.delivered(sent)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges of the last snapshot; for the registry."""
        snapshot = self._snapshot
        if self._totals is None:
            counts = {outcome.value: self._of_run[outcome.value] for outcome in Outcome}
            yield _family("clausewatch_last_run_checks", "Checks of the last run.", "outcome", counts)
        if snapshot is None:
            return
        now = self._clock().timestamp()
        late = [now - due for due in snapshot.dues if due <= now]
        yield _family(
            "clausewatch_sources", "Sources by the outcome of their last check.", "outcome", snapshot.outcomes
        )
        yield _family("clausewatch_deliveries_waiting", "Deliveries by state.", "state", snapshot.deliveries)
        yield GaugeMetricFamily("clausewatch_sources_due", "Sources whose time has come.", value=len(late))
        yield GaugeMetricFamily(
            "clausewatch_due_lag_seconds",
            "How long the source that waits longest has been due.",
            value=max(late, default=0),
        )
        yield GaugeMetricFamily("clausewatch_versions", "Versions of all sources.", value=snapshot.versions)
        failing = GaugeMetricFamily(
            "clausewatch_source_failures",
            "Checks in a row without a good outcome, for each source in trouble, with the last reason.",
            labels=["source", "reason"],
        )
        for source, reason, count in snapshot.failing:
            failing.add_metric([source, reason], count)
        yield failing
        reasons = Tally(reason for _, reason, _ in snapshot.failing)
        yield _family("clausewatch_sources_failing", "Sources in trouble by the last reason.", "reason", reasons)
        if snapshot.last_check is not None:
            yield GaugeMetricFamily(
                "clausewatch_last_check_timestamp_seconds", "When a source was checked last.", value=snapshot.last_check
            )


class _Totals:
    """What is counted from the start of the daemon."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._checks = Counter("clausewatch_checks", "Checks by outcome.", ["outcome"], registry=registry)
        self._refused = Counter(
            "clausewatch_checks_without_document", "Checks that did not see the document.", ["outcome", "reason"],
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "clausewatch_check_seconds", "What requests and judging took.", buckets=_SECONDS, registry=registry
        )
        self._versions = Counter("clausewatch_versions_made", "Versions made.", registry=registry)
        self._alerts = Counter("clausewatch_alerts", "Alerts made.", registry=registry)
        self._deliveries = Counter("clausewatch_deliveries", "Deliveries by result.", ["result"], registry=registry)
        for outcome in Outcome:
            self._checks.labels(outcome.value)

    def checked(self, result: CheckResult) -> None:
        self._checks.labels(result.outcome.value).inc()
        self._seconds.observe(result.seconds)
        self._versions.inc(len(result.versions))
        self._alerts.inc(sum(len(made.alerts) for made in result.versions))
        if not result.outcome.good:
            self._refused.labels(result.outcome.value, result.reason.value if result.reason else "unknown").inc()

    def delivered(self, sent: DeliveryReport) -> None:
        for result in ("sent", "failed", "postponed", "dead", "dropped"):
            self._deliveries.labels(result).inc(getattr(sent, result))


def write_metrics(metrics: Metrics, path: Path) -> None:
    """Put the metrics into a file, which is there whole or as it was before. Raises UsageError when it cannot be."""
    try:
        write_to_textfile(str(path), metrics.registry)
    except OSError as error:
        raise UsageError(f"{path}: the metrics cannot be written: {error.strerror} (name another file)") from error


def require_place(path: Path) -> None:
    """See that there is a folder for the file before any work is done. Raises UsageError."""
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path}: no file can be written there (name a file in a folder that you may write)")


def address(text: str) -> tuple[str, int]:
    """Host and port of "9464", "127.0.0.1:9464" or "[::1]:9464"; without a host it is the loopback one.

    Raises ValueError.
    """
    found = re.fullmatch(r"(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):)?([0-9]{1,5})", text)
    if found is None or not 0 <= int(found[3]) <= 65535:
        raise ValueError(f'"{text}" is no address with a port (write "{HOST}:{PORT}")')
    return found[1] or found[2] or HOST, int(found[3])


@contextmanager
def serving(metrics: Metrics, host: str, port: int) -> Iterator[int]:
    """Answer scrapes at that address, in threads; yields the port. Raises UsageError when it is taken."""
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise UsageError(f"metrics: {host}:{port}: {error.strerror} (name another address)") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _look(store: Store) -> _Snapshot:
    states = [state for state in store.states() if state.active]
    outcomes: Tally[str] = Tally({outcome.value: 0 for outcome in Outcome})
    outcomes.update(state.outcome.value if state.outcome else "none" for state in states)
    checked = [state.last_check.timestamp() for state in states if state.last_check is not None]
    return _Snapshot(
        outcomes=dict(outcomes),
        dues=tuple(state.next_due.timestamp() for state in states),
        versions=sum(state.version for state in states),
        failing=tuple(
            (state.source_id, state.reason.value if state.reason else "unknown", state.failures)
            for state in states
            if state.failures
        ),
        deliveries={state.value: len(store.deliveries(state)) for state in _WAITING},
        last_check=max(checked, default=None),
    )


def _family(name: str, about: str, label: str, counts: dict[str, int] | Tally[str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family
