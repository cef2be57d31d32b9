"""Who may read the pages, and what no answer goes without. Stands in front of every route, those of other parts too.

Only GET and HEAD pass. A name in `Host` that nobody allowed is refused, so that a page of a stranger cannot read the
history through a name that it points at this machine (DNS rebinding). With a token, an answer needs it: as a bearer in
`Authorization`, or as a cookie that the way in has set. Nothing here ever writes a token down.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)
log = logging.getLogger("clausewatch.web")
WAY_IN = "/login/"
COOKIE = "clausewatch"
LONGEST_PATH, LONGEST_QUERY = 2_000, 4_000
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]*)(?::(\d{1,5}))?", re.ASCII)
Refuse = Callable[[int, str, Scope], Response]


@dataclass(frozen=True, slots=True)
class Guarding:
    """Under which names the server answers beside those of this machine and plain addresses, and what opens it.

    An empty token lets everybody in who reaches the server.
    """

    names: frozenset[str] = frozenset()
    token: str = field(default="", repr=False)


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, guarding: Guarding, refuse: Refuse) -> None:
        """`refuse` makes the page that says no: a status, and the key of its words."""
        self._app, self._guarding, self._refuse = app, guarding, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on. Anything that is not HTTP ends here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        begun: list[bool] = []

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(True)
                own = {name for name, _ in message["headers"]}
                message["headers"] += [
                    (name.encode(), value.encode()) for name, value in HEADERS if name.encode() not in own
                ]
                if b"cache-control" not in own:
                    message["headers"].append((b"cache-control", b"private, no-cache"))
            await send(message)

        answer: ASGIApp | Response = self._judge(scope) or self._app
        try:
            await answer(scope, receive, with_headers)
        except Exception:
            if begun:
                raise
            log.exception("a page could not be made")
            await self._apology(scope)(scope, receive, with_headers)

    def _apology(self, scope: Scope) -> Response:
        """The page that says that something failed; in plain words where even that page cannot be made."""
        try:
            return self._refuse(500, "broken", scope)
        except Exception:
            log.exception("nor could the page that says so")
            return PlainTextResponse("The page could not be made. The log of the server says why.", 500)

    def _judge(self, scope: Scope) -> Response | None:
        """What keeps a request out; None where nothing does."""
        if scope["method"] not in {"GET", "HEAD"}:
            refused = self._refuse(405, "method", scope)
            refused.headers["allow"] = "GET, HEAD"
            return refused
        if not allowed_host(_all(scope, b"host"), self._guarding.names):
            return self._refuse(421, "host", scope)
        if len(scope.get("raw_path") or scope["path"]) > LONGEST_PATH or len(scope["query_string"]) > LONGEST_QUERY:
            return self._refuse(414, "long", scope)
        return self._enter(scope) if self._guarding.token else None

    def _enter(self, scope: Scope) -> Response | None:
        token = self._guarding.token
        if scope["path"] == WAY_IN:
            return self._way_in(scope, token)
        if _bearer_fits(_all(scope, b"authorization"), token) or _cookie_fits(_all(scope, b"cookie"), token):
            return None
        return self._unknown(scope)

    def _way_in(self, scope: Scope, token: str) -> Response:
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20).get("token", [""])[0]
        if not _same(asked, token):
            return self._unknown(scope)
        entered = RedirectResponse("../", status_code=303)
        entered.set_cookie(
            COOKIE, pass_of(token), httponly=True, samesite="lax", secure=scope.get("scheme") == "https", path="/"
        )
        return entered

    def _unknown(self, scope: Scope) -> Response:
        refused = self._refuse(401, "token", scope)
        refused.headers["www-authenticate"] = 'Bearer realm="clausewatch"'
        return refused


def pass_of(token: str) -> str:
    """What the cookie holds: made from the token, and of no use to find it."""
    return hmac.new(token.encode(), b"clausewatch reading room", hashlib.sha256).hexdigest()


def allowed_host(hosts: Iterable[bytes], names: frozenset[str]) -> bool:
    """Whether one `Host` is there and may be answered: an address, this machine, or a name that was allowed."""
    found = list(hosts)
    if len(found) != 1:
        return False
    match = _HOST.fullmatch(found[0].decode("latin-1").lower())
    host, port = match.groups() if match else ("", None)
    if not host or (port is not None and int(port) > 65535):
        return False
    bare = host.strip("[]").removesuffix(".")
    if bare == "localhost" or bare in names:
        return True
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


def _all(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _bearer_fits(values: Iterable[bytes], token: str) -> bool:
    for value in values:
        kind, _, given = value.decode("latin-1").partition(" ")
        if kind.lower() == "bearer" and _same(given.strip(), token):
            return True
    return False


def _cookie_fits(values: Iterable[bytes], token: str) -> bool:
    for value in values:
        try:
            crumb = SimpleCookie(value.decode("latin-1")).get(COOKIE)
        except CookieError:
            continue
        if crumb is not None and _same(crumb.value, pass_of(token)):
            return True
    return False


def _same(given: str, right: str) -> bool:
    """Compared in constant time, whatever was given."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
