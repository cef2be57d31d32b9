"""The words of each language: all there, in one form, and no word of another language in a message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from notifier_samples import MOMENT, PROCESSOR, RETENTION, RIGHT, parcel
from sink_samples import DEADLINE
from test_notices import carried, crowd, notice

from notifier.attached import attachments
from notifier.language import read, words_of
from notifier.manner import LANGUAGES, Manner
from notifier.phrases import _IDS, deadline_words, fact_label, fact_value, period_words, topic_words
from notifier.render import Message, render
from storage.model import (
    Attachment,
    Change,
    ChangeKind,
    Checked,
    Deadline,
    Direction,
    DocumentType,
    FactChange,
    FactType,
    Move,
    NoticeKind,
    NoticeParcel,
    Parcel,
    Reason,
    Severity,
    Topic,
)

FOLDER = Path(__file__).resolve().parents[2] / "notifier"
TEXTS = {code: (FOLDER / "words" / f"{code}.toml").read_text("utf-8") for code in LANGUAGES}
SMALL = (
    '[form]\nlocale = "{}"\nnumbers = "one other"\n[count]\nx = {{ one = "{{count}} a", other = "{{count}} b" }}\n'
    '[a]\nb = "{{name}} c"\n'
)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_id_of_the_model_has_its_words(code: str) -> None:
    """No id is without words, in any language, and no two of one kind are called the same."""
    words = words_of(code)
    kinds = {
        "document": DocumentType,
        "topic": Topic,
        "severity": Severity,
        "severity-means": Severity,
        "direction": Direction,
        "kind": ChangeKind,
        "fact": FactType,
        "notices": NoticeKind,
        "reason": Reason,
    }
    for table, ids in kinds.items():
        ends = {"notices": ".other", "reason": ".means"}.get(table, "")
        found = [words.phrases[f"{table}.{one}{ends}"] for one in ids]
        assert len(set(found)) == len(found)
    assert set(words.phrases["form.numbers"].split()) == words.locale.plural_form.tags | {"other"}


def test_every_phrase_is_used_and_every_used_phrase_is_there() -> None:
    """The keys in the program and its templates are those of the files."""
    sources = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.jinja")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"[\"']([a-z][a-z-]*\.[a-z][a-z-]*)[\"']", text))
    prefixes = set(re.findall(r"f[\"']([a-z-]+\.[a-z-]*)\{", text)) | {"severity."}
    prefixes |= {f"{table}." for table in _IDS.values()}
    for key in words_of("en").phrases:
        stem = _stem(key)
        assert stem in used or any(stem.startswith(prefix) for prefix in prefixes) or stem == "form.name", key
    tables = {key.partition(".")[0] for key in words_of("en").phrases}
    known = {_stem(key) for key in words_of("en").phrases}
    assert {key for key in used if key.partition(".")[0] in tables} - known == {"deadline.ics"}


def _stem(key: str) -> str:
    """The key without the form that a number asks for."""
    return re.sub(r"(?<=\.)([a-z-]+)\.(?:one|other)$", r"\1", key)


def test_faults_of_the_files_are_told_at_once() -> None:
    """A missing key, one too many, other places, an empty phrase, a form that is missing: each in its words."""
    good = SMALL.format("en_GB")
    assert read({"en": good, "nl": SMALL.format("nl_NL")}).keys() == {"en", "nl"}
    bad = '[form]\nlocale = "nl_NL"\nnumbers = "one other"\n[count]\nx = { other = "{count} b" }\n'
    bad += '[a]\nb = "{nmae} c"\nd = " "\n'
    with pytest.raises(ValueError, match=r"nl: a\.d is not in en") as caught:
        read({"en": good + 'e = "e"\n', "nl": bad})
    told = str(caught.value).split("; ")
    assert "nl: a.e is missing" in told
    assert "nl: a.b has not the places of en: name" in told
    assert "nl: count.x has not a form for each of one, other" in told
    assert len(told) == 4


@pytest.mark.parametrize("phrase", ["{name} {0}", "{name", "name}", "{name!r}", "{name} {name.x}"])
def test_what_is_no_place(phrase: str) -> None:
    """A place is a name in braces; all else is a fault when the files are read."""
    other = SMALL.format("nl_NL").replace('b = "{name} c"', f'b = "{phrase}"')
    with pytest.raises(ValueError, match=r"a\.b has not the places"):
        read({"en": SMALL.format("en_GB"), "nl": other})


def test_the_words_of_a_lawyer_in_dutch() -> None:
    """Days, numbers, plurals, periods, topics and values of facts."""
    words = words_of("nl")
    assert words.weekday(date(2026, 4, 10)) == "vrijdag 10 april 2026"
    assert words.moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "1 maart 2026, 09:05 UTC"
    assert [words.count("count.change", n) for n in (0, 1, 2, 1234)] == [
        *("0 wijzigingen", "1 wijziging", "2 wijzigingen", "1.234 wijzigingen")
    ]
    assert period_words("P1Y6M", words) == "1 jaar 6 maanden"
    assert period_words("PT72H", words) == "72 uur"
    assert topic_words("subprocessors", words) == "subverwerkers"
    assert topic_words("our-region", words) == "our-region"
    assert fact_value(FactChange(FactType.AI, None, None, "no-training"), "no-training", words).startswith(
        "traint geen"
    )
    assert fact_value(FactChange(FactType.CONTACT, None, None, None), None, words) == "niet vermeld"


@pytest.mark.parametrize(
    ("kind", "value", "english", "dutch"),
    [
        (FactType.LEGAL_BASIS, "legitimate-interests", "legitimate interests", "gerechtvaardigd belang"),
        (
            FactType.LEGAL_BASIS,
            "consent, 6(1)(a)",
            "consent, Article 6(1)(a) GDPR",
            "toestemming, artikel 6, lid 1, onder a, AVG",
        ),
        (FactType.RIGHT, "withdraw-consent", "withdrawal of consent", "intrekken van toestemming"),
        (FactType.TRANSFER, "SCC, US", "SCC, US", "standaardcontractbepalingen (SCC), US"),
        (FactType.NOTICE_PERIOD, "P10D, business", "10 days, business days", "10 dagen, werkdagen"),
        (FactType.CONTACT, "dpo, a@acme.example", "data protection officer, a@acme.example", None),
        (FactType.SECURITY, "consent", "consent", "consent"),
        (FactType.LEGAL_BASIS, "article", "article", "article"),
        (FactType.RETENTION, "P1D, soon", "1 day, soon", "1 dag, soon"),
    ],
)
def test_typed_values_in_words(kind: FactType, value: str, english: str, dutch: str | None) -> None:
    """What has an id is said in the language of the reader, what is a page's own word is left alone."""
    fact = FactChange(kind, None, None, value)
    assert fact_value(fact, value) == english
    assert dutch is None or fact_value(fact, value, words_of("nl")) == dutch


