"""How long a doubtful text must have stood before it is taken for the document (docs/decisions/0016-standing.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.model import Outcome, Reason
from storage.protocol import Store
from watcher.extraction import GateVerdict

AT_ONCE, A_DAY, A_WEEK = timedelta(0), timedelta(days=1), timedelta(days=7)
# What a later check of the same text may overrule: the page was odd but is whole. A wall never becomes a version.
CONFIRMABLE = frozenset({Reason.TRUNCATED, Reason.OTHER_DOCUMENT, Reason.EMPTY})
# So many lines of the ledger are looked through; checks that failed in between are passed over.
_LINES = 50


def needed(verdict: GateVerdict, *, first: bool) -> timedelta | None:
    """The time from the first check that saw a text to the one that may take it; None for never.

    Always at least two checks must have seen it. `first` says that there is no version yet: then nothing is lost and
    nobody is alerted. A shorter text that has nothing new is told as soon as it is seen again (faults.md H11); another
    document when it has stood for a day; a page that has next to no words of such a document, where there was one, for
    a week.
    """
    if verdict.certain or verdict.reason not in CONFIRMABLE:
        return None
    if first or verdict.reason is Reason.TRUNCATED:
        return AT_ONCE
    return A_WEEK if verdict.foreign else A_DAY


def stands_since(store: Store, source_id: str, mark: str) -> datetime | None:
    """When a held text was first seen, if every check since then saw it or failed; None when the last did neither.

    `mark` is how the details of its lines begin.
    """
    since = None
    for line in store.ledger(source_id, _LINES):
        if line.outcome is Outcome.SUSPECT and (line.detail or "").startswith(mark):
            since = line.since
        elif line.outcome is not Outcome.FAILED:
            break
    return since
