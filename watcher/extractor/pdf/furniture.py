"""Take running headers, footers and page numbers off the pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from watcher.extractor.pdf.sheet import Run

# How far from the upper and the lower edge, as a share of the height, running lines stand.
_EDGE = 0.13
# Runs of one place may drift this much (points) from page to page.
_DRIFT = 4.0
# A line on this share of the pages is a running one (left and right pages have their own).
_SHARE = 0.4
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(
    r"[-–—\s|(]*(?:(?:page|seite|pagina|blz\.?|pag\.?|p\.|s\.|bladzijde)\s*)?(\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:/|\||of|von|van|sur|de|aus|uit)\s*\d{1,4})?[-–—\s|)]*",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\d\s*(?:/|of|von|van|sur)\s*\d|page|seite|pagina|blz|pag\.|bladzijde", re.IGNORECASE)
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
    dropped: set[tuple[int, int]] = set()
    kept: list[Run] = []
    for group in seen.values():
        running = _running(group, len(pages))
        dropped.update((index, id(run)) for index, run in running)
        if running and _YEAR.search(running[0][1].text):
            kept.append(running[0][1])
    left = [
        [
            run
            for run in runs
            if (index, id(run)) not in dropped and not _is_page_number(run, index, len(pages), heights[index])
        ]
        for index, runs in enumerate(pages)
    ]
    return left, kept


def _running(group: Sequence[tuple[int, Run]], pages: int) -> list[tuple[int, Run]]:
    """Return those of a group of like runs that stand at one place and count with the pages, if they are enough."""
    best: list[tuple[int, Run]] = []
    for _, anchor in group[:3]:
        here = [(index, run) for index, run in group if abs(run.y - anchor.y) <= _DRIFT]
        if len({index for index, _ in here}) > len(best):
            best = here
    enough = len({index for index, _ in best}) >= max(2, _SHARE * pages)
    return best if enough and _counts(best) else []


def _counts(group: Sequence[tuple[int, Run]]) -> bool:
    """Tell whether every number in like runs is the same on all pages or grows with them."""
    rows = [(index, [int(number) for number in _NUMBER.findall(run.text)]) for index, run in group]
    first, numbers = rows[0]
    return all(
        value in {numbers[place], numbers[place] + index - first}
        for index, values in rows
        for place, value in enumerate(values)
    )


def _is_page_number(run: Run, index: int, pages: int, height: float) -> bool:
    """Tell a page number that stands near the edge by itself: in words, or the number of this very page."""
    if run.rows or not (run.y < _EDGE * height or run.y > (1 - _EDGE) * height):
        return False
    match = _PAGE.fullmatch(run.text)
    if match is None:
        return False
    return bool(_TOTAL.search(run.text)) or (pages > 1 and match.group(1) == str(index + 1))
