"""A store copied from one kind of database to the other, whole: rows as they are, so every record keeps its digest.

The original must verify, and so must the copy, with the same head; it is there as a whole or not at all. Leases are not
copied. What waits in the outbox is, so only one of the two stores may be worked with from then on.

The history goes over in full. A file gets them in the tables of the step before they were made compact,
and then takes the steps that follow, whose code never changes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from storage import schema
from storage.connect import is_address, open_store, place_of, within
from storage.errors import StoreError, WrongPlace
from storage.postgres import chain
from storage.postgres.schema import judge
from storage.postgres.session import Session
from storage.postgres.tables import COPIED
from storage.postgres.words import index_of
from storage.sqlite import connect, room, told, write_txn
from storage.sqlite.session import read_txn
from storage.sqlite.whole import COLUMNS, Whole

Row = tuple[Any, ...]

# The first of the steps of the file's tables that pack what it holds.
COMPACTS = "0015_compact"
# What is not copied: leases, and what a database makes of other columns itself.
_OWN = frozenset({"lease_worker", "lease_token", "lease_until", "of_alert", "of_notice", "lexemes"})
_BATCH, _BATCH_OF_BODIES = 500, 20


@dataclass(frozen=True, slots=True)
class StoreCopied:
    """What a copy holds: how many sources, versions and records, and the head that both stores have."""

    sources: int
    versions: int
    records: int
    head: str


class _Origin(Protocol):
    """The store that is read."""

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table that are copied."""
        ...

    def rows(self, table: str, columns: Sequence[str]) -> Iterable[Row]:
        """The rows of a table, what others refer to before those."""
        ...


def copy_store(origin: str | Path, target: str | Path) -> StoreCopied:
    """Copy a store into a new file, or into the empty tables of a PostgreSQL database.

    Raises StoreError when there is a store at `target`, when `origin` does not verify, or when the copy is not what it
    is a copy of: then nothing is left of it. Raises StoreMissing when there is no store at `origin`, or no tables at
    the address of `target`.
    """
    with closing(open_store(origin, write=False)) as store:
        problems = store.verify()
        if problems:
            raise StoreError(f"the store does not verify, nothing was copied: {problems[0]}")
        head = store.head()
    with _reading(origin) as rows:
        (_into_postgres if is_address(target) else _into_sqlite)(str(target), rows, head)
    with closing(open_store(target, write=False)) as copy:
        tip = copy.tip()
        return StoreCopied(len(copy.sources()), len(copy.versions()), tip.seq if tip else 0, head)


@contextmanager
def _reading(origin: str | Path) -> Iterator[_Origin]:
    """One state of a store, whatever is committed meanwhile."""
    if is_address(origin):
        with closing(Session(str(origin))) as session, session.told(), session.reading():
            yield _Postgres(session)
        return
    path = place_of(origin)
    with told(path), closing(connect(path, write=False)) as connection, read_txn(connection):
        yield InFull(connection)


class _Postgres:
    """Rows of a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def columns(self, table: str) -> tuple[str, ...]:
        rows = self._session.execute(
            """
            SELECT attname FROM pg_attribute
            WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """,
            (table,),
        )
        return tuple(name for (name,) in rows if name not in _OWN)

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        order = COPIED[table] or ("seq" if table == "records" else "1, 2")
        statement = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"  # noqa: S608 - of our own names
        yield from self._session.stream(statement, _size_of_batch(table))


class InFull:
    """Rows of a file, its history in full."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._whole = Whole(connection)

    def columns(self, table: str) -> tuple[str, ...]:
        """See `_Origin`."""
        return COLUMNS.get(table) or _columns(self._connection, table)

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """See `_Origin`."""
        if table in COLUMNS:
            yield from self._whole.rows(table)
            return
        order = COPIED[table] or "1, 2"
        yield from self._connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")  # noqa: S608 - of our own names


