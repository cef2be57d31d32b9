"""What the child process found on a page, as values; words gathered into the runs that stand on one line.

All lengths are points (1/72 inch), measured from the top left corner of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watcher.extractor.rows import TableRow

# Share of the size of the letters by which baselines on one line may differ: superscripts and subscripts.
_SAME_LINE = 0.45
# A gap wider than this many times the size of the letters parts two columns or two cells, not two words.
_GAP = 0.95
# A drawn sign stands no further left of its line than this many times the size of the letters.
_BULLET_GAP = 2.0
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: `left` and `right` edge, baseline `y`. A text that ends in U+0002 was hyphenated there."""

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Words side by side on one line; or a table, which has rows instead and reaches from `y` down to `bottom`."""

    words: tuple[Word, ...]
    left: float
    right: float
    y: float
    bottom: float
    rows: tuple[TableRow, ...] = ()
    columns: tuple[float, ...] = ()

    @property
    def size(self) -> float:
        """The size of most of the letters."""
        return usual_size(self.words)

    @property
    def text(self) -> str:
        """The words with blanks between."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `rules` are level and upright strokes (x0, y0, x1, y1)."""

    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[tuple[float, float, float, float], ...]
    picture: bool


def read_sheet(found: Mapping[str, Any]) -> Sheet:
    """Return a page as the child process told it; words know where they lead."""
    words = [Word(_letters(text), left, right, y, size, bold) for text, left, right, y, size, bold in found["words"]]
    words = [word for word in words if word.text]
    words += _bullets(found["dots"], words)
    linked = _linked(words, found["links"])
    rules = tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in found["rules"])
    return Sheet(found["width"], found["height"], tuple(linked), rules, found["picture"])


def runs_of(words: Iterable[Word]) -> list[Run]:
    """Gather words into runs, from the top to the bottom and from left to right."""
    return [run for line in lines_of(words) for run in _parted(line)]


def usual_size(words: Sequence[Word]) -> float:
    """Return the size of most of the letters; 0 where there are none."""
    sizes: dict[float, int] = {}
    for word in words:
        sizes[word.size] = sizes.get(word.size, 0) + len(word.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Gather words that share a baseline, from the top to the bottom; each line from left to right."""
    lines: list[list[Word]] = []
    anchor: Word | None = None
    for word in sorted(words, key=lambda word: (word.y, word.left)):
        if anchor is None or word.y - anchor.y > _SAME_LINE * max(word.size, anchor.size):
            anchor = word
            lines.append([])
        lines[-1].append(word)
    return [sorted(line, key=lambda word: (word.left, word.y)) for line in lines]


def run_of(words: Sequence[Word]) -> Run:
    """Make one run of words on a line, in their order."""
    tall = max(words, key=lambda word: (word.size, len(word.text)))
    return Run(tuple(words), words[0].left, max(word.right for word in words), tall.y, tall.y)


def _parted(line: Sequence[Word]) -> Iterable[Run]:
    """Part a line at wide gaps."""
    group = [line[0]]
    for word in line[1:]:
        if word.left - max(other.right for other in group[-3:]) > _GAP * max(word.size, group[-1].size):
            yield run_of(group)
            group = []
        group.append(word)
    yield run_of(group)


def _letters(text: str) -> str:
    """Bullets of symbol fonts have codes of their own; other private signs say nothing."""
    if not _PRIVATE.search(text):
        return text
    if len(text) == 1:
        return "•"
    return _PRIVATE.sub("", text)


def _bullets(dots: Sequence[Sequence[float]], words: Sequence[Word]) -> Iterable[Word]:
    """Make signs of lists of the small shapes that are drawn left of a line, at half the height of its letters."""
    starts = [line[0] for line in lines_of(words)] if dots else []
    for left, top, right, bottom in dots:
        middle = (top + bottom) / 2
        for word in starts:
            near = 1 < word.left - right < _BULLET_GAP * word.size
            if near and 0.1 * word.size < word.y - middle < 0.6 * word.size and bottom - top < 0.7 * word.size:
                yield Word("•", left, right, word.y, word.size, word.bold)
                break


def _linked(words: Sequence[Word], links: Sequence[Sequence[Any]]) -> list[Word]:
    """Give words the target of the link whose box holds their middle."""
    if not links:
        return list(words)
    boxes = sorted((x0, y0, x1, y1, target) for x0, y0, x1, y1, target in links)
    result = []
    for word in words:
        x, y = (word.left + word.right) / 2, word.y - 0.3 * word.size
        href = next((target for x0, y0, x1, y1, target in boxes if x0 <= x <= x1 and y0 <= y <= y1), "")
        result.append(Word(word.text, word.left, word.right, word.y, word.size, word.bold, href) if href else word)
    return result
