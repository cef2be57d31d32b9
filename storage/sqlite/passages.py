"""Full text: every passage once with the versions in which it stood, and where its words are.

The index holds words and the numbers of passages alone. The passages that a version brought have numbers in a row, in
the order of its text, so each is found again in that text. What ended stands in `gone`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from storage.codec import clean
from storage.errors import StoreError
from storage.model import SearchHit
from storage.sqlite.bodies import Bodies, pack, unpack

TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
INDEX = f"CREATE VIRTUAL TABLE passages_fts USING fts5 (text, content = '', detail = none, columnsize = 0, {TOKENS})"
# Words of context in an excerpt.
EXCERPT = 24
# More words than this do not make a query finer, and the index takes no expression of any depth.
QUERY_WORDS = 64
# Of the passages that hold all words the newest so many, and twice as many as are asked for, are read and ranked.
RANKED = 40
# So many are read to look for words that stand side by side, as those of "sub-processor" do.
READ = 2_000
# The index marks with control characters, which no normalised text holds; a page's own brackets must not look marked.
MARKS = str.maketrans({"\u27e6": "[", "\u27e7": "]", "\x02": "\u27e6", "\x03": "\u27e7"})


def follow(connection: sqlite3.Connection, source_id: str, number: int, record: int, bodies: Bodies) -> None:
    """Keep the index in step with a new version: passages that appear begin, those that vanish end, the rest stays."""
    standing = _standing(connection, source_id)
    before = dict(zip(_texts_of(connection, source_id, number - 1, bodies), standing, strict=False))
    texts = _texts_of(connection, source_id, number, bodies)
    current = set(texts)
    connection.executemany(
        "INSERT INTO gone (passage, until) VALUES (?, ?)",
        [(passage, number - 1) for text, passage in before.items() if text not in current],
    )
    brought = [text for text in texts if text not in before]
    (last,) = connection.execute("SELECT coalesce(max(first + count - 1), 0) FROM passages").fetchone()
    if brought:
        connection.execute(
            "INSERT INTO passages (first, count, version) VALUES (?, ?, ?)", (last + 1, len(brought), record)
        )
        connection.executemany(
            "INSERT INTO passages_fts (rowid, text) VALUES (?, ?)", enumerate(brought, start=last + 1)
        )
    numbers = {**before, **{text: passage for passage, text in enumerate(brought, start=last + 1)}}
    _stand(connection, source_id, [numbers[text] for text in texts])


def forget(connection: sqlite3.Connection, source_id: str) -> None:
    """Take the passages of a source out of the index and the store."""
    # The index does not know what it was given; it must be told again to take it out.
    for passage, _, _, _, _, text in in_full(connection, source_id):
        connection.execute(
            "INSERT INTO passages_fts (passages_fts, rowid, text) VALUES ('delete', ?, ?)", (passage, text)
        )
    # What is taken out is only gone from the file when the parts of the index are made one.
    connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")
    of_source = "SELECT record FROM versions WHERE source_id = ?"
    connection.execute(
        f"""
        DELETE FROM gone WHERE passage IN (
            SELECT gone.passage FROM passages JOIN gone ON gone.passage BETWEEN first AND first + count - 1
            WHERE passages.version IN ({of_source})
        )
        """,  # noqa: S608 - of a text that stands above
        (source_id,),
    )
    connection.execute(f"DELETE FROM passages WHERE version IN ({of_source})", (source_id,))  # noqa: S608 - likewise


def in_full(
    connection: sqlite3.Connection, source_id: str | None = None
) -> Iterator[tuple[int, str, int, int | None, str, str]]:
    """Every passage: number, source, first and last version, headings above as JSON, and its words."""
    reader = _Reader(connection)
    rows = connection.execute(
        """
        SELECT passages.first, passages.count FROM passages JOIN versions ON versions.record = passages.version
        WHERE ?1 IS NULL OR source_id = ?1 ORDER BY source_id, first
        """,
        (source_id,),
    ).fetchall()
    for first, count in rows:
        for passage in range(first, first + count):
            key, since, until, text, path = reader.read(passage)
            section = json.dumps(path, ensure_ascii=False, separators=(",", ":"))
            yield passage, key, since, until, section, text


def search(connection: sqlite3.Connection, query: str, limit: int) -> list[SearchHit]:
    """Passages that hold all words of a query, best first; of very many the best of the newest.

    Every word is quoted: no text is an operator.
    """
    words = list(dict.fromkeys(query.replace("\0", " ").split()))[:QUERY_WORDS]
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    terms = _terms(words)
    if not terms or limit <= 0:
        return []
    asked = " ".join(f'"{term}"' for term in terms)
    found = connection.execute(
        "SELECT rowid FROM passages_fts WHERE passages_fts MATCH ? ORDER BY rowid DESC LIMIT ?", (asked, READ)
    )
    reader = _Reader(connection)
    with closing(_Found(quoted)) as few:
        for (passage,) in found:
            few.add(passage, reader.read(passage)[3])
            if few.count >= max(RANKED, 2 * limit):
                break
        best = few.best(limit)
    vendors = dict(connection.execute("SELECT id, vendor FROM sources")) if best else {}
    hits = []
    for passage, score, excerpt in best:
        key, since, until, text, path = reader.read(passage)
        hit = SearchHit(key, vendors.get(key, ""), since, until, tuple(path), text, excerpt)
        hits.append(((score, key, -since, passage), hit))
    return [hit for _, hit in sorted(hits, key=lambda one: one[0])]


class _Found:
    """An index over a few passages: whether they hold the words side by side, how well, and marked."""

    def __init__(self, quoted: str) -> None:
        self._index = sqlite3.connect(":memory:")
        self._index.execute(f"CREATE VIRTUAL TABLE found USING fts5 (text, {TOKENS})")
        self._quoted = quoted
        self.count = 0

    def add(self, passage: int, text: str) -> None:
        """Take one in, or leave it out where it does not hold the words as they were asked for."""
        self._index.execute("INSERT INTO found (rowid, text) VALUES (?, ?)", (passage, text))
        self.count += self._index.execute(
            "SELECT count(*) FROM found WHERE found MATCH ? AND rowid = ?", (self._quoted, passage)
        ).fetchone()[0]

    def best(self, limit: int) -> list[tuple[int, float, str]]:
        """Number, score (lower is better) and excerpt of the best."""
        rows = self._index.execute(
            """
            SELECT rowid, rank, snippet(found, 0, char(2), char(3), '…', ?) FROM found WHERE found MATCH ?
            ORDER BY rank LIMIT ?
            """,
            (EXCERPT, self._quoted, limit),
        )
        return [(passage, score, excerpt.translate(MARKS)) for passage, score, excerpt in rows]

    def close(self) -> None:
        """Let go of it."""
        self._index.close()


class _Reader:
    """Finds passages by their numbers, and remembers the versions that it read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._bodies = Bodies(connection)
        self._brought: dict[int, tuple[str, int, list[tuple[str, list[str]]]]] = {}

    def read(self, passage: int) -> tuple[str, int, int | None, str, list[str]]:
        """Source, first and last version, the text, and the headings above it. Raises StoreError."""
        row = self._connection.execute(
            "SELECT first, version FROM passages WHERE first <= ? ORDER BY first DESC LIMIT 1", (passage,)
        ).fetchone()
        if row is None:
            raise StoreError(f"passage {passage}: is in no version; restore a backup")
        first, version = row
        if version not in self._brought:
            self._brought[version] = self._read(version)
        source_id, number, blocks = self._brought[version]
        if passage - first >= len(blocks):
            raise StoreError(f"passage {passage}: is not in version {source_id}@{number}; restore a backup")
        gone = self._connection.execute("SELECT until FROM gone WHERE passage = ?", (passage,)).fetchone()
        return source_id, number, gone[0] if gone else None, *blocks[passage - first]

    def _read(self, version: int) -> tuple[str, int, list[tuple[str, list[str]]]]:
        rows = self._connection.execute(
            """
            SELECT other.source_id, other.number, other.document FROM versions AS one
            JOIN versions AS other ON other.source_id = one.source_id
                AND other.number BETWEEN one.number - 1 AND one.number
            WHERE one.record = ? ORDER BY other.number
            """,
            (version,),
        ).fetchall()
        before = {text for *_, document in rows[:-1] for text, _ in self._bodies.outline(document)}
        source_id, number, document = rows[-1]
        brought: dict[str, list[str]] = {}
        for text, path in self._bodies.outline(document):
            if text not in before:
                brought.setdefault(text, path)
        return source_id, number, list(brought.items())


