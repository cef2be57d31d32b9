"""The feeds of the room as answers: the same files that `clausewatch feeds` writes."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.model import ChangeQuery, Severity
from watcher.feeds import events_of, write_atom, write_calendar
from watcher.feeds.folder import NEWEST
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import catalogue

ATOM, CALENDAR = "application/atom+xml; charset=utf-8", "text/calendar; charset=utf-8"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def feed_at(reading: Reading, name: str) -> tuple[bytes, str] | None:
    """A feed with its media type: "all.atom", "source/ID.atom" or "deadlines.ics"; None where there is none."""
    if name == "deadlines.ics":
        return reading.once(("calendar", reading.today), lambda: _calendar(reading)), CALENDAR
    known = catalogue(reading)
    source_id = name.removeprefix("source/").removesuffix(".atom")
    if name == "all.atom":
        query, title = ChangeQuery(severity=Severity.LOW, limit=NEWEST), "All changes"
    elif name == f"source/{source_id}.atom" and source_id in known.states:
        query = ChangeQuery(source_id=source_id, severity=Severity.LOW, limit=NEWEST)
        title = f"{known.states[source_id].vendor}: {source_id}"
    else:
        return None

    def make() -> bytes:
        own = name.removesuffix(".atom")
        changes = reading.store.changes(query)
        return write_atom(changes, title=f"clausewatch: {title}", name=own, updated=_NEVER, base=None)

    return reading.once(("feed", name), make), ATOM


def _calendar(reading: Reading) -> bytes:
    store = reading.store
    newest = [found for key in catalogue(reading).states if (found := store.latest(key)) is not None]
    events = events_of(store.deadlines(reading.today), newest, store.sources(), reading.today)
    return write_calendar(events, "clausewatch: deadlines")
