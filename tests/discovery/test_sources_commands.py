"""sources add, discover, lint and fix as their user types them: streams, codes, and what is written."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from vendor_sites import Web

from watcher.cli import main
from watcher.config import load

START = '# ours\n[fetch]\nallow_networks = ["127.0.0.0/8"]\ngap = "0s"\n'


@dataclass
class Ran:
    """What one call came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed, read."""
        return json.loads(self.out)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration without sources."""
    place = tmp_path / "sources.toml"
    place.write_text(START)
    return place


@pytest.fixture
def run(resolver: None, spare_readers: None, path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command on that configuration."""

    def call(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(["--config", str(path), "sources", *words])
        told = capsys.readouterr()
        return Ran(int(end.value.code or 0), told.out, told.err)

    return call


def test_add_shows_the_page_and_writes_the_source(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """The page on standard output, the change and the next step on standard error."""
    url = f"{web.sites['rekenmeer'].root}/privacystatement"
    ran = run("add", url, "--yes", "--every", "2d")
    assert ran.code == 0
    for part in ("title", "Privacystatement", "headings", "begins", "ends", "rekenmeer/privacy"):
        assert part in ran.out
    assert '+id = "rekenmeer/privacy"' in ran.err
    assert "clausewatch check rekenmeer/privacy" in ran.err
    assert path.read_text().startswith(START)
    (source,) = load(path).sources
    assert (source.id, source.urls, source.every.days) == ("rekenmeer/privacy", (url,), 2)
    again = run("add", url, "--yes")
    assert again.code == 0
    assert "already watched as rekenmeer/privacy" in again.out


def test_add_writes_what_can_be_watched_and_exits_3_for_the_rest(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """One JSON document tells of both; nothing else is on standard output."""
    root = web.sites["rekenmeer"].root
    ran = run("add", f"{root}/subverwerkers", f"{root}/nowhere", "--yes", "--json")
    assert ran.code == 3
    assert ran.json["added"] == ["rekenmeer/subprocessors"]
    assert [page["reason"] for page in ran.json["pages"]] == [None, "gone"]
    assert len(load(path).sources) == 1


def test_a_dry_run_writes_nothing(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """What would be written is shown as a diff."""
    ran = run("add", f"{web.sites['rekenmeer'].root}/subverwerkers", "--dry-run")
    assert ran.code == 0
    assert "+[[source]]" in ran.err
    assert path.read_text() == START


def test_nothing_is_asked_and_nothing_written_without_a_terminal(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """The command says what to say, before it asks for any page."""
    site = web.sites["rekenmeer"]
    site.requests.clear()
    for words in (["add", f"{site.root}/subverwerkers"], ["discover", site.root, "--add"]):
        ran = run(*words)
        assert ran.code == 2
        assert "--yes" in ran.err
    assert site.requests == []
    assert path.read_text() == START


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--id", "a/b"], "--id names one source"),
        (["--every", "often"], '"often" is not a duration'),
        (["--select", "p["], '"p["'),
        (["--document", "policy"], "policy"),
        (["--language", "dutch"], '"dutch" is not a language'),
    ],
)
def test_wrong_wishes_are_told_before_anything_is_asked(
    web: Web, run: Callable[..., Ran], path: Path, words: list[str], told: str
) -> None:
    """Each by the judge of its kind; no request, nothing written."""
    site = web.sites["rekenmeer"]
    site.requests.clear()
    more = [f"{site.root}/privacystatement"] if "--id" in words else []
    ran = run("add", f"{site.root}/subverwerkers", *more, "--yes", *words)
    assert ran.code == 2
    assert told in ran.err
    assert site.requests == []
    assert path.read_text() == START


def test_a_person_at_a_terminal_is_asked(path: Path, web: Web, httpserver: HTTPServer) -> None:
    """No means no; the same command with yes writes."""
    site = web.sites["rekenmeer"]
    page = site.answer(site.data["host"], "/privacystatement")[2]
    httpserver.expect_request("/privacy").respond_with_data(page, content_type="text/html")
    words = ["--config", str(path), "sources", "add", httpserver.url_for("/privacy")]
    for answer in ("n", "y"):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", f"from watcher.cli import main; main({words!r})"]
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        shown = b""
        with contextlib.suppress(OSError):  # the other side of the terminal is closed
            while more := os.read(ours, 4096):
                shown += more
        os.close(ours)
        assert process.wait(60) == 0
        assert b"Write this to" in shown
        assert ("rekenmeer/privacy" in path.read_text()) is (answer == "y")


def test_discover_lists_and_adds(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """What is listed is what is written; a second time all of it is known."""
    site = web.sites["bergfalke"]
    ran = run("discover", site.root, "--add", "--yes")
    assert ran.code == 0
    assert {source.urls[0]: source.document.value for source in load(path).sources} == site.expected
    assert all(url in ran.out for url in site.expected)
    again = run("discover", site.root, "--add", "--yes", "--json")
    assert again.json["sources"] == []
    assert {document["known"] for document in again.json["documents"]} == {s.id for s in load(path).sources}


def test_discover_tells_of_a_site_that_is_not_there(run: Callable[..., Ran]) -> None:
    """One line with the remedy, no traceback."""
    ran = run("discover", "http://nobody.example")
    assert ran.code == 1
    assert "spelling of the host" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_lint_exits_by_what_it_finds(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """0 for notes and warnings, 1 for errors, 3 where a document cannot be had."""
    root = web.sites["quillhaven"].root
    table = '\n[[source]]\nid = "q/{0}"\nvendor = "Q"\ndocument = "{1}"\nurl = "' + root + '{2}"\n'
    path.write_text(START + table.format("privacy", "privacy-policy", "/privacy"))
    ran = run("lint")
    assert (ran.code, ran.out.split()[:3]) == (0, ["q/privacy:", "warning", "moved:"])
    path.write_text(path.read_text() + table.format("copy", "privacy-policy", "/legal/privacy"))
    assert run("lint").code == 1
    assert run("lint", "q/copy").code == 0
    path.write_text(path.read_text() + table.format("gone", "terms", "/gone"))
    ran = run("lint", "--json")
    assert ran.code == 3
    assert [one["source"] for one in ran.json if not one["had"]] == ["q/gone"]
    assert run("lint", "q/non").code == 2


def test_fix_shows_and_with_write_corrects(web: Web, run: Callable[..., Ran], path: Path) -> None:
    """Only the address changes; a second run finds nothing."""
    root = web.sites["quillhaven"].root
    table = '[[source]]\nid = "q/privacy"   # ours\nvendor = "Q"\ndocument = "privacy-policy"\n'
    text = f'{START}\n{table}url = "{root}/privacy" # here\n'
    path.write_text(text)
    shown = run("fix")
    assert shown.code == 0
    assert f'+url = "{root}/legal/privacy" # here' in shown.err
    assert "--write" in shown.err
    assert path.read_text() == text
    assert run("fix", "--write").code == 0
    assert path.read_text() == text.replace(f"{root}/privacy", f"{root}/legal/privacy")
    assert run("fix", "--json").json["sources"] == [{"source": "q/privacy", "problem": None, "moves": []}]
