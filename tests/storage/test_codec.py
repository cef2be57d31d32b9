"""Every model value goes through JSON and through database columns and comes back equal."""

from __future__ import annotations

import json
import sqlite3
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import codec, model
from storage.model import Delivery, Document, DocumentType, ExtractRules, PageState, Source

KINDS = [kind for name in model.__all__ if is_dataclass(kind := getattr(model, name))]
ZONES = st.one_of(st.just(UTC), st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes))))
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=12),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    bytes: st.binary(max_size=20),
    datetime: st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES),  # noqa: DTZ001 - bounds
    date: st.dates(),
    time: st.times(),
    timedelta: st.timedeltas(timedelta(days=-100_000_000), timedelta(days=100_000_000)),
}


@cache  # building a strategy costs more than drawing from it
def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of any type that the model uses."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([st.none() if one is type(None) else values(one) for one in arguments])
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[values(one) for one in arguments])
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    hints = typing.get_type_hints(hint)
    return st.deferred(lambda: st.builds(hint, **{field.name: values(hints[field.name]) for field in fields(hint)}))


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    """A database that only echoes."""
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_value_comes_back_equal(table: sqlite3.Connection, kind: type, data: st.DataObject) -> None:
    """JSON and row forms are exact for every dataclass of the model, whatever its fields hold."""
    value = data.draw(values(kind))
    assert codec.load(kind, codec.dump(value)) == value
    assert codec.load(kind, codec.dump_lean(value)) == value
    row = codec.row(value)
    stored = table.execute(f"SELECT {', '.join('?' * len(row))}", row).fetchone()
    assert codec.from_row(kind, stored) == value


@given(st.lists(values(datetime), min_size=2))
def test_stored_moments_sort_by_time(moments: list[datetime]) -> None:
    """Comparing text compares time, whatever the zones."""
    texts = sorted(codec.instant(moment) for moment in moments)
    assert [codec.moment(text) for text in texts] == sorted(moments)
    assert {len(text) for text in texts} == {27}


def test_a_moment_without_a_zone_is_refused() -> None:
    """A naive time would be read in the zone of the machine."""
    with pytest.raises(ValueError, match="no time zone"):
        codec.instant(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the fault


def test_half_a_character_becomes_the_replacement_character() -> None:
    """A lone surrogate fits no UTF-8 store; it is replaced and never ends a commit."""
    page = PageState("https://x.example/\ud800", "0")
    (url, *_) = codec.row(page)
    assert url == "https://x.example/\ufffd"
    assert codec.load(PageState, codec.dump(page).encode()).url == "https://x.example/\ufffd"


def test_what_is_as_usual_is_left_out() -> None:
    """Of a source with no setting of its own stays what no other has."""
    source = Source("acme/privacy", "Acme", DocumentType.DPA, ("https://acme.example/",), tags=("x",))
    assert json.loads(codec.dump_lean(source)).keys() == {"id", "vendor", "document", "urls", "tags"}


def test_json_is_named_so_that_old_rows_can_be_read() -> None:
    """A field that did not exist then takes its default; one that no longer exists is passed over."""
    old = json.loads(codec.dump(ExtractRules(("main",), (".ad",), "nl")))
    del old["remove"]
    old["gone"] = 1
    assert codec.load(ExtractRules, json.dumps(old)) == ExtractRules(("main",), (), "nl")


@pytest.mark.parametrize("text", ["{}", "[]", "null", "3", '{"title": 1', '{"blocks": 5}'])
def test_what_is_no_such_value_is_a_value_error(text: str) -> None:
    """Damage is told as such, by whatever door it shows."""
    with pytest.raises(ValueError, match=r"stored Document|Expecting"):
        codec.load(Document, text)


def test_a_value_that_has_no_form_is_refused() -> None:
    """A new kind of field fails loudly when it is first stored."""
    with pytest.raises(TypeError, match="no form"):
        codec.dump({"a": 1})


def test_the_order_of_columns_is_the_order_of_fields() -> None:
    """SQL that lists columns by hand relies on it."""
    assert [field.name for field in fields(Delivery)][4:7] == ["group", "state", "attempts"]
    assert codec.row(ExtractRules(("a", "é"))) == ('["a","é"]', "[]", None, "[]", "[]", "[]")
    assert codec.dump(("a",), tuple[str, ...]) == '["a"]'
