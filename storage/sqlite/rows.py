"""Versions and captures as they lie in their rows, and as they stand in records."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from zstandard import ZstdDecompressor

from storage.codec import from_row, instant, of_ticks, row, ticks
from storage.codec import moment as moment_of
from storage.errors import StoreError
from storage.model import Capture, Version
from storage.records import Raw
from storage.sqlite.bodies import Bodies, pack, unpack_by, unpacker

# The pages of a version lie as the numbers of their bodies.
_PAGES = """
(
    SELECT json_group_array(lower(hex(bodies.sha256)))
    FROM json_each(iif(json_valid(versions.captures), versions.captures, '[]')) AS page
    CROSS JOIN bodies ON bodies.id = page.value
)
"""
COLUMNS = f"""
    versions.source_id, versions.number, versions.cause, versions.first_seen, versions.last_seen,
    iif(typeof(versions.fingerprint) = 'blob', lower(hex(versions.fingerprint)), versions.fingerprint),
    versions.extraction, {_PAGES}, versions.title, versions.language,
    versions.effective_date, versions.last_updated, versions.blocks, versions.words, versions.verdict
"""
VERSION = f"SELECT {COLUMNS} FROM versions"  # noqa: S608 - of names that stand above
# What `Captures.in_full` makes a capture of, beside its record.
CAPTURE = (
    "captures.source_id, captures.kept_for, captures.fetched_at, lower(hex(bodies.sha256)), captures.upon, "
    "captures.heads"
)
_CAPTURE = f"SELECT {CAPTURE} FROM captures JOIN bodies ON bodies.id = captures.body WHERE captures.record = ?"  # noqa: S608 - of names that stand above
_HEADS = "SELECT upon, heads FROM captures WHERE record = ?"
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
HASH = re.compile("[0-9a-f]{64}")
# So many captures are looked through for one of the same address; a source has few addresses.
_RECENT = 40


def version_of(found: Sequence[Any]) -> Version:
    """A version from its row of `VERSION`."""
    return from_row(Version, in_text(found))


def in_text(found: Sequence[Any]) -> list[Any]:
    """A row of `VERSION` with its moments as text, as records have them."""
    source_id, number, cause, first, last, *rest = found
    return [source_id, number, cause, _instant(first), _instant(last), *rest]


def add_version(connection: sqlite3.Connection, record: int, version: Sequence[Any], document: int) -> None:
    """Write a version from the columns of `storage.codec.row`, under the number of its record."""
    source_id, number, cause, first, last, fingerprint, extraction, captures, *rest = version
    bodies = Bodies(connection)
    pages = [bodies.name(sha256) for sha256 in json.loads(captures)]
    connection.execute(
        """
        INSERT INTO versions (record, source_id, number, cause, first_seen, last_seen, fingerprint, extraction,
            captures, title, language, effective_date, last_updated, blocks, words, verdict, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            *(record, source_id, number, cause, _ticks(first), _ticks(last), _short(fingerprint), extraction),
            *(json.dumps(pages, separators=(",", ":")), *rest, document),
        ),
    )


def capture_row(capture: Capture) -> tuple[Any, ...]:
    """All fields but the body, which lies in a table of its own."""
    *head, sha256, _body, hops = row(replace(capture, body=b""))
    return (*head, sha256, hops)


class Captures:
    """Reads and writes captures on one connection. Their heads are packed upon those of an earlier one."""

    def __init__(self, connection: sqlite3.Connection, bodies: Bodies | None = None) -> None:
        self._connection = connection
        self._bodies = bodies or Bodies(connection)
        self._known: dict[int, bytes] = {}
        self._unpackers: dict[int | None, ZstdDecompressor] = {}
        self._last: tuple[bytes, list[Any]] = (b"", [])  # heads as JSON, and taken apart

    def add(self, record: int, source_id: str, kept_for: str, values: Sequence[Any], body: int) -> None:
        """Write one from its `capture_row` and the number of its body, under the number of its record."""
        url, final_url, fetched_at, status, headers, media_type, charset, _sha256, hops = values
        heads = [url, final_url, status, json.loads(headers), media_type, charset, json.loads(hops)]
        text = _ENCODE(heads).encode()
        found = self._connection.execute(
            "SELECT coalesce(upon, record) FROM captures WHERE source_id = ? ORDER BY record DESC LIMIT 1", (source_id,)
        ).fetchone()
        upon = found[0] if found else None
        self._connection.execute(
            """
            INSERT INTO captures (record, source_id, kept_for, fetched_at, body, upon, heads)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            (record, source_id, kept_for, _ticks(fetched_at), body, upon, pack(text, self._plain(upon))),
        )

    def latest(self, source_id: str, url: str) -> int | None:
        """The number of the newest body that came from an address."""
        rows = self._connection.execute(
            "SELECT record, body FROM captures WHERE source_id = ? ORDER BY record DESC LIMIT ?", (source_id, _RECENT)
        ).fetchall()
        return next((body for record, body in rows if json.loads(self._plain(record))[0] == url), None)

    def in_full(self, record: int, found: Sequence[Any] | None = None) -> list[Any] | None:
        """Source, what it was kept for, and its `capture_row`; None when it is not there. Raises StoreError.

        Its row of `CAPTURE` is read unless it is known.
        """
        found = found or self._connection.execute(_CAPTURE, (record,)).fetchone()
        if found is None:
            return None
        source_id, kept_for, fetched_at, sha256, *packed = found
        try:
            url, final_url, status, headers, media_type, charset, hops = self._heads(self._plain(record, packed))
            when = _instant(fetched_at)
        except ValueError as error:
            raise StoreError(f"page {record}: its heads are damaged ({error}); restore a backup") from error
        return [source_id, kept_for, url, final_url, when, status, headers, media_type, charset, sha256, hops]

    def _heads(self, plain: bytes) -> list[Any]:
        """Heads taken apart, as the columns of a record; most are those of the one before."""
        if self._last[0] != plain:
            url, final_url, status, headers, media_type, charset, hops = json.loads(plain)
            parts = [Raw(_ENCODE(one)) for one in (headers, hops)]
            self._last = (plain, [url, final_url, status, parts[0], media_type, charset, parts[1]])
        return self._last[1]

    def _plain(self, record: int | None, packed: Sequence[Any] | None = None) -> bytes:
        """The heads as JSON, from upon what they are packed and how, where that is known already."""
        if record is None:
            return b""
        known = self._known.get(record)
        if known is not None:
            return known
        found = packed or self._connection.execute(_HEADS, (record,)).fetchone()
        if found is None:
            raise StoreError(f"page {record}: gone, with heads that are packed upon its own; restore a backup")
        upon, heads = found
        if upon is not None and upon >= record:
            raise StoreError(f"page {record}: its heads are packed upon later ones; restore a backup")
        if upon not in self._unpackers:  # most stand upon what the one before stood upon
            self._unpackers = {upon: unpacker(self._plain(upon))}
        plain = unpack_by(record, heads, self._unpackers[upon])
        if upon is None:
            if len(self._known) > 1000:
                self._known.clear()
            self._known[record] = plain
        return plain


def _short(fingerprint: str) -> str | bytes:
    """In half the room, where it is a hash."""
    return bytes.fromhex(fingerprint) if HASH.fullmatch(fingerprint) else fingerprint


@lru_cache(maxsize=64)  # a page, its version and the one before tell of the same moments
def _instant(microseconds: int) -> str:
    return instant(of_ticks(microseconds))


def _ticks(moment: str) -> int:
    return ticks(moment_of(moment))
