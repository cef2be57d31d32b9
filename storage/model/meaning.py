"""What a text states, and how two texts differ in meaning; and the version that keeps both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.model.ids import (
    FACT_FIELDS,
    Cause,
    ChangeKind,
    Direction,
    FactType,
    Reason,
    Severity,
    Topic,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words inside a changed clause; `op` is "equal", "insert" or "delete"."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something typed that a text states, with the words it was read from.

    `fields` holds exactly the names of `FACT_FIELDS[type]`, in that order; a value is None where the text does not say.
    """

    type: FactType
    fields: tuple[tuple[str, str | None], ...]
    quote: str
    section: tuple[str, ...]

    def get(self, name: str) -> str | None:
        """The value of one typed field; None where it is not stated. Raises KeyError for a field the type has not."""
        return dict(self.fields)[name]

    @classmethod
    def of(cls, kind: FactType, *, quote: str, section: tuple[str, ...], **values: str | None) -> Fact:
        """A fact from named values; fields left out are None. Raises KeyError for a field the type has not."""
        if unknown := values.keys() - set(FACT_FIELDS[kind]):
            raise KeyError(f"{kind} has no field {sorted(unknown)}")
        return cls(kind, tuple((name, values.get(name)) for name in FACT_FIELDS[kind]), quote, section)


@dataclass(frozen=True, slots=True)
class FactChange:
    """How a typed fact differs: `before` and `after` are its typed values, None where there is none."""

    type: FactType
    subject: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A named party that gets or handles the data."""

    name: str
    purpose: str | None = None
    location: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class RecipientChange:
    """One field of a recipient that stayed: "name", "purpose", "location" or "role"."""

    name: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RecipientDelta:
    """What happened to the named recipients between two documents."""

    added: tuple[Recipient, ...] = ()
    removed: tuple[Recipient, ...] = ()
    changed: tuple[RecipientChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in meaning, or (severity `info`) one editorial difference.

    `before` and `after` are verbatim text of the documents with white space folded, None where there is none.
    `topics` starts with `topic`; behind those of `Topic` come the ids of the user's own (`Interest`). `rules` names
    every rule that fired. `spans` marks the words and joins to `before` (without "insert") and `after` (without
    "delete").
    """

    topic: Topic
    topics: tuple[str, ...]
    kind: ChangeKind
    severity: Severity
    direction: Direction
    section: tuple[str, ...]
    before: str | None
    after: str | None
    spans: tuple[Span, ...]
    facts: tuple[FactChange, ...]
    summary: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two documents with its changes, gravest first.

    `reason` and `side` are set when it is `blocked`. `unrest` is True for an editorial one that no version is made of:
    nothing differs but markup, the order of equal list items and the way in which days are written.
    """

    verdict: Verdict
    language: str | None
    changes: tuple[Change, ...] = ()
    recipients: RecipientDelta = RecipientDelta()
    reason: Reason | None = None
    side: str | None = None
    unrest: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A document accepted as the state of a source; numbers start at 1 and have no gaps.

    `captures` are the SHA-256 of the raw pages it was taken from, in the order of the source's addresses. `verdict`
    is that of the comparison with the version before (None for the first and for re-extracted ones).
    """

    source_id: str
    number: int
    cause: Cause
    first_seen: datetime
    last_seen: datetime
    fingerprint: str
    extraction: str
    captures: tuple[str, ...]
    title: str | None
    language: str | None
    effective_date: date | None
    last_updated: date | None
    blocks: int
    words: int
    verdict: Verdict | None = None
