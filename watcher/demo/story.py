"""What the demo plays: sample vendors, dated rounds, and what each page's author meant by each edition."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from storage.model import Direction, DocumentType, Outcome, Reason, Topic, Verdict

PAGES = files("watcher.demo") / "pages"


@dataclass(frozen=True, slots=True)
class Vendor:
    """One sample vendor; `shape` names the template that its text is dressed in."""

    id: str
    name: str
    document: DocumentType
    language: str
    shape: str
    about: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one check should come to. `topics` must each be told, one of them first and in `direction`.

    `told` names the subscribers that get an alert, `added` the recipients that the comparison must name, `periods`
    what a fact must state as before and after. `meant` says in words what the author changed.
    """

    outcome: Outcome
    reason: Reason | None = None
    verdict: Verdict | None = None
    topics: tuple[Topic, ...] = ()
    told: tuple[str, ...] = ()
    direction: Direction | None = None
    added: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One visit to all vendors. `wall` answer a bot wall with status 200, `down` answer 503."""

    at: datetime
    edition: int
    title: str
    expect: dict[str, Expectation]
    wall: tuple[str, ...] = ()
    down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """All vendors and all rounds, in order."""

    vendors: tuple[Vendor, ...]
    rounds: tuple[Round, ...] = field(default_factory=tuple)


def read_story() -> Story:
    """The story that is packaged with the program (watcher/demo/pages/story.toml)."""
    data = tomllib.loads((PAGES / "story.toml").read_text(encoding="utf-8"))
    vendors = tuple(Vendor(**{**each, "document": DocumentType(each["document"])}) for each in data["vendor"])
    return Story(vendors, tuple(_round(each) for each in data["round"]))


def _round(data: dict[str, Any]) -> Round:
    return Round(
        at=data["at"],
        edition=data["edition"],
        title=data["title"],
        expect={source: _expectation(each) for source, each in data["expect"].items()},
        wall=tuple(data.get("wall", ())),
        down=tuple(data.get("down", ())),
    )


def _expectation(data: dict[str, Any]) -> Expectation:
    return Expectation(
        outcome=Outcome(data["outcome"]),
        reason=Reason(data["reason"]) if "reason" in data else None,
        verdict=Verdict(data["verdict"]) if "verdict" in data else None,
        topics=tuple(Topic(topic) for topic in data.get("topics", ())),
        told=tuple(data.get("told", ())),
        direction=Direction(data["direction"]) if "direction" in data else None,
        added=tuple(data.get("added", ())),
        periods=tuple(data.get("periods", ())),
        meant=data.get("meant", ""),
    )
