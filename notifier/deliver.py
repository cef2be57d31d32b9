"""Take what is due from the outbox, send it, and write down at once what became of it.

At least once: a message that a server has taken is sent again only if the process dies between that moment and the
commit that follows, or if the server's answer is lost, and then under the same Message-ID and idempotency key. Ways out
are served side by side and do not wait for one another; all mail is one way, because it goes to one server.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TextIO
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from notifier.cadence import next_try, quiet_until
from notifier.digests import of_today
from notifier.envelope import Envelope, lane_of, pack
from notifier.lanes import Lane, Outcome, serve
from notifier.mail import MailSettings
from notifier.proof import proofs
from notifier.route import tell_operator
from notifier.sealing import group_of, sealed, seals, unseal
from notifier.sinks import cut, plain
from storage.model import Delivery, DeliveryState, Notice, NoticeKind, NoticeParcel, Operator, Post, Posting, Subscriber
from storage.protocol import Store

LEASE = timedelta(minutes=30)
BATCH = 1000  # deliveries that are claimed at a time: a flood has to come at once to be told in one message
SIDE_BY_SIDE = 4
_AFTER_A_DEAD_ONE = timedelta(hours=6)
_GLANCE = 0.2  # seconds after which a lane looks whether the writing has ended for good
# What lanes report: None when one has ended; the event is set when it is written down.
_Outcomes = queue.SimpleQueue[tuple[Lane, Outcome | None, threading.Event]]


@dataclass(frozen=True, slots=True)
class DeliverSettings:
    """How deliveries leave. `targets` maps each target as configured to its expanded address.

    `routes` holds who may still be reached where, as (subscriber, target): a subscriber who is gone is told nothing
    more, even if another one has the same target. None lets every subscriber through. `instance` names this
    installation in the footer of messages, `zone` is the time zone that mails are dated in. `operator` is told of what
    is given up. `subscribers` say how they want their messages; one who is not among them gets the usual ones.
    `archive` is the address of an archived page, as a template (`notifier/manner.py`).
    """

    mail: MailSettings | None
    targets: Mapping[str, str]
    routes: frozenset[tuple[str, str]] | None = None
    instance: str = "clausewatch"
    zone: str = "UTC"
    operator: Operator = field(default_factory=Operator)
    subscribers: tuple[Subscriber, ...] = ()
    archive: str = ""


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What became of the deliveries to one target, which is shown as configured, never expanded."""

    target: str
    sent: int = 0
    failed: int = 0
    postponed: int = 0
    dead: int = 0
    dropped: int = 0
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the deliveries of one run, counted in deliveries (a digest's count one by one).

    `failed` will be tried again, `postponed` was not tried because the way was blocked, `dead` was given up.
    """

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    dead: int = 0
    dropped: int = 0
    targets: tuple[TargetReport, ...] = ()


def deliver(
    store: Store,
    settings: DeliverSettings,
    now: Callable[[], datetime],
    *,
    limit: int | None = None,
    console: TextIO | None = None,
    stop: threading.Event | None = None,
) -> DeliveryReport:
    """Send everything that is due (or about `limit` deliveries) and record each result right after its message.

    A target that is no longer configured is dropped with a reason. A refusal for good is dead at once, a passing one is
    tried again after 1, 5, 15 minutes, 1, 3, 6 hours and so on for 72 hours. The operator is told of what is dead, by a
    notice that is written in the same commit and sent in the same run, by another target than the dead one. `console`
    is where `console:` targets print (standard output by default). When `stop` is set, messages under way are finished
    and recorded and no other is begun. Raises StoreError if a result cannot be recorded; sending stops then.
    """
    tally = _Tally()
    book = _Book(store, settings.operator, now, tally, f"notices:{now().astimezone(UTC).isoformat()}")
    left = BATCH if limit is None else limit
    stop = stop or threading.Event()
    if due_now := proofs(store, settings.subscribers, now(), ZoneInfo(settings.zone)):
        store.record_deliveries([], due_now)
    while left > 0 and not stop.is_set():
        parcels = store.claim_deliveries(now(), LEASE, limit=min(left, BATCH))
        if not parcels:
            break
        if limit is not None:
            left -= len(parcels)
        known = _hold_quiet(store, settings, _drop_unknown(store, settings, parcels, tally), now(), tally)
        envelopes = _packed(store, settings, known, now(), tally)
        _serve_all(book, _lanes(envelopes, settings, console or sys.stdout), stop)
    return tally.report()


class _Tally:
    """Counts results by target."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._errors: dict[str, str] = {}

    def add(self, delivery: Delivery, result: str) -> None:
        self._counts[delivery.target][result] += 1
        if delivery.last_error:
            self._errors[delivery.target] = delivery.last_error

    def report(self) -> DeliveryReport:
        targets = tuple(
            TargetReport(target, **counts, last_error=self._errors.get(target))
            for target, counts in sorted(self._counts.items())
        )
        total: Counter[str] = sum(self._counts.values(), Counter())
        return DeliveryReport(**total, targets=targets)


def _drop_unknown(store: Store, settings: DeliverSettings, parcels: Sequence[Post], tally: _Tally) -> list[Post]:
    """The parcels whose subscriber and target are still configured; the others are taken out of the outbox."""
    known = [parcel for parcel in parcels if _configured(parcel.delivery, settings)]
    dropped = [
        replace(parcel.delivery, state=DeliveryState.DROPPED, last_error="the target is no longer configured")
        for parcel in parcels
        if not _configured(parcel.delivery, settings)
    ]
    if dropped:
        store.record_deliveries(dropped)
    for delivery in dropped:
        tally.add(delivery, "dropped")
    return known


def _hold_quiet(
    store: Store, settings: DeliverSettings, parcels: list[Post], moment: datetime, tally: _Tally
) -> list[Post]:
    """The parcels that may go now; what was due earlier, or is to be tried again, waits for the end of quiet hours."""
    zone = ZoneInfo(settings.zone)
    ends = {one.name: end for one in settings.subscribers if (end := quiet_until(one.quiet, moment, zone))}
    held = [
        replace(parcel.delivery, next_try=ends[parcel.delivery.subscriber])
        for parcel in parcels
        if not group_of(parcel.delivery) and parcel.delivery.subscriber in ends
    ]
    _postpone(store, held, tally)
    return [parcel for parcel in parcels if group_of(parcel.delivery) or parcel.delivery.subscriber not in ends]


def _packed(
    store: Store, settings: DeliverSettings, parcels: list[Post], moment: datetime, tally: _Tally
) -> list[Envelope]:
    """The messages to send now, those first that may have been sent before; which they are is written down."""
    again, fresh = unseal(parcels)
    people = {one.name: one for one in settings.subscribers}
    free, waiting = of_today(store, fresh, people, moment, ZoneInfo(settings.zone))
    _postpone(store, waiting, tally)
    packed = pack(free)
    store.seal_deliveries(seals(packed))
    return [*again, *packed]


def _postpone(store: Store, deliveries: Sequence[Delivery], tally: _Tally) -> None:
    if deliveries:
        store.record_deliveries(deliveries)
    for delivery in deliveries:
        tally.add(delivery, "postponed")


def _configured(delivery: Delivery, settings: DeliverSettings) -> bool:
    route = (delivery.subscriber, delivery.target)
    return delivery.target in settings.targets and (settings.routes is None or route in settings.routes)


def _lanes(packed: Sequence[Envelope], settings: DeliverSettings, console: TextIO) -> list[Lane]:
    shared: dict[str, list[Envelope]] = defaultdict(list)
    for envelope in packed:
        shared[lane_of(envelope.target, settings.targets[envelope.target])].append(envelope)
    return [
        Lane(
            name=name,
            envelopes=tuple(envelopes),
            addresses={envelope.target: settings.targets[envelope.target] for envelope in envelopes},
            mail=settings.mail,
            console=console,
            instance=settings.instance,
            zone=ZoneInfo(settings.zone),
            subscribers={one.name: one for one in settings.subscribers},
            archive=settings.archive,
            operator=settings.operator.lang,
        )
        for name, envelopes in shared.items()
    ]


def _serve_all(book: _Book, lanes: Sequence[Lane], stop: threading.Event) -> None:
    """Serve lanes in threads; this thread alone writes to the store, one commit a message.

    A lane sends its next message when the one before is written down: a kill repeats one of a lane, not a heap.
    """
    if not lanes:
        return
    outcomes: _Outcomes = queue.SimpleQueue()
    broken = threading.Event()

    def run(lane: Lane) -> None:
        written = threading.Event()
        written.set()

        def report(outcome: Outcome) -> None:
            if outcome.tried:
                written.clear()
            outcomes.put((lane, outcome, written))

        def ready() -> bool:
            while not written.wait(_GLANCE) and not broken.is_set():
                pass
            return not (stop.is_set() or broken.is_set())

        try:
            serve(lane, book.now, report, ready)
        finally:
            outcomes.put((lane, None, written))

    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="deliver") as pool:
        served = [pool.submit(run, lane) for lane in lanes]
        try:
            book.record_all(outcomes, len(lanes))
        except BaseException:
            broken.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        for each in served:
            each.result()


