"""What people did about changes is kept event by event, is evidence, and goes when its source is forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from postgres_database import tampering
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.errors import StoreError, UsageError
from storage.model import ReviewEvent, ReviewState
from storage.protocol import Store

A, B = "acme/privacy", "bolt/dpa"
EVENT = ReviewEvent(A, 2, 0, START + 3 * DAY, "Ada", ReviewState.OBJECTED, "Bob", "asked Lena\nagain")


@pytest.fixture
def place(location: Path | str) -> Path | str:
    """Where the store lies."""
    return location


@pytest.fixture
def store(place: Path | str) -> Iterator[Store]:
    """Two sources with two versions each; the second has two changes."""
    with closing(open_store(place, write=True)) as opened:
        opened.sync_sources([source(A), source(B)], START)
        for number in (1, 2):
            for key in (A, B):
                when = START + number * DAY
                checked(opened, key, when, new_version(key, number, when, [f"{key} {number}", "Stays."]))
        yield opened


def test_events_are_read_as_they_were_written(store: Store) -> None:
    """In their order, with the number of their record; of one source or of all."""
    whole = ReviewEvent(B, 2, None, START, "Ada", assignee="")
    store.add_reviews([EVENT, whole])
    store.add_reviews([replace(EVENT, position=1, note=None)])
    last = len(store.proof(A))
    told = store.reviews()
    assert told == [
        replace(EVENT, record=last - 2),
        replace(whole, record=last - 1),
        replace(EVENT, position=1, note=None, record=last),
    ]
    assert store.reviews(B) == told[1:2]
    assert store.verify() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"position": 2}, "acme/privacy@2#2: there is no such change"),
        ({"position": -1}, "there is no such change"),
        ({"version": 1, "position": None}, "acme/privacy@1: there is no such change"),
        ({"version": 9}, "there is no such change"),
        ({"source_id": "nobody/here"}, "there is no such change"),
    ],
)
def test_what_is_not_there_is_not_reviewed(store: Store, changed: dict[str, object], said: str) -> None:
    """One wrong event, and none of them is written."""
    head = store.head()
    with pytest.raises(UsageError, match=said):
        store.add_reviews([EVENT, replace(EVENT, **changed)])  # type: ignore[arg-type] # its fields
    assert (store.reviews(), store.head()) == ([], head)


def test_a_reader_writes_no_review(store: Store, place: Path | str) -> None:
    """Like every writing method."""
    with closing(open_store(place, write=False)) as reader, pytest.raises(StoreError, match="open for reading"):
        reader.add_reviews([EVENT])
    assert store.reviews() == []


def test_every_event_is_a_record_that_says_it(store: Store) -> None:
    """The last record tells the event; each makes a new head, and the chain still holds the old one."""
    head = store.head()
    store.add_reviews([EVENT])
    assert store.head() != head
    assert store.verify(head) == []
    assert json.loads(store.proof(A)[-1].text or "") == {
        "record": "clausewatch/record/1",
        "seq": len(store.proof(A)),
        "kind": "review",
        "source": A,
        "version": 2,
        "position": 0,
        "at": "2026-03-04T09:00:00.000000Z",
        "who": "Ada",
        "state": "objected",
        "assignee": "Bob",
        "note": "asked Lena\nagain",
    }
    assert store.proof(B)[-1].text is None
    when = START + 9 * DAY
    checked(store, A, when, new_version(A, 3, when, ["more"]))
    assert store.verify(head) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE reviews SET state = 'accepted'", "(review): not what was written"),
        ("UPDATE reviews SET at = '2026-03-01T09:00:00.000000Z'", "(review): not what was written"),
        ("UPDATE reviews SET note = NULL", "(review): not what was written"),
        ("UPDATE reviews SET position = NULL", "(review): not what was written"),
        ("DELETE FROM reviews", "(review): gone"),
        ("DELETE FROM records WHERE kind = 'review'", "put in"),
        (
            "INSERT INTO reviews SELECT 99, source_id, version, position, at, who, state, assignee, note FROM reviews",
            "review 99: put in",
        ),
    ],
)
def test_what_was_touched_is_found(store: Store, place: Path | str, statement: str, said: str) -> None:
    """Altered, taken out, or put in behind the program's back."""
    store.add_reviews([EVENT])
    store.close()
    with tampering(place) as execute:
        execute(statement)
    with closing(open_store(place, write=False)) as reader:
        assert said in reader.verify()[0]


def test_reviews_are_forgotten_with_their_source(store: Store, place: Path | str) -> None:
    """To the last byte, the chain holds, and those of others stay."""
    secret = "the marmalade clause"
    store.add_reviews([replace(EVENT, note=secret), replace(EVENT, source_id=B, note="kept")])
    head = store.head()
    store.sync_sources([source(B)], START)
    assert store.forget(A, START + 9 * DAY, "asked to") == 5
    assert store.verify(head) == []
    assert [one.note for one in store.reviews()] == ["kept"]
    store.close()
    assert not isinstance(place, Path) or secret.encode() not in place.read_bytes()


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_a_store_without_the_table_gets_it(store: Store, place: Path | str) -> None:
    """A store of before is brought up to date with its history and its head as they are."""
    head = store.head()
    store.close()
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("DROP TABLE reviews")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0012_reviews'")
    with closing(open_store(place, write=True)) as opened:
        assert (opened.head(), opened.reviews(), opened.verify()) == (head, [], [])
        opened.add_reviews([EVENT])
        assert opened.verify(head) == []
