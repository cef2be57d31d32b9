"""What the signals of a terminal and of a service manager do to a command that works for long."""

from __future__ import annotations

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

    They are called in threads of their own: a lock that the interrupted code holds would never be given up to its own
    handler. Handlers are put back at the end.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        if ending() and number == signal.SIGINT:
            raise KeyboardInterrupt
        threading.Thread(target=end, name="stop", daemon=True).start()

    def again(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=hang_up, name="reread", daemon=True).start()

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGTERM: ask, signal.SIGINT: ask}
    if hang_up is not None:
        handlers[signal.SIGHUP] = again
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
