"""Is one word another spelling of a word, or a slip of it? A real word that only looks like another is neither.

"Contact" and "contract" are two words apart by a letter; "contract" and "contarct" are one. Known is a word that stands
in a list of real words, in the lexicon, or elsewhere in the documents.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from watcher.differ.lexicon import LANGUAGES, Lexicon, load_lexicon, plain_words
from watcher.differ.surroundings import Surroundings
from watcher.differ.words import fold

_PREFIXES = re.compile(r"^(?:un|in|im|ir|il|non|dis|on|niet|ver|de|be|er|re|mis|ex|an|ab|sub|pre|over|under)$")
_UNDOUBLED = re.compile(r"(\w)\1+")
# American and British spellings, and the letters that German writes in two ways, as one.
_REGIONAL = (
    (re.compile(r"is(?=e$|ed$|es$|ing$|ers?$|ations?$|ational$)"), "iz"),
    (re.compile(r"ys(?=e$|ed$|es$|ing$)"), "yz"),
    (re.compile(r"our"), "or"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ence(?=s?$)"), "ense"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"([ao])e(?=\w)"), r"\1"),
    (re.compile(r"ue(?=\w)"), "u"),
)
_ENDINGS = {
    "en": ("", "s", "es", "d", "ed", "ing", "ings", "ly", "r", "rs", "er", "ers"),
    "nl": ("", "s", "e", "en", "n", "t", "d", "de", "te", "er", "r", "ten", "den"),
    "de": ("", "s", "e", "en", "n", "er", "es", "em", "t", "te", "ten", "et", "r", "st", "est"),
    "fr": ("", "s", "e", "es", "x", "r", "er", "ent", "nt", "ees", "ee"),
}
_BASE = 3


def same_spelling(gone: list[str], came: list[str], lexicon: Lexicon, around: Surroundings) -> bool:
    """True when two runs of folded words are the same words in another spelling or form, or with a typing error."""
    if not gone or len(gone) != len(came):
        return False
    return all(one == other or _variant(one, other, lexicon, around) for one, other in zip(gone, came, strict=True))


def _variant(one: str, other: str, lexicon: Lexicon, around: Surroundings) -> bool:
    """True for two spellings of one word: near in letters, no prefix that turns the meaning, and not two words."""
    short, long = sorted((one, other), key=len)
    grammar = lexicon.lists["grammar"]
    if one in grammar and other in grammar:
        return True
    if _UNDOUBLED.sub(r"\1", one) == _UNDOUBLED.sub(r"\1", other) or _regional(one) == _regional(other):
        return True
    if len(short) < 4 or not short.isascii() or _turned(short, long):
        return False
    near = short[:4] == long[:4] or short[-7:] == long[-7:]
    allowed = 1 if len(short) < 7 or not near else 2 if len(short) < 12 else 3
    if OSA.distance(one, other, score_cutoff=allowed) > allowed:
        return False
    # A noun cannot stand where "from" stands: of "form" and "from" one is a slip.
    if _inflected(one, other, lexicon.language) or (one in grammar) != (other in grammar):
        return True
    listed = one in vocabulary(lexicon.language), other in vocabulary(lexicon.language)
    return not (all(listed) or (_stands(one, around.new_text) and _stands(other, around.old_text)))


def _stands(word: str, text: str) -> bool:
    """True for a folded word that stands in the plain words of a document."""
    return f" {' '.join(plain_words(word))} " in text


@cache
def vocabulary(language: str) -> frozenset[str]:
    """The folded words that are known to be words of a language."""
    path = Path(__file__).parent / "lexicon" / "real_words.toml"
    listed = tomllib.loads(path.read_text("utf-8"))[language if language in LANGUAGES else "en"]
    lexicon = load_lexicon(language)
    found = {fold(word) for word in listed.split()}
    for words in lexicon.lists.values():
        found |= {part for word in words for part in plain_words(word)}
    found |= {part for wording in lexicon.same for part in plain_words(wording)}
    return frozenset(found)


def _inflected(one: str, other: str, language: str) -> bool:
    """True for two forms of one word: a common beginning with two endings of the language."""
    size = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    endings = _ENDINGS[language]
    return any(one[at:] in endings and other[at:] in endings for at in range(size, max(_BASE, size - 2) - 1, -1))


@lru_cache(maxsize=4096)
def _regional(word: str) -> str:
    """A word in one of its regional spellings."""
    for pattern, put in _REGIONAL:
        word = pattern.sub(put, word)
    return word


def _turned(short: str, long: str) -> bool:
    """True when the longer word is the shorter one with a prefix that may turn its meaning ("unlawful", "exclude")."""
    if len(short) < 4:
        return False
    if long.endswith(short) and long != short:
        return bool(_PREFIXES.match(long[: len(long) - len(short)]))
    return short[:2] != long[:2] and short[3:] == long[3:]
