"""What a clause is about: a lead topic and those close behind it.

Collects the signs: the terms in the words that changed, in the whole clause and in the headings above it, what a small
linear model makes of the texts (linear.py), and their shape; weighing.py holds what each of them counts. The terms come
from the lexicon of the language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from storage.model import Topic
from watcher.differ.lexicon import Lexicon, Term, follows, load_lexicon, plain_words
from watcher.differ.linear import sounds_like
from watcher.differ.sentences import sentences
from watcher.differ.weighing import weigh
from watcher.differ.words import fold

# On equal scores the narrower topic leads.
_PRECEDENCE = (
    Topic.CHILDREN,
    Topic.SENSITIVE_DATA,
    Topic.AI,
    Topic.SUBPROCESSORS,
    Topic.TRANSFERS,
    Topic.LEGAL_BASIS,
    Topic.RETENTION,
    Topic.SECURITY,
    Topic.POLICY_UPDATES,
    Topic.RIGHTS,
    Topic.CONTACT,
    Topic.TRACKING,
    Topic.SHARING,
    Topic.DATA_COLLECTED,
    Topic.LEGAL_TERMS,
    Topic.PURPOSES,
    Topic.OTHER,
)
_RANK = {topic: rank for rank, topic in enumerate(_PRECEDENCE)}
# A likelihood of the linear model that is below the floor says no more than the floor.
_FLOOR = 0.01
_CHANCE = math.log(_FLOOR + 1 / len(_PRECEDENCE))
# A lead that is less likely than this is a guess; those behind it are told when they have such a share of its
# likelihood, and no less than the slim one; rules listen to more of them than a reader is told.
_ALONE = 0.2
_CLOSE = 0.3
_HEARD = 0.1
_SLIM = 0.04
# So many words make a clause short, and brief.
_SHORT = 8
_BRIEF = 16
# Headings are read so far; what documents about personal data are called, as folded words.
_HEADING = 300
_TITLE = re.compile(
    r"\b(?:privacy (?:policy|notice|statement|center|centre)|data (?:protection|privacy) (?:policy|notice|statement)"
    r"|privacy ?(?:verklaring|beleid|statement)|bescherming van (?:uw |je )?persoonsgegevens"
    r"|datenschutz(?:erklarung|hinweise?|bestimmungen|informationen|information|richtlinie)?(?= |$)"
    r"|(?:politique|declaration|charte|avis|espace) (?:de |sur la )?(?:confidentialite|vie privee|protection)"
    r"|(?:vie privee|(?<!delegue a la )protection (?:des|de vos) donnees(?: personnelles| a caractere personnel)?)"
    r"|protection de la vie privee|respect de la vie privee)"
)
# One of these stands in each of them.
_TITLED = ("privacy", "protection", "datenschutz", "bescherming", "confidentialite", "vie privee")
# A line of so many words is an entry of a list; what it counts under a heading about recipients.
_ENTRY = 14
_LISTED = 6.0
# Words that begin a purpose, and what they count.
_AIMS = {"en": ("to",), "nl": ("om",), "de": ("um", "zur", "zum"), "fr": ("pour", "afin")}
_AIM = 3.0
# So many topics are named at most. Those of the sentences of a long text go before those that are merely close.
_MOST = 3
_LONG = 160
_SENTENCES = 40
_SURE = 6.0
# A sentence of more blanks than this may turn to another topic when that is so likely (any from .7 to .9 did as well).
_SPOKEN = 4
_LIKELY = 0.9
# A longer word is no word of any language, and is not remembered.
_LONGEST = 80
_REMEMBERED = 32_768
# Longer texts are judged by so many words from their start: a topic shows early.
_WORDS = 1_200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a topic is read from.

    `changed` are the words that differ, `clause` the whole wording, `headings` those above it, outermost first (for a
    table cell its column last). `bonus` adds what other evidence says, `marks` what is known of document and block.
    """

    changed: str
    clause: str
    headings: tuple[str, ...] = ()
    language: str | None = None
    bonus: tuple[tuple[Topic, float], ...] = ()
    marks: tuple[str, ...] = ()


