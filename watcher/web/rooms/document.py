"""One document: where it stands, and its versions as a timeline with the gravest change of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from storage.model import Cause, ChangeQuery, LedgerEntry, RecordedChange, SourceState, Version
from watcher.web.places import diff_path, version_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import Vendor, catalogue, health_of
from watcher.web.rooms.lines import ChangeLine, Part, change_lines, part

A_PAGE, CHECKS = 40, 12


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version. `diff` is the comparison with the one before, None for the first; `gravest` its gravest change."""

    version: Version
    path: str
    diff: str | None
    gravest: ChangeLine | None
    material: int
    editorial: int
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DocumentRoom:
    """The page of one document."""

    state: SourceState
    vendor: Vendor
    path: str
    health: str
    versions: Part[VersionLine]
    numbers: tuple[int, ...]
    checks: tuple[LedgerEntry, ...]


def document_room(reading: Reading, path: str, number: int) -> DocumentRoom | None:
    """The page of the document at that path, with one part of its versions; None where there is none."""
    known = catalogue(reading)
    source_id = known.sources.get(path)
    if source_id is None:
        return None
    versions = versions_of(reading, source_id)
    lines = part(versions[::-1], number, A_PAGE, f"{path}page/")
    if lines is None:
        return None
    state = known.states[source_id]
    rows = tuple(_line(reading, version) for version in lines.rows)
    return DocumentRoom(
        state=state,
        vendor=known.of_source[source_id],
        path=path,
        health=health_of(state),
        versions=Part(rows, lines.number, lines.pages, lines.total, lines.path),
        numbers=tuple(version.number for version in versions),
        checks=tuple(reading.store.ledger(source_id, CHECKS)) if number == 1 else (),
    )


def versions_of(reading: Reading, source_id: str) -> list[Version]:
    """Its versions, oldest first, at most two seconds old: each check moves the end of the newest."""
    return reading.soon(("versions", source_id), lambda: reading.store.versions(source_id))


def language_of(reading: Reading, source_id: str) -> str | None:
    """The language in which a document stands now: that of the words quoted from it. None where it is not known."""

    def make() -> str | None:
        newest = reading.store.latest(source_id)
        return newest.language if newest else None

    return reading.once(("language", source_id), make)


def _line(reading: Reading, version: Version) -> VersionLine:
    key, number = version.source_id, version.number
    changes = _changes(reading, key).get(number, []) if version.cause is Cause.CHANGED else []
    told = [one for one in changes if one.change.severity.rank]
    gravest = min(told, key=lambda one: (-one.change.severity.rank, one.position), default=None)
    counts: dict[str, int] = defaultdict(int)
    for one in told:
        counts[one.change.severity.value] += 1
    return VersionLine(
        version=version,
        path=version_path(key, number),
        diff=diff_path(key, number - 1, number) if number > 1 else None,
        gravest=change_lines(reading, [gravest])[0] if gravest else None,
        material=len(told),
        editorial=len(changes) - len(told),
        counts=tuple((severity, counts[severity]) for severity in ("high", "medium", "low") if counts[severity]),
    )


def _changes(reading: Reading, source_id: str) -> dict[int, list[RecordedChange]]:
    def make() -> dict[int, list[RecordedChange]]:
        found: dict[int, list[RecordedChange]] = defaultdict(list)
        for one in reading.store.changes(ChangeQuery(source_id=source_id, limit=2000)):
            found[one.version].append(one)
        return found

    return reading.once(("document changes", source_id), make)


def pages_of(count: int) -> list[str]:
    """What stands behind the path of a document on each page of its versions."""
    return ["" if number == 1 else f"page/{number}/" for number in range(1, max(-(-count // A_PAGE), 1) + 1)]
