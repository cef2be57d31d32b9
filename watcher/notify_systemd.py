"""Readiness and signs of life for the service manager: the datagrams of sd_notify(3), without its library."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

log = logging.getLogger("clausewatch.service")

# Signs of life are given twice in each period, as sd_watchdog_enabled(3) advises.
_SHARE = 2


class ServiceManager:
    """Tells systemd, or whatever reads $NOTIFY_SOCKET as it does, how the daemon stands. Without one it says nothing.

    Thread-safe. A message that cannot be sent never disturbs the work.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the address and the period of the watchdog from the environment."""
        self._address: Final = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog: Final = _period(environ)

    def ready(self) -> None:
        """All that is needed to work is there, at the start and after the configuration was read again."""
        self._send("READY=1")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` follows. The clock is that of Type=notify-reload."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """A sign of life."""
        self._send("WATCHDOG=1")

    def status(self, line: str) -> None:
        """One line for `systemctl status`."""
        self._send("STATUS=" + " ".join(line.split()))

    @contextmanager
    def signs_of_life(self, sound: Callable[[], bool]) -> Iterator[None]:
        """Give signs of life from a thread, twice in each period of the watchdog, as long as `sound` says so."""
        if self.watchdog is None or self._address is None:
            yield
            return
        over, pause = threading.Event(), self.watchdog.total_seconds() / _SHARE

        def beat() -> None:
            while not over.is_set():
                if sound():
                    self.alive()
                over.wait(pause)

        thread = threading.Thread(target=beat, name="watchdog", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.settimeout(1)
                out.sendto(message.encode(), self._address)
        except OSError as error:
            log.debug("the service manager was not told: %s", error.strerror)


def from_environment() -> ServiceManager:
    """The service manager that started this process, if one did."""
    return ServiceManager(os.environ)


def _address(name: str) -> str | None:
    """A path from the root, or a name in the abstract namespace, which is written with an @; None for neither."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None


def _period(environ: Mapping[str, str]) -> timedelta | None:
    """The period of the watchdog, if it is meant for this process and none of its parents."""
    micros, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    meant = not process or process == str(os.getpid())
    if not (micros.isascii() and micros.isdigit() and meant) or int(micros) == 0:
        return None
    return timedelta(microseconds=int(micros))
