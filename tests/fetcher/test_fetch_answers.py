"""What becomes of an answer: captures, not modified, redirects, refusals, and what is asked of the server."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from storage.errors import ConfigError
from storage.model import Capture, Hop, PageState, Reason
from watcher.fetcher import FetchFailure, Manner, NotModified
from watcher.fetcher.answer import content_type, evidence, retry_after
from watcher.fetcher.http import VERSION, HttpFetcher

from .conftest import Peer, Wire

PAGE = "<h1>Privacy</h1><p>Wij bewaren gegevens één jaar.</p>".encode()
STATE_DATE = "Sat, 21 Nov 2026 07:00:00 GMT"


def answer(body: bytes = PAGE, *headers: str, status: str = "200 OK") -> bytes:
    """An exact answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def state(url: str, *, etag: str | None = '"v1"', date: str | None = STATE_DATE) -> PageState:
    """What an earlier check left behind."""
    return PageState(url, "0" * 64, etag, date)


def failed(outcome: object) -> FetchFailure:
    """The outcome, which must be a failure."""
    assert isinstance(outcome, FetchFailure), outcome
    return outcome


def captured(outcome: object) -> Capture:
    """The outcome, which must be a page."""
    assert isinstance(outcome, Capture), outcome
    return outcome


def test_a_page_becomes_a_capture(httpserver: HTTPServer, fetcher: HttpFetcher, now: datetime) -> None:
    """Body, hash, time, status, headers, media type and charset are kept as they came."""
    httpserver.expect_request("/p").respond_with_data(PAGE, content_type='Text/HTML; Charset="ISO-8859-1"')
    url = httpserver.url_for("/p")
    capture = captured(fetcher.fetch(url, now=lambda: now))
    assert capture.url == capture.final_url == url
    assert capture.fetched_at == now
    assert capture.status == 200
    assert capture.body == PAGE
    assert capture.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert capture.media_type == "text/html"
    assert capture.charset == "iso-8859-1"
    assert capture.header("content-length") == str(len(PAGE))
    assert capture.hops == ()


def test_gzip_is_asked_for_and_undone(httpserver: HTTPServer, fetcher: HttpFetcher) -> None:
    """Only gzip and deflate are asked for, and the hash is that of the decoded page."""
    httpserver.expect_request("/", headers={"Accept-Encoding": "gzip, deflate"}).respond_with_data(
        gzip.compress(PAGE), headers={"Content-Encoding": "gzip"}
    )
    capture = captured(fetcher.fetch(httpserver.url_for("/")))
    assert capture.body == PAGE
    assert capture.sha256 == hashlib.sha256(PAGE).hexdigest()


def test_the_request_says_who_asks_and_for_what(wire: Wire, make_fetcher: Callable[..., HttpFetcher]) -> None:
    """User-Agent with contact, the language before English, pages before other things; and nothing else."""
    url = wire.serve(answer())
    make_fetcher(contact="privacy@example.org").fetch(url + "a?b=c#d", manner=Manner(language="nl"))
    names = [line.split(":")[0] for line in wire.requests[0].decode().split("\r\n")[1:] if line]
    assert wire.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert sorted(names) == ["Accept", "Accept-Encoding", "Accept-Language", "Host", "User-Agent"]
    assert wire.header("user-agent") == f"clausewatch/{VERSION} (+privacy@example.org)"
    assert wire.header("accept-language") == "nl, en;q=0.5"
    assert (wire.header("accept") or "").startswith("text/html,")


@pytest.mark.parametrize(("language", "sent"), [("en", "en"), (None, None), ("x\r\nEvil: 1", None)])
def test_the_language_is_asked_for_once(
    wire: Wire, fetcher: HttpFetcher, language: str | None, sent: str | None
) -> None:
    """English alone is not asked for twice, and what is no language tag does not reach the wire."""
    fetcher.fetch(wire.serve(answer()), manner=Manner(language=language))
    assert wire.header("accept-language") == sent
    assert wire.header("evil") is None


@pytest.mark.parametrize("contact", ["a\r\nX: y", "", "é@example.org", "a" * 300])
def test_a_contact_that_cannot_be_sent_is_a_configuration_error(contact: str) -> None:
    """A contact never injects a header; the error names the setting."""
    from watcher.fetcher import FetchSettings

    with pytest.raises(ConfigError, match=r"\[fetch\] contact"):
        HttpFetcher(FetchSettings(contact=contact))


