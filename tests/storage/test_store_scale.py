"""S16: no question that is asked often reads a whole table, whatever the size of the history."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from storage_samples import DAY, START, checked, new_version, result, source, with_alert

from storage.connect import open_store
from storage.model import ChangeQuery, FactQuery, Outcome, Topic
from storage.protocol import Store

A = "acme/privacy"
LARGE = "versions|changes|change_topics|captures|bodies|told|standing|gone|passages|records|ledger|alerts|deliveries"
SCAN = re.compile(rf"SCAN (?:{LARGE})(?! USING (?:COVERING )?INDEX (?:changes_seen|deliveries_))\b")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with a little of everything."""
    path = tmp_path / "store.db"
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(A), source("bolt/dpa")], START)
        for number in (1, 2, 3):
            made = new_version(A, number, START + number * DAY, [f"text {number}", "stays"])
            checked(store, A, START + number * DAY, with_alert(made) if number > 1 else made)
    return path


def _check_again(store: Store) -> None:
    (claim,) = store.claim("w", START + 9 * DAY, timedelta(minutes=5), limit=1)
    store.commit([result(claim, START + 9 * DAY, Outcome.UNCHANGED)])


def _new_version(store: Store) -> None:
    checked(store, A, START + 4 * DAY, new_version(A, 4, START + 4 * DAY, ["text 4", "stays"]))


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "latest": lambda store: store.latest(A),
    "history": lambda store: store.versions(A),
    "text": lambda store: store.document(A, 2),
    "facts": lambda store: store.facts(A, 2),
    "comparison": lambda store: store.comparison(A, 2),
    "page": lambda store: store.capture(store.versions(A)[0].captures[0]),
    "newest changes": lambda store: store.changes(ChangeQuery(limit=10)),
    "changes of a source": lambda store: store.changes(ChangeQuery(source_id=A, limit=10)),
    "changes of a topic": lambda store: store.changes(ChangeQuery(topic=Topic.RETENTION, limit=10)),
    "what one states": lambda store: store.stated(FactQuery(source_id=A)),
    "ledger": lambda store: store.ledger(A, 10),
    "states": lambda store: store.states(),
    "search": lambda store: store.search("stays", 10),
    "head": lambda store: store.head(),
    "a check": _check_again,
    "a version": _new_version,
    "what is due": lambda store: store.claim_deliveries(START + 9 * DAY, DAY, limit=10),
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_is_answered_by_index(place: Path, asked: str) -> None:
    """The plan of every statement that it takes holds no scan of a large table."""
    statements: list[str] = []
    with closing(open_store(place, write=True)) as store:
        connection: sqlite3.Connection = store._connection  # type: ignore[attr-defined] # the SQLite backend's own
        connection.set_trace_callback(statements.append)
        QUESTIONS[asked](store)
        connection.set_trace_callback(None)
        plans = [
            (statement, step)
            for statement in statements
            if statement.lstrip().split()[0] in {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
            for _, _, _, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert plans
    # The last row by its number is read without the others.
    # So are the newest changes, as many as are asked for.
    few = ("ORDER BY seq DESC LIMIT 1", "ORDER BY changes.seen_after DESC")
    long = [(one, step) for one, step in plans if SCAN.search(step) and not one.endswith(few)]
    assert long == []
