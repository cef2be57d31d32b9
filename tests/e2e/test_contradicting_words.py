"""Words on the command line that contradict each other, or say nothing, are told and never guessed at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from watcher.cli import health

PAGE = "<!doctype html><html lang=en><title>P</title><main><h1>Privacy policy</h1><p>{}</p></main></html>"


@pytest.mark.parametrize(
    "words",
    [
        ("recipients", "--json", "--format", "csv"),
        ("matrix", "--json", "--format", "html"),
        ("facts", "--all", "--json", "--format", "csv"),
        ("diff", "a/b", "--json", "--format", "md"),
    ],
    ids=" ".join,
)
def test_two_forms_at_once_are_refused(run: Callable[..., Any], words: tuple[str, ...]) -> None:
    """A script that asks for a table must not be given JSON; refused before a store is looked for."""
    told = run(*words)
    assert (told.code, told.out) == (2, "")
    assert f"--json and --format {words[-1]} are two forms: choose one" in told.err


def test_the_same_form_twice_is_fine(run: Callable[..., Any], tmp_path: Path) -> None:
    """`--json` is short for `--format json`."""
    file = tmp_path / "p.html"
    file.write_text(PAGE.format("We keep account data for 12 months."), encoding="utf-8")
    assert run("facts", str(file), "--json", "--format", "json").code == 0


@pytest.mark.parametrize("more", [("--what", "facts"), ("--format", "csv"), ("--format", "json")], ids=" ".join)
def test_a_bundle_is_no_table(run: Callable[..., Any], more: tuple[str, ...]) -> None:
    """What chooses a table has no meaning for a bundle, which holds everything."""
    told = run("export", "a/b", "--bundle", "x.zip", *more)
    assert (told.code, f"{more[0]} is about a table" in told.err) == (2, True)


@pytest.mark.parametrize("option", ["--store", "--config"])
def test_an_option_without_a_value_is_told(run: Callable[..., Any], option: str) -> None:
    """`--store "$X"` with an X that is not set must not work on another store than was meant."""
    told = run(option, "", "status")
    assert (told.code, f"{option}: is empty" in told.err) == (2, True)


@pytest.mark.parametrize("command", ["facts {0}", "compare {0} {0}"])
def test_a_wrong_selector_is_wrong_usage(run: Callable[..., Any], tmp_path: Path, command: str) -> None:
    """Told by the option, with exit code 2, before anything is read."""
    file = tmp_path / "p.html"
    file.write_text(PAGE.format("We keep account data for 12 months."), encoding="utf-8")
    told = run(*command.format(file).split(), "--selector", "][")
    assert told.code == 2
    assert '--selector: "][" is not a CSS selector' in told.err


def test_a_file_that_costs_too_much_is_named(run: Callable[..., Any], tmp_path: Path) -> None:
    """As the person called it, not as an address."""
    file = tmp_path / "p.html"
    file.write_text(PAGE.format("We keep account data for 12 months."), encoding="utf-8")
    told = run("facts", "p.html", "--selector", ".none")
    assert told.code == 1
    assert told.err.startswith("p.html: ")


def test_no_configuration_at_all_says_how_to_begin(run: Callable[..., Any]) -> None:
    """A newcomer in an empty folder is told where was looked, and what makes a first one."""
    told = run("check")
    assert told.code == 2
    assert "./sources.toml" in told.err
    assert "clausewatch init" in told.err


def test_what_is_not_known_comes_with_where_to_look(run: Callable[..., Any], site: Any, configure: Any) -> None:
    """No name is near: then the command that lists them is told."""
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "dpa"\nurl = "{site.url}/p"\n')
    site.put("/p", PAGE.format("We keep account data for 12 months. " * 40))
    run("check")
    assert "(clausewatch status lists them)" in run("history", "nothing/like-it").err
    assert 'did you mean "acme/privacy"?' in run("history", "acme/privcy").err
    assert "(clausewatch sources list shows them)" in run("log", "--vendor", "Zzz").err
    assert "(docs/reference/contracts.md lists them)" in run("log", "--topic", "zzz").err


def test_hold_and_send_at_once_are_refused(run: Callable[..., Any]) -> None:
    """The last of the two must not win in silence: mails that went out do not come back."""
    for words in (("--hold", "--send"), ("--send", "--hold")):
        told = run("restore", "copy.db", *words)
        assert (told.code, "--hold and --send contradict each other" in told.err) == (2, True)


def test_a_place_that_is_no_store_is_wrong_usage(run: Callable[..., Any], tmp_path: Path) -> None:
    """As a store that is missing is: the same exit code, and what is possible is named."""
    (tmp_path / "other").mkdir()
    for place, said in (
        ("mysql://me:secret@db.example/x", "postgresql://"),
        ("other", "is a folder"),
        ("/dev/null", "no regular file"),
        ("none.db", "there is no store yet"),
    ):
        told = run("--store", place, "status")
        assert (told.code, told.out, said in told.err, "secret" in told.err) == (2, "", True, False)


@pytest.mark.parametrize("command", ["show", "retry", "drop"])
def test_an_empty_id_names_no_delivery(
    run: Callable[..., Any], site: Any, configure: Any, tmp_path: Path, command: str
) -> None:
    """`deliveries drop "$X"` with an X that is not set must not mean the only one there is."""
    site.put("/p", PAGE.format("We keep account data for 12 months. " * 20))
    configure(
        f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n'
        '[[subscriber]]\nname = "me"\nto = ["json://127.0.0.1:9/hook"]\n'
    )
    assert run("check").code == 0
    for empty in ("", " "):
        told = run("deliveries", command, empty)
        assert (told.code, "an empty ID names no delivery" in told.err) == (2, True)


def test_what_was_dropped_by_mistake_can_be_sent_by_its_id(
    run: Callable[..., Any], site: Any, configure: Any, post: Any
) -> None:
    """`drop --all` where `drop 3fa9` was meant must not lose an alert; `retry --all` leaves alone what was dropped."""
    watched = (
        f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n'
        '[[subscriber]]\nname = "me"\nto = ["mailto:me@example.org"]\n'
    )
    configure(watched, mail_port=post.port)
    for months in (12, 36):
        site.put("/p", PAGE.format(f"We keep account data for {months} months after the contract has ended. " * 9))
        run("check", "--force", "--no-deliver")
    assert "1 dropped" in run("deliveries", "drop", "--all").err
    assert "nothing was waiting" in run("deliveries", "retry", "--all").err
    (dropped,) = json.loads(run("deliveries", "list", "--json").out)
    assert dropped["state"] == "dropped"
    assert run("deliveries", "retry", dropped["id"]).code == 0
    assert [to for to, _ in post.letters] == ["me@example.org"]
    assert "it is sent already" in run("deliveries", "retry", dropped["id"]).err


@pytest.mark.usefixtures("configure")
def test_days_of_an_archive_are_told_like_other_days(run: Callable[..., Any]) -> None:
    """Not in the letters of a format, and two days that exclude each other find nothing in silence."""
    asked = ("backfill", "--from-archive", "https://archive.example", "--url", "https://acme.example/p")
    assert '"soon" is no day (write 2026-05-01)' in run(*asked, "--since", "soon").err
    told = run(*asked, "--since", "2026-05-02", "--until", "2026-05-01")
    assert (told.code, "no day lies between them" in told.err) == (2, True)


@pytest.mark.parametrize("address", ["https://acme.example/privacy", "file:///tmp/p.html"])
def test_an_address_is_no_file(run: Callable[..., Any], address: str) -> None:
    """It is told, and not looked for as a file of an odd name."""
    told = run("facts", address)
    assert (told.code, "no addresses; save the page" in told.err) == (2, True)


def test_the_nearest_name_is_the_same_in_other_letters(run: Callable[..., Any], site: Any, configure: Any) -> None:
    """`ACME/PRIVACY` is not nearest to what has a slash at the same place."""
    source = '[[source]]\nid = "{0}/privacy"\nvendor = "{0}"\ndocument = "privacy-policy"\nurl = "{1}/{0}"\n'
    configure("".join(source.format(name, site.url) for name in ("zcme", "acme")))
    assert 'did you mean "acme/privacy"?' in run("check", "ACME/Privacy").err


def test_a_good_check_of_long_ago_is_not_called_fine(
    run: Callable[..., Any], site: Any, configure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the timer has died, `status` must not say that all is well."""
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n')
    site.put("/p", PAGE.format("We keep account data for 12 months after the contract has ended. " * 9))
    run("check")
    assert "1 source watched, 1 fine\n" in run("status").err
    monkeypatch.setattr(health, "clock", lambda: datetime.now(UTC) + timedelta(days=30))
    told = run("status").err
    assert "0 fine, 1 not looked at for days" in told
    assert "clausewatch run" in told


