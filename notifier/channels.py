"""The ways that are not mail: chat and webhooks through apprise in a child process, and the terminal."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Self, TextIO

from notifier.refusal import WayBlocked
from notifier.render import Message
from notifier.sinks import plain, visible
from storage.errors import DeliveryError

DEADLINE = timedelta(seconds=30)  # for one message
_FOR_MACHINES = ("json://", "jsons://")
_START = timedelta(seconds=15)  # more for the first one: the child has to load apprise


class ChatChannel:
    """One chat service or webhook, served by a child process that is killed when the deadline passes."""

    def __init__(self, address: str, deadline: timedelta = DEADLINE) -> None:
        """Start nothing yet. `address` is one expanded apprise URL."""
        self._address = address
        self._deadline = deadline
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Nothing is started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()

    def send(self, message: Message, key: str) -> None:
        """Send one message; the service has taken it when this returns. `key` goes along as idempotency key.

        Raises DeliveryError if the service refuses for good, WayBlocked if it may take this and the next later, which
        is `unsure` if no answer came. Never takes longer than the deadline (and 15 seconds for the first one).
        """
        answer = self._ask(
            {
                "address": self._address,
                "title": message.subject,
                "text": asdict(message.chat),
                "data": message.data if self._address.startswith(_FOR_MACHINES) else None,
                "key": key,
            }
        )
        if answer["ok"]:
            return
        detail = plain(str(answer["detail"]), 160)
        if answer["permanent"]:
            raise DeliveryError(detail, permanent=True)
        raise WayBlocked(detail, retry_after=answer["retry_after"], unsure=answer["unsure"])

    def close(self) -> None:
        """End the child at once: between two messages it has nothing to lose. Idempotent."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        seconds = self._deadline.total_seconds()
        if self._child is None:
            self._child = _start()
            seconds += _START.total_seconds()
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        watch = threading.Timer(seconds, child.kill)
        watch.daemon = True
        watch.start()
        line = ""
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(request) + "\n")
                child.stdin.flush()
                line = child.stdout.readline()
        finally:
            watch.cancel()
        if not line.endswith("\n"):
            self.close()
            raise WayBlocked(f"the service did not answer within {seconds:g} s", unsure=True)
        answer: dict[str, Any] = json.loads(line)
        return answer


class Terminal:
    """The `console:` target: prints the message, with everything that could move a cursor written out."""

    def __init__(self, stream: TextIO) -> None:
        """Print to `stream`."""
        self._stream = stream

    def send(self, message: Message) -> None:
        """Print subject and text. Raises WayBlocked if nobody reads the stream any more."""
        text = visible(f"{message.subject}\n\n{message.text}\n")
        try:
            self._stream.write(text)
            self._stream.flush()
        except UnicodeEncodeError:  # a terminal that is not UTF-8
            self._stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))
        except (OSError, ValueError) as error:
            raise WayBlocked("the console is closed") from error


def _start() -> subprocess.Popen[str]:
    """The child, which finds this very package whatever the working directory."""
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "notifier.chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # apprise's log may hold an address with its password
        text=True,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C is for the parent: it lets the message under way be finished
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
    )
