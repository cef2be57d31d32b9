"""The body of an answer, read and decoded within bounds, and known to be whole.

We decode ourselves, because requests takes a gzip stream that was cut anywhere for a complete page: to a reader of the
result the vendor has deleted the rest of the policy.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from urllib3.response import HTTPResponse

from storage.model import Reason
from watcher.fetcher.failure import FetchError, expired
from watcher.fetcher.watchdog import Exchange

ACCEPT_ENCODING = "gzip, deflate"

_GZIP = zlib.MAX_WBITS | 16  # zlib's way to say "with the gzip frame"
_MAX_MEMBERS = 100  # of one gzip stream: each costs a copy of what follows it
_READ = 65_536  # bytes taken off the wire at once
_STEP = 1 << 20  # bytes inflated at once: bounds the memory of a decompression bomb
_SLACK = 1 << 20  # what may come over the wire beyond `limit`: framing of incompressible data, trailing junk


class _Coding(Protocol):
    """Turns the bytes of the wire into those of the page."""

    def feed(self, data: bytes, limit: int) -> list[bytes]:
        """The bytes that `data` stands for, no more than `limit` + 1. Raises zlib.error."""
        ...

    def whole(self) -> bool:
        """True when the end of the stream was seen."""
        ...


class _Identity:
    """Bytes as they are."""

    def feed(self, data: bytes, limit: int) -> list[bytes]:
        """Hand the bytes through."""
        return [data[: limit + 1]]

    def whole(self) -> bool:
        """Plain bytes have no end mark of their own."""
        return True


class _Inflate:
    """gzip, zlib or raw deflate. Members of a gzip stream follow each other; what else follows the end is ignored."""

    def __init__(self, window: int | None) -> None:
        """Take zlib's `wbits`; None for "deflate", which some servers send without the zlib frame."""
        self._window = window
        self._stream: _Stream | None = None
        self._head = b""
        self._members = 0
        self._ended = False
        self._fed = False

    def feed(self, data: bytes, limit: int) -> list[bytes]:
        """Inflate in steps, so that memory follows the limit and not the bomb."""
        self._fed = True
        out: list[bytes] = []
        room = limit + 1
        data = self._head + data
        self._head = b""
        while data and room > 0:
            stream = self._stream or self._start(data)
            if stream is None:
                break
            piece = stream.decompress(data, min(_STEP, room))
            out.append(piece)
            room -= len(piece)
            if stream.eof:
                self._stream = None
                self._members += 1
                data = stream.unused_data
            else:
                data = stream.unconsumed_tail
        return out

    def whole(self) -> bool:
        """The end mark must have come; no byte at all is an empty page."""
        return self._stream is None and (self._members > 0 or not self._fed)

    def _start(self, data: bytes) -> _Stream | None:
        """The stream that begins here; None while two bytes are not there to tell, and after the last one."""
        if self._ended:
            return None
        if len(data) < 2:
            self._head = data
            return None
        if self._members and (self._window != _GZIP or not data.startswith(b"\x1f\x8b")):
            self._ended = True
            return None
        if self._members == _MAX_MEMBERS:
            raise zlib.error("too many gzip members")
        if self._window is None:
            framed = data[0] & 0x0F == zlib.DEFLATED and (data[0] * 256 + data[1]) % 31 == 0  # RFC 1950, 2.2
            self._window = zlib.MAX_WBITS if framed else -zlib.MAX_WBITS
        self._stream = zlib.decompressobj(self._window)
        return self._stream


class _Stream(Protocol):
    """What `zlib.decompressobj` returns; its type has no public name."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Body:
    """A body, decoded; `wire` names it as it came (Content-Encoding and SHA-256), "" for one that was not encoded."""

    data: bytes
    wire: str = ""


def read_body(raw: HTTPResponse, limit: int, exchange: Exchange, known: str = "") -> Body | None:
    """The decoded body, at most `limit` bytes; needs up to three times that in memory.

    `known` names an encoded body that was whole. None when this is the very same: then it is not decoded at all.

    Raises FetchError: `too-large`, `truncated`, `bad-encoding`, `protocol`, or that of the deadline; and what urllib3
    raises for a connection that breaks.
    """
    coding = _coding(raw)
    announced = raw.length_remaining
    if announced is not None and announced > limit + (0 if isinstance(coding, _Identity) else _SLACK):
        raise _too_large(limit)
    name = raw.headers.get("content-encoding", "").strip().lower()
    digest = hashlib.sha256()
    coming: Iterable[bytes] = _coming(raw, limit, exchange, digest.update)
    if not isinstance(coding, _Identity) and known.startswith(f"{name} "):
        coming = list(coming)
        if f"{name} {digest.hexdigest()}" == known:
            return None
    data = _decoded(coming, coding, limit)
    return Body(data, "" if isinstance(coding, _Identity) else f"{name} {digest.hexdigest()}")


def _coming(raw: HTTPResponse, limit: int, exchange: Exchange, note: Callable[[bytes], object]) -> Iterator[bytes]:
    """The bytes of the wire as they come, each noted."""
    wired = 0
    while data := _read_some(raw):
        if exchange.fired:
            raise expired(exchange)
        wired += len(data)
        if wired > limit + _SLACK:
            raise _too_large(limit)
        note(data)
        yield data


def _decoded(coming: Iterable[bytes], coding: _Coding, limit: int) -> bytes:
    """What the bytes of the wire stand for."""
    parts: list[bytes] = []
    have = 0
    for data in coming:
        try:
            pieces = coding.feed(data, limit - have)
        except zlib.error as error:
            raise FetchError(
                Reason.BAD_ENCODING, f"the body is not what its Content-Encoding says ({error})"
            ) from error
        parts += pieces
        have += sum(map(len, pieces))
        if have > limit:
            raise _too_large(limit)
    if not coding.whole():
        raise FetchError(Reason.TRUNCATED, "the compressed body was cut off before its end")
    return b"".join(parts)


def _read_some(raw: HTTPResponse) -> bytes:
    """The next bytes off the wire, as they come; empty at the end. Never past an announced length."""
    left = raw.length_remaining
    if left == 0:
        raw.drain_conn()
        return b""
    return raw.read1(_READ if left is None else min(_READ, left), decode_content=False)


def _coding(raw: HTTPResponse) -> _Coding:
    """How the body is encoded; only what was asked for is taken."""
    framing = raw.headers.get("transfer-encoding", "").strip().lower()
    if framing not in {"", "chunked", "identity"}:
        raise FetchError(Reason.PROTOCOL, f"Transfer-Encoding {framing[:100]!a} was not asked for")
    names = [name.strip().lower() for name in raw.headers.get("content-encoding", "").split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if not names:
        return _Identity()
    if len(names) == 1 and names[0] in {"gzip", "x-gzip"}:
        return _Inflate(_GZIP)
    if names == ["deflate"]:
        return _Inflate(None)
    shown = ", ".join(names)[:100]
    raise FetchError(Reason.BAD_ENCODING, f"Content-Encoding {shown!a} was not asked for")


def _too_large(limit: int) -> FetchError:
    return FetchError(Reason.TOO_LARGE, f"the page is larger than {limit} bytes; raise [fetch] max_bytes if it must be")
