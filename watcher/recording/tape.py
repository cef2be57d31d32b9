"""What every recording is, wherever its bytes lie."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.errors import UsageError
from storage.model import Capture
from watcher.files import PAGE_BYTES, RECORDED, media_type_of

# No page was recorded before there was a web, and a year beyond this is a slip of the pen.
YEARS = range(1990, 2200)
# One recorded page may be as large as this; a larger one is refused by name.
MAX_BYTES = PAGE_BYTES


@dataclass(frozen=True, slots=True)
class Taken:
    """The bytes of one capture and where they were taken from, with the answer's head where that was recorded."""

    body: bytes
    origin: str
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A capture that is listed and cannot be had, and why."""

    why: str


# Gives what was taken under some names, in their order, one at a time.
Bodies = Callable[[Sequence[str]], Iterator[Taken | Missing]]


@dataclass(frozen=True, slots=True)
class Recording:
    """The captures of one page by name and time, oldest first, no two of one moment."""

    page: str
    vendor: str
    url: str
    captures: tuple[tuple[str, datetime], ...]
    bodies: Bodies

    def read(self, after: datetime | None = None) -> Iterator[Capture]:
        """Each capture that was taken later than `after` and can be had, as `taken`."""
        return (one for one in self.taken(after) if isinstance(one, Capture))

    def taken(self, after: datetime | None = None) -> Iterator[Capture | Missing]:
        """Each capture that was taken later than `after`, one at a time: memory stays flat.

        What an archive lists may be missing there; of a file that is a fault.

        Raises UsageError before the first when one is not there, later when one is too large or cannot be unpacked.
        """
        wanted = [(name, when) for name, when in self.captures if after is None or when > after]
        for (_, when), taken in zip(wanted, self.bodies([name for name, _ in wanted]), strict=True):
            if isinstance(taken, Missing):
                yield taken
                continue
            yield Capture(
                url=self.url,
                final_url=self.url,
                fetched_at=when,
                status=200,
                headers=(*taken.headers, (RECORDED, taken.origin)),
                media_type=taken.media_type,
                charset=taken.charset,
                sha256=hashlib.sha256(taken.body).hexdigest(),
                body=taken.body,
            )


def from_file(body: bytes, name: str, origin: str) -> Taken:
    """What was taken from a file: its name says of what kind it is."""
    return Taken(body, "".join(sign if sign.isprintable() else "\ufffd" for sign in origin), media_type_of(name))


def bounded(body: bytes, place: object, name: str) -> bytes:
    """The body itself. Raises UsageError when it is longer than a page may be."""
    if len(body) > MAX_BYTES:
        raise UsageError(f"{place}: {name!r} is larger than {MAX_BYTES} bytes")
    return body


def in_order(captures: Iterable[tuple[str, datetime]]) -> tuple[tuple[str, datetime], ...]:
    """By time, then by name, each at a moment of its own."""
    return spread(sorted(captures, key=lambda item: (item[1], item[0])))


def spread(captures: Iterable[tuple[str, datetime]]) -> tuple[tuple[str, datetime], ...]:
    """Captures in their order; a second one of one moment counts as taken a second later.

    An interrupted run goes on after the last moment that it recorded, so each moment may stand for one capture only.
    """
    ordered: list[tuple[str, datetime]] = []
    for name, when in captures:
        after = ordered[-1][1] + timedelta(seconds=1) if ordered else when
        ordered.append((name, max(when, after)))
    return tuple(ordered)


def moment(text: str) -> datetime:
    """A time in UTC. Raises ValueError when it is none, or none of these centuries."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a time (write 2025-11-11 or 2025-11-11T15:34:00Z)") from error
    if when.year not in YEARS:
        raise ValueError(f"{text!r} lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
