"""Tabs of a browser that note what must not happen, and a real server over a store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request

from storage.protocol import Store
from watcher.web.app import RoomSettings, application
from watcher.web.guard import Guarding
from watcher.web.serving import listen, make_server

NOW = datetime(2025, 12, 5, 9, 0, tzinfo=UTC)


@contextmanager
def serving(store: Store, *, token: str = "", names: frozenset[str] = frozenset()) -> Iterator[str]:
    """A real server over a store, its clock at `NOW`; yields its address."""
    settings = RoomSettings(store, lambda: NOW, guarding=Guarding(names, token))
    with listen("127.0.0.1", 0) as (listening, url):
        server = make_server(application(settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass(slots=True)
class Watched:
    """A tab, and what happened in it that must not."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)


class Tabs:
    """Tabs of one browser, each lent to one test after the other: a new one takes 0.7 s of a processor."""

    def __init__(self, browser: Browser) -> None:
        """Nothing is open yet."""
        self._browser = browser
        self._idle: dict[tuple[int, bool, bool], list[Page]] = {}

    def take(self, kind: tuple[int, bool, bool]) -> Page:
        """An idle one of that width, in the dark or not, with scripts or not; else a new one."""
        if self._idle.get(kind):
            return self._idle[kind].pop()
        width, dark, scripts = kind
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    def give_back(self, kind: tuple[int, bool, bool], page: Page) -> None:
        """Let the next test have it, as if it were new; one with others beside it, or that broke, is thrown away."""
        if page.is_closed() or len(page.context.pages) > 1:
            page.context.close()
            return
        page.goto("about:blank")
        page.context.clear_cookies()
        self._idle.setdefault(kind, []).append(page)


class OpenTab:
    """Opens tabs, and gives them back in the end."""

    def __init__(self, tabs: Tabs) -> None:
        """Nothing is open yet."""
        self._tabs = tabs
        self._open: list[tuple[tuple[int, bool, bool], Page, list[tuple[Any, Any]]]] = []

    def __call__(self, origin: str, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Watched:
        """A tab for pages of one origin."""
        kind = (width, dark, scripts)
        page = self._tabs.take(kind)
        watched = Watched(page, origin)

        def dismiss(dialog: Dialog) -> None:
            watched.faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def note_error(said: ConsoleMessage) -> None:
            if said.type == "error":
                watched.faults.append(f"console: {said.text}")

        def note_break(error: Error) -> None:
            watched.faults.append(f"error: {error}")

        def note_request(asked: Request) -> None:
            if not asked.url.startswith(origin):
                watched.faults.append(f"request: {asked.url}")

        listening: list[tuple[Any, Any]] = [
            ("dialog", dismiss),
            ("console", note_error),
            ("pageerror", note_break),
            ("request", note_request),
        ]
        for event, listener in listening:
            page.on(event, listener)
        self._open.append((kind, page, listening))
        return watched

    def close(self) -> None:
        """Give every tab back."""
        for kind, page, listening in self._open:
            for event, listener in listening:
                page.remove_listener(event, listener)
            self._tabs.give_back(kind, page)
