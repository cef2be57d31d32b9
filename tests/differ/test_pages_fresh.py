"""Thirty more pairs of whole pages of our own, written and judged apart from the rules: pages_fresh/*/expected.toml.

Each label was written down before any output was seen. Besides what tests/differ/test_pages30.py asks, it is asked
whether both sides of a change stand in what is reported, whether its title says what matters, and whether a typed fact
backs it. A figure may rise; the floors are what it reached. Every miss is printed, but for the twelve pairs in
pages_unread, which nobody who writes rules reads: they tell what the same figures are on pages never looked at.
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

from storage.model import Change, Comparison, ExtractRules, Severity, Verdict
from watcher.extractor import read_file
from watcher.pair import compare_captures

PAGES = Path(__file__).with_name("pages_fresh")
UNREAD = Path(__file__).with_name("pages_unread")
# What each figure reached, of all that is asked; a higher one takes its floor along.
FLOORS: dict[str, dict[str, int]] = {
    "pages_fresh": {
        "verdict": 27,
        "found": 64,
        "lead": 57,
        "topic": 62,
        "severity": 61,
        "direction": 64,
        "evidence": 64,
        "title": 30,
        "fact": 25,
    },
    "pages_unread": {
        "verdict": 12,
        "found": 26,
        "lead": 23,
        "topic": 25,
        "severity": 22,
        "direction": 23,
        "evidence": 26,
        "title": 14,
        "fact": 10,
    },
}
# Changes told that are none, at most.
MOST_FALSE = {"pages_fresh": 26, "pages_unread": 7}


@dataclass(frozen=True, slots=True)
class Page:
    """One pair: what is expected of it, and what the comparison says."""

    name: str
    expected: dict[str, Any]
    comparison: Comparison

    @property
    def told(self) -> list[Change]:
        """The changes that are told as material."""
        return [change for change in self.comparison.changes if change.severity is not Severity.INFO]


@cache
def _pages(folder: Path) -> tuple[Page, ...]:
    """All pairs of a folder, compared once for all tests."""
    return tuple(_page(place) for place in sorted(folder.iterdir()) if place.is_dir())


def _page(place: Path) -> Page:
    old, new = (read_file(next(place.glob(f"{side}.*"))) for side in ("old", "new"))
    comparison = compare_captures(old, new, ExtractRules()).comparison
    return Page(place.name, tomllib.loads((place / "expected.toml").read_text("utf-8")), comparison)


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


def _whole(hits: list[Change], wanted: dict[str, Any]) -> bool:
    """True when the expected words of both sides stand in what is told, a row that went and one that came included."""
    old, new = (_folded(wanted.get(side)) for side in ("before", "after"))
    return any(old in _folded(hit.before) for hit in hits) and any(new in _folded(hit.after) for hit in hits)


def _entitled(change: Change, wanted: dict[str, Any]) -> bool:
    """True when the title says every expected word, in one of its forms."""
    title = change.summary.casefold()
    return all(any(form.casefold() in title for form in word.split("|")) for word in wanted["title"])


def _backed(change: Change, wanted: dict[str, Any]) -> bool:
    """True when a typed fact of the change holds the expected values."""
    kind, before, after = wanted["fact"]
    return any(
        fact.type == kind and _folded(before) in _folded(fact.before) and _folded(after) in _folded(fact.after)
        for fact in change.facts
    )


def _answers(hits: list[Change], wanted: dict[str, Any]) -> dict[str, bool]:
    """What is asked of one expected change, and whether it is answered well by one that shows it."""
    topics = {wanted["topic"], *wanted["topics"]}
    answers = {
        "found": bool(hits),
        "lead": any(change.topics[0] in topics for change in hits),
        "topic": any(topics & set(change.topics) for change in hits),
        "severity": any(change.severity == wanted["severity"] for change in hits),
        "direction": any(change.direction == wanted["direction"] for change in hits),
        "evidence": _whole(hits, wanted),
    }
    if "title" in wanted:
        answers["title"] = any(_entitled(change, wanted) for change in hits)
    if "fact" in wanted:
        answers["fact"] = any(_backed(change, wanted) for change in hits)
    return answers


def _says(change: Change) -> str:
    facts = [(str(fact.type), fact.before, fact.after) for fact in change.facts]
    return f"{[str(t) for t in change.topics]} {change.severity} {change.direction} {change.summary!r} {facts}"


def measure(folder: Path = PAGES) -> tuple[Counter[str], Counter[str], list[str]]:
    """What is asked and what is answered well, over all pages of a folder; and every miss in words."""
    asked: Counter[str] = Counter()
    good: Counter[str] = Counter()
    misses: list[str] = []
    for page in _pages(folder):
        right = page.comparison.verdict == page.expected["verdict"]
        asked["verdict"] += 1
        good["verdict"] += right
        misses += [] if right else [f"{page.name} verdict: {page.comparison.verdict}"]
        shown: list[Change] = []
        for wanted in page.expected.get("change", []):
            hits = [change for change in page.told if _shows(change, wanted)]
            shown += hits
            answers = _answers(hits, wanted)
            asked.update(answers.keys())
            good.update(name for name, answered in answers.items() if answered)
            wrong = [name for name, answered in answers.items() if not answered]
            if wrong:
                misses.append(f"{page.name} {wrong}: {wanted['lawyer']} TOLD {[_says(change) for change in hits]}")
        neutral = page.expected.get("neutral", ())
        false = [change for change in page.told if change not in shown and change.before not in neutral]
        good["false"] += len(false)
        misses += [f"{page.name} false: {_says(change)} {change.before!r} -> {change.after!r}" for change in false]
    return asked, good, misses


@pytest.mark.parametrize(("folder", "each", "quiet"), [(PAGES, 5, 3), (UNREAD, 2, 0)], ids=["fresh", "unread"])
def test_the_fresh_pages_are_all_there(folder: Path, each: int, quiet: int) -> None:
    """Equally many pairs of each of six families in four languages, some of them quiet."""
    expected = [page.expected for page in _pages(folder)]
    families = Counter(one["family"] for one in expected)
    assert (len(families), set(families.values())) == (6, {each})
    assert {one["language"] for one in expected} == {"nl", "en", "de", "fr"}
    assert sum(one["verdict"] == Verdict.EDITORIAL for one in expected) == quiet


@pytest.mark.parametrize("folder", [PAGES, UNREAD], ids=["fresh", "unread"])
def test_figures_of_the_fresh_pages_stay_above_their_floors(folder: Path) -> None:
    """Verdict, topics, severity, direction, evidence, titles and facts hold what they reached; no more is false."""
    asked, good, misses = measure(folder)
    floors = FLOORS[folder.name]
    counts = [f"{name}: {good[name]} of {asked[name]}" for name in asked]
    report = "\n".join(counts + misses if folder == PAGES else counts)
    assert {name: good[name] for name, floor in floors.items() if good[name] < floor} == {}, report
    assert good["false"] <= MOST_FALSE[folder.name], report
