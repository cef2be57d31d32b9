"""Whether a second fetch shows the same text: what a change must stand before it may become a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.errors import ExtractError
from storage.model import Document, Verdict
from watcher.fetcher import FetchFailure, NotModified
from watcher.fleeting import without_fleeting
from watcher.job import HARMLESS, Candidate, Fetched, Job


def second_look(candidate: Candidate, second: Sequence[Fetched]) -> Document | str:
    """The text that a second fetch shows, or why it shows none."""
    parts = []
    for first, answer in zip(candidate.captures, second, strict=True):
        if isinstance(answer, FetchFailure):
            return f"the confirming fetch failed: {answer.detail}"
        parts.append(first if isinstance(answer, NotModified) else answer)
    if tuple(part.sha256 for part in parts) == tuple(part.sha256 for part in candidate.captures):
        return candidate.extraction.document
    try:
        return candidate.job.stages.read(parts, candidate.job.source.rules).document
    except ExtractError as error:
        return f"the confirming fetch could not be read: {error}"


def confirmed(candidate: Candidate, again: Document) -> Candidate | str:
    """The candidate without what differs from answer to answer, or why a second look does not confirm it."""
    if _steady(candidate, again):
        return candidate
    between = candidate.job.stages.compare(candidate.extraction.document, again)
    lasting = without_fleeting(candidate.comparison, between) if candidate.comparison else None
    if lasting is not None:
        return replace(candidate, comparison=lasting)
    return candidate if between.verdict in HARMLESS else "a second fetch at once showed another text"


def restless(candidate: Candidate, again: Document) -> bool:
    """Whether nothing but wording differs from the last good text, and even that differs from fetch to fetch."""
    base, comparison = candidate.base, candidate.comparison
    if base is None or comparison is None or comparison.verdict not in HARMLESS or _steady(candidate, again):
        return False
    between = _verdict(candidate.job, candidate.extraction.document, again)
    return between is Verdict.EDITORIAL and _verdict(candidate.job, base.document, again) in HARMLESS


def _steady(candidate: Candidate, again: Document) -> bool:
    return again.fingerprint == candidate.extraction.document.fingerprint


def _verdict(job: Job, old: Document, new: Document) -> Verdict:
    return job.stages.compare(old, new).verdict
