"""Listings at the width of any terminal: nothing is cut, nothing runs over, no line ends in blanks."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from watcher.report.listing import Listing

WHY = "timeout: not done within the deadline: it passed during the wait for the answer's headers"


def lines(width: int) -> list[str]:
    """A status of two sources at this width."""
    listing = Listing("source", "last check", "last good check", "outcome", "next due", "why")
    listing.add_row("pelgrimspost/subprocessors", "12m ago", "3d ago", Text("failed", "red"), "in 19m", WHY)
    listing.add_row("acme/隐私政策", "12m ago", "12m ago", "unchanged", "in 23h", "")
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(listing)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 100_000])
def test_no_cell_is_cut_at_any_width(width: int) -> None:
    """Ids and outcomes stand whole, sentences are wrapped between words, and every line fits."""
    shown = lines(width)
    assert [line for line in shown if cell_len(line) > width or line != line.rstrip()] == []
    for whole in ("pelgrimspost/subprocessors", "3d ago", "failed", "acme/隐私政策", "in 23h"):
        assert sum(whole in line for line in shown) == 1, whole
    assert WHY in " ".join(" ".join(shown).split())


def test_a_row_is_one_line_where_there_is_room_and_two_where_there_is_not() -> None:
    """A wide terminal and a pipe show a table; a narrow one goes on below, indented, without empty cells."""
    assert len(lines(200)) == 4
    narrow = lines(70)
    assert narrow[0].split() == ["source", "last", "check", "last", "good", "check", "outcome"]
    assert narrow[1] == "    next due  why"
    assert narrow[-1] == "    in 23h"
