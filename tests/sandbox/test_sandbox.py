"""Judging in a process of its own: the same values, bounded, replaced when it breaks, and gone at the end."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.codec import dump
from storage.connect import open_store
from storage.errors import ExtractError
from storage.model import (
    Capture,
    DocumentType,
    ExtractRules,
    Interest,
    Outcome,
    PageState,
    Reason,
    Severity,
    Source,
)
from watcher.fetcher import PLAIN, Manner, NotModified
from watcher.job import Fetched
from watcher.sandbox import Limits, Sandbox, pool, reader
from watcher.stages import HERE
from watcher.worker import RunSettings, check_due

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
RULES = ExtractRules()
TEXT = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>We keep personal data for {months} "
    "months. {more}</p><h2>Rights</h2><p>You have the right of access to your personal data.</p><table><tr><th>Name"
    "<th>Place<tr><td>Example Hosting B.V.<td>Ireland</table></main></html>"
)
MORE = "We process personal data for the purposes that are described in this policy. " * 15
# Six hundred thousand elements: seconds of work and hundreds of megabytes.
HEAVY = "<p>a</p><b>b</b>" * 300_000


def capture(source: str, url: str = "https://vendor.example/privacy") -> Capture:
    """A page as it was fetched."""
    body = source.encode()
    digest = hashlib.sha256(body).hexdigest()
    return Capture(url, url, NOW, 200, (("ETag", f'"{digest}"'),), "text/html", "utf-8", digest, body)


def policy(months: int = 12) -> Capture:
    """A policy of our own."""
    return capture(TEXT.format(months=months, more=MORE))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for the tests that break nothing."""
    with Sandbox() as made:
        yield made


def gone(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process ends in time; a zombie counts as one that has not ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def test_values_come_back_as_they_would_be_here(sandbox: Sandbox) -> None:
    """Extraction, verdict, comparison and facts are equal to those of this process, whatever it remembers."""
    interests = (Interest("hosting", ("example hosting",), Severity.HIGH),)
    first = sandbox.read([policy(0)], RULES)
    for months in range(1, 25):  # more documents than are remembered
        old, new = sandbox.read([policy(months)], RULES), sandbox.read([policy(months + 1)], RULES)
        assert old == HERE.read([policy(months)], RULES)
        assert sandbox.gate(new, old.document) == HERE.gate(new, old.document)
        assert sandbox.compare(old.document, new.document, interests) == HERE.compare(
            old.document, new.document, interests
        )
        assert sandbox.find_facts(new.document) == HERE.find_facts(new.document)
    assert sandbox.compare(first.document, new.document) == HERE.compare(first.document, new.document)
    assert sandbox.gate(first, None) == HERE.gate(first, None)


def test_a_document_of_several_pages_and_of_the_store(sandbox: Sandbox) -> None:
    """Parts are joined, and a document that no process has made is sent along."""
    parts = [policy(12), capture("<main><h2>Cookies</h2><p>We set cookies.</p></main>", "https://vendor.example/2")]
    joined = sandbox.read(parts, RULES)
    assert joined == HERE.read(parts, RULES)
    stored = HERE.read([policy(36)], RULES).document
    assert sandbox.compare(stored, joined.document) == HERE.compare(stored, joined.document)


def test_an_ordered_refusal_keeps_its_reason_and_its_process(sandbox: Sandbox) -> None:
    """A selector that matches nothing is told as it would be here."""
    with pytest.raises(ExtractError, match="#gone") as caught:
        sandbox.read([policy()], ExtractRules(select=("#gone",)))
    assert caught.value.reason is Reason.SELECTOR_MISSING
    pids = sandbox.pids
    sandbox.read([policy()], RULES)
    assert sandbox.pids == pids


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(memory=220 << 20, seconds=60), "220 MiB of memory"),
        (Limits(seconds=1), "1 s of processor time"),
    ],
)
def test_a_page_that_costs_too_much_costs_its_process_alone(started_afresh: None, limits: Limits, said: str) -> None:
    """Memory and processor time are bounded; the next page is read by the next process."""
    with Sandbox(limits) as made:
        assert made.read([policy()], RULES).document.blocks
        (first,) = made.pids
        with pytest.raises(ExtractError, match=said) as caught:
            made.read([capture(HEAVY)], RULES)
        assert caught.value.reason is Reason.EXTRACT_FAILED
        assert gone(first)
        assert made.read([policy()], RULES).document.blocks
        assert made.pids != [first]


def test_a_process_that_stands_still_is_ended_at_its_deadline() -> None:
    """Stopped by a signal, it uses no processor time: the clock ends it."""
    with Sandbox(Limits(deadline=30)) as made:
        made.read([policy()], RULES)
        (pid,) = made.pids
        made._idle[0].limits = Limits(deadline=0.3)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(ExtractError, match=r"more than 0\.3 s"):
            made.read([policy()], RULES)
        assert gone(pid)
        assert made.read([policy()], RULES).document.blocks


