"""How long data are kept: periods, and events such as the end of an account."""

from __future__ import annotations

import re

from storage.model import BlockKind, FactType
from watcher.differ.facts.ai import is_denied
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.periods import Period, find_periods

_SUBJECT_CHARS = 80
_LONGER = re.compile(r"\b(?:long|länger|plus|au-delà|until|tot|bis|jusqu)")  # "not longer than" states a limit


def retention_facts(reading: Reading) -> Found:
    """One fact for each period of a sentence that speaks of keeping or deleting; one without period for an event."""
    phrases = reading.phrases
    for passage in reading.passages:
        headed = bool(phrases["retention.heading"].search(passage.section)) or bool(
            passage.column and phrases["retention.column"].search(passage.column)
        )
        if "retention" not in passage.families and not headed:
            continue
        periods = _periods(passage, reading, headed=headed)
        subject = _subject(passage, phrases) if periods is not None else None
        for period in periods or ():
            yield passage.fact(FactType.RETENTION, subject=subject, period=period.iso)
        if periods == ():
            yield passage.fact(FactType.RETENTION, subject=subject)


def _periods(passage: Passage, reading: Reading, *, headed: bool) -> tuple[Period, ...] | None:
    """The periods of a passage on retention; empty for an event, None when it says nothing about how long."""
    phrases, lower = reading.phrases, passage.lower
    keep = phrases["retention.keep"].search(lower)
    delete = phrases["retention.delete"].search(lower)
    row = passage.block.kind is not BlockKind.PARAGRAPH
    if not keep and not delete and not (headed and row):
        return None
    if periods := find_periods(passage.text, reading.document.language):
        return periods if keep or delete or headed else None
    if passage.column and headed:
        return ()
    event = phrases["retention.event"].search(lower)
    if keep and event:
        denied = is_denied(lower, keep.start(), phrases) and not _LONGER.search(lower)
        return None if denied or phrases["rights.company"].search(lower) else ()
    if delete and (event or phrases["retention.after"].search(lower)):
        return None if phrases["retention.requests"].search(lower) else ()
    return None


def _subject(passage: Passage, phrases: Lexicon) -> str | None:
    """What is kept, short: the label, the grammatical subject or object, else the heading."""
    if passage.label and len(passage.label) <= _SUBJECT_CHARS:
        return passage.label
    stop = "|".join(phrases.words["retention.stop"])
    passive = "|".join(phrases.words["retention.passive"])
    active = "|".join(phrases.words["retention.active"])
    done = "|".join((*phrases.words["retention.keep"], *phrases.words["retention.delete"]))
    for pattern in (
        rf"(?<!\w)(?:{active})\s(?:(?:wij|we|wir|ons)\s)?(?P<s>[^,;:]{{3,{_SUBJECT_CHARS}}}?)\s(?:{stop}|\d+)(?!\w)",
        rf"(?<!\w)(?:{passive})\s(?P<s>(?:de|het|uw|alle|deze|die|ihre|les|vos)\s[^,;:]{{3,60}}?)\s(?:{done})",
        rf"^(?P<s>[^,;:]{{3,{_SUBJECT_CHARS}}}?)\s(?:{passive})\s",
    ):
        match = re.search(pattern, passage.lower)
        if match is None:
            continue
        subject = passage.text[match.start("s") : match.end("s")].strip()
        if not phrases["retention.pronoun"].match(subject.lower()) and len(subject.split()) <= 9:
            return subject
    return passage.block.path[-1] if passage.block.path else None
