"""The loop: who is asked when, what one broken source does to the others, and how it stops."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, DocumentType, ExtractRules, Outcome, PageState, Reason, Source
from storage.protocol import Store
from watcher.fetcher import PLAIN, FetchFailure, FetchSettings, Manner
from watcher.fetcher.politeness import Politeness
from watcher.job import Fetched
from watcher.worker import RunSettings, check_due

TEXT = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy of {name}</h1><p>We keep personal data for "
    "{months} months. " + "We process personal data for the purposes that are described in this policy. " * 15 + "</p>"
    "<h2>Rights</h2><p>You have the right of access to your personal data.</p></main></html>"
)


class Web:
    """Answers by address; counts requests, and how many are under way at one host at a time."""

    def __init__(self) -> None:
        self.months = 12
        self.asked: Counter[str] = Counter()
        self.conditions: list[PageState | None] = []
        self.busy: Counter[str] = Counter()
        self.most_busy = 0
        self.lock = threading.Lock()
        self.broken: dict[str, Exception] = {}
        self.failing: set[str] = set()
        self.on_fetch: Callable[[str], None] = lambda _: None

    def fetch(
        self, url: str, *, state: PageState | None = None, manner: Manner = PLAIN, now: Callable[[], datetime]
    ) -> Fetched:
        host = url.split("/")[2]
        with self.lock:
            self.asked[url] += 1
            self.conditions.append(state)
            self.busy[host] += 1
            self.most_busy = max(self.most_busy, self.busy[host])
        try:
            self.on_fetch(url)
            if url in self.broken:
                raise self.broken[url]
            if url in self.failing:
                return FetchFailure(url, Reason.CONNECT, "refused", transient=True)
            body = TEXT.format(name=url, months=self.months).encode()
            digest = hashlib.sha256(body).hexdigest()
            return Capture(url, url, now(), 200, (("ETag", f'"{digest}"'),), "text/html", "utf-8", digest, body)
        finally:
            with self.lock:
                self.busy[host] -= 1


def sources(count: int, hosts: int) -> list[Source]:
    """So many sources on so many hosts."""
    return [
        Source(
            f"vendor{n}/privacy",
            f"Vendor {n}",
            DocumentType.PRIVACY_POLICY,
            (f"https://host{n % hosts}.example/{n}",),
            rules=ExtractRules(language="en"),
        )
        for n in range(count)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store."""
    opened = open_store(str(tmp_path / "history.db"), write=True)
    yield opened
    opened.close()


def settings(watched: list[Source], **more: bool) -> RunSettings:
    """Run settings for these sources."""
    return RunSettings(sources={source.id: source for source in watched}, threads=8, **more)  # type: ignore[arg-type]


def test_every_due_source_is_checked_once_and_never_two_at_a_host(store: Store, now: datetime) -> None:
    """600 sources on 5 hosts, more than are claimed at a time: each is asked once, one request in flight a host."""
    watched, web = sources(600, 5), Web()
    store.sync_sources(watched, now)
    report = check_due(store, web, settings(watched), lambda: now)
    assert (report.checked, report.outcomes) == (600, {Outcome.FIRST: 600})
    assert set(web.asked.values()) == {1}
    assert web.most_busy == 1
    assert check_due(store, web, settings(watched), lambda: now).checked == 0


def test_pages_do_not_pile_up_before_they_are_judged(store: Store, now: datetime) -> None:
    """However quick the web is, only so many pages wait in memory: two a thread, and one in each thread's hand."""
    watched, web = sources(300, 30), Web()
    store.sync_sources(watched, now)
    waiting, judged = [0], Counter[str]()

    def observe(source: Source, _: object) -> None:
        judged[source.id] += 1
        waiting.append(web.asked.total() - judged.total())

    assert check_due(store, web, settings(watched), lambda: now, observe=observe).checked == 300
    assert max(waiting) <= 3 * 8


def test_a_change_is_fetched_twice_and_nothing_is_asked_of_others(store: Store, now: datetime) -> None:
    """The second fetch confirms, without a condition; sources that are not due are left alone."""
    watched, web = sources(2, 1), Web()
    store.sync_sources(watched, now)
    check_due(store, web, settings(watched), lambda: now)
    web.months, web.conditions = 24, []
    report = check_due(store, web, settings(watched), lambda: now, only=["vendor0/privacy"])
    assert report.outcomes == {Outcome.CHANGED: 1}
    assert web.asked["https://host0.example/0"] == 3
    assert web.asked["https://host0.example/1"] == 1
    assert [state is None for state in web.conditions] == [False, True]


