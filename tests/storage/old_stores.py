"""Stores as earlier programs wrote them, made from one of today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import tables
from storage.sqlite import connect, write_txn
from storage.sqlite.passages import in_full
from storage.sqlite.said import Words

FACTS = """
CREATE TABLE facts (
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    fields TEXT NOT NULL,
    quote TEXT NOT NULL,
    section TEXT NOT NULL,
    PRIMARY KEY (source_id, version, position),
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT, WITHOUT ROWID
"""
WORDS = ("section", "before", "after", "spans", "facts", "rules")


def loosen(path: Path) -> None:
    """Undo the migrations 0015_compact and 0016_passages: every fact in every version, all words as they are."""
    with closing(connect(path, write=True)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        with write_txn(connection):
            _loosen(connection)


def _loosen_passages(connection: sqlite3.Connection) -> None:
    rows = list(in_full(connection))
    connection.execute("DROP TABLE passages_fts")
    connection.execute("DROP INDEX passages_standing")
    connection.execute("DROP TABLE passages")
    for statement in tables.SEARCH.split(";\n"):
        connection.execute(statement)
    connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO passages_fts (rowid, text) SELECT id, text FROM passages")


def _loosen(connection: sqlite3.Connection) -> None:
    _loosen_passages(connection)
    words = Words(connection)
    versions = connection.execute("SELECT source_id, number FROM versions").fetchall()
    facts = [
        (key, number, position, *one)
        for key, number in versions
        for position, one in enumerate(words.facts(key, number))
    ]
    changes = [(key, number, *one) for key, number in versions for one in words.changes(key, number)]
    connection.execute("DROP TABLE facts")
    connection.execute(FACTS)
    connection.execute("CREATE INDEX facts_type ON facts (type)")
    connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?)", facts)
    connection.execute("ALTER TABLE changes DROP COLUMN upon")
    connection.execute("ALTER TABLE changes DROP COLUMN told")
    for name in WORDS:
        connection.execute(f"ALTER TABLE changes ADD COLUMN {name} TEXT")
    for key, number, position, *_, section, before, after, spans, told, _summary, rules in changes:
        connection.execute(
            f"UPDATE changes SET {', '.join(f'{name} = ?' for name in WORDS)} "
            "WHERE source_id = ? AND version = ? AND position = ?",
            (section, before, after, spans, told, rules, key, number, position),
        )
    connection.execute("CREATE INDEX changes_source ON changes (source_id, seen_after DESC, rank DESC)")
    connection.execute("ALTER TABLE records RENAME TO linked")
    connection.execute("DROP INDEX records_own")
    made, *_ = tables.RECORDS.split(";\n")
    connection.execute(made)
    connection.execute("INSERT INTO records SELECT * FROM linked")
    connection.execute("DROP TABLE linked")
    connection.execute("CREATE INDEX records_own ON records (kind) WHERE body IS NOT NULL")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name >= '0015'")
