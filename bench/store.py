"""The store beside git, zlib and its own targets: `python -m bench.store [--versions 2000] [--size 100000]`.

Room: the same histories as files, each packed by zlib, as a git repository after `gc --aggressive`, and as a store into
which `clausewatch backfill` fed that repository; of the store also what pages and texts take by themselves. Time:
commits with full synchronisation, reading any version, a large store (`--size` versions, written straight into the
tables), a year of checks, and `verify`. Medians; reading in processor time, commits as they are waited for. Read the
ratios, milliseconds belong to one machine and one hour. Results are also written to bench/results/ as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench import store_histories as histories
from bench.store_large import large_store, words_by_rarity
from storage.connect import open_store
from storage.model import ChangeQuery, CheckResult, Claim, DocumentType, Outcome, Reason, Source
from storage.protocol import Store

RESULTS = Path(__file__).parent / "results"
CORPUS = Path(os.environ.get("CLAUSEWATCH_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
BATCH = 64  # as the worker commits
CHECKS = 730  # a year, twice a day
# Tables and indexes that hold pages and texts, and nothing made of them.
BODIES = ("bodies", "bodies_sha256")
HEAD = ("history", "versions", "raw", "zlib", "git", "pages, texts", "store", "pages, texts x git", "store x git")


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of one history in each form."""

    history: str
    versions: int
    raw: int
    zlib: int
    git: int
    bodies: int
    store: int

    def cells(self) -> list[str]:
        """A line of the table."""
        forms = (self.raw, self.zlib, self.git, self.bodies, self.store)
        return [
            self.history,
            str(self.versions),
            *(f"{size / self.versions:.0f}" for size in forms),
            f"{self.bodies / self.git:.2f}",
            f"{self.store / self.git:.2f}",
        ]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its target; `least` where more is better."""

    what: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False

    def cells(self) -> list[str]:
        """A line of the table; the ratio is above 1 where the target is met."""
        if self.target is None:
            return [self.what, f"{self.value:,.2f}", self.unit, "", ""]
        met = self.value / self.target if self.least else self.target / self.value
        return [self.what, f"{self.value:,.2f}", self.unit, f"{self.target:,.0f}", f"{met:.1f}"]


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=2_000, help="of the made-up history")
    parser.add_argument("--size", type=int, default=100_000, help="versions of the large store")
    parser.add_argument("--sources", type=int, default=200, help="that are checked for a year; told for 10,000")
    parser.add_argument("--keep", type=Path, help="a folder for what takes long to make; used again when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = options.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        rooms, figures = _histories(home, options.versions)
        _print(
            ("history", "versions", "raw", "zlib", "git", "pages, texts", "store", "p.+t. x git", "store x git"), rooms
        )
        figures += _commits(Path(folder))
        figures += _large(large_store(home / f"large-{options.size}.db", options.size), options.size)
        figures += _year(Path(folder), options.sources)
    _print(("what", "figure", "unit", "target", "met x"), figures)
    place = RESULTS / f"store-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    told = {"rooms": [asdict(room) for room in rooms], "figures": [asdict(figure) for figure in figures]}
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _print(head: Sequence[str], rows: Sequence[Room] | Sequence[Figure]) -> None:
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row.cells())} |")
    print()


def _histories(home: Path, versions: int) -> tuple[list[Room], list[Figure]]:
    """Every history in every form; and how the store of the made-up one is read and verified."""
    made_up = f"made up, {versions}"
    kinds = {made_up: histories.made_up(versions)}
    if CORPUS.is_dir():
        kinds |= {"pairs": histories.pairs(CORPUS), "replay": histories.replay(CORPUS)}
    rooms: list[Room] = []
    figures: list[Figure] = []
    for name, found in kinds.items():
        editions, folder = list(found), home / name.replace(", ", "-").replace(" ", "-")
        if not (folder / "store.db").exists():
            shutil.rmtree(folder, ignore_errors=True)
            histories.as_git(folder / "git", editions)
            histories.as_store(folder / "making.db", folder / "git", [edition.path for edition in editions])
            (folder / "making.db").rename(folder / "store.db")
        rooms.append(_room(name, editions, folder))
        if name == made_up:
            figures += _reading(folder / "store.db")
    return rooms, figures


def _room(name: str, editions: Sequence[histories.Edition], folder: Path) -> Room:
    place = folder / "store.db"
    with closing(sqlite3.connect(place)) as connection:
        marks = ", ".join("?" * len(BODIES))
        (bodies,) = connection.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({marks})", BODIES).fetchone()
    return Room(
        history=name,
        versions=len(editions),
        raw=sum(len(edition.body) for edition in editions),
        zlib=sum(len(zlib.compress(edition.body, 6)) for edition in editions),
        git=sum(path.stat().st_size for path in (folder / "git").rglob("*") if path.is_file()),
        bodies=bodies,
        store=place.stat().st_size,
    )


def _reading(place: Path) -> list[Figure]:
    """Any version of a store, and all of it verified."""
    with closing(open_store(place, write=False)) as store:
        versions = store.versions()
        chosen = random.Random(1).sample(versions, min(len(versions), 2_000))
        texts = [_once(partial(store.document, one.source_id, one.number)) for one in chosen]
        pages = [_once(partial(store.capture, one.captures[0])) for one in chosen]
        tip = store.tip()
        begun = time.process_time()
        assert store.verify() == []
        rate = (tip.seq if tip else 0) / (time.process_time() - begun)
    return [
        Figure("text of any version, median", statistics.median(texts), "ms"),
        Figure("text of any version, p95", _p95(texts), "ms", 5),
        Figure("page of any version, median", statistics.median(pages), "ms"),
        Figure("page of any version, p95", _p95(pages), "ms", 5),
        Figure("verify, of processor time", rate, "records/s", 5_000, least=True),
    ]


def _large(place: Path, size: int) -> list[Figure]:
    """Questions to a long history."""
    with closing(open_store(place, write=False)) as store:
        asked: list[tuple[str, Callable[[], object]]] = [
            ("history of a document", lambda: store.versions("vendor-7/privacy")),
            ("its changes", lambda: store.changes(ChangeQuery(source_id="vendor-7/privacy"))),
            ("newest 50 changes of a topic", lambda: store.changes(ChangeQuery(topic="ai", limit=50))),
            *((f"search, {kind}", partial(store.search, word, 20)) for kind, word in _words()),
        ]
        times = [(name, [_once(work) for _ in range(15)]) for name, work in asked]
        return [Figure(f"{name}, {size:,} versions", statistics.median(found), "ms", 50) for name, found in times]


def _words() -> zip[tuple[str, str]]:
    return zip(("a word that is everywhere", "a common word", "a rare word"), words_by_rarity(), strict=True)


def _sources(count: int) -> list[Source]:
    return [
        Source(f"vendor-{number}/privacy", "V", DocumentType.PRIVACY_POLICY, (f"https://vendor-{number}.example/",))
        for number in range(count)
    ]


def _commits(folder: Path) -> list[Figure]:
    """Versions one by one and checks in batches, each durable; and where 10,000 sources stand."""
    editions = list(histories.made_up(100, seed=2))
    histories.as_git(folder / "commits", editions)
    begun = time.perf_counter()
    histories.as_store(folder / "quick.db", folder / "commits", [edition.path for edition in editions])
    whole = time.perf_counter() - begun
    with closing(open_store(folder / "many.db", write=True)) as store:
        store.sync_sources(_sources(10_000), NOW)
        claims = store.claim("bench", NOW, LEASE, limit=10_000)
        batches = [claims[place : place + BATCH] for place in range(0, len(claims), BATCH)]
        begun = time.perf_counter()
        for batch in batches:
            store.commit([CheckResult(claim, Outcome.UNCHANGED, NOW, NOW + LEASE, 0.1) for claim in batch])
        batched = time.perf_counter() - begun
        single = [
            _once(partial(_check, store, NOW, f"vendor-{number}/privacy"), time.perf_counter) for number in range(300)
        ]
        states = [_once(store.states) for _ in range(9)]
    return [
        Figure("pages judged and committed, backfill", len(editions) / whole, "versions/s"),
        Figure("checks committed by 64, full synchronisation", len(claims) / batched, "checks/s"),
        Figure("checks committed one by one, full synchronisation", 1000 / statistics.median(single), "commits/s"),
        Figure("status of 10,000 sources", statistics.median(states), "ms", 100),
    ]


def _check(store: Store, when: datetime, only: str) -> None:
    (claim,) = store.claim("bench", when, LEASE, limit=1, only=[only])
    store.commit([CheckResult(claim, Outcome.UNCHANGED, when, when + LEASE, 0.1)])


def _year(folder: Path, count: int) -> list[Figure]:
    """A year of checks, twice a day: most are 304, some servers never say so, one in twenty says so now and then."""
    chance = random.Random(3)
    habits = [chance.choices((1.0, 0.0, 0.8), (70, 25, 5))[0] for _ in range(count)]
    place = folder / "year.db"
    with closing(open_store(place, write=True, repeatable=True)) as store:
        store.sync_sources(_sources(count), NOW)
        names = {source.id: habit for source, habit in zip(_sources(count), habits, strict=True)}
        for number in range(CHECKS):
            when = NOW + number * timedelta(hours=12)
            claims = store.claim("bench", when, LEASE, limit=count)
            store.commit([_result(claim, when, names[claim.source_id], chance) for claim in claims])
    with closing(sqlite3.connect(place)) as connection:
        (lines, room) = connection.execute(
            "SELECT (SELECT count(*) FROM ledger), (SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'ledger%')"
        ).fetchone()
    told = f"a year of 10,000 sources, twice a day (from {count})"
    scale = 10_000 / count / 1_000_000
    return [
        Figure(f"ledger of {told}", room * scale, "MB", 200),
        Figure("its checks folded into one line", count * CHECKS / lines, "on average"),
    ]


def _result(claim: Claim, when: datetime, habit: float, chance: random.Random) -> CheckResult:
    due = when + timedelta(hours=12)
    if chance.random() < 0.005:
        return CheckResult(claim, Outcome.FAILED, when, due, 0.1, reason=Reason.TIMEOUT, detail="no answer in 20 s")
    outcome = Outcome.NOT_MODIFIED if chance.random() < habit else Outcome.UNCHANGED
    return CheckResult(claim, outcome, when, due, 0.1)


def _once(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Milliseconds of processor time: nothing is waited for in reading, but other programs of a busy machine."""
    begun = clock()
    work()
    return 1000 * (clock() - begun)


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
