"""The bridge to `storage.blobs`, whose SQL is the same in both stores."""

from __future__ import annotations

import sqlite3
from typing import cast

from storage.postgres.session import Session


def portable(session: Session) -> sqlite3.Connection:
    """The session for that module: it calls `execute` with `?` for values, and no more."""
    return cast("sqlite3.Connection", session)
