"""All that is labelled, compared once for every test that asks about it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from made_once import made_once

from bench.quality import measure_all
from bench.scoring import Tally


@pytest.fixture(scope="session")
def tallies(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tally]:
    """What was counted, by corpus and by half."""

    def measure(place: Path) -> None:
        measured = {name: (one.counts, one.misses, one.millis) for name, one in measure_all(corpus).items()}
        (place / "tallies.json").write_text(json.dumps(measured), encoding="utf-8")

    read = json.loads((made_once(tmp_path_factory, "tallies", measure) / "tallies.json").read_text(encoding="utf-8"))
    return {name: Tally(Counter(counts), misses, millis) for name, (counts, misses, millis) in read.items()}
