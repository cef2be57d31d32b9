"""Recorded captures through the real pipeline, in time order: history from before clausewatch was there.

A recording is an `index.json` (form: docs/reference/contracts.md) or a folder of dated files. Nothing here opens a
connection.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from storage.model import Capture, CheckResult, Outcome, Severity, Source, Subscriber
from storage.protocol import Store
from watcher import pipeline
from watcher.extractor import media_type_of
from watcher.pipeline import Candidate, Job

# A day and, optionally, a time of day in a file name: 2025-11-11, 2025-11-11T1534Z, 20251111, 2025-11-11_15-34-11.
STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T_ -]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?Z?)?")
# One recorded page may be as large as this; a larger one is refused by name.
MAX_BYTES = 50_000_000
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Recording:
    """The captures of one page, oldest first. `read` them one at a time: memory stays flat."""

    page: str
    vendor: str
    url: str
    archive: Path
    captures: tuple[tuple[str, datetime], ...]

    def read(self) -> Iterator[Capture]:
        """Each capture with its bytes. Raises UsageError when a file that the index names is not there."""
        if self.archive.is_dir():
            for name, when in self.captures:
                yield _capture(self.url, name, when, (self.archive / name).read_bytes())
            return
        with tarfile.open(self.archive, "r:*") as archive:
            members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
            for name, when in self.captures:
                member = members.get(name)
                stream = archive.extractfile(member) if member and member.size <= MAX_BYTES else None
                if stream is None:
                    raise UsageError(f"{self.archive}: no readable member {name!r} of at most {MAX_BYTES} bytes")
                yield _capture(self.url, name, when, stream.read())


@dataclass(frozen=True, slots=True)
class Step:
    """What one capture came to. `result` is None when the store already held what came after it."""

    file: str
    when: datetime
    result: CheckResult | None


def backfill(
    store: Store, source: Source, recording: Recording, *, subscribers: Sequence[Subscriber] = ()
) -> Iterator[Step]:
    """Feed a recording to the pipeline, one commit a capture.

    The source must be known to the store. Captures not newer than the source's last good check are passed over, so an
    interrupted run may be repeated. No second fetch confirms a recorded page.
    """
    latest = store.latest(source.id)
    known_until = latest.last_seen if latest else None
    for (name, when), capture in zip(recording.captures, recording.read(), strict=True):
        if known_until is not None and when <= known_until:
            yield Step(name, when, None)
            continue
        capture_of_source = replace(capture, url=source.urls[0])
        yield Step(name, when, _feed(store, source, capture_of_source, tuple(subscribers)))


def open_recording(path: Path, *, page: str | None = None, url: str | None = None) -> Recording:
    """The recording at `path`. Raises UsageError that says what is wrong and what there is to choose from."""
    if path.is_dir():
        return _folder(path, url or path.resolve().as_uri())
    if path.name.endswith(".json") and path.is_file():
        return _indexed(path, page, url)
    problem = "is neither an index.json nor a folder of dated files" if path.exists() else "does not exist"
    raise UsageError(f"{path}: {problem}")


def step_json(step: Step) -> dict[str, Any]:
    """One line of `clausewatch backfill --json`."""
    result = step.result
    made = result.versions[-1] if result and result.versions else None
    comparison = made.comparison if made else None
    delta = comparison.recipients if comparison else None
    told = comparison.changes if comparison else ()
    changes = [change for change in told if change.severity is not Severity.INFO] or told
    topics = dict.fromkeys(topic.value for change in changes for topic in change.topics)
    return {
        "file": step.file,
        "date": step.when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "outcome": _outcome(result),
        "version": made.version.number if made else None,
        "topics": list(topics),
        "subprocessors": {
            "added": [recipient.name for recipient in delta.added] if delta else [],
            "removed": [recipient.name for recipient in delta.removed] if delta else [],
            "changed": [change.name for change in delta.changed] if delta else [],
        },
        "reason": result.reason.value if result and result.reason else None,
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


def _feed(store: Store, source: Source, capture: Capture, subscribers: tuple[Subscriber, ...]) -> CheckResult:
    when = capture.fetched_at
    claims = store.claim("backfill", when, LEASE, limit=1, only=[source.id])
    if not claims:
        raise UsageError(f"{source.id}: the source is not in the store or another run is checking it")
    job = Job(source, claims[0], subscribers, when)
    outcome = pipeline.examine(job, [capture], store, when)
    result = pipeline.settle(outcome, None, when) if isinstance(outcome, Candidate) else outcome
    store.commit([result])
    return result


def _capture(url: str, name: str, when: datetime, body: bytes) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        fetched_at=when,
        status=200,
        headers=(),
        media_type=media_type_of(name),
        charset=None,
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
    )


def _folder(path: Path, url: str) -> Recording:
    dated = [
        (file.relative_to(path).as_posix(), when)
        for file in path.rglob("*")
        if file.is_file() and (when := _stamp(file.name)) is not None
    ]
    if not dated:
        raise UsageError(f"{path}: no file with a date in its name (2025-11-11.html or 2025-11-11T1534Z.html)")
    dated.sort(key=lambda item: (item[1], item[0]))
    return Recording(path.name, path.name, url, path, tuple(dated))


def _stamp(name: str) -> datetime | None:
    for found in STAMP.finditer(name):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            continue
    return None


def _indexed(path: Path, page: str | None, url: str | None) -> Recording:
    try:
        pages = json.loads(path.read_bytes())["pages"]
        names = [str(entry["page"]) for entry in pages]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not an index of captures: {type(error).__name__} {error}") from error
    if page is None and len(pages) > 1:
        raise UsageError(f"{path}: holds several pages; name one with --page: {', '.join(names)}")
    chosen = next((entry for entry in pages if page is None or entry["page"] == page), None)
    if chosen is None:
        raise UsageError(f"{path}: no page {page!r}; there are: {', '.join(names)}")
    try:
        captures = tuple((str(one["file"]), _when(one["date"])) for one in chosen["captures"])
        archive = _inside(path.parent, str(chosen["archive"]))
        return Recording(
            page=str(chosen["page"]),
            vendor=str(chosen.get("service") or chosen["page"]),
            url=url or str(chosen["url"]),
            archive=archive,
            captures=tuple(sorted(captures, key=lambda item: item[1])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: page {chosen.get('page')!r}: {type(error).__name__} {error}") from error


def _when(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _inside(folder: Path, name: str) -> Path:
    """A file that an index names, never outside the index's own folder (zip slip)."""
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()) or not place.exists():
        raise ValueError(f"archive {name!r} is not in {folder}")
    return place
