"""The gate: walls, error pages and shells are held, documents that mention such things pass."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Block, BlockKind, Capture, Document, Extraction, PageSignals, Reason
from watcher.extractor import extract
from watcher.extractor.gate import gate

HERE = Path(__file__).parent
WALLS: list[dict[str, Any]] = tomllib.loads((HERE / "gate_walls.toml").read_text(encoding="utf-8"))["page"]
POLICIES: list[dict[str, Any]] = tomllib.loads((HERE / "gate_policies.toml").read_text(encoding="utf-8"))["page"]
MENU = ("Products", "Pricing", "Hosting", "Backups", "Monitoring", "Customers", "Blog", "Events", "Careers", "Contact")


def wrap(page: dict[str, Any], *, tags: bool = True) -> str:
    """A whole HTML page around a body; in the shell of an ordinary site, with or without telling tags."""
    body = page["body"]
    if page.get("shell"):
        items = "".join(f'<li><a href="/{place}">{name} {place}</a></li>' for place in range(6) for name in MENU)
        top, main, foot = ("header", "main", "footer") if tags else ("div", "div", "div")
        body = f'<{top} class="nav"><ul>{items}</ul></{top}><{main}>{body}</{main}>'
        body += f'<{foot} class="footer"><ul>{items}</ul><p><a href="/p">Privacy</a></p></{foot}>'
    scripts = "let a = 1; " * page.get("scripts", 0)
    head = f"<title>{page['title']}</title><script>{scripts}</script>"
    return f"<!doctype html><html lang='{page['language']}'><head>{head}</head><body>{body}</body></html>"


def extraction(html: str) -> Extraction:
    """What the extractor makes of a page."""
    body = html.encode()
    sha256 = hashlib.sha256(body).hexdigest()
    address = "https://example.com/legal"
    when = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(address, address, when, 200, (), "text/html", "utf-8", sha256, body))


def document(texts: list[str], *, title: str | None = "Privacy policy", language: str | None = "en") -> Document:
    """A document of paragraphs under one heading."""
    lines = [(BlockKind.HEADING, title)] if title else []
    lines += [(BlockKind.PARAGRAPH, text) for text in texts]
    blocks = tuple(
        Block(kind, text, (), hashlib.sha256(text.encode()).hexdigest()[:16], int(kind is BlockKind.HEADING))
        for kind, text in lines
    )
    return Document(title, language, None, None, blocks, "f", "1")


def page_of(made: Document, *, closed: bool = True) -> Extraction:
    """An extraction of a document on a page without anything else."""
    text = " ".join(block.text for block in made.blocks)
    signals = PageSignals("v", len(text.split()), 0, 0, 0, closed, made.title, text[:2000])
    return Extraction(made, signals)


def clauses(count: int, word: str = "orders") -> list[str]:
    """Sentences of a policy, all different."""
    return [
        f"Clause {place}: we process personal data about {word} for purpose number {place} and keep it {place + 2} "
        f"days, after which the records are deleted unless the law requires us to retain them."
        for place in range(count)
    ]


@pytest.mark.parametrize("page", WALLS, ids=lambda page: page["id"])
@pytest.mark.parametrize("tags", [True, False], ids=["tags", "divs"])
def test_holds_wall(page: dict[str, Any], *, tags: bool) -> None:
    """A wall, an error page or a shell is blocked for its own reason, in ten languages, alone and in a site's shell."""
    verdict = gate(extraction(wrap(page, tags=tags)))
    assert not verdict.passed
    assert verdict.certain
    assert verdict.reason == Reason(page["reason"])
    assert verdict.detail


@pytest.mark.parametrize(
    "page", [page for page in WALLS if page["reason"] not in {"empty", "cookie-wall"}], ids=lambda page: page["id"]
)
def test_holds_wall_among_stories(page: dict[str, Any]) -> None:
    """A message between menus and hundreds of words of teasers is held, if only as a suspect."""
    story = "<p>Read how small teams move to the cloud without losing sleep over a weekend.</p><a href='/s'>More</a>"
    stories = "".join(f"<div><h3>Story {place}</h3>{story * 2}</div>" for place in range(6))
    body = f"<div>{page['body']}</div><div class='more'>{stories}</div>"
    assert not gate(extraction(wrap({**page, "body": body, "shell": True}, tags=False))).passed


@pytest.mark.parametrize("page", WALLS, ids=lambda page: page["id"])
def test_holds_wall_where_a_document_was(page: dict[str, Any]) -> None:
    """A wall is blocked for its own reason also where the last good version is known."""
    verdict = gate(extraction(wrap(page)), document(clauses(40), language=page["language"]))
    assert (verdict.passed, verdict.certain, verdict.reason) == (False, True, Reason(page["reason"]))


@pytest.mark.parametrize("page", POLICIES, ids=lambda page: page["id"])
@pytest.mark.parametrize("shell", [True, False], ids=["shell", "bare"])
def test_passes_document_that_mentions_walls(page: dict[str, Any], *, shell: bool) -> None:
    """A short document about captchas, cookies, logins, errors or maintenance passes, alone and against itself."""
    made = extraction(wrap({**page, "shell": shell}))
    assert gate(made).passed
    assert gate(made, made.document).passed


def test_passes_document_behind_a_banner() -> None:
    """A consent banner above a document does not make it a cookie wall."""
    banner = (
        "<div class='banner'><p>We value your privacy</p><button>Accept all</button><button>Reject all</button></div>"
    )
    page = {"title": "Privacy Policy", "language": "en", "body": banner + POLICIES[0]["body"]}
    assert gate(extraction(wrap(page))).passed


