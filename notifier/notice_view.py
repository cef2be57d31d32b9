"""The values that a message of notices is made of, whatever the notices tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from storage.model import Severity


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice in words. `facts` are what is known, as (label, value); `link` is safe to click, None for none."""

    name: str
    facts: tuple[tuple[str, str], ...]
    page: str
    link: str | None
    command: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """Notices of one kind that have one cause: what it is, what to do, which they are, and how many more."""

    severity: Severity
    badge: str
    title: str
    about: str
    remedy: str
    notices: tuple[NoticeView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NoticeDigest:
    """All that one message of notices shows; `total` counts the notices.

    `listing` is the command that shows all of them, `head` the last link of the chain of evidence where it is told.
    """

    causes: tuple[CauseView, ...]
    total: int
    subscriber: str
    subject: str
    head: str = ""
    listing: str = "clausewatch status --failing"


def moment_words(moment: datetime | None) -> str:
    """Say "2026-03-01 09:00 UTC"; "never"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"