@dataclass(frozen=True, slots=True)
class _Book:
    """Writes down what became of messages, as it comes. Notices to the `operator` are of one `group` in a run."""

    store: Store
    operator: Operator
    now: Callable[[], datetime]
    tally: _Tally
    group: str

    def record_all(self, outcomes: _Outcomes, open_lanes: int) -> None:
        """Take outcomes until every lane is done; what was not tried is written down in heaps."""
        waits: dict[str, datetime] = {}
        untried: list[tuple[Delivery, str]] = []
        while open_lanes:
            lane, outcome, written = outcomes.get()
            if outcome is None:
                open_lanes -= 1
            else:
                moment = self.now()
                parcels = outcome.envelope.parcels
                settled = [_settled(parcel.delivery, outcome, lane, moment, waits) for parcel in parcels]
                if outcome.tried:
                    self._record(lane, outcome, settled, moment, waits)
                    written.set()
                else:
                    untried += settled
            if untried and (len(untried) >= BATCH or outcomes.empty()):
                self.store.record_deliveries([delivery for delivery, _ in untried])
                self._count(untried)
                untried = []

    def _record(
        self,
        lane: Lane,
        outcome: Outcome,
        settled: Sequence[tuple[Delivery, str]],
        moment: datetime,
        waits: dict[str, datetime],
    ) -> None:
        """Write down what became of one message, and how long others wait for it."""
        dead = [delivery for delivery, result in settled if result == "dead"]
        self.store.record_deliveries([delivery for delivery, _ in settled], self._told(outcome, dead, moment))
        if outcome.error:
            wait = max(delivery.next_try for delivery, _ in settled)
            if wait <= moment:  # the one that was tried is dead; the others are not
                wait = moment + _AFTER_A_DEAD_ONE
            waits[lane.name] = waits[outcome.envelope.target] = wait
        self._count(settled)

    def _count(self, settled: Sequence[tuple[Delivery, str]]) -> None:
        for delivery, result in settled:
            self.tally.add(delivery, result)

    def _told(self, outcome: Outcome, dead: Sequence[Delivery], moment: datetime) -> list[Posting]:
        """The notice of a message that was given up; none of a notice that said just this."""
        first = outcome.envelope.parcels[0]
        if not dead or (isinstance(first, NoticeParcel) and first.notice.kind is NoticeKind.UNDELIVERED):
            return []
        draft = Notice(
            key=f"{NoticeKind.UNDELIVERED}|{outcome.envelope.key}|{dead[0].attempts}",
            kind=NoticeKind.UNDELIVERED,
            subscriber="",
            created_at=moment,
            detail=dead[0].last_error,
            count=len(dead),
            recipient=dead[0].subscriber,
            target=dead[0].target,
            delivery=dead[0].key,
        )
        return tell_operator(self.operator, draft, self.group)


