"""The days that a document states for itself: from when it applies, and when it was last changed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from storage.model import Block, BlockKind, DatedPhrase
from watcher.days import KNOWN, FoundDay, day_order, find_days, parse_date

__all__ = ["find_dates", "parse_date"]

_HEAD = 15  # blocks from the start in which a bare date or a weak word counts
_TAIL = 8  # blocks from the end
_REACH = 160  # characters before a day in which its label is looked for
_GAP_WORDS = 5  # words between label and day ("last updated this page on")
_LEAD_WORDS = 4  # words before a label when the sentence does not speak of the document ("Please note: effective ...")
_LABEL_WORDS = 8  # words of a line that is nothing but the label of the day below it
_NAME_WORDS = 2  # words that may name the text before "as of" ("Privacy policy per 3 May 2024")
_NEW_START = re.compile(r"\s*(?=[A-ZÀ-Þ])")
_PHRASE = 200
_BOUND = 1000  # characters on either side of a day that are looked at, whatever the length of the block
_DAYS = 12  # days of one block that are looked at; blocks with more are lists of something else
_BLOCKS = 1000  # blocks with a day that are looked at, from the start, and a tenth of that from the end
_MEANS = {"dated": "updated", "starting": "effective"}
_KINDS = ("effective", "updated", "dated", "starting")
_WEAK = frozenset(_MEANS)

_SHORT_SENTENCE = 16  # words in a sentence that does not speak of the document but counts all the same
_WEAK_SENTENCE = 9  # words where the label is weak too ("As of 3 May 2024" alone, not "As of 3 May 2024 we collect")

_YEAR = re.compile(r"\d(?:[09]\d\d|[./-]\d\d?[./-]\d\d)")  # a first sieve only: one start makes it three times as fast
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+|(?<=[\w)\]][.!?])\s+(?=[A-ZÀ-Þ])|[!?;]\s+|\n")
_LINKING = re.compile(r"[\s/&,+|:()*_-]*(?:and|en|und|et|or)?[\s/&,+|:()*_-]*")
_BARE_WORDS = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|versi(?:on|e)|fassung|rev(?:ision)?|v|date|datum|dated?|le|den|the|on|am|op|du|vom|as|of|at|um|h|uhr|uur|pm"
    r"|[cw]?e?s?t|gmt|utc|stand|dd|nr|no|edition|ausgabe|last",
    re.IGNORECASE,
)
_WORD_START = r"(?:(?<!\w)|(?-i:(?<=\w)(?=[A-ZÀ-Þ][a-zà-ÿ])))"  # also within "12 viewsLast updated"
_ASIDE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_REVISION_WORD = re.compile(
    r"versi(?:on|e)|revisi|wijzig|änder|aender|modific|change|update|histor|geschied|mise à jour|fassung|aktualis"
    r"|amend",
    re.IGNORECASE,
)
_REVISION_NUMBER = re.compile(r"\s*v?(?:ersion)?\.?\s*\d{1,3}(?:\.\d{1,3}){0,3}\.?\s*", re.IGNORECASE)
_BRITISH = re.compile(
    r"\b\w{3,}(?:is(?:e[ds]?|ing|ations?)|yse[ds]?)\b(?<!wise)(?<!rise)|\b(?:behaviour|favour|centre|licence)"
)
_AMERICAN = re.compile(r"\b\w{3,}(?:iz(?:e[ds]?|ing|ations?)|yze[ds]?)\b|\b(?:behavior|favor|center)\b")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The compiled phrases of one language and English (of all languages where it is not known)."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    own: re.Pattern[str]
    foreign: re.Pattern[str]
    past: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One day with what it was read from; `rank` is higher for the better evidence."""

    kind: str
    rank: int
    found: DatedPhrase
    own: bool = False
    head: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """How many words stand in a sentence before its label, in all, between label and day, and after the day."""

    lead: int
    whole: int
    gap: int
    rest: int

    @property
    def begins(self) -> bool:
        """True when the sentence begins with its label, and the day follows it at once."""
        return self.lead <= _LEAD_WORDS and self.gap <= 4

    def plain(self, *, weak: bool) -> bool:
        """True for a line that says little else than its day, as against a sentence about something."""
        return self.begins and self.whole <= (_WEAK_SENTENCE if weak else _SHORT_SENTENCE)

    @property
    def starts(self) -> bool:
        """True for a name and the day from which it applies, as against a clause ("We are certified since")."""
        return self.rest == 0 and self.lead <= _NAME_WORDS


