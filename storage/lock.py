"""One writing process a store: an exclusive flock on a file next to the database.

The kernel frees it when the process ends, however it ends; a process number in a file would outlive a `kill -9`. The
file itself is never removed: two processes could then hold locks on two files of the same name.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
import weakref
from pathlib import Path

from storage.errors import Locked, StoreError


class FileLock:
    """An exclusive lock, held from construction to `release`. Not inherited by child processes.

    Raises Locked (exit 75) when somebody else holds it, StoreError when the lock file cannot be made.
    """

    __slots__ = ("__weakref__", "_fd", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: the lock file cannot be opened ({error.strerror}); give a store in a folder that you may "
                "write to, or use a command that only reads"
            ) from error
        try:
            _take(fd)
        except BlockingIOError as error:
            holder = _holder(fd)
            os.close(fd)
            who = f" (process {holder})" if holder.isdigit() else ""
            raise Locked(
                f"{path.with_suffix('')}: another run{who} holds the store; try again when it is done"
            ) from error
        except OSError as error:
            os.close(fd)
            raise StoreError(f"{path}: this file system gives no locks ({error.strerror}); use a local disk") from error
        self._fd = fd
        _held.add(self)
        # Only for the message that the next one gets; the lock is the kernel's.
        with contextlib.suppress(OSError):  # a disk that is full: what the store has to say of it helps more
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back. Idempotent."""
        fd, self._fd = self._fd, None
        _held.discard(self)
        if fd is not None:
            os.close(fd)


# How long the lock of a process that has died may stay with one that it was just starting, in seconds.
_LINGER = 2.0

_held: weakref.WeakSet[FileLock] = weakref.WeakSet()


def _take(fd: int) -> None:
    """Take the lock. Raises BlockingIOError when a living process holds it.

    A process that is killed while it starts another leaves a copy of its handle there, until that one has begun.
    """
    until = time.monotonic() + _LINGER
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until or _lives(_holder(fd)):
                raise
            time.sleep(0.02)
        else:
            return


def _holder(fd: int) -> str:
    """The number of the process that took the lock last, as it wrote it down."""
    return os.pread(fd, 20, 0).decode("ascii", "replace").strip()


def _lives(holder: str) -> bool:
    """Whether there is such a process; True where that cannot be told."""
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OverflowError, OSError):
        return True
    return True


def _forget() -> None:
    """In a forked child: close the inherited handles, so that a child that outlives us cannot keep the lock."""
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_forget)
