"""How a value is shown in a fault, and what the person may have meant."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from difflib import get_close_matches

_LONGEST = 80
_KINDS = {list: "a list", dict: "a table", bool: "true or false", int: "a number", float: "a number", str: "a text"}


def shown(value: object) -> str:
    """A value as it may stand in a message: one line, in quotes, cut, control and invisible characters as escapes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return kind(value)
    if not isinstance(value, str):
        return str(value)[:_LONGEST]
    cut = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    quoted = json.dumps(cut, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in quoted)


def kind(value: object) -> str:
    """What a value is, without saying it: for places where a secret may stand."""
    return next((name for type_, name in _KINDS.items() if type(value) is type_), "a date or time")


def closest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant; upper and lower case count for nothing. None when none is near."""
    folded: dict[str, str] = {}
    for entry in known:
        folded.setdefault(entry.casefold(), entry)
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def either(words: Iterable[str]) -> str:
    """Words as a choice: "a, b or c"."""
    *head, last = words
    return f"{', '.join(head)} or {last}" if head else last


def meant(word: str, known: Collection[str]) -> str:
    """The remedy for a word that is not known: the nearest one, else all of them if they are few."""
    if near := closest(word, known):
        return f'did you mean "{near}"?'
    if not known:
        return "there is none yet"
    if len(known) > 20:  # a longer list would hide the fault
        return "see the reference"
    return f"one of {either(known)}"