def test_the_environment_decides_nothing(
    httpserver: HTTPServer, fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment is not used."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1/")
    httpserver.expect_request("/").respond_with_data(PAGE)
    assert captured(fetcher.fetch(httpserver.url_for("/"))).body == PAGE


# Conditional requests


def test_validators_go_back_verbatim(wire: Wire, fetcher: HttpFetcher, now: datetime) -> None:
    """ETag and the server's own Last-Modified are echoed, and a 304 is a NotModified."""
    url = wire.serve(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    outcome = fetcher.fetch(
        url, state=state(url, etag='W/"a b"', date="Sat, 21 Nov 2026 07:00:00 +0000"), now=lambda: now
    )
    assert outcome == NotModified(url, now, url)
    assert wire.header("if-none-match") == 'W/"a b"'
    assert wire.header("if-modified-since") == "Sat, 21 Nov 2026 07:00:00 +0000"


def test_a_304_nobody_asked_for_is_refused(wire: Wire, fetcher: HttpFetcher) -> None:
    """H30: without validators a 304 vouches for nothing."""
    url = wire.serve(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    for known in (None, state(url, etag=None, date=None), state("http://elsewhere.example/")):
        failure = failed(fetcher.fetch(url, state=known))
        assert (failure.reason, failure.transient, failure.status) == (Reason.PROTOCOL, True, 304)


def test_a_304_that_announces_chunks_does_not_wait_for_them(wire: Wire, fetcher: HttpFetcher) -> None:
    """Some servers announce a chunked body on a 304 and send none; the answer stands at once."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n")
        peer.read()

    url = wire.serve(script)
    assert isinstance(fetcher.fetch(url, state=state(url)), NotModified)


def test_a_304_of_another_page_is_asked_again(wire: Wire, fetcher: HttpFetcher) -> None:
    """H30: a 304 with a new ETag does not speak of the page we know; the whole page is fetched instead."""
    url = wire.serve(b'HTTP/1.1 304 Not Modified\r\nETag: "v2"\r\n\r\n', answer())
    assert captured(fetcher.fetch(url, state=state(url))).body == PAGE
    assert wire.header("if-none-match", 0) == '"v1"'
    assert wire.header("if-none-match", 1) is wire.header("if-modified-since", 1) is None


def test_a_304_may_weaken_its_etag(wire: Wire, fetcher: HttpFetcher) -> None:
    """H30: servers mark an ETag as weak when they compress; it is still the same page."""
    url = wire.serve(b'HTTP/1.1 304 Not Modified\r\nETag: W/"v1"\r\n\r\n')
    assert isinstance(fetcher.fetch(url, state=state(url)), NotModified)


def test_validators_that_cannot_be_sent_are_left_out(wire: Wire, fetcher: HttpFetcher) -> None:
    """A hostile ETag of an earlier answer neither injects a header nor breaks the request."""
    url = wire.serve(answer())
    captured(fetcher.fetch(url, state=state(url, etag='"a"\r\nEvil: 1', date="\ufffd")))
    assert wire.header("if-none-match") is wire.header("evil") is wire.header("if-modified-since") is None


def test_behind_a_redirect_a_date_alone_is_not_sent(wire: Wire, fetcher: HttpFetcher) -> None:
    """The redirect may lead to another, older page now: "not modified since" would be true of it."""
    url = wire.serve(answer(b"", "Location: /new", status="302 Found"), answer())
    captured(fetcher.fetch(url, state=state(url, etag=None)))
    assert wire.header("if-modified-since", 0) == STATE_DATE
    assert wire.header("if-modified-since", 1) is None
    fetcher.fetch(url, state=state(url))
    assert wire.header("if-none-match") == '"v1"'


# Redirects


def test_hops_are_recorded_and_their_bodies_not_read(wire: Wire, fetcher: HttpFetcher) -> None:
    """H22: each hop is evidence; a redirect whose body never ends costs nothing."""

    def endless(peer: Peer) -> None:
        peer.read()
        peer.send(b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 999999\r\n\r\nx")
        peer.pause()

    url = wire.serve(endless, answer(b"", "Location: c?d=1#e", status="307 T"), answer())
    capture = captured(fetcher.fetch(url))
    assert capture.url == url
    assert capture.final_url == url + "c?d=1"
    assert capture.hops == (Hop(url, 301, "/b"), Hop(url + "b", 307, "c?d=1#e"))


def test_five_hops_are_followed_and_no_more(wire: Wire, fetcher: HttpFetcher) -> None:
    """H15: the sixth redirect ends the fetch."""
    hops = [answer(b"", f"Location: /{number}", status="302 Found") for number in range(6)]
    assert len(captured(fetcher.fetch(wire.serve(*hops[:5], answer()))).hops) == 5
    wire.connections = 0
    assert failed(fetcher.fetch(wire.serve(*hops, answer()))).reason is Reason.REDIRECT


@pytest.mark.parametrize("location", ["/", "", "/a"])
def test_loops_and_redirects_to_nowhere_are_errors(wire: Wire, fetcher: HttpFetcher, location: str) -> None:
    """H15: A to A, an empty target, and A to B to B: a redirect is never taken for the page."""
    failure = failed(fetcher.fetch(wire.serve(answer(PAGE, f"Location: {location}", status="302 Found"))))
    assert (failure.reason, failure.transient) == (Reason.REDIRECT, False)
    assert len(wire.requests) <= 2


def test_a_redirect_without_target_is_an_error(wire: Wire, fetcher: HttpFetcher) -> None:
    """H15: requests returns such an answer as if it were the page."""
    assert failed(fetcher.fetch(wire.serve(answer(PAGE, status="302 Found")))).reason is Reason.REDIRECT


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", Reason.BLOCKED_SCHEME),
        ("javascript:alert(1)", Reason.BLOCKED_SCHEME),
        ("http://[::1", Reason.REDIRECT),
        ("http://\xff\xfe/", Reason.REDIRECT),
        ("http://user:pw@127.0.0.1/", Reason.REDIRECT),
    ],
)
def test_junk_targets_end_in_a_typed_failure(wire: Wire, fetcher: HttpFetcher, location: str, reason: Reason) -> None:
    """H16, H17: whatever stands in Location, the caller gets a value."""
    assert failed(fetcher.fetch(wire.serve(answer(PAGE, f"Location: {location}", status="302 Found")))).reason is reason


# Statuses


@pytest.mark.parametrize(
    ("status", "reason", "transient"),
    [
        (401, Reason.HTTP_STATUS, False),
        (403, Reason.HTTP_STATUS, False),
        (451, Reason.HTTP_STATUS, False),
        (400, Reason.HTTP_STATUS, False),
        (408, Reason.HTTP_STATUS, True),
        (404, Reason.GONE, False),
        (410, Reason.GONE, False),
        (429, Reason.RATE_LIMITED, True),
        (500, Reason.HTTP_STATUS, True),
        (502, Reason.HTTP_STATUS, True),
        (503, Reason.HTTP_STATUS, True),
        (504, Reason.HTTP_STATUS, True),
        (201, Reason.PROTOCOL, True),
        (202, Reason.PROTOCOL, True),
        (204, Reason.PROTOCOL, True),
        (206, Reason.PROTOCOL, True),
        (300, Reason.PROTOCOL, True),
        (103, Reason.PROTOCOL, True),
        (999, Reason.PROTOCOL, True),
    ],
)
def test_only_a_page_is_a_page(wire: Wire, fetcher: HttpFetcher, status: int, reason: Reason, transient: bool) -> None:
    """H24, H26, H31: every status but 200 and 203 is a typed failure, however good its body looks."""
    failure = failed(fetcher.fetch(wire.serve(answer(PAGE, status=f"{status} Some"))))
    assert (failure.reason, failure.transient, failure.status) == (reason, transient, status)
    assert failure.retry_after is None


def test_a_page_from_a_transforming_proxy_is_a_page(wire: Wire, fetcher: HttpFetcher) -> None:
    """H31: 203 carries the page."""
    assert captured(fetcher.fetch(wire.serve(answer(status="203 Non-Authoritative")))).status == 203


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_may_ask_to_wait(wire: Wire, fetcher: HttpFetcher, status: int) -> None:
    """H25: Retry-After is handed on, never slept."""
    failure = failed(fetcher.fetch(wire.serve(answer(PAGE, "Retry-After: 120", status=f"{status} Busy"))))
    assert (failure.reason, failure.transient, failure.retry_after) == (Reason.RATE_LIMITED, True, 120.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("99999999", 86_400.0),
        ("9" * 6000, 86_400.0),
        ("-5", None),
        ("0", None),
        ("abc", None),
        ("", None),
        ("1.5", None),
        ("²", None),
        ("Sun, 01 Mar 2026 09:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 09:02:00", 120.0),
        ("Sun, 01 Mar 2026 09:02:00 -0000", 120.0),
        ("Sun, 01 Mar 2026 08:58:00 GMT", None),
        ("Sun, 01 Mar 2036 08:58:00 GMT", 86_400.0),
        ("Sun, 99 Mar 2036 08:58:00 GMT", None),
        ("Sun, 01 Mar 2036 08:58:00 +" + "9" * 40, None),
        ("Sun, 01 Mar " + "9" * 40 + " 08:58:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_read_with_care(now: datetime, value: str | None, seconds: float | None) -> None:
    """H25: seconds and dates count, junk, zero and the past do not, and no server silences a source beyond a day."""
    assert retry_after(value, now) == seconds


# Evidence


def test_secrets_do_not_reach_the_evidence(wire: Wire, fetcher: HttpFetcher) -> None:
    """The values of cookies and credentials are not stored, the fact that they were sent is."""
    capture = captured(fetcher.fetch(wire.serve(answer(PAGE, "Set-Cookie: id=s3cret", "Authorization: s3cret"))))
    assert capture.header("set-cookie") == capture.header("authorization") == ""
    assert "s3cret" not in repr(capture)


def test_cookies_are_not_kept(wire: Wire, fetcher: HttpFetcher) -> None:
    """H37: neither the next hop nor the next request brings a cookie back."""
    cookies = [f"Set-Cookie: c{number}={'x' * 4000}" for number in range(90)]
    url = wire.serve(answer(b"", "Location: /b", *cookies, status="302 Found"), answer(PAGE, *cookies))
    captured(fetcher.fetch(url))
    captured(fetcher.fetch(url + "b"))
    assert len(wire.requests) == 3
    assert not any(b"cookie" in request.lower() for request in wire.requests)
    sessions = fetcher._lanes._lanes["127.0.0.1"]._sessions.values()
    assert [len(session.cookies) for session in sessions] == [0]


def test_evidence_is_capped_and_printable() -> None:
    """H37: at most 200 headers of 8 kB, control characters replaced."""
    kept = evidence([("A", "x" * 10_000), ("B\x00", "a\x1bb\tc\x85")] + [("C", "")] * 500)
    assert len(kept) == 200
    assert len(kept[0][1]) == 8192
    assert kept[1] == ("B\ufffd", "a\ufffdb\tc\ufffd")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ("", None)),
        ("", ("", None)),
        ("text/html", ("text/html", None)),
        (" TEXT/HTML ; x=y; CHARSET = Windows-1252 ", ("text/html", "windows-1252")),
        ('text/html;charset="utf-8"', ("text/html", "utf-8")),
        ("text/html; charset='utf-8'", ("text/html", "utf-8")),
        ("text/html; charset=", ("text/html", None)),
        ("text/html; xcharset=utf-8", ("text/html", None)),
        (";" * 60_000, ("", None)),
    ],
)
def test_content_types_are_taken_apart(value: str | None, expected: tuple[str, str | None]) -> None:
    """The media type without its parameters, the charset verbatim; no value raises or takes long."""
    assert content_type(value) == expected


# Connections


def keep_alive(peer: Peer, count: int, body: bytes = PAGE) -> None:
    """Answer so many requests on one connection."""
    for _ in range(count):
        if not peer.read():
            return
        peer.send(answer(body))


def test_a_304_behind_a_redirect_tells_where_it_came_from(wire: Wire, fetcher: HttpFetcher) -> None:
    """A page that has moved for good and is unchanged still says so."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(answer(b"", "Location: /b", status="308 Permanent Redirect"))
        peer.read()
        peer.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    url = wire.serve(script)
    outcome = fetcher.fetch(url, state=state(url))
    assert isinstance(outcome, NotModified)
    assert (outcome.final_url, outcome.hops) == (url + "b", (Hop(url, 308, "/b"),))


def test_the_connection_is_kept(wire: Wire, fetcher: HttpFetcher) -> None:
    """Pages, 304s and empty redirects of one host go over one connection."""

    def script(peer: Peer) -> None:
        keep_alive(peer, 1)
        peer.read()
        peer.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        peer.read()
        peer.send(answer(b"", "Location: /b", status="302 Found"))
        keep_alive(peer, 1)

    url = wire.serve(script)
    captured(fetcher.fetch(url))
    assert isinstance(fetcher.fetch(url, state=state(url)), NotModified)
    assert captured(fetcher.fetch(url)).final_url == url + "b"
    assert wire.connections == 1


def test_a_kept_connection_that_died_is_replaced_once(wire: Wire, fetcher: HttpFetcher) -> None:
    """A server may drop an idle connection just as we use it: one immediate retry, on a new connection."""

    def dies(peer: Peer) -> None:
        keep_alive(peer, 1)
        peer.read()

    url = wire.serve(dies, lambda peer: keep_alive(peer, 1))
    captured(fetcher.fetch(url))
    captured(fetcher.fetch(url))
    assert (wire.connections, len(wire.requests)) == (2, 3)


def test_a_new_connection_that_dies_is_not_retried(wire: Wire, fetcher: HttpFetcher) -> None:
    """When to ask again is the schedule's affair."""
    failure = failed(fetcher.fetch(wire.serve(lambda peer: peer.read())))
    assert (failure.reason, failure.transient, failure.status) == (Reason.RESET, True, None)
    assert len(wire.requests) == 1


def test_an_international_name_that_is_none_is_refused(fetcher: HttpFetcher) -> None:
    """What cannot be written in ASCII for the wire is refused before any lookup."""
    failure = failed(fetcher.fetch("http://\u2260\u0338.example/"))
    assert (failure.reason, failure.transient) == (Reason.BLOCKED_ADDRESS, False)


def test_one_request_in_flight_per_host(wire: Wire, fetcher: HttpFetcher) -> None:
    """Eight threads at one host: the server never sees two requests at once."""
    inside = 0
    most = 0
    lock = threading.Lock()

    def script(peer: Peer) -> None:
        nonlocal inside, most
        while peer.read():
            with lock:
                inside += 1
                most = max(most, inside)
            peer.pause(0.005)
            with lock:
                inside -= 1
            peer.send(answer())

    url = wire.serve(script)
    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda: outcomes.append(fetcher.fetch(url))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Capture] * 8
    assert most == 1


def test_waiting_for_the_host_does_not_count_against_the_deadline(
    wire: Wire, make_fetcher: Callable[..., HttpFetcher]
) -> None:
    """Five requests of 0.2 s each, one after the other, all end well under a deadline of 0.6 s."""

    def script(peer: Peer) -> None:
        while peer.read() and not peer.pause(0.2):
            peer.send(answer())

    url = wire.serve(script)
    fetcher = make_fetcher(seconds=0.6)
    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda: outcomes.append(fetcher.fetch(url))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Capture] * 5


