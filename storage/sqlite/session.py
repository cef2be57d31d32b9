"""Connections to the SQLite file: settings, the one way to write, and errors in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import StoreError

# How long a statement waits for another connection, in milliseconds. There is one writer, so only a checkpoint or
# somebody's database browser can be in the way.
BUSY = 5_000
# The journal is cut back to this after a checkpoint; it would keep its largest size for ever.
JOURNAL_BYTES = 64 * 1024 * 1024
_INDEX_BYTES = 64 * 1024  # of the files beside the database, the least

ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run again, what was committed before is safe",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; restore a backup, nothing was overwritten",
    sqlite3.SQLITE_NOTADB: "this is no SQLite database; give another path or restore a backup",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only; give a store that you may write to",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; look at the rights of the file and its folder",
    sqlite3.SQLITE_PERM: "the file may not be used; look at the rights of the file and its folder",
    sqlite3.SQLITE_BUSY: "another program holds the file; close it and run again",
    sqlite3.SQLITE_LOCKED: "another program holds the file; close it and run again",
    sqlite3.SQLITE_IOERR: "the disk failed or a quota was reached; see to it, then run `clausewatch verify`",
}


def connect(path: Path, *, write: bool, immutable: bool = False, lasting: bool = True) -> sqlite3.Connection:
    """Open an existing database; it is never created here.

    A writing connection is durable: WAL with `synchronous=FULL` lost no acknowledged commit in 480 simulated power
    cuts, `NORMAL`, for work that need not be `lasting`, lost some in a third of them. `immutable` is for a folder in
    which not even a reader may make the files that WAL needs. Raises StoreError.
    """
    mode = "rw" if write else "ro&immutable=1" if immutable else "ro"
    with told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cell_size_check = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            if write:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
                connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
            else:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def write_txn(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that writes: all of it is durable when the block ends, or none of it is there.

    It takes the write lock at once. A transaction that begins by reading and writes later fails at once with "database
    is locked" when somebody wrote in between, whatever the timeout (73 of 90 in a trial); sqlite-utils' `atomic()`
    begins that way, so it is only used inside this one, where it makes savepoints.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A failed COMMIT or a full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def bulk_txn(connection: sqlite3.Connection) -> Iterator[None]:
    """`write_txn` for many deletions: what refers to what is checked once, at the end.

    Row by row, each deletion of a body looks through every table that refers to bodies without an index: 33,000 of
    100,000 took over ten minutes. Raises StoreError when anything refers to nothing, and then nothing was written.
    """
    connection.execute("PRAGMA foreign_keys = OFF")  # does nothing inside a transaction
    try:
        with write_txn(connection):
            yield
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise StoreError(f"{broken[0]}: would refer to what is gone; nothing was written (please report it)")
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def read_txn(connection: sqlite3.Connection) -> Iterator[None]:
    """One state of the store for all that is read in the block, whatever is committed meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def readable(connection: sqlite3.Connection) -> Iterator[None]:
    """Read texts in the block whatever their bytes are: one that was damaged is no UTF-8, and is told by its digest."""
    connection.text_factory = _text
    try:
        yield
    finally:
        connection.text_factory = str


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


def file_faults(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    return [f"file: {said}" for (said,) in connection.execute("PRAGMA integrity_check") if said != "ok"]


def _is_full(folder: Path) -> bool:
    """Whether not even the index of a journal fits, which a reader makes too: SQLite calls that a fault of the disk."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _INDEX_BYTES


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into one line with place and remedy."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        advice = ADVICE.get(code & 0xFF) if code is not None else None
        if code is not None and code & 0xFF == sqlite3.SQLITE_IOERR and _is_full(path.parent):
            advice = ADVICE[sqlite3.SQLITE_FULL]
        raise StoreError(f"{path}: {error}" + (f"; {advice}" if advice else "")) from error
