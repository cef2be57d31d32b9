"""Tabs of a browser that note what must not happen, and a real server over a store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.sync_api import Browser, Dialog, Page

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


class OpenTab:
    """Opens tabs, and closes them in the end."""

    def __init__(self, browser: Browser) -> None:
        """Nothing is open yet."""
        self._browser = browser
        self._open: list[Page] = []

    def __call__(self, origin: str, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Watched:
        """A tab for pages of one origin."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        watched = Watched(page, origin)

        def dismiss(dialog: Dialog) -> None:
            watched.faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.on(
            "console", lambda said: watched.faults.append(f"console: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: watched.faults.append(f"error: {error}"))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(origin) else watched.faults.append(f"request: {asked.url}"),
        )
        self._open.append(page)
        return watched

    def close(self) -> None:
        """Close every tab."""
        for page in self._open:
            page.context.close()
