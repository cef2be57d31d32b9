"""What two wordings of a clause do not share once wordings of one meaning are taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from watcher.differ.acronyms import shortened
from watcher.differ.evidence import Evidence
from watcher.differ.plainly import plainly
from watcher.differ.spelling import same_spelling
from watcher.differ.surroundings import Surroundings
from watcher.differ.turned import turns
from watcher.differ.wordings import load_wordings
from watcher.differ.words import words_of

CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
# A longer clause is a whole document in one block, and told anyway.
_LONGEST = 6_000
# "Nutzer:innen", "Nutzer*innen" and the like.
_GENDERED = re.compile(r"(?<=[^\W\d_])[:*_/\u00b7]-?in(?:nen)?\b")
# Endings of nouns of doing; the same with those of verbs, and how many letters stay at least.
_NOUN = re.compile(r"(?:ing|ingen|ung|ungen|tion|tions|sion|ment|ments|age|al)$")
_DOING = re.compile(
    r"(?:ierungen|ierung|ations?|aties?|ungen|ung|ingen|ings?|ements?|ments?|ions?|ures?|ages?|ieren|iert|eren|eert|eerd"
    r"|ating|ated|ates?|eons|ons|ees?|ed|es|en|er|ez|nt|t|s|e)$"
)
_LEAST = 5


@dataclass(frozen=True, slots=True)
class Rest:
    """What two wordings do not share in meaning: words that went and came, and how many pairs of them are alike.

    `kept` counts the words both have; `gone` and `came` hold those without a partner, as they stand (folded).
    """

    gone: tuple[str, ...]
    came: tuple[str, ...]
    alike: int
    kept: int


def leftover(evidence: Evidence, around: Surroundings) -> Rest | None:
    """What differs between both wordings once equal meanings are taken out; None where they are too long."""
    piece = evidence.piece
    before, after = piece.before or "", piece.after or ""
    if max(len(before), len(after)) > _LONGEST:
        return None
    wordings = load_wordings(evidence.lexicon.language)
    was, now = (wordings.read(named(text, evidence, around)) for text in (before, after))
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


def named(text: str, evidence: Evidence, around: Surroundings) -> list[str]:
    """The folded words of a text, with the short names for the long ones where the change touches either."""
    if CAPITALS.search(evidence.changed):
        text = shortened(text, around.short_names)
    return words_of(_GENDERED.sub("", plainly(text, evidence.lexicon.language)))


def turns_meaning(evidence: Evidence) -> bool:
    """True when the words of a clause are given to somebody or something else."""
    before, after = (
        plainly(text or "", evidence.lexicon.language) for text in (evidence.piece.before, evidence.piece.after)
    )
    return turns(before, after, evidence.lexicon)


def is_noun(word: str) -> bool:
    """True for a folded word that ends like a noun of doing."""
    return _NOUN.search(word) is not None


def same_act(one: str, other: str) -> bool:
    """True for a noun of doing and its verb ("installation", "to install")."""
    return is_noun(one) is not is_noun(other) and _root(one) == _root(other)


def _root(word: str) -> str:
    """A word without the ending of a noun of doing or of a verb, itself where too little would be left."""
    bare = _DOING.sub("", word)
    return bare if len(bare) >= _LEAST else word


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
    if same_act(one, other):
        return True
    return bare == plain or same_spelling(one.split(" "), other.split(" "), evidence.lexicon, around)
