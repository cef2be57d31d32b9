"""Rules on periods: what grew, shrank, came or went; and on deletion and notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from storage.model import ChangeKind, Topic
from watcher.differ.durations import spelled
from watcher.differ.evidence import holds, starts_in
from watcher.differ.periods import Period, find_periods
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.quantities import Quantity, load_quantities, quantity
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.statement import read
from watcher.differ.rules.telling import told_words
from watcher.differ.rules.wordlists import says

# A retention period from here on (days) that was not stated before is a risk of its own.
_LONG = 3 * 365.0
# What the vendor binds itself to do within a period.
_BINDING = frozenset({"breach", "answering", "telling"})
# Ages that a policy sets a limit at.
_AGES = range(8, 22)
# How often, or how many times as much; folded.
_TIMES = dict.fromkeys(("once", "eenmaal", "eens", "einmal"), 1.0)
_TIMES |= dict.fromkeys(("twice", "tweemaal", "zweimal", "double", "dubbele", "doppelte"), 2.0)
_TIMES |= dict.fromkeys(("thrice", "driemaal", "dreimal"), 3.0)
_DAYS = {"nl": "dagen", "de": "Tage", "fr": "jours"}
_EVERY = r"\b(?:every|each|elke|iedere|om de|alle|jede|tous les|toutes les|chaque)"
# A period that ends where something begins: "30 days before".
_AHEAD = re.compile(
    r"\b(?:days?|weeks?|months?|dagen|dag|weken|week|maanden|maand|tagen?|wochen?|monaten?|jours?|semaines?|mois)\b"
    r"[^.;]{0,24}?\s(?:before|prior to|in advance|v[oó]{2}r|voorafgaand|voordat|vor|bevor|avant)\s",
    re.IGNORECASE,
)
# What a period that looks like one of keeping is about, where nothing is kept.
_TOPICS = {"telling": Topic.POLICY_UPDATES, "inspecting": Topic.RIGHTS}
# So many topics of a clause are heard.
_HEARD = 3
_MARKS = " ,;:.()"
_IN_NAME = re.compile(r"\b(?!EUR|USD|GBP|CHF)[A-Z]{2,6}(?:/[A-Z]{2,5})?[\s-]{0,2}(\d{1,6})\b")
_NUMBER = re.compile(r"[€$£]?([0-9]+(?:[.,][0-9]+)*)\s?%?")


def periods(case: Case) -> Iterator[Finding]:
    """Periods that grew, shrank, came or went."""
    gone, came = case.evidence.periods
    if not gone and not came:
        return
    if _recurs(case, (*gone, *came)):
        yield _rhythm(case, gone, came)
        return
    topic = _period_topic(case)
    kind = _kind(case, "period") if topic is not Topic.RETENTION or not _keeps(case) else None
    if topic is Topic.RIGHTS and _answers(case) and (kind is None or _vendor_answers(case)):
        kind = next(one for one in load_quantities() if one.name == "answering")
    about = _TOPICS.get(kind.name) if kind is not None and topic is Topic.RETENTION else None
    if kind is not None and kind.name == "breach" and case.lead is Topic.RIGHTS:
        about = Topic.SECURITY  # a breach is a risk for "your rights"
    if about is not None:
        told = _of_periods(case, about, kind, gone, came)
        yield from (replace(finding, topic=about, leads=True) for finding in told)
    else:
        yield from _of_periods(case, topic, kind if topic is not Topic.RETENTION else None, gone, came)


def _of_periods(
    case: Case, topic: Topic, kind: Quantity | None, gone: tuple[Period, ...], came: tuple[Period, ...]
) -> Iterator[Finding]:
    """What periods of one topic and kind that came, went or changed amount to."""
    if gone and came:
        yield from _replaced(topic, kind, gone, came)
    elif came and case.kind is not ChangeKind.REMOVED:
        yield _stated(case, topic, kind, came)
    elif gone and case.kind is ChangeKind.REMOVED and case.lead is Topic.TRACKING and case.evidence.piece.block.cells:
        told = f'"{case.evidence.piece.block.cells[0].text}" is no longer listed'
        yield Finding("tracking.removed", MEDIUM, BETTER, Topic.TRACKING, told)
    elif gone and topic is Topic.RETENTION and _ends_sooner(case):
        told = f"no longer kept {told_period(gone[-1])} longer"
        yield Finding("retention.shorter", MEDIUM, BETTER, topic, told)
    elif gone:
        limit = topic is Topic.RETENTION and case.lead in {Topic.RETENTION, Topic.TRACKING}
        grave = HIGH if limit or topic is Topic.POLICY_UPDATES or _is_limit(case, kind) else MEDIUM
        yield Finding(f"{topic}.unstated", grave, WORSE, None, f"no longer states {told_period(gone[0])}")


def _keeps(case: Case) -> bool:
    """True for a clause that speaks of keeping or deleting."""
    lists = case.evidence.lexicon.lists
    return starts_in(case.evidence.clause, lists["keep"] | lists["delete"])


def _recurs(case: Case, found: tuple[Period, ...]) -> bool:
    """True when something is done every so often, and nothing is kept or deleted: an audit, a test, a report."""
    if case.lead is Topic.SECURITY or _keeps(case):
        return False  # a rhythm of security is a quantity of its own
    return all(re.search(rf"{_EVERY}\s+{re.escape(one.text)}", case.evidence.clause, re.IGNORECASE) for one in found)


def _rhythm(case: Case, gone: tuple[Period, ...], came: tuple[Period, ...]) -> Finding:
    """How often something is done: seldom is worse where it protects the reader."""
    was, now = (f"every {told_period(side[0])}" if side else "" for side in (gone, came))
    told = f"{was} -> {now}" if was and now else f"now {now}" if now else f"no longer {was}"
    guards = case.lead in {Topic.AI, Topic.SUBPROCESSORS, Topic.TRANSFERS}
    if not guards or not (gone and came):
        return Finding("rhythm.changed", MEDIUM, NEUTRAL, None, told)
    rarer = came[0].days > gone[0].days
    return Finding("rhythm.changed", HIGH if rarer else MEDIUM, WORSE if rarer else BETTER, None, told)


def _stated(case: Case, topic: Topic, kind: Quantity | None, came: tuple[Period, ...]) -> Finding:
    """A period where none was stated."""
    longest = max(period.days for period in came)
    told = f"now states {told_period(came[0])}"
    if topic is Topic.POLICY_UPDATES:
        return Finding("notice.stated", MEDIUM, BETTER, None, f"now {told_period(came[0])}' notice")
    if topic is Topic.RETENTION and (longest >= _LONG or _later(case)):
        return Finding("retention.stated", HIGH, WORSE, topic, told)
    if topic in {Topic.RETENTION, Topic.TRACKING} and (_beyond(case) or _outlasts(case)):
        return Finding(f"{topic}.longer", MEDIUM, WORSE, topic, f"kept longer, up to {told_period(came[-1])}")
    better = _is_limit(case, kind)
    proven = topic if topic is Topic.RETENTION else None
    return Finding(f"{topic}.stated", MEDIUM, BETTER if better else NEUTRAL, proven, told)


def _is_limit(case: Case, kind: Quantity | None) -> bool:
    """True for a period within which the vendor binds itself to act, in a clause that was reworded or dropped."""
    return kind is not None and kind.name in _BINDING and case.kind is not ChangeKind.ADDED


def _kind(case: Case, of: str) -> Quantity | None:
    """What the quantities of the changed sentences are of."""
    evidence = case.evidence
    if (
        of == "period"
        and _AHEAD.search(evidence.clause)
        and starts_in(evidence.clause, evidence.lexicon.lists["notify"])
    ):
        return next(one for one in load_quantities() if one.name == "telling")
    return quantity(evidence.clause, of, evidence.language or evidence.lexicon.language, case.topics[:4])


def amounts(case: Case) -> Iterator[Finding]:
    """One number in the place of another: an age, a price, a cap."""
    gone, came = (_plain(words) for words in case.evidence.numbers)
    if not gone and not came:
        gone, came = (_in_words(words, case) for words in (case.evidence.gone, case.evidence.came))
    if case.kind is not ChangeKind.MODIFIED or any(case.evidence.periods) or len(gone) != 1 or len(came) != 1:
        return
    kind = _kind(case, "number")
    was, now = gone[0], came[0]
    if _is_named(case.evidence.stale, was) or _is_named(case.evidence.fresh, now):
        return
    if kind is None or was == now or (kind.name == "age" and not (was in _AGES and now in _AGES)):
        return
    told = f"{was:g} -> {now:g}" if kind.name == "age" else told_words(case.evidence)
    if any(case.evidence.numbers):  # as it stands: "9,50", "1.000.000"
        told = " -> ".join(next(word for word in words if _plain((word,))) for words in case.evidence.numbers)
    yield _weighed(kind, told, longer=now > was)


def _is_named(text: str, number: float) -> bool:
    """True where a number is part of a name: "SOC 2", "ISO/IEC 27001"; an amount of money is none."""
    return any(float(found) == number for found in _IN_NAME.findall(text))


def _plain(words: Iterable[str]) -> list[float]:
    """The plain numbers among the numbers, dates and phone numbers of a clause."""
    found = (_NUMBER.fullmatch(word) for word in words)
    plain = [re.sub(r"[.,](?=[0-9]{3}\b)", "", match[1]).replace(",", ".") for match in found if match]
    return [float(number) for number in plain if number.count(".") < 2]  # "3.3.3" is the number of a clause


def _in_words(words: Iterable[str], case: Case) -> list[float]:
    """The numbers among words that are written out: "thirteen", "twice"; one is an article in most languages."""
    language = case.evidence.language or case.evidence.lexicon.language
    found = ((word, _TIMES.get(word) or _worth(word, language)) for word in words)
    return [number for word, number in found if number is not None and (number > 1 or word in _TIMES)]


def _worth(word: str, language: str) -> float | None:
    """The number that a word of letters is, read as so many days; None where it is none."""
    days = find_periods(f"{word} {_DAYS.get(language, 'days')}", language) if word.isalpha() else ()
    return days[0].days if days else None


def _weighed(kind: Quantity, detail: str, *, longer: bool) -> Finding:
    """The finding for a quantity of a known kind that grew or shrank."""
    better = (kind.sign > 0) == longer
    rule = f"{kind.name}.{'more' if longer else 'less'}"
    return Finding(rule, MEDIUM if better or not kind.grave else HIGH, BETTER if better else WORSE, None, detail)


def _period_topic(case: Case) -> Topic:
    """What the periods of a clause are of."""
    lists = case.evidence.lexicon.lists
    if _answers(case):
        return Topic.RIGHTS
    if starts_in(case.evidence.clause, lists["keep"]) and Topic.RETENTION in case.topics:
        return Topic.RETENTION
    timed = (Topic.RETENTION, Topic.POLICY_UPDATES, Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.SECURITY)
    return next((topic for topic in case.topics if topic in timed), case.lead)


def _answers(case: Case) -> bool:
    """True where a clause that is not on rights or contact by its words says how long an answer takes."""
    asked = case.lead in {Topic.RETENTION, Topic.OTHER, Topic.RIGHTS}
    return asked and not _keeps(case) and says(case.evidence.clause, "answer", case.evidence.language)


def _vendor_answers(case: Case) -> bool:
    """True where a changed sentence begins with the vendor, who answers: "we react within two weeks"."""
    evidence = case.evidence
    told = (*evidence.dropped, *evidence.brought, *(text for pair in evidence.reworded for text in pair))
    opening = (" ".join(text.split()[:2]) for text in told if says(text, "answer", evidence.language))
    return any(holds(words, evidence.lexicon.lists["vendor"]) for words in opening)


def _replaced(
    topic: Topic, kind: Quantity | None, gone: tuple[Period, ...], came: tuple[Period, ...]
) -> Iterator[Finding]:
    """Periods that stand in the place of others."""
    for was, now in zip(gone, came, strict=False):
        longer = now.days > was.days
        detail = f"{told_period(was)} -> {told_period(now)}"
        if kind is not None and kind.name != "telling":
            yield _weighed(kind, detail, longer=longer)
        elif kind is not None or topic is Topic.POLICY_UPDATES:
            severity, direction = (MEDIUM, BETTER) if longer else (HIGH, WORSE)
            yield Finding(f"notice.{'longer' if longer else 'shorter'}", severity, direction, None, detail)
        elif topic in {Topic.RIGHTS, Topic.SECURITY, Topic.LEGAL_TERMS}:
            yield Finding(f"term.{'longer' if longer else 'shorter'}", MEDIUM, NEUTRAL, None, detail)
        else:
            severity, direction = (HIGH, WORSE) if longer else (MEDIUM, BETTER)
            yield Finding(
                f"retention.{'longer' if longer else 'shorter'}", severity, direction, Topic.RETENTION, detail
            )


def _later(case: Case) -> bool:
    """True when a period took the place of deleting at once or at the end of a session."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if starts_in(evidence.deleted, lists["session"]):
        return True
    vague = starts_in(evidence.stale, lists["endless"])
    return case.kind is ChangeKind.MODIFIED and bool(evidence.deleted) and not vague