def name_topics(reading: Reading) -> tuple[Topic, ...]:
    """The lead topic of a changed clause and those close behind, at most three; `other` when nothing speaks."""
    return weigh_topics(reading)[0]


def weigh_topics(reading: Reading) -> tuple[tuple[Topic, ...], tuple[Topic, ...]]:
    """The topics of a clause as a reader is told them, and with those farther behind to which rules listen too."""
    likely = topic_likelihoods(reading)
    ranked = sorted(likely.items(), key=lambda item: (-item[1], _RANK[item[0]]))
    lead = ranked[0][1]
    if lead < _ALONE:
        return (Topic.OTHER,), (Topic.OTHER,)
    if ranked[0][0] is Topic.OTHER and _under(reading) is ranked[1][0]:
        ranked = [(ranked[1][0], lead), *ranked[2:]]
    leads = _sentence_leads(reading.changed, reading.language)
    near = [[topic for topic, share in ranked[:_MOST] if share >= max(part * lead, _SLIM)] for part in (_CLOSE, _HEARD)]
    told, heard = (tuple(dict.fromkeys([close[0], *leads, *close[1:]]))[:_MOST] for close in near)
    return told, heard


def _under(reading: Reading) -> Topic | None:
    """The topic of the heading right above a short clause that speaks of none: an item of what is listed there."""
    if not reading.headings or len(reading.clause.split()) > _SHORT or term_scores(reading.clause, reading.language):
        return None
    named = heading_topics(reading.headings[-1], reading.language)
    top = [topic for topic, score in named.items() if score == max(named.values())]
    return top[0] if len(top) == 1 and top[0] is not Topic.OTHER else None


def topic_likelihoods(reading: Reading) -> dict[Topic, float]:
    """How likely a clause is about each topic, all together 1."""
    return weigh(clause_signals(reading), clause_marks(reading), reading.bonus)


def clause_signals(reading: Reading) -> dict[str, dict[Topic, float]]:
    """All signs that speak for or against topics, by the names of weighing.SIGNALS."""
    return clause_terms(reading) | _clause_sounds(reading)


def clause_terms(reading: Reading) -> dict[str, dict[Topic, float]]:
    """What the terms of a clause and its headings say, and its shape."""
    language, headings = reading.language, reading.headings
    found = _worded("clause", reading.clause, language)
    if reading.changed != reading.clause:
        found["around.terms"] = found["clause.terms"]
        found |= _worded("changed", reading.changed, language)
    for name, heading in zip(("heading", "second", "third"), reversed(headings), strict=False):
        named = heading_topics(heading, language)
        top = max(named.values(), default=1.0)
        found[f"{name}.terms"] = {topic: score / max(top, 1.0) for topic, score in named.items()}
    shape = shape_topics(reading.clause, headings, language)
    found["shape"] = {topic: weight / _LISTED for topic, weight in shape}
    return found


def _worded(name: str, text: str, language: str | None) -> dict[str, dict[Topic, float]]:
    """What the terms of one text say, and for which topics they say most."""
    scores = {topic: score for topic, score in term_scores(text, language).items() if score > 0}
    top = max(scores.values(), default=0.0)
    return {
        f"{name}.terms": {topic: math.log1p(score) for topic, score in scores.items()},
        f"{name}.first": {topic: 1.0 for topic, score in scores.items() if score == top},
    }


def _clause_sounds(reading: Reading) -> dict[str, dict[Topic, float]]:
    """What the linear model hears in a clause and in the heading above it."""
    found = {"clause.sound": _distinct(sounds_like(reading.clause))}
    if reading.changed != reading.clause:
        found["around.sound"] = found["clause.sound"]
        found["changed.sound"] = _distinct(sounds_like(reading.changed))
    if reading.headings:
        found["heading.sound"] = _distinct(sounds_like(reading.headings[-1][:_HEADING]))
    return found


