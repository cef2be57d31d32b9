"""The loop for one machine: claim, fetch in threads, examine, commit, deliver, stop cleanly.

Only fetching runs in threads, one per host that is being asked; examining and every call of the store happen in the
thread that called. A source whose page breaks the program fails alone: the run goes on.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from storage.errors import ExtractError, LeaseLost
from storage.model import Capture, CheckResult, Claim, Interest, Outcome, PageState, Reason, Source, Subscriber
from storage.protocol import Store
from watcher import pipeline, seen
from watcher.fetcher import FetchFailure, Manner
from watcher.pipeline import Candidate, Fetched, Job
from watcher.schedule import is_due
from watcher.stages import HERE, Stages

log = logging.getLogger("clausewatch.worker")

# Sources claimed at a time: enough to keep every thread busy, few enough that a lease outlives the wait in a queue.
CLAIMS = 256
# Results without a version are committed together: one durable write for many "nothing new" lines.
BATCH = 64
# The longest sleep of the loop in seconds: deliveries that wait for a retry are looked at this often.
PAUSE = 30.0


class Fetcher(Protocol):
    """What the worker needs of a fetcher; safe to call from several threads."""

    def fetch(
        self, url: str, *, state: PageState | None = None, manner: Manner = ..., now: Callable[[], datetime]
    ) -> Fetched:
        """One page, "not modified", or why not. Never raises for what the network does."""
        ...


def plain_manner(source: Source) -> Manner:
    """How a source is asked when nothing is filled in from outside."""
    return Manner(language=source.rules.language)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run works with. `force` asks without conditions; `dry_run` writes nothing but the claims it gives back.

    `stages` judges the pages: a `Sandbox` where they come from strangers. `manner` tells how a source is asked; it is
    called from several threads.
    """

    sources: Mapping[str, Source]
    subscribers: tuple[Subscriber, ...] = ()
    worker: str = "local"
    threads: int = 16
    lease: timedelta = timedelta(minutes=30)
    force: bool = False
    dry_run: bool = False
    zone: tzinfo = UTC
    interests: tuple[Interest, ...] = ()
    stages: Stages = HERE
    manner: Callable[[Source], Manner] = plain_manner


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run came to, in numbers. `left` counts the sources that a stop left for the next run."""

    checked: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    alerts: int = 0
    left: int = 0

    @property
    def failed(self) -> int:
        """Sources whose document could not be had."""
        return sum(count for outcome, count in self.outcomes.items() if not outcome.good)


@dataclass(frozen=True, slots=True)
class _Task:
    """One source waiting to be fetched: the first time, or once more to confirm a candidate."""

    source: Source
    claim: Claim
    candidate: Candidate | None = None


Observer = Callable[[Source, CheckResult], None]


def check_due(
    store: Store,
    fetcher: Fetcher,
    settings: RunSettings,
    clock: Callable[[], datetime],
    *,
    only: Sequence[str] | None = None,
    stop: threading.Event | None = None,
    observe: Observer | None = None,
) -> RunReport:
    """Check every source that is due (or those of `only`, due or not), and commit what was found.

    A commit happens at once when there is a version, else in batches. When `stop` is set, no new fetch begins; what is
    under way is waited for (whoever stops may cut it off by closing the fetcher), and what could not be had any more
    is given back unrecorded like all the rest. The same arguments on an unchanged world make no new version.
    """
    run = _Run(store, fetcher, settings, clock, stop=stop or threading.Event(), observe=observe)
    with ThreadPoolExecutor(settings.threads, thread_name_prefix="fetch") as pool:
        hosts = _Hosts(pool, run.fetch, run.stop, room=2 * settings.threads)
        try:
            run.everything(hosts, only)
        finally:
            run.left += [task.claim for task in hosts.drop()]
            run.flush()
            store.release(run.left + run.unwritten)
    return run.report()


def run_forever(
    store: Store,
    once: Callable[[], object],
    clock: Callable[[], datetime],
    stop: threading.Event,
) -> None:
    """Call `once` (check what is due, deliver) whenever something is due, until `stop` is set.

    Due times live in the store, so a restart forgets nothing; after a long pause each source is checked once, not
    once per missed time.
    """
    while not stop.is_set():
        once()
        due = [state.next_due for state in store.states() if state.active]
        wait = (min(due) - clock()).total_seconds() if due else PAUSE
        stop.wait(min(max(wait, 1.0), PAUSE))


class _Hosts:
    """Queues of tasks, one per host, each drained by at most one thread: never two requests in flight at one host.

    At most `room` answers lie between the threads and the one who takes them, so that memory does not grow with the
    number of sources when judging is slower than fetching.
    """

    def __init__(
        self, pool: ThreadPoolExecutor, fetch: Callable[[_Task], list[Fetched]], stop: threading.Event, *, room: int
    ) -> None:
        self._pool, self._fetch, self._stop = pool, fetch, stop
        self._room = threading.Semaphore(room)
        self._waiting: dict[str, deque[_Task]] = {}
        self._lock = threading.Lock()
        self.done: queue.SimpleQueue[tuple[_Task, list[Fetched]]] = queue.SimpleQueue()
        self.pending = 0

    def add(self, task: _Task) -> None:
        """Queue a task at its host, and start a thread for the host when none is at work there."""
        self.pending += 1
        with self._lock:
            if task.source.host in self._waiting:
                self._waiting[task.source.host].append(task)
                return
            self._waiting[task.source.host] = deque([task])
        self._pool.submit(self._drain, task.source.host)

    def take(self) -> tuple[_Task, list[Fetched]]:
        """The next task whose pages are in."""
        item = self.done.get()
        self._room.release()
        self.pending -= 1
        return item

    @property
    def idle(self) -> bool:
        """True when no thread has a task in hand and no answer waits to be taken."""
        with self._lock:
            return self.pending == sum(len(tasks) for tasks in self._waiting.values())

    def drop(self) -> list[_Task]:
        """Take out every task that no thread has begun, and let no thread wait for room any longer."""
        with self._lock:
            left = [task for tasks in self._waiting.values() for task in tasks]
            for tasks in self._waiting.values():
                tasks.clear()
            self.pending -= len(left)
            self._room.release(len(self._waiting) + 1)
            return left

    def _drain(self, host: str) -> None:
        while True:
            self._room.acquire()
            with self._lock:
                tasks = self._waiting[host]
                if not tasks or self._stop.is_set():
                    if not tasks:
                        del self._waiting[host]
                    self._room.release()
                    return
                task = tasks.popleft()
            self.done.put((task, self._fetch(task)))


class _Run:
    """One call of `check_due`: its counters and its buffer of results."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        settings: RunSettings,
        clock: Callable[[], datetime],
        *,
        stop: threading.Event,
        observe: Observer | None,
    ) -> None:
        self.store, self.fetcher, self.settings = store, fetcher, settings
        self.clock, self.stop, self.observe = clock, stop, observe
        self.buffer: list[CheckResult] = []
        self.unwritten: list[Claim] = []
        self.left: list[Claim] = []
        self.counts: dict[Outcome, int] = {}
        self.alerts = 0

    def everything(self, hosts: _Hosts, only: Sequence[str] | None) -> None:
        """Keep the hosts busy until nothing is due and nothing is under way."""
        asked: list[str] | None = None if only is None else list(only)
        exhausted = False
        while True:
            if not exhausted and not self.stop.is_set() and hosts.pending < CLAIMS // 2:
                claims = self._claim(asked)
                if asked is None and len(claims) < CLAIMS:
                    asked = self._adrift()
                    claims += self._claim(asked) if asked else []
                exhausted = asked == []
                for claim in claims:
                    source = self.settings.sources[claim.source_id]
                    hosts.add(_Task(source.as_of(self.clock()), claim))
            if hosts.pending == 0 or (self.stop.is_set() and hosts.idle):
                return
            task, fetched = hosts.take()
            again = self._handle(task, fetched)
            if again is not None:
                hosts.add(again)
            if len(self.buffer) >= BATCH:
                self.flush()

    def fetch(self, task: _Task) -> list[Fetched]:
        """All pages of a source, in order; stops at the first that cannot be had. Runs in a thread."""
        known = {} if self.settings.force or task.candidate else pipeline.conditional_state(task.source, task.claim)
        manner = self.settings.manner(task.source)
        answers: list[Fetched] = []
        for url in task.source.urls:
            try:
                answer = self.fetcher.fetch(url, state=known.get(url), manner=manner, now=self.clock)
            except Exception as error:  # a defect in fetching one page must not end the run
                if not self.stop.is_set():  # a fetcher that was closed under way says so by an exception
                    log.exception("%s: fetching failed unexpectedly", task.source.id)
                answer = FetchFailure(url, Reason.INTERNAL, f"{type(error).__name__} while fetching", transient=True)
            answers.append(answer)
            if isinstance(answer, FetchFailure):
                break
            if isinstance(answer, Capture) and seen.must_be_read(task.source, task.claim, answer):
                self.settings.stages.warm()
        return answers

    def flush(self) -> None:
        """Commit what is buffered; a source that another worker took over is left to that worker."""
        results, self.buffer = self.buffer, []
        if not results or self.settings.dry_run:
            self.unwritten += [result.claim for result in results]
            return
        try:
            self.store.commit(results)
        except LeaseLost:
            for result in results:
                try:
                    self.store.commit([result])
                except LeaseLost:
                    log.warning(
                        "%s: another worker has taken it over; its result here is dropped", result.claim.source_id
                    )

    def report(self) -> RunReport:
        """The numbers so far."""
        return RunReport(sum(self.counts.values()), dict(self.counts), self.alerts, len(self.left))

    def _claim(self, asked: list[str] | None) -> list[Claim]:
        now, lease = self.clock(), self.settings.lease
        if asked is None:
            return self.store.claim(self.settings.worker, now, lease, limit=CLAIMS)
        part, asked[:] = asked[:CLAIMS], asked[CLAIMS:]
        return self.store.claim(self.settings.worker, now, lease, limit=len(part), only=part)

    def _adrift(self) -> list[str]:
        """The sources that the store does not take for due, and the schedule does."""
        now, known = self.clock(), self.settings.sources
        return [
            state.source_id
            for state in self.store.states()
            if state.active and state.next_due > now and is_due(state.next_due, now, known[state.source_id].every)
        ]

    def _handle(self, task: _Task, fetched: list[Fetched]) -> _Task | None:
        """Examine or settle one source; a task in return is to be fetched once more."""
        if self.stop.is_set() and any(isinstance(answer, FetchFailure) for answer in fetched):
            self.left.append(task.claim)
            return None
        now = self.clock()
        job = self._job(task, now)
        try:
            outcome: CheckResult | Candidate
            if task.candidate is not None:
                outcome = pipeline.settle(task.candidate, fetched, now)
            else:
                outcome = pipeline.examine(job, fetched, self.store, now)
                if isinstance(outcome, Candidate):
                    if outcome.base is not None and task.source.confirm:
                        return replace(task, candidate=outcome)
                    outcome = pipeline.settle(outcome, None, now)
        except Exception as error:  # a page that breaks the program fails alone; its raw bytes are kept
            if not isinstance(error, ExtractError):
                log.exception("%s: judging failed unexpectedly", task.source.id)
            outcome = pipeline.broken(job, fetched, error, now)
        self._done(task.source, outcome)
        return None

    def _job(self, task: _Task, now: datetime) -> Job:
        with_ = self.settings
        return Job(task.source, task.claim, with_.subscribers, now, with_.zone, with_.interests, with_.stages)

    def _done(self, source: Source, result: CheckResult) -> None:
        self.counts[result.outcome] = self.counts.get(result.outcome, 0) + 1
        self.alerts += sum(len(made.alerts) for made in result.versions)
        self.buffer.append(result)
        if result.versions:
            self.flush()
        if self.observe is not None:
            self.observe(source, result)
