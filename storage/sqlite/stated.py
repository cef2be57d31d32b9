"""What the versions mean over all sources: facts by their type, at a moment or at any time, and deadlines."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from string import ascii_uppercase
from typing import Any

from storage.codec import load, of_ticks, ticks, value
from storage.model import Deadline, DocumentType, DueDeadline, Fact, FactQuery, StatedFact
from storage.sqlite.history import ids_of_vendor
from storage.sqlite.standing import unfold
from storage.sqlite.telling import Told

_SOURCES = (
    "SELECT sources.id, vendor, document, sources.version, facts FROM sources JOIN standing ON source_id = sources.id"
)
_VERSIONS = "SELECT number, record, first_seen, last_seen FROM versions WHERE source_id = ?"


def stated(connection: sqlite3.Connection, query: FactQuery) -> list[StatedFact]:
    """The facts that match, by source, version and place in the text."""
    conditions = {
        "sources.id = ?": query.source_id,
        "sources.id IN (SELECT value FROM json_each(?))": ids_of_vendor(connection, query.vendor),
    }
    wanted = {condition: one for condition, one in conditions.items() if one is not None}
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    rows = connection.execute(f"{_SOURCES} {where} ORDER BY sources.id", tuple(wanted.values())).fetchall()
    told, found = Told(connection), list[StatedFact]()
    for source_id, vendor, kind, newest, packed in rows:
        spans = [span for *fact, stood in unfold(source_id, packed) if _asked(query, *fact) for span in stood]
        if not spans:  # most sources, mostly: no text of theirs is read
            continue
        known: dict[str, Fact] = {}
        for number, record, first, last in _versions(connection, query, source_id, newest):
            if any(since <= number and (until is None or number <= until) for since, until in spans):
                seen = (source_id, vendor, DocumentType(kind), number, of_ticks(first), of_ticks(last))
                found += [StatedFact(*seen, fact) for fact in _facts(told.read(record), query, known)]
    return found


def _asked(query: FactQuery, kind: str, fields: str) -> bool:
    """Whether a fact of this type with these fields is asked for; SQLite's `lower` is that of ASCII, and so is this."""
    if query.types and kind not in query.types:
        return False
    return not query.word or query.word.lower() in fields.translate(_LOWER)


_LOWER = {ord(letter): letter.lower() for letter in ascii_uppercase}


def _versions(connection: sqlite3.Connection, query: FactQuery, source_id: str, newest: int) -> list[Any]:
    """Number, record and moments of the versions of a source that are asked for."""
    if query.history:
        rows = connection.execute(f"{_VERSIONS} ORDER BY number", (source_id,))
    elif query.at is not None:
        then = f"{_VERSIONS} AND first_seen <= ? ORDER BY number DESC LIMIT 1"
        rows = connection.execute(then, (source_id, ticks(query.at)))
    else:
        rows = connection.execute(f"{_VERSIONS} AND number = ?", (source_id, newest))
    return rows.fetchall()


def _facts(told: dict[str, Any], query: FactQuery, known: dict[str, Fact]) -> Iterator[Fact]:
    """The facts of one version that are asked for; most stand in many versions, and are made once."""
    for one in told["facts"]:
        fields = json.dumps(one["fields"], ensure_ascii=False, separators=(",", ":"))
        if _asked(query, one["type"], fields):
            key = f"{one['type']} {fields} {one['quote']} {one['section']}"
            if key not in known:
                known[key] = value(Fact, one)
            yield known[key]


def deadlines(connection: sqlite3.Connection, since: date) -> list[DueDeadline]:
    """What may still be objected to on that day, the soonest first."""
    rows = connection.execute(
        """
        SELECT deadlines.source_id, sources.vendor, sources.document, sources.url, deadlines.version,
            versions.first_seen, versions.record, deadlines.deadline
        FROM deadlines JOIN sources ON sources.id = deadlines.source_id
        JOIN versions ON versions.source_id = deadlines.source_id AND versions.number = deadlines.version
        WHERE deadlines.due >= ? ORDER BY deadlines.due, deadlines.source_id, deadlines.version
        """,
        (since.isoformat(),),
    )
    told = Told(connection)
    return [
        DueDeadline(
            key,
            vendor,
            DocumentType(kind),
            url,
            number,
            of_ticks(seen),
            _summary(told.changes(record)),
            load(Deadline, text),
        )
        for key, vendor, kind, url, number, seen, record, text in rows
    ]


def _summary(told: dict[str, Any]) -> str:
    """That of the change that may be objected to: the first new recipient, else the first change."""
    changes = told["changes"]
    new = (one for one in changes if one["kind"] != "removed" and "subprocessors" in one["topics"])
    found = next(new, changes[0] if changes else None)
    return "" if found is None else str(found["summary"])
