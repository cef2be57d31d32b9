"""How a refusal is told apart: one message, one address, or the whole way there; and what it is called."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from storage.errors import DeliveryError


class WayBlocked(DeliveryError):
    """Nothing can be sent this way now (no connection, no login): what else waits for it is not tried in this run."""


def is_permanent(status: int) -> bool:
    """Whether an HTTP status means that the same message will be refused again.

    408, 425, 429 and every 5xx pass; a redirect is not followed and asks for a new address in the configuration.
    """
    return 300 <= status < 500 and status not in {408, 425, 429}


def no_connection(error: BaseException) -> str | None:
    """Why there was no connection, in words that say where to look; None where that is not the trouble.

    Looks at what the error was raised from too: libraries wrap them several times.
    """
    for one in _causes(error):
        if isinstance(one, socket.gaierror):
            return "the name of the host is not known (look at the address, and at the name server of this machine)"
        if isinstance(one, ConnectionRefusedError):
            return "nothing listens at that port of the host (connection refused)"
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"the certificate is not good: {one.verify_message}"
        if isinstance(one, ssl.SSLError):
            return f"no TLS on that port: {one.reason or 'the handshake failed'}"
        if isinstance(one, OSError) and one.errno is not None and not isinstance(one, ConnectionError):
            return f"no way to the host: {one.strerror}"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that stands behind it, each once, the deepest first."""
    found: list[BaseException] = []
    open_ones: list[object] = [error]
    while open_ones:
        one = open_ones.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            open_ones += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return reversed(found)
