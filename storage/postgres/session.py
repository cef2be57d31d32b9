"""Connections to PostgreSQL: settings, transactions, and errors in plain words without a password.

Statements are written with `?`, as everywhere in `storage`, and their values are put in by libpq's own quoting, so that
a NULL or a number needs no type beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storage.errors import StoreError
from storage.postgres.characters import adapt

Row = tuple[Any, ...]
R = TypeVar("R")

# Seconds after which a server that does not answer is given up.
PATIENCE = 10
# A transaction of ours takes milliseconds. One whose process was stopped in it must not hold up all others for ever.
SETTINGS = {
    "application_name": "clausewatch",
    "lock_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    # A machine that is gone is noticed by the server within a minute, and its locks end.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
# By SQLSTATE, or the class that it begins with.
ADVICE = {
    "28": "the server does not let this user in; look at the name and the password in the address",
    "3D": "there is no such database; create it (createdb), then run `clausewatch schema apply`",
    "42501": "this user may not do that; the owner of the tables runs `clausewatch schema apply`, and grants rights",
    "42P01": "there is no store in this database yet; run `clausewatch schema apply`",
    "53100": "the disk of the server is full; free some space and run again, what was committed before is safe",
    "53300": "the server has no connection left; start fewer workers, or raise max_connections",
    "55P03": "another program holds the tables; end it and run again",
    "25006": "this server only reads (a standby); give the address of the primary",
    "25P03": "the transaction stood still for too long and was ended; nothing was written",
    "57": "the server ended the connection; run again when it is back",
    "08": "the connection was lost; run again when the server is back",
    "22021": "the text does not fit the encoding of the database; create one with ENCODING 'UTF8'",
}
NO_SERVER = "is the server running, and does it listen there?"


class Session:
    """One connection, opened anew when it was lost. Not thread-safe: the store lets one call at a time in."""

    def __init__(self, address: str, *, lasting: bool = True) -> None:
        """Connect. `lasting` commits are on the server's disk when they return. Raises StoreError."""
        self._options, self.place = _understood(address)
        self._lasting = lasting
        self._connection: psycopg.Connection[Row] | None = None
        self._closed = False
        self.connect()

    def connect(self) -> None:
        """See that there is a connection. Raises StoreError."""
        if self._connection is not None and not self._connection.closed:
            return
        if self._closed:
            raise StoreError(f"{self.place}: the store is closed")
        with self.told():
            connection: psycopg.Connection[Row] = psycopg.connect(
                self._options, autocommit=True, cursor_factory=psycopg.ClientCursor
            )
            adapt(connection)
            wanted = SETTINGS if self._lasting else {**SETTINGS, "synchronous_commit": "off"}
            marks = ", ".join(["set_config(%s, %s, false)"] * len(wanted))
            connection.execute(
                f"SELECT {marks}".encode(),
                [part for pair in wanted.items() for part in pair],
            )
            self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Row]:
        """Run one statement with `?` for its values."""
        assert self._connection is not None
        if not values:
            return self._connection.execute(statement.encode())
        return self._connection.execute(_translated(statement), values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row; `insert` and `listed` are quicker for many."""
        for row in rows:
            self.execute(statement, row)

    def insert(self, table: str, columns: str, rows: Sequence[Sequence[Any]], then: str = "") -> list[Row]:
        """Put rows into a table in one statement; what `then` (a RETURNING or ON CONFLICT) gives back."""
        if not rows:
            return []
        one = f"({', '.join('?' * len(rows[0]))})"
        values = [value for row in rows for value in row]
        names = ", ".join([one] * len(rows))
        found = self.execute(f"INSERT INTO {table} ({columns}) VALUES {names} {then}", values)  # noqa: S608 - of names in our files
        return found.fetchall() if found.description else []

    def stream(self, statement: str, batch: int, name: str = "streamed") -> Iterator[Row]:
        """The rows of a statement without values, so many at a time in memory; inside a transaction.

        `name` tells streams apart that are read at the same time.
        """
        self.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}")
        while rows := self.execute(f"FETCH {batch} FROM {name}").fetchall():
            yield from rows
        self.execute(f"CLOSE {name}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the store for all that is read in the block, whatever is committed meanwhile."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._roll_back()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction that writes: all of it is durable when the block ends, or none of it is there."""
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def alone(self, table: str) -> None:
        """Wait until no other transaction that asked for this is under way; ends with the transaction."""
        self.execute(f"SELECT pg_advisory_xact_lock({LOCKS}, '{table}'::regclass::oid::int)")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the server or libpq raises into one line with place and remedy."""
        try:
            yield
        except psycopg.Error as error:
            raise self.as_told(error) from error

    def as_told(self, error: psycopg.Error) -> StoreError:
        """An error in one line. The address's password never stands in it."""
        state = error.sqlstate or ""
        advice = next((text for code, text in ADVICE.items() if state.startswith(code)), None)
        text = " ".join((str(error).strip().splitlines() or [type(error).__name__])[0].split())
        if advice is None and isinstance(error, psycopg.OperationalError) and not state:
            advice = _advice_without_state(text)
        secret = conninfo_to_dict(self._options).get("password")
        if secret:
            text = text.replace(str(secret), "…")
        return StoreError(f"{self.place}: {text}" + (f"; {advice}" if advice else ""))

    def close(self) -> None:
        """End the connection. Idempotent."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()

    def _roll_back(self) -> None:
        """End the transaction; a connection that cannot do that any more is given up, the server ends it."""
        try:
            self.execute("ROLLBACK")
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()


# Our part of the space of advisory locks: "CLWC", as in the header of the SQLite file.
LOCKS = 0x434C5743


def listed(columns: str, rows: Sequence[Sequence[Any]]) -> tuple[str, list[list[Any]]]:
    """Rows as a table that a statement may join: its text, and its values.

    `columns` are names with their types: `id text, number bigint`.
    """
    pairs = [column.split() for column in columns.split(", ")]
    marks = ", ".join([f"?::{kind}[]" for _, kind in pairs])
    names = ", ".join([name for name, _ in pairs])
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in pairs]
    return f"unnest({marks}) AS listed ({names})", values


def retried(work: Callable[[], R], tries: int = 5) -> R:
    """What `work` gives; done again when the server ended it to untie two transactions that waited for each other."""
    for _ in range(tries - 1):
        with suppress(psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
            return work()
    return work()


@cache
def _translated(statement: str) -> bytes:
    """The statement as psycopg wants it. No text of ours holds a question mark."""
    return statement.replace("%", "%%").replace("?", "%s").encode()


def _understood(address: str) -> tuple[str, str]:
    """What to connect with, and how it may be named: without user and password."""
    try:
        options = conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise StoreError(  # what libpq says may quote the password
            "postgresql://…: not a valid address; write postgresql://user@host:5432/database, with special characters "
            "of the password percent-encoded"
        ) from None
    options.setdefault("connect_timeout", PATIENCE)
    host = str(options.get("host") or options.get("hostaddr") or "local")
    port = f":{options['port']}" if options.get("port") else ""
    database = options.get("dbname") or options.get("user") or ""
    shown = "local" if host.startswith("/") else host
    return make_conninfo("", **options), f"postgresql://{shown}{port}/{database}"


def _advice_without_state(text: str) -> str | None:
    """Libpq gives no code to what fails before the server speaks."""
    if re.search("password|authentication|no pg_hba", text):
        return ADVICE["28"]
    if re.search('database ".*" does not exist', text):
        return ADVICE["3D"]
    if "too many connections" in text or "remaining connection slots" in text:
        return ADVICE["53300"]
    return NO_SERVER
