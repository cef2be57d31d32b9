"""A copy of a database as it stands at one moment, made while others use it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import StoreError
from storage.sqlite.session import told

# Pages copied at a time, so that a writer is not kept waiting for the whole of a large store.
_PAGES = 4096


def copy_database(source: sqlite3.Connection, target: Path) -> None:
    """Copy what a connection sees, journal included, into the new file `target` (mode 0600), durable on return.

    Raises StoreError when the file is there already or cannot be written; a half copy is taken away.
    """
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise StoreError(f"{target}: cannot be made ({error.strerror}); give another place") from error
    try:
        with told(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, which needs nothing beside it
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
