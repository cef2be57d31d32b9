"""How two versions of one source differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import UsageError
from storage.model import Comparison, Interest, Verdict, Version
from storage.protocol import Store
from watcher.history import named, versions_of
from watcher.stages import HERE, Stages


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of one source and how they differ."""

    old: Version
    new: Version
    comparison: Comparison


def difference(
    store: Store,
    source_id: str,
    old: str | None = None,
    new: str | None = None,
    *,
    interests: Sequence[Interest] = (),
    stages: Stages = HERE,
) -> Difference:
    """How two versions of a source differ, each named by number or day; without names the last two.

    Neighbours are told as they were told in their alerts; any other pair is compared now, with today's `interests`, by
    `stages` that may be a `watcher.sandbox.Sandbox`.

    Raises: UsageError when a version does not exist or there is but one, ExtractError when comparing costs too much.
    """
    versions = versions_of(store, source_id)
    if old is None and len(versions) < 2:
        raise UsageError(
            f"{source_id}: there is only one version yet, nothing to compare (see: clausewatch show {source_id})"
        )
    after = named(versions, new) if new else versions[-1]
    before = named(versions, old) if old else versions[max(after.number - 2, 0)]
    return Difference(before, after, between(store, before, after, interests=interests, stages=stages))


def between(
    store: Store, before: Version, after: Version, *, interests: Sequence[Interest] = (), stages: Stages = HERE
) -> Comparison:
    """How two versions of one source that are at hand differ. Raises ExtractError when comparing costs too much."""
    if before.number + 1 == after.number:
        told = store.comparison(after.source_id, after.number)
        if told is not None:
            return told
    old, new = (store.document(version.source_id, version.number) for version in (before, after))
    if old.fingerprint == new.fingerprint:
        return Comparison(Verdict.SAME, after.language)
    return stages.compare(old, new, interests)
