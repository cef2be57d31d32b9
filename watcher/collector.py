"""Python's cyclic garbage collector, held still while a document is read or compared."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class _Loaded:
    """Whether this process keeps for good what it has loaded."""

    kept = False


@contextmanager
def collector_paused(*, cycles: bool = True) -> Iterator[None]:
    """Let no garbage be collected in cycles meanwhile; nested and in several threads it stays safe.

    A large table makes hundreds of thousands of values that all live to the end; the collector would go over each of
    them again and again, a third of the time in all, and find nothing. Whoever found it at work sets it to work again.
    Where what is done makes no `cycles`, what it made counts as old at once, and is not gone over at the end either.
    """
    running = gc.isenabled()
    if running and not cycles:
        gc.collect(1)
    gc.disable()
    try:
        yield
    finally:
        if running and not cycles:
            # Frozen and thawed, all there is belongs to the oldest generation; that takes no time.
            gc.freeze()
            if not _Loaded.kept:
                gc.unfreeze()
        if running:
            gc.enable()


def keep_loaded() -> None:
    """Never look for garbage among what is there by now: for a process that does one thing, once it is ready."""
    _Loaded.kept = True
    gc.freeze()
