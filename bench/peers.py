"""Whole runs side by side with peers: `python -m bench.peers [--pages 500] [--rounds 5] [--only NAME]`.

The programs take turns (A B C A B C ...), each as a process of its own against one local server, and medians are
compared: the machine's mood then falls on all alike. Read the ratios; the seconds belong to one machine and one hour.
Linux only (16 loopback addresses stand for 16 hosts). Results are also written to bench/results/ as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from bench.server import HOSTS
from bench.tools import TOOLS, Tool, install

RESULTS = Path(__file__).parent / "results"
SLOW_ROUNDS = 2  # of a program that takes ten times as long as all others together
FIRST_ROUNDS = 3  # of first runs, which take longest and vary least


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of run.

    `fresh` empties the folder before each round; `warm` are runs ahead of the clock; `edited` pages in 20 get another
    edition before each round; `noise` changes the bytes of all pages but not their text.
    """

    name: str
    mode: str = "stock"
    fresh: bool = False
    warm: int = 0
    edited: int = 0
    noise: bool = False


SCENARIOS = (
    Scenario("first", fresh=True),
    Scenario("unchanged, stock server"),
    Scenario("unchanged, lenient server", mode="lenient"),
    Scenario("5 % changed", edited=1),
    Scenario("unchanged, no validators", mode="bare", warm=1),
    Scenario("same text, other bytes", mode="bare", noise=True),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one program: seconds, kilobytes, and the server's answers by status."""

    wall: float
    cpu: float
    memory: int
    database: int
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Remote:
    """The server process of a measurement."""

    port: int
    control: int

    def urls(self, pages: int) -> list[str]:
        """The addresses of all pages, dealt out over the hosts."""
        return [f"http://{HOSTS[number % len(HOSTS)]}:{self.port}/privacy/{number}" for number in range(pages)]

    def tell(self, command: str) -> object:
        """Send a command to the control port."""
        with urlopen(f"http://127.0.0.1:{self.control}/{command}", timeout=120) as answer:
            return json.load(answer)

    def counts(self) -> dict[str, int]:
        """The answers since the last call."""
        counts = self.tell("counts")
        assert isinstance(counts, dict)
        return counts


@contextmanager
def serving(pages: int, hosts: int = len(HOSTS)) -> Iterator[Remote]:
    """The server of `bench.server` in a process of its own."""
    command = [sys.executable, "-m", "bench.server", "--pages", str(pages), "--hosts", str(hosts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        try:
            assert process.stdout is not None
            yield Remote(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def run(tool: Tool, folder: Path, urls: Sequence[str], remote: Remote) -> Sample:
    """One timed run. Raises RuntimeError with the end of its talk when it fails."""
    command = tool.command(folder, urls)
    scene = {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
    remote.counts()
    with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=scene)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        talk = (folder / "err.txt").read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{tool.name} ended with {process.returncode}: {talk}")
    size = sum(path.stat().st_size for path in folder.glob(tool.database))
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, size // 1000, remote.counts())


@dataclass(slots=True)
class Bench:
    """A measurement under way: the folder of each program and what was measured, by scenario and program."""

    remote: Remote
    urls: list[str]
    home: Path
    tools: Sequence[Tool]
    rounds: int
    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)

    def measure(self, scenario: Scenario) -> None:
        """All rounds of one scenario."""
        self.remote.tell(f"mode/{scenario.mode}")
        for _ in range(scenario.warm):
            for tool in self.tools:
                run(tool, self._folder(tool), self.urls, self.remote)
        found = self.samples.setdefault(scenario.name, {tool.name: [] for tool in self.tools})
        for number in range(min(self.rounds, FIRST_ROUNDS) if scenario.fresh else self.rounds):
            if scenario.noise:
                self.remote.tell("noise")
            if scenario.edited:
                share = max(1, len(self.urls) * scenario.edited // 20)
                self.remote.tell(f"edit/{number * share}/{share}")
            for tool in self.tools:
                if tool.slow and number >= SLOW_ROUNDS:
                    continue
                found[tool.name].append(run(tool, self._folder(tool, fresh=scenario.fresh), self.urls, self.remote))
                print(f"{scenario.name} {number + 1}: {tool.name} {found[tool.name][-1].wall:.2f} s", file=sys.stderr)

    def _folder(self, tool: Tool, *, fresh: bool = False) -> Path:
        folder = self.home / tool.name.replace(" ", "-")
        if fresh and folder.exists():
            shutil.rmtree(folder)
        if not folder.exists():
            folder.mkdir()
            tool.prepare(folder, self.urls)
        return folder


def table(samples: dict[str, dict[str, list[Sample]]]) -> str:
    """The medians as Markdown; ratios are to the first program of the scenario."""
    lines = [
        "| run | program | wall s | min-max | CPU s | RSS MB | answers | database MB | wall x | CPU x | RSS x |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for scenario, by_tool in samples.items():
        ours = next(iter(by_tool.values()))
        for name, runs in by_tool.items():
            walls = [sample.wall for sample in runs]
            wall, cpu, memory = _median(runs, "wall"), _median(runs, "cpu"), _median(runs, "memory")
            ratios = (wall / _median(ours, "wall"), cpu / _median(ours, "cpu"), memory / _median(ours, "memory"))
            answers = ", ".join(f"{count} x {status}" for status, count in runs[-1].answers.items())
            cells = (
                *(scenario, name, f"{wall:.2f}", f"{min(walls):.2f}-{max(walls):.2f}", f"{cpu:.2f}"),
                *(f"{memory / 1024:.0f}", answers, f"{runs[-1].database / 1000:.1f}"),
                *(f"{ratio:.1f}" for ratio in ratios),
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _median(runs: Sequence[Sample], name: str) -> float:
    return float(statistics.median(getattr(sample, name) for sample in runs))


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", help="a program; may be repeated")
    parser.add_argument(
        "--scenario", action="append", help="the beginning of a scenario's name; the first run is always made"
    )
    options = parser.parse_args()
    tools = [tool for tool in TOOLS if not options.only or tool.name in options.only]
    for tool in tools:
        install(tool)
    wanted = [
        scenario
        for scenario in SCENARIOS
        if scenario.fresh or not options.scenario or scenario.name.startswith(tuple(options.scenario))
    ]
    with tempfile.TemporaryDirectory(prefix="bench-") as home, serving(options.pages) as remote:
        bench = Bench(remote, remote.urls(options.pages), Path(home), tools, options.rounds)
        for scenario in wanted:
            bench.measure(scenario)
    print(table(bench.samples))
    _write(options.pages, bench.samples)


def _write(pages: int, samples: dict[str, dict[str, list[Sample]]]) -> None:
    RESULTS.mkdir(exist_ok=True)
    found = {
        scenario: {name: [asdict(sample) for sample in runs] for name, runs in by_tool.items()}
        for scenario, by_tool in samples.items()
    }
    moment = datetime.now(UTC)
    place = RESULTS / f"peers-{moment:%Y%m%d-%H%M%S}.json"
    place.write_text(json.dumps({"pages": pages, "ended": moment.isoformat(), "samples": found}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
