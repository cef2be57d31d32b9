"""Five Dutch vendors, four versions each, served over loopback and checked by the installed command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from watcher.extractor.text import normalise

VENDORS = ("alterdesk", "omnidesk", "topdesk", "deskhero", "computron")
Json = dict[str, Any]


def squeezed(text: str | None) -> str:
    """Text as quotes are compared: normalised, cell and list signs gone, white space folded."""
    return " ".join(re.sub(r"[|•·]", " ", normalise(text or "")).split())


def labels(corpus: Path, vendor: str, step: int) -> Json:
    """What is known to differ between a version and the one before."""
    found: Json = json.loads((corpus / "vendors" / vendor / f"changes-v{step}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def told(
    corpus: Path, site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> tuple[list[Json], list[Json], list[tuple[str, str]]]:
    """Versions and comparisons after all four rounds, and who got which mail."""
    body = "".join(
        f'[[source]]\nid = "{vendor}/privacy"\nvendor = "{vendor}"\ndocument = "privacy-policy"\n'
        f'url = "{site.url}/{vendor}"\n'
        for vendor in VENDORS
    )
    body += '[[subscriber]]\nname = "everything"\nto = ["mailto:all@example.org"]\n'
    body += '[[subscriber]]\nname = "lists"\nto = ["mailto:lists@example.org"]\ntopics = ["subprocessors"]\n'
    configure(body, mail_port=post.port)
    for number in (1, 2, 3, 4):
        for vendor in VENDORS:
            site.put(f"/{vendor}", (corpus / "vendors" / vendor / f"page-v{number}.html").read_bytes())
        done = run("check", "--force")
        assert done.code == 0, done.err
    versions = json.loads(run("history", "--json").out)
    comparisons = []
    for version in versions:
        if version["cause"] == "changed":
            number = version["version"]
            comparison = json.loads(run("diff", version["source"], str(number - 1), str(number), "--json").out)
            comparisons.append(comparison | {"source": version["source"]})
    letters = [(recipient, str(message["Subject"])) for recipient, message in post.letters]
    return versions, comparisons, letters


def test_each_step_is_judged_and_told_as_labelled(
    corpus: Path, told: tuple[list[Json], list[Json], list[tuple[str, str]]]
) -> None:
    """15 of 15 verdicts, 48 of 48 changes with their topic, exact recipients and dates, one mail per material step."""
    versions, comparisons, letters = told
    by_source = {vendor: [each for each in comparisons if each["source"] == f"{vendor}/privacy"] for vendor in VENDORS}
    changes_found = 0
    expected_mails = {"all@example.org": 0, "lists@example.org": 0}
    for vendor in VENDORS:
        steps = [labels(corpus, vendor, step) for step in (2, 3, 4)]
        real = [step for step in steps if step["kind"] != "noise"]
        assert [each["verdict"] for each in by_source[vendor]] == [step["kind"] for step in real], vendor
        for step, comparison in zip(real, by_source[vendor], strict=True):
            changes_found += _check_step(step, comparison)
            expected_mails["all@example.org"] += step["kind"] == "material"
            about_lists = any("subprocessors" in change["topics"] for change in comparison["changes"])
            assert about_lists or not any(change["topic"] == "subprocessors" for change in step["changes"])
            expected_mails["lists@example.org"] += about_lists and comparison["verdict"] == "material"
    assert changes_found == 48
    assert len(versions) == 5 + 14
    assert {who: sum(to == who for to, _ in letters) for who in expected_mails} == expected_mails


def _check_step(step: Json, comparison: Json) -> int:
    for change in step["changes"]:
        assert any(_tells(found, change) for found in comparison["changes"]), (step["id"], change)
    for side in ("added", "removed"):
        names = sorted(recipient["name"] for recipient in comparison["subprocessors"][side])
        assert names == sorted(step["subprocessors"][side]), (step["id"], side)
    for side, day in (("old", "before"), ("new", "after")):
        stated = comparison[side]["effective_date"] or comparison[side]["last_updated"]
        assert stated == step["effective_date"][day], (step["id"], side)
    return len(step["changes"])


def _tells(found: Json, label: Json) -> bool:
    return label["topic"] in found["topics"] and all(
        squeezed(label[side]) in squeezed(found[side]) for side in ("before", "after") if label[side]
    )
