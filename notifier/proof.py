"""The weekly proof that the watch goes on: what was checked, how often, when last with success."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from notifier.cadence import due
from notifier.route import notice_key, tell, wants
from storage.model import Cadence, Cause, Checked, LedgerEntry, Notice, NoticeKind, Posting, Source, Subscriber
from storage.protocol import Store

WEEK = timedelta(days=7)


def proofs(store: Store, subscribers: Iterable[Subscriber], now: datetime, zone: tzinfo) -> list[Posting]:
    """The proofs that are due at `now` and were never written: for each subscriber who asked, of the week that ended.

    A week ends on Monday at the subscriber's time. After a pause only the last week is proved, and no week that ended
    before the first check. Reads the store; writing the postings is the caller's.
    """
    postings = []
    for subscriber in subscribers:
        if not subscriber.proof:
            continue
        following, _ = due(Cadence.WEEKLY, now, zone, subscriber.at)
        end = due(Cadence.WEEKLY, following - WEEK - timedelta(hours=12), zone, subscriber.at)
        draft = Notice(key=f"{NoticeKind.PROOF}|{end[1]}", kind=NoticeKind.PROOF, subscriber="", created_at=now)
        if store.noticed(notice_key(draft, subscriber.name)):
            continue
        posting = _posting(store, subscriber, draft, end)
        postings += [posting] if posting else []
    return postings


def _posting(store: Store, subscriber: Subscriber, draft: Notice, end: tuple[datetime, str]) -> Posting | None:
    moment, week = end
    since = moment - WEEK
    wanted = {source.id: source for source in store.sources() if wants(subscriber, source)}
    active = {state.source_id: state.last_good for state in store.states() if state.active}
    watched = [wanted[name] for name in active if name in wanted]
    ledgers = {source.id: store.ledger(source.id) for source in watched}
    if not any(entry.since < moment for entries in ledgers.values() for entry in entries):
        return None
    changed = Counter(
        version.source_id
        for version in store.versions()
        if version.cause is Cause.CHANGED and since <= version.first_seen < moment
    )
    checked = tuple(
        _checked(source, ledgers[source.id], (since, moment), changed[source.id], active[source.id])
        for source in watched
    )
    return tell(
        subscriber, replace(draft, since=since, checked=checked, head=store.head()), f"{NoticeKind.PROOF}:{week}"
    )


def _checked(
    source: Source, entries: Sequence[LedgerEntry], week: tuple[datetime, datetime], changes: int, good: datetime | None
) -> Checked:
    checks = sum(_within(entry, *week) for entry in entries)
    return Checked(source.id, source.vendor, source.document, checks, changes, good)


def _within(entry: LedgerEntry, since: datetime, until: datetime) -> int:
    """How many checks of a row of equal ones fall into a week; they lie evenly where the row is longer."""
    if entry.until < since or entry.since >= until:
        return 0
    if since <= entry.since and entry.until < until:
        return entry.count
    step = (entry.until - entry.since) / max(entry.count - 1, 1)
    first, last = max(entry.since, since), min(entry.until, until)
    before = -((entry.since - first) // step) if step else 0  # rounded up: the first check that is not before the week
    return max((last - entry.since) // step - before + 1, 1) if step else entry.count
