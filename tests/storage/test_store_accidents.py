"""S03 to S09, S15: a disk that is full or fails, a lock, a busy file, files taken away by hand."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from storage_samples import START, checked, new_version, source
from storage_writer import KEY
from whole_store import check_whole

from storage.connect import open_store
from storage.errors import Locked, StoreError
from storage.sqlite import connect, write_txn

WRITER = Path(__file__).with_name("storage_writer.py")
FULL = "the disk is full; free some space and run again, what was committed before is safe"
FAILED = "the disk failed or a quota was reached; see to it, then run `clausewatch verify`"
# Calls of a short run: while the store is made, in a commit, in a checkpoint.
FEW = (2, 45, 150)


def _run(place: Path, *before: str, commits: int = 12, limit: int | None = None) -> tuple[int, int, str]:
    """Let the writer run; its code, the last number that it acknowledged, and what it complained of."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*before, sys.executable, str(WRITER), str(place), str(commits), "40"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
    )
    return done.returncode, max(map(int, done.stdout.split()), default=0), done.stderr


def _goes_on(place: Path, acknowledged: int) -> None:
    """What was acknowledged is there, and with the cause gone the next run goes on."""
    there = check_whole(place, acknowledged) if place.exists() else 0
    assert there or not acknowledged
    code, last, complaint = _run(place, commits=2)
    assert (code, last, complaint) == (0, there + 2, "")
    with closing(open_store(place, write=False)) as store:
        assert store.verify() == []


def _injected(tmp_path: Path, call: str, error: str, when: str) -> tuple[int, str]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    place = tmp_path / when / "store.db"
    wrapped = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}")
    code, acknowledged, complaint = _run(place, *wrapped, "-e", f"inject={call}:error={error}:when={when}")
    if place.exists() or acknowledged:
        _goes_on(place, acknowledged)
    return code, complaint


@pytest.mark.parametrize("call", FEW)
def test_a_disk_full_from_a_call_on(tmp_path: Path, call: int) -> None:
    """S03: said in plain words; nothing that was acknowledged is lost; with room again it goes on."""
    code, complaint = _injected(tmp_path, "pwrite64", "ENOSPC", f"{call}+")
    assert code == 1
    assert FULL in complaint or "No space left" in complaint


@pytest.mark.parametrize("when", ["3", "3+", "12", "12+"])
def test_a_disk_that_fails_to_synchronise(tmp_path: Path, when: str) -> None:
    """S04: the commit is reported as failed, or was not touched by it; nothing acknowledged is lost."""
    code, complaint = _injected(tmp_path, "fdatasync", "EIO", when)
    assert (code == 1 and FAILED in complaint) or (code == 0 and not complaint)


@pytest.mark.long
@pytest.mark.parametrize(("call", "error"), [("pwrite64", "ENOSPC"), ("fdatasync", "EIO"), ("ftruncate", "EIO")])
@pytest.mark.parametrize("more", ["", "+"])
def test_every_call_fails_once_or_from_then_on(tmp_path: Path, call: str, error: str, more: str) -> None:
    """S03, S04: at each fifth write and at each other call of a run."""
    for number in range(1, 10_000, 5 if call == "pwrite64" else 1):
        code, complaint = _injected(tmp_path, call, error, f"{number}{more}")
        if code == 0 and not complaint and number > 20:
            return
    pytest.fail("the run has no end")


