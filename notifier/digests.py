"""One digest a local day, or week, for each subscriber and target, whatever is changed in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from notifier.cadence import DIGEST_AT, due
from notifier.sealing import is_sealed
from storage.model import Cadence, Delivery, Post, Subscriber
from storage.protocol import Store

_DIGESTS = {Cadence.DAILY.value: Cadence.DAILY, Cadence.WEEKLY.value: Cadence.WEEKLY}
_REACH = timedelta(days=40)  # a digest tells what was found in the days before it, 38 at most: a page may flap for 30


def of_today(
    store: Store, parcels: Sequence[Post], people: Mapping[str, Subscriber], now: datetime, zone: tzinfo
) -> tuple[list[Post], list[Delivery]]:
    """The parcels that may go now, and the deliveries that wait for the next digest, with its time and group.

    They wait where the digest of their day has gone out, or may have: somebody who moves `at` from the morning to the
    evening gets no second one on that day. Digests of several days that could not be told (the mail server was down) go
    out as one, under the last day.
    """
    today = now.astimezone(zone).date()
    digests = {parcel.delivery.key: _group(parcel.delivery, today) for parcel in parcels if _is_digest(parcel.delivery)}
    if not digests:
        return list(parcels), []
    told = store.groups_told(set(digests.values()), min(map(_day, digests.values())) - _REACH)
    latest: dict[tuple[str, str, bool, Cadence], str] = {}
    free: list[Post] = []
    waiting: list[Delivery] = []
    for parcel in parcels:
        one, group = parcel.delivery, digests.get(parcel.delivery.key)
        if group is None:
            free.append(parcel)
        elif (one.subscriber, one.target, group, one.notice) in told:
            person = people.get(one.subscriber)
            moment, following = due(_cadence(one), now, zone, person.at if person else DIGEST_AT)
            waiting.append(replace(one, next_try=moment, group=following))
        else:
            latest[_whose(one)] = max(latest.get(_whose(one), ""), group)
            free.append(parcel)
    return [
        replace(one, delivery=replace(one.delivery, group=latest[_whose(one.delivery)]))
        if one.delivery.key in digests
        else one
        for one in free
    ], waiting


def _group(one: Delivery, today: date) -> str:
    """The group by the day, or week, that it is now: the zone may have been another one when it was made."""
    day = today - timedelta(days=today.weekday()) if _cadence(one) is Cadence.WEEKLY else today
    return min(one.group, f"{_cadence(one)}:{day.isoformat()}")


def _whose(one: Delivery) -> tuple[str, str, bool, Cadence]:
    return one.subscriber, one.target, one.notice, _cadence(one)


def _cadence(one: Delivery) -> Cadence:
    return _DIGESTS[one.group.partition(":")[0]]


def _is_digest(one: Delivery) -> bool:
    return one.group.partition(":")[0] in _DIGESTS and not is_sealed(one)


def _day(group: str) -> datetime:
    return datetime.combine(date.fromisoformat(group.partition(":")[2]), time(), UTC)
