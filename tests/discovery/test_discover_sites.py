"""Ten sample vendors: every legal document of each is found, and nothing else."""

from __future__ import annotations

import pytest
from vendor_sites import Web

from watcher.scout.crawl import MOST_REQUESTS, discover
from watcher.scout.reading import Desk

TUNED = ["zilverkade", "spoorloper", "lantaarnpaal", "helvetink", "rekenmeer", "quillhaven", "bergfalke", "clairvallon"]
UNSEEN = ["northpier", "dokterlink"]


@pytest.mark.parametrize("name", [*TUNED, *UNSEEN])
def test_every_document_is_found_and_no_other(web: Web, desk: Desk, name: str) -> None:
    """The addresses and types are those that the author of the site wrote down before there were rules."""
    site = web.sites[name]
    found = discover(desk, f"{site.root}/")
    assert {one.chosen.url: one.chosen.type.value for one in found.documents} == site.expected
    assert not found.unread
    assert found.spent <= MOST_REQUESTS
