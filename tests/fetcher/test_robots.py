"""robots.txt, as RFC 9309 wants it read, kept and missed (faults.md H40)."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Capture, HostState, Reason, RobotsAnswer
from watcher.fetcher.origin import host_of, origin_of
from watcher.fetcher.outcome import FetchFailure, NotModified
from watcher.fetcher.robots import FRESH, MAX_BYTES, Rules, forbids_all, fresh, learn

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ORIGIN = "https://acme.example"
UNKNOWN = HostState(ORIGIN)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def file(body: str | bytes) -> Capture:
    """A robots.txt as it came."""
    raw = body.encode() if isinstance(body, str) else body
    url = f"{ORIGIN}/robots.txt"
    return Capture(url, url, NOW, 200, (), "text/plain", None, hashlib.sha256(raw).hexdigest(), raw)


def refusal(status: int | None, reason: Reason = Reason.HTTP_STATUS, *, transient: bool = True) -> FetchFailure:
    """The want of one."""
    return FetchFailure(f"{ORIGIN}/robots.txt", reason, f"status {status}", transient, status)


ALLOWED = {
    "nothing in it": ("", "/privacy", True),
    "nothing for us": ("User-agent: otherbot\nDisallow: /", "/privacy", True),
    "everybody": ("User-agent: *\nDisallow: /", "/privacy", False),
    "everybody, the root": ("User-agent: *\nDisallow: /", "", False),
    "an empty rule": ("User-agent: *\nDisallow:", "/privacy", True),
    "our group and no other": ("User-agent: *\nDisallow: /\n\nUser-agent: clausewatch\nDisallow: /x", "/privacy", True),
    "our group forbids": ("User-agent: *\nAllow: /\n\nUser-agent: ClauseWatch\nDisallow: /p", "/privacy", False),
    "our group among others": ("User-agent: abot\nUser-agent: clausewatch\nUser-agent: zbot\nDisallow: /", "/a", False),
    "our group twice": ("User-agent: clausewatch\nAllow: /a\nUser-agent: clausewatch\nDisallow: /b", "/b", False),
    "our group by its version": ("User-agent: clausewatch/1.0\nDisallow: /", "/a", False),
    "a bot of a longer name": ("User-agent: clausewatchers\nDisallow: /", "/a", True),
    "a bot of a shorter name": ("User-agent: clause\nDisallow: /", "/a", True),
    "rules before any group": ("Disallow: /\nUser-agent: abot\nDisallow: /", "/a", True),
    "rules of others stay theirs": ("User-agent: abot\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
    "the longest rule": ("User-agent: *\nDisallow: /legal\nAllow: /legal/privacy", "/legal/privacy", True),
    "the longest rule, the other way": ("User-agent: *\nAllow: /legal\nDisallow: /legal/p", "/legal/privacy", False),
    "a tie": ("User-agent: *\nDisallow: /legal\nAllow: /legal", "/legal", True),
    "a star": ("User-agent: *\nDisallow: /*/privacy", "/en/privacy", False),
    "the end": ("User-agent: *\nDisallow: /*.pdf$", "/dpa.pdf", False),
    "not the end": ("User-agent: *\nDisallow: /*.pdf$", "/dpa.pdf?v=2", True),
    "the query": ("User-agent: *\nDisallow: /*?session=", "/privacy?session=1", False),
    "another query": ("User-agent: *\nDisallow: /*?session=", "/privacy?lang=nl", True),
    "case of the path": ("User-agent: *\nDisallow: /Privacy", "/privacy", True),
    "an escape": ("User-agent: *\nDisallow: /%c3%a9t%C3%A9", "/été", False),
    "a comment": ("User-agent: * # all\nDisallow: / # everything", "/a", False),
    "lines ended as on a Macintosh": ("User-agent: *\rDisallow: /", "/a", False),
    "a byte order mark": ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
    "a page of HTML": ("<!doctype html><title>Not found</title><p>Disallow: /", "/a", True),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_file_allows(name: str) -> None:
    """The rules of our group, else of everybody's; the longest wins, and Allow wins a tie (RFC 9309, 2.2)."""
    text, path, allowed = ALLOWED[name]
    known = learn(UNKNOWN, file(text), NOW)
    assert known.robots is RobotsAnswer.RULES
    assert Rules(known.rules or "").allow(ORIGIN + path) is allowed


@pytest.mark.parametrize(
    ("answer", "robots"),
    [
        *((refusal(status), RobotsAnswer.NONE) for status in (400, 401, 403, 418, 451, 499)),
        *((refusal(status, Reason.GONE, transient=False), RobotsAnswer.NONE) for status in (404, 410)),
        (refusal(None, Reason.REDIRECT, transient=False), RobotsAnswer.NONE),
        (refusal(429, Reason.RATE_LIMITED), RobotsAnswer.UNREACHABLE),
        *((refusal(status), RobotsAnswer.UNREACHABLE) for status in (500, 502, 503, 504, 599)),
        *(
            (refusal(None, reason), RobotsAnswer.UNREACHABLE)
            for reason in (Reason.DNS, Reason.CONNECT, Reason.TIMEOUT, Reason.TLS, Reason.RESET, Reason.TOO_LARGE)
        ),
    ],
    ids=lambda value: f"{value.reason}-{value.status}" if isinstance(value, FetchFailure) else None,
)
def test_what_the_want_of_a_file_means(answer: FetchFailure, robots: RobotsAnswer) -> None:
    """4xx and redirects to nowhere: there is none. 5xx, 429 and no connection: nothing may be asked (2.3.1)."""
    known = learn(UNKNOWN, answer, NOW)
    assert known.robots is robots
    assert forbids_all(known, NOW) is (robots is RobotsAnswer.UNREACHABLE)
    assert known.reason is (answer.reason if robots is RobotsAnswer.UNREACHABLE else None)


