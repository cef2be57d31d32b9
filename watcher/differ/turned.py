"""Whether equal words in another order still say the same: who does it to whom, and what a "not" belongs to.

"If you agree we call you" and "we call you if you agree" are one; "the supplier indemnifies the customer" and "the
customer indemnifies the supplier" are two, and so are "with couriers but not with advertisers" and its reverse. The
word lists stand in `lexicon/turns.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from watcher.differ.lexicon import LANGUAGES, Lexicon
from watcher.differ.numbering import cites_otherwise
from watcher.differ.sentences import sentences
from watcher.differ.values import revalues
from watcher.differ.wordings import load_wordings
from watcher.differ.words import fold, words_of

_T = TypeVar("_T")
# Longer texts are whole documents in one block.
_LONGEST = 6_000
# Languages that put commas round what is no clause.
_COMMAS = frozenset(("en", "fr"))
# Of more sentences on both sides none is looked for among the others.
_PAIRS = 100
_MARKS = re.compile(r"[,;:()\u2013\u2014]")
_PARTS = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*|[,;]")
_VENDOR, _READER = "=vendor", "=reader"
_PERSONS = frozenset({_VENDOR, _READER})
_CRITICAL = ("negation", "only", "weak", "strong", "scope", "consent", "optout", "sell")
_KINDS = frozenset(_CRITICAL)
# Those that reach over the commas of a sentence.
_WIDE = frozenset({"weak", "strong", "scope", "consent", "optout", "sell"})
_NO_DENIAL = frozenset({"unless", "except", "tenzij", "behalve", "sauf", "ausser"})
# A word and what stands around it.
_Hold = tuple[str, frozenset[str]]
# A plain form and the preposition or the like before it, empty for none.
_Role = tuple[str, str]


def turns(before: str, after: str, lexicon: Lexicon) -> bool:
    """True when wordings that hold the same words, or all but light ones, give them to somebody or something else."""
    if max(len(before), len(after)) > _LONGEST:
        return False
    if revalues(before, after):
        return True
    words = _words_of(lexicon.language)
    if cites_otherwise(before, after):
        return True
    before, after = _apart(before, after, lexicon, words)
    return (
        _changes_person(before, after, words)
        or _changes_side(before, after, lexicon, words)
        or _changes_join(before, after, lexicon, words)
        or _changes_hold(before, after, lexicon, words)
        or _changes_roles(before, after, lexicon, words)
    )


def is_one_clause(text: str, language: str) -> bool:
    """True for a text with no word in it that may begin another clause; German and Dutch put a comma there."""
    words = _words_of(language)
    opening = words.joined | words.condition | words.parted | words.relative
    return opening.isdisjoint(words_of(text)) and (language in _COMMAS or "," not in text)


@dataclass(frozen=True, slots=True)
class _Words:
    """The word lists of a language; `opposites` gives line and side of a word."""

    first: frozenset[str]
    second: frozenset[str]
    agent: frozenset[str]
    adverbial: frozenset[str]
    parted: frozenset[str]
    switches: frozenset[str]
    joined: frozenset[str]
    condition: frozenset[str]
    infinitive: frozenset[str]
    relative: frozenset[str]
    opposites: Mapping[str, tuple[int, int]]

    @property
    def persons(self) -> frozenset[str]:
        """The words for the vendor and for the reader."""
        return self.first | self.second

    def person(self, word: str) -> str:
        """Who such a word stands for."""
        return _VENDOR if word in self.first else _READER


@cache
def _words_of(language: str) -> _Words:
    """The word lists of a language, read once."""
    path = Path(__file__).parent / "lexicon" / "turns.toml"
    data = tomllib.loads(path.read_text("utf-8"))[language if language in LANGUAGES else "en"]
    sides: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(data["opposites"].strip().splitlines()):
        for side, part in enumerate(line.split("|")):
            sides.update(dict.fromkeys(part.split(), (number, side)))
    names = (
        "first",
        "second",
        "agent",
        "adverbial",
        "parted",
        "switches",
        "joined",
        "condition",
        "infinitive",
        "relative",
    )
    lists = {name: frozenset(data[name].split()) for name in names}
    return _Words(**lists, opposites=sides)


def _apart(before: str, after: str, lexicon: Lexicon, words: _Words) -> tuple[str, str]:
    """The sentences of each text that the other does not hold, be it with the items of a list in another order."""
    was, now = ([*dict.fromkeys(sentences(text, lexicon.language))] for text in (before, after))
    said, left = [one for one in was if one not in now], [one for one in now if one not in was]
    for text in list(said) if len(said) * len(left) <= _PAIRS else ():
        partner = next((one for one in left if _relisted(text, one, lexicon, words)), None)
        if partner is not None:
            said.remove(text)
            left.remove(partner)
    return " ".join(said), " ".join(left)


def _changes_person(before: str, after: str, words: _Words) -> bool:
    """True when the vendor stands where the reader stood, or the other way round."""
    was, now = Counter(words_of(before)), Counter(words_of(after))
    ours, yours = (sum(now[word] - was[word] for word in side) for side in (words.first, words.second))
    return ours * yours < 0


def _changes_side(before: str, after: str, lexicon: Lexicon, words: _Words) -> bool:
    """True when a word gave way to its opposite, or changed places with it: "above 100", "off until you turn it on"."""
    was, now = words_of(before), words_of(after)
    gone, came = (
        {words.opposites[word] for word in left if word in words.opposites}
        for left in (Counter(was) - Counter(now), Counter(now) - Counter(was))
    )
    if any((number, 1 - side) in came for number, side in gone):
        return True
    if gone or came or _beside(was, words):
        return False
    one, other = (_opposed(text, lexicon, words) for text in (was, now))
    pairs = {number for (number, _), _ in one}
    return any(
        _turn_round(*([each for each in side if each[0][0] == number] for side in (one, other))) for number in pairs
    )


# A side of two opposites, and the word that it leads, empty for what leads none.
_Opposed = tuple[tuple[int, int], str]


def _opposed(said: Sequence[str], lexicon: Lexicon, words: _Words) -> list[_Opposed]:
    """The words that have an opposite, in order; prepositions with the word that they lead."""
    light = lexicon.lists["grammar"] | words.persons
    found = []
    for at, word in enumerate(said):
        if word in words.opposites:
            led = word in words.adverbial and next((one for one in said[at + 1 :] if one not in light), "")
            found.append((words.opposites[word], led or ""))
    return found


def _turn_round(one: Sequence[_Opposed], other: Sequence[_Opposed]) -> bool:
    """True when opposites changed places, or what they lead did: "with us and without you"."""
    if any((side, led) not in other and any(led == there for _, there in other) for side, led in one if led):
        return True
    sides = [side for side, _ in one] != [side for side, _ in other]
    return sides and not (all(led for _, led in (*one, *other)) and sorted(one) == sorted(other))


def _beside(said: Sequence[str], words: _Words) -> bool:
    """True when opposites stand beside each other, with "and" or "or" between: "on or off"."""
    return any(
        word in words.joined and said[at - 1] in words.opposites and said[at + 1] in words.opposites
        for at, word in enumerate(said[1:-1], 1)
    )


def _changes_join(before: str, after: str, lexicon: Lexicon, words: _Words) -> bool:
    """True when "and" became "or" in a condition, a consent or a limit, or only one of "you and we" is left."""
    was, now = words_of(before), words_of(after)
    gone, came = Counter(was) - Counter(now), Counter(now) - Counter(was)
    asked = words.condition | lexicon.lists["consent"] | lexicon.lists["only"]
    if gone.keys() & words.joined and came.keys() & words.joined and asked & {*was, *now}:
        return True
    return _paired(was, words) != _paired(now, words)


def _paired(said: Sequence[str], words: _Words) -> bool:
    """True where vendor and reader stand side by side: "you and we"."""
    return any(
        word in words.joined
        and {said[at - 1], said[at + 1]} <= words.persons
        and words.person(said[at - 1]) != words.person(said[at + 1])
        for at, word in enumerate(said[1:-1], 1)
    )


def _changes_hold(before: str, after: str, lexicon: Lexicon, words: _Words) -> bool:
    """True when a denial, a limit, a state, the vendor or the reader belongs to other words than before."""
    numbers = {word: word for word in words_of(before) if any(map(str.isdigit, word))}
    listed = {word: name for name in reversed(_CRITICAL) for word in lexicon.lists[name]}
    plain = {word: kind for word, kind in (numbers | listed).items() if word not in _NO_DENIAL | words.adverbial}
    critical = plain | {word: word for word in words.switches if word not in listed}
    was, now = (list(_holds(text, critical, lexicon, words)) for text in (before, after))
    form = load_wordings(lexicon.language).form
    shared = _PERSONS | (frozenset(form(words_of(before))) & frozenset(form(words_of(after))))
    was, now = ([(word, said & shared) for word, said in side] for side in (was, now))
    for kind in (True, False):
        one, other = ([hold for hold in side if (hold[0] in _PERSONS) is kind] for side in (was, now))
        if Counter(word for word, _ in one) == Counter(word for word, _ in other) and not _all_agree(one, other):
            return True
    return False


def _all_agree(was: Sequence[_Hold], now: Sequence[_Hold]) -> bool:
    """True when each word finds itself on the other side among no other words than its own."""
    left = list(now)
    for word, around in was:
        partner = next((one for one in left if one[0] == word and _agree(word, around, one[1])), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


def _agree(word: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """True when what stands around a word on one side stands around it on the other, and so do the persons."""
    if word in _PERSONS:
        return one <= other or other <= one
    said, left = one - _PERSONS, other - _PERSONS
    persons, others = one & _PERSONS, other & _PERSONS
    return (said <= left or left <= said) and (persons <= others or others <= persons)


def _holds(text: str, critical: Mapping[str, str], lexicon: Lexicon, words: _Words) -> Iterator[_Hold]:
    """The kind of each critical word of a text with what its clause says, each person with what its sentence says."""
    form = load_wordings(lexicon.language).form
    apart = critical.keys() | words.persons
    for sentence in sentences(text, lexicon.language):
        for wide, parts in ((False, _MARKS.split(sentence)), (True, [sentence])):
            for clause in _clauses(parts, words):
                runs = groupby(clause, apart.__contains__)
                said = frozenset(mark for lone, run in runs if not lone for mark in form(list(run)))
                persons = [words.person(word) for word in clause if word in words.persons]
                kinds = [critical[word] for word in clause if word in critical]
                yield from ((kind, said | set(persons)) for kind in kinds if (kind in _WIDE) is wide)
                yield from ((person, said) for person in persons if wide)


def _clauses(parts: Iterable[str], words: _Words) -> Iterator[list[str]]:
    """The folded words of the parts of a sentence, each cut where "but" and the like stand."""
    for part in parts:
        clause: list[str] = []
        for word in words_of(part):
            if word in words.parted:
                yield clause
                clause = []
            else:
                clause.append(word)
        yield clause


def _changes_roles(before: str, after: str, lexicon: Lexicon, words: _Words) -> bool:
    """True when words changed places round another one: who does it is now to whom it is done."""
    left = [(text, _plain(text, lexicon, words)) for text in sentences(after, lexicon.language)]
    for text in sentences(before, lexicon.language):
        plain = _plain(text, lexicon, words)
        forms = Counter(form for form, _ in plain)
        same = next((one for one in left if Counter(form for form, _ in one[1]) == forms), None)
        if same is not None:
            left.remove(same)
            voice = _agents(text, words) != _agents(same[0], words)
            if not voice and _swaps(plain, same[1], _loose(plain, same[1], lexicon, words)):
                return True
    return False


def _agents(text: str, words: _Words) -> int:
    """How many words of a text may stand before the doer of a passive sentence."""
    return sum(word in words.agent for word in words_of(text))


def _plain(text: str, lexicon: Lexicon, words: _Words) -> list[_Role]:
    """The plain forms of the words of weight of a text, in order, each with the preposition or the like before it."""
    wordings = load_wordings(lexicon.language)
    found: list[_Role] = []
    opened = ""
    for word in words_of(text):
        if word in words.adverbial:
            opened = word
        elif form := wordings.form([word]):
            found.append((wordings.plain(form[0].removeprefix("=")), opened))
            opened = ""
    return found


def _swaps(one: Sequence[_Role], other: Sequence[_Role], loose: frozenset[str]) -> bool:
    """True when two runs changed places round a third, and nothing but their places says what they do there.

    A run of `loose` words alone says nothing of who does what.
    """
    was, now = _middle([form for form, _ in one], [form for form, _ in other])
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a[0] != b[0]), 0)
    for first in range(1, len(was) - 1):
        for last in range(first + 1, len(was)):
            ends = was[last] == now[0] and was[first - 1] == now[-1]
            if ends and [*was[last:], *was[first:last], *was[:first]] == now:
                if loose.issuperset(was[:first]) or loose.issuperset(was[last:]):
                    continue
                marked = one[start][1] or one[start + last][1]
                return not marked or Counter(one) != Counter(other)
    return False


def _loose(one: Sequence[_Role], other: Sequence[_Role], lexicon: Lexicon, words: _Words) -> frozenset[str]:
    """The forms of words of permission and duty, and of what is a noun here and a verb there ("for X", "to X")."""
    wordings = load_wordings(lexicon.language)
    modal = {wordings.plain(word) for name in ("weak", "strong") for word in lexicon.lists[name]}
    was, now = dict(one), dict(other)
    both = was.keys() & now.keys()
    return frozenset(
        modal | {form for form in both if (was[form] in words.infinitive) != (now[form] in words.infinitive)}
    )


def _middle(one: Sequence[_T], other: Sequence[_T]) -> tuple[list[_T], list[_T]]:
    """Both without what they begin and end with alike."""
    was, now = list(one), list(other)
    while was and now and was[-1] == now[-1]:
        was.pop()
        now.pop()
    start = next((at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    return was[start:], now[start:]


def _relisted(was: str, now: str, lexicon: Lexicon, words: _Words) -> bool:
    """True when the items of a list within a sentence stand in another order, and nothing else."""
    light = lexicon.lists["grammar"] - words.joined - words.persons - words.switches - words.opposites.keys()
    sides = ([part for part in _PARTS.findall(fold(text)) if part not in light] for text in (was, now))
    one, other = _middle(*sides)
    if {*one} & words.joined != {*other} & words.joined:
        return False
    return Counter(_items(one, words)) == Counter(_items(other, words))


def _items(parts: Sequence[str], words: _Words) -> Iterator[tuple[str, ...]]:
    """The items that stand between commas and conjunctions."""
    item: list[str] = []
    for part in (*parts, ","):
        if part in {",", ";"} or part in words.joined:
            if item:
                yield tuple(item)
            item = []
        else:
            item.append(part)
