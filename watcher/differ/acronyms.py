"""Names that a document shortens: "the Harbour Data Authority (HDA)", and from there on "the HDA".

A short name is one where a run of words stands before it in brackets, and its letters are those that the words begin
with. Long and short name say the same, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from watcher.differ.words import fold

_SHORT = (
    r"\(\s*[\u00ab\"\u201c\u201e'\u2018]?\s*"
    r"(?P<short>[A-Z][a-z]?[A-Z][A-Za-z]{0,6})\s*[\u00bb\"\u201d\u201c'\u2019]?\s*\)"
)
_DEFINED = re.compile(rf"(?P<words>(?:[^\W\d_][\w'\u2019-]*[\s\u00a0]+){{1,9}}){_SHORT}")
_IN_BRACKETS = re.compile(_SHORT)  # looked for first: a long name may begin at any word
_OWNED = re.compile(r"['\u2019]s\b")
_WORD = re.compile(r"[^\W\d_]+")
# Words that a short name leaves out.
_SMALL = frozenset(
    "of the and for to in on a an van de het der den en voor und fur des zur zum dem die das du la le les l d et "  # noqa: SIM905
    "pour".split()
)
# So much of a word stands whatever its ending.
_ENDING = 2
_LEAST = 4
_MOST = 60


def short_names(texts: Iterable[str]) -> dict[str, str]:
    """The short names that texts define: pattern of the long name (on folded text) to the short one, folded."""
    found: dict[str, str] = {}
    for text in texts:
        if "(" not in text or not _IN_BRACKETS.search(text):
            continue
        for match in _DEFINED.finditer(text):
            short = fold(match["short"])
            words = _WORD.findall(_OWNED.sub("", fold(match["words"])))
            size = next((size for size in range(len(words), 0, -1) if _spells(words[-size:], short)), 0)
            if size and len(found) < _MOST:
                found.setdefault(_pattern(words[-size:]), short)
    return found


def shortened(text: str, names: Mapping[str, str]) -> str:
    """A text, folded, with every long name as its short one."""
    text = fold(text)
    for pattern, short in names.items():
        text = re.sub(rf"\b{pattern}(?:\s*\(\W{{0,2}}{short}\W{{0,2}}\))?", short, text)
    return text


def _spells(words: list[str], short: str) -> bool:
    """True when a short name has the first letters of all words of weight, and its letters stand in them in order."""
    weighty = [word for word in words if word not in _SMALL]
    if not weighty or words[0] in _SMALL or words[0][0] != short[0]:
        return False
    return _in_order((word[0] for word in weighty), short) and _in_order(short, "".join(words))


def _in_order(letters: Iterable[str], text: str) -> bool:
    """True when letters stand in a text in this order."""
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _pattern(words: list[str]) -> str:
    """The words of a long name in any of their forms."""
    stems = (word[: max(_LEAST, len(word) - _ENDING)] for word in words)
    return r"\W+".join(rf"{re.escape(stem)}\w{{0,4}}(?:['\u2019]s)?" for stem in stems)
