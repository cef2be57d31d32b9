"""The direction of clauses that hangs on how they are built, in four languages and both ways round."""

from __future__ import annotations

from pathlib import Path

import pytest
from differ_samples import gravest

_ROWS = Path(__file__).with_name("shift_rows.txt")
_OPPOSITE = {"worse": "better", "better": "worse", "neutral": "neutral"}
# What stands behind each clause and stays: one paragraph is read, and not one that went beside one that came.
_REST = {
    "en": "The workshop in Groningen has a green door with a brass bell beside it.",
    "nl": "De werkplaats in Groningen heeft een groene deur met een koperen bel ernaast.",
    "de": "Die Werkstatt in Groningen hat eine grüne Tür mit einer Glocke aus Messing daneben.",
    "fr": "L'atelier de Groningue est derrière une porte verte qui porte une cloche en laiton.",
}


def _rows() -> list[tuple[str, str, str, str, str, str]]:
    """Each row as construction, language, heading, before, after, direction; exchanged too where that is asked."""
    found: list[tuple[str, str, str, str, str, str]] = []
    name, direction, turned = "", "", False
    for line in _ROWS.read_text("utf-8").splitlines():
        if line.startswith("## "):
            name, _, asked = line.removeprefix("## ").rpartition(": ")
            direction, turned = asked.split()[0], asked.endswith("turned")
        elif line and not line.startswith("#"):
            language, heading, before, after = line.split(" | ")
            found.append((name, language, heading, before, after, direction))
            if turned:
                found.append((f"{name}, turned", language, heading, after, before, _OPPOSITE[direction]))
    return found


@pytest.mark.parametrize(("name", "language", "heading", "before", "after", "direction"), _rows())
def test_a_construction_points_the_right_way(
    name: str, language: str, heading: str, before: str, after: str, direction: str
) -> None:
    """What a clause gives or takes is told for the reader as its construction says, whichever words it uses."""
    before, after = (f"{text} {_REST[language]}" for text in (before, after))
    change = gravest(before, after, heading, language)
    assert change.direction == direction, (name, change.severity, change.rules, change.summary)
    assert change.severity in {"high", "medium"}
