"""When a message is due: the next digest, and the next try after a refusal. Pure; `now` is an argument."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from storage.model import Cadence, Delivery, QuietHours

DIGEST_AT = time(8, 0)
GIVE_UP_AFTER = timedelta(hours=72)  # less than the 4-5 days of RFC 5321 section 4.5.4.1: a person must look sooner
LEAST_ATTEMPTS = 8  # an outbox that lay still for a week must not give up at its first failure
LONGEST_WAIT = timedelta(hours=24)  # more than a server may ask for
REMINDER = "remind"  # begins the group of deliveries that remind of a deadline: "remind:2026-12-01:7"
REMIND_BEFORE = (7, 1)  # days before the last day: enough for a decision, then for a letter
_WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)
)  # then every six hours; greylisting lets a mail through after 5 to 15 minutes


def due(
    cadence: Cadence, now: datetime, zone: tzinfo = UTC, at: time = DIGEST_AT, quiet: QuietHours | None = None
) -> tuple[datetime, str]:
    """When an alert made at `now` is to be sent, and the group it is sent with.

    Immediate: `now`, or the end of the `quiet` hours that it falls in, and "". Daily and weekly: the next local `at` in
    `zone` strictly after `now` (weekly: on a Monday), in UTC, and "daily:2026-11-23" or "weekly:2026-11-23" by the
    local day. A wall time that a change of the clocks skips or repeats gives one moment: each local day has one digest.
    """
    if cadence is Cadence.IMMEDIATE:
        return quiet_until(quiet, now, zone) or now, ""
    day = now.astimezone(zone).date()
    if cadence is Cadence.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    step = timedelta(days=7 if cadence is Cadence.WEEKLY else 1)
    while (moment := _moment(day, at, zone)) <= now:
        day += step
    return moment, f"{cadence}:{day.isoformat()}"


def reminders(on: date, now: datetime, zone: tzinfo, at: time = DIGEST_AT) -> list[tuple[datetime, str]]:
    """When to remind of a deadline whose last day is `on`, at the local time `at`, and the group; none in the past."""
    found = [
        (_moment(on - timedelta(days=days), at, zone), f"{REMINDER}:{on.isoformat()}:{days}") for days in REMIND_BEFORE
    ]
    return [(moment, group) for moment, group in found if moment > now]


def quiet_until(quiet: QuietHours | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that `now` falls in by the local clock, in UTC; None outside of them.

    Of an end that a change of the clocks skips or repeats, the later reading counts.
    """
    if quiet is None:
        return None
    local = now.astimezone(zone)
    wall, past_midnight = local.time(), quiet.start > quiet.end
    within = wall >= quiet.start or wall < quiet.end if past_midnight else quiet.start <= wall < quiet.end
    if not within:
        return None
    day = local.date() + timedelta(days=past_midnight and wall >= quiet.start)
    return max(_moment(day, quiet.end.replace(fold=fold), zone) for fold in (0, 1))


def next_try(
    delivery: Delivery, attempts: int, now: datetime, retry_after: float | None = None, *, message: str = ""
) -> datetime | None:
    """When to try again after the `attempts`-th failed try at `now`; None to give up.

    The waits are 1, 5, 15 minutes, 1, 3 and 6 hours, then every 6 hours, each up to a tenth longer by a hash of the key
    of the `message` (the delivery's own where none is given), so that a crowd does not come back at once and what went
    out together comes back together. A server's `retry_after` seconds can make a wait longer, up to 24 hours. Given up
    when it has been due for 72 hours and was tried 8 times.
    """
    if attempts >= LEAST_ATTEMPTS and now - _first_due(delivery) >= GIVE_UP_AFTER:
        return None
    wait = _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]
    share = int(hashlib.sha256(f"{message or delivery.key}|{attempts}".encode()).hexdigest()[:4], 16) / 0xFFFF
    wait += wait * share / 10
    if retry_after is not None and retry_after > 0:
        wait = max(wait, min(timedelta(seconds=min(retry_after, 1e6)), LONGEST_WAIT))
    return now + wait


def _first_due(delivery: Delivery) -> datetime:
    """When the delivery was first due: a digest's days of waiting do not count against it."""
    cadence, _, day = delivery.group.partition(":")
    if cadence not in {Cadence.DAILY, Cadence.WEEKLY, REMINDER}:
        return delivery.created_at
    day, _, ahead = day.partition(":")
    end_of_day = datetime.combine(date.fromisoformat(day), time(), UTC) + timedelta(days=1 - int(ahead or 0))
    return max(delivery.created_at, end_of_day)


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
