"""Names into addresses within a deadline: the resolver of the system knows none of its own."""

from __future__ import annotations

import queue
import socket
import threading
from typing import Any

Found = list[tuple[Any, ...]]


def resolve(host: str, port: int, seconds: float) -> Found:
    """What `socket.getaddrinfo` finds for a TCP connection. Raises OSError, TimeoutError when it takes longer.

    The question goes on in a thread that nobody waits for; it ends when the resolver gives up, or with the process.
    """
    answer: queue.SimpleQueue[Found | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except OSError as error:
            answer.put(error)
        except UnicodeError:  # a name that cannot be one: a label of more than 63 characters
            answer.put(socket.gaierror(socket.EAI_NONAME, "not the name of a host"))

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError("the name server did not answer in time") from None
    if isinstance(found, OSError):
        raise found
    return found
