"""The addresses of a host, within a time: the system's resolver cannot be interrupted, so a late one is left behind."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from typing import Any

_MAX_ADDRESSES = 8  # of one host that are tried

# What `socket.socket` and `connect` take: family, kind, protocol, place.
Address = tuple[int, int, int, tuple[Any, ...]]


def look_up(host: str, port: int, seconds: float) -> list[Address]:
    """The addresses of a host, at least one. Raises socket.gaierror, also when the time is over or the name is none.

    A name is looked up in a thread of its own, which ends with the resolver's own timeout.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return _resolve(host, port, socket.AI_NUMERICHOST)
    answers: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_resolve(host, port, 0))
        except Exception as error:  # noqa: BLE001 # carried over to the waiting thread, which raises it
            answers.put(error)

    threading.Thread(target=work, name="fetch-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, str(answer)) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def _resolve(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, flags)
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "the host has no address")
    return [(family, kind, protocol, place) for family, kind, protocol, _, place in found[:_MAX_ADDRESSES]]
