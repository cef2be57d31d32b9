"""Time stamps of the chain. They stand beside it: what signs a link cannot be part of it."""

from __future__ import annotations

import sqlite3

from storage.codec import instant, moment
from storage.errors import UsageError
from storage.model import Stamp
from storage.sqlite.session import write_txn


def every(connection: sqlite3.Connection) -> list[Stamp]:
    """All stamps, oldest first, an attempt that failed last."""
    rows = connection.execute(
        "SELECT seq, head, authority, asked_at, at, token, error FROM stamps ORDER BY token IS NULL, id"
    )
    return [
        Stamp(seq, head, authority, moment(asked_at), moment(at) if at else None, token, error)
        for seq, head, authority, asked_at, at, token, error in rows
    ]


def add(connection: sqlite3.Connection, stamp: Stamp) -> None:
    """Write a stamp, in the place of attempts that failed. Raises UsageError for one of another chain."""
    with write_txn(connection):
        found = connection.execute("SELECT link FROM records WHERE seq = ?", (stamp.seq,)).fetchone()
        if found is None or found[0] != stamp.head:
            raise UsageError(
                f"time stamp of record {stamp.seq}: {stamp.head[:80]} is not its link; nothing was written"
            )
        connection.execute("DELETE FROM stamps WHERE token IS NULL")
        at = instant(stamp.at) if stamp.at else None
        connection.execute(
            "INSERT INTO stamps (seq, head, authority, asked_at, at, token, error) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (stamp.seq, stamp.head, stamp.authority, instant(stamp.asked_at), at, stamp.token, stamp.error),
        )
