"""Stores as earlier programs wrote them, made from one of today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import schema
from storage.copying import COMPACTS, InFull, fill
from storage.sqlite import connect
from storage.sqlite.bodies import Bodies, pack
from storage.sqlite.brief import lengthen
from storage.sqlite.session import bulk_txn
from storage.sqlite.telling import Told


def loosen(path: Path, *, before: str = COMPACTS) -> None:
    """Undo a migration and those behind it: `0015_compact`, or a later one."""
    fresh = path.with_name(f"{path.name}.loose")
    sqlite3.connect(fresh).close()
    with (
        closing(connect(path, write=False)) as origin,
        closing(connect(fresh, write=True)) as connection,
        bulk_txn(connection),
    ):
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(connection, stop_before=COMPACTS)
        fill(connection, InFull(origin))
        schema.migrate(connection, stop_before=before)
    for part in ("-wal", "-shm"):
        path.with_name(f"{path.name}{part}").unlink(missing_ok=True)
    fresh.rename(path)


def in_full(path: Path) -> None:
    """Undo `0018_brief`: what versions tell is packed as it stands in their records."""
    with closing(connect(path, write=True)) as connection, bulk_txn(connection):
        brief, full = Told(connection), dict[int, bytes]()
        for record, base in connection.execute("SELECT record, base FROM told ORDER BY record").fetchall():
            packed = brief.brief(record)
            assert packed is not None
            full[record] = lengthen(packed)
            texts = [Bodies(connection).plain(text) for (text,) in connection.execute(_TEXTS, (record,))]
            data = pack(full[record], b"".join((full.get(base, b""), *texts)))
            connection.execute("UPDATE told SET data = ? WHERE record = ?", (data, record))
        connection.execute("CREATE INDEX passages_version ON passages (version)")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name >= '0018_brief'")


_TEXTS = """
SELECT other.document FROM versions AS one
JOIN versions AS other ON other.source_id = one.source_id AND other.number BETWEEN one.number - 1 AND one.number
WHERE one.record = ? ORDER BY other.number
"""