def test_what_a_notice_is_of() -> None:
    """The subject of a fact may be an id too."""
    fact = FactChange(FactType.NOTICE_PERIOD, "subprocessor-change", None, "P30D")
    assert fact_label(fact) == "Notice (new sub-processors)"
    assert fact_label(fact, words_of("nl")) == "Aankondigingstermijn (nieuwe subverwerkers)"


@pytest.mark.parametrize(
    ("deadline", "english", "dutch"),
    [
        (
            Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P30D", False, None, "a/dpa", "You may."),
            "30 days from 2 March 2026, the date that the vendor states, by the vendor's own text.",
            (
                "30 dagen vanaf 2 maart 2026, de datum die de leverancier noemt, "
                "volgens de eigen tekst van de leverancier."
            ),
        ),
        (
            Deadline(date(2026, 4, 1), date(2026, 3, 2), False, "P1D", True),
            (
                "1 business day from 2 March 2026, the day on which it was first seen (the vendor states none), "
                "by your configuration; weekends are left out."
            ),
            (
                "1 werkdag vanaf 2 maart 2026, de dag waarop dit voor het eerst werd gezien (de leverancier noemt geen "
                "datum), volgens uw configuratie; weekenden tellen niet mee."
            ),
        ),
        (
            Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P2W", True, "DE-BW", "a/dpa", "You may."),
            (
                "2 weeks, counted in business days, from 2 March 2026, the date that the vendor states, by the "
                "vendor's own text; weekends and public holidays are left out (Germany (BW))."
            ),
            (
                "2 weken, geteld in werkdagen, vanaf 2 maart 2026, de datum die de leverancier noemt, volgens de eigen "
                "tekst van de leverancier; weekenden en feestdagen tellen niet mee (Duitsland (BW))."
            ),
        ),
        (
            Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P6D", True, None, "a/dpa", "You may.", saturdays=True),
            (
                "6 business days from 2 March 2026, the date that the vendor states, by the vendor's own text; "
                "Sundays are left out, Saturdays count."
            ),
            (
                "6 werkdagen vanaf 2 maart 2026, de datum die de leverancier noemt, volgens de eigen tekst van de "
                "leverancier; zondagen tellen niet mee, zaterdagen wel."
            ),
        ),
        (
            Deadline(date(2026, 4, 1), date(2026, 3, 2), True, "P6D", True, "DE", "a/dpa", "You may.", saturdays=True),
            (
                "6 business days from 2 March 2026, the date that the vendor states, by the vendor's own text; "
                "Sundays and public holidays are left out (Germany), Saturdays count."
            ),
            (
                "6 werkdagen vanaf 2 maart 2026, de datum die de leverancier noemt, volgens de eigen tekst van de "
                "leverancier; zondagen en feestdagen tellen niet mee (Duitsland), zaterdagen wel."
            ),
        ),
    ],
)
def test_how_a_deadline_was_counted(deadline: Deadline, english: str, dutch: str) -> None:
    """Period, what it was counted from, on whose word, and which days do not count; nothing is left to guess."""
    assert deadline_words(deadline) == english
    assert deadline_words(deadline, words_of("nl")) == dutch


