"""What is kept: the subject of each period of a sentence on retention, short and in the words of the text."""

from __future__ import annotations

import re

from storage.model import BlockKind
from watcher.differ.facts.clauses import SUBJECT_CHARS, inverted, shapes
from watcher.differ.facts.passages import LABEL, Passage, speaks
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.periods import Period

_SUBJECT_WORDS = 9
# Labels that introduce a statement instead of naming what is kept.
_NO_SUBJECT = re.compile(
    r"(?:(?:our|the|onze|de|het|unsere|die|nos|les|la)\s)?(?:legal bas|purpose|note\b|in brief|warning|how long|"
    r"retention|storage|for example|doel|rechtsgrond|grondslag|"
    r"im einzelnen|im einzelfall|konkret|das (?:heißt|bedeutet)|in practice|in particular|this means|that is|namely|"
    r"specifically|in detail|concr[eè]|dat (?:betekent|houdt in)|in de praktijk|met name|te weten|en pratique|"
    r"plus précisément|notamment|à savoir|"
    r"let (?:op|wel)|bewaar|hoe lang|durée|finalité|base|conservation|zweck|rechtsgrundlage|speicherdauer|dauer|"
    r"hinweis|(?:kept|held|stored|retained|deleted|bewaard|verwijderd|gewist|aufbewahrt|gespeichert|gelöscht|conservée?s?|"
    r"supprimée?s?|effacée?s?|deletion|removal|erasure|duration|period|verwijdering|wissen|opslag|termijn|löschung|aufbewahrung|speicherung|"
    r"suppression|effacement|délais?|fristen|termijnen|exceptions?|uitzondering\w*|ausnahmen?)$)"
)
# What stands before a period in a row of them: "client files seven years, e-mails two years".
_SHORT = re.compile(
    r"(?:^|[,;:]\s|\s(?:and|en|und|et)\s)(?:(?:for|voor|für|pour)\s)?(?:(?:the|les?|la|die|der|das|de|het)\s)?"
    r"(?P<s>[^\W\d][^,;:()]{2,60}?)"
    r"(?:\s(?:for|voor|für|pendant|durant|up to|tot|bis(?: zu)?|jusqu['’]à|maximaal|maximal|maximum|at most|"
    r"at least|after|within|nach|na|après|binnen|innerhalb|von|sous|au bout de|a|an|een|ein|un|höchstens|längstens|"
    r"mindestens|minimaal|minstens|hooguit|ten (?:hoogste|minste)|uiterlijk|spätestens|au (?:plus|moins)|no more than)"
    r")*(?:\s?[:–—-])?\s*$"
)
_SHORT_WORDS = 7
_FRONT = 25  # characters before a period that begins its clause
_HEAD = re.compile(r"(?P<s>[^\W\d][^,;:()]{2,60}?)(?:,\s|\s[(–-]\s?)")
# Adverbs before a subject, and the length of time behind it, are no part of it.
_TRIM = re.compile(
    r"^(?:\(?\d+(?:\.\d+)*[.)]?|\(?[a-z]\))\s+|^om\s+|\s(?:tot|until|bis|jusqu['’]à)$|^(?:niet|nicht|not|pas|echter|ook|also|only|slechts|alleen|however|auch|nur|également|then|daarna|danach|ensuite|nog|noch|encore|"
    r"and|but|en|maar|und|aber|et|mais|therefore|daarom|daher|donc|except for|except|uitgezonderd|behalve|ausgenommen|"
    r"außer|à l['’]exception d(?:e la|es|e|u)|sauf|with the exception of|met uitzondering van|"
    r"mit ausnahme (?:von|der))\s+|"
    r"\s(?:voor|for|für|pendant|nog|noch|then|weitere|encore|ensuite) .*$|"
    r"\s(?:nog|noch|then|daarna|danach|ensuite|encore)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(?<=\w)\s[\u2013\u2014]\s.*$")  # "the file \u2014 address and notes"
