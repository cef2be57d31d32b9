"""Take out all that the store knows of a source; the chain holds on without it."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from storage.errors import UsageError
from storage.sqlite import chain, passages, raw, room
from storage.sqlite.session import bulk_txn

# In an order in which nothing refers to what is gone already; `?` is the source.
_OF_VERSIONS = "(SELECT record FROM versions WHERE source_id = ?)"
_DELETED = (
    "DELETE FROM deliveries WHERE alert_key IN (SELECT key FROM alerts WHERE source_id = ?)",
    "DELETE FROM deliveries WHERE alert_key IN (SELECT key FROM notices WHERE source_id = ?)",
    "DELETE FROM notices WHERE source_id = ?",
    "DELETE FROM alerts WHERE source_id = ?",
    "DELETE FROM deadlines WHERE source_id = ?",
    "DELETE FROM reviews WHERE source_id = ?",
    f"DELETE FROM change_topics WHERE version IN {_OF_VERSIONS}",  # noqa: S608 - of a text that stands above
    f"DELETE FROM changes WHERE version IN {_OF_VERSIONS}",  # noqa: S608 - of a text that stands above
    f"DELETE FROM told WHERE record IN {_OF_VERSIONS}",  # noqa: S608 - of a text that stands above
    "DELETE FROM standing WHERE source_id = ?",
    "DELETE FROM versions WHERE source_id = ?",
    "DELETE FROM captures WHERE source_id = ?",
    "DELETE FROM pages WHERE source_id = ?",
    "DELETE FROM ledger WHERE source_id = ?",
)
_RECORDS = """
SELECT record FROM versions WHERE source_id = ?1 UNION ALL SELECT record FROM captures WHERE source_id = ?1
UNION ALL SELECT record FROM reviews WHERE source_id = ?1 ORDER BY 1
"""
# Bodies that nothing refers to any more.
_LEFT = """
SELECT id FROM bodies
WHERE id NOT IN (SELECT body FROM captures) AND id NOT IN (SELECT document FROM versions)
    AND id NOT IN (SELECT page.value FROM versions, json_each(versions.captures) AS page)
"""


def forget(connection: sqlite3.Connection, source_id: str, now: datetime, reason: str) -> int:
    """Take a source out with its history; how many records lose their content by it. Raises UsageError.

    Everything goes in one transaction, and what is deleted is overwritten in the file. The digests of its records stay,
    and a new record says when and why.
    """
    row = connection.execute("SELECT active FROM sources WHERE id = ?", (source_id,)).fetchone()
    if row is None:
        raise UsageError(f"{source_id}: the store knows no such source (clausewatch status)")
    if row[0]:
        raise UsageError(f"{source_id}: is still watched; take it out of the configuration first")
    connection.execute("PRAGMA secure_delete = ON")
    with bulk_txn(connection):
        seqs = [seq for (seq,) in connection.execute(_RECORDS, (source_id,))]
        connection.execute("UPDATE sources SET ledger = NULL WHERE id = ?", (source_id,))
        passages.forget(connection, source_id)
        for statement in _DELETED:
            connection.execute(statement, (source_id,))
        connection.execute("DELETE FROM sources WHERE id = ?", (source_id,))
        left = [number for (number,) in connection.execute(_LEFT)]
        raw.let_go(connection, left)
        connection.execute("DELETE FROM bodies WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(left),))
        chain.add_forgotten(connection, source_id, now, reason, seqs)
    room.give_back(connection)
    # The journal holds the old pages until it is cut back.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(seqs)
