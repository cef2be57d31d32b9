"""What the store remembers of a source's health, and the notices in the outbox."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from storage_samples import DAY, LEASE, START, checked, new_version, result, source, with_alert

from storage import relink, schema
from storage.codec import dump
from storage.connect import open_store
from storage.errors import StoreError
from storage.model import (
    CheckResult,
    Delivery,
    DeliveryState,
    Document,
    Health,
    Move,
    Notice,
    NoticeKind,
    NoticeParcel,
    Outcome,
    Parcel,
    Posting,
    Reason,
)
from storage.protocol import Store
from storage.sqlite import connect, write_txn

A = "acme/privacy"
ILL = Health(START - DAY, START, START - DAY, 3, START, (Move("https://a.example/\ud800", "https://b.example/", 2),))


@pytest.fixture
def store(location: Path | str) -> Iterator[Store]:
    """A store that is open to write, with one source."""
    with closing(open_store(location, write=True)) as opened:
        opened.sync_sources([source(A)], START)
        yield opened


def posting(key: str = "n", source_id: str | None = A, **changed: object) -> Posting:
    """A notice to two targets."""
    told = Notice(
        key, NoticeKind.FAILING, "operator", START, source_id, Outcome.FAILED, Reason.DNS, "gone\x00", 5, START
    )
    deliveries = tuple(
        Delivery(f"{key}{n}", key, "operator", target, "g", DeliveryState.PENDING, 0, START, START, notice=True)
        for n, target in enumerate(("mailto:ops@example.org", "console:"))
    )
    return Posting(replace(told, **changed), deliveries)  # type: ignore[arg-type] # its fields, by name


def check(store: Store, **changed: object) -> CheckResult:
    """One failed check, committed."""
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    made = result(claim, START, Outcome.FAILED, reason=Reason.DNS, **changed)
    store.commit([made])
    return made


def test_health_comes_back_field_for_field_and_stays_until_it_changes(store: Store) -> None:
    """A result without a word on it leaves it as it was; one that is well again takes no room."""
    check(store, health=ILL)
    kept = replace(ILL, moves=(Move("https://a.example/\ufffd", "https://b.example/", 2),))
    (state,) = store.states()
    assert (state.health, state.moved_to) == (kept, "https://b.example/")
    check(store)
    assert store.states()[0].health == kept
    check(store, health=Health())
    assert store.states()[0].health == Health()


def test_a_notice_is_written_with_its_check_and_comes_out_whole(store: Store) -> None:
    """Both deliveries, the notice field for field, its source."""
    made = posting()
    check(store, health=ILL, postings=(made,))
    parcels = store.claim_deliveries(START, LEASE, limit=9)
    assert parcels == [NoticeParcel(one, made.notice, source(A)) for one in made.deliveries]
    assert store.deliveries() == list(made.deliveries)
    assert store.parcel("n1") == parcels[1]
    sent = replace(made.deliveries[0], state=DeliveryState.SENT, attempts=1, sent_at=START)
    store.record_deliveries([sent])
    assert store.deliveries(DeliveryState.SENT) == [sent]


def test_the_same_notice_again_is_one(store: Store) -> None:
    """A check that is made again after a restored backup posts nothing twice, and its commit is not held up."""
    check(store, postings=(posting(),))
    check(store, postings=(posting(),))
    assert len(store.deliveries()) == 2
    assert store.states()[0].failures == 2


def test_a_commit_that_fails_posts_nothing(store: Store) -> None:
    """The notice and the check are one: a version that does not follow takes both back."""
    with pytest.raises(StoreError):
        check(store, postings=(posting(),), versions=(new_version(A, 7, START, ["x"]),))
    assert store.deliveries() == []
    assert store.states()[0].failures == 0


def test_what_is_given_up_and_the_notice_of_it_are_one(store: Store) -> None:
    """A result that cannot be recorded posts nothing either."""
    check(store, postings=(posting(),))
    first, second = store.deliveries()
    about = posting("u", None, kind=NoticeKind.UNDELIVERED, delivery=first.key, target=first.target)
    with pytest.raises(StoreError, match="ghost"):
        store.record_deliveries([replace(first, key="ghost")], [about])
    assert len(store.deliveries()) == 2
    store.record_deliveries([replace(first, state=DeliveryState.DEAD)], [about])
    assert [one.state for one in store.deliveries(DeliveryState.DEAD)] == [DeliveryState.DEAD]
    assert {one.alert_key for one in store.deliveries(DeliveryState.PENDING)} == {second.alert_key, "u"}
    parcel = store.parcel("u0")
    assert isinstance(parcel, NoticeParcel)
    assert (parcel.notice, parcel.source) == (about.notice, None)


def test_a_delivery_carries_what_is_there(store: Store) -> None:
    """Neither an alert nor a notice can be missing under a delivery: the database itself refuses."""
    stray = replace(posting(), notice=replace(posting().notice, key="another"))
    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        check(store, postings=(stray,))
    assert store.deliveries() == []


def test_an_older_outbox_keeps_every_delivery(tmp_path: Path) -> None:
    """A store from before notices: all deliveries are there, in their states, with their leases and their alerts."""
    path = tmp_path / "old.db"
    sqlite3.connect(path).close()
    text = dump(Document(None, None, None, None, (), "", "")).encode()
    name = hashlib.sha256(text).hexdigest()
    with closing(connect(path, write=True)) as connection, write_txn(connection):
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(connection, stop_before="0007_health")
        connection.execute(
            "INSERT INTO sources (id, definition, vendor, document, url, host, active, next_due)"
            " VALUES ('s/p', '{}', 'S', 'dpa', 'u', 'h', 1, '2026-03-01')"
        )
        connection.execute(
            "INSERT INTO blobs (sha256, codec, size, depth, data) VALUES (?, 'raw', ?, 0, ?)", (name, len(text), text)
        )
        when = "2026-03-01T09:00:00.000000Z"
        connection.execute(
            "INSERT INTO versions (source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures,"
            " blocks, words, document) VALUES ('s/p', 1, 'first', ?, ?, '', '', '[]', 0, 0, ?)",
            (when, when, name),
        )
        rows = [connection.execute(one, ("s/p", 1)).fetchall() for one in relink._ONE_VERSION]
        link = hashlib.sha256(json.dumps(["", rows], separators=(",", ":")).encode()).hexdigest()
        connection.execute("INSERT INTO chain (source_id, version, link) VALUES ('s/p', 1, ?)", (link,))
        connection.execute("INSERT INTO alerts VALUES ('a', 'team', 's/p', 1, '[]', '2026-03-01', 'immediate')")
        for state in ("pending", "sent", "dead", "dropped"):
            connection.execute(
                "INSERT INTO deliveries VALUES (?, 'a', 'team', ?, '', ?, 2, ?, ?, 'why', NULL, '2027')",
                (state, state, state, "2026-03-01T09:00:00.000000Z", "2026-03-01T09:00:00.000000Z"),
            )
    with closing(open_store(path, write=True)) as store:
        found = store.deliveries()
        assert {one.key: (one.state.value, one.attempts, one.last_error, one.notice) for one in found} == {
            state: (state, 2, "why", False) for state in ("pending", "sent", "dead", "dropped")
        }
        assert store.states()[0].health == Health()
    with closing(connect(path, write=False)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_an_alert_and_a_notice_go_side_by_side(store: Store) -> None:
    """Each delivery comes with what it carries."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    checked(store, A, START, with_alert(new_version(A, 2, START, ["Two."])))
    check(store, postings=(posting(),))
    kinds = sorted(type(parcel).__name__ for parcel in store.claim_deliveries(START + DAY, LEASE, limit=9))
    assert set(kinds) == {Parcel.__name__, NoticeParcel.__name__}


def test_the_last_notice_is_the_newest_of_its_subscriber(store: Store) -> None:
    """Others do not count, older ones neither."""
    assert store.last_notice("operator") is None
    older, newer = posting("a"), posting("b", created_at=START + DAY)
    other = posting("c", created_at=START + 2 * DAY, subscriber="team")
    check(store, postings=(newer, older, other))
    assert store.last_notice("operator") in newer.deliveries
    assert store.last_notice("team") in other.deliveries
