"""The store on SQLite: one file, one writing process, any number of readers."""

from __future__ import annotations

from storage.sqlite.session import connect, told, write_txn
from storage.sqlite.sources import end_leases
from storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "connect", "end_leases", "told", "write_txn"]
