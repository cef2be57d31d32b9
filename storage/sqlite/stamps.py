"""Time stamps of the chain. They stand beside it: what signs a link cannot be part of it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence

from storage.codec import instant, moment
from storage.errors import UsageError
from storage.model import Stamp
from storage.sqlite.session import write_txn

_COLUMNS = "seq, head, authority, asked_at, at, token, error"
_EVERY = f"""
SELECT {_COLUMNS} FROM stamps
WHERE token IS NULL OR id IN (SELECT id FROM stamps WHERE token IS NOT NULL ORDER BY id DESC LIMIT ?)
ORDER BY token IS NULL, id
"""  # noqa: S608 - of a text that stands above
_JUDGED = (
    f"SELECT {_COLUMNS}, digest, (SELECT lower(hex(link)) FROM records WHERE seq = stamps.seq) FROM stamps ORDER BY id"  # noqa: S608 - of the same
)


def every(connection: sqlite3.Connection, limit: int | None = None) -> list[Stamp]:
    """All stamps, or the newest `limit`, oldest first, and an attempt that failed last."""
    rows = connection.execute(_EVERY, (-1 if limit is None else max(limit, 0),))
    return [
        Stamp(seq, head, authority, moment(asked_at), moment(at) if at else None, token, error)
        for seq, head, authority, asked_at, at, token, error in rows
    ]


def add(connection: sqlite3.Connection, stamp: Stamp) -> None:
    """Write a stamp, in the place of attempts that failed. Raises UsageError for one of another chain."""
    with write_txn(connection):
        found = connection.execute("SELECT lower(hex(link)) FROM records WHERE seq = ?", (stamp.seq,)).fetchone()
        if found is None or found[0] != stamp.head:
            raise UsageError(
                f"time stamp of record {stamp.seq}: {stamp.head[:80]} is not its link; nothing was written"
            )
        connection.execute("DELETE FROM stamps WHERE token IS NULL")
        at = instant(stamp.at) if stamp.at else None
        row = (stamp.seq, stamp.head, stamp.authority, instant(stamp.asked_at), at, stamp.token, stamp.error)
        connection.execute(
            """
            INSERT INTO stamps (seq, head, authority, asked_at, at, token, error, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (*row, _digest(row)),
        )


def faults(connection: sqlite3.Connection) -> Iterator[str]:
    """The stamps that are not of this chain, or not as they were written."""
    for *row, digest, link in connection.execute(_JUDGED):
        if row[1] != link:
            yield f"time stamp of record {row[0]}: not of this chain"
        elif _digest(row) != digest:
            yield f"time stamp of record {row[0]}: not as it was written"


def _digest(row: Sequence[object]) -> str:
    return hashlib.sha256("\n".join(map(repr, row)).encode()).hexdigest()
