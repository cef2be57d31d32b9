"""Time stamps of the chain in the PostgreSQL store, each row with the digest that it has in the SQLite store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from storage.codec import instant, moment
from storage.errors import UsageError
from storage.model import Stamp
from storage.postgres.session import Session

_COLUMNS = "seq, head, authority, asked_at, at, token, error"
_EVERY = f"""
SELECT {_COLUMNS} FROM stamps
WHERE token IS NULL OR id IN (SELECT id FROM stamps WHERE token IS NOT NULL ORDER BY id DESC LIMIT ?)
ORDER BY token IS NULL, id
"""  # noqa: S608 - of a text that stands above
_JUDGED = f"SELECT {_COLUMNS}, digest, (SELECT link FROM records WHERE seq = stamps.seq) FROM stamps ORDER BY id"  # noqa: S608 - of the same


def every(session: Session, limit: int | None = None) -> list[Stamp]:
    """All stamps, or the newest `limit`, oldest first, and an attempt that failed last."""
    rows = session.execute(_EVERY, (limit,))
    return [
        Stamp(seq, head, authority, moment(asked_at), moment(at) if at else None, token, error)
        for seq, head, authority, asked_at, at, token, error in rows
    ]


def add(session: Session, stamp: Stamp) -> None:
    """Write a stamp, in the place of attempts that failed. Raises UsageError for one of another chain."""
    with session.writing():
        found = session.execute("SELECT link FROM records WHERE seq = ?", (stamp.seq,)).fetchone()
        if found is None or found[0] != stamp.head:
            raise UsageError(
                f"time stamp of record {stamp.seq}: {stamp.head[:80]} is not its link; nothing was written"
            )
        session.execute("DELETE FROM stamps WHERE token IS NULL")
        at = instant(stamp.at) if stamp.at else None
        row = (stamp.seq, stamp.head, stamp.authority, instant(stamp.asked_at), at, stamp.token, stamp.error)
        session.insert("stamps", f"{_COLUMNS}, digest", [(*row, _digest(row))])


def faults(session: Session) -> Iterator[str]:
    """The stamps that are not of this chain, or not as they were written."""
    for *row, digest, link in session.execute(_JUDGED):
        if row[1] != link:
            yield f"time stamp of record {row[0]}: not of this chain"
        elif _digest(row) != digest:
            yield f"time stamp of record {row[0]}: not as it was written"


def _digest(row: Sequence[object]) -> str:
    return hashlib.sha256("\n".join(map(repr, row)).encode()).hexdigest()
