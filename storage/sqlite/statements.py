"""What versions state, each fact once for as long as it stands.

A row is a fact with the versions `since` to `until` (empty while it stands) in which it stood, in the same words and
under the same headings. `place` orders the facts that stand together as the text has them; numbers are left between
two, so that a new fact finds room without moving the others. Quote and headings are packed (`storage.folded`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from storage.folded import Folds
from storage.places import ROOM, kept, placed

STANDING = """
SELECT id, place, type, fields, upon, said FROM facts WHERE source_id = ? AND until IS NULL ORDER BY place
"""
_THEN = "FROM facts WHERE source_id = ?1 AND since <= ?2 AND (until IS NULL OR until >= ?2) ORDER BY place"
_OF_VERSION = f"SELECT type, fields, upon, said {_THEN}"
ROWS_OF_VERSION = f"SELECT id {_THEN}"
ONE = "SELECT type, fields, upon, said FROM facts WHERE id = ?"
# Type, fields, quote and section as text: what a fact is.
Said = tuple[Any, ...]


def state(
    connection: sqlite3.Connection, source_id: str, number: int, now: Sequence[Said], *, upon: int | None, folds: Folds
) -> None:
    """Write what a new version states: what it states no longer ends with the version before."""
    standing = connection.execute(STANDING, (source_id,)).fetchall()
    before: list[Said] = [(kind, fields, *folds.unfold(key, said, 2)) for _, _, kind, fields, key, said in standing]
    pairs = kept(before, now)
    places = placed([one[1] for one in standing], pairs, len(now))
    if places is None:  # no room between two: all begin anew
        pairs, places = [], [(place + 1) * ROOM for place in range(len(now))]
    stays, known = {old for old, _ in pairs}, {new for _, new in pairs}
    connection.executemany(
        "UPDATE facts SET until = ? WHERE id = ?",
        [(number - 1, one[0]) for old, one in enumerate(standing) if old not in stays],
    )
    connection.executemany(
        "INSERT INTO facts (source_id, since, place, type, fields, upon, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (source_id, number, place, *one[:2], upon, folds.fold(upon, one[2:]))
            for new, (place, one) in enumerate(zip(places, now, strict=True))
            if new not in known
        ],
    )


def stated(connection: sqlite3.Connection, source_id: str, number: int, folds: Folds) -> Iterator[Said]:
    """The facts of a version in the order of its text."""
    for kind, fields, upon, said in connection.execute(_OF_VERSION, (source_id, number)):
        yield (kind, fields, *folds.unfold(upon, said, 2))
