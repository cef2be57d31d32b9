"""A doubtful text becomes a version when it has stood long enough; seen again within hours it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, CheckResult, DocumentType, Outcome, Reason, Source
from watcher import pipeline
from watcher.extraction import GateVerdict
from watcher.fetcher import FetchFailure
from watcher.job import Candidate, Job
from watcher.standing import A_DAY, A_WEEK, AT_ONCE, needed

URL = "https://vendor.example/privacy"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def page(title: str, *said: str) -> str:
    """A page of our own."""
    text = "".join(f"<h2>{place}. {title}</h2><p>{one}</p>" for place, one in enumerate(said, 1))
    return f"<html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{text}</main></body></html>"


POLICY = page(
    "Privacy policy",
    *(
        f"We process your personal data for purpose {name} on the basis of your consent, keep it for {months} "
        "months and share it with processors under contract. You have the right of access, rectification and erasure."
        for name, months in (("alpha", 6), ("beta", 12), ("gamma", 18), ("delta", 24), ("epsilon", 36), ("zeta", 48))
    ),
)
SHOP = page(
    "Running shoes",
    *(
        f"Light, quick and made for long roads: the {name} carries you through the rain of the whole autumn. In the "
        "shop in four colours, with a bottle on top and the next pair at half the price."
        for name in ("Alba", "Brix", "Cato", "Dorn", "Elmo")
    ),
)
BLOG = page(
    "Our harbour office",
    *(
        f"In {month} the team moved its desks to the water, and nobody has missed the old lift since. There is coffee "
        "from the roaster next door, a table for twelve, and a view of the cranes."
        for month in ("March", "April", "May", "June", "July")
    ),
)
RENAMED = page(
    "Acceptable use rules",
    *(
        f"Customers must not {deed} by means of the service. We may suspend an account after a written notice, and the "
        "agreement, its liability clause and its governing law stay as they are agreed between the parties."
        for deed in ("send junk mail", "attack other hosts", "resell access", "mine coins", "evade limits", "scrape")
    ),
)
HALF = POLICY[: POLICY.index("gamma")] + "</p></main></body></html>"


class World:
    """A store, a source and a clock that the test turns."""

    def __init__(self, path: Path, now: datetime) -> None:
        self.store, self.now = open_store(str(path / "history.db"), write=True), now
        self.source = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,))
        self.store.sync_sources([self.source], now)

    def check(self, text: str | FetchFailure, later: timedelta = HOUR) -> CheckResult:
        """One check that much later than the last."""
        self.now += later
        (claim,) = self.store.claim("test", self.now, HOUR, limit=1, only=[self.source.id])
        job = Job(self.source, claim, (), self.now)
        answer: Capture | FetchFailure
        if isinstance(text, str):
            body = text.encode()
            digest = hashlib.sha256(body).hexdigest()
            answer = Capture(URL, URL, self.now, 200, (), "text/html", "utf-8", digest, body)
        else:
            answer = text
        outcome = pipeline.examine(job, [answer], self.store, self.now)
        result = pipeline.settle(outcome, None, self.now) if isinstance(outcome, Candidate) else outcome
        self.store.commit([result])
        return result


@pytest.fixture
def world(tmp_path: Path, now: datetime) -> Iterator[World]:
    """A store with one source of which nothing is known."""
    made = World(tmp_path, now)
    yield made
    made.store.close()


@pytest.mark.parametrize("text", [SHOP, BLOG], ids=["shop", "blog"])
def test_a_page_that_is_no_document_makes_no_version_within_days(world: World, text: str) -> None:
    """A shop or blog in the place of a policy is held at each of its checks for six days; the return is no change."""
    world.check(POLICY)
    for later in (HOUR, HOUR, DAY, DAY, DAY, DAY, DAY):
        held = world.check(text, later)
        assert (held.outcome, held.reason, held.versions) == (Outcome.SUSPECT, Reason.OTHER_DOCUMENT, ())
    assert world.check(POLICY).outcome is Outcome.UNCHANGED


def test_what_has_stood_for_a_week_is_what_the_vendor_shows(world: World) -> None:
    """A vendor who gives up his policy for good is told of in the end: once the page has stood for a week."""
    world.check(POLICY)
    first = world.check(SHOP)
    assert [world.check(SHOP, DAY).outcome for _ in range(7)] == [Outcome.SUSPECT] * 6 + [Outcome.CHANGED]
    assert world.now - first.checked_at == A_WEEK


def test_another_legal_document_must_stand_for_a_day(world: World) -> None:
    """Other rules in the place of the policy: seen again after hours they wait, a day later they are told."""
    world.check(POLICY)
    outcomes = [world.check(RENAMED, later).outcome for later in (HOUR, HOUR, 5 * HOUR, 12 * HOUR, 7 * HOUR)]
    assert outcomes == [Outcome.SUSPECT] * 4 + [Outcome.CHANGED]


def test_another_text_begins_anew(world: World) -> None:
    """Two wrong pages in turn never add up to a day."""
    world.check(POLICY)
    for text in (RENAMED, SHOP, RENAMED, SHOP):
        assert world.check(text, DAY).outcome is Outcome.SUSPECT


def test_a_failed_check_in_between_changes_nothing(world: World) -> None:
    """A timeout says nothing of the text: the day goes on."""
    world.check(POLICY)
    world.check(RENAMED)
    assert (
        world.check(FetchFailure(URL, Reason.TIMEOUT, "too slow", transient=True), 12 * HOUR).outcome is Outcome.FAILED
    )
    assert world.check(RENAMED, 12 * HOUR).outcome is Outcome.CHANGED


def test_a_cut_text_is_told_when_it_is_seen_again(world: World) -> None:
    """Half a policy holds nothing that the policy did not: two equal looks are enough (faults.md H11)."""
    world.check(POLICY)
    assert [world.check(HALF).outcome for _ in range(2)] == [Outcome.SUSPECT, Outcome.CHANGED]


def test_without_a_version_two_equal_looks_are_enough(world: World) -> None:
    """A page that somebody chose to watch, however odd: there is nothing to lose, and nobody to alert."""
    assert [world.check(SHOP).outcome for _ in range(2)] == [Outcome.SUSPECT, Outcome.FIRST]


def test_what_a_wall_needs_is_never(world: World) -> None:
    """Certain verdicts and other languages are not a matter of time; the rest is."""
    suspect = {
        reason: GateVerdict(passed=False, reason=reason, certain=False)
        for reason in (Reason.OTHER_LANGUAGE, Reason.TRUNCATED, Reason.OTHER_DOCUMENT, Reason.EMPTY, Reason.ERROR_PAGE)
    }
    assert [needed(one, first=False) for one in suspect.values()] == [None, AT_ONCE, A_DAY, A_DAY, None]
    assert needed(GateVerdict(passed=False, reason=Reason.EMPTY), first=True) is None
    foreign = GateVerdict(passed=False, reason=Reason.OTHER_DOCUMENT, certain=False, foreign=True)
    assert (needed(foreign, first=False), needed(foreign, first=True)) == (A_WEEK, AT_ONCE)