def test_an_idle_process_that_was_ended_is_replaced_unseen(started_afresh: None) -> None:
    """Nobody's page was under way: nobody is told."""
    with Sandbox() as made:
        made.read([policy()], RULES)
        (pid,) = made.pids
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert made.read([policy()], RULES).document.blocks


def test_a_process_that_is_ended_over_a_page_is_told_as_that_pages_failure() -> None:
    """The kernel kills whom it wants when memory is short."""
    with Sandbox(Limits(seconds=60)) as made:
        made.read([policy()], RULES)
        (pid,) = made.pids
        timer = threading.Timer(0.5, os.kill, (pid, signal.SIGKILL))
        timer.start()
        with pytest.raises(ExtractError, match="SIGKILL"):
            made.read([capture(HEAVY)], RULES)
        timer.join()
        assert made.read([policy()], RULES).document.blocks


FAKE = """
import json, os, socket, struct, sys
channel = socket.socket(fileno=os.dup(0))
def send(head, body=b""):
    stated = json.dumps(head).encode()
    channel.sendall(struct.pack(">IQ", len(stated), len(body)) + stated + body)
{behaviour}
channel.recv(1 << 20)
{answer}
while channel.recv(1 << 20):
    pass
"""


def faked(monkeypatch: pytest.MonkeyPatch, behaviour: str, answer: str = "") -> None:
    """Let another program stand in for the process."""
    program = FAKE.format(behaviour=behaviour, answer=answer)

    def start(channel: object, limits: Limits) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=channel.fileno(),  # type: ignore[attr-defined]
            start_new_session=True,
        )

    monkeypatch.setattr(reader, "_start", start)


