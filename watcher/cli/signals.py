"""What the signals of a terminal and of a service manager do to a command that works for long."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable(close: Callable[[], None]) -> Iterator[threading.Event]:
    """An event that SIGTERM and the first SIGINT set, cutting off by `close` the fetches that are under way.

    A second SIGINT stops at once. Handlers are put back at the end.
    """
    stop = threading.Event()

    def end() -> None:
        stop.set()
        close()

    with handling(end, stop.is_set):
        yield stop


@contextmanager
def handling(
    end: Callable[[], None], ending: Callable[[], bool], hang_up: Callable[[], None] | None = None
) -> Iterator[None]:
    """SIGTERM and the first SIGINT call `end`, SIGHUP calls `hang_up`; a SIGINT while `ending` stops at once.

    A SIGHUP because the terminal that the command was started from has gone calls `end` as well.

    They are called in threads of their own: a lock that the interrupted code holds would never be given up to its own
    handler. Handlers are put back at the end.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        if ending() and number == signal.SIGINT:
            raise KeyboardInterrupt
        threading.Thread(target=end, name="stop", daemon=True).start()

    # Who started it by hand and closes the window wants it to end, unless it was started with nohup(1).
    attended = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def again(_number: int, _frame: FrameType | None) -> None:
        wanted = end if attended and not _has_terminal() else hang_up
        threading.Thread(target=wanted, name="hang up", daemon=True).start()

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGTERM: ask, signal.SIGINT: ask}
    if hang_up is not None:
        handlers[signal.SIGHUP] = again
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_terminal() -> bool:
    """Whether the process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