_OUT_OF = re.compile(r"\s(?:uit|aus|from|de nos)\s.*$")  # "... your photos from our systems"
# "For rejected applications a shorter period applies: one year".
_RULED = re.compile(
    r"(?:for|voor|für|pour)\s(?P<s>[^,]{3,50}?)\s(?:(?:geldt|gelden|gilt|gelten)\b|(?:an?|the|une?|la|le)\s.{2,30}\sappl)",
    re.IGNORECASE,
)
# "Encrypted back-ups with a retention period of 30 days".
_WITH = re.compile(
    r"(?:^|[,;:]\s)(?P<s>[^\W\d][^,;:()]{2,60}?)\s(?:met een bewaartermijn van|with a retention (?:period|time) of|"
    r"mit einer (?:aufbewahrungsfrist|aufbewahrungsdauer|speicherdauer|speicherfrist) von|"
    r"avec une durée de (?:conservation|rétention) de)\b",
    re.IGNORECASE,
)
# "According to its maker, ...": who says so, and not what is kept.
_SAYER = re.compile(r"(?:laut|volgens|according to|selon|gemäß|nach angaben von)\b", re.IGNORECASE)
# Headings of a whole document, or of a part that is about more than what is kept.
_GENERAL = re.compile(
    r"privacy|policy|statement|verklaring|beleid\b|datenschutz|erklärung|politique|charte|confidentialité|"
    r"beveilig|security|sicherheit|sécurité|empfänger|recipients?\b|verarbeiter|verwerkers|processor|sous-traitant|destinataires",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"(?:met uitzondering|behalve|uitgezonderd|mit ausnahme|ausgenommen|außer|with the exception|except|"
    r"à l['’]exception|sauf|excepté)\b"
)
_WHOLE = re.compile(
    r"(?<!\w)(?:your|all|uw|je|jouw|alle|ihre|sämtliche|vos|toutes (?:les|vos)) "
    r"(?:personal |persoonlijke |personenbezogenen? )?(?:data|information|gegevens|persoonsgegevens|daten|données)"
    r"(?: personnelles| à caractère personnel)?(?!\w)",
    re.IGNORECASE,
)
_WHO = re.compile(r"(?:^(?:you|vous|u)|\b(?:nous|wir|wij|we))\s")  # a sentence of its own, and no label
# Words of a clause that is no bare name of what is kept.
_FUNCTION = frozenset(
    "we wij wir nous you u je sie vous is are be zijn wordt worden ist sind wird werden est sont after na nach après "  # noqa: SIM905  # a list of words
    "then daarna danach within binnen innerhalb dans another nog noch encore once nadat nachdem until tot bis at in "
    "not niet nicht pas or of oder ou it ze they het es them ons uns us keep kept bewaren bewaard delete deleted which "
    "whereupon that die dat das que will shall sera seront cas our see to sauf unless tenzij for voor für pour mit met "
    "with exception if wenn indien als si falls sofern soweit wanneer latest spätestens then bei upon".split()
)


def subjects(passage: Passage, phrases: Lexicon, periods: tuple[Period, ...]) -> list[str | None]:
    """What is kept for each period: the label, else what the clause of the period names, else the one before it."""
    if label := own_label(passage):
        return _below(label, passage, periods)
    found: list[str | None] = []
    floor = 0
    for number, period in enumerate(periods):
        until = periods[number + 1].start if number + 1 < len(periods) else len(passage.text)
        if (stop := passage.text.find(";", period.end, until)) >= 0:
            until = stop
        lower = passage.lower[floor : period.start] + "\0" + passage.lower[period.start + 1 : until]
        subject = in_clause(passage.text[floor:until], lower, phrases) if floor == 0 else None
        if subject is None:
            subject = _short(passage.text[floor : period.start]) if number or len(periods) > 1 else None
        if subject is None and floor:
            subject = in_clause(passage.text[floor:until], lower, phrases)
        if subject is None and period.start - floor <= _FRONT:
            subject = _behind(passage.text[period.end : until], passage.lower[period.end : until], phrases)
        found.append(subject or (found[-1] if found else _named_otherwise(passage, phrases)))
        floor = period.end
    return found


def _named_otherwise(passage: Passage, phrases: Lexicon) -> str | None:
    """What is kept, where the clause of the period does not say it: what has the period, the item, the heading."""
    match = _WITH.search(passage.text)
    return match["s"] if match else _head(passage) or under(passage, phrases) or whole(passage.text)


def whole(text: str) -> str | None:
    """The reader's data as a whole, where a sentence names nothing narrower: "your personal data"."""
    match = _WHOLE.search(text)
    return match[0] if match else None


