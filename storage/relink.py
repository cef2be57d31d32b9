"""From the first form of the chain to records: part of a migration, so this file is never edited.

The first form linked the rows of a record at once; now each record has a digest of its own, so that one can be shown,
or forgotten, without the others. The old chain must hold before it is given up: a store that was touched is not healed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from storage.errors import StoreError
from storage.sqlite import chain

_CAPTURE = """
SELECT source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM captures WHERE id = ?
"""
_VERSION = (
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
    old = ""
    rows = connection.execute("SELECT capture, source_id, version, link FROM chain ORDER BY id").fetchall()
    for capture, source_id, version, link in rows:
        content: list[list[Any]]
        if source_id is None:
            content = [connection.execute(_CAPTURE, (capture,)).fetchall()]
        else:
            content = [connection.execute(statement, (source_id, version)).fetchall() for statement in _VERSION]
        text = json.dumps([old, content], separators=(",", ":"))
        if not content[0] or hashlib.sha256(text.encode()).hexdigest() != link:
            name = f"page {capture}" if source_id is None else f"version {source_id}@{version}"
            raise StoreError(f"{name} is not what was written; restore a backup before the store is brought up to date")
        if source_id is None:
            chain.add_capture(connection, capture)
        else:
            chain.add_version(connection, source_id, version)
        old = link
    if rows:
        chain.add_relinked(connection, old, len(rows))
