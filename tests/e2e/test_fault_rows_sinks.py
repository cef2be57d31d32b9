"""Hostile text in every way out, row by row of the fault catalogue: it comes out as text, or not at all (O01-O12)."""

from __future__ import annotations

import contextlib
import csv
import email
import email.policy
import io
import json
import re
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from aiosmtpd.controller import Controller
from lxml import html as markup

from watcher.cli import main

# O01, O02, O03, O04, O05, O07, O08, O09 of the catalogue, each in a clause of its own and all in the title.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;script&gt;",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "<https://evil.example|click>",
    "<!channel>",
    "@everyone",
    "[x](http://evil.example)",
    "*`_~```",
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\x",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "over\rwrite",
    "Hello\r\nBcc: evil@example.org",
    "line\u2028sep\u202egnp.exe\u2066",
    "zero\x00byte",
    "=cmd|'/C calc'!A0",
    "+1",
    "@x",
    "]]>\x0b\"'",
    "{{7*7}}",
    "${x}",
    "{0.__class__}",
    "%s",
)
LITERAL = ("{{7*7}}", "${x}", "{0.__class__}", "%s", "=cmd|'/C calc'!A0")
DUTY = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def referenced(text: str) -> str:
    """Text as HTML in which each character that is no letter stands as a reference."""
    return "".join(char if char.isalnum() or char == " " else f"&#{ord(char)};" for char in text)


