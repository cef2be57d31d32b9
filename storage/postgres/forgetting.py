"""Take out all that the PostgreSQL store knows of a source; the chain holds on without it.

PostgreSQL does not overwrite what is deleted: it lies in the files of the server until `VACUUM` gives the room to
others, and in its journal and backups as long as these are kept. A VACUUM of the tables is asked for at the end.
"""

from __future__ import annotations

from datetime import datetime

from storage.errors import UsageError
from storage.postgres import chain
from storage.postgres.raw import let_go
from storage.postgres.session import Session

# In an order in which nothing refers to what is gone already; `?` is the source.
_DELETED = (
    "DELETE FROM passages WHERE source_id = ?",
    "DELETE FROM deliveries WHERE alert_key IN (SELECT key FROM alerts WHERE source_id = ?)",
    "DELETE FROM deliveries WHERE alert_key IN (SELECT key FROM notices WHERE source_id = ?)",
    "DELETE FROM notices WHERE source_id = ?",
    "DELETE FROM alerts WHERE source_id = ?",
    "DELETE FROM deadlines WHERE source_id = ?",
    "DELETE FROM reviews WHERE source_id = ?",
    "DELETE FROM change_topics WHERE change IN (SELECT id FROM changes WHERE source_id = ?)",
    "DELETE FROM changes WHERE source_id = ?",
    "DELETE FROM facts WHERE source_id = ?",
    "DELETE FROM versions WHERE source_id = ?",
    "DELETE FROM captures WHERE source_id = ?",
    "DELETE FROM pages WHERE source_id = ?",
    "DELETE FROM ledger WHERE source_id = ?",
    "DELETE FROM sources WHERE id = ?",
)
_RECORDS = """
SELECT seq FROM records
WHERE source_id = ? OR capture IN (SELECT id FROM captures WHERE source_id = ?)
    OR seq IN (SELECT record FROM reviews WHERE source_id = ?)
ORDER BY seq
"""
# Bodies that nothing refers to any more.
_LEFT = """
SELECT sha256 FROM blobs
WHERE NOT EXISTS (SELECT 1 FROM captures WHERE captures.sha256 = blobs.sha256)
    AND NOT EXISTS (SELECT 1 FROM versions WHERE versions.document = blobs.sha256)
"""
_TOUCHED = "passages, deliveries, notices, alerts, changes, facts, versions, captures, pages, ledger, sources, blobs"


def forget(session: Session, source_id: str, now: datetime, reason: str) -> int:
    """Take a source out with its history; how many records lose their content by it. Raises UsageError."""
    with session.writing():
        row = session.execute("SELECT active FROM sources WHERE id = ? FOR UPDATE", (source_id,)).fetchone()
        if row is None:
            raise UsageError(f"{source_id}: the store knows no such source (clausewatch status)")
        if row[0]:
            raise UsageError(f"{source_id}: is still watched; take it out of the configuration first")
        session.alone("records")
        seqs = [seq for (seq,) in session.execute(_RECORDS, (source_id,) * 3)]
        for statement in _DELETED:
            session.execute(statement, (source_id,))
        session.execute(
            "UPDATE records SET capture = NULL, source_id = NULL, version = NULL WHERE seq = ANY(?)", (seqs,)
        )
        let_go(session, [sha256 for (sha256,) in session.execute(_LEFT)])
        chain.add_forgotten(session, source_id, now, reason, seqs)
    session.execute(f"VACUUM {_TOUCHED}")
    return len(seqs)
