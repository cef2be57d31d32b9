"""What a browser makes of pages: the text that scripts bring, and an ordered end of all that never ends."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from render_samples import DEADLINE, LARGEST, Site

from storage.model import RENDERED, Capture, Hop, Reason
from watcher.fetcher import FetchFailure, Manner
from watcher.fetcher.browser.fetcher import BrowserFetcher, NotHtml

TEXT = "<h1>Privacy policy</h1><p>We keep your personal data for twelve months.</p>"
SHELL = "<!doctype html><title>Policy</title><div id=root></div><script>{}</script>"


def rendered(browser: BrowserFetcher, url: str, manner: Manner = Manner()) -> str:  # noqa: B008 - frozen value
    """The text of a page that can be had."""
    capture = browser.fetch(url, manner=manner)
    assert isinstance(capture, Capture), capture
    return capture.body.decode()


def failed(browser: BrowserFetcher, url: str, manner: Manner = Manner()) -> FetchFailure:  # noqa: B008 - frozen value
    """Why a page cannot be had."""
    failure = browser.fetch(url, manner=manner)
    assert isinstance(failure, FetchFailure), failure
    return failure


def test_the_text_that_scripts_bring_is_there(browser: BrowserFetcher, site: Site) -> None:
    """A text that comes as JSON some time after the page is in the body, with the answer's headers beside it."""

    def late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.8)
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(TEXT).encode())

    site.put("/text.json", late)
    shell = SHELL.format("fetch('/text.json').then((r) => r.json()).then((t) => { root.innerHTML = t; })")
    headers = {"Content-Type": "text/html; charset=windows-1252", "ETag": '"1"', "X-Clausewatch-Rendered": "forged"}
    url = site.put("/policy", (200, headers, shell.replace("Policy", "Polïcy").encode("cp1252")))
    capture = browser.fetch(url + "#section")
    assert isinstance(capture, Capture)
    assert capture.body.startswith(b"<!DOCTYPE html>\n<html><head><title>Pol\xc3\xafcy")
    assert b"twelve months" in capture.body
    assert (capture.url, capture.final_url, capture.status, capture.hops) == (url + "#section", url, 200, ())
    assert (capture.media_type, capture.charset, capture.header("ETag")) == ("text/html", "utf-8", '"1"')
    assert capture.rendered
    assert [value for name, value in capture.headers if name == RENDERED] == [capture.header(RENDERED)]
    assert str(capture.header(RENDERED)).startswith("chromium ")


def test_the_browser_says_who_asks(browser: BrowserFetcher, site: Site) -> None:
    """The User-Agent names clausewatch and the contact; language, zone and window are those that were set."""
    script = (
        "const o = Intl.DateTimeFormat().resolvedOptions();"
        "root.innerText = [o.locale, o.timeZone, innerWidth, navigator.language, navigator.userAgent].join(' | ')"
    )
    text = rendered(browser, site.put("/", SHELL.format(script)), Manner(language="nl"))
    assert "nl | UTC | 1280 | nl | Mozilla/5.0" in text
    agent = site.headers["/"]["User-Agent"]
    assert "clausewatch/" in agent
    assert agent.endswith(" (+privacy@example.org)")
    assert site.headers["/"]["Accept-Language"].startswith("nl")


def test_images_media_and_fonts_are_not_loaded(browser: BrowserFetcher, site: Site) -> None:
    """Only what can bring text is asked for."""
    page = f"""<title>p</title>{TEXT}<img src=/i.png><video src=/v.mp4 autoplay></video>
        <link rel=stylesheet href=/s.css>
        <style>@font-face {{ font-family: f; src: url(/f.woff2); }} p {{ font-family: f; }}</style>"""
    rendered(browser, site.put("/", page))
    assert site.hits["/s.css"] == 1
    assert not {"/i.png", "/v.mp4", "/f.woff2"} & set(site.hits)


def test_what_is_folded_in_is_opened(browser: BrowserFetcher, site: Site) -> None:
    """Every <details> is open, also those of which only one may be, and what opening one loads is there."""
    page = f"""<title>p</title>{TEXT}<details name=a><summary>A</summary>first</details>
        <details name=a id=b><summary>B</summary></details>
        <script>b.addEventListener("toggle", () => setTimeout(() => b.append("loaded late"), 60))</script>"""
    text = rendered(browser, site.put("/", page))
    assert text.count('open=""') == 2
    assert "loaded late" in text


def test_shadow_trees_are_part_of_the_page(browser: BrowserFetcher, site: Site) -> None:
    """The text of web components stands where a reader sees it, what their slots hold in its place."""
    page = """<title>p</title><x-outer><b>slotted</b></x-outer><script>
        customElements.define("x-inner", class extends HTMLElement { constructor() { super();
          this.attachShadow({mode: "open"}).innerHTML = "<i>inner</i>"; } });
        customElements.define("x-outer", class extends HTMLElement { constructor() { super();
          this.attachShadow({mode: "open"}).innerHTML =
            "<style>i{color:red}</style><p>before <slot></slot> after</p><x-inner></x-inner>"; } });
        </script>"""
    text = rendered(browser, site.put("/", page))
    assert "<x-outer><p>before <b>slotted</b> after</p><x-inner><i>inner</i></x-inner></x-outer>" in text


