"""Origins in the SQLite store: their robots.txt, and until when they are left alone."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from datetime import timedelta

from storage.codec import clean, from_row, instant, row
from storage.model import HostState
from storage.sqlite.session import write_txn

KEPT = timedelta(days=60)
COLUMNS = "origin, robots, rules, robots_at, unreachable_since, reason, detail, lasting, hold_until, refusals"
RULES = 2  # the place of `rules` among them


def states(connection: sqlite3.Connection, origins: Sequence[str] | None) -> list[HostState]:
    """What is known of these origins, or of all, by origin."""
    wanted = "" if origins is None else "WHERE origin IN (SELECT value FROM json_each(?))"
    asked = () if origins is None else (json.dumps([clean(origin) for origin in origins]),)
    rows = connection.execute(f"SELECT {COLUMNS} FROM hosts {wanted} ORDER BY origin", asked)  # noqa: S608 - constants
    found = []
    for values in rows:
        packed = values[RULES]
        rules = None if packed is None else zlib.decompress(packed).decode()
        found.append(from_row(HostState, (*values[:RULES], rules, *values[RULES + 1 :])))
    return found


def keep(connection: sqlite3.Connection, known: Sequence[HostState]) -> None:
    """Write what is known of these origins; a file of half a megabyte is kept as a few kilobytes."""
    rows = []
    for state in known:
        values = row(state)
        packed = None if state.rules is None else zlib.compress(clean(state.rules).encode(), 6)
        rows.append((*values[:RULES], packed, *values[RULES + 1 :]))
    newest = max((state.robots_at for state in known if state.robots_at), default=None)
    with write_txn(connection):
        connection.executemany("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        if newest is not None:
            connection.execute("DELETE FROM hosts WHERE robots_at < ?", (instant(newest - KEPT),))
