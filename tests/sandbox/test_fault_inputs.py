"""Inputs of the fault catalogue, sign by sign, that the tests beside it give in another form or number."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import ConfigError, ExtractError
from storage.model import Capture, Comparison, Document, ExtractRules, Reason, Verdict
from watcher.config import load
from watcher.differ import compare
from watcher.extractor import extract, gate
from watcher.sandbox import Limits, Sandbox

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
URL = "https://vendor.example/privacy"
PROSE = "We process personal data for the purposes that are described in this policy, and for no other purpose. " * 4
PAGE = (
    "<html lang=en><head><title>Privacy policy</title></head><body><main><h1>Privacy policy</h1><p>Last updated: "
    '4 March 2025</p><p>We keep your data for 30 days and do not sell it, as the café\'s "rules" say.</p><p>'
    f"{PROSE}</p><h2>Rights</h2><p>You have the right of access.</p></main></body></html>"
)


def capture(source: str | bytes, media: str = "text/html") -> Capture:
    """A page as it was fetched."""
    body = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return Capture(URL, URL, NOW, 200, (), media, "utf-8", hashlib.sha256(body).hexdigest(), body)


def read(source: str) -> Document:
    """The document in a page."""
    return extract(capture(source)).document


def between(source: str) -> Comparison:
    """What a page is told to have changed."""
    return compare(read(PAGE), read(source))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """As the program runs it."""
    with Sandbox(Limits(seconds=60, deadline=600)) as made:
        yield made


@pytest.mark.parametrize(
    ("start", "again"),
    [("<p>KEEPME</p><p ", "a{}=x "), ("<p>KEEPME</p>", "<"), ("<p>KEEPME</p>", "<!--")],
    ids=["attributes", "brackets", "comments"],
)
def test_x02_a_hundred_thousand(sandbox: Sandbox, start: str, again: str) -> None:
    """All of the number that the row names, within seconds; `<b><p>` and deep tables are in the long campaign."""
    page = start + "".join(again.replace("{}", str(at)) for at in range(100_000)) + ">"
    assert "KEEPME" in " ".join(block.text for block in sandbox.read([capture(page)], ExtractRules()).document.blocks)


LAUGHS = '<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {x} "{f"&{y};" * 10}">' for x, y in zip("bcdefghij", "abcdefghi", strict=True)
)


@pytest.mark.parametrize("media", ["text/html", "application/xhtml+xml", "image/svg+xml"])
@pytest.mark.parametrize(
    ("doctype", "inner"),
    [
        ('html SYSTEM "http://127.0.0.1:{port}/x.dtd"', "<p>end &x;</p>"),
        ('html PUBLIC "-//A//B//EN" "http://127.0.0.1:{port}/x.dtd"', "<p>end &x;</p>"),
        (f"svg [{LAUGHS}]", '<svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg><p>end</p>'),
        (f'r [<!ENTITY a "{"x" * 50_000}">]', f"<p>{'&a;' * 5_000}</p><p>end</p>"),
        ('r [<!ENTITY x SYSTEM "file:///etc/passwd">]', "<p>end &x;</p>"),
    ],
    ids=["dtd", "public dtd", "svg laughs", "quadratic", "file"],
)
def test_x04_outer_definitions(doctype: str, inner: str, media: str) -> None:
    """Nothing is fetched, nothing read from disk, nothing grows."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0)
        stated = doctype.replace("{port}", str(server.getsockname()[1]))
        page = f'<?xml version="1.0"?><!DOCTYPE {stated}><html><body>{inner}</body></html>'
        try:
            text = " ".join(block.text for block in extract(capture(page, media)).document.blocks)
        except ExtractError as error:
            assert error.reason is Reason.EXTRACT_FAILED
            text = ""
        assert "root:" not in text
        assert len(text) < 2 * len(page)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_x05_signs_that_are_none() -> None:
    """NUL and `&#0;` in the page, half a surrogate in its JSON, are U+FFFD."""
    said = "<p>{}</p>".format(" ".join(f"word{at}" for at in range(80)))
    shell = f'<body><div id=root></div><script>{{"a": {{"html": "<p>b\\ud800c {said}</p>"}}}}</script></body>'
    for page, expected in (("<p>a\0b</p>", "a\ufffdb"), ("<p>a&#0;b</p>", "a\ufffdb")):
        (block,) = read(page).blocks
        assert block.text == expected
    assert "b\ufffdc" in read(shell).blocks[0].text


UNSEEN = {
    "U+202E": ("30 days", "30\u202e days"),
    "U+2066": ("30 days", "\u206630 days\u2069"),
    "zero width": ("30 days", "30 \u200bda\u200dys\ufeff"),
    "soft hyphen": ("described", "de\u00adscribed"),
    "no-break space": ("30 days", "30\u00a0days"),
    "NFD": ("café", unicodedata.normalize("NFD", "café")),
    "curly double quotes": ('"rules"', "\u201crules\u201d"),
    "curly single quote": ("café's", "café\u2019s"),
}


