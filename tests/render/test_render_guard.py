"""Nothing that a page does reaches an address that may not be contacted."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from render_samples import Site, Trap

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure, Manner
from watcher.fetcher.browser.fetcher import BrowserFetcher

TEXT = "<main><h1>Privacy policy</h1><p>We keep your personal data for twelve months.</p></main>"

# Each is a page that tries to reach {trap}, a place of the forms 127.0.0.1:port and name:port.
ATTEMPTS = {
    "img": '<img src="http://{trap}/a.png"><img srcset="http://{trap}/b.png 2x">',
    "script": '<script src="http://{trap}/a.js"></script><script type="module" src="http://{trap}/b.js"></script>',
    "style": '<link rel="stylesheet" href="http://{trap}/a.css"><style>@import "http://{trap}/b.css";</style>',
    "font": '<style>@font-face {{ font-family: f; src: url("http://{trap}/f"); }} p {{ font-family: f; }}</style>',
    "media": '<video src="http://{trap}/v.mp4" autoplay></video><audio src="http://{trap}/a.mp3" autoplay></audio>',
    "embed": '<embed src="http://{trap}/e"><object data="http://{trap}/o"></object>',
    "fetch": '<script>fetch("http://{trap}/f", {{mode: "no-cors"}}).catch(() => 0)</script>',
    "xhr": '<script>const x = new XMLHttpRequest(); x.open("GET", "http://{trap}/x"); x.send()</script>',
    "beacon": '<script>navigator.sendBeacon("http://{trap}/b", "x")</script><a ping="http://{trap}/p" href="#">p</a>',
    "iframe": '<iframe src="http://{trap}/i"></iframe><iframe srcdoc="<img src=http://{trap}/s>"></iframe>',
    "window": '<script>window.open("http://{trap}/w")</script>',
    "socket": '<script>new WebSocket("ws://{trap}/ws")</script>',
    "events": '<script>new EventSource("http://{trap}/events")</script>',
    "form": '<form method="post" target="f" action="http://{trap}/p"></form><iframe name="f"></iframe>'
    "<script>document.forms[0].submit()</script>",
    "hints": '<link rel="prefetch" href="http://{trap}/1"><link rel="preload" as="script" href="http://{trap}/2">'
    '<link rel="preconnect" href="http://{trap}/"><link rel="dns-prefetch" href="http://{trap}/">'
    '<link rel="prerender" href="http://{trap}/3"><link rel="icon" href="http://{trap}/4">'
    '<script type="speculationrules">{{"prerender": [{{"urls": ["http://{trap}/5"]}}]}}</script>',
    "worker": "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('http://{trap}/w')\"])))</script>",
    "service-worker": '<script>navigator.serviceWorker.register("/worker.js").catch(() => 0)</script>',
    "rtc": '<script>const c = new RTCPeerConnection({{iceServers: [{{urls: "stun:{trap}"}}, {{urls: "turn:{trap}?'
    'transport=tcp", username: "u", credential: "c"}}]}}); c.createDataChannel("d");'
    "c.createOffer().then((o) => c.setLocalDescription(o))</script>",
    "transport": '<script>new WebTransport("https://{trap}/t").ready.catch(() => 0)</script>',
    "redirected": '<script src="/to-trap"></script><iframe src="/to-trap"></iframe><script>fetch("/to-trap")</script>',
    "xml": '<iframe src="/entity.xml"></iframe>',
}


def publish(site: Site, place: str, body: str) -> str:
    """A page with a text and an attempt, and what attempts lean on."""
    site.put("/to-trap", (302, {"Location": f"http://{place}/redirected"}, b""))
    site.put("/worker.js", (200, {"Content-Type": "text/javascript"}, f'fetch("http://{place}/sw")'.encode()))
    xml = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "http://{place}/e">]><a>&b;</a>'
    site.put("/entity.xml", (200, {"Content-Type": "text/xml"}, xml.encode()))
    return site.put("/page", f"<!doctype html><title>Policy</title>{TEXT}{body}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_reaches_no_forbidden_address(browser: BrowserFetcher, site: Site, trap: Trap, host: str) -> None:
    """All ways of a page at once, by address and by a name that leads there: nobody comes, and the text is read."""
    place = f"{host}:{trap.port}"
    url = publish(site, place, "".join(attempt.format(trap=place) for attempt in ATTEMPTS.values()))
    capture = browser.fetch(url)
    assert isinstance(capture, Capture)
    assert b"twelve months" in capture.body
    assert site.hits["/to-trap"] >= 1
    assert trap.caught == 0


def test_the_attempts_would_come_through(browser: BrowserFetcher, site: Site) -> None:
    """The same page reaches an address that may be contacted: the attempts are real."""
    place = f"127.0.0.2:{site.port}"
    browser.fetch(publish(site, place, "".join(attempt.format(trap=place) for attempt in ATTEMPTS.values())))
    reached = {"/a.js", "/b.js", "/a.css", "/b.css", "/f", "/x", "/i", "/p", "/events", "/w", "/ws", "/redirected"}
    assert reached <= set(site.hits)


@pytest.mark.parametrize(
    "leave",
    [
        '<meta http-equiv="refresh" content="0; url=http://{trap}/">',
        '<script>location = "http://{trap}/"</script>',
        '<form method="post" action="http://{trap}/"></form><script>document.forms[0].submit()</script>',
    ],
    ids=["refresh", "location", "form"],
)
def test_a_page_cannot_lead_to_one(browser: BrowserFetcher, site: Site, trap: Trap, leave: str) -> None:
    """A page that goes to a forbidden address itself is refused with the address; nobody comes."""
    failure = browser.fetch(publish(site, "127.0.0.1:1", leave.format(trap=f"127.0.0.1:{trap.port}")))
    assert isinstance(failure, FetchFailure)
    assert failure.reason is Reason.BLOCKED_ADDRESS
    assert "127.0.0.1" in failure.detail
    assert trap.caught == 0


def test_a_redirect_cannot_lead_to_one(browser: BrowserFetcher, site: Site, trap: Trap) -> None:
    """A redirect of the server to a forbidden address is refused; nobody comes."""
    url = site.put("/moved", (301, {"Location": f"http://127.0.0.1:{trap.port}/"}, b""))
    failure = browser.fetch(url)
    assert isinstance(failure, FetchFailure)
    assert failure.reason is Reason.BLOCKED_ADDRESS
    assert trap.caught == 0


@contextlib.contextmanager
def resolving(name: str, *addresses: str) -> Iterator[None]:
    """Let a name have addresses, one after the other; the last one stays."""
    real = socket.getaddrinfo
    left = list(addresses)

    def look_up(host: Any, port: Any, *rest: Any) -> Any:
        if host != name:
            return real(host, port, *rest)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


def test_a_name_that_changes_its_address_gains_nothing(browser: BrowserFetcher, site: Site, trap: Trap) -> None:
    """A name that is public first and private afterwards: each connection is judged by the address it goes to."""
    name = "flips.example.test"
    site.put("/again", (200, {"Connection": "close"}, b"x"))
    script = f"""<script>for (let i = 0; i < 9; i += 1) fetch(`/again?${{i}}`).catch(() => 0);
        fetch("http://{name}:{trap.port}/", {{mode: "no-cors"}}).catch(() => 0)</script>"""
    site.put("/page", (200, {"Connection": "close"}, f"<title>Policy</title>{TEXT}{script}".encode()))
    with resolving(name, "127.0.0.2", "127.0.0.1"):
        capture = browser.fetch(f"http://{name}:{site.port}/page")
    assert isinstance(capture, Capture)
    assert sum(count for path, count in site.hits.items() if path.startswith("/again")) == 0
    with resolving(name, "127.0.0.1"):
        failure = browser.fetch(f"http://{name}:{trap.port}/")
    assert isinstance(failure, FetchFailure)
    assert failure.reason is Reason.BLOCKED_ADDRESS
    assert trap.caught == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", Reason.BLOCKED_SCHEME),
        ("chrome://version/", Reason.BLOCKED_SCHEME),
        ("view-source:http://example.org/", Reason.BLOCKED_SCHEME),
        ("javascript:alert(1)", Reason.BLOCKED_SCHEME),
        ("http://user:secret@example.org/", Reason.BLOCKED_ADDRESS),
        ("http://127.0.0.2:80\\@example.org/", Reason.BLOCKED_ADDRESS),
        ("http://[::ffff:127.0.0.1]/", Reason.BLOCKED_ADDRESS),
        ("http://2130706433/", Reason.BLOCKED_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", Reason.BLOCKED_ADDRESS),
    ],
)
def test_odd_and_private_addresses_are_refused(browser: BrowserFetcher, url: str, reason: Reason) -> None:
    """What HTTP refuses, the browser refuses."""
    failure = browser.fetch(url)
    assert isinstance(failure, FetchFailure)
    assert failure.reason is reason


@pytest.mark.parametrize("target", ["file:///etc/passwd", "chrome://version/", "data:text/html,<p>other</p>"])
def test_a_page_cannot_go_to_another_scheme(browser: BrowserFetcher, site: Site, target: str) -> None:
    """A page that leads to a file of this machine stays where it is."""
    url = site.put("/page", f'<title>Policy</title>{TEXT}<script>location = "{target}"</script>')
    capture = browser.fetch(url)
    assert isinstance(capture, Capture)
    assert b"twelve months" in capture.body
    assert b"root:" not in capture.body
    assert capture.final_url == url


def proxy_of(asked: list[bytes], answer: bytes) -> tuple[socket.socket, threading.Thread]:
    """A proxy on 127.0.0.2 that notes what it is asked, and connects when its answer is 200."""
    listener = socket.create_server(("127.0.0.2", 0))

    def carry(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        asked.append(head)
        client.sendall(answer)
        if b" 200 " in answer:
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                thread = threading.Thread(target=carry, args=(server, client), daemon=True)
                thread.start()
                carry(client, server)
                thread.join()
        client.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    return listener, thread


def test_a_proxy_is_used_and_guarded(browser: BrowserFetcher, site: Site, trap: Trap) -> None:
    """Every connection of a page goes by way of the proxy, with its login; what is forbidden is not even asked for."""
    asked: list[bytes] = []
    listener, thread = proxy_of(asked, b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n")
    proxy = f"http://me:secret@127.0.0.2:{listener.getsockname()[1]}"
    site.put("/text.js", (200, {"Content-Type": "text/javascript"}, b"document.body.append('by the proxy')"))
    page = f"<title>p</title>{TEXT}<script src=/text.js></script><script src=http://127.0.0.1:{trap.port}/></script>"
    capture = browser.fetch(site.put("/", page), manner=Manner(proxy=proxy))
    assert isinstance(capture, Capture)
    assert b"by the proxy" in capture.body
    assert {head.split()[1] for head in asked} == {f"127.0.0.2:{site.port}".encode()}
    assert all(b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in head for head in asked)
    assert trap.caught == 0
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "status 407"),
        (b"junk\r\n\r\n", "the proxy"),
        (b"HTTP/1.1 200", "the proxy"),
    ],
    ids=["refusal", "junk", "cut"],
)
def test_a_proxy_that_refuses_is_told(browser: BrowserFetcher, site: Site, answer: bytes, words: str) -> None:
    """No page without the proxy's consent, and never around it; its address is not told."""
    listener, thread = proxy_of([], answer)
    proxy = f"http://me:secret@127.0.0.2:{listener.getsockname()[1]}"
    failure = browser.fetch(site.put("/", TEXT), manner=Manner(proxy=proxy))
    assert isinstance(failure, FetchFailure)
    assert failure.reason is Reason.CONNECT
    assert words in failure.detail
    assert "secret" not in failure.detail
    assert site.hits["/"] == 0
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize(
    ("proxy", "reason"),
    [("https://127.0.0.2:1", Reason.CONNECT), ("http://127.0.0.1:1", Reason.BLOCKED_ADDRESS)],
)
def test_a_proxy_that_cannot_be_used_is_refused(
    browser: BrowserFetcher, site: Site, proxy: str, reason: Reason
) -> None:
    """A proxy over TLS, and one at an address that may not be contacted."""
    failure = browser.fetch(site.put("/", TEXT), manner=Manner(proxy=proxy))
    assert isinstance(failure, FetchFailure)
    assert failure.reason is reason
    assert site.hits["/"] == 0


