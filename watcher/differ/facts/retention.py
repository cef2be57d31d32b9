"""How long data are kept: periods, and events such as the end of an account."""

from __future__ import annotations

import re
from functools import cache

from storage.model import BlockKind, FactType
from watcher.differ.facts.ai import is_denied
from watcher.differ.facts.passages import LABEL, Found, Passage, Reading, speaks
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.periods import Period, find_periods

_SUBJECT_CHARS = 80
_SUBJECT_WORDS = 9
# Labels that introduce a statement instead of naming what is kept.
_NO_SUBJECT = re.compile(
    r"(?:(?:our|the|onze|de|het|unsere|die|nos|les|la)\s)?(?:legal bas|purpose|note\b|in brief|warning|how long|"
    r"retention|storage|for example|doel|rechtsgrond|grondslag|"
    r"let (?:op|wel)|bewaar|hoe lang|durée|finalité|base|conservation|zweck|rechtsgrundlage|speicherdauer|dauer|"
    r"hinweis|(?:deletion|removal|erasure|duration|period|verwijdering|wissen|opslag|termijn|löschung|aufbewahrung|speicherung|"
    r"suppression|effacement|délais?|fristen|termijnen|exceptions?|uitzondering\w*|ausnahmen?)$)"
)
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
_SOON = 25  # characters behind the label of such a line in which its period stands
# What stands before a period in a row of them: "client files seven years, e-mails two years".
_SHORT = re.compile(
    r"(?:^|[,;:]\s|\s(?:and|en|und|et)\s)(?:(?:for|voor|für|pour)\s)?(?:(?:the|les?|la|die|der|das|de|het)\s)?"
    r"(?P<s>[^\W\d][^,;:()]{2,60}?)"
    r"(?:\s(?:for|voor|für|pendant|up to|tot|bis zu|maximaal|maximal|at most|after|within|nach|na|après|binnen|"
    r"innerhalb|von|sous|au bout de|a|an|een|ein|un))*\s*$"
)
_SHORT_WORDS = 6
_HEAD = re.compile(r"(?P<s>[^\W\d][^,;:()]{2,60}?)(?:,\s|\s[(–-]\s?)")
# Adverbs before a subject, and the length of time behind it, are no part of it.
_TRIM = re.compile(
    r"^(?:niet|nicht|not|pas|echter|ook|also|only|slechts|alleen|however|auch|nur|également|then|daarna|danach|ensuite|nog|noch|encore|"
    r"and|but|en|maar|und|aber|et|mais|therefore|daarom|daher|donc|except for|except|uitgezonderd|behalve|ausgenommen|"
    r"außer|à l['’]exception d(?:e la|es|e|u)|sauf|with the exception of|met uitzondering van|"
    r"mit ausnahme (?:von|der))\s+|"
    r"\s(?:voor|for|für|pendant|nog|noch|then|weitere|encore|ensuite) .*$|"
    r"\s(?:nog|noch|then|daarna|danach|ensuite|encore)$",
    re.IGNORECASE,
)
_AND = r"(?:and|or|en|of|und|oder|et|ou)"
_WE = r"(?:wij|we|wir|nous|ons)"
_NOT = r"(?:pas|nicht|niet|not)"
_RULE = (  # "a retention period of ... applies to X"
    r"(?:geldt|gelden|hanteren|gilt|gelten|beträgt|bedraagt|is|ist|est|s['’]applique|there is|we apply|"
    r"appliquons|besteht|lautet|sont|zijn|sind|are)"
)
_WHOSE = r"(?:de|het|uw|je|alle|deze|die|der|das|ihre?n?|les|vos|votre|la|le|your|the|all)"
_PERIOD_OF = (  # "the retention period of X is"
    r"(?:retention|storage)\s(?:period|time|duration)|bewaar(?:termijn|duur|periode|tijd)|opslag(?:duur|termijn)|"
    r"speicher(?:dauer|frist|zeit)|aufbewahrungs(?:frist|dauer|zeit)|löschfrist|"
    r"(?:durée|délai)s?\s(?:de\s(?:conservation|stockage)|d['’]archivage)"
)
_ACTOR = (  # "X deletes our bookkeeper after ...": the verb stands second in Dutch and German, whatever comes first
    r"(?:die|der|das|unsere?|onze|ons|de|het|een|eine?)\s(?:system|software|praxis|klinik|verein|schule|bank|anbieter|"
    r"auftragsverarbeiter|auftragnehmer|buchhaltung|verwaltung|gesellschaft|unternehmen|server|technik|personalabteilung|"
    r"kanzlei|systeem|programma|praktijk|kliniek|vereniging|school|verwerker|leverancier|boekhoud\w*|administratie|bedrijf|"
    r"organisatie|afdeling|stichting|gemeente)"
)
# Words of a clause that is no bare name of what is kept.
_FUNCTION = frozenset(
    "we wij wir nous you u je sie vous is are be zijn wordt worden ist sind wird werden est sont after na nach après "  # noqa: SIM905  # a list of words
    "then daarna danach within binnen innerhalb dans another nog noch encore once nadat nachdem until tot bis at in "
    "not niet nicht pas or of oder ou it ze they het es them ons uns us keep kept bewaren bewaard delete deleted which "
    "whereupon that die dat das que will shall sera seront cas our see to sauf unless tenzij for voor für pour mit met "
    "with exception if wenn indien als si falls sofern soweit wanneer latest spätestens then bei upon".split()
)
_LONGER = re.compile(r"\b(?:long|länger|plus|au-delà|until|tot|bis|jusqu)")  # "not longer than" states a limit


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
        headed = answers or speaks(phrases["retention.heading"], passage.section) or (listed and not _is_prose(passage))
        direct = answers and before is asked
        before = passage
        if _is_prose(passage):
            listed = passage.text.endswith(("?", ":")) and bool(phrases["retention.heading"].search(passage.lower))
        columned = (passage.column and _KEPT.match(passage.column)) or _says_how_long(passage, reading)
        if not (columned or headed) and "retention" not in passage.families and not _is_line(passage, reading):
            continue
        periods = (
            _of_cell(passage, reading)
            if passage.column or _says_how_long(passage, reading)
            else _of_sentence(passage, reading, headed=headed, answers=answers, direct=direct)
        )
        if periods is None:
            continue
        for period, subject in zip(periods, _subjects(passage, phrases, periods), strict=True):
            yield passage.fact(FactType.RETENTION, subject=subject, period=period.iso)
        if not periods:
            subject = _own_label(passage) or _in_clause(passage.text, passage.lower, phrases)
            yield passage.fact(FactType.RETENTION, subject=subject or _heading(passage, phrases))


