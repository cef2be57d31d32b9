"""Cron expressions of five fields in a time zone, as Debian's cron understands them. Pure.

An hour that the clock skips in spring loses nothing: what would have come in it comes as it ends. An hour that comes
twice in autumn gives one turn, not two. Both hold of expressions with fixed minutes and hours; those with a star in one
of these fields go by the time that passes (cron(8), Debian).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from storage.model import Cron

LONGEST_GAP = timedelta(days=366)
_FIELDS = 5
_LONGEST = 100
# A year to look at for the longest gap; a leap year, so that one for 29 February alone is found to be too rare.
_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def judged(text: str) -> str:
    """The expression in its plain form. Raises ValueError, which names the remedy, when it is none or too rare."""
    expression = " ".join(text.split())
    if len(expression.split()) != _FIELDS or len(expression) > _LONGEST:
        raise ValueError('is not a cron expression of five fields (write "0 7 * * 1-5")')
    try:
        gap = longest_gap(expression)
    except CronSimError as error:
        why = str(error)[:1].lower() + str(error)[1:]
        raise ValueError(f'is not a cron expression: {why} (write "0 7 * * 1-5")') from None
    except StopIteration:
        gap = timedelta.max
    if gap > LONGEST_GAP:
        raise ValueError('comes less often than each year (write "0 7 * * 1-5")')
    return expression


def next_time(cron: Cron, after: datetime) -> datetime:
    """The first moment of the expression that lies after the given one, in UTC."""
    for moment in CronSim(cron.expression, after.astimezone(ZoneInfo(cron.zone))):
        found: datetime = moment.astimezone(UTC)
        if found > after:  # of an hour that comes twice only the first counts, and it may be over
            return found
    raise ValueError(f"{cron.expression!r} never comes")  # `judged` has seen to it that it does


@lru_cache(maxsize=1024)
def longest_gap(expression: str) -> timedelta:
    """The longest time between two moments of an expression, changes of the clock aside.

    Raises CronSimError for what is no expression, StopIteration for one that never comes.
    """
    moments = CronSim(expression, _YEAR - timedelta(seconds=1))
    first = last = next(moments)
    longest = timedelta(0)
    while last - first < _DAY:  # within a day: all days are alike but for which of them count
        following = next(moments)
        longest = max(longest, following - last)
        last = following
    while last < _YEAR + LONGEST_GAP:
        midnight = last.replace(hour=0, minute=0) + _DAY
        following = next(CronSim(expression, midnight - timedelta(seconds=1)))
        longest = max(longest, following - next(CronSim(expression, midnight, reverse=True)))
        last = following
    return longest