def _into_postgres(address: str, origin: _Origin, head: str) -> None:
    """Fill empty tables in one transaction."""
    with closing(Session(address)) as session:
        judge(session)
        with session.told(), session.writing():
            session.alone("sources")
            session.alone("records")
            if session.execute("SELECT 1 FROM sources UNION ALL SELECT 1 FROM records LIMIT 1").fetchone():
                raise StoreError(f"{session.place}: holds a store already; give another database")
            there = _Postgres(session)
            for table, number in COPIED.items():
                columns = _same(origin.columns(table), there.columns(table), table)
                indexed = table == "passages"
                names = ", ".join((*columns, "lexemes") if indexed else columns)
                for rows in _batches(origin.rows(table, columns), table):
                    made = [(*row, index_of(row[columns.index("text")])) for row in rows] if indexed else rows
                    session.insert(table, names, made)
                if number:
                    session.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', '{number}'), "  # noqa: S608 - of our own names
                        f"(SELECT coalesce(max({number}), 0) + 1 FROM {table}), false)"
                    )
            _require_same(list(chain.faults(session, head)), chain.head(session), head)
        session.execute("ANALYZE")


def _into_sqlite(location: str, origin: _Origin, head: str) -> None:
    """Build a file beside its place, and give it its name when it is whole."""
    path = place_of(location)
    if path.exists():
        raise WrongPlace(f"{path}: is there already; give another path")
    within(path.parent)
    fresh = path.with_name(f"{path.name}.copy")
    _clear(fresh)
    try:
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with told(path):
            room.begin(fresh)
        with told(path), closing(connect(fresh, write=True)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            with write_txn(connection):
                connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
                schema.migrate(connection, stop_before=COMPACTS)
                fill(connection, origin)
                schema.migrate(connection)
                astray = connection.execute("PRAGMA foreign_key_check").fetchone()
                if astray:
                    raise StoreError(f"the copy is not whole: {astray[0]} refers to {astray[2]}; nothing was kept")
            room.rebuild(connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with closing(open_store(fresh, write=False)) as copy:
            _require_same(copy.verify(head), copy.head(), head)
        os.link(fresh, path)  # unlike a rename, this never takes the place of a file that came meanwhile
    except OSError as error:
        raise StoreError(f"{path}: the copy cannot be made ({error.strerror}); give another path") from error
    finally:
        _clear(fresh)


def fill(connection: sqlite3.Connection, origin: _Origin) -> None:
    """Fill the empty tables of the step before they were made compact."""
    for table in COPIED:
        columns = _same(origin.columns(table), _columns(connection, table), table)
        marks = ", ".join("?" * len(columns))
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - of our own names
            origin.rows(table, columns),
        )


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    found = connection.execute(f"PRAGMA table_xinfo({table})")
    return tuple(name for _, name, *_ in found if name not in _OWN)


def _same(origin: Sequence[str], target: Sequence[str], table: str) -> tuple[str, ...]:
    """The columns of a table, which both sides have. Raises StoreError where one lacks what the other holds."""
    odd = sorted(set(origin) ^ set(target))
    if odd:
        raise StoreError(f"table {table}: only one of the stores knows {odd[0]}; bring both up to date first")
    return tuple(origin)


def _require_same(problems: Sequence[str], found: str, head: str) -> None:
    if problems or found != head:
        why = problems[0] if problems else f"its head is {found}, not {head}"
        raise StoreError(f"the copy does not verify, nothing was kept: {why}")


def _size_of_batch(table: str) -> int:
    return _BATCH_OF_BODIES if table == "blobs" else _BATCH


def _batches(rows: Iterable[Row], table: str) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _size_of_batch(table))):
        yield batch


def _clear(path: Path) -> None:
    for part in ("", "-wal", "-shm", "-journal"):
        left = path.with_name(f"{path.name}{part}")
        if left.exists():  # where nothing may be written, the making says so with a remedy
            left.unlink(missing_ok=True)
