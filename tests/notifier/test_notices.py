"""Notices in words: gathered by cause, one message a run, harmless whatever a server says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier_samples import MOMENT, SOURCE, parcel

from notifier.envelope import pack
from notifier.language import words_of
from notifier.manner import LANGUAGES
from notifier.notices import IN_FULL, period_words
from notifier.remedies import meaning, remedy
from notifier.render import Message, render
from storage.model import (
    Delivery,
    DeliveryState,
    DocumentType,
    Move,
    Notice,
    NoticeKind,
    NoticeParcel,
    Outcome,
    Post,
    Reason,
    Source,
)

HOSTILE = "<script>alert(1)</script> [x](http://evil.example) @everyone \u202egnp.exe \x1b[31m\r\nBcc: a@b.example"


def notice(kind: NoticeKind = NoticeKind.FAILING, **changed: object) -> Notice:
    """A notice about the sample source, two days old."""
    plain = Notice(
        key="n" * 32,
        kind=kind,
        subscriber="operator",
        created_at=MOMENT,
        source_id=SOURCE.id,
        outcome=Outcome.FAILED,
        reason=Reason.DNS,
        detail="the name of the host is not known (gaierror)",
        count=5,
        since=MOMENT - timedelta(days=2, hours=3),
        last_good=MOMENT - timedelta(days=3),
    )
    return replace(plain, **changed)  # type: ignore[arg-type] # its fields, by name


def carried(told: Notice, source: Source | None = SOURCE, number: int = 0, **changed: object) -> NoticeParcel:
    """A due delivery of it."""
    delivery = Delivery(
        key=f"{number:032x}",
        alert_key=told.key,
        subscriber=told.subscriber,
        target="mailto:ops@example.org",
        group="notices:1",
        state=DeliveryState.PENDING,
        attempts=0,
        next_try=MOMENT,
        created_at=MOMENT,
        notice=True,
    )
    return NoticeParcel(replace(delivery, **changed), told, source)  # type: ignore[arg-type] # its fields, by name


def site(number: int) -> Source:
    """One of many sources, each on a host of its own."""
    url = f"https://vendor{number}.example/privacy"
    return Source(f"vendor{number}/privacy", f"Vendor {number:03}", DocumentType.PRIVACY_POLICY, (url,))


def crowd(count: int, kind: NoticeKind = NoticeKind.FAILING, **changed: object) -> list[NoticeParcel]:
    """So many sources that fail for one cause."""
    return [carried(notice(kind, source_id=f"vendor{n}/privacy", **changed), site(n), n) for n in range(count)]


def test_a_failing_source_is_told_with_all_that_is_known() -> None:
    """Outcome, reason, since when, how often, last good check, what the server said, what to do, where to look."""
    message = render([carried(notice())], "alerts.example.org")
    assert message.subject == "[failing] Acme privacy policy: dns (5 checks)"
    assert message.text == (
        "Source failing: dns\n"
        "The name of the host is not known. The last good version stands, and the\n"
        "page is asked for again.\n"
        "What to do: Look at the address and at the name server of this machine.\n"
        "\n"
        "* Acme: privacy policy\n"
        "  Since: 21 November 2026, 03:00 UTC, 5 checks in a row\n"
        "  Last good: 20 November 2026, 06:00 UTC\n"
        "  Said: the name of the host is not known (gaierror)\n"
        "  Page: https://acme.example/privacy?lang=en&page=1\n"
        "  clausewatch status acme/privacy\n"
        "\n"
        "-- \n"
        "clausewatch at alerts.example.org, for operator\n"
    )
    tree = BeautifulSoup(message.html, "lxml")
    assert "Look at the address and at the name server" in tree.get_text()
    assert tree.select_one("a")["href"] == SOURCE.urls[0]  # type: ignore[index] # it is there, or the test fails


@pytest.mark.parametrize(
    ("told", "subject", "words"),
    [
        (
            notice(NoticeKind.STILL_FAILING, count=40),
            "[failing] Acme privacy policy: dns (40 checks)",
            ["Source still failing: dns"],
        ),
        (
            notice(NoticeKind.RECOVERED),
            "[source recovered] Acme privacy policy after 2 days 3 hours",
            ["Source recovered", "Lasted: 2 days 3 hours, 5 checks without the document", "Was: dns: the name"],
        ),
        (
            notice(NoticeKind.MOVED, move=Move(SOURCE.urls[0], "https://acme.example/new", 2), since=None),
            "[page moved] Acme privacy policy",
            ["Page moved", "Moved to: https://acme.example/new", "clausewatch sources fix acme/privacy"],
        ),
        (
            notice(NoticeKind.PAGE_REMOVED, reason=Reason.GONE, detail="status 404", count=3),
            "[page removed] Acme privacy policy, gone since 21 November 2026",
            ["no such page any more", "Last good: 20 November 2026, 06:00 UTC", "clausewatch show acme/privacy"],
        ),
        (
            notice(NoticeKind.PAGE_BACK, reason=Reason.GONE, detail="status 404"),
            "[page is back] Acme privacy policy after 2 days 3 hours",
            ["can be had again", "Lasted: 2 days 3 hours"],
        ),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Notice) else "",
)
def test_every_kind_has_its_words(told: Notice, subject: str, words: list[str]) -> None:
    """Subject, what happened, what is known."""
    message = render([carried(told)])
    assert message.subject == subject
    folded = " ".join(message.text.split())
    assert all(word in folded for word in words), message.text
    assert all(word in " ".join(BeautifulSoup(message.html, "lxml").get_text(" ").split()) for word in words[:1])


def test_what_was_given_up_names_its_target_and_how_to_send_it_again() -> None:
    """A delivery has no source; its target stands there as configured."""
    told = notice(
        NoticeKind.UNDELIVERED,
        source_id=None,
        recipient="privacy-team",
        target="slack://${SLACK_TOKENS}",
        detail="the service answered HTTP 410",
        delivery="abcdef0123456789",
        count=1,
    )
    message = render([carried(told, None)])
    assert message.subject == "[message given up] for privacy-team, slack://${SLACK_TOKENS}"
    for words in (
        "Said: the service answered HTTP 410",
        "clausewatch deliveries retry abcdef012345",
        "for privacy-team",
    ):
        assert words in message.text


def test_five_hundred_sources_that_fail_for_one_cause_are_one_message() -> None:
    """One message, one cause, 25 names, a hint at this machine's own network, and the number of the others."""
    parcels = crowd(500)
    (envelope,) = pack(parcels)
    assert len(envelope.parcels) == 500
    message = render(envelope.parcels)
    assert message.subject == "[failing] 500 sources failing: dns"
    assert message.text.count("Since: ") == IN_FULL
    assert "… and 475 more: clausewatch status --failing" in message.text
    assert "On 500 hosts at once" in message.text
    assert "network of this machine" in " ".join(message.text.split())
    assert len(message.chat.fitted(3800)) <= 3800
    assert "475 more notices" in message.chat.fitted(100_000)


