"""Pages and texts by SHA-256, packed upon each other: the same bytes are kept once.

A body stands upon up to two others: the one before it in its run (`base`), and what it was made with (`beside`): a page
stands beside the text that was read from it, so that its words are kept once. The text leads, for pages may be let go
of. Bodies that follow each other make a run, and `depth` is the place of one in it. Most stand on the one before; every
`STRIDE`th stands on the one a stride before, so that none stands on more than twice as many as a stride has, and only
one in `RUN` is whole. So a read stays short, and damage to one spoils few.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import zstandard

from storage.codec import load
from storage.errors import StoreError
from storage.model import Document
from storage.sqlite.short import Restored, outline, shorten
from storage.sqlite.short import document as documented

LEVEL = 9
# Pages beyond so many bytes are packed upon others by a quicker level, for time's sake.
LARGE, SWIFT = 1_000_000, 3
# What versions tell takes a sixth less by a level twenty times as slow: ten milliseconds of some hundred that a version
# takes, but not where they would become a hundred.
HARD, HARDEST = 19, 500_000
STRIDE = 16
RUN = STRIDE * STRIDE
# zstd looks back no further than its window; this one spans what a page of the largest size stands upon, and the page.
WIDEST = 27
# No body is larger; what claims to be is damaged.
LARGEST = 256 * 1024 * 1024
# Bytes of bodies that are remembered while many are read, for most stand upon one that was read a moment ago.
ROOM = 16 * 1024 * 1024
RAW, PACKED, SHORT = 0, 1, 2  # how `data` is packed; SHORT: the short form of a document is
_FORMAT = zstandard.FORMAT_ZSTD1_MAGICLESS
_FIND = "SELECT id FROM bodies WHERE substr(sha256, 1, 6) = substr(?1, 1, 6) AND sha256 = ?1"


class Body(NamedTuple):
    """A row of `bodies`."""

    codec: int
    base: int | None
    beside: int | None
    depth: int
    data: bytes | None
    sha256: bytes


class Bodies:
    """Reads and writes bodies on one connection, and remembers those it read last, by their numbers."""

    def __init__(self, connection: sqlite3.Connection, room: int = ROOM) -> None:
        self._connection = connection
        self._room = room
        self._known: dict[int, bytes] = {}
        self._last = Restored()

    def find(self, sha256: str | bytes) -> int | None:
        """The number of a body, also of one whose bytes were let go of."""
        name = bytes.fromhex(sha256) if isinstance(sha256, str) else sha256
        found = self._connection.execute(_FIND, (name,)).fetchone()
        return int(found[0]) if found else None

    def name(self, sha256: str) -> int:
        """The number of a body, made now where it has none: its bytes may come later, or be gone."""
        found = self.find(sha256)
        if found is not None:
            return found
        made = self._connection.execute(
            "INSERT INTO bodies (sha256, codec, depth) VALUES (?, ?, 0)", (bytes.fromhex(sha256), RAW)
        )
        return int(made.lastrowid or 0)

    def get(self, number: int, fingerprint: str | None = None, row: Body | None = None) -> bytes | None:
        """The bytes, None when they are not kept. Raises StoreError when they are not what was put in.

        The fingerprint of a document need not be worked out where it is known; a wrong one does no harm. Nor need its
        row be read again.
        """
        row = row or self._row(number)
        if row is None or row.data is None:
            return None
        body = self._known.get(number) or self._unpacked(number, row)
        if row.codec == SHORT:
            try:
                body = self._last.restore(body, fingerprint)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise _damaged(number, error) from error
        if hashlib.sha256(body).digest() != row.sha256:
            if fingerprint is not None:
                return self.get(number, None, row)
            raise _changed(row)
        return body

    def document(self, number: int, fingerprint: str | None) -> Document | None:
        """A document, None when it is not kept; with the promises of `get`."""
        row = self._row(number)
        if row is None or row.data is None or row.codec != SHORT:
            body = self.get(number, fingerprint, row)
            return None if body is None else load(Document, body)
        try:
            body, made = documented(self._known.get(number) or self._unpacked(number, row), fingerprint)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise _damaged(number, error) from error
        if hashlib.sha256(body).digest() != row.sha256:
            if fingerprint is not None:
                return self.document(number, None)
            raise _changed(row)
        return made

    def outline(self, number: int) -> list[tuple[str, list[str]]]:
        """The text of each block of a document with the headings above it. Raises StoreError."""
        row = self._row(number)
        if row is not None and row.codec == SHORT:
            try:
                return outline(self.plain(number))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise _damaged(number, error) from error
        return [(block["text"], block["path"]) for block in json.loads(self.plain(number))["blocks"]]

    def plain(self, number: int | None) -> bytes:
        """What others stand upon: the bytes, of a document its short form; empty for none. Raises StoreError."""
        if number is None:
            return b""
        known = self._known.get(number)
        if known is not None:
            return known
        return self._unpacked(number, self._row(number))

    def _unpacked(self, number: int, row: Body | None) -> bytes:
        if row is None or row.data is None:
            raise StoreError(f"stored bytes {number}: gone, with what stands upon them; {_REMEDY}")
        if max(row.base or 0, row.beside or 0) >= number:  # else what is damaged could go round in circles
            raise _damaged(number, "stands upon a later one")
        if row.codec not in {RAW, PACKED, SHORT}:
            raise StoreError(f"stored bytes {row.sha256.hex()}: unknown packing {row.codec}; upgrade clausewatch")
        data = row.data if row.codec == RAW else unpack(number, row.data, self.plain(row.base) + self.plain(row.beside))
        self._remember(number, data)
        return data

    def put(self, body: bytes, *, base: int | None = None, beside: int | None = None, document: bool = False) -> int:
        """Keep bytes and return their number; what is there already is not written again."""
        sha256 = hashlib.sha256(body).digest()
        number = self.find(sha256)
        row = self._row(number) if number is not None else None
        if number is not None and row is not None and row.data is not None:
            return number
        short = shorten(body) if document else None
        plain = body if short is None else short
        codec, base, beside, depth, data = self._pack(plain, base, beside, number)
        if short is not None:
            codec, data = SHORT, _framed(codec, data)
        values = (codec, base, beside, depth, data)
        if number is None:
            made = int(
                self._connection.execute(
                    "INSERT INTO bodies (codec, base, beside, depth, data, sha256) VALUES (?, ?, ?, ?, ?, ?)",
                    (*values, sha256),
                ).lastrowid
                or 0
            )
        else:
            made = number
            self._connection.execute(
                "UPDATE bodies SET codec = ?, base = ?, beside = ?, depth = ?, data = ? WHERE id = ?", (*values, number)
            )
        self._remember(made, plain)
        return made

    def stand_alone(self, number: int, gone: frozenset[int]) -> None:
        """Pack kept bytes anew, upon none that are going; what stands on them stays as it is. Raises StoreError."""
        row = self._row(number)
        if row is None or row.data is None:
            return
        beside = None if row.beside in gone else row.beside
        codec, _, beside, depth, data = self._pack(self.plain(number), None, beside, None)
        if row.codec == SHORT:
            codec, data = SHORT, _framed(codec, data)
        self._connection.execute(
            "UPDATE bodies SET codec = ?, base = NULL, beside = ?, depth = ?, data = ? WHERE id = ?",
            (codec, beside, depth, data, number),
        )

    def _pack(
        self, plain: bytes, base: int | None, beside: int | None, number: int | None
    ) -> tuple[int, int | None, int | None, int, bytes]:
        """Codec, base, beside, depth and packed bytes. What comes back under an old number stands on none behind it."""
        if number is not None and max(base or 0, beside or 0) >= number:
            base = beside = None
        upon, depth = step(self._link, base)
        try:
            dictionary = self.plain(upon) + self.plain(beside)
        except StoreError:  # what is damaged already must not keep new pages out; `verify` tells of it
            dictionary = b""
        packed = pack(plain, b"")
        if dictionary:
            delta = pack(plain, dictionary)
            if len(delta) * 4 < len(packed) * 3:
                return PACKED, upon, beside, depth, delta
        if len(packed) < len(plain):
            return PACKED, None, None, 0, packed
        return RAW, None, None, 0, plain

    def _link(self, number: int) -> tuple[int, int | None] | None:
        row = self._row(number)
        return None if row is None or row.data is None else (row.depth, row.base)

    def _row(self, number: int) -> Body | None:
        found = self._connection.execute(
            f"SELECT {', '.join(Body._fields)} FROM bodies WHERE id = ?",  # noqa: S608 - of names that stand above
            (number,),
        ).fetchone()
        return Body(*found) if found else None

    def _remember(self, number: int, body: bytes) -> None:
        self._room -= len(body)
        self._known[number] = body
        while self._room < 0:
            self._room += len(self._known.pop(next(iter(self._known))))


_REMEDY = "restore a backup"


def step(link: Callable[[int], tuple[int, int | None] | None], base: int | None) -> tuple[int | None, int]:
    """What one that follows `base` stands on, and its place in the run; None where a run begins.

    `link` tells the place of one in its run, and what it stands on.
    """
    found = None if base is None else link(base)
    if base is None or found is None or found[0] + 1 >= RUN:
        return None, 0
    depth, wanted = found[0] + 1, found[0] + 1 - STRIDE
    if depth % STRIDE:
        return base, depth
    name, (place, before) = base, found
    while place > wanted and before is not None:
        name = before
        row = link(name)
        if row is None:
            return None, 0
        place, before = row
    return name, depth


def pack(data: bytes, dictionary: bytes, *, hard: bool = False) -> bytes:
    """Bytes as one zstd frame upon others; `hard` takes more time for less room."""
    size = len(dictionary)
    window = min(max((size + len(data)).bit_length(), zstandard.WINDOWLOG_MIN), WIDEST)
    # zstd indexes no more of a dictionary than eight times its tables; those of the level are too small for large
    # pages.
    tables = {"hash_log": max(window - 3, 17), "chain_log": max(window - 3, 17)} if dictionary else {}
    level = LEVEL if size <= LARGE else SWIFT
    if hard and 0 < size <= HARDEST:
        level, tables = HARD, {"hash_log": max(window - 1, 17), "chain_log": max(window + 1, 17)}
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, source_size=len(data), dict_size=size, window_log=window, format=_FORMAT, **tables
    )
    upon = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if dictionary else None
    return zstandard.ZstdCompressor(dict_data=upon, compression_params=parameters).compress(data)


def unpack(number: int, packed: bytes, dictionary: bytes) -> bytes:
    """Bytes from their frame. Raises StoreError when it is damaged."""
    return unpack_by(number, packed, unpacker(dictionary))


def unpacker(dictionary: bytes) -> zstandard.ZstdDecompressor:
    """What unpacks frames upon these bytes: to be kept where many stand upon the same."""
    upon = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if dictionary else None
    return zstandard.ZstdDecompressor(dict_data=upon, max_window_size=2**WIDEST, format=_FORMAT)


def unpack_by(number: int, packed: bytes, by: zstandard.ZstdDecompressor) -> bytes:
    """Likewise, by what was kept. Raises StoreError."""
    try:
        # The frame's own claim decides how much memory is taken.
        size = zstandard.get_frame_parameters(packed, format=_FORMAT).content_size
        if size > LARGEST:
            raise _damaged(number, f"claims {size} bytes")
        return by.decompress(packed, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise _damaged(number, error) from error


def _framed(codec: int, data: bytes) -> bytes:
    """A short form is a frame always, also one so small that it gains nothing by it."""
    return pack(data, b"") if codec == RAW else data


def _changed(row: Body) -> StoreError:
    return StoreError(f"stored bytes {row.sha256.hex()}: they have changed since they were written; {_REMEDY}")


def _damaged(number: int, why: object) -> StoreError:
    return StoreError(f"stored bytes {number}: damaged ({why}); {_REMEDY}")
