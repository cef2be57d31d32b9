"""Who hears of which change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier_samples import (
    MOMENT,
    PROCESSOR,
    RETENTION,
    RIGHT,
    SOURCE,
    TRAINING,
    VERSION,
    WORDING,
    comparison,
)

from notifier.cadence import GIVE_UP_AFTER, LEAST_ATTEMPTS, due, next_try
from notifier.route import route
from storage.model import (
    Alert,
    Cadence,
    Cause,
    Change,
    Delivery,
    DeliveryState,
    Direction,
    DocumentType,
    Severity,
    Subscriber,
    Target,
    Topic,
    Verdict,
)

CHANGES = (RETENTION, TRAINING, PROCESSOR, RIGHT, WORDING)
MAIL = Target("mailto:privacy@example.org")
HOOK = Target("json://127.0.0.1:8080/${TOKEN}")


def subscriber(**filters: Any) -> Subscriber:
    """The sample subscriber with these filters."""
    return Subscriber(name="privacy-team", targets=(MAIL,), **filters)


def heard(changes: Sequence[Change] = CHANGES, **filters: Any) -> tuple[int, ...] | None:
    """The positions of the changes that a subscriber with these filters hears of, None for no alert."""
    alerts, _ = route([subscriber(**filters)], SOURCE, VERSION, comparison(*changes), MOMENT)
    return alerts[0].changes if alerts else None


def test_no_filter_hears_all_but_wording() -> None:
    """Without filters every change alerts but the editorial ones."""
    assert heard() == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"vendors": ("ACME",)}, (0, 1, 2, 3)),
        ({"vendors": ("acme inc",)}, None),
        ({"documents": (DocumentType.PRIVACY_POLICY,)}, (0, 1, 2, 3)),
        ({"documents": (DocumentType.DPA,)}, None),
        ({"tags": ("finance", "hr")}, (0, 1, 2, 3)),
        ({"tags": ("finance",)}, None),
        ({"topics": (Topic.TRANSFERS,)}, (2,)),
        ({"topics": (Topic.AI, Topic.RETENTION)}, (0, 1)),
        ({"topics": (Topic.CHILDREN,)}, None),
        ({"min_severity": Severity.HIGH}, (0, 1)),
        ({"min_severity": Severity.MEDIUM}, (0, 1, 2)),
        ({"min_severity": Severity.INFO}, (0, 1, 2, 3, 4)),
        ({"directions": (Direction.BETTER,)}, (3,)),
        ({"directions": (Direction.WORSE, Direction.BETTER), "min_severity": Severity.LOW}, (0, 1, 3)),
        ({"topics": (Topic.RIGHTS,), "min_severity": Severity.HIGH}, None),
    ],
)
def test_filters(filters: dict[str, Any], expected: tuple[int, ...] | None) -> None:
    """Each filter lets through what it names, and all of them must pass on the same change."""
    assert heard(**filters) == expected


def test_a_later_topic_counts() -> None:
    """A change is heard for any of its topics, not for the leading one alone."""
    assert heard(topics=(Topic.PURPOSES,)) == (1,)


@pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.NOISE, Verdict.BLOCKED])
def test_other_verdicts_are_silent(verdict: Verdict) -> None:
    """Noise, blocked pages and equal pages alert nobody, even if changes came along."""
    assert route([subscriber()], SOURCE, VERSION, comparison(*CHANGES, verdict=verdict), MOMENT) == ((), ())


@pytest.mark.parametrize("cause", [Cause.FIRST, Cause.RE_EXTRACTED])
def test_our_own_upgrade_is_silent(cause: Cause) -> None:
    """A first or a re-extracted version is no change of the vendor's."""
    assert route([subscriber()], SOURCE, replace(VERSION, cause=cause), comparison(*CHANGES), MOMENT) == ((), ())


def test_editorial_reaches_those_who_asked() -> None:
    """An editorial version alerts only subscribers that want to hear of wording."""
    edited = comparison(WORDING, verdict=Verdict.EDITORIAL)
    keen = replace(subscriber(min_severity=Severity.INFO), name="editor")
    alerts, _ = route([subscriber(), keen], SOURCE, VERSION, edited, MOMENT)
    assert [alert.subscriber for alert in alerts] == ["editor"]


def test_one_pending_delivery_for_each_target() -> None:
    """Every target gets its own delivery, due now, and a target named twice gets one."""
    both = replace(subscriber(), targets=(MAIL, HOOK, MAIL))
    alerts, deliveries = route([both], SOURCE, VERSION, comparison(RETENTION), MOMENT)
    assert [delivery.target for delivery in deliveries] == [MAIL.template, HOOK.template]
    assert {delivery.alert_key for delivery in deliveries} == {alerts[0].key}
    for delivery in deliveries:
        assert (delivery.state, delivery.attempts, delivery.group) == (DeliveryState.PENDING, 0, "")
        assert delivery.next_try == delivery.created_at == MOMENT


def test_keys_are_the_same_on_a_rerun() -> None:
    """The same subscriber, source and version have the same keys at any time, others have others."""

    def keys(name: str, number: int, now: datetime) -> list[str]:
        who = replace(subscriber(), name=name)
        alerts, deliveries = route([who], SOURCE, replace(VERSION, number=number), comparison(RETENTION), now)
        made: list[Alert | Delivery] = [*alerts, *deliveries]
        return [each.key for each in made]

    first = keys("a", 2, MOMENT)
    assert first == keys("a", 2, MOMENT + timedelta(days=3))
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in first)
    assert len({*first, *keys("a", 3, MOMENT), *keys("b", 2, MOMENT)}) == 6


