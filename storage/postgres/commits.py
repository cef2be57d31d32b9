"""The one transaction of a check: everything that it made, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from storage import blobs
from storage.codec import clean, dump, instant, row
from storage.errors import LeaseLost, StoreError
from storage.model import Block, CheckResult, NewVersion
from storage.postgres import chain, outbox
from storage.postgres.session import Session, listed
from storage.postgres.shared import portable
from storage.postgres.words import index_of
from storage.sqlite.commits import SEEN_AGAIN, follows, health_of
from storage.sqlite.rows import capture_row


class _Standing(NamedTuple):
    """What the store holds of a source before a commit. `last` is outcome, reason and detail of its ledger line."""

    token: str | None
    version: int
    ledger: int | None
    last: tuple[str | None, str | None, str | None]


def commit(session: Session, results: Sequence[CheckResult]) -> None:
    """Write results together. Raises LeaseLost or StoreError, and then nothing was written."""
    with session.writing():
        standings = _standings(session, results)
        if any(result.captures or result.versions for result in results):
            session.alone("records")  # the chain grows by one hand at a time
        numbers: dict[str, int] = {}
        for result in results:
            key = result.claim.source_id
            _captures(session, result)
            _withdraw(session, result)
            number = standings[key].version
            for made in result.versions:
                follows(made, key, number)
                _version(session, made)
                number += 1
            numbers[key] = number
        fetched = [result for result in results if result.fetched]
        ledger = _ledger(session, fetched, standings)
        _sources(session, fetched, numbers, ledger)
        _pages(session, fetched)
        outbox.post(session, [posting for result in fetched for posting in result.postings])
        _unfetched(session, results, numbers)


def _standings(session: Session, results: Sequence[CheckResult]) -> dict[str, _Standing]:
    """The rows of these sources, held until the end. Raises LeaseLost when any is held by somebody else."""
    ids = [result.claim.source_id for result in results]
    if len(set(ids)) < len(ids):
        raise StoreError("two results of one source in one commit; nothing was written")
    rows = session.execute(
        """
        SELECT sources.id, lease_token, version, ledger, ledger.outcome, ledger.reason, ledger.detail
        FROM sources LEFT JOIN ledger ON ledger.id = sources.ledger
        WHERE sources.id = ANY(?) ORDER BY sources.id FOR UPDATE OF sources
        """,
        (ids,),
    )
    found = {
        key: _Standing(token, version, ledger, (outcome, reason, detail))
        for key, token, version, ledger, outcome, reason, detail in rows
    }
    for result in results:
        key = result.claim.source_id
        if key not in found or found[key].token != result.claim.token:
            raise LeaseLost(f"{key}: another worker has taken the source over; nothing was written")
    return found


def _captures(session: Session, result: CheckResult) -> None:
    """Keep the raw pages of a result; their bytes once."""
    key = result.claim.source_id
    for capture in result.captures:
        before = session.execute(
            "SELECT sha256 FROM captures WHERE source_id = ? AND url = ? ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (key, clean(capture.url)),
        ).fetchone()
        sha256 = blobs.put(portable(session), capture.body, base=before[0] if before else None)
        if sha256 != capture.sha256:
            raise StoreError(
                f"{key}: the page {capture.url} says SHA-256 {capture.sha256} and has {sha256}; nothing was written"
            )
        ((number,),) = session.insert(
            "captures",
            "source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops",
            [(key, result.outcome.value, *capture_row(capture))],
            "RETURNING id",
        )
        chain.add_capture(session, number)


def _version(session: Session, made: NewVersion) -> None:
    """A version with its text, facts, changes, alerts and deliveries."""
    version, key, number = made.version, made.version.source_id, made.version.number
    before = session.execute(
        "SELECT document, last_seen FROM versions WHERE source_id = ? AND number = ?", (key, number - 1)
    ).fetchone()
    document = blobs.put(portable(session), dump(made.document).encode(), base=before[0] if before else None)
    head = None if made.comparison is None else dump(replace(made.comparison, changes=()))
    session.insert(
        "versions",
        """source_id, number, cause, first_seen, last_seen, fingerprint, extraction, captures, title, language,
        effective_date, last_updated, blocks, words, verdict, document, comparison""",
        [(*row(version), document, head)],
    )
    session.insert(
        "facts",
        "source_id, version, position, type, fields, quote, section",
        [(key, number, position, *row(fact)) for position, fact in enumerate(made.facts)],
    )
    _changes(session, made, before[1] if before else instant(version.first_seen))
    if made.deadline is not None:
        session.insert(
            "deadlines",
            "source_id, version, due, deadline",
            [(key, number, made.deadline.on.isoformat(), dump(made.deadline))],
        )
    chain.add_version(session, key, number)
    session.insert(
        "alerts",
        "key, subscriber, source_id, version, changes, created_at, cadence",
        [row(alert) for alert in (*made.alerts, *made.reminders)],
    )
    outbox.add(session, made.deliveries)
    _passages(session, key, number, made.document.blocks)


def _changes(session: Session, made: NewVersion, seen_before: str) -> None:
    """One row a change, with the interval in which it happened: last seen before, first seen after."""
    version = made.version
    seen_after = instant(version.first_seen)
    changes = made.comparison.changes if made.comparison else ()
    ids = session.insert(
        "changes",
        """source_id, version, position, seen_before, seen_after, rank, topic, topics, kind, severity, direction,
        section, before, after, spans, facts, summary, rules""",
        [
            (version.source_id, version.number, position, seen_before, seen_after, change.severity.rank, *row(change))
            for position, change in enumerate(changes)
        ],
        "RETURNING position, id",
    )
    numbers: dict[int, int] = dict(ids)
    session.insert(
        "change_topics",
        "topic, seen_after, rank, change",
        [
            (topic, seen_after, change.severity.rank, numbers[position])
            for position, change in enumerate(changes)
            for topic in dict.fromkeys(map(str, (change.topic, *change.topics)))
        ],
    )


def _withdraw(session: Session, result: CheckResult) -> None:
    """Drop what waits to be told of versions that went again."""
    if result.withdrawn:
        session.execute(
            """
            UPDATE deliveries SET state = 'dropped', last_error = 'the text went again before its time'
            WHERE state = 'pending' AND lease_until IS NULL AND alert_key IN (
                SELECT key FROM alerts WHERE source_id = ? AND version = ANY(?)
            )
            """,
            (result.claim.source_id, list(result.withdrawn)),
        )


def _passages(session: Session, source_id: str, number: int, blocks: Sequence[Block]) -> None:
    """Keep the search index in step: texts that appear begin, texts that vanish end, the rest is not touched."""
    standing = {
        text: key
        for key, text in session.execute(
            "SELECT id, text FROM passages WHERE source_id = ? AND until IS NULL", (source_id,)
        )
    }
    current = {clean(block.text): block for block in reversed(blocks)}
    gone = [key for text, key in standing.items() if text not in current]
    if gone:
        session.execute("UPDATE passages SET until = ? WHERE id = ANY(?)", (number - 1, gone))
    session.insert(
        "passages",
        "source_id, since, section, text, lexemes",
        [
            (source_id, number, dump(current[text].path, tuple[str, ...]), text, index_of(text))
            for text in dict.fromkeys(clean(block.text) for block in blocks)
            if text not in standing
        ],
    )


def _ledger(session: Session, results: Sequence[CheckResult], standings: dict[str, _Standing]) -> dict[str, int]:
    """A line a check, folded into the line before when it says the same. The lines' ids, by source."""
    lines: dict[str, int] = {}
    again: list[tuple[int, str]] = []
    fresh: list[tuple[object, ...]] = []
    for result in results:
        key, when = result.claim.source_id, instant(result.checked_at)
        reason = None if result.reason is None else result.reason.value
        said = (result.outcome.value, reason, None if result.detail is None else clean(result.detail))
        line = standings[key].ledger
        if line is not None and standings[key].last == said:
            again.append((line, when))
            lines[key] = line
        else:
            fresh.append((key, when, when, 1, *said))
    lines |= dict(
        session.insert(
            "ledger", "source_id, since, until, count, outcome, reason, detail", fresh, "RETURNING source_id, id"
        )
    )
    if again:
        table, values = listed("id bigint, seen text", again)
        session.execute(
            f"""UPDATE ledger SET until = greatest(until, listed.seen), count = count + 1
            FROM {table} WHERE ledger.id = listed.id""",  # noqa: S608 - of names that stand here
            values,
        )
    return lines


