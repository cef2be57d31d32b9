"""All that is labelled, compared once for every test that asks about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.quality import measure_all
from bench.scoring import Tally


@pytest.fixture(scope="session")
def tallies(corpus: Path) -> dict[str, Tally]:
    """What was counted, by corpus and by half."""
    return measure_all(corpus)
