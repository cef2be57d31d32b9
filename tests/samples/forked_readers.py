"""Readers that are forked from a process which has loaded everything: one started afresh takes 0.6 s of a processor.

They are real ones: the same program with the same bounds, a child of the process that asks. Only what each would load
is there already. That a reader starts from nothing is proved in tests/sandbox and by commands that run as processes.
"""

from __future__ import annotations

import array
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from storage.model import Capture, ExtractRules
from watcher.collector import keep_loaded
from watcher.sandbox import child, reader
from watcher.sandbox.limits import Limits
from watcher.stages import HERE

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): an orphan among our descendants becomes our child
_POLICIES = Path(__file__).resolve().parents[1] / "differ" / "policies"
_MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
start_afresh = reader._start


class Forked:
    """A child of this process, as far as a reader asks for more than its number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with self._lock:
            if self.returncode is None:
                found, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if found else None
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        pause = 0.0005
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("reader", timeout or 0)
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        return code


class Nursery:
    """The process that has loaded everything, itself started with the first reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._prctl = ctypes.CDLL(None).prctl

    def start(self, channel: socket.socket, limits: Limits) -> Forked:
        """In place of `watcher.sandbox.reader._start`."""
        with self._lock:
            asked = self._asked()
            self._prctl(_SUBREAPER, 1, 0, 0, 0)
            try:
                stated = json.dumps([limits.memory, limits.seconds, {name: os.environ.get(name) for name in _TOLD}])
                descriptors = array.array("i", [channel.fileno()]).tobytes()
                asked.sendmsg([stated.encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
                return Forked(int(asked.recv(64)))
            finally:
                self._prctl(_SUBREAPER, 0, 0, 0, 0)

    def close(self) -> None:
        """End it."""
        if self._channel is not None and self._process is not None:
            self._channel.close()
            self._process.wait()

    def _asked(self) -> socket.socket:
        if self._channel is None:
            self._channel, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            paths = os.pathsep.join([str(Path(__file__).resolve().parents[2]), *filter(None, sys.path)])
            with there:
                self._process = subprocess.Popen(
                    [sys.executable, __file__],
                    stdin=there.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=Path(__file__).parent,
                    env={name: os.environ[name] for name in _TOLD if name in os.environ} | {"PYTHONPATH": paths},
                )
        return self._channel


_TOLD = reader._ENVIRONMENT


def _serve() -> None:
    """Load everything, then fork a reader for each message until the other side has gone."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    child._load()
    _read_policies()
    keep_loaded()
    while True:
        stated, ancillary, _, _ = channel.recvmsg(1 << 16, socket.CMSG_SPACE(4))
        if not stated:
            return
        ((_, _, descriptors),) = ancillary
        (given,) = array.array("i", descriptors)
        told, telling = os.pipe()
        between = os.fork()
        if not between:
            _fork(telling, given, *json.loads(stated))
        os.close(telling)
        os.close(given)
        os.waitpid(between, 0)
        channel.send(os.read(told, 64))  # by now the reader is a child of the one that asked
        os.close(told)


def _read_policies() -> None:
    """Compare a policy in each language, so that no reader need compile the patterns of its own first page."""
    for path in sorted(_POLICIES.glob("*.md")):
        lines = path.read_bytes().splitlines(keepends=True)
        old, new = (
            HERE.read([Capture("", "", _MOMENT, 200, (), "text/markdown", "utf-8", "", body)], ExtractRules()).document
            for body in (b"".join(lines), b"".join(lines[::2]))
        )
        HERE.compare(old, new)
        HERE.find_facts(old)


def _fork(telling: int, given: int, memory: int, seconds: int, told: dict[str, str | None]) -> None:
    """In a process between, so that the reader becomes a child of the one that asked."""
    between = os.getpid()
    if pid := os.fork():
        os.write(telling, str(pid).encode())
        os._exit(0)
    code = 1
    try:
        while os.getppid() == between:
            time.sleep(0.0005)
        os.setsid()
        os.dup2(given, 0)
        os.closerange(3, 1 << 16)
        os.environ.clear()
        os.environ.update({name: value for name, value in told.items() if value is not None})
        time.tzset()
        sys.argv[1:] = [str(memory), str(seconds)]
        child.main()
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks
    _serve()