def test_force_asks_without_conditions(store: Store, now: datetime) -> None:
    """A server that says 304 wrongly is overruled by --force."""
    watched, web = sources(1, 1), Web()
    store.sync_sources(watched, now)
    check_due(store, web, settings(watched), lambda: now)
    web.conditions = []
    check_due(store, web, settings(watched, force=True), lambda: now, only=["vendor0/privacy"])
    assert web.conditions == [None]


@pytest.mark.parametrize("error", [RuntimeError("bug"), RecursionError("deep"), MemoryError("full")])
def test_one_source_that_breaks_the_program_fails_alone(store: Store, now: datetime, error: Exception) -> None:
    """The other nineteen are done; the broken one says what happened."""
    watched, web = sources(20, 4), Web()
    web.broken["https://host3.example/7"] = error
    store.sync_sources(watched, now)
    report = check_due(store, web, settings(watched), lambda: now)
    assert report.outcomes == {Outcome.FIRST: 19, Outcome.FAILED: 1}
    assert report.failed == 1
    (broken,) = [state for state in store.states() if state.outcome is Outcome.FAILED]
    assert (broken.source_id, broken.reason) == ("vendor7/privacy", Reason.INTERNAL)


def test_a_dry_run_writes_nothing_and_gives_everything_back(store: Store, now: datetime) -> None:
    """What it saw is reported; the next run finds the same work."""
    watched, web = sources(5, 2), Web()
    store.sync_sources(watched, now)
    seen: list[Outcome] = []
    report = check_due(
        store, web, settings(watched, dry_run=True), lambda: now, observe=lambda _, result: seen.append(result.outcome)
    )
    assert report.outcomes == {Outcome.FIRST: 5}
    assert seen == [Outcome.FIRST] * 5
    assert store.versions() == []
    assert check_due(store, web, settings(watched), lambda: now).checked == 5


def test_a_stop_finishes_what_is_under_way_and_gives_the_rest_back(store: Store, now: datetime) -> None:
    """After the stop no new page is asked for; the next run takes the rest at once."""
    watched, web, stop = sources(50, 1), Web(), threading.Event()
    store.sync_sources(watched, now)
    web.on_fetch = lambda _: stop.set() if web.asked.total() == 10 else None
    report = check_due(store, web, settings(watched), lambda: now, stop=stop)
    assert report.checked == len(store.versions()) == 10
    assert check_due(store, web, settings(watched), lambda: now).checked == 50 - report.checked


def test_a_clock_that_was_wrong_for_a_while_silences_no_source(store: Store, now: datetime) -> None:
    """400 days ahead and back: checked at once, not in a year. Two hours back: nothing is asked for again."""
    watched, web = sources(6, 2), Web()
    store.sync_sources(watched, now)
    check_due(store, web, settings(watched), lambda: now)
    assert check_due(store, web, settings(watched), lambda: now - timedelta(hours=2)).checked == 0
    check_due(store, web, settings(watched), lambda: now + timedelta(days=400))
    web.months = 24
    report = check_due(store, web, settings(watched), lambda: now + timedelta(days=2))
    assert report.outcomes == {Outcome.CHANGED: 6}
    assert [version.number for version in store.versions("vendor0/privacy")] == [1, 2]
    assert check_due(store, web, settings(watched), lambda: now + timedelta(days=2)).checked == 0


def test_what_a_stop_cut_off_is_given_back_unrecorded(store: Store, now: datetime) -> None:
    """A fetch that failed because the run was stopped says nothing about the page: no failure, due at once again."""
    watched, web, stop = sources(3, 3), Web(), threading.Event()
    store.sync_sources(watched, now)
    web.failing.update(url for source in watched for url in source.urls)
    web.on_fetch = lambda _: stop.set()
    report = check_due(store, web, settings(watched), lambda: now, stop=stop)
    assert (report.checked, report.failed) == (0, 0)
    assert report.left == 3
    assert [(state.outcome, state.failures) for state in store.states()] == [(None, 0)] * 3
    web.failing.clear()
    assert check_due(store, web, settings(watched), lambda: now).checked == 3


def test_unchanged_results_survive_a_later_crash_of_the_run(store: Store, now: datetime) -> None:
    """Whatever ends the run, what was judged before is committed."""
    watched, web = sources(10, 1), Web()
    store.sync_sources(watched, now)

    def observe(source: Source, _: object) -> None:
        if source.id == "vendor5/privacy":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_due(store, web, settings(watched), lambda: now, observe=observe)
    done = len(store.versions())
    assert done >= 6
    later = now + timedelta(hours=1)  # the lease of the source that was in hand has run out
    assert check_due(store, web, settings(watched), lambda: later).checked == 10 - done