def _below(label: str, passage: Passage, periods: tuple[Period, ...]) -> list[str | None]:
    """The label for every period, unless each of a row has a name of its own: "tokens 1 hour, logs two days"."""
    if len(periods) <= 1:
        return [label for _ in periods]
    start = LABEL.match(passage.text)
    floors = [start.end() if start else 0, *(period.end for period in periods)]
    named = [_short(passage.text[floor : period.start]) for floor, period in zip(floors, periods, strict=False)]
    return [name or label for name in named] if all(named[1:]) else [label for _ in periods]


def _behind(text: str, lower: str, phrases: Lexicon) -> str | None:
    """What a clause names that begins with its period: "After seven days addresses are deleted"."""
    for pattern in inverted(phrases):
        if (match := pattern.match(lower)) is not None:
            subject = _OUT_OF.sub("", text[match.start("s") : match.end("s")].strip())
            if not _is_pronoun(subject.lower(), phrases) and len(subject.split()) <= _SUBJECT_WORDS:
                return subject
    return None


def _short(text: str) -> str | None:
    """The few words that stand before a period in a row of periods; None where they are more, or hold a verb's we."""
    match = _SHORT.search(text)
    subject = match["s"].strip() if match else ""
    words = subject.lower().split()
    return subject if 0 < len(words) <= _SHORT_WORDS and not _FUNCTION & set(words) else None


def own_label(passage: Passage) -> str | None:
    """What stands before the sentence's colon, or its row's first cell, where that names something that is kept."""
    label = passage.label
    if not passage.column and not passage.first:
        match = LABEL.match(passage.text)
        label = match["label"].strip() if match else ""
    good = label and len(label) <= SUBJECT_CHARS and not _NO_SUBJECT.match(label.lower())
    if not good or _WHO.search(label.lower()):
        return None
    ruled = _RULED.match(label)
    return ruled["s"] if ruled else label


def in_clause(text: str, lower: str, phrases: Lexicon) -> str | None:
    """The grammatical object or subject of a clause, short; a zero byte in `lower` stands where the period begins."""
    for pattern in shapes(phrases):
        for match in pattern.finditer(lower):
            subject = _before_brackets(text, match.start("s"), match.end("s"))
            if _EXCEPTION.match(subject.lower()) and "\0" in lower[: match.start("s")]:
                continue  # what the period is not for
            subject = _ASIDE.sub("", subject)
            while (shorter := _TRIM.sub("", subject).strip(" ,")) != subject:
                subject = shorter
            bare = _FUNCTION.issuperset(subject.lower().split()) or _SAYER.match(subject)
            if not bare and not _is_pronoun(subject.lower(), phrases) and len(subject.split()) <= _SUBJECT_WORDS:
                return subject
    return None


def _before_brackets(text: str, start: int, end: int) -> str:
    """The words of a match; where it begins inside brackets, what stands before them ("results (marks, reports)")."""
    subject = text[start:end]
    opening = text.rfind("(", 0, start)
    if subject.count(")") <= subject.count("(") or opening < 0:
        return subject
    return re.split(r"[,;:.]\s", text[:opening].strip())[-1]


def _is_pronoun(subject: str, phrases: Lexicon) -> bool:
    """True for a subject that begins with a whole word that names nothing ("es", and not "Essensbestellungen")."""
    match = phrases["retention.pronoun"].match(subject)
    return match is not None and not (
        subject[match.end() - 1].isalnum() and subject[match.end() : match.end() + 1].isalnum()
    )


def _head(passage: Passage) -> str | None:
    """What an item or a definition begins with: "back-ups, kept for ...", "Account data: ... Deleted after ..."."""
    if passage.block.kind is BlockKind.PARAGRAPH or passage.column:
        return None
    label = passage.label
    if not passage.first:
        good = label and len(label) <= SUBJECT_CHARS and not _NO_SUBJECT.match(label.lower())
        return label if good else None
    match = _HEAD.match(passage.text)
    words = match["s"].lower().split() if match else []
    return match["s"] if match and len(words) <= _SHORT_WORDS and not _FUNCTION & set(words) else None


def under(passage: Passage, phrases: Lexicon) -> str | None:
    """The heading as subject, unless it only says that the text is about keeping."""
    heading = passage.block.path[-1] if passage.block.path else ""
    general = (
        heading.endswith("?")
        or speaks(phrases["retention.heading"], passage.section)
        or _NO_SUBJECT.match(passage.section)
        or _GENERAL.search(heading)
    )
    return None if general or len(heading.split()) > _SUBJECT_WORDS else heading or None
