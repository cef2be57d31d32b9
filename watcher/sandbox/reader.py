"""One process that judges pages, seen from the side that asks: started, asked, replaced."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from storage.codec import dump, load
from storage.errors import ExtractError
from storage.model import Document, Extraction, Reason
from watcher.sandbox.child import REMEMBERED
from watcher.sandbox.limits import Limits
from watcher.wire import Head, receive, send

T = TypeVar("T")

# What a page may know of the surroundings: where programs and packages are, and the language of messages. No secrets.
_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONHASHSEED", "PYTHONUTF8")
_ROOM = 1 << 20  # most pages go over in one piece
_STEPS = {"read": "to read", "gate": "to judge", "compare": "to compare", "find_facts": "to look for facts in"}
REMEDY = "the last good version stands; if this page is the document, watch a smaller part or another address of it"


class NotStartedError(Exception):
    """No process could be started."""


class Reader:
    """A process for one thread at a time. `usable` turns False when it must be replaced."""

    def __init__(self, limits: Limits, remedy: str = REMEDY) -> None:
        """Start it; it gets ready by itself. Raises NotStartedError."""
        self.limits = limits
        self.remedy = remedy
        self._step = _STEPS["read"]
        self.usable = True
        self._ready = False
        self._calls = 0
        self._number = 0
        self._known: dict[int, tuple[int, object]] = {}
        here, there = socket.socketpair()
        for end in (here, there):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        try:
            self._process = _start(there, limits)
        except (OSError, ValueError) as error:
            here.close()
            raise NotStartedError(f"a process for reading pages cannot be started: {error}") from error
        finally:
            there.close()
        self._channel = here

    def wait_ready(self) -> None:
        """Wait until it has loaded what it needs. Raises NotStartedError."""
        if self._ready:
            return
        try:
            head, _ = receive(self._channel, until=time.monotonic() + self.limits.deadline)
        except (OSError, EOFError, ValueError) as error:
            self.kill()
            raise NotStartedError(f"the process for reading pages did not get ready: {error!r}") from error
        if "ready" not in head:
            self.kill()
            raise NotStartedError(f"the process for reading pages did not get ready:\n{head.get('broken')}")
        self._ready = True

    def ask(self, kind: type[T], head: Head, parts: Sequence[bytes]) -> T:
        """Take one step, answered by a value of that kind.

        Raises ExtractError for a page that cannot be read or costs too much, RuntimeError for a defect in judging.
        """
        body = bytes(self._asked(head, parts))
        try:
            return load(kind, body)
        except ValueError as error:
            self.kill()
            raise self._refused("made its reader answer nonsense") from error

    def _asked(self, head: Head, parts: Sequence[bytes]) -> memoryview:
        until = time.monotonic() + self.limits.deadline
        head["sizes"] = [len(part) for part in parts]
        self._step = _STEPS.get(head["step"], self._step)
        try:
            send(self._channel, head, parts, until=until)
            answer, body = receive(self._channel, until=until)
        except TimeoutError as error:
            self.kill()
            raise self._refused(f"takes more than {self.limits.deadline:g} s {self._step}") from error
        except (EOFError, OSError) as error:
            raise self._refused(self._end()) from error
        except ValueError as error:
            self.kill()
            raise self._refused("made its reader answer nonsense") from error
        except BaseException:
            self.kill()  # a question half asked; the next one must not get its answer
            raise
        return self._understood(answer, body)

    def number(self) -> int:
        """The number for the next document."""
        self._number += 1
        return self._number

    def remember(self, number: int, *values: object) -> None:
        """Know by number what the process knows; both sides let go the same."""
        self._known |= {id(value): (number, value) for value in values}
        self._known = {key: known for key, known in self._known.items() if known[0] > number - REMEMBERED}

    def name(self, value: Document | Extraction, parts: list[bytes]) -> Head:
        """How a message names a value: by a number that is known, or by a new one with the value behind it."""
        known = self._known.get(id(value))
        if known is not None:
            return {"number": known[0]}
        number = self.number()
        self.remember(number, value)
        parts.append(dump(value).encode())
        return {"number": number, "sent": True}

    def close(self) -> None:
        """Let it end by itself, and see to it that it does. Idempotent."""
        self.usable = False
        self._channel.close()
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, with all that it has started. Idempotent."""
        self.usable = False
        self._channel.close()
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs: an idle one may have been ended from outside."""
        return self.usable and self._process.poll() is None

    def _understood(self, answer: Head, body: memoryview) -> memoryview:
        self._calls += 1
        if self._calls >= self.limits.calls or answer.get("memory", 0) > self.limits.memory // 2:
            self.usable = False
        if answer.get("ok"):
            return body
        if "reason" in answer:
            raise ExtractError(Reason(answer["reason"]), str(answer["detail"]))
        self.kill()
        if "spent" in answer:
            if answer["spent"] == "memory":
                raise self._refused(f"takes more than {self.limits.memory >> 20} MiB of memory {self._step}")
            raise self._refused("is nested too deeply")
        raise RuntimeError(f"a step of judging failed:\n{answer.get('broken')}")

    def _refused(self, what: str) -> ExtractError:
        return ExtractError(Reason.EXTRACT_FAILED, f"the page {what}; {self.remedy}")

    def _end(self) -> str:
        """Say why the process has gone."""
        self._channel.close()
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        self.kill()
        if code == -signal.SIGXCPU:
            return f"takes more than {self.limits.seconds} s of processor time {self._step}"
        return f"ended its reader ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"


def _start(channel: socket.socket, limits: Limits) -> subprocess.Popen[bytes]:
    """The process, which finds this very package whatever the working directory."""
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    known = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-m", "watcher.sandbox.child", str(limits.memory), str(limits.seconds)],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the parent, and what it starts is ended with it
        env={**known, "PYTHONPATH": paths},
    )