def test_a_failing_host_backs_off_and_recovers(store: Store, now: datetime) -> None:
    """Refused: failed with its reason, due again in minutes; then fine, and the count of failures starts anew."""
    watched, web = sources(1, 1), Web()
    store.sync_sources(watched, now)
    web.failing.add("https://host0.example/0")
    assert check_due(store, web, settings(watched), lambda: now).failed == 1
    (state,) = store.states()
    assert (state.reason, state.failures) == (Reason.CONNECT, 1)
    assert timedelta(minutes=4) <= state.next_due - now <= timedelta(minutes=5)
    web.failing.clear()
    check_due(store, web, settings(watched), lambda: now + timedelta(minutes=5))
    assert [(state.outcome, state.failures) for state in store.states()] == [(Outcome.FIRST, 0)]


def test_a_source_that_waits_longer_than_its_lease_is_checked_once(store: Store, now: datetime) -> None:
    """300 sources of one host, a minute each: leases run out in the queue; what is claimed anew is no second task."""
    watched, web = sources(300, 1), Web()
    web.failing.update(url for source in watched for url in source.urls)
    store.sync_sources(watched, now)
    report = check_due(store, web, settings(watched), lambda: now + timedelta(minutes=web.asked.total()))
    assert report.outcomes == {Outcome.FAILED: 300}
    assert set(web.asked.values()) == {1}
    assert [len(store.ledger(state.source_id)) for state in store.states()] == [1] * 300


def test_a_run_longer_than_the_interval_ends(store: Store, now: datetime) -> None:
    """T03: 600 sources wanted every minute, a second each: due again before the last is asked, each is asked once."""
    watched, web = [replace(source, every=timedelta(minutes=1)) for source in sources(600, 2)], Web()
    web.failing.update(url for source in watched for url in source.urls)
    store.sync_sources(watched, now)
    report = check_due(store, web, settings(watched), lambda: now + timedelta(seconds=web.asked.total()))
    assert report.outcomes == {Outcome.FAILED: 600}
    assert set(web.asked.values()) == {1}


def test_after_a_suspend_each_source_is_checked_once(store: Store, now: datetime) -> None:
    """T03: eight hours of sleep with sources wanted every hour: one catch-up run, not eight."""
    watched, web = [replace(source, every=timedelta(hours=1)) for source in sources(20, 4)], Web()
    store.sync_sources(watched, now)
    check_due(store, web, settings(watched), lambda: now)
    assert check_due(store, web, settings(watched), lambda: now + timedelta(hours=8)).checked == 20
    assert check_due(store, web, settings(watched), lambda: now + timedelta(hours=8)).checked == 0
    assert set(web.asked.values()) == {2}


def test_a_run_that_goes_on_for_too_long_gives_back_what_has_not_begun(store: Store, now: datetime) -> None:
    """A host that wants an hour between two requests does not keep the run; its sources are first in the next one."""
    watched, web = sources(3, 1), Web()
    politeness = Politeness(FetchSettings(gap=timedelta(hours=1)))
    web.on_fetch = lambda url: politeness.asked(url.split("/")[2])
    store.sync_sources(watched, now)
    with_ = replace(settings(watched), politeness=politeness, longest=timedelta(seconds=2))
    report = check_due(store, web, with_, lambda: now)
    assert (report.checked, report.left, report.outcomes) == (1, 2, {Outcome.FIRST: 1})
    assert check_due(store, web, settings(watched), lambda: now).checked == 2


def test_a_stop_does_not_wait_for_a_slow_host(store: Store, now: datetime) -> None:
    """A host that wants an hour between two requests: the run ends at once, and what was not asked is given back."""
    watched, web, stop = sources(3, 1), Web(), threading.Event()
    politeness = Politeness(FetchSettings(gap=timedelta(hours=1)))
    web.on_fetch = lambda url: politeness.asked(url.split("/")[2])
    store.sync_sources(watched, now)
    timer = threading.Timer(0.3, stop.set)
    with_ = replace(settings(watched), politeness=politeness)
    begun = time.monotonic()
    report = check_due(store, web, with_, lambda: now, stop=stop, observe=lambda *_: timer.start())
    timer.join()
    assert (report.checked, report.left) == (1, 2)
    assert time.monotonic() - begun < 60
    assert check_due(store, web, settings(watched), lambda: now).checked == 2


def test_pages_of_one_document_on_two_hosts_are_asked_each_at_its_host(store: Store, now: datetime) -> None:
    """A document of several pages goes from host to host; nowhere are two requests at once."""
    watched = [
        replace(source, urls=(source.urls[0], f"https://host{(n + 1) % 3}.example/more/{n}"))
        for n, source in enumerate(sources(60, 3))
    ]
    web = Web()
    store.sync_sources(watched, now)
    assert check_due(store, web, settings(watched), lambda: now).outcomes == {Outcome.FIRST: 60}
    assert web.asked.total() == 120
    assert web.most_busy == 1
