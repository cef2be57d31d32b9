"""What the jobs of a worker do, one by one, on a real store, a real queue and a real server."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fleet_site import Site, serving
from postgres_database import fresh_database
from procrastinate import jobs
from stamp_authority import serving_authority

from storage.connect import open_store
from storage.errors import LeaseLost, StoreError, StoreMissing
from storage.model import Capture, Outcome
from storage.postgres import PostgresStore, Session, apply
from watcher.config import load
from watcher.fetcher import FetchFailure
from watcher.fleet import tables
from watcher.fleet.crew import Crew, Due
from watcher.fleet.queue import ByKind, Fleet
from watcher.fleet.turns import Turns
from watcher.stages import HERE

CONFIG = """
[fetch]
contact = "privacy@example.org"
allow_networks = ["127.0.0.0/8"]
[[source]]
id = "acme/privacy"
vendor = "Acme"
document = "privacy-policy"
url = "http://127.0.0.1:{port}/p"
[[source]]
id = "bolt/privacy"
vendor = "Bolt"
document = "privacy-policy"
url = "http://127.0.0.2:{port}/p"
fetcher = "browser"
[[source]]
id = "gone/privacy"
vendor = "Gone"
document = "privacy-policy"
url = "http://127.0.0.1:{port}/q"
"""
NOW = datetime(2026, 1, 2, tzinfo=UTC)
A, B, C = "acme/privacy", "bolt/privacy", "gone/privacy"


@pytest.fixture
def site() -> Iterator[Site]:
    """Pages."""
    with serving(slow=(0, 0)) as served:
        yield served


@pytest.fixture(scope="module")
def address(postgres_server: str) -> str:
    """A database with the tables of the store and of the queue."""
    made = fresh_database(postgres_server, f"crew-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with closing(Session(made)) as session:
        apply(session)
        tables.apply(session)
    return made


@pytest.fixture
def store(address: str) -> Iterator[PostgresStore]:
    """Empty, and so is the queue."""
    with closing(Session(address)) as session:
        session.execute("TRUNCATE sources, blobs, records, hosts, turns, stamps CASCADE")
        session.execute("TRUNCATE procrastinate_jobs CASCADE")
    with closing(open_store(address, write=True)) as opened:
        assert isinstance(opened, PostgresStore)
        yield opened


@pytest.fixture
def hire(site: Site, store: PostgresStore, address: str, tmp_path: Path) -> Iterator[Callable[[], Crew]]:
    """Crews of workers with the same configuration."""
    path = tmp_path / "sources.toml"
    path.write_text(CONFIG.format(port=site.port))
    settings = load(path, secrets=True)
    store.sync_sources(settings.sources, datetime(2026, 1, 1, tzinfo=UTC))
    with ExitStack() as stack:

        def make() -> Crew:
            crew = Crew(store, Turns(address), settings, HERE, lambda: datetime.now(UTC), observe=lambda *_: None)
            return stack.enter_context(crew)

        yield make


def test_what_is_due_goes_to_the_queue_of_its_fetcher(hire: Callable[[], Crew]) -> None:
    """Pages that want a browser to one, the others to the other; nothing that somebody has in hand."""
    crew = hire()
    assert sorted(crew.due(9), key=lambda one: one.source_id) == [
        Due(A, "127.0.0.1", "fetch"),
        Due(B, "127.0.0.2", "render"),
        Due(C, "127.0.0.1", "fetch"),
    ]
    assert len(crew.due(2)) == 2
    crew.check(A, "job-1")
    assert {one.source_id for one in crew.due(9)} == {B, C}


def test_a_job_that_comes_late_asks_for_nothing(hire: Callable[[], Crew], site: Site, store: PostgresStore) -> None:
    """A source that was checked meanwhile is not due, and is not checked again; an unknown one is left alone."""
    crew = hire()
    crew.check(A, "job-1")
    asked = len(site.paths)
    assert (crew.check(A, "job-2"), crew.check("other/privacy", "job-3")) == (0, 0)
    assert len(site.paths) == asked
    assert store.ledger(A)[0].count == 1


def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_all(
    hire: Callable[[], Crew], site: Site, store: PostgresStore
) -> None:
    """The worker that hears of it tells the store; another one does not even ask for another page of that host."""
    site.refuse = "127.0.0.1"
    hire().check(A, "job-1")
    asked = len(site.paths)
    hire().check(C, "job-2")
    assert len(site.paths) == asked
    states = {state.source_id: state for state in store.states()}
    assert states[A].outcome is Outcome.FAILED
    assert states[C].outcome is None
    assert states[C].next_due > datetime.now(UTC) + timedelta(minutes=50)


def test_who_is_taken_over_cannot_write(hire: Callable[[], Crew], store: PostgresStore) -> None:
    """Its lease ends, another one checks, and there is one version."""
    first, second = hire(), hire()
    (claim,) = store.claim("job-7", datetime.now(UTC), timedelta(minutes=30), limit=1, only=[A])
    assert second.check(A, "job-8") == 0
    assert store.ledger(A) == []
    first.take_over("job-7")
    second.check(A, "job-8")
    assert [one.number for one in store.versions(A)] == [1]
    assert store.states()[0].outcome is Outcome.FIRST
    assert claim.source_id == A


def test_one_worker_sends_at_a_time(hire: Callable[[], Crew], store: PostgresStore) -> None:
    """While one is sending, nobody else does, and nobody takes over from it; when it is gone, somebody does."""
    first, second = hire(), hire()
    with first._turns.sole("/sending") as sending:
        assert sending
        assert not second.take_over_sending()
        with second._turns.sole("/sending") as also:
            assert not also
    assert second.take_over_sending()
    with first.rescuing() as one, second.rescuing() as other:
        assert (one, other) == (True, False)
    with second.rescuing() as other:
        assert other


def test_a_crew_that_is_stopped_leaves_the_source(hire: Callable[[], Crew], site: Site, store: PostgresStore) -> None:
    """Nothing is recorded, and the source is free at once."""
    crew = hire()
    crew.stop()
    assert crew.check(A, "job-1") == 0
    assert crew.stopping
    assert store.ledger(A) == []
    assert A in {one.source_id for one in hire().due(9)}


def test_a_job_that_broke_is_tried_again() -> None:
    """Later each time, behind others of the host, not for ever; soon only where the database was away."""
    kind = ByKind()

    def job(attempts: int) -> jobs.Job:
        return jobs.Job(queue="fetch", lock=None, queueing_lock=None, task_name="check", attempts=attempts)

    first = kind.get_retry_decision(exception=StoreError("away"), job=job(0))
    later = kind.get_retry_decision(exception=StoreError("away"), job=job(5))
    assert first is not None
    assert later is not None
    assert first.retry_at is not None
    assert later.retry_at is not None
    assert later.retry_at > first.retry_at
    assert (first.priority, later.priority) == (-10, -60)
    assert kind.get_retry_decision(exception=StoreError("away"), job=job(8)) is None
    assert kind.get_retry_decision(exception=LeaseLost("x"), job=job(0)) is None
    broken = kind.get_retry_decision(exception=ValueError("x"), job=job(0))
    assert broken is not None
    assert broken.retry_at is not None
    assert broken.retry_at > first.retry_at + timedelta(seconds=30)


def test_a_worker_does_what_is_due_and_ends_when_told(
    hire: Callable[[], Crew], address: str, store: PostgresStore, site: Site
) -> None:
    """Planned, done once, and nothing is left in the queue; what it has no queue for it leaves."""
    fleet = Fleet(address, hire(), queues=["fetch", "deliver"], concurrency=4, heartbeat=1)
    thread = threading.Thread(target=fleet.run)
    thread.start()
    done = threading.Event()
    for _ in range(300):
        if {state.source_id for state in store.states() if state.version == 1} == {A, C} or done.wait(0.1):
            break
    fleet.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert {state.source_id for state in store.states() if state.version == 1} == {A, C}
    assert [store.ledger(key)[0].count for key in (A, C)] == [1, 1]
    with closing(Session(address)) as session:
        left = session.execute("SELECT queueing_lock FROM procrastinate_jobs WHERE task_name = 'check'").fetchall()
    assert left == [(f"source:{B}",)]


def test_a_check_that_broke_leaves_no_lease(
    hire: Callable[[], Crew], address: str, store: PostgresStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The source is free at once, the job is tried again later, and nobody is told where in the program it was."""
    with closing(Session(address)) as session:
        session.execute("UPDATE sources SET failures = 0, health = 'no JSON'")
        fleet = Fleet(address, hire(), queues=["fetch"], concurrency=1, heartbeat=1)
        thread = threading.Thread(target=fleet.run)
        thread.start()
        done = threading.Event()
        asked = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check' AND attempts = 1"
        for _ in range(300):
            if session.execute(asked).fetchone() == (2,) or done.wait(0.1):
                break
        fleet.stop()
        thread.join(timeout=30)
        assert session.execute(asked).fetchone() == (2,)
        assert session.execute("SELECT count(*) FROM sources WHERE lease_token IS NOT NULL").fetchone() == (0,)
    assert store.ledger(A) == []


