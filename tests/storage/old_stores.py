"""Stores as earlier programs wrote them, made from one of today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import schema
from storage.copying import COMPACTS, InFull, fill
from storage.sqlite import connect
from storage.sqlite.session import bulk_txn


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
