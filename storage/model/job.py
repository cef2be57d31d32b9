"""The values of the running job: claims, results of checks, alerts, deliveries, and what reading commands get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from storage.model.deadline import Deadline
from storage.model.health import WELL, Health, Notice
from storage.model.ids import (
    Attachment,
    Cadence,
    DeliveryState,
    Direction,
    DocumentType,
    Outcome,
    Reason,
    Severity,
)
from storage.model.meaning import Change, Comparison, Fact, Version
from storage.model.pages import Capture, Document, PageState, Source


@dataclass(frozen=True, slots=True)
class Target:
    """Where a subscriber is reached. `template` is the address as configured, with `${NAME}` and `file:` unexpanded.

    Only the template is ever stored or shown; the expanded address exists while a message is sent.
    """

    template: str


@dataclass(frozen=True, slots=True)
class Interest:
    """What a user follows by words of their own, under an id that stands among the topics of a change.

    Without `severity` it is a topic: it marks every change whose clause holds one of the terms. With one it is a watch:
    it marks the changes in which a term comes, goes or changes in number, and makes each at least that grave.
    """

    id: str
    terms: tuple[str, ...]
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to before `end` by the local clock, past midnight where `end` is the earlier one."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who wants to hear what. An empty filter lets everything through; `topics` are ids, the user's own among them.

    `languages` lets a text of an unknown language through. Digests are due `at` a local time; what is told at once
    waits for the end of the `quiet` hours. With `proof` there is a weekly message of what was checked, with `reminders`
    one before the time to object ends; `attach` is what mails carry along. `lang` is the language of the fixed words;
    `subject`, `intro` and `outro` are templates with named places, empty for the usual words.
    """

    name: str
    targets: tuple[Target, ...]
    vendors: tuple[str, ...] = ()
    documents: tuple[DocumentType, ...] = ()
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    min_severity: Severity = Severity.LOW
    directions: tuple[Direction, ...] = ()
    cadence: Cadence = Cadence.IMMEDIATE
    languages: tuple[str, ...] = ()
    at: time = time(8, 0)
    quiet: QuietHours | None = None
    proof: bool = False
    reminders: bool = True
    attach: tuple[Attachment, ...] = ()
    lang: str = "en"
    subject: str = ""
    intro: str = ""
    outro: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who sees to it that the work goes on, and when they hear of a source in trouble.

    Told after `after_failures` checks in a row without a good one, or when it has gone on for `after`, whichever comes
    first; again each time that `remind` has passed. Without targets nobody is told. `lang` is the language of notices.
    """

    targets: tuple[Target, ...] = ()
    after_failures: int = 5
    after: timedelta = timedelta(days=3)
    remind: timedelta = timedelta(days=7)
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where one source stands: the row behind `status`. `failures` counts checks without a good outcome in a row."""

    source_id: str
    vendor: str
    document: DocumentType
    url: str
    active: bool
    outcome: Outcome | None
    reason: Reason | None
    detail: str | None
    last_check: datetime | None
    last_good: datetime | None
    next_due: datetime
    failures: int
    version: int
    pages: tuple[PageState, ...]
    health: Health = WELL

    @property
    def moved_to(self) -> str | None:
        """Where the first of its addresses that has moved for good leads to; None when none has, or it was followed."""
        return next((move.to for move in self.health.moves if move.certain and move.to != self.url), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to check one source until `until`. Lost when another worker took the source over."""

    source_id: str
    token: str
    until: datetime
    state: SourceState


@dataclass(frozen=True, slots=True)
class Alert:
    """What one subscriber shall be told about one version: the positions of its changes in the comparison."""

    key: str
    subscriber: str
    source_id: str
    version: int
    changes: tuple[int, ...]
    created_at: datetime
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert or notice to one target. `key` identifies it for ever: the idempotency key, part of the Message-ID.

    `group` is empty for an alert of its own; deliveries with the same group, subscriber and target go out as one
    message. With `notice` the `alert_key` is that of a notice.
    """

    key: str
    alert_key: str
    subscriber: str
    target: str
    group: str
    state: DeliveryState
    attempts: int
    next_try: datetime
    created_at: datetime
    last_error: str | None = None
    sent_at: datetime | None = None
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """A notice with its deliveries, as it is written."""

    notice: Notice
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that a check made, with everything that belongs to it.

    `reminders` are the alerts that are told again before the deadline; their deliveries stand among the others.
    """

    version: Version
    document: Document
    facts: tuple[Fact, ...]
    comparison: Comparison | None = None
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    deadline: Deadline | None = None
    reminders: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that one check made: the argument of `Store.commit`.

    `captures` are the raw pages to keep: those of new versions and of quarantined or failed extractions. `pages` are
    the new validators, empty to keep the old ones (never taken from a capture that was not the document). `versions`
    holds at most two: a re-extracted one, then a changed one.

    `fetched` is False where nothing was asked of the vendor: then only the versions are written, and the ledger and all
    that says when the document was last seen stay as they are. `withdrawn` are earlier versions that nobody needs to
    hear of any more: deliveries of theirs that wait for their time are dropped. `health` is what is remembered from now
    on (None: as before), `postings` what is to be told of it.
    """

    claim: Claim
    outcome: Outcome
    checked_at: datetime
    next_due: datetime
    seconds: float
    reason: Reason | None = None
    detail: str | None = None
    captures: tuple[Capture, ...] = ()
    pages: tuple[PageState, ...] = ()
    versions: tuple[NewVersion, ...] = ()
    noise: bool = False
    fetched: bool = True
    withdrawn: tuple[int, ...] = ()
    health: Health | None = None
    postings: tuple[Posting, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Checks of one source in a row with the same outcome and reason: from, until, how many."""

    source_id: str
    since: datetime
    until: datetime
    count: int
    outcome: Outcome
    reason: Reason | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which recorded changes are asked for; None and empty mean "any". `severity` is the least that counts."""

    source_id: str | None = None
    vendor: str | None = None
    topic: str | None = None
    severity: Severity | None = None
    since: datetime | None = None
    version: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change as the history keeps it: last seen as before at `seen_before`, first seen as after at `seen_after`."""

    source_id: str
    vendor: str
    document: DocumentType
    url: str
    version: int
    position: int
    seen_before: datetime
    seen_after: datetime
    change: Change


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that matches a query: the versions it stood in (`until` None: it still does) and a marked excerpt."""

    source_id: str
    vendor: str
    since: int
    until: int | None
    section: tuple[str, ...]
    text: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A due delivery with all that its message says.

    `deadline` is until when one may object to the version. `head` is the last link of the chain of evidence as it is
    now: whoever keeps the message can prove with it that nothing before was changed.
    """

    delivery: Delivery
    alert: Alert
    source: Source
    version: Version
    previous: Version | None
    changes: tuple[Change, ...]
    comparison: Comparison
    deadline: Deadline | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class NoticeParcel:
    """A due delivery of a notice. `source` is None where the notice is of no source."""

    delivery: Delivery
    notice: Notice
    source: Source | None


# What a delivery carries.
Post = Parcel | NoticeParcel
