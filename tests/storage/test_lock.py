"""The lock of a run that died while it was starting another process."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.errors import Locked
from storage.lock import FileLock


def test_a_handle_that_a_dead_run_left_for_a_moment_locks_nobody_out(tmp_path: Path) -> None:
    """The run is dead, and a process that it was starting has not yet let go of its handles: wait for that."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    place = tmp_path / "history.db.lock"
    place.write_text(f"{dead.pid}\n")
    left = os.open(place, os.O_RDWR)
    fcntl.flock(left, fcntl.LOCK_EX)
    timer = threading.Timer(0.2, os.close, (left,))
    timer.start()
    lock = FileLock(place)
    timer.join()
    assert place.read_text() == f"{os.getpid()}\n"
    with pytest.raises(Locked, match=f"process {os.getpid()}"):
        FileLock(place)
    lock.release()
