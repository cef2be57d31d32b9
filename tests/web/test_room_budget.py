"""No page grows with what it shows: the longest texts, the most changes, recipients and versions stay under 100 kB."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from storage_samples import DAY, START, change, checked, new_version, source

from storage.connect import open_store
from storage.model import (
    Block,
    BlockKind,
    Comparison,
    Document,
    Fact,
    FactType,
    NewVersion,
    Recipient,
    RecipientDelta,
    Severity,
    Topic,
    Verdict,
)
from watcher.web.pages import page_at
from watcher.web.places import Linker
from watcher.web.reading import Reading
from watcher.web.render import Setting, render

BUDGET = 100_000
KEY = "acme/privacy"
NOW = START + 9 * DAY


def giant(number: int) -> NewVersion:
    """A version of a quarter of a megabyte in which every second paragraph differs from the version before."""
    blocks = []
    for place in range(600):
        years = number if place % 2 else 1
        words = f"Wij bewaren de gegevens van soort {place} “zolang” het {years} jaar noodzakelijk is; "
        text = f"{place}. {words * 3}"
        kind = BlockKind.HEADING if place % 10 == 0 else BlockKind.PARAGRAPH
        blocks.append(
            Block(kind, text, (f"Onderdeel {place // 10}",), hashlib.sha256(text.encode()).hexdigest()[:16], level=2)
        )
    text = "x" * 40_000
    blocks.append(Block(BlockKind.PARAGRAPH, f"{number} {text} {number}", (), f"giant{number}"))
    document = Document("Privacy", "nl", None, None, tuple(blocks), f"{number:064x}", "1+rules")
    facts = [
        Fact.of(
            FactType.RECIPIENT, quote="Wij delen gegevens. " * 9, section=("Ontvangers",), name=f"Partij {place} B.V."
        )
        for place in range(400)
    ]
    facts += [
        Fact.of(FactType.RETENTION, quote=blocks[place].text, section=(), subject=f"soort {place}", period=f"P{place}M")
        for place in range(1, 300)
    ]
    changes = tuple(
        replace(
            change(Topic.RETENTION, list(Severity)[place % 4]),
            before=f"{place}. weg" if number % 2 else blocks[place].text,
            after=blocks[place].text,
            summary=f"Bewaartermijn van soort {place} " * 9,
        )
        for place in range(1, 600, 2)
    )
    added = tuple(Recipient(f"Partij {place} B.V.", "opslag " * 20, "Nederland") for place in range(300))
    made = new_version(KEY, number, START + number * DAY, ["x"])
    comparison = Comparison(Verdict.MATERIAL, "nl", changes, RecipientDelta(added=added)) if number > 1 else None
    version = replace(made.version, fingerprint=document.fingerprint, language="nl", blocks=len(blocks))
    return replace(made, version=version, document=document, facts=tuple(facts), comparison=comparison)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """A store with three giant versions, and a source with 130 small ones."""
    path = tmp_path_factory.mktemp("giant") / "store.db"
    store = open_store(path, write=True, repeatable=True)
    store.sync_sources([source(KEY), source("many/terms")], START)
    for number in (1, 2, 3):
        checked(store, KEY, START + number * DAY, giant(number))
    for number in range(1, 131):
        when = START + number * DAY / 100
        checked(store, "many/terms", when, new_version("many/terms", number, when, [f"text {number}"]))
    yield Reading(store, NOW)
    store.close()


def sizes(reading: Reading, path: str) -> list[int]:
    """The bytes of a page and of those that follow it."""
    found: list[int] = []
    number = 1
    while True:
        own = path if number == 1 else f"{path}part/{number}/"
        page = page_at(reading, own)
        if page is None:
            return found
        found.append(len(render(page, Setting("nl", True, True, NOW.date(), Linker(own))).encode()))
        number += 1


@pytest.mark.parametrize(
    "path",
    [
        "",
        "vendor/acme/",
        "vendor/acme/recipients/",
        f"source/{KEY}/",
        f"source/{KEY}/3/",
        f"source/{KEY}/2-3/",
        "source/many/terms/",
        "source/many/terms/1-130/",
        "changes/",
        "recipients/",
        "matrix/",
        "status/",
    ],
)
def test_no_page_is_heavier_than_its_budget(reading: Reading, path: str) -> None:
    """The page and each that follows it; a text that takes several is whole in them together."""
    found = sizes(reading, path)
    assert found
    assert max(found) < BUDGET, found
    if path.endswith("/3/"):
        assert sum(found) > 220_000


def test_every_change_has_an_address_that_exists(reading: Reading) -> None:
    """The link of a change leads to the page of the comparison on which it stands, however many pages there are."""
    page = page_at(reading, f"source/{KEY}/2-3/")
    assert page is not None
    shown = render(page, Setting("en", True, True, NOW.date(), Linker(f"source/{KEY}/2-3/")))
    assert 'id="change-1"' in shown or "part/" in shown
    last = page.room.entries[-1]  # type: ignore[attr-defined] # a DiffRoom
    there = page_at(reading, last.page)
    assert there is not None
    assert f'id="change-{last.number}"' in render(there, Setting("en", True, True, NOW.date(), Linker(last.page)))