def _says_how_long(passage: Passage, reading: Reading) -> bool:
    """True for a cell beside one that announces how long: "Retention period | ten years"."""
    return passage.paired and bool(reading.phrases["retention.column"].match(passage.label.lower()))


def _is_prose(passage: Passage) -> bool:
    return passage.block.kind is BlockKind.PARAGRAPH


def _is_line(passage: Passage, reading: Reading) -> bool:
    """True for a sentence that is a kind of data and how long it lasts: "Visitor data: one day"."""
    label = None if passage.column else LABEL.match(passage.text)
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
    if not keep and not delete and not (headed and row) and not _is_line(passage, reading):
        return None
    if periods := find_periods(passage.text, reading.document.language):
        return periods
    event = phrases["retention.event"].search(lower)
    if keep and event:
        denied = is_denied(lower, keep.start(), phrases) and not _LONGER.search(lower)
        return None if denied or phrases["rights.company"].search(lower) else ()
    if answers and headed and not keep and not delete:
        return () if event or phrases["retention.after"].search(lower) else None
    if delete and (event or phrases["retention.after"].search(lower)):
        return None if phrases["retention.requests"].search(lower) else ()
    return None


def _subjects(passage: Passage, phrases: Lexicon, periods: tuple[Period, ...]) -> list[str | None]:
    """What is kept for each period: the label, else what the clause of the period names, else the one before it."""
    if label := _own_label(passage):
        return [label] * len(periods)
    found: list[str | None] = []
    floor = 0
    for number, period in enumerate(periods):
        until = periods[number + 1].start if number + 1 < len(periods) else len(passage.text)
        if (stop := passage.text.find(";", period.end, until)) >= 0:
            until = stop
        lower = passage.lower[floor : period.start] + "\0" + passage.lower[period.start + 1 : until]
        subject = _in_clause(passage.text[floor:until], lower, phrases) if floor == 0 else None
        if subject is None:
            subject = _short(passage.text[floor : period.start]) if number or len(periods) > 1 else None
        if subject is None and floor:
            subject = _in_clause(passage.text[floor:until], lower, phrases)
        found.append(subject or (found[-1] if found else _head(passage) or _heading(passage, phrases)))
        floor = period.end
    return found


