"""Days as a calendar (RFC 5545): all-day events, those that ask for it with alarms before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from notifier.sinks import plain

if TYPE_CHECKING:
    import icalendar

# Before the day on which an objection must be made: enough for a decision, then for a reminder.
_ALARMS = (timedelta(days=7), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Event:
    """One day in the calendar. `name` tells it from all others and never changes; `alarm` asks to be reminded."""

    name: str
    on: date
    title: str
    text: str
    url: str | None
    made: datetime
    alarm: bool


def write_calendar(events: Sequence[Event], title: str = "") -> bytes:
    """The events as one calendar, which has that title if there is one."""
    import icalendar  # noqa: PLC0415 - a tenth of a second, for those who ask for a calendar alone

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//clausewatch//EN")
    calendar.add("version", "2.0")
    if title:
        calendar.add("x-wr-calname", plain(title))
    for event in events:
        calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def _event(event: Event) -> icalendar.Event:
    import icalendar  # noqa: PLC0415 - see above

    entry = icalendar.Event()
    entry.add("uid", f"{event.name}@clausewatch")
    entry.add("dtstamp", event.made.astimezone(UTC).replace(microsecond=0))
    entry.add("dtstart", event.on)
    entry.add("dtend", event.on + timedelta(days=1))
    entry.add("summary", event.title)
    entry.add("description", event.text)
    entry.add("transp", "TRANSPARENT")
    if event.url:
        entry.add("url", event.url)
    for before in _ALARMS if event.alarm else ():
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.title)
        alarm.add("trigger", -before)
        entry.add_component(alarm)
    return entry
