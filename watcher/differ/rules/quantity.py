"""Rules on periods: what grew, shrank, came or went; and on deletion and notice."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import holds, starts_in
from watcher.differ.periods import Period
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, NEUTRAL, WORSE, Case, Finding

# A retention period from here on (days) that was not stated before is a risk of its own.
_LONG = 3 * 365.0


def periods(case: Case) -> Iterator[Finding]:
    """Periods that grew, shrank, came or went."""
    gone, came = case.evidence.periods
    if not gone and not came:
        return
    topic = _period_topic(case)
    if gone and came:
        yield from _replaced(topic, gone, came)
    elif came and case.kind is not ChangeKind.REMOVED:
        longest = max(period.days for period in came)
        severity = HIGH if topic is Topic.RETENTION and longest >= _LONG else MEDIUM
        told = f"now states {came[0].text}"
        yield Finding(f"{topic}.stated", severity, NEUTRAL, topic if topic is Topic.RETENTION else None, told)
    elif gone:
        grave = HIGH if topic is Topic.POLICY_UPDATES else MEDIUM
        yield Finding(f"{topic}.unstated", grave, WORSE, None, f"no longer states {gone[0].text}")


def _period_topic(case: Case) -> Topic:
    """What the periods of a clause are of."""
    timed = (Topic.RETENTION, Topic.POLICY_UPDATES, Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.SECURITY)
    return next((topic for topic in case.topics if topic in timed), case.lead)


def _replaced(topic: Topic, gone: tuple[Period, ...], came: tuple[Period, ...]) -> Iterator[Finding]:
    """Periods that stand in the place of others."""
    for was, now in zip(gone, came, strict=False):
        longer = now.days > was.days
        detail = f"{was.text} -> {now.text}"
        if topic is Topic.POLICY_UPDATES:
            yield Finding(
                f"notice.{'longer' if longer else 'shorter'}",
                MEDIUM if longer else HIGH,
                BETTER if longer else WORSE,
                None,
                detail,
            )
        elif topic in {Topic.RIGHTS, Topic.SECURITY, Topic.LEGAL_TERMS}:
            yield Finding(f"term.{'longer' if longer else 'shorter'}", MEDIUM, NEUTRAL, None, detail)
        else:
            severity, direction = (HIGH, WORSE) if longer else (MEDIUM, BETTER)
            yield Finding(
                f"retention.{'longer' if longer else 'shorter'}", severity, direction, Topic.RETENTION, detail
            )


def retention(case: Case) -> Iterator[Finding]:
    """A deletion that is no longer promised, and acting without notice."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    promised = starts_in(evidence.deleted, lists["delete"]) and not starts_in(evidence.inserted, lists["delete"])
    if promised and case.kind is ChangeKind.MODIFIED and case.lead is not Topic.RIGHTS:
        yield Finding("deletion.dropped", HIGH, WORSE, Topic.RETENTION, "deletion is no longer promised")
    if holds(evidence.fresh, lists["abrupt"]) and not holds(evidence.stale, lists["abrupt"]):
        yield Finding("notice.none", HIGH, WORSE, None, "may now act without notice")
