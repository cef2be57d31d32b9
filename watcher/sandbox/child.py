"""The process that judges pages: `python -m watcher.sandbox.child`, with a socket as standard input.

It takes one step after the other, each within its limits, and ends when the other side has gone. A step that breaks
the process is told by its end, one that fails in an ordered way by an answer. Documents are sent once: both sides know
the last few by number.
"""

from __future__ import annotations

import os
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from storage.codec import dump, load
from storage.errors import ExtractError
from storage.model import Capture, Document, Extraction, ExtractRules, Fact, Interest
from watcher.collector import keep_loaded
from watcher.sandbox import limits as bounds
from watcher.sandbox.limits import Limits
from watcher.stages import HERE
from watcher.wire import Head, receive, send

# How many documents each side remembers.
REMEMBERED = 16


def main() -> None:
    """Get ready, say so, and serve until the other side has gone."""
    limits = Limits(memory=int(sys.argv[1]), seconds=int(sys.argv[2]))
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    bounds.stand_alone()
    bounds.bound_memory(limits)
    try:
        _load()
    except Exception:  # noqa: BLE001 - whatever it is, the parent must know
        send(channel, {"broken": traceback.format_exc()})
        return
    keep_loaded()  # it need not be looked through for each page
    send(channel, {"ready": True})
    server = _Server()
    while True:
        try:
            head, body = receive(channel)
        except (EOFError, OSError):
            return
        bounds.bound_time(limits)
        bounds.watch_parent(on=True)
        answer, texts = server.answer(head, body)
        bounds.watch_parent(on=False)
        answer["memory"] = bounds.memory_used()
        try:
            send(channel, answer, texts)
        except OSError:
            return
        if answer.get("spent"):
            return


def _load() -> None:
    """Load parsers, lexicons and models before the first page asks for them."""
    from datetime import UTC, datetime  # noqa: PLC0415 - with the rest of what is loaded here

    text = "# Privacy policy\n\nWe keep personal data for 12 months from 1 March 2026.\n"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for media, source in (("text/markdown", text), ("text/html", f"<main><h1>Privacy policy</h1><p>{text}</p></main>")):
        page = Capture("", "", moment, 200, (), media, "utf-8", "", source.encode())
        extraction = HERE.read([page], ExtractRules())
        HERE.gate(extraction, extraction.document)
        HERE.compare(extraction.document, extraction.document)
        HERE.find_facts(extraction.document)


class _Server:
    """Answers messages; remembers the last documents."""

    def __init__(self) -> None:
        self.known: dict[int, Extraction | Document] = {}

    def answer(self, head: Head, body: memoryview) -> tuple[Head, Sequence[bytes]]:
        """What to send back. Never raises."""
        try:
            return {"ok": True}, [getattr(self, f"_{head['step']}")(head, _Parts(head.get("sizes", []), body))]
        except (MemoryError, RecursionError) as error:
            return self.spent(error), ()
        except ExtractError as error:
            if isinstance(error.__cause__, MemoryError | RecursionError):
                return self.spent(error.__cause__), ()
            return {"reason": error.reason.value, "detail": str(error)}, ()
        except Exception:  # noqa: BLE001 - a defect: told as one, with its place
            return {"broken": traceback.format_exc()}, ()

    def spent(self, error: BaseException) -> Head:
        """What to say when there is no more memory, or no more depth; this process then ends."""
        self.known.clear()
        return {"spent": "memory" if isinstance(error, MemoryError) else "depth"}

    def _read(self, head: Head, parts: _Parts) -> bytes:
        captures = [parts.capture() for _ in range(head["captures"])]
        extraction = HERE.read(captures, load(ExtractRules, head["rules"]))
        self.remember(head["number"], extraction)
        return dump(extraction).encode()

    def _look(self, _head: Head, parts: _Parts) -> bytes:
        from watcher.discovery.page import look  # noqa: PLC0415 - few runs discover anything

        return dump(look(parts.capture())).encode()

    def _gate(self, head: Head, parts: _Parts) -> bytes:
        extraction = self.value(head["extraction"], parts, Extraction)
        before = self.value(head["before"], parts, Document) if head["before"] else None
        return dump(HERE.gate(extraction, before)).encode()

    def _compare(self, head: Head, parts: _Parts) -> bytes:
        old, new = (self.value(head[side], parts, Document) for side in ("old", "new"))
        interests = load(tuple[Interest, ...], head["interests"])
        return dump(HERE.compare(old, new, interests, whole=head["whole"])).encode()

    def _find_facts(self, head: Head, parts: _Parts) -> bytes:
        return dump(HERE.find_facts(self.value(head["document"], parts, Document)), tuple[Fact, ...]).encode()

    def value(self, named: Head, parts: _Parts, kind: Any) -> Any:
        """The value that a message names: one that is known, or one that comes with it."""
        number = named["number"]
        if named.get("sent"):
            self.remember(number, load(kind, bytes(parts.take())))
        value = self.known[number]
        return value.document if kind is Document and isinstance(value, Extraction) else value

    def remember(self, number: int, value: Extraction | Document) -> None:
        """Keep a value under its number, and let go the one that the other side has forgotten too."""
        self.known[number] = value
        self.known.pop(number - REMEMBERED, None)


class _Parts:
    """The bytes behind a head, part by part."""

    def __init__(self, sizes: Sequence[int], body: memoryview) -> None:
        self.sizes, self.body = list(sizes), body

    def take(self) -> memoryview:
        """The next part."""
        size = self.sizes.pop(0)
        part, self.body = self.body[:size], self.body[size:]
        return part

    def capture(self) -> Capture:
        """The next page: its record, then its bytes."""
        record = load(Capture, bytes(self.take()))
        return Capture(
            url=record.url,
            final_url=record.final_url,
            fetched_at=record.fetched_at,
            status=record.status,
            headers=record.headers,
            media_type=record.media_type,
            charset=record.charset,
            sha256=record.sha256,
            body=bytes(self.take()),
            hops=record.hops,
        )


if __name__ == "__main__":
    main()
