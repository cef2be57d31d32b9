"""How long data are kept: periods, and events such as the end of an account."""

from __future__ import annotations

import re
from functools import lru_cache

from storage.model import BlockKind, FactType
from watcher.differ.facts.ai import is_denied
from watcher.differ.facts.passages import LABEL, Found, Passage, Reading, speaks
from watcher.differ.facts.subjects import in_clause, own_label, subjects, under, whole
from watcher.differ.periods import Period, find_periods

# A line on one kind of data: "Visitor data: one day".
_OF_DATA = re.compile(
    r"(?:data|details|records?|files?|logs?|transcripts?|recordings?|footage|back-?ups?|opnames?|beelden|aufnahmen|"
    r"aufzeichnungen|sicherungen|enregistrements|sauvegardes?|gegevens|dossiers?|bestanden|daten|angaben|akten|unterlagen|données|fichiers)\b"
)
# What a column is called that says how long, whatever else the table speaks of.
_KEPT = re.compile(
    r"how long|until when|time ?limit for|"
    r"(?:kept|keep|retained?|stored?|held|deleted|erased|removed|destroyed|gone|available)"
    r"\b.{0,15}\b(?:until|for|after|within|it)|"
    r"hoe ?lang|(?:wij |we )?(?:bewaren|bewaard|bewaar|opgeslagen|verwijderd|gewist|weg|vernietigd)\b|tot wanneer|"
    r"houdbaar|(?:maximale )?bewar|wie lange|bis wann|(?:gelöscht|vernichtet|aufbewahrt|gespeichert|vorgehalten)\b|"
    r"combien de temps|jusqu.{1,3}quand|(?:conservé|supprimé|effacé|détruit|gardé)"
)
# A length of time, or a word for keeping or deleting: what makes a sentence worth a look.
_FAMILIES = frozenset({"retention", "spans"})
_UNTIL = re.compile(
    r"(?:until|till|up to|tot(?:dat)?|bis|solange|zolang)\b|jusqu|tant qu"
)  # how such a statement begins
# What somebody may delete for so long is not deleted by then.
_ABLE = re.compile(
    r"(?:[^\s,;:]+\s){1,4}?(?:can|may|kan|kunt|kunnen|mag|mogen|kann|können|dürfen|peut|peuvent|pouvez)\s(?!not\b|only\b|be\b|"
    r"pas\b|niet\b|nicht\b|worden\b|être\b)[^,;:]{0,80}\b(?:delete|remove|erase|undo|wissen|verwijderen|löschen|entfernen|"
    r"supprimer|effacer)\b(?! (?:worden|werden))"
)
# Words that make a sentence of what else would be a bare statement: "90 days.", "In memory only, at most a day."
_VERBAL = frozenset(
    "we wij wir nous you u je sie vous is are be has have must may can will zijn wordt worden heeft hebben moet moeten "  # noqa: SIM905
    "kan kunnen ist sind wird werden hat haben muss müssen kann können est sont a ont doit doivent peut peuvent".split()
)
_COLON = re.compile("[:–—-]")
_LABEL_CHARS = 64  # characters of a sentence in which its label ends
_BARE_WORDS = 14
_BARE = re.compile(
    r"(?:^|,\s)(?:(?:for|up to|at most|maximum|max\.|maximaal|hooguit|hoogstens|ten hoogste|höchstens|längstens|"
    r"maximal|bis zu|pendant|au plus|maximum de|jusqu['’]à|minimaal|minstens|mindestens|at least|au moins|a|the|de|een"
    r")\s)*$"
)
# What is told or done so long before something is no time that data are kept for.
_BEFORE = re.compile(
    r"['’]?,? (?:in advance|before|prior to|ahead|notice|van tevoren|vooraf|voordat|vóór|van te voren|vorher|vor\b|"
    r"bevor|im voraus|zuvor|avant|à l['’]avance|auparavant|au préalable)"
)
_SOON = 25  # characters behind the label of such a line in which its period stands
_LONGER = re.compile(r"\b(?:long|lang|läng|plus|au-delà|until|tot|bis|jusqu)")  # "not longer than" states a limit


def retention_facts(reading: Reading) -> Found:
    """One fact for each period of a sentence that speaks of keeping or deleting; one without period for an event."""
    phrases = reading.phrases
    asked: Passage | None = None
    before: Passage | None = None
    listed = False
    for passage in reading.passages:
        if passage.text.endswith("?") and phrases["retention.heading"].search(passage.lower):
            asked = passage
        answers = asked is not None and asked.block is passage.block and asked is not passage
        headed = answers or _is_headed(passage, reading) or (listed and not _is_prose(passage))
        direct = answers and before is asked
        before = passage
        if _is_prose(passage):
            listed = passage.text.endswith(("?", ":")) and bool(phrases["retention.heading"].search(passage.lower))
        columned = (passage.column and _KEPT.match(passage.column)) or _says_how_long(passage, reading)
        if not (columned or headed) and not _FAMILIES & passage.families and not _is_line(passage, reading):
            continue
        periods = (
            _of_cell(passage, reading)
            if passage.column or _says_how_long(passage, reading)
            else _of_sentence(passage, reading, headed=headed, answers=answers, direct=direct)
        )
        if periods is None:
            continue
        for period, subject in zip(periods, subjects(passage, phrases, periods), strict=True):
            yield passage.fact(FactType.RETENTION, subject=subject, period=period.iso)
        if not periods:
            subject = own_label(passage) or in_clause(passage.text, passage.lower, phrases)
            yield passage.fact(FactType.RETENTION, subject=subject or under(passage, phrases) or whole(passage.text))