def _terms(words: Iterable[str]) -> list[str]:
    """The terms that the index makes of words."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(f"CREATE VIRTUAL TABLE asked USING fts5 (text, {TOKENS})")
        index.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (asked, row)")
        index.execute("INSERT INTO asked (text) VALUES (?)", (clean(" ".join(words)),))
        return [term for (term,) in index.execute("SELECT term FROM terms")]


def _texts_of(connection: sqlite3.Connection, source_id: str, number: int, bodies: Bodies) -> list[str]:
    found = connection.execute(
        "SELECT document FROM versions WHERE source_id = ? AND number = ?", (source_id, number)
    ).fetchone()
    return list(dict.fromkeys(text for text, _ in bodies.outline(found[0]))) if found else []


def _standing(connection: sqlite3.Connection, source_id: str) -> list[int]:
    """The numbers of the passages of the newest version, in the order of its text."""
    found = connection.execute("SELECT passages FROM standing WHERE source_id = ?", (source_id,)).fetchone()
    if found is None or found[0] is None:
        return []
    steps: list[int] = json.loads(unpack(0, found[0], b""))
    numbers, last = list[int](), 0
    for one in steps:
        last += one
        numbers.append(last)
    return numbers


def _stand(connection: sqlite3.Connection, source_id: str, numbers: Sequence[int]) -> None:
    # Neighbours are neighbours mostly: steps of one, which pack to nothing.
    steps = [one - before for before, one in zip([0, *numbers], numbers, strict=False)]
    text = json.dumps(steps, separators=(",", ":")).encode()
    connection.execute("UPDATE standing SET passages = ? WHERE source_id = ?", (pack(text, b""), source_id))
