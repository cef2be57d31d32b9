"""A long clause that came is told in parts where its sentences turn to another topic, word for word."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Comparison, Severity, Topic
from watcher.differ import compare

OLD = [block(text) for text in FILLER]
SAME = "Our staff take over when you ask for them"
BASIS = "This is based on our legitimate interest in shorter waiting times."
ADDED = f"Calls may first be answered by an artificial intelligence assistant. {SAME}. {BASIS}"


def _with(paragraph: str) -> Comparison:
    """The comparison with a page that has one more paragraph."""
    return compare(document(OLD, "en"), document([*OLD, block(paragraph, ("The telephone assistant",))], "en"))


def _told(comparison: Comparison) -> list[tuple[Topic, str | None]]:
    """Topic and wording of what is told, in reading order."""
    told = [(one.topic, one.after) for one in comparison.changes if one.severity is not Severity.INFO]
    return sorted(told, key=lambda one: ADDED.find(one[1] or ""))


def test_each_part_leads_with_its_own_topic() -> None:
    """The assistant and the legal basis are two changes, each with its own words."""
    assert _told(_with(ADDED)) == [(Topic.AI, ADDED.removesuffix(f" {BASIS}")), (Topic.LEGAL_BASIS, BASIS)]


@pytest.mark.parametrize("gap", ["", "  "], ids=["none", "two"])
def test_a_gap_that_is_no_single_blank_does_not_keep_a_paragraph_whole(gap: str) -> None:
    """Two sentences that were glued together stay so, word for word; the next is told by itself all the same."""
    glued = ADDED.replace("assistant. Our", f"assistant.{gap}Our")
    told = _told(_with(glued))
    assert [topic for topic, _ in told] == [Topic.AI, Topic.LEGAL_BASIS]
    assert " ".join(text or "" for _, text in told) == glued


@pytest.mark.parametrize("opening", ["They receive", "These partners receive"])
def test_a_sentence_that_points_back_stays_with_what_it_points_to(opening: str) -> None:
    """Who "they" are is told in the same change."""
    text = (
        "Bookings are sent to Fernleigh Mail Ltd and Oakhanger Print Ltd, our processors for confirmations and badges. "
        f"{opening} your name, your e-mail address, your telephone number and the date of your visit."
    )
    assert [after for _, after in _told(_with(text)) if after and opening in after] == [text]
