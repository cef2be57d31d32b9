"""What a page says otherwise with every answer: counters, times of the visit, names of the session."""

from __future__ import annotations

from dataclasses import replace

from storage.model import Comparison, Severity, Verdict

# What matters more is never taken for a counter: it stays in doubt until it is seen twice.
_MOST = Severity.LOW


def without_fleeting(comparison: Comparison, between: Comparison) -> Comparison | None:
    """A comparison with the last good text, without what a second answer at once words in a third way.

    `between` compares both answers. None when the second takes back a change of the first, or differs elsewhere: then
    nothing is sure. `noise` when nothing else differs.
    """
    came = {change.after: change for change in comparison.changes if change.after}
    fleeting: set[int] = set()
    for other in between.changes:
        change = came.get(other.before or "")
        if change is None or (other.after or "") == (change.before or ""):
            if other.severity is not Severity.INFO:
                return None
        elif max(change.severity.rank, other.severity.rank) > _MOST.rank:
            return None
        else:
            fleeting.add(id(change))
    if not fleeting:
        return comparison
    rest = tuple(change for change in comparison.changes if id(change) not in fleeting)
    told = any(change.severity is not Severity.INFO for change in rest)
    verdict = Verdict.MATERIAL if told else Verdict.EDITORIAL if rest else Verdict.NOISE
    return replace(comparison, verdict=verdict, changes=rest)
