"""Subjects and lines of a subscriber's own, the language of messages, and the address of an archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_samples import GOOD, faults_of, subscriber

from notifier.manner import FIELDS
from watcher.config import load

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/configuration.md"


def test_they_arrive(tmp_path: Path) -> None:
    """Each key has its field; lines stay lines."""
    path = tmp_path / "sources.toml"
    keys = ('lang = "nl"', 'subject = "[x] {vendor}: {headline}"', 'intro = "a\\nb {seen}"', 'outro = "{{so}}"')
    path.write_text(subscriber("\n".join(keys)))
    (found,) = load(path).subscribers
    assert (found.lang, found.subject) == ("nl", "[x] {vendor}: {headline}")
    assert (found.intro, found.outro) == ("a\nb {seen}", "{{so}}")


def test_the_language_of_the_operator_and_the_archive(tmp_path: Path) -> None:
    """Both arrive where messages are made."""
    path = tmp_path / "sources.toml"
    archive = 'archive = "https://web.archive.org/web/{seen}/{url}"\n'
    path.write_text(archive + GOOD + '[operator]\nto = ["console:"]\nlang = "nl"\n')
    settings = load(path)
    assert (settings.operator.lang, settings.archive) == ("nl", "https://web.archive.org/web/{seen}/{url}")


def test_all_unknown_fields_are_named_at_once(tmp_path: Path) -> None:
    """Every one of every key, with those that there are."""
    lines = 'subject = "{vendro} {} {0.__class__} ${HOME} {vendor!r}"\nintro = "{a} {vendor} {b"\noutro = "c}"'
    found = faults_of(tmp_path / "sources.toml", subscriber(lines))
    assert len(found) == 3
    assert "subject: {vendro}, {}, {0.__class__}, {HOME}, {vendor!r} are no fields (there are {usual}, " in found[0]
    assert "intro: {a}, { are no fields" in found[1]
    assert "outro: } is no field" in found[2]
    assert all(line.endswith("{{ is a brace)") for line in found)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('lang = "de"', 'lang: "de" is unknown (one of en or nl)'),
        ('lang = "NL"', 'lang: "NL" is unknown (did you mean "nl"?)'),
        ("lang = 1", "lang: 1 is unknown (one of en or nl)"),
        ('subject = ""', 'is not one line of 1 to 200 characters (write "[privacy] {vendor}: {headline}")'),
        ('subject = "a\\nBcc: x"', 'is not one line of 1 to 200 characters (write "[privacy] {vendor}: {headline}")'),
        ('subject = "a\\u202Eb"', 'is not one line of 1 to 200 characters (write "[privacy] {vendor}: {headline}")'),
        ("subject = 7", 'subject: 7 is not a text (write "[privacy] {vendor}: {headline}")'),
        (f'intro = "{"x" * 601}"', 'is not a text of 1 to 600 characters (write "For the file of {vendor}.")'),
        ('outro = "a\\tb"', 'is not a text of 1 to 600 characters (write "For the file of {vendor}.")'),
    ],
)
def test_what_is_no_text(tmp_path: Path, line: str, fault: str) -> None:
    """A wrong value is quoted, with the remedy."""
    (found,) = faults_of(tmp_path / "sources.toml", subscriber(line))
    assert found.endswith(fault)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("javascript:alert({url})", "is no web address"),
        ("https://{url}/x", "is no web address"),
        ("https://a.example/{url} x", "is no web address"),
        ("https://a.example/{vendor}", "{vendor} is no field (there are {url}, {source}, {version}, {seen}"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, value: str, fault: str) -> None:
    """Its host is written out, and it has fields of its own."""
    (found,) = faults_of(tmp_path / "sources.toml", f'archive = "{value}"\n{GOOD}')
    assert fault in found


def test_the_reference_names_every_field() -> None:
    """And no other."""
    table = PAGE.read_text(encoding="utf-8").split("### Fields", 1)[1].split("\n## ", 1)[0]
    assert [line.split("`")[1] for line in table.splitlines() if line.startswith("| `{")] == [
        f"{{{f}}}" for f in FIELDS
    ]
