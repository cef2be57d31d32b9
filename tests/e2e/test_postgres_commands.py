"""Every command on a store in PostgreSQL: what it says there is what it says of a copy in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from postgres_database import fresh_database, postgres_server, postgres_store, postgres_tables

from storage.postgres import Session

__all__ = ["postgres_server", "postgres_store", "postgres_tables"]

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
ACME = (
    '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{url}/p"\nlanguage = "en"\n'
)
BOLT = '[[source]]\nid = "bolt/subprocessors"\nvendor = "Bolt"\ndocument = "subprocessors"\nurl = "{url}/s"\n'
TEAM = '[[subscriber]]\nname = "team"\nto = ["mailto:a@example.org"]\n'
READING = [
    ["status", "--json"],
    ["history", "--json"],
    ["history", "acme/privacy", "--json"],
    ["show", "acme/privacy@1", "--json"],
    ["diff", "acme/privacy", "--json"],
    ["log", "--json"],
    ["log", "--topic", "retention", "--vendor", "acme", "--json"],
    ["search", "36 months", "--json"],
    ["recipients", "--format", "json"],
    ["matrix", "--format", "json"],
    ["deadlines", "--json"],
    ["review", "list", "--json"],
    ["deliveries", "list", "--json"],
    ["verify", "--json"],
    ["export", "--format", "csv", "--what", "changes"],
]


def page(months: int) -> str:
    """A policy of our own."""
    return (
        "<!doctype html><html lang=en><title>Acme privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2>"
        f"<p>We keep your personal data for {months} months after the end of the contract, then we delete it.</p>"
        f"<h2>Your rights</h2><p>You have the right of access to your personal data. {MORE}</p></main></html>"
    )


@pytest.fixture
def history(site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path], postgres_store: str) -> str:
    """Two versions of one source and one of another, an alert that was sent, and a review."""
    configure(ACME.format(url=site.url) + BOLT.format(url=site.url) + TEAM, mail_port=post.port)
    rows = "".join(f"<tr><td>{name} Ltd</td><td>Hosting</td><td>Ireland</td></tr>" for name in ("Hooli", "Initech"))
    site.put("/s", f"<h1>Sub-processors</h1><table><tr><th>Name<th>Purpose<th>Location</tr>{rows}</table><p>{MORE}</p>")
    for months in (12, 36):
        site.put("/p", page(months))
        done = run("--store", postgres_store, "check", "--force")
        assert done.code == 0, done.err
    assert [to for to, _ in post.letters] == ["a@example.org"]
    assert run("--store", postgres_store, "review", "ack", "acme/privacy@2", "--by", "Ada").code == 0
    return postgres_store


def test_every_question_has_the_answer_that_a_file_gives(history: str, run: Callable[..., Any], tmp_path: Path) -> None:
    """All reading commands, on the database and on its copy; then the copy goes on where the database stood."""
    copied = run("store", "copy", history, "copy.db", "--json")
    assert copied.code == 0, copied.err
    head = json.loads(copied.out)["head"]
    for words in READING:
        there, here = run("--store", history, *words), run("--store", "copy.db", *words)
        assert (there.code, there.out) == (here.code, here.out), (words, there.err, here.err)
        assert there.code == 0, (words, there.err)
        assert there.out, words
    assert head in run("--store", history, "verify", "--head", head).out
    again = run("--store", "copy.db", "check")
    assert "nothing is due" in again.err


def test_what_writes_works_too(
    history: str, run: Callable[..., Any], configure: Callable[..., Path], site: Any
) -> None:
    """deliver, reextract, forget, doctor; a backup says what to use."""
    assert run("--store", history, "deliveries", "retry", "--all").code == 0
    done = run("--store", history, "reextract", "--json")
    assert done.code == 0, done.err
    doctor = run("--store", history, "doctor", "--json")
    assert any(one["name"] == "store" and "postgresql://" in one["text"] for one in json.loads(doctor.out))
    configure(ACME.format(url=site.url))
    done = run("--store", history, "forget", "bolt/subprocessors", "--reason", "contract ended", "--yes")
    assert done.code == 0, done.err
    assert run("--store", history, "verify").code == 0
    assert "bolt" not in run("--store", history, "history", "--json").out
    refused = run("--store", history, "backup", "copy.db")
    assert refused.code == 2
    assert "pg_dump" in refused.err


def test_a_database_without_tables_says_what_to_do(
    postgres_server: str, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """Exit 2 with the remedy; `schema apply` makes them, once; that of a file needs none."""
    configure(ACME.format(url="http://127.0.0.1:9"))
    empty = fresh_database(postgres_server, "empty-of-e2e")
    for words in (["status"], ["check"], ["schema", "upgrade"]):
        refused = run("--store", empty, *words)
        assert (refused.code, "schema apply" in refused.err) == (2, True), refused.err
    made = run("--store", empty, "schema", "apply", "--json")
    assert "0001_sources" in json.loads(made.out)["steps"]
    assert json.loads(run("--store", empty, "schema", "upgrade", "--json").out)["steps"] == []
    with closing(Session(empty)) as session:
        session.execute("INSERT INTO clausewatch_schema (name) VALUES ('9999_of_tomorrow')")
    newer = run("--store", empty, "status")
    assert (newer.code, "newer clausewatch" in newer.err) == (1, True)
    file = run("--store", "store.db", "schema", "apply")
    assert (file.code, "a file brings itself up to date" in file.err) == (2, True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://me:geheim@127.0.0.1:9/x", "is the server running"),
        ("postgresql://me:geheim%zz@127.0.0.1/x", "not a valid address"),
        ("postgresql://me:geheim@127.0.0.1/x?no_such_option=1", "not a valid address"),
    ],
)
def test_a_wrong_address_is_told_without_its_password(
    run: Callable[..., Any], configure: Callable[..., Path], address: str, said: str
) -> None:
    """In one line, whatever the command."""
    configure(ACME.format(url="http://127.0.0.1:9"))
    for words in (["check"], ["status"], ["schema", "apply"]):
        refused = run("--store", address, *words)
        assert (refused.code, said in refused.err, "geheim" in refused.err + refused.out) == (1, True, False)
        assert refused.err.count("\n") == 1


def test_no_such_database(postgres_server: str, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """The remedy names createdb."""
    configure(ACME.format(url="http://127.0.0.1:9"))
    refused = run("--store", postgres_server.replace("/postgres?", "/nowhere?"), "status")
    assert (refused.code, "createdb" in refused.err) == (1, True)
