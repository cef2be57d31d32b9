"""Histories out of WARCs: the good answers of one address, whatever else a crawler kept."""

from __future__ import annotations

import gzip
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from storage.errors import UsageError
from watcher.recording import open_recording, tape

URL = "https://brightwater.example/privacy"
OTHER = "https://brightwater.example/terms"


def record(kind: str, url: str, date: str, block: bytes, content: str = "application/http; msgtype=response") -> bytes:
    """One record of a WARC."""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:{date}>\r\nContent-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(
    body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8", more: str = "", end: str = "\r\n"
) -> bytes:
    """An answer as it came over the wire."""
    return f"HTTP/1.1 {status}{end}Content-Type: {kind}{end}ETag: x1{end}{more}{end}".encode() + body


def response(body: bytes, date: str = "2024-01-01T00:00:00Z", url: str = URL) -> bytes:
    """A record of a good answer."""
    return record("response", url, date, answer(body))


RECORDS = [
    record("warcinfo", "", "2024-01-01T00:00:00Z", b"software: x\r\n", "application/warc-fields"),
    record("request", URL, "2024-01-01T00:00:00Z", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
    response(b"second", "2024-02-01T00:00:00.123456Z"),
    response(b"first", "2024-01-01T12:00:00Z"),
    record("response", URL, "2024-03-01T00:00:00Z", answer(b"gone", "404 Not Found")),
    record("response", URL, "2024-03-02T00:00:00Z", answer(b"moved", "301 Moved", more="Location: /x\r\n")),
    record("response", f"{URL}.png", "2024-03-03T00:00:00Z", answer(b"\x89PNG", kind="image/png")),
    record("revisit", URL, "2024-03-04T00:00:00Z", answer(b"")),
    response(b"third" * 100_000, "2024-04-01T00:00:00Z"),
]


@pytest.mark.parametrize("packed", [False, True])
def test_the_good_answers_of_one_address(tmp_path: Path, packed: bool) -> None:
    """In time order, without requests, errors, moves, pictures and revisits, plain or packed record by record."""
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in RECORDS))
    recording = open_recording(path)
    assert (recording.url, recording.vendor) == (URL, "brightwater.example")
    read = list(recording.read())
    assert [capture.body[:6] for capture in read] == [b"first", b"second", b"thirdt"]
    assert len(read[2].body) == 500_000
    assert read[0].fetched_at == datetime(2024, 1, 1, 12, tzinfo=UTC)
    assert (read[0].media_type, read[0].charset, read[0].header("ETag")) == ("text/html", "utf-8", "x1")
    assert read[0].header("Clausewatch-Recorded") == "WARC crawl.warc.gz urn:uuid:2024-01-01T12:00:00Z"
    later = recording.read(after=datetime(2024, 3, 1, tzinfo=UTC))
    assert [capture.fetched_at.month for capture in later] == [4]


def test_several_addresses_must_be_told_apart(tmp_path: Path) -> None:
    """By --page or by --url; an error names what is there."""
    path = tmp_path / "crawl.warc"
    path.write_bytes(response(b"one") + response(b"two", url=OTHER))
    with pytest.raises(UsageError, match=f"holds 2 addresses; name one with --page: {URL}, {OTHER}"):
        open_recording(path)
    with pytest.raises(UsageError, match=f'did you mean "{OTHER}"'):
        open_recording(path, page=f"{OTHER}x")
    assert next(open_recording(path, page=OTHER).read()).body == b"two"
    assert next(open_recording(path, url=OTHER).read()).body == b"two"
    named = next(open_recording(path, page=OTHER, url="https://now.example/").read())
    assert (named.body, named.url) == (b"two", "https://now.example/")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"<p>text</p>", mtime=0)),
        ("Content-Encoding: deflate", zlib.compress(b"<p>text</p>")),
        ("Content-Encoding: deflate", zlib.compress(b"<p>text</p>", wbits=-15)),
        ("Content-Encoding: zstd", zstandard.compress(b"<p>text</p>")),
        ("Content-Encoding: gzip", b"<p>text</p>"),
        ("Content-Encoding: br", b"<p>text</p>"),
        ("Transfer-Encoding: chunked", b"4;x=y\r\n<p>t\r\n7\r\next</p>\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"<p>text</p>"),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", b"%x\r\n%s\r\n0\r\n\r\n"),
    ],
)
def test_codings_of_the_transport_are_taken_off(tmp_path: Path, coding: str, body: bytes) -> None:
    """Also where the crawler took them off itself and left the field that names them."""
    if b"%x" in body:
        packed = gzip.compress(b"<p>text</p>")
        body = body % (len(packed), packed)
    path = tmp_path / "crawl.warc"
    path.write_bytes(record("response", URL, "2024-01-01T00:00:00Z", answer(body, more=f"{coding}\r\n")))
    assert next(open_recording(path).read()).body == b"<p>text</p>"


