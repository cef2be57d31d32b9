"""The step that lets raw pages go: everything that was kept before is there after it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import schema
from storage.sqlite.session import connect, write_txn

_SOURCE = """
INSERT INTO sources (id, definition, vendor, document, url, host, active, next_due)
VALUES ('a/b', '{}', 'A', 'other', 'u', 'h', 1, '2026')
"""
_BLOB = "INSERT INTO blobs (id, sha256, codec, size, base, depth, data) VALUES (?, ?, 'raw', 1, NULL, 0, x'00')"
_CAPTURE = """
INSERT INTO captures (id, source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256,
    hops)
VALUES (?, 'a/b', 'first', 'u', 'f', ?, 200, '[]', 'text/html', NULL, ?, '[]')
"""


def test_captures_keep_their_rows_and_lose_their_tie(tmp_path: Path) -> None:
    """Ids, order and indexes are as before; only the bytes need not be there any more."""
    path = tmp_path / "old.db"
    sqlite3.connect(path).close()
    with closing(connect(path, write=True)) as store:
        with write_txn(store):
            schema.migrate(store, stop_before="0014_retention")
            store.execute(_SOURCE)
            for number in (1, 5, 7):
                store.execute(_BLOB, (number, f"{number}"))
                store.execute(_CAPTURE, (number, f"2026-0{number}", f"{number}"))
        before = store.execute("SELECT * FROM captures ORDER BY id").fetchall()
        ties = store.execute("PRAGMA foreign_key_list(captures)").fetchall()
        assert {row[2] for row in ties} == {"blobs", "sources"}
        with write_txn(store):
            schema.migrate(store, stop_before="0015_compact")
        assert store.execute("SELECT * FROM captures ORDER BY id").fetchall() == before
        assert {row[2] for row in store.execute("PRAGMA foreign_key_list(captures)")} == {"sources"}
        names = {row[1] for row in store.execute("PRAGMA index_list(captures)")}
        assert names == {"captures_sha256", "captures_source"}
        store.execute("DELETE FROM blobs WHERE sha256 = '5'")
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
