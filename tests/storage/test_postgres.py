"""What only a database does: many writers at once, connections that are lost, rights, and any character."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_database import fresh_database, tampering
from storage_samples import DAY, LEASE, START, capture, checked, new_version, result, source, with_alert

from storage.connect import open_store
from storage.errors import StoreError
from storage.model import Deadline, Outcome
from storage.postgres import PostgresStore, Session, apply
from storage.postgres.characters import put_in, take_out
from storage.postgres.words import excerpt, index_of, phrases, query_of
from storage.protocol import Store

A, B = "acme/privacy", "bolt/dpa"
WRITERS = 4


@pytest.fixture
def stores(postgres_store: str) -> Iterator[list[PostgresStore]]:
    """Stores of several processes, as it were: each with a connection of its own."""
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(open_store(postgres_store, write=True))) for _ in range(WRITERS)]
        yield [store for store in opened if isinstance(store, PostgresStore)]


def together(stores: list[PostgresStore], work: Callable[[PostgresStore], object]) -> list[object]:
    """Do the same with all stores at once."""
    start = threading.Barrier(len(stores))

    def go(store: PostgresStore) -> object:
        start.wait()
        return work(store)

    with ThreadPoolExecutor(len(stores)) as pool:
        return list(pool.map(go, stores))


# --- many writers --------------------------------------------------------------------------------------------------


def test_no_two_workers_take_one_source(stores: list[PostgresStore]) -> None:
    """All is taken, each source by one, and nobody waits for another."""
    keys = [f"vendor{number}/privacy" for number in range(120)]
    stores[0].sync_sources([source(key) for key in keys], START)

    def take(store: PostgresStore) -> list[str]:
        taken: list[str] = []
        while claims := store.claim("w", START, LEASE, limit=7):
            taken += [claim.source_id for claim in claims]
        return taken

    taken = [key for part in together(stores, take) for key in part]  # type: ignore[attr-defined] # lists of ids
    assert sorted(taken) == sorted(keys)


def test_what_another_commits_at_the_moment_is_passed_over(stores: list[PostgresStore], postgres_store: str) -> None:
    """A row that is locked is not waited for."""
    stores[0].sync_sources([source(A), source(B)], START)
    with closing(Session(postgres_store)) as session, session.writing():
        session.execute("SELECT 1 FROM sources WHERE id = ? FOR UPDATE", (A,))
        assert [claim.source_id for claim in stores[1].claim("w", START, LEASE, limit=9)] == [B]
        assert stores[1].claim("w", START, LEASE, limit=9, only=[A, B]) == []


def test_the_chain_grows_by_one_hand_at_a_time(stores: list[PostgresStore]) -> None:
    """Many commit versions at once: the chain has no gap, no fork, and holds."""
    keys = [f"vendor{number}/privacy" for number in range(WRITERS)]
    stores[0].sync_sources([source(key) for key in keys], START)

    def write(store: PostgresStore) -> None:
        key = keys[stores.index(store)]
        for number in range(1, 9):
            checked(store, key, START, new_version(key, number, START, [f"{number} of {key}", "The same everywhere."]))

    together(stores, write)
    assert stores[0].verify() == []
    assert len(stores[0].versions()) == WRITERS * 8
    assert [one.seq for one in stores[0].proof(keys[0])] == list(range(1, WRITERS * 16 + 1))


def test_two_that_wait_for_each_other_are_untied(stores: list[PostgresStore]) -> None:
    """Commits of the same sources in opposite orders all get through or lose their lease, and none hangs."""
    keys = [f"vendor{number}/privacy" for number in range(20)]
    stores[0].sync_sources([source(key) for key in keys], START)
    claims = stores[0].claim("w", START, LEASE, limit=99)
    halves = [claims[0::2], claims[1::2]]

    def write(store: PostgresStore) -> None:
        place = stores.index(store)
        if place < 2:
            store.commit([result(claim, START) for claim in halves[place]])
        else:
            store.sync_sources([source(key) for key in (keys if place == 2 else reversed(keys))], START)

    together(stores, write)
    assert all(state.outcome is Outcome.UNCHANGED for state in stores[0].states())


def test_a_group_of_deliveries_is_not_torn(stores: list[PostgresStore]) -> None:
    """Whoever gets one of a group gets all of it, also when many ask at once."""
    stores[0].sync_sources([source(A)], START)
    checked(stores[0], A, START, new_version(A, 1, START, ["1"]))
    for number in range(2, 14):
        made = new_version(A, number, START, [f"{number}"])
        checked(stores[0], A, START, with_alert(made, group=f"daily:{number % 3}"))
    taken = together(stores, lambda store: [one.delivery for one in store.claim_deliveries(START, LEASE, limit=1)])
    groups = [{one.group for one in part} for part in taken]  # type: ignore[attr-defined] # lists of deliveries
    assert sorted(len(part) for part in taken) == [0, 4, 4, 4]  # type: ignore[arg-type] # lists of deliveries
    assert sorted(name for group in groups for name in group) == ["daily:0", "daily:1", "daily:2"]


def test_the_leases_of_a_worker_that_died_are_ended_by_name(stores: list[PostgresStore]) -> None:
    """Those of others stay; what the dead one still commits is refused."""
    stores[0].sync_sources([source(A), source(B)], START)
    (dead,) = stores[0].claim("job-1", START, LEASE, limit=1)
    (other,) = stores[1].claim("job-2", START, LEASE, limit=1)
    assert stores[2].due(START, 9) == []
    stores[2].end_leases("job-1")
    assert [key for key, _, _ in stores[2].due(START, 9)] == [dead.source_id]
    stores[2].claim("job-3", START, LEASE, limit=9)
    stores[1].commit([result(other, START)])
    with pytest.raises(StoreError, match="taken the source over"):
        stores[0].commit([result(dead, START)])


# --- connections ---------------------------------------------------------------------------------------------------


def _cut(address: str) -> None:
    with closing(Session(address)) as session:
        session.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        )


def test_a_lost_connection_is_opened_anew(stores: list[PostgresStore], postgres_store: str) -> None:
    """The call that meets it fails in plain words; the next one works, and nothing was written in part."""
    store = stores[0]
    store.sync_sources([source(A)], START)
    (claim,) = store.claim("w", START, LEASE, limit=1)
    _cut(postgres_store)
    with pytest.raises(StoreError, match="run again"):
        store.commit([result(claim, START)])
    store.commit([result(claim, START)])
    assert store.ledger(A)[0].count == 1


def test_a_closed_store_says_so(stores: list[PostgresStore]) -> None:
    """And does not connect again."""
    stores[0].close()
    with pytest.raises(StoreError, match="closed"):
        stores[0].states()


def test_rights_that_are_missing_are_named(postgres_server: str) -> None:
    """Who may read reads; what may not be written says who can grant it."""
    address = fresh_database(postgres_server, "rights")
    with closing(Session(address)) as session:
        apply(session)
        session.execute("DROP ROLE IF EXISTS clausewatch_reader")
        session.execute("CREATE ROLE clausewatch_reader LOGIN")
        session.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO clausewatch_reader")
    reader = address.replace("postgres:@", "clausewatch_reader:@")
    with closing(open_store(reader, write=True)) as store:
        assert store.states() == []
        with pytest.raises(StoreError, match=r"permission denied.*grants rights"):
            store.sync_sources([source(A)], START)


def test_a_database_of_another_encoding_is_refused(postgres_server: str) -> None:
    """It could not hold every text."""
    with closing(Session(postgres_server)) as session:
        session.execute("DROP DATABASE IF EXISTS latin WITH (FORCE)")
        session.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = postgres_server.replace("/postgres?", "/latin?")
    with closing(Session(latin)) as session, pytest.raises(StoreError, match="ENCODING 'UTF8'"):
        apply(session)


def test_tables_are_made_once_whoever_comes_first(postgres_server: str) -> None:
    """Two that begin at the same moment: one makes all, the other finds all."""
    address = fresh_database(postgres_server, "twice")
    with closing(Session(address)) as one, closing(Session(address)) as other:
        with ThreadPoolExecutor(2) as pool:
            made = sorted(pool.map(apply, (one, other)), key=len)
        assert made[0] == []
        assert len(made[1]) > 3


# --- texts ---------------------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.sampled_from("ab01\0\uffff\ufffe\U0010ffff'\\%?é")))
def test_every_character_comes_back(text: str) -> None:
    """Both ways together are exact, and what the database gets holds no NUL."""
    assert take_out(put_in(text)) == text
    assert "\0" not in put_in(text)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(), min_size=1, max_size=4))
def test_the_database_gives_back_what_it_got(postgres_tables: str, texts: list[str]) -> None:
    """Any text, by itself and in a list, quoted or not."""
    kept = [text.encode("utf-8", "replace").decode() for text in texts]
    with closing(Session(postgres_tables)) as session:
        assert session.execute("SELECT ?::text, ?::text[]", (kept[0], kept)).fetchone() == (kept[0], kept)


def test_both_kinds_of_store_find_the_same(tmp_path: Path, postgres_store: str) -> None:
    """Words without case and accents, hyphenated ones together, numbers, other scripts; marked in the same places."""
    texts = [
        "Sub-processors are listed at https://acme.example/sub-processors.",
        "We process the sub; processors are told.",
        "Données à caractère personnel: 30 jours, ½ page.",
        "STRASSE und Straße, Größe 42.",
        "個人データを保存します。",
        "Привет, мир: персональные данные",
        "a_b c.d e@f.example 1e5 0x1F 3,14",
        "cafe\u0301 and café",
    ]
    queries = ["sub-processors", "processors sub", "donnees", "30 jours", "STRASSE", "größe", "персональные", "café"]
    queries += ["cafe", "a", "1e5", "c.d", "acme.example", "individual", "sub processors told"]
    found = []
    for place in (tmp_path / "store.db", postgres_store):
        with closing(open_store(place, write=True)) as store:
            store.sync_sources([source(A)], START)
            checked(store, A, START, new_version(A, 1, START, texts))
            hits = {query: store.search(query, 99) for query in queries}
            found.append({query: sorted((hit.text, hit.snippet) for hit in each) for query, each in hits.items()})
    assert found[0] == found[1]
    assert [len(found[0][query]) for query in ("sub-processors", "processors sub", "cafe")] == [2, 2, 1]


def test_a_passage_of_any_length_is_kept_and_found(stores: list[PostgresStore]) -> None:
    """Megabytes in one block, and words that are longer than the index takes."""
    stores[0].sync_sources([source(A)], START)
    long = " ".join(f"word{number}" for number in range(60_000))
    checked(stores[0], A, START, new_version(A, 1, START, [long, "x" * 100_000 + " short"]))
    assert [len(hit.text) for hit in stores[0].search("word7", 9)] == [len(long)]
    assert len(stores[0].search("short", 9)) == 1


def test_an_excerpt_holds_what_was_looked_for() -> None:
    """Twenty-four words around the most that was found, cut at words, with marks that a text cannot forge."""
    text = " ".join(f"w{number}" for number in range(100)) + " the \u27e6end\u27e7 is near"
    wanted = phrases('end w50 "w51"', 9)
    assert wanted == [("end",), ("w50",), ("w51",)]
    told = excerpt(text, wanted)
    assert told.startswith("…w50") is False
    assert "\u27e6w50\u27e7 \u27e6w51\u27e7" in told
    assert told.count("…") == 2
    assert excerpt("The \u27e6end\u27e7.", [("end",)]) == "The [\u27e6end\u27e7]."
    assert index_of("It's a B, a b") == "'it':1 's':2 'a':3,5 'b':4,6"
    assert query_of([("a", "b"), ("c",)]) == "'a' <-> 'b' & 'c'"


# --- evidence ------------------------------------------------------------------------------------------------------

FORGED = """
INSERT INTO versions SELECT source_id, 9, cause, first_seen, last_seen, fingerprint, extraction, captures, title,
    language, effective_date, last_updated, blocks, words, verdict, document, comparison FROM versions LIMIT 1
