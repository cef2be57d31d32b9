"""A reader's own subject and lines: filled in once, shortened with sense, and text whatever is filled in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier_samples import PROCESSOR, RETENTION, RIGHT, SOURCE, parcel
from sink_samples import DEADLINE
from test_notices import carried, crowd, notice

from notifier.fields import fill, named, unknown
from notifier.manner import FIELDS, Manner
from notifier.render import Message, render
from storage.model import Checked, DocumentType, NoticeKind, Parcel

EVERY = "|".join(f"{name}={{{name}}}" for name in FIELDS)


def told(manner: Manner, *parcels: Parcel) -> Message:
    """The sample alert in that manner."""
    return render(parcels or [replace(parcel(RETENTION, PROCESSOR, RIGHT), deadline=DEADLINE)], "box", manner)


def test_the_usual_subject_can_be_added_to() -> None:
    """`{usual}` is the subject without a template."""
    usual = told(Manner()).subject
    assert told(Manner(subject="[privacy] {usual}")).subject == f"[privacy] {usual}"


def test_every_field_of_an_alert() -> None:
    """What each stands for, in the language of the reader."""
    lines = told(Manner(intro=EVERY.replace("|", "\n"))).text.partition("\n\n")[0].splitlines()
    assert dict(line.split("=", 1) for line in lines) == {
        "usual": "[high] Acme privacy policy: retention 24 -> 36 months (+2 more)",
        "vendor": "Acme",
        "document": "privacy policy",
        "headline": "retention 24 -> 36 months",
        "severity": "high",
        "direction": "worse for you",
        "topic": "retention",
        "changes": "3 changes",
        "deadline": "8 December 2026",
        "seen": "23 November 2026",
        "source": "acme/privacy",
        "subscriber": "privacy-team",
        "instance": "box",
    }
    dutch = Manner(lang="nl", subject="{vendor}, {document}: {topic}, {severity}; {changes} vóór {deadline}")
    assert told(dutch).subject == "Acme, privacyverklaring: bewaartermijn, hoog; 3 wijzigingen vóór 8 december 2026"


def test_fields_of_digests_reminders_and_notices() -> None:
    """Each has something to say in the fields that a subject needs."""
    manner = Manner(subject="{vendor} / {document} / {headline} / {changes}")
    digest = [
        parcel(RIGHT, source=replace(SOURCE, id=f"a/{n}", vendor=n), key=n * 32, group="daily:2026-11-23") for n in "ab"
    ]
    assert render(digest, "x", manner).subject == (
        "a, b / 2 documents / Requests are answered within four weeks instead of six / 2 changes"
    )
    alert = replace(parcel(RETENTION), deadline=DEADLINE)
    reminds = replace(alert, delivery=replace(alert.delivery, group="remind:2026-12-08:7"))
    assert told(manner, reminds).subject == "Acme / privacy policy / Object by 8 December 2026 / 1 change"
    gone = carried(notice(NoticeKind.PAGE_REMOVED))
    assert render([gone], "x", manner).subject == "Acme / privacy policy / Page removed / 1 notice"
    checked = (Checked("a/b", "Acme", DocumentType.TERMS, 7, 0, None),)
    proof = carried(notice(NoticeKind.PROOF, source_id=None, checked=checked), None)
    assert render([proof], "x", manner).subject == (
        "Acme / terms / Nothing changed in 1 document; 1 not reached / 1 notice"
    )
    lost = carried(notice(NoticeKind.UNDELIVERED, target="slack://x"), None)
    assert render([lost], "box", manner).subject.startswith("box / / Message given up: slack://x")
    assert render(crowd(30), "x", Manner(subject="{vendor}")).subject.endswith("…")


def test_a_long_headline_is_shortened_before_what_follows_it() -> None:
    """What the reader wrote behind it stays."""
    wordy = replace(RETENTION, facts=(), summary="Sharing: " + "very " * 40)
    subject = told(Manner(subject="{headline} (for {subscriber})"), parcel(wordy)).subject
    assert len(subject) <= 89
    assert subject.endswith("… (for privacy-team)")
    longer = told(Manner(subject="x" * 80 + " {headline} {subscriber}"), parcel(wordy)).subject
    assert len(longer) <= 89


def test_braces_and_other_templates_are_text() -> None:
    """`{{` is a brace; `${x}`, `%s` and `{{7*7}}` of a vendor's name are what they are, and are not read again."""
    vendor = "${HOME} %s {headline} {{7*7}} {0.__class__}"
    source = replace(SOURCE, vendor=vendor)
    message = told(
        Manner(subject="{{x}} {vendor}", intro="{vendor}", outro="%s {{{vendor}}}"), parcel(RETENTION, source=source)
    )
    assert message.subject == f"{{x}} {vendor}"
    assert message.text.startswith(f"{vendor}\n\n---")
    assert f"%s {{{vendor}}}" in message.text


def test_own_lines_stand_around_the_changes() -> None:
    """In text, HTML and chat; a line that is empty when it is filled in is left out."""
    manner = Manner(intro="About {vendor}.\nBefore {deadline}.\n{direction}", outro="Ask Ada <ada@example.org>.")
    message = told(manner, parcel(RETENTION))
    assert message.text.startswith("About Acme.\nBefore .\nworse for you\n\n---")
    assert (
        message.text.index("Read more:")
        < message.text.index("Ask Ada <ada@example.org>.")
        < message.text.index("-- \n")
    )
    notes = [note.get_text("|", strip=True) for note in BeautifulSoup(message.html, "lxml").select(".note")]
    assert notes == ["About Acme.|Before .|worse for you", "Ask Ada <ada@example.org>."]
    assert message.chat.fitted(3800).startswith("About Acme.\nBefore .\nworse for you\n\nAcme privacy policy")
    gone = render([carried(notice())], "x", Manner(intro="{deadline}\n{seen}", outro="{topic}"))
    assert gone.text.startswith("Source failing: dns")
    assert 'class="note"' not in gone.html


@pytest.mark.parametrize(
    "words", ["a\r\nBcc: b@example.org", "\u202egnp", "<script>alert(1)</script>", "@everyone \x1b[2J"]
)
def test_what_is_filled_in_is_one_line_of_text(words: str) -> None:
    """CR LF, marks that turn text round, markup and mentions do nothing in subject, lines and chat."""
    source, change = replace(SOURCE, vendor=words), replace(RETENTION, summary=words, facts=())
    message = told(
        Manner(subject="{vendor}: {headline}", intro="{vendor}", outro="{headline}"), parcel(change, source=source)
    )
    assert not set("\r\n\u202e\x1b") & set(message.subject)
    assert message.text.splitlines()[1] == ""
    assert "<script>" not in message.html
    assert "@everyone" not in message.chat.fitted(3800)


@given(st.text("{}ab.!:0 \n", max_size=30))
@settings(deadline=None)
def test_a_template_without_faults_can_be_filled(template: str) -> None:
    """What is judged good is filled in without an error; what is not good is named."""
    if unknown(template, {"a", "b"}):
        return
    values = {"a": "{b}", "b": "1"}
    assert set(named(template)) <= {"a", "b"}
    assert fill(template, values).count("{b}") >= template.replace("{{", "").count("{a}")
