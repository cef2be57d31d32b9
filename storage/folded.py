"""Small texts packed upon the document that they were taken from: quotes, wordings and passages cost a few bytes each.

A row holds `upon`, the row in `blobs` of a document of the same source, and the packed JSON of its texts. The document
is the one that begins the run in which the row's version lies, so it is read quickly and many rows share it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import zstandard

from storage import blobs
from storage.errors import StoreError

LEVEL = 9
# No passage is larger; what claims to be is damaged.
_LARGEST = 256 * 1024 * 1024
_KEPT = 64


class Folds:
    """Packs and unpacks the texts of rows of one connection, with the dictionaries that were used last."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._packers: dict[int | None, zstandard.ZstdCompressor] = {}
        self._unpackers: dict[int | None, zstandard.ZstdDecompressor] = {}

    def fold(self, upon: int | None, texts: Sequence[str | None]) -> bytes:
        """The packed form of some texts."""
        packer = self._packers.get(upon)
        if packer is None:
            dictionary = self._dictionary(upon)
            size = len(dictionary) if dictionary else 0
            parameters = zstandard.ZstdCompressionParameters.from_level(
                LEVEL, dict_size=size, window_log=_window(size), format=zstandard.FORMAT_ZSTD1_MAGICLESS
            )
            packer = zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters)
            _keep(self._packers, upon, packer)
        return packer.compress(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode())

    def unfold(self, upon: int | None, packed: bytes, count: int) -> list[Any]:
        """The texts, so many, whose `fold` this is. Raises StoreError when it is damaged."""
        try:
            unpacker = self._unpackers.get(upon)
            if unpacker is None:
                unpacker = zstandard.ZstdDecompressor(
                    dict_data=self._dictionary(upon),
                    max_window_size=2**blobs.WIDEST,
                    format=zstandard.FORMAT_ZSTD1_MAGICLESS,
                )
                _keep(self._unpackers, upon, unpacker)
            # The frame's own claim decides how much memory is taken.
            size = zstandard.get_frame_parameters(packed, format=zstandard.FORMAT_ZSTD1_MAGICLESS).content_size
            if size > _LARGEST:
                raise StoreError(f"packed texts: claim {size} bytes; restore a backup")
            texts = json.loads(unpacker.decompress(packed, allow_extra_data=False))
            if not isinstance(texts, list) or len(texts) != count:
                raise ValueError("not so many texts")  # noqa: TRY301 - one sentence for all that is wrong with it
        except (zstandard.ZstdError, ValueError) as error:
            raise StoreError(f"packed texts upon {upon}: damaged ({error}); restore a backup") from error
        return texts

    def _dictionary(self, upon: int | None) -> zstandard.ZstdCompressionDict | None:
        if upon is None:
            return None
        found = self._connection.execute("SELECT sha256 FROM blobs WHERE id = ?", (upon,)).fetchone()
        body = blobs.get(self._connection, found[0]) if found else None
        if body is None:
            raise StoreError(f"stored bytes {upon}: gone, with the texts that are packed upon them; restore a backup")
        return zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if body else None


def document_to_fold_upon(connection: sqlite3.Connection, document: str) -> int | None:
    """The row in `blobs` of the document that begins the run of this one."""
    name: str | None = document
    for _ in range(blobs.LONGEST + 1):
        row = connection.execute("SELECT id, base FROM blobs WHERE sha256 = ?", (name,)).fetchone()
        if row is None:
            break
        if row[1] is None:
            return int(row[0])
        name = row[1]
    return None


def _window(size: int) -> int:
    """A window that spans the dictionary and a passage behind it."""
    return min(max((size + 2**17).bit_length(), zstandard.WINDOWLOG_MIN), blobs.WIDEST)


def _keep(kept: dict[int | None, object] | dict, upon: int | None, one: object) -> None:  # type: ignore[type-arg]
    if len(kept) >= _KEPT:
        kept.pop(next(iter(kept)))
    kept[upon] = one