CHANGES = (RETENTION, PROCESSOR, RIGHT)


def said(change: Change) -> Change:
    """The same change, with no word of English in it."""
    return replace(change, summary="Zin.", before="Oud.", after="Nieuw.", spans=(), section=("Kop",))


def kinds(lang: str) -> dict[str, Message]:
    """One message of each kind."""
    manner = Manner(lang=lang)
    alert = replace(parcel(*map(said, CHANGES)), deadline=replace(DEADLINE, quote="Citaat."), head="ab" * 32)
    grouped = {
        group: replace(alert, delivery=replace(alert.delivery, group=group))
        for group in ("daily:2026-11-23", "weekly:2026-11-23", "remind:2026-12-08:7", "remind:2026-12-08:1")
    }
    checked = tuple(Checked(f"a/{n}", f"Acme {n}", DocumentType.DPA, 7, n % 2, MOMENT if n else None) for n in range(4))
    move = Move("https://a.example", "https://b.example", 2)
    notices = {
        str(kind): [carried(notice(kind, move=move, checked=checked, target="slack://x", recipient="team"))]
        for kind in NoticeKind
    }
    many = [*crowd(3), *crowd(2, NoticeKind.RECOVERED), *crowd(40, NoticeKind.PAGE_REMOVED)]
    piles: dict[str, list[Parcel] | list[NoticeParcel]] = {
        "pile": [alert] * 3,
        "unknown": [parcel(said(PROCESSOR))],
        "many": many,
        "big": [parcel(*[said(RETENTION)] * 60)],
    }
    every: dict[str, list[Parcel] | list[NoticeParcel]] = {
        **{key: [one] for key, one in grouped.items()},
        "alert": [alert],
        **notices,
        **piles,
    }
    return {key: render(parcels, "box", manner) for key, parcels in every.items()}


def seen(message: Message) -> str:
    """The words of the HTML, its title and the hidden first line among them."""
    tree = BeautifulSoup(message.html, "lxml")
    for style in tree.select("style"):
        style.decompose()
    return tree.get_text(" ")


def test_no_word_of_the_other_language_is_left() -> None:
    """Said in Dutch, no message holds a fixed phrase of English: text, HTML, chat, subject and calendar."""
    english, dutch = words_of("en").phrases, words_of("nl").phrases
    heard = [text for text in english.values() if len(text) > 5 and text not in dutch.values()]
    parts = {part for text in heard for part in re.split(r"\{\w+\}", text) if len(part.strip(" .,:;()[]")) > 5}
    parts = {part for part in parts if not any(part.strip() in text for text in dutch.values())}
    for kind, message in kinds("nl").items():
        for text in (message.subject, message.text, seen(message), message.chat.fitted(100_000)):
            told = (
                " ".join(text.split())
                .replace("the name of the host is not known (gaierror)", "")
                .replace("--failing", "")
            )
            assert not (found := [part for part in parts if re.search(rf"\b{re.escape(part.strip())}\b", told)]), (
                kind,
                found,
            )
    alert = replace(parcel(PROCESSOR), deadline=replace(DEADLINE, quote="Citaat."))
    (calendar,) = attachments([alert], (Attachment.CALENDAR,), words_of("nl"))
    unfolded = calendar.body.decode().replace("\r\n ", "")
    assert not [part for part in parts if re.search(rf"\b{re.escape(part.strip())}\b", unfolded)]
    assert "SUMMARY:Laatste dag voor bezwaar: Acme" in unfolded


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_message_says_the_language_it_is_in(lang: str) -> None:
    """For screen readers; what the differ says is marked as English, what the page says as its own."""
    for message in kinds(lang).values():
        assert f'<html lang="{lang}">' in message.html
        assert "{" not in message.subject + message.text.replace("{+", "")
    alert: Parcel = parcel(RETENTION)
    dutch = replace(alert, comparison=replace(alert.comparison, language="nl"))
    page = render([dutch], manner=Manner(lang=lang)).html
    assert re.search(r"<h2[^>]* lang=\"en\"", page)
    assert re.search(r"<blockquote[^>]* lang=\"nl\"", page)


def test_the_direction_is_said_once_and_in_the_language_of_the_reader() -> None:
    """The sentence of the differ ends in it; beside it stands the word of the language."""
    change = replace(RETENTION, facts=(), summary="New recipient: Acme Mail (worse)")
    message = render([parcel(change)], manner=Manner(lang="nl"))
    for text in (message.subject, message.text, message.html, message.chat.fitted(3800)):
        assert "(worse)" not in text
    assert "slechter voor u" in message.text
    assert message.data["documents"][0]["changes"][0]["summary"] == change.summary


def test_english_is_what_everybody_else_gets() -> None:
    """A subscriber without a language, and one that the configuration does not know any more."""
    assert render([parcel()]) == render([parcel()], manner=Manner(lang="en"))
    with pytest.raises(KeyError):
        render([parcel()], manner=Manner(lang="xx"))
