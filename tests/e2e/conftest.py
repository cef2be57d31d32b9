"""A web site whose pages change between runs, a mail server that keeps what it gets, and the installed command."""

from __future__ import annotations

import contextlib
import email
import email.policy
import hashlib
import io
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from watcher.cli import main


@dataclass
class Site:
    """A real HTTP server on loopback. `pages` maps paths to bodies; `status` overrides the answer of a path."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    not_modified: Counter[str] = field(default_factory=Counter)

    def put(self, path: str, body: str | bytes) -> None:
        """Publish a page."""
        self.pages[path] = body.encode() if isinstance(body, str) else body


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site of the test's own, with ETags."""
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.hits[self.path] += 1
            body = state.pages.get(self.path)
            code = state.status.get(self.path, 200 if body is not None else 404)
            tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
            if code == 200 and self.headers.get("If-None-Match") == tag:
                state.not_modified[self.path] += 1
                self.send_response(304)
                self.send_header("ETag", tag)
                self.end_headers()
                return
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that was killed hangs up: that is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Post:
    """What a mail server got: (recipient, message) in order."""

    port: int
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one message."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 kept"


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server of the test's own."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        handler = Post(reserved.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@dataclass
class Ran:
    """What one call of the command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment that the command runs in: nothing of the person who runs the tests, no colours, own folders."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path)}


@pytest.fixture
def command() -> list[str]:
    """How the installed command is started."""
    return [str(Path(sys.executable).with_name("clausewatch"))]


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spare_readers: None) -> Run:
    """Run the command line in this process, in `tmp_path`, with streams of its own (starting it costs a second)."""
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def go(*words: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(tmp_path), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main(list(words))
            except SystemExit as end:
                return Ran(int(end.code or 0), out.getvalue(), err.getvalue())

    return go


@pytest.fixture
def start(command: list[str], environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the installed command as a process of its own; it must end within a minute."""

    def go(*words: str) -> Ran:
        done = subprocess.run(
            [*command, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return go


CONFIG = """
store = "history.db"
[fetch]
contact = "privacy@example.org"
allow_networks = ["127.0.0.0/8"]
[mail]
url = "smtp+insecure://127.0.0.1:{port}"
from = "clausewatch <alerts@example.org>"
"""


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Path]:
    """Write a sources.toml into `tmp_path`; returns its path."""

    def write(body: str, *, mail_port: int = 9) -> Path:
        path = tmp_path / "sources.toml"
        path.write_text(CONFIG.format(port=mail_port) + body, encoding="utf-8")
        return path

    return write