def test_brotli_is_unpacked_or_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra the page is there; cut it is an error; without the extra the error says what to install."""
    brotli = pytest.importorskip("brotli")
    packed = brotli.compress(b"<p>text</p>" * 500)
    path = tmp_path / "crawl.warc"

    def write(body: bytes) -> None:
        made = answer(body, more="Content-Encoding: br\r\n")
        path.write_bytes(record("response", URL, "2024-01-01T00:00:00Z", made))

    write(packed)
    assert next(open_recording(path).read()).body == b"<p>text</p>" * 500
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(UsageError, match="archives"):
        next(open_recording(path).read())
    monkeypatch.undo()
    write(packed[:-4])
    with pytest.raises(UsageError, match="its br cannot be unpacked"):
        next(open_recording(path).read())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"WARC/1.0\r\n", "there is no record of a WARC"),
        (RECORDS[0], "holds no page"),
        (response(b"one")[:-20], "is cut"),
        (gzip.compress(response(b"one"))[:-20], "is cut"),
        (gzip.compress(RECORDS[0] + response(b"one")), "pack it record by record"),
        (gzip.compress(response(b"one")) + b"\x1f\x8b\x08\x00garbage" * 4, "damaged"),
        (response(b"one") + b"garbage", "there is no record of a WARC"),
        (response(b"one").replace(b"Content-Length: ", b"Content-Length: 9"), "is cut"),
        (response(b"one").replace(b"Content-Length: ", b"Content-Length: x"), "is no number"),
        (response(b"one", "yesterday"), "'yesterday' is not a time"),
        (response(b"one", "9024-01-01T00:00:00Z"), "lies outside the years"),
        (
            record("response", URL, "2024-01-01T00:00:00Z", answer(b"\x0b\x02", more="Content-Encoding: br\r\n")),
            "its br cannot be unpacked",
        ),
        (
            record("response", URL, "2024-01-01T00:00:00Z", answer(b"\x1f\x8bx", more="Content-Encoding: gzip\r\n")),
            "cannot be unpacked",
        ),
        (b"PK\x03\x04", "is neither an index.json"),
        (b"\x1f\x8bnothing", "is neither an index.json"),
        (b"", "is neither an index.json"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    """Cut, damaged, packed as a whole, odd lengths and times: one error that names the file."""
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        next(open_recording(path).read())
    assert said in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("more", ["", "Content-Encoding: gzip\r\n"])
def test_a_bomb_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    """Neither packed records nor packed answers grow beyond the bound."""
    monkeypatch.setattr(tape, "MAX_BYTES", 1_000_000)
    body = b"\0" * 3_000_000
    block = answer(gzip.compress(body) if more else body, more=more)
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(record("response", URL, "2024-01-01T00:00:00Z", block)))
    with pytest.raises(UsageError, match="'record at byte 0' is larger than 1000000 bytes"):
        next(open_recording(path).read())


def _told(kind: str, date: str, more: str, block: bytes, content: str = "application/http; msgtype=response") -> bytes:
    """A record with further fields."""
    plain = record(kind, URL, date, block, content)
    return plain.replace(b"Content-Length", more.encode() + b"Content-Length", 1)


@pytest.mark.parametrize(
    "more",
    [
        "WARC-Refers-To: <urn:uuid:2024-01-01T00:00:00Z>\r\n",
        f"WARC-Refers-To-Target-URI: {URL}\r\nWARC-Refers-To-Date: 2024-01-01T00:00:00Z\r\n",
        "WARC-Payload-Digest: sha1:ONE\r\n",
    ],
    ids=["id", "visit", "digest"],
)
def test_a_revisit_is_the_page_seen_once_more(tmp_path: Path, more: str) -> None:
    """By any of the ways in which it may name the visit that it repeats; it says so; others are passed over."""
    path = tmp_path / "crawl.warc"
    path.write_bytes(
        _told("response", "2024-01-01T00:00:00Z", "WARC-Payload-Digest: sha1:ONE\r\n", answer(b"one"))
        + _told("revisit", "2024-02-01T00:00:00Z", more, answer(b""))
        + _told("revisit", "2024-03-01T00:00:00Z", "WARC-Payload-Digest: sha1:TWO\r\n", answer(b"", "304 Not Modified"))
        + _told("revisit", "2024-04-01T00:00:00Z", "", answer(b""))
    )
    first, again = open_recording(path).read()
    assert (again.body, again.sha256, again.fetched_at.month) == (first.body, first.sha256, 2)
    told = again.header("Clausewatch-Recorded")
    assert told == "WARC crawl.warc urn:uuid:2024-02-01T00:00:00Z revisit of urn:uuid:2024-01-01T00:00:00Z"


def test_files_are_pages_and_what_the_crawler_cut_is_none(tmp_path: Path) -> None:
    """A resource has no answer of a server around it; WARC-Truncated says that the end is missing."""
    path = tmp_path / "crawl.warc"
    path.write_bytes(
        record("resource", URL, "2024-01-01T00:00:00Z", b"<p>one</p>", "text/html; charset=utf-8")
        + record("resource", f"{URL}.png", "2024-01-02T00:00:00Z", b"PNG", "image/png")
        + record("metadata", URL, "2024-01-03T00:00:00Z", b"via: x", "text/plain")
        + _told("response", "2024-02-01T00:00:00Z", "WARC-Truncated: length\r\n", answer(b"<p>hal"))
    )
    (capture,) = open_recording(path).read()
    assert (capture.body, capture.media_type, capture.charset) == (b"<p>one</p>", "text/html", "utf-8")
