"""What versions tell in brief comes back to the byte, and stands beside what an earlier program packed in full."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from old_stores import in_full
from storage_samples import DAY, START, checked, new_version, source, with_alert

from storage.codec import row
from storage.connect import open_store
from storage.errors import StoreError
from storage.model import (
    FACT_FIELDS,
    Change,
    ChangeKind,
    Direction,
    Fact,
    FactChange,
    FactType,
    Severity,
    Span,
    Topic,
)
from storage.protocol import Store
from storage.sqlite import counts
from storage.sqlite.brief import FORM, PLACE, RAW, lengthen, shorten, without_facts
from storage.sqlite.telling import Series, telling

KEY = "acme/privacy"
TEXTS = st.sampled_from(["a", "b c", 'Ä "q" \\ \n e', '{"position":', '","', "null", "\u2028", "\x02", ""])
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
FACTS = st.sampled_from(FactType).flatmap(
    lambda kind: st.builds(
        Fact,
        st.just(kind),
        st.tuples(*[st.tuples(st.just(name), st.none() | TEXTS) for name in FACT_FIELDS[kind]]),
        TEXTS,
        LISTS,
    )
)
SPANS = st.lists(st.builds(Span, st.sampled_from(["equal", "insert", "delete"]), TEXTS), max_size=4).map(tuple)


def _change(spans: tuple[Span, ...], topics: tuple[str, ...], *, joined: bool) -> Change:
    """As it is read: `before` and `after` are what the runs join to; or of another shape."""
    before = "".join(one.text for one in spans if one.op != "insert") or None
    return Change(
        Topic.RETENTION,
        ("retention", *topics),
        ChangeKind.MODIFIED,
        Severity.LOW,
        Direction.WORSE,
        ("Data", *topics),
        before if joined else "other",
        "".join(one.text for one in spans if one.op != "delete") or None,
        spans,
        (FactChange(FactType.RETENTION, None, "P1Y", topics[0] if topics else "P2Y"),),
        "Longer",
        topics,
    )


CHANGES = st.builds(_change, SPANS, LISTS, joined=st.booleans())
TIMES = st.sampled_from(["2026-03-01T09:00:00.000000Z", "2026-03-02T09:00:00.000000Z"])


@settings(max_examples=80, deadline=None)
@given(st.lists(FACTS, max_size=4), st.lists(st.tuples(TIMES, CHANGES), max_size=3))
def test_whatever_is_told_comes_back(facts: list[Fact], changes: list[tuple[str, Change]]) -> None:
    """Numbers, times and words; alone, and as one of a series."""
    told = telling(
        "null",
        [(place, *row(one)) for place, one in enumerate(facts)],
        [
            (place, seen, "2026-03-03T09:00:00.000000Z", one.severity.rank, *row(one))
            for place, (seen, one) in enumerate(changes)
        ],
    ).encode()
    bare = told
    for place in range(max(len(facts), len(changes))):
        bare = bare.replace(b'{"position":%d,' % place, PLACE)
    short = shorten(bare)
    assert short[:1] == FORM
    assert lengthen(short) == bare
    members = json.loads(b"{%b}" % told)
    del members["facts"]
    for one in (short, bare):
        read = json.loads(b"{%b}" % without_facts(one).replace(PLACE, b"{"))
        assert read["comparison"] is None
        assert [{"position": place, **change} for place, change in enumerate(read["changes"])] == members["changes"]
    about = Series().follow(short).about
    assert about is None or counts.among(about) == counts.of(told.decode())
    series = Series()
    assert [series.follow(one).text for one in (bare, short, short, bare)] == [told] * 4


def test_the_usual_is_told_without_names() -> None:
    """Nothing of a fact or change of today's shape stands in full."""
    change = _change((Span("equal", "kept "), Span("delete", "a year"), Span("insert", "ever")), ("ai",), joined=True)
    fact = Fact.of(FactType.RETENTION, quote="kept ever", section=("Data",), subject="all", period=None)
    told = telling("null", [(0, *row(fact))], [(0, "t", "u", 1, *row(change))]).encode()
    short = shorten(told.replace(b'{"position":0,', PLACE))
    assert RAW not in short
    assert b"section" not in short
    assert b"spans" not in short


@pytest.mark.parametrize("place", range(12))
def test_damage_is_told(place: int) -> None:
    """Whatever byte is another one, it is a text again or an error that says so."""
    fact = Fact.of(FactType.RIGHT, quote="q", section=("Data",), id="access")
    change = _change((Span("insert", "b"),), (), joined=True)
    told = telling("null", [(0, *row(fact))], [(0, "t", "u", 1, *row(change))]).encode()
    short = shorten(told.replace(b'{"position":0,', PLACE))
    for number in range(len(short)):
        damaged = short[:number] + bytes([(short[number] + 1 + place * 21) % 256]) + short[number + 1 :]
        try:
            assert Series().follow(damaged).text != told
        except StoreError as error:
            assert "restore a backup" in str(error)


def test_what_stood_in_full_is_read_and_followed(tmp_path: Path) -> None:
    """A store of an earlier program is whole, and goes on in brief upon what is there."""
    place, other = tmp_path / "old.db", tmp_path / "new.db"
    for path in (place, other):
        with closing(open_store(path, write=True, repeatable=True)) as store:
            store.sync_sources([source(KEY)], START)
            _versions(store, range(1, 4))
    in_full(place)
    for path in (place, other):
        with closing(open_store(path, write=True, repeatable=True)) as store:
            _versions(store, range(4, 7))
            assert store.verify() == []
    with closing(open_store(place, write=False)) as old, closing(open_store(other, write=False)) as new:
        assert old.head() == new.head()
        for number in range(1, 7):
            assert old.facts(KEY, number) == new.facts(KEY, number)
            assert old.comparison(KEY, number) == new.comparison(KEY, number)
    with closing(sqlite3.connect(place)) as one, closing(sqlite3.connect(other)) as two:
        told = "SELECT sum(length(data)) FROM told"
        assert one.execute(told).fetchone() > two.execute(told).fetchone()


def _versions(store: Store, numbers: range) -> None:
    for number in numbers:
        when = START + number * DAY
        made = new_version(KEY, number, when, [f"Version {number}.", "Stays.", f"{number % 2} comes back."])
        checked(store, KEY, when, with_alert(made) if made.comparison else made)