def find_dates(
    blocks: Sequence[Block], meta: Mapping[str, str], language: str | None
) -> tuple[DatedPhrase | None, DatedPhrase | None]:
    """Find from when a document says that it applies, and when it says that it was last changed.

    Only what a reader can see counts, and only whole days. A day counts when the words next to it say what it is
    ("Geldig vanaf", "Last updated", "Stand:", "en vigueur depuis"; watcher/extractor/date_phrases.toml), when the block
    is nothing but a day near the title or the end, or when it is the newest row of a table of versions. Days on which a
    law came into force, and days of earlier versions, do not count. Each comes with its phrase, verbatim.

    `meta` is used for one thing: `og:locale` helps to tell whether 05/03/2024 is in March or in May in English. Dates
    in `meta` (`article:modified_time` and its like) are left out on purpose: page machinery sets them at each deploy,
    so they would tell changes that no text made.
    """
    dated = [(place, block) for place, block in enumerate(blocks) if _YEAR.search(block.text)]
    if not dated:
        return None, None
    if len(dated) > 2 * _BLOCKS:
        dated = [*dated[:_BLOCKS], *dated[-_BLOCKS // 10 :]]
    phrases = _phrases(language if language in KNOWN else None)
    days = _resolve(dated, blocks, meta, language)
    table = _table_rows(dated, days)
    candidates = list(_from_table([(block, days[place]) for place, block in dated if place in table]))
    for place, block in dated:
        if place not in table and days[place]:
            near = place < _HEAD or place >= len(blocks) - _TAIL
            label = _label_above(blocks[place - 1], phrases) if near and place else None
            found = _of_block(block, days[place], phrases, near=near, label=label)
            candidates += [replace(item, head=place < _HEAD) for item in found]
    effective = [item for item in candidates if item.kind in {"effective", "both"}]
    updated = [item for item in candidates if item.kind in {"updated", "both"}]
    first = max(effective, key=lambda item: item.rank, default=None)
    newest = max(_not_archive(updated), key=lambda item: (item.rank, item.found.day), default=None)
    if first and newest and first.rank < 4 <= newest.rank and not first.own:
        first = None  # a day of some section, where the document as a whole has its own
    return first.found if first else None, newest.found if newest else None


def _not_archive(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Leave out the weakly said days after the head that make a list ("Version of 8 May 2018", "Version of ...")."""
    weak = [item for item in candidates if item.rank == 4 and not item.head]
    listed = len({item.found.day for item in weak}) >= 3
    return [item for item in candidates if not (listed and item in weak)]


def _resolve(
    dated: Sequence[tuple[int, Block]], blocks: Sequence[Block], meta: Mapping[str, str], language: str | None
) -> dict[int, list[FoundDay]]:
    """The days of each block, ambiguous ones read as the rest of the document suggests."""
    days = {place: find_days(block.text, language, short_years=True)[:_DAYS] for place, block in dated}
    if language not in {"en", None} or not any(found.other for group in days.values() for found in group):
        return days
    order = _order(blocks, meta, [found for group in days.values() for found in group])
    if order is None:
        return days
    return {
        place: find_days(block.text, language, month_first=order, short_years=True)[:_DAYS] for place, block in dated
    }


def _order(blocks: Sequence[Block], meta: Mapping[str, str], days: Sequence[FoundDay]) -> bool | None:
    """Whether an English document puts the month first: its locale, its other days, its spelling; None if unknown."""
    region = meta.get("og:locale", "").replace("-", "_").upper()
    if region.startswith("EN_"):
        return region[3:5] in {"US", "PH"}
    votes = day_order(days)
    if votes is not None:
        return votes
    text = " ".join(block.text for block in blocks[:200])
    british, american = len(_BRITISH.findall(text)), len(_AMERICAN.findall(text))
    return None if british == american else american > british


def _label_above(block: Block, phrases: _Phrases) -> str | None:
    """What the day below a block is, where that is a label alone ("Terms of use effective date:"); "" for none."""
    text = block.text.rstrip()
    if not text.endswith(":") or len(text.split()) > _LABEL_WORDS:
        return None
    if phrases.past.search(text):
        return ""
    matches = [match for match in phrases.before.finditer(text) if match.end() >= len(text.rstrip(" :"))]
    return _MEANS.get(matches[-1].lastgroup or "", matches[-1].lastgroup) if matches else None


def _of_block(
    block: Block, days: Sequence[FoundDay], phrases: _Phrases, *, near: bool, label: str | None = None
) -> list[_Candidate]:
    """What the days of one block are, by the words next to them, else by the `label` above; else a bare date."""
    found = [candidate for place in range(len(days)) for candidate in _labelled(block, days, place, phrases, near=near)]
    bare = near and label != "" and _is_bare(block, days) and not _names_earlier(block.text, phrases)
    if bare and not found:
        newest = max(days, key=lambda item: item.day)
        phrase = DatedPhrase(newest.day, block.text[:_PHRASE])
        found.append(_Candidate(label or "updated", 5 if label else 3, phrase, own=bool(label)))
    return found


def _labelled(
    block: Block, days: Sequence[FoundDay], place: int, phrases: _Phrases, *, near: bool
) -> Iterator[_Candidate]:
    """The candidate that one day of a block makes with the words before or after it."""
    text, day = block.text, days[place]
    start, end = _sentence(text, days, place)
    floor = max(start, days[place - 1].end if place else 0, day.start - _REACH)
    own = bool(phrases.own.search(text, start, end if near else day.start))
    label = _label_before(text, floor, day, phrases)
    if label is None:
        ceiling = days[place + 1].start if place + 1 < len(days) else end
        label = _label_after(text, day, min(end, ceiling), phrases) if own else None
    if label is None:
        return
    kind, first, last = label
    clause = max(start, days[place - 1].end if place else 0)
    words = _Words(
        lead=len(text[clause:first].split()) if first < day.start else 0,
        whole=len(text[clause : min(end, days[place + 1].start if place + 1 < len(days) else end)].split()),
        gap=len(text[last : day.start].split()),
        rest=len(_WORD.findall(text, day.end, end)),
    )
    weak = kind in _WEAK
    foreign = bool(phrases.foreign.search(text, start, day.start if own else end))
    if _is_past(text, max(start, first - 40), label, day, phrases) or (day.short and (weak or words.gap > 4)):
        return
    opens = near and words.begins and (words.lead == 0 or not weak)  # a folded line break may follow the day
    alone = (words.plain(weak=weak) and (kind != "starting" or words.starts)) or (
        opens and _NEW_START.match(text, day.end)
    )
    if (foreign and not (own and near)) or not (own or alone) or (weak and not near):
        return
    rank = 1 if foreign else (4 if weak else 5) if near else 2
    phrase = text[min(first, day.start) : max(last, day.end)].strip()[:_PHRASE]
    yield _Candidate(_MEANS.get(kind, kind), rank, DatedPhrase(day.day, phrase), own=own)


def _is_past(text: str, floor: int, label: tuple[str, int, int], day: FoundDay, phrases: _Phrases) -> bool:
    """True when the words around a label make its day that of an earlier text, or an end ("until")."""
    _, first, last = label
    return any(
        match.start() < first or match.end() > last  # the label itself may have such a word ("voor het laatst")
        for match in phrases.past.finditer(text, floor, day.start)
    )


def _sentence(text: str, days: Sequence[FoundDay], place: int) -> tuple[int, int]:
    """The sentence around one day, within bounds; a stop within a day ("1. März", "Oct. 12") ends none."""
    day = days[place]
    start, end = max(0, day.start - _BOUND), min(len(text), day.end + _BOUND)
    for cut in _SENTENCE.finditer(text, start, end):
        if any(other.start < cut.end() and cut.start() < other.end for other in days):
            continue
        if cut.end() <= day.start:
            start = cut.end()
        elif cut.start() >= day.end:
            end = cut.start()
            break
    return start, end


def _label_before(text: str, floor: int, day: FoundDay, phrases: _Phrases) -> tuple[str, int, int] | None:
    """The label that stands before a day, nearest first: its kind and where it stands."""
    matches = list(phrases.before.finditer(text, floor, day.start))
    if not matches:
        return None
    strong = [match for match in matches if match.lastgroup not in _WEAK]
    last = (strong or matches)[-1]
    gap = text[last.end() : day.start]
    words = len(gap.split())
    if words > _GAP_WORDS and not (gap.rstrip().endswith(":") and words <= 2 * _GAP_WORDS):
        return None
    kind, first = last.lastgroup or "dated", last.start()
    for other in reversed(matches):  # "Last updated / effective date: ..." is both
        joined = other.end() <= first and _LINKING.fullmatch(text, other.end(), first)
        if joined and {kind, other.lastgroup} == {"effective", "updated"}:
            return "both", other.start(), last.end()
    return kind, first, last.end()


def _label_after(text: str, day: FoundDay, ceiling: int, phrases: _Phrases) -> tuple[str, int, int] | None:
    """The label that stands after a day ("ist am 3. Mai 2024 in Kraft getreten"), within the same sentence."""
    match = phrases.after.search(text, day.end, min(ceiling, day.end + 80))
    if match and re.match(r"\s*[:–-]", text[day.end : match.start()]):
        return None  # "3 May 2024: updated section 2" is a line of a log of changes
    return (match.lastgroup or "updated", match.start(), match.end()) if match else None


def _names_earlier(text: str, phrases: _Phrases) -> bool:
    """True for a line that begins by naming an earlier text ("Previous version: ...")."""
    match = phrases.past.match(text)
    return match is not None and " " in match[0]


def _is_bare(block: Block, days: Sequence[FoundDay]) -> bool:
    """True when a block is nothing but a day, with at most a place, a time or a version number beside it."""
    if (
        block.kind is BlockKind.TABLE_ROW
        or len(block.text) > 120
        or len({found.day for found in days}) != 1
        or days[0].short
    ):
        return False
    rest = block.text
    for found in reversed(days):
        rest = rest[: found.start] + " " + rest[found.end :]
    rest = _ASIDE.sub(" ", rest)
    words = [word for word in _WORD.findall(rest) if not _BARE_WORDS.fullmatch(word)]
    return len(words) <= 2 and not any(word[0].islower() for word in words)


def _table_rows(dated: Sequence[tuple[int, Block]], days: Mapping[int, Sequence[FoundDay]]) -> frozenset[int]:
    """The places of the rows of a table of versions: columns that say so, or rows that begin with a version number."""
    rows: set[int] = set()
    for place, block in dated:
        if block.kind is BlockKind.TABLE_ROW and len(block.cells) > 1 and days[place]:
            names = " ".join(cell.column for cell in block.cells)
            numbered = bool(_REVISION_NUMBER.fullmatch(block.cells[0].text))
            if numbered or (len(block.cells) > 2 and _REVISION_WORD.search(names)):
                rows.add(place)
    return frozenset(rows)


def _from_table(rows: Sequence[tuple[Block, Sequence[FoundDay]]]) -> Iterator[_Candidate]:
    """The newest day of a table of versions."""
    found = [(item.day, block.text[:_PHRASE]) for block, days in rows for item in days if not item.short]
    if found:
        yield _Candidate("updated", 2, DatedPhrase(*max(found)))


@lru_cache(maxsize=16)
def _phrases(language: str | None) -> _Phrases:
    """Compile the phrases of a language, with English beside it; of all languages for None."""
    table = _table()
    codes = KNOWN if language is None else tuple(dict.fromkeys((language, "en")))
    parts = {key: _words(table, codes, key) for key in (*_KINDS, "own", "foreign", "past")}
    before = "|".join(f"(?P<{kind}>{parts[kind]})" for kind in _KINDS)
    after = (
        f"(?P<effective>{_words(table, codes, 'effective_after')})|(?P<updated>{_words(table, codes, 'updated_after')})"
    )
    return _Phrases(
        before=re.compile(rf"{_WORD_START}(?:{before})(?!\w)", re.IGNORECASE),
        after=re.compile(rf"(?<!\w)(?:{after})(?!\w)", re.IGNORECASE),
        own=re.compile(rf"(?<!\w)(?:{parts['own']})(?!\w)", re.IGNORECASE),
        foreign=re.compile(rf"(?<!\w)(?:{parts['foreign']})(?!\w)", re.IGNORECASE),
        past=re.compile(rf"(?<!\w)(?:{parts['past']})(?!\w)", re.IGNORECASE),
    )


def _words(table: Mapping[str, Mapping[str, Sequence[str]]], codes: Iterable[str], key: str) -> str:
    """The alternatives of several languages in one pattern."""
    phrases = dict.fromkeys(phrase for code in codes for phrase in table[code].get(key, ()))
    return "|".join(phrases).replace("'", "['’]") or r"(?!)"


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    """The phrases as they lie beside this module."""
    return tomllib.loads((files(__package__) / "date_phrases.toml").read_text(encoding="utf-8"))
