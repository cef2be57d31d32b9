"""Until when one may object to a change of sub-processors: by the vendor's words or by contract. Pure.

Periods are counted as Regulation (EEC, Euratom) 1182/71 counts them, articles 3(1) and 3(2): the day of the event is
not part of the period, which ends with the last hour of its last day; a period of weeks or months ends on the day of
the same name or number, or on the last day of a month that has none. Its article 3(4), by which a last day on a weekend
or a holiday moves on, holds only where the configuration says so: the earlier day is the safe one.

Business days are Monday to Friday, and Saturdays too where the words are "Werktage" (section 3(2) of the German
Bundesurlaubsgesetz, as the courts read the word in contracts) or "jours ouvrables" (as against "jours ouvrés").
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, timedelta

from storage.model import (
    Comparison,
    Deadline,
    DocumentType,
    Fact,
    FactQuery,
    FactType,
    Source,
    StatedFact,
    Topic,
    Verdict,
)
from storage.protocol import Store
from watcher.job import Candidate

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(\d+)H)?")
_DAY = timedelta(days=1)
# Of the days of a week, as `date.weekday` counts them, how many are business days.
_FIVE, _SIX = 5, 6
_WITH_SATURDAY = re.compile(r"\bwerktag|\bjours? ouvrable", re.IGNORECASE)
_WITHOUT = re.compile(
    r"montag bis freitag|lundi au vendredi|(?:au(?:ß|ss)er|ohne|hors|sauf) (?:le )?sam", re.IGNORECASE
)
# "object ... ten days before the change takes effect": counted back from that day.
_OBJECT = r"\b(?:object|oppos|contest|bezwaar|verzet|widerspr|einspruch|einwend|einwänd)"
_TELL = r"notif|inform|notice|announc|meld|kennisgev|mitteil|mitgeteilt|bekannt|avis|préavis|annonc"
_EFFECT = (
    r"\b(?:prior to|before|ahead of|voor(?:dat)?|vor|bevor|avant)\b[^.;]{0,60}"
    r"(?:effect|in force|ingang|inwerking|van kracht|inkrafttreten|wirksam|in kraft|vigueur|prise d['’]effet)"
)
_BACKWARDS = re.compile(rf"{_OBJECT}(?:(?!{_TELL})[^.;]){{0,120}}{_EFFECT}", re.IGNORECASE)
# Which of the vendor's documents speaks for it, where several state a period: the contract before all others.
_SPEAKS = (DocumentType.DPA, DocumentType.SUBPROCESSORS, DocumentType.TERMS)


def find_deadline(
    source: Source,
    comparison: Comparison,
    notices: Sequence[StatedFact],
    *,
    stated: date | None,
    seen_before: datetime,
    seen_after: datetime,
    effective: date | None = None,
    country: str | None = None,
    moves_on: bool = False,
) -> Deadline | None:
    """The deadline for a change, None where there is nothing to object to or no period is known.

    There is something to object to when a sub-processor is new or has changed, and when the source has a period of its
    own (`objection`), which holds for any material change. `notices` are what the vendor states about notice; `stated`
    is the day that the new version names as its own, which counts if it lies between the two moments at which the page
    was seen; `effective` the day on which it says to take effect, from which a vendor's words may count back. `country`
    (ISO 3166) is whose public holidays are no business days; with `moves_on` a last day that is none moves to the next.
    """
    if comparison.verdict is not Verdict.MATERIAL:
        return None
    own = source.objection
    granted = None if own else _granted(source, comparison, notices)
    if own is None and granted is None:
        return None
    first, last = seen_before.astimezone(UTC).date(), seen_after.astimezone(UTC).date()
    is_stated = stated is not None and first <= stated <= last
    since = stated if stated is not None and is_stated else last
    period = own or (granted.fact.get("period") if granted else None) or ""
    business = granted is not None and granted.fact.get("days") == "business"
    quote = granted.fact.quote if granted else ""
    week = _SIX if _WITH_SATURDAY.search(quote) and not _WITHOUT.search(quote) else _FIVE
    free = _holidays(country, since) if business or moves_on else ()
    on = end_of(period, since, business=business, free=free, week=week)
    if effective is not None and _BACKWARDS.search(quote):
        back = end_of(period, effective, business=business, free=free, week=week, back=True)
        if back is not None and back > since:
            on, since, is_stated = back, effective, True
    if on is None:
        return None
    if moves_on and not period.startswith("PT"):
        on = _business(on - _DAY, 1, free, _FIVE)
    return Deadline(
        on=on,
        since=since,
        stated=is_stated,
        period=period,
        business=business,
        holidays=country if business or moves_on else None,
        source_id=granted.source_id if granted else None,
        quote=granted.fact.quote if granted else None,
        saturdays=business and week == _SIX,
    )


def notices_of(store: Store, source: Source, comparison: Comparison) -> tuple[StatedFact, ...]:
    """What the vendor states about notice in all its documents, where that may matter."""
    if source.objection or not (comparison.recipients.added or comparison.recipients.changed):
        return ()
    return tuple(store.stated(FactQuery(types=(FactType.NOTICE_PERIOD,), vendor=source.vendor)))


def deadline_for(
    candidate: Candidate, facts: Sequence[Fact], comparison: Comparison, seen: datetime
) -> Deadline | None:
    """The deadline of a version that is being made, whose own text counts before what the store holds of it."""
    job, base, document = candidate.job, candidate.base, candidate.extraction.document
    if base is None:
        return None
    source = job.source
    own = [
        StatedFact(source.id, source.vendor, source.document, base.version.number + 1, seen, seen, fact)
        for fact in facts
        if fact.type is FactType.NOTICE_PERIOD
    ]
    others = [one for one in candidate.notices if one.source_id != source.id]
    return find_deadline(
        source,
        comparison,
        [*own, *others],
        stated=document.updated.day if document.updated else None,
        seen_before=base.version.last_seen,
        seen_after=seen,
        effective=document.effective.day if document.effective else None,
        country=job.country,
        moves_on=job.moves_on,
    )


def end_of(
    period: str,
    since: date,
    *,
    business: bool = False,
    free: Container[date] = (),
    week: int = _FIVE,
    back: bool = False,
) -> date | None:
    """The last day of a period that begins with an event on `since`; None for a period that is none.

    Of business days, the first ones of the `week` count but for those that are `free`; weeks are so many of them. With
    `back` the period ends with the event, and the day is the last one before it begins.
    """
    found = _PERIOD.fullmatch(period)
    if found is None or not any(found.groups()):
        return None
    years, months, weeks, days, hours = (int(part or 0) for part in found.groups())
    days += -(-hours // 24)
    sign = -1 if back else 1
    try:
        if business and not years and not months:
            return _business(since, days + week * weeks, free, week, sign * _DAY)
        return _months_on(since, sign * (12 * years + months)) + sign * timedelta(weeks=weeks, days=days)
    except (OverflowError, ValueError):
        return None


def _granted(source: Source, comparison: Comparison, notices: Sequence[StatedFact]) -> StatedFact | None:
    """The vendor's words that grant a period: of this document first, then of its contract; the shortest is safe."""
    delta = comparison.recipients
    speaks = source.document in _SPEAKS or any(Topic.SUBPROCESSORS in change.topics for change in comparison.changes)
    if not (delta.added or delta.changed) or not speaks:
        return None
    fitting = [
        one
        for one in notices
        if one.fact.type is FactType.NOTICE_PERIOD
        and one.fact.get("of") == "subprocessor-change"
        and _PERIOD.fullmatch(one.fact.get("period") or "-")
    ]
    return min(fitting, key=lambda one: _rank(one, source), default=None)


def _rank(one: StatedFact, source: Source) -> tuple[int, date]:
    own = one.source_id == source.id
    place = -1 if own else _SPEAKS.index(one.document) if one.document in _SPEAKS else len(_SPEAKS)
    start = date(2001, 1, 1)  # any day: only the lengths are compared
    business = one.fact.get("days") == "business"
    return place, end_of(one.fact.get("period") or "", start, business=business) or date.max


def _business(since: date, days: int, free: Container[date], week: int, step: timedelta = _DAY) -> date:
    day = since
    while days > 0:
        day += step
        if day.weekday() < week and day not in free:
            days -= 1
    return day


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _holidays(country: str | None, since: date) -> Container[date]:
    """The public holidays of a country, of the years around a day."""
    if country is None:
        return ()
    import holidays  # noqa: PLC0415 - thousands of rules, needed for business days alone

    name, _, part = country.partition("-")
    years = range(since.year - 1, since.year + 3)
    return frozenset(holidays.country_holidays(name, subdiv=part or None, years=years))
