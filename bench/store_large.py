"""Large stores for `bench.store`, written straight into the tables: the shape of a long history without its cost."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.codec import dump, ticks
from storage.connect import open_store
from storage.model import Block, BlockKind, Document, DocumentType, Source
from storage.records import link_of
from storage.sqlite import connect, counts, write_txn
from storage.sqlite.bodies import Bodies, pack

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
    bodies = Bodies(connection)
    told = pack(_TOLD.encode(), b"")
    for number, topic in enumerate(("retention", "ai"), start=1):
        connection.execute("INSERT INTO topics (id, name) VALUES (?, ?)", (number, topic))
    made: dict[str, list[tuple[object, ...]]] = {name: [] for name in _STATEMENTS}
    passage, link, before, texts = 0, "", 0, list[str]()
    for number in range(versions):
        source, version, record = sources[number // PER_SOURCE], number % PER_SOURCE + 1, number + 1
        when = ticks(BEGUN + timedelta(days=version * 30, seconds=number // PER_SOURCE))
        if version == 1:
            texts = []
        new = [_passage(chance) for _ in range(FIRST_PASSAGES if version == 1 else 1)]
        texts = [*texts, *new]
        before = bodies.put(_document(texts), base=before if version > 1 else None, document=True)
        digest = hashlib.sha256(str(number).encode())
        link = link_of(link, digest.hexdigest())
        made["versions"].append((record, source.id, version, when, when, digest.digest(), before))
        made["told"].append((record, told))
        made["changes"].append((when, record, counts.least(number % 4)))
        made["topics"].append((1 if number % 3 else 2, when, record))
        made["records"].append((record, digest.digest(), bytes.fromhex(link)))
        made["passages"].append((passage + 1, len(new), record))
        made["index"] += enumerate(new, start=passage + 1)
        passage += len(new)
        if number % BATCH == 0:
            _flush(connection, made)
    _flush(connection, made)
    connection.execute("UPDATE sources SET version = (SELECT max(number) FROM versions WHERE source_id = sources.id)")


# What a version tells: one change.
_TOLD = (
    '"comparison":{"verdict":"material","language":"en","changes":[]},"facts":[],"changes":[{"position":,'
    '"seen_before":"2015-01-01T09:00:00.000000Z","seen_after":"2015-01-01T09:00:00.000000Z","rank":3,'
    '"topic":"retention","topics":["retention","ai"],"kind":"modified","severity":"high","direction":"worse",'
    '"section":[],"before":null,"after":null,"spans":[],"facts":[],"summary":"Longer","rules":[]}]'
)
_STATEMENTS = {
    "versions": """
        INSERT INTO versions (record, source_id, number, cause, first_seen, last_seen, fingerprint, extraction,
            captures, title, language, blocks, words, verdict, document)
        VALUES (?, ?, ?, 'changed', ?, ?, ?, '1', '[]', 'Privacy policy', 'en', 150, 4000, 'material', ?)
    """,
    "told": "INSERT INTO told (record, base, depth, data) VALUES (?, NULL, 0, ?)",
    "changes": "INSERT INTO changes (seen_after, version, counts) VALUES (?, ?, ?)",
    "topics": "INSERT INTO change_topics (topic, seen_after, version) VALUES (?, ?, ?)",
    "records": "INSERT INTO records (seq, kind, digest, link) VALUES (?, 'version', ?, ?)",
    "passages": "INSERT INTO passages (first, count, version) VALUES (?, ?, ?)",
    "index": "INSERT INTO passages_fts (rowid, text) VALUES (?, ?)",
}


def _document(texts: list[str]) -> bytes:
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, text, (), hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
        for text in texts
    )
    return dump(Document("Privacy policy", "en", None, None, blocks, "", "1")).encode()


def _flush(connection: sqlite3.Connection, made: dict[str, list[tuple[object, ...]]]) -> None:
    for name, rows in made.items():
        connection.executemany(_STATEMENTS[name], rows)
        rows.clear()


def _passage(chance: random.Random) -> str:
    return " ".join([_WORDS[int(chance.expovariate(12) * len(_WORDS)) % len(_WORDS)] for _ in range(30)])


def words_by_rarity() -> Iterator[str]:
    """A very common word, a common one, and a rare one."""
    yield from (_WORDS[0], _WORDS[len(_WORDS) // 5], _WORDS[len(_WORDS) * 9 // 10])
