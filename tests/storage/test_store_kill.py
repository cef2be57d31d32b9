"""kill -9 at any moment: what was acknowledged is there, whole; what was not is there whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from whole_store import check_whole

from storage.connect import open_store
from storage.errors import StoreMissing

WRITER = Path(__file__).with_name("storage_writer.py")


def _run_and_kill(place: Path, commits: int, seconds: float) -> int:
    """Let a writer make some commits and then go on for a moment; the last number that it acknowledged."""
    with subprocess.Popen([sys.executable, str(WRITER), str(place)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(commits)]
        threading.Event().wait(seconds)
        child.send_signal(signal.SIGKILL)
        # What was printed before the kill counts too; a line without its end was never finished.
        lines += child.stdout.read().splitlines(keepends=True)
        assert child.wait(10) == -signal.SIGKILL
    return max((int(line) for line in lines if line.endswith("\n")), default=0)


def _campaign(place: Path, rounds: int, seed: int) -> None:
    moments = random.Random(seed)
    known = 0
    for _ in range(rounds):
        acknowledged = _run_and_kill(place, moments.randint(1, 25), moments.uniform(0, 0.01))
        known = check_whole(place, max(acknowledged, known))


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """Ten kills in a row on one store."""
    _campaign(tmp_path / "store.db", 10, seed=1)


@pytest.mark.long
def test_a_hundred_kills(tmp_path: Path) -> None:
    """A hundred kills in a row on one store."""
    _campaign(tmp_path / "store.db", 100, seed=2)


@pytest.mark.long
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "unlink"])
def test_a_kill_at_every_write(tmp_path: Path, call: str) -> None:
    """The first, second, third … time that a run makes this system call is its last, from an empty folder on."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    injected = [strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e"]
    for moment in count(1):
        place = tmp_path / str(moment) / "store.db"
        done = subprocess.run(
            [*injected, f"inject={call}:signal=KILL:when={moment}", sys.executable, str(WRITER), str(place), "3"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        try:
            check_whole(place, len(done.stdout.splitlines()))
        except StoreMissing:
            assert not done.stdout
        with closing(open_store(place, write=True)) as store:
            assert store.verify() == []
        if done.returncode == 0:
            assert moment > 1
            return
        assert done.returncode == -signal.SIGKILL


def test_a_kill_while_the_store_is_made_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    """At `place` there is never half a store, and the next run makes or takes it."""
    for number in range(6):
        place = tmp_path / f"{number}.db"
        _run_and_kill(place, 0, 0.05 + 0.1 * number)
        try:
            open_store(place, write=False).close()
        except StoreMissing:
            assert not place.exists()
        with closing(open_store(place, write=True)) as store:
            assert len(store.states()) <= 1
