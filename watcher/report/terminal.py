"""What a person reads on the terminal: rich renderables from values. Every fetched string passes through `shown`.

Colours only support what words and signs already say, so that a pipe, `--no-color` and a colour-blind reader lose
nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from notifier.overview import overview
from notifier.phrases import fact_label, fact_value
from notifier.sinks import visible
from storage.model import (
    BlockKind,
    Change,
    Comparison,
    Delivery,
    DeliveryState,
    Direction,
    Document,
    Fact,
    LedgerEntry,
    RecipientDelta,
    RecordedChange,
    SearchHit,
    Severity,
    SourceState,
    Version,
)
from watcher.age import Stale
from watcher.report.listing import Listing, Sheet
from watcher.report.unlike import why_blocked

if TYPE_CHECKING:
    from notifier.deliver import DeliveryReport  # with it comes all of mail, and most views do without

SEVERITY_STYLE = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan", Severity.INFO: "dim"}
DIRECTION_SIGN = {Direction.WORSE: "▼ worse", Direction.BETTER: "▲ better", Direction.NEUTRAL: ""}
# A pipe has no width: nothing is wrapped there, so that `grep` finds whole sentences.
PIPE_WIDTH = 100_000


class Paper(Console):
    """A console that leaves a reader who has gone (`clausewatch log | head`) to the command line."""

    def on_broken_pipe(self) -> None:
        """Raise what the stream raised, instead of exiting with 1."""
        raise BrokenPipeError


class Talk(Paper):
    """A console for what is said beside the data: when nobody can hear it any more, the work goes on."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, or be silent."""
        with suppress(OSError):
            super().print(*objects, **options)


def make_console(stream: TextIO | None = None, *, color: bool = True, talk: bool = False) -> Console:
    """A console for `stream` (standard output): no colour and no wrapping of a terminal's width when it is a pipe."""
    out = stream or sys.stdout
    return (Talk if talk else Paper)(
        file=out,
        no_color=not color,
        color_system="auto" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if out.isatty() else PIPE_WIDTH,
    )


def status_view(states: Sequence[SourceState], now: datetime) -> RenderableType:
    """The health of every source, one line each."""
    table = Listing("source", "checked", "last good", "outcome", "version", "next due", "why")
    for state in states:
        if not state.active:
            outcome = Text("not watched", "dim")
        elif state.outcome is None:
            outcome = Text("never checked", "yellow")
        else:
            outcome = Text(state.outcome.value, "green" if state.outcome.good else "red")
        why = ": ".join(part for part in (state.reason.value if state.reason else "", state.detail or "") if part)
        why = "; ".join(part for part in (why, *_trouble(state)) if part)
        table.add_row(
            state.source_id,
            ago(state.last_check, now),
            ago(state.last_good, now),
            outcome,
            str(state.version or "-"),
            _due(state, now),
            shown(why),
        )
    return table


def stale_line(stale: Stale, now: datetime) -> str:
    """One line that says whether the work goes on, and which part of it does not."""
    age = _age(stale.max_age)
    if not stale.watched:
        return "nothing is watched: no source is configured, or nothing was ever checked"
    if stale.nobody:
        return (
            f"nobody runs clausewatch: the last check of any source was {ago(stale.last_check, now)} (allowed: {age})"
        )
    parts = []
    for states, what in ((stale.unchecked, "not checked"), (stale.not_good, "without a good check")):
        named = ", ".join(f"{state.source_id} ({_last(state, now)})" for state in states[:5])
        more = f" and {len(states) - 5} more" if len(states) > 5 else ""
        parts += [f"{counted(len(states), 'source')} {what} for {age}: {named}{more}"] if states else []
    fine = (
        f"fine: none of {counted(stale.watched, 'source')} went without a check, or a good one, for longer than {age}"
    )
    return "; ".join(parts) or fine


def _last(state: SourceState, now: datetime) -> str:
    why = f", {state.reason.value}" if state.reason else ""
    return f"last good {ago(state.last_good, now)}{why}"


def _age(length: timedelta) -> str:
    hours = int(length.total_seconds()) // 3600
    return f"{hours // 24}d" if hours and hours % 24 == 0 else f"{hours}h" if hours else f"{length.seconds // 60}m"


def failing_lines(states: Sequence[SourceState], now: datetime) -> list[str]:
    """Sources that a person should see to, one line each, ten at most."""
    lines = [
        f"failing: {state.source_id}: {state.outcome.value if state.outcome else '?'}"
        f"{', ' + state.reason.value if state.reason else ''}, {counted(state.failures, 'check')} in a row, "
        f"last good {ago(state.last_good, now)}"
        for state in states[:10]
    ]
    return [*lines, *([f"… and {len(states) - 10} more (clausewatch status --failing)"] if len(states) > 10 else [])]


