"""What the versions of all sources state: now, at a moment, at any time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.model import Deadline, Fact, FactQuery, FactType
from storage.protocol import Store

A, B = "acme/privacy", "bolt/dpa"


def recipient(name: str) -> Fact:
    """A fact that names a party."""
    return Fact.of(FactType.RECIPIENT, quote=f"We use {name}.", section=(), name=name)


@pytest.fixture
def store(location: Path | str) -> Iterator[Store]:
    """Two vendors; one has two versions, a day apart, of which each names another party."""
    with closing(open_store(location, write=True)) as opened:
        opened.sync_sources([source(A), source(B)], START)
        for number, name in enumerate(("Hooli", "Initech"), start=1):
            when = START + (number - 1) * DAY
            checked(opened, A, when, replace(new_version(A, number, when, [name]), facts=(recipient(name),)))
        checked(opened, B, START + DAY, new_version(B, 1, START + DAY, ["text"]))
        yield opened


def names(store: Store, query: FactQuery) -> list[tuple[str, int, str]]:
    """Source, version and type or name of what is stated."""
    found = store.stated(query)
    return [(one.source_id, one.version, dict(one.fact.fields).get("name") or one.fact.type.value) for one in found]


def test_the_latest_versions_speak(store: Store) -> None:
    """Of all sources, in the order of source and text."""
    assert names(store, FactQuery()) == [(A, 2, "Initech"), (B, 1, "retention"), (B, 1, "ai")]
    assert names(store, FactQuery(types=(FactType.AI, FactType.RECIPIENT))) == [(A, 2, "Initech"), (B, 1, "ai")]
    (one,) = store.stated(FactQuery(types=(FactType.RECIPIENT,)))
    assert (one.vendor, one.first_seen, one.fact) == ("Acme", START + DAY, recipient("Initech"))


def test_a_moment_has_the_versions_that_stood_then(store: Store) -> None:
    """Nothing before the first was seen; the first until the second was."""
    assert names(store, FactQuery(at=START - timedelta(seconds=1))) == []
    assert names(store, FactQuery(at=START)) == [(A, 1, "Hooli")]
    assert names(store, FactQuery(at=START + DAY, types=(FactType.RECIPIENT,))) == [(A, 2, "Initech")]


def test_the_history_has_them_all(store: Store) -> None:
    """Limited by vendor, source and word, in any case."""
    query = FactQuery(types=(FactType.RECIPIENT,), history=True)
    assert names(store, query) == [(A, 1, "Hooli"), (A, 2, "Initech")]
    assert names(store, replace(query, word="HOOL")) == [(A, 1, "Hooli")]
    assert names(store, replace(query, vendor="acme")) == names(store, replace(query, source_id=A))
    assert names(store, replace(query, vendor="bolt")) == []


def test_deadlines_come_with_their_version(location: Path | str) -> None:
    """The soonest first, those of the past left out, gone with their source."""
    with closing(open_store(location, write=True)) as store:
        store.sync_sources([source(A), source(B)], START)
        until = Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P30D", False, None, "acme/dpa", "You may object.")
        for key, due in ((A, until), (B, replace(until, on=date(2026, 3, 20)))):
            checked(store, key, START, new_version(key, 1, START, ["one"]))
            checked(store, key, START + DAY, replace(new_version(key, 2, START + DAY, ["two"]), deadline=due))
        second, first = store.deadlines(date(2026, 3, 20))[::-1]
        assert (first.source_id, second.source_id) == (B, A)
        assert (second.deadline, second.version, second.seen_after) == (until, 2, START + DAY)
        assert second.summary == "retention changed"
        assert [one.source_id for one in store.deadlines(date(2026, 3, 21))] == [A]
        store.sync_sources([source(B)], START)
        store.forget(A, START, "")
        assert store.deadlines(date(2026, 3, 21)) == []
