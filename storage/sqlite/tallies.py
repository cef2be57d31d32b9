"""Counts of changes, and the record of one version: from indexes alone, whatever the size of the history."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.codec import instant, moment
from storage.model import Severity, Tally, TallyBy
from storage.records import Record
from storage.sqlite import chain

SEVERITIES = {severity.rank: severity for severity in Severity}
# A day is the start of a moment's fixed-width text.
BY = {TallyBy.DAY: "substr(seen_after, 1, 10)", TallyBy.SOURCE: "source_id"}


def tally(connection: sqlite3.Connection, by: TallyBy, since: datetime | None) -> list[Tally]:
    """Counts by key, then gravest first."""
    rows = connection.execute(
        f"""
        SELECT {BY[by]} AS key, rank, count(*), max(seen_after) FROM changes WHERE seen_after >= ?
        GROUP BY key, rank ORDER BY key, rank DESC
        """,  # noqa: S608 - of expressions that stand above
        (instant(since) if since else "",),
    )
    return [Tally(key, SEVERITIES[rank], count, moment(last)) for key, rank, count, last in rows]


def record(connection: sqlite3.Connection, source_id: str, number: int) -> Record | None:
    """The record of the chain that one version is, with its text; None when there is no such version."""
    found = connection.execute(
        "SELECT seq FROM records WHERE source_id = ? AND version = ?", (source_id, number)
    ).fetchone()
    return next(chain.records(connection, source_id, found[0])) if found else None
