"""A source is forgotten to the last byte, the chain holds, and everybody else's history stays as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from postgres_database import tampering
from storage_samples import DAY, START, capture, checked, new_version, result, source, with_alert

from storage.connect import open_store
from storage.errors import UsageError
from storage.model import Outcome
from storage.protocol import Store
from storage.records import digest_of, link_of

A, B = "acme/privacy", "bolt/dpa"
SECRET = "the marmalade protocol"


@pytest.fixture
def place(location: Path | str) -> Path | str:
    """Where the store lies."""
    return location


@pytest.fixture
def store(place: Path | str) -> Iterator[Store]:
    """Two sources, each with three versions and an alert; one of them has a text of its own and a page held back."""
    with closing(open_store(place, write=True)) as opened:
        opened.sync_sources([source(A), source(B)], START)
        for number in (1, 2, 3):
            for key in (A, B):
                when = START + number * DAY
                texts = [f"{key} {number}", "Stays. " * 200, *([SECRET] if key == A else [])]
                checked(opened, key, when, with_alert(new_version(key, number, when, texts), who=f"team-{key[:4]}"))
        (claim,) = opened.claim("w", START, START - START, limit=1, only=[A])
        opened.commit([result(claim, START, Outcome.BLOCKED, captures=(capture("wall " + SECRET, START),))])
        yield opened


def test_a_source_is_forgotten_and_the_chain_holds(store: Store, place: Path | str) -> None:
    """Also by the head that was noted before; the record says when, why and which; the other source is whole."""
    head, others = store.head(), [store.document(B, number) for number in (1, 2, 3)]
    store.sync_sources([source(B)], START)
    assert store.forget(A, START + 9 * DAY, "asked to") == 7
    assert store.verify(head) == []
    assert [one.id for one in store.sources()] == [B]
    assert [one.source_id for one in store.versions()] == [B] * 3
    assert [store.document(B, number) for number in (1, 2, 3)] == others
    assert {one.subscriber for one in store.deliveries()} == {"team-bolt"}
    assert store.search("marmalade", 9) == []
    said = json.loads(store.proof(A)[-1].text or "")
    assert (said["kind"], said["source"], said["reason"], len(said["records"])) == ("forgotten", A, "asked to", 7)
    checked(store, B, START + 10 * DAY, new_version(B, 4, START + 10 * DAY, ["more"]))
    assert store.verify(head) == []
    store.close()
    if isinstance(place, Path):
        assert SECRET.encode() not in place.read_bytes()
        assert not place.with_name("store.db-wal").exists()


def test_what_is_watched_or_unknown_is_not_forgotten(store: Store) -> None:
    """Nothing changes."""
    head = store.head()
    with pytest.raises(UsageError, match="still watched"):
        store.forget(A, START, "")
    with pytest.raises(UsageError, match="no such source"):
        store.forget("nobody/here", START, "")
    assert store.head() == head


def test_content_that_others_stand_upon_stays(place: Path | str) -> None:
    """The same page of two sources is kept for the one that stays, and what is packed upon it still unpacks."""
    with closing(open_store(place, write=True)) as store:
        store.sync_sources([source(A), source(B)], START)
        text = ["The same words in both. " * 100]
        checked(store, A, START, new_version(A, 1, START, text))
        checked(store, B, START, new_version(B, 1, START, text))
        for number in (2, 3):
            when = START + number * DAY
            checked(store, B, when, new_version(B, number, when, [*text, f"More {number}."]))
        store.sync_sources([source(B)], START)
        store.forget(A, START, "")
        assert store.verify() == []
        assert len(store.document(B, 3).blocks) == 2


def test_a_record_that_is_not_forgotten_is_missed(store: Store, place: Path | str) -> None:
    """To name a record that was forgotten does not excuse others, and a forged excuse breaks the chain."""
    store.sync_sources([source(B)], START)
    store.forget(A, START, "")
    store.close()
    with tampering(place) as execute:
        execute("DELETE FROM versions WHERE number = 2")
    with closing(open_store(place, write=False)) as opened:
        assert opened.verify()[0] == "version bolt/dpa@2: gone"
    with tampering(place) as execute:
        ((body,),) = execute("SELECT body FROM records WHERE kind = 'forgotten'")
        forged = json.loads(body)
        forged["records"] = list(range(1, 40))
        execute(f"UPDATE records SET body = '{json.dumps(forged)}' WHERE kind = 'forgotten'")
    with closing(open_store(place, write=False)) as opened:
        assert any("not what was written" in fault for fault in opened.verify())


def test_a_proof_is_checked_with_sha256_alone(store: Store) -> None:
    """Each text of the source has its digest, each digest its place in the chain, and the last link is the head."""
    proof = store.proof(A)
    before = ""
    for record in proof:
        assert link_of(before, record.digest) == record.link
        assert hashlib.sha256((before + record.digest).encode()).hexdigest() == record.link
        if record.text is not None:
            assert digest_of(record.text) == record.digest
            assert json.loads(record.text)["seq"] == record.seq
        before = record.link
    assert before == store.head()
    told = [json.loads(record.text) for record in proof if record.text]
    assert {one["source"] for one in told} == {A}
    assert [one["kind"] for one in told] == ["capture", "version"] * 3 + ["capture"]
    assert store.proof(A, since=5) == proof[4:]
    version = told[1]
    assert (version["number"], version["changes"]) == (1, [])
    assert version["facts"][0]["fields"] == [["subject", "accounts"], ["period", "P24M"]]
