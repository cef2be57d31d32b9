"""What only changes its shape stays quiet, and the word that changed with it is told: in four languages."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.model import Capture, ChangeKind, Comparison, Document, Severity, Verdict
from watcher.differ import compare
from watcher.extractor import extract


@dataclass(frozen=True)
class Policy:
    """A policy in parts: sections of a heading and paragraphs, a list with its lead-in, a table."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    lead: str
    items: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The whole policy."""
        parts = [f"# {self.title}"]
        for heading, paragraphs in self.sections:
            parts += [f"## {heading}", *paragraphs] if heading else paragraphs
        return "\n\n".join([*parts, self.listed(), self.table()]) + "\n"

    def listed(self) -> str:
        """The lead-in and its items."""
        return "\n\n".join([self.lead, "\n".join(f"- {item}" for item in self.items)])

    def table(self) -> str:
        """The table under its heading."""
        return f"## {self.columns[0]}\n\n{_table(self.columns, self.rows)}"


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _policy(data: dict[str, Any]) -> Policy:
    sections = tuple((section["heading"], tuple(section["paragraphs"])) for section in data["sections"])
    rows = tuple(map(tuple, data["rows"]))
    return Policy(data["title"], sections, data["lead"], tuple(data["items"]), tuple(data["columns"]), rows)


_DATA = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text("utf-8"))
POLICIES = {language: _policy(data) for language, data in _DATA.items()}

Shape = Callable[[Policy], str]


def _with(policy: Policy, *sections: tuple[str, tuple[str, ...]]) -> str:
    return replace(policy, sections=sections).markdown()


def _section_moved(policy: Policy) -> str:
    first, *others = policy.sections
    return _with(policy, *others, first)


def _sections_turned(policy: Policy) -> str:
    return _with(policy, *reversed(policy.sections))


def _split(policy: Policy) -> str:
    text = policy.markdown()
    for _, (first, _) in policy.sections:
        text = text.replace(first, first.replace(". ", ".\n\n"))
    return text


def _joined(policy: Policy) -> str:
    return _with(policy, *((heading, (" ".join(paragraphs),)) for heading, paragraphs in policy.sections))


def _as_items(policy: Policy) -> str:
    return _with(
        policy, *((heading, tuple(f"- {paragraph}" for paragraph in texts)) for heading, texts in policy.sections)
    )


def _list_to_prose(policy: Policy) -> str:
    return policy.markdown().replace(policy.listed(), f"{policy.lead} {', '.join(policy.items)}.")


def _clauses_lettered(policy: Policy) -> str:
    return _with(
        policy,
        *(
            (f"{letter}. {heading}", tuple(f"{letter}.{at}. {text}" for at, text in enumerate(texts, 1)))
            for letter, (heading, texts) in zip("ABC", policy.sections, strict=True)
        ),
    )


def _clauses_numbered(policy: Policy) -> str:
    return _with(
        policy,
        *(
            (f"{number}. {heading}", tuple(f"{number}.{at} {text}" for at, text in enumerate(texts, 1)))
            for number, (heading, texts) in enumerate(policy.sections, 1)
        ),
    )


def _clause_twice(policy: Policy) -> str:
    first, second, third = policy.sections
    return _with(policy, first, second, (third[0], (*third[1], first[1][0])))


def _heading_renamed(policy: Policy) -> str:
    return policy.markdown().replace(f"## {policy.sections[1][0]}", f"## {policy.sections[1][0]} - info")


def _sections_merged(policy: Policy) -> str:
    first, second, third = policy.sections
    return _with(policy, (first[0], (*first[1], *second[1])), third)


def _section_split(policy: Policy) -> str:
    first, *others = policy.sections
    return _with(policy, (first[0], first[1][:1]), ("Info", first[1][1:]), *others)


def _table_as(policy: Policy, table: str) -> str:
    return policy.markdown().replace(_table(policy.columns, policy.rows), table)


def _table_sorted(policy: Policy) -> str:
    return _table_as(policy, _table(policy.columns, tuple(sorted(policy.rows))))


def _columns_swapped(policy: Policy) -> str:
    turned = tuple((name, place, aim) for name, aim, place in policy.rows)
    return _table_as(policy, _table((policy.columns[0], policy.columns[2], policy.columns[1]), turned))


def _names_last(policy: Policy) -> str:
    turned = tuple((aim, place, name) for name, aim, place in policy.rows)
    return _table_as(policy, _table((*policy.columns[1:], policy.columns[0]), turned))


def _table_paged(policy: Policy) -> str:
    halves = [_table(policy.columns, rows) for rows in (policy.rows[:2], policy.rows[2:])]
    return _table_as(policy, "\n\n".join(halves))


def _row_twice(policy: Policy) -> str:
    return _table_as(policy, _table(policy.columns, (*policy.rows, policy.rows[0])))


SHAPES: dict[str, Shape] = {
    "section moved": _section_moved,
    "sections turned": _sections_turned,
    "paragraphs split": _split,
    "paragraphs joined": _joined,
    "paragraphs as items": _as_items,
    "list to prose": _list_to_prose,
    "clauses lettered": _clauses_lettered,
    "clauses numbered": _clauses_numbered,
    "a clause twice": _clause_twice,
    "sections merged": _sections_merged,
    "section split": _section_split,
    "table sorted": _table_sorted,
    "columns swapped": _columns_swapped,
    "names in the last column": _names_last,
    "table in two pages": _table_paged,
    "a row twice": _row_twice,
}


def _read(markdown: str) -> Document:
    body = markdown.encode()
    address = "https://example.org/privacy"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    digest = hashlib.sha256(body).hexdigest()
    return extract(Capture(address, address, now, 200, (), "text/markdown", "utf-8", digest, body)).document


def _compared(before: str, after: str) -> Comparison:
    return compare(_read(before), _read(after))


@pytest.mark.parametrize("language", POLICIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_change_of_shape_is_quiet(shape: str, language: str) -> None:
    """Text that moved, was cut or set otherwise changes no meaning, there and back."""
    policy = POLICIES[language]
    before, after = policy.markdown(), SHAPES[shape](policy)
    for old, new in ((before, after), (after, before)):
        told = [change for change in _compared(old, new).changes if change.severity is not Severity.INFO]
        assert not told, [(change.rules, change.before, change.after) for change in told]


@pytest.mark.parametrize("language", POLICIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_edit_inside_a_change_of_shape_is_told(shape: str, language: str) -> None:
    """Whatever moved around it, a period, a word of limitation or a place that changed is material."""
    policy = POLICIES[language]
    after = SHAPES[shape](policy)
    for was, now in _DATA[language]["edits"]:
        comparison = _compared(policy.markdown(), after.replace(was, now))
        assert comparison.verdict is Verdict.MATERIAL, (was, now)
        told = [change for change in comparison.changes if change.severity is not Severity.INFO]
        assert any(now in (change.after or "") for change in told), (was, now)
        assert len(told) <= 2, [(change.rules, change.before, change.after) for change in told]


@pytest.mark.parametrize("language", POLICIES)
def test_a_section_moved_whole_is_one_change(language: str) -> None:
    """A heading with all that stands under it is one move."""
    policy = POLICIES[language]
    comparison = _compared(policy.markdown(), _section_moved(policy))
    assert [change.kind for change in comparison.changes] == [ChangeKind.MOVED]


@pytest.mark.parametrize("language", POLICIES)
def test_a_column_that_is_added_changes_rows_and_replaces_none(language: str) -> None:
    """Every row of the table is told as changed, none as gone or new."""
    policy = POLICIES[language]
    rows = tuple((*row, "2031") for row in policy.rows)
    comparison = _compared(policy.markdown(), _table_as(policy, _table((*policy.columns, "Info"), rows)))
    assert not comparison.recipients.added
    assert not comparison.recipients.removed
    assert {change.kind for change in comparison.changes if "2031" in (change.after or "")} == {ChangeKind.MODIFIED}


@pytest.mark.parametrize("language", POLICIES)
def test_a_heading_with_another_name_moves_nothing_under_it(language: str) -> None:
    """Only the heading itself is told, and as a matter of form."""
    policy = POLICIES[language]
    changes = _compared(policy.markdown(), _heading_renamed(policy)).changes
    assert [(change.kind, change.severity) for change in changes] == [(ChangeKind.MODIFIED, Severity.INFO)]


def test_one_sentence_of_a_paragraph_without_end_is_told_alone() -> None:
    """In a paragraph of 3,000 sentences the one that changed is a change of its own, not the whole paragraph."""
    sentences = [f"Record {at} is kept for {at} months by the club." for at in range(3_000)]
    before = " ".join(sentences)
    sentences[1_700] = "Record 1700 is kept for ever by the club."
    changes = _compared(before, " ".join(sentences)).changes
    assert [(change.before, change.after) for change in changes] == [
        ("Record 1700 is kept for 1700 months by the club.", "Record 1700 is kept for ever by the club.")
    ]
