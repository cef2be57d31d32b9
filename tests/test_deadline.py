"""Until when one may object: the day that a lawyer would compute, on the safe side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import (
    Change,
    ChangeKind,
    Comparison,
    Direction,
    DocumentType,
    Fact,
    FactType,
    Recipient,
    RecipientDelta,
    Severity,
    Source,
    StatedFact,
    Topic,
    Verdict,
)
from watcher.deadline import end_of, find_deadline

LIST = Source("acme/subprocessors", "Acme", DocumentType.SUBPROCESSORS, ("https://acme.example/s",))
BEFORE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def change(topic: Topic = Topic.SUBPROCESSORS) -> Change:
    """A material change of that topic."""
    return Change(
        topic=topic,
        topics=(topic,),
        kind=ChangeKind.ADDED,
        severity=Severity.MEDIUM,
        direction=Direction.WORSE,
        section=(),
        before=None,
        after="Hooli Inc.",
        spans=(),
        facts=(),
        summary="New sub-processor: Hooli",
        rules=(),
    )


NEW = Comparison(Verdict.MATERIAL, "en", (change(),), RecipientDelta(added=(Recipient("Hooli"),)))


def notice(
    period: str | None,
    *,
    days: str | None = None,
    of: str = "subprocessor-change",
    source: str = "acme/dpa",
    document: DocumentType = DocumentType.DPA,
    quote: str = "You may object within the period.",
) -> StatedFact:
    """What a document of the vendor states about notice."""
    fact = Fact.of(FactType.NOTICE_PERIOD, quote=quote, section=(), of=of, period=period, days=days)
    return StatedFact(source, "Acme", document, 1, BEFORE, BEFORE, fact)


def test_the_vendors_own_words_and_date() -> None:
    """Counted from the day that the vendor states, with the quote that grants it."""
    found = find_deadline(LIST, NEW, [notice("P30D")], stated=date(2026, 3, 11), seen_before=BEFORE, seen_after=AFTER)
    assert found is not None
    assert (found.on, found.since, found.stated) == (date(2026, 4, 10), date(2026, 3, 11), True)
    assert (found.source_id, found.quote) == ("acme/dpa", "You may object within the period.")


@pytest.mark.parametrize("stated", [None, date(2026, 3, 9), date(2026, 3, 13), date(2025, 1, 1)])
def test_a_date_that_cannot_be_the_day_of_notice_is_not_used(stated: date | None) -> None:
    """A page that was still the old one on that day, or a day that is to come: counted from first sight."""
    found = find_deadline(LIST, NEW, [notice("P30D")], stated=stated, seen_before=BEFORE, seen_after=AFTER)
    assert found is not None
    assert (found.on, found.stated) == (date(2026, 4, 11), False)


def test_the_own_contract_comes_first() -> None:
    """And holds for any material change, also one without sub-processors."""
    own = replace(LIST, objection="P14D")
    for comparison in (NEW, replace(NEW, changes=(change(Topic.RETENTION),), recipients=RecipientDelta())):
        found = find_deadline(own, comparison, [notice("P30D")], stated=None, seen_before=BEFORE, seen_after=AFTER)
        assert found is not None
        assert (found.on, found.source_id, found.quote) == (date(2026, 3, 26), None, None)


@pytest.mark.parametrize(
    ("comparison", "notices"),
    [
        (NEW, []),
        (NEW, [notice("P30D", of="policy-change")]),
        (NEW, [notice("P3D", of="breach")]),
        (NEW, [notice(None)]),
        (replace(NEW, verdict=Verdict.EDITORIAL), [notice("P30D")]),
        (replace(NEW, recipients=RecipientDelta(removed=(Recipient("Hooli"),))), [notice("P30D")]),
        (replace(NEW, recipients=RecipientDelta()), [notice("P30D")]),
    ],
)
def test_where_nothing_is_granted_nothing_is_made_up(comparison: Comparison, notices: list[StatedFact]) -> None:
    """No period, another period, no new sub-processor, no material change."""
    assert find_deadline(LIST, comparison, notices, stated=None, seen_before=BEFORE, seen_after=AFTER) is None


def test_which_words_speak() -> None:
    """Those of the document itself, then of the contract, then of the terms; of two in one place the shorter."""
    own = notice("P20D", source=LIST.id, document=DocumentType.SUBPROCESSORS)
    terms = notice("P5D", source="acme/terms", document=DocumentType.TERMS)
    privacy = notice("P1D", source="acme/privacy", document=DocumentType.PRIVACY_POLICY)
    contract = [notice("P30D"), notice("P4W"), notice("P1M")]

    def period(*notices: StatedFact) -> str:
        found = find_deadline(LIST, NEW, notices, stated=None, seen_before=BEFORE, seen_after=AFTER)
        assert found is not None
        return found.period

    assert period(privacy, terms, *contract, own) == "P20D"
    assert period(privacy, terms, *contract) == "P4W"
    assert period(privacy, terms) == "P5D"
    assert period(privacy) == "P1D"


@pytest.mark.parametrize(
    ("period", "since", "business", "country", "expected"),
    [
        # Calendar days: the day of the event does not count.
        ("P1D", date(2026, 3, 12), False, None, date(2026, 3, 13)),
        ("P30D", date(2026, 1, 31), False, None, date(2026, 3, 2)),
        ("P30D", date(2028, 2, 1), False, None, date(2028, 3, 2)),
        ("P14D", date(2026, 12, 25), False, None, date(2027, 1, 8)),
        ("P60D", date(2026, 3, 12), False, None, date(2026, 5, 11)),
        # Weeks end on the day of the same name.
        ("P2W", date(2026, 3, 12), False, None, date(2026, 3, 26)),
        ("P6W", date(2026, 3, 12), False, None, date(2026, 4, 23)),
        # Months end on the day of the same number, or the last of the month.
        ("P1M", date(2026, 1, 31), False, None, date(2026, 2, 28)),
        ("P1M", date(2028, 1, 31), False, None, date(2028, 2, 29)),
        ("P3M", date(2026, 11, 30), False, None, date(2027, 2, 28)),
        ("P1M", date(2026, 4, 30), False, None, date(2026, 5, 30)),
        ("P1Y", date(2028, 2, 29), False, None, date(2029, 2, 28)),
        # Hours are told as whole days.
        ("PT72H", date(2026, 3, 12), False, None, date(2026, 3, 15)),
        # Business days: weekends, and holidays where the country is known (Good Friday is one in Germany and for
        # Dutch terms, art. 3 Algemene termijnenwet, and is none in France; Easter Monday is one in all three).
        ("P10D", date(2026, 3, 12), True, None, date(2026, 3, 26)),
        ("P5D", date(2026, 3, 13), True, None, date(2026, 3, 20)),
        ("P10D", date(2026, 3, 31), True, None, date(2026, 4, 14)),
        ("P10D", date(2026, 3, 31), True, "DE", date(2026, 4, 16)),
        ("P10D", date(2026, 3, 31), True, "NL", date(2026, 4, 16)),
        ("P10D", date(2026, 3, 31), True, "FR", date(2026, 4, 15)),
        ("P3D", date(2026, 12, 23), True, "GB-ENG", date(2026, 12, 30)),
        ("P1D", date(2026, 5, 29), True, "DE-BW", date(2026, 6, 1)),
        ("P4D", date(2026, 5, 29), True, "DE-BW", date(2026, 6, 5)),
        ("P2W", date(2026, 3, 12), True, None, date(2026, 3, 26)),
    ],
)
def test_the_day_that_a_lawyer_would_compute(
    period: str, since: date, business: bool, country: str | None, expected: date
) -> None:
    """Worked out by hand with a calendar."""
    moment = datetime(since.year, since.month, since.day, 12, tzinfo=UTC)
    found = find_deadline(
        LIST,
        NEW,
        [notice(period, days="business" if business else "calendar")],
        stated=None,
        seen_before=moment - timedelta(days=1),
        seen_after=moment,
        country=country,
    )
    assert found is not None
    assert (found.on, found.business) == (expected, business)
    assert found.holidays == (country if business else None)


@pytest.mark.parametrize("period", ["", "P", "30 days", "P-1D", "PT", "P99999999Y"])
def test_what_is_no_period_has_no_end(period: str) -> None:
    """Nothing is guessed."""
    assert end_of(period, date(2026, 3, 12)) is None


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 400))
def test_longer_periods_never_end_sooner(since: date, days: int) -> None:
    """Law: a day more is a day later; business days end no sooner than as many days, and never on a weekend."""
    first, second = end_of(f"P{days}D", since), end_of(f"P{days + 1}D", since)
    assert first is not None
    assert second is not None
    assert second - first == timedelta(days=1)
    business = end_of(f"P{days}D", since, business=True)
    assert business is not None
    assert business >= first
    assert business.weekday() < 5


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 30))
def test_months_end_in_their_month(since: date, months: int) -> None:
    """Law: exactly so many months on, never in the one behind."""
    found = end_of(f"P{months}M", since)
    assert found is not None
    assert (found.year * 12 + found.month) - (since.year * 12 + since.month) == months
    assert found.day <= since.day