def test_a_queue_without_tables_is_named(postgres_tables: str) -> None:
    """With the command that makes them."""
    with closing(Session(postgres_tables)) as session, pytest.raises(StoreMissing, match="schema apply"):
        tables.require(session)


def test_the_tables_of_the_queue_are_made_once(address: str) -> None:
    """A second time there is nothing to do; steps of a newer procrastinate would be taken."""
    with closing(Session(address)) as session:
        tables.require(session)
        assert tables.apply(session) == []


def test_the_chain_is_stamped_by_whoever_tidies(hire: Callable[[], Crew], store: PostgresStore, tmp_path: Path) -> None:
    """Once for all workers: another one finds nothing to do; raw pages within their bounds stay."""
    with serving_authority(tmp_path / "tsa") as authority:
        path = tmp_path / "sources.toml"
        path.write_text(f'[timestamps]\nurl = "{authority.url}"\nca = "{authority.ca}"\n{path.read_text()}')
        crew, other = hire(), hire()
        crew.check(A, "job-1")
        for hands in (crew, other):
            hands.reread(lambda: load(path, secrets=True), lambda _: None)
            hands.tidy()
        assert len(authority.requests) == 1
    (stamp,) = store.stamps()
    assert (stamp.head, stamp.error) == (store.head(), None)
    assert store.verify() == []


