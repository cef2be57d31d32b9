"""The records of the evidence: how one is written down, and how each is linked to the one before.

A record is one line of JSON with its members in a fixed order, without white space, in UTF-8; strings are escaped as in
RFC 8785 and no more. Its digest is the SHA-256 of these bytes, its link the SHA-256 of the link before followed by the
digest, both in lower-case hexadecimal; the first has nothing before it. So a record in a file of its own is checked
with `sha256sum`, and so is the chain (docs/reference/evidence-format.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

FORMAT = "clausewatch/record/1"


class Raw(str):
    """A text that is JSON already and stands in a record as it is, to the byte."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One link of the chain. `text` is what was recorded, None where it is not told or has been forgotten."""

    seq: int
    kind: str
    digest: str
    link: str
    text: str | None = None


def write_record(seq: int, kind: str, members: Iterable[tuple[str, Any]]) -> str:
    """The text of a record. Members are texts, numbers, None, `Raw`, or lists of lists of these."""
    return _object((("record", FORMAT), ("seq", seq), ("kind", kind), *members))


def write_members(members: Iterable[tuple[str, Any]]) -> str:
    """Members of a record, as they stand in it one behind the other."""
    return _object(members)[1:-1]


def digest_of(text: str) -> str:
    """The digest of a record."""
    return hashlib.sha256(text.encode()).hexdigest()


def link_of(before: str, digest: str) -> str:
    """The link of a record behind another link; `before` is empty for the first."""
    return hashlib.sha256(f"{before}{digest}".encode("utf-8", "replace")).hexdigest()  # a damaged file holds anything


def _object(members: Iterable[tuple[str, Any]]) -> str:
    return "{" + ",".join([f'"{name}":{_value(value)}' for name, value in members]) + "}"


def _value(value: Any) -> str:
    kind = type(value)
    if kind is Raw:
        return str(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int:
        return str(value)
    if kind is list:
        return "[" + ",".join([_value(item) for item in value]) + "]"
    if kind is tuple:  # members of an object within
        return _object(value)
    return "null" if value is None else json.dumps(value, ensure_ascii=False)
