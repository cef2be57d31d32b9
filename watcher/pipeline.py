"""The way of one check: the stages in order. Reads like the product.

    fetched -> 304 or same bytes: settled
            -> nothing differs but what the walk does not read: settled
            -> extract -> gate: not the document: settled, quarantined
            -> same fingerprint: settled
            -> compare with the last good version: only noise: settled
            -> a Candidate, to be confirmed by a second fetch -> settle -> version, changes, alerts

`examine` and `settle` do no network and write nothing: they read from the store what they must and return the
argument of `Store.commit`. Who fetches, when, and in which thread is the worker's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from notifier.route import remind, route
from storage.errors import ExtractError
from storage.model import (
    Capture,
    Cause,
    CheckResult,
    Claim,
    Document,
    Extraction,
    NewVersion,
    Outcome,
    PageState,
    Reason,
    Source,
    Verdict,
)
from storage.protocol import Store
from watcher import seen
from watcher.confirmation import confirmed, restless, second_look
from watcher.deadline import deadline_for, notices_of
from watcher.extraction import GateVerdict, extraction_key
from watcher.fetcher import FetchFailure, SameBody
from watcher.flapping import find_flap, told_of
from watcher.job import Candidate, Fetched, Job
from watcher.reextract import Base, base_of, stamp
from watcher.schedule import GONE_RETRY, next_due
from watcher.standing import needed, stands_since

# The rule by which a comparison says so: silence about it would be silence about a vendor who takes out whole sections.
CUT = "page.truncated"
# What a page among several may be, without the others looking any different.
WALLS = frozenset(
    {Reason.ERROR_PAGE, Reason.BOT_WALL, Reason.LOGIN, Reason.COOKIE_WALL, Reason.MAINTENANCE, Reason.EMPTY}
)
# With these a server keeps us out: the page may well be there, for others.
KEPT_OUT = frozenset({401, 403, 451})


def conditional_state(source: Source, claim: Claim) -> dict[str, PageState]:
    """What each address may be asked conditionally with.

    Empty when the rules have changed since (the raw page must be read anew) and for documents of several pages (a
    version needs every part at hand).
    """
    if len(source.urls) > 1:
        return {}
    key = extraction_key(source.rules)
    return {page.url: page for page in claim.state.pages if page.extraction == key}


def examine(job: Job, fetched: Sequence[Fetched], store: Store, now: datetime) -> CheckResult | Candidate:  # noqa: PLR0911 - each return is one way out of the drawing above
    """Everything up to the decision whether there may be a new version.

    `fetched` holds one answer per address of the source, in order.
    """
    for answer in fetched:
        if isinstance(answer, FetchFailure):
            return _failed(job, answer, now)
    captures = tuple(answer for answer in fetched if isinstance(answer, Capture))
    if not captures:
        same = [answer for answer in fetched if isinstance(answer, SameBody)]
        pages = seen.same_pages(job.source, job.claim, same)
        return _settled(job, Outcome.UNCHANGED if same else Outcome.NOT_MODIFIED, now, pages=pages)
    if len(captures) < len(fetched):
        # Cannot happen with `conditional_state`, and a document with a missing part must never be judged.
        return _settled(job, Outcome.FAILED, now, reason=Reason.PROTOCOL, detail="a part answered 304 unasked")
    if seen.same_bytes(job.source, job.claim, captures):
        return _settled(job, Outcome.UNCHANGED, now, pages=seen.page_states(job.source, job.claim, captures))
    if seen.same_source(job.source, job.claim, captures):
        return _settled(
            job, Outcome.UNCHANGED, now, pages=seen.page_states(job.source, job.claim, captures), noise=True
        )
    try:
        walled = _walled(job, captures)
        if walled is not None:
            return _settled(job, Outcome.BLOCKED, now, reason=walled.reason, detail=walled.detail, captures=captures)
        extraction = job.stages.read(captures, job.source.rules)
    except ExtractError as error:
        return _settled(job, Outcome.FAILED, now, reason=error.reason, detail=str(error), captures=captures)
    base = base_of(job.source, store, job.stages)
    verdict = job.stages.gate(extraction, base.document if base else None)
    passed = verdict.passed or _wanted(job, verdict, extraction)
    if not (passed or _may_pass(job, verdict, extraction, base, store=store, now=now)):
        return _quarantined(job, captures, verdict, extraction, now)
    return _compared(job, captures, extraction, base, store=store, now=now)


def settle(candidate: Candidate, second: Sequence[Fetched] | None, now: datetime) -> CheckResult:
    """Make a candidate a version, or quarantine it when a second fetch shows something else.

    `second` is None where no confirmation is wanted (`confirm = false`, recorded captures). What differs between the
    two fetches but not in meaning confirms a change in meaning; where there is none, it is the page's own unrest. What
    matters little and is worded in a third way by the second fetch is unrest too, and not told with the rest.
    """
    job = candidate.job
    if second is not None:
        again = second_look(candidate, second)
        sure = again if isinstance(again, str) else confirmed(candidate, again)
        if isinstance(sure, str):
            detail = _mark(candidate.extraction.document, sure)
            reason = Reason.UNCONFIRMED
            return _settled(job, Outcome.SUSPECT, now, reason=reason, detail=detail, captures=candidate.captures)
        noise = sure.comparison is not None and sure.comparison.verdict is Verdict.NOISE
        if noise or (isinstance(again, Document) and restless(candidate, again)):
            return _settled(job, Outcome.UNCHANGED, now, versions=_upgrades(candidate.base), noise=True)
        candidate = sure
    made = _version(candidate, now)
    return CheckResult(
        claim=job.claim,
        outcome=Outcome.FIRST if candidate.base is None else Outcome.CHANGED,
        checked_at=now,
        next_due=_due(job, Outcome.FIRST if candidate.base is None else Outcome.CHANGED, now),
        seconds=_seconds(job, now),
        captures=candidate.captures,
        pages=seen.page_states(job.source, job.claim, candidate.captures, candidate.extraction),
        versions=(*_upgrades(candidate.base), made),
        detail=f"flapping: back to version {candidate.flap.back_to}" if candidate.flap else None,
        withdrawn=candidate.flap.withdrawn if candidate.flap else (),
    )


def broken(job: Job, fetched: Sequence[Fetched], error: BaseException, now: datetime) -> CheckResult:
    """What is left of a check when judging the page cost too much, or raised what it never should: raw pages kept."""
    captures = tuple(answer for answer in fetched if isinstance(answer, Capture))
    if isinstance(error, ExtractError):
        return _settled(job, Outcome.FAILED, now, reason=error.reason, detail=str(error), captures=captures)
    detail = f"{type(error).__name__} while judging the page; its raw bytes are kept"
    return _settled(job, Outcome.FAILED, now, reason=Reason.INTERNAL, detail=detail, captures=captures)


def _walled(job: Job, captures: tuple[Capture, ...]) -> GateVerdict | None:
    """What stands in the place of one of several pages: joined to the others it would pass for a part of the text."""
    for capture in captures if len(captures) > 1 else ():
        part = job.stages.read([capture], job.source.rules)
        verdict = job.stages.gate(part, None)
        # A part may be short; one with a text is empty only for the gate, which knows no part.
        hollow = verdict.reason is Reason.EMPTY and part.document.blocks
        if not verdict.passed and verdict.certain and verdict.reason in WALLS and not hollow:
            return replace(verdict, detail=f"{capture.url}: {verdict.detail}")
    return None


def _compared(
    job: Job,
    captures: tuple[Capture, ...],
    extraction: Extraction,
    base: Base | None,
    *,
    store: Store,
    now: datetime,
) -> CheckResult | Candidate:
    """Compare with the last good text; only a difference that a reader would see makes a candidate."""
    if base is None:
        return Candidate(job, captures, extraction, None, None)
    whole = _seen_before(job, extraction)
    comparison = job.stages.compare(base.document, extraction.document, job.interests, whole=whole)
    if comparison.verdict is Verdict.NOISE and any(CUT in change.rules for change in comparison.changes):
        cut = GateVerdict(
            passed=False, reason=Reason.TRUNCATED, certain=False, detail="much is missing, nothing is new"
        )
        return _quarantined(job, captures, cut, extraction, now)
    if comparison.unrest or comparison.verdict in {Verdict.SAME, Verdict.NOISE}:
        pages = seen.page_states(job.source, job.claim, captures, extraction)
        return _settled(job, Outcome.UNCHANGED, now, pages=pages, versions=_upgrades(base), noise=True)
    flap = find_flap(store, job.source, job.stages, now, document=extraction.document, comparison=comparison)
    notices = notices_of(store, job.source, comparison)
    return Candidate(job, captures, extraction, base, comparison, flap, notices)


def _version(candidate: Candidate, now: datetime) -> NewVersion:
    job, document, base = candidate.job, candidate.extraction.document, candidate.base
    comparison = candidate.comparison
    seen = candidate.captures[0].fetched_at
    version = stamp(
        document,
        source_id=job.source.id,
        number=base.version.number + 1 if base else 1,
        cause=Cause.CHANGED if base else Cause.FIRST,
        captures=tuple(capture.sha256 for capture in candidate.captures),
        seen=(seen, seen),
        verdict=comparison.verdict if comparison else None,
    )
    if comparison is None:
        return NewVersion(version, document, job.stages.find_facts(document))
    if candidate.flap is None:
        alerts, deliveries = route(job.subscribers, job.source, version, comparison, now, zone=job.zone)
    else:
        comparison, alerts, deliveries = told_of(
            candidate.flap,
            version,
            comparison,
            source=job.source,
            subscribers=job.subscribers,
            now=now,
            zone=job.zone,
        )
    facts = job.stages.find_facts(document)
    deadline = deadline_for(candidate, facts, comparison, seen)
    again, later = remind(job.subscribers, alerts, deadline, now, zone=job.zone)
    return NewVersion(version, document, facts, comparison, alerts, (*deliveries, *later), deadline, again)


def _upgrades(base: Base | None) -> tuple[NewVersion, ...]:
    return (base.upgrade,) if base and base.upgrade else ()


def _wanted(job: Job, verdict: GateVerdict, extraction: Extraction) -> bool:
    """Whether the text is in the language that the configuration asks for, whatever the version before was in."""
    asked = job.source.rules.language
    return verdict.reason is Reason.OTHER_LANGUAGE and asked is not None and asked == extraction.document.language


def _may_pass(
    job: Job, verdict: GateVerdict, extraction: Extraction, base: Base | None, *, store: Store, now: datetime
) -> bool:
    """Whether an oddity is one that time may overrule, and the same text was held long enough."""
    wait = needed(verdict, first=base is None)
    if wait is None:
        return False
    since = stands_since(store, job.source.id, _mark(extraction.document, ""))
    return since is not None and now - since >= wait


def _seen_before(job: Job, extraction: Extraction) -> bool:
    """Whether the last check was held for the same text: then the oddity is the document's own."""
    state = job.claim.state
    if state.outcome is not Outcome.SUSPECT:
        return False
    return _mark(extraction.document, "") == (state.detail or "")[: len(_mark(extraction.document, ""))]


