"""Each stage by itself, beside the plainest thing that could stand in its place: `python -m bench.stages`.

Medians over generated pages, in processor time where nothing is waited for. The machine's own speed drops out of the
ratios: above 1 means that the stage is quicker than what it is compared with.
"""

from __future__ import annotations

import argparse
import difflib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import requests
from bs4 import BeautifulSoup

from bench.pages import page, sized_page
from bench.peers import Remote, serving
from bench.server import HOSTS
from storage.connect import open_store
from storage.model import (
    Capture,
    CheckResult,
    Claim,
    Document,
    DocumentType,
    Extraction,
    ExtractRules,
    Outcome,
    PageState,
    Source,
    SourceState,
)
from storage.protocol import Store
from watcher.differ import compare, find_facts
from watcher.extraction import extraction_key
from watcher.extractor import extract, gate, read_file
from watcher.fetcher import FetchSettings, NotModified
from watcher.fetcher.http import HttpFetcher
from watcher.quick import quick_fingerprint
from watcher.sandbox import Sandbox
from watcher.seen import same_bytes
from watcher.stages import HERE, Stages

T = TypeVar("T")

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOURCES = 512
BATCH = 64  # as the worker commits
LARGE = (400_000, 2_000_000)  # bytes
SEEN = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, ("https://vendor.example/",))


@dataclass(frozen=True, slots=True)
class Row:
    """One stage and what it is compared with, milliseconds each."""

    stage: str
    ours: float
    other: str = ""
    theirs: float = 0.0


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = [*_judging(Path(folder), options.pages, options.rounds), *_storing(Path(folder), options.rounds)]
    with serving(options.pages) as remote:
        rows += _fetching(remote, options.pages, options.rounds)
    print("| stage | ms | beside | ms | ratio |\n|---|---|---|---|---|")
    for row in rows:
        ratio = f"{row.theirs / row.ours:.2f}" if row.theirs else ""
        print(f"| {row.stage} | {row.ours:.3f} | {row.other} | {row.theirs or 0:.3f} | {ratio} |")


def _judging(folder: Path, pages: int, rounds: int) -> Iterator[Row]:
    captures = [_capture(folder, number, 0) for number in range(pages)]
    extractions = [extract(capture) for capture in captures]
    edited = [extract(_capture(folder, number, 1)).document for number in range(pages)]
    pairs = [(old.document, new) for old, new in zip(extractions, edited, strict=True)]
    reading = _median(rounds, extract, captures)
    yield Row("extract", reading, "BeautifulSoup get_text (lxml)", _median(rounds, _plain_text, captures))
    yield Row("quick fingerprint", _median(rounds, _quick, captures), "extract", reading)
    yield from _large(folder, rounds)
    yield from _in_a_process(captures, pairs, rounds)
    yield Row("gate", _median(rounds, gate, extractions), "extract", reading)
    yield Row("facts", _median(rounds, _facts, extractions), "extract", reading)
    comparing = _median(rounds, lambda pair: compare(*pair), pairs)
    yield Row("compare, one clause edited", comparing, "difflib by lines", _median(rounds, _line_diff, pairs))
    same = _median(rounds, lambda pair: compare(pair[0], pair[0]), pairs)
    yield Row("compare, the same", same, "compare, one clause edited", comparing)


def _large(folder: Path, rounds: int) -> Iterator[Row]:
    """Pages of the sizes for which there are targets: 60 ms for 400 kB and 400 ms for 2 MB, the quick lane 3 ms."""
    for size in LARGE:
        for dense in (False, True):
            place = folder / "large.html"
            place.write_bytes(sized_page(size, dense=dense))
            capture = read_file(place)
            named = f"{len(capture.body) / 1e6:.1f} MB{', all of it text' if dense else ''}"
            reading = _median(3 * rounds, extract, [capture])
            text = _median(3 * rounds, _plain_text, [capture])
            yield Row(f"extract {named}", reading, "BeautifulSoup get_text (lxml)", text)
            yield Row(f"quick fingerprint {named}", _median(3 * rounds, _quick, [capture]), "extract", reading)
            same = _median(3 * rounds, lambda page: same_bytes(SEEN, _seen(page), [page]), [capture])
            yield Row(f"same SHA-256 {named}", same, "extract", reading)


def _seen(capture: Capture) -> Claim:
    """What a good check of this very page left behind."""
    page = PageState(capture.url, capture.sha256, extraction=extraction_key(SEEN.rules))
    known = (SEEN.id, SEEN.vendor, SEEN.document, SEEN.urls[0], True, Outcome.FIRST, None, None, NOW, NOW, NOW, 0, 1)
    return Claim(SEEN.id, "token", NOW, SourceState(*known, pages=(page,)))


def _storing(folder: Path, rounds: int) -> Iterator[Row]:
    """What it costs to write down that nothing is new, for each source."""
    sources = [
        Source(
            f"vendor-{number}/privacy", f"Vendor {number}", DocumentType.PRIVACY_POLICY, (f"https://{number}.example/",)
        )
        for number in range(SOURCES)
    ]
    with closing(open_store(folder / "stages.db", write=True)) as store:
        store.sync_sources(sources, NOW)
        single = [_commit_all(store, 1) for _ in range(rounds)]
        batched = [_commit_all(store, BATCH) for _ in range(rounds)]
        yield Row(f"commit, {BATCH} in one", statistics.median(batched), "one by one", statistics.median(single))
        claiming = statistics.median(_claim_all(store) for _ in range(rounds))
        yield Row("claim", claiming, f"commit, {BATCH} in one", statistics.median(batched))