def clause_marks(reading: Reading) -> list[str]:
    """The marks of weighing.MARKS that a clause bears by its document, its block and its form."""
    text = reading.clause.strip()
    size = len(text.split())
    seen = {
        "bare": not reading.headings,
        "short": size <= _SHORT,
        "brief": size <= _BRIEF,
        "item": text[:1].islower() or text[-1:] in {";", ","},
        "opening": text.endswith(":"),
        "mail": "@" in text,
        "digits": any(map(str.isdigit, text)),
        "question": text.endswith("?"),
        "modified": reading.changed != reading.clause,
    }
    return [*reading.marks, *(mark for mark, there in seen.items() if there)]


def shape_topics(text: str, headings: Sequence[str], language: str | None) -> list[tuple[Topic, float]]:
    """What the shape of a clause says besides its words, as topics with weights.

    A short line under a heading about recipients is one of them, whatever it holds; a clause that begins with "in
    order to" and the like tells a purpose.
    """
    words = plain_words(fold(text[:400]))
    found = []
    if len(words) <= _ENTRY and _about_recipients(headings, language):
        found.append((Topic.SUBPROCESSORS, _LISTED))
    if len(words) > 2 and words[0] in _AIMS.get(language or "en", ()):
        found.append((Topic.PURPOSES, _AIM))
    return found


def _about_recipients(headings: Sequence[str], language: str | None) -> bool:
    """True when the nearest heading that names a topic at all, of the two above, speaks of recipients."""
    for heading in reversed(headings[-2:]):
        named = heading_topics(heading, language)
        if named:
            return max(named, key=lambda topic: (named[topic], -_RANK[topic])) is Topic.SUBPROCESSORS
    return False


def _distinct(sound: Mapping[Topic, float]) -> dict[Topic, float]:
    """Likelihoods as evidence that adds up: 0 for one that says nothing, above for more, below for less."""
    return {topic: math.log(likelihood + _FLOOR) - _CHANCE for topic, likelihood in sound.items()}


def _sentence_leads(text: str, language: str | None) -> list[Topic]:
    """What the single sentences of a longer text are surely about."""
    if len(text) < _LONG:
        return []
    leads = [sure_topic(sentence, language) for sentence in sentences(text, language)[:_SENTENCES]]
    return list(dict.fromkeys(topic for topic in leads if topic is not None))


def sure_topic(sentence: str, language: str | None) -> Topic | None:
    """The topic that a sentence names by itself; None when its words leave doubt."""
    ranked = sorted((-score, _RANK[topic], topic) for topic, score in term_scores(sentence, language).items())
    return ranked[0][2] if ranked and ranked[0][0] <= -_SURE else None


def likely_topic(sentence: str, headings: tuple[str, ...], language: str | None) -> Topic | None:
    """The topic that a sentence below its headings is most likely about; None in doubt, and for a few words."""
    if sentence.count(" ") < _SPOKEN:
        return None
    likely = topic_likelihoods(Reading(sentence, sentence, headings, language))
    topic = max(likely, key=lambda one: (likely[one], -_RANK[one]))
    return topic if likely[topic] >= _LIKELY and topic is not Topic.OTHER else None


def term_scores(text: str, language: str | None) -> dict[Topic, float]:
    """How much the terms in a text speak for each topic: the sum of the weights of the distinct terms."""
    return dict(_scores(text, language or "en", in_heading=False))


def heading_topics(heading: str, language: str | None) -> dict[Topic, float]:
    """How much a heading speaks for each topic; the terms that count in headings only count too.

    What such documents are called as a whole ("privacy notice", "protection des données") is no topic.
    """
    folded = " ".join(plain_words(fold(heading[:_HEADING])))
    if any(map(folded.__contains__, _TITLED)):
        folded = _TITLE.sub(" ", folded)
    return dict(_scores(folded, language or "en", in_heading=True))


@lru_cache(maxsize=8192)
def _scores(text: str, language: str, *, in_heading: bool) -> tuple[tuple[Topic, float], ...]:
    """The sums of distinct terms; English terms count everywhere, for policies speak English here and there."""
    words = plain_words(fold(text))[:_WORDS]
    hits = [hit for lexicon in _lexicons(language) for hit in _hits(lexicon, words, in_heading=in_heading)]
    found = {(term.topic, term.text): term.weight for _, _, term in _longest(hits)}
    sums: dict[Topic, float] = {}
    for (topic, _), weight in found.items():
        sums[topic] = sums.get(topic, 0.0) + weight
    return tuple(sums.items())


