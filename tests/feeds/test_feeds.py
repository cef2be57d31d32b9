"""Feeds and calendars: valid whatever the texts hold, with the real difference, and written only when they change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_samples import DAY, START, change, checked, new_version, source

from notifier.phrases import deadline_words
from storage.connect import open_store
from storage.errors import UsageError
from storage.model import Deadline, DocumentType, DueDeadline, RecordedChange, Span, Topic
from storage.protocol import Store
from watcher.feeds import events_of, write_atom, write_calendar, write_feeds

A, B = "acme/privacy", "bolt/dpa"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = "]]> <script>alert(1)</script> \x0b\x00 \"'><img src=x onerror=alert(1)> \ud800 \u202e &lt;b&gt;"
UNTIL = Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P10D", True, "NL", "acme/dpa", "You may object.")


def recorded(text: str = "36 months", url: str = "https://acme.example/privacy") -> RecordedChange:
    """A change with that text in every place that a vendor may fill."""
    one = replace(
        change(),
        section=(text,),
        before=text,
        after=text,
        spans=(Span("delete", text), Span("insert", text)),
        summary=text,
        topics=(Topic.RETENTION, text),
    )
    return RecordedChange(A, text, DocumentType.DPA, url, 2, 0, START, START + DAY, one)


def entries(data: bytes) -> list[ET.Element]:
    """The entries of a feed that parses."""
    return ET.fromstring(data).findall("a:entry", ATOM)


def test_an_entry_has_the_real_difference() -> None:
    """Both wordings with their words marked, facts, section, interval, and an address that never changes."""
    data = write_atom([recorded()], title="All", name="all", updated=START, base="https://x.example/feeds/")
    (entry,) = entries(data)
    html = entry.findtext("a:content", "", ATOM)
    assert "<del>36 months</del>" in html
    assert "<ins>36 months</ins>" in html
    assert "last seen as before 2026-03-01 09:00 UTC, first seen as after 2026-03-02 09:00 UTC" in html
    assert entry.findtext("a:id", "", ATOM) == "urn:clausewatch:change:acme/privacy:2:0"
    assert entry.findtext("a:updated", "", ATOM) == "2026-03-02T09:00:00Z"
    links = [link.get("href") for link in ET.fromstring(data).iter("{http://www.w3.org/2005/Atom}link")]
    assert links == ["https://x.example/feeds/all.atom", "https://acme.example/privacy"]


@settings(deadline=None)
@given(st.one_of(st.just(HOSTILE), st.text(max_size=200)))
def test_any_text_makes_a_feed_that_parses(text: str) -> None:
    """Nothing in it is markup: the content is one text, in which what was fetched stands escaped."""
    (entry,) = entries(write_atom([recorded(text)], title=text, name="all", updated=START, base=None))
    html = entry.findtext("a:content", "", ATOM)
    assert "<script" not in html
    assert "<img" not in html
    assert entry.findtext("a:title", "", ATOM)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://u:p@x.example"])
def test_only_web_addresses_are_links(url: str) -> None:
    """Others are left out."""
    (entry,) = entries(write_atom([recorded(url=url)], title="t", name="all", updated=START, base=None))
    assert entry.find("a:link", ATOM) is None


def test_a_calendar_of_deadlines() -> None:
    """All-day events with alarms before them, and the words that grant the time; hostile text stays text."""
    vendor = f"Acme\r\nATTENDEE:{HOSTILE}"
    due = DueDeadline(A, vendor, DocumentType.DPA, "https://a.example", 2, START, "New: Hooli", UNTIL)
    data = write_calendar(events_of([due], [], [], date(2026, 3, 1)), "Deadlines")
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 4, 1)
    assert event.decoded("dtend") == date(2026, 4, 2)
    assert str(event["uid"]) == "objection:acme/privacy:2@clausewatch"
    assert "You may object." in str(event["description"])
    assert "attendee" not in event
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [timedelta(days=-7), timedelta(days=-1)]
    assert b"\x00" not in data


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (
            UNTIL,
            (
                "10 business days from 2 March 2026, the date that the vendor states, by the vendor's own text; "
                "weekends and public holidays are left out (Netherlands)."
            ),
        ),
        (
            replace(UNTIL, stated=False, period="P1M", business=False, holidays=None, source_id=None, quote=None),
            (
                "1 month from 2 March 2026, the day on which it was first seen (the vendor states none), "
                "by your configuration."
            ),
        ),
    ],
)
def test_how_a_deadline_was_counted(deadline: Deadline, words: str) -> None:
    """In one sentence."""
    assert deadline_words(deadline) == words


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two sources with two versions each; one with a deadline, one that takes effect later."""
    with closing(open_store(str(tmp_path / "h.db"), write=True)) as opened:
        opened.sync_sources([source(A), source(B, vendor="../../etc")], START)
        for key in (A, B):
            checked(opened, key, START, new_version(key, 1, START, ["one"]))
            made = new_version(key, 2, START + DAY, ["two"])
            if key == A:
                made = replace(made, deadline=UNTIL)
            else:
                made = replace(made, version=replace(made.version, effective_date=date(2026, 5, 1)))
            checked(opened, key, START + DAY, made)
        yield opened


