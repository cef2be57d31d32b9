"""The measurements measure what they say: same pages everywhere, a server like nginx, and our side doing its work."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.pages import FEWEST, LARGEST, MOST, SMALLEST, page
from bench.peers import SCENARIOS, Bench, Remote, run, serving, table
from bench.server import Resource, Site
from bench.tools import TOOLS
from storage.model import BlockKind
from watcher.differ import compare
from watcher.extractor import extract, gate, read_file

PAGES = 12
OURS = TOOLS[0]


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    """The server with a few pages, in a process of its own."""
    with serving(PAGES) as started:
        yield started


@pytest.fixture
def site() -> Site:
    """What the server publishes, without a socket."""
    return Site([Resource.make(number, 0) for number in range(2)])


def _read(tmp_path: Path, body: bytes) -> Path:
    place = tmp_path / "page.html"
    place.write_bytes(body)
    return place


def test_bench_pages_are_documents_of_the_stated_size(tmp_path: Path) -> None:
    """A page is the same each time, within its bounds, and passes the gate with its table and its prose."""
    for number in range(4):
        body = page(number)
        assert body == page(number)
        assert SMALLEST <= len(body) <= LARGEST + 10_000
        extraction = extract(read_file(_read(tmp_path, body)))
        assert gate(extraction).passed
        assert FEWEST <= extraction.document.words <= MOST + 1_000
        assert any(block.kind is BlockKind.TABLE_ROW for block in extraction.document.blocks)


def test_bench_edition_changes_one_clause(tmp_path: Path) -> None:
    """Two editions of a page differ in one material change and are of one length but for the figure."""
    old = extract(read_file(_read(tmp_path, page(3, 0)))).document
    new = extract(read_file(_read(tmp_path, page(3, 1)))).document
    comparison = compare(old, new)
    assert len(comparison.changes) == 1
    assert "months" in (comparison.changes[0].after or "")


@pytest.mark.parametrize(
    ("mode", "conditions", "status"),
    [
        ("stock", {}, 200),
        ("stock", {"if-modified-since": "SAME", "if-none-match": "SAME"}, 304),
        ("stock", {"if-none-match": "SAME"}, 304),
        ("stock", {"if-modified-since": "SAME"}, 304),
        ("stock", {"if-modified-since": "Thu, 01 Jan 2099 00:00:00 GMT"}, 200),
        ("stock", {"if-modified-since": "Thu, 01 Jan 2099 00:00:00 GMT", "if-none-match": "SAME"}, 200),
        ("stock", {"if-modified-since": "SAME", "if-none-match": '"other"'}, 200),
        ("lenient", {"if-modified-since": "Thu, 01 Jan 2099 00:00:00 -0000", "if-none-match": "SAME"}, 304),
        ("lenient", {"if-modified-since": "Thu, 01 Jan 2004 00:00:00 GMT"}, 200),
        ("lenient", {"if-modified-since": "junk"}, 200),
        ("bare", {"if-modified-since": "SAME", "if-none-match": "SAME"}, 200),
    ],
)
def test_bench_server_judges_conditions(site: Site, mode: str, conditions: dict[str, str], status: int) -> None:
    """Stock wants the very date and a matching tag, lenient any later date, bare ignores both and sends none."""
    site.command(f"/mode/{mode}")
    same = {"if-modified-since": site.pages[1].modified, "if-none-match": site.pages[1].etag}
    headers = {name: same[name] if value == "SAME" else value for name, value in conditions.items()}
    answer = site.answer("/privacy/1", headers)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert (b"ETag" in answer, b"Last-Modified" in answer) == (mode != "bare",) * 2
    assert site.command("/counts") == {str(status): 1}
    assert site.command("/counts") == {}


def test_bench_noise_changes_bytes_and_no_text(site: Site, tmp_path: Path) -> None:
    """Noise gives every page another body and tag, and the document that is read from it stays the same."""
    before = list(site.pages)
    site.command("/noise")
    for old, new in zip(before, site.pages, strict=True):
        assert (old.etag, old.packed) != (new.etag, new.packed)
        texts = [extract(read_file(_read(tmp_path, gzip.decompress(one.packed)))).document for one in (old, new)]
        assert texts[0].fingerprint == texts[1].fingerprint


def test_bench_server_publishes_an_edition(site: Site) -> None:
    """An edit changes body, tag and date of the pages it names and of no other."""
    before = list(site.pages)
    site.command("/edit/1/1")
    assert site.pages[0] == before[0]
    assert site.pages[1].packed != before[1].packed
    assert site.pages[1].etag != before[1].etag
    assert site.pages[1].modified != before[1].modified


def test_bench_our_side_asks_and_records_what_the_table_says(remote: Remote, tmp_path: Path) -> None:
    """Each scenario gets the answers it is about, and nothing unchanged makes a version."""
    bench = Bench(remote, remote.urls(PAGES), tmp_path, [OURS], rounds=1)
    answers, versions = {}, {}
    for scenario in SCENARIOS:
        bench.measure(replace(scenario, warm=0))
        answers[scenario.name] = bench.samples[scenario.name][OURS.name][0].answers
        with sqlite3.connect(tmp_path / OURS.name / "clausewatch.db") as connection:
            (versions[scenario.name],) = connection.execute("SELECT count(*) FROM versions").fetchone()
        connection.close()
    assert answers == {
        "first": {"200": PAGES, "404": PAGES},  # each page on a host of its own, whose robots.txt is not there
        "unchanged, stock server": {"304": PAGES},
        "unchanged, lenient server": {"304": PAGES},
        "5 % changed": {"200": 2, "304": PAGES - 1},  # a change is fetched once more before it is believed
        "unchanged, no validators": {"200": PAGES},
        "same text, other bytes": {"200": PAGES},
    }
    assert list(versions.values()) == [PAGES] * 3 + [PAGES + 1] * 3
    assert table(bench.samples).count("\n") == 1 + len(SCENARIOS)


def test_bench_failing_program_is_told(remote: Remote, tmp_path: Path) -> None:
    """A program that ends with an error stops the measurement with its name and its last words."""
    OURS.prepare(tmp_path, [])
    with pytest.raises(RuntimeError, match=r"clausewatch ended with 2: .*"):
        run(OURS, tmp_path, remote.urls(1), remote)
