"""S01, S02: killed or without power at any moment, a store loses nothing that it acknowledged.

A real run is recorded call by call (`disk_log`), then played up to many moments. What a kill leaves is all that was
written; what a power cut leaves is what was synchronised and any part of the rest.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from disk_log import Disk, Step, put, record
from whole_store import check_whole

from storage.connect import open_store
from storage.errors import StoreMissing

WRITER = Path(__file__).with_name("storage_writer.py")
# So small a journal is written into the database after every few commits.
PAGES = 40


def _recorded(tmp_path: Path, commits: int) -> tuple[list[Step], Path]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    folder = tmp_path / "recorded"
    folder.mkdir()
    command = [sys.executable, str(WRITER), str(folder / "store.db"), str(commits), str(PAGES)]
    return record(command, folder, tmp_path / "calls"), folder


def _judge(files: dict[str, bytes], folder: Path, place: Path, told: int) -> None:
    """The store is whole, holds what was told, and can be gone on with; or it was never there and nothing was told."""
    put(files, folder, place)
    try:
        there = check_whole(place / "store.db", told)
    except StoreMissing:
        assert told == 0
        there = 0
    with closing(open_store(place / "store.db", write=True)) as store:
        assert store.verify() == []
    assert check_whole(place / "store.db", there) == there
    shutil.rmtree(place)


def _campaign(
    tmp_path: Path, commits: int, moments: int, found: Callable[[Disk, random.Random], dict[str, bytes]]
) -> int:
    """Judge what is found at so many moments of a run, evenly spread; how many there were."""
    steps, folder = _recorded(tmp_path, commits)
    chance = random.Random(commits)
    chosen = sorted(chance.sample(range(len(steps)), min(moments, len(steps))))
    rounds = -(-moments // len(chosen))
    disk, done, judged = Disk(folder), 0, 0
    for moment in chosen:
        for step in steps[done : moment + 1]:
            disk.do(step)
        done = moment + 1
        for _ in range(rounds):
            _judge(found(disk, chance), folder, tmp_path / "found", disk.told)
            judged += 1
    return judged


def test_a_run_killed_at_any_call_loses_nothing(tmp_path: Path) -> None:
    """At thirty calls of a short run."""
    _campaign(tmp_path, 8, 30, lambda disk, _: disk.killed())


def test_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """At thirty moments of a short run."""
    _campaign(tmp_path, 8, 30, Disk.power_cut)


def test_the_disk_forgets_what_was_not_synchronised(tmp_path: Path) -> None:
    """The simulated disk is no tame one: without the steps that synchronise, acknowledged commits are lost."""
    steps, folder = _recorded(tmp_path, 8)
    lost = 0
    for seed in range(10):
        disk = Disk(folder)
        for step in steps:
            if step.kind != "sync":
                disk.do(step)
        place = tmp_path / str(seed)
        try:
            _judge(disk.power_cut(random.Random(seed)), folder, place, disk.told)
        except Exception:  # noqa: BLE001 - any of the ways in which a store can be broken
            lost += 1
    assert lost >= 9


@pytest.mark.long
def test_a_thousand_kills(tmp_path: Path) -> None:
    """At every call of a run of thirty commits, which makes more than a thousand."""
    assert _campaign(tmp_path, 30, 1_500, lambda disk, _: disk.killed()) >= 1_000


@pytest.mark.long
def test_two_thousand_power_cuts(tmp_path: Path) -> None:
    """At every moment of a run of thirty commits, several times."""
    assert _campaign(tmp_path, 30, 2_500, Disk.power_cut) >= 2_000
