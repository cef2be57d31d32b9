"""Holds what the program found against what the pages' authors meant."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import Alert, Change, CheckResult, Comparison, NewVersion, Outcome, Severity
from watcher.demo.play import Chapter
from watcher.demo.story import Expectation


def differences(played: Chapter) -> list[str]:
    """What came out differently in one round, one line each; empty when all is as it was meant."""
    found: list[str] = []
    checked = {source.id: result for source, result in played.checks}
    for source_id, meant in played.chapter.expect.items():
        if source_id not in checked:
            found.append(f"{source_id}: was not checked")
            continue
        about = f" ({meant.meant})" if meant.meant else ""
        found += [f"{source_id}{about}: {fault}" for fault in _faults(checked[source_id], meant)]
    pending = sum(len(made.deliveries) for _, result in played.checks for made in result.versions)
    if played.sent.sent != pending or len(played.mails) + len(played.console) != pending:
        arrived = f"{len(played.mails)} mails and {len(played.console)} console alerts arrived"
        found.append(f"{pending} deliveries were due, {played.sent.sent} were sent, {arrived}")
    return found


def false_alarms(played: Chapter) -> int:
    """Alerts of which no change is the author's."""
    return sum(
        1
        for source, result in played.checks
        for made in result.versions
        for alert in made.alerts
        if made.comparison is not None and not _holds_meant(alert, made.comparison, played.chapter.expect[source.id])
    )


def told_changes(comparison: Comparison) -> list[Change]:
    """The changes of a comparison that subscribers hear of."""
    return [change for change in comparison.changes if change.severity is not Severity.INFO]


def _faults(result: CheckResult, meant: Expectation) -> Iterator[str]:
    if result.outcome is not meant.outcome or result.reason is not meant.reason:
        came = " ".join(filter(None, (result.outcome, result.reason, result.detail)))
        yield f"came out as {came}, meant was {' '.join(filter(None, (meant.outcome, meant.reason)))}"
        return
    wanted = 1 if meant.outcome in {Outcome.FIRST, Outcome.CHANGED} else 0
    if len(result.versions) != wanted:
        yield f"made {len(result.versions)} versions, meant was {wanted}"
    elif meant.outcome is Outcome.CHANGED:
        yield from _change(result.versions[0], meant)


def _change(made: NewVersion, meant: Expectation) -> Iterator[str]:
    """What is wrong with a version that was to differ from the one before."""
    comparison = made.comparison
    if comparison is None:
        yield "was not compared with the version before"
        return
    if comparison.verdict is not meant.verdict:
        summaries = "; ".join(change.summary for change in comparison.changes)
        yield f"judged {comparison.verdict} ({summaries}), meant was {meant.verdict}"
    yield from _topics(comparison, meant)
    yield from _facts(comparison, meant)
    told = sorted(alert.subscriber for alert in made.alerts)
    if told != sorted(meant.told):
        yield f"told to {', '.join(told) or 'nobody'}, meant was {', '.join(meant.told) or 'nobody'}"


def _topics(comparison: Comparison, meant: Expectation) -> Iterator[str]:
    """The gravest change is the author's, under its topic and direction; every topic is told; no other edit is."""
    told = told_changes(comparison)
    if not told:
        return
    if told[0].topic not in meant.topics or meant.direction not in {None, told[0].direction}:
        wanted = " ".join(filter(None, (" or ".join(meant.topics), meant.direction))) or "nothing"
        yield f"led by {told[0].topic} {told[0].direction} ({told[0].summary}), meant was {wanted}"
    for topic in meant.topics:
        if not any(topic in (change.topic, *change.topics) for change in told):
            yield f"nothing was told about {topic}"
    for change in told[1:]:
        if not _is_meant(change, comparison, meant):
            yield f"told as {change.topic}: {change.summary}"


def _holds_meant(alert: Alert, comparison: Comparison, meant: Expectation) -> bool:
    return any(_is_meant(comparison.changes[position], comparison, meant) for position in alert.changes)


def _is_meant(change: Change, comparison: Comparison, meant: Expectation) -> bool:
    """Under a topic that the author touched, or a sentence more of the very passage that leads."""
    lead = comparison.changes[0]
    near = (lead,) if change.section == lead.section else ()
    return any(topic in meant.topics for one in (change, *near) for topic in (one.topic, *one.topics))


def _facts(comparison: Comparison, meant: Expectation) -> Iterator[str]:
    names = {recipient.name for recipient in comparison.recipients.added}
    for name in meant.added:
        if name not in names:
            yield f"{name} is not named as a new recipient ({', '.join(sorted(names)) or 'none is'})"
    if meant.periods:
        seen = [(fact.before, fact.after) for change in comparison.changes for fact in change.facts]
        if tuple(meant.periods) not in seen:
            yield f"the period {' -> '.join(meant.periods)} is not among the facts {seen}"