def test_many_hosts_do_not_keep_many_connections(
    wire: Wire, fetcher: HttpFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the hosts visited last keep their connection: open files stay bounded."""
    monkeypatch.setattr("watcher.fetcher.lanes._MAX_LANES", 2)
    url = wire.serve(lambda peer: keep_alive(peer, 9))
    captured(fetcher.fetch(url))
    failed(fetcher.fetch(url.replace("127.0.0.1", "127.0.0.2")))
    failed(fetcher.fetch(url.replace("127.0.0.1", "127.0.0.3")))
    captured(fetcher.fetch(url))
    assert list(fetcher._lanes._lanes) == ["127.0.0.3", "127.0.0.1"]
    assert wire.connections == 2


def test_a_closed_fetcher_says_so(wire: Wire, fetcher: HttpFetcher) -> None:
    """Closing twice is fine, fetching afterwards is a programmer's error."""
    url = wire.serve(answer())
    with fetcher:
        captured(fetcher.fetch(url))
    fetcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        fetcher.fetch(url)


def test_the_clock_is_read_once_the_answer_is_there(wire: Wire, fetcher: HttpFetcher) -> None:
    """`fetched_at` comes from the given clock alone."""
    readings: list[int] = []

    def clock() -> datetime:
        readings.append(len(wire.requests))
        return datetime(2026, 3, 1, tzinfo=UTC)

    captured(fetcher.fetch(wire.serve(answer()), now=clock))
    assert readings == [1]
