"""What each source ever stated, in one small frame: whoever asks all sources for a fact reads no text of those without.

The frame is made of what versions tell (`storage.sqlite.telling`), and `verify` holds it against that. It lists type
and typed fields of each fact with the versions in which it stood.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from storage.errors import StoreError
from storage.sqlite.bodies import pack, unpack

# Type, fields as JSON, and from which version to which it stood; None while it stands.
Stood = tuple[str, str, list[list[int | None]]]
# What such frames say again and again. Never edited: the frames stand upon it.
_WORDS = (
    b'["authority","[[\\"name\\",\\"",[[1,null]]],["governing-law","[[\\"name\\",\\"",[[1,null]]],'
    b'["notice-period","[[\\"of\\",\\"policy-change\\"],[\\"period\\",\\"P30D\\"],[\\"days\\",\\"calendar\\"]]",[[1,null]]],'
    b'["security","[[\\"measure\\",\\"encryption\\"]]",[[1,null]]],["ai","[[\\"statement\\",\\"feature\\"]]",[[1,null]]],'
    b'["transfer","[[\\"mechanism\\",\\"scc\\"],[\\"destination\\",\\"United States\\"]]",[[1,null]]],'
    b'["retention","[[\\"subject\\",\\"personal data\\"],[\\"period\\",\\"P12M\\"]]",[[1,null]]],'
    b'["legal-basis","[[\\"basis\\",\\"legitimate-interests\\"],[\\"purpose\\",null],[\\"article\\",null]]",[[1,null]]],'
    b'["right","[[\\"id\\",\\"access\\"]]",[[1,null]]],["right","[[\\"id\\",\\"erasure\\"]]",[[1,null]]],'
    b'["recipient","[[\\"name\\",\\"\\"],[\\"role\\",null],[\\"location\\",null],[\\"purpose\\",null]]",[[1,null]]],'
    b'["contact","[[\\"role\\",\\"controller\\"],[\\"name\\",\\"\\"],[\\"email\\",null],[\\"phone\\",null]]",[[1,null]]],'
    b'["data-category","[[\\"name\\",\\"email address\\"]]",[[1,null]]],["data-category","[[\\"name\\",\\"'
)


def read(connection: sqlite3.Connection, source_id: str) -> list[Stood]:
    """All that a source ever stated. Raises StoreError for damage."""
    found = connection.execute("SELECT facts FROM standing WHERE source_id = ?", (source_id,)).fetchone()
    return unfold(source_id, found[0]) if found else []


def unfold(source_id: str, packed: bytes) -> list[Stood]:
    """What a frame lists. Raises StoreError."""
    try:
        return [(kind, fields, spans) for kind, fields, spans in json.loads(unpack(0, packed, _WORDS))]
    except (ValueError, TypeError) as error:
        raise StoreError(f"{source_id}: the list of its facts is damaged ({error}); restore a backup") from error


def follow(connection: sqlite3.Connection, source_id: str, number: int, facts: Iterable[Sequence[Any]]) -> None:
    """Keep the list in step with a new version, whose facts begin with type and fields."""
    before = read(connection, source_id)
    now = followed(before, number, {(one[0], one[1]): None for one in facts})
    if now != before or number == 1:
        text = json.dumps(now, ensure_ascii=False, separators=(",", ":")).encode()
        connection.execute(
            """
            INSERT INTO standing (source_id, facts) VALUES (?, ?)
            ON CONFLICT (source_id) DO UPDATE SET facts = excluded.facts
            """,
            (source_id, pack(text, _WORDS)),
        )


def followed(before: Sequence[Stood], number: int, now: dict[tuple[str, str], None]) -> list[Stood]:
    """The list with one version more."""
    known = {(kind, fields) for kind, fields, _ in before}
    made = []
    for kind, fields, spans in before:
        since, until = spans[-1]
        states = (kind, fields) in now
        if until is None and not states:
            made.append((kind, fields, [*spans[:-1], [since, number - 1]]))
        elif until is not None and states:
            made.append((kind, fields, [*spans, [number, None]]))
        else:
            made.append((kind, fields, spans))
    return [*made, *((kind, fields, [[number, None]]) for kind, fields in now if (kind, fields) not in known)]


class Followed:
    """The list of a source, version by version, from the facts that go and come with each."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], list[list[int | None]]] = {}
        self._times = Counter[tuple[str, str]]()

    def follow(self, number: int, gone: Sequence[tuple[str, str]], came: Sequence[tuple[str, str]]) -> None:
        """One version more. A fact may stand at several places; it goes with the last."""
        self._times.subtract(gone)
        self._times.update(came)
        for fact in gone:
            if self._times[fact] == 0 and self._spans[fact][-1][1] is None:
                self._spans[fact][-1][1] = number - 1
        for fact in came:
            spans = self._spans.setdefault(fact, [])
            if not spans or spans[-1][1] is not None:
                spans.append([number, None])

    def stood(self) -> list[Stood]:
        """The list."""
        return [(kind, fields, spans) for (kind, fields), spans in self._spans.items()]
