"""Changes are chosen by weight, direction and topic together, and no choice that is offered leads to nothing."""

from __future__ import annotations

from itertools import product

import pytest
from web_tabs import NOW, OpenTab

from storage.model import ChangeQuery, Severity
from storage.protocol import Store
from watcher.web.pages import page_at
from watcher.web.reading import Reading
from watcher.web.rooms.changes import Changes, Chosen, every_path


def room_at(reading: Reading, path: str) -> Changes:
    """What the page at a path shows."""
    page = page_at(reading, path)
    assert page is not None, path
    assert isinstance(page.room, Changes)
    return page.room


def test_choices_hold_together(played: Store) -> None:
    """Each line of a page has all that was chosen, and each that has it is on the page."""
    reading = Reading(played, NOW)
    every = played.changes(ChangeQuery(severity=Severity.LOW))
    for severity, way, topic in product(("", "high"), ("", "worse", "better"), ("", "subprocessors", "ai")):
        wanted = [
            one
            for one in every
            if severity in {"", one.change.severity.value}
            and way in {"", one.change.direction.value}
            and (not topic or topic in one.change.topics)
        ]
        room = room_at(reading, Chosen(severity, way, topic).path)
        assert room.lines.total == len(wanted)
        assert [value for _, value in room.chosen] == [value for value in (severity, way, topic) if value]


def test_every_choice_that_is_offered_leads_to_changes(played: Store) -> None:
    """From any page on; what is chosen leads back to the page without it; each is a file of the site too."""
    reading = Reading(played, NOW)
    waiting, seen = ["changes/"], set[str]()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        room = room_at(reading, path)
        assert room.lines.total > 0, path
        for facet, choices in room.facets:
            for one in choices:
                assert one.current == (f"{facet}/{one.value}/" in path)
                assert (one.path.count("/") < path.count("/")) == one.current
                waiting += [one.path] if one.path not in seen else []
    assert len(seen) > 20
    assert seen <= set(every_path(reading))


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("changes/severity/medium/direction/neutral/topic/children/", True),
        ("changes/topic/of-nobody/", False),
        ("changes/severity/high/topic/of-nobody/", False),
        ("changes/severity/awful/", False),
        ("changes/severity/high/9/", False),
        ("changes/topic/ai/severity/high/", False),
    ],
)
def test_a_choice_that_is_known_is_a_page(played: Store, path: str, *, there: bool) -> None:
    """Though nothing like it was seen; what nobody knows is none, and each choice has one address."""
    assert (page_at(Reading(played, NOW), path) is not None) == there


def test_a_reader_narrows_and_widens(room: str, open_tab: OpenTab) -> None:
    """One click adds a choice, another one takes it back."""
    tab = open_tab(room)
    tab.page.goto(f"{room}changes/topic/subprocessors/")
    tab.page.click(".facets a:has-text('Worse for you')")
    assert tab.page.url.endswith("/changes/direction/worse/topic/subprocessors/")
    assert tab.page.inner_text("h1") == "Changes: Worse for you, Sub-processors"
    assert tab.page.locator(".facets a[aria-current]").count() == 2
    tab.page.click(".facets a[aria-current]:has-text('Sub-processors')")
    assert tab.page.url.endswith("/changes/direction/worse/")
    assert tab.faults == []
