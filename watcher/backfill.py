"""Recorded captures through the real pipeline, in time order: history from before clausewatch was there.

Nothing here opens a connection; captures of a web archive are fetched as the recording is read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.errors import ExtractError, UsageError
from storage.model import Capture, CheckResult, Interest, Outcome, Severity, Source, Subscriber
from storage.protocol import Store
from watcher import pipeline
from watcher.job import Candidate, Job
from watcher.raw import with_raw
from watcher.recording import Missing, Recording
from watcher.stages import HERE, Stages

log = logging.getLogger("clausewatch.backfill")

LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """What one capture came to. `result` is None when the store already held what came after it.

    And where it could not be had: then `missing` says why.
    """

    file: str
    when: datetime
    result: CheckResult | None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class _With:
    """What each capture is judged with."""

    subscribers: tuple[Subscriber, ...]
    interests: tuple[Interest, ...]
    stages: Stages
    keep_all: bool


def backfill(
    store: Store,
    source: Source,
    recording: Recording,
    *,
    subscribers: Sequence[Subscriber] = (),
    interests: Sequence[Interest] = (),
    stages: Stages = HERE,
    keep_all: bool = False,
) -> Iterator[Step]:
    """Feed a recording to the pipeline, one commit a capture.

    The source must be known to the store. Captures not newer than the source's last good check are passed over, so an
    interrupted run may be repeated. No second fetch confirms a recorded page. `stages` judges the pages: a `Sandbox`
    where they come from strangers; one that costs too much fails alone. `keep_all` keeps the bytes of every capture
    that is not as the one before.
    """
    latest = store.latest(source.id)
    known_until = latest.last_seen if latest else None
    fresh = recording.taken(after=known_until)
    with_ = _With(tuple(subscribers), tuple(interests), stages, keep_all)
    for name, when in recording.captures:
        if known_until is not None and when <= known_until:
            yield Step(name, when, None)
            continue
        taken = next(fresh)
        if isinstance(taken, Missing):
            yield Step(name, when, None, taken.why)
        else:
            yield Step(name, when, _feed(store, source, replace(taken, url=source.urls[0]), with_))


def step_json(step: Step) -> dict[str, Any]:
    """One line of `clausewatch backfill --json`."""
    result = step.result
    made = result.versions[-1] if result and result.versions else None
    comparison = made.comparison if made else None
    delta = comparison.recipients if comparison else None
    told = comparison.changes if comparison else ()
    changes = [change for change in told if change.severity is not Severity.INFO] or told
    topics = dict.fromkeys(str(topic) for change in changes for topic in change.topics)
    return {
        "file": step.file,
        "date": step.when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "outcome": "missing" if step.missing is not None else _outcome(result),
        "version": made.version.number if made else None,
        "topics": list(topics),
        "subprocessors": {
            "added": [recipient.name for recipient in delta.added] if delta else [],
            "removed": [recipient.name for recipient in delta.removed] if delta else [],
            "changed": [change.name for change in delta.changed] if delta else [],
        },
        "reason": result.reason.value if result and result.reason else step.missing,
    }


def _outcome(result: CheckResult | None) -> str:
    if result is None:
        return "skipped"
    match result.outcome:
        case Outcome.CHANGED:
            verdict = result.versions[-1].version.verdict
            return verdict.value if verdict else "changed"
        case Outcome.UNCHANGED | Outcome.NOT_MODIFIED:
            return "noise" if result.noise else "unchanged"
        case Outcome.FAILED:
            # A recorded page that cannot be read is held like a suspect one: kept, never a version.
            return "suspect"
        case outcome:
            return outcome.value


def _feed(store: Store, source: Source, capture: Capture, with_: _With) -> CheckResult:
    when = capture.fetched_at
    claims = store.claim("backfill", when, LEASE, limit=1, only=[source.id])
    if not claims:
        raise UsageError(f"{source.id}: the source is not in the store or another run is checking it")
    job = Job(source.as_of(when), claims[0], with_.subscribers, when, interests=with_.interests, stages=with_.stages)
    try:
        outcome = pipeline.examine(job, [capture], store, when)
        result = pipeline.settle(outcome, None, when) if isinstance(outcome, Candidate) else outcome
    except Exception as error:  # a page that breaks the program fails alone; its raw bytes are kept
        if not isinstance(error, ExtractError):
            log.exception("%s: judging the capture of %s failed unexpectedly", source.id, when)
        result = pipeline.broken(job, [capture], error, when)
    store.commit([with_raw(result, [capture], every=with_.keep_all)])
    return result
