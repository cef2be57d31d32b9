"""Large stores for `bench.store`, written straight into the tables: the shape of a long history without its cost."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.codec import dump, instant
from storage.connect import open_store
from storage.folded import Folds
from storage.model import DocumentType, Source
from storage.records import link_of
from storage.sqlite import connect, write_txn

BEGUN = datetime(2015, 1, 1, 9, tzinfo=UTC)
PER_SOURCE = 50  # versions
FIRST_PASSAGES = 20  # of a source; each further version brings one
BATCH = 20_000

# A vocabulary whose words are as rare as those of a language: the second half as often as the first, and so on.
_WORDS = [
    f"{start}{middle}{end}"
    for start in ("re", "con", "pre", "sub", "in", "de", "per", "ob", "trans", "ex")
    for middle in ("ten", "ces", "mit", "duc", "fer", "spec", "tract", "vert", "pos", "script", "ject", "port")
    for end in ("tion", "ing", "or", "ed", "able", "ment", "ive", "al", "s", "ant")
]


def large_store(place: Path, versions: int) -> Path:
    """A store with so many versions, as many changes, and passages to search; made once."""
    if place.exists():
        return place
    fresh = place.with_suffix(".making")
    fresh.unlink(missing_ok=True)
    sources = [_source(number) for number in range(-(-versions // PER_SOURCE))]
    with closing(open_store(fresh, write=True, repeatable=True)) as store:
        store.sync_sources(sources, BEGUN)
    with closing(connect(fresh, write=True)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        with write_txn(connection):
            _fill(connection, sources, versions)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fresh.rename(place)
    for part in ("-wal", "-shm"):
        fresh.with_name(fresh.name + part).unlink(missing_ok=True)
    return place


def _source(number: int) -> Source:
    address = f"https://vendor-{number}.example/privacy"
    return Source(f"vendor-{number}/privacy", f"Vendor {number}", DocumentType.PRIVACY_POLICY, (address,))


def _fill(connection: sqlite3.Connection, sources: list[Source], versions: int) -> None:
    chance = random.Random(1)
    document = hashlib.sha256(b"").hexdigest()
    connection.execute(
        "INSERT INTO blobs (sha256, codec, size, base, depth, data) VALUES (?, 'raw', 0, NULL, 0, x'')", (document,)
    )
    folds, link = Folds(connection), ""
    made: dict[str, list[tuple[object, ...]]] = {name: [] for name in _STATEMENTS}
    passage = 0
    for number in range(versions):
        source, version = sources[number // PER_SOURCE], number % PER_SOURCE + 1
        when = instant(BEGUN + timedelta(days=version * 30, seconds=number // PER_SOURCE))
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        link = link_of(link, digest)
        made["versions"].append((source.id, version, when, when, digest, dump((digest,), tuple[str, ...]), document))
        made["changes"].append((number + 1, source.id, version, when, when, number % 4, folds.fold(None, ["[]"] * 6)))
        made["topics"].append(("retention" if number % 3 else "ai", when, number % 4, number + 1))
        made["records"].append((number + 1, source.id, version, digest, link))
        for _ in range(FIRST_PASSAGES if version == 1 else 1):
            passage += 1
            text = _passage(chance)
            made["passages"].append((passage, source.id, version, folds.fold(None, ('["Part"]', text))))
            made["index"].append((passage, text))
        if number % BATCH == 0:
            _flush(connection, made)
    _flush(connection, made)
    connection.execute("UPDATE sources SET version = (SELECT max(number) FROM versions WHERE source_id = sources.id)")


_STATEMENTS = {
    "versions": """
        INSERT INTO versions (source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures, title,
            language, blocks, words, verdict, document)
        VALUES (?, ?, 'changed', ?, ?, ?, '1', ?, 'Privacy policy', 'en', 150, 4000, 'material', ?)
    """,
    "changes": """
        INSERT INTO changes (id, source_id, version, position, seen_before, seen_after, rank, topic, topics, kind,
            severity, direction, summary, told)
        VALUES (?, ?, ?, 0, ?, ?, ?, 'retention', '["retention"]', 'modified', 'high', 'worse', 'Longer', ?)
    """,
    "topics": "INSERT INTO change_topics (topic, seen_after, rank, change) VALUES (?, ?, ?, ?)",
    "records": "INSERT INTO records (seq, kind, source_id, version, digest, link) VALUES (?, 'version', ?, ?, ?, ?)",
    "passages": "INSERT INTO passages (id, source_id, since, said) VALUES (?, ?, ?, ?)",
    "index": "INSERT INTO passages_fts (rowid, text) VALUES (?, ?)",
}


def _flush(connection: sqlite3.Connection, made: dict[str, list[tuple[object, ...]]]) -> None:
    for name, rows in made.items():
        connection.executemany(_STATEMENTS[name], rows)
        rows.clear()


def _passage(chance: random.Random) -> str:
    return " ".join([_WORDS[int(chance.expovariate(12) * len(_WORDS)) % len(_WORDS)] for _ in range(30)])


def words_by_rarity() -> Iterator[str]:
    """A very common word, a common one, and a rare one."""
    yield from (_WORDS[0], _WORDS[len(_WORDS) // 5], _WORDS[len(_WORDS) * 9 // 10])
