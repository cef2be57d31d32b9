"""The quick fingerprint: it settles the noise of pages, and never says "the same" of two that are read differently."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest

from storage.errors import ExtractError
from storage.model import Capture, Document, ExtractRules, Range
from watcher import quick
from watcher.extractor import extract
from watcher.extractor.tags import names
from watcher.quick import quick_fingerprint

EXTRACTOR = Path(quick.__file__).parent / "extractor"
RULES = ExtractRules()
URL = "https://vendor.example/privacy"
POLICY = """<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8"><meta name="csrf-token" content="{token}"><title>Privacy policy</title>
<link rel="stylesheet" href="/app.{token}.css" integrity="sha256-{token}">
<script nonce="{token}">var session = "{token}";</script></head>
<body data-page="{token}" onload="go('{token}')"><!-- served by {token} -->
<main id="content"><h1>Privacy policy</h1><p class="date">1 March 2026</p>
<img src="/pixel.gif?t={token}" alt=""><p>We keep personal data for 12 months. <a href="/contact">Contact</a></p>
<form><input type="hidden" name="authenticity_token" value="{token}"></form></main>
<script src="/app.{token}.js"></script><style>.x{token} {{ color: red }}</style></body></html>
"""


def capture(source: str | bytes, charset: str | None = None, media: str = "text/html") -> Capture:
    """A page as it was fetched."""
    body = source.encode() if isinstance(source, str) else source
    digest = hashlib.sha256(body).hexdigest()
    return Capture(URL, URL, datetime(2026, 3, 1, tzinfo=UTC), 200, (), media, charset, digest, body)


def read(page: Capture, rules: ExtractRules = RULES) -> Document | str:
    """What the careful walk makes of a page, or why it makes nothing of it."""
    try:
        return extract(page, rules).document
    except ExtractError as error:
        return str(error)


def same(one: str | bytes, two: str | bytes, rules: ExtractRules = RULES) -> bool:
    """Whether the quick lane takes two pages for the same."""
    fingerprints = {quick_fingerprint(capture(page), rules) for page in (one, two)}
    return len(fingerprints) == 1 and fingerprints != {""}


def test_tokens_of_one_answer_are_settled() -> None:
    """Nonces, tokens, hashed addresses, comments, scripts and styles differ: the page is the same."""
    assert same(POLICY.format(token="a1"), POLICY.format(token="b2"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 months", "24 months"),
        ('lang="en"', 'lang="nl"'),
        ("<title>Privacy policy", "<title>Cookie policy"),
        ("1 March 2026", "2 March 2026"),
        ('href="/contact"', 'href="/contact-us"'),
        ('class="date"', 'class="cookie-banner"'),
        ('id="content"', 'id="footer"'),
        ('<p class="date">', '<p class="date" hidden>'),
        ('<p class="date">', '<p class="date" style="display:none">'),
        ("<main id", '<main role="dialog" id'),
        ("<h1>", "<h2>"),
        ('<meta name="csrf-token"', '<meta property="og:locale" name="csrf-token"'),
        ("var session", "</script>We sell data.<script>"),
        ("served by", "--> We sell data. <!--"),
    ],
)
def test_what_the_walk_reads_is_never_settled(old: str, new: str) -> None:
    """Text, title, date, language, link targets, and every attribute that decides what is text."""
    page = POLICY.format(token="a1")
    assert old in page
    assert not same(page, page.replace(old, new, 1))


def test_stated_dates_in_linked_data_are_not_settled() -> None:
    """JSON-LD is a script that the walk reads."""
    page = '<html><body><p>text</p><script type="application/ld+json">{"dateModified": "2026-03-01"}</script></html>'
    assert same(page, page)
    assert not same(page, page.replace("03-01", "04-01"))


@pytest.mark.parametrize(
    "page",
    [
        "<p>a</p><script><!-- <script> </script> b",
        "<p>a</p><script/>b",
        "<title>a<b></title>c",
        "<textarea><p></textarea>a",
        "<p>a<![CDATA[<b>]]>c",
        "<p a='b>c",
        "<p>a</p class='b>c'>d",
        "<plaintext><p>a",
        '<p a="b"c="d">e',
        "<p>a<!-- b",
        "<script>a",
        '<script>x = "<?xml"</script><p>a</p>',
    ],
)
def test_a_page_in_doubt_has_no_fingerprint(page: str) -> None:
    """Where programs may divide a source differently, the walk decides."""
    assert quick_fingerprint(capture(page), RULES) == ""


@pytest.mark.parametrize(
    "page",
    [
        capture("<p>a</p>".encode("utf-16")),
        capture(b"<p>caf\xe9</p>"),
        capture("<p>a</p>", charset="windows-1252"),
        capture('<meta charset="iso-8859-1"><p>a</p>'),
        capture("a", media="text/plain"),
        capture(b"%PDF-1.7 <html><p>a</p>"),
        capture(b"<p>a</p>" + b" " * quick.MOST_BYTES),
    ],
)
def test_only_pages_that_are_utf8_beyond_doubt_are_taken(page: Capture) -> None:
    """Other encodings, media types and sizes are read with care."""
    assert quick_fingerprint(page, RULES) == ""


@pytest.mark.parametrize(
    ("selectors", "answered"),
    [
        (("main",), True),
        ((".policy > p:nth-child(2)", "#x article"), True),
        (("[role=main]", "div[class*='pol']"), True),
        (("[data-testid=policy]",), False),
        (('a[href^="https://"]',), False),
        (("p:-soup-contains('days')",), False),
        (("input:checked",), False),
        (("[onclick]",), False),
        ((r"#\31 a",), False),
    ],
)
def test_selectors_that_ask_for_what_is_cut_are_answered_with_care(
    selectors: tuple[str, ...], *, answered: bool
) -> None:
    """The fingerprint holds all markup that a selector may ask for, or there is none."""
    ranges = tuple(Range("main", selector) for selector in selectors)
    rules_of = [ExtractRules(select=selectors), ExtractRules(remove=selectors)]
    for rules in (*rules_of, ExtractRules(select_ranges=ranges), ExtractRules(remove_ranges=ranges)):
        assert bool(quick_fingerprint(capture(POLICY), rules)) is answered


def _names_in_the_extractor() -> Iterator[str]:
    """Every string in the source of the extractor that could name an attribute."""
    for path in EXTRACTOR.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w:-]+", node.value):
                yield node.value


def test_nothing_that_the_walk_asks_for_is_cut() -> None:
    """No string of the extractor's source is the name of an attribute that is cut, nor of a meta element's token."""
    known = set(_names_in_the_extractor())
    assert {"href", "role", "aria-hidden", "data-target", "datetime"} <= known
    assert not [name for name in known if re.match(rf"(?:{quick.UNREAD})=", f"{name}=", re.IGNORECASE)]
    kept = ' data-target="a" data-bs-toggle="b"'
    assert quick._read(f'{kept} data-toggled="c" data-x="d"') == kept
    assert not [name for name in known if quick.FLEETING.search(name)]


VALUES = ("a", "b", "footer", "cookie", "12 days", "nav menu", "#a", "x>y", "<p>", "display:none")
NAMES = sorted(
    names(
        "class id href style role hidden lang name data-x data-target nonce src onclick value content aria-hidden type "
        "property datetime colspan"
    )
)
ELEMENTS = sorted(
    names(
        "p div b li ul table tr td th h1 h2 a span main article nav section br form input meta link script style title "
        "textarea template noscript svg head body html iframe select option button details time"
    )
)
QUIRKS = ("<!-->", "<!--->", "<![CDATA[", "<![if x]>", "<?x>", "<!x>", "</", "<", ">", "--", "'", '"', "</p x>", "<p/>")


def chunk(chance: random.Random) -> str:
    """A piece of source: text, a tag, a comment, a script, or rubbish."""
    kind = chance.randrange(10)
    word = chance.choice(["data ", "12 days ", " 1 May 2026 ", " ", "x", "privacy policy "])
    if kind < 3:
        return word
    if kind == 3:
        return f"<!--{word}-->"
    if kind == 4:
        return f"<script>{chance.choice([word, '<!--', '<p>', '</p>'])}</script>"
    if kind == 5:
        return f"</{chance.choice(ELEMENTS)}>"
    if kind == 6:
        return chance.choice(QUIRKS)
    return f"<{chance.choice(ELEMENTS)}{attributes(chance)}>"


def attributes(chance: random.Random) -> str:
    """Up to two attributes of a tag."""
    quote = chance.choice(['"', "'", '"'])
    pairs = [(chance.choice(NAMES), chance.choice(VALUES)) for _ in range(chance.randrange(3))]
    return "".join(f" {name}={quote}{value}{quote}" for name, value in pairs)


def other(piece: str, chance: random.Random) -> str:
    """Another piece: the same tag with other attributes, or any."""
    tag = re.match(r"<[a-z]+[1-6]?", piece)
    return f"{tag[0]}{attributes(chance)}>" if tag and chance.random() < 0.7 else chunk(chance)


def soups(chance: random.Random, count: int) -> Iterator[list[tuple[str, str]]]:
    """Pairs of sources, piece by piece; most pieces are the same on both sides."""
    yield [("<div><b>x</b>", "<div><b>x</b>"), ("<!---->", "<!--y-->"), ("</div>", "</div>")]
    for _ in range(count):
        made = [chunk(chance) for _ in range(chance.randint(2, 14))]
        share = chance.choice((0.1, 0.3))
        yield [(piece, other(piece, chance) if chance.random() < share else piece) for piece in made]


@pytest.mark.parametrize("count", [40_000, pytest.param(500_000, marks=pytest.mark.long)])
def test_the_same_is_never_said_of_two_documents(count: int) -> None:
    """Two sources that differ anywhere, in any soup of tags: one fingerprint means one document."""
    alike = 0
    for parts in soups(random.Random(20260301), count):
        one, two = ("".join(part[side] for part in parts) for side in (0, 1))
        if one != two and same(one, two):
            alike += 1
            assert read(capture(one)) == read(capture(two)), parts
    assert alike >= count // 500  # or it proves nothing


def _pages(corpus: Path) -> Iterator[tuple[str, list[bytes]]]:
    """The raw pages of the corpus, in order, by what they are versions of."""
    for folder in sorted((corpus / "vendors").iterdir()):
        if folder.is_dir():
            yield folder.name, [path.read_bytes() for path in sorted(folder.glob("page-*.html"))]
    for page in json.loads((corpus / "replay" / "index.json").read_bytes())["pages"]:
        with tarfile.open(corpus / "replay" / page["archive"], "r:xz") as archive:
            streams = [archive.extractfile(member) for member in archive if member.isfile()]
            yield page["page"], [stream.read() for stream in streams if stream]


def test_no_two_captures_of_the_corpus_are_taken_for_one(corpus: Path) -> None:
    """All pairs of captures of each page; every page has a fingerprint at all."""
    settled = 0
    for _, bodies in _pages(corpus):
        fingerprints = [quick_fingerprint(capture(body), RULES) for body in bodies]
        assert all(fingerprints)
        alike = [(a, b) for a, b in combinations(range(len(bodies)), 2) if fingerprints[a] == fingerprints[b]]
        settled += len(alike)
        for a, b in alike:
            assert read(capture(bodies[a])) == read(capture(bodies[b]))
    assert settled >= 5


def test_no_word_changes_unseen_on_real_pages(corpus: Path) -> None:
    """A word or a sign changed anywhere in the source, scripts and attributes included: one print, one document."""
    chance = random.Random(20260301)
    settled = 0
    for _, bodies in _pages(corpus):
        source = chance.choice([body for body in bodies if len(body) < 250_000] or [bodies[0][:200_000]]).decode()
        before = read(capture(source))
        words = [found.span() for found in re.finditer(r"\w{2,}|[<>\"'=/!-]", source)]
        for start, end in chance.sample(words, 12):
            changed = source[:start] + chance.choice(["90", "niet", "", ">", "<p>", '"', "-->"]) + source[end:]
            if same(source, changed):
                settled += 1
                assert read(capture(changed)) == before
    assert settled > 10


def test_every_word_of_the_text_counts(corpus: Path) -> None:
    """A word changed in the visible text of a real page changes the fingerprint: each in its turn."""
    chance = random.Random(7)
    for name, bodies in _pages(corpus):
        source = min(bodies, key=len).decode()
        words = r"<(?:p|li|td|h[1-6]|b|span)\b[^<>]*>[^<>]*?\b(\w{3,})\b"
        visible = [found.span(1) for found in re.finditer(words, source)]
        base = quick_fingerprint(capture(source), RULES)
        scripts = [found.span() for found in re.finditer(r"<script\b.*?</script>|<!--.*?-->", source, re.DOTALL)]
        shown = [span for span in visible if not any(start <= span[0] < end for start, end in scripts)]
        assert shown, name
        for start, end in chance.sample(shown, min(40, len(shown))):
            assert quick_fingerprint(capture(f"{source[:start]}niet{source[end:]}"), RULES) != base


@pytest.mark.parametrize(
    ("start", "again", "end"),
    [
        ("<p ", "a=b ", ">"),
        ("<p ", "data-a=b ", ">"),
        ("<p", ' a="', ""),
        ("", "<!--", ""),
        ("", "<!--a--", ""),
        ("<script>", "</scrip", ""),
        ("<head>", "<script>a</script>", ""),
        ("<head>", "<script>", ""),
        ("", "<head>", ""),
        ("", "<title>", ""),
    ],
)
def test_a_hostile_page_costs_no_more_than_its_length(start: str, again: str, end: str) -> None:
    """A hundred thousand attributes, unclosed quotes, half comments: eight times the length, eight times the time."""
    short, long = (start + again * count + end for count in (20_000, 160_000))
    assert min(_spent(long) for _ in range(2)) < 30 * max(_spent(short), 0.001)


def _spent(page: str) -> float:
    """Seconds of processor time for a page."""
    begun = time.process_time()
    quick_fingerprint(capture(page), RULES)
    return time.process_time() - begun
