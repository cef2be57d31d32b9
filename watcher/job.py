"""What flows through the stages of one check: the job, and the text that may become a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from storage.model import Capture, Claim, Comparison, Extraction, Interest, Source, StatedFact, Subscriber, Verdict
from watcher.fetcher import FetchFailure, NotModified
from watcher.flapping import Flap
from watcher.reextract import Base
from watcher.stages import HERE, Stages

Fetched = Capture | NotModified | FetchFailure

# Differences that change no meaning.
HARMLESS = frozenset({Verdict.SAME, Verdict.NOISE, Verdict.EDITORIAL})


@dataclass(frozen=True, slots=True)
class Job:
    """One check under way. `zone` is where the subscribers' days begin, for digests; `interests` are the user's own.

    `stages` says where pages are judged: in this process, or in one of their own. `country` (ISO 3166) is whose public
    holidays are no business days; with `moves_on` a last day to object that is none moves to the next one.
    """

    source: Source
    claim: Claim
    subscribers: tuple[Subscriber, ...]
    started: datetime
    zone: tzinfo = UTC
    interests: tuple[Interest, ...] = ()
    stages: Stages = HERE
    country: str | None = None
    moves_on: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that would be a new version, not yet confirmed.

    `base` is what it is compared with, None for a first one. `notices` are what the vendor states about notice.
    """

    job: Job
    captures: tuple[Capture, ...]
    extraction: Extraction
    base: Base | None
    comparison: Comparison | None
    flap: Flap | None = None
    notices: tuple[StatedFact, ...] = ()
