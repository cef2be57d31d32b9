"""People say what they do about a change, from the command line: list, ack, assign, note, export."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.connect import open_store

S = "acme/subprocessors"
MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
KEEP = "We keep the logs of our sub-processors for {} months after the end of the contract with you."


def page(months: int, *names: str, more: str = "") -> str:
    """A list of sub-processors of our own, with a clause on retention."""
    rows = "".join(f"<tr><td>{name}</td><td>Hosting</td><td>Germany</td></tr>" for name in names)
    return (
        f"<html lang=en><title>List</title><main><h1>Sub-processors</h1><p>{MORE}</p><table><tr><th>Name</th>"
        f"<th>Purpose</th><th>Location</th></tr>{rows}</table><h2>Keeping</h2><p>{KEEP.format(months)}</p>{more}</main>"
    )


@pytest.fixture
def changed(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> Callable[[str], None]:
    """A source whose second version has two changes; returns how the page changes again."""
    configure(
        f'[[source]]\nid = "{S}"\nvendor = "Acme"\ndocument = "subprocessors"\nurl = "{site.url}/s"\n'
        'language = "en"\nobjection = "14d"\n'
    )

    def change(text: str) -> None:
        site.put("/s", text)
        assert run("check", "--force").code == 0

    change(page(6, "Initech GmbH"))
    change(page(12, "Initech GmbH", "Hooli B.V."))
    return change


def listed(run: Callable[..., Any], *words: str) -> dict[str, Any]:
    """The reviews that a list prints, by the name of their change."""
    return {one["id"]: one for one in json.loads(run("review", "list", "--json", *words).out)}


def test_from_open_to_objected(run: Callable[..., Any], changed: Callable[[str], None], tmp_path: Path) -> None:
    """Assigned, noted, objected in time; then it is no longer open, and the history is sound."""
    assert list(listed(run)) == [f"{S}@2#0", f"{S}@2#1"]
    assert [one["id"] for one in json.loads(run("log", "--json").out)] == [f"{S}@2#0", f"{S}@2#1"]
    assert run("review", "assign", f"{S}@2#0", "--to", "Bob", "--by", "Ada").out == (
        f"{S}@2#0: assigned to Bob (by Ada)\n"
    )
    assert list(listed(run, "--assignee", "bob")) == [f"{S}@2#0"]
    assert run("review", "note", f"{S}@2#0", "Ask\nlegal", "--by", "Ada").code == 0
    said = run("review", "ack", f"{S}@2", "--state", "objected", "--note", "letter sent", "--by", "Bob")
    assert (said.code, "objected in time" in said.out, "14 days left" in said.out) == (0, True, True)
    assert listed(run) == {}
    one = listed(run, "--state", "objected")[f"{S}@2#0"]
    assert (one["assignee"], one["in_time"], one["overdue"]) == ("Bob", True, False)
    assert [(event["who"], event["note"]) for event in one["events"]] == [
        ("Ada", None),
        ("Ada", "Ask\nlegal"),
        ("Bob", "letter sent"),
    ]
    told = run("review", "list", "--state", "all").out
    assert all(words in told for words in ("in time", "Ask legal (Ada", "note: letter sent (Bob"))
    assert run("verify").out.startswith("sound")
    assert run("export", S, "--bundle", "evidence.zip").code == 0
    assert run("verify", "evidence.zip").out.startswith("sound")
    with zipfile.ZipFile(tmp_path / "evidence.zip") as bundle:  # made for others: their lawyers read no note of ours
        assert not [name for name in bundle.namelist() if b"letter sent" in bundle.read(name) or "review" in name]


def test_a_note_goes_on_with_its_clause(run: Callable[..., Any], changed: Callable[[str], None]) -> None:
    """Shown with later versions while the wording stands, with the change that ends it, and no longer after it."""
    (retention,) = (one["id"] for one in listed(run).values() if one["topic"] == "retention")
    assert run("review", "note", retention, "Covered by our addendum", "--by", "Ada").code == 0
    ai = "<h2>AI</h2><p>We use your personal data to train artificial intelligence models of our own.</p>"
    changed(page(12, "Initech GmbH", "Hooli B.V.", more=ai))
    assert "Covered by our addendum (Ada" in run("show", S).out
    assert json.loads(run("show", S, "--json").out)["notes"][0]["clause"] == KEEP.format(12)
    assert json.loads(run("show", f"{S}@1", "--json").out)["notes"] == []
    assert json.loads(run("diff", S, "--json").out)["notes"] == []
    changed(page(24, "Initech GmbH", "Hooli B.V.", more=ai))
    assert "Covered by our addendum" not in run("show", S).out
    assert "Covered by our addendum (Ada" in run("diff", S).out
    ended = listed(run)[f"{S}@4#0"]
    assert (ended["state"], [one["id"] for one in ended["earlier_notes"]]) == ("open", [retention])
    assert f"on the same words, {retention}: Covered" in run("review", "list").out


def test_reviews_are_exported_and_stay_text(run: Callable[..., Any], changed: Callable[[str], None]) -> None:
    """One row a change or one row an event, no cell a formula; JSON has both; nothing steers a terminal."""
    assert run("review", "ack", f"{S}@2#0", "--note", "=HYPERLINK(1)", "--by", "=Ada").code == 0
    rows = list(csv.DictReader(io.StringIO(run("review", "export", S, "--format", "csv").out)))
    assert [(row["id"], row["state"]) for row in rows] == [(f"{S}@2#0", "acknowledged"), (f"{S}@2#1", "open")]
    assert rows[0]["notes"].startswith("'=HYPERLINK(1) (=Ada")
    (row,) = csv.DictReader(io.StringIO(run("review", "export", "--what", "events", "--format", "csv").out))
    assert (row["who"], row["note"], row["state"]) == ("'=Ada", "'=HYPERLINK(1)", "acknowledged")
    told = json.loads(run("review", "export").out)
    assert [one["state"] for one in told] == ["acknowledged", "open"]
    assert json.loads(run("review", "export", "--what", "events").out) == told[0]["events"]
    assert json.loads(run("review", "export", "--state", "accepted").out) == []
    evil = "\x1b[31mred\u202e"  # no control or direction character of a note or a name reaches the terminal
    outputs = [run("review", "ack", f"{S}@2#0", "--note", evil, "--by", evil)]
    outputs += [run(*words) for words in (("review", "list", "--state", "all"), ("show", S), ("diff", S))]
    outputs.append(run("review", "export"))
    assert [(ran.code, "red" in ran.out, {"\x1b", "\u202e"} & set(ran.out)) for ran in outputs] == [
        (0, True, set())
    ] * 5


WRONG = (
    (("ack",), "Missing argument"),
    (("ack", S), "name the version too"),
    (("ack", f"{S}@1"), "no recorded change"),
    (("ack", f"{S}@7"), "no version 7"),
    (("ack", f"{S}@2#0", f"{S}@2#7"), 'no change "7"'),
    (("ack", "acme/subprocesors@2"), "did you mean"),
    (("ack", f"{S}@2", "--state", "done"), "'done' is not one of"),
    (("ack", f"{S}@2", "--by", " "), "who says so is empty"),
    (("note", f"{S}@2#0", "  "), "the note is empty"),
    (("assign", f"{S}@2"), "--to NAME, or --nobody"),
    (("assign", f"{S}@2", "--to", "Bob", "--nobody"), "--to NAME, or --nobody"),
    (("assign", f"{S}@2", "--to", " "), "the name of the assignee is empty"),
    (("list", "--vendor", "Acmee"), "did you mean"),
    (("list", "--since", "soon"), "neither a day nor an age"),
    (("export", "nobody/here"), "no source"),
)


def test_wrong_words_are_told_and_write_nothing(
    run: Callable[..., Any], changed: Callable[[str], None], tmp_path: Path
) -> None:
    """In one line, with exit code 2; while another run holds the store with 75, and reading goes on."""
    for words, said in WRONG:
        ran = run("review", *words)
        assert (ran.code, ran.out, said in ran.err) == (2, "", True), (words, ran)
    with closing(open_store(tmp_path / "history.db", write=True)):
        assert run("review", "ack", f"{S}@2").code == 75
        assert len(listed(run)) == 2
    assert json.loads(run("review", "export", "--what", "events").out) == []
    assert run("review", "ack", f"{S}@2").code == 0
    assert listed(run) == {}
    assert "no change matches" in run("review", "list").err
