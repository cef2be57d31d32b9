"""S12: any byte that is changed in a store of two hundred records is found by `verify`, which names the record.

Each byte of each value of the evidence is changed in turn, and bytes of the file at any place: what is not found must
have changed nothing of what the store says. Of values that can only
be so where a body, or what a version tells, is led to another that holds the same words to unpack it by: its bytes come
out the same, which `verify` has seen by their SHA-256.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.errors import StoreError
from storage.model import ReviewEvent, ReviewState
from storage.sqlite import connect, proof
from storage.sqlite.bodies import Bodies
from storage.sqlite.chain import Reader, Row
from storage.sqlite.session import readable

KEYS = tuple(f"vendor-{number}/dpa" for number in range(5))
VERSIONS = 20
# What the chain is about, and the columns that it does not hold: those that grow, and the way to a row.
TABLES = {
    "captures": {"record"},
    "versions": {"record", "last_seen"},
    "told": {"record", "depth"},
    "standing": {"source_id", "passages"},
    "changes": set[str](),
    "topics": {"id"},
    "change_topics": set[str](),
    "reviews": set[str](),
    "records": set[str](),
    "bodies": {"id", "depth"},
}
# What a body, or what a version tells, is packed upon.
WAYS = {("bodies", "base"), ("bodies", "beside"), ("told", "base")}
# Of a table without a row's number the columns that name a row.
KEYED = {
    "standing": "source_id",
    "changes": "seen_after || ' ' || version",
    "change_topics": "topic || ' ' || seen_after || ' ' || version",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred versions with their pages, and two reviews."""
    path = tmp_path_factory.mktemp("flips") / "store.db"
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(key) for key in KEYS], START)
        for number in range(1, VERSIONS + 1):
            for key in KEYS:
                when = START + number * DAY
                checked(store, key, when, new_version(key, number, when, [f"{key} {number}"]))
        events = [ReviewEvent(KEYS[0], 2, None, START, "me", ReviewState.ACKNOWLEDGED, None, None)]
        store.add_reviews([*events, *events])
        tip = store.tip()
        assert tip is not None
        assert tip.seq >= 200
    return path


@pytest.fixture
def connection(place: Path) -> Iterator[sqlite3.Connection]:
    """A connection that keeps no promise, and changes nothing in the end."""
    with closing(connect(place, write=True)) as opened:
        opened.execute("PRAGMA foreign_keys = OFF")
        yield opened


def _values(connection: sqlite3.Connection, table: str) -> list[tuple[object, str, bytes, str]]:
    """Key, column, bytes and type of each value of a table."""
    key = KEYED.get(table, "rowid")
    found: list[tuple[object, str, bytes, str]] = []
    for _, name, _, _, _, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if name not in TABLES[table]:
            rows = connection.execute(f"SELECT {key}, CAST({name} AS BLOB), typeof({name}) FROM {table}")
            found += [(row, name, value, kind) for row, value, kind in rows if value]
    return found


def _is_found(connection: sqlite3.Connection, table: str, row: object, name: str, value: str) -> bool:
    """Whether a value in the place of another is told, or is but another way to the same; it is put back."""
    key = KEYED.get(table, "rowid")
    connection.execute("BEGIN")
    try:
        try:
            changed = connection.execute(f"UPDATE {table} SET {name} = {value} WHERE {key} = ?", (row,)).rowcount
        except sqlite3.IntegrityError:
            return True  # no such value can be there
        assert changed == 1
        if next(iter(proof.faults(connection, None)), None) is not None:
            return True
        return (table, name) in WAYS and _sound(connection)
    finally:
        connection.execute("ROLLBACK")


def _sound(connection: sqlite3.Connection) -> bool:
    """Whether each body and each version comes out as its hash tells, by readers that remember nothing."""
    names = connection.execute("SELECT id, sha256 FROM bodies").fetchall()
    digests = connection.execute("SELECT seq, kind, digest FROM records WHERE kind = 'version'").fetchall()
    return all(
        hashlib.sha256(Bodies(connection, 0).get(number) or b"").digest() == name for number, name in names
    ) and all(
        hashlib.sha256((Reader(connection).text(Row(seq, kind)) or "").encode()).digest() == digest
        for seq, kind, digest in digests
    )


def _flipped(value: bytes, at: int, kind: str) -> str:
    changed = bytearray(value)
    changed[at] ^= 1
    literal = f"x'{changed.hex()}'"
    return {"text": f"CAST({literal} AS TEXT)", "blob": literal}.get(kind, f"CAST(CAST({literal} AS TEXT) AS INTEGER)")


def _sweep(connection: sqlite3.Connection, table: str, share: float) -> int:
    """Change so many of all bytes of a table, one after the other; how many there were."""
    chance, count = random.Random(table), 0
    with readable(connection):
        for row, name, value, kind in _values(connection, table):
            for at in range(len(value)):
                if chance.random() < share:
                    assert _is_found(connection, table, row, name, _flipped(value, at, kind)), (row, name, at)
                    count += 1
    return count


@pytest.mark.parametrize(
    ("table", "share"),
    [
        ("captures", 0.002),
        ("versions", 0.0008),
        ("told", 0.002),
        ("standing", 0.02),
        ("changes", 0.01),
        ("topics", 0.8),
        ("change_topics", 0.005),
        ("reviews", 0.05),
        ("records", 0.0008),
        ("bodies", 0.0008),
    ],
)
def test_bytes_of_the_evidence(connection: sqlite3.Connection, table: str, share: float) -> None:
    """Some of each table, wherever they fall."""
    assert _sweep(connection, table, share) >= 5


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_every_byte_of_the_evidence(connection: sqlite3.Connection, table: str) -> None:
    """All of them."""
    assert _sweep(connection, table, 1.0) >= 10


def _evidence(path: Path) -> list[object]:
    """All that a store says of its history."""
    with closing(open_store(path, write=False)) as store:
        versions = [(key, number) for key in KEYS for number in range(1, VERSIONS + 1)]
        return [
            store.head(),
            *[store.proof(key) for key in KEYS],
            *[store.facts(*one) for one in versions],
            *[store.document(*one) for one in versions],
            *[store.comparison(*one) for one in versions],
            *[store.capture(page) for version in store.versions() for page in version.captures],
            store.reviews(),
        ]


def _flip_file(place: Path, tmp_path: Path, count: int) -> int:
    """Flip bytes of the file at any place; how many of these were told. Raises AssertionError where one lies."""
    whole, said = place.read_bytes(), _evidence(place)
    chance, found = random.Random(count), 0
    for number in range(count):
        at = chance.randrange(len(whole))
        path = tmp_path / f"{number}.db"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        try:
            with closing(open_store(path, write=False)) as store:
                told = bool(store.verify())
            assert told or _evidence(path) == said, at
        except StoreError:
            told = True
        found += told
        path.unlink()
        for part in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + part).unlink()
    return found


def test_bytes_of_the_file(place: Path, tmp_path: Path) -> None:
    """At a few places: told, or nothing that the store says has changed."""
    shutil.copyfile(place, tmp_path / "whole.db")
    assert _flip_file(tmp_path / "whole.db", tmp_path, 16) >= 1


@pytest.mark.long
def test_bytes_of_the_file_at_many_places(place: Path, tmp_path: Path) -> None:
    """At three thousand."""
    shutil.copyfile(place, tmp_path / "whole.db")
    assert _flip_file(tmp_path / "whole.db", tmp_path, 3_000) >= 300
