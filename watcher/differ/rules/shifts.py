"""Rules on how a clause was turned: what the words around a protection make of it, whatever words it is told in.

Each rule reads the two wordings of one sentence. What it says is decisive for that sentence: rules that only weigh
words would credit a loss for the words that went with it ("deleted at once" has no period, "kept for two years unless
you object" has one and a way out besides).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import framed_words, holds, starts_in
from watcher.differ.rules.choices import choice
from watcher.differ.rules.finding import HIGH, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.given_up import GIVEN_UP_RULES, given_up, sent_away
from watcher.differ.rules.handing_over import HANDING_RULES, outsourced
from watcher.differ.rules.spans_of_time import TIME_RULES
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.statement import read
from watcher.differ.rules.turn import Gate, Turn, either, guards, nays
from watcher.differ.rules.wordlists import first, last, says, terms
from watcher.differ.sentences import sentences
from watcher.differ.topics import heading_topics

# Topics where a denial is told for the reader's good.
_COLLECTING = frozenset(
    {
        *(Topic.DATA_COLLECTED, Topic.TRACKING, Topic.SENSITIVE_DATA, Topic.SHARING, Topic.PURPOSES, Topic.AI),
        *(Topic.SUBPROCESSORS, Topic.TRANSFERS, Topic.OTHER, Topic.CHILDREN, Topic.SECURITY),
    }
)
# Findings that stand beside a turned clause even where they point the other way: they are of another matter.
_APART = ("recipient.", "transfer.", "sharing.sale", "ai.training", "advertising.", "contact.", "legal-basis.interest")
# So many topics of a clause are heard.
_TOPICS = 3


def turned(case: Case) -> list[Finding]:
    """What the rules on turned clauses find, gravest first; nothing for a clause that came or went whole."""
    if case.kind is not ChangeKind.MODIFIED or case.evidence.piece.block.cells:
        return []
    found = [finding for turn in _turns(case) for rule in _RULES for finding in rule(turn)]
    whole = Turn(case, case.evidence.stale, case.evidence.fresh)
    if len(case.evidence.reworded) + len(case.evidence.dropped) + len(case.evidence.brought) > 1 and whole.is_read():
        found += [finding for rule in _OF_CLAUSES for finding in rule(whole)]
    return sorted(dict.fromkeys(found), key=lambda finding: -finding.severity.rank)


def beside(found: list[Finding], told: list[Finding]) -> list[Finding]:
    """The findings of all other rules that may stand beside turned clauses: none that says the opposite of the same."""
    way = told[0].direction
    return [one for one in found if one.direction in {way, NEUTRAL} or one.rule.startswith(_APART)]


def _turns(case: Case) -> Iterator[Turn]:
    """The sentences that were put in other words, and what went with what came where none pair up."""
    evidence = case.evidence
    for was, now in evidence.reworded:
        yield Turn(case, was, now)
    if evidence.dropped or evidence.brought:
        was, now = " ".join(evidence.dropped), " ".join(evidence.brought)
        kept = evidence.reworded[-1:] if not (was and now) else ()
        for one, other in kept:  # a sentence was cut in two, or two were joined
            yield Turn(case, f"{one} {was}".strip(), f"{other} {now}".strip())
        if was and now:
            yield Turn(case, was, now)


def scope(turn: Turn) -> Iterator[Finding]:
    """A promise to all that now holds for some, by what they pay or are."""
    was, now = (says(side, "tier", turn.language) for side in (turn.was, turn.now))
    if was == now or not _promises(turn):
        return
    gate = Gate("scope", "a promise to all now holds for some", "a promise to some now holds for all")
    yield from either((now, was), gate, _promised(turn))


def _promised(turn: Turn) -> Topic | None:
    """What a promise is about, by the acts that its block names; None where it names none."""
    lists, block = turn.case.evidence.lexicon.lists, turn.case.evidence.piece.before or ""
    acts = (("train", Topic.AI), ("sell", Topic.SHARING), ("share", Topic.SHARING), ("track", Topic.TRACKING))
    return next((topic for name, topic in acts if starts_in(block, lists[name])), None)


def _promises(turn: Turn) -> bool:
    """True where a clause protects: by the sentence itself, or by the block around it."""
    evidence = turn.case.evidence
    for text in (turn.was, turn.case.evidence.piece.before or ""):
        told = read(text, evidence.lexicon, evidence.language, turn.case.topics[:_TOPICS])
        if told.sum > 0 or (told.denied and told.sum >= 0):
            return True
        if told.sum < 0:
            return False
    return False


def machine(turn: Turn) -> Iterator[Finding]:
    """Decisions that a machine takes, or no longer takes."""
    if not (turn.both("machine") and turn.both("decide")):
        return
    was, now = (_stand(turn, side, "machine") for side in (turn.was, turn.now))
    gate = Gate("automated", "decisions are taken without a person", "a machine no longer decides")
    yield from either(_given_up(was, now), gate, Topic.AI)


def profile(turn: Turn) -> Iterator[Finding]:
    """Profiles that are built, or no longer built."""
    if not turn.both("profile"):
        return
    was, now = (_stand(turn, side, "profile") for side in (turn.was, turn.now))
    gate = Gate("profiling", "profiles are now built", "no profiles are built any more")
    yield from either(_given_up(was, now), gate, None)


def _given_up(was: Stance, now: Stance) -> tuple[bool, bool]:
    """Whether a denial was given up, and whether one was made, of an act that both wordings name."""
    denied = Stance.DENIED
    return was is denied and now >= Stance.OPT_OUT, now is denied and was >= Stance.OPT_OUT


def _stand(turn: Turn, side: str, name: str) -> Stance:
    """The stance of one wording on an act."""
    return stance(side, terms(name, turn.language), turn.case.evidence.lexicon, turn.language)


def cookies(turn: Turn) -> Iterator[Finding]:
    """A page without cookies that sets some now, of whatever kind, or the other way."""
    if not turn.both("cookies"):
        return
    was, now = (says(side, "no-cookies", turn.language) for side in (turn.was, turn.now))
    gate = Gate("cookies", "cookies are set now", "no cookies are set any more")
    yield from either((was and not now, now and not was), gate, Topic.TRACKING)


def charge(turn: Turn) -> Iterator[Finding]:
    """What was free, or had no price, and now costs money, or the other way."""
    yield from _priced(turn)
    if not all(
        says(side, "free", turn.language) or says(side, "charge", turn.language) for side in (turn.was, turn.now)
    ):
        return
    was, now = (_cost(turn, side) for side in (turn.was, turn.now))
    if not was or not now or was == now:
        return
    grave = bool({Topic.RIGHTS, Topic.RETENTION, Topic.TRANSFERS} & set(turn.case.topics)) or turn.both("fetch")
    gate = Gate("price", "what was free now costs money", "what cost money is now free")
    yield from either((was == "free", now == "free"), gate, None, grave=grave)


def _priced(turn: Turn) -> Iterator[Finding]:
    """What the reader could have, of which neither wording speaks otherwise of a price, and has for a fee now."""
    was, now = (says(side, "for-fee", turn.language) for side in (turn.was, turn.now))
    bare = turn.was if now else turn.now
    spoken = any(says(bare, name, turn.language) for name in ("free", "charge"))
    if was == now or not (turn.was and turn.now) or spoken or turn.case.lead is Topic.LEGAL_TERMS:
        return
    gate = Gate("price", "it now costs money", "it no longer costs money")
    asked = turn.both("fetch") or turn.both("inspection")
    yield from either((now, was), gate, None, grave=Topic.RIGHTS in turn.case.topics or asked)


def _cost(turn: Turn, side: str) -> str:
    """Whether something is "free" or "paid"; empty where a sentence says neither, or both."""
    paid = _stand(turn, side, "charge")
    free = says(side, "free", turn.language) or paid is Stance.DENIED
    if free:
        return "free" if paid <= Stance.SILENT or not any(map(str.isdigit, side)) else ""
    return "paid" if paid > Stance.SILENT else ""


def anonymity(turn: Turn) -> Iterator[Finding]:
    """Anonymous data that are only pseudonymous now: they stay personal data (GDPR, Article 4(5))."""
    was, now = (framed_words(side) for side in (turn.was, turn.now))
    anonymous = [any(stem in side for stem in ("anonym", "anonim")) for side in (was, now)]
    named = [any(stem in side for stem in ("pseudonym", "pseudonim")) for side in (was, now)]
    gate = Gate("anonymity", "anonymous data are only pseudonymous now", "pseudonymous data are now anonymous")
    lost = anonymous == [True, False] and named == [False, True]
    won = anonymous == [False, True] and named == [True, False]
    yield from either((lost, won), gate, None)


def switch(turn: Turn) -> Iterator[Finding]:
    """A function that was off until somebody turned it on, and is now on until somebody turns it off."""
    if not turn.both("default") and not _only_switched(turn):
        return
    was, now = (_state(turn, side) for side in (turn.was, turn.now))
    if not was or not now or was == now:
        return
    good = turn.guards()
    told = ("off by default became on", "on by default became off")
    gate = Gate("default", told[good], told[not good])
    on = "on" if not good else "off"
    headings = turn.case.evidence.piece.section
    about_ai = any(Topic.AI in heading_topics(one, turn.language) for one in headings)
    yield from either((now == on, was == on), gate, Topic.AI if about_ai else None)


def _only_switched(turn: Turn) -> bool:
    """True where nothing but the words for on and off differs, and no sentence says what can be done."""
    words = set().union(*turn.exchanged())
    choice = any(says(side, "choice", turn.language) for side in (turn.was, turn.now))
    return (
        not choice
        and bool(words)
        and all(any(says(one, name, turn.language) for name in ("on", "off")) for one in words)
    )


def _state(turn: Turn, side: str) -> str:
    """Whether a function is on or off before anybody touches it; empty where a sentence says nothing of it."""
    on, off = (first(side, name, turn.language) for name in ("on", "off"))
    if on < 0 and off < 0:
        return ""
    return "on" if off < 0 or 0 <= on < off else "off"


def denial(turn: Turn) -> Iterator[Finding]:
    """Something denied of which now the opposite is said, in whatever words: "does not X" became "also does Y"."""
    reader = says(turn.now, "choice", turn.language) and turn.case.lead is Topic.RIGHTS
    if turn.case.lead not in _COLLECTING or reader or not nays(turn, turn.was) or nays(turn, turn.now):
        return
    also = says(turn.now, "also", turn.language) and not says(turn.was, "also", turn.language)
    if also and not _asks(turn) and not holds(turn.was, turn.case.evidence.lexicon.lists["exception"]):
        told = f'no longer says "{turn.was.rstrip(".")}"'
        yield Finding("denial.turned", HIGH, WORSE, None, told)


def _asks(turn: Turn) -> bool:
    """True where a wording tells what the reader may do, or the new one protects or asks before anything is done."""
    evidence = turn.case.evidence
    heard = turn.case.topics[:_TOPICS]
    was, now = (read(side, evidence.lexicon, evidence.language, heard) for side in (turn.was, turn.now))
    return was.reader or now.reader or starts_in(turn.now, evidence.lexicon.lists["ask"]) or now.sum > 0


def review(turn: Turn) -> Iterator[Finding]:
    """A check by a person that came before an act and comes after it now, or the other way."""
    lists = (("beforehand", "afterwards"), ("afterwards", "beforehand"))
    if turn.case.lead not in {Topic.AI, Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.OTHER}:
        return
    if not all(_person(turn, side) for side in (turn.was, turn.now)):
        return
    lost, won = (
        says(turn.was, early, turn.language)
        and says(turn.now, late, turn.language)
        and not says(turn.now, early, turn.language)
        for early, late in lists
    )
    gate = Gate("review", "a person checks only afterwards", "a person checks beforehand")
    yield from either((lost, won), gate, Topic.AI)


def _person(turn: Turn, side: str) -> bool:
    """True for a sentence in which a person of the staff acts."""
    evidence = turn.case.evidence
    return read(side, evidence.lexicon, evidence.language, (Topic.AI,)).values["human"] > 0


def silence(turn: Turn) -> Iterator[Finding]:
    """Silence that meant no and means yes now, or the other way."""
    if not turn.both("silence"):
        return
    was, now = (_silent(turn, side) for side in (turn.was, turn.now))
    gate = Gate("silence", "silence now counts as consent", "silence now counts as refusal")
    yield from either((was == "no" and now == "yes", was == "yes" and now == "no"), gate, None)


def _silent(turn: Turn, side: str) -> str:
    """What silence means: the last word of either meaning behind the words for it."""
    place = first(side, "silence", turn.language)
    rest = framed_words(side)[place:] if place >= 0 else ""
    no, yes = (last(rest, name, turn.language) for name in ("as-no", "as-yes"))
    return "" if no == yes else "no" if no > yes else "yes"


def duty(turn: Turn) -> Iterator[Finding]:
    """A measure that was a duty and is left to who wants it, or the other way."""
    if turn.case.lead is not Topic.SECURITY and not turn.guards():
        return
    sides = [_duties(turn, side) for side in (turn.was, turn.now)]
    gate = Gate("measure", "a measure is no longer required", "a measure is now required")
    lost = sides[0] == (True, False) and sides[1][1]
    won = sides[1] == (True, False) and sides[0][1]
    yield from either((lost, won), gate, Topic.SECURITY)


def _duties(turn: Turn, side: str) -> tuple[bool, bool]:
    """Whether a measure is a duty in one of the sentences, and whether one is left to a choice."""
    led = turn.case.lead is Topic.SECURITY
    told = [one for one in sentences(side, turn.language) if led or guards(turn, one)]
    duties = [one for one in told if says(one, "duty", turn.language)]
    choices = [one for one in told if says(one, "choice", turn.language) and one not in duties]
    return bool(duties), bool(choices)


def request(turn: Turn) -> Iterator[Finding]:
    """What was given to all and is given on request only, or the other way; nothing else may differ."""
    lists = turn.case.evidence.lexicon.lists
    was, now = (says(side, "on-request", turn.language) for side in (turn.was, turn.now))
    if was == now or not (turn.was and turn.now):
        return
    gate = Gate("on-request", "given only to those who ask", "given without being asked")
    open_to_all = [says(side, "published", turn.language) for side in (turn.was, turn.now)]
    if open_to_all == [now, was] or (starts_in(turn.was, lists["notify"]) and starts_in(turn.now, lists["notify"])):
        yield from either((now, was), gate, None, grave=False)
        return
    if starts_in(turn.was, lists["share"] | lists["sell"] | lists["party"]):
        return
    deletes = turn.case.lead in {Topic.RETENTION, Topic.RIGHTS} and not turn.both("attest")
    if deletes and all(starts_in(one, lists["delete"]) and not turn.lets_reader(one) for one in (turn.was, turn.now)):
        erased = Gate("on-request", "deleted only on request", "deleted without being asked")
        yield from either((now, was), erased, Topic.RETENTION)
        return
    lost, gained = turn.exchanged()
    if (lost if now else gained) or not turn.gives():
        return
    yield from either((now, was), gate, None, grave=False)


# Rules that may be read across the sentences of a clause.
_OF_CLAUSES: tuple[Callable[[Turn], Iterator[Finding]], ...] = (outsourced, review, silence, duty, given_up, sent_away)
_RULES: tuple[Callable[[Turn], Iterator[Finding]], ...] = (
    *TIME_RULES,
    *HANDING_RULES,
    *GIVEN_UP_RULES,
    choice,
    scope,
    machine,
    profile,
    cookies,
    charge,
    anonymity,
    switch,
    denial,
    review,
    silence,
    duty,
    request,
)
