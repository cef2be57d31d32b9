"""When the chain is stamped, and what becomes of an authority that does not do its part."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from stamp_authority import OTHER_POLICY, StampAuthority, make_authority, serving_authority
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from storage.model import Stamp
from storage.protocol import Store
from watcher.fetcher.outcome import FetchSettings
from watcher.timestamps.authority import Authority
from watcher.timestamps.judging import judge
from watcher.timestamps.stamping import Stamper
from watcher.timestamps.standing import standing, told

A = "acme/privacy"
HERE = FetchSettings(allow_networks=("127.0.0.0/8",), deadline=timedelta(seconds=5), contact="me@example.org")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampAuthority]:
    """An authority that answers."""
    with serving_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture
def tsa(running: StampAuthority) -> StampAuthority:
    """The same, as if it was never asked."""
    running.requests.clear()
    running.headers.clear()
    running.status, running.answer, running.login = 200, None, None
    return running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One source, nothing seen yet."""
    with closing(open_store(tmp_path / "h.db", write=True)) as opened:
        opened.sync_sources([source(A)], START)
        yield opened


def _grow(store: Store) -> None:
    number = len(store.versions(A)) + 1
    checked(store, A, START + number * DAY, new_version(A, number, START + number * DAY, [f"text {number}"]))


def _keep_up(
    store: Store, tsa: StampAuthority, hours: float, *, fetch: FetchSettings = HERE, **changed: object
) -> Stamp | None:
    authority = replace(Authority(tsa.url, tsa.ca), **changed)  # type: ignore[arg-type] # its fields, by name
    with closing(Stamper(authority, fetch)) as stamper:
        return stamper.keep_up(store, lambda: START + hours * HOUR)


def test_the_head_is_stamped_when_there_is_something_new(store: Store, tsa: StampAuthority) -> None:
    """Not in an empty store, not twice for the same head, at most once in `every`; what waited is stamped later."""
    assert _keep_up(store, tsa, 0) is None
    _grow(store)
    first = _keep_up(store, tsa, 0)
    assert first is not None
    assert (first.head, first.error) == (store.head(), None)
    assert _keep_up(store, tsa, 9) is None
    _grow(store)
    assert _keep_up(store, tsa, 0.5) is None
    second = _keep_up(store, tsa, 1)
    assert second is not None
    assert store.stamps() == [first, second]
    assert len(tsa.requests) == 2
    assert [one.signed for one in judge(store.stamps(), tsa.ca.read_bytes())] == [True, True]
    assert standing(store).unstamped == 0
    assert store.verify() == []


def test_no_authority_no_stamp(store: Store, tsa: StampAuthority) -> None:
    """Without [timestamps] nobody is asked."""
    _grow(store)
    with closing(Stamper(None, HERE)) as stamper:
        assert stamper.keep_up(store, lambda: START) is None
    assert (tsa.requests, store.stamps()) == ([], [])


def test_a_failure_is_kept_and_tried_again(store: Store, tsa: StampAuthority) -> None:
    """At once by default, after a while where runs follow each other; it is gone with the next stamp."""
    _grow(store)
    tsa.status = 503
    failed = _keep_up(store, tsa, 0)
    assert failed is not None
    assert (failed.at, failed.token) == (None, None)
    assert "status 503" in (failed.error or "")
    assert told(failed).startswith("no time stamp: the server answered with status 503 (http://127.0.0.1")
    assert standing(store).failed == failed
    tsa.status = 200
    with closing(Stamper(Authority(tsa.url), HERE)) as stamper:
        assert stamper.keep_up(store, lambda: START + HOUR / 10, patience=HOUR) is None
        made = stamper.keep_up(store, lambda: START + HOUR, patience=HOUR)
    assert store.stamps() == [made]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(b"<html>Hello", "no answer of a time-stamping authority"), (bytes(300_000), "larger than"), (b"", "no answer")],
    ids=["page", "large", "empty"],
)
def test_an_answer_that_is_no_token_is_a_failure(store: Store, tsa: StampAuthority, answer: bytes, said: str) -> None:
    """It is told, and nothing of it is kept."""
    _grow(store)
    tsa.answer = answer
    failed = _keep_up(store, tsa, 0)
    assert failed is not None
    assert said in (failed.error or "")


def test_an_old_answer_is_a_failure(store: Store, tsa: StampAuthority) -> None:
    """A token for the same head that was given to another request proves no newer time."""
    _grow(store)
    good = _keep_up(store, tsa, 0)
    assert good is not None
    tsa.answer = good.token
    with closing(Stamper(Authority(tsa.url, tsa.ca), HERE)) as stamper:
        again = stamper.stamp(store, lambda: START + DAY)
    assert again is not None
    assert again.error == "it answers another request"


def test_a_signature_of_somebody_else_is_a_failure(store: Store, tsa: StampAuthority, tmp_path: Path) -> None:
    """Where the certificates are configured; a file that is gone is told too."""
    _grow(store)
    stranger = make_authority(tmp_path / "other").ca
    failed = _keep_up(store, tsa, 0, ca=stranger)
    assert failed is not None
    assert "signature does not hold" in (failed.error or "")
    gone = _keep_up(store, tsa, 0, ca=tmp_path / "none.pem")
    assert gone is not None
    assert "none.pem: cannot be read" in (gone.error or "")


def test_policy_and_login_are_asked_for(store: Store, tsa: StampAuthority) -> None:
    """The login goes as a header and stands in no error; the policy is that of the token."""
    _grow(store)
    tsa.login = "Basic bWU6c2VjcmV0LXdvcmQ="  # me:secret-word
    authority = Authority(tsa.url, tsa.ca, policy=OTHER_POLICY)
    with closing(Stamper(authority, HERE, "me:secret-word")) as stamper:
        made = stamper.stamp(store, lambda: START)
    assert made is not None
    assert made.error is None
    asked = tsa.headers[-1]
    assert asked["Content-Type"] == "application/timestamp-query"
    assert "(+me@example.org)" in asked["User-Agent"]
    with closing(Stamper(replace(authority, policy="1.9.9"), HERE, "me:secret-word")) as stamper:
        refused = stamper.stamp(store, lambda: START + DAY)
    assert refused is not None
    assert "the authority refused" in (refused.error or "")
    assert "secret" not in str(refused)


def test_a_private_authority_is_refused_unless_opened(store: Store, tsa: StampAuthority) -> None:
    """As every other address: nothing is sent."""
    _grow(store)
    failed = _keep_up(store, tsa, 0, fetch=replace(HERE, allow_networks=()))
    assert failed is not None
    assert "allow_networks" in (failed.error or "")
    assert tsa.requests == []


def test_a_silent_authority_costs_no_more_than_the_deadline(store: Store) -> None:
    """Nobody answers, and nobody is there."""
    _grow(store)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with closing(Stamper(Authority(url), replace(HERE, deadline=timedelta(seconds=0.3)))) as stamper:
            failed = stamper.stamp(store, lambda: START)
    assert failed is not None
    assert "deadline" in (failed.error or "")
    with closing(Stamper(Authority(url), HERE)) as stamper:
        nobody = stamper.stamp(store, lambda: START)
    assert nobody is not None
    assert "no connection" in (nobody.error or "")


def test_a_redirect_is_not_followed(store: Store, tsa: StampAuthority) -> None:
    """What is posted goes to the address of the configuration and nowhere else."""
    _grow(store)
    tsa.status = 307
    failed = _keep_up(store, tsa, 0)
    assert failed is not None
    assert "status 307" in (failed.error or "")
    assert len(tsa.requests) == 1
