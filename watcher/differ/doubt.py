"""How far a change that no rule explains is one of meaning: a trained judge for what the rules leave open.

A logistic regression over what differs once wordings of one meaning are taken out. Its weights stand beside this
module, each with the name of its feature; `bench/train_judge.py` made them. It never speaks where a number, a
negation, a limit, consent or a name differs: those are always told.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.model import BlockKind
from watcher.differ.acronyms import shortened
from watcher.differ.evidence import Evidence
from watcher.differ.leads import DATA_WORDS
from watcher.differ.places import place_code
from watcher.differ.plainly import denial_passes, denies_alike, joins, plainly
from watcher.differ.sentences import sentences
from watcher.differ.spelling import same_spelling
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import term_scores
from watcher.differ.turned import turns
from watcher.differ.typed import fact_changes
from watcher.differ.wordings import Wordings, load_wordings
from watcher.differ.words import token_kind, tokens, words_of

_PLACE = Path(__file__).with_name("weights") / "doubt.json"
# Words that are never a matter of wording: the change is told as soon as one of them is left over.
_ALWAYS = ("negation", "only", "consent", "optout", "sell", "exception", "weak", "count")
# A longer clause is a whole document in one block, and told anyway.
_LONGEST = 6_000
# Words that govern the one behind them.
_GOVERNING = ("weak", "strong", "only", "scope")
# Counts are told apart up to this one.
_MANY = 3
_LONG_WORD = 8
# A part of a sentence that may stand first or last has so many words at least.
_PART = 3
_SURE = 4.0
# A sentence of which so many words, and such a share, have no counterpart says something of its own.
_NEWS = 3
# A clause of which such a share, or more words than these on both sides, are others was written anew.
_REWRITTEN = 0.4
_MUCH = 0.5
# "Nutzer:innen", "Nutzer*innen" and the like.
_GENDERED = re.compile(r"(?<=[^\W\d_])[:*_/\u00b7]-?in(?:nen)?\b")
# Words that stand for what was named, and endings of nouns of doing.
_PRONOUNS = frozenset("it them they ze zij die deze sie es diese dieselben ils elles les ceux celles".split())  # noqa: SIM905
_NOUN = re.compile(r"(?:ing|ingen|ung|ungen|tion|tions|sion|ment|ments|age|al)$")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Rest:
    """What two wordings do not share in meaning: words that went and came, and how many pairs of them are alike.

    `kept` counts the words both have; `gone` and `came` hold those without a partner, as they stand (folded).
    """

    gone: tuple[str, ...]
    came: tuple[str, ...]
    alike: int
    kept: int


def doubt(evidence: Evidence, around: Surroundings, weights: Weights | None = None) -> float:
    """How likely a change is one of meaning, from 0 to 1; 1 where it is not for a model to say."""
    weights = weights or load_weights()
    rest = leftover(evidence, around)
    if rest is None or weighty(evidence, rest):
        return 1.0
    total = weights.bias + sum(weights.of.get(name, 0.0) * value for name, value in features(evidence, around, rest))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def says_same(evidence: Evidence, around: Surroundings) -> bool:
    """True when nothing is left over between both wordings, and words of weight and numbers stand in one order."""
    rest = leftover(evidence, around)
    if rest is None or not _is_light(rest, evidence) or any(evidence.periods):
        return False
    wordings = load_wordings(evidence.lexicon.language)
    texts = evidence.piece.before or "", evidence.piece.after or ""
    one, other = (wordings.form(_named(text, evidence, around)) for text in texts)
    if [mark for mark in one if any(map(str.isdigit, mark))] != [mark for mark in other if any(map(str.isdigit, mark))]:
        return _turned_round(evidence) and not _is_turned_meaning(evidence)
    lists = evidence.lexicon.lists
    weighty = frozenset(wordings.marks.get(word, word) for name in _GOVERNING for word in lists[name])
    return _governed(one, weighty) == _governed(other, weighty) and not _is_turned_meaning(evidence)


def _is_light(rest: Rest, evidence: Evidence) -> bool:
    """True when nothing is left over, or only a second denial, or the word for data."""
    left = {*rest.gone, *rest.came}
    if not left:
        return not any(denial_passes(*pair, evidence.lexicon.language) for pair in evidence.reworded)
    if joins(left, evidence.lexicon.language):
        return _denies_alike(evidence)
    if _repeats(evidence, left):
        return True
    return len(left) == 1 and not (rest.gone and rest.came) and left <= DATA_WORDS and _is_elsewhere(evidence)


def _denies_alike(evidence: Evidence) -> bool:
    """True when the sentences deny as much as before, once for several or one by one."""
    if evidence.dropped or evidence.brought or not evidence.reworded:
        return False
    return all(denies_alike(*pair, evidence.lexicon.language) for pair in evidence.reworded)


def _repeats(evidence: Evidence, left: set[str]) -> bool:
    """True when sentences were joined or split, and all that is left over is said on both sides, once more on one."""
    texts = evidence.piece.before or "", evidence.piece.after or ""
    if len({len(sentences(text, evidence.language)) for text in texts}) == 1 or len(left) > 1:
        return False
    (word,) = left
    wordings, lists = load_wordings(evidence.lexicon.language), evidence.lexicon.lists
    if any(word in lists[name] for name in (*_ALWAYS, *_GOVERNING)):
        return False
    return all(wordings.plain(word) in map(wordings.plain, words_of(text)) for text in texts)


def _is_elsewhere(evidence: Evidence) -> bool:
    """True when what a word stood for is said otherwise: by a pronoun, or by a verb in the place of its noun.

    "The data are erased" and "they are erased", "on erasure" and "to erase data".
    """
    wordings = load_wordings(evidence.lexicon.language)
    texts = words_of(evidence.piece.before or ""), words_of(evidence.piece.after or "")
    data, pronouns = ([sum(word in known for word in words) for words in texts] for known in (DATA_WORDS, _PRONOUNS))
    if (data[0] - data[1]) * (pronouns[1] - pronouns[0]) > 0:
        return True
    was, now = map(set, texts)
    gone, came = (
        {wordings.plain(word): bool(_NOUN.search(word)) for word in words} for words in (was - now, now - was)
    )
    return any(gone[word] is not came[word] for word in gone.keys() & came.keys())


def _governed(form: Sequence[str], weighty: frozenset[str]) -> Counter[tuple[str, str]]:
    """The words of weight of a wording, each with the plain word behind it, or the last one where none follows."""
    plain = [mark for mark in form if mark not in weighty]
    found: Counter[tuple[str, str]] = Counter()
    behind = 0
    for mark in form:
        if mark in weighty:
            found[mark, plain[behind] if behind < len(plain) else (plain or [""])[-1]] += 1
        else:
            behind += 1
    return found


def _is_turned_meaning(evidence: Evidence) -> bool:
    """True when the words of a clause are given to somebody or something else."""
    before, after = (
        plainly(text or "", evidence.lexicon.language) for text in (evidence.piece.before, evidence.piece.after)
    )
    return turns(before, after, evidence.lexicon)


def _turned_round(evidence: Evidence) -> bool:
    """True when all that was done is to put the last part of sentences first, or the first last."""
    if evidence.dropped or evidence.brought or not evidence.reworded:
        return False
    return all(_is_turned(words_of(was), words_of(now)) for was, now in evidence.reworded)


def _is_turned(was: Sequence[str], now: Sequence[str]) -> bool:
    """True for two parts that changed places, each of some words: "if you agree we call you"."""
    return any([*was[cut:], *was[:cut]] == [*now] for cut in range(_PART, len(was) - _PART + 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights by name of feature, and the likelihood below which a change is called one of form."""

    bias: float
    of: Mapping[str, float]
    threshold: float


