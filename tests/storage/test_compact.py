"""The compact form: each fact once, words packed upon their document; the chain says the same as ever, to the byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from old_stores import loosen
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.errors import StoreError
from storage.folded import Folds
from storage.model import ChangeQuery, Fact, FactQuery, FactType
from storage.places import kept, placed
from storage.protocol import Store
from storage.sqlite import connect, passages

A, B = "acme/privacy", "bolt/dpa"


def _fact(word: str) -> Fact:
    return Fact.of(FactType.RETENTION, quote=f"{word}, as it is said.", section=("Retention", word), subject=word)


def _commit(store: Store, key: str, number: int, words: Sequence[str]) -> None:
    when = START + number * DAY
    made = new_version(key, number, when, [f"{key} {number}", *words])
    checked(store, key, when, replace(made, facts=tuple(map(_fact, words))))


HISTORIES: tuple[list[str], ...] = (
    ["a", "b", "c"],
    ["x", "a", "b", "c"],
    ["c", "b", "a"],
    [],
    ["a", "a", "b"],
    ["a", "b", "a", "y"],
)


def test_words_side_by_side_are_found(place: Path) -> None:
    """A word of two parts is found where these stand so, and words apart from each other by each of them."""
    with closing(open_store(place, write=False)) as store:
        assert {hit.text for hit in store.search("acme-privacy", 9)} == {hit.text for hit in store.search("acme", 9)}
        assert store.search("privacy-acme", 9) == []
        assert {hit.source_id for hit in store.search("PRIVACY acme", 9)} == {A}
        assert store.search("acme-privacy bolt", 9) == store.search("---", 9) == store.search("acme", 0) == []


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two sources whose facts come, go, move and repeat."""
    path = tmp_path / "store.db"
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(A), source(B)], START)
        for number, words in enumerate(HISTORIES, start=1):
            _commit(store, A, number, words)
            _commit(store, B, number, words[::-1])
    return path


def test_every_version_states_what_it_stated(place: Path) -> None:
    """Whatever comes, goes, moves or repeats, each version has its facts in the order of its text."""
    with closing(open_store(place, write=False)) as store:
        for number, words in enumerate(HISTORIES, start=1):
            assert store.facts(A, number) == tuple(map(_fact, words))
            assert store.facts(B, number) == tuple(map(_fact, words[::-1]))
        told = store.stated(FactQuery(source_id=A, history=True))
        assert [(one.version, one.fact) for one in told] == [
            (number, _fact(word)) for number, words in enumerate(HISTORIES, start=1) for word in words
        ]
        assert [one.fact for one in store.stated(FactQuery(source_id=A))] == [_fact(word) for word in HISTORIES[-1]]
        then = store.stated(FactQuery(source_id=A, at=START + 2 * DAY))
        assert [one.fact for one in then] == [_fact(word) for word in HISTORIES[1]]


def test_what_stands_costs_nothing(tmp_path: Path) -> None:
    """Fifty versions that state the same hold it once, each in a few bytes more."""
    with closing(open_store(tmp_path / "store.db", write=True)) as store:
        store.sync_sources([source(A)], START)
        for number in range(1, 51):
            _commit(store, A, number, [f"period {word}" for word in range(20)])
    with closing(connect(tmp_path / "store.db", write=False)) as connection:
        first, room = connection.execute(
            "SELECT length(data), (SELECT sum(length(data)) FROM told) FROM told"
        ).fetchone()
    assert room < first + 50 * 200


def test_an_older_store_becomes_compact_and_says_the_same(place: Path) -> None:
    """Migrated from the full form: the same head, records, facts, changes and answers."""
    with closing(open_store(place, write=False)) as store:
        before = _everything(store)
    loosen(place)
    with closing(open_store(place, write=True)) as store:
        assert store.verify(str(before[0])) == []
        assert _everything(store) == before
        _commit(store, A, 7, ["z", "a"])
        assert store.verify() == []


def _everything(store: Store) -> list[object]:
    numbers = range(1, len(HISTORIES) + 1)
    return [
        store.head(),
        store.proof(A),
        [store.facts(key, number) for key in (A, B) for number in numbers],
        [store.comparison(key, number) for key in (A, B) for number in numbers],
        store.changes(ChangeQuery()),
        store.stated(FactQuery(history=True)),
        [store.search(word, 100) for word in ("acme", "bolt", "a", "y", "A 4", "none")],
    ]


WORDS = st.lists(st.sampled_from("abcde"), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_places_hold_any_history(histories: list[list[str]]) -> None:
    """Items that stay keep their place, all places ascend, and what stays is at least as much as one item can be."""
    words, places = list[str](), list[int]()
    for now in histories:
        pairs = kept(words, now)
        assert pairs == sorted(pairs)
        assert [words[old] for old, _ in pairs] == [now[new] for _, new in pairs]
        assert bool(pairs) == bool(set(words) & set(now))
        found = placed(places, pairs, len(now))
        assert found is not None
        assert all(found[new] == places[old] for old, new in pairs)
        assert found == sorted(set(found))
        words, places = now, found


def test_equal_lists_stay_as_they_are() -> None:
    """A list with one item put in loses none of the others."""
    before = [f"item {number % 40}" for number in range(200)]
    now = [*before[:100], "new", *before[100:]]
    assert len(kept(before, now)) == 200


def test_where_there_is_no_room_all_begin_anew() -> None:
    """Two neighbours with nothing between them take no third."""
    assert placed([1, 2], [(0, 0), (1, 2)], 3) is None
    assert placed([1, 3], [(0, 0), (1, 2)], 3) == [1, 2, 3]


def test_of_very_many_passages_the_newest_are_ranked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that is everywhere finds the best of its newest passages, and no older one."""
    with closing(open_store(place, write=False)) as store:
        every = store.search("acme", 100)
        assert len(every) == len(HISTORIES)
        monkeypatch.setattr(passages, "RANKED", 2)
        assert {hit.since for hit in store.search("acme", 1)} <= {len(HISTORIES) - 1, len(HISTORIES)}
        assert len(store.search("acme", 1)) == 1


def test_damaged_words_are_told(place: Path) -> None:
    """Packed bytes that are none, that claim a gigabyte or that stand upon nothing raise an error with a remedy."""
    loosen(place, before="0017_slim")
    with closing(connect(place, write=True)) as connection:
        folds = Folds(connection)
        packed = folds.fold(None, ["some", None, "ß"])
        assert folds.unfold(None, packed, 3) == ["some", None, "ß"]
        for damaged in (b"", b"\0", packed[:-1], b"\xa0\0\0\0\x40" + packed):
            with pytest.raises(StoreError, match="restore a backup"):
                folds.unfold(None, damaged, 3)
        with pytest.raises(StoreError, match="gone"):
            folds.unfold(999, packed, 3)


def test_a_cross_reader_sees_whole_rows(place: Path) -> None:
    """Foreign keys hold after the migration, and SQLite finds nothing wrong."""
    loosen(place)
    open_store(place, write=True).close()
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
