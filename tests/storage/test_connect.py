"""Opening a store: what is created, what is refused, and that nothing foreign is ever touched."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Migrations
from storage_samples import START, checked, new_version, source

from storage import schema, tables
from storage.connect import open_store
from storage.errors import Locked, SchemaTooNew, StoreError, StoreMissing
from storage.sqlite import connect
from storage.sqlite.session import bulk_txn

A = "acme/privacy"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with one version of a long text, closed."""
    path = tmp_path / "store.db"
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(A)], START)
        texts = [f"{number} {random.Random(number).randbytes(300).hex()}" for number in range(200)]
        checked(store, A, START, new_version(A, 1, START, texts))
    return path


def test_a_new_store_is_private_and_in_its_folder(tmp_path: Path) -> None:
    """The folder is made, the file is for its owner alone, and no half-built file stays."""
    path = tmp_path / "new folder" / "ünï?#%.db"
    with closing(open_store(str(path), write=True)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_a_store_is_durable_and_marked_as_ours(place: Path) -> None:
    """WAL, synchronous=FULL, foreign keys; the application id is in the file's header."""
    with closing(connect(place, write=True)) as connection:
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id")
        }
        strict = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "application_id": schema.APPLICATION_ID,
    }
    assert int.from_bytes(place.read_bytes()[68:72]) == schema.APPLICATION_ID
    ours = {name for name, is_strict in strict if not is_strict and not name.startswith(("sqlite_", "passages_fts"))}
    assert ours == {"_sqlite_migrations"}


def test_reading_where_there_is_nothing_says_so(tmp_path: Path) -> None:
    """StoreMissing, exit 2, and nothing is made by looking."""
    with pytest.raises(StoreMissing, match="clausewatch check") as caught:
        open_store(tmp_path / "store.db", write=False)
    assert caught.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def _text(path: Path) -> None:
    path.write_text("# notes\n" * 100)


