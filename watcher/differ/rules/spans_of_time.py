"""Rules on time that no two stated periods tell: at once, how often, how long in words, from when, at most."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.model import Topic
from watcher.differ.evidence import starts_in
from watcher.differ.periods import Period, find_periods
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, NEUTRAL, WORSE, Finding
from watcher.differ.rules.quantities import quantity
from watcher.differ.rules.quantity import told_period
from watcher.differ.rules.turn import Turn
from watcher.differ.rules.wordlists import count, rhythms, says

_EVERY = re.compile(
    r"\b(?:every|each|elke|elk|iedere|ieder|om de|alle|jede[rsmn]?|tous les|toutes les|chaque)\s+(\S+)(?:\s+(\S+))?",
    re.IGNORECASE,
)
# A period from here on (days) may be longer than what is needed.
_LONG = 3 * 365.0
# Two periods that differ by less than this share are the same.
_SAME = 0.02


def prompt(turn: Turn) -> Iterator[Finding]:
    """A stated period that became deletion at once, or the other way."""
    lists = turn.case.evidence.lexicon.lists
    kept = lists["keep"] | lists["delete"]
    was, now = (_at_once(turn, side) for side in (turn.was, turn.now))
    spoken = turn.keeps() or all(starts_in(side, kept) for side in (turn.was, turn.now))
    if was == now or not spoken:
        return
    other = turn.now if was else turn.was
    stated = [one for one in find_periods(other, turn.language) if one.days > 0]
    endless = starts_in(other, lists["endless"]) or (
        starts_in(other, lists["keep"]) and not starts_in(other, lists["delete"])
    )
    if not stated and not endless:
        return
    told = told_period(max(stated, key=lambda one: one.days)) if stated else "kept"
    if was:
        yield Finding("retention.longer", HIGH, WORSE, Topic.RETENTION, f"deleted at once -> {told}")
    else:
        yield Finding("retention.shorter", MEDIUM, BETTER, Topic.RETENTION, f"{told} -> deleted at once")


def _at_once(turn: Turn, side: str) -> bool:
    """True for a sentence that deletes without waiting for a day or for a need to end."""
    lists = turn.case.evidence.lexicon.lists
    return (
        starts_in(side, lists["delete"])
        and says(side, "at-once", turn.language)
        and not says(side, "when-possible", turn.language)
        and not starts_in(side, lists["endless"])
        and not find_periods(side, turn.language)
    )


def vague(turn: Turn) -> Iterator[Finding]:
    """A stated period in the place of "as long as needed"; a long one is for other rules to weigh."""
    lists = turn.case.evidence.lexicon.lists
    if not turn.keeps() or not starts_in(turn.was, lists["endless"]) or starts_in(turn.now, lists["endless"]):
        return
    stated = find_periods(turn.now, turn.language)
    if stated and not find_periods(turn.was, turn.language) and max(one.days for one in stated) < _LONG:
        yield Finding("retention.limited", MEDIUM, BETTER, Topic.RETENTION, f"as needed -> {told_period(stated[0])}")


def rhythm(turn: Turn) -> Iterator[Finding]:
    """How often something is done: more often is better where it deletes or protects, worse where it collects."""
    was, now = (_often(turn, side) for side in (turn.was, turn.now))
    if was is None or now is None or abs(was - now) < _SAME * was:
        return
    more = now < was
    sign = _worth(turn)
    told = "done more often" if more else "done less often"
    if not sign:
        yield Finding("rhythm.changed", MEDIUM, NEUTRAL, None, told)
    elif (sign > 0) == more:
        yield Finding("rhythm.better", MEDIUM, BETTER, None, told)
    else:
        yield Finding("rhythm.worse", HIGH, WORSE, None, told)


def _worth(turn: Turn) -> int:
    """1 where doing it more often is good for the reader, -1 where it is bad, 0 where nothing tells."""
    lists, case = turn.case.evidence.lexicon.lists, turn.case
    if starts_in(turn.was, lists["delete"]):
        return 1
    if case.lead in {Topic.SECURITY, Topic.AI, Topic.SUBPROCESSORS, Topic.TRANSFERS} or turn.guards():
        return 1
    collects = case.lead in {Topic.DATA_COLLECTED, Topic.TRACKING, Topic.SENSITIVE_DATA}
    return -1 if collects or turn.both("record") else 0


def _often(turn: Turn, side: str) -> float | None:
    """The days between two times, where a sentence states one rhythm and no period beside it."""
    found = [*_every(side, turn.language), *rhythms(side, turn.language)]
    beside = len(find_periods(side, turn.language)) - sum(1 for _ in _counted(side, turn.language))
    return found[0] if len(found) == 1 and beside <= 0 else None


def _every(side: str, language: str) -> Iterator[float]:
    """The days of "every six hours" and of "every hour"."""
    for one, other in _EVERY.findall(side):
        periods = _read(f"{one} {other}", language) or _read(f"1 {one}", language)
        if periods:
            yield periods[0].days


def _counted(side: str, language: str) -> Iterator[Period]:
    """The periods of rhythms with a number, which are no periods of anything else."""
    for one, other in _EVERY.findall(side):
        yield from _read(f"{one} {other}", language)[:1]


def _read(text: str, language: str) -> tuple[Period, ...]:
    return find_periods(text.strip(" .,;"), language)


def length(turn: Turn) -> Iterator[Finding]:
    """Longer in the place of shorter, where data are kept."""
    if not turn.keeps():
        return
    was, now = (_length(turn, side) for side in (turn.was, turn.now))
    if was * now < 0:
        yield _kept(longer=now > was, told="longer instead of shorter" if now > was else "shorter instead of longer")


def _length(turn: Turn, side: str) -> int:
    """1 for a sentence of long words, -1 for one of short words, 0 for neither or both."""
    long = count(side, "long", turn.language) - count(side, "no-length", turn.language)
    short = count(side, "short", turn.language)
    return (long > 0) - (short > 0)


def start(turn: Turn) -> Iterator[Finding]:
    """A period that stays what it is and begins later, or earlier."""
    was, now = (find_periods(side, turn.language) for side in (turn.was, turn.now))
    if not was or not turn.keeps() or [one.days for one in was] != [one.days for one in now]:
        return
    early = count(turn.was, "early", turn.language) - count(turn.now, "early", turn.language)
    late = count(turn.now, "late", turn.language) - count(turn.was, "late", turn.language)
    if early > 0 and late > 0:
        yield _kept(longer=True, told="the period begins later")
    elif early < 0 and late < 0:
        yield _kept(longer=False, told="the period begins earlier")


def _kept(*, longer: bool, told: str) -> Finding:
    """The finding for data that are kept longer or shorter by no stated number."""
    if longer:
        return Finding("retention.later", HIGH, WORSE, Topic.RETENTION, told)
    return Finding("retention.earlier", MEDIUM, BETTER, Topic.RETENTION, told)


def bound(turn: Turn) -> Iterator[Finding]:
    """Tell "at most" in the place of "at least", or the other way, with the period as it was."""
    was, now = (find_periods(side, turn.language) for side in (turn.was, turn.now))
    if not was or [one.days for one in was] != [one.days for one in now]:
        return
    sides = [[says(side, name, turn.language) for name in ("most", "least")] for side in (turn.was, turn.now)]
    if sides not in ([[True, False], [False, True]], [[False, True], [True, False]]):
        return
    to_least = sides[1][1]
    kind = quantity(f"{turn.was} {turn.now}", "period", turn.language, turn.case.topics[:4])
    more_is_good = kind is not None and kind.sign > 0 and not turn.keeps()
    told = '"at most" became "at least"' if to_least else '"at least" became "at most"'
    if to_least == more_is_good:
        yield Finding("bound.better", MEDIUM, BETTER, None, told)
    else:
        yield Finding("bound.worse", HIGH, WORSE, None, told)


def fetching(turn: Turn) -> Iterator[Finding]:
    """The time in which a reader may take data out: here shorter is worse."""
    lists = turn.case.evidence.lexicon.lists
    sides = (turn.was, turn.now)
    if not turn.both("fetch") or any(starts_in(side, lists["delete"]) for side in sides):
        return
    if any(starts_in(side, lists["keep"]) and not turn.lets_reader(side) for side in sides):
        return
    was, now = (find_periods(side, turn.language) for side in (turn.was, turn.now))
    if len(was) != 1 or len(now) != 1 or abs(was[0].days - now[0].days) < _SAME * was[0].days:
        return
    told = f"time to take data out: {told_period(was[0])} -> {told_period(now[0])}"
    if now[0].days < was[0].days:
        yield Finding("fetching.less", HIGH, WORSE, Topic.RIGHTS, told)
    else:
        yield Finding("fetching.more", MEDIUM, BETTER, Topic.RIGHTS, told)


TIME_RULES = (fetching, prompt, vague, rhythm, length, start, bound)
