"""Equal list items in another order and days written otherwise make no version; an order or a day that counts does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, CheckResult, DocumentType, Extraction, ExtractRules, Outcome, Source, Verdict
from storage.protocol import Store
from watcher import pipeline
from watcher.differ import compare
from watcher.extractor import extract
from watcher.job import Candidate, Job

URL = "https://vendor.example/privacy"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = {
    "en": ("Privacy policy", "We collect personal data when you use the service, for the purposes that follow below. "),
    "nl": ("Privacyverklaring", "Wij verwerken persoonsgegevens wanneer u de dienst gebruikt, voor deze doeleinden. "),
    "de": ("Datenschutzerklärung", "Wir verarbeiten personenbezogene Daten, wenn Sie den Dienst nutzen, wie folgt. "),
    "fr": ("Politique de confidentialité", "Nous traitons des données personnelles lorsque vous utilisez le service. "),
}


def page(inner: str, language: str = "en") -> str:
    """A policy of our own around a part that differs."""
    title, filler = TEXT[language]
    return f"<html lang={language}><main><h1>{title}</h1><p>{filler * 6}</p>{inner}<p>{filler * 3}</p></main></html>"


def capture(text: str, when: datetime = NOW, media: str = "text/html") -> Capture:
    """A page as it was fetched."""
    body = text.encode()
    return Capture(URL, URL, when, 200, (), media, "utf-8", hashlib.sha256(body).hexdigest(), body)


def read(text: str, media: str = "text/html") -> Extraction:
    """What the extractor makes of a page."""
    return extract(capture(text, media=media))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(str(tmp_path / "unrest.db"), write=True)
    yield opened
    opened.close()


def second_outcome(store: Store, language: str, *texts: str) -> CheckResult:
    """What the last of some pages comes to, fetched a day after each other."""
    rules = ExtractRules(language=language)
    source = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), rules=rules)
    store.sync_sources([source], NOW)
    result = None
    for number, text in enumerate(texts):
        when = NOW + number * DAY
        (claim,) = store.claim("test", when, DAY / 2, limit=1, only=[source.id])
        outcome = pipeline.examine(Job(source, claim, (), when), [capture(text, when)], store, when)
        result = pipeline.settle(outcome, None, when) if isinstance(outcome, Candidate) else outcome
        store.commit([result])
    assert result is not None
    return result


def items(*texts: str, tag: str = "ul") -> str:
    """A list of these items."""
    return f"<{tag}>{''.join(f'<li>{text}</li>' for text in texts)}</{tag}>"


NAMES = ("Your name and address", "Payment data", "Technical data of your device", "Messages that you send us")
LISTS = [
    ("en", "<h2>Data we collect</h2>", NAMES),
    ("nl", "<h2>Gegevens</h2><p>Het gaat om:</p>", ("uw naam", "uw betaalgegevens", "uw berichten", "uw IP-adres")),
    ("de", "<h2>Daten</h2><p>Dazu gehören:</p>", ("Ihr Name", "Zahlungsdaten", "Ihre Nachrichten", "Gerätedaten")),
    (
        "en-lead under a heading",
        "<h2>Complaints procedure</h2><p>A complaint must include the following:</p>",
        ("your name", "your signature", "the date of the event", "a copy of our answer"),
    ),
    (
        "en-long lead",
        "<h2>Disclosure</h2><p>We share data where a court procedure or a step of an audit asks for it, and with:</p>",
        ("our affiliates", "payment firms", "hosting firms", "auditors"),
    ),
    ("fr", "<h2>Données</h2><p>Il s'agit de :</p>", ("votre nom", "vos paiements", "vos messages", "votre appareil")),
]


@pytest.mark.parametrize(("language", "lead", "names"), LISTS, ids=[language for language, *_ in LISTS])
def test_equal_items_in_another_order_make_no_version(
    store: Store, language: str, lead: str, names: tuple[str, ...]
) -> None:
    """A list without numbers whose items change places is noise to the pipeline, and editorial when compared."""
    language = language[:2]
    old, new = page(lead + items(*names), language), page(lead + items(*names[::-1]), language)
    assert compare(read(old).document, read(new).document).verdict is Verdict.EDITORIAL
    result = second_outcome(store, language, old, new)
    assert (result.outcome, result.noise, result.versions) == (Outcome.UNCHANGED, True, ())


DAYS = [
    ("en", "3 May 2024", "May 3, 2024"),
    ("en", "23/05/2024", "23 May 2024"),
    ("en", "2024-05-03", "3 May 2024"),
    ("nl", "3 mei 2024", "03-05-2024"),
    ("de", "3. Mai 2024", "03.05.2024"),
    ("fr", "3 mai 2024", "03/05/2024"),
    ("fr", "1er mai 2024", "2024-05-01"),
]


@pytest.mark.parametrize(("language", "before", "after"), DAYS, ids=[f"{row[0]}-{row[1]}" for row in DAYS])
def test_a_day_written_otherwise_makes_no_version(store: Store, language: str, before: str, after: str) -> None:
    """The same day in another form is noise to the pipeline, and editorial when compared."""
    label = {"en": "Last updated:", "nl": "Laatst bijgewerkt:", "de": "Stand:", "fr": "Dernière mise à jour :"}[
        language
    ]
    old, new = (page(f"<p>{label} {day}</p>", language) for day in (before, after))
    assert compare(read(old).document, read(new).document).verdict is Verdict.EDITORIAL
    result = second_outcome(store, language, old, new)
    assert (result.outcome, result.noise, result.versions) == (Outcome.UNCHANGED, True, ())


OPENED = {
    "en": "<p>Accounts that were opened before {} keep the terms that stood then, for as long as they are used.</p>",
    "nl": "<p>Voor accounts die vóór {} zijn geopend, blijven de voorwaarden van toen van kracht.</p>",
    "de": "<p>Für Konten, die vor dem {} eröffnet wurden, gelten weiterhin die damaligen Bedingungen.</p>",
    "fr": "<p>Les comptes ouverts avant le {} restent soumis aux conditions qui étaient alors en vigueur.</p>",
}


@pytest.mark.parametrize(("language", "before", "after"), DAYS, ids=[f"{row[0]}-{row[1]}" for row in DAYS])
def test_a_day_written_otherwise_within_a_clause_is_editorial(language: str, before: str, after: str) -> None:
    """A clause that tells the same day in another form is no material change, and another day is one."""
    said = OPENED[language]
    old, new, other = (read(page(said.format(day), language)).document for day in (before, after, "2021-06-09"))
    assert (compare(old, new).verdict, compare(old, new).unrest) == (Verdict.EDITORIAL, True)
    assert compare(old, other).verdict is not Verdict.SAME
    assert not compare(old, other).unrest


def test_other_markup_around_the_same_words_makes_no_version(store: Store) -> None:
    """A heading that becomes a paragraph, or an item of a list, says what it said."""
    forms = ("<h2>Contact us</h2>", "<p>Contact us</p>", "<ul><li>Contact us</li></ul>", "<h4>Contact us</h4>")
    old, new = (read(page(form)).document for form in forms[:2])
    assert (old.fingerprint == new.fingerprint, compare(old, new).verdict) == (False, Verdict.EDITORIAL)
    result = second_outcome(store, "en", *map(page, forms))
    assert [version.number for version in store.versions("vendor/privacy")] == [1]
    assert result.noise


def test_both_at_once_with_other_noise_make_no_version(store: Store) -> None:
    """Items in another order, a day in another form and a counter that ticks are noise together."""
    one = page(f"<p>120 views</p><p>Last updated: 3 May 2024</p><h2>Data</h2>{items(*NAMES)}")
    other = page(f"<p>131 views</p><p>Last updated: May 3, 2024</p><h2>Data</h2>{items(*NAMES[::-1])}")
    assert second_outcome(store, "en", one, other).versions == ()


CHANGES = [
    ("a numbered list", items(*NAMES, tag="ol"), items(*NAMES[::-1], tag="ol")),
    (
        "a list of steps",
        "<h2>Steps of an appeal</h2>" + items(*NAMES),
        "<h2>Steps of an appeal</h2>" + items(*NAMES[::-1]),
    ),
    (
        "a list by precedence",
        "<p>In case of conflict the documents apply in this order of precedence:</p>" + items(*NAMES),
        "<p>In case of conflict the documents apply in this order of precedence:</p>" + items(*NAMES[::-1]),
    ),
    (
        "a sequence",
        items("First, we ask for consent", "Then we collect the data", "Finally we delete them"),
        items("First, we ask for consent", "Finally we delete them", "Then we collect the data"),
    ),
    (
        "items that count themselves",
        items("a) the contract", "b) the order form", "c) the policy"),
        items("b) the order form", "a) the contract", "c) the policy"),
    ),
    (
        "an exception under another item",
        "<ul><li><p>Payment data</p><p>Except card numbers.</p></li><li><p>Messages</p></li></ul>",
        "<ul><li><p>Payment data</p></li><li><p>Messages</p><p>Except card numbers.</p></li></ul>",
    ),
    (
        "a detail below another item",
        "<ul><li>Payment data<ul><li>kept for years</li></ul></li><li>Messages</li></ul>",
        "<ul><li>Payment data</li><li>Messages<ul><li>kept for years</li></ul></li></ul>",
    ),
    (
        "an item under another heading",
        "<h2>We collect</h2>" + items("names", "payments") + "<h2>We do not collect</h2>" + items("messages", "faces"),
        "<h2>We collect</h2>" + items("names", "faces") + "<h2>We do not collect</h2>" + items("messages", "payments"),
    ),
    (
        "an item that leads to the next",
        items("our affiliates", "processors, such as:", "hosting firms", "payment firms"),
        items("our affiliates", "hosting firms", "processors, such as:", "payment firms"),
    ),
    ("day and month exchanged", "<p>Last updated: 03/04/2024</p>", "<p>Last updated: 04/03/2024</p>"),
    ("an ambiguous day spelled out", "<p>Last updated: 03/04/2024</p>", "<p>Last updated: 3 April 2024</p>"),
    ("another day in another form", "<p>Last updated: 3 May 2024</p>", "<p>Last updated: May 4, 2024</p>"),
    ("another year", "<p>Last updated: 3 May 2024</p>", "<p>Last updated: 3 May 2025</p>"),
    ("one item more", "<h2>Data</h2>" + items(*NAMES), "<h2>Data</h2>" + items(*NAMES[::-1], "Your location")),
    ("one word in an item", "<h2>Data</h2>" + items(*NAMES), "<h2>Data</h2>" + items(*NAMES[::-1][:3], "Your photo")),
]


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_an_order_or_a_day_that_counts_makes_a_version(store: Store, before: str, after: str) -> None:
    """Where the place of an item says something, or a day may be another, the change is a version."""
    result = second_outcome(store, "en", page(before), page(after))
    assert result.outcome is Outcome.CHANGED
    assert len(result.versions) == 1


def test_numbered_markdown_keeps_its_order() -> None:
    """A number counts an item, "-" does not; a further paragraph of an item belongs behind it."""
    text = "# Policy\n\n1. one\n2. two\n\n- three\n- four\n\n  five\n"
    blocks = read(text, "text/markdown").document.blocks[1:]
    assert [(block.text, block.ordered) for block in blocks] == [
        ("one", True),
        ("two", True),
        ("three", False),
        ("four", False),
        ("five", True),
    ]


def test_deep_lists_are_brought_into_one_form_in_time() -> None:
    """A list nested three thousand deep is compared like any other."""
    deep = "<ul><li>x" * 3000
    old, new = (read(page(f"{deep}{word}")).document for word in ("one", "two"))
    assert compare(old, new).verdict is not Verdict.SAME
