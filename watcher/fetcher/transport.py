"""requests over connections that are under watch: the one place where the program opens a connection for a page."""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from io import BufferedIOBase
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse

from watcher.fetcher.watchdog import Exchange, Phase

_MAX_LINES = 200  # of an answer's head, interim answers such as "100 Continue" included; http.client allows 100 headers
_MAX_TRAILERS = 100
_MAX_ADDRESSES = 8  # of one host that are tried
_GRACE = 0.25  # seconds by which socket timeouts outlive the deadline: the watchdog speaks first

_serving = threading.local()  # .exchange: what the connections of this thread work for

_Address = tuple[int, int, int, tuple[Any, ...]]


class Session(requests.Session):
    """The session of one host: nothing from the environment, no cookies, no redirects. One thread at a time."""

    def __init__(self, trust: Trust) -> None:
        """Take the certificates to trust; open nothing yet."""
        super().__init__()
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
        patience = exchange.remaining() + _GRACE
        _serving.exchange = exchange
        try:
            answer = self.send(
                request, stream=True, allow_redirects=False, timeout=(patience, patience), proxies={}, verify=True
            )
        finally:
            del _serving.exchange
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
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

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


class _Lines:
    """The lines of an answer's head, counted; the end of the stream before the blank line is an error.

    http.client takes a head that was cut off for a complete one: half a `Location` would be followed.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        """Read from `stream`."""
        self._stream = stream
        self._left = _MAX_LINES

    def readline(self, size: int = -1) -> bytes:
        """The next line. Raises HTTPException after too many, IncompleteRead at the end of the stream."""
        line = self._stream.readline(size)
        self._left -= 1
        if not line and self._left < _MAX_LINES - 1:
            raise http.client.IncompleteRead(line)
        if self._left < 0:
            raise http.client.HTTPException(f"more than {_MAX_LINES} lines of headers and interim answers")
        return line

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


class _Response(http.client.HTTPResponse):
    """Bounds what http.client reads without end: interim answers and trailers."""

    def begin(self) -> None:
        """Read the head of the answer."""
        stream = self.fp
        self.fp = _Lines(stream)  # type: ignore[assignment]  # the head is read by lines alone
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = stream

    def _read_and_discard_trailer(self) -> None:
        for _ in range(_MAX_TRAILERS):
            if self.fp.readline(65_537).rstrip(b"\r\n") == b"":
                return
        raise http.client.HTTPException(f"more than {_MAX_TRAILERS} trailers")


class _Watched(HTTPConnection):
    """A connection that puts its socket under the watch of the exchange it serves."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        exchange: Exchange = _serving.exchange
        exchange.phase = Phase.LOOKUP
        host = self._dns_host.strip("[]")
        try:
            addresses = _look_up(host, self.port, exchange.remaining())
        except (socket.gaierror, UnicodeError) as error:
            known = error if isinstance(error, socket.gaierror) else socket.gaierror(socket.EAI_NONAME, str(error))
            raise NameResolutionError(host, self, known) from error
        except queue.Empty:
            late = socket.gaierror(socket.EAI_AGAIN, "no answer in time")
            raise NameResolutionError(host, self, late) from None
        exchange.phase = Phase.CONNECT
        sock = self._connect_any(addresses, exchange)
        exchange.hold(sock, reused=False)
        exchange.phase = Phase.TLS if isinstance(self, HTTPSConnection) else Phase.ANSWER
        sock.settimeout(exchange.remaining() + _GRACE)
        return sock

    def _connect_any(self, addresses: list[_Address], exchange: Exchange) -> socket.socket:
        """The first address that answers; each gets its share of the time that is left."""
        fault: OSError = OSError("the host has no address")
        for index, address in enumerate(addresses):
            try:
                return _open(address, exchange.remaining() / (len(addresses) - index))
            except OSError as error:
                fault = error
        if isinstance(fault, TimeoutError):
            raise ConnectTimeoutError(self, "no answer to the attempt to connect") from fault
        raise NewConnectionError(self, f"{fault}") from fault

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send the request; a socket that was kept from an earlier exchange comes under this one's watch first."""
        exchange: Exchange = _serving.exchange
        if self.sock is not None and not exchange.holds:
            exchange.hold(self.sock, reused=True)
        if self.sock is not None:
            exchange.phase = Phase.ANSWER
        super().request(*args, **kwargs)


class _WatchedTls(_Watched, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


def _open(address: _Address, seconds: float) -> socket.socket:
    """Connect to one resolved address.

    Every connection for a page is opened here, after the name was resolved and before a byte is sent: the guard
    against private networks has its place in this function, where no second lookup can change the answer.
    """
    family, kind, protocol, place = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(seconds)
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return sock


def _look_up(host: str, port: int, seconds: float) -> list[_Address]:
    """The addresses of a host. Raises socket.gaierror, UnicodeError, or queue.Empty when the time is over.

    The system's resolver cannot be interrupted, so a name is looked up in a thread that is left behind when it is
    late; it ends with the resolver's own timeout.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return _resolve(host, port, socket.AI_NUMERICHOST)
    answers: queue.SimpleQueue[list[_Address] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_resolve(host, port, 0))
        except Exception as error:  # noqa: BLE001 # carried over to the waiting thread, which raises it
            answers.put(error)

    threading.Thread(target=work, name="fetch-lookup", daemon=True).start()
    answer = answers.get(timeout=seconds)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _resolve(host: str, port: int, flags: int) -> list[_Address]:
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, flags)
    return [(family, kind, protocol, place) for family, kind, protocol, _, place in found[:_MAX_ADDRESSES]]