def _beyond(case: Case) -> bool:
    """True when a period was added to a sentence that already said how long, and nothing of that was taken away."""
    evidence = case.evidence
    ends = evidence.lexicon.lists["session"] | evidence.lexicon.lists["delete"]
    if case.kind is not ChangeKind.MODIFIED or evidence.deleted.strip(_MARKS) or len(evidence.reworded) != 1:
        return False
    was = evidence.reworded[0][0]
    return bool(find_periods(was, evidence.language)) or starts_in(was, ends) or says(was, "until", evidence.language)


def _ends_sooner(case: Case) -> bool:
    """True when a period went from a sentence that still says until what data are kept."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED or evidence.inserted.strip(_MARKS) or len(evidence.reworded) != 1:
        return False
    return says(evidence.reworded[0][1], "until", evidence.language)


def _outlasts(case: Case) -> bool:
    """True when what ended with the session, or with what the reader does, has a period now."""
    evidence = case.evidence
    return case.kind is ChangeKind.MODIFIED and starts_in(evidence.deleted, evidence.lexicon.lists["session"])


def told_period(period: Period) -> str:
    """A period in English words; as the text has it where it is of no one unit."""
    return spelled(period.iso) or period.text


def retention(case: Case) -> Iterator[Finding]:
    """A deletion that is no longer promised, more that is kept, and acting without notice."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    promised = starts_in(evidence.deleted, lists["delete"]) and not starts_in(evidence.inserted, lists["delete"])
    if promised and case.lead is Topic.RETENTION and _promises_deletion(case):
        yield _undeleted(case)
    if _excepted(case):
        yield Finding("retention.exception", HIGH, WORSE, Topic.RETENTION, "data may be kept longer in some cases")
    if holds(evidence.fresh, lists["abrupt"]) and not holds(evidence.stale, lists["abrupt"]):
        yield Finding("notice.none", HIGH, WORSE, None, "may now act without notice")


