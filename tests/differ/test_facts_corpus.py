"""How many of the facts that a careful reader labelled are found, and how exact the delta of recipients is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.facts import items
from storage.model import Document, Fact, FactType
from watcher.differ.facts import find_facts
from watcher.differ.recipients import recipient_delta
from watcher.differ.recipients.names import entity_key
from watcher.extractor import extract, read_file

Pages = list[tuple[dict[str, Any], Document, tuple[Fact, ...]]]


def _document(path: Path) -> Document:
    return extract(read_file(path)).document


@pytest.fixture(scope="module")
def pages(corpus: Path) -> Pages:
    """The labelled pages with their documents and facts."""
    found = []
    for place in sorted(corpus.glob("vendors/*/facts.json")):
        document = _document(place.with_name("page-v1.html"))
        found.append((json.loads(place.read_text(encoding="utf-8")), document, find_facts(document)))
    assert found
    return found


def test_labelled_facts_are_found(pages: Pages) -> None:
    """At least 97 of 100 labelled items are found over all pages."""
    asked = [item for labels, _, facts in pages for item in items(labels, facts)]
    missed = [item.place for item in asked if not item.found]
    assert len(missed) <= 0.03 * len(asked), missed


def test_quotes_are_verbatim(pages: Pages) -> None:
    """Every quote of every fact stands in a block."""
    for _, document, facts in pages:
        texts = [block.text for block in document.blocks]
        assert all(any(fact.quote in text for text in texts) for fact in facts)


def test_no_right_is_claimed_that_is_not_granted(
    pages: Pages,
) -> None:
    """The rights found are exactly those of the labels."""
    for labels, _, facts in pages:
        claimed = {fact.get("id") for fact in facts if fact.type is FactType.RIGHT}
        assert claimed <= set(labels["rights"])


def test_no_period_is_claimed_that_is_not_stated(
    pages: Pages,
) -> None:
    """The periods of retention found are exactly those of the labels."""
    for labels, _, facts in pages:
        claimed = {fact.get("period") for fact in facts if fact.type is FactType.RETENTION} - {None}
        assert claimed == {one["iso8601_duration"] for one in labels["retention"]} - {None}


def test_the_delta_of_vendor_pages_is_exact(corpus: Path) -> None:
    """Between two versions of a page the named recipients that came and went are told, no more and no fewer."""
    for place in sorted(corpus.glob("vendors/*/changes-v*.json")):
        wanted = json.loads(place.read_text(encoding="utf-8"))["subprocessors"]
        number = int(place.stem[-1])
        old, new = (_document(place.with_name(f"page-v{n}.html")) for n in (number - 1, number))
        delta = recipient_delta(old, new)
        assert {one.name for one in delta.added} == set(wanted["added"]), place
        assert {one.name for one in delta.removed} == set(wanted["removed"]), place
        assert len(delta.changed) == len(wanted["changed"]), place


@pytest.mark.long
def test_the_delta_of_published_changes(corpus: Path) -> None:
    """Over real changes the named recipients that came and went are told, at most one in thirty wrong or missed."""
    hits, missed, false = 0, [], []
    for place in sorted((*corpus.glob("pairs/*/label.json"), *corpus.glob("quiet/*/label.json"))):
        label = json.loads(place.read_text(encoding="utf-8"))
        if label["kind"] == "blocked" or label.get("language_after"):
            continue
        delta = recipient_delta(_document(place.with_name("old.md")), _document(place.with_name("new.md")))
        wanted = label.get("subprocessors") or {}
        for side in ("added", "removed"):
            labelled = {entity_key(name).loose for name in wanted.get(side, [])}
            told = {entity_key(one.name).loose for one in getattr(delta, side)}
            hits += len(labelled & told)
            missed += [(place.parent.name, side, name) for name in labelled - told]
            false += [(place.parent.name, side, name) for name in told - labelled]
    assert 2 * hits >= 0.97 * (2 * hits + len(missed) + len(false)), (missed, false)
    assert hits >= 20
