"""Nothing that a page does reaches an address that may not be contacted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from storage.model import Capture, Reason
from tests.render.conftest import Site, Trap
from watcher.fetcher import FetchFailure
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


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let names have addresses, one after the other; the last one stays."""
    real = socket.getaddrinfo
    known: dict[str, list[str]] = {}

    def look_up(host: str, port: int, *rest: Any) -> Any:
        addresses = known.get(str(host))
        if addresses is None:
            return real(host, port, *rest)
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return lambda **kwargs: known.update({name.replace("_", "."): list(all_) for name, all_ in kwargs.items()})


def test_a_name_that_changes_its_address_gains_nothing(
    browser: BrowserFetcher, site: Site, trap: Trap, names: Callable[..., None]
) -> None:
    """A name that is public first and private afterwards: each connection is judged by the address it goes to."""
    names(flips_example_test=["127.0.0.2", "127.0.0.1"])
    site.put("/again", (200, {"Connection": "close"}, b"x"))
    script = "<script>for (let i = 0; i < 9; i += 1) fetch(`/again?${i}`).catch(() => 0)</script>"
    site.pages["/page"] = (200, {"Connection": "close"}, f"<title>Policy</title>{TEXT}{script}".encode())
    capture = browser.fetch(f"http://flips.example.test:{site.port}/page")
    assert isinstance(capture, Capture)
    assert sum(count for path, count in site.hits.items() if path.startswith("/again")) <= 1
    # The name now leads to 127.0.0.1 for good, and the port of the trap is asked for too.
    failure = browser.fetch(f"http://flips.example.test:{trap.port}/")
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