def _mark(document: Document, detail: str) -> str:
    """A detail that starts with the text it is about, so that the next check can tell whether it sees the same."""
    return f"text {document.fingerprint[:16]}: {detail}"


def _quarantined(
    job: Job, captures: tuple[Capture, ...], verdict: GateVerdict, extraction: Extraction, now: datetime
) -> CheckResult:
    outcome = Outcome.BLOCKED if verdict.certain else Outcome.SUSPECT
    detail = verdict.detail if verdict.certain else _mark(extraction.document, verdict.detail)
    return _settled(job, outcome, now, reason=verdict.reason, detail=detail, captures=captures)


def _failed(job: Job, failure: FetchFailure, now: datetime) -> CheckResult:
    """A page that could not be had; by type and status, never by what a message says."""
    outcome = Outcome.BLOCKED if failure.status in KEPT_OUT else Outcome.FAILED
    detail = failure.detail if len(job.source.urls) == 1 else f"{failure.url}: {failure.detail}"
    result = _settled(job, outcome, now, reason=failure.reason, detail=detail)
    gone = failure.reason is Reason.GONE and job.claim.state.health.removed is None
    due = next_due(
        job.source.id,
        Outcome.FAILED,  # who keeps us out is asked again at the usual time, not sooner
        now,
        min(job.source.every, GONE_RETRY) if gone else job.source.every,
        failures=job.claim.state.failures + 1,
        transient=failure.transient,
        retry_after=failure.retry_after,
        cron=job.source.cron,
    )
    return replace(result, next_due=due)


def _due(job: Job, outcome: Outcome, now: datetime) -> datetime:
    source, state = job.source, job.claim.state
    return next_due(
        source.id,
        outcome,
        now,
        source.every,
        failures=state.failures + 1,
        planned=state.next_due,
        cron=source.cron,
    )


def _settled(
    job: Job,
    outcome: Outcome,
    now: datetime,
    *,
    reason: Reason | None = None,
    detail: str | None = None,
    captures: tuple[Capture, ...] = (),
    pages: tuple[PageState, ...] = (),
    versions: tuple[NewVersion, ...] = (),
    noise: bool = False,
) -> CheckResult:
    return CheckResult(
        claim=job.claim,
        outcome=outcome,
        checked_at=now,
        next_due=_due(job, outcome, now),
        seconds=_seconds(job, now),
        reason=reason,
        detail=detail,
        captures=captures,
        pages=pages,
        versions=versions,
        noise=noise,
    )


def _seconds(job: Job, now: datetime) -> float:
    return max((now - job.started).total_seconds(), 0.0)