def given_up_line(count: int) -> str:
    """How many messages were given up."""
    noun = "delivery" if count == 1 else "deliveries"
    return f"{count} {noun} given up (clausewatch deliveries list --state dead)"


def _trouble(state: SourceState) -> list[str]:
    """What else there is to say of a source: how often in a row it was not had, and where its page went."""
    if not state.active:
        return []
    row = state.failures > 1 and state.outcome is not None and not state.outcome.good
    return [
        *([f"{state.failures} checks in a row"] if row else []),
        *([f"page removed, told {stamp(state.health.removed)}"] if state.health.removed else []),
        *([f"moved to {state.moved_to} (clausewatch sources fix {state.source_id})"] if state.moved_to else []),
    ]


def history_view(versions: Sequence[Version]) -> RenderableType:
    """Versions, one line each, oldest first."""
    table = Listing("version", "first seen", "last seen", "cause", "verdict", "stated date", "words", "title")
    for version in versions:
        stated = version.effective_date or version.last_updated
        table.add_row(
            f"{version.source_id}@{version.number}",
            stamp(version.first_seen),
            stamp(version.last_seen),
            version.cause.value,
            version.verdict.value if version.verdict else "",
            stated.isoformat() if stated else "",
            str(version.words),
            shown(version.title or ""),
        )
    return table


def document_view(version: Version, document: Document) -> RenderableType:
    """The text of one version, as it stood on the page."""
    parts: list[RenderableType] = [
        Text(
            f"{version.source_id}@{version.number}  seen {stamp(version.first_seen)} to {stamp(version.last_seen)} UTC",
            "dim",
        )
    ]
    for block in document.blocks:
        text = shown(block.text)
        if block.kind is BlockKind.HEADING:
            parts.append(
                Padding(Text("#" * max(block.level, 1) + " " + text.plain, "bold"), (1, 0, 0, 0), expand=False)
            )
        elif block.kind is BlockKind.LIST_ITEM:
            parts.append(Text("  " * max(block.level, 1) + "- " + text.plain))
        elif block.kind is BlockKind.TABLE_ROW:
            parts.append(Text("| " + text.plain + " |"))
        else:
            parts += [Text(""), text]
    return Sheet(Group(*parts))


def comparison_view(comparison: Comparison, heading: str, *, editorial: bool = True) -> RenderableType:
    """A whole comparison: verdict, named recipients, then every change with its marked words, gravest first."""
    parts: list[RenderableType] = [
        Text(f"{shown(' '.join(heading.split())).plain}: {comparison.verdict.value}", "bold")
    ]
    if comparison.reason:
        parts.append(Text(why_blocked(comparison), "red"))
    elif comparison.changes:
        parts.append(shown(overview(comparison)))
    parts += delta_lines(comparison.recipients)
    told = [change for change in comparison.changes if editorial or change.severity is not Severity.INFO]
    parts += [change_view(change) for change in told]
    if hidden := len(comparison.changes) - len(told):
        parts.append(Text(f"\n{hidden} editorial change{'s' * (hidden > 1)} not shown", "dim"))
    return Sheet(Group(*parts))


def change_view(change: Change) -> RenderableType:
    """One change: what it is, where it stands, and both wordings in one run of marked words."""
    head = Text.assemble(
        (f"[{change.severity.value}] ", SEVERITY_STYLE[change.severity]),
        (", ".join(str(topic) for topic in change.topics), "bold"),
        f" {change.kind.value}",
        (f"  {DIRECTION_SIGN[change.direction]}" if change.direction is not Direction.NEUTRAL else "", "bold"),
    )
    parts: list[RenderableType] = [Text(""), head, Padding(shown(change.summary), (0, 0, 0, 2), expand=False)]
    if change.section:
        parts.append(
            Padding(
                Text("in: " + " > ".join(shown(part).plain for part in change.section), "dim"),
                (0, 0, 0, 2),
                expand=False,
            )
        )
    for fact in change.facts:
        line = f"{fact_label(fact)}: {fact_value(fact, fact.before)} -> {fact_value(fact, fact.after)}"
        parts.append(Padding(shown(line), (0, 0, 0, 2), expand=False))
    parts.append(Padding(marked(change), (0, 0, 0, 2), expand=False))
    return Sheet(Group(*parts))


def marked(change: Change) -> Text:
    """Both wordings in one: [-gone-] and {+new+}, as in `git diff --word-diff`, also coloured where there is colour."""
    text = Text()
    for span in change.spans:
        plain = shown(span.text).plain
        if span.op == "delete":
            text.append(f"[-{plain.strip()}-]" + " " * plain.endswith(" "), "red strike")
        elif span.op == "insert":
            text.append(f"{{+{plain.strip()}+}}" + " " * plain.endswith(" "), "green underline")
        else:
            text.append(plain)
    return text


