"""The tables of the queue, made and brought up to date by procrastinate's own SQL."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager

from storage.errors import StoreMissing
from storage.postgres import Session

_MADE = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL, to_regclass('clausewatch_queue') IS NOT NULL"


def apply(session: Session) -> list[str]:
    """Make the tables of the queue, or take the steps that a newer procrastinate brought; their names."""
    steps = {path.stem: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}
    with session.told(), session.writing():
        session.execute("SELECT pg_advisory_xact_lock(hashtext('clausewatch_queue'))")
        made, ours = session.execute(_MADE).fetchone() or (False, False)
        if not ours:
            session.execute('CREATE TABLE clausewatch_queue (name text COLLATE "C" PRIMARY KEY)')
        taken = {name for (name,) in session.execute("SELECT name FROM clausewatch_queue")}
        missing = [name for name in steps if name not in taken]
        if not made:
            session.execute(SchemaManager.get_schema())
        elif taken:
            for name in missing:
                session.execute(steps[name].read_text(encoding="utf-8"))
        # Tables that somebody made before us are of this version: there was none of ours to make them with.
        session.insert("clausewatch_queue", "name", [(name,) for name in missing])
    if not made:
        return ["queue"]
    return missing if taken else []


def require(session: Session) -> None:
    """Raise StoreMissing where the queue has no tables yet."""
    with session.told():
        if (session.execute(_MADE).fetchone() or (False, False)) != (True, True):
            raise StoreMissing(f"{session.place}: there is no queue yet; run `clausewatch schema apply`")
