"""The keys of `sources.toml`: one pydantic model for each table.

How a value is judged stands in `values`; what needs more than one key to judge is in `checks`.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from storage.model import Cadence, Severity
from watcher.config.keeping import Kept, Policy, RawSize
from watcher.config.selectors import Part, Selector
from watcher.config.values import (
    DAY,
    Archive,
    AttachmentId,
    Browser,
    CadenceId,
    CertificateFile,
    Checks,
    Contact,
    Cookies,
    Country,
    Deadline,
    DirectionId,
    DocumentId,
    Every,
    Fetcher,
    Flag,
    Gap,
    Headers,
    Lang,
    Language,
    LastDay,
    Lines,
    Login,
    MailServer,
    MaxBytes,
    Name,
    Network,
    Objection,
    Page,
    Patience,
    Place,
    Proxy,
    Quiet,
    RawAge,
    Sender,
    SeverityId,
    SourceId,
    StampEvery,
    Subject,
    Tag,
    Target,
    Terms,
    TimeOfDay,
    TopicId,
    Unsubscribe,
    Vendor,
    WatchSeverity,
    Window,
    Zone,
    one_or_list,
)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FetchTable(_Table):
    """`[fetch]`: how pages are fetched."""

    contact: Contact | None = None
    allow_networks: tuple[Network, ...] = ()
    deadline: Deadline = timedelta(seconds=30)
    max_bytes: MaxBytes = 10_000_000
    gap: Gap | None = None
    environment: Flag = False
    proxy_resolves: Flag = False
    browser: Browser | None = None


class MailTable(_Table):
    """`[mail]`: the mail server and the sender, both as templates."""

    url: MailServer
    sender: Sender = Field(alias="from")
    unsubscribe: Unsubscribe | None = None


class DefaultsTable(_Table):
    """`[defaults]`: what holds for every source that does not say otherwise."""

    every: Every = DAY
    adaptive: Flag = False
    fetcher: Fetcher = "http"
    tags: tuple[Tag, ...] = ()
    confirm: Flag = True
    robots: Flag = True
    flapping: Window = timedelta(days=3)
    language: Language | None = None
    headers: Headers = ()
    proxy: Proxy | None = None


class EarlierTable(_Table):
    """`[[source.earlier]]`: how the pages of an earlier time are read."""

    valid_until: LastDay
    select: tuple[Part, ...] = ()
    remove: tuple[Part, ...] = ()


class PageTable(_Table):
    """`[[source.page]]`: one page of a document of several, with selectors of its own."""

    url: Page
    select: tuple[Part, ...] | None = None
    remove: tuple[Part, ...] | None = None


class SourceTable(_Table):
    """`[[source]]`: one document to watch. None means: as in `[defaults]`."""

    id: SourceId
    vendor: Vendor
    document: DocumentId
    url: Page | None = None
    urls: tuple[Page, ...] = ()
    page: tuple[PageTable, ...] = ()
    select: tuple[Part, ...] = ()
    remove: tuple[Part, ...] = ()
    language: Language | None = None
    every: Every | None = None
    adaptive: Flag | None = None
    fetcher: Fetcher | None = None
    wait_for: Selector | None = None
    tags: tuple[Tag, ...] | None = None
    confirm: Flag | None = None
    robots: Flag | None = None
    flapping: Window | None = None
    objection: Objection | None = None
    headers: Headers = ()
    cookies: Cookies = ()
    auth: Login | None = None
    proxy: Proxy | None = None
    client_cert: CertificateFile | None = None
    client_key: CertificateFile | None = None
    earlier: tuple[EarlierTable, ...] = ()


class TimestampsTable(_Table):
    """`[timestamps]`: who signs the newest link of the chain (RFC 3161), and how often."""

    url: Page
    ca: CertificateFile | None = None
    policy: Policy | None = None
    auth: Login | None = None
    every: StampEvery = timedelta(hours=1)


class RetentionTable(_Table):
    """`[retention]`: which raw pages stay. Those of the latest version of a source always do."""

    keep_raw: Kept = "versions"
    raw_age: RawAge | None = None
    raw_size: RawSize | None = None


class OperatorTable(_Table):
    """`[operator]`: who hears of sources in trouble and of messages that were given up."""

    to: tuple[Target, ...]
    after_failures: Checks = 5
    after: Patience = timedelta(days=3)
    remind: Patience = timedelta(days=7)
    lang: Lang = "en"


class SubscriberTable(_Table):
    """`[[subscriber]]`: who wants to hear what. An empty filter lets everything through."""

    name: Name
    to: tuple[Target, ...]
    vendors: tuple[Vendor, ...] = ()
    documents: tuple[DocumentId, ...] = ()
    tags: tuple[Tag, ...] = ()
    topics: tuple[TopicId, ...] = ()
    min_severity: SeverityId = Severity.LOW
    direction: Annotated[tuple[DirectionId, ...], BeforeValidator(one_or_list)] = ()
    languages: tuple[Language, ...] = ()
    cadence: CadenceId = Cadence.IMMEDIATE
    at: TimeOfDay = time(8, 0)
    quiet_hours: Quiet | None = None
    proof: Flag = False
    reminders: Flag = True
    attach: tuple[AttachmentId, ...] = ()
    lang: Lang = "en"
    subject: Subject = ""
    intro: Lines = ""
    outro: Lines = ""


class TopicTable(_Table):
    """`[[topic]]`: a topic of the user's own, by its terms."""

    id: TopicId
    terms: Terms


class WatchTable(_Table):
    """`[[watch]]`: words that never come or go unheard."""

    id: TopicId
    terms: Terms
    severity: WatchSeverity = Severity.MEDIUM


class Root(_Table):
    """The whole file."""

    store: Place | None = None
    zone: Zone = "UTC"
    country: Country | None = None
    next_working_day: Flag = False
    archive: Archive | None = None
    fetch: FetchTable = FetchTable()
    mail: MailTable | None = None
    operator: OperatorTable | None = None
    timestamps: TimestampsTable | None = None
    retention: RetentionTable = RetentionTable()
    defaults: DefaultsTable = DefaultsTable()
    source: tuple[SourceTable, ...] = ()
    subscriber: tuple[SubscriberTable, ...] = ()
    topic: tuple[TopicTable, ...] = ()
    watch: tuple[WatchTable, ...] = ()


TABLES: dict[str, type[BaseModel]] = {
    "fetch": FetchTable,
    "mail": MailTable,
    "operator": OperatorTable,
    "timestamps": TimestampsTable,
    "retention": RetentionTable,
    "defaults": DefaultsTable,
    "source": SourceTable,
    "source.earlier": EarlierTable,
    "source.page": PageTable,
    "subscriber": SubscriberTable,
    "topic": TopicTable,
    "watch": WatchTable,
}


def keys(table: str | None) -> tuple[str, ...]:
    """The keys of a table as they are written, or those at the top of the file."""
    model = TABLES[table] if table else Root
    return tuple(field.alias or name for name, field in model.model_fields.items())
