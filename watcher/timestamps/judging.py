"""Whether the time stamps that are kept hold, without a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.model import Stamp
from watcher.timestamps.token import check_token


@dataclass(frozen=True, slots=True)
class Judged:
    """One time stamp: of which record, the time that it states, and whether it holds.

    `signed` is True where its signature leads to a certificate that is trusted; False where nothing is known to trust,
    or where it does not hold. `problem` says what is wrong, None when nothing is.
    """

    seq: int
    head: str
    authority: str
    at: datetime | None
    signed: bool
    problem: str | None = None


def judge(stamps: Iterable[Stamp], trusted: bytes | None) -> list[Judged]:
    """Each stamp with a token; `trusted` holds certificates in PEM. Raises UsageError where the package is missing."""
    return [_judged(stamp, stamp.token, trusted) for stamp in stamps if stamp.token is not None]


def _judged(stamp: Stamp, data: bytes, trusted: bytes | None) -> Judged:
    try:
        token = check_token(data, stamp.head, trusted=trusted)
    except ValueError as error:
        return Judged(stamp.seq, stamp.head, stamp.authority, stamp.at, signed=False, problem=str(error))
    late = None if stamp.at in {None, token.at} else f"it states {token.at:%Y-%m-%d %H:%M:%S} UTC"
    return Judged(stamp.seq, stamp.head, stamp.authority, token.at, signed=token.signed, problem=late)
