"""The fetch stage costs no more than it may, and keeps nothing from round to round."""

from __future__ import annotations

import statistics

import pytest

from bench.fetching import measuring


def test_both_sides_ask_the_same() -> None:
    """A few sources on a few hosts: every answer is 304 on both sides, which the rounds themselves assert."""
    with measuring(24, 6) as bench:
        one = bench.round()
    assert one.ours > 0
    assert one.theirs > 0


@pytest.mark.long
def test_a_thousand_sources_on_two_hundred_hosts_cost_a_bare_loop_and_a_quarter_at_most() -> None:
    """Ten rounds beside `requests.Session().get`: at most 1.25 times the processor time, and memory stays flat."""
    with measuring(1000, 200) as bench:
        rounds = [bench.round() for _ in range(10)]
    assert statistics.median(one.ratio for one in rounds) <= 1.25
    assert rounds[-1].memory - rounds[0].memory < 2
