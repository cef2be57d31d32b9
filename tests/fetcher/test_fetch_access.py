"""Headers, cookies, logins, proxies and client certificates: what is sent, to whom, and that it is shown nowhere."""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure, FetchSettings, Manner
from watcher.fetcher.access import hiding, is_own
from watcher.fetcher.http import HttpFetcher
from watcher.fetcher.login import basic, proxy_parts
from watcher.fetcher.polite import PatientFetcher, polite_fetcher

from .conftest import DEADLINE, LOOPBACK, Peer, Script, Wire
from .proxies import Proxy

SECRET = "c4n4ry-s3cr3t/x=y"
QUOTED = quote(SECRET, safe="")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LOGIN = Manner(
    headers=(("X-Region", "nl"),),
    secrets=(("Authorization", f"Bearer {SECRET}"), ("Cookie", f"sid={SECRET}")),
    hidden=(SECRET,),
)


def away(location: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode("latin-1")


def captured(outcome: object) -> Capture:
    """The outcome, which must be a page."""
    assert isinstance(outcome, Capture), outcome
    return outcome


def failed(outcome: object) -> FetchFailure:
    """The outcome, which must be a failure."""
    assert isinstance(outcome, FetchFailure), outcome
    return outcome


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy that wants no login."""
    one = Proxy()
    yield one
    one.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What our own resolver answers; nothing else is known to it."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo

    def answer(host: str, port: int, *rest: int) -> Any:
        if host not in known and not host.replace(".", "").isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return real(known.get(host, host), port, 0, socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


# Headers, cookies and logins


def test_headers_and_secrets_go_to_the_source(wire: Wire, fetcher: HttpFetcher) -> None:
    """What the source wants is sent as it stands, beside our own headers."""
    captured(fetcher.fetch(wire.serve(PAGE), manner=LOGIN))
    assert wire.header("x-region") == "nl"
    assert wire.header("authorization") == f"Bearer {SECRET}"
    assert wire.header("cookie") == f"sid={SECRET}"
    assert (wire.header("user-agent") or "").startswith("clausewatch/")


def test_a_header_of_the_source_goes_before_ours(wire: Wire, fetcher: HttpFetcher) -> None:
    """Whatever the case of its name, it is sent once."""
    captured(fetcher.fetch(wire.serve(PAGE), manner=Manner(language="nl", headers=(("accept-LANGUAGE", "nl-BE"),))))
    assert wire.requests[0].lower().count(b"accept-language") == 1
    assert wire.header("accept-language") == "nl-BE"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
def test_secrets_stay_with_their_origin(wire: Wire, fetcher: HttpFetcher, status: str) -> None:
    """H22: behind a redirect to another host or another port no secret is sent; plain headers are."""
    other = Wire()
    elsewhere = other.serve_at("127.0.0.2", PAGE)
    url = wire.serve(away(elsewhere, status))
    captured(fetcher.fetch(url, manner=LOGIN))
    assert other.header("authorization") is other.header("cookie") is None
    assert other.header("x-region") == "nl"
    assert SECRET.encode() not in b"".join(other.requests)
    other.close()


def test_another_port_is_another_origin(wire: Wire, fetcher: HttpFetcher) -> None:
    """H22: two servers of one host may belong to two people."""
    second = Wire()
    captured(fetcher.fetch(wire.serve(away(second.serve(PAGE))), manner=LOGIN))
    assert second.header("authorization") is second.header("cookie") is None
    second.close()


def test_secrets_follow_redirects_at_home(wire: Wire, fetcher: HttpFetcher) -> None:
    """A redirect within the origin keeps the login."""
    captured(fetcher.fetch(wire.serve(away("/login"), PAGE), manner=LOGIN))
    assert wire.header("authorization", 1) == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("url", "target", "own"),
    [
        ("https://a.example/x", "https://a.example/y", True),
        ("https://a.example/", "https://A.example.:443/", True),
        ("http://a.example/", "https://a.example/", True),
        ("http://a.example:8080/", "https://a.example/", False),
        ("http://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://www.a.example/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://a.example.evil.example/", False),
    ],
)
def test_what_is_one_origin(url: str, target: str, own: bool) -> None:
    """H22: never down from https to http, never to another host or port; up to https is fine."""
    assert is_own(url, target) is own


def test_a_login_is_written_as_the_standard_says() -> None:
    """RFC 7617, with its own example, and in UTF-8."""
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert base64.b64decode(basic("é", "ü").partition(" ")[2]).decode() == "é:ü"


def test_sources_of_one_host_do_not_share_a_login(wire: Wire, fetcher: HttpFetcher) -> None:
    """A connection that was used with a login is not used for a source without one, nor for one with another."""

    def answers(peer: Peer) -> None:
        while peer.read():
            peer.send(PAGE)

    url = wire.serve(answers)
    captured(fetcher.fetch(url, manner=LOGIN))
    captured(fetcher.fetch(url))
    captured(fetcher.fetch(url, manner=Manner(secrets=(("Cookie", "other"),))))
    captured(fetcher.fetch(url, manner=LOGIN))
    captured(fetcher.fetch(url))
    assert wire.connections == 3
    assert [wire.header("cookie", number) for number in range(5)] == [
        f"sid={SECRET}",
        None,
        "other",
        f"sid={SECRET}",
        None,
    ]


def test_many_logins_at_one_host_do_not_keep_many_connections(wire: Wire, fetcher: HttpFetcher) -> None:
    """Open files stay bounded, however many sources log in at one host."""

    def answers(peer: Peer) -> None:
        while peer.read():
            peer.send(PAGE)

    url = wire.serve(answers)
    for number in range(9):
        captured(fetcher.fetch(url, manner=Manner(secrets=(("Cookie", f"c{number}"),))))
    assert len(fetcher._lanes._lanes["127.0.0.1"]._sessions) == 4


# What is shown


def test_no_secret_comes_back(wire: Wire, fetcher: HttpFetcher, caplog: pytest.LogCaptureFixture) -> None:
    """C03: a server that repeats what it was sent does not get it into evidence, hops, errors or the log."""
    caplog.set_level(logging.DEBUG)
    echo = f"X-Echo: {SECRET}\r\n"
    url = wire.serve(
        f"HTTP/1.1 302 Found\r\n{echo}Content-Length: 0\r\nLocation: /b\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\n{echo}Set-Cookie: {SECRET}\r\nContent-Length: 2\r\n\r\nok".encode(),
        away(f"ftp://{SECRET}/"),
        away(f"http://[{SECRET}"),
        f"HTTP/1.1 {SECRET}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {SECRET}\r\nContent-Length: 2\r\n\r\nok".encode(),
    )
    shown = repr(LOGIN) + repr(captured(fetcher.fetch(url, manner=LOGIN)))
    for _ in range(4):
        shown += repr(failed(fetcher.fetch(url, manner=LOGIN)))
    assert "s3cr3t" not in shown + caplog.text


@pytest.mark.parametrize("form", [SECRET, QUOTED])
def test_a_secret_in_an_address_does_not_become_evidence(wire: Wire, fetcher: HttpFetcher, form: str) -> None:
    """C03: a redirect into which a server put it is followed, and written down without it."""
    url = wire.serve(away(f"/a?token={form}"), PAGE)
    capture = captured(fetcher.fetch(url, manner=LOGIN))
    assert wire.requests[1].startswith(f"GET /a?token={form} ".encode())
    assert (capture.final_url, capture.hops[0].location) == (f"{url}a?token=…", "/a?token=…")


def test_short_values_are_not_taken_for_secrets() -> None:
    """A secret of one letter would make every text unreadable."""
    failure = FetchFailure("u", Reason.PROTOCOL, "a b c", transient=True)
    assert hiding(failure, ("a", "")) == failure


# Proxies


def test_http_goes_through_the_proxy_by_absolute_addresses(wire: Wire, fetcher: HttpFetcher, proxy: Proxy) -> None:
    """The proxy is asked for the whole address; the page comes back."""
    url = wire.serve(PAGE)
    assert captured(fetcher.fetch(f"{url}x?y=z", manner=Manner(proxy=f"http://{proxy.place}"))).body == b"ok"
    assert proxy.heads[0].startswith(f"GET {url}x?y=z HTTP/1.1\r\n")
    assert wire.requests[0].startswith(b"GET /x?y=z ")


def test_the_proxy_gets_its_login_and_the_host_does_not(wire: Wire, fetcher: HttpFetcher) -> None:
    """Name and password of the proxy, percent-encoded in its address, go to the proxy alone."""
    proxy = Proxy(login=basic("us:er", "pä ss"))
    captured(fetcher.fetch(wire.serve(PAGE), manner=Manner(proxy=f"http://us%3Aer:p%C3%A4%20ss@{proxy.place}/")))
    assert wire.header("proxy-authorization") is None
    proxy.close()


def test_a_proxy_that_wants_a_login_is_no_page(wire: Wire, fetcher: HttpFetcher) -> None:
    """407 is for good: whoever runs the program must act. Its words are not repeated."""
    proxy = Proxy(login="Basic x")
    failure = failed(fetcher.fetch(wire.serve(PAGE), manner=Manner(proxy=f"http://u:{QUOTED}@{proxy.place}")))
    assert (failure.reason, failure.status, failure.transient) == (Reason.HTTP_STATUS, 407, False)
    assert "s3cr3t" not in repr(failure)
    assert wire.connections == 0
    proxy.close()


def test_the_name_of_the_target_is_judged_before_the_proxy_gets_it(
    wire: Wire, fetcher: HttpFetcher, proxy: Proxy, names: dict[str, str]
) -> None:
    """A proxy looks names up itself: what leads to a private address by our own lookup is not handed to it."""
    names["inside.example"] = "10.0.0.1"
    manner = Manner(proxy=f"http://{proxy.place}")
    assert failed(fetcher.fetch("http://inside.example/", manner=manner)).reason is Reason.BLOCKED_ADDRESS
    assert failed(fetcher.fetch("https://inside.example/", manner=manner)).reason is Reason.BLOCKED_ADDRESS
    assert failed(fetcher.fetch("http://169.254.169.254/", manner=manner)).reason is Reason.BLOCKED_ADDRESS
    assert failed(fetcher.fetch("http://unknown.example/", manner=manner)).reason is Reason.DNS
    assert failed(fetcher.fetch(wire.serve(away("http://inside.example/")), manner=manner)).reason is (
        Reason.BLOCKED_ADDRESS
    )
    assert [head.split()[1] for head in proxy.heads] == wire.urls


def test_a_proxy_may_know_names_that_we_do_not(wire: Wire, proxy: Proxy, names: dict[str, str]) -> None:
    """Where the configuration says so, an unknown name is handed over; what is known here to be private is not."""
    names["inside.example"] = "10.0.0.1"
    port = wire.serve(PAGE).rstrip("/").rpartition(":")[2]
    manner = Manner(proxy=f"http://{proxy.place}")
    with HttpFetcher(FetchSettings(allow_networks=LOOPBACK, proxy_resolves=True)) as fetcher:
        captured(fetcher.fetch(f"http://unknown.example:{port}/", manner=manner))
        for host in ("inside.example", "10.0.0.1", "169.254.169.254"):
            assert failed(fetcher.fetch(f"http://{host}:{port}/", manner=manner)).reason is Reason.BLOCKED_ADDRESS
        assert failed(fetcher.fetch(f"http://unknown.example:{port}/")).reason is Reason.DNS
    assert [head.split()[1] for head in proxy.heads] == [f"http://unknown.example:{port}/"]


@pytest.fixture
def polite() -> Iterator[PatientFetcher]:
    """A fetcher that asks for robots.txt first."""
    settings = FetchSettings(allow_networks=LOOPBACK, gap=timedelta(0))
    with PatientFetcher(polite_fetcher(settings)) as fetcher:
        yield fetcher


def test_robots_txt_is_asked_by_the_same_way_without_secrets(wire: Wire, polite: PatientFetcher, proxy: Proxy) -> None:
    """Behind a proxy nothing goes around it, and a file that is for everybody needs no login."""
    url = wire.serve(b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n", PAGE)
    captured(polite.fetch(url, manner=replace(LOGIN, proxy=f"http://{proxy.place}")))
    assert [head.split()[1] for head in proxy.heads] == [f"{url}robots.txt", url]
    assert wire.header("authorization", 0) is wire.header("cookie", 0) is None
    assert wire.header("authorization", 1) == f"Bearer {SECRET}"


def test_what_we_refuse_is_not_held_against_the_host(wire: Wire, polite: PatientFetcher) -> None:
    """A private address is told as such, and not as a robots.txt that cannot be had for hours."""
    failure = failed(polite.fetch("http://10.0.0.1/x"))
    assert (failure.url, failure.reason, failure.transient) == ("http://10.0.0.1/x", Reason.BLOCKED_ADDRESS, False)
    assert failure.detail.startswith("10.0.0.1 is not contacted: 10.0.0.0/8 is private use")
    assert polite.politeness.take_changes() == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/"])
def test_what_our_proxy_refuses_is_not_held_against_the_host(polite: PatientFetcher, url: str) -> None:
    """A proxy that wants another login is no missing robots.txt, by which everything would be allowed for a day."""
    proxy = Proxy(login="Basic x")
    assert failed(polite.fetch(url, manner=Manner(proxy=f"http://{proxy.place}"))).status == 407
    assert polite.politeness.take_changes() == []
    proxy.close()


def test_a_proxy_is_guarded_like_a_host(make_fetcher: Callable[..., HttpFetcher], names: dict[str, str]) -> None:
    """An address of the configuration is a way to the network too: a private proxy must lie in an open network."""
    proxy = Proxy()
    fetcher = make_fetcher(networks=())
    names["vendor.example"] = "93.184.215.14"
    failure = failed(fetcher.fetch("http://vendor.example/", manner=Manner(proxy=f"http://{proxy.place}")))
    assert failure.reason is Reason.BLOCKED_ADDRESS
    assert "127.0.0.1" in failure.detail
    assert proxy.heads == []
    proxy.close()


def test_a_proxy_that_is_down_is_told_apart(wire: Wire, fetcher: HttpFetcher) -> None:
    """The words say that it is the proxy that cannot be reached."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"http://u:{QUOTED}@127.0.0.1:{unused.getsockname()[1]}"
        failure = failed(fetcher.fetch(wire.serve(PAGE), manner=Manner(proxy=place)))
    assert (failure.reason, failure.transient) == (Reason.CONNECT, True)
    assert "proxy" in failure.detail
    assert "s3cr3t" not in repr(failure)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "ftp://h", "http://", "http://h:x", "http://[::1"])