def test_a_selector_is_waited_for(browser: BrowserFetcher, impatient: BrowserFetcher, site: Site) -> None:
    """With `wait_for` a text that has long stood still is not enough; what never comes is a failed check."""
    script = (
        "root.innerText = 'Loading...'; setTimeout(() => { root.innerHTML = '<p id=late>twelve months</p>' }, 2500)"
    )
    url = site.put("/", SHELL.format(script))
    assert "Loading..." in rendered(browser, url)
    assert "twelve months" in rendered(browser, url, Manner(wait_for="main #late, #root #late"))
    failure = failed(impatient, url, Manner(wait_for="#never"))
    assert (failure.reason, failure.transient) == (Reason.SELECTOR_MISSING, True)
    assert "#never" in failure.detail


@pytest.mark.parametrize(
    "script",
    [
        "setInterval(() => fetch('/poll').catch(() => 0), 200)",
        "alert(1); confirm(2); prompt(3); onbeforeunload = () => 'stay'",
        "window.open('/other'); window.open('/other')",
        "location.hash = 'x'; history.pushState({}, '', '/elsewhere')",
        "const a = document.createElement('a'); a.href = '/f'; a.download = 'f'; document.body.append(a); a.click()",
        "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'x'}); document.querySelectorAll = null",
        "navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission()",
        "print(); document.documentElement.requestFullscreen().catch(() => 0)",
        "fetch('/never').catch(() => 0)",
        "document.body.append('\\ud800')",
        "throw new Error('no')",
        "Object.defineProperty(Element.prototype, 'scrollHeight', {get: () => Infinity}); Array.prototype.map = 0",
    ],
    ids=[
        "polls",
        "dialogs",
        "windows",
        "history",
        "download",
        "prototypes",
        "permissions",
        "print",
        "hangs",
        "surrogate",
        "throws",
        "lies",
    ],
)
def test_a_page_with_habits_is_read_all_the_same(browser: BrowserFetcher, site: Site, script: str) -> None:
    """Pages that poll, ask, open windows or change what the language means show their text within the deadline."""
    site.put("/never", lambda handler: time.sleep(8))
    url = site.put("/", f"<!doctype html><title>Policy</title><body><main>{TEXT}</main><script>{script}</script>")
    begun = time.monotonic()
    capture = browser.fetch(url)
    assert isinstance(capture, Capture), capture
    assert b"twelve months" in capture.body
    assert capture.final_url == url
    assert "/other" not in site.hits
    assert time.monotonic() - begun < 9


def test_a_text_that_never_stands_is_taken_as_it_is(browser: BrowserFetcher, site: Site) -> None:
    """A clock on the page costs some seconds, not the document."""
    page = f"<title>Policy</title>{TEXT}<p id=c></p><script>setInterval(() => c.innerText = Math.random(), 50)</script>"
    assert "twelve months" in rendered(browser, site.put("/", page))


