"""The room that the file takes: small pages for new stores, and free pages given back to the disk in small steps."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from storage.sqlite.session import write_txn

# Of a table with few rows the rest of its page is empty, and there are forty tables and indexes. Reading is as quick as
# with 4096 (measured over 2,000 versions), and small stores take a sixth less.
PAGE = 1024
# So many free pages are given back in one transaction, and so many times at most in one go: a run must not wait long.
SLICE, SLICES = 4_000, 100
# An index for searching is made one where more than an eighth of it lies beside its largest part, and it has no more
# leaves than this, of 4 kB: a second's work.
LEAVES = 16_000


def begin(path: Path) -> None:
    """Lay down how an empty file is divided into pages, which cannot be changed once it has a journal."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA user_version = 0")  # writes the head of the file
    finally:
        connection.close()


def rebuild(connection: sqlite3.Connection) -> None:
    """Write the file once more without what is free in it, so that it can give back room from now on.

    What there is no room for on the disk may wait: the store is whole without it.
    """
    connection.execute("PRAGMA temp_store = FILE")
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        with suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")


def give_back(connection: sqlite3.Connection) -> None:
    """Cut free pages off the file, as many as is quickly done; the rest waits for the next time."""
    for _ in range(SLICES):
        if connection.execute("PRAGMA freelist_count").fetchone()[0] == 0:
            break
        before = connection.execute("PRAGMA page_count").fetchone()[0]
        # `execute` takes a single step of it, which is a single page.
        connection.executescript(f"PRAGMA incremental_vacuum({SLICE})")
        if connection.execute("PRAGMA page_count").fetchone()[0] == before:
            break  # a file that was made without the means
    # The file itself becomes shorter when its journal is written back; somebody who reads it may put that off.
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def tidy(connection: sqlite3.Connection) -> None:
    """Cut free pages off the file where they are more than an eighth of it, as after much was written at once.

    And wherever the index for searching was made one: what it left is more than the next runs need.
    """
    with suppress(sqlite3.Error):  # what cannot be done now waits
        gathered = _gather(connection)
        (free,), (pages,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count")
        )
        if gathered or free * 8 > pages:
            give_back(connection)


def _gather(connection: sqlite3.Connection) -> bool:
    """Make the index for searching one, and say so: each of its parts has all words again, a fifth of a small store."""
    parts = connection.execute("SELECT count(*) FROM passages_fts_idx GROUP BY segid").fetchall()
    leaves = [count for (count,) in parts]
    whole = sum(leaves)
    if whole > LEAVES or (whole - max(leaves, default=0)) * 8 <= whole:
        return False
    with write_txn(connection):
        connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")
    return True
