"""The dead man's switch: nobody runs it, a source is left out, a source is not good for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.model import DocumentType, Health, Outcome, Reason, SourceState
from watcher.age import find_stale
from watcher.report.terminal import stale_line

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FINE = {
    1: "fine: none of 1 source went without a check, or a good one, for longer than 2d",
    2: "fine: none of 2 sources went without a check, or a good one, for longer than 2d",
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def state(
    name: str,
    checked: timedelta | None = HOUR,
    good: timedelta | None = HOUR,
    *,
    active: bool = True,
    due: timedelta = HOUR,
    since: timedelta | None = None,
) -> SourceState:
    """A source whose last check, last good check and due time lie so far back."""
    fine = checked is not None and checked == good
    return SourceState(
        source_id=name,
        vendor="V",
        document=DocumentType.DPA,
        url="https://v.example/",
        active=active,
        outcome=None if checked is None else Outcome.UNCHANGED if fine else Outcome.FAILED,
        reason=None if fine or checked is None else Reason.DNS,
        detail=None,
        last_check=None if checked is None else NOW - checked,
        last_good=None if good is None else NOW - good,
        next_due=NOW - due,
        failures=0 if fine else 3,
        version=1,
        pages=(),
        health=Health(failing_since=None if since is None else NOW - since),
    )


@pytest.mark.parametrize(
    ("states", "every", "line"),
    [
        ([state("a/p"), state("b/p", DAY, DAY)], DAY, FINE[2]),
        (
            [state("a/p", 3 * DAY, 3 * DAY), state("b/p", 4 * DAY, 4 * DAY)],
            DAY,
            "nobody runs clausewatch: the last check of any source was 3d ago (allowed: 2d)",
        ),
        (
            [state("a/p"), state("b/p", 3 * DAY, 3 * DAY)],
            DAY,
            "1 source not checked for 2d: b/p (last good 3d ago)",
        ),
        (
            [state("a/p"), state("b/p", HOUR, 5 * DAY)],
            DAY,
            "1 source without a good check for 2d: b/p (last good 5d ago, dns)",
        ),
        ([state("a/p", HOUR, 2 * DAY)], DAY, FINE[1]),
        ([state("a/p", 3 * DAY, 3 * DAY)], 7 * DAY, FINE[1]),
        (
            [state("a/p", 15 * DAY, 15 * DAY)],
            7 * DAY,
            "nobody runs clausewatch: the last check of any source was 15d ago (allowed: 2d)",
        ),
        ([state("a/p", None, None), state("b/p")], DAY, FINE[2]),
        (
            [state("a/p", None, None, due=3 * DAY), state("b/p")],
            DAY,
            "1 source not checked for 2d: a/p (last good never)",
        ),
        (
            [state("a/p", HOUR, None, since=3 * DAY), state("b/p")],
            DAY,
            "1 source without a good check for 2d: a/p (last good never, dns)",
        ),
        ([state("a/p", HOUR, None, since=DAY)], DAY, FINE[1]),
        ([state("a/p", DAY * 9, active=False), state("b/p")], DAY, FINE[1]),
        ([], DAY, "nothing is watched: no source is configured, or nothing was ever checked"),
        (
            [*[state(f"a/{n}", HOUR, 5 * DAY) for n in range(7)]],
            DAY,
            "7 sources without a good check for 2d: "
            + ", ".join(f"a/{n} (last good 5d ago, dns)" for n in range(5))
            + " and 2 more",
        ),
    ],
    ids=[
        "fine", "nobody", "one-left-out", "one-not-good", "at-the-edge", "weekly-in-time", "weekly-late", "new",
        "new-and-forgotten", "never-good", "never-good-yet", "not-watched", "none", "many",
    ],
)  # fmt: skip
def test_one_line_says_which(states: list[SourceState], every: timedelta, line: str) -> None:
    """The line names what is wrong, and whether anything is decides the exit code."""
    stale = find_stale(states, {one.source_id: every for one in states}, NOW, 2 * DAY)
    assert stale_line(stale, NOW) == line
    assert stale.any is not line.startswith("fine")


def test_both_kinds_stand_in_one_line() -> None:
    """A source that is not checked and one that is not good, side by side."""
    states = [state("a/p", 3 * DAY, 3 * DAY), state("b/p", HOUR, 3 * DAY), state("c/p")]
    stale = find_stale(states, {}, NOW, 2 * DAY)
    assert ([one.source_id for one in stale.unchecked], [one.source_id for one in stale.not_good]) == (["a/p"], ["b/p"])
    assert "; " in stale_line(stale, NOW)
