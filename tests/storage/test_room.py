"""The file gives back to the disk what is taken out of it."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from old_stores import loosen
from storage_samples import DAY, START, capture, checked, new_version, result, source

from storage.connect import open_store
from storage.model import Outcome
from storage.protocol import Store
from storage.sqlite import connect, room

A, B = "acme/privacy", "bolt/dpa"


def _large(store: Store, key: str) -> list[str]:
    """A version, and pages of a megabyte that were held back; their names."""
    store.sync_sources([source(A), source(B)], START)
    checked(store, key, START, new_version(key, 1, START, ["text"]))
    pages = [capture(random.Random(number).randbytes(300_000).hex(), START + number * DAY) for number in range(3)]
    for number, page in enumerate(pages):
        (claim,) = store.claim("w", START, DAY, limit=1, only=[key])
        store.commit([result(claim, START + number * DAY, Outcome.BLOCKED, captures=(page,))])
    return [page.sha256 for page in pages]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "store.db"


def _size(place: Path) -> int:
    return place.stat().st_size


def test_pages_that_are_let_go_of_make_the_file_shorter(place: Path) -> None:
    """At once, and the store is whole."""
    with closing(open_store(place, write=True)) as store:
        pages = _large(store, A)
    before = _size(place)
    with closing(open_store(place, write=True)) as store:
        assert store.drop_raw(pages, START, "old") > 800_000
        assert store.verify() == []
    assert _size(place) < before - 800_000


def test_a_source_that_is_forgotten_makes_the_file_shorter(place: Path) -> None:
    """The other stays as it was."""
    with closing(open_store(place, write=True)) as store:
        _large(store, A)
        checked(store, B, START, new_version(B, 1, START, ["stays"]))
        store.sync_sources([source(B)], START)
        text = store.document(B, 1)
    before = _size(place)
    with closing(open_store(place, write=True)) as store:
        store.forget(A, START, "asked to")
        assert (store.verify(), store.document(B, 1)) == ([], text)
    assert _size(place) < before - 800_000


def test_it_is_done_in_small_steps(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many pages at a time and as many times as is allowed; the rest at the next time."""
    with closing(open_store(place, write=True)) as store:
        pages = _large(store, A)
        monkeypatch.setattr(room, "SLICE", 50)
        monkeypatch.setattr(room, "SLICES", 2)
        store.drop_raw(pages, START, "old")
    with closing(connect(place, write=True)) as connection:
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        room.give_back(connection)
        assert free - 100 <= connection.execute("PRAGMA freelist_count").fetchone()[0] < free


def test_a_store_that_is_closed_keeps_little_that_is_free(place: Path) -> None:
    """What lies free after much was written and taken out is given back by the next writer, at the latest."""
    open_store(place, write=True).close()
    with closing(connect(place, write=True)) as connection:
        connection.execute("CREATE TABLE much (data BLOB)")
        connection.execute("INSERT INTO much VALUES (zeroblob(1000000))")
        connection.execute("DROP TABLE much")
    before = _size(place)
    open_store(place, write=True).close()
    assert _size(place) < before - 900_000


def test_an_older_store_becomes_shorter_and_can_from_then_on(place: Path) -> None:
    """What a migration frees is given back too."""
    with closing(open_store(place, write=True)) as store:
        pages = _large(store, A)
    loosen(place)
    before = _size(place)
    with closing(open_store(place, write=True)) as store:
        store.drop_raw(pages, START, "old")
        assert store.verify() == []
    assert _size(place) < before - 800_000


def test_a_store_that_is_closed_has_its_index_in_one_part(place: Path) -> None:
    """Every commit makes a part of its own, with the words that others have too; the last run puts them together."""
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(A)], START)
        for number in range(1, 4):
            checked(store, A, START + number * DAY, new_version(A, number, START + number * DAY, [f"text {number}"]))
        assert _parts(place) > 1
    assert _parts(place) == 1
    with closing(open_store(place, write=False)) as store:
        assert [hit.text for hit in store.search("text 3", 5)] == ["text 3"]
        assert store.verify() == []


def test_what_the_parts_of_the_index_took_is_given_back(place: Path) -> None:
    """Also where it is little beside the rest."""
    with closing(open_store(place, write=True)) as store:
        _large(store, B)
        for number in range(1, 9):
            when = START + number * DAY
            checked(store, A, when, new_version(A, number, when, [f"words {number * 100 + one}" for one in range(90)]))
        assert _parts(place) > 1
    with closing(connect(place, write=False)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


def _parts(place: Path) -> int:
    with closing(connect(place, write=False)) as connection:
        (parts,) = connection.execute("SELECT count(DISTINCT segid) FROM passages_fts_idx").fetchone()
    return int(parts)
