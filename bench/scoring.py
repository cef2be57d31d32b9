"""What one comparison got right of its labels (bench/quality.py): tallies of verdict, evidence, topics and severity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.edits import Edit
from storage.model import Change, Comparison, Severity, Verdict
from watcher.extractor.text import normalise

_MARKDOWN = re.compile(r"<br\s*/?>|\]\([^)]*\)|[*_#|`\\\[\]>]|^\s*[-+]\s|&nbsp;", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One labelled pair of documents."""

    name: str
    corpus: str
    half: str
    old: Path
    new: Path
    label: dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts over a set of steps; `misses` say in one line each what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    millis: list[float] = field(default_factory=list)

    def add(self, name: str, *, good: bool, miss: str = "") -> None:
        """Count one question and whether it was answered well."""
        self.counts[name + "/all"] += 1
        self.counts[name] += good
        if not good and miss:
            self.misses.append(f"{name}: {miss}")

    def rate(self, name: str) -> float:
        """The share of good answers; 1 where nothing was asked."""
        asked = self.counts[name + "/all"]
        return self.counts[name] / asked if asked else 1.0

    def f1(self, key: str = "topic") -> float:
        """Micro F1 of topics against those labelled.

        "topic" and "named" count a pair's topics as a set, of the leads or of all that are named. "each" counts change
        by change: the lead of one against all labels that it holds; labels that none holds are missed.
        """
        hit, told, labelled = (self.counts[f"{key}-{what}"] for what in ("hit", "told", "labelled"))
        return 2 * hit / (told + labelled) if told + labelled else 1.0


def score(tally: Tally, step: Step, comparison: Comparison) -> None:
    """Count what one comparison got right."""
    label, changes = step.label, comparison.changes
    told = [change for change in changes if change.severity is not Severity.INFO]
    kind = label["kind"]
    if kind == "material":
        tally.add("material", good=comparison.verdict is Verdict.MATERIAL, miss=f"{step.name} is {comparison.verdict}")
    else:
        why = "; ".join(f"{c.rules} {c.before!r} -> {c.after!r}"[:260] for c in told[:3])
        note = label.get("why") or label.get("note") or ""
        tally.add("quiet", good=comparison.verdict is not Verdict.MATERIAL, miss=f"{step.name} [{note[:90]}] {why}")
    if not label.get("partial"):
        tally.add("verdict", good=_same_verdict(kind, comparison.verdict))
    for change in label["changes"]:
        _score_change(tally, step, change, changes)
    _score_topics(tally, label, told)
    _score_each(tally, label, told)
    _score_recipients(tally, step, comparison)
    _score_high(tally, label, told)


def _same_verdict(kind: str, verdict: Verdict) -> bool:
    """True for the labelled verdict; equal documents count as noise."""
    return verdict.value == kind or (kind == "noise" and verdict is Verdict.SAME)


def _score_change(tally: Tally, step: Step, label: dict[str, Any], changes: Iterable[Change]) -> None:
    """Evidence, topics and severity of one labelled change."""
    quote = f"{step.name} {label['topic']}/{label['severity']} {label['before']!r:.150} -> {label['after']!r:.150}"
    found = [change for change in changes if holds(change, label)]
    tally.add("evidence", good=bool(found), miss=quote)
    if not found:
        return
    speaking = [change for change in found if change.severity is not Severity.INFO]
    tally.add("told", good=bool(speaking), miss=f"{quote} {[c.rules for c in found]}")
    named = [str(t) for c in found for t in c.topics]
    tally.add("topic", good=label["topic"] in named, miss=f"{quote} told {named}")
    tally.add(
        "lead", good=label["topic"] in {c.topic for c in found}, miss=f"{quote} lead {[str(c.topic) for c in found]}"
    )
    severities = [str(c.severity) for c in found]
    tally.add(
        "severity", good=label["severity"] in severities, miss=f"{quote} is {severities} {[c.rules for c in found]}"
    )
    if label["severity"] == "high":
        tally.add("high", good="high" in severities, miss=f"{quote} is {severities} {[c.rules for c in found]}")


def holds(change: Change, label: dict[str, Any]) -> bool:
    """True when both quotes of a label stand in a change."""
    return all(
        quote is None or folded(quote) in folded(text or "")
        for quote, text in ((label["before"], change.before), (label["after"], change.after))
    )


