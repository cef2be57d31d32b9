"""requests over connections that are guarded and under watch: the one way from the program to a page."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.response import HTTPResponse

from storage.model import Reason
from watcher.fetcher.access import PLAIN_WAY, Way
from watcher.fetcher.connection import GRACE, PlainPool, TlsPool, serving
from watcher.fetcher.failure import FetchError
from watcher.fetcher.login import proxy_parts
from watcher.fetcher.netguard import Guard
from watcher.fetcher.watchdog import Exchange


class Session(requests.Session):
    """The session of one host: nothing from the environment, no cookies, no redirects. One thread at a time."""

    def __init__(self, trust: Trust, guard: Guard, way: Way = PLAIN_WAY) -> None:
        """Take the certificates to trust, the guard over addresses and the way; open nothing yet. Raises FetchError."""
        super().__init__()
        self._guard = guard
        try:
            proxy, login = proxy_parts(way.proxy) if way.proxy else (None, None)
        except ValueError as error:
            raise FetchError(Reason.CONNECT, str(error), transient=False) from error
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(netscape=False, rfc2965=False))  # accepts none, parses none
        transport = _Transport(trust, way.certificate, login)
        self.mount("http://", transport)
        self.mount("https://", transport)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """See no redirect: requests would read its body first, and raise whatever a junk target makes it raise."""

    def ask(self, url: str, headers: Mapping[str, str], exchange: Exchange, body: bytes | None = None) -> HTTPResponse:
        """Send a GET, or a POST with that body, and read the answer's headers; its body is still on the wire.

        The request is put together by hand: `prepare_request` merges settings that are all empty here, which costs
        a third of the whole exchange. Behind a proxy, who looks the name up himself, it is looked up and judged here
        all the same. Raises `failure.WIRE_ERRORS` and FetchError. Always close or drain what is returned.
        """
        request = requests.PreparedRequest()
        request.method = "GET" if body is None else "POST"
        request.prepare_url(url, None)
        request.headers = CaseInsensitiveDict(headers)
        if body is not None:
            request.body = body
            request.headers["Content-Length"] = str(len(body))
        request.hooks = {}
        if self._proxies:
            parts = urlsplit(request.url or url)
            self._guard.judge(parts.hostname or "", parts.port or 0, exchange.remaining())
        patience = exchange.remaining() + GRACE
        serving.exchange, serving.guard = exchange, self._guard
        try:
            answer = self.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=(patience, patience),
                proxies=self._proxies,
                verify=True,
            )
        finally:
            del serving.exchange, serving.guard
        raw = answer.raw
        assert isinstance(raw, HTTPResponse)
        return raw


_POOLS = {"http": PlainPool, "https": TlsPool}


class _Transport(HTTPAdapter):
    """Our connections under requests, at most one at rest per scheme and port."""

    def __init__(self, trust: Trust, certificate: tuple[str, str | None] | None, login: str | None) -> None:
        """Take the certificates to trust, our own one if the host wants it, and the login at the proxy; no retries."""
        self._trust = trust
        self._certificate = certificate
        self._login = login
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools open our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the pools behind a proxy open our connections too, and demand a valid certificate of the proxy."""
        if proxy not in self.proxy_manager and proxy.startswith("https:"):
            options["proxy_ssl_context"] = self._trust.context()
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:  # noqa: ARG002 # the session has but one
        """The login at the proxy, which is not part of its address here, lest that be shown."""
        return {"Proxy-Authorization": self._login} if self._login else {}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Use one TLS context for all: loading the certificates anew costs more than the request."""
        host, options = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            options["ssl_context"] = self._trust.context(self._certificate)
        return host, options

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the pool as it is: the context demands a valid certificate, there is no way to switch that off."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Wrap urllib3's answer without parsing its cookies: they are the server's to forge, and none is kept."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url or ""
        response.request = req
        return response


class Trust:
    """Which certificates are believed: those of the machine and those that come with requests. Loaded when needed."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._lock = threading.Lock()
        self._contexts: dict[tuple[str, str | None] | None, ssl.SSLContext] = {}

    def context(self, certificate: tuple[str, str | None] | None = None) -> ssl.SSLContext:
        """One TLS context for each certificate of ours: TLS 1.2 or newer, valid certificate and right host demanded.

        Raises FetchError (`tls`) when our certificate cannot be used.
        """
        with self._lock:
            if certificate not in self._contexts:
                self._contexts[certificate] = _context(certificate)
            return self._contexts[certificate]


def _context(certificate: tuple[str, str | None] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            context.load_cert_chain(*certificate, password="")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            detail = f"the client certificate cannot be used ({type(error).__name__})"
            raise FetchError(Reason.TLS, detail, transient=False) from error
    return context
