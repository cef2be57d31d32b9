"""One small judge for each kind of value in `[retention]` and `[timestamps]`; as in `values`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator

from watcher.config.durations import parse_size
from watcher.config.wording import meant, shown

KEPT = ("versions", "all")
_LEAST_BYTES, _MOST_BYTES = 1_000_000, 10**15
# An object identifier as it is written (X.660): at most 40 under the first two arcs.
_OBJECT = re.compile(r"(?:[01]\.(?:[0-3]?[0-9])|2\.[0-9]{1,9})(?:\.[0-9]{1,19}){1,30}")


def _raw_size(value: object) -> int:
    size = parse_size(value) if isinstance(value, str) else None
    if size is None or not _LEAST_BYTES <= size <= _MOST_BYTES:
        raise ValueError(f'{shown(value)} is not a size from 1 MB on (write "5GB")')
    return size


def _kept(value: object) -> str:
    if not isinstance(value, str) or value not in KEPT:
        near = meant(value, KEPT) if isinstance(value, str) else 'write "versions" or "all"'
        raise ValueError(f"{shown(value)} does not say which pages are kept ({near})")
    return value


def _policy(value: object) -> str:
    if not isinstance(value, str) or not _OBJECT.fullmatch(value):
        raise ValueError(f'{shown(value)} is no object identifier (write "1.3.6.1.4.1.13762.3", or leave it out)')
    return value


RawSize = Annotated[int, PlainValidator(_raw_size)]
Kept = Annotated[str, PlainValidator(_kept)]
Policy = Annotated[str, PlainValidator(_policy)]
