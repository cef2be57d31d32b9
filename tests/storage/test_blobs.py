"""Bytes go in and come out the same, packed by themselves or upon what they resemble."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_samples import START, capture, checked, new_version, source

from storage import blobs, schema
from storage.connect import open_store
from storage.errors import StoreError
from storage.sqlite import connect


@pytest.fixture
def table(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The table of an earlier program."""
    sqlite3.connect(tmp_path / "store.db").close()
    with closing(connect(tmp_path / "store.db", write=True)) as connection:
        schema.migrate(connection, stop_before="0017_slim")
        yield connection


def _editions(count: int, size: int = 20_000) -> list[bytes]:
    """Texts of which each is the one before with one passage changed."""
    chance = random.Random(5)
    text = chance.randbytes(size).hex()
    made = []
    for _ in range(count):
        at = chance.randrange(len(text))
        text = f"{text[:at]}{chance.randbytes(8).hex()}{text[at + 16 :]}"
        made.append(text.encode())
    return made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.binary(max_size=300), st.binary(max_size=9).map(lambda part: part * 999)), max_size=6))
def test_any_bytes_come_back_whatever_they_stand_on(table: sqlite3.Connection, parts: list[bytes]) -> None:
    """Each piece upon the piece before, related or not, empty or not."""
    base = None
    for data in parts:
        base = blobs.put(table, data, base=base)
        assert blobs.get(table, base) == data


def test_an_edition_costs_what_changed(table: sqlite3.Connection) -> None:
    """Three hundred editions take the room of a few, two are whole, none stands on more than thirty; all come back."""
    editions = _editions(300)
    names: list[str] = []
    for data in editions:
        names.append(blobs.put(table, data, base=names[-1] if names else None))
    assert [blobs.get(table, name) for name in names] == editions
    (stored, deepest, whole) = table.execute(
        "SELECT sum(length(data)), max(depth), sum(codec = 'zstd') FROM blobs"
    ).fetchone()
    assert (deepest, whole) == (blobs.RUN - 1, 2)
    assert stored * 40 < sum(map(len, editions))
    assert max(_stands_on(table, name) for name in names) == 2 * (blobs.STRIDE - 1)


def test_a_run_of_an_earlier_program_goes_on(table: sqlite3.Connection) -> None:
    """Rows that each stand on the one before, as they were written once, are followed by strides."""
    editions = _editions(40)
    first = blobs.put(table, editions[0])
    names = [first]
    for depth, data in enumerate(editions[1:16], start=1):
        names.append(blobs.put(table, data, base=first))
        table.execute("UPDATE blobs SET depth = ? WHERE sha256 = ?", (depth, names[-1]))
    for data in editions[16:]:
        names.append(blobs.put(table, data, base=names[-1]))
    assert [blobs.get(table, name) for name in names] == editions
    assert table.execute("SELECT max(depth), count(*) FROM blobs WHERE base IS NULL").fetchone() == (0, 1)


def _stands_on(table: sqlite3.Connection, name: str) -> int:
    count = 0
    while base := table.execute("SELECT base FROM blobs WHERE sha256 = ?", (name,)).fetchone()[0]:
        name, count = base, count + 1
    return count


def test_a_base_beyond_the_usual_window_is_still_used(table: sqlite3.Connection) -> None:
    """The largest pages profit too: a change at the end of ten megabytes costs a few bytes."""
    data = random.Random(3).randbytes(9_000_000)
    first = blobs.put(table, data)
    second = blobs.put(table, data + b"one more clause", base=first)
    assert blobs.get(table, second) == data + b"one more clause"
    assert table.execute("SELECT length(data) FROM blobs WHERE sha256 = ?", (second,)).fetchone()[0] < 20_000


def test_what_does_not_resemble_stands_by_itself(table: sqlite3.Connection) -> None:
    """No base is taken that does not save a quarter, nor one that is not there."""
    first = blobs.put(table, b"a wall of a kind " * 50)
    for name in (first, "0" * 64):
        blobs.put(table, random.Random(len(name)).randbytes(5000) + name.encode(), base=name)
    assert table.execute("SELECT count(*) FROM blobs WHERE base IS NOT NULL").fetchone() == (0,)


def test_a_damaged_base_is_told_and_keeps_no_new_page_out(table: sqlite3.Connection) -> None:
    """What stands on damage cannot be read, what comes after stands by itself."""
    one, two, three = _editions(3)
    first = blobs.put(table, one)
    second = blobs.put(table, two, base=first)
    table.execute("UPDATE blobs SET data = zeroblob(length(data)) WHERE sha256 = ?", (first,))
    for name in (first, second):
        with pytest.raises(StoreError, match="damaged"):
            blobs.get(table, name)
    assert blobs.get(table, blobs.put(table, three, base=second)) == three
    table.execute("PRAGMA foreign_keys = OFF")
    table.execute("DELETE FROM blobs WHERE sha256 = ?", (first,))
    with pytest.raises(StoreError, match="stand on is gone"):
        blobs.get(table, second)


def test_rows_that_stand_on_each_other_do_not_loop(table: sqlite3.Connection) -> None:
    """A file made to trap the reader is damage like any other."""
    name = blobs.put(table, b"text " * 100)
    table.execute("UPDATE blobs SET base = sha256")
    with pytest.raises(StoreError, match="stand on"):
        blobs.get(table, name)


def test_versions_and_pages_stand_on_those_before(tmp_path: Path) -> None:
    """A commit packs page and text upon the version before, without being told."""
    texts = [random.Random(number).randbytes(200).hex() for number in range(40)]
    with closing(open_store(tmp_path / "store.db", write=True)) as store:
        store.sync_sources([source()], START)
        for number in (1, 2, 3):
            texts[number] = f"Edition {number}."
            made = new_version("acme/privacy", number, START, texts)
            checked(store, "acme/privacy", START, made)
            assert store.document("acme/privacy", number) == made.document
            page = capture(" ".join(texts), START)
            assert store.capture(page.sha256) == page
        assert store.verify() == []
    with closing(connect(tmp_path / "store.db", write=False)) as connection:
        depths = connection.execute("SELECT depth, count(*) FROM bodies GROUP BY depth ORDER BY depth").fetchall()
    assert depths == [(0, 2), (1, 2), (2, 2)]