def test_all_feeds_as_files(store: Store, tmp_path: Path) -> None:
    """One for everything, each vendor, source and topic, and the calendar; each is written only when it changes."""
    folder = tmp_path / "feeds"
    now = START + 2 * DAY
    files, changed = write_feeds(store, folder, now, None)
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names == [
        "all.atom",
        "deadlines.ics",
        "source/acme/privacy.atom",
        "source/bolt/dpa.atom",
        "topic/ai.atom",
        "topic/retention.atom",
        "vendor/acme.atom",
        "vendor/etc.atom",
    ]
    assert (files, changed) == (8, 8)
    assert len(entries((folder / "all.atom").read_bytes())) == 4
    assert len(entries((folder / "topic/ai.atom").read_bytes())) == 2
    events = icalendar.Calendar.from_ical((folder / "deadlines.ics").read_bytes()).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [date(2026, 4, 1), date(2026, 5, 1)]
    assert write_feeds(store, folder, now + timedelta(hours=1), None) == (8, 0)
    checked(store, A, now, new_version(A, 3, now, ["three"]))
    assert write_feeds(store, folder, now, None) == (8, 5)
    assert write_feeds(store, folder, datetime(2026, 4, 2, tzinfo=UTC), None) == (8, 1)


def test_feeds_of_a_forgotten_source_go(store: Store, tmp_path: Path) -> None:
    """And a file of somebody else in the folder stays."""
    folder = tmp_path / "feeds"
    write_feeds(store, folder, START + 2 * DAY, None)
    (folder / "source" / "mine.atom").write_text("<feed/>", encoding="utf-8")
    store.sync_sources([source(A)], START)
    store.forget(B, START, "")
    write_feeds(store, folder, START + 2 * DAY, None)
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.atom"))
    assert names == [
        "all.atom",
        "source/acme/privacy.atom",
        "source/mine.atom",
        "topic/ai.atom",
        "topic/retention.atom",
        "vendor/acme.atom",
    ]


def test_a_folder_that_cannot_be_written_is_told(store: Store, tmp_path: Path) -> None:
    """A file in its place; a link in it is replaced, never followed."""
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        write_feeds(store, tmp_path / "taken", START, None)
    folder = tmp_path / "feeds"
    folder.mkdir()
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (folder / "all.atom").symlink_to(tmp_path / "mine")
    write_feeds(store, folder, START, None)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert not (folder / "all.atom").is_symlink()


@pytest.mark.parametrize("base", ["nonsense", "javascript:alert(1)", "https://", "https://a.example/f?x=1"])
def test_feeds_are_served_by_a_web_server(store: Store, tmp_path: Path, base: str) -> None:
    """Anything else as their address is told, and nothing is written."""
    with pytest.raises(UsageError, match="no address that files can be served at"):
        write_feeds(store, tmp_path / "feeds", START, base)
    assert not (tmp_path / "feeds").exists()
