"""Thirty pairs of whole policy pages of our own, with what a lawyer would say of each: tests/pages30/*/expected.toml.

The expectations were written before any output was seen, so these figures tell how the comparison does on pages of
vendors it has not been made with. A figure may rise; the floors are what it reached.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from storage.model import Change, Comparison, ExtractRules, Severity
from watcher.extractor import read_file
from watcher.pair import compare_captures

PAGES = Path(__file__).resolve().parents[1] / "pages30"
NAMES = tuple(sorted(place.name for place in PAGES.iterdir() if place.is_dir()))
# What is told of a rewording that changes nothing: these pages ought to be quiet and are not yet.
NOT_QUIET = frozenset(
    {
        "05-subverwerkers-lijst-naar-tabel",
        "20-rechten-redactie",
        "30-editorial-plain-english",
    }
)
# What each figure reached, of all expected changes; "false" are changes told that are none, at most.
FLOORS = {"found": 96, "lead": 82, "topic": 91, "severity": 87, "direction": 87}
MOST_FALSE = 12
LONGEST = 90


@dataclass(frozen=True, slots=True)
class Page:
    """One pair: what is expected of it, and what the comparison says."""

    expected: dict[str, Any]
    comparison: Comparison

    @property
    def told(self) -> list[Change]:
        """The changes that are told as material."""
        return [change for change in self.comparison.changes if change.severity is not Severity.INFO]

    def telling(self, wanted: dict[str, Any]) -> list[Change]:
        """The changes told that show an expected one."""
        return [change for change in self.told if _shows(change, wanted)]


@cache
def _page(name: str) -> Page:
    """One pair, compared once for all tests."""
    place = PAGES / name
    old, new = (read_file(next(place.glob(f"{side}.*"))) for side in ("old", "new"))
    comparison = compare_captures(old, new, ExtractRules()).comparison
    return Page(tomllib.loads((place / "expected.toml").read_text("utf-8")), comparison)


def _folded(text: str | None) -> str:
    """Words alone, in small letters: typography is not what is measured."""
    return re.sub(r"[\W_]+", " ", text or "").casefold().strip()


def _shows(change: Change, wanted: dict[str, Any]) -> bool:
    """True when a change holds the expected words, at least one of them on one side only."""
    was, now = _folded(change.before), _folded(change.after)
    gone, came = (_folded(wanted.get(side)) for side in ("before", "after"))
    lost = bool(gone) and gone in was and gone not in now
    gained = bool(came) and came in now and came not in was
    return lost or gained


def _figures() -> Counter[str]:
    """How many expected changes are told, and told rightly, and how many told ones are none."""
    count: Counter[str] = Counter()
    for page in map(_page, NAMES):
        shown: list[Change] = []
        for wanted in page.expected.get("change", []):
            hits = page.telling(wanted)
            shown += hits
            topics = {wanted["topic"], *wanted["topics"]}
            count["found"] += bool(hits)
            count["lead"] += any(change.topics[0] in topics for change in hits)
            count["topic"] += any(topics & set(change.topics) for change in hits)
            count["severity"] += any(change.severity == wanted["severity"] for change in hits)
            count["direction"] += any(change.direction == wanted["direction"] for change in hits)
        count["false"] += sum(change not in shown for change in page.told)
    return count


def test_the_pages_are_all_there() -> None:
    """Thirty pairs in four languages, each with a verdict."""
    assert len(NAMES) == 30
    languages = Counter(_page(name).expected["language"] for name in NAMES)
    assert languages == {"nl": 10, "en": 8, "de": 6, "fr": 6}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_QUIET])
def test_the_verdict_is_a_lawyers(name: str) -> None:
    """A page of which anything changed in meaning is material; one that was only set anew is not."""
    page = _page(name)
    assert page.comparison.verdict == page.expected["verdict"]


@pytest.mark.parametrize("name", NAMES)
def test_every_change_is_told(name: str) -> None:
    """Each change that a lawyer would name is told as material, and none is hidden among wordings."""
    page = _page(name)
    hidden = [wanted["lawyer"] for wanted in page.expected.get("change", []) if not page.telling(wanted)]
    assert hidden == []


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_on_a_change_is_short(name: str) -> None:
    """A summary is one line under ninety characters with an upper-case start or a name."""
    for change in _page(name).told:
        assert change.summary
        assert "\n" not in change.summary
        assert len(change.summary) < LONGEST


def test_figures_stay_above_their_floors() -> None:
    """Found, topic, severity and direction hold what they reached, and no more is told falsely."""
    figures = _figures()
    assert {name: figures[name] for name, floor in FLOORS.items() if figures[name] < floor} == {}
    assert figures["false"] <= MOST_FALSE
