"""A played history and a hostile one, each built once and served once; and one browser for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import played_year
from playwright.sync_api import Browser
from web_samples import hostile_store
from web_tabs import NOW, OpenTab, Tabs, serving

from storage.connect import open_store
from storage.protocol import Store
from watcher.web.site import SiteSettings, write_site


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The demo's history, open for reading."""
    store = open_store(played_year(tmp_path_factory), write=False)
    yield store
    store.close()


@pytest.fixture(scope="session")
def room(played: Store) -> Iterator[str]:
    """The address of a server over the demo's history."""
    with serving(played) as url:
        yield url


@pytest.fixture(scope="session")
def files(played: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's history as a folder of files."""
    folder = tmp_path_factory.mktemp("site") / "public"
    write_site(played, SiteSettings(folder), NOW)
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with markup, commands and steering characters in every field, open for reading."""
    path = tmp_path_factory.mktemp("hostile") / "store.db"
    hostile_store(path)
    store = open_store(path, write=False)
    yield store
    store.close()


@pytest.fixture(scope="session")
def tabs(chromium: Browser) -> Tabs:
    """The tabs of that browser."""
    return Tabs(chromium)


@pytest.fixture
def open_tab(tabs: Tabs) -> Iterator[OpenTab]:
    """Opens tabs that note every dialog, console error and request that leaves their origin."""
    opener = OpenTab(tabs)
    yield opener
    opener.close()
