"""Policies of firms, practices and clubs: how long they keep data, and how long before a change they tell it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bench.facts import Score, samples
from storage.model import FactType

_TERMS = Path(__file__).with_name("fact_terms")
_TYPES = (FactType.RETENTION, FactType.NOTICE_PERIOD)
LANGUAGES = ("de", "en", "fr", "nl")
# What the passages that nobody looks at had when they were written down.
LEAST_RECALL = 0.85
LEAST_PRECISION = 0.90


@cache
def _scores(*, held: bool) -> dict[tuple[str, FactType], Score]:
    """The passages of all languages, read once."""
    return samples(_TERMS, held=held)


def _total(language: str, *, held: bool) -> Score:
    """The scores of one language's passages for both types together."""
    total = Score()
    for (code, kind), score in _scores(held=held).items():
        if code == language and kind in _TYPES:
            total.add(score)
    return total


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_of_the_seen_passages_are_read_without_a_miss(language: str) -> None:
    """Every period of keeping and of notice is told with what it is about; answers, prices and ages are none."""
    score = _total(language, held=False)
    assert score.misses == []
    assert score.labelled > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_of_the_held_passages_stay_read(language: str) -> None:
    """The other half is read nearly as well, and hardly anything is told that it does not say."""
    score = _total(language, held=True)
    assert score.labelled > 40
    assert score.recall >= LEAST_RECALL
    assert score.precision >= LEAST_PRECISION
