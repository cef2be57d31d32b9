"""Reading the history in the PostgreSQL store, as far as its SQL is not that of SQLite."""

from __future__ import annotations

from storage.codec import from_row, instant, load, moment
from storage.model import (
    ChangeQuery,
    DocumentType,
    Fact,
    FactQuery,
    LedgerEntry,
    RecordedChange,
    SearchHit,
    StatedFact,
)
from storage.postgres.session import Session
from storage.postgres.words import excerpt, phrases, query_of
from storage.sqlite.history import QUERY_WORDS, RECORDED, TIES, recorded

STATED = """
SELECT versions.source_id, sources.vendor, sources.document, versions.number, versions.first_seen, versions.last_seen,
    facts.type, facts.fields, facts.quote, facts.section
FROM sources JOIN versions ON versions.source_id = sources.id
JOIN facts ON facts.source_id = versions.source_id AND facts.version = versions.number
"""
NOW = "versions.number = sources.version"
THEN = """
versions.number = (
    SELECT max(other.number) FROM versions AS other WHERE other.source_id = sources.id AND other.first_seen <= ?
)
"""


def changes(session: Session, query: ChangeQuery) -> list[RecordedChange]:
    """The recorded changes that match, newest first, then gravest first."""
    leader = "changes" if query.topic is None else "asked"
    tables = "changes JOIN sources ON sources.id = changes.source_id"
    if query.topic is not None:
        tables = f"{tables} JOIN change_topics AS asked ON changes.id = asked.change"
    asked = {
        "asked.topic = ?": None if query.topic is None else str(query.topic),
        "changes.source_id = ?": query.source_id,
        "changes.source_id = ANY(?)": ids_of_vendor(session, query.vendor),
        f"{leader}.rank >= ?": query.severity.rank if query.severity else None,
        f"{leader}.seen_after >= ?": instant(query.since) if query.since else None,
        "changes.version = ?": query.version,
    }
    wanted = {condition: value for condition, value in asked.items() if value is not None}
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    rows = session.execute(
        f"{RECORDED} {tables} {where} ORDER BY {leader}.seen_after DESC, {leader}.rank DESC, {TIES} LIMIT ?",
        (*wanted.values(), None if query.limit is None else max(query.limit, 0)),
    )
    return [recorded(found) for found in rows]


def ids_of_vendor(session: Session, vendor: str | None) -> list[str] | None:
    """The ids of a vendor's sources; names are the same whatever their case, also beyond ASCII."""
    if vendor is None:
        return None
    named = session.execute("SELECT id, vendor FROM sources")
    return [key for key, name in named if name.casefold() == vendor.casefold()]


def stated(session: Session, query: FactQuery) -> list[StatedFact]:
    """The facts that match, by source, version and place in the text."""
    conditions: dict[str, object] = {
        "sources.id = ?": query.source_id,
        "sources.id = ANY(?)": ids_of_vendor(session, query.vendor),
        "facts.type = ANY(?)": [str(one) for one in query.types] or None,
        "strpos(lower(facts.fields), ?) > 0": query.word.lower() if query.word else None,
        THEN: instant(query.at) if query.at and not query.history else None,
    }
    wanted = {condition: value for condition, value in conditions.items() if value is not None}
    where = [*wanted, *([] if query.history or query.at else [NOW])]
    rows = session.execute(
        f"{STATED} {'WHERE ' if where else ''}{' AND '.join(where)} "
        "ORDER BY sources.id, versions.number, facts.position",
        tuple(wanted.values()),
    )
    return [
        StatedFact(key, vendor, DocumentType(kind), number, moment(first), moment(last), from_row(Fact, fact))
        for key, vendor, kind, number, first, last, *fact in rows
    ]


def ledger(session: Session, source_id: str, limit: int | None) -> list[LedgerEntry]:
    """The checks of a source, newest first."""
    rows = session.execute(
        """
        SELECT source_id, since, until, count, outcome, reason, detail FROM ledger
        WHERE source_id = ? ORDER BY id DESC LIMIT ?
        """,
        (source_id, None if limit is None else max(limit, 0)),
    )
    return [from_row(LedgerEntry, found) for found in rows]


def search(session: Session, query: str, limit: int) -> list[SearchHit]:
    """Passages that hold all words of a query, best first."""
    wanted = phrases(query, QUERY_WORDS)
    if not wanted:
        return []
    rows = session.execute(
        """
        SELECT passages.source_id, sources.vendor, since, until, section, passages.text
        FROM passages JOIN sources ON sources.id = passages.source_id, CAST(? AS tsquery) AS asked
        WHERE passages.words @@ asked
        ORDER BY ts_rank(passages.words, asked, 1) DESC, passages.source_id, since DESC, passages.id LIMIT ?
        """,
        (query_of(wanted), max(limit, 0)),
    )
    return [
        SearchHit(key, vendor, since, until, load(tuple[str, ...], section), text, excerpt(text, wanted))
        for key, vendor, since, until, section, text in rows
    ]
