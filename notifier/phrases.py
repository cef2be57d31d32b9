"""The ids and typed values of the model in words, in English where no other language is asked for."""

from __future__ import annotations

import re

from notifier.language import Words, words_of
from notifier.sinks import plain
from storage.model import ChangeKind, Deadline, Direction, DocumentType, FactChange, FactType, Topic

ENGLISH = words_of("en")
DOCUMENTS = {kind: ENGLISH.say(f"document.{kind}") for kind in DocumentType}
KINDS = {kind: ENGLISH.say(f"kind.{kind}") for kind in ChangeKind}
SIGNS = {Direction.WORSE: "▼", Direction.BETTER: "▲", Direction.NEUTRAL: "●"}
DIRECTIONS = {direction: (sign, ENGLISH.say(f"direction.{direction}")) for direction, sign in SIGNS.items()}
# Where the words for the ids stand that the values of a type are made of.
_IDS = {
    FactType.AI: "ai",
    FactType.LEGAL_BASIS: "basis",
    FactType.RIGHT: "right",
    FactType.TRANSFER: "mechanism",
    FactType.CONTACT: "contact-role",
    FactType.NOTICE_PERIOD: "notice-of",
}
_ARTICLE = re.compile(r"(\d{1,2})\((\d)\)\(([a-z])\)")
_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "TH": "hour", "TM": "minute", "TS": "second"}
_PERIOD = re.compile(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")
_LONGEST_NUMBER = 9  # digits: a longer one is no period, and would be slow to write


def topic_words(topic: str, words: Words = ENGLISH) -> str:
    """A topic in words; one of the user's own is called as its id."""
    return words.say(f"topic.{topic}") if topic in set(Topic) else plain(topic, 60)


def period_words(value: str, words: Words = ENGLISH) -> str:
    """An ISO 8601 duration in words ("P1Y6M" is "1 year 6 months"); anything else as it is, made harmless."""
    parts = _parts(value)
    return " ".join(words.count(f"unit.{unit}", count) for count, unit in parts) if parts else plain(value)


def _parts(value: str) -> list[tuple[int, str]]:
    """The numbers and units of an ISO 8601 duration; none where it is no duration."""
    if not _PERIOD.fullmatch(value) or re.search(rf"\d{{{_LONGEST_NUMBER + 1}}}", value):
        return []
    days, _, hours = value[1:].partition("T")
    found = [(int(count), _UNITS[unit]) for count, unit in re.findall(r"(\d+)([A-Z])", days)]
    return found + [(int(count), _UNITS["T" + unit]) for count, unit in re.findall(r"(\d+)([A-Z])", hours)]


def deadline_words(deadline: Deadline, words: Words = ENGLISH) -> str:
    """How a deadline was counted, in one sentence."""
    return words.say(
        "deadline.counted-back" if deadline.on < deadline.since else "deadline.counted",
        period=_counted_in(deadline, words),
        since=words.day(deadline.since),
        start=words.say("deadline.stated" if deadline.stated else "deadline.seen"),
        basis=words.say("deadline.by-vendor" if deadline.quote else "deadline.by-configuration"),
        free=_left_out(deadline, words),
    )


def _counted_in(deadline: Deadline, words: Words) -> str:
    parts = _parts(deadline.period)
    if not deadline.business:
        return period_words(deadline.period, words)
    if len(parts) == 1 and parts[0][1] == "day":
        return words.count("unit.business-day", parts[0][0])
    return words.say("deadline.in-business-days", period=period_words(deadline.period, words))


def _left_out(deadline: Deadline, words: Words) -> str:
    if not deadline.business:
        return ""
    country, saturdays = deadline.holidays, deadline.saturdays
    if country is None:
        return words.say("deadline.sundays" if saturdays else "deadline.weekends")
    free = "deadline.sundays-and-holidays" if saturdays else "deadline.holidays"
    return words.say(free, country=words.country(country))


def fact_label(fact: FactChange, words: Words = ENGLISH) -> str:
    """What a fact is about: "Kept for (old accounts)"."""
    subject, label = plain(_part(fact, fact.subject or "", words), 60), words.say(f"fact.{fact.type}")
    return f"{label} ({subject})" if subject else label


def fact_value(fact: FactChange, value: str | None, words: Words = ENGLISH) -> str:
    """One side of a fact in words; "not stated" where there is none."""
    if not value:
        return words.say("value.not-stated")
    return plain(", ".join(_part(fact, part, words) for part in value.split(", ")), 120)


def _part(fact: FactChange, part: str, words: Words) -> str:
    """One part of a value: an id or an article in words, a period in words, or the words of the page as they are."""
    table = _IDS.get(fact.type)
    key = f"{table}.{part.lower()}"
    if table and key in words.phrases and "{" not in words.phrases[key]:
        return words.phrases[key]
    if fact.type is FactType.LEGAL_BASIS and (article := _ARTICLE.fullmatch(part)):
        return words.say("basis.article", article=article[1], paragraph=article[2], point=article[3])
    return period_words(part, words)


def fact_step(fact: FactChange, words: Words = ENGLISH) -> str:
    """A fact that went from one value to another, in as few words as say it ("30 -> 90 days"); else empty."""
    if not fact.before or not fact.after:
        return ""
    before, after = _parts(fact.before), _parts(fact.after)
    shared = len(before) == len(after) == 1 and before[0][1] == after[0][1]
    was = str(before[0][0]) if shared else fact_value(fact, fact.before, words)
    return f"{was} -> {fact_value(fact, fact.after, words)}"
