"""The numbered migrations of the SQLite store, whose tables stand in `storage.tables`.

A migration that was released is never edited; a new one is added. All pending ones run in one transaction, so a store
is at one version or at the next, never between. `_sqlite_migrations` holds which were applied.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from storage import compacting, slimming, tables
from storage.relink import relink

APPLICATION_ID = tables.APPLICATION_ID

migrations = Migrations("clausewatch")


def migrate(connection: sqlite3.Connection, *, stop_before: str | None = None) -> None:
    """Apply what is pending. Must be called inside a transaction, so that a failure leaves nothing behind."""
    migrations.apply(_database(connection), stop_before=stop_before)


def pending(connection: sqlite3.Connection) -> list[str]:
    """The migrations that this store still lacks."""
    return [one.name for one in migrations.pending(_database(connection))]


def unknown(connection: sqlite3.Connection) -> list[str]:
    """The migrations that a newer program applied to this store."""
    known = {one.name for one in migrations._migrations}  # noqa: SLF001 - the library has no public list
    return [one.name for one in migrations.applied(_database(connection)) if one.name not in known]


def newest() -> str:
    """The last migration that this program knows."""
    return migrations._migrations[-1].name  # noqa: SLF001 - the library has no public list


def _database(connection: sqlite3.Connection) -> Database:
    # Plugins of the user's sqlite-utils have no business in our file.
    return Database(connection, recursive_triggers=False, execute_plugins=False)


def _run(db: Database, statements: str) -> None:
    """Each statement by itself: `executescript` would commit the transaction we are in."""
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations(name="0001_sources")
def _sources(db: Database) -> None:
    _run(db, tables.SOURCES)


@migrations(name="0002_history")
def _history(db: Database) -> None:
    _run(db, tables.HISTORY)


@migrations(name="0003_outbox")
def _outbox(db: Database) -> None:
    _run(db, tables.OUTBOX)


@migrations(name="0004_search")
def _search(db: Database) -> None:
    _run(db, tables.SEARCH)


@migrations(name="0005_quick")
def _quick(db: Database) -> None:
    _run(db, tables.QUICK)


@migrations(name="0006_hosts")
def _hosts(db: Database) -> None:
    _run(db, tables.HOSTS)


@migrations(name="0007_health")
def _health(db: Database) -> None:
    _run(db, tables.HEALTH)


@migrations(name="0008_render")
def _render(db: Database) -> None:
    _run(db, tables.RENDER)


@migrations(name="0009_records")
def _records(db: Database) -> None:
    _run(db, tables.RECORDS)
    relink(db.conn)
    db.execute("DROP TABLE chain")


@migrations(name="0010_wire")
def _wire(db: Database) -> None:
    _run(db, tables.WIRE)


@migrations(name="0011_deadlines")
def _deadlines(db: Database) -> None:
    _run(db, tables.DEADLINES)


@migrations(name="0012_reviews")
def _reviews(db: Database) -> None:
    _run(db, tables.REVIEWS)


@migrations(name="0013_stamps")
def _stamps(db: Database) -> None:
    _run(db, tables.STAMPS)


@migrations(name="0014_retention")
def _retention(db: Database) -> None:
    _run(db, tables.RETENTION)


@migrations(name="0015_compact")
def _compact(db: Database) -> None:
    _run(db, compacting.COMPACT)
    compacting.compact(db.conn)
    _run(db, compacting.COMPACTED)


@migrations(name="0016_passages")
def _passages(db: Database) -> None:
    _run(db, compacting.PASSAGES)
    compacting.pack_passages(db.conn)
    _run(db, compacting.PASSAGES_PACKED)


@migrations(name="0017_slim")
def _slim(db: Database) -> None:
    slimming.put_aside(db.conn)
    _run(db, slimming.SLIM)
    slimming.slim(db.conn)


@migrations(name="0018_brief")
def _brief(db: Database) -> None:
    _run(db, tables.BRIEF)
