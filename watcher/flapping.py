"""A text that goes and comes back within days: told once as flapping, recorded each time.

A -> B              an ordinary change, told as ever
A -> B -> A         back within the window: one note, "flapping: back to version 1"
A -> B -> A -> B …  nobody is told, as long as no text stands longer than the window; one that does, and is not
                    what was told last, is told then: its alert lies in the outbox until the window is over, and is
                    taken out when the text goes before (docs/decisions/0014-flapping.md)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from notifier.route import route
from storage.model import (
    Alert,
    Cause,
    Change,
    ChangeKind,
    Comparison,
    Delivery,
    Direction,
    Document,
    Severity,
    Source,
    Subscriber,
    Topic,
    Verdict,
    Version,
)
from storage.protocol import Store
from watcher.stages import Stages

BACK, AGAIN = "flapping.back", "flapping.again"
# So many texts at most are compared word by word; any more are known by their fingerprints alone.
_COMPARED = 4
_QUIET = frozenset({Verdict.SAME, Verdict.NOISE, Verdict.EDITORIAL})


@dataclass(frozen=True, slots=True)
class Flap:
    """A text that was there before. `again` when this flapping was told already, `news` when the text was not.

    `withdrawn` are the versions whose waiting alerts are void now.
    """

    back_to: int
    again: bool
    news: bool
    withdrawn: tuple[int, ...]


def find_flap(
    store: Store, source: Source, stages: Stages, now: datetime, *, document: Document, comparison: Comparison
) -> Flap | None:
    """Whether a text that differs from the latest version is one that gave way within the window; None if not.

    The same text has the same fingerprint or, where the change itself is one of meaning, differs from it in wording
    alone. Reads only the versions of the window.
    """
    versions = store.versions(source.id)
    since = now - source.flapping
    gave_way = [
        old for old, new in itertools.pairwise(versions) if new.cause is Cause.CHANGED and new.first_seen >= since
    ][::-1]
    same = _same_text(store, gave_way, document, comparison, stages)
    if same is None:
        return None
    marks = {version.number: _mark(store, version) for version in versions if version.first_seen >= since}
    silent = tuple(number for number, mark in marks.items() if mark == AGAIN)
    told = [version for version in versions if version.number not in silent][-1:]
    news = _same_text(store, told, document, comparison, stages) is None
    return Flap(same.number, any(marks.values()), news, silent)


def told_of(
    flap: Flap,
    version: Version,
    comparison: Comparison,
    *,
    source: Source,
    subscribers: Sequence[Subscriber],
    now: datetime,
    zone: tzinfo,
) -> tuple[Comparison, tuple[Alert, ...], tuple[Delivery, ...]]:
    """The comparison with its note behind the changes, and who is told: the note, nothing, or all of it later."""
    changes = comparison.changes
    marked = replace(comparison, changes=(*changes, _note(flap)))
    if not flap.again:
        alerts, deliveries = route(subscribers, source, version, comparison, now, zone=zone)
        return marked, tuple(replace(alert, changes=(len(changes),)) for alert in alerts), deliveries
    if not flap.news:
        return marked, (), ()
    alerts, deliveries = route(subscribers, source, version, comparison, now + source.flapping, zone=zone)
    return (
        marked,
        tuple(replace(alert, created_at=now) for alert in alerts),
        tuple(replace(delivery, created_at=now) for delivery in deliveries),
    )


def _same_text(
    store: Store, versions: Sequence[Version], document: Document, comparison: Comparison, stages: Stages
) -> Version | None:
    """The newest of these versions that has this text."""
    for version in versions:
        if version.fingerprint == document.fingerprint:
            return version
    if comparison.verdict is not Verdict.MATERIAL:
        return None
    return next(_quietly_same(store, versions[:_COMPARED], document, stages), None)


def _quietly_same(store: Store, versions: Sequence[Version], document: Document, stages: Stages) -> Iterator[Version]:
    for version in versions:
        if stages.compare(store.document(version.source_id, version.number), document).verdict in _QUIET:
            yield version


def _mark(store: Store, version: Version) -> str | None:
    """How a version was told, if it flapped."""
    comparison = store.comparison(version.source_id, version.number)
    rules = [rule for change in comparison.changes for rule in change.rules] if comparison else []
    return next((rule for rule in rules if rule in {BACK, AGAIN}), None)


def _note(flap: Flap) -> Change:
    """What stands in the history of it."""
    return Change(
        topic=Topic.OTHER,
        topics=(Topic.OTHER,),
        kind=ChangeKind.MODIFIED,
        severity=Severity.LOW,
        direction=Direction.NEUTRAL,
        section=(),
        before=None,
        after=None,
        spans=(),
        facts=(),
        summary=f"Flapping: back to version {flap.back_to}",
        rules=(AGAIN if flap.again else BACK,),
    )