def test_suspects_cut_text() -> None:
    """The beginning of the last version and nothing more is suspect, sooner when the page was never closed."""
    whole = document(clauses(40))
    half = document(clauses(18))
    most = document([*clauses(32), clauses(33)[32][:60]])
    verdict = gate(page_of(half), whole)
    assert (verdict.passed, verdict.certain, verdict.reason) == (False, False, Reason.TRUNCATED)
    assert gate(page_of(most, closed=False), whole).reason is Reason.TRUNCATED
    assert gate(page_of(most), whole).passed


def test_suspects_text_cut_within_a_table() -> None:
    """A row torn by the cut does not hide it."""
    rows = [f"Party {place} | Country {place} | Purpose {place}, agreed on in writing" for place in range(40)]
    whole = document([*clauses(10), *rows])
    torn = document([*clauses(10), *rows[:3], "Party 3 Country 3"])
    assert gate(page_of(torn, closed=False), whole).reason is Reason.TRUNCATED


def test_passes_text_that_stood_twice() -> None:
    """A page that showed its text twice and now shows it once has lost nothing."""
    once = clauses(30)
    assert gate(page_of(document(once)), document(once + once)).passed


def test_passes_shortening_within() -> None:
    """A vendor may drop a third of the clauses anywhere: that is a change, not a cut."""
    whole = clauses(40)
    assert gate(page_of(document(whole[:10] + whole[20:])), document(whole)).passed


def test_suspects_collapse() -> None:
    """A document of thousands of words does not shrink to a hundred at once."""
    verdict = gate(page_of(document(clauses(4, "visits"))), document(clauses(60)))
    assert (verdict.passed, verdict.certain) == (False, False)


def test_suspects_other_language() -> None:
    """The same title in another language than before is suspect; an unknown language is not."""
    before = document(clauses(20))
    assert gate(page_of(document(clauses(20), language="de")), before).reason is Reason.OTHER_LANGUAGE
    assert gate(page_of(document(clauses(20), language=None)), before).passed


def test_suspects_other_document() -> None:
    """Other terms under another name are suspect; a full rewrite under the old name passes."""
    before = document(clauses(40))
    terms = [f"Article {place}. The customer pays invoice {place} within {place + 9} days." for place in range(60)]
    other = gate(page_of(document(terms, title="Terms of sale")), before)
    assert (other.passed, other.certain, other.reason) == (False, False, Reason.OTHER_DOCUMENT)
    rewritten = [
        f"You may ask us, number {place}, to delete the personal data that we process on you." for place in range(60)
    ]
    assert gate(page_of(document(rewritten, title="Your privacy")), before).passed


def test_suspects_page_of_another_kind() -> None:
    """A shop window in the place of a document is suspect even when nothing is known of the document."""
    lines = [f"Running shoe model {place}, light and fast, now {place + 40} euro in all sizes." for place in range(20)]
    verdict = gate(page_of(document(lines, title="Spring sale")))
    assert (verdict.passed, verdict.certain, verdict.reason) == (False, False, Reason.OTHER_DOCUMENT)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("fi", "Tietosuojaseloste", "Käsittelemme asiakkaiden henkilötietoja kohdassa {} kuvattuun tarkoitukseen."),
        ("cs", "Zásady ochrany", "Osobní údaje podle bodu {} uchováváme po nezbytnou dobu a poté je mažeme."),
        ("el", "Πολιτική απορρήτου", "Επεξεργαζόμαστε δεδομένα για τον σκοπό {} και τα διαγράφουμε μετά."),
        ("ja", "個人情報の取り扱い", "当社は第{}項に定める目的のために個人情報を取得し利用します。"),
    ],
)
def test_passes_languages_without_listed_words(language: str, title: str, text: str) -> None:
    """A policy in a language whose legal words are not listed is no page of another kind."""
    assert gate(page_of(document([text.format(place) for place in range(30)], title=title, language=language))).passed


def test_known_document_is_never_a_wall() -> None:
    """Most of the last version on the page proves the document, whatever phrases it has gained."""
    before = document(clauses(20), title="Account help")
    after = document(
        [*clauses(20), "Page not found", "You must log in to continue", "Just a moment..."], title="Sign in"
    )
    assert gate(page_of(after), before).passed


def test_phrases_are_folded(request: pytest.FixtureRequest) -> None:
    """Every listed phrase is written as the extractor folds text; otherwise it could never match."""
    from watcher.extractor.text import normalise

    path = request.config.rootpath / "watcher" / "extractor" / "gate_phrases.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = [
        entry
        for name, part in table.items()
        for group in ([part] if name in {"legal", "names"} else part.values())
        for listed in group.values()
        for entry in listed
    ]
    assert len(entries) > 900
    assert [entry for entry in entries if entry != normalise(entry).lower()] == []
    assert [stem for stems in table["legal"].values() for stem in stems if len(stem) < 4] == ["loi"]


@given(st.lists(st.text(min_size=1, max_size=60), max_size=12), st.text(max_size=60))
def test_never_raises(texts: list[str], title: str) -> None:
    """Whatever the text, the gate answers, and says why it holds a page."""
    made = document([text for text in texts if text.strip()], title=title or None, language=None)
    for before in (None, made, document(clauses(10))):
        verdict = gate(page_of(made), before)
        assert verdict.passed == (verdict.reason is None)
        assert verdict.passed or verdict.detail


def test_is_deterministic_and_fast() -> None:
    """Judging a page of 10,000 words against its last version takes a few milliseconds and is repeatable."""
    whole = page_of(document(clauses(300)))

    def timed(work: Callable[[], object]) -> float:
        started = perf_counter()
        work()
        return perf_counter() - started

    first = gate(whole, whole.document)
    assert min(timed(lambda: gate(whole, whole.document)) for _ in range(5)) < 0.02
    assert gate(whole, whole.document) == first
