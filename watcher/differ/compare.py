"""Two documents into a comparison: align, cut into clauses, judge each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import Change, ChangeKind, Comparison, Document, Interest, Verdict
from watcher.collector import collector_paused
from watcher.differ.align import align
from watcher.differ.bulk import judge_all
from watcher.differ.by_entry import by_entry
from watcher.differ.columns import by_column
from watcher.differ.interests import follow
from watcher.differ.partial import with_unseen_rows
from watcher.differ.pieces import Piece, cut
from watcher.differ.recipients import recipient_delta
from watcher.differ.rejoined import rejoin
from watcher.differ.resettled import resettle
from watcher.differ.unrest import in_one_form

_DIGIT = re.compile(r"\d")


def compare(old: Document, new: Document, interests: Sequence[Interest] = (), *, whole: bool = False) -> Comparison:
    """Tell what changed in meaning between two documents.

    Changes come gravest first, in reading order within a severity; one for each differing clause, those of form only
    with severity `info`. What touches one of the `interests` bears its id (interests.py). The verdict is never
    `blocked`: whether a page is the document at all is not asked here. A new document of which much is missing while
    nothing is new counts as cut, and is `noise`; with `whole` it is known to be all there is. `unrest` tells of an
    editorial comparison that nothing differs but markup, page machinery, the order of equal list items and the way
    days are written.
    """
    language = new.language or old.language
    if old.fingerprint == new.fingerprint:
        return Comparison(Verdict.SAME, language)
    new = with_unseen_rows(old, new)
    with collector_paused(cycles=False):
        pieces = cut(align(old.blocks, new.blocks), old.blocks, new.blocks, language)
        pieces = rejoin(resettle(pieces, language), language)
        recipients = recipient_delta(old, new)
        pieces, columns = by_column(by_entry(pieces, recipients, old, new), old, new)
        verdict, changes = judge_all(pieces, recipients, old, new, whole=whole)
        if columns:
            verdict = Verdict.MATERIAL
            changes = tuple(sorted([*columns, *changes], key=lambda change: -change.severity.rank))
        unrest = verdict is Verdict.EDITORIAL and not any(map(_is_edit, changes)) and _is_unrest(old, new, pieces)
        return follow(Comparison(verdict, language, changes, recipients, unrest=unrest), interests)


def _is_edit(change: Change) -> bool:
    """True for a clause of the document that was put in other words and names no day: more than unrest."""
    if change.kind is not ChangeKind.MODIFIED or change.rules[0].startswith("page."):
        return False
    return _DIGIT.search(f"{change.before}{change.after}") is None


def _is_unrest(old: Document, new: Document, pieces: Sequence[Piece]) -> bool:
    """True when two documents differ no more, or in page machinery alone, once both are brought into one form."""
    if not pieces:
        return True
    was, now = in_one_form(old), in_one_form(new)
    if was == old and now == new:
        return False
    pieces = cut(align(was.blocks, now.blocks), was.blocks, now.blocks, now.language or was.language)
    return not pieces or judge_all(pieces, recipient_delta(was, now), was, now)[0] is Verdict.NOISE
