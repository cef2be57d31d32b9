"""`reextract`: kept pages read anew by the rules of today, shown or recorded, never told to anybody."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
TEAM = '[[subscriber]]\nname = "team"\nto = ["console:"]\nmin_severity = "info"\n'


def page(months: int) -> str:
    """A policy of our own with a box that one may want to leave out."""
    return (
        "<!doctype html><html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2>"
        f"<p>We keep your personal data for {months} months after the end of the contract, then we delete it.</p>"
        f"<h2>Your rights</h2><p>You have the right of access to your personal data. {MORE}</p>"
        '<div class="office"><p>We share your e-mail address with Northwind Mail in Norway.</p></div></main></html>'
    )


def source(name: str, url: str, rules: str = "") -> str:
    """One table of the configuration."""
    return (
        f'[[source]]\nid = "acme/{name}"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{url}/{name}"\n'
        f'language = "en"\n{rules}\n'
    )


@pytest.fixture
def two(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> Callable[[str], None]:
    """Two sources with a version each; returns what gives both other rules."""
    for name in ("one", "two"):
        site.put(f"/{name}", page(12 if name == "one" else 24))

    def rules(line: str) -> None:
        configure(source("one", site.url, line) + source("two", site.url, line) + TEAM)

    rules("")
    assert run("check").code == 0
    return rules


def lines(done: Any) -> list[dict[str, Any]]:
    """The JSON Lines of a call."""
    return [json.loads(line) for line in done.out.splitlines()]


def _dump(place: Path) -> list[tuple[object, ...]]:
    """Every row of every table; what is virtual lies in tables of its own."""
    with closing(sqlite3.connect(place)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")
        return [row for (name,) in names.fetchall() for row in connection.execute(f"SELECT * FROM {name}")]


def test_a_dry_run_shows_the_difference_and_writes_nothing(
    two: Callable[[str], None], run: Callable[..., Any], tmp_path: Path
) -> None:
    """Changed rules: the text that would go is named, and no byte of the store is another."""
    two('remove = [".office"]')
    before = _dump(tmp_path / "history.db")
    done = run("reextract", "acme/one", "--dry-run")
    assert (done.code, "acme/one@1: would become version 2" in done.out, "Northwind" in done.out) == (0, True, True)
    (line,) = lines(run("reextract", "acme/one", "--dry-run", "--json"))
    assert (line["reading"], line["version"], line["made"]) == ("differs", 1, None)
    assert line["words"][0] > line["words"][1]
    assert any("Northwind" in (change["before"] or "") for change in line["changes"])
    assert _dump(tmp_path / "history.db") == before


def test_what_differs_becomes_a_version_that_nobody_is_told_of(
    two: Callable[[str], None], run: Callable[..., Any], site: Any
) -> None:
    """Both sources are re-extracted once, a second call has nothing to do, and the ledger tells of no check."""
    two('remove = [".office"]')
    ledger = json.loads(run("status", "acme/one", "--json").out)
    hits = dict(site.hits)
    first = lines(run("reextract", "--json"))
    assert [(line["source"], line["reading"], line["made"]) for line in first] == [
        ("acme/one", "differs", 2),
        ("acme/two", "differs", 2),
    ]
    again = run("reextract")
    assert (again.code, again.out) == (0, "")
    assert "2 read by the rules of today already" in again.err
    causes = [each["cause"] for each in json.loads(run("history", "acme/one", "--json").out)]
    assert causes == ["first", "re-extracted"]
    after = json.loads(run("status", "acme/one", "--json").out)
    assert after["sources"][0]["version"] == 2
    assert {**after, "sources": [{**after["sources"][0], "version": 1}]} == ledger
    assert (json.loads(run("deliveries", "list", "--json").out), dict(site.hits)) == ([], hits)
    assert run("verify").code == 0


def test_the_next_change_is_compared_with_what_was_read_anew(
    two: Callable[[str], None], run: Callable[..., Any], site: Any
) -> None:
    """The vendor's number is told, the box that our rules leave out is not."""
    two('remove = [".office"]')
    assert run("reextract", "acme/one").code == 0
    site.put("/one", page(36))
    done = run("check", "acme/one", "--json")
    (line,) = lines(done)
    assert (line["version"], line["alerts"], len(line["changes"])) == (3, 1, 1)
    assert "36 months" in line["changes"][0]["after"]


def test_a_page_that_cannot_be_read_is_named_and_passed_over(
    two: Callable[[str], None], run: Callable[..., Any], site: Any, configure: Callable[..., Path]
) -> None:
    """A selector that the page of then has not: exit 3, its version stays, and the other source is done."""
    configure(source("one", site.url, 'select = ["#nowhere"]') + source("two", site.url, 'remove = [".office"]'))
    done = run("reextract")
    assert (done.code, "acme/two@1: became version 2" in done.out) == (3, True)
    assert "acme/one@1: unreadable: select: nothing on the page matches '#nowhere'" in done.err
    assert len(json.loads(run("history", "acme/one", "--json").out)) == 1
    configure(source("one", site.url, 'remove = ["main"]') + source("two", site.url, 'remove = [".office"]'))
    assert run("reextract", "acme/one").code == 3, "rules that leave nothing of a page make no empty version"


def test_equal_text_and_no_version_are_no_fault(
    two: Callable[[str], None], run: Callable[..., Any], site: Any, configure: Callable[..., Path]
) -> None:
    """Other rules that read the same text make no version; a source that was never had is counted; ids are checked."""
    configure(source("one", site.url, 'remove = [".nothing"]') + source("new", site.url))
    done = run("reextract", "--json")
    assert (done.code, [line["reading"] for line in lines(done)]) == (0, ["same", "no-version"])
    done = run("reextract", "acme/on", "acme/neww")
    assert (done.code, done.err.count("did you mean")) == (2, 2)


def test_a_repeated_call_does_the_rest(two: Callable[[str], None], run: Callable[..., Any], tmp_path: Path) -> None:
    """What a stopped call has done is durable and not done again; a raw page that is not kept is named."""
    two('remove = [".office"]')
    assert run("reextract", "acme/two").code == 0
    readings = [line["reading"] for line in lines(run("reextract", "--dry-run", "--json"))]
    assert readings == ["differs", "current"]
    with sqlite3.connect(tmp_path / "history.db") as broken:
        broken.execute("DELETE FROM captures WHERE source_id = 'acme/one'")
    done = run("reextract", "--json")
    (first, second) = lines(done)
    assert (done.code, first["reading"], second["reading"]) == (3, "unreadable", "current")
    assert first["problem"]
