"""Take running headers, footers and page numbers off the pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from watcher.extractor.pdf.sheet import Run

# How far from the upper and the lower edge, as a share of the height, running lines stand.
_EDGE = 0.13
# Runs of one place may drift this much (points) from page to page.
_DRIFT = 4.0
# The white between running lines and the text is wider than between lines, in sizes of the letters.
_WHITE = 1.6
# A line on this share of the pages is a running one (left and right pages have their own).
_SHARE = 0.4
# Lines as wide and as large as the text must stand on nearly all pages: paragraphs may be alike by chance.
_SHARE_OF_WIDE = 0.8
_WIDE = 0.6
_SMALLER = 0.6
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(
    r"[-–—\s|(]*(?:(?:page|seite|pagina|blz\.?|pag\.?|p\.|s\.|bladzijde)\s*)?(\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:/|\||of|von|van|sur|de|aus|uit)\s*\d{1,4})?[-–—\s|)]*",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\d\s*(?:/|of|von|van|sur)\s*\d|page|seite|pagina|blz|pag\.|bladzijde", re.IGNORECASE)
_PAGE_IN_LINE = re.compile(
    r"(?:^|(?<=\s))(?:[-–—|·]\s+)?(?:page|seite|pagina|blz\.?|pag\.?|bladzijde)\s+\d{1,4}"
    r"(?:\s*(?:/|of|von|van|sur|de|aus|uit)\s*\d{1,4})?(?=\s|$)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def without_furniture(pages: Sequence[list[Run]], heights: Sequence[float]) -> tuple[list[list[Run]], list[Run]]:
    """Return the runs of each page without the running ones, and one of each running one that names a year.

    Those are kept because a document often states its version only in its footer. A run is a running one when it
    stands near the edge at one place of several pages and says the same on them, up to a number that counts with the
    pages. A page number alone needs no company.
    """
    seen: dict[tuple[str, bool], list[tuple[int, Run]]] = defaultdict(list)
    for index, (runs, height) in enumerate(zip(pages, heights, strict=True)):
        for run in runs:
            if not run.rows and (run.y < _EDGE * height or run.y > (1 - _EDGE) * height):
                seen[_NUMBER.sub("#", run.text), run.y < height / 2].append((index, run))
    numbers = {
        id(run)
        for index, runs in enumerate(pages)
        for run in runs
        if _is_page_number(run, index, len(pages), heights[index])
    }
    size, width = _usual(pages)
    running = []
    for group in seen.values():
        run = group[0][1]
        wide = run.size > size - _SMALLER and run.right - run.left > _WIDE * width
        if found := _running(group, len(pages), _SHARE_OF_WIDE if wide else _SHARE):
            running.append(found)
    groups = _apart(running, pages, numbers)
    dropped = numbers | {id(run) for group in groups for _, run in group}
    kept = [_without_page(group[0][1]) for group in groups if _YEAR.search(group[0][1].text)]
    return [[run for run in runs if id(run) not in dropped] for runs in pages], kept


def _usual(pages: Sequence[list[Run]]) -> tuple[float, float]:
    """Return the size of most letters and the width of the widest runs."""
    sizes: Counter[float] = Counter()
    widths = [0.0]
    for run in (run for runs in pages for run in runs if not run.rows):
        sizes[run.size] += len(run.text)
        widths.append(run.right - run.left)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0), max(widths)


def _running(group: Sequence[tuple[int, Run]], pages: int, share: float) -> list[tuple[int, Run]]:
    """Return those of a group of like runs that stand at one place and count with the pages, if they are enough."""
    best: list[tuple[int, Run]] = []
    for _, anchor in group[:3]:
        here = [(index, run) for index, run in group if abs(run.y - anchor.y) <= _DRIFT]
        if len({index for index, _ in here}) > len(best):
            best = here
    enough = len({index for index, _ in best}) >= max(2, share * pages)
    return best if enough and _counts(best) else []


def _apart(
    groups: list[list[tuple[int, Run]]], pages: Sequence[list[Run]], numbers: AbstractSet[int]
) -> list[list[tuple[int, Run]]]:
    """Return the groups that white parts from the text: the first line of a page may be the same by chance."""
    while True:
        taken = numbers | {id(run) for group in groups for _, run in group}
        text = [[run for run in runs if id(run) not in taken] for runs in pages]
        good = [group for group in groups if 2 * sum(_is_close(run, text[index]) for index, run in group) < len(group)]
        if len(good) == len(groups):
            return good
        groups = good


def _is_close(run: Run, text: Sequence[Run]) -> bool:
    """Tell whether the text of the page is no further away than its next line would be."""
    return any(abs(other.y - run.y) < _WHITE * run.size for other in text)


def _counts(group: Sequence[tuple[int, Run]]) -> bool:
    """Tell whether every number in like runs is the same on all pages or grows with them."""
    rows = [(index, [int(number) for number in _NUMBER.findall(run.text)]) for index, run in group]
    first, numbers = rows[0]
    return all(
        value in {numbers[place], numbers[place] + index - first}
        for index, values in rows
        for place, value in enumerate(values)
    )


def _without_page(run: Run) -> Run:
    """Leave the number of the page out of a running line."""
    numbered = _PAGE_IN_LINE.search(run.text)
    if numbered is None:
        return run
    before = len(run.text[: numbered.start()].split())
    after = len(run.text[numbered.end() :].split())
    return replace(run, words=run.words[:before] + run.words[len(run.words) - after :])


def _is_page_number(run: Run, index: int, pages: int, height: float) -> bool:
    """Tell a page number that stands near the edge by itself: in words, in Roman numerals, or this very page's."""
    if run.rows or not (run.y < _EDGE * height or run.y > (1 - _EDGE) * height):
        return False
    match = _PAGE.fullmatch(run.text)
    if match is None:
        return False
    number = match.group(1)
    return bool(_TOTAL.search(run.text)) or (pages > 1 and (number == str(index + 1) or number.isalpha()))
