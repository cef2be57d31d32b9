"""The lines of a column, and what their looks say about where a paragraph ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from watcher.extractor.pdf.hyphens import MARK
from watcher.extractor.pdf.sheet import Run, Word, lines_of, usual_size

SIGN = re.compile(r"[•·●○◦▪▫■□‣►▸➤➢✓✔]")
# Signs that may also stand in the middle of a sentence; word processors set "o" as the sign of the second depth.
DASH = re.compile(r"[–—*o-]")
LABEL = re.compile(r"\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})\)|[a-z]\.")
NUMBER = re.compile(r"\d{1,2}\.(?:\d{1,2}\.?)*|\d{1,2}(?:\.\d{1,2})+|[IVX]{1,5}\.|[A-Z]\.|§+")
# Dots that lead to the number of a page, in a table of contents.
LEADER = re.compile(r"(?:\s?[.…_·]){4,}\s*(?:\d{1,4}|[ivxl]{1,6})$")
_TERMINAL = re.compile(r"[.:;!?][\"'”’»)\]]*$")
_LEADS_ON = re.compile(r"(?:[,;:.!?]|\b(?:and|or|en|of|und|oder|et|ou))$", re.IGNORECASE)
# Lines further apart than this many times the usual distance belong to two paragraphs.
_APART = 1.22
_USUAL_LEADING = 1.2
_INDENT = 0.8
# A line that reaches less far than this across its column was ended on purpose.
_SHORT = 0.7
# Sizes that differ by this (points) are two.
_SIZE = 0.6
_FEW_LINES = 6
# The right edge is where this share of the lines ends, give or take that share of the width.
_REACHING = 0.06
_RAGGED = 0.05
_SAME_EDGE = 6.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line in its column, which reaches from `left` to `right`; `region` is the column's place in reading order.

    `size` is that of most letters.
    """

    words: tuple[Word, ...]
    left: float
    right: float
    region: int
    size: float

    @property
    def start(self) -> float:
        """The left end."""
        return self.words[0].left

    @property
    def end(self) -> float:
        """The right end."""
        return max(word.right for word in self.words[-3:])

    @property
    def y(self) -> float:
        """The baseline of the tallest word."""
        return max(self.words, key=lambda word: (word.size, -word.left)).y

    @property
    def bold(self) -> bool:
        """Whether all words are bold; bullets do not count."""
        return all(word.bold or SIGN.fullmatch(word.text) for word in self.words)

    @property
    def ended(self) -> bool:
        """Whether a sentence or an item of a list ends with the line."""
        return _TERMINAL.search(self.words[-1].text) is not None

    def fits(self, word: Word) -> bool:
        """Tell whether a word would have had room at the end of this line."""
        return self.end + 0.3 * self.size + (word.right - word.left) < self.right - 0.5 * self.size

    @property
    def filled(self) -> float:
        """How far the line reaches, as a share of the column."""
        return (self.end - self.left) / max(1.0, self.right - self.left)


def column_lines(regions: Sequence[Sequence[Run]]) -> list[Line | Run]:
    """Return the lines of all columns in reading order, tables between them."""
    read = [lines_of(word for run in region for word in run.words) for region in regions]
    edges = [_reach(lines) for lines in read]
    result: list[Line | Run] = []
    for index, (region, lines) in enumerate(zip(regions, read, strict=True)):
        left, right = edges[index]
        if len(lines) < _FEW_LINES:
            right = max(right, _usual_right(left, edges, [len(lines) for lines in read]))
        items: list[Line | Run] = [Line(tuple(line), left, right, index, usual_size(line)) for line in lines]
        items += [run for run in region if run.rows]
        result += sorted(items, key=lambda item: item.y)
    return result