def test_a_configuration_is_read_again(hire: Callable[[], Crew], store: PostgresStore, tmp_path: Path) -> None:
    """Jobs that begin from then on follow the new one: a source more is due, one less is left alone."""
    crew, told = hire(), list[str]()
    path = tmp_path / "sources.toml"
    path.write_text(path.read_text().replace("gone/privacy", "late/privacy"))
    crew.reread(lambda: load(path, secrets=True), told.append)
    assert told == ["the configuration was read again; watching 3 sources"]
    assert {one.source_id for one in crew.due(9)} == {A, B, "late/privacy"}
    crew.check("late/privacy", "job-1")
    assert [one.number for one in store.versions("late/privacy")] == [1]
    assert crew.check(C, "job-2") == 0
    assert store.ledger(C) == []


def test_a_configuration_with_a_fault_is_not_taken_over(hire: Callable[[], Crew], tmp_path: Path) -> None:
    """Each fault is told, and everything goes on as before."""
    crew, told = hire(), list[str]()
    path = tmp_path / "sources.toml"
    path.write_text(path.read_text() + 'evry = "1d"\n')
    crew.reread(lambda: load(path, secrets=True), told.append)
    (lines,) = told
    assert "evry" in lines
    assert "the one before stays in force" in lines
    assert len(crew.due(9)) == 3


def test_what_was_replaced_is_closed_when_its_last_job_has_ended(hire: Callable[[], Crew], tmp_path: Path) -> None:
    """A job that is under way keeps what it began with; a job that begins then has the new one."""
    crew = hire()
    path = tmp_path / "sources.toml"
    with crew._equipped.lent() as before:
        crew.reread(lambda: load(path, secrets=True), lambda _: None)
        with crew._equipped.lent() as after:
            assert after is not before
        asked = before.http.fetch(f"{next(iter(before.running.sources.values())).urls[0]}", now=lambda: NOW)
        assert isinstance(asked, Capture)
    with pytest.raises(RuntimeError):
        before.http.fetch("http://127.0.0.1:9/", now=lambda: NOW)
    assert isinstance(after.http.fetch("http://127.0.0.1:9/", now=lambda: NOW), FetchFailure)
