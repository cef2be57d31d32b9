"""What the versions mean over all sources: facts by their type, at a moment or at any time, and deadlines."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any

from storage.codec import from_row, instant, load, moment
from storage.folded import Folds
from storage.model import Deadline, DocumentType, DueDeadline, Fact, FactQuery, StatedFact
from storage.sqlite.history import ids_of_vendor

# Sources lead, then their facts, then the versions in which each stood: CROSS JOIN keeps SQLite to that order.
STATED = """
SELECT sources.id, sources.vendor, sources.document, versions.number, versions.first_seen, versions.last_seen,
    facts.type, facts.fields, facts.upon, facts.said
FROM sources CROSS JOIN facts ON facts.source_id = sources.id
CROSS JOIN versions ON versions.source_id = sources.id
    AND versions.number BETWEEN facts.since AND coalesce(facts.until, sources.version)
"""
NOW = "facts.until IS NULL AND versions.number = sources.version"
THEN = """
versions.number = (
    SELECT max(other.number) FROM versions AS other
    WHERE other.source_id = sources.id AND other.first_seen <= ?
)
"""


def stated(connection: sqlite3.Connection, query: FactQuery) -> list[StatedFact]:
    """The facts that match, by source, version and place in the text."""
    conditions: dict[str, str | None] = {
        "sources.id = ?": query.source_id,
        "sources.id IN (SELECT value FROM json_each(?))": ids_of_vendor(connection, query.vendor),
        "facts.type IN (SELECT value FROM json_each(?))": json.dumps(query.types) if query.types else None,
        "instr(lower(facts.fields), ?) > 0": query.word.lower() if query.word else None,
        THEN: instant(query.at) if query.at and not query.history else None,
    }
    wanted = {condition: value for condition, value in conditions.items() if value is not None}
    where = [*wanted, *([] if query.history or query.at else [NOW])]
    rows = connection.execute(
        f"{STATED} {'WHERE ' if where else ''}{' AND '.join(where)} ORDER BY sources.id, versions.number, facts.place",
        tuple(wanted.values()),
    )
    folds, facts = Folds(connection), dict[Any, Fact]()
    found = []
    for key, vendor, kind, number, first, last, *fact in rows:
        *plain, upon, said = fact
        known = facts.get((key, *fact))
        if known is None:  # most stand in many versions
            known = facts[key, *fact] = from_row(Fact, (*plain, *folds.unfold(upon, said, 2)))
        found.append(StatedFact(key, vendor, DocumentType(kind), number, moment(first), moment(last), known))
    return found


def deadlines(connection: sqlite3.Connection, since: date) -> list[DueDeadline]:
    """What may still be objected to on that day, the soonest first."""
    rows = connection.execute(
        """
        SELECT deadlines.source_id, sources.vendor, sources.document, sources.url, deadlines.version,
            versions.first_seen, coalesce(changes.summary, ''), deadlines.deadline
        FROM deadlines JOIN sources ON sources.id = deadlines.source_id
        JOIN versions ON versions.source_id = deadlines.source_id AND versions.number = deadlines.version
        LEFT JOIN changes ON changes.id = (
            SELECT id FROM changes AS one
            WHERE one.source_id = deadlines.source_id AND one.version = deadlines.version
            ORDER BY one.kind = 'removed' OR instr(one.topics, '"subprocessors"') = 0, one.position LIMIT 1
        )
        WHERE deadlines.due >= ? ORDER BY deadlines.due, deadlines.source_id, deadlines.version
        """,
        (since.isoformat(),),
    )
    return [
        DueDeadline(key, vendor, DocumentType(kind), url, number, moment(seen), summary, load(Deadline, text))
        for key, vendor, kind, url, number, seen, summary, text in rows
    ]
