"""Calendar days in running text, in the ways that European documents write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import get_month_names

_CORE = ("nl", "en", "de", "fr")  # every document may quote these
KNOWN = (*_CORE, "es", "it", "pt", "da", "sv", "pl")  # languages whose month names and date phrases are known
_ACCENTS = {"é": "[ée]", "û": "[ûu]", "ä": "(?:ä|ae)"}
_YEAR = r"(?:19|20)\d\d"
_HAS_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ISO = re.compile(rf"(?<![\w./-])({_YEAR})([-./])(\d\d?)\2(\d\d?)(?=T\d|[^\w/-]|$)")
_NUMERIC = re.compile(rf"(?<![\w./-])(\d\d?)(?: ?([./]) ?|(-))(\d\d?)(?:\2|\3) ?({_YEAR})(?![\w/-]|\.\d)")
_SHORT = re.compile(r"(?<![\w./-])(\d\d?)(?:([./])|(-))(\d\d?)(?:\2|\3)(\d\d)(?![\w/-]|\.\d)")
_EAST = re.compile(rf"({_YEAR}) ?年 ?(\d\d?) ?月 ?(\d\d?) ?日")
# A named day is no longer than this, and in so short a text is sought at every place.
_REACH = 64
_SHORT_TEXT = 400
_ORDINAL = r"(?:st|nd|rd|th|er|ère|e|ste|de|ª|º|°)?"


@dataclass(frozen=True, slots=True)
class FoundDay:
    """One day in a text: where it stands, and the other reading when day and month could be exchanged.

    `month_first` tells how it is written: True for "May 3, 2024" or 05/23/2024, False for "3 May 2024" or 23/05/2024,
    None where that cannot be told. `short` is True for a year of two digits: no proof of a day by itself.
    """

    start: int
    end: int
    day: date
    other: date | None = None
    month_first: bool | None = None
    short: bool = False


def find_days(
    text: str, language: str | None, *, month_first: bool | None = None, short_years: bool = False
) -> list[FoundDay]:
    """Find every whole day (day, month and year) in a text, in order, none overlapping.

    `month_first` decides what 05/03/2024 is; None leaves it to the language: month first in English, else day first.
    With dots (03.05.2024) it is always the day. Impossible days (31 June) are no days, month and year alone neither.
    Years of two digits (03-05-24) are read only with `short_years`.
    """
    first = language == "en" if month_first is None else month_first
    found = list(_numbered(_SHORT, text, first=first)) if short_years else []
    if _HAS_YEAR.search(text):
        found += (*_named(text, language), *_year_first(text), *_numbered(_NUMERIC, text, first=first))
    found.sort(key=lambda item: (item.start, -item.end))
    kept: list[FoundDay] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def parse_date(text: str, language: str | None) -> date | None:
    """Read the first whole day of a text; None when it holds none ("24 maanden", "March 2019", "30 days")."""
    found = find_days(text, language)
    return found[0].day if found else None


def day_order(days: Sequence[FoundDay]) -> bool | None:
    """Tell from days already found whether their text puts the month first; None when they do not agree or say."""
    votes = [found.month_first for found in days if found.month_first is not None]
    if votes.count(True) == votes.count(False):
        return None
    return votes.count(True) > votes.count(False)


def _named(text: str, language: str | None) -> Iterator[FoundDay]:
    """Days whose month is a word."""
    day_first, month_first, months = _patterns(language if language in KNOWN else None)
    stretches = list(_around_years(text))
    for pattern, order in ((day_first, False), (month_first, True)):
        for start, end in stretches:
            for match in pattern.finditer(text, start, end):
                day = _day(match["year"], months.get(_plain(match["month"])), match["day"])
                if day:
                    yield FoundDay(match.start(), match.end(), day, month_first=order)


def _around_years(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which a day with a year may stand; all of a short one."""
    if len(text) <= _SHORT_TEXT:
        yield 0, len(text)
        return
    start = end = 0
    for year in _HAS_YEAR.finditer(text):
        if year.start() - _REACH > end:
            if end:
                yield start, end
            start = year.start() - _REACH
        end = min(len(text), year.end() + 1)  # what stands behind it may show that it is none
    if end:
        yield start, end


def _year_first(text: str) -> Iterator[FoundDay]:
    """Days of digits that begin with the year: only one reading."""
    for match in (*_ISO.finditer(text), *_EAST.finditer(text)):
        parts = [part for part in match.groups() if part.isdigit()]
        day = _day(parts[0], int(parts[1]), parts[2])
        if day:
            yield FoundDay(match.start(), match.end(), day)


def _numbered(pattern: re.Pattern[str], text: str, *, first: bool) -> Iterator[FoundDay]:
    """Days of digits that end with the year."""
    for match in pattern.finditer(text):
        one, dot_or_slash, _, two, year = match.groups()
        short = len(year) == 2
        year = f"20{year}" if short else year
        as_day_first = _day(year, int(two), one)
        dotted = dot_or_slash == "." and as_day_first is not None
        as_month_first = None if dotted else _day(year, int(one), two)
        both = as_day_first is not None and as_month_first is not None and as_day_first != as_month_first
        day = as_month_first if as_month_first and (first or not as_day_first) else as_day_first
        if day:
            other = (as_day_first if day == as_month_first else as_month_first) if both else None
            order = None if both or as_day_first == as_month_first else day == as_month_first
            yield FoundDay(match.start(), match.end(), day, other, order, short)


def _day(year: str, month: int | None, day: str) -> date | None:
    """The day if the calendar has it."""
    try:
        return date(int(year), month or 0, int(day))
    except ValueError:
        return None


def _plain(month: str) -> str:
    """A month's name without what writers add or leave out."""
    folded = month.casefold().rstrip(".")
    return folded.replace("é", "e").replace("û", "u").replace("ae", "a").replace("ä", "a")


@lru_cache(maxsize=16)
def _patterns(language: str | None) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, int]]:
    """The two patterns with month names (day first, month first) and the table of names, from CLDR."""
    months: dict[str, int] = {}
    names: set[str] = set()
    for code in KNOWN if language is None else dict.fromkeys((*_CORE, language)):
        for name, number in _month_names(code):
            months.setdefault(_plain(name), number)
            names.add(name)
    words = "|".join(_loose(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    month = rf"(?P<month>{words})(?![^\W\d_])\.?"
    link = r"(?: ?(?:day )?(?:of|de|del|di|den) | ?d'|[\s\-/.,]{1,3})"
    day = rf"(?P<day>\d\d?){_ORDINAL}"
    year = rf"(?P<year>{_YEAR})(?!\d)"
    gap = r"(?:[\s\-/]{1,2}|\s(?:de|del|of)\s)?"
    day_first = rf"(?<![\w.,/-]){day}(?:{link}|(?=[^\W\d_])){month},?{gap}{year}"
    month_first = rf"(?<!\w){month}[\s\-]{{0,2}}{day}(?:[,¸]?[\s\-\u0327]{{1,3}}|,){year}"
    return re.compile(day_first, re.IGNORECASE), re.compile(month_first, re.IGNORECASE), months


def _month_names(code: str) -> Iterator[tuple[str, int]]:
    """The month names of one language, wide and abbreviated, as CLDR writes them within a date and alone."""
    locale = Locale(code)
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, context, locale).items():
                yield name.casefold().rstrip("."), number
    if code == "en":
        yield "sept", 9  # the usual British abbreviation, which CLDR has for en-GB alone
    if code == "nl":
        yield "maa", 3


def _loose(name: str) -> str:
    """A pattern for a name with or without its accents."""
    return "".join(_ACCENTS.get(letter, re.escape(letter)) for letter in name)
