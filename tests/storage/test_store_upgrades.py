"""S10, S11: a store of an earlier program becomes one of today whole, whatever happens on the way."""

from __future__ import annotations

import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from old_stores import in_full, loosen
from storage_samples import DAY, START, checked, new_version, source, with_alert

from storage.connect import open_store
from storage.model import ChangeQuery, FactQuery
from storage.protocol import Store

KILLER = Path(__file__).with_name("migration_killer.py")
KEYS = ("acme/privacy", "bolt/dpa")
VERSIONS = 6


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, list[object]]:
    """A store as it was before facts were made compact, and all that it says."""
    place = tmp_path / "old.db"
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(key) for key in KEYS], START)
        for number in range(1, VERSIONS + 1):
            for key in KEYS:
                when = START + number * DAY
                made = new_version(key, number, when, [f"{key} {number}", "Stays.", f"{number % 2} comes back."])
                checked(store, key, when, with_alert(made) if made.comparison else made)
        said = _everything(store)
    loosen(place)
    return place, said


def _everything(store: Store) -> list[object]:
    numbers = range(1, VERSIONS + 1)
    return [
        store.head(),
        store.versions(),
        [store.proof(key) for key in KEYS],
        [store.document(key, number) for key in KEYS for number in numbers],
        [store.comparison(key, number) for key in KEYS for number in numbers],
        store.changes(ChangeQuery()),
        store.stated(FactQuery(history=True)),
        store.search("stays", 50),
        store.deliveries(),
        [store.ledger(key) for key in KEYS],
    ]


def _is_whole(place: Path, said: list[object]) -> None:
    with closing(open_store(place, write=True)) as store:
        assert _everything(store) == said
        assert store.verify() == []


def _killed(old: tuple[Path, list[object]], folder: Path, first: int, step: int) -> int:
    place, said = old
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, str(KILLER), str(place), str(folder), str(first), str(step)],
        capture_output=True,
        text=True,
        check=True,
    )
    copies = sorted(folder.glob("*.db"))
    assert len(copies) == int(done.stdout)
    for copy in copies:
        _is_whole(copy, said)
    return len(copies)


def test_a_migration_killed_on_its_way_begins_again(old: tuple[Path, list[object]], tmp_path: Path) -> None:
    """At every sixtieth statement."""
    assert _killed(old, tmp_path / "killed", 25, 60) >= 2


def test_the_last_migration_killed_at_each_statement(old: tuple[Path, list[object]], tmp_path: Path) -> None:
    """Few do the work of the newest step: the store is the old one, or the new one whole."""
    place, said = old
    open_store(place, write=True).close()
    in_full(place)
    assert _killed((place, said), tmp_path / "killed", 1, 1) >= 5


@pytest.mark.long
def test_a_migration_killed_at_each_statement_begins_again(old: tuple[Path, list[object]], tmp_path: Path) -> None:
    """Each of its statements is once the last; then the next run brings all of it up to date."""
    assert _killed(old, tmp_path / "killed", 1, 1) >= 150


@pytest.mark.parametrize("room", [0, 30_000, 120_000])
def test_a_disk_that_fills_up_in_a_migration(old: tuple[Path, list[object]], tmp_path: Path, room: int) -> None:
    """It says so and leaves the store as it was; with room it begins again."""
    place, said = old
    limit = place.stat().st_size // 2 + room

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code = "import sys; from storage.connect import open_store; open_store(sys.argv[1], write=True).close()"
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], preexec_fn=limited, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "StoreError" in done.stderr
    assert str(tmp_path) in done.stderr
    _is_whole(place, said)


def test_an_upgrade_alerts_nobody(old: tuple[Path, list[object]]) -> None:
    """S11: what waited to be delivered waits still, and nothing is added."""
    place, said = old
    with closing(open_store(place, write=True)) as store:
        assert store.deliveries() == said[8]
        assert len(store.claim_deliveries(START + 30 * DAY, DAY, limit=100)) == len(KEYS) * (VERSIONS - 1)
