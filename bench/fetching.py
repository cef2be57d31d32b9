"""The fetch stage beside a bare loop: `python -m bench.fetching [--sources 1000] [--hosts 200] [--rounds 10]`.

Both ask one server process, on as many loopback addresses as there are hosts, whether the same pages have changed; each
answer is 304. Ours is all of a check but judging and storing: the queues of the hosts, robots.txt as known, threads,
deadlines, the guard. Theirs is `requests.Session().get` in one thread, host by host. They take turns, and processor
times of the same round are compared; memory is read after each round of ours.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import requests

from bench.peers import Remote, serving
from bench.server import hosts as addresses
from storage.model import Capture, PageState
from watcher.fetcher import FetchFailure, FetchSettings, NotModified
from watcher.fetcher.origin import host_of
from watcher.fetcher.polite import PoliteFetcher, Visit, polite_fetcher
from watcher.fetcher.politeness import Held
from watcher.hosts import Hosts

THREADS = 16
SETTINGS = FetchSettings(contact="bench@example.org", allow_networks=("127.0.0.0/8",), gap=timedelta(0))


@dataclass(frozen=True, slots=True)
class Round:
    """Processor and wall seconds of both, and our resident memory in MiB after it."""

    ours: float
    theirs: float
    ours_wall: float
    theirs_wall: float
    memory: float

    @property
    def ratio(self) -> float:
        """Our processor time by theirs."""
        return self.ours / self.theirs


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether one page has changed."""

    state: PageState
    page: Visit | None = None
    answer: Capture | NotModified | FetchFailure | Held | None = None

    @property
    def host(self) -> str:
        """Where to ask."""
        return self.page.host if self.page is not None else host_of(self.state.url)

    @property
    def laden(self) -> bool:
        """It holds nothing on its way."""
        return False

    @property
    def over(self) -> bool:
        """Whether it was answered."""
        return self.answer is not None


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with measuring(options.sources, options.hosts) as bench:
        rounds = [bench.round() for _ in range(options.rounds)]
    print("| round | ours, ms each | requests, ms each | ratio | ours, wall s | requests, wall s | memory, MiB |")
    print("|---|---|---|---|---|---|---|")
    for number, one in enumerate(rounds, start=1):
        each = [1000 * seconds / options.sources for seconds in (one.ours, one.theirs)]
        print(
            f"| {number} | {each[0]:.3f} | {each[1]:.3f} | {one.ratio:.2f} | {one.ours_wall:.2f} | "
            f"{one.theirs_wall:.2f} | {one.memory:.1f} |"
        )
    print(f"median ratio {statistics.median(one.ratio for one in rounds):.2f}")


class Bench:
    """Both sides, with all validators at hand."""

    def __init__(self, fetcher: PoliteFetcher, session: requests.Session, states: Sequence[PageState]) -> None:
        """Take what asks and what to ask."""
        self._fetcher, self._session, self._states = fetcher, session, states

    def round(self) -> Round:
        """One turn of each."""
        theirs, theirs_wall = _timed(self._bare)
        ours, ours_wall = _timed(self._stage)
        return Round(ours, theirs, ours_wall, theirs_wall, _memory())

    def _stage(self) -> None:
        stop = threading.Event()
        with ThreadPoolExecutor(THREADS) as pool:
            hosts: Hosts[_Question] = Hosts(
                pool, self._step, self._fetcher.politeness.wait, stop, threads=THREADS, room=2 * THREADS
            )
            for state in self._states:
                hosts.add(_Question(state))
            for _ in self._states:
                question = hosts.take()
                assert question is not None
                assert isinstance(question.answer, NotModified), question.answer
            hosts.drop()

    def _step(self, question: _Question) -> _Question:
        state, page = question.state, question.page
        found = self._fetcher.fetch(state.url, state=state) if page is None else page.go_on()
        return replace(question, page=found) if isinstance(found, Visit) else replace(question, answer=found)

    def _bare(self) -> None:
        for state in self._states:
            headers = {"If-None-Match": state.etag or "", "If-Modified-Since": state.last_modified or ""}
            assert self._session.get(state.url, headers=headers, timeout=30).status_code == 304


@contextmanager
def measuring(sources: int, hosts: int) -> Iterator[Bench]:
    """A server, and both sides warm: each page was had once, and each robots.txt."""
    with serving(sources, hosts) as remote, requests.Session() as session, polite_fetcher(SETTINGS) as fetcher:
        bench = Bench(fetcher, session, _states(remote, sources, hosts))
        bench.round()
        yield bench


def _states(remote: Remote, sources: int, hosts: int) -> list[PageState]:
    """What is known of each page, host by host."""
    places = addresses(hosts)
    urls = sorted(f"http://{places[number % hosts]}:{remote.port}/privacy/{number}" for number in range(sources))
    states = []
    with requests.Session() as session:
        for url in urls:
            headers = session.get(url, timeout=30).headers
            states.append(PageState(url, "", headers["ETag"], headers["Last-Modified"]))
    return states


def _timed(work: object) -> tuple[float, float]:
    """Processor and wall seconds of a piece of work."""
    assert callable(work)
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
