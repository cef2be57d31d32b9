"""What stands beside the chain of evidence: time stamps of it, and raw pages that were let go of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp (RFC 3161) of the chain as it was after record `seq`, or an attempt at one that failed.

    `head` is the link of that record; it is what the authority has signed, as a SHA-256. `authority` is its address
    without secrets. `token` is the whole answer (TimeStampResp in DER), `at` the time that it states; of an attempt
    that failed both are None, and `error` says why. `asked_at` is by our own clock.
    """

    seq: int
    head: str
    authority: str
    asked_at: datetime
    at: datetime | None = None
    token: bytes | None = field(default=None, repr=False)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """The kept bytes of a page. `size` is the room that they take, packed; `last_at` is when they last came.

    `latest` is True for those that the latest version of any source was read from: these are never let go of.
    """

    sha256: str
    size: int
    last_at: datetime
    sources: tuple[str, ...]
    latest: bool = False


@dataclass(frozen=True, slots=True)
class DroppedPage:
    """A page of a source whose bytes were let go of on purpose; its records stay. `record` says so in the chain."""

    sha256: str
    source_id: str
    at: datetime
    reason: str
    record: int
