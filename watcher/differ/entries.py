"""The entry of a recipient over several lines, told as one change.

A list of sub-processors may give each a heading with its name, and lines below it ("Purpose: hosting", "Data: names").
Somebody who is told of a new company wants these with its name, not as changes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from storage.model import Change, ChangeKind, RecipientDelta, Severity, Span
from watcher.differ.lexicon import plain_words

# A line of an entry has at most so many words, an entry so many lines; more is a text about the recipient.
_LINE = 24
_LINES = 8
_LABELLED = re.compile(r"[^:.]{2,40}:\s\S")
_SIDES = {ChangeKind.ADDED: "insert", ChangeKind.REMOVED: "delete"}


def gather_entries(changes: Sequence[Change], recipients: RecipientDelta) -> list[Change]:
    """The changes in reading order, where the lines below the name of a recipient that came or went are part of it.

    The wordings of name and lines are joined by blanks. A line that is graver than its name stays a change of its own,
    unless it is a labelled one of an entry that went ("Transfers: standard clauses").
    """
    names = {
        ChangeKind.ADDED: {one.name for one in recipients.added},
        ChangeKind.REMOVED: {one.name for one in recipients.removed},
    }
    result: list[Change] = []
    place = 0
    while place < len(changes):
        head = changes[place]
        place += 1
        if _text(head) in names.get(head.kind, ()) and head.severity is not Severity.INFO:
            lines = _lines_of(head, changes[place : place + _LINES + 1])
            place += len(lines)
            head = _joined(head, lines)
        result.append(head)
    return result


def _lines_of(head: Change, below: Sequence[Change]) -> list[Change]:
    """The lines under a name; none where there are more than an entry has, or one is graver."""
    section = (*head.section, _text(head))
    lines: list[Change] = []
    for change in below:
        if change.kind is not head.kind or change.section != section:
            return lines
        labelled = _LABELLED.match(_text(change))
        graver = change.severity.rank > head.severity.rank
        if graver and not (head.kind is ChangeKind.REMOVED and labelled):
            return []
        if len(plain_words(_text(change))) > _LINE:
            return []
        lines.append(change)
    return lines if len(lines) <= _LINES else []


def _joined(head: Change, lines: Sequence[Change]) -> Change:
    """A name with its lines as one change."""
    if not lines:
        return head
    whole = [head, *lines]
    told = [one for one in whole if one.severity is not Severity.INFO]
    text = " ".join(map(_text, whole))
    return replace(
        head,
        topics=tuple(dict.fromkeys(topic for one in told for topic in one.topics)),
        before=text if head.kind is ChangeKind.REMOVED else None,
        after=text if head.kind is ChangeKind.ADDED else None,
        spans=(Span(_SIDES[head.kind], text),),
        facts=tuple(dict.fromkeys(fact for one in whole for fact in one.facts)),
        rules=tuple(dict.fromkeys(rule for one in told for rule in one.rules)),
    )


def _text(change: Change) -> str:
    return change.after or change.before or ""
