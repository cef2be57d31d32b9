"""What the answers look like, for programs that are written against them: docs/reference/contracts.md in types.

Only described from here (OpenAPI), never made: `watcher.report` makes the answers, and a test holds both together. New
keys may be added to an answer at any time, so none of the forms forbids others. What a list of ours may grow by (the
reasons, the topics of a user's own) is text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from storage.model import (
    BlockKind,
    Cause,
    ChangeKind,
    Direction,
    DocumentType,
    FactType,
    Outcome,
    Severity,
    Topic,
    Verdict,
)


class Form(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True)


class SourceState(Form):
    """Where a source stands."""

    source: str
    vendor: str
    document: DocumentType
    url: str
    active: bool = Field(description="Whether it is in the configuration still.")
    outcome: Outcome | None = Field(description="That of the last check.")
    reason: str | None
    detail: str | None
    last_check: datetime | None
    last_good: datetime | None
    next_due: datetime
    failures: int = Field(description="Checks in a row that were not good.")
    failing_since: datetime | None
    told_at: datetime | None
    removed_at: datetime | None
    moved_to: str | None
    version: int | None = Field(description="The newest.")


class Fact(Form):
    """What a text states, with the words it was read from; which of the fields it has depends on its type."""

    type: FactType
    quote: str
    section: list[str]
    subject: str | None = None
    period: str | None = Field(None, description="ISO 8601.")
    name: str | None = None
    role: str | None = None
    location: str | None = None
    purpose: str | None = None
    mechanism: str | None = None
    destination: str | None = None
    statement: str | None = None
    email: str | None = None
    phone: str | None = None
    id: str | None = None
    basis: str | None = None
    article: str | None = None
    measure: str | None = None
    of: str | None = None
    days: str | None = None


class StatedFact(Fact):
    """A fact with the version that states it."""

    source: str
    vendor: str
    document: DocumentType
    version: int
    first_seen: datetime
    last_seen: datetime


class Version(Form):
    """A version, without its text."""

    source: str
    version: int
    cause: Cause
    verdict: Verdict | None = Field(description="What it is to the version before it.")
    first_seen: datetime
    last_seen: datetime
    title: str | None
    language: str | None
    effective_date: date | None
    last_updated: date | None
    blocks: int
    words: int
    fingerprint: str
    captures: list[str] = Field(description="The SHA-256 of each raw page.")
    extraction: str | int


class Link(Form):
    """Where a text of a block leads to."""

    text: str
    href: str


class Block(Form):
    """A heading, paragraph, list item, table row or definition."""

    kind: BlockKind
    level: int
    section: list[str]
    text: str
    links: list[Link]


class Note(Form):
    """What a person wrote on a change, with the wording that it is about."""

    id: str
    at: datetime
    who: str
    note: str | None
    clause: str | None


class ShownVersion(Version):
    """A version with its text and its facts; notes where reviews are shown."""

    text: list[Block]
    facts: list[Fact]
    notes: list[Note] = []


class FactChange(Form):
    """A fact that differs."""

    type: FactType
    subject: str | None
    before: str | None
    after: str | None


class Change(Form):
    """One difference."""

    topic: Topic
    topics: list[str] = Field(description="Begins with `topic`; those of your own come last.")
    kind: ChangeKind
    severity: Severity
    direction: Direction
    section: list[str]
    before: str | None
    after: str | None
    facts: list[FactChange]
    summary: str
    rules: list[str]


class RecordedChange(Change):
    """A difference as the history keeps it; it happened between two moments."""

    id: str
    source: str
    vendor: str
    document: DocumentType
    url: str
    version: int
    seen_before: datetime | None
    seen_after: datetime


class Recipient(Form):
    """Who is named as a recipient of data."""

    name: str
    purpose: str | None
    location: str | None
    role: str | None


class RecipientChange(Form):
    """What else is said of a recipient now."""

    name: str
    field: str
    before: str | None
    after: str | None


class Recipients(Form):
    """What happened to the named recipients."""

    added: list[Recipient]
    removed: list[Recipient]
    changed: list[RecipientChange]


class Side(Form):
    """One side of a comparison; `sha256` is that of the first raw page."""

    title: str | None
    effective_date: date | None
    last_updated: date | None
    sha256: str | None
    blocks: int
    version: int
    first_seen: datetime
    last_seen: datetime


class Comparison(Form):
    """How two versions differ, the gravest change first; `side` and `reason` where one is not the document."""

    wire: Literal["clausewatch/compare/1"] = Field(alias="schema")
    verdict: Verdict
    summary: str
    language: str | None
    old: Side
    new: Side
    changes: list[Change]
    subprocessors: Recipients
    side: Literal["old", "new", "both"] | None = None
    reason: str | None = None
    notes: list[Note] = []


class Checks(Form):
    """Checks in a row with the same outcome."""

    source: str
    since: datetime = Field(alias="from")
    until: datetime
    count: int
    outcome: Outcome
    reason: str | None
    detail: str | None


class Passage(Form):
    """A passage that holds the words; in `snippet` they stand between ⟦ and ⟧."""

    source: str
    vendor: str
    since_version: int
    until_version: int | None
    section: list[str]
    text: str
    snippet: str


class Use(Form):
    """Who uses a recipient, from when to when; without `not_before` the history begins with it."""

    source: str
    vendor: str
    document: DocumentType
    name: str
    role: str | None
    location: str | None
    purpose: str | None
    quote: str
    first_version: int
    last_version: int
    not_before: datetime | None
    since: datetime
    until: datetime
    gone: datetime | None


class Row(Form):
    """What one vendor states, by the kind of fact; nothing can be said of one that was never read."""

    vendor: str
    read: bool
    states: dict[FactType, list[StatedFact]]


class Matrix(Form):
    """What the vendors state, side by side."""

    wire: Literal["clausewatch/matrix/1"] = Field(alias="schema")
    columns: list[FactType]
    vendors: list[Row]


class Deadline(Form):
    """Until when one may object to a version, and how that was counted."""

    source: str
    vendor: str
    document: DocumentType
    version: int
    summary: str
    object_by: date
    since: date
    since_is_stated: bool
    period: str = Field(description="ISO 8601.")
    days: Literal["business", "calendar"]
    saturdays: bool
    holidays: str | None
    basis: Literal["vendor", "configuration"]
    quote: str | None
    quoted_from: str | None


class Evidence(Form):
    """The head of the chain, empty for a new store, and how many records it has."""

    head: str
    records: int
