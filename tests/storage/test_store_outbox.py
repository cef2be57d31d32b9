"""What the outbox promises of groups and of clocks that were wrong, over every backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from storage_samples import LEASE, START, source

from storage.connect import open_store
from storage.model import Delivery, DeliveryState, Notice, NoticeKind, Posting
from storage.protocol import Store

A = "acme/privacy"
ALICE, BOB = "mailto:alice@example.org", "mailto:bob@example.org"
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


@pytest.fixture
def store(location: Path | str) -> Iterator[Store]:
    """An empty store that is open to write, in each of the backends."""
    with closing(open_store(location, write=True)) as opened:
        opened.sync_sources([source(A)], START)
        yield opened


def put(store: Store, key: str, group: str = "", target: str = ALICE, due: timedelta = timedelta()) -> Delivery:
    """A delivery in the outbox."""
    notice = Notice(f"n{key}", NoticeKind.FAILING, "team", START, A)
    one = Delivery(key, notice.key, "team", target, group, DeliveryState.PENDING, 0, START + due, START, notice=True)
    store.record_deliveries([], [Posting(notice, (one,))])
    return one


def keys(store: Store, after: timedelta = timedelta(), lease: timedelta = LEASE) -> list[str]:
    """What is claimed so long after the start."""
    return [post.delivery.key for post in store.claim_deliveries(START + after, lease, limit=99)]


def test_a_group_comes_as_a_whole_even_before_its_time(store: Store) -> None:
    """Whoever moved the hour of the digest gets one message: the first of a group that is due brings the others."""
    put(store, "a", "daily:2026-05-01")
    put(store, "b", "daily:2026-05-01", due=MINUTE)
    put(store, "c", "daily:2026-05-01", BOB, due=MINUTE)
    put(store, "d", "daily:2026-05-02", due=MINUTE)
    put(store, "e", due=MINUTE)
    assert keys(store) == ["a", "b"]
    assert sorted(keys(store, MINUTE)) == ["c", "d", "e"], "the others are leased"


def test_a_seal_is_kept_with_the_lease(store: Store) -> None:
    """The group is written at once; nobody else gets the delivery before the lease ends."""
    put(store, "a")
    put(store, "b")
    assert sorted(keys(store)) == ["a", "b"]
    store.seal_deliveries({"a": "|m", "b": "|m"})
    store.seal_deliveries({})
    assert {one.group for one in store.deliveries()} == {"|m"}
    assert keys(store) == []
    assert sorted(keys(store, LEASE)) == ["a", "b"]


def test_the_group_is_recorded_with_the_result(store: Store) -> None:
    """A delivery may be moved to another group when it is written down."""
    one = put(store, "a", "daily:2026-05-01")
    store.record_deliveries([replace(one, group="daily:2026-05-02")])
    assert [each.group for each in store.deliveries()] == ["daily:2026-05-02"]


def test_which_groups_were_told(store: Store) -> None:
    """Those that were sent, and those of which nobody knows; not what waits, was dropped, or is older."""
    groups = [f"daily:2026-05-0{day}" for day in range(1, 6)]
    sent, unsure, waiting, dropped, _ = (put(store, group[-1], group) for group in groups)
    store.record_deliveries(
        [
            replace(sent, state=DeliveryState.SENT, sent_at=START),
            replace(unsure, group=f"{unsure.group}|message"),
            waiting,
            replace(dropped, state=DeliveryState.DROPPED),
        ]
    )
    assert store.groups_told(groups, START - WEEK) == {("team", ALICE, group, True) for group in groups[:2]}
    assert store.groups_told(groups[1:], START - WEEK) == {("team", ALICE, groups[1], True)}
    assert store.groups_told(groups, START) == set()
    assert store.groups_told([], START - WEEK) == set()


def test_a_wait_that_nobody_meant_is_over(store: Store) -> None:
    """A digest of a page that flaps waits for 38 days; more than 40 are of a wrong clock, but for reminders."""
    put(store, "week", "weekly:2026-05-01", due=timedelta(days=38))
    put(store, "ahead", due=timedelta(days=400))
    put(store, "remind", "remind:2027-05-01:7", due=timedelta(days=360))
    assert keys(store) == ["ahead"]


def test_a_lease_that_nobody_gives_is_over(store: Store) -> None:
    """A lease that ends later than one that begins now was given by a clock that was wrong."""
    put(store, "a")
    assert keys(store, timedelta(days=400)) == ["a"]
    assert keys(store, timedelta(days=400)) == []
    assert keys(store) == ["a"]
    assert keys(store) == []