def folded(text: str) -> str:
    """A text without Markdown, marks at the ends and differences of white space."""
    return re.sub(r"\W+", " ", normalise(_MARKDOWN.sub(" ", text))).strip()


def _score_topics(tally: Tally, label: dict[str, Any], told: list[Change]) -> None:
    """The topics told for a pair, leads alone and all that are named, against those labelled.

    Large rewrites are left out: their labels list only the main ones.
    """
    if label.get("partial"):
        return
    wanted = {change["topic"] for change in label["changes"]}
    leads = {str(change.topic) for change in told}
    for key, names in (("topic", leads), ("named", {str(topic) for change in told for topic in change.topics})):
        tally.counts[f"{key}-hit"] += len(names & wanted)
        tally.counts[f"{key}-told"] += len(names)
        tally.counts[f"{key}-labelled"] += len(wanted)


def _score_each(tally: Tally, label: dict[str, Any], told: list[Change]) -> None:
    """The lead of each change that holds labels against their topics; labels that no told change holds are missed."""
    missed = [one for one in label["changes"] if not any(holds(change, one) for change in told)]
    tally.counts["each-labelled"] += len(missed)
    for change in told:
        wanted = {one["topic"] for one in label["changes"] if holds(change, one)}
        if wanted:
            tally.counts["each-hit"] += str(change.topic) in wanted
            tally.counts["each-told"] += 1
            tally.counts["each-labelled"] += len(wanted)


def _score_recipients(tally: Tally, step: Step, comparison: Comparison) -> None:
    """Named recipients that came and went, name by name as a set."""
    wanted = step.label.get("subprocessors")
    if not wanted:
        return
    for side, told in (("added", comparison.recipients.added), ("removed", comparison.recipients.removed)):
        names, right = {one.name for one in told}, {_name(one) for one in wanted[side]}
        tally.add("recipients", good=names == right, miss=f"{step.name} {side} {sorted(names)} not {sorted(right)}")


def _name(entry: str | dict[str, str]) -> str:
    """The name of a labelled recipient."""
    return entry if isinstance(entry, str) else entry["name"]


def _score_high(tally: Tally, label: dict[str, Any], told: list[Change]) -> None:
    """Reports called high that the labels call low or do not know.

    A label quotes one row of a table of new recipients and lists all of them by name, so a report on a listed one is
    known to the label.
    """
    if label.get("partial"):
        return
    listed = [_name(one) for one in (label.get("subprocessors") or {}).get("added", ())]
    for change in told:
        if change.severity is Severity.HIGH:
            known = any(holds(change, one) and one["severity"] != "low" for one in label["changes"])
            known = known or any(name in (change.after or "") for name in listed)
            tally.counts["high-told"] += 1
            tally.counts["high-wrong"] += not known


def score_edit(tally: Tally, edit: Edit, comparison: Comparison) -> None:
    """Count what the comparison of one edit got right: lead topic, severity and direction are those told first."""
    told = [change for change in comparison.changes if change.severity is not Severity.INFO]
    rules = [change.rules for change in told or comparison.changes]
    quote = f"{edit.id} {edit.verdict} {edit.before!r:.300} -> {edit.after!r:.300} is {comparison.verdict} {rules}"
    tally.add("verdict", good=_same_verdict(edit.verdict, comparison.verdict))
    if edit.verdict != "material":
        tally.add("quiet", good=not told, miss=quote)
        tally.counts["high-wrong"] += any(change.severity is Severity.HIGH for change in told)
    else:
        tally.add("material", good=bool(told), miss=quote)
    tally.counts["high-told"] += any(change.severity is Severity.HIGH for change in told)
    if edit.verdict != "material" or not told:
        return
    first = told[0]
    label = f"{quote} told {[str(t) for t in first.topics]} {first.severity} {first.direction}"
    right = f"label {edit.topics} {edit.severity} {edit.direction}"
    tally.add("topic", good=edit.topics[0] in {str(t) for c in told for t in c.topics}, miss=f"{label} {right}")
    tally.add("lead", good=str(first.topic) in edit.topics, miss=f"{label} {right}")
    tally.add("severity", good=first.severity == edit.severity, miss=f"{label} {right}")
    tally.add("direction", good=first.direction == edit.direction, miss=f"{label} {right}")
    if edit.severity == "high":
        tally.add("high", good=first.severity is Severity.HIGH)
    else:
        tally.counts["high-wrong"] += first.severity is Severity.HIGH and edit.severity == "low"
