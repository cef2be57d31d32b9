"""What is slow to make is made by the first process that asks for it; the others wait, and read what it made."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from watcher.demo.folder import STORE
from watcher.demo.play import play


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, empty when `make` is asked to fill it. Nobody may change what is in it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            place.mkdir()
            make(place)
            done.touch()
    return place


def played_year(factory: pytest.TempPathFactory) -> Path:
    """The store of the demo's history."""

    def make(place: Path) -> None:
        play(place / "demo", lambda _: None, lambda _: None)

    return made_once(factory, "played", make) / "demo" / STORE
