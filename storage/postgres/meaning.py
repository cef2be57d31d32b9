"""What the versions mean over all sources: facts by their type, deadlines, counts of changes."""

from __future__ import annotations

from datetime import date, datetime

from storage.codec import from_row, instant, load, moment
from storage.model import Deadline, DocumentType, DueDeadline, Fact, FactQuery, Severity, StatedFact, Tally, TallyBy
from storage.postgres import chain
from storage.postgres.history import ids_of_vendor
from storage.postgres.session import Session
from storage.records import Record

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
SEVERITIES = {severity.rank: severity for severity in Severity}
# A day is the start of a moment's fixed-width text.
BY = {TallyBy.DAY: "substr(seen_after, 1, 10)", TallyBy.SOURCE: "source_id"}


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


def deadlines(session: Session, since: date) -> list[DueDeadline]:
    """What may still be objected to on that day, the soonest first."""
    rows = session.execute(
        """
        SELECT deadlines.source_id, sources.vendor, sources.document, sources.url, deadlines.version,
            versions.first_seen, coalesce(changes.summary, ''), deadlines.deadline
        FROM deadlines JOIN sources ON sources.id = deadlines.source_id
        JOIN versions ON versions.source_id = deadlines.source_id AND versions.number = deadlines.version
        LEFT JOIN changes ON changes.id = (
            SELECT id FROM changes AS one
            WHERE one.source_id = deadlines.source_id AND one.version = deadlines.version
            ORDER BY one.kind = 'removed' OR strpos(one.topics, '"subprocessors"') = 0, one.position LIMIT 1
        )
        WHERE deadlines.due >= ? ORDER BY deadlines.due, deadlines.source_id, deadlines.version
        """,
        (since.isoformat(),),
    )
    return [
        DueDeadline(key, vendor, DocumentType(kind), url, number, moment(seen), summary, load(Deadline, text))
        for key, vendor, kind, url, number, seen, summary, text in rows
    ]


def tally(session: Session, by: TallyBy, since: datetime | None) -> list[Tally]:
    """Counts by key, then gravest first."""
    rows = session.execute(
        f"""
        SELECT {BY[by]} AS key, rank, count(*), max(seen_after) FROM changes WHERE seen_after >= ?
        GROUP BY key, rank ORDER BY key, rank DESC
        """,  # noqa: S608 - of expressions that stand above
        (instant(since) if since else "",),
    )
    return [Tally(key, SEVERITIES[rank], count, moment(last)) for key, rank, count, last in rows]


def record(session: Session, source_id: str, number: int) -> Record | None:
    """The record of the chain that one version is, with its text; None when there is no such version."""
    found = session.execute(
        "SELECT seq FROM records WHERE source_id = ? AND version = ?", (source_id, number)
    ).fetchone()
    return next(chain.records(session, source_id, found[0])) if found else None
