"""The tables of the PostgreSQL store: made, brought up to date, and judged before anything is done with them.

Which steps were applied stands in `clausewatch_schema`. A step runs in one transaction with all that are pending, so a
store is at one version or at the next. Nothing is made or changed but by `apply` and `upgrade`: workers of many
machines share the store, and the first new one must not take it away from the others.
"""

from __future__ import annotations

from storage.errors import SchemaTooNew, StoreError, StoreMissing
from storage.postgres import tables
from storage.postgres.session import Session

# Generated columns that refer to other tables, and what else we need.
OLDEST = 14


def apply(session: Session) -> list[str]:
    """Make the tables in an empty database, or those that are missing; the steps that were taken, none when all were.

    Raises StoreError where that cannot be, SchemaTooNew for the store of a newer program.
    """
    with session.told():
        _require_server(session)
        with session.writing():
            # One at a time, also of those that run for the first time: nothing of ours is there to lock.
            session.execute("SELECT pg_advisory_xact_lock(?)", (_ONE_AT_A_TIME,))
            session.execute(
                'CREATE TABLE IF NOT EXISTS clausewatch_schema (name text COLLATE "C" PRIMARY KEY, '
                "applied_at timestamptz NOT NULL DEFAULT now())"
            )
            steps = _steps(session)
            refuse_newer(session, steps)
            missing = [name for name in tables.STEPS if name not in steps]
            for name in missing:
                for statement in tables.STEPS[name].split(";\n"):
                    session.execute(statement.replace(" TEXT", ' text COLLATE "C"'))
                session.execute("INSERT INTO clausewatch_schema (name) VALUES (?)", (name,))
    return missing


def upgrade(session: Session) -> list[str]:
    """Bring the tables of an older program up to date; the steps taken. Raises StoreMissing when there are none."""
    with session.told():
        if not _there(session):
            raise _missing(session)
    return apply(session)


def judge(session: Session) -> None:
    """Refuse what is no store of this program's version. Raises StoreMissing, SchemaTooNew, StoreError."""
    with session.told():
        _require_server(session)
        if not _there(session):
            raise _missing(session)
        steps = _steps(session)
        refuse_newer(session, steps)
        if any(name not in steps for name in tables.STEPS):
            raise StoreError(f"{session.place}: written by an older clausewatch; run `clausewatch schema upgrade`")


def refuse_newer(session: Session, steps: frozenset[str]) -> None:
    """Raise SchemaTooNew for a store that has steps which this program does not know."""
    unknown = sorted(steps - set(tables.STEPS))
    if unknown:
        raise SchemaTooNew(
            f"{session.place}: written by a newer clausewatch (it has {unknown[-1]}, this one knows up to "
            f"{list(tables.STEPS)[-1]}); upgrade the program"
        )


def _require_server(session: Session) -> None:
    row = session.execute("SELECT current_setting('server_version_num'), current_setting('server_encoding')").fetchone()
    version, encoding = row or ("0", "")
    if int(version) < OLDEST * 10_000:
        raise StoreError(f"{session.place}: PostgreSQL {int(version) // 10_000} is too old; use {OLDEST} or newer")
    if encoding != "UTF8":
        raise StoreError(
            f"{session.place}: the database is encoded in {encoding} and cannot hold every text; create one with "
            "ENCODING 'UTF8' TEMPLATE template0"
        )


def _there(session: Session) -> bool:
    row = session.execute("SELECT to_regclass('clausewatch_schema') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _missing(session: Session) -> StoreMissing:
    return StoreMissing(f"{session.place}: there is no store in this database yet; run `clausewatch schema apply`")


def _steps(session: Session) -> frozenset[str]:
    return frozenset(name for (name,) in session.execute("SELECT name FROM clausewatch_schema"))


_ONE_AT_A_TIME = 0x434C57435343484D