def _short(text: str) -> str | None:
    """The few words that stand before a period in a row of periods; None where they are more, or hold a verb's we."""
    match = _SHORT.search(text)
    subject = match["s"].strip() if match else ""
    words = subject.lower().split()
    return subject if 0 < len(words) <= _SHORT_WORDS and not _FUNCTION & set(words) else None


def _own_label(passage: Passage) -> str | None:
    """What stands before the sentence's colon, or its row's first cell, where that names something that is kept."""
    label = passage.label
    if not passage.column and not passage.first:
        match = LABEL.match(passage.text)
        label = match["label"].strip() if match else ""
    good = label and len(label) <= _SUBJECT_CHARS and not _NO_SUBJECT.match(label.lower())
    return label if good else None


def _in_clause(text: str, lower: str, phrases: Lexicon) -> str | None:
    """The grammatical object or subject of a clause, short; a zero byte in `lower` stands where the period begins."""
    for pattern in _shapes(phrases.words["retention.active"], phrases):
        for match in pattern.finditer(lower):
            subject = text[match.start("s") : match.end("s")]
            while (shorter := _TRIM.sub("", subject).strip(" ,")) != subject:
                subject = shorter
            if subject and not _is_pronoun(subject.lower(), phrases) and len(subject.split()) <= _SUBJECT_WORDS:
                return subject
    return None


def _is_pronoun(subject: str, phrases: Lexicon) -> bool:
    """True for a subject that begins with a whole word that names nothing ("es", and not "Essensbestellungen")."""
    match = phrases["retention.pronoun"].match(subject)
    return match is not None and not (
        subject[match.end() - 1].isalnum() and subject[match.end() : match.end() + 1].isalnum()
    )


def _head(passage: Passage) -> str | None:
    """What an item or a definition begins with: "back-ups, kept for ...", "Account data: ... Deleted after ..."."""
    if _is_prose(passage) or passage.column:
        return None
    label = passage.label
    if not passage.first:
        good = label and len(label) <= _SUBJECT_CHARS and not _NO_SUBJECT.match(label.lower())
        return label if good else None
    match = _HEAD.match(passage.text)
    words = match["s"].lower().split() if match else []
    return match["s"] if match and len(words) <= _SHORT_WORDS and not _FUNCTION & set(words) else None


def _heading(passage: Passage, phrases: Lexicon) -> str | None:
    """The heading as subject, unless it only says that the text is about keeping."""
    heading = passage.block.path[-1] if passage.block.path else ""
    general = speaks(phrases["retention.heading"], passage.section) or _NO_SUBJECT.match(passage.section)
    return None if general or len(heading.split()) > _SUBJECT_WORDS else heading or None


