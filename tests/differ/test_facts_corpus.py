"""How many of the facts that a careful reader labelled are found, and how exact the delta of recipients is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.model import Document, Fact, FactType
from watcher.differ.facts import find_facts
from watcher.differ.recipients import recipient_delta
from watcher.differ.recipients.names import entity_key
from watcher.extractor import extract, read_file

# The labels name the legal bases in Dutch.
BASES = {
    "toestemming": "consent",
    "overeenkomst": "contract",
    "wettelijke verplichting": "legal-obligation",
    "gerechtvaardigd belang": "legitimate-interests",
    "vitale belangen": "vital-interests",
    "algemeen belang": "public-task",
}
QUOTED = {"ai": FactType.AI, "transfers": FactType.TRANSFER, "security_measures": FactType.SECURITY}
NAMED = ("subprocessors", "recipients_named")
Pages = list[tuple[dict[str, Any], Document, tuple[Fact, ...]]]


@dataclass(frozen=True)
class Item:
    """One labelled item and whether a fact matches it."""

    place: str
    found: bool


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _overlap(label: str, quote: str) -> bool:
    """One text contains the other, or the quote holds three fifths of the label's words."""
    one, other = " ".join(_words(label)), " ".join(_words(quote))
    if one in other or other in one:
        return True
    wanted = set(one.split())
    return len(wanted & set(other.split())) >= 0.6 * len(wanted)


def _contains(one: str, other: str | None) -> bool:
    first, second = " ".join(_words(one)), " ".join(_words(other or ""))
    return bool(second) and (first in second or second in first)


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")


def _items(labels: dict[str, Any], facts: tuple[Fact, ...]) -> Iterator[Item]:
    """Every labelled item of one page."""
    of = {kind: [fact for fact in facts if fact.type is kind] for kind in FactType}
    for one in labels["retention"]:
        hits = (fact for fact in of[FactType.RETENTION] if fact.get("period") == one["iso8601_duration"])
        yield Item(f"retention: {one['quote']}", any(_overlap(one["quote"], fact.quote) for fact in hits))
    for one in labels["legal_bases"]:
        hits = (
            fact
            for fact in of[FactType.LEGAL_BASIS]
            if fact.get("basis") == BASES[one["basis"]] and one["gdpr_article"] in {None, fact.get("article")}
        )
        yield Item(f"legal basis: {one['quote']}", any(_overlap(one["quote"], fact.quote) for fact in hits))
    for right in labels["rights"]:
        yield Item(f"right: {right}", any(fact.get("id") == right for fact in of[FactType.RIGHT]))
    for name in labels["data_collected"]:
        yield Item(f"data: {name}", any(_contains(name, fact.get("name")) for fact in of[FactType.DATA_CATEGORY]))
    for key in NAMED:
        for one in labels[key]:
            yield Item(
                f"{key}: {one['name']}", any(_contains(one["name"], f.get("name")) for f in of[FactType.RECIPIENT])
            )
    for key, kind in QUOTED.items():
        for quote in labels[key]:
            yield Item(f"{key}: {quote}", any(_overlap(quote, fact.quote) for fact in of[kind]))
    if labels["authority"]:
        found = any(_contains(labels["authority"], fact.get("name")) for fact in of[FactType.AUTHORITY])
        yield Item(f"authority: {labels['authority']}", found)
    yield from _contacts(labels, of[FactType.CONTACT])


def _contacts(labels: dict[str, Any], contacts: list[Fact]) -> Iterator[Item]:
    for email in labels["contact_emails"]:
        yield Item(f"e-mail: {email}", any(fact.get("email") == email for fact in contacts))
    for phone in labels["phones"]:
        yield Item(f"phone: {phone}", any(_digits(fact.get("phone")) == _digits(phone) for fact in contacts))
    if labels["dpo"]:
        name = labels["dpo"]["name"]
        yield Item(f"officer: {name}", any((f.get("role"), f.get("name")) == ("dpo", name) for f in contacts))
    controllers = (fact for fact in contacts if fact.get("role") == "controller")
    found = any(_contains(labels["controller"], fact.get("name")) for fact in controllers)
    yield Item(f"controller: {labels['controller']}", found)


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
    items = [item for labels, _, facts in pages for item in _items(labels, facts)]
    missed = [item.place for item in items if not item.found]
    assert len(missed) <= 0.03 * len(items), missed


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