def test_what_is_no_proxy_is_a_failure(fetcher: HttpFetcher, wire: Wire, proxy: str) -> None:
    """An address that cannot be a proxy ends in a value too, and nothing goes around it."""
    failure = failed(fetcher.fetch(wire.serve(PAGE), manner=Manner(proxy=proxy)))
    assert (failure.reason, failure.transient) == (Reason.CONNECT, False)
    assert wire.connections == 0


def test_a_proxy_is_taken_apart() -> None:
    """The address without its login, the login as a header; the port of the scheme where none is named."""
    assert proxy_parts("proxy.example:3128") == ("http://proxy.example:3128", None)
    assert proxy_parts("https://u:p%40@[::1]/") == ("https://[::1]:443", basic("u", "p@"))
    with pytest.raises(ValueError, match="no address"):
        proxy_parts("socks5://h:1")


# Over TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the certificates of these tests."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The authority, believed by this machine."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def over_tls(authority: trustme.CA, *, clients: bool = False) -> Callable[[socket.socket], ssl.SSLSocket]:
    """How a server of this authority begins a connection; with `clients` it asks for a certificate, not in vain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1", "vendor.example").configure_cert(context)
    if clients:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED

    def wrap(sock: socket.socket) -> ssl.SSLSocket:
        sock.settimeout(5)
        wrapped = context.wrap_socket(sock, server_side=True)
        wrapped.settimeout(None)
        return wrapped

    return wrap


def secure(url: str) -> str:
    """The same server's address over TLS."""
    return url.replace("http:", "https:")


