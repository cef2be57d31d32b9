"""Feeds of changes (Atom) and calendars of deadlines (iCalendar), as files for any web server. Pure but for `write`."""

from __future__ import annotations

from notifier.calendar import Event, write_calendar
from watcher.feeds.atom import write_atom
from watcher.feeds.calendar import events_of
from watcher.feeds.folder import write_feeds

__all__ = ["Event", "events_of", "write_atom", "write_calendar", "write_feeds"]
