"""Whether the work goes on at all, by the age of what it last did. Pure.

A source has gone without a check, or without a good one, for too long when the last lies further back than the age that
is asked for, or than twice the interval of the source where that is longer: a page that is looked at every week is not
late after three days (faults.md N13). Where that holds of every source for its last check, nobody runs the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.model import SourceState


@dataclass(frozen=True, slots=True)
class Stale:
    """What is older than `max_age`: sources not checked for so long, and those that were, without a good check.

    `nobody` is True when no source was checked for so long, or there is none. `last_check` is the newest of all.
    """

    max_age: timedelta
    watched: int
    unchecked: tuple[SourceState, ...]
    not_good: tuple[SourceState, ...]
    last_check: datetime | None

    @property
    def nobody(self) -> bool:
        """Whether nobody runs the program."""
        return len(self.unchecked) == self.watched

    @property
    def any(self) -> bool:
        """Whether anything is wrong."""
        return self.nobody or bool(self.unchecked or self.not_good)


def find_stale(
    states: Sequence[SourceState], every: Mapping[str, timedelta], now: datetime, max_age: timedelta
) -> Stale:
    """What has not been done for longer than `max_age`. `every` holds the interval of each source, by id.

    A source that never was checked is as old as the time when it was to be; one that never was good, as the first of
    its checks in a row.
    """
    active = [state for state in states if state.active]
    unchecked, not_good = [], []
    for state in active:
        patience = max(max_age, 2 * every.get(state.source_id, timedelta()))
        if now - (state.last_check or state.next_due) > patience:
            unchecked.append(state)
        elif state.last_check and now - (state.last_good or state.health.failing_since or state.last_check) > patience:
            not_good.append(state)
    last = max((state.last_check for state in active if state.last_check), default=None)
    return Stale(max_age, len(active), tuple(unchecked), tuple(not_good), last)


def not_had(state: SourceState) -> bool:
    """Whether the document could not be had at the last check of a source that is watched."""
    return state.active and state.outcome is not None and not state.outcome.good
