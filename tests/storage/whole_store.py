"""What must hold of the store of `storage_writer` after any accident."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage_writer import KEY, TARGETS

from storage.connect import open_store
from storage.model import ChangeQuery


def check_whole(place: Path, acknowledged: int) -> int:
    """Every version is whole and none that was acknowledged is missing; returns how many there are."""
    with closing(open_store(place, write=False)) as store:
        versions = store.versions(KEY)
        assert [version.number for version in versions] == list(range(1, len(versions) + 1))
        assert len(versions) in {acknowledged, acknowledged + 1}
        deliveries = store.deliveries()
        assert len(deliveries) == len(TARGETS) * len(versions)
        for version in versions:
            assert store.document(KEY, version.number).fingerprint == version.fingerprint
            assert len(store.facts(KEY, version.number)) == 2
            assert store.capture(version.captures[0]).sha256 == version.captures[0]
        assert len(store.changes(ChangeQuery())) == 2 * max(len(versions) - 1, 0)
        assert sum(line.count for line in store.ledger(KEY)) == len(versions)
        assert {(state.version, state.source_id) for state in store.states()} <= {(len(versions), KEY)}
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('integrity-check')")
    return len(versions)
