"""Python's cyclic garbage collector, held still while a document is read or compared."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no garbage be collected in cycles meanwhile; nested and in several threads it stays safe.

    A large table makes hundreds of thousands of values that all live to the end; the collector would go over each of
    them again and again, a third of the time in all, and find nothing. Whoever found it at work sets it to work again.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
