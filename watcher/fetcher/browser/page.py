"""One visit to one page, in the process of the browser: go there, wait until the text stands, write it down.

Runs in the child alone. Whatever a page does, it does to this process; the parent ends it when the time is over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Dialog,
    Error,
    HttpCredentials,
    Page,
    Request,
    Response,
    Route,
)
from playwright.sync_api import TimeoutError as LateError

from watcher.fetcher.browser.wish import Wish

MAX_HOPS = 5  # as over HTTP; navigations of scripts count too
PATIENCE = 5.0  # seconds for which a request of the page may still bring the text; longer ones are polls
_STEP = 100.0  # milliseconds between two looks
_EVENTS = 2.0  # seconds in which the network tells what became of a document that is not there
_RESERVE = 0.15  # the share of the time that is kept for writing the page down
_TALLEST = 16_384  # pixels of a screenshot

_VIEWPORT = {"width": 1280, "height": 1024}
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PAGES = frozenset({200, 203})
# What no text comes from. A manifest, a ping and a report of a policy broken are not even looked at.
_IDLE = frozenset({"image", "media", "font", "texttrack", "manifest", "ping", "cspreport", "prefetch", "beacon"})
_DATA = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_CODE = re.compile(r"net::(ERR_[A-Z0-9_]+)")
_SCRIPT = files("watcher.fetcher.browser").joinpath("reading.js").read_text(encoding="utf-8")


@dataclass(slots=True)
class Found:
    """What came of a visit: the fields of the answer, the page and the picture."""

    told: dict[str, Any]
    body: bytes = b""
    picture: bytes = b""


class EndedError(Exception):
    """The visit is over without a page; `told` says why."""

    def __init__(self, **told: Any) -> None:
        """Keep the fields of the answer."""
        self.told = told
        super().__init__(str(told))


def visit(browser: Browser, wish: Wish) -> Found:
    """Render one page. Raises EndedError where there is none, Error when the browser breaks."""
    origin = _origin(wish.url)
    login: HttpCredentials | None = None
    if wish.login is not None:
        login = {"username": wish.login[0], "password": wish.login[1], "origin": origin}
    context = browser.new_context(
        user_agent=wish.agent,
        locale=wish.language,
        timezone_id="UTC",
        viewport=_VIEWPORT,  # type: ignore[arg-type]  # a dictionary with these keys
        service_workers="block",
        accept_downloads=False,
        reduced_motion="reduce",
        color_scheme="light",
        http_credentials=login,
        # The only way out: SOCKS5 hands names over, and Chromium resolves none by itself.
        proxy={"server": f"socks5://127.0.0.1:{wish.relay}", "bypass": "<-loopback>"},
    )
    try:
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in wish.cookies])
        return _Visit(context, wish).run()
    finally:
        context.close()


@dataclass(slots=True)
class _Document:
    """What the network has said about the document in the main frame."""

    way: list[Request] = field(default_factory=list)
    request: Request | None = None
    response: Response | None = None
    done: bool = False
    code: str | None = None


class _Visit:
    """The state of one visit. Events come in while a call to the browser waits."""

    def __init__(self, context: BrowserContext, wish: Wish) -> None:
        self.wish = wish
        self.until = monotonic() + wish.seconds
        self.main = _Document()
        self.statuses: dict[Request, int] = {}
        self.waiting: dict[Request, float] = {}
        self.crashed = False
        self.page: Page | None = None
        context.set_default_timeout(wish.seconds * 1000)
        context.route("**/*", self._route)
        context.on("page", self._appear)
        context.on("request", self._ask)
        context.on("response", self._answer)
        context.on("requestfinished", self._finish)
        context.on("requestfailed", self._fail)
        context.on("dialog", _dismiss)
        self.context = context

    def run(self) -> Found:
        """Go there, wait, and write down what stands there."""
        page = self.page = self.context.new_page()
        page.on("crash", self._crash)
        try:
            page.goto(self.wish.url, wait_until="commit", timeout=self._left() * 1000)
        except Error as error:
            self._explain(page, error)
        self._judge()
        world = _World(self.context, page)
        self._wait_for(page)
        self._settle(page, world)
        if world.call("clausewatch.unfold()"):
            self._settle(page, world)
        self._judge()
        if not self.main.done:
            raise EndedError(failure="timeout", detail="the document did not come to its end")
        if world.call("clausewatch.kind()") not in _HTML:
            raise EndedError(media_type=str(world.call("clausewatch.kind()")))
        picture = self._picture(page, world) if self.wish.screenshot else b""
        return Found(self._told(), self._body(world), picture)

    def _told(self) -> dict[str, Any]:
        response = self.main.response
        assert response is not None
        return {
            "status": response.status,
            "final_url": response.url,
            "hops": self._hops(),
            "headers": [(one["name"], one["value"]) for one in response.headers_array()],
        }

    def _hops(self) -> list[dict[str, Any]]:
        """The redirects: those of the server with the status of their answer, those of a page with the page's own."""
        way = [*self.main.way, self.main.request]
        return [
            {"url": one.url, "status": self.statuses.get(one, 0), "location": other.url}
            for one, other in pairwise(request for request in way if request is not None)
        ]

    def _body(self, world: _World) -> bytes:
        html = world.call(f"clausewatch.serialise({self.wish.most})")
        if not isinstance(html, str):
            raise self._too_large()
        # Halves of surrogate pairs are no characters: U+FFFD.
        body = html.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
        if len(body) > self.wish.most:
            raise self._too_large()
        return body

    def _too_large(self) -> EndedError:
        return EndedError(failure="too-large", detail=f"the rendered page is larger than {self.wish.most} bytes")

    def _picture(self, page: Page, world: _World) -> bytes:
        tall = min(max(world.call("clausewatch.height()") or 0, _VIEWPORT["height"]), _TALLEST)
        clip: Any = {"x": 0, "y": 0, "width": _VIEWPORT["width"], "height": tall}
        try:
            return page.screenshot(full_page=True, clip=clip, animations="disabled", timeout=self._left() * 1000)
        except LateError:
            raise EndedError(failure="timeout", detail="no picture of the page within the deadline") from None

    def _wait_for(self, page: Page) -> None:
        """Wait for the selector that the source names. Raises EndedError when it does not come."""
        wanted = self.wish.wait_for
        if wanted is None:
            return
        try:
            page.wait_for_selector(f"css={wanted}", state="attached", timeout=self._left(_RESERVE) * 1000)
        except LateError:
            raise EndedError(failure="selector", detail=f"nothing matched wait_for {wanted!a} in time") from None
        except Error:
            self._judge()
            raise EndedError(failure="selector", detail=f"the browser cannot look for wait_for {wanted!a}") from None

    def _settle(self, page: Page, world: _World) -> None:
        """Wait until the text stands and nothing young is under way, or the time for that is over."""
        end = monotonic() + min(self.wish.settle, self._left(_RESERVE))
        last, since = None, monotonic()
        while (now := monotonic()) < end:
            self._judge()
            seen = world.call(f"clausewatch.text({self.wish.most})")
            if seen and seen[0] < 0:
                raise self._too_large()
            if seen != last or seen is None:
                last, since = seen, now
            elif seen[0] and now - since >= self.wish.stable and self.main.done and not self._expects(now):
                return
            page.wait_for_timeout(_STEP)

    def _expects(self, now: float) -> bool:
        """Whether a request is under way that may still bring text."""
        return any(now - begun < PATIENCE for begun in self.waiting.values())

    def _judge(self) -> None:
        """Raise EndedError as soon as what came cannot be the document."""
        main = self.main
        if self.crashed:
            raise EndedError(failure="crash", detail="the page made the browser crash")
        if len(main.way) > MAX_HOPS:
            raise EndedError(failure="redirect", detail=f"more than {MAX_HOPS} redirects")
        response = main.response
        if response is None or response.status in _PAGES:
            if main.code is not None:
                raise EndedError(code=main.code, url=main.request.url if main.request else self.wish.url)
            if response is None:
                return
        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status not in _PAGES:
            raise EndedError(status=response.status, wait=response.headers.get("retry-after"), url=response.url)
        if (media and media not in _HTML) or "attachment" in response.headers.get("content-disposition", "").lower():
            raise EndedError(media_type=media or "application/octet-stream")

    def _explain(self, page: Page, error: Error) -> None:
        """Raise EndedError for an address that could not be gone to. A download is told by its answer instead."""
        soon = monotonic() + _EVENTS
        while monotonic() < soon:
            self._judge()
            page.wait_for_timeout(_STEP / 10)
        if isinstance(error, LateError):
            raise EndedError(failure="timeout", detail="no document within the deadline") from error
        code = _CODE.search(error.message)
        if self.main.response is not None and code is not None and code[1] == "ERR_ABORTED":
            raise EndedError(media_type="application/octet-stream") from error
        url = self.main.request.url if self.main.request else self.wish.url
        raise EndedError(code=code[1] if code else "ERR_FAILED", url=url) from error

    def _left(self, reserve: float = 0.0) -> float:
        return max(self.until - monotonic() - reserve * self.wish.seconds, 0.001)

    # What the browser tells, while a call waits. None of these asks the browser anything that it needs: while it waited
    # for the answer the next of them would come in, and the order in which things happened would be lost.

    def _route(self, route: Route, request: Request) -> None:
        if request.resource_type in _IDLE or not self._welcome(request):
            route.abort()
        elif self.wish.headers and _origin(request.url) == _origin(self.wish.url):
            route.continue_(headers=request.headers | dict(self.wish.headers))
        else:
            route.continue_()

    def _welcome(self, request: Request) -> bool:
        """Whether a request belongs to the page and not to a window of its own, and the main frame may go there."""
        if not request.is_navigation_request():
            return True
        try:
            frame = request.frame
        except Error:  # a window that is not there yet
            return False
        if frame.page is not self.page:
            return False
        return frame.parent_frame is not None or urlsplit(request.url).scheme in {"http", "https"}

    def _is_main(self, request: Request) -> bool:
        try:
            return request.is_navigation_request() and self.page is not None and request.frame == self.page.main_frame
        except Error:
            return False

    def _ask(self, request: Request) -> None:
        if request.resource_type in _DATA:
            self.waiting[request] = monotonic()
        if not self._is_main(request):
            return
        before = self.main
        way = [*before.way, before.request] if before.request is not None else []
        self.main = _Document(way, request)

    def _answer(self, response: Response) -> None:
        self.statuses[response.request] = response.status
        if response.request == self.main.request and not 300 <= response.status < 400:
            self.main.response = response

    def _finish(self, request: Request) -> None:
        self.waiting.pop(request, None)
        if request == self.main.request:
            self.main.done = True

    def _fail(self, request: Request) -> None:
        self.waiting.pop(request, None)
        if request == self.main.request:
            code = _CODE.search(request.failure or "")
            # A document whose loading a script broke off by going elsewhere is no failure.
            self.main.code = code[1] if code and code[1] != "ERR_ABORTED" else self.main.code

    def _appear(self, page: Page) -> None:
        if self.page is not None and page is not self.page:
            page.close()

    def _crash(self, _page: Page) -> None:
        self.crashed = True


class _World:
    """Scripts of ours beside those of the page: they see its document, it cannot see them."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._session: CDPSession = context.new_cdp_session(page)
        self._id: int | None = None

    def call(self, expression: str) -> Any:
        """The value of an expression; None while the page is going elsewhere. Raises EndedError when it throws."""
        for _ in range(2):
            try:
                return self._evaluate(expression)
            except Error:
                self._id = None  # of a document that has gone
        return None

    def _evaluate(self, expression: str) -> Any:
        if self._id is None:
            frame = self._session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
            made = self._session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "clausewatch"})
            self._id = made["executionContextId"]
            self._ask(_SCRIPT)
        return self._ask(expression)

    def _ask(self, expression: str) -> Any:
        wanted = {"expression": expression, "contextId": self._id, "returnByValue": True}
        answer: Mapping[str, Any] = self._session.send("Runtime.evaluate", wanted)
        if "exceptionDetails" in answer:
            raise EndedError(failure="crash", detail="the page cannot be written down")
        return answer["result"].get("value")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _dismiss(dialog: Dialog) -> None:
    dialog.dismiss()
