"""The bridge to the SQL that is the same in both stores, which is written once, in `storage.sqlite`.

The chain of evidence above all: one piece of code writes and checks it, whatever the database.
"""

from __future__ import annotations

import sqlite3
from typing import cast

from storage.postgres.session import Session


def portable(session: Session) -> sqlite3.Connection:
    """The session for those modules: they call `execute` and `executemany`, with `?` for values, and no more."""
    return cast("sqlite3.Connection", session)
