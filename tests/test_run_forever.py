"""The loop of the daemon: what a pause does, and what ends its waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.connect import open_store
from storage.model import DocumentType, Source
from watcher.worker import run_forever

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_after_a_pause_of_a_week_a_source_has_one_turn(tmp_path: Path) -> None:
    """A machine that slept for seven daily turns finds the source due once; the next turn is a day later."""
    store = open_store(str(tmp_path / "history.db"), write=True)
    source = Source("acme/privacy", "Acme", DocumentType.PRIVACY_POLICY, ("https://acme.example/p",))
    store.sync_sources([source], NOW - timedelta(days=7))
    stop, wake, turns = threading.Event(), threading.Event(), []

    def once() -> None:
        claims = store.claim("here", NOW, timedelta(minutes=30), limit=10)
        turns.append(len(claims))
        store.release(claims, due=NOW + timedelta(days=1))
        if len(turns) == 3:
            stop.set()
        wake.set()

    run_forever(store, once, lambda: NOW, stop, wake)
    store.close()
    assert turns == [1, 0, 0]


def test_a_wait_ends_when_somebody_wakes_the_loop(tmp_path: Path) -> None:
    """With nothing due for a day the next pass comes at once when `wake` is set from another thread."""
    store = open_store(str(tmp_path / "history.db"), write=True)
    stop, wake, passes = threading.Event(), threading.Event(), []

    def once() -> None:
        passes.append(1)
        (stop.set if len(passes) == 2 else lambda: None)()
        threading.Timer(0.05, wake.set).start()

    run_forever(store, once, lambda: NOW, stop, wake)
    store.close()
    assert len(passes) == 2
