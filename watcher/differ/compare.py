"""Two documents into a comparison: align, cut into clauses, judge each."""

from __future__ import annotations

from collections.abc import Sequence

from storage.model import Comparison, Document, Interest, Verdict
from watcher.collector import collector_paused
from watcher.differ.align import align
from watcher.differ.bulk import judge_all
from watcher.differ.interests import follow
from watcher.differ.pieces import cut
from watcher.differ.recipients import recipient_delta


def compare(old: Document, new: Document, interests: Sequence[Interest] = ()) -> Comparison:
    """Tell what changed in meaning between two documents.

    Changes come gravest first, in reading order within a severity; one for each differing clause, those of form only
    with severity `info`. What touches one of the `interests` bears its id (interests.py). The verdict is never
    `blocked`: whether a page is the document at all is not asked here.
    """
    language = new.language or old.language
    if old.fingerprint == new.fingerprint:
        return Comparison(Verdict.SAME, language)
    with collector_paused():
        pieces = cut(align(old.blocks, new.blocks), old.blocks, new.blocks, language)
        recipients = recipient_delta(old, new)
        verdict, changes = judge_all(pieces, recipients, old, new)
        return follow(Comparison(verdict, language, changes, recipients), interests)