@cache
def load_weights() -> Weights:
    """The weights that ship with the package."""
    data = json.loads(_PLACE.read_text("utf-8"))
    return Weights(data["bias"], data["weights"], data["threshold"])


def leftover(evidence: Evidence, around: Surroundings) -> Rest | None:
    """What differs between both wordings once equal meanings are taken out; None where they are too long."""
    piece = evidence.piece
    before, after = piece.before or "", piece.after or ""
    if max(len(before), len(after)) > _LONGEST:
        return None
    wordings = load_wordings(evidence.lexicon.language)
    was, now = (wordings.read(_named(text, evidence, around)) for text in (before, after))
    one, other = Counter(mark for mark, _ in was), Counter(mark for mark, _ in now)
    gone, came = _taken_apart(_beyond(was, one - other), _beyond(now, other - one))
    alike = 0
    for word in list(gone):
        partner = next(
            (one for one in came if wordings.related(word, one) or _alike(word, one, evidence, around)), None
        )
        if partner is not None:
            gone.remove(word)
            came.remove(partner)
            alike += 1
    return Rest(tuple(_apart(gone, came)), tuple(_apart(came, gone)), alike, (one & other).total())


def _named(text: str, evidence: Evidence, around: Surroundings) -> list[str]:
    """The folded words of a text, with the short names for the long ones where the change touches either."""
    if _CAPITALS.search(evidence.changed):
        text = shortened(text, around.short_names)
    return words_of(_GENDERED.sub("", plainly(text, evidence.lexicon.language)))