def patience(case: Case) -> Iterator[Finding]:
    """Acting without notice that is no longer claimed."""
    evidence = case.evidence
    abrupt = evidence.lexicon.lists["abrupt"]
    if case.kind is ChangeKind.REMOVED and holds(evidence.stale, abrupt):
        yield Finding("notice.claim-dropped", MEDIUM, BETTER, None, "acting without notice is no longer claimed")


def _promises_deletion(case: Case) -> bool:
    """True when a sentence in which the vendor deletes lost it; one that says how long a reader may act does not."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if case.kind is ChangeKind.ADDED:
        return False
    told = [one for one, _ in evidence.reworded] + list(evidence.dropped)
    aside = lists["longer"] | lists["notify"]  # "you hear from us when it is deleted" is about hearing
    said = [text for text in told if starts_in(text, lists["delete"]) and not starts_in(text, aside)]
    denied = Stance.DENIED  # "as long as it has not been deleted" promises nothing
    return any(stance(text, lists["delete"], evidence.lexicon, evidence.language) is not denied for text in said)


def _undeleted(case: Case) -> Finding:
    """A deletion that is no longer promised: by the vendor, or to a reader who could ask or see to it."""
    evidence, heard = case.evidence, case.topics[:_HEARD]
    lost = (*evidence.dropped, *(was for was, _ in evidence.reworded))
    told = [text for text in lost if starts_in(text, evidence.lexicon.lists["delete"])]
    if told and all(read(text, evidence.lexicon, evidence.language, heard).reader for text in told):
        return Finding("right.removed", HIGH, WORSE, Topic.RIGHTS, "the reader can no longer delete", leads=True)
    return Finding("deletion.dropped", HIGH, WORSE, Topic.RETENTION, "deletion is no longer promised")


def _excepted(case: Case) -> bool:
    """True when new sentences name a case in which data are kept longer, where deletion or a limit was spoken of."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if case.kind is not ChangeKind.MODIFIED or Topic.RETENTION not in case.topics[:2]:
        return False
    told = [
        text
        for text in (*evidence.brought, *(now for _, now in evidence.reworded))
        if starts_in(text, lists["keep"]) and starts_in(text, lists["longer"])
    ]
    fresh = starts_in(evidence.inserted, lists["longer"]) and not starts_in(evidence.deleted, lists["longer"])
    return bool(told) and fresh