@pytest.mark.parametrize("more", [4_000, 50_000])
def test_a_file_that_may_not_grow(tmp_path: Path, more: int) -> None:
    """S03, S05: a quota ends a write half-way; that commit is told as failed, all before it are there."""
    place = tmp_path / "store.db"
    _run(place, commits=2)
    code, acknowledged, complaint = _run(place, commits=200, limit=more + place.stat().st_size // 2)
    assert code == 1
    assert FAILED in complaint
    _goes_on(place, max(acknowledged, 2))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of half a megabyte, which only root may make."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k,nr_inodes=8", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system can only be mounted by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def test_a_small_disk_runs_full_and_is_enlarged(small_disk: Path) -> None:
    """S03, S07: commits until it is full, is read all the same, also when the disk is read-only, and goes on later."""
    place = small_disk / "store.db"
    code, acknowledged, complaint = _run(place, commits=2000)
    assert code == 1
    assert FULL in complaint or FAILED in complaint
    assert check_whole(place, acknowledged) >= 1
    _remount(small_disk, "ro")
    with closing(open_store(place, write=False)) as store:
        assert len(store.versions(KEY)) >= acknowledged
        assert store.verify() == []
    with pytest.raises(StoreError, match=r"may not be written to|Read-only"):
        open_store(place, write=True)
    _remount(small_disk, "rw,size=16m")
    _goes_on(place, acknowledged)


def test_a_disk_without_room_for_names(small_disk: Path) -> None:
    """S07: no inode is left: one line with the place, no half store; it is made when there is room for names."""
    for number in range(8):
        try:
            (small_disk / f"other {number}").touch()
        except OSError:
            break
    place = small_disk / "store.db"
    with pytest.raises(StoreError, match=r"store\.db") as caught:
        open_store(place, write=True)
    assert "\n" not in str(caught.value)
    assert not place.exists()
    for other in small_disk.glob("other *"):
        other.unlink()
    open_store(place, write=True).close()


FIFTY = """
import os, sys, time
from storage.connect import open_store
from storage.errors import Locked
children = []
begin = time.monotonic() + 0.5
for _ in range(50):
    child = os.fork()
    if child == 0:
        time.sleep(max(0, begin - time.monotonic()))
        try:
            store = open_store(sys.argv[1], write=True)
        except Locked as error:
            os._exit(error.exit_code)
        time.sleep(1.5)
        os._exit(0)
    children.append(child)
print(sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def test_of_fifty_that_start_at_once_one_runs(tmp_path: Path) -> None:
    """S08: one writes, 49 end with code 75; the lock of one that was killed is free at once."""
    place = tmp_path / "store.db"
    done = subprocess.run(
        [sys.executable, "-c", FIFTY, str(place)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == str([0] + 49 * [75])
    with subprocess.Popen([sys.executable, str(WRITER), str(place)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(Locked):
            open_store(place, write=True)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    open_store(place, write=True).close()


def test_a_commit_waits_for_another_program_and_no_longer(tmp_path: Path) -> None:
    """S09: a database browser in the middle of a change is waited for; one that stays in it is told."""
    place = tmp_path / "store.db"
    with closing(open_store(place, write=True)) as store, closing(connect(place, write=True)) as other:
        store.sync_sources([source(KEY)], START)
        inside, out = threading.Event(), threading.Event()

        def browse() -> None:
            with write_txn(other):
                inside.set()
                out.wait(10)

        for patience, waits in ((10_000, True), (50, False)):
            inside.clear()
            out.clear()
            store._connection.execute(f"PRAGMA busy_timeout = {patience}")  # type: ignore[attr-defined] # of SQLite
            browser = threading.Thread(target=browse)
            browser.start()
            inside.wait(10)
            if waits:
                threading.Timer(0.2, out.set).start()
                checked(store, KEY, START, new_version(KEY, 1, START, ["text"]))
            else:
                with pytest.raises(StoreError, match="another program holds the file; close it and run again"):
                    store.claim("w", START, START - START, limit=1)
                out.set()
            browser.join()
        assert store.latest(KEY) is not None


def test_a_name_that_leads_elsewhere_is_the_same_store(tmp_path: Path) -> None:
    """S15: a link to a store meets its lock and its journal."""
    place, link = tmp_path / "store.db", tmp_path / "other" / "link.db"
    link.parent.mkdir()
    link.symlink_to(place)
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(KEY)], START)
        with pytest.raises(Locked):
            open_store(link, write=True)
        with closing(open_store(link, write=False)) as reader:
            assert len(reader.states()) == 1


def test_a_journal_taken_away_by_hand_shows_by_the_head(tmp_path: Path) -> None:
    """S15: the store is whole as of an earlier commit, and whoever noted the head sees that something is gone."""
    place, left = tmp_path / "store.db", tmp_path / "left.db"
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(KEY)], START)
        checked(store, KEY, START, new_version(KEY, 1, START, ["text"]))
        store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined] # of SQLite
        checked(store, KEY, START, new_version(KEY, 2, START, ["other text"]))
        head = store.head()
        left.write_bytes(place.read_bytes())
    with closing(open_store(left, write=True)) as store:
        assert [version.number for version in store.versions(KEY)] == [1]
        assert store.verify() == []
        assert [fault.split(":")[0] for fault in store.verify(head)] == ["chain"]
    with closing(sqlite3.connect(left)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
