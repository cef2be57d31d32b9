"""What the room says of checks that have ceased: a mark of long ago says nothing about today."""

from __future__ import annotations

from datetime import timedelta

from storage.protocol import Store
from watcher.web.pages import page_at
from watcher.web.places import Linker
from watcher.web.reading import Reading
from watcher.web.render import Setting, render
from watcher.web.rooms.lists import Status
from watcher.web.rooms.overview import Overview


def test_nothing_is_in_order_that_nobody_has_looked_at_for_days(played: Store) -> None:
    """On the day of the last check all is told as it was; a month later as not looked at, on both pages."""
    last = max(state.last_check for state in played.states() if state.last_check)
    for days, late in ((0, False), (30, True)):
        reading = Reading(played, last + timedelta(days=days))
        status, first = page_at(reading, "status/"), page_at(reading, "")
        assert status is not None
        assert first is not None
        assert isinstance(status.room, Status)
        assert isinstance(first.room, Overview)
        counts = dict(status.room.counts)
        assert ("late" in counts, "fine" in counts) == (late, not late)
        assert (first.room.late > 0) == late
        setting = Setting("en", True, True, reading.today, Linker("status/"))
        assert ("not looked at for days" in render(status, setting)) == late
