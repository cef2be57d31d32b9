"""The next due time of a source, pure: `now` and everything else are arguments."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from storage.model import CALMEST, Cron, Outcome
from watcher.cron import next_time

# A failed check is tried again after 5 minutes, then twice as late each time, but never later than this.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=6)
# Each wait after a failure is up to this share shorter, by source and try: a crowd that failed together must not come
# back together (faults.md H26).
JITTER = 0.2
# A page that is gone is looked for so soon that within some 24 hours it is known to be removed.
GONE_RETRY = timedelta(hours=12)
# A page that looks wrong is looked at again soon: most walls and cut pages are gone within the hour.
SUSPECT_RETRY = timedelta(hours=1)
# A server's wish to be left alone is honoured up to a day (faults.md H25).
LONGEST_WISH = timedelta(hours=24)
# Shares of its interval by which a source that was seen is due early: a daily timer, whose run may take an hour, finds
# every daily source due.
EARLY = (0.05, 0.10)
# A source that is checked further than this share of its interval from its due time came with a crowd, as a new one
# did: the program was down, or somebody asked for all at once. It is then due anywhere in its next interval but in the
# very beginning, so that the crowd does not come back as one. Smaller crowds dissolve in days, since `EARLY` differs.
ASTRAY = 0.25
SOONEST = 0.05

# An interval that adapts is this share of the time for which the text has stood: after ten intervals it grows.
CALM_SHARE = 0.1
# So long before and after the day that a text announces it is looked at more often.
AROUND = timedelta(days=3)


def next_due(
    source_id: str,
    outcome: Outcome,
    now: datetime,
    every: timedelta,
    *,
    failures: int = 0,
    transient: bool = False,
    retry_after: float | None = None,
    planned: datetime | None = None,
    cron: Cron | None = None,
) -> datetime:
    """When a source is due again after a check at `now` that came to `outcome`; `planned` is when it was due before.

    With `cron` it is due at the next of those moments exactly, with no share of its own taken off; `every`, the longest
    time between two of them, only bounds how late it is tried again after a failure.

    `failures` counts the checks without a good outcome in a row, this one included. `retry_after` is the server's
    wish in seconds: the source is never asked sooner, and the wish is capped at a day. The result lies after `now`.
    """
    if outcome.good:
        wait = every * _part(source_id, outcome, now, every, planned)
    elif outcome is Outcome.FAILED and transient:
        wait = _backed_off(source_id, FIRST_RETRY, failures, every)
    elif outcome in {Outcome.SUSPECT, Outcome.BLOCKED}:
        wait = _backed_off(source_id, SUSPECT_RETRY, failures, every)
    else:
        wait = every
    if cron is not None:
        turn = next_time(cron, now) - now
        wait = turn if outcome.good else min(wait, turn)
    if retry_after is not None:
        wait = max(wait, min(timedelta(seconds=max(retry_after, 0)), LONGEST_WISH))
    return now + wait


def cadence(every: timedelta, now: datetime, since: datetime, effective: date | None) -> timedelta:
    """The interval of a source that adapts, between `every` / 2 and `CALMEST` times `every`.

    It grows with the time that the text has stood (`since`), and is halved in the days around `effective`, the day on
    which the text says that it begins to hold. A long interval ends where those days begin.
    """
    soonest = every / 2
    calm = min(max((now - since) * CALM_SHARE, every), every * CALMEST)
    if effective is None:
        return calm
    noon = datetime.combine(effective, time(12), tzinfo=UTC)
    if abs(noon - now) <= AROUND:
        return soonest
    return calm if noon < now else max(min(calm, noon - AROUND - now), soonest)


def _part(source_id: str, outcome: Outcome, now: datetime, every: timedelta, planned: datetime | None) -> float:
    """The part of its interval after which a source that was seen is due again."""
    least, most = EARLY
    if outcome is Outcome.FIRST or (planned is not None and abs(now - planned) > every * ASTRAY):
        return SOONEST + (1 - least - SOONEST) * share(f"{source_id}|place")
    return 1 - least - (most - least) * share(source_id)


def _backed_off(source_id: str, first: timedelta, failures: int, every: timedelta) -> timedelta:
    """Twice as long each time, but no longer than the interval nor the longest retry, less the jitter."""
    tries = max(failures, 1)
    wait: timedelta = min(every, LAST_RETRY, first * 2 ** min(tries - 1, 20))
    return wait - wait * JITTER * share(f"{source_id}|{tries}")


def is_due(due: datetime, now: datetime, every: timedelta) -> bool:
    """Whether a source is to be checked at `now`: its time has come, or lies further ahead than any check could set it.

    The latter comes of a clock that was far ahead for a while, or of an interval that was much longer: nobody shall
    wait a year for either. A clock that is set back by hours makes nothing due (faults.md T01).
    """
    return due <= now or due - now > 2 * max(every, LONGEST_WISH)


def share(source_id: str) -> float:
    """A number in [0, 1) that belongs to the source: the same on every machine and in every run."""
    return int.from_bytes(hashlib.blake2b(source_id.encode(), digest_size=4).digest()) / 2**32
