"""The records of one source, written down from its rows as they are now: what `verify` holds against the chain.

Source by source, because each version stands upon the one before: each is unpacked once, and most of its words and
facts are those of a moment ago.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import StoreError
from storage.sqlite import counts, standing
from storage.sqlite.bodies import Bodies, Body
from storage.sqlite.chain import CAPTURE, REVIEW, VERSION, Reader, Row, version_parts
from storage.sqlite.rows import CAPTURE as CAPTURE_COLUMNS
from storage.sqlite.rows import COLUMNS
from storage.sqlite.telling import Series

CHANGED = "not what was written, or not in the place where it was written"
# A body is read with what it belongs to, before that, in the order of `Body`.
_BODY, _OWN = ", ".join(f"bodies.{name}" for name in Body._fields), len(Body._fields)
_CAPTURES = f"""
SELECT {_BODY}, record, digest, captures.body, {CAPTURE_COLUMNS}
FROM captures JOIN bodies ON bodies.id = captures.body
LEFT JOIN records ON seq = record AND kind = 'capture'
WHERE source_id = ? ORDER BY record
"""  # noqa: S608 - of names that stand in files of ours
_REVIEWS = """
SELECT record, digest FROM reviews LEFT JOIN records ON seq = record AND kind = 'review'
WHERE source_id = ? ORDER BY record
"""
_VERSIONS = f"""
SELECT {_BODY}, told.base, told.data,
    records.digest, coalesce(counts, 0), versions.document, versions.record, due, deadline,
    {COLUMNS}, lower(hex(bodies.sha256))
FROM versions JOIN bodies ON bodies.id = versions.document
LEFT JOIN told ON told.record = versions.record
LEFT JOIN records ON seq = versions.record AND kind = 'version'
LEFT JOIN changes ON changes.seen_after = versions.first_seen AND changes.version = versions.record
LEFT JOIN deadlines ON deadlines.source_id = versions.source_id AND deadlines.version = versions.number
WHERE versions.source_id = ? ORDER BY versions.number
"""  # noqa: S608 - of names that stand in files of ours
_SOURCE = {
    kind: f"SELECT source_id FROM {table} WHERE record = ?"  # noqa: S608 - of names that stand here
    for kind, table in ((CAPTURE, "captures"), (VERSION, "versions"), (REVIEW, "reviews"))
}


class Checked:
    """Holds what was written against what is there, and remembers what is broken beside the records."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._reader = Reader(connection)
        self._bodies: Bodies = self._reader.bodies
        self._read = set[int]()
        self._broken: list[str] = []  # bodies
        self._sources: dict[str, bool] = {}  # those that were read, and whether they have versions
        self._lists: list[str] = []  # sources whose list of facts is another one
        # What is waiting for its turn in the chain, by its kind: the sound, and what is wrong with the others.
        self._sound: dict[str, set[int]] = {kind: set() for kind in _SOURCE}
        self._wrong: dict[tuple[str, int], str] = {}

    def wrong(self, kind: str, seq: int) -> str | None:
        """What is wrong with a record of a page, version or review; empty for nothing, None where it is not there."""
        found = self._told(kind, seq)
        if found is None and kind in _SOURCE:
            source = self._connection.execute(_SOURCE[kind], (seq,)).fetchone()
            if source is not None and source[0] not in self._sources:
                self._source(source[0])
                found = self._told(kind, seq)
        return found

    def faults(self) -> Iterator[str]:
        """What is broken beside the records, once all of them were asked for."""
        for (number,) in self._connection.execute("SELECT id FROM bodies WHERE data IS NOT NULL ORDER BY id"):
            self._body(number)
        yield from self._broken
        listed = self._connection.execute("SELECT source_id FROM standing")
        astray = [source_id for (source_id,) in listed if not self._sources.get(source_id)]
        for source_id in sorted({*self._lists, *map(str, astray)}):
            yield f"source {source_id}: the list of its facts is not what its versions tell; restore a backup"

    def _told(self, kind: str, seq: int) -> str | None:
        """Likewise, of what was read; each is asked for once."""
        waiting = self._sound.get(kind, set())
        if seq in waiting:
            waiting.remove(seq)
            return ""
        return self._wrong.get((kind, seq))

    def _source(self, source_id: str) -> None:
        self._sources[source_id] = self._versions(source_id)
        for row in self._connection.execute(_CAPTURES, (source_id,)):
            record, digest, body, *columns = row[_OWN:]
            self._plain(Row(record, CAPTURE), digest, columns)
            self._body(body, None, Body._make(row[:_OWN]))
        for record, digest in self._connection.execute(_REVIEWS, (source_id,)).fetchall():
            self._plain(Row(record, REVIEW), digest)

    def _plain(self, row: Row, digest: bytes | None, found: Sequence[Any] | None = None) -> None:
        """Hold a page, whose columns may be known, or a review against its digest."""
        try:
            text = self._reader.text(row, found)
        except StoreError as error:
            self._wrong[row.kind, row.seq] = str(error)
            return
        if text is not None:
            self._hold(row, (text.encode(),), digest)

    def _hold(self, row: Row, text: Sequence[bytes], digest: bytes | None) -> None:
        found = hashlib.sha256()
        for part in text:
            found.update(part)
        if found.digest() == digest:
            self._sound[row.kind].add(row.seq)
        else:
            self._wrong[row.kind, row.seq] = CHANGED

    def _versions(self, source_id: str) -> bool:
        """Hold the versions of a source, and the list of its facts; whether it has any."""
        series, followed = Series(), standing.Followed()
        topics = counts.indexed(self._connection, source_id)
        documents = dict[int, int]()  # by the numbers of their versions
        for row in self._connection.execute(_VERSIONS, (source_id,)):
            base, data, *found = row[_OWN:]
            document, record, before = found[2], found[3], documents.get(found[7] - 1)
            documents[found[7]] = document
            self._body(document, found[11], Body._make(row[:_OWN]))
            try:
                texts = None if before is None else (before, document)
                brief = None if data is None else self._reader.told.brief(record, texts, (base, data))
                indexed = self._version(series, followed, found, brief)
            except StoreError as error:
                self._wrong[VERSION, record] = str(error)
            else:
                if record in self._sound[VERSION] and indexed != (found[1], topics.get(record, set())):
                    self._sound[VERSION].discard(record)
                    self._wrong[VERSION, record] = "is not indexed as it was written; restore a backup"
        try:
            same = standing.read(self._connection, source_id) == followed.stood()
        except StoreError:
            same = False
        if documents and not same:
            self._lists.append(source_id)
        return bool(documents)

    def _version(
        self, series: Series, followed: standing.Followed, found: Sequence[Any], brief: bytes | None
    ) -> tuple[int, set[str]]:
        """Hold a version against its digest; how its changes are to be indexed. Raises StoreError."""
        digest, _, _, record, due, deadline, *columns = found
        if brief is None:
            raise StoreError("what it tells is gone; restore a backup")
        told = series.follow(brief)
        followed.follow(columns[1], told.gone, told.came)
        parts = version_parts(record, columns, None if due is None else (due, deadline), told.text)
        self._hold(Row(record, VERSION), parts, digest)
        about = told.about
        counted, topics = counts.among(about) if about else counts.of(told.changes.decode(errors="replace"))
        return counted, set(topics)

    def _body(self, number: int, fingerprint: str | None = None, row: Body | None = None) -> None:
        """Read a body, whose row may be known, once."""
        if number not in self._read:
            self._read.add(number)
            try:
                self._bodies.get(number, fingerprint, row)
            except StoreError as error:
                self._broken.append(str(error))