def _settled(
    delivery: Delivery, outcome: Outcome, lane: Lane, moment: datetime, waits: Mapping[str, datetime]
) -> tuple[Delivery, str]:
    """The delivery after one outcome, and how that is counted."""
    message = outcome.envelope.key
    unsure = outcome.envelope.again or (outcome.tried and outcome.error is not None and outcome.error.unsure)
    kept = sealed(delivery, message) if unsure else delivery
    if not outcome.tried:
        if outcome.error is None:  # the lane's turn was over: due again at once
            return kept, "postponed"
        # Not tried because another message failed first: waits as long as that one, its own count unchanged.
        reason = _reason(f"postponed: {outcome.error}", delivery.target, lane)
        return replace(kept, next_try=waits[outcome.blocker], last_error=reason), "postponed"
    attempts = delivery.attempts + 1
    if outcome.error is None:
        sent = replace(delivery, state=DeliveryState.SENT, attempts=attempts, sent_at=moment, last_error=None)
        return sent, "sent"
    reason = _reason(str(outcome.error), delivery.target, lane)
    later = (
        None
        if outcome.error.permanent
        else next_try(delivery, attempts, moment, outcome.error.retry_after, message=message)
    )
    if later is None:
        return replace(delivery, state=DeliveryState.DEAD, attempts=attempts, last_error=reason), "dead"
    return replace(kept, attempts=attempts, next_try=later, last_error=reason), "failed"


def _reason(text: str, target: str, lane: Lane) -> str:
    """A short line that may be shown: nothing of the expanded address that is not in the configured one."""
    address = lane.addresses[target]
    words = {address, *_pieces(address)}
    if lane.mail is not None:
        words.add(unquote(urlsplit(lane.mail.url).password or ""))
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= 4 and word not in target:
            text = text.replace(word, "…")
    return cut(plain(text), 200)


def _pieces(address: str) -> set[str]:
    """The parts of an address that may be secret, as written and decoded."""
    for sign in "/?&=@:;,#":
        address = address.replace(sign, " ")
    parts = address.split()[1:]
    return {*parts, *(unquote(part) for part in parts)}
