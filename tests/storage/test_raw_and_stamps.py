"""Raw pages are let go of without breaking the chain, and time stamps stand beside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from postgres_database import tampering
from storage_samples import DAY, LEASE, START, capture, new_version, result, source

from storage.connect import open_store
from storage.errors import StoreError, UsageError
from storage.model import Capture, NewVersion, Outcome, Stamp
from storage.protocol import Store
from storage.sqlite import stamps

A, B = "acme/privacy", "bolt/dpa"
LONG = " ".join(f"clause {number} stays as it is" for number in range(400))


@pytest.fixture
def place(location: Path | str) -> Path | str:
    """Where the store lies."""
    return location


@pytest.fixture
def store(place: Path | str) -> Iterator[Store]:
    """Two sources of four versions each, every one with a raw page that stands upon the one before."""
    with closing(open_store(place, write=True)) as opened:
        opened.sync_sources([source(A), source(B)], START)
        for number in (1, 2, 3, 4):
            for key in (A, B):
                _version(opened, key, number)
        yield opened


def _version(store: Store, key: str, number: int) -> None:
    when = START + number * DAY
    page = capture(f"{key} {number} {LONG}", when)
    made: NewVersion = new_version(key, number, when, [f"{key} {number}", LONG])
    _check(store, key, page, replace(made, version=replace(made.version, captures=(page.sha256,))))


def _check(store: Store, key: str, page: Capture, *made: NewVersion) -> None:
    (claim,) = store.claim("w", page.fetched_at, LEASE, limit=1, only=[key])
    outcome = Outcome.CHANGED if made else Outcome.BLOCKED
    store.commit([result(claim, page.fetched_at, outcome, captures=(page,), versions=made)])


def _pages(store: Store, key: str) -> list[str]:
    return [version.captures[0] for version in store.versions(key)]


def test_raw_pages_are_listed_oldest_first(store: Store) -> None:
    """Each with its room, its source, when it came, and whether the latest version was read from it."""
    found = store.raw_pages()
    assert [one.last_at for one in found] == sorted(one.last_at for one in found)
    assert [one.sha256 for one in found if one.sources == (A,)] == _pages(store, A)
    assert [one.sha256 for one in found if one.latest] == sorted([_pages(store, A)[-1], _pages(store, B)[-1]])
    assert found[0].size > found[2].size > 0  # the later ones stand upon the first


def test_dropped_pages_leave_the_chain_whole(store: Store, place: Path | str) -> None:
    """What stood upon them is read as before, their records stay, and a record says which, when and why."""
    first, second, third, last = _pages(store, A)
    head, bodies = store.head(), {page: store.body(page) for page in (third, last, *_pages(store, B))}
    room = sum(one.size for one in store.raw_pages())
    freed = store.drop_raw([first, second], START + 9 * DAY, "older than 3 days")
    assert room - freed == sum(one.size for one in store.raw_pages())
    assert store.verify(head) == []
    assert {page: store.body(page) for page in bodies} == bodies
    with pytest.raises(UsageError, match=r"let go of on 2026-03-10 \(older than 3 days\)"):
        store.body(first)
    with pytest.raises(UsageError, match="let go of"):
        store.capture(second)
    record = store.tip()
    assert record is not None
    said = json.loads(store.proof(A)[-1].text or "")
    assert (said["kind"], said["source"], said["seq"]) == ("dropped", A, record.seq)
    assert said["pages"] == sorted([first, second])
    assert [(one.sha256, one.source_id, one.record) for one in store.dropped()] == [
        (page, A, record.seq) for page in sorted([first, second])
    ]
    assert store.proof(B)[-1].text is None


def test_pages_of_the_latest_version_are_never_dropped(store: Store) -> None:
    """Then nothing is dropped, also none of the others that were asked for."""
    first, *_, last = _pages(store, A)
    with pytest.raises(UsageError, match="latest version"):
        store.drop_raw([first, last], START, "by mistake")
    assert store.body(first)
    assert store.dropped() == []


def test_a_page_that_comes_again_is_kept_again(store: Store) -> None:
    """It is no longer counted among the dropped, and the chain knows both."""
    first = _pages(store, A)[0]
    store.drop_raw([first], START + 5 * DAY, "older")
    when = START + 6 * DAY
    page = capture(f"{A} 1 {LONG}", when)
    assert page.sha256 == first
    _check(store, A, page)
    assert store.body(first) == page.body
    assert store.dropped() == []
    assert store.verify() == []


def test_bytes_that_are_gone_without_a_record_are_a_fault(store: Store, place: Path | str) -> None:
    """Nor does a record that was changed excuse them."""
    first, second, *_ = _pages(store, A)
    store.drop_raw([first], START, "older")
    store.close()
    with tampering(place) as execute:
        execute(f"UPDATE records SET body = replace(body, '{first}', '{second}') WHERE kind = 'dropped'")
    with closing(open_store(place, write=False)) as again:
        problems = again.verify()
    assert f"stored bytes {first}: gone; restore a backup" in problems
    assert any("(dropped): not what was written" in one for one in problems)


def test_dropping_what_is_not_kept_does_nothing(store: Store) -> None:
    """Unknown pages, texts of versions, and an empty list leave no record."""
    before = store.head()
    document = json.loads(next(one.text for one in store.proof(A) if one.kind == "version" and one.text))["document"]
    assert store.drop_raw([], START, "x") == store.drop_raw(["0" * 64, document], START, "x") == 0
    assert store.head() == before


def _stamp(store: Store, token: bytes | None, **changed: object) -> Stamp:
    tip = store.tip()
    assert tip is not None
    at = START if token else None
    made = Stamp(tip.seq, tip.link, "http://tsa.example/", START + DAY, at, token, None if token else "no answer")
    return replace(made, **changed)  # type: ignore[arg-type] # the fields of Stamp, by name


def test_stamps_are_kept_and_failures_give_way(store: Store) -> None:
    """An attempt that failed stands last, and is gone with the next one; what was stamped stays."""
    assert store.stamps() == []
    one = _stamp(store, b"\x30\x00token")
    store.add_stamp(one)
    for _ in range(2):
        store.add_stamp(_stamp(store, None))
    assert store.stamps() == [one, _stamp(store, None)]
    _version(store, A, 5)
    two = _stamp(store, b"other")
    store.add_stamp(two)
    assert store.stamps() == [one, two]
    failed = _stamp(store, None)
    store.add_stamp(failed)
    assert store.stamps(limit=1) == [two, failed]
    assert store.stamps(limit=0) == [failed]
    assert store.verify() == []
    tip = store.tip()
    assert tip is not None
    assert (two.seq, two.head) == (tip.seq, store.head())


def test_a_stamp_of_another_chain_is_refused_and_found(store: Store, place: Path | str) -> None:
    """It is not written; one that was put in by hand is told by verify."""
    with pytest.raises(UsageError, match="is not its link"):
        store.add_stamp(_stamp(store, b"x", head="0" * 64))
    store.add_stamp(_stamp(store, b"x"))
    store.close()
    with tampering(place) as execute:
        execute("UPDATE stamps SET seq = seq - 1")
    with closing(open_store(place, write=False)) as again:
        assert any("time stamp of record" in one for one in again.verify())
        with pytest.raises(StoreError, match="open for reading"):
            again.drop_raw([], START, "x")


def test_a_new_store_has_no_tip(location: Path | str) -> None:
    """Nothing is linked, so there is nothing to stamp."""
    with closing(open_store(location, write=True)) as store:
        assert store.tip() is None
        assert store.raw_pages() == []


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_any_change_of_a_stamp_is_found(store: Store, place: Path | str) -> None:
    """Also of parts of the token that its signature does not cover."""
    store.add_stamp(_stamp(store, b"a token"))
    store.close()
    with closing(sqlite3.connect(place)) as raw:
        for column in ("authority", "asked_at", "at", "error"):
            raw.execute("SAVEPOINT one")
            raw.execute(f"UPDATE stamps SET {column} = 'x'")
            assert list(stamps.faults(raw)) == [f"time stamp of record {_seq(raw)}: not as it was written"], column
            raw.execute("ROLLBACK TO one")
        assert list(stamps.faults(raw)) == []
        raw.execute("UPDATE stamps SET token = x'00'")
        assert len(list(stamps.faults(raw))) == 1


def _seq(raw: sqlite3.Connection) -> int:
    return int(raw.execute("SELECT seq FROM stamps").fetchone()[0])


def test_what_was_dropped_of_a_source_is_forgotten_with_it(store: Store) -> None:
    """The record stays, and the chain with it; the pages of the others are listed as before."""
    for key in (A, B):
        store.drop_raw(_pages(store, key)[:2], START + 9 * DAY, "older")
    assert len(store.dropped()) == 4
    store.sync_sources([source(B)], START)
    store.forget(A, START + 10 * DAY, "asked to")
    assert {one.source_id for one in store.dropped()} == {B}
    assert store.verify() == []
