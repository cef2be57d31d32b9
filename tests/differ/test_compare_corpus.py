"""The floors of quality on the labelled corpus: raised when a figure rises, lowered only with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.quality import Tally, measure


@pytest.fixture(scope="module")
def tallies(corpus: Path) -> dict[str, Tally]:
    """All labelled pairs, compared once."""
    return measure(corpus)


def test_vendors_are_told_without_a_miss(tallies: dict[str, Tally]) -> None:
    """Every step has its verdict; every labelled change is found with its topic; recipients are exact."""
    vendors = tallies["vendors"]
    for name in ("verdict", "evidence", "told", "topic", "recipients"):
        assert vendors.rate(name) == 1.0, vendors.misses
    assert vendors.counts["evidence/all"] == 48
    assert vendors.counts["verdict/all"] == 15


@pytest.mark.parametrize(
    ("corpus_name", "figure", "floor"),
    [
        ("vendors", "lead", 1.0),
        ("vendors", "severity", 0.90),
        ("vendors", "high", 0.98),
        ("pairs", "material", 0.98),
        ("pairs", "evidence", 0.95),
        ("pairs", "told", 0.97),
        ("pairs", "topic", 0.79),
        ("pairs", "lead", 0.59),
        ("pairs", "severity", 0.64),
        ("pairs", "high", 0.58),
        ("pairs", "quiet", 0.68),
        ("quiet", "quiet", 0.77),
    ],
)
def test_figure_stays_above_its_floor(tallies: dict[str, Tally], corpus_name: str, figure: str, floor: float) -> None:
    """A measured share of good answers does not fall."""
    tally = tallies[corpus_name]
    assert tally.rate(figure) >= floor, f"python -m bench.quality --misses tells which of {corpus_name} were missed"


def test_unseen_half_keeps_up(tallies: dict[str, Tally]) -> None:
    """On vendors that nobody looked at while writing rules no material change is missed."""
    assert tallies["pairs odd"].rate("material") >= 0.98
    assert tallies["pairs odd"].rate("evidence") >= 0.95


def test_topics_of_a_pair_stay_above_their_floor(tallies: dict[str, Tally]) -> None:
    """The lead topics told for a pair agree with the labelled ones as well as measured, unseen vendors included."""
    assert tallies["vendors"].f1() >= 0.99
    assert tallies["pairs"].f1() >= 0.59
    assert tallies["pairs odd"].f1() >= 0.54


def test_high_is_seldom_said_without_a_cause(tallies: dict[str, Tally]) -> None:
    """Of the changes called high at most one in five is unknown to the labels or low there."""
    counts = tallies["pairs"].counts
    assert counts["high-wrong"] <= 0.2 * counts["high-told"]
