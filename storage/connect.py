"""Opening a store: find it, judge it, lock it, bring it up to date."""

from __future__ import annotations

import importlib
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from storage import tables
from storage.errors import SchemaTooNew, StoreError, StoreMissing, WrongPlace
from storage.lock import FileLock
from storage.protocol import Store
from storage.sqlite import SqliteStore, connect, end_leases, room, told
from storage.sqlite.copies import copy_database
from storage.sqlite.session import bulk_txn

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


def open_store(location: str | Path, *, write: bool, repeatable: bool = False) -> Store:
    """The store at `location`, a path.

    With `write`: creates it when there is none (with its folder; file mode 0600), brings an older one up to date, and
    is the only one to write until it is closed: raises Locked when another run is at it. Leases that a killed run left
    behind end. `repeatable` work does not wait for the disk after every commit: when the power goes, the store is whole
    but may lack the last commits. Without `write`: never changes anything and needs no lock; raises StoreMissing when
    there is no store.

    The address of a PostgreSQL database (`postgresql://…`) is a store that many processes write to at once: there is no
    lock, leases end by their time, and it is made and brought up to date by `clausewatch schema` alone, so that opening
    it raises StoreMissing before that.

    Raises SchemaTooNew for a store of a newer program, StoreError with place and remedy for all that is no store of
    ours. Nothing that lies at `location` is ever recreated or overwritten.
    """
    if is_address(location):
        return _open_address(str(location), write=write, lasting=not repeatable)
    path = place_of(location)
    return _open_to_write(path, lasting=not repeatable) if write else _open_to_read(path)


def is_address(location: str | Path) -> bool:
    """Whether a location is that of a PostgreSQL database, no path."""
    found = SCHEME.match(str(location))
    return found is not None and found[1].lower() in {"postgresql", "postgres"}


def _open_address(address: str, *, write: bool, lasting: bool) -> Store:
    try:
        from storage.postgres import open_postgres  # noqa: PLC0415 - of the extra `server`
    except ImportError as error:
        raise StoreError(
            "postgresql://…: PostgreSQL is not available in this installation; pip install 'clausewatch[server]'"
        ) from error
    return open_postgres(address, write=write, lasting=lasting)


def _open_to_write(path: Path, *, lasting: bool) -> SqliteStore:
    within(path.parent)
    if _there(path):
        judge(path)
        if not os.access(path, os.W_OK):
            raise StoreError(f"{path}: may not be written to; look at its rights, or use a command that only reads")
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        if not _there(path):
            _create(path)
        connection = connect(path, write=True, lasting=lasting)
        try:
            with told(path):
                _bring_up_to_date(path, connection)
                end_leases(connection)
        except BaseException:
            connection.close()
            raise
    except BaseException:
        lock.release()
        raise
    return SqliteStore(path, connection, lock)


def _open_to_read(path: Path) -> SqliteStore:
    if not _there(path):
        raise StoreMissing(f"{path}: there is no store yet; run `clausewatch check` first, or give another --store")
    judge(path)
    connection = connect(path, write=False, immutable=_frozen(path))
    try:
        with told(path):
            if _steps(connection) != tables.STEPS:
                _refuse_newer(path, connection)
                _refuse_older(path, connection)
    except BaseException:
        connection.close()
        raise
    return SqliteStore(path, connection, None)


