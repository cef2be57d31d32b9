"""Counts of changes, and the record of one version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from storage_samples import DAY, START, change, checked, new_version, source

from storage.connect import open_store
from storage.model import Severity, TallyBy, Topic
from storage.protocol import Store


@pytest.fixture
def store(location: Path | str) -> Iterator[Store]:
    """Two sources, one of which changed twice."""
    store = open_store(location, write=True)
    store.sync_sources([source(), source("other/terms")], START)
    checked(store, "acme/privacy", START, new_version("acme/privacy", 1, START, ["one"]))
    checked(store, "other/terms", START, new_version("other/terms", 1, START, ["other"]))
    for number, when in ((2, START + DAY), (3, START + DAY + timedelta(hours=3))):
        made = [change(), change(Topic.AI, Severity.LOW)] if number == 2 else [change()]
        checked(store, "acme/privacy", when, new_version("acme/privacy", number, when, [f"{number}"], changes=made))
    yield store
    store.close()


def test_changes_are_counted_by_day_gravest_first(store: Store) -> None:
    """Both versions of one day make one count for each severity, with the newest moment."""
    counts = store.tally(TallyBy.DAY)
    assert [(one.key, one.severity, one.count) for one in counts] == [
        ("2026-03-02", Severity.HIGH, 2),
        ("2026-03-02", Severity.LOW, 1),
    ]
    assert counts[0].last == START + DAY + timedelta(hours=3)


def test_changes_are_counted_by_source_since_a_moment(store: Store) -> None:
    """What was seen before the moment does not count, and a source without changes is not there."""
    since = START + DAY + timedelta(hours=1)
    assert [(one.key, one.severity, one.count) for one in store.tally(TallyBy.SOURCE, since)] == [
        ("acme/privacy", Severity.HIGH, 1)
    ]


def test_the_record_of_a_version_is_the_one_of_the_chain(store: Store) -> None:
    """Its text is what the digest is of, and the chain holds the same record; there is none of a version to come."""
    record = store.record("acme/privacy", 2)
    assert record is not None
    assert record.text is not None
    assert hashlib.sha256(record.text.encode()).hexdigest() == record.digest
    assert record in store.proof("acme/privacy")
    assert store.record("acme/privacy", 9) is None
