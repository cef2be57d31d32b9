"""What an alert says, line by line: in the text, in the HTML, and in the JSON of a webhook."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from notifier_samples import PROCESSOR, RETENTION, RIGHT, SOURCE, TRAINING, parcel
from sink_samples import DEADLINE

from notifier.manner import Manner
from notifier.render import LARGEST, Message, render
from storage.model import Change, Deadline, DocumentType, Parcel, RecipientDelta, Severity, Span

MANNER = Manner(archive="https://archive.example/{source}/{version}?at={seen}&of={url}")
ARCHIVED = "https://archive.example/acme/privacy/4?at=20261123060000&of=https://acme.example/privacy?lang=en&page=1"
HEAD = "ab" * 32


def sent(*changes: Change, **more: object) -> Message:
    """The sample alert with its evidence."""
    made = replace(parcel(*(changes or (RIGHT, RETENTION, PROCESSOR))), deadline=DEADLINE, head=HEAD)
    return render([replace(made, **more)], "box", MANNER)  # type: ignore[arg-type] # its fields, by name


def read(message: Message) -> tuple[str, str]:
    """The words of the text and of the HTML, white space folded."""
    tree = BeautifulSoup(message.html, "lxml")
    for hidden in tree.select("style, title, .preheader"):
        hidden.decompose()
    return " ".join(message.text.split()), " ".join(tree.get_text(" ").split())


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Acme: privacy policy", id="who and which document"),
        pytest.param("3 changes: 1 high, 1 medium, 1 low", id="how many, how grave"),
        pytest.param("How long we keep data › Former customers", id="section"),
        pytest.param("sub-processors, international transfers", id="topic"),
        pytest.param("more risk, or a protection lost", id="what the severity means"),
        pytest.param("worse for you", id="direction"),
        pytest.param("n force from 15 December 2026, as the page says", id="effective date"),
        pytest.param("22 November 2026, 06:30 UTC", id="last seen as before"),
        pytest.param("23 November 2026, 06:00 UTC", id="first seen as after"),
        pytest.param("https://acme.example/privacy?lang=en&page=1", id="source link"),
        pytest.param(ARCHIVED, id="archive link"),
        pytest.param(HEAD, id="chain head"),
        pytest.param("Object to Nimbus Mail and Vault Hosting by Tuesday 8 December 2026", id="what to do"),
        pytest.param("10 business days from 23 November 2026", id="period and start"),
        pytest.param("the day on which it was first seen (the vendor states none)", id="counted from"),
        pytest.param("by the vendor's own text", id="basis"),
        pytest.param("weekends and public holidays are left out (Netherlands)", id="holidays"),
        pytest.param("“The customer may object within ten business days.” (acme/dpa)", id="the words that grant it"),
        pytest.param("clausewatch review ack acme/privacy@4", id="where to write down what was decided"),
        pytest.param("clausewatch diff acme/privacy 3 4", id="where to read on"),
    ],
)
def test_text_and_html_say_it(words: str) -> None:
    """Each thing that a reader has to know."""
    for said in read(sent()):
        assert words in said


def test_one_sentence_a_change_the_gravest_first() -> None:
    """Whatever the order in which they come, of one gravity those that are worse first."""
    better = replace(RETENTION, direction=RIGHT.direction, summary="Better but high")
    summaries = [RETENTION.summary, "Better but high", PROCESSOR.summary, RIGHT.summary]
    message = sent(RIGHT, better, PROCESSOR, RETENTION)
    for said in read(message):
        places = [said.replace("→", "->").index(words) for words in summaries]
        assert places == sorted(places)
    assert [item.splitlines()[0].partition("] ")[2] for item in message.chat.items] == summaries
    assert [change["summary"] for change in message.data["documents"][0]["changes"]] == summaries


def test_both_wordings_with_their_words_marked() -> None:
    """By signs in text, by elements in HTML, by spans for programs."""
    message = sent()
    assert "invoices after [-24-] months." in " ".join(message.text.split())
    assert "invoices after {+36+} months." in " ".join(message.text.split())
    tree = BeautifulSoup(message.html, "lxml")
    assert [each.get_text() for each in tree.select("blockquote del")] == ["24", "six"]
    assert "24" in tree.select("blockquote")[0].get_text()
    spans = message.data["documents"][0]["changes"][0]["spans"]
    assert spans[1:3] == [{"op": "delete", "text": "24"}, {"op": "insert", "text": "36"}]


def test_a_program_is_told_all_of_it() -> None:
    """The fields of the compare contract, with the interval, the links, the head and the deadline."""
    data = sent().data
    (document,) = data["documents"]
    assert (data["schema"], data["subscriber"], data["kind"], data["head"]) == (
        *("clausewatch/alert/1", "privacy-team", "alert"),
        HEAD,
    )
    assert [document[key] for key in ("source", "vendor", "document", "url", "archive")] == [
        *("acme/privacy", "Acme", "privacy-policy", SOURCE.urls[0], ARCHIVED)
    ]
    assert document["last_seen_as_before"] == "2026-11-22T06:30:00Z"
    assert document["first_seen_as_after"] == "2026-11-23T06:00:00Z"
    assert (document["effective_date"], document["old"]["version"], document["new"]["version"]) == ("2026-12-15", 3, 4)
    change = document["changes"][0]
    assert (change["topic"], change["severity"], change["direction"]) == ("retention", "high", "worse")
    assert change["section"] == ["How long we keep data", "Former customers"]
    assert (change["before"], change["after"], change["summary"]) == (
        RETENTION.before,
        RETENTION.after,
        RETENTION.summary,
    )
    assert document["objection"] == {
        "object_by": "2026-12-08",
        "since": "2026-11-23",
        "since_is_stated": False,
        "period": "P10D",
        "days": "business",
        "saturdays": False,
        "holidays": "NL",
        "basis": "vendor",
        "quote": DEADLINE.quote,
        "quoted_from": "acme/dpa",
    }


def test_a_period_by_contract_that_counts_from_the_vendors_date() -> None:
    """Basis and start are named as they are; there is nothing to quote."""
    own = Deadline(date(2027, 1, 14), date(2026, 12, 15), stated=True, period="P30D", business=False)
    for said in read(sent(deadline=own)):
        assert "30 days from 15 December 2026, the date that the vendor states, by your configuration." in said
        assert "“" not in said


def test_a_period_that_is_not_known() -> None:
    """It says so, to whom one may object, and what to do; a program gets null."""
    message = sent(PROCESSOR, deadline=None)
    for said in read(message):
        assert "Time to object to Nimbus Mail and Vault Hosting: not stated." in said
        assert "What to do: Look for the period in your contract" in said
    assert message.data["documents"][0]["objection"] is None


def test_many_recipients_are_named_up_to_three() -> None:
    """And counted."""
    made = parcel(PROCESSOR)
    names = [replace(made.comparison.recipients.added[0], name=f"Firm {n}") for n in range(5)]
    told = replace(made.comparison, recipients=RecipientDelta(added=(*names, names[0])))
    said = read(sent(PROCESSOR, comparison=told))[0]
    assert "Object to Firm 0, Firm 1, Firm 2 and 2 more by Tuesday" in said


def test_without_an_archive_the_copy_in_the_store_is_named() -> None:
    """And an address that is none is no link."""
    made = replace(parcel(RETENTION), head=HEAD)
    plainly = render([made])
    assert "Archive:   clausewatch show acme/privacy@4" in plainly.text
    assert plainly.data["documents"][0]["archive"] is None
    hostile = replace(made, source=replace(SOURCE, urls=('https://a.example/"onmouseover=x',)))
    assert 'href="https://web' not in render([hostile], "x", Manner(archive="https://web.example/{url}")).html


def long(number: int) -> Change:
    """A change of some length."""
    words = f"Clause {number} tells at length what happens with the data of those who write to us & others. " * 14
    return replace(
        TRAINING,
        severity=Severity.HIGH if number == 39 else Severity.MEDIUM,
        summary=f"Change {number}",
        before=words,
        after=words + "More.",
        spans=(Span("delete", words), Span("insert", words + "More.")),
    )


@pytest.mark.parametrize("signs", [1, 40])
def test_gmail_shows_all_of_a_big_mail(signs: int) -> None:
    """40 long changes: the mail stays below what Gmail shows, holds the gravest, says how many more and where."""
    changes = [replace(long(n), section=("<&>" * signs,)) for n in range(40)]
    message = sent(*changes)
    assert len(message.html.encode()) <= LARGEST < 102_000
    text, page = read(message)
    shown = len(re.findall(r"\bChange \d+", page))
    assert 1 <= shown < 40
    assert page.index("Change 39") < page.index("Change 0")
    for said in (text, page):
        assert f"… and {40 - shown} more changes: clausewatch diff acme/privacy 3 4" in said
        assert SOURCE.urls[0] in said
    assert len(message.data["documents"][0]["changes"]) == 40


def test_a_flood_of_hostile_length_stays_small_too() -> None:
    """500 documents whose every field is as long as it may be and must be escaped."""
    sign = "<&\"'>" * 60
    parcels: list[Parcel] = [
        parcel(
            replace(long(n), summary=sign, section=(sign,) * 4),
            source=replace(SOURCE, id=f"v{n}/x", vendor=sign, document=DocumentType.DPA),
            key=f"{n:032x}",
            group="daily:2026-11-23",
        )
        for n in range(500)
    ]
    message = render(parcels)
    assert len(message.html.encode()) <= LARGEST
    assert re.search(r"… and 4\d\d more documents: clausewatch log", message.text)
    assert (len(message.data["documents"]), message.data["more_documents"]) == (200, 300)