def test_an_answer_holds_for_a_day() -> None:
    """Both a file and the want of one; a clock that was set back asks anew (2.4)."""
    for answer in (file("User-agent: *\nDisallow: /"), refusal(404, Reason.GONE)):
        known = learn(UNKNOWN, answer, NOW)
        assert fresh(known, NOW + FRESH - MINUTE)
        assert not fresh(known, NOW + FRESH)
        assert not fresh(known, NOW - MINUTE)
    assert not fresh(UNKNOWN, NOW)


def test_a_file_that_cannot_be_had_is_asked_for_at_growing_intervals() -> None:
    """Five minutes, then twice as long each time, six hours at most."""
    known, moments = UNKNOWN, [NOW]
    for _ in range(10):
        known = learn(known, refusal(503), moments[-1])
        later = moments[-1]
        while fresh(known, later):
            later += MINUTE
        moments.append(later)
    waits = [(after - before) // MINUTE for before, after in pairwise(moments)]
    assert waits == [5, 5, 10, 20, 40, 80, 160, 320, 360, 360]


def test_nothing_is_forbidden_for_longer_than_thirty_days() -> None:
    """A host whose robots.txt fails for good may be asked after 30 days as if there were none (2.3.1.4)."""
    known = learn(UNKNOWN, refusal(500), NOW)
    known = learn(known, refusal(500), NOW + 29 * DAY)
    assert known.unreachable_since == NOW
    assert forbids_all(known, NOW + 30 * DAY - MINUTE)
    assert not forbids_all(known, NOW + 30 * DAY)


def test_the_last_file_stays_in_force_while_it_cannot_be_had() -> None:
    """What it disallowed stays disallowed, what it allowed allowed; the next answer ends that."""
    known = learn(UNKNOWN, file("User-agent: *\nDisallow: /x"), NOW)
    known = learn(known, refusal(503), NOW + DAY)
    assert (known.robots, known.rules) == (RobotsAnswer.UNREACHABLE, "User-agent: *\nDisallow: /x")
    assert not forbids_all(known, NOW + DAY)
    gone = learn(known, refusal(404, Reason.GONE), NOW + 2 * DAY)
    assert (gone.rules, gone.unreachable_since, gone.reason) == (None, None, None)
    assert learn(UNKNOWN, NotModified(ORIGIN, NOW), NOW).robots is RobotsAnswer.NONE


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Crawl-delay: 7", 7.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", 60.0),
        ("Crawl-delay: 1e308", 60.0),
        ("Crawl-delay: -5", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/10", 10.0),
        ("Request-rate: 6/1m", 10.0),
        ("Request-rate: 1/10\nCrawl-delay: 20", 20.0),
        ("Request-rate: 0/10", 0.0),
        ("Request-rate: 1/" + "9" * 4000, 60.0),
        ("Request-rate: " + "9" * 4000 + "/1", 0.0),
        ("Disallow: /x", 0.0),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_pauses_that_are_asked_for_are_kept_up_to_a_minute(text: str, seconds: float) -> None:
    """Crawl-delay and Request-rate, whichever is slower; junk asks for nothing."""
    assert Rules(f"User-agent: *\n{text}").delay == pytest.approx(seconds)


HOSTILE = {
    "agents times rules": "".join(f"User-agent: a{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
    "rules": "User-agent: *\n" + "Disallow: /b\n" * 40_000,
    "stars": "User-agent: *\nDisallow: /" + "*a" * 250_000,
    "rules of stars": "User-agent: *\n" + "Disallow: *a*a*b\n" * 30_000,
    "dollars": "User-agent: *\nDisallow: /" + "$" * 500_000,
    "escapes": "User-agent: *\nDisallow: /" + "%zz" * 170_000,
    "words": "user " * 100_000,
    "nuls": "\0" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_costs_more_than_a_moment(name: str) -> None:
    """Half a megabyte of the worst is read and asked in under two seconds of processor time."""
    known = learn(UNKNOWN, file(HOSTILE[name]), NOW)
    begun = time.process_time()
    rules = Rules(known.rules or "")
    rules.allow(f"{ORIGIN}/{'a' * 8000}")
    assert time.process_time() - begun < 2


def test_half_a_megabyte_is_read_and_no_more() -> None:
    """500 KiB of whole lines: a rule that is cut in two would forbid more than it says (2.5)."""
    head = "User-agent: *\nDisallow: /x\n"
    filling = "# filling\n" * ((MAX_BYTES - len(head)) // 10)
    known = learn(UNKNOWN, file(f"{head}{filling}Disallow: /privacy-of-others\n"), NOW)
    assert len(known.rules or "") <= MAX_BYTES
    rules = Rules(known.rules or "")
    assert (rules.allow(f"{ORIGIN}/x"), rules.allow(f"{ORIGIN}/privacy")) == (False, True)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_some_file(body: bytes) -> None:
    """Nothing that a server sends raises; the file for robots itself is always allowed."""
    known = learn(UNKNOWN, file(body), NOW)
    assert Rules(known.rules or "").allow(f"{ORIGIN}/robots.txt")


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("https://acme.example/a?b#c", "https://acme.example", "acme.example"),
        ("https://ACME.example.:443/", "https://acme.example", "acme.example"),
        ("http://acme.example:80", "http://acme.example", "acme.example"),
        ("http://acme.example:443/", "http://acme.example:443", "acme.example"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080", "2001:db8::1"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str, host: str) -> None:
    """A robots.txt speaks for no other port and no other scheme (RFC 6454)."""
    assert (origin_of(url), host_of(url)) == (origin, host)
