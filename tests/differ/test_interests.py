"""A user's own topics and watches mark the changes that touch them."""

from __future__ import annotations

from differ_samples import FILLER, block, document

from storage.model import Change, Interest, Severity, Topic, Verdict
from watcher.differ import compare

COSTS = Interest("costs", ("setup fee", "opstartkost"))
REGION = Interest("region", ("Frankfurt$", "EU data boundary"), Severity.HIGH)


def told(before: str, after: str, *interests: Interest) -> tuple[Verdict, Change]:
    """The verdict and the first change of two documents that differ in one paragraph."""
    sides = [document([block(FILLER[0]), block(text), block(FILLER[1])], "en") for text in (before, after)]
    comparison = compare(sides[0], sides[1], interests)
    return comparison.verdict, comparison.changes[0]


def test_a_topic_stands_behind_those_that_are_built_in() -> None:
    """A clause that holds a term bears the topic's id last; verdict and severity stay as they were."""
    wordings = "A setup fee of 100 euros is due within 30 days.", "A setup fee of 100 euros is due within 90 days."
    verdict, plain = told(*wordings)
    marked_verdict, marked = told(*wordings, COSTS)
    assert marked.topics == (*plain.topics, "costs")
    assert (marked_verdict, marked.severity, marked.rules) == (verdict, plain.severity, plain.rules)


def test_a_term_is_found_from_the_start_of_a_word() -> None:
    """Terms go on as those of the lexicon do, and "$" asks for the whole word."""
    _, change = told("De Opstartkosten zijn 10 euro.", "De opstartkosten zijn 20 euro.", COSTS)
    assert "costs" in change.topics
    _, change = told("We keep mail for 30 days in Frankfurter offices.", "We keep mail for 90 days in offices.", REGION)
    assert "region" not in change.topics


def test_a_watch_lifts_what_touches_it() -> None:
    """A watched term that goes makes its change as grave as asked, and says so among the rules."""
    verdict, change = told(
        "Copies are kept in Frankfurt for our own use.", "Copies are kept in Leipzig for our own use.", REGION
    )
    assert (verdict, change.severity) == (Verdict.MATERIAL, Severity.HIGH)
    assert "region" in change.topics
    assert "watch.region" in change.rules


def test_a_watch_hears_what_else_is_wording_only() -> None:
    """A change of form in which a watched term goes is told, with the term in its summary."""
    watch = Interest("terms-we-use", ("web site",), Severity.LOW)
    wordings = "Our web site holds all forms you need.", "Our website holds all forms you need."
    verdict, change = told(*wordings)
    assert (verdict, change.severity) == (Verdict.EDITORIAL, Severity.INFO)
    verdict, change = told(*wordings, watch)
    assert (verdict, change.severity) == (Verdict.MATERIAL, Severity.LOW)
    assert change.summary == 'terms-we-use: "web site" removed'
    assert change.rules[0] == "watch.terms-we-use"
    assert change.topic in Topic


def test_a_watch_is_deaf_to_other_words_of_its_clause() -> None:
    """A clause that holds the term as often as before is not lifted by it."""
    _, change = told("In Frankfurt we store 1 copy for you.", "In Frankfurt we store 2 copies for you.", REGION)
    assert "region" not in change.topics
    assert not any(rule.startswith("watch.") for rule in change.rules)


def test_moved_text_wakes_no_watch() -> None:
    """A paragraph that only changed its place holds its terms as before."""
    blocks = [block(FILLER[0]), block("Everything we hold lies in Frankfurt am Main."), block(FILLER[1])]
    before, after = document(blocks, "en"), document([blocks[1], blocks[0], blocks[2]], "en")
    assert compare(before, after, (REGION,)).verdict is not Verdict.MATERIAL
