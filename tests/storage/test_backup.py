"""Copies of a store: made while it is used, proved before they count, put back without losing what was there."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from storage_samples import DAY, START, checked, new_version, source, with_alert

from storage import schema
from storage.backup import HELD, back_up, restore
from storage.connect import open_store
from storage.errors import Locked, StoreError, StoreMissing
from storage.model import DeliveryState
from storage.protocol import Store

A = "acme/privacy"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "store" / "history.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    """A store with one version whose alert waits."""
    with closing(open_store(place, write=True)) as opened:
        opened.sync_sources([source(A)], START)
        checked(opened, A, START, with_alert(new_version(A, 1, START, ["one"])))
        yield opened


def more(store: Store, number: int) -> None:
    """One more version."""
    when = START + number * DAY
    checked(store, A, when, new_version(A, number, when, [f"text {number}"]))


def numbers(path: Path) -> list[int]:
    """The versions of a store."""
    with closing(open_store(path, write=False)) as opened:
        assert opened.verify() == []
        return [version.number for version in opened.versions()]


def test_a_backup_of_a_store_in_use(store: Store, tmp_path: Path) -> None:
    """One file for its owner alone, the journal included, sound, with the head of that moment; work goes on."""
    (tmp_path / "new").mkdir()
    copied = back_up(tmp_path / "store" / "history.db", tmp_path / "new" / "copy.db")
    assert copied.head == store.head()
    assert numbers(copied.path) == [1]
    assert [path.name for path in copied.path.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(copied.path.stat().st_mode) == 0o600
    more(store, 2)
    assert numbers(copied.path) == [1]


def test_backups_while_somebody_writes_are_each_one_moment(store: Store, place: Path, tmp_path: Path) -> None:
    """Every one of them verifies, and they never go back in time."""
    done = threading.Event()

    def write() -> None:
        for number in range(2, 30):
            more(store, number)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = [1]
    while not done.is_set() or len(seen) < 3:
        copied = back_up(place, tmp_path / f"copy{len(seen)}.db")
        seen.append(numbers(copied.path)[-1])
    writer.join()
    assert seen == sorted(seen)


def test_a_backup_overwrites_nothing(store: Store, place: Path, tmp_path: Path) -> None:
    """Neither a file nor a link; what is no store is not copied; a folder that cannot be made is told."""
    taken = tmp_path / "taken.db"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"taken\.db: is there already"):
        back_up(place, taken)
    assert taken.read_text(encoding="utf-8") == "mine"
    with pytest.raises(StoreMissing):
        back_up(tmp_path / "none.db", tmp_path / "x.db")
    for nowhere in (taken / "x.db", tmp_path / "not-mounted" / "x.db"):
        with pytest.raises(StoreError, match="there is no such folder"):
            back_up(place, nowhere)
    assert not (tmp_path / "not-mounted").exists()


def test_a_damaged_store_makes_no_backup(store: Store, place: Path, tmp_path: Path) -> None:
    """The fault is told, and no file that looks like a backup is left."""
    store.close()
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("UPDATE told SET data = x'00'")
        connection.commit()
    with pytest.raises(StoreError, match="does not verify, nothing was kept: version acme/privacy@1"):
        back_up(place, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize("hold", [True, False])
def test_restore_puts_the_backup_in_its_place(store: Store, place: Path, tmp_path: Path, *, hold: bool) -> None:
    """What was there is kept under another name; the backup stays as it is; waiting alerts are held or stay."""
    copied = back_up(place, tmp_path / "copy.db")
    before = copied.path.read_bytes()
    more(store, 2)
    store.close()
    done = restore(copied.path, place, START, hold=hold)
    assert (done.path, done.head, done.held) == (place, copied.head, int(hold))
    assert numbers(place) == [1]
    assert done.aside is not None
    assert numbers(done.aside) == [1, 2]
    assert copied.path.read_bytes() == before
    with closing(open_store(place, write=True)) as opened:
        (delivery,) = opened.deliveries()
        assert delivery.state is (DeliveryState.DEAD if hold else DeliveryState.PENDING)
        assert delivery.last_error == (HELD if hold else None)
        more(opened, 2)
    assert numbers(place) == [1, 2]


def test_restore_where_there_is_nothing_yet(store: Store, place: Path, tmp_path: Path) -> None:
    """As on a new machine."""
    copied = back_up(place, tmp_path / "copy.db")
    done = restore(copied.path, tmp_path / "elsewhere" / "h.db", START, hold=True)
    assert (done.aside, numbers(done.path)) == (None, [1])


def test_restore_waits_for_nobody_and_takes_nothing_unsound(store: Store, place: Path, tmp_path: Path) -> None:
    """A run holds the store; the backup is missing, of another program, damaged, or the store itself."""
    copied = back_up(place, tmp_path / "copy.db")
    with pytest.raises(Locked):
        restore(copied.path, place, START, hold=True)
    store.close()
    with pytest.raises(StoreMissing):
        restore(tmp_path / "none.db", place, START, hold=True)
    with pytest.raises(StoreError, match="is the store itself"):
        restore(place, place, START, hold=True)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(StoreError, match="database of another program"):
        restore(other, place, START, hold=True)
    with closing(sqlite3.connect(copied.path)) as connection:
        connection.execute("DELETE FROM told")
        connection.commit()
    with pytest.raises(StoreError, match="does not verify"):
        restore(copied.path, place, START, hold=True)
    assert numbers(place) == [1]
    assert not [path.name for path in place.parent.iterdir() if "before" in path.name or "restored" in path.name]


def test_a_store_is_copied_before_it_is_migrated(store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each step, also when the step fails and is tried again; the copy is the store as it was."""
    store.close()
    before = back_up(place, place.with_name("reference.db"))
    with monkeypatch.context() as patch:
        extended = type(schema.migrations)("clausewatch")
        for one in schema.migrations._migrations:
            extended(name=one.name)(one.fn)
        extended(name="9998_bad")(lambda db: db.execute("CREATE TABLE sources (id)"))
        patch.setattr(schema, "migrations", extended)
        for _ in range(2):
            with pytest.raises(StoreError):
                open_store(place, write=True)
    copy = place.with_name("history.db.before-9998_bad")
    assert numbers(copy) == [1]
    with closing(open_store(copy, write=False)) as opened:
        assert opened.head() == before.head
    assert numbers(place) == [1]


def test_an_older_backup_is_brought_up_to_date_in_its_copy(place: Path, tmp_path: Path) -> None:
    """The backup is not touched, even where nobody may write to it."""
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(connection, stop_before=schema.newest())
        connection.execute("COMMIT")
    old.chmod(0o400)
    before = old.read_bytes()
    with pytest.raises(StoreError, match="written by an older"):
        numbers(old)
    assert numbers(restore(old, place, START, hold=False).path) == []
    assert old.read_bytes() == before
