"""The reading room as an ASGI application: every page, the static files and the feeds, behind the guard.

Other parts (an API) stand in front of the pages as further routes; they get the same guard and the same store:

    application(settings, routes=[Mount("/api", ...)])      # request.app.state.room.reading(...) looks into the store
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from notifier.manner import LANGUAGES
from storage.errors import ClausewatchError, ExtractError, UsageError
from storage.model import Interest
from storage.protocol import Store
from watcher.stages import HERE, Stages
from watcher.web.feeds import feed_at
from watcher.web.guard import Guard, Guarding
from watcher.web.pages import page_at
from watcher.web.places import Linker
from watcher.web.reading import LARGE, Reading, Shelf
from watcher.web.render import Setting, render, render_refusal

log = logging.getLogger("clausewatch.web")
STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Characters of a search, fields of a query and digits of a version number that are heeded.
_QUERY_WORDS, _FIELDS, _DIGITS = 200, 20, 7


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What the room is made of. `store` is open for reading and stays so; `clock` tells the time.

    With `reviews` the pages tell what people did about changes. `lang` is the language of the fixed words where the
    reader does not choose.
    """

    store: Store
    clock: Callable[[], datetime]
    lang: str = "en"
    reviews: bool = True
    interests: tuple[Interest, ...] = ()
    stages: Stages = HERE
    guarding: Guarding = field(default_factory=Guarding)


class Room:
    """What all requests share."""

    def __init__(self, settings: RoomSettings) -> None:
        """Nothing is read yet."""
        self.settings = settings
        self.shelf, self.large = Shelf(), Shelf(LARGE)
        self._static = {
            path.name: (path.read_bytes(), KINDS[path.suffix]) for path in STATIC.iterdir() if path.suffix in KINDS
        }

    def reading(self) -> Reading:
        """A look into the store, at this moment."""
        own = self.settings
        return Reading(own.store, own.clock(), self.shelf, own.interests, own.stages, own.reviews, large=self.large)

    def warm(self) -> None:
        """Work out what takes long before anybody asks for it: lists over all vendors, templates, the differ."""
        try:
            for path in ("", "changes/", "recipients/", "status/"):
                page = page_at(self.reading(), path)
                if page is not None:
                    render(page, self.setting(path, self.settings.lang))
        except ClausewatchError as error:
            log.error("%s", error)  # noqa: TRY400 - one line that names place and remedy

    def static(self, name: str) -> tuple[bytes, str] | None:
        """A style sheet, script or picture with its media type."""
        return self._static.get(name)

    def setting(self, path: str, lang: str) -> Setting:
        """How a page at that path is written."""
        query = "" if lang == self.settings.lang else f"?lang={lang}"
        others = tuple(
            (code, Linker(path, query="" if code == self.settings.lang else f"?lang={code}")(path))
            for code in LANGUAGES
            if code != lang
        )
        return Setting(
            lang=lang,
            live=True,
            reviews=self.settings.reviews,
            today=self.settings.clock().date(),
            linker=Linker(path, query=query),
            languages=others,
        )


def application(settings: RoomSettings, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The room, with other parts' routes in front of its pages; all of it behind the guard."""
    room = Room(settings)

    def refuse(status: int, key: str, scope: Scope) -> Response:
        return _refusal(room, status, key, scope["path"].lstrip("/"), settings.lang)

    made = Starlette(
        routes=[*routes, Route("/{path:path}", _answer, methods=["GET", "HEAD"])],
        middleware=[Middleware(Guard, guarding=settings.guarding, refuse=refuse)],
    )
    made.state.room = room
    return made


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for, as far as anything heeds it."""

    request: Request
    path: str
    lang: str
    words: str
    old: str
    new: str


def _asked(room: Room, request: Request) -> _Asked:
    query = request.url.query
    given = parse_qs(query, errors="replace") if query.count("&") < _FIELDS else {}
    lang, words, old, new = (given.get(name, [""])[0] for name in ("lang", "q", "old", "new"))
    lang = lang if lang in LANGUAGES else room.settings.lang
    return _Asked(request, request.path_params["path"], lang, " ".join(words[:_QUERY_WORDS].split()), old, new)


def _answer(request: Request) -> Response:
    """Any page, by its path. Runs in a thread: the store is read here."""
    room: Room = request.app.state.room
    asked = _asked(room, request)
    try:
        return _found(room, asked) or _refusal(room, 404, "missing", asked.path, asked.lang)
    except ExtractError:
        return _refusal(room, 422, "heavy", asked.path, asked.lang)
    except UsageError:  # gone since the list was read: a source that was forgotten
        return _refusal(room, 404, "missing", asked.path, asked.lang)
    except ClausewatchError as error:
        log.error("%s", error)  # noqa: TRY400 - one line that names place and remedy
        return _refusal(room, 503, "broken", asked.path, asked.lang)


def _found(room: Room, asked: _Asked) -> Response | None:
    path = asked.path
    if path.startswith("static/"):
        static = room.static(path.removeprefix("static/"))
        return _bytes(asked.request, *static) if static else None
    if path.startswith("feeds/"):
        feed = feed_at(room.reading(), path.removeprefix("feeds/"))
        return _bytes(asked.request, *feed) if feed else None
    if path.endswith("index.html"):  # as the folder of files has it
        path = path.removesuffix("index.html")
    if path and not path.endswith("/"):
        return _slash(room, asked.request, path)
    if path.endswith("/compare/"):
        return _chosen(asked, room.settings.lang)
    page = page_at(room.reading(), path, asked.words)
    if page is None:
        return None
    return _bytes(asked.request, render(page, room.setting(path, asked.lang)).encode(), "text/html; charset=utf-8")


def _slash(room: Room, request: Request, path: str) -> Response | None:
    """The way to a page whose address lacks its last slash."""
    if page_at(room.reading(), f"{path}/") is None:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path.rpartition('/')[2]}/{query}", status_code=308)


def _chosen(asked: _Asked, usual: str) -> Response | None:
    """The way to the comparison of two versions that were chosen in a form."""
    if not all(each.isascii() and each.isdigit() and len(each) < _DIGITS for each in (asked.old, asked.new)):
        return None
    old, new = int(asked.old), int(asked.new)
    query = "" if asked.lang == usual else f"?lang={asked.lang}"
    return RedirectResponse(f"../{f'{old}-{new}' if old != new else old}/{query}", status_code=303)


def _bytes(request: Request, data: bytes, kind: str) -> Response:
    """An answer with a validator: what the reader has already is not sent again."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": tag})
    return Response(data, media_type=kind, headers={"etag": tag})


def _refusal(room: Room, status: int, key: str, path: str, lang: str) -> Response:
    setting = room.setting(path if len(path) <= _QUERY_WORDS else "", lang)
    return HTMLResponse(render_refusal(f"refusal.{key}", f"refusal.{key}-text", setting), status_code=status)
