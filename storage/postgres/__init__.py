"""The store on PostgreSQL: many machines, each with any number of writing processes (docs/decisions/0021-postgres.md).

Imported only where a store is opened by an address; its packages come with the extra `server`.
"""

from __future__ import annotations

from storage.postgres.schema import apply, upgrade
from storage.postgres.session import Session
from storage.postgres.store import PostgresStore, open_postgres

__all__ = ["PostgresStore", "Session", "apply", "open_postgres", "upgrade"]
