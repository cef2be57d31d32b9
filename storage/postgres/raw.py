"""Letting go of the bytes of raw pages in the PostgreSQL store; their records stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage import blobs
from storage.codec import moment
from storage.errors import UsageError
from storage.model import RawPage
from storage.postgres import chain
from storage.postgres.session import Session
from storage.postgres.shared import portable

# The pages that the latest version of each source was read from.
_LATEST = """
SELECT jsonb_array_elements_text(versions.captures::jsonb) FROM sources
JOIN versions ON versions.source_id = sources.id AND versions.number = sources.version
"""
_PAGES = f"""
SELECT captures.sha256, length(blobs.data), max(captures.fetched_at) AS last_at,
    array_agg(DISTINCT captures.source_id), captures.sha256 IN ({_LATEST})
FROM captures JOIN blobs ON blobs.sha256 = captures.sha256
WHERE NOT EXISTS (SELECT 1 FROM versions WHERE versions.document = captures.sha256)
GROUP BY captures.sha256, blobs.id ORDER BY last_at, captures.sha256
"""  # noqa: S608 - of a text that stands above
_SOURCES = """
SELECT DISTINCT captures.source_id, captures.sha256
FROM captures JOIN blobs ON blobs.sha256 = captures.sha256
WHERE captures.sha256 = ANY(?) AND NOT EXISTS (SELECT 1 FROM versions WHERE versions.document = captures.sha256)
ORDER BY captures.source_id, captures.sha256
"""


def pages(session: Session) -> list[RawPage]:
    """The raw pages that are kept, the oldest first."""
    return [
        RawPage(sha256, size, moment(last_at), tuple(sorted(sources)), bool(latest))
        for sha256, size, last_at, sources, latest in session.execute(_PAGES)
    ]


def drop(session: Session, wanted: Sequence[str], now: datetime, reason: str) -> int:
    """Let go of pages with a record for each source; the bytes that it gives back. Raises UsageError."""
    with session.writing():
        session.alone("records")
        latest = {sha256 for (sha256,) in session.execute(_LATEST)}
        needed = next((sha256 for sha256 in wanted if sha256 in latest), None)
        if needed is not None:
            raise UsageError(f"page {needed}: the latest version of a source was read from it; nothing was dropped")
        of_source: dict[str, list[str]] = {}
        for source_id, sha256 in session.execute(_SOURCES, (list(wanted),)):
            of_source.setdefault(source_id, []).append(sha256)
        for source_id, theirs in of_source.items():
            chain.add_dropped(session, source_id, now, reason, theirs)
        return let_go(session, sorted({sha256 for theirs in of_source.values() for sha256 in theirs}))


def let_go(session: Session, left: Sequence[str]) -> int:
    """Delete these bodies; those that stand upon one are packed anew first. How many bytes that gives back."""
    gone = list(left)
    upon = session.execute(
        "SELECT sha256 FROM blobs WHERE base = ANY(?) AND NOT sha256 = ANY(?)", (gone, gone)
    ).fetchall()
    touched = [*gone, *(sha256 for (sha256,) in upon)]
    before = _size(session, touched)
    for (sha256,) in upon:
        blobs.stand_alone(portable(session), sha256)
    session.execute("UPDATE blobs SET base = NULL WHERE sha256 = ANY(?)", (gone,))
    session.execute("DELETE FROM blobs WHERE sha256 = ANY(?)", (gone,))
    return before - _size(session, touched)


def _size(session: Session, bodies: Sequence[str]) -> int:
    found = session.execute(
        "SELECT coalesce(sum(length(data)), 0) FROM blobs WHERE sha256 = ANY(?)", (list(bodies),)
    ).fetchone()
    return int(found[0]) if found else 0
