"""From facts, changes and passages in full to the compact form: part of migrations, so this file is never edited.

A fact had a row in every version that states it; now it has one for as long as it stands, and its words are packed upon
the text that they were taken from, as are those of a change and a passage. What the records of the chain say stays the
same to the byte, and so do their digests.
"""

from __future__ import annotations

import sqlite3

from storage.folded import Folds, document_to_fold_upon
from storage.places import ROOM, kept, placed

# A fact once for as long as it stands, the words of facts and changes packed upon the document that they were taken
# from; and no index that only costs room: sources are the way to their facts and changes, and a link is looked for by
# reading the chain.
COMPACT = """
DROP INDEX changes_source;
CREATE TABLE linked (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    capture INTEGER UNIQUE,
    source_id TEXT,
    version INTEGER,
    body TEXT,
    digest TEXT NOT NULL,
    link TEXT NOT NULL,
    UNIQUE (source_id, version)
) STRICT;
INSERT INTO linked (seq, kind, capture, source_id, version, body, digest, link)
SELECT seq, kind, capture, source_id, version, body, digest, link FROM records;
DROP TABLE records;
ALTER TABLE linked RENAME TO records;
CREATE INDEX records_own ON records (kind) WHERE body IS NOT NULL;
ALTER TABLE facts RENAME TO loose;
DROP INDEX facts_type;
CREATE TABLE facts (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    since INTEGER NOT NULL,
    until INTEGER,
    place INTEGER NOT NULL,
    type TEXT NOT NULL,
    fields TEXT NOT NULL,
    upon INTEGER REFERENCES blobs (id),
    said BLOB NOT NULL
) STRICT;
CREATE INDEX facts_source ON facts (source_id, since);
CREATE INDEX facts_standing ON facts (source_id) WHERE until IS NULL;
ALTER TABLE changes ADD COLUMN upon INTEGER REFERENCES blobs (id);
ALTER TABLE changes ADD COLUMN told BLOB NOT NULL DEFAULT x''
"""

COMPACTED = """
DROP TABLE loose;
ALTER TABLE changes DROP COLUMN section;
ALTER TABLE changes DROP COLUMN before;
ALTER TABLE changes DROP COLUMN after;
ALTER TABLE changes DROP COLUMN spans;
ALTER TABLE changes DROP COLUMN facts;
ALTER TABLE changes DROP COLUMN rules
"""

# The index holds words and places alone; what stands there is unpacked where it is shown.
PASSAGES = """
DROP INDEX facts_standing;
ALTER TABLE passages ADD COLUMN upon INTEGER REFERENCES blobs (id);
ALTER TABLE passages ADD COLUMN said BLOB NOT NULL DEFAULT x'';
DROP TABLE passages_fts;
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    text, content = '', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO passages_fts (rowid, text) SELECT id, text FROM passages
"""

PASSAGES_PACKED = """
ALTER TABLE passages DROP COLUMN section;
ALTER TABLE passages DROP COLUMN text
"""

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
