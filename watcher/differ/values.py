"""Marks and letters that are small and mean much: a decimal point, the sign of a currency, a tick, a letter more.

"1.5" and "15" are one number to who only reads digits, "HTTPS" and "HTTP" one word to who forgives an ending.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from watcher.differ.words import token_kind, tokens, words_of

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,'\u2019\u00a0\u202f ]\d+)*(?![\w])")
_THOUSANDS = re.compile(r"[.,'\u2019\u00a0\u202f ](?=\d{3}(?!\d))")
_MONEY = re.compile(r"[\u20ac$\u00a3\u00a5](?=\s?\d)|(?<=\d)\s?[\u20ac$\u00a3\u00a5]")
_BOUND = re.compile(r"[<>\u2264\u2265](?=\s?\d)")
_TICKS = {
    **dict.fromkeys("\u2713\u2714\u2611\u2705", "yes"),
    **dict.fromkeys("\u2717\u2718\u2715\u2716\u2612\u274c\u274e\u26d4\U0001f6ab", "no"),
}
_CAPITALS = re.compile(r"\b[A-Z]{2,}s?\b")
# Who gives and who takes: "employer" and "employee".
_ROLE = re.compile(r"(\w{3,}?)(ees?|[eo]rs?)")


def revalues(before: str, after: str) -> bool:
    """True when wordings differ in the value of a number of the same digits, a sign, a tick, an acronym or a role."""
    return (
        _changes_number(before, after)
        or _changes_sign(before, after)
        or _changes_acronym(before, after)
        or _changes_role(before, after)
    )


def _changes_number(before: str, after: str) -> bool:
    """True when a number has the digits of another and not its value."""
    was, now = (Counter(_numbers(text)) for text in (before, after))
    gone, came = was - now, now - was
    return any(one != other and re.sub(r"\D", "", one) == re.sub(r"\D", "", other) for one in gone for other in came)


def _numbers(text: str) -> Iterator[str]:
    """The numbers of a text, dates and addresses left out."""
    for token in tokens(text):
        if token_kind(token) == "number":
            yield from map(_plain, _NUMBER.findall(token))


def _plain(number: str) -> str:
    """A number with a point for decimals and nothing between thousands."""
    return re.sub(r"[,'\u2019\u00a0\u202f ]", ".", _THOUSANDS.sub("", number))


def _changes_sign(before: str, after: str) -> bool:
    """True when a currency gave way to another, a bound turned round, or a tick came, went or changed."""
    if _money(before) and _money(after) and _money(before) != _money(after):
        return True
    if Counter(_BOUND.findall(before)) != Counter(_BOUND.findall(after)):
        return True
    was, now = ([_TICKS[char] for char in unticked(text) if char in _TICKS] for text in (before, after))
    return was != now


def unticked(text: str) -> str:
    """A text without the tick that it opens with: an item of a list says no more with one. A cross stays."""
    opening = text.lstrip()
    return opening[1:].lstrip("\ufe0f ") if _TICKS.get(opening[:1]) == "yes" else text


def crossed(text: str) -> str | None:
    """What a line says behind the cross that it opens with, None without one: what it names is not so."""
    opening = text.lstrip()
    return opening[1:].lstrip("\ufe0f ") if _TICKS.get(opening[:1]) == "no" else None


def _money(text: str) -> set[str]:
    """The signs of currencies that stand at a number."""
    return {sign.strip() for sign in _MONEY.findall(text)}


def _changes_acronym(before: str, after: str) -> bool:
    """True when an acronym gave way to one that differs in a letter; "FAQs" and "FAQS" are one."""
    was, now = (Counter(_CAPITALS.findall(text)) for text in (before, after))
    gone, came = was - now, now - was
    return any(
        one.casefold() != other.casefold() and OSA.distance(one.rstrip("s"), other.rstrip("s"), score_cutoff=1) == 1
        for one in gone
        for other in came
    )


def _changes_role(before: str, after: str) -> bool:
    """True when who takes stands where stood who gives."""
    was, now = Counter(words_of(before)), Counter(words_of(after))
    gone, came = (
        {match.groups() for word in left if (match := _ROLE.fullmatch(word))} for left in (was - now, now - was)
    )
    return any(
        stem == other and one.startswith("ee") != ending.startswith("ee")
        for stem, one in gone
        for other, ending in came
    )
