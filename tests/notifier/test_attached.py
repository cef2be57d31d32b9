"""What mails carry along, and how one gets no more of them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import icalendar
import pytest
from notifier_samples import MOMENT, RETENTION, SOURCE, parcel

from notifier.attached import attachments
from notifier.mail import MailSettings, Thread, compose
from notifier.render import render
from storage.model import Attachment, Deadline, Parcel, Span

DEADLINE = Deadline(date(2026, 12, 23), date(2026, 11, 23), stated=False, period="P30D", business=False)
BOTH = (Attachment.DIFF, Attachment.CALENDAR)


def sent(post: Parcel, unsubscribe: str | None = None, name: str = "team") -> EmailMessage:
    """The mail as it arrives, with all that can be attached."""
    known = MailSettings("smtp://localhost", "clausewatch <alerts@example.org>", unsubscribe=unsubscribe)
    place = Thread("a" * 32, "source|acme", ("acme/privacy",), name)
    attached = attachments([post], BOTH)
    mail = compose(render([post]), known, "privacy@example.org", place, MOMENT, attached=attached)
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert read.defects == []
    return read


def test_both_attachments_arrive_whole() -> None:
    """The page holds both wordings, the calendar the last day and two alarms; text and HTML stay the body."""
    mail = sent(replace(parcel(RETENTION), deadline=DEADLINE))
    page, entry = list(mail.iter_attachments())
    assert (page.get_filename(), page.get_content_type()) == ("changes.html", "text/html")
    assert "<del>24</del>" in page.get_content()
    assert "<ins>36</ins>" in page.get_content()
    assert (entry.get_filename(), entry.get_content_type()) == ("deadline.ics", "text/calendar")
    calendar = icalendar.Calendar.from_ical(entry.get_content())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 12, 23)
    assert len(event.walk("VALARM")) == 2
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Object by Wednesday 23 December 2026" in body.get_content()


def test_nothing_is_attached_unasked_or_without_a_deadline() -> None:
    """No wish, no file; no deadline, no calendar."""
    assert attachments([parcel(RETENTION)], ()) == ()
    assert [one.name for one in attachments([parcel(RETENTION)], BOTH)] == ["changes.html"]


def test_hostile_wording_stays_text_in_both_files() -> None:
    """Markup of a page is shown as what it is, and a line end begins no line of a calendar."""
    evil = "<script>alert(1)</script>\r\nATTENDEE:x\u202e"
    change = replace(RETENTION, summary=evil, before=evil, after=evil, spans=(Span("insert", evil),))
    post = replace(parcel(change, source=replace(SOURCE, vendor=evil)), deadline=replace(DEADLINE, quote=evil))
    page, entry = (one.body.decode() for one in attachments([post], BOTH))
    assert "<script" not in page
    assert "\u202e" not in page + entry
    assert not any(line.startswith("ATTENDEE") for line in entry.splitlines())


def test_a_flood_of_wording_is_cut() -> None:
    """A page of half a megabyte of wording is left out and counted."""
    long = replace(RETENTION, after="x " * 300_000, spans=())
    (page,) = attachments([parcel(RETENTION, long)], (Attachment.DIFF,))
    assert b"and 1 more that did not fit" in page.body
    assert len(page.body) < 20_000


@pytest.mark.parametrize(
    ("address", "header", "one_click"),
    [
        ("mailto:privacy@example.org?subject=stop", "<mailto:privacy@example.org?subject=stop>", None),
        (
            "https://example.org/stop?who={subscriber}&" + "k" * 200,
            "<https://example.org/stop?who=Zo%C3%AB%20%26%20team&" + "k" * 200 + ">",
            "List-Unsubscribe=One-Click",
        ),
    ],
)
def test_how_to_hear_no_more(address: str, header: str, one_click: str | None) -> None:
    """The address stands whole in its header, however long; one click is offered where a POST can go."""
    mail = sent(parcel(RETENTION), address, "Zo\u00eb & team")
    assert mail["List-Unsubscribe"] == header
    assert mail["List-Unsubscribe-Post"] == one_click
    assert sent(parcel(RETENTION))["List-Unsubscribe"] is None
