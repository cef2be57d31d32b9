"""The server under the room: one socket, uvicorn, no log of addresses (a token may stand in one)."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from storage.errors import UsageError
from storage.model import Interest
from storage.protocol import Store
from watcher.stages import HERE, Stages
from watcher.web.app import RoomSettings, application
from watcher.web.guard import Guarding

AT_ONCE = 64
IDLE = 10
BACKLOG = 128


@contextmanager
def listen(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """A listening socket and its address for a browser. Raises UsageError where the address cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host}: is no address to listen at: {error}") from error
    # Named as TCP, so that small answers are not held back: asyncio sets TCP_NODELAY on such sockets alone.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
        except OSError as error:
            raise UsageError(f"{host}:{port}: cannot listen there: {error.strerror or error} (--port?)") from error
        bound, number = listening.getsockname()[:2]
        shown = "127.0.0.1" if ipaddress.ip_address(bound).is_unspecified else bound
        yield listening, f"http://{f'[{shown}]' if ':' in shown else shown}:{number}/"


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
    guarding = Guarding(allowed, token)
    settings = RoomSettings(store, clock, lang=lang, interests=interests, stages=stages, guarding=guarding)
    room = application(settings, routes)
    threading.Thread(target=room.state.room.warm, daemon=True).start()
    make_server(room).run(sockets=[listening])


def make_server(room: Starlette) -> uvicorn.Server:
    """The server of a room. It writes no address down, for one may hold the token, whatever the level of the log."""
    logging.getLogger("uvicorn.access").disabled = True
    talk = logging.getLogger("uvicorn.error")
    talk.setLevel(max(talk.getEffectiveLevel(), logging.INFO))
    config = uvicorn.Config(
        room,
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
    return uvicorn.Server(config)
