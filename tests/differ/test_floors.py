"""The floors of quality are held: a figure may rise, never fall without a reason that stands beside its floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.floors import Floor, Floors, broken, digest, lagging, load_floors, pin
from bench.quality import digests, figures
from bench.scoring import Tally

REMEDY = "python -m bench.quality --pin raises the floors; --misses tells what was missed"


@pytest.fixture(scope="module")
def measured(tallies: dict[str, Tally]) -> dict[str, dict[str, float]]:
    """All figures."""
    return figures(tallies)


def test_no_figure_is_below_its_floor(measured: dict[str, dict[str, float]]) -> None:
    """Every pinned figure is reached on the corpus and on our own edits."""
    assert broken(load_floors(), measured) == [], REMEDY


def test_every_figure_has_its_floor(measured: dict[str, dict[str, float]]) -> None:
    """A figure that rose takes its floor along."""
    assert lagging(load_floors(), measured) == [], REMEDY


def test_the_floors_are_of_this_data(corpus: Path) -> None:
    """Other data, other figures: the corpus and the edits are those on which the floors were measured."""
    assert load_floors().digests == digests(corpus), REMEDY


def test_pinning_raises_and_never_lowers(tmp_path: Path) -> None:
    """A better figure lifts its floor, a worse one leaves it, and an excuse stays until it is not needed."""
    path = tmp_path / "floors.toml"
    pin(Floors({}, {}), {"pairs": {"lead": 0.7004, "high": 0.9}}, {"pairs": "00"}, path)
    assert load_floors(path) == Floors({"pairs": "00"}, {"pairs": {"lead": Floor(0.7, 0.7), "high": Floor(0.9, 0.9)}})
    pin(load_floors(path), {"pairs": {"lead": 0.8, "high": 0.5}}, {"pairs": "00"}, path)
    assert load_floors(path).rows == {"pairs": {"lead": Floor(0.8, 0.8), "high": Floor(0.9, 0.9)}}
    path.write_text('[pairs]\nlead = { floor = 0.6, best = 0.8, reason = "a rule named a vendor" }\n')
    pin(load_floors(path), {"pairs": {"lead": 0.65}}, {}, path)
    assert load_floors(path).rows == {"pairs": {"lead": Floor(0.65, 0.8, "a rule named a vendor")}}
    pin(load_floors(path), {"pairs": {"lead": 0.85}}, {}, path)
    assert load_floors(path).rows == {"pairs": {"lead": Floor(0.85, 0.85)}}


def test_a_floor_lowered_in_silence_is_a_fault(tmp_path: Path) -> None:
    """Below its best a floor needs a reason."""
    path = tmp_path / "floors.toml"
    path.write_text("[pairs]\nlead = { floor = 0.6, best = 0.8 }\n[quiet]\nquiet = { floor = 0.1, best = 0.2 }\n")
    with pytest.raises(
        ValueError, match=r"\[pairs\] lead: 0\.6 lies below its best 0\.8 \(write a reason\)\n"
    ) as caught:
        load_floors(path)
    assert "[quiet] quiet" in str(caught.value)


def test_figures_below_and_above_are_named() -> None:
    """A fallen figure, a lost one and a risen one are each told by row and name."""
    known = Floors({}, {"pairs": {"lead": Floor(0.7, 0.7), "high": Floor(0.9, 0.9)}})
    assert broken(known, {"pairs": {"lead": 0.65}}) == [
        "pairs: lead fell to 0.65, below 0.7",
        "pairs: high is no longer measured",
    ]
    assert lagging(known, {"pairs": {"lead": 0.72, "high": 0.904}, "quiet": {"quiet": 1.0}}) == [
        "pairs: lead is 0.72 now",
        "quiet: quiet is 1.0 now",
    ]


def test_the_digest_knows_names_and_bytes(tmp_path: Path) -> None:
    """Another byte, or the same in another file, is another digest; the order of listing is none."""
    for name, text in (("a", "1"), ("b", "2")):
        (tmp_path / name).write_text(text)
    files = [tmp_path / "a", tmp_path / "b"]
    first = digest(files, tmp_path)
    assert digest(reversed(files), tmp_path) == first
    (tmp_path / "b").write_text("3")
    assert digest(files, tmp_path) != first
