"""What every test shares: the labelled corpus, the option for long campaigns, and a clean environment."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from forked_readers import Nursery, start_afresh

from storage import connect
from watcher.sandbox import Limits, pool, reader
from watcher.sandbox.reader import REMEDY, Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent

gc.disable()  # nothing that is collected is garbage: looking through it took half the time of collecting


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long."""
    parser.addoption("--long", action="store_true", help="run the long campaigns too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip long campaigns unless asked for."""
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="long campaign: run ./test --long"))


def pytest_collection_finish() -> None:
    """From here on there is garbage; what was collected is not looked through for it."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests may decide them."""
    for name in list(os.environ):
        if name.startswith("CLAUSEWATCH_") and name not in {"CLAUSEWATCH_CORPUS", "CLAUSEWATCH_REQUIRE_CORPUS"}:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, one for all tests of a process, which may drive but one; skips, or fails where required."""
    from watcher.fetcher.browser.installed import find_browser, what_is_missing

    missing = what_is_missing(None)
    if missing and os.environ.get("CLAUSEWATCH_REQUIRE_BROWSER"):
        pytest.fail(f"a browser is required: {missing}")
    if missing:
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=find_browser(None), args=arguments)
        yield browser
        browser.close()


class Stores:
    """New stores are copies of one that was made: its tables take 25 ms of a processor, a copy one."""

    def __init__(self) -> None:
        self._make = connect._create
        self._made: bytes | None = None

    def create(self, path: Path) -> None:
        """In place of `storage.connect._create`; what is unusual about a place is left to that."""
        fresh = path.with_name(f"{path.name}.new")
        if self._made is None or any(path.parent.glob(f"{path.name}*-*")) or fresh.exists():
            self._make(path)
            self._made = self._made or path.read_bytes()
            return
        try:
            fresh.touch(mode=0o600, exist_ok=False)
            fresh.write_bytes(self._made)
        except OSError:
            fresh.unlink(missing_ok=True)
            self._make(path)
        else:
            fresh.rename(path)


STORES = Stores()


@pytest.fixture(autouse=True)
def _copied_stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the making of a store is not what is tested, it is copied; tests/storage and every process make theirs."""
    if not request.node.nodeid.startswith("tests/storage/"):
        monkeypatch.setattr(connect, "_create", STORES.create)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of labelled real data; skips, or fails where it is required, when it is not there."""
    place = Path(os.environ.get("CLAUSEWATCH_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not place.is_dir():
        if os.environ.get("CLAUSEWATCH_REQUIRE_CORPUS"):
            pytest.fail(f"the labelled corpus is required and not at {place} (set CLAUSEWATCH_CORPUS)")
        pytest.skip(f"no labelled corpus at {place} (set CLAUSEWATCH_CORPUS)")
    return place


@pytest.fixture
def now() -> datetime:
    """A fixed moment; no test reads the clock."""
    return datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _forked_readers() -> Iterator[None]:
    """Readers that this process asks are forked from a loaded one, where the system can give us a grandchild."""
    if sys.platform != "linux":
        yield
        return
    nursery = Nursery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_start", nursery.start)
        yield
    nursery.close()


@pytest.fixture
def started_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers are started from nothing, as the program does."""
    monkeypatch.setattr(reader, "_start", start_afresh)


class KeptReader(Reader):
    """A process that judges pages and, when its command is done with it, waits for the next command."""

    spare: list[KeptReader] | None = None  # None: to be ended

    def close(self) -> None:
        """Wait for another command, if it is still good for one."""
        if self.spare is None or not self.alive:
            super().close()
        else:
            self.spare.append(self)


@pytest.fixture(scope="session")
def handing_on() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Let commands that run in this process hand on their readers: a new one reads its first page slowly.

    The processes are the real ones, with their bounds. That commands start and end them is proved in tests/sandbox and
    by the commands that run as processes.
    """
    spare: list[KeptReader] = []

    def lend(limits: Limits, remedy: str = REMEDY) -> KeptReader:
        for place, waiting in enumerate(spare):
            if waiting.limits == limits:
                del spare[place]
                waiting.remedy = remedy
                if waiting.alive:
                    return waiting
                waiting.close()
                break
        made = KeptReader(limits, remedy)
        made.spare = spare
        return made

    @contextmanager
    def hand_on() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pool, "Reader", lend)
            yield

    yield hand_on
    for waiting in spare:
        waiting.spare = None
        waiting.close()


@pytest.fixture
def spare_readers(handing_on: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Let the commands of one test hand on their readers."""
    with handing_on():
        yield
