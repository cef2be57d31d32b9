"""Full text: every passage once with the versions in which it stood, and where its words are.

The index holds words and places alone. The passages themselves are packed upon the document that they were taken from
(`storage.folded`) and unpacked where they are shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from storage.codec import clean, dump, load
from storage.folded import Folds
from storage.model import Block, SearchHit

TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
_STANDING = "SELECT id, upon, said FROM passages WHERE source_id = ? AND until IS NULL"
# Words of context in an excerpt.
EXCERPT = 24
# More words than this do not make a query finer, and the index takes no expression of any depth.
QUERY_WORDS = 64
# To rank one takes a microsecond. Of a word that is everywhere the newest so many are ranked, which is what one looks
# for by such a word, if anything.
RANKED = 10_000
# The index marks with control characters, which no normalised text holds; a page's own brackets must not look marked.
MARKS = str.maketrans({"\u27e6": "[", "\u27e7": "]", "\x02": "\u27e6", "\x03": "\u27e7"})


def follow(
    connection: sqlite3.Connection,
    source_id: str,
    number: int,
    blocks: Sequence[Block],
    *,
    upon: int | None,
    folds: Folds,
) -> None:
    """Keep the index in step with a new version: passages that appear begin, those that vanish end, the rest stays."""
    standing = {
        folds.unfold(key, said, 2)[1]: row for row, key, said in connection.execute(_STANDING, (source_id,)).fetchall()
    }
    current = {clean(block.text): block for block in reversed(blocks)}
    connection.executemany(
        "UPDATE passages SET until = ? WHERE id = ?",
        [(number - 1, row) for text, row in standing.items() if text not in current],
    )
    for text in dict.fromkeys(clean(block.text) for block in blocks):
        if text not in standing:
            said = folds.fold(upon, (dump(current[text].path, tuple[str, ...]), text))
            cursor = connection.execute(
                "INSERT INTO passages (source_id, since, upon, said) VALUES (?, ?, ?, ?)",
                (source_id, number, upon, said),
            )
            connection.execute("INSERT INTO passages_fts (rowid, text) VALUES (?, ?)", (cursor.lastrowid, text))


def forget(connection: sqlite3.Connection, source_id: str) -> None:
    """Take the passages of a source out of the index and the store."""
    folds = Folds(connection)
    rows = connection.execute("SELECT id, upon, said FROM passages WHERE source_id = ?", (source_id,)).fetchall()
    # The index does not know what it was given; it must be told again to take it out.
    connection.executemany(
        "INSERT INTO passages_fts (passages_fts, rowid, text) VALUES ('delete', ?, ?)",
        [(row, folds.unfold(upon, said, 2)[1]) for row, upon, said in rows],
    )
    connection.execute("DELETE FROM passages WHERE source_id = ?", (source_id,))


def in_full(connection: sqlite3.Connection) -> Iterator[tuple[int, str, int, int | None, str, str]]:
    """Every passage: number, source, first and last version, headings above as JSON, and its words."""
    folds = Folds(connection)
    rows = connection.execute("SELECT id, source_id, since, until, upon, said FROM passages ORDER BY source_id, id")
    for row, source_id, since, until, upon, said in rows:
        section, text = folds.unfold(upon, said, 2)
        yield row, source_id, since, until, section, text


def search(connection: sqlite3.Connection, query: str, limit: int) -> list[SearchHit]:
    """Passages that hold all words of a query, best first; of very many the best of the newest.

    Every word is quoted: no text is an operator.
    """
    words = list(dict.fromkeys(query.replace("\0", " ").split()))[:QUERY_WORDS]
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    if not quoted:
        return []
    beyond = connection.execute(
        "SELECT rowid FROM passages_fts WHERE passages_fts MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
        (quoted, RANKED),
    ).fetchone()
    rows = connection.execute(
        """
        SELECT passages.id, passages.source_id, sources.vendor, since, until, upon, said
        FROM (
            SELECT rowid AS id, rank AS score FROM passages_fts
            WHERE passages_fts MATCH ? AND rowid > ? ORDER BY rank LIMIT ?
        ) AS hits
        CROSS JOIN passages ON passages.id = hits.id
        CROSS JOIN sources ON sources.id = passages.source_id
        ORDER BY hits.score, passages.source_id, since DESC, hits.id
        """,
        (quoted, beyond[0] if beyond else 0, max(limit, 0)),
    ).fetchall()
    folds = Folds(connection)
    found = {row[0]: folds.unfold(row[5], row[6], 2) for row in rows}
    excerpts = _excerpts({row: text for row, (_, text) in found.items()}, quoted)
    return [
        SearchHit(key, vendor, since, until, load(tuple[str, ...], found[row][0]), found[row][1], excerpts[row])
        for row, key, vendor, since, until, _, _ in rows
    ]


def _excerpts(texts: dict[int, str], quoted: str) -> dict[int, str]:
    """The part of each passage that was found, marked by the same index, over these few alone."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(f"CREATE VIRTUAL TABLE found USING fts5 (text, {TOKENS})")
        index.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", texts.items())
        rows = index.execute(
            "SELECT rowid, snippet(found, 0, char(2), char(3), '…', ?) FROM found WHERE found MATCH ?",
            (EXCERPT, quoted),
        )
        return {row: snippet.translate(MARKS) for row, snippet in rows}
