"""A text as it would be written plainly: notations of one meaning in one form, before words are compared.

What stands here is no matter of words: the number before a clause, how an article of a law is cited, and whether a list
is denied once or item by item ("no cookies, no pixels" and "neither cookies nor pixels").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watcher.differ.notation import written_out
from watcher.differ.words import DATE, fold, words_of

_NUMBERED = re.compile(
    r"\s*(?:(?:article|artikel|section|sectie|paragraaf|abschnitt|hoofdstuk|chapitre|kapitel|§)\s{0,3}\d{1,3}(?:\.\d{1,3}){0,3}"
    r"\s?[.):\u2013\u2014-]|\(?\d{1,3}(?:\.\d{1,3}){0,3}(?:[.)]|\s?[:\u2013\u2014-](?=\s))|\d{1,3}(?:\.\d{1,3}){1,3})\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_DATE = re.compile(rf"\s*(?:{DATE})", re.IGNORECASE)
_HYPHEN = re.compile("(?<=[^\\W\\d_])[\u2010-\u2014\u2212](?=[^\\W\\d_])")  # "EU\u2013US"
_DAY = re.compile(r"\s*\d{1,2}\.\s+\w{3,9}\.?\s+\d{4}")
_PARAGRAPHS = {"eerste": "1", "tweede": "2", "derde": "3", "vierde": "4", "1e": "1", "2e": "2", "3e": "3", "4e": "4"}
_ARTICLE = re.compile(
    r"\b(?:art(?:icle|ikel|\.)?)\s{0,2}(?P<article>\d{1,3})(?P<rest>(?:[\s,]{1,2}(?:"
    r"(?:lid|abs(?:atz|\.)|paragraphe?|para\.?)\s?\d{1,2}\b|(?:eerste|tweede|derde|vierde|[1-4]e)\slid\b"
    r"|(?:(?:aanhef\sen\s)?onder|sub|lit(?:era|\.)?|buchst(?:abe|\.)|letter|point|lettre)\s?\(?[a-f]\)?(?![\w'])"
    r"(?:\s?(?:/|,|en|and|und|et|of|or|oder|ou)\s?\(?[a-f]\)?(?![\w'])){0,5})"
    r"|\s?\(\d{1,2}\)|\s?\([a-f]\)|\.\d{1,2}(?:\.[a-f]\b)?){1,4})",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\b(?:eerste|tweede|derde|vierde|[1-4]e)\b|\d+|\b[a-f]\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Joints:
    """The words of a language for "no" and "not", those between items that leave open which, and the others."""

    nays: frozenset[str]
    eithers: frozenset[str]
    both: frozenset[str]
    nay: str
    either: str


def _joints(nays: str, eithers: str, both: str) -> _Joints:
    """The words of a language; the first of the first two stand for all of them."""
    nay, either = (words.partition(" ")[0] for words in (nays, eithers))
    return _Joints(frozenset(nays.split()), frozenset(eithers.split()), frozenset(both.split()), nay, either)


_NONE = _Joints(frozenset(), frozenset(), frozenset(), "", "")
_JOINTS = {
    "nl": _joints("niet geen noch", "of noch", "en"),
    "de": _joints("nicht weder kein keine keinen keiner keinem keines", "oder noch", "und sowie"),
    "en": _joints("not no neither nor", "or nor", "and"),
    "fr": _joints("pas aucun aucune aucuns aucunes ni", "ou ni", "et"),
}
# Words between items, in all languages.
JOINING = frozenset[str]().union(*(joints.eithers | joints.both for joints in _JOINTS.values()))
# Words behind which something else holds.
TURNS = frozenset("maar echter doch aber jedoch sondern but however mais cependant toutefois".split())  # noqa: SIM905
_TOKENS = re.compile(r"[^\W_]+(?:[-'\u2019/][^\W_]+)*-?|[^\w\s]|_")
_LONGEST = 20_000
# An item of a denied list has at most so many words, but the last, which may go on.
_ITEM = 2


@lru_cache(maxsize=1024)
def plainly(text: str, language: str) -> str:
    """The text in plain notation; a text without any of it, or longer than any clause, as it stands."""
    if not text or len(text) > _LONGEST:
        return text
    found = _NUMBERED.match(text)
    if found and not _DATE.match(text) and not _DAY.match(text):
        text = text[found.end() :]
    if "rt" in text:
        text = _ARTICLE.sub(_cited, text)
    if not text.isascii():
        text = _HYPHEN.sub("-", text)
    return _denied_once(written_out(text, language), language)


def denies_alike(was: str, now: str, language: str) -> bool:
    """True when one side denies once what the other denies one by one ("not sold or let", "not sold, nor let")."""
    joints = _JOINTS.get(language, _NONE)
    nays, eithers = (
        [sum(word in known for word in words_of(text)) for text in (was, now)]
        for known in (joints.nays, joints.eithers - joints.nays)
    )
    return all(nays) and nays[0] + eithers[0] == nays[1] + eithers[1]


def joins(words: Iterable[str], language: str) -> bool:
    """True for words that deny or stand between items, and no others."""
    joints = _JOINTS.get(language, _NONE)
    return joints.nays | joints.eithers >= set(words)


def denial_passes(was: str, now: str, language: str) -> bool:
    """True when a denial no longer reaches the same: "not sold or let", "let and not sold", "let, but not sold"."""
    joints = _JOINTS.get(language, _NONE)
    known, eithers = joints.nays | joints.eithers | joints.both, joints.eithers - joints.nays
    words = words_of(was), words_of(now)
    runs = [[word for word in side if word in known] for side in words]
    turned = [not TURNS.isdisjoint(side) for side in words]
    if turned[0] is not turned[1] and len(runs[0]) != len(runs[1]) and joints.nays & {*runs[0], *runs[1]}:
        return True
    if sum(word in eithers for word in runs[0]) == sum(word in eithers for word in runs[1]):
        return False
    order = [[word in joints.nays for word in run] for run in runs]
    return order[0] != order[1] and sorted(order[0]) == sorted(order[1])


def _cited(found: re.Match[str]) -> str:
    """An article of a law as one word: its number, its paragraph, its letters in order."""
    parts = [_PARAGRAPHS.get(part.lower(), part.lower()) for part in _PARTS.findall(found["rest"])]
    numbers = [part for part in parts if part.isdecimal()]
    letters = sorted({part for part in parts if not part.isdecimal()})
    return f"artikel {'.'.join([found['article'], *numbers])} {' '.join(letters)} "


def _denied_once(text: str, language: str) -> str:
    """A text with one denial for each list of items; the words for "no" and "not" are one."""
    joints = _JOINTS.get(language, _NONE)
    if joints.nays.isdisjoint(fold(text).replace("\n", " ").split(" ")):
        return text
    tokens = _TOKENS.findall(text)
    result: list[str] = []
    place = 0
    while place < len(tokens):
        if fold(tokens[place]) not in joints.nays:
            result.append(tokens[place])
            place += 1
            continue
        place, items = _items(tokens, place + 1, joints)
        result.append(joints.nay)
        result += f" {joints.either} ".join(items).split(" ") if items else []
    return " ".join(result)


def _items(tokens: Sequence[str], place: int, joints: _Joints) -> tuple[int, list[str]]:
    """The place behind a denied list, and its items; the same place and none where no list begins there."""
    items: list[str] = []
    listed = False
    at = place
    while True:
        size = next((size for size in range(1, _ITEM + 1) if _follows(tokens, at + size, joints)), 0)
        if not size or not _are_words(tokens[at : at + size], joints):
            break
        items.append(" ".join(tokens[at : at + size]))
        behind, either = _between(tokens, at + size, joints)
        listed = listed or either
        at = behind
    if not items or not listed or not _are_words(tokens[at : at + 1], joints):
        return place, []
    return at + 1, [*items, tokens[at]]


def _follows(tokens: Sequence[str], place: int, joints: _Joints) -> bool:
    """True when another item of a list is introduced at a place."""
    return _between(tokens, place, joints)[0] > place


def _between(tokens: Sequence[str], place: int, joints: _Joints) -> tuple[int, bool]:
    """The place behind what stands between two items, and whether it says that each is denied."""
    at, either = place, False
    if tokens[at : at + 1] == [","]:
        at += 1
    if at < len(tokens) and fold(tokens[at]) in joints.eithers | joints.both:
        either = fold(tokens[at]) in joints.eithers
        at += 1
    if at > place and at < len(tokens) and fold(tokens[at]) in joints.nays:
        return at + 1, True
    return at, either


def _are_words(tokens: Sequence[str], joints: _Joints) -> bool:
    """True for words that may be an item."""
    return bool(tokens) and all(
        token[0].isalpha() and fold(token) not in joints.nays | joints.eithers | joints.both for token in tokens
    )
