"""Whatever can go wrong on the way to a page, as one typed error. Types of exceptions decide, never their texts."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3 import exceptions as urllib3_errors

from storage.model import Reason
from watcher.fetcher.outcome import FetchFailure
from watcher.fetcher.watchdog import Exchange, Phase

# What requests, urllib3, http.client and the socket raise for hostile bytes; ValueError holds the Unicode errors.
WIRE_ERRORS = (
    requests.RequestException,
    urllib3_errors.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)

_TRANSIENT = frozenset(
    {
        Reason.TIMEOUT,
        Reason.DNS,
        Reason.CONNECT,
        Reason.RESET,
        Reason.TLS,
        Reason.PROTOCOL,
        Reason.TRUNCATED,
        Reason.RATE_LIMITED,
    }
)

# Most telling first: the first row of which any error in the chain is an instance decides.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], Reason, str], ...] = (
    ((ssl.SSLCertVerificationError, ssl.CertificateError), Reason.TLS, "the certificate of the server is not valid"),
    ((ssl.SSLError, urllib3_errors.SSLError), Reason.TLS, "no TLS connection"),
    ((socket.gaierror, urllib3_errors.NameResolutionError), Reason.DNS, "the name of the host could not be looked up"),
    ((ConnectionRefusedError, urllib3_errors.NewConnectionError), Reason.CONNECT, "no connection to the host"),
    ((TimeoutError, urllib3_errors.TimeoutError), Reason.TIMEOUT, "the server was too slow"),
    ((ConnectionError,), Reason.RESET, "the server broke the connection"),
    ((urllib3_errors.InvalidChunkLength,), Reason.PROTOCOL, "the answer breaks the rules of HTTP"),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema),
        Reason.BLOCKED_ADDRESS,
        "the address cannot be sent",
    ),
    ((http.client.IncompleteRead,), Reason.TRUNCATED, "the body is shorter than announced"),
    (WIRE_ERRORS, Reason.PROTOCOL, "the answer breaks the rules of HTTP"),
)

# What a resolver says of a name that does not exist (NXDOMAIN) or has no address; anything else is its own trouble.
_NO_SUCH_NAME = frozenset(
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)
)


class FetchError(Exception):
    """A page could not be had; carried inside this package only, the caller gets a `FetchFailure`."""

    def __init__(
        self,
        reason: Reason,
        detail: str,
        *,
        transient: bool | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep the typed parts; whether it is transient follows from the reason unless it is said."""
        self.reason = reason
        self.detail = detail
        self.transient = reason in _TRANSIENT if transient is None else transient
        self.status = status
        self.retry_after = retry_after
        super().__init__(detail)

    def failure(self, url: str) -> FetchFailure:
        """The value that the caller gets."""
        return FetchFailure(url, self.reason, self.detail, self.transient, self.status, self.retry_after)


def explain(error: Exception, exchange: Exchange) -> FetchError:
    """Say what an error on the wire means. Once the deadline has cut the connection, nothing else counts."""
    if exchange.fired:
        return expired(exchange)
    chain = list(_chain(error))
    whose = "the proxy: " if any(isinstance(link, urllib3_errors.ProxyError) for link in chain) else ""
    for kinds, reason, words in _KINDS:
        found = next((link for link in reversed(chain) if isinstance(link, kinds)), None)
        if found is not None:
            forged = kinds[0] is ssl.SSLCertVerificationError
            unknown = any(isinstance(link, socket.gaierror) and link.errno in _NO_SUCH_NAME for link in chain)
            said = "there is no host of that name" if unknown else words
            detail = f"{whose}{said} ({type(found).__name__}: {_short(found)})"
            return FetchError(reason, detail, transient=False if forged else None)
    return FetchError(Reason.PROTOCOL, f"the exchange failed ({type(error).__name__})")


def expired(exchange: Exchange) -> FetchError:
    """The deadline passed; a name that is not resolved and a handshake that does not end have reasons of their own."""
    reason = {Phase.LOOKUP: Reason.DNS, Phase.TLS: Reason.TLS}.get(exchange.phase, Reason.TIMEOUT)
    return FetchError(reason, f"not done within the deadline: it passed during the {exchange.phase.value}")


def dead_connection(error: Exception) -> bool:
    """True when an error says that a kept connection was closed by the other side before it answered."""
    return any(isinstance(link, (ConnectionError, ssl.SSLEOFError)) for link in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and all those inside it, outermost first: urllib3 hides them in `args` and `reason` too."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [*link.args, getattr(link, "reason", None), link.__cause__]


def _short(error: BaseException) -> str:
    """One printable line of an error's text, which may hold bytes of the server."""
    text = "".join(char if char.isprintable() else " " for char in str(error)[:400])
    return " ".join(text.split())[:200]
