"""Good manners on real servers: robots.txt, gaps, holds, and what is told of them (faults.md H25, H40, T04)."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.connect import open_store
from storage.model import Capture, DocumentType, ExtractRules, HostState, Outcome, Reason, RobotsAnswer, Source
from storage.protocol import Store
from watcher.fetcher import FetchFailure, FetchSettings, Manner
from watcher.fetcher.polite import PatientFetcher, PoliteFetcher, polite_fetcher
from watcher.worker import RunReport, RunSettings, check_due

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PAGE = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>"
    + "We process personal data for the purposes that are described in this policy. " * 15
    + "</p><h2>Rights</h2><p>You have the right of access to your personal data.</p></main></html>"
)
CLOSED = "User-agent: *\nDisallow: /"

Answer = tuple[int, dict[str, str], str]


@dataclass
class Guest:
    """A host on loopback that notes when each request came and went. What is not in `pages` is 404."""

    url: str
    pages: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    times: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0

    def robots(self, text: str) -> None:
        """Publish a robots.txt."""
        self.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, text)

    @property
    def gaps(self) -> list[float]:
        """The seconds from the end of each request to the begin of the next; below 0 two were there at once."""
        return [begin - end for (_, end), (begin, _) in pairwise(sorted(self.times))]


@pytest.fixture
def host() -> Iterator[Callable[..., Guest]]:
    """Makes hosts, each on an address of its own."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def make(number: int = 1) -> Guest:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                begin = time.monotonic()
                guest.asked.append(self.path)
                found = guest.pages.get(self.path, (404, {}, "none"))
                status, headers, body = found() if callable(found) else found
                time.sleep(guest.seconds)
                raw = body.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                guest.times.append((begin, time.monotonic()))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                """Stay quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        server = Server((f"127.0.0.{number}", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread))
        guest = Guest(f"http://127.0.0.{number}:{server.server_address[1]}")
        return guest

    yield make
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def settings(gap: float = 0.0) -> FetchSettings:
    """Loopback, and a gap in seconds."""
    return FetchSettings(allow_networks=("127.0.0.0/8",), gap=timedelta(seconds=gap), deadline=timedelta(seconds=10))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store."""
    opened = open_store(str(tmp_path / "history.db"), write=True)
    yield opened
    opened.close()


@pytest.fixture
def patient() -> Iterator[PatientFetcher]:
    """A fetcher without a store and without a gap."""
    with PatientFetcher(polite_fetcher(settings())) as fetcher:
        yield fetcher


def source(number: int, url: str, **more: Any) -> Source:
    """A source."""
    rules = ExtractRules(language="en")
    return Source(f"v{number}/privacy", "V", DocumentType.PRIVACY_POLICY, (url,), rules=rules, **more)


def run(
    store: Store,
    watched: Sequence[Source],
    now: datetime = NOW,
    *,
    gap: float = 0.0,
    clock: Callable[[], datetime] | None = None,
    fetcher: PoliteFetcher | None = None,
) -> RunReport:
    """One run as `check` does it: a new process knows what the store knows."""
    store.sync_sources(watched, now)
    with fetcher or polite_fetcher(settings(gap), store) as polite:
        with_ = RunSettings(sources={one.id: one for one in watched}, politeness=polite.politeness)
        return check_due(store, polite, with_, clock or (lambda: now))


def told(store: Store) -> dict[str, tuple[Outcome | None, Reason | None, str | None]]:
    """How each source stands."""
    return {state.source_id: (state.outcome, state.reason, state.detail) for state in store.states()}


# --- robots.txt --------------------------------------------------------------------------------------------------


def test_robots_is_asked_first_and_obeyed(host: Callable[..., Guest], patient: PatientFetcher) -> None:
    """A page that it disallows is never asked for; the failure says so, lasts, and names the remedy (H40)."""
    guest = host()
    guest.robots("User-agent: *\nDisallow: /closed")
    guest.pages |= {"/closed": (200, {}, PAGE), "/open": (200, {}, PAGE)}
    answer = patient.fetch(f"{guest.url}/closed?x=1", now=lambda: NOW)
    assert isinstance(answer, FetchFailure)
    assert (answer.reason, answer.transient, answer.status) == (Reason.ROBOTS, False, None)
    assert "disallows '/closed?x=1' for clausewatch" in answer.detail
    assert "robots = false" in answer.detail
    assert isinstance(patient.fetch(f"{guest.url}/open", now=lambda: NOW), Capture)
    assert guest.asked == ["/robots.txt", "/open"]


