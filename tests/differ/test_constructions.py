"""One sentence changes in a whole page, construction by construction, in four languages: what a lawyer would say.

The floors hold what is reached of each part, and of the constructions whose miss is worst: a change of meaning by the
same words in another order, of which nobody would be told.
"""

from __future__ import annotations

import pytest

from bench.constructions import PARTS, judge, load

LANGUAGES = {"de", "en", "fr", "nl"}
# What is judged as by the lawyer, at least, of all edits of a part.
FLOORS = {"seen": 232, "unread": 104}
# Of the edits that only move words about or change the person.
MOVED = 12
_SWAPS = "swap"


@pytest.mark.parametrize("part", PARTS)
def test_every_construction_is_asked_in_four_languages(part: str) -> None:
    """No construction is that of one language alone, but for the forms of gender."""
    edits = load(part)
    for name in {one.construction for one in edits} - {"q-gender"}:
        assert {one.language for one in edits if one.construction == name} == LANGUAGES, name
    assert all(one.expected in {"worse", "better", "any", "quiet"} for one in edits)


def test_words_that_change_places_are_told() -> None:
    """Parties, numbers and negations that change places change the meaning, though no word is new."""
    judged = judge("seen", _SWAPS)
    assert judged.good.total() >= MOVED, "\n".join(judged.misses)


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_constructions_are_judged_as_by_a_lawyer(part: str) -> None:
    """At least the pinned number of all edits of a part is judged right; misses of the unread part stay unprinted."""
    judged = judge(part)
    assert judged.good.total() >= FLOORS[part], "\n".join(judged.misses if part == "seen" else [])
