"""Pages made to break a parser: read, or refused with a reason; never a crash, never silent loss."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import ExtractError
from storage.model import Capture, ExtractRules
from watcher.extractor import extract
from watcher.extractor.html import read_html

TAGS = ("p", "b", "div", "li", "ul", "table", "tr", "td", "th", "dl", "dt", "dd", "h2", "a", "br", "pre", "details")


def texts(body: str | bytes, media: str = "text/html") -> list[str]:
    """The texts of the blocks of a page."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    url = "https://example.org/privacy"
    capture = Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), media, None, "", raw)
    return [block.text for block in extract(capture).document.blocks]


@pytest.mark.parametrize("tag", ["div", "span", "b", "font", "blockquote", "li", "a"])
@pytest.mark.parametrize("depth", [256, 300, 6000])
def test_depth_loses_nothing(tag: str, depth: int) -> None:
    """Text inside and after deeply nested elements is kept."""
    joined = " ".join(texts(f"<p>first</p>{f'<{tag}>' * depth}KEEPME{f'</{tag}>' * depth}<p>TAIL</p>"))
    assert joined == "first KEEPME TAIL"


def test_nested_tables_lose_nothing() -> None:
    """Tables in tables are walked through, however deep."""
    assert texts("<table><tr><td>" * 2000 + "KEEPME" + "</td></tr></table>" * 2000 + "<p>TAIL</p>") == [
        "KEEPME",
        "TAIL",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "",
        " \n",
        "<![(",
        "<" * 5000,
        "<!--" * 5000,
        "</p>" * 500,
        "<p",
        "&#xD800;&#0;",
        "<html><head></head></html>",
        "]]>",
    ],
)
def test_broken_markup_is_no_error(page: str) -> None:
    """Nothing, rubbish and unfinished markup give a document without blocks or with what is there."""
    assert isinstance(texts(page), list)


def test_nul_and_surrogates_become_the_replacement_sign() -> None:
    """Signs that no database keeps are replaced and can be stored."""
    assert texts("<p>a\0b&#0;c&#xD800;d \ud800</p>")[0].startswith("a\ufffdb\ufffdc\ufffdd")
    "".join(texts("<p>\ud800x</p>")).encode("utf-8")


@pytest.mark.parametrize(
    "entity", ['SYSTEM "file:///etc/passwd"', 'SYSTEM "http://127.0.0.1:9/x"', f'"{"lol" * 1000}"']
)
def test_entities_are_not_expanded(entity: str) -> None:
    """No file is read, no address contacted, nothing is blown up."""
    page = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e {entity}>]><html><body><p>&e;&e; end</p></body></html>'
    joined = " ".join(texts(page))
    assert joined.endswith("end")
    assert "root:" not in joined
    assert "lollol" not in joined


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "text/markdown", ""]))
def test_any_bytes_are_read_or_refused(body: bytes, media: str) -> None:
    """Whatever the bytes, the only error is ours."""
    try:
        found = texts(body, media)
    except ExtractError:
        return
    assert all(found)


@example(parts=["h2", "b", "li", "h2", "KEEP", "/", "KEEP"])
@given(st.lists(st.one_of(st.sampled_from(TAGS), st.sampled_from(["KEEP", "/"])), max_size=60))
def test_any_nesting_keeps_every_word(parts: list[str]) -> None:
    """Elements opened and closed in any order: no word is lost, none is told twice."""
    opened: list[str] = []
    page = ""
    count = 0
    for part in parts:
        if part == "KEEP":
            count += 1
            page += f" KEEP{count}KEEP "
        elif part == "/":
            page += f"</{opened.pop()}>" if opened else ""
        else:
            opened += [part] if part != "br" else []
            page += f"<{part}>"
    joined = " ".join(texts(f"<body>{page}</body>"))
    assert [joined.count(f"KEEP{number}KEEP") for number in range(1, count + 1)] == [1] * count


def test_the_same_bytes_give_the_same_text_everywhere() -> None:
    """Hash seed, locale and time zone do not decide a fingerprint."""
    program = (
        "import sys;from datetime import datetime,UTC;from storage.model import Capture;"
        "from watcher.extractor import extract;b=sys.argv[1].encode();"
        "c=Capture('u','u',datetime(2026,3,1,tzinfo=UTC),200,(),'text/html',None,'',b);"
        "print(extract(c).document.fingerprint)"
    )
    page = "<nav class='a b c'>x</nav><main><h1>T</h1><p class='cookie share'>one two three</p><p>3 May 2024</p></main>"
    seen = set()
    for seed, zone, language in (("0", "UTC", "C"), ("7", "Asia/Tokyo", "tr_TR.UTF-8")):
        environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LANG": language, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program, page], env=environment, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1


def test_rules_do_not_run_for_ever() -> None:
    """A selector at the limit of length over a deep page ends."""
    selector = " ".join(["div"] * 40)
    url = "https://example.org/privacy"
    page = f"{'<div>' * 60}text{'</div>' * 60}".encode()
    capture = Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), "text/html", None, "", page)
    assert [block.text for block in extract(capture, ExtractRules((selector,))).document.blocks] == ["text"]


@pytest.mark.parametrize(
    "unit",
    [
        "<table><tr><td>a\n",
        "<button>a ",
        "<label>a <input>",
        "<div role=table><div role=row><div role=cell>a ",
        "<h2><span>a ",
        "<h2>a <a href=#x>#</a>",
        "<dl><dt>a<dd>b",
    ],
)
def test_elements_in_one_another_are_each_asked_little(unit: str) -> None:
    """Thousands of open elements of a kind cost no more than the page is long: here 30 kB in a tenth of a second."""
    start = process_time()
    read_html((unit * 30_000)[:30_000], ExtractRules())
    assert process_time() - start < 1.5


@pytest.mark.parametrize("unit", ["_a __b ", "~~a ", "*a **b ", "a__ ", "__a "])
def test_emphasis_that_is_never_closed_costs_no_square(unit: str) -> None:
    """What opens a run and is never closed is not sought to the end, each time anew."""
    begun = process_time()
    texts(unit * (100_000 // len(unit)), "text/markdown")
    assert process_time() - begun < 0.8


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("__one__ and __two", "one and __two"),
        ("__one **two** three", "__one two three"),
        ("~~one~~ and ~~two", "one and ~~two"),
        ("**one __two** three__ four", "one __two three__ four"),
    ],
)
def test_emphasis_before_one_that_is_never_closed_is_read(marked: str, plain: str) -> None:
    """Marks in pairs are taken out, whatever is opened behind them."""
    assert texts(marked, "text/markdown") == [plain]
