"""A store with a chain of the first form is linked anew, if that chain holds; the head noted before stays good."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from old_stores import loosen
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.errors import StoreError

A = "acme/privacy"
PAGE = """
SELECT source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM captures WHERE id = ?
"""
VERSION = (
    """
    SELECT source_id, number, cause, first_seen, fingerprint, extraction, captures, title, language, effective_date,
        last_updated, blocks, words, verdict, document, comparison
    FROM versions WHERE source_id = ? AND number = ?
    """,
    "SELECT position, type, fields, quote, section FROM facts WHERE source_id = ? AND version = ? ORDER BY position",
    """
    SELECT position, seen_before, seen_after, rank, topic, topics, kind, severity, direction, section, before, after,
        spans, facts, summary, rules
    FROM changes WHERE source_id = ? AND version = ? ORDER BY position
    """,
)


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, str]:
    """A store as it was before records, with two versions, and its head."""
    path, head = tmp_path / "store.db", ""
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(A)], START)
        for number in (1, 2):
            when = START + number * DAY
            checked(store, A, when, new_version(A, number, when, [f"text {number}"]))
    loosen(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE chain (id INTEGER PRIMARY KEY, capture INTEGER, source_id TEXT, version INTEGER, link TEXT)"
        )
        rows = connection.execute("SELECT capture, source_id, version FROM records ORDER BY seq").fetchall()
        for page, about, number in rows:
            if about is None:
                content = [connection.execute(PAGE, (page,)).fetchall()]
            else:
                content = [connection.execute(statement, (about, number)).fetchall() for statement in VERSION]
            head = hashlib.sha256(json.dumps([head, content], separators=(",", ":")).encode()).hexdigest()
            connection.execute("INSERT INTO chain VALUES (NULL, ?, ?, ?, ?)", (page, about, number, head))
        connection.execute("DROP TABLE records")
        connection.execute("DROP INDEX facts_type")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0009_records'")
    return path, head


def test_the_chain_is_linked_anew(old: tuple[Path, str]) -> None:
    """It verifies, also by the old head, and goes on; a copy of the store as it was lies beside it."""
    path, head = old
    with closing(open_store(path, write=True)) as store:
        assert store.verify(head) == []
        assert store.head() != head
        assert json.loads(store.proof(A)[-1].text or '{"head": null}').get("head") in {head, None}
        checked(store, A, START + 3 * DAY, new_version(A, 3, START + 3 * DAY, ["text 3"]))
        assert store.verify(head) == []
        assert store.verify("0" * 64) != []
    assert path.with_name("store.db.before-0009_records").is_file()


def test_a_store_that_was_touched_is_not_healed(old: tuple[Path, str]) -> None:
    """It stays as it was, for somebody to look at."""
    path, _ = old
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET quote = 'another' WHERE version = 2")
    for _ in range(2):
        with pytest.raises(StoreError, match="version acme/privacy@2 is not what was written; restore a backup"):
            open_store(path, write=True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM chain").fetchone() == (4,)
