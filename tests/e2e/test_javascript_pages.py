"""A page that is empty without JavaScript, and a PDF behind a redirect, watched from the first version to the alert."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from storage.connect import open_store
from watcher.fetcher.browser.installed import what_is_missing

APP = """<!doctype html><html lang="en"><head><title>Acme</title></head><body><noscript>Please enable JavaScript to run
this app.</noscript><div id="root">Loading...</div><script>
fetch("/api/policy.json").then((answer) => answer.json()).then((policy) => {
  document.title = policy.title;
  root.innerHTML = `<main><h1>${policy.title}</h1>${policy.clauses.map((one) => `<h2>${one[0]}</h2><p>${one[1]}</p>`)
    .join("")}</main><footer>Request ${Math.random()}</footer>`;
});
</script></body></html>"""
CLAUSES = [
    ("Who we are", "Acme is the controller of your personal data. Write to our data protection officer at any time."),
    ("What we collect", "We collect your name, your e-mail address and the data that you enter into your account."),
    ("How long we keep it", "We keep your personal data for {months} months after your account has been closed."),
    ("Whom we share it with", "We share personal data with processors who act on our instructions and nobody else."),
    ("Your rights", "You have the right of access, rectification and erasure, and may lodge a complaint."),
]
CONFIG = """
[[source]]
id = "acme/privacy"
vendor = "Acme"
document = "privacy-policy"
url = "{url}"
language = "en"
fetcher = "{fetcher}"
confirm = {confirm}
{more}
[[subscriber]]
name = "privacy-team"
to = ["mailto:team@example.org"]
"""


def policy(months: int) -> bytes:
    """What the app asks for."""
    clauses = [(title, text.format(months=months)) for title, text in CLAUSES]
    return json.dumps({"title": "Privacy policy", "clauses": clauses}).encode()


def paper(months: int) -> bytes:
    """The same text as a PDF."""
    sheet = FPDF()
    sheet.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    sheet.add_page()
    parts = [(18, "Privacy policy")]
    for title, text in CLAUSES:
        parts += [(13, title), (11, text.format(months=months))]
    for size, part in parts:
        sheet.set_font("helvetica", "B" if size > 11 else "", size)
        sheet.multi_cell(0, 8, part, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


@dataclass
class Vendor:
    """A vendor's site: `answers` maps paths to (content type or target of a redirect, body)."""

    url: str = ""
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    agents: dict[str, list[str]] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A real server with the app, its data, and a PDF that has moved."""
    state = Vendor()
    state.answers = {
        "/privacy": ("text/html; charset=utf-8", APP.encode()),
        "/privacy?2": ("text/html; charset=utf-8", APP.encode()),
        "/api/policy.json": ("application/json", policy(12)),
        "/dpa": ("/files/dpa-2026.pdf", b""),
        "/files/dpa-2026.pdf": ("application/pdf", paper(12)),
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.hits[self.path] += 1
            state.agents.setdefault(self.path, []).append(self.headers["User-Agent"])
            state.conditions += [name for name in self.headers if name.startswith("If-")]
            kind, body = state.answers.get(self.path, ("", b""))
            self.send_response(301 if kind.startswith("/") else 200 if kind else 404)
            self.send_header("Location" if kind.startswith("/") else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"shell"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def chromium() -> None:
    """Skips, or fails where it is required, when no page can be rendered here."""
    missing = what_is_missing(None)
    if missing and os.environ.get("CLAUSEWATCH_REQUIRE_BROWSER"):
        pytest.fail(f"a browser is required: {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture
def watch(configure: Callable[..., Path], vendor: Vendor, post: Any) -> Callable[..., Path]:
    """Watch one page of the vendor."""

    def write(path: str, fetcher: str, *, confirm: bool = True, more: str = "") -> Path:
        body = CONFIG.format(url=vendor.url + path, fetcher=fetcher, confirm=str(confirm).lower(), more=more)
        return configure(body, mail_port=post.port)

    return write


def by_browser(agents: list[str]) -> list[bool]:
    """Which requests came from the browser; all of them say who asks."""
    assert all("clausewatch/" in agent and "(+privacy@example.org)" in agent for agent in agents)
    return [agent.startswith("Mozilla/") for agent in agents]


@pytest.mark.usefixtures("chromium")
def test_a_page_that_needs_javascript_is_watched(
    watch: Callable[..., Path], run: Callable[..., Any], vendor: Vendor, post: Any, tmp_path: Path
) -> None:
    """With "auto": HTTP first, the browser in the same check, then at once the browser; a change is told by mail."""
    watch("/privacy", "auto")
    done = run("check", "--json")
    assert (done.code, json.loads(done.out)["outcome"]) == (0, "first"), done.err
    assert by_browser(vendor.agents["/privacy"]) == [False, True]
    done = run("check", "--force", "--json")
    assert (done.code, json.loads(done.out)["outcome"]) == (0, "unchanged"), done.err
    assert by_browser(vendor.agents["/privacy"]) == [False, True, True]
    vendor.answers["/api/policy.json"] = ("application/json", policy(36))
    done = run("check", "--force", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["verdict"] == "material"
    assert by_browser(vendor.agents["/privacy"]) == [False, True, True, True, True]  # seen twice before it is told
    (change,) = json.loads(run("diff", "acme/privacy", "--json").out)["changes"]
    assert (change["before"], change["after"]) == tuple(CLAUSES[2][1].format(months=months) for months in (12, 36))
    ((recipient, letter),) = post.letters
    assert recipient == "team@example.org"
    assert "36 months" in letter.get_body(("plain",)).get_content()
    assert run("verify").code == 0
    store = open_store(str(tmp_path / "history.db"), write=False)
    capture = store.capture(store.versions("acme/privacy")[-1].captures[0])
    (page,) = store.states()[0].pages
    store.close()
    assert (page.rendered, page.etag, capture.header("ETag")) == (True, None, '"shell"')
    assert capture.rendered
    assert b"36 months" in capture.body
    assert capture.final_url == vendor.url + "/privacy"
    watch("/privacy", "http")  # the ETag of the shell is never held against its text
    assert run("check", "acme/privacy").code == 3
    assert vendor.conditions == []


@pytest.mark.usefixtures("chromium")
def test_a_page_that_moves_to_javascript_goes_on(
    watch: Callable[..., Path], run: Callable[..., Any], vendor: Vendor, post: Any
) -> None:
    """A page that had its text in HTML and now has a shell: rendered in the same check, and only its change is told."""
    text = "".join(f"<h2>{title}</h2><p>{clause.format(months=12)}</p>" for title, clause in CLAUSES)
    vendor.answers["/privacy"] = ("text/html", f"<title>Privacy policy</title><h1>Privacy policy</h1>{text}".encode())
    watch("/privacy", "auto")
    assert run("check").code == 0
    vendor.answers["/privacy"] = ("text/html; charset=utf-8", APP.encode())
    assert json.loads(run("check", "--force", "--json").out)["outcome"] == "unchanged"
    assert by_browser(vendor.agents["/privacy"]) == [False, False, True]
    vendor.answers["/api/policy.json"] = ("application/json", policy(36))
    assert json.loads(run("check", "--force", "--json").out)["verdict"] == "material"
    assert len(post.letters) == 1


@pytest.mark.usefixtures("chromium")
def test_a_browser_obeys_robots(watch: Callable[..., Path], run: Callable[..., Any], vendor: Vendor) -> None:
    """What robots.txt forbids is not rendered either."""
    vendor.answers["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /privacy")
    watch("/privacy", "browser")
    done = run("check")
    assert (done.code, vendor.hits["/privacy"]) == (3, 0)
    assert "robots" in done.err


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("fetcher", ["auto", "browser"])
def test_a_pdf_behind_a_redirect_is_watched(
    watch: Callable[..., Path], run: Callable[..., Any], vendor: Vendor, post: Any, fetcher: str
) -> None:
    """Its text is read over HTTP, whatever asks first; a change is told by mail."""
    watch("/dpa", fetcher, confirm=False)
    done = run("check", "--json")
    assert (done.code, json.loads(done.out)["outcome"]) == (0, "first"), done.err
    assert by_browser(vendor.agents["/dpa"])[-1] is False
    vendor.answers["/files/dpa-2026.pdf"] = ("application/pdf", paper(36))
    done = run("check", "--force", "--json")
    assert (done.code, json.loads(done.out)["verdict"]) == (0, "material"), done.err
    ((_, letter),) = post.letters
    assert "36 months" in letter.get_body(("plain",)).get_content()


@pytest.mark.usefixtures("chromium")
def test_a_shell_over_http_is_held_back(watch: Callable[..., Path], run: Callable[..., Any], vendor: Vendor) -> None:
    """Without a browser the app has no text; with one, waiting for what never comes is a failed check too."""
    watch("/privacy", "http")
    done = run("check")
    assert done.code == 3
    assert by_browser(vendor.agents["/privacy"]) == [False]
    path = watch("/privacy", "browser", more='wait_for = "#never"')
    path.write_text(path.read_text().replace("[fetch]", '[fetch]\ndeadline = "3s"'), encoding="utf-8")
    done = run("check", "--force")
    assert done.code == 3
    assert "selector-missing: nothing matched wait_for '#never' in time" in done.err


@pytest.mark.usefixtures("chromium")
def test_a_source_is_tried_in_the_eyes_of_the_browser(
    watch: Callable[..., Path], run: Callable[..., Any], tmp_path: Path
) -> None:
    """`sources test` and `sources lint` see what a check would see; a picture of the page is kept on request."""
    watch("/privacy", "auto")
    (tried,) = json.loads(run("sources", "test", "acme/privacy", "--json").out)
    assert (tried["problem"], tried["title"]) == (None, "Privacy policy")
    done = run("sources", "test", "acme/privacy", "--screenshot", "page.png")
    assert done.code == 0, done.err
    assert "language en" in done.out
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert run("sources", "lint").code == 0
    watch("/dpa", "http")
    done = run("sources", "test", "acme/privacy", "--screenshot", "paper.png")
    assert (done.code, "there is no paper.png: what came was no page" in done.err) == (0, True)
    done = run("sources", "test", "acme/privacy", "acme/privacy", "--screenshot", "p.png")
    assert (done.code, "name one SOURCE that has one page" in done.err) == (2, True)
    done = run("sources", "test", "acme/privacy", "--screenshot", "no/such/p.png")
    assert (done.code, "there is no folder no/such" in done.err) == (2, True)


def test_a_browser_that_is_missing_fails_its_source_alone(
    configure: Callable[..., Path], run: Callable[..., Any], vendor: Vendor
) -> None:
    """One hint, exit code 3, and all other sources are checked; the configuration warns before."""
    page = "<title>Policy</title>" + "".join(f"<h2>{title}</h2><p>{text}</p>" for title, text in CLAUSES)
    vendor.answers["/plain"] = ("text/html", page.encode())
    source = '[[source]]\nid = "{0}/privacy"\nvendor = "V"\ndocument = "privacy-policy"\nurl = "{1}"\nfetcher = "{2}"\n'
    tables = (("app", "/privacy", "browser"), ("shell", "/privacy?2", "auto"), ("plain", "/plain", "auto"))
    path = configure("".join(source.format(name, vendor.url + place, kind) for name, place, kind in tables))
    path.write_text(path.read_text().replace("[fetch]", '[fetch]\nbrowser = "/no/such/chromium"'), encoding="utf-8")
    done = run("check")
    assert done.code == 3
    hint = "no browser at /no/such/chromium (apt-get install chromium"
    assert hint in next(line for line in done.err.splitlines() if line.startswith("warning: "))
    failed = {
        line.split(":")[0] for line in done.err.splitlines() if "failed, browser: pages cannot be rendered" in line
    }
    assert failed == {"app/privacy", "shell/privacy"}
    assert "plain/privacy: first version" in done.err
