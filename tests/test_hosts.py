"""Work that waits at its hosts: turns, room, and the end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from watcher.hosts import Hosts


@dataclass(frozen=True, slots=True)
class Trip:
    """Work that visits its hosts in order; it is laden from its second step on."""

    name: str
    hosts: tuple[str, ...]
    steps: int = 0

    @property
    def host(self) -> str:
        """The next host."""
        return self.hosts[self.steps]

    @property
    def laden(self) -> bool:
        """Whether it holds something."""
        return self.steps > 0

    @property
    def over(self) -> bool:
        """Whether all hosts were visited."""
        return self.steps == len(self.hosts)


class World:
    """Counts who is at which host, and keeps the pauses that hosts want."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.busy: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.turn: dict[str, float] = {}
        self.pause: dict[str, float] = {}
        self.lock = threading.Lock()
        self.visited: list[str] = []
        self.early = self.at_once = self.most_at_once = 0
        self.on_visit: Callable[[Trip], None] = lambda _: None

    def step(self, trip: Trip) -> Trip:
        """Visit a host."""
        host = trip.host
        with self.lock:
            self.busy[host] += 1
            self.most[host] = max(self.most[host], self.busy[host])
            self.visited.append(host)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.early += time.monotonic() < self.turn.get(host, 0.0) - 0.0001
        self.on_visit(trip)
        with self.lock:
            self.busy[host] -= 1
            self.at_once -= 1
            self.turn[host] = time.monotonic() + self.pause.get(host, 0.0)
        return replace(trip, steps=trip.steps + 1)

    def wait(self, host: str) -> float:
        """The time until a host's turn."""
        return max(self.turn.get(host, 0.0) - time.monotonic(), 0.0)


@pytest.fixture
def world() -> World:
    """A world without pauses."""
    return World()


@pytest.fixture
def make(world: World) -> Iterator[Callable[..., Hosts[Trip]]]:
    """Makes queues, ended with the test."""
    made: list[Hosts[Trip]] = []
    with ThreadPoolExecutor(8) as pool:

        def build(*, threads: int = 8, room: int = 16) -> Hosts[Trip]:
            made.append(Hosts(pool, world.step, world.wait, world.stop, threads=threads, room=room))
            return made[-1]

        yield build
        for hosts in made:
            hosts.drop()


def test_trips_cross_and_no_host_has_two_visitors(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """200 trips over four hosts in every order, with pauses: all arrive, one at a time, none before its turn."""
    names = ["a", "b", "c", "d"]
    world.pause = {"a": 0.001, "b": 0.0005}
    hosts = make()
    for n in range(200):
        hosts.add(Trip(str(n), tuple(names[(n + k * (1 + n % 3)) % 4] for k in range(3))))
    done = [hosts.take() for _ in range(200)]
    assert sorted(trip.name for trip in done if trip is not None) == sorted(map(str, range(200)))
    assert all(trip is not None and trip.over for trip in done)
    assert max(world.most.values()) == 1
    assert (len(world.visited), world.early, hosts.pending) == (600, 0, 0)


def test_no_thread_sleeps_while_another_host_has_work(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """One thread: while "slow" wants its pause, all of "quick" is done."""
    world.pause = {"slow": 0.4}
    hosts = make(threads=1)
    for n in range(2):
        hosts.add(Trip(f"slow{n}", ("slow",)))
    for n in range(50):
        hosts.add(Trip(f"quick{n}", ("quick",)))
    order = [trip.name for trip in (hosts.take() for _ in range(52)) if trip is not None]
    assert (order[0], order[-1]) == ("slow0", "slow1")


def test_a_hanging_host_keeps_one_thread_and_no_more(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """Also where the others' turns come only after it has begun to hang."""
    free = threading.Event()
    world.pause = {"a": 0.05}

    def visit(trip: Trip) -> None:
        if trip.host == "hang":
            free.wait(20)

    world.on_visit = visit
    hosts = make()
    hosts.add(Trip("a0", ("a",)))
    hosts.add(Trip("h0", ("hang",)))
    hosts.add(Trip("a1", ("a",)))
    names = [trip.name for trip in (hosts.take(), hosts.take()) if trip is not None]
    assert names == ["a0", "a1"]
    free.set()
    last = hosts.take()
    assert last is not None
    assert last.name == "h0"


def test_what_is_laden_never_exceeds_the_room(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """Nobody takes: four trips in all are begun, whatever the number of hosts; each one taken lets one more begin."""
    hosts = make(room=4)
    for n in range(40):
        hosts.add(Trip(str(n), (f"h{n}", f"g{n}")))
    deadline = time.monotonic() + 5
    while len(world.visited) < 8 and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(0.05)
    assert len(world.visited) == 8
    assert all(hosts.take() for _ in range(40))
    assert len(world.visited) == 80


def test_a_stop_ends_the_waiting_for_a_turn(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """A host that wants an hour: `take` ends soon after the stop, and what was not begun is dropped."""
    world.pause = {"a": 3600.0}
    hosts = make()
    for n in range(3):
        hosts.add(Trip(str(n), ("a",)))
    assert hosts.take() is not None
    world.stop.set()
    begun = time.monotonic()
    assert hosts.take() is None
    assert time.monotonic() - begun < 2
    assert [trip.name for trip in hosts.drop()] == ["1", "2"]
    assert hosts.pending == 0


def test_a_stop_hands_back_what_was_under_way(world: World, make: Callable[..., Hosts[Trip]]) -> None:
    """The step that had begun is done; the trip comes back as far as it got."""
    world.on_visit = lambda _: world.stop.set()
    hosts = make()
    hosts.add(Trip("x", ("a", "b")))
    trip = hosts.take()
    assert trip is not None
    assert (trip.steps, trip.over, world.visited) == (1, False, ["a"])
    assert hosts.take() is None


def test_ten_thousand_at_once_of_which_three_thousand_at_one_host(
    world: World, make: Callable[..., Hosts[Trip]]
) -> None:
    """T04: one at a time at each host, no more than the threads in all, and the crowded host holds up nobody."""
    world.pause = {"crowded": 0.0002}
    hosts = make(threads=8)
    for n in range(10_000):
        hosts.add(Trip(str(n), ("crowded",) if n < 3000 else (f"host{n % 700}",)))
    done = [hosts.take() for _ in range(10_000)]
    assert len({trip.name for trip in done if trip is not None}) == 10_000
    assert max(world.most.values()) == 1
    assert (world.most_at_once <= 8, world.early) == (True, 0)
    others = [number for number, trip in enumerate(done) if trip is not None and trip.hosts[0] != "crowded"]
    assert others[-1] < 9999
