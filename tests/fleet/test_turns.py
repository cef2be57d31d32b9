"""Turns at hosts hold over all workers: one at a time, and not before the pause is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import pytest

from storage.model import HostState, Reason
from storage.postgres import Session
from watcher.fetcher import FetchFailure, FetchSettings
from watcher.fleet.turns import SharedPoliteness, Turns

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def workers(postgres_store: str) -> Iterator[list[Turns]]:
    """The turns of three workers."""
    with closing(Session(postgres_store)) as session:
        session.execute("DELETE FROM turns")
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Turns(postgres_store))) for _ in range(3)]


def never() -> bool:
    """Nobody stops the worker."""
    return False


def test_a_host_has_one_guest_at_a_time(workers: list[Turns]) -> None:
    """Threads of one worker and of others alike; another host is not waited for."""
    inside, most = 0, 0
    lock = threading.Lock()

    def visit(turns: Turns) -> None:
        nonlocal inside, most
        with turns.holding("a.example", never):
            with lock:
                inside += 1
                most = max(most, inside)
            with turns.holding(f"{id(turns)}.example", never):
                pass
            with lock:
                inside -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(visit, workers * 2))
    assert most == 1


def test_a_pause_is_kept_by_all(workers: list[Turns]) -> None:
    """Whoever comes next waits for its end; a shorter one that somebody else writes does not cut it."""
    one, other, _ = workers
    assert other.wait("a.example") == 0
    one.rest("a.example", 0.4)
    other.rest("a.example", 0.01)
    begun = time.monotonic()
    assert 0.2 < other.wait("a.example") <= 0.4
    with other.holding("a.example", never):
        assert time.monotonic() - begun >= 0.3
    assert one.wait("b.example") == 0


def test_the_turn_of_a_worker_that_died_ends(workers: list[Turns], postgres_store: str) -> None:
    """The database gives it back when the connection is gone."""
    dead = Turns(postgres_store)
    with dead._turn:
        assert dead._locked("pg_try_advisory_lock", "a.example")
    assert not workers[0]._taken("a.example")
    dead.close()
    with workers[0].holding("a.example", never):
        assert not workers[1]._taken("a.example")


def test_a_worker_that_is_stopped_does_not_wait(workers: list[Turns]) -> None:
    """It says so, and the host is left to others."""
    stopped = workers[1].holding("a.example", lambda: True)
    with workers[0].holding("a.example", never), pytest.raises(RuntimeError, match="stopped"), stopped:
        pass


def test_what_a_host_wants_is_known_to_all(workers: list[Turns]) -> None:
    """A short hold is a pause for all workers; a long one is what the store is given."""
    settings = FetchSettings()
    here, there = (SharedPoliteness(settings, lambda _: None, turns) for turns in workers[:2])
    here.asked("a.example")
    assert 0.5 < there.wait("a.example") <= 1.0
    refused = FetchFailure("https://b.example/", Reason.RATE_LIMITED, "no", transient=True, status=429, retry_after=20)
    here.heard("https://b.example", refused, NOW)
    assert 15 < there.wait("b.example") <= 20
    long = FetchFailure("https://c.example/", Reason.RATE_LIMITED, "no", transient=True, status=429, retry_after=3600)
    here.heard("https://c.example", long, NOW)
    (known,) = [state for state in here.take_changes() if state.origin == "https://c.example"]
    told = SharedPoliteness(settings, lambda origin: known if origin == known.origin else None, workers[2])
    assert told.held("https://c.example", NOW) is not None
    assert isinstance(known, HostState)
