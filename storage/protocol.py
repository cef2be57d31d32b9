"""`Store`: what the rest of the house may ask of the memory, phrased as promises. Two backends keep them.

Opening, migrating and locking belong to `storage/connect.py`. A store opened for reading refuses every writing method
with `StoreError`. No method ever loads raw bodies but `capture` and `verify`. A store may be used from any thread; its
calls take turns. Where one process alone may write, the leases that a killed one left behind end when the next opens
the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime, timedelta

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


class Store(Protocol):
    """Remembers sources, versions, changes, alerts and deliveries."""

    def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the stored sources these. Idempotent, one transaction.

        A new source is due at `now`. One that is gone is kept with its history, inactive and never due. A changed
        address or rule keeps the history.
        """
        ...

    def claim(
        self, worker: str, now: datetime, lease: timedelta, *, limit: int, only: Sequence[str] | None = None
    ) -> list[Claim]:
        """Take up to `limit` sources for `worker`, the longest due first, none of which is under another live lease.

        Without `only`: active sources with `next_due <= now`. With `only`: these sources, due or not, in that order.
        """
        ...

    def commit(self, results: Sequence[CheckResult]) -> None:
        """Write all that these checks made in one transaction, durable when it returns; or nothing.

        That is: captures, versions with documents, facts, comparisons, alerts and pending deliveries, the ledger
        line, the validators, the next due time, what is remembered of the source's health and the notices of it; and
        the lease is given back. A good outcome sets `last_seen` of the
        latest version. Pending deliveries of the versions withdrawn are dropped, unless somebody is sending them. A
        result that was not fetched writes its versions alone and gives the lease back. Raises
        LeaseLost if any of the claims was taken over, StoreError if a version does not follow the latest one.
        """
        ...

    def release(self, claims: Sequence[Claim], *, due: datetime | None = None) -> None:
        """Give leases back without a result, so that the next run takes the sources at once, or not before `due`.

        Lost leases are passed over.
        """
        ...

    def hosts(self, origins: Sequence[str] | None = None) -> list[HostState]:
        """What is known of these origins, or of all, by origin; one of which nothing is known is left out."""
        ...

    def keep_hosts(self, states: Sequence[HostState]) -> None:
        """Write what is known of these origins in one transaction, durable when it returns.

        Origins whose robots.txt was last asked for over 60 days before that of any of these are forgotten.
        """
        ...

    def latest(self, source_id: str) -> Version | None:
        """The newest version, None when there is none."""
        ...

    def versions(self, source_id: str | None = None) -> list[Version]:
        """All versions, oldest first, of one source; or of all sources, by source id and then oldest first."""
        ...

    def document(self, source_id: str, number: int) -> Document:
        """The text of one version. Raises UsageError when there is no such version."""
        ...

    def facts(self, source_id: str, number: int) -> tuple[Fact, ...]:
        """What one version states, in the order of the text."""
        ...

    def comparison(self, source_id: str, number: int) -> Comparison | None:
        """How one version differs from the one before, None for first and re-extracted versions."""
        ...

    def changes(self, query: ChangeQuery) -> list[RecordedChange]:
        """The recorded changes that match, newest first, then gravest first."""
        ...

    def tally(self, by: TallyBy, since: datetime | None = None) -> list[Tally]:
        """How many changes were first seen at or after a moment, by key and then gravest first. No change is read."""
        ...

    def stated(self, query: FactQuery) -> list[StatedFact]:
        """What the versions of all sources state, as far as it matches, by source, version and place in the text."""
        ...

    def deadlines(self, since: date) -> list[DueDeadline]:
        """What may still be objected to on that day, the soonest first."""
        ...

    def reviews(self, source_id: str | None = None) -> list[ReviewEvent]:
        """What people did about changes, of one source or of all, in the order in which it was written."""
        ...

    def add_reviews(self, events: Sequence[ReviewEvent]) -> None:
        """Write events in one transaction, durable when it returns, each as a record of the chain.

        Raises UsageError for a change that is not there; then nothing is written.
        """
        ...

    def sources(self) -> list[Source]:
        """Every source ever synced, by id, as last configured."""
        ...

    def states(self) -> list[SourceState]:
        """Where each source stands, by id, inactive ones included."""
        ...

    def ledger(self, source_id: str, limit: int | None = None) -> list[LedgerEntry]:
        """The checks of a source, newest first, same outcomes in a row folded."""
        ...

    def capture(self, sha256: str) -> Capture:
        """A raw page that is kept, with its newest headers. Raises UsageError when it is not kept."""
        ...

    def body(self, sha256: str) -> bytes:
        """Stored bytes as they were put in: a raw page, or the text of a version. Raises UsageError, StoreError."""
        ...

    def search(self, query: str, limit: int) -> list[SearchHit]:
        """Passages that hold all words of `query`, best first. Any text is a valid query.

        In a snippet the words that were found stand between U+27E6 and U+27E7, which nothing else in it is.
        """
        ...

    def claim_deliveries(self, now: datetime, lease: timedelta, *, limit: int) -> list[Post]:
        """Take pending deliveries with `next_try <= now`, oldest first; others do not get them before the lease ends.

        Deliveries of one group for one subscriber and target come together, even beyond `limit` and before their time.
        A wait of more than forty days (but for reminders), and a lease longer than `lease`, were written by a clock
        that was wrong: they are over.
        """
        ...

    def seal_deliveries(self, groups: Mapping[str, str]) -> None:
        """Write the group of deliveries by their keys, in one transaction; their leases stay."""
        ...

    def groups_told(self, groups: Collection[str], since: datetime) -> set[tuple[str, str, str, bool]]:
        """Of these groups, what was told or may have been: as (subscriber, target, group, whether of notices).

        A group with something behind a `|` is one of which nobody knows. Only deliveries made after `since` count.
        """
        ...

    def record_deliveries(self, deliveries: Iterable[Delivery], postings: Iterable[Posting] = ()) -> None:
        """Write the new state and group of deliveries in one transaction, durable when it returns; their leases end.

        `postings` are notices of deliveries that were given up, written with them.
        """
        ...

    def deliveries(self, state: DeliveryState | None = None) -> list[Delivery]:
        """The outbox, newest first."""
        ...

    def last_notice(self, subscriber: str) -> Delivery | None:
        """A delivery of the newest notice to a subscriber, None when there was none."""
        ...

    def noticed(self, key: str) -> bool:
        """Whether a notice with this key was ever written."""
        ...

    def parcel(self, key: str) -> Post:
        """One delivery, by its key or an unambiguous start of it, with all that its message says. Raises UsageError."""
        ...

    def head(self) -> str:
        """The last link of the chain over all kept pages and versions; empty in a new store. Changes with each."""
        ...

    def proof(self, source_id: str, since: int = 1) -> list[Record]:
        """The records of the chain from number `since` on, with the text of those about the source."""
        ...

    def record(self, source_id: str, number: int) -> Record | None:
        """The record of the chain that one version is, with its text; None when there is no such version."""
        ...

    def tip(self) -> Record | None:
        """The last record of the chain, without its text; None in a new store. Its link is the head."""
        ...

    def stamps(self, limit: int | None = None) -> list[Stamp]:
        """The time stamps of the chain, or the newest `limit`, oldest first; then the last attempt, if it failed."""
        ...

    def add_stamp(self, stamp: Stamp) -> None:
        """Keep a time stamp, or a failed attempt at one; attempts that failed before are dropped.

        Raises UsageError when its head is not the link of its record.
        """
        ...

    def raw_pages(self) -> list[RawPage]:
        """The raw pages whose bytes are kept, by when they last came, the oldest first."""
        ...

    def drop_raw(self, pages: Sequence[str], now: datetime, reason: str) -> int:
        """Let go of the bytes of these raw pages (SHA-256); how many bytes of room that gives back.

        One transaction; a record of kind `dropped` for each source says which, when and why, and all other records
        stay. What stands upon the bytes in the store is packed anew first. Pages that are not kept are passed over.
        Raises UsageError, and then nothing is dropped, for a page of the latest version of any source.
        """
        ...

    def dropped(self) -> list[DroppedPage]:
        """The raw pages whose bytes were let go of and did not come again, by record; none of a forgotten source."""
        ...

    def forget(self, source_id: str, now: datetime, reason: str) -> int:
        """Take out all that is known of a source, overwritten in the file; how many records lose their content.

        The chain holds on: the digests stay, and a record says when and why. Raises UsageError for an unknown source.
        """
        ...

    def verify(self, head: str | None = None) -> list[str]:
        """What is not as it was written, in words, the first broken record first; empty when all is well.

        Finds pages, versions, facts and changes that were changed, taken out, put in or reordered, and every stored
        byte that is not what its SHA-256 says. Given a `head` that was noted earlier, also a history that was cut
        back. Reads everything: for the command of that name.
        """
        ...

    def close(self) -> None:
        """Give back file handles and locks. Idempotent."""
        ...
