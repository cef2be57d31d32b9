"""The last good version as today's rules read its raw pages: an upgrade of ours is no change of the vendor's.

`base_of` is what a check compares with; `reextract` goes over many sources at once, for the command of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.errors import ClausewatchError, ExtractError
from storage.model import (
    Cause,
    CheckResult,
    Comparison,
    Document,
    NewVersion,
    Outcome,
    Reason,
    Source,
    Verdict,
    Version,
)
from storage.protocol import Store
from watcher.extraction import extraction_key
from watcher.stages import Stages

LEASE = timedelta(minutes=5)


class Reading(StrEnum):
    """What reading a source's raw pages again came to. Only `DIFFERS` makes a version."""

    NO_VERSION = "no-version"
    CURRENT = "current"
    SAME = "same"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Base:
    """The last good version with its text as today's rules read it; `upgrade` is set when they read it differently.

    `problem` says why they could not read it: then the text of then has to do.
    """

    version: Version
    document: Document
    upgrade: NewVersion | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Reread:
    """What one source came to. `before` is its latest version so far, `made` the version that differs from it.

    `comparison` is what a reader would see of the difference; it is shown and never stored, for nobody is told of it.
    """

    source_id: str
    reading: Reading
    before: Version | None = None
    made: NewVersion | None = None
    comparison: Comparison | None = None
    problem: str | None = None


def reextract(
    store: Store, sources: Sequence[Source], stages: Stages, clock: Callable[[], datetime], *, dry_run: bool
) -> Iterator[Reread]:
    """Read the raw pages of each source's latest version by today's rules; record what they read differently.

    Each version that is made is durable before it is yielded, follows the latest one with the cause `re-extracted`,
    and alerts nobody; the ledger and the time of the next check stay as they are, for nothing was fetched. What is done
    is not done again, so an interrupted call may be repeated. With `dry_run` the store is only read.
    """
    for source in sources:
        again = _reread(store, source, stages)
        if again.made is not None and not dry_run and not _record(store, source, again.made, clock()):
            problem = "another run is checking it; call this again when that has ended"
            again = Reread(source.id, Reading.BUSY, again.before, problem=problem)
        yield again


def base_of(source: Source, store: Store, stages: Stages) -> Base | None:
    """The last good version, its text as the rules of today read it; None where there is no version yet.

    A page of a time for which the source has rules of that time is read by these. The text of then is taken where its
    raw pages are not kept, or where the rules do not fit them or find no text in them.
    """
    version = store.latest(source.id)
    if version is None:
        return None
    document = store.document(version.source_id, version.number)
    rules = source.rules_at(version.first_seen)
    if version.extraction == extraction_key(rules):
        return Base(version, document)
    try:
        raw = [store.capture(sha256) for sha256 in version.captures]
        fresh = stages.read(raw, rules).document
        if not fresh.blocks:
            raise ExtractError(Reason.EMPTY, "the rules of today leave nothing of the page; look at select and remove")
    except ClausewatchError as error:
        return Base(version, document, problem=str(error))
    if fresh.fingerprint == version.fingerprint:
        return Base(version, fresh)
    again = stamp(
        fresh,
        source_id=version.source_id,
        number=version.number + 1,
        cause=Cause.RE_EXTRACTED,
        captures=version.captures,
        seen=(version.first_seen, version.last_seen),
        verdict=None,
    )
    return Base(again, fresh, NewVersion(again, fresh, stages.find_facts(fresh)))


def stamp(
    document: Document,
    *,
    source_id: str,
    number: int,
    cause: Cause,
    captures: tuple[str, ...],
    seen: tuple[datetime, datetime],
    verdict: Verdict | None,
) -> Version:
    """The record of a version with this text. `captures` are the SHA-256 of its raw pages, `seen` first and last."""
    return Version(
        source_id=source_id,
        number=number,
        cause=cause,
        first_seen=seen[0],
        last_seen=seen[1],
        fingerprint=document.fingerprint,
        extraction=document.extraction,
        captures=captures,
        title=document.title,
        language=document.language,
        effective_date=document.effective.day if document.effective else None,
        last_updated=document.updated.day if document.updated else None,
        blocks=len(document.blocks),
        words=document.words,
        verdict=verdict,
    )


def _reread(store: Store, source: Source, stages: Stages) -> Reread:
    """One source, nothing written."""
    before = store.latest(source.id)
    if before is None:
        return Reread(source.id, Reading.NO_VERSION)
    if before.extraction == extraction_key(source.rules_at(before.first_seen)):
        return Reread(source.id, Reading.CURRENT, before)
    base = base_of(source, store, stages)
    if base is None or base.problem is not None:
        return Reread(source.id, Reading.UNREADABLE, before, problem=base.problem if base else None)
    if base.upgrade is None:
        return Reread(source.id, Reading.SAME, before)
    try:
        comparison = stages.compare(store.document(source.id, before.number), base.document)
    except ExtractError as error:
        return Reread(source.id, Reading.UNREADABLE, before, problem=str(error))
    return Reread(source.id, Reading.DIFFERS, before, base.upgrade, comparison)


def _record(store: Store, source: Source, made: NewVersion, now: datetime) -> bool:
    """Write one version; False when somebody else holds the source."""
    claims = store.claim("reextract", now, LEASE, limit=1, only=[source.id])
    if not claims:
        return False
    (claim,) = claims
    result = CheckResult(
        claim=claim,
        outcome=Outcome.UNCHANGED,
        checked_at=now,
        next_due=claim.state.next_due,
        seconds=0.0,
        versions=(made,),
        fetched=False,
    )
    try:
        store.commit([result])
    except ClausewatchError:
        store.release([claim])
        raise
    return True