def test_kinds_and_causes_stand_apart_in_one_message() -> None:
    """The gravest kind first, then the cause that most sources share; the subject counts the kinds."""
    parcels = [
        *crowd(2, kind=NoticeKind.RECOVERED),
        *crowd(3, reason=Reason.TIMEOUT),
        *crowd(4),
        carried(notice(NoticeKind.PAGE_REMOVED, reason=Reason.GONE)),
    ]
    message = render(parcels)
    assert message.subject == "[page removed] 1 page removed; 7 sources failing; 2 sources recovered"
    titles = [title.get_text() for title in BeautifulSoup(message.html, "lxml").select("h1")]
    assert titles == [
        "Page removed",
        "4 sources failing: dns",
        "3 sources failing: timeout",
        "2 sources recovered",
    ]


def test_alerts_and_notices_never_share_a_message() -> None:
    """The same subscriber, target and digest: two envelopes."""
    alert = parcel(group="daily:2026-11-23")
    told = notice(subscriber="privacy-team")
    both: list[Post] = [alert, carried(told, group=alert.delivery.group, target=alert.delivery.target)]
    assert [len(envelope.parcels) for envelope in pack(both)] == [1, 1]
    with pytest.raises(ValueError, match="one message"):
        render(both)


def test_the_thread_of_a_notice_is_that_of_its_source() -> None:
    """Failing and recovered make one conversation, apart from the alerts of the source."""
    (first,) = pack([carried(notice())])
    (second,) = pack([carried(notice(NoticeKind.RECOVERED), number=1)])
    (alert,) = pack([parcel()])
    assert first.thread == second.thread != alert.thread


def harmless(message: Message) -> None:
    """Nothing in it acts on a mail program, a browser, a terminal or a chat service."""
    assert len(message.subject) < 90
    for text in (message.subject, message.chat.head, *message.chat.items, message.chat.foot, message.text):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "\n" not in message.subject
    tree = BeautifulSoup(message.html, "lxml")
    assert tree.find(["script", "img", "iframe", "form", "object"]) is None
    assert all(str(link["href"]).startswith(("http://", "https://")) for link in tree.select("a"))
    assert all("@everyone" not in item for item in message.chat.items)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_hostile_text_stays_text(kind: NoticeKind) -> None:
    """What a server, an address or a mail server says, and a vendor's name: it is shown and does nothing."""
    told = notice(
        kind,
        detail=HOSTILE,
        move=Move(SOURCE.urls[0], "javascript:alert(1)//" + HOSTILE, 2),
        recipient=HOSTILE,
        target=HOSTILE,
        delivery=HOSTILE,
    )
    source = (
        None if kind is NoticeKind.UNDELIVERED else replace(SOURCE, vendor=HOSTILE, urls=("javascript:" + HOSTILE,))
    )
    message = render([carried(told, source)], HOSTILE)
    harmless(message)
    assert "<script>alert(1)</script>" in BeautifulSoup(message.html, "lxml").get_text()


@given(st.sampled_from(NoticeKind), st.text(max_size=300), st.text(max_size=80), st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_any_text_makes_a_harmless_message(kind: NoticeKind, said: str, name: str, count: int) -> None:
    """Whatever the words: one line of subject under 90 characters, no control character, no markup."""
    told = notice(kind, detail=said, recipient=name, target=said, delivery=name, count=count)
    source = None if kind is NoticeKind.UNDELIVERED else replace(SOURCE, vendor=name)
    harmless(render([carried(told, source)]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_reason_has_a_meaning_and_a_remedy(code: str) -> None:
    """In every language: a phrase, and a sentence of its own where there is no reason."""
    words = words_of(code)
    for reason in (*Reason, None):
        assert meaning(reason, words)
        assert remedy(reason, words).endswith(".")
    assert meaning(None, words) not in {meaning(reason, words) for reason in Reason}


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(days=-1), "less than a minute"),
    ],
)
def test_a_length_of_time_in_words(length: timedelta, words: str) -> None:
    """The two largest units."""
    assert period_words(length) == words
