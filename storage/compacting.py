"""From facts, changes and passages in full to the compact form: part of migrations, so this file is never edited.

A fact had a row in every version that states it; now it has one for as long as it stands, and its words are packed upon
the text that they were taken from, as are those of a change and a passage. What the records of the chain say stays the
same to the byte, and so do their digests.
"""

from __future__ import annotations

import sqlite3

from storage.folded import Folds, document_to_fold_upon
from storage.places import ROOM, kept, placed

_VERSIONS = "SELECT number, document FROM versions WHERE source_id = ? ORDER BY number"
_FACTS = "SELECT type, fields, quote, section FROM loose WHERE source_id = ? AND version = ? ORDER BY position"
_CHANGES = "SELECT id, section, before, after, spans, facts, rules FROM changes WHERE source_id = ? AND version = ?"


def compact(connection: sqlite3.Connection) -> None:
    """Fill `facts` from `loose`, and pack the words of `changes` into `told`."""
    folds = Folds(connection)
    for (source_id,) in connection.execute("SELECT id FROM sources ORDER BY id").fetchall():
        standing: list[tuple[int, int, tuple[str, ...]]] = []
        for number, document in connection.execute(_VERSIONS, (source_id,)).fetchall():
            upon = document_to_fold_upon(connection, document)
            standing = _facts(connection, source_id, number, standing, upon=upon, folds=folds)
            for row, *words in connection.execute(_CHANGES, (source_id, number)).fetchall():
                connection.execute(
                    "UPDATE changes SET upon = ?, told = ? WHERE id = ?", (upon, folds.fold(upon, words), row)
                )


def pack_passages(connection: sqlite3.Connection) -> None:
    """Pack the words of `passages` into `said`."""
    folds = Folds(connection)
    keys: dict[tuple[str, int], int | None] = {}
    for source_id, number, document in connection.execute("SELECT source_id, number, document FROM versions"):
        keys[source_id, number] = document_to_fold_upon(connection, document)
    # By source, for those of one share dictionaries; one at a time, for there may be millions.
    for (row,) in connection.execute("SELECT id FROM passages ORDER BY source_id, id").fetchall():
        (source_id, since, *words) = connection.execute(
            "SELECT source_id, since, section, text FROM passages WHERE id = ?", (row,)
        ).fetchone()
        upon = keys.get((source_id, since))
        connection.execute("UPDATE passages SET upon = ?, said = ? WHERE id = ?", (upon, folds.fold(upon, words), row))


def _facts(
    connection: sqlite3.Connection,
    source_id: str,
    number: int,
    standing: list[tuple[int, int, tuple[str, ...]]],
    *,
    upon: int | None,
    folds: Folds,
) -> list[tuple[int, int, tuple[str, ...]]]:
    """Write what one version states; the facts that stand from it on, as row, place and words."""
    now = [tuple(row) for row in connection.execute(_FACTS, (source_id, number))]
    pairs = kept([one[2] for one in standing], now)
    places = placed([one[1] for one in standing], pairs, len(now))
    if places is None:
        pairs, places = [], [(place + 1) * ROOM for place in range(len(now))]
    rows = {new: standing[old][0] for old, new in pairs}
    stays = set(rows.values())
    for row, _, _ in standing:
        if row not in stays:
            connection.execute("UPDATE facts SET until = ? WHERE id = ?", (number - 1, row))
    for new, (place, one) in enumerate(zip(places, now, strict=True)):
        if new not in rows:
            cursor = connection.execute(
                "INSERT INTO facts (source_id, since, place, type, fields, upon, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (source_id, number, place, *one[:2], upon, folds.fold(upon, one[2:])),
            )
            rows[new] = cursor.lastrowid or 0
    return [(rows[new], place, one) for new, (place, one) in enumerate(zip(places, now, strict=True))]
