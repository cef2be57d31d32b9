"""The history in full: rows as they were before they were made compact, and as a PostgreSQL store has them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from storage import blobs
from storage.sqlite import passages
from storage.sqlite.bodies import Bodies
from storage.sqlite.rows import VERSION, Captures, in_text
from storage.sqlite.telling import Told

Row = tuple[Any, ...]

_CHAINED = ("source_id", "version", "position")
COLUMNS = {
    "blobs": ("id", "sha256", "codec", "size", "base", "depth", "data"),
    "captures": (
        *("id", "source_id", "kept_for", "url", "final_url", "fetched_at", "status", "headers", "media_type"),
        *("charset", "sha256", "hops"),
    ),
    "versions": (
        *("source_id", "number", "cause", "first_seen", "last_seen", "fingerprint", "extraction", "captures", "title"),
        *("language", "effective_date", "last_updated", "blocks", "words", "verdict", "document", "comparison"),
    ),
    "facts": (*_CHAINED, "type", "fields", "quote", "section"),
    "changes": (
        *("id", *_CHAINED, "seen_before", "seen_after", "rank", "topic", "topics", "kind", "severity", "direction"),
        *("section", "before", "after", "spans", "facts", "summary", "rules"),
    ),
    "change_topics": ("topic", "seen_after", "rank", "change"),
    "records": ("seq", "kind", "capture", "source_id", "version", "body", "digest", "link"),
    "passages": ("id", "source_id", "since", "until", "section", "text"),
}


class Whole:
    """Reads the history of one connection in full."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._bodies = Bodies(connection)
        self._told = Told(connection, self._bodies)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table, in the order of `COLUMNS`, what others refer to before those."""
        readers: dict[str, Callable[[], Iterator[Row]]] = {
            "blobs": self._blobs,
            "captures": self._captures,
            "versions": self._versions,
            "facts": self._facts,
            "changes": self._changes,
            "change_topics": self._topics,
            "records": self._records,
            "passages": lambda: passages.in_full(self._connection),
        }
        yield from readers[table]()

    def _blobs(self) -> Iterator[Row]:
        names = dict(self._connection.execute("SELECT id, lower(hex(sha256)) FROM bodies WHERE data IS NOT NULL"))
        rows = self._connection.execute("SELECT id, base, depth FROM bodies WHERE data IS NOT NULL ORDER BY id")
        for number, base, depth in rows.fetchall():
            body = self._bodies.get(number) or b""
            before = self._bodies.get(base) if base is not None else None
            codec, packed = blobs.packed(body, before)
            upon = base if codec == blobs.UPON else None
            yield (number, names[number], codec, len(body), names.get(upon), depth if upon else 0, packed)

    def _captures(self) -> Iterator[Row]:
        captures = Captures(self._connection, self._bodies)
        for (record,) in self._connection.execute("SELECT record FROM captures ORDER BY record").fetchall():
            yield (record, *(str(one) if isinstance(one, str) else one for one in captures.in_full(record) or ()))

    def _versions(self) -> Iterator[Row]:
        texts = dict(self._connection.execute("SELECT id, lower(hex(sha256)) FROM bodies"))
        for record, document in self._numbers():
            found = self._connection.execute(f"{VERSION} WHERE record = ?", (record,)).fetchone()
            comparison = self._told.changes(record)["comparison"]
            yield (*in_text(found), texts[document], None if comparison is None else _json(comparison))

    def _facts(self) -> Iterator[Row]:
        for key, told in self._tellings():
            for position, one in enumerate(told["facts"]):
                yield (*key, position, one["type"], _json(one["fields"]), one["quote"], _json(one["section"]))

    def _changes(self) -> Iterator[Row]:
        number = 0
        for key, told in self._tellings():
            for position, one in enumerate(told["changes"]):
                number += 1
                values = [one[name] for name in COLUMNS["changes"][4:]]
                # Lists lie as JSON.
                yield (
                    number,
                    *key,
                    position,
                    *(_json(value) if isinstance(value, list) else value for value in values),
                )

    def _topics(self) -> Iterator[Row]:
        number = 0
        for _, told in self._tellings():
            for one in told["changes"]:
                number += 1
                for topic in dict.fromkeys((one["topic"], *one["topics"])):
                    yield (topic, one["seen_after"], one["rank"], number)

    def _records(self) -> Iterator[Row]:
        kept = {record for (record,) in self._connection.execute("SELECT record FROM captures")}
        rows = self._connection.execute(
            """
            SELECT seq, kind, versions.source_id, versions.number, body, lower(hex(digest)), lower(hex(link))
            FROM records LEFT JOIN versions ON versions.record = seq ORDER BY seq
            """
        )
        for seq, kind, source_id, number, body, digest, link in rows:
            yield (seq, kind, seq if seq in kept else None, source_id, number, body, digest, link)

    def _tellings(self) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
        for record, _ in self._numbers():
            (key,) = self._connection.execute("SELECT source_id, number FROM versions WHERE record = ?", (record,))
            yield key, self._told.read(record)

    def _numbers(self) -> list[tuple[int, int]]:
        return self._connection.execute("SELECT record, document FROM versions ORDER BY source_id, number").fetchall()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
