"""All feeds of a store as files in a folder: one for everything, each vendor, source and topic, and the calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from notifier.calendar import write_calendar
from notifier.phrases import topic_words
from storage.model import ChangeQuery, RecordedChange, Severity
from storage.protocol import Store
from watcher.exchange.naming import slug
from watcher.feeds.atom import write_atom
from watcher.feeds.calendar import events_of
from watcher.published import put_file, require_base

# Readers ask for a feed every hour; a long one costs them and the server more than it tells.
NEWEST = 100
# How the id of each of our feeds begins; it stands near the beginning of the file.
_OURS = b"<id>urn:clausewatch:feed:"


def write_feeds(store: Store, folder: Path, now: datetime, base: str | None) -> tuple[int, int]:
    """Write every feed; how many files there are, and how many of them had changed.

    A file is replaced whole, and only when its content has changed, so that a web server can say "not modified". Feeds
    of what the store knows no more, a source that was forgotten, are taken away. Raises UsageError when the folder
    cannot be written or `base` is no web address.
    """
    require_base(base)
    written: set[Path] = set()
    changed = 0
    for name, data in _feeds(store, now, base):
        written.add(folder / name)
        changed += put_file(folder, name, data)
    _drop(folder, written)
    return len(written), changed


def _drop(folder: Path, written: set[Path]) -> None:
    """Take away feeds of ours that were not written this time, and no other file."""
    for path in set(folder.rglob("*.atom")) - written:
        with path.open("rb") as stream:
            ours = _OURS in stream.read(400)
        if ours:
            path.unlink()


def _feeds(store: Store, now: datetime, base: str | None) -> Iterator[tuple[str, bytes]]:
    sources = store.sources()
    changes = store.changes(ChangeQuery(severity=Severity.LOW))
    # A feed without a change was last updated when its first document was seen, so that it never changes by itself.
    start = min((version.first_seen for version in store.versions()), default=datetime(1970, 1, 1, tzinfo=UTC))
    groups: dict[str, tuple[str, list[RecordedChange]]] = defaultdict(lambda: ("", []))
    groups["all"] = ("All changes", changes)
    for source in sources:
        groups[f"source/{source.id}"] = (f"{source.vendor}: {source.id}", [])
        groups[f"vendor/{slug(source.vendor) or 'vendor'}"] = (source.vendor, [])
    for one in changes:
        groups[f"source/{one.source_id}"][1].append(one)
        groups[f"vendor/{slug(one.vendor) or 'vendor'}"][1].append(one)
        for topic in one.change.topics:
            groups.setdefault(f"topic/{slug(topic)}", (topic_words(topic), []))[1].append(one)
    for name, (title, found) in groups.items():
        data = write_atom(found[:NEWEST], title=f"clausewatch: {title}", name=name, updated=start, base=base)
        yield f"{name}.atom", data
    today = now.astimezone(UTC).date()
    events = events_of(store.deadlines(today), store.versions(), sources, today)
    yield "deadlines.ics", write_calendar(events, "clausewatch: deadlines")
