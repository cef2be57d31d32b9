"""Ranges and the selectors of earlier times: what is read, and every fault in its own line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from config_samples import GOOD, faults_of, source

from storage.model import EarlierRules, ExtractRules, Range
from watcher.config import load

WHERE = "sources.toml:7: source example/privacy: "


def rules(path: Path, line: str) -> ExtractRules:
    """The rules that one more line of a sound source gives."""
    path.write_text(source(line), encoding="utf-8")
    return load(path).sources[0].rules


def test_selectors_and_ranges_stand_side_by_side(tmp_path: Path) -> None:
    """A list may hold both; a range may leave its end open."""
    got = rules(
        tmp_path / "sources.toml",
        'select = ["main", { from = "h2#a", to = "h2#b" }]\nremove = [{ from = "#end" }, ".x"]',
    )
    assert got == ExtractRules(("main",), (".x",), None, (Range("h2#a", "h2#b"),), (Range("#end"),))


def test_the_bounds_of_a_range_may_change_sides(tmp_path: Path) -> None:
    """The first element may be left out and the last taken in; a word for yes is told as a fault."""
    path = tmp_path / "sources.toml"
    line = 'select = [{ from = "h1", to = "main", from_included = false, to_included = true }]'
    assert rules(path, line).select_ranges == (Range("h1", "main", after=True, through=True),)
    (fault,) = faults_of(path, source('select = [{ from = "h1", to_included = "yes" }]'))
    assert fault == WHERE + 'select: to_included: "yes" is neither yes nor no (write true or false, without quotes)'


def test_each_page_of_a_document_may_have_its_own_selectors(tmp_path: Path) -> None:
    """What a page does not say is taken from its source; pages that say nothing are plain addresses."""
    path = tmp_path / "sources.toml"
    head = GOOD.replace('url = "https://example.org/privacy"\n', "")
    pages = '[[source.page]]\nurl = "https://example.org/a"\n{}[[source.page]]\nurl = "https://example.org/b"\n'
    path.write_text(
        head + 'select = ["main"]\nremove = [".x"]\n' + pages.format('select = ["table"]\n'), encoding="utf-8"
    )
    (read,) = load(path).sources
    assert read.urls == ("https://example.org/a", "https://example.org/b")
    assert read.rules.of_page(0) == ExtractRules(("table",), (".x",))
    assert read.rules.of_page(1) == ExtractRules(("main",), (".x",))
    path.write_text(head + 'select = ["main"]\n' + pages.format(""), encoding="utf-8")
    (read,) = load(path).sources
    assert (read.rules, read.rules.of_page(1)) == (ExtractRules(("main",)), read.rules)


def test_faults_of_pages_are_told(tmp_path: Path) -> None:
    """Two ways to say where the document is, a page without address, the same page twice."""
    head = GOOD.replace('url = "https://example.org/privacy"\n', "")
    page = '[[source.page]]\nurl = "https://example.org/a"\n'
    path = tmp_path / "sources.toml"
    assert [fault.split(": ", 3)[-1] for fault in faults_of(path, GOOD + page)] == [
        'stands beside "url" (write one of the two)'
    ]
    (fault,) = faults_of(path, head + page + page)
    assert fault.endswith("page, entry 2: url: the same page twice in one source (take one out)")
    (fault,) = faults_of(path, head + '[[source.page]]\nselect = ["main"]\n')
    assert fault.endswith('page: "url" is missing (write url = "https://example.org/privacy")')
    (fault,) = faults_of(path, head + "page = 5\n")
    assert fault.endswith("page: is a number (write [[source.page]] with two brackets)")


def test_the_rules_of_a_moment(tmp_path: Path) -> None:
    """The table whose last day is the first that is not over counts; after the last one the source's own do."""
    path = tmp_path / "sources.toml"
    path.write_text(
        GOOD + 'select = ["main"]\nlanguage = "en"\n[[source.earlier]]\nvalid_until = "2025-03-01"\nselect = ["#b"]\n'
        '[[source.earlier]]\nvalid_until = 2023-11-30\nremove = [".a"]\n',
        encoding="utf-8",
    )
    (read,) = load(path).sources
    first, second = ExtractRules((), (".a",), "en"), ExtractRules(("#b",), (), "en")
    assert read.earlier == (EarlierRules(date(2023, 11, 30), first), EarlierRules(date(2025, 3, 1), second))
    for day, expected in (
        ((2020, 1, 1), first),
        ((2023, 11, 30), first),
        ((2023, 12, 1), second),
        ((2025, 3, 1), second),
        ((2025, 3, 2), read.rules),
    ):
        moment = datetime(*day, 23, 59, tzinfo=UTC)
        assert (read.rules_at(moment), read.as_of(moment).rules) == (expected, expected), day


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('select = [{ to = "h2" }]', ['select: "from" is missing (write from = "h2#privacy")']),
        (
            'select = [{ from = "h2[", to = 5, until = "h3" }]',
            [
                (
                    'select: from: "h2[" is not a CSS selector: Malformed attribute selector at position 2 '
                    '(write "main" or "#content")'
                ),
                'select: to: 5 is not a text (write "main")',
                "select: until: unknown key (one of from, to, from_included or to_included)",
            ],
        ),
        ('select = { from = "h2" }', ['select: is a table (write select = [{ from = "h2#privacy" }])']),
        (
            'remove = ["p", { from = "" }]',
            ['remove, entry 2: from: "" is not a CSS selector (write "main" or "#content")'],
        ),
        ('earlier = ["main"]', ["earlier: is a text (write [[source.earlier]] and its keys below)"]),
        ('earlier = "main"', ["earlier: is a text (write [[source.earlier]] with two brackets)"]),
        (
            'earlier = [{ valid_until = "1-3-2025", selct = [], remove = [{ from = "p", tp = "b" }] }]',
            [
                'earlier: valid_until: "1-3-2025" is not a day (write 2025-03-01)',
                "earlier: remove: tp: unknown key (one of from, to, from_included or to_included)",
                'earlier: selct: unknown key (did you mean "select"?)',
            ],
        ),
        ('earlier = [{ select = ["p"] }]', ['earlier: "valid_until" is missing (write valid_until = 2025-03-01)']),
        (
            "earlier = [{ valid_until = 2025-03-01T08:00:00 }]",
            ["earlier: valid_until: 2025-03-01 08:00:00 is not a day (write 2025-03-01)"],
        ),
        (
            'earlier = [{ valid_until = 2025-03-01 }, { valid_until = "2025-03-01" }]',
            ["earlier, entry 2: valid_until: 2025-03-01 is there twice (one day ends one set of selectors)"],
        ),
    ],
)
def test_every_fault_is_told(tmp_path: Path, line: str, expected: list[str]) -> None:
    """Place, value and remedy, all of them at once."""
    assert sorted(faults_of(tmp_path / "sources.toml", source(line))) == sorted(WHERE + each for each in expected)


def test_a_fault_in_a_table_below_names_its_own_line(tmp_path: Path) -> None:
    """The line is that of the key, not of the source."""
    text = GOOD + '[[source.earlier]]\nvalid_until = 2025-03-01\nselect = [\n  "main",\n  { from = "a[" },\n]\n'
    (fault,) = faults_of(tmp_path / "sources.toml", text)
    assert fault.startswith("sources.toml:11: source example/privacy: earlier: select, entry 2: from: ")
