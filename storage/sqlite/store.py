"""`SqliteStore`: the promises of `storage.protocol.Store`, kept by one SQLite file."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from storage.errors import StoreError
from storage.lock import FileLock
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
from storage.records import Record
from storage.sqlite import (
    chain,
    commits,
    forgetting,
    history,
    hosts,
    outbox,
    passages,
    proof,
    raw,
    reviews,
    room,
    stamps,
    stated,
    tallies,
)
from storage.sqlite import sources as watched
from storage.sqlite.session import file_faults, read_txn, readable, told

P = ParamSpec("P")
R = TypeVar("R")


def _reads(method: Callable[Concatenate[SqliteStore, P], R]) -> Callable[Concatenate[SqliteStore, P], R]:
    """One call at a time, in one state of the store, and what SQLite raises in plain words."""

    @functools.wraps(method)
    def guarded(self: SqliteStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._turn, told(self.path), read_txn(self._connection):
            return method(self, *args, **kwargs)

    return guarded


def _writes(method: Callable[Concatenate[SqliteStore, P], R]) -> Callable[Concatenate[SqliteStore, P], R]:
    """One call at a time, in plain words too; refused by a store that was opened for reading."""

    @functools.wraps(method)
    def guarded(self: SqliteStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._lock is None:
            raise StoreError(f"{self.path}: the store is open for reading; nothing was written")
        with self._turn, told(self.path):
            return method(self, *args, **kwargs)

    return guarded


class SqliteStore:
    """A store in one file. Made by `storage.connect.open_store`.

    May be used from any thread: calls take turns on one connection, so a long read holds up a commit; open a second
    store for reading where that matters. Not to be used in a forked child. What a reading store sees is always a state
    between two commits.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._closed = False
        self._turn = threading.RLock()

    @_writes
    def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the stored sources these."""
        watched.sync(self._connection, sources, now)

    @_writes
    def claim(
        self, worker: str, now: datetime, lease: timedelta, *, limit: int, only: Sequence[str] | None = None
    ) -> list[Claim]:
        """Take sources that nobody holds, the longest due first."""
        return watched.claim(self._connection, worker, now, lease, limit=limit, only=only)

    @_writes
    def commit(self, results: Sequence[CheckResult]) -> None:
        """Write all that these checks made in one transaction, durable when it returns; or nothing."""
        commits.commit(self._connection, results)

    @_writes
    def release(self, claims: Sequence[Claim], *, due: datetime | None = None) -> None:
        """Give leases back without a result."""
        watched.release(self._connection, claims, due)

    @_reads
    def hosts(self, origins: Sequence[str] | None = None) -> list[HostState]:
        """What is known of these origins, or of all, by origin."""
        return hosts.states(self._connection, origins)

    @_writes
    def keep_hosts(self, states: Sequence[HostState]) -> None:
        """Write what is known of these origins."""
        hosts.keep(self._connection, states)

    @_reads
    def latest(self, source_id: str) -> Version | None:
        """The newest version, None when there is none."""
        return history.version(self._connection, source_id, None)

    @_reads
    def versions(self, source_id: str | None = None) -> list[Version]:
        """All versions, by source id, oldest first in each."""
        return history.versions(self._connection, source_id)

    @_reads
    def document(self, source_id: str, number: int) -> Document:
        """The text of one version. Raises UsageError when there is no such version."""
        return history.document(self._connection, source_id, number)

    @_reads
    def facts(self, source_id: str, number: int) -> tuple[Fact, ...]:
        """What one version states, in the order of the text."""
        return history.facts(self._connection, source_id, number)

    @_reads
    def comparison(self, source_id: str, number: int) -> Comparison | None:
        """How one version differs from the one before, None for first and re-extracted versions."""
        return history.comparison(self._connection, source_id, number)

    @_reads
    def changes(self, query: ChangeQuery) -> list[RecordedChange]:
        """The recorded changes that match, newest first, then gravest first."""
        return history.changes(self._connection, query)

    @_reads
    def tally(self, by: TallyBy, since: datetime | None = None) -> list[Tally]:
        """See `Store`."""
        return tallies.tally(self._connection, by, since)

    @_reads
    def stated(self, query: FactQuery) -> list[StatedFact]:
        """See `Store`."""
        return stated.stated(self._connection, query)

    @_reads
    def deadlines(self, since: date) -> list[DueDeadline]:
        """See `Store`."""
        return stated.deadlines(self._connection, since)

    @_reads
    def reviews(self, source_id: str | None = None) -> list[ReviewEvent]:
        """See `Store`."""
        return reviews.events(self._connection, source_id)

    @_writes
    def add_reviews(self, events: Sequence[ReviewEvent]) -> None:
        """See `Store`."""
        reviews.add(self._connection, events)

    @_reads
    def sources(self) -> list[Source]:
        """Every source ever synced, by id, as last configured."""
        return watched.every(self._connection)

    @_reads
    def states(self) -> list[SourceState]:
        """Where each source stands, by id, inactive ones included."""
        return watched.states(self._connection)

    @_reads
    def ledger(self, source_id: str, limit: int | None = None) -> list[LedgerEntry]:
        """The checks of a source, newest first, same outcomes in a row folded."""
        return history.ledger(self._connection, source_id, limit)

    @_reads
    def capture(self, sha256: str) -> Capture:
        """A raw page that is kept, with its newest headers. Raises UsageError when it is not kept."""
        return history.capture(self._connection, sha256)

    @_reads
    def body(self, sha256: str) -> bytes:
        """See `Store`."""
        return history.body(self._connection, sha256)

    @_reads
    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Passages that hold all words of `query`, best first; the words found stand between U+27E6 and U+27E7."""
        return passages.search(self._connection, query, limit)

    @_writes
    def claim_deliveries(self, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
        """Take due deliveries, oldest first; those of one group come together."""
        return outbox.claim(self._connection, now, lease, limit=limit)

    @_writes
    def seal_deliveries(self, groups: Mapping[str, str]) -> None:
        """Write the group of deliveries by their keys; their leases stay."""
        outbox.seal(self._connection, groups)

    @_reads
    def groups_told(self, groups: Collection[str], since: datetime) -> set[tuple[str, str, str, bool]]:
        """See `Store`."""
        return outbox.told(self._connection, groups, since)

    @_writes
    def record_deliveries(self, deliveries: Iterable[Delivery], postings: Iterable[Posting] = ()) -> None:
        """Write the new state and group of deliveries in one transaction, and end their leases."""
        outbox.record(self._connection, deliveries, postings)

    @_reads
    def deliveries(self, state: DeliveryState | None = None) -> list[Delivery]:
        """The outbox, newest first."""
        return outbox.deliveries(self._connection, state)

    @_reads
    def last_notice(self, subscriber: str) -> Delivery | None:
        """A delivery of the newest notice to a subscriber, None when there was none."""
        return outbox.last_notice(self._connection, subscriber)

    @_reads
    def noticed(self, key: str) -> bool:
        """Whether a notice with this key was ever written."""
        return outbox.noticed(self._connection, key)

    @_reads
    def parcel(self, key: str) -> Post:
        """One delivery, by its key or an unambiguous start of it. Raises UsageError."""
        return outbox.parcel(self._connection, key)

    @_reads
    def head(self) -> str:
        """The last link of the chain of evidence; empty in a new store."""
        return chain.head(self._connection)

    @_reads
    def proof(self, source_id: str, since: int = 1) -> list[Record]:
        """See `Store`."""
        return list(chain.records(self._connection, source_id, since))

    @_reads
    def record(self, source_id: str, number: int) -> Record | None:
        """See `Store`."""
        return tallies.record(self._connection, source_id, number)

    @_reads
    def tip(self) -> Record | None:
        """See `Store`."""
        return chain.tip(self._connection)

    @_reads
    def stamps(self, limit: int | None = None) -> list[Stamp]:
        """See `Store`."""
        return stamps.every(self._connection, limit)

    @_writes
    def add_stamp(self, stamp: Stamp) -> None:
        """See `Store`."""
        stamps.add(self._connection, stamp)

    @_reads
    def raw_pages(self) -> list[RawPage]:
        """See `Store`."""
        return raw.pages(self._connection)

    @_writes
    def drop_raw(self, pages: Sequence[str], now: datetime, reason: str) -> int:
        """See `Store`."""
        return raw.drop(self._connection, pages, now, reason)

    @_reads
    def dropped(self) -> list[DroppedPage]:
        """See `Store`."""
        return chain.dropped(self._connection)

    @_writes
    def forget(self, source_id: str, now: datetime, reason: str) -> int:
        """See `Store`."""
        return forgetting.forget(self._connection, source_id, now, reason)

    @_reads
    def verify(self, head: str | None = None) -> list[str]:
        """Everything that is not as it was written, in words; empty when all is well."""
        try:
            return [*proof.faults(self._connection, head), *file_faults(self._connection)]
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        with readable(self._connection):  # slower, so only where a text is damaged
            return [*proof.faults(self._connection, head), *file_faults(self._connection)]

    def close(self) -> None:
        """Give back file handles and the lock. Idempotent."""
        with self._turn:
            if not self._closed:
                self._closed = True
                if self._lock is not None:
                    room.tidy(self._connection)
                self._connection.close()
                if self._lock is not None:
                    self._lock.release()
