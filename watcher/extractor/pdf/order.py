"""Put the runs of a page into the order in which they are read: columns one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from watcher.extractor.pdf.sheet import Run

# Fewer lines than these beside each other are no columns of a text.
_LINES = 4
# Each column takes at least this share of the width, and the lines of a running text fill theirs this far.
_WIDTH = 0.22
_FULL = 0.7
_RUNNING = 0.35
# The white between columns, in points.
_WHITE = 6.0
_SAME_EDGE = 1.5
_DEEP = 3


def regions(runs: Sequence[Run], depth: int = 0) -> list[list[Run]]:
    """Return the runs in groups that are read one after the other; each group is one column of lines.

    Runs that reach across the white between two columns part the columns above them from those below.
    """
    white = _white(runs) if depth < _DEEP and len(runs) >= 2 * _LINES else None
    if white is None:
        return [list(runs)] if runs else []
    result: list[list[Run]] = []
    left: list[Run] = []
    right: list[Run] = []
    across: list[Run] = []
    for run in sorted(runs, key=lambda run: (run.y, run.left)):
        if run.left < white < run.right:
            result += [*regions(left, depth + 1), *regions(right, depth + 1)]
            left, right = [], []
            across.append(run)
        else:
            result += [across] if across else []
            across = []
            (left if run.right <= white else right).append(run)
    result += [*regions(left, depth + 1), *regions(right, depth + 1)]
    return [group for group in [*result, across] if group]


def _white(runs: Sequence[Run]) -> float | None:
    """Return where the white between two columns lies; None where there are none."""
    first, last = min(run.left for run in runs), max(run.right for run in runs)
    best: tuple[int, float] | None = None
    for edge in _edges(runs):
        if not first + _WIDTH * (last - first) < edge < last - _WIDTH * (last - first):
            continue
        white = edge - _WHITE / 2
        left = [run for run in runs if run.right <= edge - _WHITE]
        right = [run for run in runs if run.left >= edge - 1]
        if not (_is_column(left, last - first) and _is_column(right, last - first)):
            continue
        beside = _beside(left, right)
        crossing = sum(1 for run in runs if run.left < white < run.right and _within(run, left, right))
        if beside >= _LINES and crossing <= beside // 2:
            score = (beside - crossing, white)
            best = max(best, score) if best else score
    return best[1] if best else None


def _edges(runs: Sequence[Run]) -> list[float]:
    """Return the left edges that several runs share."""
    edges = sorted(run.left for run in runs if not run.rows)
    found: list[float] = []
    start = 0
    for index, (one, two) in enumerate(pairwise([*edges, float("inf")]), 1):
        if two - one > _SAME_EDGE:
            if index - start >= _LINES - 1:
                found.append(edges[start])
            start = index
    return found


def _is_column(runs: Sequence[Run], width: float) -> bool:
    """Tell whether runs below each other are lines of running text, not labels or cells."""
    if len(runs) < _LINES:
        return False
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    full = sum(1 for run in runs if run.right - run.left >= _FULL * (right - left))
    return right - left >= _WIDTH * width and full >= _RUNNING * len(runs)


def _beside(left: Sequence[Run], right: Sequence[Run]) -> int:
    """Count the lines of the shorter column that stand beside the other."""
    top = max(min(run.y for run in side) for side in (left, right)) - 2
    bottom = min(max(run.y for run in side) for side in (left, right)) + 2
    return min(sum(1 for run in side if top <= run.y <= bottom) for side in (left, right))


def _within(run: Run, left: Sequence[Run], right: Sequence[Run]) -> bool:
    """Tell whether a run stands between the first and the last line of both columns."""
    return all(min(one.y for one in side) < run.y < max(one.y for one in side) for side in (left, right))