def test_robots_holds_for_a_browser_too(host: Callable[..., Guest], patient: PatientFetcher) -> None:
    """A page that is to be rendered is asked about in the same way, before any browser is started."""
    guest = host()
    guest.robots(CLOSED)
    answer = patient.fetch(f"{guest.url}/a", manner=Manner(fetcher="browser"), now=lambda: NOW)
    assert isinstance(answer, FetchFailure)
    assert answer.reason is Reason.ROBOTS
    assert guest.asked == ["/robots.txt"]


def test_an_override_asks_all_the_same_and_says_so(host: Callable[..., Guest], store: Store) -> None:
    """With robots = false the page is had, and every check notes what was not obeyed; other sources obey."""
    guest = host()
    guest.robots(CLOSED)
    guest.pages["/a"] = (200, {}, PAGE)
    watched = [source(0, f"{guest.url}/a", robots=False), source(1, f"{guest.url}/a")]
    note = f"{guest.url}/robots.txt disallows it; overridden by robots = false"
    run(store, watched)
    assert told(store)["v0/privacy"] == (Outcome.FIRST, None, note)
    assert told(store)["v1/privacy"][:2] == (Outcome.FAILED, Reason.ROBOTS)
    run(store, watched, NOW + timedelta(days=2))
    assert [(entry.outcome, entry.detail) for entry in store.ledger("v0/privacy")] == [
        (Outcome.UNCHANGED, note),
        (Outcome.FIRST, note),
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_means_that_all_is_allowed(host: Callable[..., Guest], patient: PatientFetcher, status: int) -> None:
    """Status 4xx: there is no such file."""
    guest = host()
    guest.pages |= {"/robots.txt": (status, {}, CLOSED), "/a": (200, {}, PAGE)}
    assert isinstance(patient.fetch(f"{guest.url}/a"), Capture)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_robots_in_trouble_means_that_nothing_is_for_now(
    host: Callable[..., Guest], patient: PatientFetcher, status: int
) -> None:
    """Status 5xx: the page is not asked for, and it may pass; with robots = false it is."""
    guest = host()
    guest.pages |= {"/robots.txt": (status, {}, ""), "/a": (200, {}, PAGE)}
    answer = patient.fetch(f"{guest.url}/a")
    assert isinstance(answer, FetchFailure)
    assert (answer.reason, answer.transient, answer.status) == (Reason.HTTP_STATUS, True, status)
    assert f"{guest.url}/robots.txt could not be had" in answer.detail
    assert guest.asked == ["/robots.txt"]
    assert isinstance(patient.fetch(f"{guest.url}/a", manner=Manner(robots=False)), Capture)
    assert guest.asked == ["/robots.txt", "/a"]


def test_a_dead_host_fails_for_its_own_reason(patient: PatientFetcher) -> None:
    """No connection is told as such, not as a ban."""
    answer = patient.fetch("http://127.0.0.1:1/a")
    assert isinstance(answer, FetchFailure)
    assert (answer.reason, answer.transient) == (Reason.CONNECT, True)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (socket.EAI_NONAME, "there is no host of that name"),
        (socket.EAI_AGAIN, "could not be looked up"),
        (socket.EAI_FAIL, "could not be looked up"),
    ],
    ids=["NXDOMAIN", "SERVFAIL", "REFUSED"],
)
def test_h26_a_name_that_does_not_exist_and_a_resolver_in_trouble_are_told_apart(
    patient: PatientFetcher, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    """By the type of the resolver's answer; both may pass, and neither is a ban by robots.txt."""

    def refuse(*_: object) -> None:
        raise socket.gaierror(code, "no")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    answer = patient.fetch("http://acme.example/a")
    assert isinstance(answer, FetchFailure)
    assert (answer.reason, answer.transient) == (Reason.DNS, True)
    assert words in answer.detail


@pytest.mark.parametrize("status", [500, 502, 504])
def test_h26_a_host_in_trouble_is_tried_again_twice_as_late_each_time(
    host: Callable[..., Guest], store: Store, status: int
) -> None:
    """5 minutes, 10, 20 ... up to 6 hours, each up to a fifth less; the first good check ends it."""
    guest, now, waits = host(), NOW, []
    guest.pages["/a"] = (status, {}, "")
    watched = [source(0, f"{guest.url}/a", every=timedelta(days=2))]
    for _ in range(9):
        run(store, watched, now)
        (state,) = store.states()
        waits.append((state.next_due - now).total_seconds() / 60)
        now = state.next_due
    for wait, most in zip(waits, [5, 10, 20, 40, 80, 160, 320, 360, 360], strict=True):
        assert 0.8 * most <= wait <= most
    guest.pages["/a"] = (200, {}, PAGE)
    run(store, watched, now)
    assert [(state.outcome, state.failures) for state in store.states()] == [(Outcome.FIRST, 0)]


def test_robots_behind_redirects(host: Callable[..., Guest], patient: PatientFetcher) -> None:
    """Five are followed, to other hosts too, the rules are for the origin that was asked; six mean none (2.3.1.2)."""
    one, two = host(1), host(2)
    one.pages |= {f"/r{n}": (302, {"Location": f"/r{n + 1}"}, "") for n in range(4)}
    one.pages |= {"/robots.txt": (301, {"Location": "/r1"}, ""), "/a": (200, {}, PAGE), "/a2": (200, {}, PAGE)}
    one.pages["/r4"] = (302, {"Location": f"{two.url}/rules"}, "")
    two.pages |= {"/rules": (200, {}, CLOSED), "/b": (200, {}, PAGE)}
    answer = patient.fetch(f"{one.url}/a")
    assert isinstance(answer, FetchFailure)
    assert answer.reason is Reason.ROBOTS
    assert len(one.asked) == 5
    assert isinstance(patient.fetch(f"{two.url}/b"), Capture)
    three = host(3)
    three.pages |= {f"/r{n}": (302, {"Location": f"/r{n + 1}"}, "") for n in range(9)}
    three.pages |= {"/robots.txt": (302, {"Location": "/r0"}, ""), "/a": (200, {}, PAGE)}
    assert isinstance(patient.fetch(f"{three.url}/a"), Capture)


def test_a_redirect_asks_the_robots_of_the_host_it_leads_to(
    host: Callable[..., Guest], patient: PatientFetcher
) -> None:
    """What the second host disallows is not asked for, though the first allowed the way there."""
    one, two = host(1), host(2)
    one.pages["/a"] = (302, {"Location": f"{two.url}/secret"}, "")
    two.robots(CLOSED)
    two.pages["/secret"] = (200, {}, PAGE)
    answer = patient.fetch(f"{one.url}/a")
    assert isinstance(answer, FetchFailure)
    assert answer.reason is Reason.ROBOTS
    assert f"{two.url}/robots.txt disallows '/secret'" in answer.detail
    assert (one.asked, two.asked) == (["/robots.txt", "/a"], ["/robots.txt"])


def test_robots_is_kept_from_run_to_run_for_a_day(host: Callable[..., Guest], store: Store) -> None:
    """Each run is a new process: the file is asked for once in 24 hours."""
    guest = host()
    guest.robots("User-agent: *\nDisallow: /x")
    guest.pages["/a"] = (200, {}, PAGE)
    watched = [source(0, f"{guest.url}/a", every=timedelta(hours=1))]
    for hours in range(0, 48, 8):
        run(store, watched, NOW + timedelta(hours=hours))
    assert Counter(guest.asked) == {"/robots.txt": 2, "/a": 6}
    (known,) = store.hosts()
    assert (known.origin, known.robots, known.robots_at) == (guest.url, RobotsAnswer.RULES, NOW + timedelta(hours=24))


def test_the_rules_of_yesterday_hold_while_robots_is_down(host: Callable[..., Guest], store: Store) -> None:
    """What was allowed is still fetched, what was not is still not."""
    guest = host()
    guest.robots("User-agent: *\nDisallow: /x")
    guest.pages |= {"/a": (200, {}, PAGE), "/x": (200, {}, PAGE)}
    watched = [source(0, f"{guest.url}/a"), source(1, f"{guest.url}/x")]
    run(store, watched)
    guest.pages["/robots.txt"] = (500, {}, "")
    run(store, watched, NOW + timedelta(days=2))
    assert [entry[:2] for entry in told(store).values()] == [
        (Outcome.UNCHANGED, None),
        (Outcome.FAILED, Reason.ROBOTS),
    ]
    assert "/x" not in guest.asked


# --- gaps --------------------------------------------------------------------------------------------------------


def test_three_hundred_sources_on_five_hosts_are_asked_one_by_one(host: Callable[..., Guest], store: Store) -> None:
    """16 threads: at each host never two requests at once, 20 ms between them, robots.txt once (T04)."""
    guests = [host(number) for number in range(1, 6)]
    for guest in guests:
        guest.seconds = 0.002
        guest.pages |= {f"/{n}": (200, {"ETag": f'"{n}"'}, PAGE) for n in range(60)}
    watched = [source(n, f"{guests[n % 5].url}/{n // 5}") for n in range(300)]
    assert run(store, watched, gap=0.02).outcomes == {Outcome.FIRST: 300}
    for guest in guests:
        assert len(guest.asked) == 61
        assert guest.asked.count("/robots.txt") == 1
        assert min(guest.gaps) >= 0.02
    begins, ends = zip(*(((guest.times[0][0]), guest.times[-1][1]) for guest in guests), strict=True)
    assert max(begins) < min(ends), "hosts were asked one after the other, not side by side"


def test_what_robots_asks_for_is_kept(host: Callable[..., Guest], store: Store) -> None:
    """A Crawl-delay longer than the gap counts, for the next request already; a redirect and a second look keep it."""
    guest = host()
    guest.robots("User-agent: *\nCrawl-delay: 0.15\nDisallow:")
    guest.pages |= {"/a": (302, {"Location": "/b"}, ""), "/b": (200, {}, PAGE)}
    watched = [source(0, f"{guest.url}/a")]
    run(store, watched)
    guest.pages["/b"] = (200, {}, PAGE.replace("right of access", "right of rectification"))
    report = run(store, watched, NOW + timedelta(hours=23))
    assert report.outcomes == {Outcome.CHANGED: 1}
    assert guest.asked == ["/robots.txt", "/a", "/b", "/a", "/b", "/a", "/b"]
    assert min(guest.gaps[:2] + guest.gaps[3:]) >= 0.15


def test_no_thread_waits_at_a_slow_host(host: Callable[..., Guest], store: Store) -> None:
    """One thread and a host that wants long pauses: the other host is asked meanwhile."""
    slow, quick = host(1), host(2)
    slow.robots("User-agent: *\nCrawl-delay: 1.5\nDisallow:")
    slow.pages["/a"] = (200, {}, PAGE)
    quick.pages |= {f"/{n}": (200, {}, PAGE) for n in range(20)}
    watched = [source(0, f"{slow.url}/a"), *(source(n + 1, f"{quick.url}/{n}") for n in range(20))]
    store.sync_sources(watched, NOW)
    with polite_fetcher(settings(), store) as polite:
        with_ = RunSettings({one.id: one for one in watched}, threads=1, politeness=polite.politeness)
        assert check_due(store, polite, with_, lambda: NOW).checked == 21
    (_, begin), (end, _) = slow.times
    assert end - begin >= 1.5
    assert any(begin <= at <= end for at, _ in quick.times)


# --- holds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_the_host(host: Callable[..., Guest], store: Store, status: int) -> None:
    """The others of that host are not asked and nothing is recorded of them; another host goes on; all come later."""
    guest, other = host(1), host(2)
    guest.pages |= {f"/{n}": (status, {"Retry-After": "7200"}, "") for n in range(4)}
    other.pages["/a"] = (200, {}, PAGE)
    watched = [*(source(n, f"{guest.url}/{n}") for n in range(4)), source(9, f"{other.url}/a")]
    report = run(store, watched)
    assert report.outcomes == {Outcome.FAILED: 1, Outcome.FIRST: 1}
    assert len(report.held) == 3
    until = NOW + timedelta(hours=2)
    assert {held.until for held in report.held} == {until}
    assert len(guest.asked) == 2
    held = [state for state in store.states() if state.outcome is None]
    assert [(state.next_due, state.last_check, state.failures) for state in held] == [(until, None, 0)] * 3
    assert [store.ledger(state.source_id) for state in held] == [[]] * 3
    # The next process respects it too, also for a source that is asked for by name or new.
    more = [*watched, source(5, f"{guest.url}/5")]
    assert len(run(store, more, NOW + timedelta(hours=1)).held) == 1
    assert len(guest.asked) == 2
    guest.pages |= {f"/{n}": (200, {}, PAGE) for n in range(6)}
    assert run(store, more, until + timedelta(minutes=1)).outcomes == {Outcome.FIRST: 5}
    (known,) = [known for known in store.hosts() if known.origin == guest.url]
    assert (known.refusals, known.hold_until) == (0, None)


def wait_of(answer: str | None, store: Store, guest: Guest) -> timedelta:
    """How long a source is left alone after a 429 with that Retry-After."""
    guest.pages["/a"] = (429, {} if answer is None else {"Retry-After": answer}, "")
    run(store, [source(0, f"{guest.url}/a")])
    (state,) = store.states()
    assert (state.outcome, state.reason) == (Outcome.FAILED, Reason.RATE_LIMITED)
    return state.next_due - NOW


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ("120", 300),
        ("3600", 3600),
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), 3 * 3600),
        ("99999999", 24 * 3600),
        ("-5", 300),
        ("abc", 300),
        (format_datetime(NOW - timedelta(hours=3), usegmt=True), 300),
        (None, 300),
    ],
    ids=["120", "3600", "date", "99999999", "-5", "abc", "past", "none"],
)
def test_h25_the_next_try_is_no_sooner_than_asked(
    host: Callable[..., Guest], store: Store, answer: str | None, seconds: int
) -> None:
    """max(normal, min(value, 24 h)); junk is ignored, and no thread sleeps for it (normal: 5 minutes less jitter)."""
    begun = time.monotonic()
    wait = wait_of(answer, store, host()).total_seconds()
    assert (seconds * 0.8 if seconds == 300 else seconds) <= wait <= seconds
    assert time.monotonic() - begun < 5


