"""The rows of the fault catalogue on H: what goes wrong between a good check and the next, by the installed command.

Every row is a source of its own on one server that plays exact bytes. Each was seen whole once; then the fault; then
the good page again. Whatever the fault, the last good version stands, nobody is told a change, and all others finish.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from storage.model import Reason
from watcher.cli import main

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
CLAUSES = "".join(
    f"<h2>{number}. {title}</h2><p>{text}</p>"
    for number, (title, text) in enumerate(
        (
            ("What we collect", "We collect your name, your address and the words you send to our café in Liège."),
            ("Why we use it", "We process personal data to run the service, to bill it and to answer your questions."),
            ("How long we keep it", "We retain personal data for 12 months after the contract ends, then erase it."),
            ("Who receives it", "We share personal data with our processor Quillwharf Oy in Finland, who hosts it."),
            ("Transfers", "We transfer no personal data to countries outside the European Economic Area."),
            ("Security", "We protect personal data by encryption and by limiting access to those who need it."),
            ("Cookies and captchas", "We use cookies and a captcha to keep robots out; access denied means wait."),
            ("Your rights", "You have the right of access, rectification, erasure and the right to object."),
            ("Complaints", "You may lodge a complaint with the supervisory authority of your country at any time."),
            ("Contact", "Write to our data protection officer at privacy@vendor.example about any of this."),
        ),
        start=1,
    )
)
PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Privacy policy</title></head><body><nav><a href=/>Home</a></nav>"
    f"<main><h1>Privacy policy</h1>{CLAUSES}</main></body></html>"
)
SHELL = "<html><head><title>{0}</title></head><body>{1}</body></html>"


def answer(body: str | bytes, *heads: bytes, kind: bytes = HTML, status: bytes = OK, length: int = -1) -> bytes:
    """A whole answer."""
    raw = body.encode() if isinstance(body, str) else body
    size = b"Content-Length: %d\r\n" % (len(raw) if length < 0 else length)
    return status + kind + b"".join(head + b"\r\n" for head in heads) + size + b"\r\n" + raw


def of_type(kind: str) -> bytes:
    """A header."""
    return f"Content-Type: {kind}\r\n".encode()


def paper(*, locked: bool = False) -> bytes:
    """A PDF with the text of the page."""
    made = FPDF()
    made.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    if locked:
        made.set_encryption(owner_password="owner", user_password="user")  # a lock for the test
    made.add_page()
    for mark, text in re.findall("<(h1|h2|p)>(.*?)</", PAGE):
        made.set_font("helvetica", "" if mark == "p" else "B", 11 if mark == "p" else 16)
        made.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def chunked(*parts: bytes) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


UNCHANGED = {("unchanged", "")}
UNREADABLE = {("failed", "extract-failed")}
REFUSED = {("failed", "protocol")}
# What is held may be called by several names; it is never a version.
HELD = {(outcome, reason.value) for outcome in ("blocked", "suspect") for reason in Reason}
BLOCKED = {("blocked", reason.value) for reason in Reason}
SAID = PAGE.encode()
PAPER = paper()
HALF = PAGE[: PAGE.index("4. Who receives it")].encode()
OTHER = PAGE.replace("privacy", "cookie").replace("Privacy", "Cookie")
DUTCH = (
    "<html lang=nl><title>Privacyverklaring</title><main><h1>Privacyverklaring</h1>"
    + "<p>Wij verwerken persoonsgegevens alleen voor de doelen die in deze verklaring staan, en bewaren ze niet langer "
    "dan nodig is. U heeft het recht op inzage, rectificatie en verwijdering van uw persoonsgegevens.</p>"
    * 6
    + "</main></html>"
)
SHOES = SHELL.format(
    "Running shoes",
    "<main><h1>Running shoes for women</h1>"
    + "<p>Light, quick and made for long roads: our new shoe carries you through the rain of the whole autumn. In the "
    "shop from 129 euro, in four colours, with free returns for sixty days and a voucher for your next pair.</p>"
    * 6
    + "</main>",
)
WALLS = {
    "a browser check": ("Just a moment...", "<h1>vendor.example</h1><p>Checking your browser before you go on.</p>"),
    "an edge": ("Access Denied", "<h1>Access Denied</h1><p>You don't have permission. Reference #18.2f.17.ab</p>"),
    "press and hold": ("Access to this page has been denied", "<p>Press &amp; Hold to confirm you are a human.</p>"),
    "a picture puzzle": ("Robot check", "<p>Enter the characters you see below.</p><form><input name=captcha></form>"),
    "a cookie wall": (
        "Cookies",
        "<h1>Before you continue</h1><p>Accept cookies to go on.</p><a>Accept all</a> <a>Reject all</a>",
    ),
    "a login": ("Sign in", "<h1>Please sign in</h1><form><input name=u><input type=password><button>Sign in</button>"),
    "scripts wanted": ("vendor", "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root>"),
    "maintenance": ("Maintenance", "<h1>Down for maintenance</h1><p>We will be back soon.</p>"),
}

# To another place on the same server, which answers as the row says next.
MOVED = b"HTTP/1.1 302 Found\r\nLocation: ?shoes\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LATER = PAGE.replace("12 months", "36 months")
VIEWED = [
    PAGE.replace("</main>", f"<p>Last viewed {n + 2} minutes ago</p><script nonce=q{n}></script></main>")
    for n in range(3)
]
# name: (what the server answers, in turn where there are several; what may come of it)
ROWS: dict[str, tuple[bytes | list[bytes], set[tuple[str, str]]]] = {
    "h10 length 3 of 8": (answer("hello123", length=3), HELD),
    "h10 length too short": (answer(SAID, length=len(SAID) // 3), HELD),
    "h10 two lengths": (answer("hello123", b"Content-Length: 3"), REFUSED),
    "h10 length -1": (OK + HTML + b"Content-Length: -1\r\n\r\n" + SAID, UNCHANGED | REFUSED),
    "h10 length and chunks": (
        OK + HTML + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(SAID),
        UNCHANGED | REFUSED,
    ),
    "h11 half a page without a length": (OK + HTML + b"\r\n" + HALF, {("suspect", "truncated")}),
    **{f"h27 {name}": (answer(SHELL.format(*wall)), BLOCKED) for name, wall in WALLS.items()},
    "h28 nothing": (answer(""), BLOCKED),
    "h28 white space": (answer(" \n\t " * 500), BLOCKED),
    "h28 a shell": (answer("<html><body><div id=root></div></body></html>"), BLOCKED),
    "h28 twenty words": (answer(SHELL.format("Privacy policy", "<p>We care about your privacy.</p>" * 4)), HELD),
    "h31 202": (answer(SAID, status=b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n"), REFUSED),
    "h31 204": (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", REFUSED),
    "h31 206": (
        answer(HALF, status=b"HTTP/1.1 206 Partial Content\r\nConnection: close\r\n"),
        REFUSED,
    ),
    "h31 203": (answer(SAID + b" ", status=b"HTTP/1.1 203 From Afar\r\nConnection: close\r\n"), UNCHANGED),
    "h32 no charset": (answer(SAID + b" ", kind=of_type("text/html")), UNCHANGED),
    "h32 meta says latin 1": (
        answer(PAGE.replace("<head>", "<head><meta charset=iso-8859-1>")),
        UNCHANGED,
    ),
    "h32 utf-16": (answer(b"\xff\xfe" + PAGE.encode("utf-16-le"), kind=of_type("text/html")), UNCHANGED),
    "h32 byte order mark": (answer(b"\xef\xbb\xbf" + SAID), UNCHANGED),
    **{
        f"h33 {label}": (answer(SAID + b" ", kind=of_type(f"text/html; charset={label}")), UNCHANGED)
        for label in ("idna", "undefined", "zlib_codec", "utf-7", "nonsense", '"', "utf-8; charset=utf-7")
    },
    "h34 windows-1252": (answer(SAID + b" ", kind=of_type("text/html; charset=windows-1252")), UNCHANGED),
    "h34 other bytes": (
        answer(PAGE.encode("windows-1252"), kind=of_type("text/html; charset=windows-1252")),
        UNCHANGED,
    ),
    "h35 corrupt": (
        answer(b"%PDF-1.7\n" + b"x" * 500 + b"%%EOF", kind=of_type("application/pdf")),
        UNREADABLE,
    ),
    "h35 locked": (answer(paper(locked=True), kind=of_type("application/pdf")), UNREADABLE),
    "h35 html called pdf": (answer(SAID + b" ", kind=of_type("application/pdf")), UNCHANGED),
    "h35 pdf called html": (answer(PAPER + b"\n"), UNCHANGED),
    "h35 pdf as a stream of bytes": (answer(PAPER + b"\n", kind=of_type("application/octet-stream")), UNCHANGED),
    "h36 twenty megabytes": (answer(b"x" * 20_000_000), {("failed", "too-large")}),
    "h36 a line of a million signs": (
        answer(SHELL.format("x", "<p>" + "word " * 200_000)),
        HELD,
    ),
    "h36 forty thousand lines": (answer(SHELL.format("x", "<p>a line</p>\n" * 40_000)), HELD),
    "h37 cookies": (
        answer(SAID + b" ", *[b"Set-Cookie: a%d=%s" % (n, b"x" * 4000) for n in range(90)]),
        UNCHANGED | REFUSED,
    ),
    "h37 five hundred cookies": (
        answer(SAID, *[b"Set-Cookie: a%d=%s" % (n, b"x" * 4000) for n in range(500)]),
        UNCHANGED | REFUSED,
    ),
    "h38 one of two pages": ([answer(LATER), answer(PAGE)], {("suspect", "unconfirmed")}),
    "h38 times of the view": ([answer(page) for page in VIEWED[1:]], UNCHANGED),
    "h38 a token": ([answer(PAGE.replace("<nav>", f"<nav id=n{n}><a href=/?s={n}>Go</a>")) for n in (1, 2)], UNCHANGED),
    "h39 another language": (answer(DUTCH), {("suspect", "other-language")}),
    "h39 another document": (answer(SHOES), {("suspect", "other-document"), ("suspect", "truncated")}),
    "h39 another document after a redirect": (
        [MOVED, answer(SHOES)],
        {("suspect", "other-document"), ("suspect", "truncated")},
    ),
}
# What a row is in the long campaign: 200,000 lines.
LONGER = {"h36 forty thousand lines": answer(SHELL.format("x", "<p>a line</p>\n" * 200_000))}
# What the good page is where it is not PAGE.
LONG = PAGE.replace(
    "</main>", "".join(f"<p>Case {n}: we process your personal data only to serve you.</p>" for n in range(360))
)
GOOD = {
    "h28 twenty words": answer(LONG),
    "h38 times of the view": answer(VIEWED[0]),
    "h35 pdf called html": answer(PAPER, kind=of_type("application/pdf")),
    "h35 pdf as a stream of bytes": answer(PAPER, kind=of_type("application/pdf")),
}


@dataclass
class Player:
    """A server that plays exact bytes: the good page, or at the phase `fault` what the row of the path says."""

    fault: bool = False
    longer: bool = False
    port: int = 0
    turns: Counter[str] = field(default_factory=Counter)

    def play(self, peer: socket.socket) -> None:
        """Answer one request."""
        with contextlib.suppress(OSError), peer:
            data = b""
            while b"\r\n\r\n" not in data and (more := peer.recv(65536)):
                data += more
            place = data.split(b" ")[1:2]
            number = place[0].rpartition(b"/")[2].partition(b"?")[0] if place else b""
            if not number.isdigit():
                peer.sendall(answer("none", status=b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n"))
                return
            name = list(ROWS)[int(number)]
            row = ROWS[name][0] if self.fault else GOOD.get(name, answer(PAGE))
            row = LONGER.get(name, row) if self.fault and self.longer else row
            peer.sendall(row if isinstance(row, bytes) else row[self.turns[name] % len(row)])
            self.turns[name] += self.fault


@contextlib.contextmanager
def playing() -> Iterator[Player]:
    """A server for the rows."""
    player = Player()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        player.port = server.getsockname()[1]

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=player.play, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield player


def configured(folder: Path, player: Player) -> None:
    """A source for each row."""
    sources = "".join(
        f'[[source]]\nid = "row/{number}"\nvendor = "V"\ndocument = "privacy-policy"\n'
        f'url = "http://127.0.0.1:{player.port}/{number}"\n'
        for number in range(len(ROWS))
    )
    head = 'store = "history.db"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\n'
    (folder / "sources.toml").write_text(head + sources, "utf-8")


def check(folder: Path) -> dict[str, dict[str, Any]]:
    """One run over all sources; what came of each, by its number."""
    out = io.StringIO()
    quiet = contextlib.redirect_stderr(io.StringIO())
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), quiet, contextlib.suppress(SystemExit):
        main(["check", "--force", "--json"])
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return {line["source"].partition("/")[2]: line for line in lines}


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, handing_on: Callable[[], Any]
) -> list[dict[str, dict[str, Any]]]:
    """Four runs: good pages, faults, the same faults, good pages."""
    folder = tmp_path_factory.mktemp("rows")
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("CLAUSEWATCH_")}
    try:
        with playing() as player, handing_on():
            configured(folder, player)
            player.longer = request.config.getoption("--long")
            found = []
            for fault in (False, True, True, False):
                player.fault = fault
                found.append(check(folder))
    finally:
        os.environ.update(before)
    return found


# What is whole and stays as it is may be the document after all: a second look lets it pass, or holds it still.
CONFIRMED = {"truncated", "other-document", "empty"}


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=list(ROWS))
def test_row(runs: list[dict[str, dict[str, Any]]], number: int, row: str) -> None:
    """The fault is told as what it is, makes no version at once, and the return from it is no change."""
    first, fault, again, after = (run[str(number)] for run in runs)
    assert first["outcome"] == "first"
    assert (fault["outcome"], fault["reason"] or "") in ROWS[row][1], fault["detail"]
    assert (fault["version"], fault["changes"]) == (None, [])
    if fault["outcome"] == "suspect" and fault["reason"] in CONFIRMED and again["version"]:
        assert (again["outcome"], again["version"]) == ("changed", 2)
        return
    assert (again["outcome"], again["reason"]) == (fault["outcome"], fault["reason"])
    assert (after["outcome"], after["version"]) == ("unchanged", None)


def test_h11_two_equal_halves_make_a_version(runs: list[dict[str, dict[str, Any]]]) -> None:
    """A text that stays cut is what the vendor shows; it is told then, and so is its return."""
    number = str(list(ROWS).index("h11 half a page without a length"))
    assert [run[number]["outcome"] for run in runs] == ["first", "suspect", "changed", "changed"]


def test_everything_else_finishes(runs: list[dict[str, dict[str, Any]]]) -> None:
    """Each run has an answer for each source, whatever the others do (H29: the page that passes speaks of walls)."""
    assert all(word in PAGE for word in ("captcha", "cookies", "access denied"))
    assert [len(run) for run in runs] == [len(ROWS)] * len(runs)
