"""The chain that makes the history evidence: every kept page and every version is linked to the one before.

A link is the SHA-256 of the link before and of the record's rows as they lie in the tables, bodies by their SHA-256. So
no record can be changed, taken out, put in or reordered without breaking the chain from there on. Only a tail cut off
together with its links leaves no trace in the file: whoever notes `head` elsewhere notices that too. Not covered are
`last_seen` and the ledger, which grow with every check, and the outbox.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from storage import blobs
from storage.errors import StoreError

CAPTURE = """
SELECT source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM captures WHERE id = ?
"""
# The columns are named one by one: one that a later migration adds does not change old links.
VERSION = (
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
APPEND = "INSERT INTO chain (capture, source_id, version, link) VALUES (?, ?, ?, ?)"
# What the chain does not hold, or holds of a row that is gone.
ASTRAY = (
    (
        "SELECT id FROM captures WHERE id NOT IN (SELECT capture FROM chain WHERE capture IS NOT NULL)",
        "page {}: put in",
    ),
    (
        """
        SELECT source_id || '@' || number FROM versions
        WHERE NOT EXISTS (SELECT 1 FROM chain WHERE source_id = versions.source_id AND version = versions.number)
        """,
        "version {}: put in",
    ),
    (
        """
        SELECT id FROM sources
        WHERE version <> (SELECT coalesce(max(number), 0) FROM versions WHERE source_id = sources.id)
        """,
        "source {}: its newest versions are gone",
    ),
)


def add_capture(connection: sqlite3.Connection, capture: int) -> None:
    """Link a page that was just kept."""
    connection.execute(APPEND, (capture, None, None, _link(head(connection), _capture(connection, capture))))


def add_version(connection: sqlite3.Connection, source_id: str, number: int) -> None:
    """Link a version that was just written, with its facts and changes."""
    content = _version(connection, source_id, number)
    connection.execute(APPEND, (None, source_id, number, _link(head(connection), content)))


def head(connection: sqlite3.Connection) -> str:
    """The last link; empty where nothing is linked yet."""
    found = connection.execute("SELECT link FROM chain ORDER BY id DESC LIMIT 1").fetchone()
    return str(found[0]) if found else ""


def faults(connection: sqlite3.Connection, known_head: str | None) -> Iterator[str]:
    """What is broken, in words, the chain's first broken record first."""
    yield from _broken_links(connection)
    for statement, said in ASTRAY:
        yield from (f"{said.format(name)}, or its link was taken out" for (name,) in connection.execute(statement))
    if known_head and connection.execute("SELECT 1 FROM chain WHERE link = ?", (known_head,)).fetchone() is None:
        yield f"chain: does not hold the head {known_head}; what was newest then was cut off or changed"
    yield from _broken_bodies(connection)
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"file: {said}"


def _broken_links(connection: sqlite3.Connection) -> Iterator[str]:
    before, expected = "", 1
    for number, capture, source_id, version, link in connection.execute(
        "SELECT id, capture, source_id, version, link FROM chain ORDER BY id"
    ):
        name = f"page {capture}" if source_id is None else f"version {source_id}@{version}"
        if number != expected:
            yield f"{name}: what stood before it in the chain was taken out"
        content = _capture(connection, capture) if source_id is None else _version(connection, source_id, version)
        if not content[0]:
            yield f"{name}: gone"
        elif link != _link(before, content):
            yield f"{name}: not what was written, or not in the place where it was written"
        before, expected = link, number + 1


def _broken_bodies(connection: sqlite3.Connection) -> Iterator[str]:
    for (sha256,) in connection.execute("SELECT sha256 FROM blobs ORDER BY id"):
        try:
            blobs.get(connection, sha256)
        except StoreError as error:
            yield str(error)
    missing = "SELECT sha256 FROM captures UNION SELECT document FROM versions EXCEPT SELECT sha256 FROM blobs"
    yield from (f"stored bytes {sha256}: gone; restore a backup" for (sha256,) in connection.execute(missing))


def _capture(connection: sqlite3.Connection, capture: int) -> list[list[Any]]:
    return [connection.execute(CAPTURE, (capture,)).fetchall()]


def _version(connection: sqlite3.Connection, source_id: str, number: int) -> list[list[Any]]:
    return [connection.execute(statement, (source_id, number)).fetchall() for statement in VERSION]


def _link(before: str, content: list[list[Any]]) -> str:
    text = json.dumps([before, content], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