def client_pem(authority: trustme.CA, folder: Path, name: str = "client") -> str:
    """A certificate of ours with its key, in one file."""
    made = authority.issue_cert(f"{name}@example.org")
    path = folder / f"{name}.pem"
    made.private_key_and_cert_chain_pem.write_to_path(path)
    return str(path)


def test_https_goes_through_a_tunnel(wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA) -> None:
    """CONNECT names the host alone; login, path and headers of the page stay within TLS, from end to end."""
    proxy = Proxy(login=basic("user", SECRET))

    def twice(peer: Peer) -> None:
        while peer.read():
            peer.send(PAGE)

    url = secure(wire.serve(twice, wrap=over_tls(trusted)))
    manner = Manner(proxy=f"http://user:{QUOTED}@{proxy.place}", secrets=(("Cookie", "sid"),))
    captured(fetcher.fetch(f"{url}path", manner=manner))
    captured(fetcher.fetch(f"{url}path", manner=manner))
    place = url.removeprefix("https://").rstrip("/")
    assert [head.split("\r\n")[0] for head in proxy.heads] == [f"CONNECT {place} HTTP/1.1"]
    assert f"\r\nHost: {place}\r\n" in proxy.heads[0]
    assert "Cookie" not in proxy.heads[0]
    assert wire.header("proxy-authorization") is None
    assert wire.header("cookie") == "sid"
    proxy.close()


