"""The server under the room: one socket, uvicorn, no log of addresses (a token may stand in one)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from starlette.routing import BaseRoute

from storage.errors import UsageError
from storage.model import Interest
from storage.protocol import Store
from watcher.stages import HERE, Stages
from watcher.web.app import RoomSettings, application
from watcher.web.guard import Guarding

AT_ONCE = 64
IDLE = 10


@contextmanager
def listen(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """A listening socket and its address for a browser. Raises UsageError where the address cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise UsageError(f"{host}:{port}: cannot listen there: {error.strerror or error} (another --port?)") from error
    try:
        bound, number = listening.getsockname()[:2]
        shown = "127.0.0.1" if ipaddress.ip_address(bound).is_unspecified else bound
        yield listening, f"http://{f'[{shown}]' if ':' in shown else shown}:{number}/"
    finally:
        listening.close()


def serve_room(
    store: Store,
    listening: socket.socket,
    clock: Callable[[], datetime],
    *,
    lang: str = "en",
    token: str = "",
    names: Sequence[str] = (),
    stages: Stages = HERE,
    interests: tuple[Interest, ...] = (),
    routes: Sequence[BaseRoute] = (),
) -> None:
    """Answer until the process is told to end; `routes` stand in front of the pages."""
    allowed = frozenset(name.strip().lower().removesuffix(".") for name in names)
    settings = RoomSettings(
        store=store, clock=clock, lang=lang, interests=interests, stages=stages, guarding=Guarding(allowed, token)
    )
    config = uvicorn.Config(
        application(settings, routes),
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=AT_ONCE,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listening])
