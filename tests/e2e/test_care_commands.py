"""backup, restore and doctor, as the user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


@pytest.fixture
def history(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """One version of one source."""
    site.put("/p", f"<html lang=en><main><h1>Privacy policy</h1><h2>Data</h2><p>{MORE}</p></main></html>")
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n')
    assert run("check").code == 0


@pytest.mark.usefixtures("history")
def test_a_backup_comes_back(run: Callable[..., Any], tmp_path: Path) -> None:
    """The choice about waiting alerts must be made; what was there is told and kept."""
    copy = tmp_path / "copy.db"
    made = json.loads(run("backup", str(copy), "--json").out)
    assert (made["file"], made["bytes"] > 0, len(made["head"])) == (str(copy), True, 64)
    assert run("backup", str(copy)).code == 2
    assert "--hold" in run("restore", str(copy)).err
    done = run("restore", str(copy), "--hold")
    assert done.code == 0
    assert made["head"] in done.out
    assert ".before-" in done.err
    assert run("verify", "--head", made["head"]).code == 0
    assert json.loads(run("restore", str(copy), "--send", "--json").out)["head"] == made["head"]


@pytest.mark.usefixtures("history")
def test_the_doctor_looks_at_everything(run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Exit 0 without a fault; all faults of a configuration are findings, and the rest is looked at all the same."""
    well = run("doctor")
    assert well.code == 0, well.out
    assert "1 sources" not in well.out
    configure('[[source]]\nid = "A"\nvendor = ""\n')
    ill = run("doctor", "--json")
    assert ill.code == 1
    found = json.loads(ill.out)
    assert sum(one["name"] == "configuration" and one["grade"] == "fault" for one in found) >= 3
    assert any(one["name"] == "sqlite" for one in found)


@pytest.mark.usefixtures("history")
def test_a_source_is_forgotten(run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Only when it is watched no more, and on request; what is left verifies by the head of before."""
    head = json.loads(run("verify", "--json").out)["head"]
    assert "still watched" in run("forget", "acme/privacy", "--yes").err
    configure('[[source]]\nid = "b/c"\nvendor = "B"\ndocument = "dpa"\nurl = "https://b.example/dpa"\n')
    assert run("forget", "nobody/here", "--yes").code == 2
    asked = run("forget", "acme/privacy")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    done = json.loads(run("forget", "acme/privacy", "--yes", "--reason", "contract ended", "--json").out)
    assert (done["versions"], done["records"]) == (1, 2)
    assert json.loads(run("history", "--json").out) == []
    assert run("verify", "--head", head).code == 0


def test_nothing_is_forgotten_where_there_is_no_store(
    run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path
) -> None:
    """Nor is a store made by it, which the next `status` would take for a history."""
    configure('[[source]]\nid = "b/c"\nvendor = "B"\ndocument = "dpa"\nurl = "https://b.example/dpa"\n')
    told = run("--store", str(tmp_path / "none.db"), "forget", "acme/privacy", "--yes")
    assert (told.code, "there is no store yet" in told.err) == (2, True)
    assert not (tmp_path / "none.db").exists()