@pytest.mark.parametrize(("status", "transient"), [(407, False), (403, False), (502, True), (504, True)])
def test_a_tunnel_that_is_refused_is_a_failure(wire: Wire, fetcher: HttpFetcher, status: int, transient: bool) -> None:
    """C03: what the proxy says, our own login in it, is not repeated; its status says whether to try again soon."""
    proxy = Proxy(refuses=status)
    url = secure(wire.serve(PAGE))
    failure = failed(fetcher.fetch(url, manner=Manner(proxy=f"http://u:{QUOTED}@{proxy.place}", hidden=(SECRET,))))
    assert (failure.reason, failure.status, failure.transient) == (Reason.CONNECT, status, transient)
    assert "s3cr3t" not in repr(failure)
    assert wire.connections == 0
    proxy.close()


def saying(start: bytes, then: Callable[[Peer], object]) -> Script:
    """A script that reads, begins an answer and goes on in some way."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(start)
        then(peer)

    return script


BAD_PROXIES: dict[str, Script] = {
    "silent": saying(b"", lambda peer: peer.pause()),
    "dripping": saying(b"HTTP/1.1 200 OK\r\nX: ", lambda peer: peer.drip(b"y", 0.05)),
    "endless headers": saying(b"HTTP/1.1 200 OK\r\n", lambda peer: peer.drip(b"X: y\r\n" * 99, 0)),
    "half an answer": b"HTTP/1.1 200 OK\r\n",
    "junk": b"\x00\xff junk\r\n\r\n",
    "closing": saying(b"", lambda _: None),
}


@pytest.mark.parametrize("name", BAD_PROXIES)
def test_a_bad_proxy_is_bounded(wire: Wire, impatient: HttpFetcher, name: str) -> None:
    """H01, H02, H13: the deadline and the caps hold over the proxy's own answer too."""
    place = wire.serve(BAD_PROXIES[name])
    began = time.monotonic()
    failure = failed(impatient.fetch("https://127.0.0.1:1/", manner=Manner(proxy=place)))
    assert failure.reason in {Reason.TIMEOUT, Reason.PROTOCOL, Reason.TRUNCATED, Reason.RESET}
    assert failure.detail.isprintable()
    assert time.monotonic() - began <= DEADLINE + 0.5


