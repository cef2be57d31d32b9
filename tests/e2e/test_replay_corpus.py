"""Recorded captures of four real pages, played through the pipeline by the command, without a selector."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

OUTCOMES = {
    "baseline": {"first"},
    "same": {"unchanged", "noise"},
    "editorial": {"editorial"},
    "material": {"material"},
    "blocked": {"blocked", "suspect"},
}


def test_every_capture_comes_to_what_a_reader_says_it_is(corpus: Path, run: Callable[..., Any]) -> None:
    """44 of 44: no false alarm, no missed change, each change with its main topic, no error page as a version."""
    index = corpus / "replay" / "index.json"
    wrong = []
    played = 0
    for page in json.loads(index.read_text(encoding="utf-8"))["pages"]:
        done = run("backfill", "--from", str(index), "--page", page["page"], "--json")
        assert done.code == 0, done.err
        lines = [json.loads(line) for line in done.out.splitlines()]
        assert [line["file"] for line in lines] == [capture["file"] for capture in page["captures"]]
        for capture, line in zip(page["captures"], lines, strict=True):
            played += 1
            fits = line["outcome"] in set().union(*(OUTCOMES[label] for label in capture["acceptable"]))
            named = capture["expected"] != "material" or capture["topics"][0] in line["topics"]
            made = (line["version"] is not None) == (line["outcome"] in {"first", "editorial", "material"})
            if not (fits and named and made):
                wrong.append((page["page"], capture["file"], capture["expected"], line))
    assert (played, wrong) == (44, [])