def test_what_is_secret_goes_to_its_own_origin(browser: BrowserFetcher, site: Site) -> None:
    """A login and cookies reach the page's own host and no other, whoever asks for what."""
    other = site.url.replace("127.0.0.2", "localhost-two.example.test")
    seen: dict[str, list[dict[str, str]]] = {}

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.setdefault(handler.path, []).append(dict(handler.headers))
        if handler.path == "/" and "Authorization" not in handler.headers:
            handler.wfile.write(b'HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n')
            return
        body = f"<title>p</title>{TEXT}<script>fetch('/own'); fetch('/away')</script><iframe src='{other}/f'></iframe>"
        body = body if handler.path == "/" else "x"
        status = f"302 Found\r\nLocation: {other}/redirected" if handler.path == "/away" else "200 OK"
        head = f"HTTP/1.0 {status}\r\nContent-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
        handler.wfile.write(head.encode() + body.encode())

    for path in ("/", "/own", "/away", "/redirected", "/f"):
        site.put(path, note)
    manner = Manner(
        headers=(("X-Region", "nl"),),
        secrets=(("Authorization", "Basic bWU6cGFzcw=="), ("Cookie", "a=1; b=two")),
    )
    with resolving("localhost-two.example.test", "127.0.0.2"):
        capture = browser.fetch(site.url + "/", manner=manner)
    assert isinstance(capture, Capture)
    for path in ("/", "/own"):
        last = seen[path][-1]
        assert (last["Authorization"], last["Cookie"], last["X-Region"]) == ("Basic bWU6cGFzcw==", "a=1; b=two", "nl")
    for path in ("/redirected", "/f"):
        for headers in seen[path]:
            assert not {"Authorization", "Cookie"} & set(headers)


@pytest.mark.parametrize(
    "manner",
    [
        Manner(secrets=(("X-Api-Key", "secret"),)),
        Manner(secrets=(("Authorization", "Bearer secret"),)),
        Manner(secrets=(("Authorization", "Basic secret!"),)),
        Manner(certificate=("client.pem", None)),
    ],
    ids=["header", "bearer", "broken", "certificate"],
)
def test_what_cannot_be_kept_secret_is_not_sent(browser: BrowserFetcher, site: Site, manner: Manner) -> None:
    """A secret that scripts or redirects could carry along keeps the page from being rendered; nothing is asked for."""
    failure = browser.fetch(site.put("/", TEXT), manner=manner)
    assert isinstance(failure, FetchFailure)
    assert (failure.reason, failure.transient) == (Reason.BROWSER, False)
    assert 'use fetcher = "http"' in failure.detail
    assert "secret!" not in failure.detail
    assert not site.hits
