"""Where a text stands on an act: it is done, done after asking, done unless one objects, or promised not to be done.

A sentence counts when it holds a term of the act. A denial must reach the term: it stands before it in the same
sentence with no "but" or semicolon between, or closely behind it ("wij verkopen uw gegevens niet").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

from watcher.differ.evidence import holds, starts_in
from watcher.differ.lexicon import Lexicon
from watcher.differ.plainly import TURNS
from watcher.differ.rules.wordlists import says
from watcher.differ.sentences import sentences
from watcher.differ.words import fold

# Words behind a term in which a denial still belongs to it, as in Dutch and German main clauses.
_BEHIND = 7
# A term has at most so many words.
_TERM = 4
_BUT = rf",?\s(?:{'|'.join(sorted(TURNS))})\s"
_TURN = re.compile(rf";|{_BUT}", re.IGNORECASE)
_PARTS = re.compile(rf"[;:()]|\s-\s|{_BUT}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+|[,.]")


class Stance(IntEnum):
    """How far a text goes, least risk first."""

    DENIED = 0
    SILENT = 1
    ASKED = 2
    OPT_OUT = 3
    DONE = 4


def stance(text: str, terms: Iterable[str], lexicon: Lexicon, language: str | None) -> Stance:
    """The riskiest thing that a sentence of a text says about an act; SILENT when none speaks of it."""
    wanted = frozenset(terms)
    told = [_of_sentence(part, wanted, lexicon) for part in sentences(text, language) if starts_in(part, wanted)]
    return max(told, default=Stance.SILENT)


def has_turn(sentence: str) -> bool:
    """True when a sentence turns to something else halfway ("but ...")."""
    return bool(_PARTS.search(sentence))


def _of_sentence(sentence: str, terms: frozenset[str], lexicon: Lexicon) -> Stance:
    """The stance of one sentence that speaks of the act: only its parts that name the act count."""
    lists = lexicon.lists
    parts = [part for part in _PARTS.split(sentence) if starts_in(part, terms)]
    if any(_without(part, terms, lexicon) for part in parts):
        return Stance.SILENT
    said = " ".join(part for part in _TURN.split(sentence) if starts_in(part, terms))
    denied = all(_denies(part, terms, lexicon) for part in parts)
    excepted = holds(said, lists["exception"])
    if denied and not excepted:
        return Stance.DENIED
    if denied or starts_in(said, lists["ask"]):
        return Stance.OPT_OUT if excepted and starts_in(said, lists["objection"]) else Stance.ASKED
    return Stance.OPT_OUT if starts_in(said, lists["objection"]) else Stance.DONE


def _denies(part: str, terms: frozenset[str], lexicon: Lexicon) -> bool:
    """True when a denial reaches the first term of a part of a sentence."""
    negation = lexicon.lists["negation"] - lexicon.lists["exception"]
    words, place = _found(part, terms)
    behind = words[place : place + _BEHIND]
    stop = next((at for at, word in enumerate(behind) if not word[0].isalnum()), len(behind))
    near, rest = " ".join(behind[:stop]), " ".join(words[place:])
    excepted = holds(rest, lexicon.lists["exception"])  # "unless it is prohibited by law"
    ruled_out = not excepted and says(rest, "ruled-out", lexicon.language)
    return holds(" ".join(words[:place]), negation) or holds(near, negation) or ruled_out


def _without(part: str, terms: frozenset[str], lexicon: Lexicon) -> bool:
    """True when the term itself is what is excepted: "without this training"."""
    words, place = _found(part, terms)
    return place < len(words) and holds(" ".join(words[max(0, place - 2) : place]), lexicon.lists["exception"])


def _found(part: str, terms: frozenset[str]) -> tuple[list[str], int]:
    """The folded words of a part, commas and stops included, and where the first term begins (their number if none)."""
    words = _WORD.findall(fold(part))
    return words, next((at for at in range(len(words)) if _begins(words[at : at + _TERM], terms)), len(words))


def _begins(words: list[str], terms: frozenset[str]) -> bool:
    """True when words begin with a term."""
    return starts_in(" ".join(words), terms) and not starts_in(" ".join(words[1:]), terms)
