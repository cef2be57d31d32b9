"""C03: no secret of the configuration comes out anywhere: streams, logs, tracebacks, the store and its evidence."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

CANARY = "c4n4ry-s3cr3t/x+y"
PARTS = ("c4n4ry", "s3cr3t", "YzRuNHJ5LXMzY3IzdC94K3k", "czNjcjN0")  # the last ones: of it, and within it, in base 64
CLAUSE = "<p>We keep personal data for twelve months and share it with no processor outside the Union.</p>"
PAGE = f"<html lang=en><title>Privacy</title><main><h1>Privacy policy</h1>{CLAUSE * 12}</main></html>".encode()


class Echo:
    """A server that repeats in its headers and redirects whatever it is sent, as a host and as a proxy."""

    def __init__(self) -> None:
        """Serve."""
        self.seen: list[tuple[str, dict[str, str]]] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                echo.seen.append((self.path, dict(self.headers)))
                status = next((code for code in (302, 401, 407, 500) if str(code) in self.path), 200)
                body = PAGE if status == 200 and "robots" not in self.path else b""
                self.send_response(404 if "robots" in self.path else status, f"sent {self.headers.get('Cookie', '')}")
                for name, value in self.headers.items():
                    self.send_header(f"X-Echo-{name}", value)
                if status == 302:
                    self.send_header("Location", f"/page?you={self.headers.get('Cookie')}")
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self) -> None:
                echo.seen.append((self.path, dict(self.headers)))
                self.send_response(407, f"not {self.headers.get('Proxy-Authorization')}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()


@pytest.fixture
def echo() -> Iterator[Echo]:
    """An echoing server, closed at the end."""
    one = Echo()
    yield one
    one.server.shutdown()
    one.server.server_close()
    one.thread.join()


SOURCE = """
[[source]]
id = "vendor/{name}"
vendor = "Vendor"
document = "privacy-policy"
url = "{url}"
{access}
"""
LOGIN = """headers = { Authorization = "Bearer ${CANARY}", X-Own = "a ${file:canary} b" }
cookies = { sid = "${CANARY}" }"""


def sources(place: str, closed: int) -> str:
    """Every way to be let in, and every way in which that goes wrong."""
    home = f"http://{place}"
    proxy = f'proxy = "http://me:${{CANARY}}@{place}"'
    rows = {
        "login": (f"{home}/page", LOGIN),
        "basic": (f"{home}/basic", 'auth = "me:${CANARY}"'),
        "moved": (f"{home}/302", LOGIN),
        "locked": (f"{home}/401", LOGIN),
        "broken": (f"{home}/500", LOGIN),
        "gone": (f"http://127.0.0.1:{closed}/", LOGIN),
        "proxied": (f"{home}/proxied", proxy),
        "refused": (f"{home}/407", proxy),
        "tunnel": ("https://127.0.0.1:1/", proxy),
        "noproxy": (f"{home}/x", f'proxy = "http://me:${{CANARY}}@127.0.0.1:{closed}"'),
        "badproxy": (f"{home}/y", 'proxy = "http://${CANARY}@127.0.0.1:9/"'),
    }
    return "".join(SOURCE.format(name=name, url=url, access=access) for name, (url, access) in rows.items())


def told(place: Path) -> bytes:
    """All that stands in the files of a folder, and in the columns of each store."""
    found = b""
    for path in sorted(place.rglob("*")):
        if not path.is_file() or path.name == "canary":
            continue
        found += path.read_bytes()
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as store:
                # The index of passages has no content: no column of it can be read.
                named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'passages_fts'"
                for (table,) in store.execute(named).fetchall():
                    found += repr(store.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
    return found


def test_the_canary_is_nowhere(
    echo: Echo,
    configure: Callable[..., Path],
    start: Callable[..., Any],
    run: Callable[..., Any],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    """Checked with --debug, tested, shown: the secret reached the server, and nothing else."""
    environment["CANARY"] = CANARY
    (tmp_path / "canary").write_text(f"{CANARY}\n")
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        configure(sources(echo.place, reserved.getsockname()[1]))
        runs = [
            start("--debug", "-vv", "check", "--force", "--no-deliver", "--json"),
            start("--debug", "sources", "test", "vendor/login", "vendor/moved", "vendor/tunnel", "vendor/noproxy"),
            run("sources", "list", "--json"),
            run("--debug", "status", "--json"),
            run("--debug", "show", "vendor/login", "--json"),
        ]
    assert [done.code for done in runs] == [3, 3, 0, 0, 0], runs
    sent = [value for _, headers in echo.seen for value in headers.values()]
    assert f"Bearer {CANARY}" in sent
    assert f"a {CANARY} b" in sent
    assert f"sid={CANARY}" in sent
    assert any(path.startswith("/page?you=") for path, _ in echo.seen)
    assert any("Proxy-Authorization" in headers for _, headers in echo.seen)
    shown = "".join(done.out + done.err for done in runs).encode() + told(tmp_path)
    assert b"vendor/tunnel" in shown
    for part in PARTS:
        assert part.encode() not in shown, part


@pytest.mark.parametrize("line", ['auth = "me:{}"', 'proxy = "http://me:{}@h:1"', 'headers = {{ X-Token = "{}" }}'])
def test_a_refused_configuration_does_not_tell_it(
    configure: Callable[..., Path], start: Callable[..., Any], line: str
) -> None:
    """A secret that was written in plain sight is not repeated by the message that refuses it, nor by a traceback."""
    configure(SOURCE.format(name="a", url="https://vendor.example/", access=line.format(CANARY)))
    done = start("--debug", "check")
    assert done.code != 0
    assert "plain sight" in done.err
    assert not any(part in done.out + done.err for part in PARTS)


def test_a_channel_is_not_told_by_the_libraries(
    echo: Echo,
    configure: Callable[..., Path],
    start: Callable[..., Any],
    environment: dict[str, str],
) -> None:
    """With --debug neither apprise nor urllib3 writes the address of a webhook, which is the key to it."""
    environment["CANARY"] = CANARY
    configure(
        SOURCE.format(name="a", url=f"http://{echo.place}/page", access="")
        + f'[[subscriber]]\nname = "team"\nto = ["json://{echo.place}/${{CANARY}}"]\n'
    )
    done = start("--debug", "-vv", "subscribers", "test", "team")
    assert "${CANARY}: not taken" in done.err
    assert not any(part in done.out + done.err for part in PARTS), done