def within(folder: Path) -> None:
    """See that a folder is there, for us alone when it is made. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: the folder cannot be made ({error.strerror}); give another store") from error


def place_of(location: str | Path) -> Path:
    """The place of the file, links resolved: two names of one store must meet at one lock. Raises StoreError."""
    found = SCHEME.match(str(location))
    if found is not None:
        # The rest may hold a password.
        scheme = found[1].lower()
        if is_address(location):
            raise WrongPlace(
                f"{scheme}://…: is no file; back a PostgreSQL store up with pg_dump and restore it with pg_restore, or "
                "make a file of it with `clausewatch store copy`"
            )
        raise WrongPlace(
            f"{scheme}://…: no such kind of store; give the path of a file, or the address of a PostgreSQL database "
            "(postgresql://…)"
        )
    try:
        path = Path(location).resolve()
        path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise WrongPlace(f"{str(location)!r}: not a usable path ({error}); give the path of a file") from error
    return path


def _there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be looked at ({error.strerror}); give another store") from error
    return True


def judge(path: Path) -> None:
    """Refuse what is no store of ours, before anything could be written to it. Raises StoreError.

    The file is looked into through SQLite alone: to open and close it ourselves would give up the locks that a store of
    this very process has on it (sqlite.org/howtocorrupt.html, 2.2). Without a journal beside it, it is looked at as
    immutable, so that nothing is made there; with one, the file by itself may be half a checkpoint.
    """
    if path.is_dir():
        raise WrongPlace(f"{path}: is a folder; give the path of a file in it")
    if not path.is_file():
        raise WrongPlace(f"{path}: is no regular file; give another store")
    if path.stat().st_size == 0:
        raise StoreError(f"{path}: is empty; restore a backup, or remove the file to begin a new store")
    alone = not _journal(path).exists()
    with told(path), closing(connect(path, write=False, immutable=alone or _frozen(path))) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != tables.APPLICATION_ID:
        raise WrongPlace(f"{path}: is the database of another program; give another path")


def _frozen(path: Path) -> bool:
    """Whether not even a reader may make files beside the store and none are needed: a read-only disk, a backup."""
    journal = _journal(path)
    return not os.access(path.parent, os.W_OK) and not (journal.exists() and journal.stat().st_size)


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _create(path: Path) -> None:
    """A new store, built beside its place and renamed: whatever happens, no half store is ever at `path`."""
    if any(path.with_name(f"{path.name}{part}").exists() for part in ("-wal", "-journal")):
        raise StoreError(
            f"{path}: the database is missing but its journal {path.name}-wal is there; restore the database, or move "
            "the journal away to begin a new store"
        )
    fresh = path.with_name(f"{path.name}.new")
    try:
        for part in ("", "-wal", "-shm", "-journal"):
            fresh.with_name(f"{fresh.name}{part}").unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with told(path):
            room.begin(fresh)
        connection = connect(fresh, write=True)
        try:
            with told(path), bulk_txn(connection):
                connection.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
                _schema().migrate(connection)
            # Closing would do this too, but keeps silent when the disk is full; a file without its journal is half a
            # store then.
            with told(path):
                (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        if busy:
            raise StoreError(f"{path}: the store cannot be made (its journal is held by another program); try again")
        fresh.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StoreError(f"{path}: the store cannot be made ({error.strerror}); give another store") from error


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    _refuse_newer(path, connection)
    schema = _schema()
    pending = schema.pending(connection)
    if not pending:
        return
    before = path.with_name(f"{path.name}.before-{pending[0]}")
    # One that is there already was made by a run that did not get to the end of the same step.
    if _has_history(connection) and not before.exists():
        copy_database(connection, before)
    with bulk_txn(connection):
        schema.migrate(connection)
    room.rebuild(connection)


def _has_history(connection: sqlite3.Connection) -> bool:
    """Whether there is anything that could not be had again."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'versions'").fetchone() is None:
        return False
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM versions)").fetchone()[0])


def _steps(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The steps that were taken, by name: all that a reader of this program's own stores needs to know."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone() is None:
        return ()
    return tuple([name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY name")])


def _schema() -> Any:
    """How tables are made and brought up to date; reading needs none of it, and it takes long to load."""
    return importlib.import_module("storage.schema")


def _refuse_newer(path: Path, connection: sqlite3.Connection) -> None:
    schema = _schema()
    unknown = schema.unknown(connection)
    if unknown:
        raise SchemaTooNew(
            f"{path}: written by a newer clausewatch (it has {unknown[-1]}, this one knows up to {schema.newest()}); "
            "upgrade the program"
        )


def _refuse_older(path: Path, connection: sqlite3.Connection) -> None:
    if _schema().pending(connection):
        raise StoreError(f"{path}: written by an older clausewatch; run `clausewatch check` to bring it up to date")
