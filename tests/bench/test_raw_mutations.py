"""The law of raw pages: what a site does around a document makes no version, one changed word always does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.mutations import LANGUAGES
from bench.raw_mutations import Outcome, campaign, corpus_pages, own_pages, written_pages
from bench.raw_noise import noises
from bench.raw_places import texts

# What pages of our own have nothing of: scripts of theirs, pictures, parts that open.
_ABSENT = {"~nonces", "~signed media", "~open details"}


def _faults(outcomes: list[Outcome]) -> list[str]:
    return [str(outcome) for outcome in outcomes if outcome.fault]


def test_the_unrest_of_a_site_makes_no_version() -> None:
    """Each of 45 ways to touch a page and not what it says, on pages of our own in four languages, makes no version."""
    pages = own_pages()
    outcomes = list(campaign(pages[::3], 1, seed=7, only="~"))
    assert {outcome.kind for outcome in outcomes} >= {f"~{kind}" for kind in noises()} - _ABSENT
    assert len(outcomes) > 300
    assert _faults(outcomes) == []


def test_one_changed_word_of_a_page_makes_a_version() -> None:
    """Each of twelve edits of a word, a number, a name or a sentence in the same pages is told, and none is held."""
    outcomes = list(campaign(own_pages()[1::3], 1, seed=8, only="edits"))
    assert len({outcome.kind for outcome in outcomes}) == 12
    assert len(outcomes) > 60
    assert _faults(outcomes) == []


def test_the_same_seed_gives_the_same_campaign() -> None:
    """A campaign can be run again from its seed, and each mutation but those of a text changes what is between tags."""
    first, second = ([str(outcome) for outcome in campaign(own_pages()[:1], 1, seed=3)] for _ in range(2))
    assert first == second


def test_texts_are_changed_and_nothing_else() -> None:
    """Scripts, styles, comments, titles and attributes stay as they are."""
    page = "<title>a</title><p id=a>a<!--a--> a</p><script>a</script><style>a</style>a"
    expected = "<title>a</title><p id=a>b<!--a--> b</p><script>a</script><style>a</style>b"
    assert texts(page, lambda text: text.replace("a", "b")) == expected


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_the_law_holds_on_the_pages_of_the_corpus(corpus: Path, seed: int) -> None:
    """All mutations of every page of the corpus and of our own: no unrest makes a version, and every edit does."""
    outcomes = list(campaign([*own_pages(), *corpus_pages(corpus)], 1, seed))
    assert len(outcomes) > 2500
    assert _faults(outcomes) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(8))
def test_the_law_holds_on_the_texts_of_the_corpus_written_as_pages(corpus: Path, part: int) -> None:
    """The same on every text of pairs and quiet pairs, as a page in one of three styles, but for one in a thousand.

    They were recorded without some of their structure: a nested list stands flat, a ticker in the midst of the text.
    """
    pages = [raw for raw in written_pages(corpus)[part::8] if raw.language in LANGUAGES]
    outcomes = list(campaign(pages, 1, 5))
    assert len(outcomes) > 2500
    assert len(_faults(outcomes)) <= len(outcomes) / 1000, _faults(outcomes)
