"""Histories out of web archives: what they list, fetched with patience, as it was recorded."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.connect import open_store
from storage.errors import ClausewatchError, UsageError
from storage.model import Capture, DocumentType, Source
from watcher.backfill import backfill
from watcher.fetcher import FetchFailure, FetchSettings, NotModified
from watcher.fetcher.http import HttpFetcher
from watcher.recording import Missing
from watcher.recording.archive import Network, open_archive

PAGE = "https://brightwater.example/privacy?a=1&b=2"
TEXT = "<html lang=en><main><h1>Privacy policy</h1><p>We keep account data for {} months. {}</p></main></html>"
MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
BAR = b"<div>Capture of the archive</div>"
HEADER = ["timestamp", "original", "mimetype", "statuscode", "digest"]


@dataclass
class Archive:
    """A web archive on loopback: `snapshots` by time, `index` rows, and answers that come before the real one."""

    url: str = ""
    snapshots: dict[str, bytes] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    index: bytes | None = None
    first: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, stamp: str, months: int) -> None:
        """Record a page, and list it."""
        self.snapshots[stamp] = TEXT.format(months, MORE).encode()
        self.rows.append([stamp, PAGE, "text/html", "200", f"SHA1{months}"])

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What is said to a request."""
        parts = urlsplit(path)
        if self.first.get(parts.path):
            status, headers = self.first[parts.path].pop(0)
            return status, headers, b"not now"
        if parts.path == "/cdx/search/cdx":
            assert parse_qs(parts.query)["url"] == [PAGE]
            rows = json.dumps([HEADER, *self.rows] if self.rows else []).encode()
            return 200, {"Content-Type": "application/json"}, rows if self.index is None else self.index
        if parts.path.startswith("/timemap/link/"):
            return 200, {"Content-Type": "application/link-format"}, self.timemap()
        stamp, _, rest = parts.path.removeprefix("/web/").partition("/")
        plain = stamp.removesuffix("id_")
        if plain in self.leads:
            return 302, {"Location": f"/web/{self.leads[plain]}id_/{PAGE}"}, b""
        if plain not in self.snapshots:
            return 404, {}, b"not in the archive"
        assert f"{rest}?{parts.query}" == PAGE
        at = datetime.strptime(plain, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Memento-Datetime": f"{at:%a, %d %b %Y %H:%M:%S} GMT",
            "X-Archive-Orig-ETag": '"then"',
        }
        return 200, headers, self.snapshots[plain] + (b"" if stamp.endswith("id_") else BAR)

    def timemap(self) -> bytes:
        """The list of mementos in link format."""
        links = [
            f'<{PAGE}>; rel="original"',
            f'<{self.url}/timemap/link/{PAGE}>; rel="self"; type="application/link-format"',
        ]
        for stamp in self.snapshots:
            at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            links.append(
                f'<{self.url}/web/{stamp}/{PAGE}>; rel="first memento"; datetime="{at:%a, %d %b %Y %H:%M:%S} GMT"'
            )
        return ",\n".join(links).encode()


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Three captures of a page that changed twice."""
    state = Archive()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.asked.append(self.path)
            status, headers, body = state.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    for stamp, months in (("20240101000000", 12), ("20240601120000", 24), ("20250101000000", 36)):
        state.add(stamp, months)
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def network() -> Iterator[tuple[Network, list[float]]]:
    """The guarded way to it, and the pauses that were made (nobody waits for them)."""
    pauses: list[float] = []
    settings = FetchSettings(allow_networks=("127.0.0.0/8",), deadline=timedelta(seconds=5))
    with HttpFetcher(settings) as fetcher:

        def fetch(place: str) -> Capture | FetchFailure:
            answer = fetcher.fetch(place)
            assert not isinstance(answer, NotModified)
            return answer

        yield Network(fetch, pauses.append), pauses


Way = tuple[Network, list[float]]


@pytest.mark.parametrize("form", ["table", "lines", "timemap"])
def test_the_captures_of_one_page(archive: Archive, network: Way, form: str) -> None:
    """By an index of either form, or a TimeMap: oldest first, as recorded, each saying where it came from."""
    service = archive.url
    if form == "timemap":
        service += "/timemap/link/"
    if form == "lines":
        archive.index = b"\n".join(
            json.dumps({"timestamp": one[0], "url": one[1], "mime": one[2], "status": one[3]}).encode()
            for one in archive.rows
        )
    archive.rows += [
        ["20240301000000", PAGE, "text/html", "404", "X"],
        ["20240302000000", PAGE, "image/png", "200", "X"],
        ["20249999000000", PAGE, "text/html", "200", "X"],
        ["20240303000000", "javascript:alert(1)", "text/html", "200", "X"],
    ]
    recording = open_archive(service, PAGE, network[0])
    assert (recording.url, recording.vendor) == (PAGE, "brightwater.example")
    read = list(recording.read())
    assert [one.fetched_at.strftime("%Y%m%d%H%M%S") for one in read] == list(archive.snapshots)
    assert [one.body for one in read] == list(archive.snapshots.values())
    assert read[0].header("ETag") == '"then"'
    told = read[0].header("Clausewatch-Recorded") or ""
    assert told.startswith(f"archive {archive.url}/web/20240101000000id_/{PAGE} fetched 20")
    assert told.endswith(" digest SHA112") == (form == "table")


def test_days_bound_what_is_asked_for(archive: Archive, network: Way) -> None:
    """Both days are included; a page without a capture between them is told."""
    recording = open_archive(archive.url, PAGE, network[0], since=date(2024, 6, 1), until=date(2024, 6, 1))
    assert len(recording.captures) == 1
    assert "from=20240601" in archive.asked[-1]
    with pytest.raises(UsageError, match=r"has no capture of .* between these days"):
        open_archive(archive.url, PAGE, network[0], since=date(2030, 1, 1))
    archive.rows.clear()
    with pytest.raises(UsageError, match="has no capture of https://brightwater"):
        open_archive(archive.url, PAGE, network[0])


def test_what_the_archive_has_lost_is_passed_over(archive: Archive, network: Way) -> None:
    """Gone, or answered with the capture of another moment: said, and never taken for what was asked for."""
    del archive.snapshots["20240101000000"]
    archive.leads["20240601120000"] = "20250101000000"
    gone, other, good = open_archive(archive.url, PAGE, network[0]).taken()
    assert isinstance(gone, Missing)
    assert "404" in gone.why
    assert other == Missing("the archive answered with the capture of 2025-01-01 00:00:00")
    assert isinstance(good, Capture)


def test_the_archive_is_waited_for(archive: Archive, network: Way) -> None:
    """As long as it asks for, or longer each time; then everything is there."""
    path = f"/web/20240101000000id_/{PAGE}".partition("?")[0]
    archive.first[path] = [(429, {"Retry-After": "7"}), (503, {}), (500, {})]
    archive.first["/cdx/search/cdx"] = [(503, {"Retry-After": "2"})]
    assert len(list(open_archive(archive.url, PAGE, network[0]).read())) == 3
    assert network[1] == [5.0, 7.0, 10.0, 20.0]


def test_an_archive_that_wants_to_be_left_alone_is(archive: Archive, network: Way, tmp_path: Path) -> None:
    """What was had is recorded; the same call later goes on there."""
    path = f"/web/20240601120000id_/{PAGE}".partition("?")[0]
    archive.first[path] = [(429, {"Retry-After": "4000"})]
    source = Source("brightwater/privacy", "Brightwater", DocumentType.PRIVACY_POLICY, (PAGE,))
    with closing(open_store(tmp_path / "h.db", write=True)) as store:
        store.sync_sources([source], datetime(2026, 1, 1, tzinfo=UTC))
        with pytest.raises(ClausewatchError, match="run again later"):
            list(backfill(store, source, open_archive(archive.url, PAGE, network[0])))
        assert len(store.versions()) == 1
        assert network[1] == []
        archive.asked.clear()
        steps = list(backfill(store, source, open_archive(archive.url, PAGE, network[0])))
        assert [one.result is None for one in steps] == [True, False, False]
        assert not any("20240101000000" in one for one in archive.asked)
        assert [one.first_seen.year for one in store.versions()] == [2024, 2024, 2025]
        assert store.verify() == []


@pytest.mark.parametrize(
    ("index", "said"),
    [(b"<html>", "no index of captures"), (b"[1, 2]", "no index"), (b"[[", "no index"), (b"\xff\xfe", "no index")],
    ids=["html", "numbers", "cut", "bytes"],
)
def test_what_is_no_list_is_told(archive: Archive, network: Way, index: bytes, said: str) -> None:
    """One error that names the place."""
    archive.index = index
    with pytest.raises(UsageError, match=said):
        open_archive(archive.url, PAGE, network[0])


def test_a_private_archive_must_be_opened(archive: Archive) -> None:
    """The guard of [fetch] holds for archives too, and for where they lead."""
    with HttpFetcher(FetchSettings()) as fetcher:
        ask: Callable[[str], Any] = fetcher.fetch
        with pytest.raises(UsageError, match="allow_networks"):
            open_archive(archive.url, PAGE, Network(ask, lambda _: None))
    assert archive.asked == []
