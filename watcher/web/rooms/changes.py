"""Changes of all vendors, newest first, chosen by weight, direction and topic in any combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from storage.model import ChangeQuery, Direction, RecordedChange, Severity, Topic
from watcher.web.reading import Reading
from watcher.web.rooms.lines import ChangeLine, Part, change_lines, part

A_PAGE = 30
# Older changes stand on the pages of their documents.
NEWEST = 300
FACETS = ("severity", "direction", "topic")
_KNOWN = {
    "severity": tuple(severity.value for severity in Severity if severity is not Severity.INFO),
    "direction": tuple(direction.value for direction in Direction),
    "topic": tuple(topic.value for topic in Topic),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What changes are chosen by, empty for all."""

    severity: str = ""
    direction: str = ""
    topic: str = ""

    def of(self, facet: str) -> str:
        """What is chosen of a facet."""
        return {"severity": self.severity, "direction": self.direction, "topic": self.topic}[facet]

    def having(self, facet: str, value: str) -> Chosen:
        """The same with another value of a facet."""
        return replace(self, **{facet: value})

    @property
    def path(self) -> str:
        """The path of the page, the facets always in one order."""
        return "changes/" + "".join(f"{facet}/{value}/" for facet in FACETS if (value := self.of(facet)))


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose, and the page that it leads to: what is `current` leads to the page without it."""

    value: str
    path: str
    current: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, newest first, and what else they can be chosen by: nothing that would lead to no change."""

    lines: Part[ChangeLine]
    chosen: tuple[tuple[str, str], ...]
    facets: tuple[tuple[str, tuple[Choice, ...]], ...]


def changes(reading: Reading, chosen: Chosen, number: int) -> Changes | None:
    """A page of the newest changes that were chosen; None where there is no such page."""
    newest = _newest(reading, chosen.topic)
    found = [one for one in newest if _fits(one, chosen)]
    if not found and any(value not in _KNOWN[facet] for facet in FACETS if (value := chosen.of(facet))):
        return None
    rows = part(found, number, A_PAGE, chosen.path, more=len(newest) >= NEWEST)
    if rows is None:
        return None
    return Changes(
        Part(change_lines(reading, rows.rows), rows.number, rows.pages, rows.total, rows.path, rows.more),
        tuple((facet, chosen.of(facet)) for facet in FACETS if chosen.of(facet)),
        tuple((facet, tuple(_choices(reading, chosen, facet))) for facet in FACETS),
    )


def every_path(reading: Reading) -> list[str]:
    """The paths of all pages that a page of changes leads to, and of each single choice that there is."""
    newest = _newest(reading, "")
    topics = _topics(newest)
    found = {Chosen().having(facet, value) for facet in ("severity", "direction") for value in _KNOWN[facet]}
    for topic in ("", *topics):
        for one in _newest(reading, topic):
            own = (topic,) if topic else ("", *_topics([one]))
            weight, way = one.change.severity.value, one.change.direction.value
            found |= {Chosen(*each) for each in product(("", weight), ("", way), own)}
    return sorted(one.path for one in found | {Chosen()})


def _choices(reading: Reading, chosen: Chosen, facet: str) -> Iterator[Choice]:
    """What a facet offers beside what is chosen of the others."""
    rest = chosen.having(facet, "")
    beside = [one for one in _newest(reading, rest.topic) if _fits(one, rest)]
    for value in _topics(beside) if facet == "topic" else _KNOWN[facet]:
        if not any(_is(one, facet, value) for one in beside):
            continue
        current = chosen.of(facet) == value
        yield Choice(value, rest.path if current else chosen.having(facet, value).path, current)


def _newest(reading: Reading, topic: str) -> Sequence[RecordedChange]:
    query = ChangeQuery(severity=Severity.LOW, topic=topic or None, limit=NEWEST)
    return reading.once(("changes", query), lambda: reading.store.changes(query))


def _fits(one: RecordedChange, chosen: Chosen) -> bool:
    return all(_is(one, facet, value) for facet in FACETS if (value := chosen.of(facet)))


def _is(one: RecordedChange, facet: str, value: str) -> bool:
    if facet == "severity":
        return one.change.severity.value == value
    if facet == "direction":
        return one.change.direction.value == value
    return value == one.change.topic.value or value in one.change.topics


def _topics(changes: Sequence[RecordedChange]) -> list[str]:
    """The topics that occur and can stand in a path, ours in their order, then the user's own, which always can."""
    there = {str(topic) for one in changes for topic in (one.change.topic, *one.change.topics)}
    own = sorted(topic for topic in there - set(_KNOWN["topic"]) if _plain_name(topic))
    return [*(topic for topic in _KNOWN["topic"] if topic in there), *own]


def _plain_name(topic: str) -> bool:
    return bool(topic) and all(char.isascii() and (char.isalnum() or char in "-_") for char in topic)