def foretelling(case: Case) -> Iterator[Finding]:
    """Telling of changes before they come (of terms, of prices): a promise that went, or is new."""
    evidence = case.evidence
    went = any(_foretells(text, case) for text in _only(evidence.dropped, evidence.reworded, 0))
    came = any(_foretells(text, case) for text in _only(evidence.brought, evidence.reworded, 1))
    if went and not came:
        told = "changes are no longer told in advance"
        yield Finding("notice.dropped", HIGH, WORSE, Topic.POLICY_UPDATES, told)
    stated = evidence.periods[1] and _period_topic(case) is Topic.POLICY_UPDATES  # that says it already
    if came and not went and not stated:
        yield Finding("notice.promised", MEDIUM, BETTER, Topic.POLICY_UPDATES, "changes are told in advance")


def _only(alone: Sequence[str], reworded: Sequence[tuple[str, str]], side: int) -> Iterator[str]:
    """The sentences of one wording."""
    yield from alone
    yield from (pair[side] for pair in reworded)


def _foretells(text: str, case: Case) -> bool:
    """True for a sentence that says that changes are told before they come."""
    lists = case.evidence.lexicon.lists
    return (
        starts_in(text, lists["notify"])
        and starts_in(text, lists["alter"])
        and starts_in(text, lists["ahead"])
        and not holds(text, lists["abrupt"] | (lists["negation"] - lists["exception"]))
    )


def notice(case: Case) -> Iterator[Finding]:
    """Telling of changes that became a possibility, and changes that take effect at once."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if Topic.POLICY_UPDATES not in case.topics[:2] or case.kind is ChangeKind.REMOVED:
        return
    if starts_in(evidence.inserted, lists["immediately"]):
        yield Finding("notice.immediate", HIGH, WORSE, None, "changes take effect at once")
    told = (*evidence.brought, *(now for _, now in evidence.reworded))
    loose = [text for text in told if holds(text, lists["weak"]) and starts_in(text, lists["notify"])]
    firm = starts_in(evidence.stale, lists["notify"]) and not holds(evidence.stale, lists["weak"])
    if loose and firm and evidence.gained("weak"):
        yield Finding("notice.weakened", HIGH, WORSE, None, "notice of changes is no longer promised")
