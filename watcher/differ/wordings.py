"""What the lexicon knows of wordings: which say the same, which may come and go, and the plain form of each word.

Read once for each language from `lexicon/wording_*.toml` and the lists of the lexicon.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from watcher.differ.lexicon import Lexicon, load_lexicon
from watcher.differ.stems import stem
from watcher.differ.words import fold, words_of

_CRITICAL = ("negation", "weak", "strong", "only", "scope", "consent", "optout", "sell", "exception")
# The German auxiliary of the passive voice is one of the future too; neither is a duty.
_PASSIVE = frozenset(("werden", "wird", "wirst", "werdet"))
_LONGEST = 8
# The parts that verbs lose to the end of a clause ("geven wij door", "geben wir weiter").
_PARTICLES = {
    "nl": frozenset(
        (
            "aan",
            "af",
            "bij",
            "door",
            "in",
            "mee",
            "na",
            "om",
            "op",
            "over",
            "samen",
            "terug",
            "toe",
            "uit",
            "vast",
            "voor",
            "weg",
            "weer",
        )
    ),
    "de": frozenset(
        (
            "ab",
            "an",
            "auf",
            "aus",
            "bei",
            "bereit",
            "durch",
            "ein",
            "fest",
            "her",
            "heraus",
            "mit",
            "nach",
            "teil",
            "um",
            "vor",
            "weiter",
            "wieder",
            "zu",
            "zur",
            "zuruck",
            "zusammen",
        )
    ),
}
# Words that begin a clause, and never follow a preposition.
_NEXT = frozenset(
    "en maar als wanneer indien zodra omdat tenzij wij we u je jij und oder sowie aber wenn falls sofern sobald "  # noqa: SIM905  # words
    "weil dass wir sie du ihr es ausser ausgenommen damit sodass behalve uitgezonderd zodat".split()
)
# What stands between the part of a verb and the rest: in a weak participle ("samengevoegd", "zusammengeführt") and in a
# German infinitive ("sicherzustellen").
_PARTED = {
    "nl": re.compile(
        r"(aan|af|bij|door|in|mee|na|om|op|over|samen|terug|toe|uit|vast|voor|weg|weer)ge(?!v|n|r)([a-z]{3,}[td])"
    ),
    "de": re.compile(
        r"(ab|an|auf|aus|bei|bereit|durch|ein|fest|frei|her|heraus|hinzu|mit|nach|sicher|teil|um|vor|weiter|wieder|zu|zuruck"
        r"|zusammen)(?:ge(?!w|n|r)([a-z]{3,}t)|zu([a-z]{3,}(?:en|eln|ern)))"
    ),
}
# Before "te" these are prepositions as well.
_PREPOSED = frozenset(("om", "door", "na", "voor", "bij", "met", "in"))
# "Gegevens" is no form of "geven".
_DATA = frozenset(("gegevens", "persoonsgegevens", "gaben", "angaben"))
# A verb and its part stand in one clause, at most so many words from each other.
_APART = 18


@dataclass(frozen=True, slots=True)
class Wordings:
    """What becomes of wordings of a language.

    `marks` gives the mark of a folded wording, `lemmas` that of a wording of plain words; the mark is empty for what
    falls away. `critical` are words that always stay. `lengths` tells how many words the longest wording with a first
    word (as written or plain) has. `groups` numbers the groups that a wording of plain words stands in; a word of two
    senses stands in two. `support` are the plain forms of verbs that carry a noun of doing.
    """

    language: str
    marks: Mapping[str, str]
    lemmas: Mapping[str, str]
    critical: frozenset[str]
    lengths: Mapping[str, int]
    forms: Mapping[str, str]
    groups: Mapping[str, frozenset[int]]
    support: frozenset[str]

    def plain(self, word: str) -> str:
        """The plain form of a folded word."""
        return self.forms.get(word) or stem(_together(word, self.language), self.language)

    def related(self, one: str, other: str) -> bool:
        """True when two wordings stand in one group."""
        return not self._of(one).isdisjoint(self._of(other))

    def is_common(self, wording: str) -> bool:
        """True for a wording that stands in a group: everyday words do, names and terms of a trade seldom."""
        return bool(self._of(wording))

    def _of(self, wording: str) -> frozenset[int]:
        """The groups of a wording."""
        return self.groups.get(" ".join(map(self.plain, wording.split(" "))), frozenset())

    def form(self, words: Sequence[str]) -> tuple[str, ...]:
        """The marks and plain forms of folded words, in order, without those that may come and go."""
        return tuple(mark for mark, _ in self.read(words))

    def read(self, words: Sequence[str]) -> list[tuple[str, str]]:
        """The marks and plain forms of folded words, each with the words that it stands for."""
        words = self._joined(words)
        form: list[tuple[str, str]] = []
        place = 0
        while place < len(words):
            mark, size = self._longest(words, place)
            said = " ".join(words[place : place + size])
            twice = mark.startswith("=") and form and form[-1][0] == mark  # "the Short Name Law (SNL)"
            if mark and not (twice and self.critical.isdisjoint(f"{form[-1][1]} {said}".split(" "))):
                form.append((mark, said))
            place += size
        return form

    def _longest(self, words: Sequence[str], place: int) -> tuple[str, int]:
        """The mark of the longest wording at a place, and of how many words it is."""
        word = words[place]
        most, alone = _alone(self.language, word)
        if most == 1:
            return alone, 1
        for size in range(min(most, len(words) - place), 0, -1):
            run = words[place : place + size]
            mark = self.marks.get(" ".join(run))
            if mark is not None:
                return mark, size
            if size > 1 and (mark := self.lemmas.get(" ".join(map(self.plain, run)))) is not None:
                return mark, size
        return alone, 1

    def alone(self, word: str) -> tuple[int, str]:
        """How many words the longest wording that begins with a word has, and the mark of the word by itself."""
        plain = self.plain(word)
        mark = self.marks.get(word)
        if mark is None:
            mark = word if word in self.critical else self.lemmas.get(plain, plain)
        return max(self.lengths.get(word, 1), self.lengths.get(plain, 1)), mark

    def _joined(self, words: Sequence[str]) -> Sequence[str]:
        """The words with verbs and their parts put together again, where the lexicon knows the verb."""
        particles = _PARTICLES.get(self.language)
        if particles is None:
            return words
        parts: dict[int, tuple[int, str]] = {}
        for place, word in enumerate(words):
            verb = self._infinitive(word, words[place + 1 : place + 3])
            if verb:
                parts[place + 2] = place, verb
            elif word in particles:
                back = range(place - 1, max(-1, place - _APART), -1)
                at, verb = next(((at, verb) for at in back if (verb := self._verb(word, words[at]))), (place, ""))
                # Of several that which ends a clause: the others are prepositions.
                if verb and (at not in parts or (_ends(words, place) and not _ends(words, parts[at][0]))):
                    parts[at] = place, verb
        taken = {place for place, _ in parts.values()}
        taken |= {at - 1 for at, (place, _) in parts.items() if place == at - 2 and words[at - 1] == "te"}
        return [parts[at][1] if at in parts else word for at, word in enumerate(words) if at not in taken]

    def _infinitive(self, particle: str, behind: Sequence[str]) -> str:
        """The verb of "uit te voeren", empty where none is meant: "om te voeren", "door te klikken"."""
        if len(behind) < 2 or behind[0] != "te" or particle not in _PARTICLES["nl"]:
            return ""
        verb = f"{particle}{behind[1]}"
        return verb if particle not in _PREPOSED or self.plain(verb) in self.lemmas else ""

    def _verb(self, particle: str, word: str) -> str:
        """The verb that a part makes with a word, empty where the lexicon knows none, or of what is no verb."""
        if word in _DATA or self.marks.get(word) == "":
            return ""
        known = (
            verb for verb in (f"{particle}{self.plain(word)}", f"{particle}{word}") if self.plain(verb) in self.lemmas
        )
        return next(known, "")


def _ends(words: Sequence[str], place: int) -> bool:
    """True when a clause may end with a word: nothing follows, or what begins the next."""
    return place + 1 == len(words) or words[place + 1] in _NEXT


def _together(word: str, language: str) -> str:
    """A verb without what stands between its part and the rest, any other word as it stands."""
    pattern = _PARTED.get(language)
    found = pattern.fullmatch(word) if pattern else None
    return "".join(part for part in found.groups() if part) if found else word


@lru_cache(maxsize=16_384)
def _alone(language: str, word: str) -> tuple[int, str]:
    """What a language knows of one word, remembered."""
    return load_wordings(language).alone(word)


@cache
def load_wordings(language: str) -> Wordings:
    """The wordings of a language of the lexicon.

    The first wording of a group decides: where it falls away or has a mark already, so do and have the others that
    stand in no group before.
    """
    lexicon = load_lexicon(language)
    own = tomllib.loads((Path(__file__).parent / "lexicon" / f"wording_{language}.toml").read_text("utf-8"))
    critical = frozenset[str]().union(*(lexicon.lists[name] for name in _CRITICAL)) - _PASSIVE
    forms = _forms(own["forms"], language)
    light = (lexicon.lists["grammar"] | {part for line in _lines(own["filler"]) for part in line}) - critical
    marks = dict.fromkeys(light, "")
    for group in _groups(lexicon):
        mark = "" if any(marks.get(wording) == "" for wording in group) else f"={group[0]}"
        for wording in group:
            marks.setdefault(wording, mark)
    listed = list(_lines(own["same"]))
    for group in listed:
        mark = marks.get(group[0], f"={group[0]}")
        for wording in group:
            marks.setdefault(wording, mark)
    marks.update({term: term for term in critical if " " in term and term not in marks})
    plain = Wordings(language, {}, {}, critical, {}, forms, {}, frozenset()).plain
    lemmas: dict[str, str] = {}
    for wording, mark in marks.items():
        words = wording.split(" ")
        if len(words) > 1 or (mark and words[0] not in critical):
            lemmas.setdefault(" ".join(map(plain, words)), mark)
    groups: dict[str, set[int]] = {}
    for number, group in enumerate((*listed, *_groups(lexicon))):
        for wording in group:
            groups.setdefault(" ".join(map(plain, wording.split(" "))), set()).add(number)
    known = {wording: frozenset(numbers) for wording, numbers in groups.items()}
    support = frozenset(plain(word) for line in _lines(own["support"]) for part in line for word in part.split(" "))
    return Wordings(language, marks, lemmas, critical, _lengths((*marks, *lemmas)), forms, known, support)


def _groups(lexicon: Lexicon) -> Iterable[list[str]]:
    """The groups of equal wordings that the lexicon itself holds; one with a function word falls away."""
    numbered: dict[int, list[str]] = {}
    for wording, groups in lexicon.same.items():
        numbered.setdefault(min(groups), []).append(wording)
    return numbered.values()


def _lines(text: str) -> Iterator[list[str]]:
    """The wordings of each line, folded."""
    for line in text.splitlines():
        wordings = [" ".join(words_of(part.strip().strip('"'))) for part in line.split(",")]
        if any(wordings):
            yield [wording for wording in wordings if wording]


def _forms(text: str, language: str) -> dict[str, str]:
    """The stem of each irregular form; that of a head with "!" is the head, so that no other word shares it."""
    forms: dict[str, str] = {}
    for line in text.splitlines():
        head, _, rest = fold(line).partition(":")
        word = head.strip().rstrip("!")
        for form in (word, *rest.split()):
            if form:
                forms.setdefault(form, word if "!" in head else stem(word, language))
    return forms


def _lengths(wordings: Sequence[str]) -> dict[str, int]:
    """How many words the longest wording has, by the first word."""
    lengths: dict[str, int] = {}
    for wording in wordings:
        words = wording.split(" ")
        lengths[words[0]] = max(lengths.get(words[0], 1), min(len(words), _LONGEST))
    return lengths
