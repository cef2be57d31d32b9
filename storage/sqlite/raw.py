"""Letting go of the bytes of raw pages. Their records stay, and a further record says that it was done on purpose."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from storage import blobs
from storage.codec import moment
from storage.errors import UsageError
from storage.model import RawPage
from storage.sqlite import chain
from storage.sqlite.session import bulk_txn

# The pages that the latest version of each source was read from.
_LATEST = """
SELECT page.value FROM sources
JOIN versions ON versions.source_id = sources.id AND versions.number = sources.version
JOIN json_each(versions.captures) AS page
"""
_PAGES = f"""
SELECT captures.sha256, length(blobs.data), max(captures.fetched_at) AS last_at,
    json_group_array(DISTINCT captures.source_id), captures.sha256 IN ({_LATEST})
FROM captures JOIN blobs ON blobs.sha256 = captures.sha256
WHERE captures.sha256 NOT IN (SELECT document FROM versions)
GROUP BY captures.sha256 ORDER BY last_at, captures.sha256
"""  # noqa: S608 - of a text that stands above
_SOURCES = """
SELECT DISTINCT captures.source_id, captures.sha256
FROM json_each(?) AS asked
JOIN captures ON captures.sha256 = asked.value
JOIN blobs ON blobs.sha256 = captures.sha256
WHERE captures.sha256 NOT IN (SELECT document FROM versions)
ORDER BY captures.source_id, captures.sha256
"""


def pages(connection: sqlite3.Connection) -> list[RawPage]:
    """The raw pages that are kept, the oldest first."""
    return [
        RawPage(sha256, size, moment(last_at), tuple(sorted(json.loads(sources))), bool(latest))
        for sha256, size, last_at, sources, latest in connection.execute(_PAGES)
    ]


def drop(connection: sqlite3.Connection, wanted: Sequence[str], now: datetime, reason: str) -> int:
    """Let go of pages with a record for each source; the bytes that it gives back. Raises UsageError."""
    with bulk_txn(connection):
        latest = {sha256 for (sha256,) in connection.execute(_LATEST)}
        needed = next((sha256 for sha256 in wanted if sha256 in latest), None)
        if needed is not None:
            raise UsageError(f"page {needed}: the latest version of a source was read from it; nothing was dropped")
        of_source: dict[str, list[str]] = {}
        for source_id, sha256 in connection.execute(_SOURCES, (json.dumps(list(wanted)),)):
            of_source.setdefault(source_id, []).append(sha256)
        for source_id, theirs in of_source.items():
            chain.add_dropped(connection, source_id, now, reason, theirs)
        return let_go(connection, sorted({sha256 for theirs in of_source.values() for sha256 in theirs}))


def let_go(connection: sqlite3.Connection, left: Sequence[str]) -> int:
    """Delete these bodies; those that stand upon one are packed anew first. How many bytes that gives back."""
    gone = json.dumps(list(left))
    upon = connection.execute(
        """
        SELECT sha256 FROM blobs WHERE base IN (SELECT value FROM json_each(?))
            AND sha256 NOT IN (SELECT value FROM json_each(?))
        """,
        (gone, gone),
    ).fetchall()
    size = "SELECT coalesce(sum(length(data)), 0) FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))"
    touched = json.dumps([*left, *(sha256 for (sha256,) in upon)])
    (before,) = connection.execute(size, (touched,)).fetchone()
    for (sha256,) in upon:
        blobs.stand_alone(connection, sha256)
    connection.execute("UPDATE blobs SET base = NULL WHERE sha256 IN (SELECT value FROM json_each(?))", (gone,))
    connection.execute("DELETE FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))", (gone,))
    (after,) = connection.execute(size, (touched,)).fetchone()
    return int(before - after)
