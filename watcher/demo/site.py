"""The sample vendors' web site: a real HTTP server on loopback, its pages dressed anew for every request."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from watcher.demo.noise import Noise, make_noise
from watcher.demo.story import PAGES, Round, Vendor
from watcher.demo.texts import Part, read_text

# A page of 2009 has no machinery: its bytes change only with its text, so its ETag answers "not modified".
_STEADY = {"layout"}
_STEADY_MENU = ["Home", "Diensten", "Tarieven", "Werkwijze", "Contact"]


class Site:
    """What the vendors publish at the moment. `show` changes it; safe to be asked from several threads."""

    def __init__(self, vendors: tuple[Vendor, ...], clock: Callable[[], datetime]) -> None:
        """Publish nothing yet."""
        self._vendors = {f"/{vendor.id}": vendor for vendor in vendors}
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._round: Round | None = None
        self._pages = Environment(loader=FunctionLoader(_template), autoescape=True, auto_reload=False)

    def show(self, chapter: Round) -> None:
        """Publish the editions of a round."""
        with self._lock:
            self._round = chapter

    def answer(self, path: str) -> tuple[int, bytes]:
        """The status and the body of one request."""
        with self._lock:
            vendor, chapter = self._vendors.get(path), self._round
            self._counts[path] += 1
            count = self._counts[path]
        if vendor is None or chapter is None:
            return 404, b"<!doctype html><title>Not found</title><h1>Not found</h1>"
        if vendor.id in chapter.down:
            return 503, b"<!doctype html><title>Service unavailable</title><h1>Service unavailable</h1>"
        noise = make_noise(vendor.id, count, vendor.language, self._clock())
        if vendor.id in chapter.wall:
            return 200, self._pages.get_template("wall.html").render(noise=noise).encode()
        return 200, self._page(vendor, chapter.edition, noise)

    def _page(self, vendor: Vendor, edition: int, noise: Noise) -> bytes:
        title, parts = read_text(vendor.id.partition("/")[0], edition)
        machinery: dict[str, Any] = {"noise": noise}
        if vendor.shape in _STEADY:
            machinery = {"menu": _STEADY_MENU, "year": 2024}
        elif vendor.shape == "shell":
            machinery["payload"] = _payload(title, parts, noise)
        page = self._pages.get_template(f"{vendor.shape}.html")
        text = page.render(vendor=vendor.name, language=vendor.language, title=title, parts=parts, **machinery)
        return text.encode()


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serve a site on a free port of 127.0.0.1; yields its address. No thread is left behind."""
    server = _Server(("127.0.0.1", 0), _handler(site))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="demo-site")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing the server waits for its connections

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that hung up, as the fetcher does when it needs no more than the status."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5  # a connection that a dead client left open must not keep the demo from ending

        def do_GET(self) -> None:
            status, body = site.answer(self.path)
            tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            if status == 200 and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("ETag", tag)
            if status != 304:
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
            """Say nothing."""

    return Handler


def _template(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def _payload(title: str, parts: tuple[Part, ...], noise: Noise) -> Markup:
    """The text once more as escaped JSON, as application frameworks send it along for the browser's scripts."""
    sections = [
        {
            "id": f"{noise.token[:8]}-{number}",
            "heading": part.heading,
            "html": "".join(f"<p>{Markup.escape(row[0])}</p>" for run in part.runs for row in run.rows),
        }
        for number, part in enumerate(parts)
    ]
    props = {"title": title, "buildId": noise.build, "session": noise.session, "sections": sections}
    text = json.dumps({"props": {"pageProps": props}}, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that could end the script is escaped above