@cache
def _shapes(active: tuple[str, ...], phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """How a clause holds its subject: "X we keep", "we keep X for", "X are deleted", "are the X deleted", and so on."""
    stop = "|".join(phrases.words["retention.stop"])
    passive = "|".join(phrases.words["retention.passive"])
    keep = "|".join(sorted(active, key=len, reverse=True))  # "hold on to" before "hold"
    done = "|".join((*phrases.words["retention.keep"], *phrases.words["retention.delete"]))
    some = rf"[^,;:\0]{{3,{_SUBJECT_CHARS}}}?"
    several = rf"[^;:\0]{{3,{_SUBJECT_CHARS}}}?"  # "your contacts, notes and documents"
    begins = r"(?:^|[,;:]\s)"
    return (
        re.compile(
            rf"(?:^|[,;:.]\s?)(?P<s>[^,;:\0]{{3,60}}?),\s(?:which|that|die|dat|das|que)\s{_WE}(?!\w)[^;:\0]{{0,60}}\0"
        ),
        re.compile(
            rf"(?<!\w)(?:{_PERIOD_OF})\s(?:van|of|for|für|von|der|des|de\sla|de|du|d['’])\s?(?P<s>{some})\s{_RULE}(?!\w)"
        ),
        re.compile(rf"{begins}(?:voor|for|für|pour)\s(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s{_WE}(?!\w)"),
        re.compile(
            rf"(?<!\w)(?:geeft|geven|gibt|geben|restitue|restituons|rend|rendons)\s(?:\S+\s){{0,2}}?"
            rf"(?P<s>(?:alle|sämtliche|toutes\sles|tous\sles|{_WHOSE})\s[^,;:\0]{{3,50}}?)\s(?:terug|zurück|ou|et)(?!\w)"
        ),
        re.compile(
            rf"{begins}(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s(?:(?:sich|zich(?:zelf)?)|{_ACTOR})(?!\w)[^;:\0]{{0,40}}\0"
        ),
        re.compile(rf"{begins}(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s(?:wij|we|wir|nous)(?!\w)"),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,40}}?),?\s(?:die|der|das|that|which|who|qui|que)\s[^;:\0]{{2,60}}?,\s(?:{keep})\s"
            rf"(?:wij|we|wir|nous)(?!\w)"
        ),
        re.compile(
            rf"(?<!\w)(?:{keep})\s(?:{_NOT}\s)?(?!{_NOT}\b)(?:{_WE}\s)?(?P<s>{several})\s(?:(?:{stop}|\d+)(?!\w)|\0)"
        ),
        re.compile(
            r"^(?P<s>[^,;:\0]{3,40}?),?\s(?:(?:die|welche)\s)?"
            r"(?:older than|ouder (?:zijn )?dan|älter als|(?:de|datant de) plus de)\s\0"
        ),
        re.compile(rf"^(?P<s>{some})\s(?:{passive})\s"),
        re.compile(rf"^(?P<s>[^,;:\0]{{3,50}}?),?\s(?:die|which|that|who|qui|que)\s[^\0]{{2,60}}?,\s(?:{passive})\s"),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,40}}(?:,\s[^,;:\0]{{2,40}}){{1,3}}\s{_AND}\s[^,;:\0]{{2,40}}?)\s(?:{passive})\s"
        ),
        re.compile(rf"(?<!\w)(?:{passive})\s(?P<s>{_WHOSE}\s{some})\s(?:{done}|(?:{stop})(?!\w)|\0)"),
        re.compile(rf"[,;]\s(?P<s>{some})\s(?:{passive})\s"),
        re.compile(
            rf"(?<!\w)(?:verplicht\sons|verpflichtet\suns|ons|om|uns|verplicht|verpflichtet),?\s(?P<s>{some})\s\0[^\0]{{0,30}}\s(?:te|zu|aufzu)"
        ),
        re.compile(rf"(?<!\w)(?:voor|for|für|pour|to)\s(?P<s>{some})\s{_RULE}(?!\w)"),
    )