def _sources(session: Session, results: Sequence[CheckResult], numbers: dict[str, int], ledger: dict[str, int]) -> None:
    """Where the sources stand now; their leases end."""
    rows, seen = [], []
    for result in results:
        key, when, good = result.claim.source_id, instant(result.checked_at), result.outcome.good
        rows.append(
            (
                key,
                instant(result.next_due),
                result.outcome.value,
                None if result.reason is None else result.reason.value,
                None if result.detail is None else clean(result.detail),
                when,
                when if good else None,
                numbers[key],
                ledger[key],
                health_of(result),
            )
        )
        if result.outcome in SEEN_AGAIN:
            seen.append((key, numbers[key], when))
    if not rows:
        return
    table, values = listed(
        "id text, due text, outcome text, reason text, detail text, checked text, good text, version int, "
        "ledger bigint, health text",
        rows,
    )
    session.execute(
        f"""UPDATE sources SET next_due = listed.due, outcome = listed.outcome, reason = listed.reason,
            detail = listed.detail, last_check = listed.checked, last_good = coalesce(listed.good, last_good),
            failures = CASE WHEN listed.good IS NULL THEN failures + 1 ELSE 0 END, version = listed.version,
            ledger = listed.ledger, health = listed.health, lease_worker = NULL, lease_token = NULL, lease_until = NULL
        FROM {table} WHERE sources.id = listed.id""",  # noqa: S608 - of names that stand here
        values,
    )
    if seen:
        table, values = listed("id text, version int, seen text", seen)
        session.execute(
            f"""UPDATE versions SET last_seen = greatest(last_seen, listed.seen)
            FROM {table} WHERE versions.source_id = listed.id AND versions.number = listed.version""",  # noqa: S608 - of names that stand here
            values,
        )


def _unfetched(session: Session, results: Sequence[CheckResult], numbers: dict[str, int]) -> None:
    """The number of the latest version where nothing was fetched, and the end of the lease."""
    session.executemany(
        """
        UPDATE sources SET version = ?, lease_worker = NULL, lease_token = NULL, lease_until = NULL WHERE id = ?
        """,
        [(numbers[one.claim.source_id], one.claim.source_id) for one in results if not one.fetched],
    )


def _pages(session: Session, results: Sequence[CheckResult]) -> None:
    """New validators take the place of the old ones; the same ones again are not written."""
    changed = [result for result in results if result.pages and result.pages != result.claim.state.pages]
    if not changed:
        return
    session.execute("DELETE FROM pages WHERE source_id = ANY(?)", ([one.claim.source_id for one in changed],))
    session.insert(
        "pages",
        "source_id, position, url, sha256, etag, last_modified, extraction, quick, rendered, wire",
        [
            (result.claim.source_id, position, *row(page))
            for result in changed
            for position, page in enumerate(result.pages)
        ],
    )
