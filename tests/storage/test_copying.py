"""A store is copied to the other kind of database and back, with all that it holds and the same head."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from postgres_database import tampering
from storage_samples import DAY, LEASE, START, capture, change, checked, new_version, result, source, with_alert

from storage.connect import open_store
from storage.copying import copy_store
from storage.errors import StoreError, StoreMissing
from storage.model import (
    ChangeQuery,
    Deadline,
    Delivery,
    DeliveryState,
    FactQuery,
    Health,
    HostState,
    Notice,
    NoticeKind,
    Outcome,
    Posting,
    Reason,
    ReviewEvent,
    ReviewState,
    RobotsAnswer,
    Stamp,
)
from storage.protocol import Store

A, B, C = "acme/privacy", "bolt/dpa", "gone/terms"
ODD = "NUL \0, a noncharacter \uffff0, 😀 and \u202e"
HALF = "half a pair \ud800"


def fill(place: Path | str) -> None:
    """Something of all that a store can hold."""
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(A, vendor=ODD), source(B), source(C)], START)
        for number in (1, 2, 3):
            when = START + number * DAY
            made = new_version(
                A,
                number,
                when,
                [f"Text {number}.", "Stays.", ODD],
                changes=[replace(change(), before=ODD + HALF), change()],
            )
            told = made if number == 1 else with_alert(made, ["mailto:a@example.org", "console:"])
            checked(store, A, when, told)
            checked(store, A, when + DAY / 2)
            checked(store, C, when, new_version(C, number, when, [f"Terms {number}."]))
        until = Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P30D", False, None, "acme/dpa", ODD)
        checked(store, B, START, new_version(B, 1, START, ["One."]))
        checked(store, B, START, replace(new_version(B, 2, START + DAY, ["Two."]), deadline=until))
        store.add_reviews([ReviewEvent(A, 2, 0, START, "Ada", ReviewState.OBJECTED, "Bob", ODD)])
        notice = Notice("n", NoticeKind.FAILING, "operator", START, B, Outcome.FAILED, Reason.DNS, ODD, 5, START)
        due = Delivery("n0", "n", "operator", "console:", "g", DeliveryState.PENDING, 0, START, START, notice=True)
        (claim,) = store.claim("w", START, LEASE, limit=1, only=[B])
        wall = capture("wall", START)
        ill = Health(START - DAY, START, START - DAY, 3, START)
        store.commit(
            [
                result(
                    claim,
                    START,
                    Outcome.BLOCKED,
                    reason=Reason.ROBOTS,
                    detail=ODD,
                    captures=(wall,),
                    health=ill,
                    postings=(Posting(notice, (due,)),),
                )
            ]
        )
        (sent, *_) = store.claim_deliveries(START + 9 * DAY, LEASE, limit=1)
        store.record_deliveries([replace(sent.delivery, state=DeliveryState.SENT, attempts=1, sent_at=START)])
        store.keep_hosts([HostState("https://a.example", RobotsAnswer.RULES, "User-agent: *\n" * 99, START)])
        store.sync_sources([source(A, vendor=ODD), source(B)], START)
        store.forget(C, START, "asked to")
        store.drop_raw([wall.sha256], START + DAY, "old")
        tip = store.tip()
        assert tip is not None
        store.add_stamp(Stamp(tip.seq, tip.link, "http://tsa.example/", START, START, b"\0token", None))


def told_of(store: Store) -> list[object]:
    """All that a store says when it is asked, in an order that both kinds of database have."""
    return [
        store.head(),
        store.sources(),
        store.states(),
        store.versions(),
        [store.document(one.source_id, one.number) for one in store.versions()],
        [store.facts(one.source_id, one.number) for one in store.versions()],
        [store.comparison(one.source_id, one.number) for one in store.versions()],
        store.changes(ChangeQuery()),
        store.stated(FactQuery(history=True)),
        store.deadlines(date(2020, 1, 1)),
        store.reviews(),
        [store.ledger(key) for key in (A, B)],
        store.deliveries(),
        [store.parcel(one.key) for one in store.deliveries()],
        store.hosts(),
        store.stamps(),
        store.dropped(),
        [store.capture(one.sha256) for one in store.raw_pages()],
        store.proof(A),
        sorted((hit.source_id, hit.since, hit.until or 0, hit.text) for hit in store.search("text", 99)),
        store.verify(),
    ]


def test_a_store_goes_to_the_server_and_back(tmp_path: Path, postgres_store: str) -> None:
    """Every question has the same answer in all three stores, and each goes on where it was."""
    first, last = tmp_path / "first.db", tmp_path / "last.db"
    fill(first)
    there = copy_store(first, postgres_store)
    back = copy_store(postgres_store, last)
    assert there == back
    answers = []
    for place in (first, postgres_store, last):
        with closing(open_store(place, write=False)) as store:
            answers.append(told_of(store))
    assert answers[0] == answers[1] == answers[2]
    heads = set()
    for place in (first, postgres_store, last):
        with closing(open_store(place, write=True)) as store:
            checked(store, A, START + 9 * DAY, new_version(A, 4, START + 9 * DAY, ["Text 4.", ODD]))
            assert store.verify() == []
            heads.add(store.head())
    assert len(heads) == 1


def test_one_history_has_one_head_in_both(tmp_path: Path, postgres_store: str) -> None:
    """What is committed to a file and to a server makes the same records, to the byte."""
    heads = []
    for place in (tmp_path / "store.db", postgres_store):
        fill(place)
        with closing(open_store(place, write=False)) as store:
            heads.append(store.head())
    assert heads[0] == heads[1]


def test_a_copy_never_takes_the_place_of_a_store(tmp_path: Path, postgres_store: str) -> None:
    """Neither of a file nor of a database; nothing is changed."""
    first = tmp_path / "first.db"
    fill(first)
    copy_store(first, postgres_store)
    with pytest.raises(StoreError, match="holds a store already"):
        copy_store(first, postgres_store)
    with pytest.raises(StoreError, match="there already"):
        copy_store(postgres_store, first)
    with pytest.raises(StoreMissing):
        copy_store(tmp_path / "none.db", postgres_store)


def test_a_store_that_was_touched_is_not_copied(tmp_path: Path, postgres_store: str) -> None:
    """And nothing is left at the target."""
    fill(postgres_store)
    with tampering(postgres_store) as execute:
        execute("UPDATE versions SET title = 'other'")
    with pytest.raises(StoreError, match="does not verify"):
        copy_store(postgres_store, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
