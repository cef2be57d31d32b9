"""`PostgresStore`: the promises of `storage.protocol.Store`, kept by a PostgreSQL database."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from storage.errors import StoreError
from storage.model import (
    Capture,
    ChangeQuery,
    CheckResult,
    Claim,
    Comparison,
    Delivery,
    DeliveryState,
    Document,
    DroppedPage,
    DueDeadline,
    Fact,
    FactQuery,
    HostState,
    LedgerEntry,
    Post,
    Posting,
    RawPage,
    RecordedChange,
    ReviewEvent,
    SearchHit,
    Source,
    SourceState,
    Stamp,
    StatedFact,
    Tally,
    TallyBy,
    Version,
)
from storage.postgres import chain, commits, forgetting, history, hosts, meaning, outbox, raw, reviews, stamps
from storage.postgres import sources as watched
from storage.postgres.schema import judge
from storage.postgres.session import Session, retried
from storage.records import Record

P = ParamSpec("P")
R = TypeVar("R")


def _reads(method: Callable[Concatenate[PostgresStore, P], R]) -> Callable[Concatenate[PostgresStore, P], R]:
    """One call at a time, in one state of the store, and what the server raises in plain words."""

    @functools.wraps(method)
    def guarded(self: PostgresStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._turn, self._session.told():
            self._session.connect()
            with self._session.reading():
                return method(self, *args, **kwargs)

    return guarded


def _writes(method: Callable[Concatenate[PostgresStore, P], R]) -> Callable[Concatenate[PostgresStore, P], R]:
    """One call at a time, in plain words too; refused by a store that was opened for reading."""

    @functools.wraps(method)
    def guarded(self: PostgresStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not self._write:
            raise StoreError(f"{self.place}: the store is open for reading; nothing was written")
        with self._turn, self._session.told():
            self._session.connect()
            return retried(lambda: method(self, *args, **kwargs))

    return guarded


def open_postgres(address: str, *, write: bool, lasting: bool = True) -> PostgresStore:
    """The store in the database at `address`, a URL as libpq knows it. Nothing is made or brought up to date here.

    Any number of processes may write. Raises StoreMissing where `clausewatch schema apply` never ran, SchemaTooNew for
    a store of a newer program, StoreError with place and remedy for all else.
    """
    session = Session(address, lasting=lasting)
    try:
        judge(session)
    except BaseException:
        session.close()
        raise
    return PostgresStore(session, write=write)


class PostgresStore:
    """A store in a database that many processes use at once. Made by `storage.connect.open_store`.

    May be used from any thread: calls take turns on one connection. A connection that was lost is opened anew by the
    next call. Leases that a killed process left behind end by their time, or by `end_leases`.
    """

    def __init__(self, session: Session, *, write: bool) -> None:
        self.place = session.place
        self._session = session
        self._write = write
        self._turn = threading.RLock()

    @_writes
    def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the stored sources these."""
        watched.sync(self._session, sources, now)

    @_writes
    def claim(
        self, worker: str, now: datetime, lease: timedelta, *, limit: int, only: Sequence[str] | None = None
    ) -> list[Claim]:
        """Take sources that nobody holds, the longest due first."""
        return watched.claim(self._session, worker, now, lease, limit=limit, only=only)

    @_writes
    def commit(self, results: Sequence[CheckResult]) -> None:
        """Write all that these checks made in one transaction, durable when it returns; or nothing."""
        commits.commit(self._session, results)

    @_writes
    def release(self, claims: Sequence[Claim], *, due: datetime | None = None) -> None:
        """Give leases back without a result."""
        watched.release(self._session, claims, due)

    @_reads
    def hosts(self, origins: Sequence[str] | None = None) -> list[HostState]:
        """What is known of these origins, or of all, by origin."""
        return hosts.states(self._session, origins)

    @_writes
    def keep_hosts(self, states: Sequence[HostState]) -> None:
        """Write what is known of these origins."""
        hosts.keep(self._session, states)

    @_reads
    def latest(self, source_id: str) -> Version | None:
        """The newest version, None when there is none."""
        return history.version(self._session, source_id, None)

    @_reads
    def versions(self, source_id: str | None = None) -> list[Version]:
        """All versions, by source id, oldest first in each."""
        return history.versions(self._session, source_id)

    @_reads
    def document(self, source_id: str, number: int) -> Document:
        """The text of one version. Raises UsageError when there is no such version."""
        return history.document(self._session, source_id, number)

    @_reads
    def facts(self, source_id: str, number: int) -> tuple[Fact, ...]:
        """What one version states, in the order of the text."""
        return history.facts(self._session, source_id, number)

    @_reads
    def comparison(self, source_id: str, number: int) -> Comparison | None:
        """How one version differs from the one before, None for first and re-extracted versions."""
        return history.comparison(self._session, source_id, number)

    @_reads
    def changes(self, query: ChangeQuery) -> list[RecordedChange]:
        """The recorded changes that match, newest first, then gravest first."""
        return history.changes(self._session, query)

    @_reads
    def tally(self, by: TallyBy, since: datetime | None = None) -> list[Tally]:
        """See `Store`."""
        return meaning.tally(self._session, by, since)

    @_reads
    def stated(self, query: FactQuery) -> list[StatedFact]:
        """See `Store`."""
        return meaning.stated(self._session, query)

    @_reads
    def deadlines(self, since: date) -> list[DueDeadline]:
        """See `Store`."""
        return meaning.deadlines(self._session, since)

    @_reads
    def reviews(self, source_id: str | None = None) -> list[ReviewEvent]:
        """See `Store`."""
        return reviews.events(self._session, source_id)

    @_writes
    def add_reviews(self, events: Sequence[ReviewEvent]) -> None:
        """See `Store`."""
        reviews.add(self._session, events)

    @_reads
    def sources(self) -> list[Source]:
        """Every source ever synced, by id, as last configured."""
        return watched.every(self._session)

    @_reads
    def states(self) -> list[SourceState]:
        """Where each source stands, by id, inactive ones included."""
        return watched.states(self._session)

    @_reads
    def ledger(self, source_id: str, limit: int | None = None) -> list[LedgerEntry]:
        """The checks of a source, newest first, same outcomes in a row folded."""
        return history.ledger(self._session, source_id, limit)

    @_reads
    def capture(self, sha256: str) -> Capture:
        """A raw page that is kept, with its newest headers. Raises UsageError when it is not kept."""
        return history.capture(self._session, sha256)

    @_reads
    def body(self, sha256: str) -> bytes:
        """See `Store`."""
        return history.body(self._session, sha256)

    @_reads
    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Passages that hold all words of `query`, best first; the words found stand between U+27E6 and U+27E7."""
        return history.search(self._session, query, limit)

    @_writes
    def claim_deliveries(self, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
        """Take due deliveries, oldest first; those of one group come together."""
        return outbox.claim(self._session, now, lease, limit=limit)

    @_writes
    def seal_deliveries(self, groups: Mapping[str, str]) -> None:
        """Write the group of deliveries by their keys; their leases stay."""
        outbox.seal(self._session, groups)

    @_reads
    def groups_told(self, groups: Collection[str], since: datetime) -> set[tuple[str, str, str, bool]]:
        """See `Store`."""
        return outbox.told(self._session, groups, since)

    @_writes
    def record_deliveries(self, deliveries: Iterable[Delivery], postings: Iterable[Posting] = ()) -> None:
        """Write the new state and group of deliveries in one transaction, and end their leases."""
        outbox.record(self._session, deliveries, postings)

    @_reads
    def deliveries(self, state: DeliveryState | None = None) -> list[Delivery]:
        """The outbox, newest first."""
        return outbox.deliveries(self._session, state)

    @_reads
    def last_notice(self, subscriber: str) -> Delivery | None:
        """A delivery of the newest notice to a subscriber, None when there was none."""
        return outbox.last_notice(self._session, subscriber)

    @_reads
    def noticed(self, key: str) -> bool:
        """Whether a notice with this key was ever written."""
        return outbox.noticed(self._session, key)

    @_reads
    def parcel(self, key: str) -> Post:
        """One delivery, by its key or an unambiguous start of it. Raises UsageError."""
        return outbox.parcel(self._session, key)

    @_reads
    def head(self) -> str:
        """The last link of the chain of evidence; empty in a new store."""
        return chain.head(self._session)

    @_reads
    def proof(self, source_id: str, since: int = 1) -> list[Record]:
        """See `Store`."""
        return list(chain.records(self._session, source_id, since))

    @_reads
    def record(self, source_id: str, number: int) -> Record | None:
        """See `Store`."""
        return meaning.record(self._session, source_id, number)

    @_reads
    def tip(self) -> Record | None:
        """See `Store`."""
        return chain.tip(self._session)

    @_reads
    def stamps(self, limit: int | None = None) -> list[Stamp]:
        """See `Store`."""
        return stamps.every(self._session, limit)

    @_writes
    def add_stamp(self, stamp: Stamp) -> None:
        """See `Store`."""
        stamps.add(self._session, stamp)

    @_reads
    def raw_pages(self) -> list[RawPage]:
        """See `Store`."""
        return raw.pages(self._session)

    @_writes
    def drop_raw(self, pages: Sequence[str], now: datetime, reason: str) -> int:
        """See `Store`."""
        return raw.drop(self._session, pages, now, reason)

    @_reads
    def dropped(self) -> list[DroppedPage]:
        """See `Store`."""
        return chain.dropped(self._session)

    @_writes
    def forget(self, source_id: str, now: datetime, reason: str) -> int:
        """See `Store`."""
        return forgetting.forget(self._session, source_id, now, reason)

    @_reads
    def verify(self, head: str | None = None) -> list[str]:
        """Everything that is not as it was written, in words; empty when all is well."""
        return list(chain.faults(self._session, head))

    @_writes
    def end_leases(self, worker: str) -> None:
        """End the leases on sources of one worker that is known to have died."""
        watched.end_leases(self._session, worker)

    @_reads
    def due(self, now: datetime, limit: int, *, only: str | None = None) -> list[tuple[str, str, bool]]:
        """Active sources that are due and that nobody holds, the longest due first: id, host, rendered last time."""
        return [(key, host, rendered) for key, host, rendered in watched.due(self._session, now, limit, only)]

    @_reads
    def undelivered(self, now: datetime) -> bool:
        """Whether a delivery is due that nobody is sending."""
        return outbox.undelivered(self._session, now)

    @_writes
    def end_sending(self) -> None:
        """End the leases on all deliveries: right only for who knows that nobody is sending."""
        outbox.end_leases(self._session)

    def close(self) -> None:
        """Give back the connection. Idempotent."""
        with self._turn:
            self._session.close()
