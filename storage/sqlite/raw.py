"""Letting go of the bytes of raw pages. Their records stay, and a further record says that it was done on purpose."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from storage.codec import of_ticks
from storage.errors import UsageError
from storage.model import RawPage
from storage.sqlite import chain, room
from storage.sqlite.bodies import Bodies
from storage.sqlite.rows import HASH
from storage.sqlite.session import bulk_txn

# The pages that the latest version of each source was read from.
_LATEST = """
SELECT page.value FROM sources
JOIN versions ON versions.source_id = sources.id AND versions.number = sources.version
JOIN json_each(versions.captures) AS page
"""
_PAGES = f"""
SELECT lower(hex(bodies.sha256)) AS name, length(bodies.data), max(captures.fetched_at) AS last_at,
    json_group_array(DISTINCT captures.source_id), bodies.id IN ({_LATEST})
FROM captures JOIN bodies ON bodies.id = captures.body AND bodies.data IS NOT NULL
WHERE bodies.id NOT IN (SELECT document FROM versions)
GROUP BY bodies.id ORDER BY last_at, name
"""  # noqa: S608 - of a text that stands above
_SOURCES = """
SELECT DISTINCT captures.source_id, captures.body
FROM json_each(?) AS asked
JOIN captures ON captures.body = asked.value
JOIN bodies ON bodies.id = captures.body AND bodies.data IS NOT NULL
WHERE captures.body NOT IN (SELECT document FROM versions)
ORDER BY captures.source_id, bodies.sha256
"""


def pages(connection: sqlite3.Connection) -> list[RawPage]:
    """The raw pages that are kept, the oldest first."""
    return [
        RawPage(sha256, size, of_ticks(last_at), tuple(sorted(json.loads(sources))), bool(latest))
        for sha256, size, last_at, sources, latest in connection.execute(_PAGES)
    ]


def drop(connection: sqlite3.Connection, wanted: Sequence[str], now: datetime, reason: str) -> int:
    """Let go of pages with a record for each source; the bytes that it gives back. Raises UsageError."""
    with bulk_txn(connection):
        bodies = Bodies(connection)
        asked = {number: name for name in wanted if HASH.fullmatch(name) and (number := bodies.find(name)) is not None}
        needed = next((asked[number] for (number,) in connection.execute(_LATEST) if number in asked), None)
        if needed is not None:
            raise UsageError(f"page {needed}: the latest version of a source was read from it; nothing was dropped")
        of_source: dict[str, list[int]] = {}
        for source_id, number in connection.execute(_SOURCES, (json.dumps(list(asked)),)):
            of_source.setdefault(source_id, []).append(number)
        for source_id, theirs in of_source.items():
            chain.add_dropped(connection, source_id, now, reason, [asked[number] for number in theirs])
        freed = let_go(connection, sorted({number for theirs in of_source.values() for number in theirs}))
    room.give_back(connection)
    return freed


def let_go(connection: sqlite3.Connection, left: Sequence[int]) -> int:
    """Delete these bodies but for their names; those that stand upon one are packed anew first.

    How many bytes that gives back.
    """
    gone, bodies = json.dumps(list(left)), Bodies(connection)
    upon = connection.execute(
        """
        SELECT id FROM bodies WHERE id NOT IN (SELECT value FROM json_each(?1)) AND (
            base IN (SELECT value FROM json_each(?1)) OR beside IN (SELECT value FROM json_each(?1))
        ) ORDER BY id
        """,
        (gone,),
    ).fetchall()
    size = "SELECT coalesce(sum(length(data)), 0) FROM bodies WHERE id IN (SELECT value FROM json_each(?))"
    touched = json.dumps([*left, *(number for (number,) in upon)])
    (before,) = connection.execute(size, (touched,)).fetchone()
    for (number,) in upon:
        bodies.stand_alone(number, frozenset(left))
    connection.execute(
        """
        UPDATE bodies SET codec = 0, base = NULL, beside = NULL, depth = 0, data = NULL
        WHERE id IN (SELECT value FROM json_each(?))
        """,
        (gone,),
    )
    (after,) = connection.execute(size, (touched,)).fetchone()
    return int(before - after)