def _fetching(remote: Remote, pages: int, rounds: int) -> Iterator[Row]:
    """A page that has not changed and a page in full, on a connection that is kept, beside requests as it comes."""
    urls = [f"http://{HOSTS[0]}:{remote.port}/privacy/{number}" for number in range(pages)]
    with HttpFetcher(FetchSettings(allow_networks=("127.0.0.0/8",))) as fetcher, requests.Session() as session:
        states = {url: _state(fetcher, url) for url in urls}

        def known(url: str) -> None:
            assert isinstance(fetcher.fetch(url, state=states[url]), NotModified)

        def known_bare(url: str) -> None:
            state = states[url]
            headers = {"If-None-Match": state.etag or "", "If-Modified-Since": state.last_modified or ""}
            assert session.get(url, headers=headers, timeout=30).status_code == 304

        def whole(url: str) -> None:
            assert isinstance(fetcher.fetch(url), Capture)

        def whole_bare(url: str) -> None:
            assert session.get(url, timeout=30).content

        yield Row("fetch, 304", _median(rounds, known, urls), "requests", _median(rounds, known_bare, urls))
        yield Row("fetch, whole page", _median(rounds, whole, urls), "requests", _median(rounds, whole_bare, urls))


def _median(rounds: int, work: Callable[[T], object], items: Sequence[T]) -> float:
    """Milliseconds of processor time for one item: the median of all, after one untimed item."""
    work(items[0])
    return statistics.median(_spent(work, item) for _ in range(rounds) for item in items)


def _spent(work: Callable[[T], object], item: T) -> float:
    begun = time.process_time()
    work(item)
    return (time.process_time() - begun) * 1000


def _capture(folder: Path, number: int, edition: int) -> Capture:
    place = folder / "page.html"
    place.write_bytes(page(number, edition))
    return read_file(place)


def _in_a_process(
    captures: Sequence[Capture], pairs: Sequence[tuple[Document, Document]], rounds: int
) -> Iterator[Row]:
    """The same steps here and in a kept process, by the clock, each page as a check judges it; and a cold start."""

    def judged(stages: Stages) -> Callable[[tuple[Capture, Document]], object]:
        def judge(item: tuple[Capture, Document]) -> object:
            capture, before = item
            extraction = stages.read([capture], ExtractRules())
            stages.gate(extraction, before)
            return stages.compare(before, extraction.document), stages.find_facts(extraction.document)

        return judge

    items = [(capture, new) for capture, (_, new) in zip(captures, pairs, strict=True)]
    with Sandbox() as sandbox:
        begun = time.perf_counter()
        sandbox.read(captures[:1], ExtractRules())
        cold = (time.perf_counter() - begun) * 1000
        here, there = _in_turn(rounds, items, judged(HERE), judged(sandbox))
    yield Row("judged in a process", there, "here", here)
    yield Row("the first page of a process", cold, "judged in a process", there)


def _in_turn(rounds: int, items: Sequence[T], *ways: Callable[[T], object]) -> list[float]:
    """Milliseconds by the clock for one item in each way, taken in turn: the median of all."""
    spent: list[list[float]] = [[] for _ in ways]
    for item in [item for _ in range(rounds + 1) for item in items]:
        for way, times in zip(ways, spent, strict=True):
            begun = time.perf_counter()
            way(item)
            times.append((time.perf_counter() - begun) * 1000)
    return [statistics.median(times[len(items) :]) for times in spent]


def _quick(capture: Capture) -> object:
    return quick_fingerprint(capture, ExtractRules())


def _plain_text(capture: Capture) -> str:
    return str(BeautifulSoup(capture.body, "lxml").get_text(" "))


def _facts(extraction: Extraction) -> object:
    return find_facts(extraction.document)


def _line_diff(pair: tuple[Document, Document]) -> object:
    old, new = ([block.text for block in document.blocks] for document in pair)
    return list(difflib.unified_diff(old, new))


def _commit_all(store: Store, batch: int) -> float:
    """Milliseconds for one source, waiting for the disk included."""
    results = [_nothing_new(claim) for claim in _claims(store)]
    begun = time.perf_counter()
    for start in range(0, len(results), batch):
        store.commit(results[start : start + batch])
    return (time.perf_counter() - begun) * 1000 / len(results)


def _claim_all(store: Store) -> float:
    """Milliseconds for one source."""
    begun = time.perf_counter()
    claims = _claims(store)
    spent = (time.perf_counter() - begun) * 1000 / len(claims)
    store.release(claims)
    return spent


def _claims(store: Store) -> list[Claim]:
    return store.claim("bench", NOW, timedelta(minutes=30), limit=SOURCES)


def _nothing_new(claim: Claim) -> CheckResult:
    # Due again at once, so that the next round finds it.
    return CheckResult(claim=claim, outcome=Outcome.NOT_MODIFIED, checked_at=NOW, next_due=NOW, seconds=0.0)


def _state(fetcher: HttpFetcher, url: str) -> PageState:
    answer = fetcher.fetch(url)
    assert isinstance(answer, Capture)
    return PageState(url, answer.sha256, answer.header("ETag"), answer.header("Last-Modified"), "")


if __name__ == "__main__":
    main()
