"""The history is evidence: whatever is changed behind the program's back is named by `verify`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from storage_samples import START, capture, checked, new_version, result, source

from storage.connect import open_store
from storage.model import Deadline, Outcome
from storage.sqlite import connect

A, B = "acme/privacy", "bolt/dpa"
UNTIL = Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P30D", False)
FORGED_VERSION = """
INSERT INTO versions SELECT 90, source_id, 9, cause, first_seen, last_seen, fingerprint, extraction, captures, title,
    language, effective_date, last_updated, blocks, words, verdict, document FROM versions LIMIT 1
"""
FORGED_PAGE = """
INSERT INTO captures SELECT 99, source_id, kept_for, fetched_at, body, upon, heads FROM captures LIMIT 1
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two sources with three versions each, and a page that was held back."""
    path = tmp_path / "store.db"
    with closing(open_store(path, write=True)) as store:
        assert store.head() == ""
        assert store.verify() == []
        store.sync_sources([source(A), source(B)], START)
        for number in (1, 2, 3):
            for key in (A, B):
                made = new_version(key, number, START, [f"{key} {number}", "Stays."])
                due = UNTIL if (key, number) == (B, 3) else None
                checked(store, key, START, replace(made, deadline=due))
        (claim,) = store.claim("w", START, START - START, limit=1, only=[A])
        store.commit([result(claim, START, Outcome.BLOCKED, captures=(capture("wall", START),))])
    return path


def _verify(place: Path, head: str | None = None) -> list[str]:
    with closing(open_store(place, write=False)) as store:
        return store.verify(head)


@pytest.fixture
def tampering(place: Path) -> Iterator[sqlite3.Connection]:
    """A connection that keeps no promise."""
    with closing(connect(place, write=True)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


def test_an_untouched_history_is_whole(place: Path) -> None:
    """Nothing is found where nothing was done; the head is the same for every reader."""
    with closing(open_store(place, write=False)) as store:
        head = store.head()
        assert len(head) == 64
        assert store.verify(head) == []
    with closing(open_store(place, write=True)) as store:
        checked(store, A, START, new_version(A, 4, START, ["More."]))
        assert store.head() != head
        assert store.verify(head) == []


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (
            "UPDATE versions SET title = 'other' WHERE source_id = 'bolt/dpa' AND number = 2",
            "version bolt/dpa@2: not what",
        ),
        (
            "UPDATE versions SET first_seen = first_seen + 1 WHERE number = 1",
            "version acme/privacy@1: not",
        ),
        ("UPDATE versions SET first_seen = 1 << 62 WHERE number = 2", "version acme/privacy@2: a moment that is none"),
        ("UPDATE versions SET document = (SELECT max(document) FROM versions)", "version "),
        ("UPDATE versions SET captures = '[]' WHERE number = 3", "version acme/privacy@3: "),
        ("UPDATE told SET data = (SELECT data FROM told LIMIT 1)", "version "),
        ("UPDATE told SET data = x'00'", "version acme/privacy@1: "),
        ("UPDATE told SET base = NULL", "version acme/privacy@2: "),
        ("UPDATE told SET base = record", "version acme/privacy@1: record 2: what it tells stands upon a later one"),
        ("DELETE FROM told WHERE record = 4", "version bolt/dpa@1: what it tells is gone"),
        ("INSERT INTO told SELECT 99, base, depth, data FROM told LIMIT 1", "what record 99 tells: put in"),
        ("UPDATE standing SET facts = x'00' WHERE source_id = 'bolt/dpa'", "source bolt/dpa: the list of its facts"),
        ("UPDATE standing SET facts = x'00'", "source acme/privacy: the list of its facts"),
        ("DELETE FROM standing", "source acme/privacy: the list of its facts"),
        ("UPDATE changes SET counts = counts + 1", "version acme/privacy@2: is not indexed"),
        ("DELETE FROM changes", "version acme/privacy@2: is not indexed"),
        ("UPDATE changes SET seen_after = seen_after + 1", "version acme/privacy@2: is not indexed"),
        ("INSERT INTO changes SELECT seen_after + 9, version, counts FROM changes LIMIT 1", "changes of record "),
        ("DELETE FROM change_topics", "version acme/privacy@2: is not indexed"),
        ("UPDATE topics SET name = name || 'x'", "version acme/privacy@2: is not indexed"),
        (
            "INSERT INTO change_topics SELECT topic, seen_after + 9, version FROM change_topics LIMIT 1",
            "topics of record ",
        ),
        ("UPDATE captures SET fetched_at = fetched_at + 1 WHERE record = 5", "page 5: not what"),
        ("UPDATE captures SET kept_for = 'first' WHERE record = 13", "page 13: not what"),
        ("UPDATE captures SET heads = x'00' WHERE record = 5", "page 5: "),
        ("UPDATE captures SET upon = record", "page 1: "),
        ("UPDATE records SET link = x'ff' WHERE seq = 5", "page 5"),
        ("UPDATE records SET digest = x'ff' WHERE seq = 5", "page 5"),
        ("UPDATE deadlines SET due = '2027' || substr(due, 5)", "version bolt/dpa@3: not what"),
        ("UPDATE deadlines SET deadline = replace(deadline, '2026', '2027')", "version bolt/dpa@3: not what"),
        ("DELETE FROM deadlines", "version bolt/dpa@3: not what"),
        ("DELETE FROM captures WHERE record = 5", "page 5: gone"),
        ("DELETE FROM versions WHERE source_id = 'bolt/dpa' AND number = 3", "version bolt/dpa@3: gone"),
        ("DELETE FROM records WHERE seq = 4", "page 5: what stood before"),
        ("UPDATE records SET seq = 100 - seq", "page 87: what stood before"),
        ("UPDATE bodies SET data = CAST(data || x'00' AS BLOB)", "version acme/privacy@1: stored bytes"),
        ("UPDATE bodies SET codec = 0", "version acme/privacy@1: "),
        ("UPDATE bodies SET data = NULL WHERE id = 1", "version acme/privacy@1: stored bytes"),
        (FORGED_VERSION, "version acme/privacy@9: put in"),
        (FORGED_PAGE, "page 99: put in"),
    ],
)
def test_whatever_is_changed_is_named(place: Path, tampering: sqlite3.Connection, statement: str, first: str) -> None:
    """The first fault told is the first record that was touched."""
    assert tampering.execute(statement).rowcount > 0
    found = _verify(place)
    assert found
    assert found[0].startswith(first)


def test_a_tail_cut_off_with_its_links_is_found_by_a_head_noted_before(
    place: Path, tampering: sqlite3.Connection
) -> None:
    """Without the head a shorter history is a whole one; with it the cut shows. A version alone shows at its source."""
    with closing(open_store(place, write=False)) as store:
        head = store.head()
    tampering.execute("DELETE FROM records WHERE seq = 13")
    tampering.execute("DELETE FROM captures WHERE record = 13")
    assert _verify(place) == []
    assert [fault.split(":")[0] for fault in _verify(place, head)] == ["chain"]
    tampering.execute("DELETE FROM records WHERE seq = 12")
    for table, column in (
        ("changes", "version"),
        ("change_topics", "version"),
        ("told", "record"),
        ("versions", "record"),
    ):
        tampering.execute(f"DELETE FROM {table} WHERE {column} = 12")
    assert any(fault.startswith("source bolt/dpa: its newest versions are gone") for fault in _verify(place))


def test_every_flipped_byte_of_a_row_is_found(place: Path, tampering: sqlite3.Connection) -> None:
    """One byte in any text column of a version, fact, change or page never goes unnoticed."""
    columns = {
        "captures": ("heads", "kept_for"),
        "versions": ("cause", "fingerprint", "extraction", "captures", "title", "language", "verdict"),
        "told": ("data",),
        "standing": ("facts",),
        "topics": ("name",),
    }
    for table, names in columns.items():
        for name in names:
            tampering.execute("BEGIN")
            marked = f"'~' || substr({name}, 2)"
            packed = f"CAST({marked} AS BLOB)" if name in {"heads", "fingerprint", "data", "facts"} else marked
            tampering.execute(f"UPDATE {table} SET {name} = {packed} WHERE length({name}) > 0")
            tampering.execute("COMMIT")
            assert _verify(place), f"{table}.{name}"
            with closing(connect(place, write=True)) as connection:
                assert connection.execute(
                    f"SELECT count(*) FROM {table} WHERE substr(CAST({name} AS TEXT), 1, 1) = '~'"
                ).fetchone()[0]