def page(months: int) -> str:
    """A policy of our own whose every clause begins with something hostile."""
    whole = referenced(" ".join(HOSTILE)) + "g" * 5000
    clauses = "".join(
        f"<p>{referenced(words)} We keep your personal data for {months} months after the end of the contract.</p>"
        for words in HOSTILE
    )
    rows = "".join(f"<tr><td>{referenced(words)} Inc.<td>Hosting<td>Ireland" for words in HOSTILE[: months // 2])
    return (
        f"<html lang=en><title>{whole}</title><main><h1>Privacy policy {whole}</h1><h2>Retention {whole}</h2>{clauses}"
        "<h2>Rights</h2><p>You have the right of access to your personal data and the right to lodge a complaint. "
        f"{DUTY}</p><h2>Sub-processors</h2><table><tr><th>Name<th>Purpose<th>Location{rows}</table></main></html>"
    )


CONFIG = """
store = "history.db"
[fetch]
contact = "privacy@example.org"
allow_networks = ["127.0.0.0/8"]
[mail]
url = "smtp+insecure://127.0.0.1:{port}"
from = "clausewatch <alerts@example.org>"
[[source]]
id = "acme/privacy"
vendor = "=Acme <script>alert(1)</script> {{{{7*7}}}}"
document = "privacy-policy"
url = "{url}"
objection = "30d"
[[subscriber]]
name = "team"
to = ["mailto:team@example.org", "console:", "json://{hook}"]
attach = ["diff", "calendar"]
"""


class Ran(NamedTuple):
    """What one call of the command came to."""

    code: int
    out: str
    err: str


class Box:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        """Empty."""
        self.letters: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one message for each of its recipients."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 kept"


class Web(ThreadingHTTPServer):
    """A web site of one page, with a webhook that keeps what it gets."""

    daemon_threads = True
    months = 12
    moved = ""

    def __init__(self) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.posted: list[bytes] = []


class Answer(BaseHTTPRequestHandler):
    """What the site says."""

    server: Web

    def do_GET(self) -> None:
        """The page, and nothing else; or that it has moved."""
        if self.server.moved and self.path == "/p":
            self.wfile.write(b"HTTP/1.1 302 gone\x1b[2J\r\nLocation: " + self.server.moved.encode() + b"\r\n\r\n")
            return
        body = page(self.server.months).encode() if self.path == "/p" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """The webhook."""
        self.server.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@dataclass
class Told:
    """What a change of a hostile page came to: the folder, the mails, what the webhook got, and the command line."""

    folder: Path
    letters: list[tuple[str, EmailMessage]]
    web: Web

    def __call__(self, *words: str) -> Ran:
        """Run the command line in the folder."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main(list(words))
            except SystemExit as end:
                return Ran(int(end.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, handing_on: Callable[[], Any]) -> Iterator[Told]:
    """The command line after a hostile page has changed, been recorded and been told."""
    folder, box = tmp_path_factory.mktemp("hostile"), Box()
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    post = Controller(box, hostname="127.0.0.1", port=port)
    post.start()
    with Web() as web, handing_on():
        threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        there = f"127.0.0.1:{web.server_address[1]}"
        written = CONFIG.format(url=f"http://{there}/p", hook=f"{there}/hook", port=port)
        (folder / "sources.toml").write_text(written, encoding="utf-8")
        told = Told(folder, box.letters, web)
        for months in (12, 36):
            web.months = months
            checked = told("-v", "--debug", "check", "--force")
            assert checked.code == 0, checked.err
        assert "=Acme" in checked.out
        assert not unwanted(checked.out + checked.err), "the alert on the console, or the talk of the run"
        yield told
        web.shutdown()
    post.stop()


def unwanted(text: str) -> set[str]:
    """Characters that steer a terminal, turn text round or break a line, and that no way out may hold."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return {char for char in text if unicodedata.category(char) in kinds and char not in "\n\u200b\u200c\u200d"}


TERMINAL = [
    "show acme/privacy",
    "diff acme/privacy",
    "diff acme/privacy --all",
    "diff acme/privacy --format md",
    "log",
    "history acme/privacy",
    "search months",
    "status",
    "status acme/privacy",
    "review list",
    "recipients Inc",
    "matrix",
    "deadlines",
    "deliveries list",
    "sources list",
    "sources test acme/privacy",
    "subscribers list",
    "verify",
]


def test_o04_nothing_steers_a_terminal(told: Told) -> None:
    """Escapes, C1, carriage returns, bells and bidi marks in any command that prints, its errors too."""
    wrong = {}
    for words in [*TERMINAL, "show acme/privacy@\x1b[2J", "log --vendor \x1b]0;x\x07\u202e", "search \x9b31m"]:
        done = told(*words.split(" "))
        if unwanted(done.out + done.err):
            wrong[words] = unwanted(done.out + done.err)
    assert wrong == {}


JSON = [
    *(f"{words} --json" for words in TERMINAL if not words.startswith(("diff", "verify"))),
    "diff acme/privacy --json",
    "review export",
    "export --what changes --format json",
    "export --what versions --format jsonld",
    "export --what facts --format json",
    "history --json",
]


def test_o04_json_parses_and_steers_nothing(told: Told) -> None:
    """The same with --json: one document, nothing raw in it, and the hostile words whole where they stood."""
    for words in JSON:
        done = told(*words.split(" "))
        assert json.loads(done.out) is not None, words
        assert not unwanted(done.out), words
    shown = json.dumps(json.loads(told("diff", "acme/privacy", "--json").out), ensure_ascii=False)
    assert all(json.dumps(words, ensure_ascii=False)[1:-1] in shown for words in LITERAL), "O09: read as a template"
    assert "<script>alert(1)</script>" in shown


def test_o07_no_cell_is_a_formula(told: Told) -> None:
    """Every table as CSV: no cell begins as a formula, quotes and line ends are quoted, rows are whole."""
    tables = [f"export --what {what} --format csv" for what in ("versions", "changes", "facts", "checks")]
    tables += ["review export --format csv", "review export --what events --format csv"]
    assert told("review", "note", "acme/privacy@2", '=1+1\n"x",@y').code == 0
    for words in tables:
        rows = list(csv.reader(io.StringIO(told(*words.split(" ")).out)))
        assert len({len(row) for row in rows}) == 1, words
        assert not [cell for row in rows for cell in row if re.match(r"\s*[=+@|\t\r-]", cell)], words
        assert not unwanted("".join(cell for row in rows for cell in row)), words
    changes = told("export", "--what", "changes", "--format", "csv").out
    assert "'=Acme" in changes


def texts(tree: Any) -> str:
    """All that a reader sees of an element."""
    return "".join(tree.itertext())


def assert_dead(document: str) -> None:
    """O01, O02: markup that runs nothing and leads nowhere but to the web."""
    tree = markup.fromstring(document)
    assert (
        tree.xpath("//script|//iframe|//object|//embed|//form|//base|//*[@src and not(starts-with(@src, 'cid:'))]")
        == []
    )
    assert [name for element in tree.iter() for name in element.attrib if name.lower().startswith("on")] == []
    assert [link for link in tree.xpath("//@href") if not re.match(r"https?://[^/]|#|mailto:", link)] == []
    assert "evil.example" not in "".join(tree.xpath("//@href"))
    assert "<script>alert(1)</script>" in texts(tree), "the words themselves are to be read"
    assert "{{7*7}}" in texts(tree)


def test_o01_o02_html_runs_nothing(told: Told) -> None:
    """The page of differences, the mail and what is attached to it: no script, no handler, no link but to the web."""
    assert_dead(told("diff", "acme/privacy", "--format", "html").out)
    bodies = [
        part.get_content()
        for _, letter in told.letters
        for part in letter.walk()
        if part.get_content_type() == "text/html"
    ]
    assert len(bodies) == 2
    for body in bodies:
        assert_dead(body)


def test_o03_markdown_is_text(told: Told) -> None:
    """Differences as Markdown: no link, no tag and no code fence comes out of the vendor's words."""
    written = told("diff", "acme/privacy", "--format", "md").out
    assert not re.search(r"(?<!\\)\]\(http://evil", written)
    assert not re.search(r"(?<!\\)<(script|img|https?:)", written)
    assert written.count("```") % 2 == 0


def test_o03_o05_one_mail_with_one_subject(told: Told) -> None:
    """No header of the vendor's, nobody else addressed; the subject is one short line without tricks."""
    ((recipient, letter),) = told.letters
    assert recipient == "team@example.org"
    assert letter["To"] == "team@example.org"
    assert letter["Bcc"] is None
    assert len(letter.get_all("Subject") or []) == 1
    assert len(letter["Subject"]) <= 200
    assert not unwanted(letter["Subject"])
    body = letter.get_body(("plain",))
    assert body is not None
    assert not unwanted(body.get_content().replace("\r\n", "\n"))


def test_o03_a_webhook_gets_text(told: Told) -> None:
    """JSON that parses; no mention and no link in markup."""
    (body,) = told.web.posted
    sent = json.loads(body)
    words = sent["title"] + sent["message"]
    assert not unwanted(words)
    assert not re.search(r"@everyone|<!channel>|\]\(http|<https?:|```", words)


def test_o08_feeds_are_well_formed(told: Told, tmp_path: Path) -> None:
    """Every Atom feed parses, and its entries hold dead HTML; every line of the calendar is one of its own."""
    assert told("feeds", str(tmp_path / "feeds")).code == 0
    feeds = sorted((tmp_path / "feeds").rglob("*.atom"))
    assert len(feeds) >= 3
    atom = "{http://www.w3.org/2005/Atom}"
    for place in feeds:
        tree = ET.parse(place)
        contents = [content.text or "" for content in tree.iter(f"{atom}content")]
        assert contents
        for content in contents:
            assert_dead(content)
        assert [link for link in (one.get("href", "") for one in tree.iter(f"{atom}link")) if "evil" in link] == []
        assert not unwanted("".join(tree.getroot().itertext()))
    assert_calendar((tmp_path / "feeds/deadlines.ics").read_bytes())
    assert_calendar(told("deadlines", "--ics").out.replace("\r\n", "\n").replace("\n", "\r\n").encode())


def assert_calendar(written: bytes) -> None:
    """RFC 5545: known lines of at most 75 octets and their continuations; nothing of the vendor begins a line."""
    lines = written.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", written)
    unfolded = written.decode().replace("\r\n ", "").replace("\r\n", "\n")
    assert not unwanted(unfolded)
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in unfolded.splitlines())
    assert "Bcc" not in {line.partition(":")[0] for line in unfolded.splitlines()}


def test_o12_a_line_of_the_log_is_a_line(told: Told) -> None:
    """A page that leads to an address with escapes and marks in it, as text and as JSON: whole lines, nothing raw."""
    told.web.moved = "ftp://evil.example/\x1b]0;title\x07\u202e\u2028INFO"
    for form in ("text", "json"):
        done = told("-vv", "--debug", "--log-format", form, "check", "--force", "acme/privacy")
        assert done.code == 3
        assert not unwanted(done.err)
        if form == "json":
            records = [json.loads(line) for line in done.err.splitlines()]
            assert "check" in {record["event"] for record in records}
            assert done.err.isascii()
    told.web.moved = ""


@pytest.mark.parametrize(
    "source", ["../../x", "../../x/y", "con", "acme/../x", "acme/p\x1b[2J", "/etc/passwd", "a" * 300 + "/p", "acme/p/q"]
)
def test_o10_an_id_that_is_a_path_is_refused(run: Callable[..., Any], tmp_path: Path, source: str) -> None:
    """Refused with the configuration, before anything is asked for or written; the message steers nothing."""
    written = CONFIG.format(url="http://127.0.0.1:9/p", hook="127.0.0.1:9/h", port=9)
    path = tmp_path / "sources.toml"
    path.write_text(written.replace("acme/privacy", json.dumps(source)[1:-1]), encoding="utf-8")
    done = run("check")
    assert (done.code, done.out) == (2, "")
    assert "id" in done.err
    assert not unwanted(done.err)


def test_o10_what_is_written_stays_in_its_folder(told: Told, tmp_path: Path) -> None:
    """A link that lies where a file is to be written is not followed; a bundle does not take the place of a file."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    folder = tmp_path / "feeds"
    folder.mkdir()
    for name in ("all.atom", "deadlines.ics"):
        (folder / name).symlink_to(outside)
    told("feeds", str(folder))
    (tmp_path / "evidence.zip").symlink_to(outside)
    assert told("export", "acme/privacy", "--bundle", str(tmp_path / "evidence.zip")).code != 0
    assert outside.read_text(encoding="utf-8") == "mine"