# A term found: the place of its first word, the place behind its last.
_Hit = tuple[int, int, Term]


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """The hits that lie in no longer one: in "legal obligation" the word "obligation" is no term of its own."""
    covered: dict[int, int] = {}
    for start, end, term in hits:
        if term.rest:
            size = end - start
            for place in range(start, end):
                if covered.get(place, 0) < size:
                    covered[place] = size
    if not covered:
        return hits
    return [hit for hit in hits if (_is_longest(hit, covered) if hit[2].rest else hit[0] not in covered)]


def _is_longest(hit: _Hit, covered: Mapping[int, int]) -> bool:
    """True when a hit of several words is the longest at one of its places."""
    start, end, _ = hit
    size = end - start
    return covered[start] == size or covered[end - 1] == size or any(covered[at] == size for at in range(start, end))


def _lexicons(language: str) -> tuple[Lexicon, ...]:
    """The lexicon of the language, and the English one behind it."""
    own = load_lexicon(language)
    return (own,) if own.language == "en" else (own, load_lexicon("en"))


def _hits(lexicon: Lexicon, words: list[str], *, in_heading: bool) -> list[_Hit]:
    """The terms that stand in a run of words."""
    found: list[_Hit] = []
    known = _openings(lexicon.language, in_heading)
    framed = [*words, ""]
    for place, opening in enumerate(map(known.__getitem__, words)):
        if opening is None:
            continue
        alone, whole, begun, starts = opening
        if alone:
            found += [(place, place + 1, term) for term in alone]
        later = framed[place + 1]
        terms = whole.get(later, ())
        if later.startswith(starts):
            terms += tuple([term for start, term in begun if later.startswith(start)])
        if terms:
            found += [
                (place, place + 1 + len(term.rest), term)
                for term in terms
                if len(term.rest) == 1 or follows(words, place + 1, term.rest)
            ]
    return found


class _Opening(NamedTuple):
    """The terms that a word opens: those of one word, and the others by their second, which stands whole or begun."""

    alone: tuple[Term, ...]
    whole: Mapping[str, tuple[Term, ...]]
    begun: tuple[tuple[str, Term], ...]
    starts: tuple[str, ...]


class _Openings(dict[str, _Opening | None]):
    """What words open, None for most; remembered, for most words of a policy are a few thousand."""

    def __init__(self, language: str, in_heading: bool) -> None:  # noqa: FBT001 - as the key that it is remembered by
        super().__init__()
        self._key = language, in_heading

    def __missing__(self, word: str) -> _Opening | None:
        """Look a word up that was not seen before."""
        if len(word) > _LONGEST:
            return None
        if len(self) >= _REMEMBERED:
            self.clear()
        opening = self[word] = _opening(*self._key, word)
        return opening


@cache
def _openings(language: str, in_heading: bool) -> _Openings:  # noqa: FBT001 - a keyword costs twice
    """The words of a language that are known by now."""
    return _Openings(language, in_heading)


def _opening(language: str, in_heading: bool, word: str) -> _Opening | None:  # noqa: FBT001 - as above
    """What a word opens; None for most."""
    lexicon = load_lexicon(language)
    terms = list(lexicon.exact.get(word, ()))
    for length in lexicon.lengths:
        if length > len(word):
            break
        terms += lexicon.starts.get(word[:length], ())
    terms = [term for term in terms if in_heading or not term.heading]
    if not terms:
        return None
    whole: dict[str, tuple[Term, ...]] = {}
    for term in terms:
        if term.rest and not term.rest[0][1]:
            whole[term.rest[0][0]] = (*whole.get(term.rest[0][0], ()), term)
    begun = tuple((term.rest[0][0], term) for term in terms if term.rest and term.rest[0][1])
    starts = tuple({start for start, _ in begun})
    return _Opening(tuple(term for term in terms if not term.rest), whole, begun, starts)
