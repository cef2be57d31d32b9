"""Laws of decoding: how the wire cuts a body into pieces never matters, and a part of it is never the whole."""

from __future__ import annotations

import gzip
import io
import itertools
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.response import HTTPResponse

from storage.model import Reason
from watcher.fetcher.body import _GZIP, _Inflate, read_body
from watcher.fetcher.failure import FetchError
from watcher.fetcher.watchdog import Watchdog

members = st.lists(st.binary(max_size=300), min_size=1, max_size=4)
cuts = st.lists(st.integers(1, 400), max_size=8)


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    """The bytes cut into pieces of these sizes, and the rest."""
    ends = list(itertools.accumulate(sizes, initial=0))
    return [data[a:b] for a, b in itertools.pairwise(ends)] + [data[ends[-1] :]]


def inflate(coding: _Inflate, parts: list[bytes], limit: int = 1 << 20) -> bytes:
    """All that the pieces stand for."""
    out = b""
    for part in filter(None, parts):
        out += b"".join(coding.feed(part, limit - len(out)))
    return out


@given(members, cuts, st.binary(max_size=20).filter(lambda junk: not b"\x1f\x8b".startswith(junk[:2]) or not junk))
def test_gzip_does_not_depend_on_the_cuts(bodies: list[bytes], sizes: list[int], junk: bytes) -> None:
    """Members in a row and junk behind them give the same page however they arrive."""
    coding = _Inflate(_GZIP)
    wire = b"".join(map(gzip.compress, bodies)) + junk
    assert inflate(coding, pieces(wire, sizes)) == b"".join(bodies)
    assert coding.whole()


@given(st.binary(max_size=300), cuts, st.sampled_from([zlib.MAX_WBITS, -zlib.MAX_WBITS]))
def test_deflate_is_read_with_and_without_frame(body: bytes, sizes: list[int], window: int) -> None:
    """Both things that servers call deflate are told apart by their first two bytes."""
    coder = zlib.compressobj(wbits=window)
    coding = _Inflate(None)
    assert inflate(coding, pieces(coder.compress(body) + coder.flush(), sizes)) == body
    assert coding.whole()


@given(st.binary(max_size=300), st.data())
def test_a_part_is_never_the_whole(body: bytes, data: st.DataObject) -> None:
    """H08: cut anywhere, a gzip stream is known to be cut."""
    wire = gzip.compress(body)
    coding = _Inflate(_GZIP)
    inflate(coding, [wire[: data.draw(st.integers(1, len(wire) - 1))]])
    assert not coding.whole()


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_no_more_than_one_byte_beyond_the_limit_is_made(size: int, limit: int) -> None:
    """H05: the cap is known to be passed, and no more than that."""
    made = inflate(_Inflate(_GZIP), [gzip.compress(bytes(size))], limit)
    assert len(made) == min(size, limit + 1)


@pytest.mark.parametrize("size", [1, 2, 3, 65536])
def test_a_member_that_begins_with_a_read_is_not_lost(size: int) -> None:
    """The end of one member may be the end of a read: the rest of the page still follows."""
    first, second = gzip.compress(b"a"), gzip.compress(b"b")
    coding = _Inflate(_GZIP)
    assert inflate(coding, [first, *pieces(second, [size])]) == b"ab"
    assert coding.whole()


def test_bytes_that_were_waiting_do_not_outlast_the_deadline() -> None:
    """H01: what the kernel still holds when the connection is cut is not read to its end."""
    dog = Watchdog()
    exchange = dog.watch(0)
    while not exchange.fired:
        time.sleep(0)
    raw = HTTPResponse(io.BytesIO(bytes(1_000_000)), preload_content=False)
    with pytest.raises(FetchError) as caught:
        read_body(raw, 10_000_000, exchange)
    assert raw.tell() < 100_000
    assert caught.value.reason is Reason.DNS  # the phase in which this exchange was cut
    exchange.done()
    dog.close()
