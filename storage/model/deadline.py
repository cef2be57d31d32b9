"""Until when a change may be objected to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.model.ids import DocumentType


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which one may object, and how it was counted.

    Counted from `since`: the vendor's own date where `stated`, else the day on which the change was first seen. Where
    `since` is the later day it was counted back from that: the day on which the change says to take effect.
    `period` is ISO 8601, of business days where `business`; `holidays` is the country whose public holidays were left
    out then, None for weekends alone; with `saturdays` those were business days too. `source_id` and `quote` are the
    words of the vendor that grant the period, None where it comes from the configuration.
    """

    on: date
    since: date
    stated: bool
    period: str
    business: bool
    holidays: str | None = None
    source_id: str | None = None
    quote: str | None = None
    saturdays: bool = False


@dataclass(frozen=True, slots=True)
class DueDeadline:
    """A deadline with the version that it is about. `summary` is the change to object to in one sentence."""

    source_id: str
    vendor: str
    document: DocumentType
    url: str
    version: int
    seen_after: datetime
    summary: str
    deadline: Deadline
