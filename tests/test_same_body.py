"""A page whose encoded bytes are those of the last good check is settled unread."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import RENDERED, WIRE, Capture, DocumentType, Outcome, PageState, Source
from watcher import pipeline
from watcher.fetcher import SameBody
from watcher.job import Candidate, Fetched, Job

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,))
TEXT = "We process personal data only for the purposes that are described in this policy. " * 10
BODY = f"<html lang=en><main><h1>Privacy policy</h1><p>{TEXT}</p></main></html>".encode()
NAMED = f"gzip {'a' * 64}"


def capture(*headers: tuple[str, str]) -> Capture:
    """The page as it was fetched."""
    digest = hashlib.sha256(BODY).hexdigest()
    return Capture(URL, URL, NOW, 200, headers, "text/html", "utf-8", digest, BODY)


def checked(folder: Path, *runs: Fetched) -> tuple[list[Outcome], PageState]:
    """What checks of these answers come to, and what the last of them leaves behind."""
    outcomes = []
    with closing(open_store(str(folder / "history.db"), write=True)) as store:
        store.sync_sources([SOURCE], NOW)
        for day, answer in enumerate(runs):
            now = NOW + timedelta(days=day)
            (claim,) = store.claim("test", now, timedelta(hours=1), limit=1, only=[SOURCE.id])
            outcome = pipeline.examine(Job(SOURCE, claim, (), now), [answer], store, now)
            result = pipeline.settle(outcome, None, now) if isinstance(outcome, Candidate) else outcome
            store.commit([result])
            outcomes.append(result.outcome)
        (state,) = store.states()
        (page,) = state.pages
    return outcomes, page


def test_equal_bytes_are_unchanged_and_bring_the_validators_of_today(tmp_path: Path) -> None:
    """Not "not modified": the server has vouched for nothing. What else was known of the page stays."""
    first = capture((WIRE, NAMED), ("ETag", '"old"'))
    _, before = checked(tmp_path, first)
    assert (before.wire, before.etag) == (NAMED, '"old"')
    folder = tmp_path / "again"
    folder.mkdir()
    outcomes, after = checked(folder, first, SameBody(URL, NOW, URL, etag='"new"'))
    assert outcomes == [Outcome.FIRST, Outcome.UNCHANGED]
    assert (after.wire, after.etag, after.last_modified) == (NAMED, '"new"', None)
    assert (after.sha256, after.quick, after.extraction) == (before.sha256, before.quick, before.extraction)


@pytest.mark.parametrize("headers", [(), ((WIRE, NAMED), (RENDERED, "chromium 1"))])
def test_what_the_bytes_do_not_name_is_not_known_by_them(tmp_path: Path, headers: tuple[tuple[str, str], ...]) -> None:
    """A body that was not encoded, and a page that a browser made of a shell."""
    _, page = checked(tmp_path, capture(*headers))
    assert page.wire == ""