def delta_lines(delta: RecipientDelta) -> list[RenderableType]:
    """Added, removed and changed recipients, a line each."""
    lines: list[RenderableType] = []
    for sign, style, recipients in (("+", "green", delta.added), ("-", "red", delta.removed)):
        for recipient in recipients:
            about = ", ".join(part for part in (recipient.role, recipient.purpose, recipient.location) if part)
            lines.append(
                Text(f"  {sign} {shown(recipient.name).plain}" + (f" ({shown(about).plain})" if about else ""), style)
            )
    for changed in delta.changed:
        line = f"  ~ {changed.name}: {changed.field} {changed.before or '-'} -> {changed.after or '-'}"
        lines.append(Text(shown(line).plain, "yellow"))
    return [Text("recipients"), *lines] if lines else []


def log_view(changes: Iterable[RecordedChange]) -> RenderableType:
    """Changes over all sources, newest first, one line each."""
    table = Listing("first seen", "severity", "", "topic", "source", "what")
    for recorded in changes:
        change = recorded.change
        table.add_row(
            stamp(recorded.seen_after),
            Text(change.severity.value, SEVERITY_STYLE[change.severity]),
            DIRECTION_SIGN[change.direction],
            change.topic.value,
            f"{recorded.source_id}@{recorded.version}",
            shown(change.summary),
        )
    return table


def ledger_view(entries: Iterable[LedgerEntry]) -> RenderableType:
    """The checks of one source, newest first."""
    table = Listing("from", "until", "checks", "outcome", "why")
    for entry in entries:
        why = ": ".join(part for part in (entry.reason.value if entry.reason else "", entry.detail or "") if part)
        table.add_row(stamp(entry.since), stamp(entry.until), str(entry.count), entry.outcome.value, shown(why))
    return table


def search_view(hits: Iterable[SearchHit]) -> RenderableType:
    """Passages that match, best first."""
    parts: list[RenderableType] = []
    for hit in hits:
        span = f"since version {hit.since}" + (f", until version {hit.until}" if hit.until else "")
        parts.append(Text.assemble((hit.source_id, "bold"), (f"  {span}", "dim")))
        if hit.section:
            parts.append(Text("  in: " + " > ".join(shown(part).plain for part in hit.section), "dim"))
        parts += [Padding(shown(hit.snippet), (0, 0, 0, 2), expand=False), Text("")]
    return Sheet(Group(*parts))


def facts_view(facts: Sequence[Fact]) -> RenderableType:
    """What a text states, by type."""
    table = Listing("type", "what", "words it was read from")
    for fact in facts:
        what = ", ".join(f"{name} {value}" for name, value in fact.fields if value)
        table.add_row(fact.type.value, shown(what), shown(fact.quote))
    return table


def deliveries_view(deliveries: Iterable[Delivery], now: datetime) -> RenderableType:
    """The outbox."""
    style = {DeliveryState.SENT: "green", DeliveryState.DEAD: "red", DeliveryState.PENDING: "yellow"}
    table = Listing("id", "subscriber", "to", "state", "attempts", "next try", "last error")
    for delivery in deliveries:
        pending = delivery.state is DeliveryState.PENDING
        table.add_row(
            delivery.key[:12],
            shown(delivery.subscriber),
            shown(delivery.target),
            Text(delivery.state.value, style.get(delivery.state, "dim")),
            str(delivery.attempts),
            ago(delivery.next_try, now) if pending else "",
            shown(delivery.last_error or ""),
        )
    return table


def delivered(report: DeliveryReport) -> str:
    """What became of the deliveries, and the last reason of each target that did not take one."""
    waiting = report.failed + report.postponed
    parts = [
        (report.sent, "sent"),
        (waiting, "to be tried again"),
        (report.dead, "given up"),
        (report.dropped, "dropped"),
    ]
    lines = ["deliveries: " + ", ".join(f"{count} {what}" for count, what in parts if count)]
    lines += [
        f"  {shown(target.target).plain}: {shown(target.last_error).plain}"
        for target in report.targets
        if target.last_error
    ]
    return "\n".join(lines)


def shown(text: str) -> Text:
    """Fetched text for a terminal: control and direction characters stand there visibly, nothing is markup."""
    return Text(visible(text))


def stamp(when: datetime | None) -> str:
    """A time in UTC to the minute."""
    return "-" if when is None else when.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def ago(when: datetime | None, now: datetime) -> str:
    """How long before (or after) `now`, in the largest unit that fits."""
    if when is None:
        return "never"
    seconds = (now - when).total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if abs(seconds) >= size:
            amount = f"{abs(seconds) // size:.0f}{unit}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return "just now" if seconds >= 0 else "in a moment"


def counted(number: int, noun: str) -> str:
    """A number and what it counts: "1 alert", "2 alerts"."""
    return f"{number} {noun}{'s' * (number != 1)}"


def _due(state: SourceState, now: datetime) -> str:
    if not state.active:
        return ""
    return "now" if state.next_due <= now else ago(state.next_due, now)
