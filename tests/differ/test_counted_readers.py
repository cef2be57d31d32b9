"""How many people read a page is no policy; how many of anything else is."""

from __future__ import annotations

import pytest
from differ_samples import block, document

from storage.model import Verdict
from watcher.differ import compare

FILLER = (
    "We process personal data of customers for the delivery of the services that they have ordered from us.",
    "You may ask us for access to your data at any time, and to have it corrected or erased.",
)


def verdict(before: str, after: str, heading: str = "") -> Verdict:
    """What the change of one line between two paragraphs, or below a heading, comes to; no line where it is empty."""
    path = (heading,) if heading else ()
    first, last = (block(text, path=path) for text in FILLER)
    lines = ([block(text, path=path)] if text else [] for text in (before, after))
    old, new = (document([first, *line, last], "en") for line in lines)
    return compare(old, new).verdict


@pytest.mark.parametrize(
    "line",
    [
        "{} people viewed this page",
        "{} visitors have read this article.",
        "Viewed by {} people",
        "{} mensen hebben deze pagina bekeken",
        "{} Besucher haben diese Seite gelesen",
        "{} personnes ont lu cet article",
        "{} people have viewed this article this week",
        "{} people are viewing this page right now",
        "{} personen bekeken dit",
        "Diese Seite wurde bereits {} Mal aufgerufen",
        "Cette page a été consultée {} fois",
        "{} mensen vonden deze pagina nuttig",
    ],
)
@pytest.mark.parametrize("heading", ["", "Contact", "Subprocessors"])
def test_a_count_of_readers_is_noise(line: str, heading: str) -> None:
    """A line of its own, in four languages, below any heading: another number, and where it comes or goes."""
    assert verdict(line.format("1,204"), line.format("1,310"), heading) is Verdict.NOISE
    assert verdict("", line.format("1,310"), heading) is Verdict.NOISE
    assert verdict(line.format("1,310"), "", heading) is Verdict.NOISE


@pytest.mark.parametrize(
    "line",
    [
        "{} sub-processors",
        "{} people of our support team can read your messages",
        "We keep logs of visits for {} days",
        "Our liability is limited to {} euros",
        "A breach that {} people viewed as serious is told to the authority",
        "{} readers of a document may share it",
        "{} people have access to this page",
        "Each message is read by {} people",
        "{} people",
    ],
)
def test_a_count_of_what_the_policy_speaks_of_is_told(line: str) -> None:
    """Also where the number comes first, without a dot behind it."""
    assert verdict(line.format("12"), line.format("15")) is Verdict.MATERIAL
