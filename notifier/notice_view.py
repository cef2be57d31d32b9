"""The values that a message of notices is made of, whatever the notices tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.language import Words
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
    """Notices of one kind that have one cause: what it is, what to do, which they are, and how many more.

    `listed` asks for a line a notice, where there are many of little weight.
    """

    severity: Severity
    badge: str
    title: str
    about: str
    remedy: str
    notices: tuple[NoticeView, ...]
    more: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class NoticeDigest:
    """All that one message of notices shows; `total` counts the notices.

    `listing` is the command that shows all of them, `head` the last link of the chain of evidence where it is told.
    `vendors` and `kinds` are the vendors and kinds of document it is about, `intro` and `outro` the reader's own lines.
    """

    words: Words
    causes: tuple[CauseView, ...]
    total: int
    subscriber: str
    subject: str
    head: str = ""
    listing: str = "clausewatch status --failing"
    vendors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    intro: tuple[str, ...] = ()
    outro: tuple[str, ...] = ()


def moment_words(moment: datetime | None, words: Words) -> str:
    """Say "1 March 2026, 09:00 UTC"; "never"."""
    return words.moment(moment) if moment else words.say("value.never")