def _at(moment: datetime) -> datetime:
    return moment


def test_a_host_that_refuses_again_and_again_is_asked_less_and_less(host: Callable[..., Guest], store: Store) -> None:
    """429 without a time: 30 seconds, a minute, two ... six hours at most; a good answer begins anew."""
    guest, waits = host(), []
    guest.pages["/a"] = (429, {}, "")
    for day in range(12):
        now = NOW + timedelta(days=day)
        with closing(polite_fetcher(settings(), store)) as polite:
            fetcher = PatientFetcher(polite)
            assert isinstance(fetcher.fetch(f"{guest.url}/a", now=partial(_at, now)), FetchFailure)
            held = polite.politeness.held(guest.url, now)
            waits.append((held.until - now).total_seconds() if held else polite.politeness.wait("127.0.0.1"))
            store.keep_hosts(polite.politeness.take_changes())
    assert 29 < waits[0] <= 30
    assert waits[1:] == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]
    guest.pages["/a"] = (200, {}, PAGE)
    assert run(store, [source(0, f"{guest.url}/a")], NOW + timedelta(days=12)).outcomes == {Outcome.FIRST: 1}
    assert [known.refusals for known in store.hosts()] == [0]


def test_one_page_in_trouble_holds_up_no_other(host: Callable[..., Guest], store: Store) -> None:
    """A single 503 that names no time is that page's own; the rest of the host is asked at once."""
    guest = host()
    guest.pages |= {f"/{n}": (200, {}, PAGE) for n in range(5)} | {"/2": (503, {}, "")}
    report = run(store, [source(n, f"{guest.url}/{n}") for n in range(5)])
    assert report.outcomes == {Outcome.FIRST: 4, Outcome.FAILED: 1}
    assert report.held == ()


def test_a_hold_that_no_server_could_have_asked_for_counts_for_nothing(
    host: Callable[..., Guest], store: Store
) -> None:
    """Set while the clock was a year ahead: the host is asked now."""
    guest = host()
    guest.pages["/a"] = (200, {}, PAGE)
    store.keep_hosts([HostState(guest.url, hold_until=NOW + timedelta(days=365), refusals=3)])
    assert run(store, [source(0, f"{guest.url}/a")]).outcomes == {Outcome.FIRST: 1}


def test_a_dry_run_keeps_nothing_of_the_hosts(host: Callable[..., Guest], store: Store) -> None:
    """Neither robots.txt nor holds, and every source is as due as before."""
    guest = host()
    guest.pages |= {"/0": (429, {"Retry-After": "7200"}, ""), "/1": (200, {}, PAGE)}
    watched = [source(n, f"{guest.url}/{n}") for n in range(2)]
    store.sync_sources(watched, NOW)
    with polite_fetcher(settings(), store) as polite:
        with_ = RunSettings({one.id: one for one in watched}, dry_run=True, politeness=polite.politeness)
        check_due(store, polite, with_, lambda: NOW)
    assert store.hosts() == []
    assert [state.next_due for state in store.states()] == [NOW, NOW]