@pytest.mark.parametrize(("old", "new"), UNSEEN.values(), ids=UNSEEN)
def test_x06_what_no_reader_sees(old: str, new: str) -> None:
    """The fingerprint is the same; the bytes of the page are kept as they came."""
    page = PAGE.replace(old, new)
    assert page != PAGE
    assert read(page).fingerprint == read(PAGE).fingerprint
    assert new.encode() in capture(page).body


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("your data", "your d\u0430ta", 'U+0430 for "a"'),
        ("do not sell", "do n\u043et sell", 'U+043E for "o"'),
        ("access", "\u0430cc\u0435ss", 'U+0430 for "a", U+0435 for "e"'),
        ("Rights", "R\u0456ghts", 'U+0456 for "i"'),
    ],
)
def test_x06_a_letter_of_another_alphabet(old: str, new: str, said: str) -> None:
    """A change that no eye sees is told with the code points of its letters."""
    found = between(PAGE.replace(old, new))
    assert found.verdict not in {Verdict.SAME, Verdict.NOISE}
    assert any(said in change.summary for change in found.changes)


def test_x08_copies_in_another_order() -> None:
    """The copy for small screens first, then the one for wide ones, and the other way round."""
    inner = PAGE[PAGE.index("<h1>") : PAGE.index("</main>")]
    wide, small = f"<div class=wide>{inner}</div>", f"<div class=small>{inner}</div>"
    pages = (
        f"<html lang=en><body><main>{one}{two}</main></body></html>" for one, two in ((wide, small), (small, wide))
    )
    assert {read(page).fingerprint for page in pages} == {read(PAGE).fingerprint}


@pytest.mark.parametrize(
    ("old", "new", "least"),
    [
        ("30 days", "90 days", {Verdict.MATERIAL}),
        ("do not sell", "do sell", {Verdict.MATERIAL}),
        ("4 March", "5 March", {Verdict.MATERIAL, Verdict.EDITORIAL}),
    ],
)
def test_x09_what_is_never_noise(old: str, new: str, least: set[Verdict]) -> None:
    """A number, a "not", a date that stands alone."""
    found = between(PAGE.replace(old, new))
    assert found.verdict in least
    assert read(PAGE.replace(old, new)).fingerprint != read(PAGE).fingerprint


@pytest.mark.parametrize(
    ("seed", "language", "zone"),
    [("0", "C", "UTC"), ("42", "tr_TR.UTF-8", "Asia/Kathmandu")],
)
def test_x14_other_seeds_languages_and_zones(tmp_path: Path, seed: str, language: str, zone: str) -> None:
    """An interpreter of its own, started in another place of the world, reads the same."""
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    code = (
        "from pathlib import Path; from watcher.extractor import extract, read_file; "
        "print(extract(read_file(Path('page.html'))).document.fingerprint)"
    )
    root = str(Path(__file__).resolve().parents[2])
    known = {**os.environ, "PYTHONHASHSEED": seed, "LANG": language, "LC_ALL": language, "TZ": zone, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=known, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == read(PAGE).fingerprint


def test_x14_a_thousand_runs_in_two_hundred_threads() -> None:
    """One hash."""
    page = capture(PAGE)
    with ThreadPoolExecutor(200) as threads:
        assert len({one.document.fingerprint for one in threads.map(lambda _: extract(page), range(1_000))}) == 1


@pytest.mark.parametrize("rule", ['select = ""', 'remove = ""', 'select = ["main", ""]'])
def test_r02_an_empty_pattern_is_refused(tmp_path: Path, rule: str) -> None:
    """Before anything is fetched, with its place."""
    source = f'[[source]]\nid = "a/b"\nvendor = "A"\ndocument = "privacy-policy"\nurl = "{URL}"\n{rule}\n'
    (tmp_path / "sources.toml").write_text(source, "utf-8")
    with pytest.raises(ConfigError, match=r"sources\.toml:6:"):
        load(tmp_path / "sources.toml")


def test_h27_a_page_of_pictures_to_click() -> None:
    """The page of the most common captcha, status 200."""
    page = (
        "<html><head><title>vendor.example</title><script src=https://www.google.com/recaptcha/api.js></script></head>"
        "<body><h1>Please verify you are a human</h1><form action=/verify method=post><div class=g-recaptcha "
        "data-sitekey=6Lc></div><p>I'm not a robot</p><button>Continue</button></form></body></html>"
    )
    for before in (None, read(PAGE)):
        verdict = gate(extract(capture(page)), before)
        assert (verdict.passed, verdict.reason) == (False, Reason.BOT_WALL)


@pytest.mark.parametrize(
    "clause",
    [
        "We use CAPTCHA and cookies.",
        "Access denied messages, maintenance windows and failed logins are kept in our log files for 30 days.",
        "Please sign in and enable JavaScript to change your cookie settings; just a moment is enough.",
    ],
)
def test_h29_a_policy_that_mentions_walls(clause: str) -> None:
    """It is a policy."""
    page = PAGE.replace("<h2>Rights", f"<h2>Captchas and cookies</h2><p>{clause}</p><h2>Rights")
    assert gate(extract(capture(page))).passed
    assert gate(extract(capture(page)), read(PAGE)).passed
