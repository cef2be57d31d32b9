"""From the first form of the chain to records: part of a migration, so this file is never edited.

The first form linked the rows of a record at once; now each record has a digest of its own, so that one can be shown,
or forgotten, without the others. The old chain must hold before it is given up: a store that was touched is not healed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from storage.errors import StoreError
from storage.records import Raw, digest_of, link_of, write_record

# The members of a record in their order, as the rows have them; those that end in ":" hold JSON.
_PAGE = [
    "source",
    "kept_for",
    "url",
    "final_url",
    "fetched_at",
    "status",
    "headers:",
    "media_type",
    "charset",
    "sha256",
    "hops:",
]
_VERSION = [
    "source",
    "number",
    "cause",
    "first_seen",
    "fingerprint",
    "extraction",
    "captures:",
    "title",
    "language",
    "effective_date",
    "last_updated",
    "blocks",
    "words",
    "verdict",
    "document",
    "comparison:",
]
_FACT = ["position", "type", "fields:", "quote", "section:"]
_CHANGE = [
    "position",
    "seen_before",
    "seen_after",
    "rank",
    "topic",
    "topics:",
    "kind",
    "severity",
    "direction",
    "section:",
    "before",
    "after",
    "spans:",
    "facts:",
    "summary",
    "rules:",
]
_ONE_PAGE = """
SELECT source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM captures WHERE id = ?
"""
_ONE_VERSION = (
    """
    SELECT source_id, number, cause, first_seen, fingerprint, extraction, captures, title, language, effective_date,
        last_updated, blocks, words, verdict, document, comparison
    FROM versions WHERE source_id = ? AND number = ?
    """,
    """
    SELECT position, type, fields, quote, section FROM facts WHERE source_id = ? AND version = ? ORDER BY position
    """,
    """
    SELECT position, seen_before, seen_after, rank, topic, topics, kind, severity, direction, section, before, after,
        spans, facts, summary, rules
    FROM changes WHERE source_id = ? AND version = ? ORDER BY position
    """,
)


def relink(connection: sqlite3.Connection) -> None:
    """Link every record anew, and note the old head. Raises StoreError when the old chain does not hold."""
    old = link = ""
    rows = connection.execute("SELECT capture, source_id, version, link FROM chain ORDER BY id").fetchall()
    for seq, (page, source_id, version, old_link) in enumerate(rows, start=1):
        if source_id is None:
            content = [connection.execute(_ONE_PAGE, (page,)).fetchall()]
        else:
            content = [connection.execute(statement, (source_id, version)).fetchall() for statement in _ONE_VERSION]
        text = json.dumps([old, content], separators=(",", ":"))
        if not content[0] or hashlib.sha256(text.encode()).hexdigest() != old_link:
            name = f"page {page}" if source_id is None else f"version {source_id}@{version}"
            raise StoreError(f"{name} is not what was written; restore a backup before the store is brought up to date")
        kind = "capture" if source_id is None else "version"
        link = _insert(connection, (seq, kind, page, source_id, version, None), _record(seq, kind, content), link)
        old = old_link
    if rows:
        seq = len(rows) + 1
        body = write_record(seq, "relinked", [("head", old), ("records", len(rows))])
        _insert(connection, (seq, "relinked", None, None, None, body), body, link)


def _record(seq: int, kind: str, content: Sequence[Sequence[Sequence[Any]]]) -> str:
    """The text of a record, from its rows."""
    if kind == "capture":
        return write_record(seq, kind, _members(_PAGE, content[0][0]))
    facts = [tuple(_members(_FACT, row)) for row in content[1]]
    changes = [tuple(_members(_CHANGE, row)) for row in content[2]]
    return write_record(seq, kind, [*_members(_VERSION, content[0][0]), ("facts", facts), ("changes", changes)])


def _members(names: Sequence[str], values: Sequence[Any]) -> list[tuple[str, Any]]:
    return [
        (name[:-1], value if value is None else Raw(value)) if name[-1] == ":" else (name, value)
        for name, value in zip(names, values, strict=True)
    ]


def _insert(connection: sqlite3.Connection, row: tuple[Any, ...], text: str, before: str) -> str:
    """Write one record behind the link before; its own link."""
    digest = digest_of(text)
    link = link_of(before, digest)
    connection.execute(
        """
        INSERT INTO records (seq, kind, capture, source_id, version, body, digest, link)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (*row, digest, link),
    )
    return link
