"""Every command as its user meets it: right input, wrong input, exit codes, streams."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def page(months: int, extra: str = "") -> str:
    """A policy of our own."""
    return (
        "<!doctype html><html lang=en><title>Acme privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2>"
        f"<p>We keep your personal data for {months} months after the end of the contract, then we delete it.</p>"
        f"<h2>Your rights</h2><p>You have the right of access to your personal data. {MORE}</p>{extra}</main></html>"
    )


SOURCE = (
    '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{url}/p"\nlanguage = "en"\n'
)


@pytest.fixture
def history(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Two versions of one source, 12 and 36 months."""
    configure(SOURCE.format(url=site.url))
    for months in (12, 36):
        site.put("/p", page(months))
        done = run("check", "--force")
        assert done.code == 0, done.err


@pytest.mark.usefixtures("history")
def test_the_history_is_read_back(run: Callable[..., Any]) -> None:
    """history, show, diff, log, search, status: one JSON document each, by contract, on standard output alone."""
    versions = json.loads(run("history", "acme/privacy", "--json").out)
    assert [(each["version"], each["verdict"]) for each in versions] == [(1, None), (2, "material")]
    shown = json.loads(run("show", "acme/privacy@1", "--json").out)
    assert any("12 months" in block["text"] for block in shown["text"])
    assert any(fact["type"] == "retention" and fact["period"] == "P12M" for fact in shown["facts"])
    difference = json.loads(run("diff", "acme/privacy", "--json").out)
    parts = {"schema", "verdict", "language", "summary", "old", "new", "changes", "subprocessors", "notes"}
    assert set(difference) == parts
    (change,) = difference["changes"]
    assert (change["topic"], change["severity"], change["direction"]) == ("retention", "high", "worse")
    assert change["facts"] == [{**change["facts"][0], "type": "retention", "before": "P12M", "after": "P36M"}]
    (logged,) = json.loads(run("log", "--json").out)
    assert (logged["source"], logged["version"], logged["topic"]) == ("acme/privacy", 2, "retention")
    (hit, *_) = json.loads(run("search", "36 months", "--json").out)
    assert (hit["source"], hit["since_version"], hit["until_version"]) == ("acme/privacy", 2, None)
    (state,) = json.loads(run("status", "--json").out)["sources"]
    assert (state["outcome"], state["failures"], state["version"]) == ("changed", 0, 2)
    for words in (["history"], ["show", "acme/privacy"], ["diff", "acme/privacy"], ["log"], ["search", "months"]):
        done = run(*words)
        assert (done.code, bool(done.out), "\x1b" in done.out) == (0, True, False), words


INTERESTS = """\
[[topic]]
id = "periods"
terms = ["month"]
[[watch]]
id = "our-office"
terms = ["Utrecht$"]
severity = "high"
[[subscriber]]
name = "office"
to = ["console:"]
topics = ["our-office"]
"""


def test_own_topics_and_watches_go_all_the_way(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """A watched term that goes is told to who asked for it; log finds it by its id, and an unknown id is a mistake."""
    configure(SOURCE.format(url=site.url) + INTERESTS)
    for text in (page(12), page(12).replace("</main>", "<p>Our office stands in Utrecht.</p></main>")):
        site.put("/p", text)
        done = run("check", "--force")
        assert done.code == 0, done.err
    assert "Utrecht" in done.out
    (change,) = json.loads(run("log", "--topic", "our-office", "--json").out)
    assert (change["severity"], "watch.our-office" in change["rules"]) == ("high", True)
    assert change["topics"][-1] == "our-office"
    assert json.loads(run("log", "--topic", "periods", "--json").out) == []
    done = run("log", "--topic", "our-ofice")
    assert (done.code, "our-office" in done.err) == (2, True)


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    "words",
    ["history", "log", "status", "status acme/privacy", "show acme/privacy", "diff acme/privacy", "search personal"],
)
def test_no_line_ends_in_blanks(run: Callable[..., Any], words: str) -> None:
    """What is padded for the eye is cut where the line ends, so that nothing useless is piped or copied."""
    done = run(*words.split())
    assert [line for line in done.out.splitlines() if line != line.rstrip()] == []
    assert done.out.strip()


