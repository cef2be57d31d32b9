"""export and verify, as the user calls them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


@pytest.fixture
def history(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Three versions of one source."""
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n')
    for months in (12, 24, 36):
        text = f"<h1>Privacy policy</h1><h2>Data</h2><p>=We keep account data for {months} months.</p><p>{MORE}</p>"
        site.put("/p", f"<html lang=en><title>P</title><main>{text}</main></html>")
        assert run("check", "--force").code == 0


@pytest.mark.usefixtures("history")
def test_the_evidence_in_one_file(run: Callable[..., Any], tmp_path: Path) -> None:
    """It verifies where there is no store; a head is printed and looked for; wrong use is told."""
    bundle = tmp_path / "evidence.zip"
    done = run("export", "acme/privacy@2..3", "--bundle", str(bundle))
    assert (done.code, "versions 2 to 3 of acme/privacy" in done.err) == (0, True)
    head = json.loads(run("verify", "--json").out)["head"]
    told = run("--store", str(tmp_path / "none.db"), "verify", str(bundle), "--head", head)
    assert (told.code, head in told.out) == (0, True)
    assert run("verify", str(bundle), "--head", "0" * 64).code == 1
    assert run("export", "acme/privacy", "--bundle", str(bundle)).code == 2
    for wrong in ("--bundle x.zip", "acme/privacy@3..2 --bundle x.zip", "acme/privacy@9 --bundle x.zip", "nobody/x"):
        assert run("export", *wrong.split()).code == 2, wrong
    assert run("verify", str(tmp_path / "none.zip")).code == 2
    assert "--bundle" in run("export", "acme/privacy@2").err


@pytest.mark.usefixtures("history")
def test_a_slip_in_a_head_is_no_alarm(run: Callable[..., Any]) -> None:
    """Half a head is wrong usage; white space and capitals around a whole one are nothing."""
    head = json.loads(run("verify", "--json").out)["head"]
    assert (run("verify", "--head", head[:8]).code, run("verify", "--head", "z" * 64).code) == (2, 2)
    assert run("verify", "--head", f" {head.upper()} ").code == 0


@pytest.mark.usefixtures("history")
def test_days_take_in_all_that_stood_on_them(run: Callable[..., Any], tmp_path: Path) -> None:
    """Three versions of one day are the evidence of that day, not only the one at its end."""
    day = json.loads(run("history", "acme/privacy", "--json").out)[0]["first_seen"][:10]
    done = run("export", f"acme/privacy@{day}..{day}", "--bundle", str(tmp_path / "day.zip"))
    assert (done.code, "versions 1 to 3" in done.err) == (0, True), done.err
    assert "versions 2 to 3" in run("export", "acme/privacy@2..", "--bundle", str(tmp_path / "two.zip")).err


@pytest.mark.usefixtures("history")
def test_the_history_as_tables(run: Callable[..., Any]) -> None:
    """Each table as JSON and as CSV without formulas; changes with concepts of the Data Privacy Vocabulary."""
    for what, count in (("versions", 3), ("changes", 2), ("facts", 3), ("checks", 2)):
        rows = json.loads(run("export", "--what", what).out)
        table = list(csv.DictReader(io.StringIO(run("export", "--what", what, "--format", "csv").out)))
        assert len(rows) == len(table)
        assert len(rows) >= count, what
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row.values())
    changes = json.loads(run("export", "acme/privacy", "--format", "jsonld").out)
    assert changes["@context"]["dpv"] == "https://w3id.org/dpv#"
    assert "https://w3id.org/dpv#StorageDuration" in changes["@graph"][0]["concepts"]
