"""What the tests of the store share: the databases that it may lie in."""

from __future__ import annotations

from postgres_database import location, postgres_server, postgres_store, postgres_tables

__all__ = ["location", "postgres_server", "postgres_store", "postgres_tables"]