@pytest.mark.usefixtures("history")
def test_a_diff_in_every_form(run: Callable[..., Any]) -> None:
    """Words are marked in text, Markdown and HTML; --exit-code answers like git diff."""
    assert "[-12-]" in run("diff", "acme/privacy").out
    assert "**36**" in run("diff", "acme/privacy", "--format", "md").out
    html = run("diff", "acme/privacy", "--format", "html").out
    assert "<del>12</del>" in html
    assert "<script" not in html
    assert run("diff", "acme/privacy", "--exit-code").code == 1
    assert run("diff", "acme/privacy", "1", "1", "--exit-code").code == 0


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["history", "acme/privcy"], 'did you mean "acme/privacy"?'),
        (["show", "acme/privacy@9"], "no version 9; there are 1 to 2"),
        (["show", "acme/privacy@yesterday"], "neither a version number nor a day"),
        (["diff", "acme/privacy", "2020-01-01"], "nothing was seen by 2020-01-01"),
        (["log", "--since", "soon"], '"soon" is neither a day nor an age'),
        (["log", "--vendor", "Acne"], 'did you mean "Acme"?'),
        (["log", "--limit", "9" * 20], "is not in the range"),
        (["search", " "], "the query is empty"),
        (["check", "acme/terms"], "no source 'acme/terms'"),
        (["deliveries", "retry"], "--all"),
        (["deliveries", "show", "ffff"], "ffff"),
        (["subscribers", "test", "nobody"], "no subscriber 'nobody'"),
        (["compare", "a.html", "b.html"], "a.html: No such file or directory"),
        (["facts", "sources.toml", "--language", "english"], '"english" is not a language'),
        (["backfill", "--from", "nowhere"], "nowhere: does not exist"),
        (["frobnicate"], "No such command"),
        (["chekc"], "Did you mean 'check'?"),
        (["--config", "sorces.toml", "log"], "sorces.toml: no such file"),
        (["show", "acme/privacy@\u00b2"], "neither a version number nor a day"),
        (["init", "sources.toml"], "is there already"),
    ],
)
def test_wrong_input_is_told_on_one_line_with_exit_2(run: Callable[..., Any], words: list[str], said: str) -> None:
    """Place, value, remedy; nothing on standard output, no traceback."""
    done = run(*words)
    assert (done.code, done.out) == (2, ""), done.err
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "sources.toml"),
        ("", "no [[source]]"),
        ("[[source]\nid = 1", "sources.toml:1"),
        ('[[source]]\nid = "A b"\nevery = "5 mins"\nvendr = "x"\n', "did you mean"),
    ],
)
def test_a_faulty_configuration_stops_everything_before_a_page_is_asked_for(
    site: Any, run: Callable[..., Any], tmp_path: Path, text: str | None, said: str
) -> None:
    """Missing, empty, broken, misspelled: exit 2, every fault listed, nothing fetched, no store made."""
    if text is not None:
        (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    done = run("--config", "sources.toml", "--store", "history.db", "check")
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "history.db").exists()
    assert not site.hits


def test_files_that_are_no_policy_are_told_by_name(run: Callable[..., Any], tmp_path: Path) -> None:
    """Facts says what an empty file is; compare names the side that a selector does not fit."""
    (tmp_path / "empty.html").write_text("")
    (tmp_path / "good.html").write_text(page(12))
    (tmp_path / "other.html").write_text("<h1>Privacy policy</h1><p>We keep nothing.</p>")
    empty = run("facts", "empty.html")
    assert (empty.code, empty.out) == (0, "")
    assert "empty.html: this does not read like a policy (no text" in empty.err
    assert json.loads(run("facts", "empty.html", "--json").out)["facts"] == []
    done = run("compare", "good.html", "other.html", "--selector", "main")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("other.html: select: nothing on the page matches")


