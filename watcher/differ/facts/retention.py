"""How long data are kept: periods, and events such as the end of an account."""

from __future__ import annotations

import re
from functools import cache

from storage.model import BlockKind, FactType
from watcher.differ.facts.ai import is_denied
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.periods import Period, find_periods

_SUBJECT_CHARS = 80
_SUBJECT_WORDS = 9
# Labels that introduce a statement instead of naming what is kept.
_NO_SUBJECT = re.compile(
    r"legal bas|purpose|note\b|in brief|warning|how long|retention|storage|for example|doel|rechtsgrond|grondslag|"
    r"let (?:op|wel)|bewaar|hoe lang|durée|finalité|base|conservation|zweck|rechtsgrundlage|speicherdauer|dauer|hinweis"
)
# Adverbs before a subject, and the length of time behind it, are no part of it.
_TRIM = re.compile(
    r"^(?:echter|ook|also|only|slechts|alleen|however|auch|nur|également)\s+|\s(?:voor|for|für|pendant) .*$",
    re.IGNORECASE,
)
_AND = r"(?:and|or|en|of|und|oder|et|ou)"
_LONGER = re.compile(r"\b(?:long|länger|plus|au-delà|until|tot|bis|jusqu)")  # "not longer than" states a limit


def retention_facts(reading: Reading) -> Found:
    """One fact for each period of a sentence that speaks of keeping or deleting; one without period for an event."""
    phrases = reading.phrases
    for passage in reading.passages:
        headed = bool(phrases["retention.heading"].search(passage.section))
        if "retention" not in passage.families and not headed:
            continue
        periods = _of_cell(passage, reading) if passage.column else _of_sentence(passage, reading, headed=headed)
        if periods is None:
            continue
        subject = _subject(passage, phrases, periods)
        for period in periods:
            yield passage.fact(FactType.RETENTION, subject=subject, period=period.iso)
        if not periods:
            yield passage.fact(FactType.RETENTION, subject=subject)


def _of_cell(passage: Passage, reading: Reading) -> tuple[Period, ...] | None:
    """The periods of a table's cell: only of the retention column where the table has one."""
    column = reading.phrases["retention.column"]
    if column.search(passage.column):
        return find_periods(passage.text, reading.document.language)
    if any(column.search(cell.column.lower()) for cell in passage.block.cells):
        return None
    return _of_sentence(passage, reading, headed=bool(reading.phrases["retention.heading"].search(passage.section)))


def _of_sentence(passage: Passage, reading: Reading, *, headed: bool) -> tuple[Period, ...] | None:
    """The periods of a passage on retention; empty for an event, None when it says nothing about how long."""
    phrases, lower = reading.phrases, passage.lower
    keep = phrases["retention.keep"].search(lower)
    delete = phrases["retention.delete"].search(lower)
    row = passage.block.kind is not BlockKind.PARAGRAPH
    if not keep and not delete and not (headed and row):
        return None
    if periods := find_periods(passage.text, reading.document.language):
        return periods
    event = phrases["retention.event"].search(lower)
    if keep and event:
        denied = is_denied(lower, keep.start(), phrases) and not _LONGER.search(lower)
        return None if denied or phrases["rights.company"].search(lower) else ()
    if delete and (event or phrases["retention.after"].search(lower)):
        return None if phrases["retention.requests"].search(lower) else ()
    return None


def _subject(passage: Passage, phrases: Lexicon, periods: tuple[Period, ...]) -> str | None:
    """What is kept, short: the label, the grammatical object or subject, else the heading."""
    if passage.label and len(passage.label) <= _SUBJECT_CHARS and not _NO_SUBJECT.match(passage.label.lower()):
        return passage.label
    lower = passage.lower
    if periods:
        lower = f"{lower[: periods[0].start]}\0{lower[periods[0].start + 1 :]}"
    for pattern in _shapes(phrases.words["retention.active"], phrases):
        match = pattern.search(lower)
        if match is None:
            continue
        subject = _TRIM.sub("", passage.text[match.start("s") : match.end("s")]).strip(" ,")
        if not phrases["retention.pronoun"].match(subject.lower()) and len(subject.split()) <= _SUBJECT_WORDS:
            return subject
    return _heading(passage, phrases)


def _heading(passage: Passage, phrases: Lexicon) -> str | None:
    """The heading as subject, unless it only says that the text is about keeping."""
    heading = passage.block.path[-1] if passage.block.path else ""
    general = phrases["retention.heading"].search(passage.section) or _NO_SUBJECT.match(passage.section)
    return None if general or len(heading.split()) > _SUBJECT_WORDS else heading or None


@cache
def _shapes(active: tuple[str, ...], phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """How a sentence holds its subject: "X we keep", "we keep X for", "are the X deleted", "X are deleted"."""
    stop = "|".join(phrases.words["retention.stop"])
    passive = "|".join(phrases.words["retention.passive"])
    keep = "|".join(active)
    done = "|".join((*phrases.words["retention.keep"], *phrases.words["retention.delete"]))
    some = rf"[^,;:\0]{{3,{_SUBJECT_CHARS}}}?"
    several = rf"[^;:\0]{{3,{_SUBJECT_CHARS}}}?"  # "your contacts, notes and documents"
    return (
        re.compile(rf"^(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s(?:wij|we|wir|nous)(?!\w)"),
        re.compile(rf"(?<!\w)(?:{keep})\s(?:(?:wij|we|wir|ons)\s)?(?P<s>{several})\s(?:(?:{stop}|\d+)(?!\w)|\0)"),
        re.compile(rf"(?<!\w)(?:{passive})\s(?P<s>(?:de|het|uw|alle|deze|die|ihre|les|vos)\s{some})\s(?:{done})"),
        re.compile(rf"^(?P<s>{some})\s(?:{passive})\s"),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,40}}(?:,\s[^,;:\0]{{2,40}}){{1,3}}\s{_AND}\s[^,;:\0]{{2,40}}?)\s(?:{passive})\s"
        ),
    )
