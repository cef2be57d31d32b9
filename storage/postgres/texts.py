"""What the records of the chain say, from the rows as they lie in the tables: many at a time, a question a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from storage.postgres.session import Row, Session, listed
from storage.records import Raw, write_record

CAPTURE, VERSION, REVIEW = "capture", "version", "review"

# The columns are named one by one: one that a later migration adds does not change old records. Those that end in ":"
# hold JSON, which stands in the record as it is.
_CAPTURE = (
    "source",
    "kept_for",
    "url",
    "final_url",
    "fetched_at",
    "status",
    "headers:",
    "media_type",
    "charset",
    "sha256",
    "hops:",
)
_VERSION = (
    "source",
    "number",
    "cause",
    "first_seen",
    "fingerprint",
    "extraction",
    "captures:",
    "title",
    "language",
    "effective_date",
    "last_updated",
    "blocks",
    "words",
    "verdict",
    "document",
    "comparison:",
)
_REVIEW = ("source", "version", "position", "at", "who", "state", "assignee", "note")
_FACT = ("position", "type", "fields:", "quote", "section:")
_CHANGE = (
    "position",
    "seen_before",
    "seen_after",
    "rank",
    "topic",
    "topics:",
    "kind",
    "severity",
    "direction",
    "section:",
    "before",
    "after",
    "spans:",
    "facts:",
    "summary",
    "rules:",
)
_DEADLINE = ("due", "deadline:")
_Key = tuple[str, int]


class About(NamedTuple):
    """What a record is about: a kept page, a version, or what its own `body` says."""

    seq: int
    kind: str
    capture: int | None = None
    source_id: str | None = None
    version: int | None = None
    body: str | None = None


def texts(session: Session, rows: Sequence[About]) -> dict[int, str]:
    """The text of each of these records, by its number; of those whose rows are gone there is none."""
    found = {about.seq: about.body for about in rows if about.body is not None}
    found |= _of_captures(session, [about for about in rows if about.kind == CAPTURE and about.capture is not None])
    found |= _of_versions(session, [about for about in rows if about.kind == VERSION and about.source_id is not None])
    found |= _of_reviews(session, [about for about in rows if about.kind == REVIEW])
    return found


def records_of(session: Session, source_id: str) -> list[int]:
    """The numbers of the records that are about a source, also of those that say that it was forgotten."""
    rows = session.execute(
        """
        SELECT seq FROM records WHERE source_id = ?
        UNION SELECT seq FROM records JOIN captures ON captures.id = records.capture WHERE captures.source_id = ?
        UNION SELECT record FROM reviews WHERE source_id = ?
        """,
        (source_id,) * 3,
    )
    said = session.execute("SELECT seq, body FROM records WHERE body IS NOT NULL")
    return [
        *(seq for (seq,) in rows),
        *(seq for seq, body in said if json.loads(body).get("source") == source_id),
    ]


def _of_captures(session: Session, rows: Sequence[About]) -> dict[int, str]:
    seqs = {about.capture: about.seq for about in rows}
    found = session.execute(f"SELECT id, {_names(_CAPTURE)} FROM captures WHERE id = ANY(?)", (list(seqs),))  # noqa: S608 - of names that stand here
    return {seqs[key]: write_record(seqs[key], CAPTURE, _members(_CAPTURE, one)) for key, *one in found}


def _of_reviews(session: Session, rows: Sequence[About]) -> dict[int, str]:
    found = session.execute(
        f"SELECT record, {_names(_REVIEW)} FROM reviews WHERE record = ANY(?)",  # noqa: S608 - of names that stand here
        ([about.seq for about in rows],),
    )
    return {seq: write_record(seq, REVIEW, _members(_REVIEW, one)) for seq, *one in found}


def _of_versions(session: Session, rows: Sequence[About]) -> dict[int, str]:
    seqs = {(about.source_id or "", about.version or 0): about.seq for about in rows}
    if not seqs:
        return {}
    facts, changes = _by_version(session, "facts", _FACT, seqs), _by_version(session, "changes", _CHANGE, seqs)
    deadlines = _by_version(session, "deadlines", _DEADLINE, seqs)
    table, values = listed("key text, version int", list(seqs))
    found = session.execute(
        f"SELECT {_names(_VERSION)} FROM versions JOIN {table} ON source_id = key AND number = version",  # noqa: S608 - of names that stand here
        values,
    )
    told = {}
    for one in found:
        key = (one[0], one[1])
        parts = [("facts", facts.get(key, [])), ("changes", changes.get(key, [])), *deadlines.get(key, [()])[0]]
        told[seqs[key]] = write_record(seqs[key], VERSION, [*_members(_VERSION, one), *parts])
    return told


def _by_version(
    session: Session, name: str, columns: Sequence[str], wanted: Iterable[_Key]
) -> dict[_Key, list[tuple[tuple[str, Any], ...]]]:
    """The rows of a table that belong to these versions, as members of a record, in their order."""
    table, values = listed("key text, number int", list(wanted))
    order = "ORDER BY position" if "position" in columns else ""
    found: dict[_Key, list[tuple[tuple[str, Any], ...]]] = {}
    rows = session.execute(
        f"SELECT source_id, version, {_names(columns)} FROM {name} "  # noqa: S608 - of names that stand here
        f"JOIN {table} ON source_id = key AND version = number {order}",
        values,
    )
    for source_id, version, *one in rows:
        found.setdefault((source_id, version), []).append(tuple(_members(columns, one)))
    return found


def _names(columns: Sequence[str]) -> str:
    return ", ".join("source_id" if name == "source" else name.rstrip(":") for name in columns)


def _members(columns: Sequence[str], values: Row | Sequence[Any]) -> list[tuple[str, Any]]:
    return [
        (name[:-1], value if value is None else Raw(value)) if name[-1] == ":" else (name, value)
        for name, value in zip(columns, values, strict=True)
    ]