def _is_headed(passage: Passage, reading: Reading) -> bool:
    """True below a heading on keeping, of any level, and behind a label that says so ("Retention: ...")."""
    heading = reading.phrases["retention.heading"]
    if _heads(heading, passage.block.path):
        return True
    label = LABEL.match(passage.text) if _COLON.search(passage.text, 0, _LABEL_CHARS) else None
    return label is not None and heading.match(label["label"].lower()) is not None


@lru_cache(maxsize=1024)
def _heads(pattern: re.Pattern[str], path: tuple[str, ...]) -> bool:
    """True when one of the headings above has one of a pattern's phrases; asked again for each sentence under them."""
    return any(pattern.search(part.lower()) for part in path)


def _opens(passage: Passage, event: re.Pattern[str]) -> bool:
    """True for a row whose statement begins with an event: "Newsletter: until you unsubscribe"."""
    label = LABEL.match(passage.text)
    start = label.end() if label else 0
    return (_UNTIL.match(passage.lower, start) or event.match(passage.lower, start)) is not None


def _says_how_long(passage: Passage, reading: Reading) -> bool:
    """True for a cell beside one that announces how long: "Retention period | ten years"."""
    return passage.paired and bool(reading.phrases["retention.column"].match(passage.label.lower()))


def _is_prose(passage: Passage) -> bool:
    return passage.block.kind is BlockKind.PARAGRAPH


def _is_line(passage: Passage, reading: Reading) -> bool:
    """True for a sentence that is a kind of data and how long it lasts: "Visitor data: one day"."""
    if passage.column or not _COLON.search(passage.text, 0, _LABEL_CHARS):
        return False
    label = LABEL.match(passage.text)
    if label is None or not _OF_DATA.search(label["label"].lower()):
        return False
    behind = passage.text[label.end() : label.end() + 2 * _SOON]
    return any(period.start <= _SOON for period in find_periods(behind, reading.document.language))


def _of_cell(passage: Passage, reading: Reading) -> tuple[Period, ...] | None:
    """The periods of a table's cell: only of the retention column where the table has one."""
    column = reading.phrases["retention.column"]
    if not passage.column:
        return find_periods(passage.text, reading.document.language)
    if _KEPT.match(passage.column) or column.search(passage.column):
        return find_periods(passage.text, reading.document.language)
    if any(column.search(cell.column.lower()) for cell in passage.block.cells):
        return None
    return _of_sentence(passage, reading, headed=speaks(reading.phrases["retention.heading"], passage.section))


def _of_sentence(
    passage: Passage, reading: Reading, *, headed: bool, answers: bool = False, direct: bool = False
) -> tuple[Period, ...] | None:
    """The periods of a passage on retention; empty for an event, None when it says nothing about how long."""
    phrases, lower = reading.phrases, passage.lower
    keep = phrases["retention.keep"].search(lower)
    delete = phrases["retention.delete"].search(lower)
    row = not _is_prose(passage) or direct or bool(LABEL.match(passage.text))
    told = keep or delete or (headed and row) or _is_line(passage, reading)
    if not told and not headed:
        return None
    if periods := find_periods(passage.text, reading.document.language):
        kept = () if _ABLE.match(lower) else tuple(one for one in periods if not _BEFORE.match(lower, one.end))
        return (kept if told or (len(kept) == 1 and _is_bare(lower, kept[0])) else ()) or None
    if not told:
        return None
    return () if _names_event(passage, reading, headed=headed, answers=answers, row=row) else None


def _is_bare(lower: str, period: Period) -> bool:
    """True for a few words without a verb, of which a period is the first or stands by itself: "90 days."."""
    words = re.findall(r"[^\W\d]+", lower)
    alone = _BARE.search(lower, 0, period.start) is not None
    return alone and len(words) <= _BARE_WORDS and _VERBAL.isdisjoint(words)


def _names_event(passage: Passage, reading: Reading, *, headed: bool, answers: bool, row: bool) -> bool:
    """True for a passage without a period that says until when, or after what: "as long as you are a member"."""
    phrases, lower = reading.phrases, passage.lower
    keep = phrases["retention.keep"].search(lower)
    delete = phrases["retention.delete"].search(lower)
    event = phrases["retention.event"].search(lower)
    if headed and row and _opens(passage, phrases["retention.event"]):
        return True
    if keep and event:
        denied = is_denied(lower, keep.start(), phrases) and not _LONGER.search(lower)
        return not denied and not phrases["rights.company"].search(lower)
    after = event or phrases["retention.after"].search(lower)
    if delete and after:
        return not phrases["retention.requests"].search(lower)
    return answers and headed and not keep and not delete and bool(after)
