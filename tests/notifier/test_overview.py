"""A comparison in one line."""

from __future__ import annotations

import pytest

from notifier.overview import in_short, overview
from storage.model import (
    Change,
    ChangeKind,
    Comparison,
    Direction,
    FactChange,
    FactType,
    Severity,
    Topic,
    Verdict,
)


def _change(
    summary: str,
    severity: Severity = Severity.HIGH,
    direction: Direction = Direction.WORSE,
    facts: tuple[FactChange, ...] = (),
    topic: Topic = Topic.SHARING,
) -> Change:
    return Change(
        topic, (topic,), ChangeKind.MODIFIED, severity, direction, (), "old", "new", (), facts, summary, ("rule",)
    )


def _material(*changes: Change) -> Comparison:
    return Comparison(Verdict.MATERIAL, "en", changes)


def test_directions_are_counted_and_the_gravest_told_first() -> None:
    """Worse, better and other changes are counted; the gravest comes first, without its direction and heading."""
    period = FactChange(FactType.RETENTION, "logs", "P30D", "P90D")
    line = overview(
        _material(
            _change("Rights (Your choices): a right is named (better)", Severity.MEDIUM, Direction.BETTER),
            _change("Retention: 30 days -> 90 days (worse)", facts=(period,), topic=Topic.RETENTION),
            _change("New recipient: Tansy Mail (worse)"),
        )
    )
    assert line == "2 worse, 1 better: retention 30 -> 90 days; new recipient: Tansy Mail"


def test_what_does_not_fit_is_left_out_whole() -> None:
    """A change that does not fit is skipped for a shorter one; the first is cut between words."""
    wordy = _change("Sharing: " + "a very long reason " * 8)
    line = overview(_material(_change("Security: encryption"), wordy, _change("AI: training")))
    assert line == "3 worse: security: encryption; AI: training"
    alone = overview(_material(wordy))
    assert len(alone) < 90
    assert alone.endswith("…")
    assert set(alone[:-1].split()) <= {"1", "worse:", "sharing:", "a", "very", "long", "reason"}


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (Verdict.SAME, "no difference"),
        (Verdict.NOISE, "only the page around the text changed"),
        (Verdict.BLOCKED, "one side is not the document"),
    ],
)
def test_other_verdicts_have_fixed_words(verdict: Verdict, line: str) -> None:
    """Where nothing material is told the line says so."""
    assert overview(Comparison(verdict, None)) == line


def test_wording_is_counted() -> None:
    """A comparison of wording only says how many places."""
    quiet = _change("Spelling", Severity.INFO, Direction.NEUTRAL)
    assert overview(Comparison(Verdict.EDITORIAL, "en", (quiet, quiet))) == "2 changes of wording only"


def test_a_hostile_summary_stays_one_harmless_line() -> None:
    """Line ends and control characters of a page do not reach the line."""
    line = overview(_material(_change("Sharing:\n\x1b[31mred\u202e")))
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_a_fact_with_one_side_only_is_told_by_the_summary() -> None:
    """Only a value that took the place of another is shorter than the summary."""
    new = FactChange(FactType.RETENTION, None, None, "P90D")
    assert in_short("retention", (new,), "Retention: now states 90 days") == "Retention: now states 90 days"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("P24M", "P36M", "retention 24 -> 36 months"),
        ("P1M", "P90D", "retention 1 month -> 90 days"),
        ("P1Y6M", "P2Y", "retention 1 year 6 months -> 2 years"),
        ("P1D", "P2D", "retention 1 -> 2 days"),
        ("soon", "later", "retention soon -> later"),
    ],
)
def test_a_unit_is_said_once(before: str, after: str, said: str) -> None:
    """Two values in one unit share it; all others keep theirs."""
    assert in_short("retention", (FactChange(FactType.RETENTION, None, before, after),), "x") == said