"""


@pytest.fixture
def history(postgres_store: str) -> str:
    """Two sources with three versions each, the last with a deadline, and a page that was held back."""
    until = Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P30D", False)
    with closing(open_store(postgres_store, write=True)) as store:
        store.sync_sources([source(A), source(B)], START)
        for number in (1, 2, 3):
            for key in (A, B):
                made = new_version(key, number, START, [f"{key} {number}", "Stays."])
                checked(store, key, START, replace(made, deadline=until if (key, number) == (B, 3) else None))
        (claim,) = store.claim("w", START, timedelta(0), limit=1, only=[A])
        store.commit([result(claim, START, Outcome.BLOCKED, captures=(capture("wall", START),))])
    return postgres_store


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE versions SET title = 'other' WHERE source_id = 'bolt/dpa' AND number = 2", "version bolt/dpa@2: not"),
        ("UPDATE versions SET document = (SELECT max(document) FROM versions)", "version "),
        ("UPDATE facts SET quote = quote || '.' WHERE version = 3", "version acme/privacy@3"),
        ("DELETE FROM facts WHERE source_id = 'bolt/dpa' AND version = 1 AND position = 1", "version bolt/dpa@1"),
        ("UPDATE changes SET severity = 'low', rank = 1 WHERE version = 3 AND rank = 3", "version acme/privacy@3"),
        ("UPDATE changes SET spans = '[]' WHERE version = 2", "version acme/privacy@2"),
        ("UPDATE captures SET headers = '[]' WHERE id = (SELECT max(id) FROM captures)", "page 7: not what"),
        ("UPDATE deadlines SET due = '2027-01-01'", "version bolt/dpa@3: not what"),
        ("DELETE FROM deadlines", "version bolt/dpa@3: not what"),
        ("DELETE FROM captures WHERE id = 2", "page 2: gone"),
        ("DELETE FROM versions WHERE source_id = 'bolt/dpa' AND number = 3", "version bolt/dpa@3: gone"),
        ("DELETE FROM records WHERE seq = 4", "page 3: what stood before"),
        ("UPDATE records SET seq = 100 - seq", "page 7: what stood before"),
        ("UPDATE blobs SET data = data || '\\x00'::bytea", "stored bytes"),
        ("UPDATE blobs SET codec = 'raw'", "stored bytes"),
        ("DELETE FROM blobs WHERE id = 1", "stored bytes"),
        (FORGED, "version acme/privacy@9: put in"),
    ],
)
def test_whatever_is_changed_is_named(history: str, statement: str, first: str) -> None:
    """The first fault told is the first record that was touched."""
    with tampering(history) as execute:
        assert execute(statement)
    with closing(open_store(history, write=False)) as store:
        found = store.verify()
    assert found
    assert found[0].startswith(first)


def test_a_history_that_was_cut_back_is_told_by_a_head(history: str) -> None:
    """Alone it is a shorter one that holds; with the head that was noted it is not."""
    with closing(open_store(history, write=False)) as store:
        head = store.head()
        assert store.verify(head) == []
    with tampering(history) as execute:
        execute("DELETE FROM records WHERE capture = 7")
        execute("DELETE FROM captures WHERE id = 7")
    with closing(open_store(history, write=False)) as store:
        assert store.verify() == []
        assert store.verify(head)[0].startswith("chain: does not hold the head")


def test_a_long_read_sees_one_state(stores: list[PostgresStore]) -> None:
    """What is committed while a store is verified does not look like a fault."""
    keys = [f"vendor{number}/privacy" for number in range(WRITERS)]
    stores[0].sync_sources([source(key) for key in keys], START)

    def work(store: Store) -> list[str]:
        key = keys[stores.index(store)]  # type: ignore[arg-type] # one of them
        faults: list[str] = []
        for number in range(1, 7):
            checked(store, key, START + number * DAY, new_version(key, number, START + number * DAY, [f"{number}"]))
            faults += store.verify()
        return faults

    assert together(stores, work) == [[]] * WRITERS