def test_all_faults_come_at_once(run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Three faults in one file are three lines, each with its own line number."""
    configure(
        '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy"\nurl = "ftp://x.example/"\n'
        'every = "5 mins"\n'
    )
    done = run("check")
    assert done.code == 2
    assert len([line for line in done.err.splitlines() if line.startswith("sources.toml:")]) == 3, done.err
    assert '"5 mins" is not a duration (write "5m" or "1d")' in done.err


def test_a_page_that_cannot_be_had_is_told_and_the_rest_is_done(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """Exit 3: one of two sources failed; status says which and why; the good one has its version."""
    configure(
        SOURCE.format(url=site.url)
        + SOURCE.format(url=site.url)
        .replace("privacy", "gone")
        .replace("/p", "/404")
        .replace('"gone-policy"', '"privacy-policy"')
    )
    site.put("/p", page(12))
    done = run("check")
    assert done.code == 3, done.err
    states = {state["source"]: state for state in json.loads(run("status", "--json").out)["sources"]}
    assert states["acme/privacy"]["outcome"] == "first"
    assert (states["acme/gone"]["outcome"], states["acme/gone"]["reason"]) == ("failed", "gone")


def test_nothing_due_is_said_and_a_304_is_asked_for(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """A second check does nothing; a named source is asked conditionally; --force asks for the whole page."""
    configure(SOURCE.format(url=site.url))
    site.put("/p", page(12))
    assert run("check").code == 0
    assert "nothing is due" in run("check").err
    assert site.hits["/p"] == 1
    run("check", "acme/privacy")
    assert (site.hits["/p"], site.not_modified["/p"]) == (2, 1)
    run("check", "--force")
    assert (site.hits["/p"], site.not_modified["/p"]) == (3, 1)


def test_a_dry_run_records_nothing(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """It says what it would do."""
    configure(SOURCE.format(url=site.url))
    site.put("/p", page(12))
    done = run("check", "--dry-run", "--json")
    assert json.loads(done.out)["outcome"] == "first"
    assert json.loads(run("history", "--json").out) == []


def test_a_second_run_is_turned_away(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path], command: list[str], environment: dict[str, str]
) -> None:
    """Exit 75 while another run holds the store; SIGTERM ends the loop with 0."""
    path = configure(SOURCE.format(url=site.url))
    site.put("/p", page(12))
    loop = subprocess.Popen([*command, "run"], cwd=path.parent, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert loop.stderr is not None
        assert "watching 1 source;" in loop.stderr.readline()
        assert run("check").code == 75
    finally:
        loop.terminate()
        _, rest = loop.communicate(timeout=30)
    assert loop.returncode == 0, rest
    assert "everything is recorded" in rest


def test_fetched_text_cannot_steer_the_terminal(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """Escape sequences, markup and direction marks in a page come out as text in every reading command."""
    heading = "[bold red]Cookies[/] \u202egnirts\x9b2J\x1b[2J\x1b]0;owned\x07"
    hostile = f"<h2>{heading}</h2><p>We use cookies with consent only.</p>"
    configure(SOURCE.format(url=site.url))
    site.put("/p", page(12))
    run("check")
    site.put("/p", page(12, hostile))
    run("check", "--force")
    for words in (
        ["show", "acme/privacy"],
        ["diff", "acme/privacy", "--all"],
        ["log"],
        ["search", "cookies"],
        ["history"],
    ):
        for form in ([], ["--json"]):
            out = run(*words, *form).out
            assert not set(out) & set("\x1b\x9b\x07\u202e"), words
    assert "[bold red]Cookies" in run("diff", "acme/privacy", "--all").out


def test_files_are_compared_without_a_store_and_a_network(run: Callable[..., Any], tmp_path: Path) -> None:
    """Comparing and listing facts print the JSON of the contract; a wall is `blocked` with its side."""
    (tmp_path / "old.html").write_text(page(12), encoding="utf-8")
    (tmp_path / "new.html").write_text(page(36), encoding="utf-8")
    (tmp_path / "wall.html").write_text(
        "<html><title>Just a moment...</title><h1>Checking your browser</h1><p>Verify you are human.</p></html>",
        encoding="utf-8",
    )
    found = json.loads(run("compare", "old.html", "new.html", "--json").out)
    assert (found["schema"], found["verdict"], found["language"]) == ("clausewatch/compare/1", "material", "en")
    assert set(found["old"]) == {"title", "effective_date", "last_updated", "sha256", "blocks"}
    assert run("compare", "old.html", "new.html", "--exit-code").code == 1
    assert json.loads(run("compare", "old.html", "old.html", "--json").out)["verdict"] == "same"
    walled = json.loads(run("compare", "old.html", "wall.html", "--json").out)
    assert (walled["verdict"], walled["side"], walled["reason"]) == ("blocked", "new", "bot-wall")
    back = json.loads(run("compare", "wall.html", "new.html", "--json").out)
    assert (back["verdict"], back["side"]) == ("blocked", "old")
    facts = json.loads(run("facts", "new.html", "--json").out)
    assert facts["schema"] == "clausewatch/facts/1"
    assert {"title", "language", "effective_date", "last_updated", "facts"} < set(facts)
    assert not list(tmp_path.glob("*.db"))


def test_recordings_become_history(run: Callable[..., Any], tmp_path: Path, configure: Callable[..., Path]) -> None:
    """A folder of dated files, through a throwaway store and into a source; a second time nothing is added."""
    folder = tmp_path / "acme"
    folder.mkdir()
    for day, months in (("2024-01-10", 12), ("2024-03-10", 12), ("2025-01-10", 36)):
        (folder / f"{day}.html").write_text(page(months), encoding="utf-8")
    lines = [json.loads(line) for line in run("backfill", "--from", "acme", "--json").out.splitlines()]
    assert [(line["outcome"], line["version"]) for line in lines] == [
        ("first", 1),
        ("unchanged", None),
        ("material", 2),
    ]
    assert lines[2]["topics"][0] == "retention"
    configure(SOURCE.format(url="https://acme.example"))
    assert run("backfill", "acme/privacy", "--from", "acme").code == 0
    versions = json.loads(run("history", "--json").out)
    assert [each["first_seen"][:10] for each in versions] == ["2024-01-10", "2025-01-10"]
    again = [json.loads(line) for line in run("backfill", "acme/privacy", "--from", "acme", "--json").out.splitlines()]
    assert {line["outcome"] for line in again} == {"skipped"}


@pytest.mark.usefixtures("history")
def test_a_touched_history_is_found_out(run: Callable[..., Any], tmp_path: Path) -> None:
    """The head is printed for the sound one; one changed byte, or a cut tail against a known head, is exit 1."""
    sound = json.loads(run("verify", "--json").out)
    assert (sound["problems"], len(sound["head"])) == ([], 64)
    assert run("verify", "--head", sound["head"]).code == 0
    cut = run("verify", "--head", "0" * 64)
    assert cut.code == 1
    assert cut.err
    with sqlite3.connect(tmp_path / "history.db") as database:
        database.execute("UPDATE versions SET title = 'Another title' WHERE number = 1")
    database.close()
    touched = run("verify", "--json")
    assert touched.code == 1
    assert "acme/privacy" in " ".join(json.loads(touched.out)["problems"])


def test_help_is_quick_and_complete(run: Callable[..., Any]) -> None:
    """Every command has help with an example; --help imports no stage, so it is there at once."""
    out = run("--help").out
    below = out[out.index("\nStart:") :].splitlines()
    listed = [line.split()[0] for line in below if line.startswith("  ")]
    assert len(listed) >= 16
    for name in listed:
        done = run(name, "--help")
        assert done.code == 0, name
        assert "Example:" in done.out or "Commands:" in done.out, name
    heavy = "{'bs4', 'requests', 'rich', 'apprise', 'pydantic', 'sqlite_utils'}"
    probe = [sys.executable, "-c", f"import sys, watcher.cli; print(sorted(set(sys.modules) & {heavy}))"]
    assert subprocess.run(probe, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_first_configuration_is_ready(run: Callable[..., Any], tmp_path: Path) -> None:
    """The file of init is one a file that every command accepts."""
    assert run("init", "first.toml").code == 0
    listed = json.loads(run("--config", "first.toml", "sources", "list", "--json").out)
    assert [each["id"] for each in listed] == ["github/privacy", "github/subprocessors"]
    assert (tmp_path / "first.toml").is_file()
