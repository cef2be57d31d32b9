"""How far a change that no rule explains is one of meaning: a trained judge for what the rules leave open.

A logistic regression over what differs once wordings of one meaning are taken out. Its weights stand beside this
module, each with the name of its feature; `bench/train_judge.py` made them. It never speaks where a number, a
negation, a limit, consent or a name differs: those are always told.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.model import BlockKind
from watcher.differ.evidence import Evidence, starts_in
from watcher.differ.leftover import CAPITALS, Rest, leftover, turns_meaning
from watcher.differ.places import place_code
from watcher.differ.rules.wordlists import says
from watcher.differ.sentences import sentences
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import term_scores
from watcher.differ.typed import fact_changes
from watcher.differ.wordings import Wordings, load_wordings
from watcher.differ.words import token_kind, tokens, words_of

_PLACE = Path(__file__).with_name("weights") / "doubt.json"
# Words that are never a matter of wording: the change is told as soon as one of them is left over.
_ALWAYS = ("negation", "only", "consent", "optout", "sell", "exception", "weak", "count")
# The same for terms of several words: what is done on request only, or for a fee.
_TERMS = ("on-request", "for-fee")
# Counts are told apart up to this one.
_MANY = 3
_LONG_WORD = 8
_SURE = 4.0
# A sentence of which so many words, and such a share, have no counterpart says something of its own.
_NEWS = 3
# A clause of which such a share, or more words than these on both sides, are others was written anew.
_REWRITTEN = 0.4
_MUCH = 0.5


def doubt(evidence: Evidence, around: Surroundings, weights: Weights | None = None) -> float:
    """How likely a change is one of meaning, from 0 to 1; 1 where it is not for a model to say."""
    weights = weights or load_weights()
    rest = leftover(evidence, around)
    if rest is None or weighty(evidence, rest):
        return 1.0
    total = weights.bias + sum(weights.of.get(name, 0.0) * value for name, value in features(evidence, around, rest))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


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


def weighty(evidence: Evidence, rest: Rest) -> bool:
    """True when what is left over is never a matter of wording, however it is told."""
    if any(evidence.periods) or evidence.piece.block.kind is BlockKind.TABLE_ROW:
        return True
    new = _holds_weight(evidence, rest) or _is_new(evidence, rest) or _swaps(evidence, rest)
    return new or turns_meaning(evidence)


def _holds_weight(evidence: Evidence, rest: Rest) -> bool:
    """True when a number, a place, a word of weight or a name in capitals is left over."""
    lists = evidence.lexicon.lists
    words = {word for text in (*rest.gone, *rest.came) for word in text.split(" ")}
    if any(place_code(text) for text in (*rest.gone, *rest.came)) or any(map(str.isdigit, "".join(words))):
        return True
    if any(_says_once(evidence, name) for name in _TERMS):
        return True
    if any(word in lists[name] for word in words for name in _ALWAYS):
        return True
    if not (rest.gone and rest.came) and any(starts_in(word, lists["right"]) for word in words):
        return True  # one right more or less
    short = {word.casefold() for word in CAPITALS.findall(evidence.changed)}
    return (bool(short & words) and not _names_us(evidence, rest)) or _puts_names(evidence, rest)


def _says_once(evidence: Evidence, name: str) -> bool:
    """True when one of the wordings holds terms of a list and the other holds none."""
    piece = evidence.piece
    return says(piece.before or "", name, evidence.language) != says(piece.after or "", name, evidence.language)


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
