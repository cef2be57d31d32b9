"""`Settings`: a configuration without a fault, as the program works with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from storage.model import Interest, Operator, Source, Subscriber
from watcher.fetcher import FetchSettings
from watcher.timestamps.authority import Authority


@dataclass(frozen=True, slots=True)
class Retention:
    """Which raw pages stay: of versions and of what was held back alone, or of every check that brought other bytes.

    Of these, `age` and `size` (bytes of room, packed) say how long and how many; None for no bound.
    """

    every: bool = False
    age: timedelta | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """One `sources.toml`, read once; a run works with this one snapshot.

    `path` is absolute; its folder is the base of all relative paths in the file. `store`, `mail_url`, `mail_from` and
    the targets of the subscribers are templates as written, unexpanded. `warnings` are lines for a person; they stop
    nothing.
    """

    path: Path
    store: str | None
    zone: str
    country: str | None
    next_working_day: bool
    fetch: FetchSettings
    mail_url: str | None
    mail_from: str | None
    sources: tuple[Source, ...]
    subscribers: tuple[Subscriber, ...]
    interests: tuple[Interest, ...] = ()
    operator: Operator = field(default_factory=Operator)
    unsubscribe: str | None = None
    archive: str | None = None
    timestamps: Authority | None = None
    retention: Retention = Retention()
    warnings: tuple[str, ...] = ()
