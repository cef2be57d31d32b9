"""`keep_raw = "all"`: the bytes of every page that differ are kept, and the chain knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, CheckResult, DocumentType, Outcome, RawPage, Source
from storage.protocol import Store
from watcher import pipeline
from watcher.config import Retention
from watcher.fetcher import NotModified
from watcher.job import Candidate, Fetched, Job
from watcher.raw import with_raw
from watcher.retention import Pruned, foresee, prune, too_many, too_old

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,))
TEXT = "We process personal data only for the purposes that are described in this policy. " * 10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One source, nothing seen yet."""
    with closing(open_store(tmp_path / "h.db", write=True)) as opened:
        opened.sync_sources([SOURCE], NOW)
        yield opened


def _page(machinery: str, day: int, text: str = TEXT) -> Capture:
    body = f"<html lang=en><nav>{machinery}</nav><main><h1>Privacy policy</h1><p>{text}</p></main></html>".encode()
    when = NOW + day * DAY
    return Capture(URL, URL, when, 200, (), "text/html", "utf-8", hashlib.sha256(body).hexdigest(), body)


def _check(store: Store, day: int, answer: Fetched, *, every: bool = True) -> CheckResult:
    now = NOW + day * DAY
    (claim,) = store.claim("t", now, DAY, limit=1, only=[SOURCE.id])
    found = pipeline.examine(Job(SOURCE, claim, (), now), [answer], store, now)
    result = pipeline.settle(found, None, now) if isinstance(found, Candidate) else found
    result = with_raw(result, [answer], every=every)
    store.commit([result])
    return result


def test_every_page_with_other_bytes_is_kept(store: Store) -> None:
    """The same bytes again, and "not modified", bring nothing; a page that changed beside the text does."""
    _check(store, 0, _page("a", 0))
    same = _check(store, 1, _page("a", 1))
    noise = _check(store, 2, _page("b", 2))
    vouched = _check(store, 3, NotModified(URL, NOW + 3 * DAY))
    assert [one.outcome.good for one in (same, noise, vouched)] == [True] * 3
    assert (noise.outcome, noise.noise) == (Outcome.UNCHANGED, True)
    assert [one.sha256 for one in store.raw_pages()] == [_page("a", 0).sha256, _page("b", 2).sha256]
    assert store.capture(_page("b", 2).sha256).fetched_at == NOW + 2 * DAY
    assert len(store.versions(SOURCE.id)) == 1
    assert store.verify() == []


def test_by_default_versions_alone_keep_their_pages(store: Store) -> None:
    """The ledger says that the page was seen; its bytes are not kept."""
    _check(store, 0, _page("a", 0), every=False)
    _check(store, 1, _page("b", 1), every=False)
    assert [one.sha256 for one in store.raw_pages()] == [_page("a", 0).sha256]
    assert sum(entry.count for entry in store.ledger(SOURCE.id)) == 2


def _raw(name: str, size: int, age: int, *, latest: bool = False) -> RawPage:
    return RawPage(name, size, NOW - age * DAY, ("a/b",), latest)


PAGES = [_raw("a", 50, 9), _raw("b", 30, 8, latest=True), _raw("c", 20, 5), _raw("d", 40, 1)]


def test_age_and_size_choose_the_oldest_and_never_the_latest() -> None:
    """Exactly at the bound a page stays; without a bound nothing goes."""
    assert [one.sha256 for one in too_old(PAGES, Retention(age=5 * DAY), NOW)] == ["a"]
    assert [one.sha256 for one in too_old(PAGES, Retention(age=timedelta(0)), NOW)] == ["a", "c", "d"]
    assert [one.sha256 for one in too_many(PAGES, Retention(size=140))] == []
    assert [one.sha256 for one in too_many(PAGES, Retention(size=139))] == ["a"]
    assert [one.sha256 for one in too_many(PAGES, Retention(size=80))] == ["a", "c"]
    assert [one.sha256 for one in too_many(PAGES, Retention(size=1))] == ["a", "c", "d"]
    assert [one.sha256 for one in too_many(PAGES, Retention(size=139), least=2)] == ["a", "c"]
    assert too_many(PAGES, Retention(size=140), least=2) == []
    assert (too_old(PAGES, Retention(), NOW), too_many(PAGES, Retention())) == ([], [])


def test_prune_keeps_within_the_room_whatever_stands_upon_what(store: Store) -> None:
    """Pages that stood upon one that went take more room then; the bound is held all the same."""
    for day in range(12):
        _check(store, day, _page(f"menu {day} {hashlib.sha256(bytes([day])).hexdigest() * 20}", day))
    pages = store.raw_pages()
    assert len(pages) == 12
    assert pages[-1].size * 2 < pages[0].size
    room = sum(one.size for one in pages)
    bounds = Retention(size=room // 2)
    assert foresee(pages, bounds, NOW).pages > 0
    done = prune(store, bounds, NOW + 30 * DAY)
    left = store.raw_pages()
    assert done.left == sum(one.size for one in left) <= room // 2
    assert done.freed == room - done.left
    assert done.pages == 12 - len(left) > 0
    assert [one.latest for one in left].count(True) == 1
    assert all(store.body(one.sha256) for one in left)
    assert store.verify() == []
    assert prune(store, bounds, NOW + 30 * DAY) == Pruned(0, 0, done.left, 0)
    assert prune(store, Retention(), NOW + 30 * DAY) == Pruned()
    least = prune(store, replace(bounds, size=1), NOW + 30 * DAY)
    assert (len(store.raw_pages()), least.over) == (1, least.left - 1)
    assert _check(store, 31, _page("menu 0", 31, text="Now we sell all data. " * 40)).versions
    assert store.verify() == []