def test_digest_group() -> None:
    """A daily digest is due at the next 08:00, a weekly one on the next Monday, and the group names the day."""
    alerts, (delivery,) = route(
        [subscriber(cadence=Cadence.DAILY)],
        SOURCE,
        VERSION,
        comparison(RETENTION),
        datetime(2026, 11, 22, 9, tzinfo=UTC),
    )
    assert alerts[0].cadence is Cadence.DAILY
    assert delivery.next_try == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert delivery.group == "daily:2026-11-23"


@pytest.mark.parametrize(
    ("cadence", "now", "moment", "group"),
    [
        (Cadence.DAILY, "2026-11-23T07:59:59+00:00", "2026-11-23T08:00:00+00:00", "daily:2026-11-23"),
        (Cadence.DAILY, "2026-11-23T08:00:00+00:00", "2026-11-24T08:00:00+00:00", "daily:2026-11-24"),
        (Cadence.WEEKLY, "2026-11-23T07:00:00+00:00", "2026-11-23T08:00:00+00:00", "weekly:2026-11-23"),
        (Cadence.WEEKLY, "2026-11-23T09:00:00+00:00", "2026-11-30T08:00:00+00:00", "weekly:2026-11-30"),
        (Cadence.WEEKLY, "2026-11-28T09:00:00+00:00", "2026-11-30T08:00:00+00:00", "weekly:2026-11-30"),
    ],
)
def test_next_boundary(cadence: Cadence, now: str, moment: str, group: str) -> None:
    """The boundary is the first one strictly after now."""
    assert due(cadence, datetime.fromisoformat(now)) == (datetime.fromisoformat(moment), group)


def test_local_boundary() -> None:
    """In a zone the digest falls on 08:00 of the local clock, in summer and in winter."""
    zone = ZoneInfo("Europe/Berlin")
    assert due(Cadence.DAILY, datetime(2026, 7, 1, 5, tzinfo=UTC), zone)[0] == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert due(Cadence.DAILY, datetime(2026, 12, 1, 5, tzinfo=UTC), zone)[0] == datetime(2026, 12, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"])
def test_one_digest_a_local_day(zone: str) -> None:
    """Through a year with both changes of the clocks, 02:30 gives one moment a local day, in order."""
    at = datetime(2026, 1, 1, 2, 30).time()  # noqa: DTZ001 - a wall time
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = [due(Cadence.DAILY, now + timedelta(hours=hour), ZoneInfo(zone), at) for hour in range(24 * 370)]
    by_day = {group: moment for moment, group in found}
    assert len(set(found)) == len(by_day), "a local day had two digests"
    assert 369 <= len(by_day) <= 372
    moments = list(by_day.values())
    assert all(timedelta(hours=22) < later - earlier < timedelta(hours=26) for earlier, later in pairwise(moments))


def pending(group: str = "") -> Delivery:
    """A delivery that was made at the sample moment."""
    made = route([subscriber()], SOURCE, VERSION, comparison(RETENTION), MOMENT)[1][0]
    return replace(made, group=group)


def test_retry_waits_grow() -> None:
    """The waits are 1, 5, 15 minutes, 1, 3, 6 and again 6 hours, at most a tenth longer."""
    for attempt, minutes in enumerate((1, 5, 15, 60, 180, 360, 360), 1):
        later = next_try(pending(), attempt, MOMENT)
        assert later is not None
        assert timedelta(minutes=minutes) <= later - MOMENT <= timedelta(minutes=minutes * 1.1)


def test_retry_after_makes_a_wait_longer_only() -> None:
    """A server may ask for a longer wait up to a day, never for a shorter one."""
    assert next_try(pending(), 1, MOMENT, 7200) == MOMENT + timedelta(hours=2)
    assert next_try(pending(), 1, MOMENT, 1e300) == MOMENT + timedelta(hours=24)
    assert next_try(pending(), 3, MOMENT, 1) == next_try(pending(), 3, MOMENT) == next_try(pending(), 3, MOMENT, -5)


def test_giving_up() -> None:
    """Given up after 72 hours and eight tries; an outbox that lay still for a month gets its tries."""
    late = MOMENT + GIVE_UP_AFTER
    assert next_try(pending(), LEAST_ATTEMPTS, late) is None
    assert next_try(pending(), LEAST_ATTEMPTS, late - timedelta(seconds=1)) is not None
    assert next_try(pending(), 1, MOMENT + timedelta(days=30)) is not None


def test_digest_waiting_does_not_count() -> None:
    """The days that a weekly digest waits for its Monday are not days of failing."""
    weekly = pending("weekly:2026-11-30")
    assert next_try(weekly, LEAST_ATTEMPTS, datetime(2026, 11, 30, 8, tzinfo=UTC)) is not None
    assert next_try(weekly, LEAST_ATTEMPTS, datetime(2026, 12, 4, 8, tzinfo=UTC)) is None


@given(st.integers(1, 500), st.integers(0, 10**6))
@settings(deadline=None)
def test_retry_ends(attempts: int, seconds: int) -> None:
    """Every try is later than the one before, or there is none."""
    now = MOMENT + timedelta(seconds=seconds)
    later = next_try(pending(), attempts, now)
    assert later is None or later > now
