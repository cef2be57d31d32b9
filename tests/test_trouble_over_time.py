"""Days of an outage in the real worker and store, with runs that die: each source is told once, and once of its end."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.connect import open_store
from storage.model import (
    Capture,
    CheckResult,
    DocumentType,
    NoticeKind,
    NoticeParcel,
    Operator,
    PageState,
    Reason,
    Source,
    Target,
)
from storage.protocol import Store
from watcher.fetcher import PLAIN, FetchFailure, Manner, NotModified
from watcher.job import Fetched
from watcher.worker import RunSettings, check_due

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPERATOR = Operator((Target("console:"),))
TEXT = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>"
    + "We process personal data only on the instructions of our customers. " * 9
    + "</p></main></html>"
).encode()


class Web:
    """Pages that never change, behind a network that can be down."""

    down = False

    def fetch(
        self, url: str, *, state: PageState | None = None, manner: Manner = PLAIN, now: Callable[[], datetime]
    ) -> Fetched:
        """The page, or why not."""
        if self.down:
            return FetchFailure(url, Reason.DNS, "no such name", transient=True)
        if state is not None:
            return NotModified(url, now(), url)
        digest = hashlib.sha256(TEXT).hexdigest()
        return Capture(url, url, now(), 200, (("ETag", '"1"'),), "text/html", "utf-8", digest, TEXT)


class KilledError(BaseException):
    """The end of a run that nobody catches."""


class Mortal:
    """A store whose run dies now and then: before a commit, so that all in it is lost, or right after."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        """Wrap it."""
        self.store, self.chance, self.deaths = store, chance, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def commit(self, results: Sequence[CheckResult]) -> None:
        """Commit, die, or both."""
        fate = self.chance.choice(["before", "after", *["lives"] * 6])
        self.deaths[fate] += 1
        if fate != "before":
            self.store.commit(results)
        if fate != "lives":
            raise KilledError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store."""
    opened = open_store(str(tmp_path / "history.db"), write=True)
    yield opened
    opened.close()


def sources(count: int) -> list[Source]:
    """So many pages, each on a host of its own."""
    return [Source(f"v{n}/p", f"V{n}", DocumentType.DPA, (f"https://v{n}.example/",)) for n in range(count)]


def posted(store: Store) -> list[NoticeParcel]:
    """Every notice in the outbox."""
    found = [store.parcel(delivery.key) for delivery in store.deliveries()]
    return [parcel for parcel in found if isinstance(parcel, NoticeParcel)]


def test_an_outage_of_two_days_is_told_once_for_each_source(store: Store, now: datetime) -> None:
    """Forty sources, a run whenever one is due, one in four dies: 40 failing, 40 recovered, in a few messages."""
    watched, web, mortal = sources(40), Web(), Mortal(store, random.Random(5))
    dying: Any = mortal
    store.sync_sources(watched, now)
    with_ = RunSettings(
        sources={one.id: one for one in watched}, threads=8, operator=OPERATOR, gather=HOUR, lease=timedelta(minutes=1)
    )
    begin, moment = now + 3 * DAY, now
    while moment < now + 9 * DAY:
        web.down = begin <= moment < begin + 2 * DAY
        with suppress(KilledError):
            check_due(dying, web, with_, lambda at=moment: at)  # type: ignore[misc] # a clock that stands
        due = min(state.next_due for state in store.states())
        moment = max(due, moment + timedelta(minutes=2))
    told = posted(store)
    kinds = Counter((parcel.notice.kind, parcel.notice.source_id) for parcel in told)
    assert min(mortal.deaths["before"], mortal.deaths["after"]) > 10
    assert set(kinds.values()) == {1}
    assert Counter(kind for kind, _ in kinds) == {NoticeKind.FAILING: 40, NoticeKind.RECOVERED: 40}
    assert all(parcel.delivery.next_try.minute == parcel.delivery.next_try.second == 0 for parcel in told)
    assert all(timedelta() < parcel.delivery.next_try - parcel.delivery.created_at <= 6 * HOUR for parcel in told)
    first = min(told, key=lambda parcel: parcel.delivery.created_at)
    assert first.delivery.next_try - first.delivery.created_at <= HOUR
    groups = {parcel.delivery.group for parcel in told}
    assert len(groups) <= 12
    for parcel in told:
        if parcel.notice.kind is NoticeKind.FAILING:
            assert parcel.notice.count == OPERATOR.after_failures
            assert parcel.notice.last_good is not None
            assert parcel.notice.last_good < begin


def test_what_fails_in_one_run_of_check_is_one_group_due_at_once(store: Store, now: datetime) -> None:
    """Without a time to gather in, the notices of a run are due with it, and those of the next are another message."""
    watched, web = sources(12), Web()
    web.down = True
    store.sync_sources(watched, now)
    with_ = RunSettings(sources={one.id: one for one in watched}, threads=4, operator=OPERATOR)
    ids = [one.id for one in watched]
    for number in range(5):
        check_due(store, web, with_, lambda at=now + number * HOUR: at, only=ids[: 12 if number else 6])  # type: ignore[misc] # a clock that stands
    check_due(store, web, with_, lambda: now + 5 * HOUR, only=ids)
    told = posted(store)
    assert Counter(parcel.delivery.group for parcel in told) == {
        f"notices:{(now + 4 * HOUR).isoformat()}": 6,
        f"notices:{(now + 5 * HOUR).isoformat()}": 6,
    }
    assert all(parcel.delivery.next_try == parcel.delivery.created_at for parcel in told)


def test_a_dry_run_tells_nobody(store: Store, now: datetime) -> None:
    """Nothing is remembered and nothing posted."""
    watched, web = sources(3), Web()
    web.down = True
    store.sync_sources(watched, now)
    eager = Operator(OPERATOR.targets, after_failures=1)
    with_ = RunSettings(sources={one.id: one for one in watched}, operator=eager, dry_run=True)
    assert check_due(store, web, with_, lambda: now).failed == 3
    assert (store.deliveries(), {state.health.failing_since for state in store.states()}) == ([], {None})
