"""Counts of changes, and the record of one version: from indexes alone, whatever the size of the history."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.codec import of_ticks, ticks
from storage.model import Tally, TallyBy
from storage.records import Record
from storage.sqlite import chain, counts

# How an answer is grouped; a moment is microseconds since 1970, and so a day of this many.
_DAY = 86_400_000_000
_BY_DAY = f"""
SELECT seen_after / {_DAY} - (seen_after % {_DAY} < 0) AS key, counts, max(seen_after), count(*) FROM changes
WHERE seen_after >= ? GROUP BY key, counts
"""  # noqa: S608 - of a number
_BY_SOURCE = """
SELECT versions.source_id AS key, counts, max(seen_after), count(*) FROM changes
CROSS JOIN versions ON versions.record = changes.version
WHERE seen_after >= ? GROUP BY key, counts
"""
# Before all history.
_EVER = -(2**62)


def tally(connection: sqlite3.Connection, by: TallyBy, since: datetime | None) -> list[Tally]:
    """Counts by key, then gravest first."""
    rows = connection.execute(
        _BY_DAY if by is TallyBy.DAY else _BY_SOURCE, (ticks(since) if since else _EVER,)
    ).fetchall()
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for key, packed, last, times in rows:
        name = of_ticks(key * _DAY).date().isoformat() if by is TallyBy.DAY else str(key)
        for rank, count in enumerate(counts.unpacked(packed)):
            if count:
                known, latest = sums.get((name, rank), (0, last))
                sums[name, rank] = (known + count * times, max(latest, last))
    return [
        Tally(key, counts.SEVERITIES[rank], count, of_ticks(last))
        for (key, rank), (count, last) in sorted(sums.items(), key=lambda one: (one[0][0], -one[0][1]))
    ]


def record(connection: sqlite3.Connection, source_id: str, number: int) -> Record | None:
    """The record of the chain that one version is, with its text; None when there is no such version."""
    found = connection.execute(
        "SELECT record FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    return next(chain.records(connection, source_id, found[0])) if found else None