def usual_leading(lines: Iterable[Line | Run]) -> float:
    """Return the usual distance between two lines of a paragraph, in sizes of the letters."""
    ratios = [
        (below.y - above.y) / above.size
        for above, below in pairwise(lines)
        if isinstance(above, Line)
        and isinstance(below, Line)
        and above.region == below.region
        and abs(above.size - below.size) < _SIZE
        and above.size > 0
        and 0.9 <= (below.y - above.y) / above.size <= 2.4
    ]
    if not ratios:
        return _USUAL_LEADING
    middle = median(ratios)
    # Among many headings and items the middle is a gap between paragraphs; the leading is the lower half's.
    return min(middle, median(sorted(ratios)[: max(1, len(ratios) // 2)]) * 1.1)


def parts(above: Sequence[Line], line: Line, leading: float) -> bool:
    """Tell whether a line starts a new paragraph under the lines of the one above."""
    last = above[-1]
    if LEADER.search(" ".join(word.text for word in last.words[-8:])):
        return True
    if last.region != line.region:
        return _parts_across(above, line)
    apart = line.y - last.y > _APART * leading * max(last.size, line.size)
    if apart or _other_size(last, line) or _starts_item(above, line):
        return True
    if _other_weight(above, line):
        return True
    if last.words[-1].text.endswith(MARK):
        return False
    return _ended_early(above, line)


def _parts_across(above: Sequence[Line], line: Line) -> bool:
    """Tell the same where the line stands in the next column or on the next page."""
    last = above[-1]
    if _other_size(last, line) or _other_weight(above, line) or _starts_item(above, line):
        return True
    if last.words[-1].text.endswith(MARK):
        return False
    if last.ended or last.fits(line.words[0]):
        return True
    return line.bold and last.bold


def _starts_item(above: Sequence[Line], line: Line) -> bool:
    """Tell whether a line starts with the sign, the label or the number of an item."""
    first, last = line.words[0].text, above[-1]
    if len(line.words) < 2:
        return False
    if SIGN.match(first):
        return True
    if not any(pattern.fullmatch(first) for pattern in (DASH, LABEL, NUMBER)):
        return False
    alike = above[0].words[0].text[:1] == first[:1] and abs(above[0].start - line.start) < 2 and len(first) == 1
    return alike or _LEADS_ON.search(last.words[-1].text) is not None or last.fits(line.words[0]) or last.bold


def _other_size(last: Line, line: Line) -> bool:
    """Tell whether two lines are set in different sizes and have none in common."""
    if abs(last.size - line.size) <= _SIZE:
        return False
    return {round(word.size) for word in last.words}.isdisjoint(round(word.size) for word in line.words)


def _other_weight(above: Sequence[Line], line: Line) -> bool:
    """Tell whether a heading ends above the line or starts with it."""
    if all(one.bold for one in above):
        return not line.words[0].bold
    return line.bold and (above[-1].ended or above[-1].fits(line.words[0]))


def _ended_early(above: Sequence[Line], line: Line) -> bool:
    """Tell whether the line above was ended on purpose, or this one is indented as the first of a paragraph."""
    last = above[-1]
    if last.fits(line.words[0]):
        lower = line.words[0].text[:1].islower()
        return not (lower and not last.ended and last.filled >= _SHORT)
    item = is_item(above[0])
    indented = line.start - last.start > _INDENT * line.size and len(above) > 1
    if not item and indented and last.ended:
        return True
    return item and len(above) > 1 and last.start - line.start > _INDENT * line.size and last.ended


def is_item(line: Line) -> bool:
    """Tell whether a line starts as an item of a list does."""
    first = line.words[0].text
    if len(line.words) < 2:
        return False
    return bool(SIGN.match(first)) or any(pattern.fullmatch(first) for pattern in (DASH, LABEL, NUMBER))


def _reach(lines: Sequence[Sequence[Word]]) -> tuple[float, float]:
    """Return the left and the right edge of a column; a line or two that stick out do not make it wider."""
    if not lines:
        return 0.0, 0.0
    left = min(line[0].left for line in lines)
    ends = sorted((max(word.right for word in line[-3:]) for line in lines), reverse=True)
    slack = _RAGGED * (ends[0] - left)
    for index, end in enumerate(ends):
        near = bisect_right(ends, slack - end, lo=index, key=lambda one: -one) - index
        if near >= max(2, _REACHING * len(ends)):
            return left, end
    return left, ends[0]


def _usual_right(left: float, edges: Sequence[tuple[float, float]], weights: Sequence[int]) -> float:
    """Return the right edge of the column with the most lines among those that start at the same place."""
    same = [(weight, edge[1]) for edge, weight in zip(edges, weights, strict=True) if abs(edge[0] - left) <= _SAME_EDGE]
    return max(same, default=(0, 0.0))[1]