def test_a_client_certificate_is_shown_to_its_own_host(
    wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA, tmp_path: Path
) -> None:
    """A server that wants one answers with it, and refuses a source of the same host that has none."""
    seen: list[object] = []

    def answers(peer: Peer) -> None:
        while peer.read():
            assert isinstance(peer.sock, ssl.SSLSocket)
            seen.append(peer.sock.getpeercert())
            peer.send(PAGE)

    url = secure(wire.serve(answers, wrap=over_tls(trusted, clients=True)))
    manner = Manner(certificate=(client_pem(trusted, tmp_path), None))
    captured(fetcher.fetch(url, manner=manner))
    failure = failed(fetcher.fetch(url))
    assert failure.reason in {Reason.TLS, Reason.RESET}
    captured(fetcher.fetch(url, manner=manner))
    assert "client@example.org" in str(seen)
    assert len(seen) == 2


def test_a_client_certificate_stays_with_its_origin(
    wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA, tmp_path: Path
) -> None:
    """H22: another origin, to which a redirect leads, never sees who we are."""
    seen: list[object] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.issue_cert("127.0.0.1").configure_cert(context)
    trusted.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL

    def asks(peer: Peer) -> None:
        peer.read()
        assert isinstance(peer.sock, ssl.SSLSocket)
        seen.append(peer.sock.getpeercert())
        peer.send(PAGE)

    other = Wire()
    elsewhere = secure(other.serve(asks, wrap=lambda sock: context.wrap_socket(sock, server_side=True)))
    url = secure(wire.serve(away(elsewhere), wrap=over_tls(trusted, clients=True)))
    captured(fetcher.fetch(url, manner=Manner(certificate=(client_pem(trusted, tmp_path), None))))
    assert not any(seen)
    assert len(seen) == 1
    other.close()


def test_a_certificate_that_cannot_be_used_is_a_failure(
    wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA, tmp_path: Path
) -> None:
    """A file that has gone, holds no key, or a key that is not its own: typed, for good, nothing is sent."""
    made = trusted.issue_cert("a@example.org")
    bare = tmp_path / "bare.pem"
    made.cert_chain_pems[0].write_to_path(bare)
    key = tmp_path / "key.pem"
    trusted.issue_cert("b@example.org").private_key_pem.write_to_path(key)
    url = secure(wire.serve(PAGE, wrap=over_tls(trusted)))
    for certificate in ((str(tmp_path / "none.pem"), None), (str(bare), None), (str(bare), str(key))):
        failure = failed(fetcher.fetch(url, manner=Manner(certificate=certificate)))
        assert (failure.reason, failure.transient) == (Reason.TLS, False)
    assert wire.requests == []


