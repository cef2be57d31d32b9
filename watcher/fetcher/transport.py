"""requests over connections that are guarded and under watch: the one way from the program to a page."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.response import HTTPResponse

from watcher.fetcher.connection import GRACE, PlainPool, TlsPool, serving
from watcher.fetcher.netguard import Guard
from watcher.fetcher.watchdog import Exchange


class Session(requests.Session):
    """The session of one host: nothing from the environment, no cookies, no redirects. One thread at a time."""

    def __init__(self, trust: Trust, guard: Guard) -> None:
        """Take the certificates to trust and the guard over addresses; open nothing yet."""
        super().__init__()
        self._guard = guard
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(netscape=False, rfc2965=False))  # accepts none, parses none
        transport = _Transport(trust)
        self.mount("http://", transport)
        self.mount("https://", transport)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """See no redirect: requests would read its body first, and raise whatever a junk target makes it raise."""

    def ask(self, url: str, headers: Mapping[str, str], exchange: Exchange) -> HTTPResponse:
        """Send a GET and read the answer's headers; the body is still on the wire.

        The request is put together by hand: `prepare_request` merges settings that are all empty here, which costs
        a third of the whole exchange. Raises `failure.WIRE_ERRORS`. Always close or drain what is returned.
        """
        request = requests.PreparedRequest()
        request.method = "GET"
        request.prepare_url(url, None)
        request.headers = CaseInsensitiveDict(headers)
        request.hooks = {}
        patience = exchange.remaining() + GRACE
        serving.exchange, serving.guard = exchange, self._guard
        try:
            answer = self.send(
                request, stream=True, allow_redirects=False, timeout=(patience, patience), proxies={}, verify=True
            )
        finally:
            del serving.exchange, serving.guard
        raw = answer.raw
        assert isinstance(raw, HTTPResponse)
        return raw


class _Transport(HTTPAdapter):
    """Our connections under requests, at most one at rest per scheme and port."""

    def __init__(self, trust: Trust) -> None:
        """Take the certificates to trust; no retries."""
        self._trust = trust
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools open our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Use one TLS context for all: loading the certificates anew costs more than the request."""
        host, options = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            options["ssl_context"] = self._trust.context()
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
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """The one TLS context: TLS 1.2 or newer, valid certificate and right host demanded."""
        with self._lock:
            if self._context is None:
                context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
                context.load_default_certs()
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                self._context = context
            return self._context
