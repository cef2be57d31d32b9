"""Which version a person means, and how two versions differ: what the reading commands ask of a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches

from storage.errors import UsageError
from storage.model import Comparison, Verdict, Version
from storage.protocol import Store
from watcher.differ import compare


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of one source and how they differ."""

    old: Version
    new: Version
    comparison: Comparison


def require_source(store: Store, source_id: str) -> str:
    """The id itself. Raises UsageError with the nearest known id when the store has never seen it."""
    known = [source.id for source in store.sources()]
    if source_id not in known:
        raise UsageError(f"no source {source_id!r} in the store{did_you_mean(source_id, known)}")
    return source_id


def did_you_mean(word: str, known: list[str]) -> str:
    """A hint with the nearest known word, or nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""


def pick(store: Store, wanted: str) -> Version:
    """The version that `SOURCE`, `SOURCE@N` or `SOURCE@YYYY-MM-DD` names; without a part behind @ the newest.

    A day means the version that stood at its end (UTC). Raises UsageError when there is none.
    """
    source_id, _, when = wanted.partition("@")
    versions = _versions(store, source_id)
    return _named(versions, when) if when else versions[-1]


def difference(store: Store, source_id: str, old: str | None = None, new: str | None = None) -> Difference:
    """How two versions of a source differ, each named by number or day; without names the last two.

    Neighbours are told as they were told in their alerts; any other pair is compared now. Raises UsageError when a
    version does not exist or there is but one.
    """
    versions = _versions(store, source_id)
    if old is None and len(versions) < 2:
        raise UsageError(
            f"{source_id}: there is only one version yet, nothing to compare (see: clausewatch show {source_id})"
        )
    after = _named(versions, new) if new else versions[-1]
    before = _named(versions, old) if old else versions[max(after.number - 2, 0)]
    if before.number + 1 == after.number:
        told = store.comparison(source_id, after.number)
        if told is not None:
            return Difference(before, after, told)
    texts = [store.document(source_id, version.number) for version in (before, after)]
    if texts[0].fingerprint == texts[1].fingerprint:
        return Difference(before, after, Comparison(Verdict.SAME, after.language))
    return Difference(before, after, compare(texts[0], texts[1]))


def _versions(store: Store, source_id: str) -> list[Version]:
    versions = store.versions(require_source(store, source_id))
    if not versions:
        raise UsageError(f"{source_id}: no version yet (see: clausewatch status)")
    return versions


def _named(versions: list[Version], name: str) -> Version:
    source_id = versions[0].source_id
    if name.isdigit():
        found = next((version for version in versions if version.number == int(name)), None)
        if found is None:
            raise UsageError(f"{source_id}: no version {name}; there are 1 to {versions[-1].number}")
        return found
    try:
        end = datetime.combine(date.fromisoformat(name), time.max, tzinfo=UTC)
    except ValueError as error:
        raise UsageError(
            f'{source_id}: "{name}" is neither a version number nor a day (write 3 or 2026-05-01)'
        ) from error
    stood = [version for version in versions if version.first_seen <= end]
    if not stood:
        first = versions[0].first_seen.date().isoformat()
        raise UsageError(f"{source_id}: nothing was seen by {name} yet; the first version is of {first}")
    return stood[-1]
