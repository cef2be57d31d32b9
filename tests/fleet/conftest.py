"""What the tests of many workers share: a PostgreSQL."""

from __future__ import annotations

from postgres_database import postgres_server, postgres_store, postgres_tables

__all__ = ["postgres_server", "postgres_store", "postgres_tables"]