def _short(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def _empty(path: Path) -> None:
    path.touch()


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_text, "not a database.*restore a backup"),
        (_short, "not a database"),
        (_empty, "is empty"),
        (_folder, "is a folder"),
        (_pipe, "no regular file"),
        (_foreign, "another program"),
    ],
)
def test_what_is_no_store_of_ours_is_left_alone(
    tmp_path: Path, make: Callable[[Path], None], said: str, write: bool
) -> None:
    """One line with place and remedy, and not one byte is changed."""
    path = tmp_path / "store.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=said) as caught:
        open_store(path, write=write)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [one.name for one in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("postgresql://me:secret@127.0.0.1:9/x", "is the server running"),
        ("postgres://me:secret@127.0.0.1:9/x", "is the server running"),
        ("postgresql://me:secret%zz@127.0.0.1:9/x", "not a valid address"),
        ("mysql://me:secret@db.example/x", "no such kind of store"),
        ("store\0.db", "not a usable path"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_other_places_are_refused_without_telling_passwords(location: str, said: str) -> None:
    """A clear StoreError for an address or an impossible path."""
    for write in (True, False):
        with pytest.raises(StoreError, match=said) as caught:
            open_store(location, write=write)
        assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where a folder should be: one line, no traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be"):
        open_store(tmp_path / "file" / "deep" / "store.db", write=True)


def test_a_lost_database_beside_its_journal_is_not_begun_anew(place: Path) -> None:
    """A new database under an old journal would be overwritten by it."""
    place.rename(place.with_name("moved.db"))
    place.with_name("store.db-wal").write_bytes(b"x" * 100)
    with pytest.raises(StoreError, match="journal"):
        open_store(place, write=True)
    assert not place.exists()


def test_what_a_killed_first_run_left_is_begun_again(tmp_path: Path) -> None:
    """A half-built file beside the place is nobody's; the next run makes the store."""
    (tmp_path / "store.db.new").write_bytes(b"half")
    (tmp_path / "store.db.new-wal").write_bytes(b"half")
    with closing(open_store(tmp_path / "store.db", write=True)) as store:
        assert store.states() == []
    assert not (tmp_path / "store.db.new").exists()


@pytest.mark.parametrize("write", [True, False])
def test_a_checkpoint_that_broke_off_is_no_damage(place: Path, tmp_path: Path, write: bool) -> None:
    """The first page may be of a longer file than there is (disk full, kill -9): the journal has the rest."""
    broken = tmp_path / "broken.db"
    big = new_version(A, 2, START, [random.Random(2).randbytes(100_000).hex()])
    with closing(open_store(place, write=True)) as store:
        checked(store, A, START, big)
        short, journal = place.read_bytes(), place.with_name("store.db-wal").read_bytes()
    whole = place.read_bytes()
    assert len(whole) > len(short)
    broken.write_bytes(whole[:4096] + short[4096:])
    broken.with_name("broken.db-wal").write_bytes(journal)
    with closing(open_store(broken, write=write)) as store:
        assert store.latest(A) == big.version
        assert store.verify() == []


def _zero_pages(data: bytearray) -> None:
    data[3 * 4096 : -4096] = bytes(len(data) - 4 * 4096)


def _cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def _scramble(data: bytearray) -> None:
    data[4096:] = random.Random(1).randbytes(len(data) - 4096)


@pytest.mark.parametrize("damage", [_zero_pages, _cut, _scramble])
@pytest.mark.parametrize("write", [True, False])
def test_damage_is_told_and_never_repaired_by_force(
    place: Path, damage: Callable[[bytearray], None], write: bool
) -> None:
    """A broken file is a StoreError that asks for the backup; its bytes stay as they were found."""
    data = bytearray(place.read_bytes())
    damage(data)
    place.write_bytes(data)

    def use() -> None:
        with closing(open_store(place, write=write)) as store:
            store.document(A, 1)
            store.states()
            store.search("1", 5)

    with pytest.raises(StoreError, match=r"damaged|malformed") as caught:
        use()
    assert "backup" in str(caught.value)
    assert place.read_bytes() == data


def test_a_changed_body_is_noticed(place: Path) -> None:
    """What is read is compared with its hash: other bytes in the blob are an error, not a text."""
    with closing(connect(place, write=True)) as connection:
        connection.execute("UPDATE bodies SET codec = 0, data = x'00'")
    with closing(open_store(place, write=False)) as store, pytest.raises(StoreError, match="changed since"):
        store.document(A, 1)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE bodies SET data = x'00'", "damaged"),
        ("UPDATE bodies SET data = x'a0ffffff7f000000'", "claims 2147483647 bytes"),
        ("UPDATE bodies SET codec = 7", "unknown packing"),
        ("DELETE FROM bodies", "is gone"),
        ("UPDATE bodies SET data = NULL", "is gone"),
    ],
)
def test_a_broken_body_is_told(place: Path, statement: str, said: str) -> None:
    """Packing, size and presence are checked before a text is believed."""
    with closing(connect(place, write=True)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
    with closing(open_store(place, write=False)) as store, pytest.raises(StoreError, match=said):
        store.document(A, 1)


def test_a_read_only_folder_can_still_be_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup on a read-only disk: no file is made beside it."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    place.with_name("store.db.lock").unlink()
    with closing(open_store(place, write=False)) as store:
        assert store.latest(A) is not None
        assert [one.name for one in place.parent.iterdir()] == ["store.db"]


def test_a_file_that_may_not_be_written_to_is_told_before_any_work(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after an hour of fetching: opening to write says so."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(StoreError, match="may not be written to"):
        open_store(place, write=True)


def test_a_closed_store_says_so(place: Path) -> None:
    """Using it after `close` is a StoreError, not a crash."""
    store = open_store(place, write=True)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.latest(A)


# --- migrations --------------------------------------------------------------------------------------------------


def _shape(path: Path) -> list[tuple[str, str]]:
    with closing(connect(path, write=False)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def _at(path: Path, name: str | None) -> Path:
    """A store as a program knew it whose next migration would be `name`."""
    sqlite3.connect(path).close()
    path.touch()
    with closing(connect(path, write=True)) as connection, bulk_txn(connection):
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(connection, stop_before=name)
    return path


NAMES = [one.name for one in schema.migrations._migrations]


def test_the_steps_are_known_without_loading_them() -> None:
    """A reader compares names alone; they are those of the migrations, in their order."""
    assert list(tables.STEPS) == NAMES == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES[1:])
def test_every_older_store_becomes_the_newest(tmp_path: Path, place: Path, name: str) -> None:
    """A schema from scratch equals the sum of the migrations, from wherever they begin."""
    old = _at(tmp_path / "old.db", name)
    with pytest.raises(StoreError, match="older clausewatch"):
        open_store(old, write=False)
    open_store(old, write=True).close()
    assert _shape(old) == _shape(place)


def test_a_migration_that_fails_leaves_the_store_as_it_was(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pending migrations are one transaction: the good one before the bad one is undone too."""
    before = _shape(place)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", _extended("0005_good", "CREATE TABLE good (x INTEGER) STRICT"))
        schema.migrations(name="0006_bad")(lambda db: db.execute("CREATE TABLE sources (id)"))
        with pytest.raises(StoreError, match="already exists"):
            open_store(place, write=True)
    assert _shape(place) == before
    with closing(open_store(place, write=True)) as store:
        assert store.latest(A) is not None


def test_a_store_of_a_newer_program_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither read nor written, and the message names both schemas."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", _extended("0005_future", "CREATE TABLE future (x INTEGER) STRICT"))
        open_store(place, write=True).close()
    for write in (True, False):
        with pytest.raises(SchemaTooNew, match=f"0005_future.*{NAMES[-1]}"):
            open_store(place, write=write)


def _extended(name: str, statement: str) -> Migrations:
    extended = Migrations("clausewatch")
    for one in schema.migrations._migrations:
        extended(name=one.name)(one.fn)
    extended(name=name)(lambda db: db.execute(statement))
    return extended


# --- one writer, many readers ------------------------------------------------------------------------------------


def test_the_second_writer_is_locked_out(place: Path) -> None:
    """Exit 75, whichever name of the file it uses; readers are let in; the place is free after closing."""
    link = place.with_name("link.db")
    link.symlink_to(place)
    with closing(open_store(place, write=True)):
        for name in (place, link):
            with pytest.raises(Locked, match=f"process {os.getpid()}") as caught:
                open_store(name, write=True)
            assert caught.value.exit_code == 75
        open_store(link, write=False).close()
    open_store(link, write=True).close()


def test_a_reader_does_not_take_the_locks_of_the_writer_beside_it(place: Path) -> None:
    """Closing a file gives up all locks that the process has on it, unless SQLite itself does it."""
    table = Path("/proc/locks")
    if not table.exists():
        pytest.skip("no /proc/locks to look at")

    def held() -> list[str]:
        mark = f":{place.stat().st_ino} "
        return [line.split(": ", 1)[1] for line in table.read_text().splitlines() if mark in line]

    with closing(open_store(place, write=True)) as store:
        assert store.latest(A) is not None
        before = held()
        assert before
        with closing(open_store(place, write=False)) as reader:
            assert reader.latest(A) is not None
        assert held() == before


HOLD = """
import os, sys
from storage.connect import open_store
store = open_store(sys.argv[1], write=True)
born, cry = os.pipe()
if sys.argv[2] == "fork" and os.fork() == 0:
    os.write(cry, b"!")
    os.read(0, 1)  # outlives its parent
    os._exit(0)
if sys.argv[2] == "fork":
    os.read(born, 1)  # the child runs, so it has closed what it inherited
print("held", flush=True)
os.read(0, 1) if sys.argv[2] != "fork" else os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("how", ["kill", "fork"])
def test_the_lock_of_a_killed_run_is_free_at_once(place: Path, how: str) -> None:
    """The kernel gives it back, even while a forked child of the killed run lives on."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        if how == "kill":
            with pytest.raises(Locked):
                open_store(place, write=True)
            child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
        open_store(place, write=True).close()


def test_readers_see_whole_commits_while_one_writes(place: Path) -> None:
    """A reader never waits for the writer and never sees half of a version."""
    numbers: list[int] = []
    done = threading.Event()

    def read() -> None:
        with closing(open_store(place, write=False)) as reader:
            while not done.is_set():
                latest = reader.latest(A)
                assert latest is not None
                assert len(reader.facts(A, latest.number)) == 2
                assert len(reader.document(A, latest.number).blocks) == latest.blocks
                assert reader.verify() == []
                numbers.append(latest.number)

    thread = threading.Thread(target=read)
    with closing(open_store(place, write=True)) as store:
        thread.start()
        for number in range(2, 60):
            checked(store, A, START, new_version(A, number, START, [f"Text {number}.", "Stays."]))
        done.set()
        thread.join(30)
    assert numbers
    assert numbers == sorted(numbers)


def test_threads_may_share_one_store(place: Path) -> None:
    """Calls take turns: four threads that claim and commit lose nothing and fail nothing."""
    faults: list[BaseException] = []

    def work(key: str) -> None:
        try:
            for number in range(1, 11):
                checked(store, key, START, new_version(key, number, START, [f"{key} {number}"]))
        except BaseException as error:  # noqa: BLE001 - told to the test below
            faults.append(error)

    keys = [f"v{number}/terms" for number in range(4)]
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(key) for key in keys], START)
        threads = [threading.Thread(target=work, args=(key,)) for key in keys]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert faults == []
        assert [state.version for state in store.states()] == [1, 10, 10, 10, 10]


def test_a_full_disk_is_told_and_loses_nothing(place: Path) -> None:
    """A database that may not grow: the commit fails whole, in plain words, and the next one goes on."""
    with closing(open_store(place, write=True)) as store:
        connection: sqlite3.Connection = store._connection  # type: ignore[attr-defined] # the SQLite backend's own
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        big = new_version(A, 2, START, [random.Random(2).randbytes(300_000).hex()])
        with pytest.raises(StoreError, match="disk is full"):
            checked(store, A, START, big)
        latest = store.latest(A)
        assert latest is not None
        assert latest.number == 1
        connection.execute("PRAGMA max_page_count = 1073741823")
        (line,) = store.ledger(A)
        assert line.count == 1
        store.release(store.claim("w", START, START - START, limit=1, only=[A]))
    with closing(open_store(place, write=True)) as store:
        checked(store, A, START, big)
        assert store.latest(A) == big.version
