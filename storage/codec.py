"""Model values to rows and JSON and back, exactly: what comes out equals what went in.

The packers are made once per type from the type's own annotations, so a field added to a model with a default is
stored from then on, and old rows read as the default. Moments become fixed-width UTC text that sorts by time
(2026-03-01T09:00:00.000000Z), days ISO text, periods whole microseconds, enums their ids.

The one loss: half of a surrogate pair, which is no character and which no UTF-8 can hold, becomes U+FFFD.
"""

from __future__ import annotations

import base64
import json
import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeVar, Union

T = TypeVar("T")

SURROGATE = re.compile("[\ud800-\udfff]")
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Pair(NamedTuple):
    """How values of one type are packed and unpacked. `flat` means that a database column can hold the packed form."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]
    flat: bool


def dump(value: object, kind: Any = None) -> str:
    """A model value as JSON text; `kind` is its type where the value alone does not tell (`tuple[str, ...]`)."""
    shape: Any = kind or type(value)
    return _text(_pair(shape).pack(value))


def dump_lean(value: object) -> str:
    """Likewise, of a model value, without the fields that have their defaults: `load` reads them as these."""
    shape: Any = type(value)
    hints, packed = _hints(shape), dict[str, Any]()
    for one in fields(shape):
        held = getattr(value, one.name)
        if held != one.default:
            packed[one.name] = _pair(hints[one.name]).pack(held)
    return _text(packed)


def load(kind: type[T], text: str | bytes) -> T:
    """The value that `dump` was given. Raises ValueError when the text is no such value."""
    return value(kind, json.loads(text))


def row(value: object) -> tuple[Any, ...]:
    """The fields of a model value in their order, each as a database column holds it; nested ones as JSON text."""
    shape: Any = type(value)
    return tuple([pack(getattr(value, name)) for name, pack, _ in _columns(shape)])


def from_row(kind: type[T], values: Sequence[Any]) -> T:
    """The value whose `row` this is; columns beyond its fields are left alone."""
    shape: Any = kind
    columns = _columns(shape)
    return kind(*[unpack(value) for (_, _, unpack), value in zip(columns, values[: len(columns)], strict=True)])


def clean(text: str) -> str:
    """Text that every UTF-8 store can hold: what is no character becomes U+FFFD."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def instant(moment: datetime) -> str:
    """A moment as text that sorts by time. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; all times in the house are aware")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


# The moment whose `instant` a text is.
moment = datetime.fromisoformat


def ticks(moment: datetime) -> int:
    """A moment as microseconds since 1970. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; all times in the house are aware")
    return (moment - EPOCH) // MICROSECOND


def of_ticks(microseconds: int) -> datetime:
    """The moment whose `ticks` these are. Raises ValueError for one beyond the calendar."""
    try:
        return EPOCH + microseconds * MICROSECOND
    except OverflowError as error:
        raise ValueError(f"{microseconds}: no moment of the calendar") from error


def value(kind: type[T], packed: Any) -> T:
    """The value whose `dump` was read as JSON. Raises ValueError when it is no such value."""
    shape: Any = kind
    try:
        made: T = _pair(shape).unpack(packed)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a stored {kind.__name__}: {type(error).__name__} {error}") from error
    return made


@cache
def _columns(kind: type) -> tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any]], ...]:
    return tuple((name, *_column(hint)) for name, hint in _hints(kind).items())


def _column(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    pair = _pair(hint)
    if pair.flat:
        return pair.pack, pair.unpack
    return (
        lambda value: None if value is None else _text(pair.pack(value)),
        lambda value: None if value is None else pair.unpack(json.loads(value)),
    )


@cache
def _pair(hint: Any) -> _Pair:
    """The packer of any type that the model uses. Raises TypeError for one it does not."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {Union, types.UnionType}:
        return _optional(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _Pair(str, _Members(hint).__getitem__, flat=True)
    if is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"the store has no form for {hint!r}")


def _optional(arguments: tuple[Any, ...]) -> _Pair:
    inner = [argument for argument in arguments if argument is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"the store has no form for a choice of {arguments!r}")
    pack, unpack, flat = _pair(inner[0])
    return _Pair(
        lambda value: None if value is None else pack(value),
        lambda value: None if value is None else unpack(value),
        flat,
    )


def _tuple(arguments: tuple[Any, ...]) -> _Pair:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        pack, unpack, _ = _pair(arguments[0])
        if arguments[0] is str:
            return _Pair(list, tuple, flat=False)
        return _Pair(
            lambda value: [pack(item) for item in value],
            lambda value: tuple(map(unpack, value)),
            flat=False,
        )
    pairs = [_pair(argument) for argument in arguments]
    return _Pair(
        lambda value: [pair.pack(item) for pair, item in zip(pairs, value, strict=True)],
        lambda value: tuple(pair.unpack(item) for pair, item in zip(pairs, value, strict=True)),
        flat=False,
    )


def _record(kind: Any) -> _Pair:
    hints = _hints(kind)
    packs = [(name, _pair(hint).pack) for name, hint in hints.items()]
    unpacks = {name: _pair(hint).unpack for name, hint in hints.items()}
    in_order, ways = tuple(hints), tuple(unpacks.values())

    def pack(value: Any) -> dict[str, Any]:
        return {name: one(getattr(value, name)) for name, one in packs}

    def unpack(value: dict[str, Any]) -> Any:
        if tuple(value) == in_order:  # as it was packed, which is quicker
            return kind(*[one(item) for one, item in zip(ways, value.values(), strict=True)])
        return kind(**{name: one(value[name]) for name, one in unpacks.items() if name in value})

    return _Pair(pack, unpack, flat=False)


class _Members(dict[str, Any]):
    """The members of an enum by their ids, which is quicker than to ask the enum; what is none, it tells."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__((one.value, one) for one in kind)
        self._kind = kind

    def __missing__(self, name: Any) -> Any:
        return self._kind(name)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The annotations of a model's fields, in their order."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _text(value: Any) -> str:
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


_PLAIN: dict[Any, _Pair] = {
    str: _Pair(clean, str, flat=True),
    int: _Pair(int, int, flat=True),
    bool: _Pair(int, bool, flat=True),
    float: _Pair(float, float, flat=True),
    bytes: _Pair(lambda value: base64.b64encode(value).decode("ascii"), base64.b64decode, flat=True),
    datetime: _Pair(instant, moment, flat=True),
    date: _Pair(date.isoformat, date.fromisoformat, flat=True),
    time: _Pair(time.isoformat, time.fromisoformat, flat=True),
    timedelta: _Pair(lambda value: value // MICROSECOND, lambda value: value * MICROSECOND, flat=True),
}
