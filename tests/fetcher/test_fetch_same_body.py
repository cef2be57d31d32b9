"""Equal bodies are known by the bytes of the wire, before they are decoded."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import replace

import pytest

from storage.model import WIRE, Capture, PageState, Reason
from watcher.fetcher import FetchFailure, SameBody
from watcher.fetcher.http import HttpFetcher

from .conftest import Wire

PAGE = b"<html><title>Privacy policy</title><p>We keep personal data for 12 months.</p></html>"
GZIPPED = gzip.compress(PAGE, mtime=0)


def answer(body: bytes, *headers: str, coding: str = "gzip") -> bytes:
    """An answer with an encoded body."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", f"Content-Length: {len(body)}", *headers]
    coded = [f"Content-Encoding: {coding}"] if coding else []
    return "\r\n".join([*lines, *coded]).encode() + b"\r\n\r\n" + body


def seen(wire: Wire, fetcher: HttpFetcher, played: bytes) -> PageState:
    """What a good check of an answer leaves behind, for the address of the next one."""
    capture = fetcher.fetch(wire.serve(played))
    assert isinstance(capture, Capture)
    assert capture.body == PAGE
    return PageState("", capture.sha256, wire=capture.header(WIRE) or "")


def test_the_same_encoded_bytes_are_not_decoded(wire: Wire, fetcher: HttpFetcher) -> None:
    """The answer says so, with the validators of today."""
    state = seen(wire, fetcher, answer(GZIPPED))
    assert state.wire == f"gzip {hashlib.sha256(GZIPPED).hexdigest()}"
    url = wire.serve(answer(GZIPPED, 'ETag: "new"', "Last-Modified: Sat, 21 Nov 2026 07:00:00 GMT"))
    same = fetcher.fetch(url, state=replace(state, url=url))
    assert isinstance(same, SameBody)
    assert (same.url, same.etag, same.last_modified) == (url, '"new"', "Sat, 21 Nov 2026 07:00:00 GMT")


def test_in_pieces_too(wire: Wire, fetcher: HttpFetcher) -> None:
    """Chunks are framing, not body."""
    state = seen(wire, fetcher, answer(GZIPPED))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (GZIPPED[:9], GZIPPED[9:])) + b"0\r\n\r\n"
    url = wire.serve(head + pieces)
    assert isinstance(fetcher.fetch(url, state=replace(state, url=url)), SameBody)


@pytest.mark.parametrize(
    "played",
    [
        answer(gzip.compress(PAGE, 1, mtime=1)),
        answer(zlib.compress(PAGE), coding="deflate"),
        answer(PAGE, coding=""),
        answer(GZIPPED, coding="x-gzip"),
    ],
    ids=["packed otherwise", "deflate", "plain", "another name"],
)
def test_other_bytes_are_decoded(wire: Wire, fetcher: HttpFetcher, played: bytes) -> None:
    """The same page in other bytes, or under another encoding, is read as ever."""
    state = seen(wire, fetcher, answer(GZIPPED))
    url = wire.serve(played)
    capture = fetcher.fetch(url, state=replace(state, url=url))
    assert isinstance(capture, Capture)
    assert (capture.body, capture.sha256) == (PAGE, state.sha256)
    assert (capture.header(WIRE) or "") != state.wire


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (GZIPPED[:-4], Reason.TRUNCATED),
        (PAGE, Reason.BAD_ENCODING),
        (gzip.compress(bytes(20_000_000)), Reason.TOO_LARGE),
    ],
    ids=["cut", "not gzip", "a bomb"],
)
def test_faults_are_told_as_ever(wire: Wire, fetcher: HttpFetcher, body: bytes, reason: Reason) -> None:
    """H05, H08, H12: knowing an earlier body changes nothing about a broken one."""
    state = seen(wire, fetcher, answer(GZIPPED))
    url = wire.serve(answer(body))
    failure = fetcher.fetch(url, state=replace(state, url=url))
    assert isinstance(failure, FetchFailure)
    assert failure.reason is reason


def test_no_server_may_name_its_bytes(wire: Wire, fetcher: HttpFetcher) -> None:
    """A header of ours in an answer is dropped: else a page could vouch for one to come."""
    capture = fetcher.fetch(wire.serve(answer(PAGE, f"{WIRE}: gzip {'0' * 64}", coding="")))
    assert isinstance(capture, Capture)
    assert capture.header(WIRE) is None


def test_a_plain_body_is_known_by_its_own_hash(wire: Wire, fetcher: HttpFetcher) -> None:
    """There is nothing to decode, so nothing to name."""
    assert seen(wire, fetcher, answer(PAGE, coding="")).wire == ""
