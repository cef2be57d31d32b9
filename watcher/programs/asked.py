"""What each question may be asked with: read from text, checked, and described for OpenAPI and MCP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storage.model import Direction, FactType, Severity

# A page of an answer; more than this nobody reads at once.
USUAL, MOST = 100, 1000
_DEEPEST = 1_000_000
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def _moment(text: str) -> str:
    moment_of(text, datetime.now(UTC))
    return text


def _day(text: str) -> str:
    end_of(text)
    return text


def moment_of(text: str, now: datetime) -> datetime:
    """The moment that a day, an ISO 8601 time or an age ("7d", "12h", "2w") names. Raises ValueError."""
    if age := re.fullmatch(r"([0-9]{1,5})([hdw])", text):
        return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.combine(date.fromisoformat(text), time.min, tzinfo=UTC)
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is neither a day nor a time nor an age (write 2026-05-01, 2026-05-01T12:00Z or 7d)") from None


def end_of(text: str) -> datetime:
    """The last moment of a day, in UTC. Raises ValueError."""
    try:
        return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
    except ValueError:
        raise ValueError("is no day (write 2026-05-01)") from None


Text = Annotated[str, Field(min_length=1, max_length=500)]
Moment = Annotated[Text, AfterValidator(_moment)]
Day = Annotated[Text, AfterValidator(_day)]
SourceId = Annotated[Text, Field(description="The id of a source, such as acme/privacy.")]
Vendor = Annotated[Text | None, Field(description="Only this vendor.")]
At = Annotated[Day | None, Field(description="What stood at the end of this day (UTC): 2025-12-31.")]
Types = Annotated[list[FactType], Field(description="Only these kinds of facts.", max_length=20)]


class Asked(BaseModel):
    """Nothing but what is named here may be asked; anything else is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Asked):
    """A list that is answered page by page."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="At most so many.")] = USUAL
    offset: Annotated[int, Field(ge=0, le=_DEEPEST, description="Leave out so many, as told by the page before.")] = 0


class Sources(Paged):
    """Which sources."""

    vendor: Vendor = None


class OneSource(Asked):
    """One source."""

    source: SourceId


class OfSource(Paged):
    """A list about one source."""

    source: SourceId


class OneVersion(Asked):
    """One version of a source."""

    source: SourceId
    version: Annotated[Text | None, Field(description="A number or a day; the newest without it.")] = None


class TwoVersions(Asked):
    """Two versions of a source."""

    source: SourceId
    old: Annotated[Text | None, Field(description="A number or a day; the version before `new` without it.")] = None
    new: Annotated[Text | None, Field(description="A number or a day; the newest without it.")] = None


class Changes(Paged):
    """Which changes."""

    since: Annotated[
        Moment | None, Field(description="First seen at or after: a day, a time or an age (7d, 12h, 2w).")
    ] = None
    source: Annotated[Text | None, Field(description="Only this source.")] = None
    vendor: Vendor = None
    topic: Annotated[Text | None, Field(description="Only this topic, such as subprocessors or retention.")] = None
    severity: Annotated[Severity, Field(description="The least severity; info tells editorial changes too.")] = (
        Severity.LOW
    )
    direction: Annotated[Direction | None, Field(description="Only changes for the better or the worse.")] = None


class Words(Asked):
    """Words to look for."""

    query: Annotated[Text, Field(description="Words that a passage must all hold.", pattern=r"\S")]
    limit: Annotated[int, Field(ge=1, le=MOST, description="At most so many.")] = 20


class Stated(Paged):
    """Which facts."""

    types: Types = []
    source: Annotated[Text | None, Field(description="Only this source.")] = None
    vendor: Vendor = None
    at: At = None


class Uses(Paged):
    """Which recipients."""

    name: Annotated[Text | None, Field(description="A company, in any spelling; all recipients without it.")] = None
    vendor: Vendor = None
    at: At = None
    past: Annotated[bool, Field(description="Also those that are not named any more.")] = False


class Table(Asked):
    """Which columns and vendors."""

    types: Types = []
    vendor: Vendor = None
    at: At = None


class Days(Paged):
    """Nothing to choose."""


class Nothing(Asked):
    """Nothing to choose."""
