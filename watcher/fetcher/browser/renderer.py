"""The process of the browser, seen from the side that asks: started, asked, watched, ended with all it has started."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from storage.model import Reason
from watcher.fetcher.browser.wish import Wish
from watcher.fetcher.failure import FetchError
from watcher.wire import Head, receive, send

# What a page may know of the surroundings: where programs and packages are. No secrets.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONUTF8")
_START = 60.0  # seconds; far above the two that it takes, for a busy machine must not decide whether there is a browser
_LOOK = 0.25  # seconds between two looks at the memory
_WRITE = 1 << 20  # bytes of an answer besides page and picture
_PICTURE = 64 << 20
_SAID = "stderr"  # the name of the file that holds what the process says for itself
_LONGEST = 45  # characters of the path in which the folder is made
_ROUNDS = 20  # in which a process tree is ended: it may grow while that is done


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What rendering may take.

    `memory` is what all processes have for themselves together, in bytes. A text stands after `stable` seconds without
    a change; after `settle` seconds one that never does is taken as it is. After `pages` pages the browser is replaced,
    after `idle` seconds without one ended.
    """

    memory: int = 1536 << 20
    stable: float = 0.5
    settle: float = 10.0
    pages: int = 50
    idle: float = 60.0


class Renderer:
    """One browser in one process, for one thread at a time."""

    def __init__(self, browser: str, dead_end: int) -> None:
        """Start it and wait until it is ready. Raises FetchError (`browser`).

        `dead_end` is a port where nobody listens: what Chromium wants for itself goes there.
        """
        self.pages = 0
        self._known: dict[int, psutil.Process] = {}
        self._home = tempfile.mkdtemp(prefix="clausewatch-", dir=_short_place())
        here, there = socket.socketpair()
        try:
            self._process = _start(there, browser, dead_end, self._home)
        except OSError as error:
            here.close()
            shutil.rmtree(self._home, ignore_errors=True)
            raise _no_start(str(error)) from error
        finally:
            there.close()
        self._channel = here
        try:
            head, _ = receive(here, until=monotonic() + _START)
        except (OSError, EOFError, ValueError) as error:
            said = Path(self._home, _SAID).read_text(errors="replace")
            self.kill()
            raise _no_start(said or repr(error)) from error
        if "ready" not in head:
            self.kill()
            raise _no_start(str(head.get("broken")))
        self.version: str = str(head["version"])
        self.agent: str = str(head["agent"])

    def ask(
        self, wish: Wish, until: float, memory: int, fault: Callable[[], FetchError | None]
    ) -> tuple[Head, bytes, bytes]:
        """Render one page: what is told of it, its bytes, its picture. Raises FetchError; the process is ended then.

        `fault` is asked now and then whether there is a reason to give up.
        """
        try:
            send(self._channel, asdict(wish), until=until)
            self._wait(until, memory, fault)
            head, body = receive(self._channel, until=until, most=wish.most + _PICTURE + _WRITE)
        except TimeoutError as error:
            self.kill()
            raise FetchError(Reason.TIMEOUT, "the page was not rendered within the deadline") from error
        except (OSError, EOFError, ValueError) as error:
            self.kill()
            raise FetchError(Reason.BROWSER, "the browser ended while it rendered the page", transient=True) from error
        except BaseException:
            self.kill()
            raise
        self.pages += 1
        if "broken" in head:
            self.kill()
            raise FetchError(Reason.BROWSER, f"the browser broke: {_line(head['broken'])}", transient=True)
        size = head.get("sizes", [0, 0])[0]
        return head, bytes(body[:size]), bytes(body[size:])

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def memory(self) -> int:
        """The private memory of the process and all below it, in bytes: what ends with it."""
        total = 0
        for one in self._tree():
            with contextlib.suppress(psutil.Error):
                used = one.memory_info()
                total += used.rss - getattr(used, "shared", 0)
        return total

    def kill(self) -> None:
        """End it at once, with all that it has started, and throw its folder away. Idempotent.

        Chromium runs in a process group of its own, so that the tree is ended process by process, the root last: as
        long as that lives, what loses its parent stays below it.
        """
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for an answer, before it is closed
        for _ in range(_ROUNDS):
            below = [one for one in self._tree() if one.pid != self._process.pid]
            if not below:
                break
            for one in below:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            psutil.wait_procs(below, timeout=0.05)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._channel.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _wait(self, until: float, memory: int, fault: Callable[[], FetchError | None]) -> None:
        """Wait for the first byte of an answer. Raises TimeoutError; FetchError when the page needs too much memory."""
        poll = select.poll()  # not `select`, which knows no descriptor above 1023
        poll.register(self._channel, select.POLLIN)
        while not poll.poll(1000 * max(min(_LOOK, until - monotonic()), 0)):
            if monotonic() >= until:
                raise TimeoutError
            if (found := fault()) is not None:
                raise found
            if self.memory() > memory:
                raise FetchError(Reason.TOO_LARGE, f"rendering the page takes more than {memory >> 20} MiB of memory")

    def _tree(self) -> list[psutil.Process]:
        """The living processes of the browser, those known from earlier looks too."""
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self._process.pid)
            self._known = {one.pid: one for one in (root, *root.children(recursive=True), *self._known.values())}
        self._known = {pid: one for pid, one in self._known.items() if _lives(one)}
        return list(self._known.values())


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _start(channel: socket.socket, browser: str, dead_end: int, home: str) -> subprocess.Popen[bytes]:
    """The process, which finds this very package whatever the working directory."""
    root = str(Path(__file__).resolve().parents[3])
    known: dict[str, Any] = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    known |= {"PYTHONPATH": paths, "HOME": home, "TMPDIR": home, "TZ": "UTC"}
    with Path(home, _SAID).open("wb") as said:
        return subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-m", "watcher.fetcher.browser.child", browser, str(dead_end), home],
            stdin=channel.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for the parent
            cwd=home,
            env=known,
        )


def _short_place() -> str | None:
    """Where the folder of a browser goes: the name of a socket in it may have about a hundred bytes (unix(7))."""
    usual = tempfile.gettempdir()
    return "/tmp" if len(usual) > _LONGEST and os.access("/tmp", os.W_OK) else usual  # noqa: S108 - made by mkdtemp


def _no_start(why: str) -> FetchError:
    return FetchError(Reason.BROWSER, f"the browser did not start: {_line(why)}", transient=True)


def _line(text: object) -> str:
    """One printable line of what a program said: the end of a traceback tells most."""
    said = "".join(char if char.isprintable() else " " for char in str(text)[-2000:])
    return " ".join(said.split())[-300:]
