"""Questions over all vendors, as the user asks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def page(*rows: str) -> str:
    """A list of sub-processors of our own."""
    table = "".join(f"<tr><td>{name}</td><td>Hosting</td><td>Germany</td></tr>" for name in rows)
    return (
        "<!doctype html><html lang=en><title>Sub-processors</title><main><h1>Sub-processors</h1>"
        f"<p>We use these sub-processors. {MORE}</p><table><tr><th>Name</th><th>Purpose</th><th>Location</th></tr>"
        f"{table}</table><h2>Retention</h2><p>We keep account data for 24 months.</p></main></html>"
    )


@pytest.fixture
def history(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Two vendors of which one takes a new sub-processor on and lets another go; a third was never had."""
    one = '[[source]]\nid = "{0}/subprocessors"\nvendor = "{1}"\ndocument = "subprocessors"\nurl = "{2}/{0}"\n'
    configure("".join(one.format(name.lower(), name, site.url) for name in ("Acme", "Bolt", "Crux")))
    for rows in (("Initech GmbH", "Hooli Inc."), ("Initech GmbH", "Globex B.V.")):
        site.put("/acme", page(*rows))
        site.put("/bolt", page("Initech"))
        run("check", "--force")


@pytest.mark.usefixtures("history")
def test_who_uses_a_company(run: Callable[..., Any]) -> None:
    """In any spelling, since when, in which role and place; gone ones on request; a table for a spreadsheet."""
    told = run("recipients", "initech ltd").out
    assert told.count("Initech") == 2
    assert all(part in told for part in ("Acme", "Bolt", "before 20", "today", "Germany", "Hosting"))
    assert run("recipients", "Hooli").err.strip() == "nobody names it"
    (gone,) = json.loads(run("recipients", "Hooli", "--all", "--json").out)
    assert (gone["vendor"], gone["first_version"], gone["last_version"]) == ("Acme", 1, 1)
    assert gone["gone"] >= gone["since"]  # told in whole seconds
    (new,) = json.loads(run("recipients", "globex", "--json").out)
    assert (new["not_before"] is not None, new["gone"]) == (True, None)
    assert run("recipients", "--vendor", "bolt", "--format", "csv").out.count("\n") == 2


@pytest.mark.usefixtures("history")
def test_vendors_side_by_side(run: Callable[..., Any]) -> None:
    """What is stated, what is not, and who was never read; on the terminal, as CSV, HTML and JSON."""
    told = run("matrix").out
    assert all(part in told for part in ("Initech GmbH (Germany)", "24 months", "no version yet"))
    assert run("matrix", "--format", "csv", "--type", "retention").out.splitlines()[0] == "vendor,retention"
    shown = run("matrix", "--format", "html").out
    assert "<script" not in shown
    assert "words it was read from" in shown
    assert json.loads(run("matrix", "--json", "--vendor", "acme").out)["vendors"][0]["vendor"] == "Acme"
    assert "Initech" not in run("matrix", "--at", "2020-01-01").out


@pytest.mark.usefixtures("history")
def test_facts_of_all_sources(run: Callable[..., Any]) -> None:
    """By type and vendor; wrong use is told."""
    found = json.loads(run("facts", "--all", "--type", "retention", "--json").out)
    assert {(one["vendor"], one["period"]) for one in found} == {("Acme", "P24M"), ("Bolt", "P24M")}
    table = run("facts", "--all", "--type", "retention", "--format", "csv").out
    assert table.count("24 months") >= 2
    assert run("facts", "--all", "--type", "retention", "--csv").out == table  # the name of before
    assert "24 months" in run("facts", "--all", "--vendor", "bolt").out
    to_come = (datetime.now(UTC) + timedelta(days=2)).date()
    late = run("matrix", "--at", str(to_come))
    assert (late.code, f"{to_come} is still to come" in late.err) == (2, True)
    for wrong in ("", "x.html --all", "x.html --format csv", "--all --vendor nobody", "--all --at soon"):
        assert run("facts", *wrong.split()).code == 2, wrong
