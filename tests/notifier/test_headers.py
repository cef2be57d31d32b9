"""Subjects on the wire: what every mail program decodes is what was meant."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from notifier_samples import MOMENT, RETENTION, parcel

from notifier.mail import MailSettings, Thread, compose
from notifier.render import render
from notifier.sinks import plain

SENT = render([parcel(RETENTION)])
KNOWN = MailSettings("smtp://x", "clausewatch <alerts@example.org>")


def lines(subject: str) -> list[bytes]:
    """The lines of the subject as they travel, its name taken off."""
    mail = compose(replace(SENT, subject=subject), KNOWN, "a@example.org", Thread("k" * 32, "r", ("a/b",)), MOMENT)
    head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    found = re.search(rb"^Subject: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE)
    assert found is not None
    return found[1].split(b"\r\n")


def decoded(raw: list[bytes], joint: bytes = b"") -> str:
    """What a program makes of it that puts `joint` where a line ended, the blank of the next line kept."""
    return str(make_header(decode_header(joint.join(raw).decode("ascii"))))


@pytest.mark.parametrize(
    "subject",
    [
        "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)",
        "[high] Acme Desk privacy policy: New recipient: Nimbus Inc. (Transcription of voice (+12)",
        "[high] Acme Desk privacy policy: New recipient: Nimbus Inc. (Transcription of…",
        "[hoog] Zoë B.V. privacyverklaring: bewaartermijn 24 → 36 maanden én nog iets over ö",
        "x" * 89,
        "é" * 89,
        "\U0001f600" * 89,
        "保存期間が変わりました " * 7,
        "a =?utf-8?q?=0D=0ABcc:_x@example.org?= b",
        "a  b" * 20,
        "(" * 44 + "\\" * 40,
    ],
    ids=range(11),
)
def test_every_program_reads_the_subject_that_was_meant(subject: str) -> None:
    """By the rules, and by the habit of a blank for each line end; folded lines are as short as they should be."""
    meant = plain(subject)
    raw = lines(subject)
    assert decoded(raw) == meant
    assert decoded(raw, b" ") == meant
    assert decoded(raw, b"\t") == meant
    assert len(raw) == 1 or all(len(line) <= 76 for line in (b"Subject: " + raw[0], *raw[1:]))
    assert (len(raw) == 1) == (meant.isascii() and "=?" not in meant)


def test_plain_letters_travel_as_they_are() -> None:
    """What is ASCII can be read, and filtered, without decoding."""
    assert lines(SENT.subject) == [SENT.subject.encode()]
    assert lines("[high] " + "word " * 16 + "end") == [b"[high] " + b"word " * 16 + b"end"]


@example("=?utf-8?q?=0d=0aBcc:_evil@example.org?=")
@example("\u0645\u0631\u062d\u0628\u0627 \u200d\U0001f468")
@given(st.text(max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_words_arrive_as_they_are_and_add_no_header(words: str) -> None:
    """Whatever a page calls itself: decoded it is the same line of text, and the other headers are the same."""
    raw = lines(words)
    assert decoded(raw, b" ").strip() == plain(words, 200).strip()
    mail = compose(replace(SENT, subject=words), KNOWN, "a@example.org", Thread("k" * 32, "r", ("a/b",)), MOMENT)
    parsed = email.message_from_bytes(mail.as_bytes(), policy=email.policy.compat32)
    assert parsed.keys() == mail.keys()
