"""The loop for one machine: claim, fetch in threads, examine, commit, deliver, stop cleanly.

Only fetching runs in threads (`hosts`), one request at a time to a host; examining and every commit happen in the
thread that called. A source whose page breaks the program fails alone: the run goes on. A source whose host wants to be
left alone is not asked, nothing is recorded of it, and it is due when the host may be asked again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from time import monotonic
from typing import Protocol

from notifier.sealing import group_of
from storage.errors import ExtractError, LeaseLost
from storage.model import (
    OPERATOR,
    Capture,
    CheckResult,
    Claim,
    Interest,
    Operator,
    Outcome,
    PageState,
    Reason,
    Source,
    Subscriber,
)
from storage.protocol import Store
from watcher import pipeline, seen
from watcher.fetcher import FetchFailure, FetchSettings, Manner, NotModified
from watcher.fetcher.politeness import Held, Politeness
from watcher.health import Audience, attend, gathering
from watcher.hosts import End, Hosts
from watcher.job import Candidate, Fetched, Job
from watcher.raw import with_raw
from watcher.rendering import by_browser, escalates
from watcher.schedule import cadence, is_due, next_due
from watcher.spans import Spans, no_spans
from watcher.stages import HERE, Stages
from watcher.task import Pending, Task

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
    ) -> Fetched | Pending | Held:
        """One page, "not modified", or why not; or, after one request, what is to be gone on with.

        Never raises for what the network does.
        """
        ...


def plain_manner(source: Source) -> Manner:
    """How a source is asked when nothing is filled in from outside."""
    fetcher = "browser" if source.fetcher == "browser" else "http"
    return Manner(source.rules.language, fetcher, source.wait_for, robots=source.robots)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run works with. `force` asks without conditions; `dry_run` writes nothing but the claims it gives back.

    `stages` judges the pages: a `Sandbox` where they come from strangers. `manner` tells how a source is asked; it is
    called from several threads. `operator` hears of sources in trouble: of those of this run in one message, or, with
    `gather`, of those of a span of time (`watcher.health.gathering`). `politeness` is what the fetcher knows of the
    hosts: when each may be asked, and what the store is to keep of them. A run that has gone on for `longest` gives
    back what has not begun, so that alerts need not wait for a host that wants long pauses. `spans` measures the parts.
    `keep_all` is `keep_raw = "all"`: see watcher/raw.py.
    """

    sources: Mapping[str, Source]
    subscribers: tuple[Subscriber, ...] = ()
    worker: str = "local"
    threads: int = 16
    lease: timedelta = timedelta(minutes=30)
    force: bool = False
    dry_run: bool = False
    zone: tzinfo = UTC
    country: str | None = None
    moves_on: bool = False
    interests: tuple[Interest, ...] = ()
    stages: Stages = HERE
    manner: Callable[[Source], Manner] = plain_manner
    operator: Operator = field(default_factory=Operator)
    gather: timedelta | None = None
    longest: timedelta | None = None
    keep_all: bool = False
    politeness: Politeness = field(default_factory=lambda: Politeness(FetchSettings(gap=timedelta(0))))
    spans: Spans = no_spans


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run came to, in numbers.

    `left` counts the sources that a stop left for the next run; `held` has one entry for each source that was not asked
    since its host wants to be left alone.
    """

    checked: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    alerts: int = 0
    left: int = 0
    held: tuple[Held, ...] = ()

    @property
    def failed(self) -> int:
        """Sources whose document could not be had."""
        return sum(count for outcome, count in self.outcomes.items() if not outcome.good)


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
        wait, threads = settings.politeness.wait, settings.threads
        hosts: Hosts[Task] = Hosts(pool, run.step, wait, run.end, threads=threads, room=2 * threads)
        try:
            run.everything(hosts, only)
        finally:
            run.left += [task.claim for task in hosts.drop()]
            run.flush()
            store.release(run.left + run.unwritten)
            run.keep()
    return run.report()


def run_forever(
    store: Store,
    once: Callable[[], object],
    clock: Callable[[], datetime],
    stop: threading.Event,
    wake: threading.Event,
) -> None:
    """Call `once` (check what is due, deliver) whenever something is due, until `stop` is set.

    Due times live in the store, so a restart forgets nothing; after a long pause each source is checked once, not
    once per missed time. Setting `wake` ends the wait for what is due next; who sets `stop` sets it too.
    """
    while not stop.is_set():
        once()
        due = [state.next_due for state in store.states() if state.active]
        wait = (min(due) - clock()).total_seconds() if due else PAUSE
        wake.wait(min(max(wait, 1.0), PAUSE))
        wake.clear()


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
        self.begun, self.end = clock(), End(stop, settings.longest)
        self.buffer: list[CheckResult] = []
        self.unwritten: list[Claim] = []
        self.left: list[Claim] = []
        self.held: list[Held] = []
        self.unasked: dict[datetime, list[Claim]] = {}
        self.counts: dict[Outcome, int] = {}
        self.alerts = self.taken = 0
        self.audience = _audience(store, settings, clock())

    def everything(self, hosts: Hosts[Task], only: Sequence[str] | None) -> None:
        """Keep the hosts busy until nothing is due and nothing is under way."""
        asked: list[str] | None = None if only is None else list(only)
        exhausted = False
        while True:
            if not exhausted and not self.end.is_set() and hosts.pending < CLAIMS // 2:
                claims = self._claim(asked)
                if asked is None and len(claims) < CLAIMS:
                    asked = self._adrift()
                    claims += self._claim(asked) if asked else []
                exhausted = asked == []
                for claim in claims:
                    hosts.add(Task(self.settings.sources[claim.source_id].as_of(self.clock()), claim))
            task = hosts.take() if hosts.pending else None
            if task is None:
                return
            with self.settings.spans("judge", source=task.source.id):
                again = self._handle(task)
            if again is not None:
                hosts.add(again)
            if len(self.buffer) >= BATCH:
                self.flush()
            self.taken += 1
            if self.taken % BATCH == 0:
                self.keep()

    def step(self, task: Task) -> Task:
        """One request of a task, whose host has its turn; stops at the first page that cannot be had. In a thread."""
        begun = monotonic()
        with self.settings.spans("fetch", source=task.source.id, page=len(task.answers) + 1):
            asked = self._step(task)
        return replace(asked, seconds=task.seconds + monotonic() - begun)

    def _step(self, task: Task) -> Task:
        url = task.source.urls[len(task.answers)]
        try:
            answer = self._ask(task, url) if task.page is None else task.page.go_on()
            if isinstance(answer, Capture) and seen.must_be_read(task.source, task.claim, answer):
                self.settings.stages.warm()
        except BaseException as error:  # a defect in fetching one page must not end the run, nor this thread
            if not self.stop.is_set():  # a fetcher that was closed under way says so by an exception
                log.exception("%s: fetching failed unexpectedly", task.source.id)
            answer = FetchFailure(url, Reason.INTERNAL, f"{type(error).__name__} while fetching", transient=True)
        if isinstance(answer, Held):
            return replace(task, page=None, held=answer)
        if not isinstance(answer, Capture | NotModified | FetchFailure):
            return replace(task, page=answer)
        return replace(task, page=None, answers=(*task.answers, answer))

    def _ask(self, task: Task, url: str) -> Fetched | Pending | Held:
        """Begin with a page."""
        known = {} if self.settings.force or task.candidate else pipeline.conditional_state(task.source, task.claim)
        fetcher = "browser" if task.rendered or by_browser(task.source, task.claim, url) else "http"
        manner = replace(self.settings.manner(task.source), robots=task.source.robots, fetcher=fetcher)
        return self.fetcher.fetch(url, state=known.get(url), manner=manner, now=self.clock)

    def flush(self) -> None:
        """Commit what is buffered; a source that another worker took over is left to that worker."""
        results, self.buffer = self.buffer, []
        if not results or self.settings.dry_run:
            self.unwritten += [result.claim for result in results]
            return
        try:
            with self.settings.spans("commit", results=len(results)):
                self.store.commit(results)
        except LeaseLost:
            for result in results:
                try:
                    self.store.commit([result])
                except LeaseLost:
                    log.warning("%s: another worker has it now; its result here is dropped", result.claim.source_id)

    def keep(self) -> None:
        """Write what was learnt of the hosts, and give back the sources of those that want to be left alone."""
        unasked, self.unasked = self.unasked, {}
        for due, claims in unasked.items():
            self.store.release(claims, due=due)
        known = self.settings.politeness.take_changes()
        if known and not self.settings.dry_run:
            self.store.keep_hosts(known)

    def report(self) -> RunReport:
        """The numbers so far."""
        return RunReport(sum(self.counts.values()), dict(self.counts), self.alerts, len(self.left), tuple(self.held))

    def _claim(self, asked: list[str] | None) -> list[Claim]:
        """The next sources: what was due, and free, as the run began, so that no source has two turns in one run."""
        lease = self.settings.lease + max(self.clock() - self.begun, timedelta(0))
        if asked is None:
            return self.store.claim(self.settings.worker, self.begun, lease, limit=CLAIMS)
        part, asked[:] = asked[:CLAIMS], asked[CLAIMS:]
        return self.store.claim(self.settings.worker, self.begun, lease, limit=len(part), only=part)

    def _adrift(self) -> list[str]:
        """The sources that the store does not take for due, and the schedule does."""
        now, known = self.clock(), self.settings.sources
        return [
            state.source_id
            for state in self.store.states()
            if state.active and state.next_due > now and is_due(state.next_due, now, known[state.source_id].longest)
        ]

    def _hold(self, claim: Claim, held: Held) -> None:
        """Let a source whose host wants to be left alone be due when the host may be asked."""
        self.held.append(held)
        if self.settings.dry_run:
            self.unwritten.append(claim)
        else:
            self.unasked.setdefault(held.until, []).append(claim)

    def _handle(self, task: Task) -> Task | None:
        """Examine or settle one source; a task in return is to be fetched once more."""
        fetched = task.answers
        if task.held is not None:
            self._hold(task.claim, task.held)
            return None
        if not task.over or (self.stop.is_set() and any(isinstance(answer, FetchFailure) for answer in fetched)):
            self.left.append(task.claim)
            return None
        now, begun = self.clock(), monotonic() - task.seconds
        job = self._job(task, now)
        try:
            outcome: CheckResult | Candidate
            if task.candidate is not None:
                outcome = pipeline.settle(task.candidate, fetched, now)
            else:
                outcome = pipeline.examine(job, fetched, self.store, now)
                if isinstance(outcome, Candidate):
                    if outcome.base is not None and task.source.confirm:
                        spent = monotonic() - begun
                        return Task(task.source, task.claim, outcome, rendered=task.rendered, seconds=spent)
                    outcome = pipeline.settle(outcome, None, now)
                elif escalates(task.source, outcome.reason, outcome.captures):
                    return Task(task.source, task.claim, rendered=True, seconds=monotonic() - begun)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a page that breaks the program fails alone; its raw bytes are kept
            if not isinstance(error, ExtractError):
                log.exception("%s: judging failed unexpectedly", task.source.id)
            outcome = pipeline.broken(job, fetched, error, now)
        outcome = attend(with_raw(outcome, fetched, every=self.settings.keep_all), task.source, fetched, self.audience)
        self._done(task.source, replace(outcome, seconds=monotonic() - begun))
        return None

    def _job(self, task: Task, now: datetime) -> Job:
        with_ = self.settings
        return Job(
            task.source,
            task.claim,
            with_.subscribers,
            now,
            zone=with_.zone,
            interests=with_.interests,
            stages=with_.stages,
            country=with_.country,
            moves_on=with_.moves_on,
        )

    def _adapted(self, source: Source, result: CheckResult) -> CheckResult:
        """The result with the due time of a source whose interval goes by what its page does."""
        if not source.adaptive or source.cron is not None or not result.outcome.good:
            return result
        latest = result.versions[-1].version if result.versions else self.store.latest(source.id)
        if latest is None:
            return result
        now = result.checked_at
        every = cadence(source.every, now, latest.first_seen, latest.effective_date)
        planned = result.claim.state.next_due
        return replace(result, next_due=next_due(source.id, result.outcome, now, every, planned=planned))

    def _done(self, source: Source, result: CheckResult) -> None:
        note = self.settings.politeness.ignored(source.urls)
        if note is not None:
            result = replace(result, detail=f"{result.detail}; {note}" if result.detail else note)
        result = self._adapted(source, result)
        self.counts[result.outcome] = self.counts.get(result.outcome, 0) + 1
        self.alerts += sum(len(made.alerts) for made in result.versions)
        self.buffer.append(result)
        if result.versions:
            self.flush()
        if self.observe is not None:
            self.observe(source, result)


def _audience(store: Store, settings: RunSettings, now: datetime) -> Audience:
    """Who may have to be told in this run, and which notices to the operator make one message."""
    moment = None
    if settings.gather is not None:
        last = store.last_notice(OPERATOR)
        before = datetime.fromisoformat(group_of(last).partition(":")[2]) if last else None
        moment = gathering(now, before, settings.gather)
    group = f"notices:{(moment or now).astimezone(UTC).isoformat()}"
    return Audience(settings.subscribers, settings.operator, settings.zone, group, moment)
