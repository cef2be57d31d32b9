"""The fixed words of pages, links between them, and what is kept between two requests."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import watcher.web
from notifier.manner import LANGUAGES
from storage.model import Severity, SourceState, Tally
from storage.protocol import Store
from watcher.web import places
from watcher.web.pages import page_at
from watcher.web.places import Linker
from watcher.web.reading import Reading, Shelf
from watcher.web.render import Setting, harmless, render, speech
from watcher.web.rooms.catalogue import build
from watcher.web.rooms.lines import part, strip

HERE = Path(watcher.web.__file__).parent
NOW = datetime(2025, 12, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_of_a_template_exists(code: str) -> None:
    """No template names a phrase that a language lacks, and none is kept that no page says."""
    say = speech(code)
    whole = "".join(path.read_text("utf-8") for path in (HERE / "templates").iterdir())
    named = {
        f"{key}.other" if function == "n" else key for function, key in re.findall(r"\b([tn])\('([a-z.-]+)'[,)]", whole)
    }
    assert len(named) > 150
    assert named - {*say.own.phrases, *say.words.phrases} == set()
    parts = "|".join(re.findall(r"\bt\('([a-z-]+)\.' ~", whole))
    kept = {key for key in say.own.phrases if not re.match(rf"(?:form|refusal|{parts})\.|.*\.one$", key)}
    assert kept - named == set()


def test_all_pages_speak_all_languages(played: Store) -> None:
    """Rendering asks for no phrase that is missing: every kind of page, in every language, by the same links."""
    paths = ["", "vendors/", "vendor/ostrelle/", "source/ostrelle/privacy/", "source/ostrelle/privacy/3/"]
    paths += ["source/ostrelle/privacy/1-3/", "changes/", "changes/direction/better/", "recipients/", "matrix/"]
    paths += ["recipients/ledgerwell/", "deadlines/", "status/", "search/", "about/"]
    reading = Reading(played, NOW)
    for path in paths:
        page = page_at(reading, path, "data")
        assert page is not None, path
        shown = [render(page, Setting(code, True, True, NOW.date(), Linker(path))) for code in LANGUAGES]
        assert shown[0] != shown[1]
        assert re.findall('href="([^"]*)"', shown[0]) == re.findall('href="([^"]*)"', shown[1])


@pytest.mark.parametrize(
    ("here", "target", "files", "link"),
    [
        ("", "", False, "./"),
        ("", "vendors/", False, "vendors/"),
        ("vendors/", "", False, "../"),
        ("source/a/b/1-2/", "source/a/b/2/#b3", False, "../../../../source/a/b/2/#b3"),
        ("source/a/b/1-2/", "static/room.css", True, "../../../../static/room.css"),
        ("", "", True, "index.html"),
        ("vendors/", "vendor/x/#facts", True, "../vendor/x/index.html#facts"),
    ],
)
def test_links_are_relative(here: str, target: str, link: str, *, files: bool) -> None:
    """From any page to any other, as a folder or as a file."""
    assert Linker(here, files=files)(target) == link


def test_a_choice_goes_along_with_links_to_pages() -> None:
    """Behind pages, before the place in them; styles do without."""
    link = Linker("vendors/", query="?lang=nl")
    assert (link("vendor/x/#facts"), link("static/room.css")) == ("../vendor/x/?lang=nl#facts", "../static/room.css")


def test_an_id_that_is_no_path_gets_a_name_of_its_own() -> None:
    """What a configuration would not let through cannot lead out of the folder."""
    assert places.source_path("acme/privacy") == "source/acme/privacy/"
    for key in ("../../etc/passwd", "a/b/c", "con", "A/B", "a/\u202eb", "x" * 300, ""):
        assert re.fullmatch("source/~[0-9a-f]{16}/", places.source_path(key)), key


@given(st.text())
def test_no_text_leaves_with_steering_characters(text: str) -> None:
    """What is put out is printable, and printable text is put out as it is."""
    shown = str(harmless(text))
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert all(char in "\u200c\u200d" for char in shown if unicodedata.category(char) == "Cf")
    if text.isprintable():
        assert shown == text


def test_a_value_is_made_once_for_each_state() -> None:
    """The same state gives what is kept, another one makes it anew, and the oldest goes first."""
    shelf, made = Shelf(2), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [shelf.get("one", "a", make), shelf.get("one", "a", make), shelf.get("two", "a", make)] == [1, 1, 2]
    shelf.get("two", "b", make)
    shelf.get("two", "c", make)
    assert shelf.get("two", "a", make) == 5


def test_a_late_value_is_given_while_the_new_one_is_made() -> None:
    """Nobody waits for it: the old one is given until the new one is there."""
    shelf, done = Shelf(), threading.Event()
    shelf.get("one", "a", lambda: "old", late=True)

    def make() -> str:
        done.set()
        return "new"

    assert shelf.get("two", "a", make, late=True) == "old"
    assert done.wait(5)
    for thread in threading.enumerate():
        if thread.daemon and "_make_beside" in thread.name:
            thread.join(5)
    assert shelf.get("two", "a", lambda: "newer") == "new"


def test_a_year_has_every_week_and_no_editorial_change() -> None:
    """Changes stand in the week that their day is in; what is older or only wording is left out."""
    last = datetime(2026, 3, 3, 12, tzinfo=UTC)
    counts = [
        Tally("2026-03-03", Severity.HIGH, 2, last),
        Tally("2026-03-02", Severity.LOW, 1, last),
        Tally("2026-03-03", Severity.INFO, 9, last),
        Tally("2024-01-01", Severity.HIGH, 5, last),
    ]
    year = strip(counts, date(2026, 3, 4))
    assert (len(year.weeks), year.total, year.busiest) == (53, 3, 3)
    assert year.weeks[-1].begins == date(2026, 3, 2)
    assert all(0 <= bar.y <= 60 and bar.y + bar.height <= 60.1 for bar in year.bars)
    assert [after.begins - before.begins for before, after in zip(year.weeks, year.weeks[1:], strict=False)] == [
        timedelta(days=7)
    ] * 52


@given(st.integers(0, 200), st.integers(1, 40))
def test_the_parts_of_a_list_are_the_list(length: int, size: int) -> None:
    """Every row stands on one page, in order; a page beyond the last is none."""
    rows = list(range(length))
    pages = max(-(-length // size), 1)
    parts = [part(rows, number, size, "x/") for number in range(1, pages + 1)]
    assert [row for one in parts if one for row in one.rows] == rows
    assert part(rows, pages + 1, size, "x/") is None
    assert part(rows, 0, size, "x/") is None


def test_vendors_of_one_name_in_any_case_are_one(played: Store) -> None:
    """And two names that would share a path get two."""
    plain: SourceState = played.states()[0]
    states = [
        replace(plain, source_id=f"x/{number}", vendor=name)
        for number, name in enumerate(("Ärger", "äRGER", "Arger", "株"))
    ]
    built = build(states)
    assert [len(vendor.states) for vendor in built.vendors] == [1, 2, 1]
    assert len({vendor.path for vendor in built.vendors}) == 3


def test_a_review_is_told_where_its_change_is_listed(hostile: Store) -> None:
    """Where people review, each line says where its review stands and whose it is; else none does."""
    shown = [
        render(page, Setting("en", True, reviews, NOW.date(), Linker("changes/")))
        for reviews in (True, False)
        if (page := page_at(Reading(hostile, NOW, reviews=reviews), "changes/")) is not None
    ]
    assert shown[0].count('class="review acknowledged"') == 1
    assert shown[0].count('class="review open"') > 5
    assert 'class="review' not in shown[1]


def test_vendors_stand_where_a_reader_looks(played: Store) -> None:
    """An accent at the beginning of a name does not send it behind the last letter."""
    plain: SourceState = played.states()[0]
    states = [replace(plain, source_id=f"x/{name}", vendor=name) for name in ("Zeta", "Îlot", "jade", "Ikea")]
    assert [vendor.name for vendor in build(states).vendors] == ["Ikea", "Îlot", "jade", "Zeta"]


def test_an_arrow_is_one_sign(played: Store) -> None:
    """Two signs for it would be torn apart at the end of a line, and read as "minus, greater than"."""
    for path in ("changes/", "source/pelgrimspost/subprocessors/3-4/"):
        page = page_at(Reading(played, NOW), path)
        assert page is not None
        shown = render(page, Setting("en", True, False, NOW.date(), Linker(path)))
        assert "-&gt;" not in shown
        assert "Germany → United States" in shown