def _taken_apart(gone: list[str], came: list[str]) -> tuple[list[str], list[str]]:
    """Both without compounds whose parts stand on the other side ("https-link", "link (https)")."""
    for one, other in ((gone, came), (came, gone)):
        for word in [word for word in one if "-" in word]:
            parts = word.split("-")
            if all(part and part in other for part in parts):
                one.remove(word)
                for part in parts:
                    other.remove(part)
    return gone, came


def _apart(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """The words without what the other side holds too: of a phrase that was broken up, the word that gave way."""
    there = Counter(word for text in others for word in text.split(" "))
    phrases = {word for text in (*words, *others) if " " in text for word in text.split(" ")}
    left = (" ".join(word for word in text.split(" ") if word not in phrases or not there[word]) for text in words)
    return [text for text in left if text]


def _beyond(words: Sequence[tuple[str, str]], balance: Counter[str]) -> list[str]:
    """The words whose marks the other wording does not have as often."""
    left = Counter(balance)
    found = []
    for mark, word in words:
        if left[mark]:
            left[mark] -= 1
            found.append(word)
    return found


def _alike(one: str, other: str, evidence: Evidence, around: Surroundings) -> bool:
    """True for two forms of one word: joined otherwise, in another spelling or form, or with a typing error."""
    bare, plain = (word.replace(" ", "").replace("-", "") for word in (one, other))
    return bare == plain or same_spelling(one.split(" "), other.split(" "), evidence.lexicon, around)


def weighty(evidence: Evidence, rest: Rest) -> bool:
    """True when what is left over is never a matter of wording, however it is told."""
    if any(evidence.periods) or evidence.piece.block.kind is BlockKind.TABLE_ROW:
        return True
    new = _holds_weight(evidence, rest) or _is_new(evidence, rest) or _swaps(evidence, rest)
    return new or _is_turned_meaning(evidence)


def _holds_weight(evidence: Evidence, rest: Rest) -> bool:
    """True when a number, a place, a word of weight or a name in capitals is left over."""
    lists = evidence.lexicon.lists
    words = {word for text in (*rest.gone, *rest.came) for word in text.split(" ")}
    if any(place_code(text) for text in (*rest.gone, *rest.came)) or any(map(str.isdigit, "".join(words))):
        return True
    if any(word in lists[name] for word in words for name in _ALWAYS):
        return True
    short = {word.casefold() for word in _CAPITALS.findall(evidence.changed)}
    return (bool(short & words) and not _names_us(evidence, rest)) or _puts_names(evidence, rest)


def _puts_names(evidence: Evidence, rest: Rest) -> bool:
    """True when names stand in the place of names: who or where. German, which writes every noun so, shows none."""
    if evidence.lexicon.language == "de":
        return False
    wordings = load_wordings(evidence.lexicon.language)
    return all(
        any(word in _names(text or "") and not wordings.is_common(word) for word in words)
        for words, text in ((rest.gone, evidence.piece.before), (rest.came, evidence.piece.after))
    )


def _is_new(evidence: Evidence, rest: Rest) -> bool:
    """True when too much is left over to be a wording: one word for another, a new sentence, most of the clause."""
    wordings = load_wordings(evidence.lexicon.language)
    left = len(rest.gone) + len(rest.came)
    if left > _REWRITTEN * (left + 2 * rest.kept) or min(len(rest.gone), len(rest.came)) > _MANY:
        return True
    return (left > 0 and _is_one_word(rest, wordings)) or any(
        _is_news(sentence, words, wordings)
        for side, words in ((evidence.dropped, rest.gone), (evidence.brought, rest.came))
        for sentence in side
    )


def _is_one_word(rest: Rest, wordings: Wordings) -> bool:
    """True when one word took the place of another, or one that is no everyday word came or went."""
    gone, came = len(rest.gone), len(rest.came)
    return max(gone, came) == 1 and (gone == came or not wordings.is_common((rest.gone or rest.came)[0]))


def _swaps(evidence: Evidence, rest: Rest) -> bool:
    """True when words took the place of others and both stand in the clause before and after: parts were swapped."""
    was, now = set(words_of(evidence.piece.before or "")), set(words_of(evidence.piece.after or ""))
    gone = {word for text in rest.gone for word in text.split(" ")}
    came = {word for text in rest.came for word in text.split(" ")}
    return bool(gone and came) and gone <= now and came <= was


def _is_news(sentence: str, left: Sequence[str], wordings: Wordings) -> bool:
    """True for a sentence of its own of which much is left over: it said what the other wording does not say."""
    words = [word for _, word in wordings.read(words_of(sentence))]
    new = (Counter(words) & Counter(left)).total()
    return new >= _NEWS and new >= _MUCH * len(words)


def features(evidence: Evidence, around: Surroundings, rest: Rest) -> Iterator[tuple[str, float]]:
    """The features of a change by name; those that are absent count nothing."""
    wordings = load_wordings(evidence.lexicon.language)
    for side, words in (("gone", rest.gone), ("came", rest.came)):
        own = [word for word in words if not wordings.is_common(word)]
        yield f"{side} {min(len(own), _MANY)} rare", 1.0
        yield f"{side} common", math.log1p(len(words) - len(own))
        yield from _of_words(evidence, side, words)
    gone, came = len(rest.gone), len(rest.came)
    yield f"exchange {min(gone, _MANY)} for {min(came, _MANY)}", 1.0
    yield "alike", math.log1p(rest.alike)
    yield "share changed", (gone + came) / max(1, gone + came + 2 * rest.kept)
    yield "grew", math.log1p(max(0, came - gone))
    yield "shrank", math.log1p(max(0, gone - came))
    yield "term throughout", float(_is_term(rest.gone) and _is_term(rest.came))
    yield "name for us", float(_names_us(evidence, rest))
    yield from _of_text(evidence, around)


def _is_term(words: Sequence[str]) -> bool:
    """True when all words stand there equally often, more than once: a term that was replaced in all its places."""
    counts = set(Counter(words).values())
    return len(counts) == 1 and counts.pop() > 1


def _names_us(evidence: Evidence, rest: Rest) -> bool:
    """True when the words left over are a name that gave way to a pronoun, or took its place."""
    for words, text in ((rest.gone, evidence.piece.before), (rest.came, evidence.piece.after)):
        if words and not all(word in _names(text or "") for word in words):
            return False
    return bool(rest.gone) != bool(rest.came)


def _of_words(evidence: Evidence, side: str, words: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What the words left over on one side are."""
    lists = evidence.lexicon.lists
    flat = [word for run in words for word in run.split(" ")]
    told = " ".join(words)
    yield f"{side} long", math.log1p(sum(len(word) > _LONG_WORD for word in flat))
    yield f"{side} of a topic", min(2.0, max(term_scores(told, evidence.language).values(), default=0.0) / _SURE)
    yield f"{side} duty or scope", float(any(word in lists[name] for word in flat for name in ("strong", "scope")))
    yield f"{side} share or party", float(any(evidence.speaks(name, told) for name in ("share", "party")))


def _names(text: str) -> set[str]:
    """The folded words that begin with a capital inside a sentence."""
    found = set()
    start = True
    for part in tokens(text):
        kind = token_kind(part)
        if kind == "word" and part[:1].isupper() and not start:
            found.update(words_of(part))
        start = part in set(".!?:") if kind == "other" else start and kind == "space"
    return found


def _of_text(evidence: Evidence, around: Surroundings) -> Iterator[tuple[str, float]]:
    """What the clause is, and where it stands."""
    piece = evidence.piece
    before, after = piece.before or "", piece.after or ""
    one, other = len(sentences(before, evidence.language)), len(sentences(after, evidence.language))
    yield "fewer or more sentences", float(one != other)
    yield "facts", float(around.few and bool(fact_changes(piece, around.new)))
