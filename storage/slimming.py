"""From rows for each change, fact and passage to one frame a version: part of a migration, never edited.

The history is written once more, record by record, as a new one would be. What the records of the chain say stays the
same to the byte, and so do their digests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from storage import blobs
from storage.errors import StoreError
from storage.folded import Folds
from storage.records import Record
from storage.sqlite import chain
from storage.sqlite.bodies import Bodies
from storage.sqlite.commits import WholeVersion, write_version
from storage.sqlite.rows import Captures
from storage.sqlite.telling import telling

_OLD = ("blobs", "captures", "versions", "facts", "changes", "change_topics", "records", "passages")
_INDEXES = ("captures_sha256", "captures_source", "changes_seen", "facts_source", "records_own", "passages_standing")
SLIM = """
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL,
    codec INTEGER NOT NULL,
    base INTEGER,
    beside INTEGER,
    depth INTEGER NOT NULL,
    data BLOB
) STRICT;
CREATE INDEX bodies_sha256 ON bodies (substr(sha256, 1, 6));
CREATE TABLE captures (
    record INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    kept_for TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    body INTEGER NOT NULL REFERENCES bodies (id),
    upon INTEGER,
    heads BLOB NOT NULL
) STRICT;
CREATE INDEX captures_body ON captures (body);
CREATE INDEX captures_source ON captures (source_id);
CREATE TABLE versions (
    record INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    number INTEGER NOT NULL,
    cause TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    fingerprint ANY NOT NULL,
    extraction TEXT NOT NULL,
    captures TEXT NOT NULL,
    title TEXT,
    language TEXT,
    effective_date TEXT,
    last_updated TEXT,
    blocks INTEGER NOT NULL,
    words INTEGER NOT NULL,
    verdict TEXT,
    document INTEGER NOT NULL REFERENCES bodies (id),
    UNIQUE (source_id, number)
) STRICT;
CREATE TABLE told (
    record INTEGER PRIMARY KEY,
    base INTEGER,
    depth INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE standing (
    source_id TEXT PRIMARY KEY REFERENCES sources (id),
    facts BLOB NOT NULL,
    passages BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
    seen_after INTEGER NOT NULL,
    version INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    PRIMARY KEY (seen_after, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE change_topics (
    topic INTEGER NOT NULL REFERENCES topics (id),
    seen_after INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (topic, seen_after, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT,
    digest BLOB NOT NULL,
    link BLOB NOT NULL
) STRICT;
CREATE TABLE passages (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX passages_version ON passages (version);
CREATE TABLE gone (
    passage INTEGER PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    text, content = '', detail = none, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
)
"""
_FACTS = """
SELECT type, fields, upon, said FROM old_facts
WHERE source_id = ?1 AND since <= ?2 AND (until IS NULL OR until >= ?2) ORDER BY place
"""
_CHANGES = """
SELECT position, seen_before, seen_after, rank, topic, topics, kind, severity, direction, summary, upon, told
FROM old_changes WHERE source_id = ? AND version = ? ORDER BY position
"""
_CAPTURE = """
SELECT source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM old_captures WHERE id = ?
"""
_VERSION = """
SELECT source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures, title, language,
    effective_date, last_updated, blocks, words, verdict, document, comparison
FROM old_versions WHERE source_id = ? AND number = ?
"""


def put_aside(connection: sqlite3.Connection) -> None:
    """Give the old tables other names. What refers to them by name will mean the new ones."""
    if connection.execute("PRAGMA foreign_keys").fetchone()[0]:
        raise StoreError("tables are being renamed while they are watched (please report it)")
    connection.execute("DROP TABLE passages_fts")
    for name in _INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    connection.execute("PRAGMA legacy_alter_table = ON")
    for name in _OLD:
        connection.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    connection.execute("PRAGMA legacy_alter_table = OFF")


def slim(connection: sqlite3.Connection) -> None:
    """Write the history once more. Raises StoreError when that does not come to the records that are there."""
    # Where bodies are looked for under their old name.
    connection.execute("CREATE TEMP VIEW blobs AS SELECT * FROM old_blobs")
    folds = Folds(connection)
    rows = connection.execute(
        "SELECT seq, kind, capture, source_id, version, body, digest, link FROM old_records ORDER BY seq"
    ).fetchall()
    for seq, kind, capture, source_id, number, body, digest, link in rows:
        if capture is not None:
            _capture(connection, seq, capture)
        elif source_id is not None and kind == chain.VERSION:
            _version(connection, source_id, number, folds)
        chain.put(connection, Record(seq, kind, digest, link), body)
    for name in ("captures", "versions"):
        (left,) = connection.execute(
            f"SELECT (SELECT count(*) FROM old_{name}) - (SELECT count(*) FROM {name})"  # noqa: S608 - of our own names
        ).fetchone()
        if left:
            raise StoreError(f"{left} {name} are in no record; restore a backup before the store is brought up to date")
    connection.execute("DROP VIEW temp.blobs")
    for name in _OLD:
        connection.execute(f"DROP TABLE old_{name}")


def _capture(connection: sqlite3.Connection, seq: int, capture: int) -> None:
    source_id, kept_for, *values = connection.execute(_CAPTURE, (capture,)).fetchone()
    bodies, sha256 = Bodies(connection), values[-2]
    body, text = blobs.get(connection, sha256), _text_of(connection, source_id, sha256)
    captures = Captures(connection, bodies)
    beside = None if text is None else _put_text(connection, bodies, source_id, text)
    number = bodies.name(sha256) if body is None else None
    if body is not None:
        number = bodies.put(body, base=captures.latest(source_id, values[0]), beside=beside)
    captures.add(seq, source_id, kept_for, values, number or 0)


def _text_of(connection: sqlite3.Connection, source_id: str, sha256: str) -> str | None:
    """The text that the next version of a source has, where it was read from this page."""
    found = connection.execute(
        """
        SELECT document FROM old_versions WHERE source_id = ?1 AND instr(captures, ?2)
            AND number > (SELECT coalesce(max(number), 0) FROM versions WHERE source_id = ?1)
        ORDER BY number LIMIT 1
        """,
        (source_id, sha256),
    ).fetchone()
    return str(found[0]) if found else None


def _put_text(connection: sqlite3.Connection, bodies: Bodies, source_id: str, sha256: str) -> int:
    """Keep a text upon that of the version before; its number."""
    found = connection.execute(
        "SELECT document FROM versions WHERE source_id = ? ORDER BY number DESC LIMIT 1", (source_id,)
    ).fetchone()
    body = blobs.get(connection, sha256)
    if body is None:
        raise StoreError(f"stored bytes {sha256}: gone; restore a backup before the store is brought up to date")
    return bodies.put(body, base=found[0] if found else None, document=True)


def _version(connection: sqlite3.Connection, source_id: str, number: int, folds: Folds) -> None:
    *values, document, comparison = connection.execute(_VERSION, (source_id, number)).fetchone()
    bodies = Bodies(connection)
    text = _put_text(connection, bodies, source_id, document)
    facts = [
        (position, kind, fields, *folds.unfold(upon, said, 2))
        for position, (kind, fields, upon, said) in enumerate(connection.execute(_FACTS, (source_id, number)))
    ]
    changes = [_in_words(one, folds) for one in connection.execute(_CHANGES, (source_id, number))]
    before = connection.execute(
        "SELECT record FROM versions WHERE source_id = ? AND number = ?", (source_id, number - 1)
    ).fetchone()
    whole = WholeVersion(values, text, telling(comparison, facts, changes), before[0] if before else None)
    write_version(connection, whole, bodies)


def _in_words(row: Sequence[Any], folds: Folds) -> tuple[Any, ...]:
    """A change with all its words in their order."""
    *head, summary, upon, told = row
    *words, rules = folds.unfold(upon, told, 6)
    return (*head, *words, summary, rules)
