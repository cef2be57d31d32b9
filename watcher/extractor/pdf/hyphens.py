"""Join words that were parted at the end of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable

# PDFium puts this where a hyphen ends a line.
MARK = "\x02"
_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]+$")
_HEAD = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)*")
# "Vertrags- und Kontaktdaten": the hyphen stands for a part that follows, the words stay apart.
_SUSPENDED = frozenset({"und", "oder", "bzw", "sowie", "en", "of", "et", "ou", "and", "or", "und/oder", "en/of"})


class Joiner:
    """Joins the halves of a word as the rest of the document writes it."""

    def __init__(self, words: Iterable[str]) -> None:
        """Learn how the document writes its words."""
        self.known = {found.casefold() for word in words if MARK not in word for found in _LETTERS.findall(word)}

    def join(self, texts: Iterable[str]) -> str:
        """Return the words of a paragraph, with blanks between, halves joined.

        A hyphen stays where the document writes the word with one, after one letter or capitals, before a capital, a
        digit or a conjunction, and where both halves are words of their own; else it only ended the line.
        """
        result = ""
        for text in texts:
            if result.endswith(MARK):
                result = self._joined(result[:-1], text)
            else:
                result = f"{result} {text}" if result else text
        return result.replace(MARK, "-")

    def _joined(self, before: str, after: str) -> str:
        head, tail = _HEAD.match(after), _TAIL.search(before)
        if head is None or tail is None:
            return f"{before}-{after}"
        first, second = tail.group().casefold(), head.group().casefold()
        if second in _SUSPENDED:
            return f"{before}- {after}"
        if first + second in self.known:
            return before + after
        halves = first in self.known and second in self.known
        letters = tail.group().rpartition("-")[2]
        short = len(letters) == 1 or letters.isupper()  # "e-mail", "IP-address"
        if f"{first}-{second}" in self.known or halves or short or not after[0].islower():
            return f"{before}-{after}"
        return before + after
