"""Periods in four languages: what is read, what is left alone, and that it stays cheap."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.differ.periods import find_periods

STATED = [
    ("nl", "na zes maanden verwijderd", "P6M"),
    ("nl", "binnen één (1) jaar", "P1Y"),
    ("nl", "vierentwintig maanden daarna", "P24M"),
    ("nl", "drieëntwintig weken", "P23W"),
    ("nl", "anderhalf jaar", "P18M"),
    ("nl", "een half jaar", "P6M"),
    ("nl", "twaalf (12) maanden", "P12M"),
    ("nl", "binnen 72 uur", "PT72H"),
    ("nl", "na 7 jaar", "P7Y"),
    ("en", "an 18-month term", "P18M"),
    ("en", "30 calendar days", "P30D"),
    ("en", "half a year", "P6M"),
    ("en", "for a year", "P1Y"),
    ("en", "two and a half years", "P30M"),
    ("en", "twenty-five days", "P25D"),
    ("en", "12 (twelve) months", "P12M"),
    ("en", "1,000 days", "P1000D"),
    ("en", "a 30-minute session", "PT30M"),
    ("de", "nach 6 Wochen", "P6W"),
    ("de", "nach zwei Jahren", "P2Y"),
    ("de", "eine dreimonatige Frist", "P3M"),
    ("de", "einundzwanzig Tage", "P21D"),
    ("fr", "vingt-cinq mois", "P25M"),
    ("fr", "soixante et onze jours", "P71D"),
    ("fr", "quatre-vingt-dix jours", "P90D"),
    ("fr", "un an et demi", "P18M"),
]


@pytest.mark.parametrize(("language", "text", "iso"), STATED)
def test_a_period_is_read_as_it_is_stated(language: str, text: str, iso: str) -> None:
    """Digits and words give one duration in the unit of the text."""
    assert [period.iso for period in find_periods(text, language)] == [iso]


@pytest.mark.parametrize(("language", "text", "iso"), STATED)
def test_without_a_language_the_same_period_is_read(language: str, text: str, iso: str) -> None:
    """An unknown language tries all four and reads each place once."""
    assert [period.iso for period in find_periods(text)] == [iso]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "u bent 16 jaar oud"),
        ("nl", "kinderen jonger dan 16 jaar"),
        ("nl", "wij zijn open tot 17:00 uur"),
        ("en", "anyone older than 13 years"),
        ("en", "at least 18 years of age"),
        ("en", "support 24 hours a day"),
        ("en", "at most once a year"),
        ("en", "on 25 May 2018, section 12"),
        ("de", "Personen unter 16 Jahren"),
        ("fr", "les mineurs de moins de 15 ans"),
    ],
)
def test_ages_rates_and_dates_are_no_periods(language: str, text: str) -> None:
    """What looks like a period but states an age, a rate or a day gives nothing."""
    assert find_periods(text, language) == ()


def test_business_days_are_marked_and_weigh_more() -> None:
    """Ten business days are two weeks, and are told apart from calendar days."""
    (business,) = find_periods("within 10 business days", "en")
    (calendar,) = find_periods("within 10 calendar days", "en")
    (dutch,) = find_periods("binnen 10 werkdagen", "nl")
    assert (business.business, calendar.business, dutch.business) == (True, False, True)
    assert business.days == dutch.days == 14
    assert calendar.days == 10


def test_both_ends_of_a_range_are_read() -> None:
    """A range names two periods."""
    assert [p.iso for p in find_periods("between 6 and 12 months", "en")] == ["P6M", "P12M"]
    assert [p.iso for p in find_periods("2 tot 3 werkdagen", "nl")] == ["P2D", "P3D"]
    assert [p.iso for p in find_periods("section 5 and 12 months", "en")] == ["P12M"]


def test_twelve_months_are_as_long_as_a_year_but_keep_their_unit() -> None:
    """Durations keep their unit; days make them comparable."""
    months, year = (*find_periods("12 maanden", "nl"), *find_periods("een jaar", "nl"))
    assert (months.iso, year.iso) == ("P12M", "P1Y")
    assert months.days == year.days


@given(st.integers(min_value=1, max_value=999), st.sampled_from(["days", "weeks", "months"]))
def test_the_place_of_a_period_is_its_text(number: int, unit: str) -> None:
    """`text` is what stands between `start` and `end`, and the number is kept."""
    source = f"We delete it {number} {unit} later."
    (period,) = find_periods(source, "en")
    assert source[period.start : period.end] == period.text == f"{number} {unit}"
    assert period.iso == f"P{number}{unit[0].upper()}"


@given(st.text(alphabet="0123456789 ()-.,aenu dysmoth", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    """Any text gives periods inside its bounds, in order, without overlap."""
    end = 0
    for period in find_periods(text):
        assert end <= period.start < period.end <= len(text)
        end = period.end


def test_long_hostile_text_is_read_in_linear_time() -> None:
    """A run of number words does not make the search blow up."""
    started = time.process_time()
    find_periods("twenty " * 20_000 + "1 " * 20_000 + "(" * 20_000)
    assert time.process_time() - started < 2
