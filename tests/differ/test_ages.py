"""A line on an article that tells its age, how long it takes to read, or how often it was read."""

from __future__ import annotations

import pytest

from watcher.differ.counters import ticking_rule


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Edited 3 weeks ago · By the editors · 4 min read", "Edited 2 months ago · By the editors · 5 min read"),
        (
            "Bewerkt 5 dagen geleden. Leestijd: 6 minuten. 3 reacties",
            "Bewerkt 2 weken geleden. Leestijd: 7 minuten. 9 reacties",
        ),
        (
            "Bearbeitet vor 5 Stunden · Lesezeit 4 Min. · 1.204 Aufrufe",
            "Bearbeitet vor 3 Tagen · Lesezeit 5 Min. · 1.377 Aufrufe",
        ),
        ("Mis à jour il y a 3 jours | par la rédaction", "Mis à jour il y a 2 semaines | par la rédaction"),
    ],
)
def test_each_part_of_such_a_line_ticks_by_itself(before: str, after: str) -> None:
    """Parts are looked at one by one, whatever stands between them."""
    assert (ticking_rule(before, after) or "").startswith("page.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Edited 3 weeks ago · By the editors", "Edited 2 weeks ago · By Northgate Press Ltd"),
        ("Edited 3 weeks ago. Logs are kept for 30 days.", "Edited 2 weeks ago. Logs are kept for 90 days."),
    ],
)
def test_a_part_that_says_something_is_no_age(before: str, after: str) -> None:
    """With one part that differs otherwise the line is no noise."""
    assert ticking_rule(before, after) is None