@pytest.mark.parametrize(
    "path",
    ["/busy", "/drip", "/silence"],
)
def test_a_page_that_never_ends_ends_at_the_deadline(impatient: BrowserFetcher, site: Site, path: str) -> None:
    """An endless loop, a body that drips and an answer that never comes are a timeout; the next page is fine."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + TEXT.encode())
        while True:
            handler.wfile.write(b"<p>more</p>")
            time.sleep(0.2)

    site.put("/busy", f"<title>p</title>{TEXT}<script>while (true) {{}}</script>")
    site.put("/drip", drip)
    site.put("/silence", lambda handler: time.sleep(DEADLINE + 2))
    site.put("/", TEXT)
    rendered(impatient, site.url + "/")  # so that no start of the browser is measured
    begun = time.monotonic()
    failure = failed(impatient, site.url + path)
    assert time.monotonic() - begun < DEADLINE + 3
    assert (failure.reason, failure.transient) == (Reason.TIMEOUT, True)
    assert "twelve months" in rendered(impatient, site.url + "/")


def test_a_dom_that_is_too_large_is_refused(browser: BrowserFetcher, site: Site) -> None:
    """A page whose scripts make 50 MB of it is too large; so is one that never stops growing."""
    grown = (
        "root.hidden = true; root.textContent = 'personal data '.repeat(3600000)",
        "root.dataset.all = 'personal data '.repeat(3600000); root.append('text')",
        "setInterval(() => root.append('personal data '.repeat(20000)), 5)",
    )
    for script in grown:
        failure = failed(browser, site.put("/", SHELL.format(script)))
        assert failure.reason is Reason.TOO_LARGE
        assert failure.transient is False


def test_an_answer_without_end_is_cut_off(browser: BrowserFetcher, site: Site) -> None:
    """What comes over the network for one page is bounded, scripts and all."""

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            handler.wfile.write(b"<!--" + b"x" * 65_536 + b"-->")

    begun = time.monotonic()
    failure = failed(browser, site.put("/", pour))
    assert failure.reason is Reason.TOO_LARGE
    assert str(10 * LARGEST) in failure.detail
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("headers", "body", "media_type"),
    [
        ({"Content-Type": "application/pdf"}, b"%PDF-1.4\n%%EOF", "application/pdf"),
        ({"Content-Type": "text/plain"}, b"plain", "text/plain"),
        ({"Content-Type": "application/json"}, b"{}", "application/json"),
        ({"Content-Type": "application/octet-stream"}, b"\x00", "application/octet-stream"),
        ({"Content-Disposition": "attachment; filename=p.html"}, TEXT.encode(), "text/html"),
    ],
    ids=["pdf", "text", "json", "download", "attachment"],
)
def test_what_is_no_page_is_left_to_http(
    browser: BrowserFetcher, site: Site, headers: dict[str, str], body: bytes, media_type: str
) -> None:
    """A PDF behind a redirect, a plain text, a download: the browser hands the address back."""
    site.put("/file", (200, headers, body))
    url = site.put("/moved", (302, {"Location": "/file"}, b""))
    assert browser.fetch(url) == NotHtml(url, media_type)


def test_every_way_to_the_document_is_told(browser: BrowserFetcher, site: Site) -> None:
    """Redirects of the server, of a meta element and of a script are hops, in order, with the last address."""
    site.put("/1", (301, {"Location": "/2"}, b""))
    site.put("/2", '<meta http-equiv="refresh" content="0; url=/3">')
    site.put("/3", "<script>location.replace('/4')</script>")
    url = site.put("/4", TEXT)
    capture = browser.fetch(site.url + "/1")
    assert isinstance(capture, Capture)
    assert capture.final_url == url
    there = [site.url + path for path in ("/1", "/2", "/3", "/4")]
    assert capture.hops == (Hop(there[0], 301, there[1]), Hop(there[1], 200, there[2]), Hop(there[2], 200, there[3]))


def test_redirects_are_counted(browser: BrowserFetcher, site: Site) -> None:
    """Six redirects are too many, whoever makes them; so is a loop."""
    for number in range(6):
        site.put(f"/{number}", (302, {"Location": f"/{number + 1}"}, b""))
    site.put("/6", TEXT)
    assert failed(browser, site.url + "/0").reason is Reason.REDIRECT
    assert "twelve months" in rendered(browser, site.url + "/1")
    site.put("/a", (302, {"Location": "/a"}, b""))
    assert failed(browser, site.url + "/a").reason is Reason.REDIRECT
    site.put("/b", "<script>location.reload()</script>")
    assert failed(browser, site.url + "/b").reason is Reason.REDIRECT


@pytest.mark.parametrize(
    ("status", "headers", "reason", "wait"),
    [
        (404, {}, Reason.GONE, None),
        (403, {}, Reason.HTTP_STATUS, None),
        (500, {}, Reason.HTTP_STATUS, None),
        (429, {"Retry-After": "120"}, Reason.RATE_LIMITED, 120.0),
        (204, {}, Reason.PROTOCOL, None),
    ],
)
def test_a_status_means_what_it_means_over_http(
    browser: BrowserFetcher, site: Site, status: int, headers: dict[str, str], reason: Reason, wait: float | None
) -> None:
    """An error page is no document, however much text it has; nor is one that has none."""
    for body in (TEXT.encode(), b"") if status != 204 else (b"",):
        failure = failed(browser, site.put("/", (status, headers, body)))
        assert (failure.reason, failure.status, failure.retry_after) == (reason, status, wait)


def test_a_body_that_is_cut_off_is_no_page(browser: BrowserFetcher, site: Site) -> None:
    """Chromium shows half a page as if it were whole; here it is a failure."""

    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n" + TEXT.encode()
        )

    def chunk(handler: BaseHTTPRequestHandler) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        handler.wfile.write(head + b"50\r\n" + TEXT.encode())

    assert failed(browser, site.put("/cut", cut)).reason is Reason.TRUNCATED
    assert failed(browser, site.put("/chunk", chunk)).reason is Reason.TRUNCATED


def test_a_picture_is_kept_on_request(browser: BrowserFetcher, site: Site, tmp_path: Path) -> None:
    """The screenshot is a PNG of the whole page, as wide as the window."""
    place = tmp_path / "page.png"
    url = site.put("/", f"<title>p</title>{TEXT}<div style='height: 3000px'></div>")
    assert isinstance(browser.fetch(url, manner=Manner(screenshot=place)), Capture)
    data = place.read_bytes()
    assert data.startswith(b"\x89PNG\r\n")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    assert width == 1280
    assert 3000 < height < 3300


def test_a_document_that_takes_itself_away_is_empty(browser: BrowserFetcher, site: Site) -> None:
    """Nothing is left to write down, and nothing breaks: the gate will say that it is empty."""
    url = site.put("/", f"{TEXT}<script>setTimeout(() => document.documentElement.remove(), 50)</script>")
    capture = browser.fetch(url)
    assert isinstance(capture, Capture)
    assert capture.body == b""
