"""Messages between a process and one that works for it: a head of JSON, and bytes behind it.

Nothing that is received is ever run: values are read by the same codec as those of the store.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

_SIZES = struct.Struct(">IQ")
# No message is longer; a longer one is garbage.
_MOST_HEAD = 1 << 24
_MOST_BODY = 1 << 31

Head = dict[str, Any]


def send(channel: socket.socket, head: Head, body: Sequence[bytes] = (), *, until: float | None = None) -> None:
    """Send one message. Raises TimeoutError at `until` (of `time.monotonic`), OSError when the other side has gone."""
    stated = json.dumps(head).encode()
    size = sum(len(part) for part in body)
    channel.settimeout(_left(until))
    channel.sendall(_SIZES.pack(len(stated), size) + stated)
    for part in body:
        channel.settimeout(_left(until))
        channel.sendall(part)


def receive(channel: socket.socket, *, until: float | None = None, most: int = _MOST_BODY) -> tuple[Head, memoryview]:
    """Receive one message with at most `most` bytes behind its head.

    Raises: EOFError when the other side has gone, TimeoutError at `until`, ValueError for what is no message.
    """
    head_size, body_size = _SIZES.unpack(_exactly(channel, _SIZES.size, until))
    if head_size > _MOST_HEAD or body_size > most:
        raise ValueError(f"a message of {head_size} + {body_size} bytes")
    head = json.loads(bytes(_exactly(channel, head_size, until)))
    if not isinstance(head, dict):
        raise ValueError("a message without a head")  # noqa: TRY004 - told as one fault
    return head, _exactly(channel, body_size, until)


def _exactly(channel: socket.socket, size: int, until: float | None) -> memoryview:
    found = memoryview(bytearray(size))
    done = 0
    while done < size:
        channel.settimeout(_left(until))
        count = channel.recv_into(found[done:])
        if count == 0:
            raise EOFError("the other side has gone")
        done += count
    return found


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
