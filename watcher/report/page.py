"""A comparison as Markdown or as one HTML page. Every fetched string is escaped where it lands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifier.phrases import DIRECTIONS, KINDS, fact_label, fact_value, topic_words
from notifier.sinks import plain
from notifier.views import FactView
from storage.model import Change, Comparison, Direction, RecipientDelta, Span
from watcher.report.unlike import why_blocked

# What Markdown takes for markup at any place of a line.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!+=&-])")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one side; `marked` when the other side has not got them."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One change in words; `direction` is empty when it is neutral."""

    severity: str
    topics: str
    kind: str
    direction: str
    summary: str
    section: str
    facts: tuple[FactView, ...]
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    rules: str


def as_html(comparison: Comparison, heading: str) -> str:
    """One page for a browser or a printer: side by side, light and dark, no script, nothing loaded from elsewhere."""
    environment = Environment(
        loader=PackageLoader("watcher.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("diff.html.jinja").render(
        heading=plain(heading),
        verdict=_verdict(comparison),
        lang=comparison.language,
        recipients=_recipients(comparison.recipients),
        changes=[card_of(change) for change in comparison.changes],
    )


def as_markdown(comparison: Comparison, heading: str) -> str:
    """CommonMark with ~~struck~~ and **new** words; nothing in the texts acts as markup."""
    lines = [f"# {_md(plain(heading))}", "", _verdict(comparison), ""]
    recipients = _recipients(comparison.recipients)
    if recipients:
        lines += ["## Recipients", "", *(f"- {_md(line)}" for line in recipients), ""]
    for change in comparison.changes:
        card = card_of(change)
        tags = " · ".join(part for part in (card.severity, card.topics, card.kind, card.direction) if part)
        lines += [f"## {_md(card.summary)}", "", tags, ""]
        if card.section:
            lines += [f"in {_md(card.section)}", ""]
        lines += [f"- {_md(fact.label)}: {_md(fact.before)} → {_md(fact.after)}" for fact in card.facts]
        lines += ["", f"> {_md_runs(card.before, '~~') or '(not there)'}", ""]
        lines += [f"> {_md_runs(card.after, '**') or '(not there)'}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _verdict(comparison: Comparison) -> str:
    if comparison.reason:
        return f"Verdict: {comparison.verdict.value} ({why_blocked(comparison)})"
    return f"Verdict: {comparison.verdict.value}, {len(comparison.changes)} changes"


def card_of(change: Change) -> Card:
    """One change in words, every text of it harmless."""
    sign, words = DIRECTIONS[change.direction]
    return Card(
        severity=change.severity.value,
        topics=", ".join(topic_words(topic) for topic in change.topics),
        kind=KINDS[change.kind],
        direction="" if change.direction is Direction.NEUTRAL else f"{sign} {words}",
        summary=plain(change.summary),
        section=" › ".join(plain(part) for part in change.section),
        facts=tuple(
            FactView(fact_label(fact), fact_value(fact, fact.before), fact_value(fact, fact.after))
            for fact in change.facts
        ),
        before=_side(change.before, change.spans, "delete"),
        after=_side(change.after, change.spans, "insert"),
        rules=", ".join(change.rules),
    )


def _side(text: str | None, spans: tuple[Span, ...], own: str) -> tuple[Run, ...]:
    if text is None:
        return ()
    runs = tuple(Run(span.text, span.op == own) for span in spans if span.op in {own, "equal"})
    return runs or (Run(text, marked=False),)


def _recipients(delta: RecipientDelta) -> list[str]:
    lines = [f"+ {plain(one.name)} {_about(one.purpose, one.location)}".rstrip() for one in delta.added]
    lines += [f"- {plain(one.name)} {_about(one.purpose, one.location)}".rstrip() for one in delta.removed]
    lines += [
        f"{plain(one.name)}: {plain(one.field)} {plain(one.before) or '-'} -> {plain(one.after) or '-'}"
        for one in delta.changed
    ]
    return lines


def _about(*parts: str | None) -> str:
    told = ", ".join(plain(part) for part in parts if part)
    return f"({told})" if told else ""


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _md_runs(runs: tuple[Run, ...], mark: str) -> str:
    parts = []
    for run in runs:
        core = run.text.strip()
        if run.marked and core:
            lead = run.text[: len(run.text) - len(run.text.lstrip())]
            trail = run.text[len(run.text.rstrip()) :]
            parts.append(f"{lead}{mark}{_md(plain(core))}{mark}{trail}")
        else:
            parts.append(_md(run.text))
    return "".join(parts)
