"""Longer passages for typed facts, written and labelled apart from the rules: half of them nobody looks at."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from bench.facts import FRESH, PAGES
from storage.model import FactType

LANGUAGES = ("de", "en", "fr", "nl")


def _passages(language: str, part: str) -> list[dict[str, Any]]:
    """The passages of one file."""
    passages: list[dict[str, Any]] = tomllib.loads((FRESH / f"{language}_{part}.toml").read_text("utf-8"))["passage"]
    return passages


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_the_passages_is_unread(language: str) -> None:
    """Each language has thirty passages or more, every one named once; the unread half is marked as such."""
    seen, unread = _passages(language, "seen"), _passages(language, "unread")
    assert len(seen) + len(unread) >= 30
    assert abs(len(seen) - len(unread)) <= 1
    assert len({one["id"] for one in seen + unread}) == len(seen + unread)
    assert all(one.get("held") for one in unread)
    assert not any(one.get("held") for one in seen)


@pytest.mark.parametrize("part", ["seen", "unread"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_halves_ask_for_every_type(language: str, part: str) -> None:
    """All twelve types of facts are labelled in each half, on passages of forty words or more."""
    passages = _passages(language, part)
    assert [kind for kind in FactType if not any(str(kind) in one for one in passages)] == []
    lengths = [len(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", one.get("text") or one["html"]))) for one in passages]
    assert min(lengths) >= 40


@pytest.mark.parametrize(("part", "count"), [("seen", 2), ("unread", 3)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_most_pages_of_facts_are_not_to_be_looked_at(language: str, part: str, count: int) -> None:
    """Each language has five whole short pages; three of them are held out."""
    pages = tomllib.loads((PAGES / f"{language}_{part}.toml").read_text("utf-8"))["passage"]
    assert [bool(one.get("held")) for one in pages] == [part == "unread"] * count