def test_an_answer_that_is_none_says_what_to_ask(run: Callable[..., Any], site: Any, configure: Any) -> None:
    """A version against itself is always "same", and a star is no wildcard."""
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n')
    for months in (12, 36):
        site.put("/p", PAGE.format(f"We keep account data for {months} months after the contract has ended. " * 9))
        run("check", "--force")
    told = run("diff", "acme/privacy", "2")
    assert (told.code, told.out) == (0, "acme/privacy 2 -> 2: same\n")
    assert "what it brought: clausewatch diff acme/privacy 1 2" in told.err
    assert run("diff", "acme/privacy", "1", "1").err == "both are version 1\n"
    assert run("diff", "acme/privacy", "1").err == ""
    assert "* stands for nothing" in run("search", "accoun*").err
    assert run("search", "zebra").err == "nothing found\n"


def test_an_id_that_was_changed_is_told_with_what_it_ends(run: Callable[..., Any], site: Any, configure: Any) -> None:
    """A history hangs on its id: a new one tells nobody what changed since the last check of the old one."""
    source = '[[source]]\nid = "{0}/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{1}/p"\n'
    for name, months in (("acme", 12), ("acme-ltd", 36), ("acme", 36)):
        site.put("/p", PAGE.format(f"We keep account data for {months} months after the contract has ended. " * 9))
        configure(source.format(name, site.url))
        told = run("check", "--force").err
        assert ("acme-ltd/privacy: begins anew, though acme/privacy watched" in told) == (name == "acme-ltd")
    assert "version 2, material" in told
