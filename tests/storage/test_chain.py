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
INSERT INTO versions SELECT source_id, 9, cause, first_seen, last_seen, fingerprint, extraction, captures, title,
    language, effective_date, last_updated, blocks, words, verdict, document, comparison FROM versions LIMIT 1
"""
FORGED_PAGE = """
INSERT INTO captures SELECT 99, source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset,
    sha256, hops FROM captures LIMIT 1
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
            "UPDATE versions SET first_seen = '2020' || substr(first_seen, 5) WHERE number = 1",
            "version acme/privacy@1: not",
        ),
        ("UPDATE versions SET document = (SELECT max(document) FROM versions)", "version "),
        (
            "UPDATE facts SET fields = replace(fields, 'P24M', 'P25M') WHERE source_id = 'acme/privacy'",
            "version acme/privacy@1: not",
        ),
        ("UPDATE facts SET until = 2 WHERE source_id = 'acme/privacy' AND type = 'ai'", "version acme/privacy@3: not"),
        ("UPDATE facts SET place = -place", "version acme/privacy@1: not what"),
        (
            "UPDATE facts SET said = (SELECT told FROM changes WHERE source_id = facts.source_id)",
            "version acme/privacy@1: ",
        ),
        (
            "UPDATE changes SET told = (SELECT told FROM changes WHERE position = 1 AND changes.source_id = source_id)",
            "version ",
        ),
        ("UPDATE changes SET told = x'00'", "version acme/privacy@2: "),
        ("UPDATE changes SET upon = NULL", "version acme/privacy@2: "),
        ("DELETE FROM facts WHERE source_id = 'bolt/dpa' AND type = 'ai'", "version bolt/dpa@1"),
        (
            "INSERT INTO facts SELECT NULL, source_id, 9, NULL, place, type, fields, upon, said FROM facts",
            "fact 5: put in",
        ),
        ("UPDATE changes SET severity = 'low', rank = 1 WHERE version = 3 AND rank = 3", "version acme/privacy@3"),
        ("UPDATE captures SET fetched_at = '2020' || substr(fetched_at, 5) WHERE id = 3", "page 3: not what"),
        ("UPDATE captures SET headers = '[]' WHERE id = 7", "page 7: not what"),
        ("UPDATE captures SET url = CAST(x'ff' || url AS TEXT) WHERE id = 3", "page 3: not what"),
        ("UPDATE records SET link = CAST(x'ff' AS TEXT) WHERE seq = 5", "page "),
        ("UPDATE deadlines SET due = '2027' || substr(due, 5)", "version bolt/dpa@3: not what"),
        ("UPDATE deadlines SET deadline = replace(deadline, '2026', '2027')", "version bolt/dpa@3: not what"),
        ("DELETE FROM deadlines", "version bolt/dpa@3: not what"),
        ("DELETE FROM captures WHERE id = 2", "page 2: gone"),
        ("DELETE FROM versions WHERE source_id = 'bolt/dpa' AND number = 3", "version bolt/dpa@3: gone"),
        ("DELETE FROM records WHERE seq = 4", "page 3: what stood before"),
        ("UPDATE records SET seq = 100 - seq", "page 7: what stood before"),
        ("UPDATE blobs SET data = CAST(data || x'00' AS BLOB)", "version acme/privacy@1: stored bytes"),
        ("UPDATE blobs SET codec = 'raw'", "version acme/privacy@1: "),
        ("DELETE FROM blobs WHERE id = 1", "stored bytes"),
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
    tampering.execute("DELETE FROM records WHERE capture = 7")
    tampering.execute("DELETE FROM captures WHERE id = 7")
    assert _verify(place) == []
    assert [fault.split(":")[0] for fault in _verify(place, head)] == ["chain"]
    tampering.execute("DELETE FROM records WHERE source_id = 'bolt/dpa' AND version = 3")
    for table, column in (("changes", "version"), ("versions", "number")):
        tampering.execute(f"DELETE FROM {table} WHERE source_id = 'bolt/dpa' AND {column} = 3")
    assert any(fault.startswith("source bolt/dpa: its newest versions are gone") for fault in _verify(place))


def test_every_flipped_byte_of_a_row_is_found(place: Path, tampering: sqlite3.Connection) -> None:
    """One byte in any text column of a version, fact, change or page never goes unnoticed."""
    columns = {
        "captures": (
            "url",
            "final_url",
            "fetched_at",
            "headers",
            "media_type",
            "charset",
            "sha256",
            "hops",
            "kept_for",
        ),
        "versions": ("cause", "fingerprint", "extraction", "captures", "title", "language", "verdict", "comparison"),
        "facts": ("type", "fields", "said"),
        "changes": ("topic", "topics", "kind", "severity", "direction", "summary", "told"),
    }
    for table, names in columns.items():
        for name in names:
            tampering.execute("BEGIN")
            marked = f"'~' || substr({name}, 2)"
            packed = f"CAST({marked} AS BLOB)" if name in {"said", "told"} else marked
            tampering.execute(f"UPDATE {table} SET {name} = {packed} WHERE length({name}) > 0")
            tampering.execute("COMMIT")
            assert _verify(place), f"{table}.{name}"
            with closing(connect(place, write=True)) as connection:
                assert connection.execute(
                    f"SELECT count(*) FROM {table} WHERE substr(CAST({name} AS TEXT), 1, 1) = '~'"
                ).fetchone()[0]
