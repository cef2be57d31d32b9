"""A history to ask about, and a real server that answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import uvicorn
from made_once import played_year

from storage.connect import open_store
from watcher.programs.http import routes
from watcher.web.app import RoomSettings, application
from watcher.web.serving import listen

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
Asker = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the played year."""
    return played_year(tmp_path_factory)


@pytest.fixture(scope="session")
def get(history: Path) -> Iterator[Asker]:
    """Ask a server for a path."""
    store = open_store(str(history), write=False)
    room = application(RoomSettings(store, lambda: NOW), routes())
    server = uvicorn.Server(uvicorn.Config(room, log_level="error", lifespan="off"))
    with listen("127.0.0.1", 0) as (listening, root), requests.Session() as session:
        answering = threading.Thread(target=server.run, args=([listening],), daemon=True)
        answering.start()
        session.trust_env = False

        def ask(path: str, method: str = "GET", **headers: str) -> requests.Response:
            named = {name.replace("_", "-"): text for name, text in headers.items()}
            return session.request(method, root + path.lstrip("/"), headers=named, allow_redirects=False, timeout=20)

        yield ask
        server.should_exit = True
        answering.join(20)
    store.close()