@pytest.mark.parametrize(
    "answer",
    [
        "channel.sendall(bytes(range(256)))",
        "channel.sendall(b'\\xff' * 64)",
        "send({'ok': True}, b'{\"nothing\": 1}')",
        "send({'ok': True}, b'not json')",
        "send([1, 2])",
        "sys.exit(3)",
    ],
)
def test_garbage_is_a_failed_extraction(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Whatever a broken process answers, it is this page's failure and no defect of the program."""
    faked(monkeypatch, "send({'ready': True})", answer)
    with Sandbox(Limits(deadline=20)) as made, pytest.raises(ExtractError, match="reader") as caught:
        made.read([policy()], RULES)
    assert caught.value.reason is Reason.EXTRACT_FAILED


def test_a_defect_is_told_as_one_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that no page should cause keeps its traceback, and the process is not trusted again."""
    faked(monkeypatch, "send({'ready': True})", "send({'broken': 'Traceback: in the walk'})")
    with Sandbox(Limits(deadline=20)) as made:
        with pytest.raises(RuntimeError, match="in the walk"):
            made.read([policy()], RULES)
        assert made.pids == []


@pytest.mark.parametrize("behaviour", ["sys.exit(1)", "send({'broken': 'no module'})", "channel.sendall(b'x' * 64)"])
def test_where_no_process_gets_ready_pages_are_judged_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, behaviour: str
) -> None:
    """Judging goes on without bounds, and a warning says so, once."""
    faked(monkeypatch, behaviour)
    with caplog.at_level(logging.WARNING), Sandbox(Limits(deadline=20)) as made:
        for _ in range(2):
            assert made.read([policy()], RULES) == HERE.read([policy()], RULES)
    assert [record.message.endswith("without limits on memory and time") for record in caplog.records] == [True]


def test_a_platform_that_cannot_bound_judges_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No process is started, and a warning says what is missing."""
    monkeypatch.setattr(pool, "CAN_BOUND", False)
    with caplog.at_level(logging.WARNING), Sandbox() as made:
        made.warm()
        assert made.read([policy()], RULES) == HERE.read([policy()], RULES)
        assert made.pids == []
    assert "cannot bound" in caplog.text


def test_threads_share_a_few_processes() -> None:
    """Twelve threads, two processes: every answer is its own, and the same bytes give the same text."""
    with Sandbox(size=2) as made:
        with ThreadPoolExecutor(12) as threads:
            found = list(threads.map(lambda at: made.read([policy(at % 4)], RULES), range(48)))
        assert [one.document.fingerprint for one in found[:4]] * 12 == [one.document.fingerprint for one in found]
        assert len({one.document.fingerprint for one in found}) == 4
        pids = made.pids
        assert 1 <= len(pids) <= 2
    assert all(gone(pid) for pid in pids)


def test_nothing_is_started_before_it_is_needed_nor_after_the_end(started_afresh: None) -> None:
    """A run in which nothing is new pays nothing; warming is idempotent; closing too."""
    made = Sandbox()
    assert made.pids == []
    made.warm()
    made.warm()
    (pid,) = made.pids
    made.close()
    made.close()
    made.warm()
    assert made.pids == []
    assert gone(pid)


def test_a_process_is_replaced_after_its_calls_or_a_page_that_filled_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page leaves behind in memory does not add up."""
    with Sandbox(Limits(calls=2)) as made:
        seen = []
        for _ in range(4):
            made.read([policy()], RULES)
            seen += made.pids
        assert len(seen) == 2
    ballast = bytes(300 << 20)  # what the parent holds is not counted
    with Sandbox() as made:
        made.read([policy()], RULES)
        assert len(made.pids) == 1
    assert ballast[-1] == 0
    whole = dump(HERE.read([policy()], RULES)).encode()
    faked(monkeypatch, "send({'ready': True})", f"send({{'ok': True, 'memory': 300 << 20}}, {whole!r})")
    with Sandbox(Limits(memory=512 << 20)) as made:
        assert made.read([policy()], RULES) == HERE.read([policy()], RULES)
        assert made.pids == []


def test_the_process_knows_no_secret_and_no_open_file(
    started_afresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Passwords stand in the environment, databases in open files: neither is handed on."""
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2-canary")
    with (tmp_path / "open.db").open("w"), Sandbox() as made:
        made.read([policy()], RULES)
        (pid,) = made.pids
        assert b"hunter2" not in Path(f"/proc/{pid}/environ").read_bytes()
        opened = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
        assert not [name for name in opened if str(tmp_path) in name]


ORPHAN = """
import sys, threading
from watcher.sandbox import Limits, Sandbox
sys.path.insert(0, sys.argv[1])
from test_sandbox import HEAVY, RULES, capture, policy
made = Sandbox(Limits(seconds=600))
made.read([policy()], RULES)
print(made.pids[0], flush=True)
if sys.argv[2] == "busy":
    made.read([capture(HEAVY * 3)], RULES)
threading.Event().wait()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_no_process_outlives_a_parent_that_was_killed(state: str) -> None:
    """SIGKILL for the one that asks: the process ends too, in the middle of a page as well."""
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(Path(__file__).parent), state],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert gone(child, 60)


def test_signals_for_the_parent_do_not_end_a_page(started_afresh: None) -> None:
    """A service manager tells every process of a unit to stop; the page under way is finished, then all end."""
    with Sandbox(Limits(seconds=60)) as made:
        made.read([policy()], RULES)
        (pid,) = made.pids
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(pid, number)
        assert made.read([policy()], RULES).document.blocks
        assert made.pids == [pid]
    assert gone(pid)


class Web:
    """Answers by address; one of the addresses with what breaks its reader."""

    def __init__(self, bomb: str = "") -> None:
        self.bomb, self.unchanged = bomb, False

    def fetch(
        self, url: str, *, state: PageState | None = None, manner: Manner = PLAIN, now: Callable[[], datetime]
    ) -> Fetched:
        if self.unchanged:
            return NotModified(url, now())
        return capture(self.bomb if "bomb" in url and self.bomb else TEXT.format(months=12, more=MORE), url)


def test_a_bomb_among_sources_fails_alone_with_its_bytes_kept(tmp_path: Path) -> None:
    """Extract-failed for the one, versions for the others, and an unchanged run starts no process at all."""
    names = ("a", "b", "bomb", "c", "d")
    sources = [
        Source(f"{name}/privacy", name, DocumentType.PRIVACY_POLICY, (f"https://{name}.example/",)) for name in names
    ]
    web, clock = Web(HEAVY), NOW
    with closing(open_store(str(tmp_path / "x.db"), write=True)) as store:
        store.sync_sources(sources, NOW)
        with Sandbox(Limits(seconds=1)) as made:
            settings = RunSettings({source.id: source for source in sources}, stages=made)
            report = check_due(store, web, settings, lambda: clock)
        assert report.outcomes == {Outcome.FIRST: 4, Outcome.FAILED: 1}
        (state,) = [one for one in store.states() if one.source_id == "bomb/privacy"]
        assert (state.reason, state.version) == (Reason.EXTRACT_FAILED, 0)
        digest = capture(HEAVY).sha256
        assert store.capture(digest).body == HEAVY.encode()
        clock, web.unchanged = NOW + timedelta(days=2), True
        with Sandbox() as idle:
            settings = RunSettings({source.id: source for source in sources}, stages=idle)
            assert check_due(store, web, settings, lambda: clock).outcomes == {Outcome.NOT_MODIFIED: 5}
            assert idle.pids == []
