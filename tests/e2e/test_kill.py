"""kill -9 at any moment of a check, then a rerun: nothing is lost, nothing is told twice outside the send window."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SOURCES = 20
POLICY = (
    "<html lang=en><title>Privacy policy of vendor {n}</title><main><h1>Privacy policy</h1><h2>Retention</h2>"
    "<p>We keep the personal data in your account for {months} months after you close it, and then delete it.</p>"
    "<h2>Your rights</h2><p>You may ask us for access to your personal data, and for its rectification or erasure. "
    "Write to privacy@vendor{n}.example and we will answer within one month.</p><h2>Security</h2><p>All connections "
    "are encrypted, and access to personal data is limited to employees who need it for their work. {filler}</p></main>"
)


def page(number: int, months: int) -> str:
    """A policy of our own, long enough to be one."""
    filler = f"Vendor {number} reviews these measures every year. " * 6
    return POLICY.format(n=number, months=months, filler=filler)


def config(url: str) -> str:
    """Twenty sources, and for each a subscriber of its own, so that every alert is a message of its own."""
    sources = "".join(
        f'[[source]]\nid = "vendor{n}/privacy"\nvendor = "Vendor {n}"\ndocument = "privacy-policy"\n'
        f'url = "{url}/{n}"\nlanguage = "en"\n'
        for n in range(SOURCES)
    )
    return sources + "".join(
        f'[[subscriber]]\nname = "team {n}"\nto = ["mailto:team{n}@example.org"]\nvendors = ["Vendor {n}"]\n'
        for n in range(SOURCES)
    )


def rounds(request: pytest.FixtureRequest) -> int:
    """How many kills: a handful in every run, fifty in the long campaign."""
    return 50 if request.config.getoption("--long") else 4


def test_kill_nine_loses_and_doubles_nothing(
    request: pytest.FixtureRequest,
    site: Any,
    post: Any,
    run: Callable[..., Any],
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    """After each kill and rerun every source has exactly its versions, and each version one delivered alert.

    A mail that was on the wire when the process died may come a second time, with the same Message-ID.
    """
    configure(config(site.url), mail_port=post.port)
    for n in range(SOURCES):
        site.put(f"/{n}", page(n, 12))
    assert run("check", "--force").code == 0
    chance = random.Random(20260301)
    doubled = 0
    for turn in range(1, rounds(request) + 1):
        for n in range(SOURCES):
            site.put(f"/{n}", page(n, 12 + turn))
        process = subprocess.Popen(
            [*command, "check", "--force"],
            cwd=tmp_path,
            env=environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            process.communicate(timeout=chance.uniform(0.2, 2.2))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        again = run("check", "--force")
        assert again.code == 0, again.err
        doubled += _whole(tmp_path / "history.db", post, turn)
    assert doubled <= rounds(request)  # at most the one mail that was being sent at each kill
    statuses = json.loads(run("status", "--json").out)["sources"]
    assert all(state["outcome"] in {"unchanged", "not-modified", "changed"} for state in statuses)


def _whole(store: Path, post: Any, turn: int) -> int:
    """Check what the store and the mail server hold after `turn` changes; returns how many mails came twice in all."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts = dict(database.execute("SELECT source_id, count(*) FROM versions GROUP BY source_id"))
        states = Counter(state for (state,) in database.execute("SELECT state FROM deliveries"))
    database.close()
    assert set(counts.values()) == {turn + 1}, "a version was lost or made twice"
    assert len(counts) == SOURCES
    assert states == {"sent": SOURCES * turn}, "an alert was lost"
    ids = Counter(str(message["Message-ID"]) for _, message in post.letters)
    assert len(ids) == SOURCES * turn, "a mail was lost"
    return sum(count - 1 for count in ids.values())
