"""Questions over all vendors: who names whom from when to when, and what stands side by side."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from storage.model import Cause, DocumentType, Fact, FactType, StatedFact, Version
from watcher.questions import COLUMNS, build_matrix, find_uses, in_words, standing, word_of
from watcher.report import answers

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """The moment on which a version was first seen."""
    return START + timedelta(days=10 * number)


def version(number: int, cause: Cause = Cause.CHANGED, source: str = "acme/subprocessors") -> Version:
    """A version that stood for five days and was then replaced five days later."""
    seen = day(number)
    return Version(
        source_id=source,
        number=number,
        cause=Cause.FIRST if number == 1 else cause,
        first_seen=seen,
        last_seen=seen + timedelta(days=5),
        fingerprint="f",
        extraction="1",
        captures=(),
        title=None,
        language="en",
        effective_date=None,
        last_updated=date(2026, 1, 1),
        blocks=1,
        words=1,
        verdict=None,
    )


def named(name: str, number: int, location: str | None = None, source: str = "acme/subprocessors") -> StatedFact:
    """A recipient that a version names."""
    fact = Fact.of(FactType.RECIPIENT, quote=f"We use {name}.", section=(), name=name, location=location)
    return StatedFact(
        source, source.partition("/")[0].title(), DocumentType.SUBPROCESSORS, number, day(number), day(number), fact
    )


def test_a_use_runs_from_its_first_version_to_its_last() -> None:
    """Once it is gone, and once it is back; what stands comes first; the newest wording counts."""
    stated = [named("Initech GmbH", 2), named("Initech", 3, "Germany"), named("INITECH", 5)]
    back, gone = find_uses(stated, [version(number) for number in range(1, 6)], "initech ltd")
    assert (gone.first_version, gone.last_version, gone.location) == (2, 3, "Germany")
    assert (gone.not_before, gone.since) == (day(1) + timedelta(days=5), day(2))
    assert (gone.until, gone.gone) == (day(3) + timedelta(days=5), day(4))
    assert (back.since, back.gone, back.name) == (day(5), None, "INITECH")


def test_what_the_history_begins_with_has_no_beginning() -> None:
    """Nor has what only a new way of reading has found."""
    (first,) = find_uses([named("Hooli", 1)], [version(1)])
    assert first.not_before is None
    (found,) = find_uses([named("Hooli", 2)], [version(1), version(2, Cause.RE_EXTRACTED)])
    assert found.not_before is None


def test_who_stood_on_a_day() -> None:
    """Between the first sight and the day on which it was gone, that day not included."""
    uses = find_uses([named("Hooli", 2)], [version(1), version(2), version(3)])
    assert standing(uses, None, everything=False) == []
    assert standing(uses, None, everything=True) == uses
    assert standing(uses, day(2) - timedelta(seconds=1), everything=False) == []
    assert standing(uses, day(2), everything=False) == uses
    assert standing(uses, day(3) - timedelta(seconds=1), everything=False) == uses
    assert standing(uses, day(3), everything=False) == []


@pytest.mark.parametrize(
    ("asked", "stands", "found"),
    [
        ("Globex", "Globex Ireland Ltd.", True),
        ("globex inc", "Globex", True),
        ("Globex Cloud", "Globex", True),
        ("Glob", "Globex", False),
        ("Initech", "Globex", False),
        ("AT&T", "AT&T Corp.", True),
        ("Düsenberg", "Düsenberg GmbH", True),
    ],
)
def test_any_spelling_of_a_party_is_found(asked: str, stands: str, *, found: bool) -> None:
    """Legal form, place and case aside; the word for the first choice never loses one that is meant."""
    uses = find_uses([named(stands, 1)], [version(1)], asked)
    assert bool(uses) == found
    word = word_of(asked)
    if found and word and asked != "Globex Cloud":
        assert word.lower() in stands.lower()


@settings(deadline=None)
@given(st.sets(st.integers(1, 12)), st.integers(1, 12))
def test_uses_cover_exactly_the_versions_that_name_it(seen: set[int], last: int) -> None:
    """Law: rows of versions without gaps, and none but the last stands without an end."""
    versions = [version(number) for number in range(1, last + 1)]
    uses = find_uses([named("Hooli", number) for number in seen if number <= last], versions)
    covered = [number for use in uses for number in range(use.first_version, use.last_version + 1)]
    assert sorted(covered) == sorted(number for number in seen if number <= last)
    assert all((use.gone is None) == (use.last_version == last) for use in uses)


def fact(kind: FactType, **values: str | None) -> Fact:
    """A fact with its quote."""
    return Fact.of(kind, quote="<b>said</b>", section=("A",), **values)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (fact(FactType.RETENTION, period="P24M", subject="old accounts"), "24 months (old accounts)"),
        (fact(FactType.RETENTION, subject="logs"), "no period (logs)"),
        (
            fact(FactType.NOTICE_PERIOD, of="subprocessor-change", period="P30D", days="business"),
            "30 days (business days, subprocessor change)",
        ),
        (fact(FactType.CONTACT, role="dpo", email="a@b.example"), "a@b.example (dpo)"),
        (fact(FactType.AI, statement="no-training"), "does not train models on data"),
        (fact(FactType.RECIPIENT, name="Hooli", location="US"), "Hooli (US)"),
        (fact(FactType.TRANSFER, mechanism="SCC", destination="US"), "SCC (US)"),
    ],
)
def test_a_fact_in_a_few_words(said: Fact, words: str) -> None:
    """What is typed, without the sentence."""
    assert in_words(said) == words


def test_a_matrix_has_every_vendor_and_every_value_once() -> None:
    """Also a vendor that states nothing; a period beats no period; all forms say the same."""
    stated = [named("Hooli", 1, "US"), named("Hooli", 1, "US"), named("=Evil()", 1)]
    periods = (fact(FactType.RETENTION, subject="logs"), fact(FactType.RETENTION, period="P1Y"))
    kind = DocumentType.PRIVACY_POLICY
    stated += [StatedFact("acme/privacy", "Acme", kind, 1, START, START, said) for said in periods]
    matrix = build_matrix(stated, ["Zeta", "Acme"], COLUMNS, ["Acme"])
    acme, zeta = matrix.rows
    cells = acme.cells
    assert (acme.vendor, acme.read, zeta.vendor, zeta.read) == ("Acme", True, "Zeta", False)
    assert [cell.values for cell in zeta.cells] == [()] * len(COLUMNS)
    assert cells[0].values == ("Hooli (US)", "=Evil()")
    assert cells[COLUMNS.index(FactType.RETENTION)].values == ("1 year",)
    rows = list(csv.reader(io.StringIO(answers.matrix_csv(matrix))))
    assert rows[1][:2] == ["Acme", "Hooli (US); =Evil()"]
    page = answers.matrix_html(matrix, "Vendors <1>")
    assert "<b>said" not in page
    assert "&lt;b&gt;said" in page
    assert json.dumps(answers.matrix_json(matrix))
    assert rows[2][1] == ""


def test_a_long_name_of_a_vendor_takes_nothing_from_the_values() -> None:
    """On a terminal of 40 columns a value is no column of syllables."""
    matrix = build_matrix([named("Hooli Hosting Limited", 1, "US")], ["Acme"], (FactType.RECIPIENT,), ["Acme"])
    row = replace(matrix.rows[0], vendor="Acme, the Purveyors of Anvils")
    shown = io.StringIO()
    Console(width=40, file=shown).print(answers.matrix_view(replace(matrix, rows=(row,))))
    assert shown.getvalue().splitlines() == [
        "Acme, the Purveyors of Anvils",
        "  recipients  Hooli Hosting Limited (US)",
    ]


def test_tables_hold_no_formula() -> None:
    """A name that is one is text in every table."""
    uses = find_uses([named("=HYPERLINK(1)", 1)], [version(1)])
    assert ",'=HYPERLINK(1)," in answers.uses_csv(uses)
    assert "'=HYPERLINK(1)" in answers.stated_csv([named("=HYPERLINK(1)", 1)])
    assert answers.uses_csv([]) == answers.uses_csv(uses).splitlines(keepends=True)[0]


def test_nobody_is_said_to_be_used_today_who_was_not_seen_today() -> None:
    """A document that could not be had for a while says nothing about today."""
    uses = find_uses([named("Hooli", 1)], [version(1)])

    def told(today: date) -> str:
        shown = io.StringIO()
        Console(width=160, file=shown).print(answers.uses_view(uses, today))
        return shown.getvalue()

    assert "today" in told(uses[0].until.date())
    assert f"last seen {uses[0].until.date()}" in told(uses[0].until.date() + timedelta(days=1))


def test_hours_are_neither_business_nor_calendar_days() -> None:
    """Both is said of days only."""
    said = {"of": "breach", "period": "PT48H", "days": "calendar"}
    assert in_words(fact(FactType.NOTICE_PERIOD, **said)) == "48 hours (breach)"
    said = {"of": "breach", "period": "P2D", "days": "business"}
    assert in_words(fact(FactType.NOTICE_PERIOD, **said)) == "2 days (business days, breach)"