def test_a_downgrade_takes_no_secret_along(wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA) -> None:
    """H22: from https down to http on the same host nothing secret is sent in the open, and the way is evidence."""
    plain = Wire()
    target = plain.serve(PAGE)
    url = secure(wire.serve(away(target, "301 Moved"), wrap=over_tls(trusted)))
    capture = captured(fetcher.fetch(url, manner=LOGIN))
    assert wire.header("authorization") == f"Bearer {SECRET}"
    assert plain.header("authorization") is plain.header("cookie") is None
    assert (capture.final_url, [(hop.url, hop.status) for hop in capture.hops]) == (target, [(url, 301)])
    plain.close()


def test_a_proxy_over_tls_is_verified(wire: Wire, fetcher: HttpFetcher, trusted: trustme.CA) -> None:
    """An https proxy with a valid certificate gets its CONNECT within TLS; one that is not believed gets nothing."""
    url = wire.serve(PAGE)
    front = Wire()
    place = secure(front.serve(PAGE, wrap=over_tls(trusted)))
    assert captured(fetcher.fetch(url, manner=Manner(proxy=place))).body == b"ok"
    assert front.requests[0].startswith(f"GET {url} ".encode())
    stranger = secure(front.serve(PAGE, wrap=over_tls(trustme.CA())))
    assert failed(fetcher.fetch(url, manner=Manner(proxy=stranger))).reason is Reason.TLS
    front.close()


# The environment


@pytest.fixture
def environment(make_fetcher: Callable[..., HttpFetcher], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A netrc, named in the environment, and no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    return path


@pytest.fixture
def looking() -> Iterator[HttpFetcher]:
    """A fetcher that heeds the environment."""
    with HttpFetcher(FetchSettings(allow_networks=LOOPBACK, environment=True)) as fetcher:
        yield fetcher


@pytest.mark.usefixtures("environment")
def test_the_environment_counts_when_asked_for(
    wire: Wire, looking: HttpFetcher, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its proxy is used unless NO_PROXY or the source says otherwise, and its login goes to the source's own host."""
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.place}")
    monkeypatch.setenv("http_proxy", f"http://{proxy.place}")
    url = wire.serve(PAGE)
    captured(looking.fetch(url))
    assert len(proxy.heads) == 1
    assert wire.header("authorization") == basic("me", SECRET)
    captured(looking.fetch(url, manner=Manner(proxy="")))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    captured(looking.fetch(url))
    assert len(proxy.heads) == 1


@pytest.mark.usefixtures("environment")
def test_a_login_of_the_environment_is_shown_nowhere(wire: Wire, looking: HttpFetcher) -> None:
    """C03: nor does it go before a login of the source, nor along a redirect."""
    other = Wire()
    elsewhere = other.serve_at("127.0.0.2", f"HTTP/1.1 200 OK\r\nX: {SECRET}\r\nContent-Length: 2\r\n\r\nok".encode())
    capture = captured(looking.fetch(wire.serve(away(elsewhere))))
    assert other.header("authorization") is None
    assert "s3cr3t" not in repr(capture)
    captured(looking.fetch(wire.serve(PAGE), manner=Manner(secrets=(("authorization", "Bearer x"),))))
    assert wire.header("authorization") == "Bearer x"
    other.close()


def test_a_login_for_everybody_is_for_nobody(wire: Wire, looking: HttpFetcher, environment: Path) -> None:
    """`default` in a netrc would be sent to every vendor there is; a file that is none gives no login."""
    url = wire.serve(PAGE)
    for text in (f"default login me password {SECRET}\n", "machine\n", "\xff"):
        environment.write_text(text, encoding="latin-1")
        captured(looking.fetch(url))
        assert wire.header("authorization") is None
    environment.unlink()
    captured(looking.fetch(url))
    assert isinstance(looking.fetch("http://[::1"), FetchFailure)


@pytest.mark.usefixtures("environment")
def test_the_environment_counts_for_nothing_else(wire: Wire, fetcher: HttpFetcher, proxy: Proxy) -> None:
    """Off unless asked for: neither its proxy nor its login."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"http://{proxy.place}")
        captured(fetcher.fetch(wire.serve(PAGE)))
    assert proxy.heads == []
    assert wire.header("authorization") is None
