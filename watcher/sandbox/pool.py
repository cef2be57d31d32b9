"""The stages that judge pages, each step in one of a few processes that are kept and replaced as needed."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Self, TypeVar

from storage.codec import dump
from storage.model import Capture, Comparison, Document, Extraction, ExtractRules, Fact, Interest
from watcher.extraction import GateVerdict
from watcher.sandbox.limits import CAN_BOUND, Limits
from watcher.sandbox.reader import REMEDY, NotStartedError, Reader
from watcher.stages import HERE

if TYPE_CHECKING:
    from watcher.discovery.page import PageLook

log = logging.getLogger("clausewatch.sandbox")

T = TypeVar("T")


class Sandbox:
    """The stages (`watcher.stages.Stages`), bounded. Starts no process before a page needs one; safe in threads.

    A page that needs more memory or time than `limits` allow raises ExtractError and costs its process, which is
    replaced. Where no process can be started, pages are judged in this one, and a warning says so once.
    """

    def __init__(self, limits: Limits = Limits(), *, size: int = 2, remedy: str = REMEDY) -> None:  # noqa: B008 - frozen value
        """At most `size` steps run at a time, each in a process of its own; `remedy` is told with a page given up."""
        self._limits = limits
        self._remedy = remedy
        self._room = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Reader] = []
        self._busy = 0
        self._closed = False
        self._here = not CAN_BOUND or not sys.executable
        if self._here:
            log.warning("this platform cannot bound a process: pages are judged without limits on memory and time")

    def __enter__(self) -> Self:
        """Nothing is started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """All pages of a document as one extraction. Raises ExtractError."""

        def ask(reader: Reader) -> Extraction:
            number = reader.number()
            head = {"step": "read", "captures": len(captures), "rules": dump(rules), "number": number}
            parts = [part for page in captures for part in (dump(replace(page, body=b"")).encode(), page.body)]
            extraction = reader.ask(Extraction, head, parts)
            reader.remember(number, extraction, extraction.document)
            return extraction

        return self._step(ask, lambda: HERE.read(captures, rules))

    def look(self, capture: Capture) -> PageLook:
        """What a page says about itself and where it leads. Raises ExtractError."""
        from watcher.discovery.page import PageLook, look  # noqa: PLC0415 - few runs discover anything

        def ask(reader: Reader) -> PageLook:
            return reader.ask(PageLook, {"step": "look"}, [dump(replace(capture, body=b"")).encode(), capture.body])

        return self._step(ask, lambda: look(capture))

    def gate(self, extraction: Extraction, before: Document | None) -> GateVerdict:
        """Whether it is the document at all. Raises ExtractError."""

        def ask(reader: Reader) -> GateVerdict:
            parts: list[bytes] = []
            named = reader.name(extraction, parts)
            head = {"step": "gate", "extraction": named, "before": reader.name(before, parts) if before else None}
            return reader.ask(GateVerdict, head, parts)

        return self._step(ask, lambda: HERE.gate(extraction, before))

    def compare(
        self, old: Document, new: Document, interests: Sequence[Interest] = (), *, whole: bool = False
    ) -> Comparison:
        """What differs between two documents, with what the user follows; `whole`: the new one is not cut.

        Raises ExtractError.
        """

        def ask(reader: Reader) -> Comparison:
            parts: list[bytes] = []
            told = dump(tuple(interests), tuple[Interest, ...])
            named = {"old": reader.name(old, parts), "new": reader.name(new, parts)}
            return reader.ask(Comparison, {"step": "compare", "interests": told, "whole": whole, **named}, parts)

        return self._step(ask, lambda: HERE.compare(old, new, interests, whole=whole))

    def find_facts(self, document: Document) -> tuple[Fact, ...]:
        """What a document states. Raises ExtractError."""

        def ask(reader: Reader) -> tuple[Fact, ...]:
            parts: list[bytes] = []
            head = {"step": "find_facts", "document": reader.name(document, parts)}
            return reader.ask(tuple[Fact, ...], head, parts)

        return self._step(ask, lambda: HERE.find_facts(document))

    def warm(self) -> None:
        """Start a process in the background, if none is there: a page will have to be read."""
        with self._lock:
            if self._closed or self._here or self._idle or self._busy:
                return
            try:
                self._idle.append(Reader(self._limits, self._remedy))
            except NotStartedError as error:
                self._give_up(error)

    def close(self) -> None:
        """End all processes. Idempotent; a step that is under way in another thread ends its own."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.close()

    @property
    def pids(self) -> list[int]:
        """The processes that wait for a page."""
        with self._lock:
            return [reader.pid for reader in self._idle]

    def _step(self, ask: Callable[[Reader], T], here: Callable[[], T]) -> T:
        if not self._here:
            try:
                with self._reader() as reader:
                    return ask(reader)
            except NotStartedError as error:
                self._give_up(error)
        return here()

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        """A process that is ready, for one step. Raises NotStartedError."""
        with self._room:
            reader = self._take()
            try:
                reader = reader or Reader(self._limits, self._remedy)
                reader.wait_ready()
                yield reader
            finally:
                self._give_back(reader)

    def _take(self) -> Reader | None:
        """An idle process; the one used last, which knows the last documents."""
        with self._lock:
            self._busy += 1
            while self._idle:
                reader = self._idle.pop()
                if reader.alive:
                    return reader
                reader.close()
        return None

    def _give_back(self, reader: Reader | None) -> None:
        with self._lock:
            self._busy -= 1
            if reader is not None and reader.usable and not self._closed:
                self._idle.append(reader)
                return
        if reader is not None:
            reader.close()

    def _give_up(self, error: NotStartedError) -> None:
        self._here = True
        log.warning("%s; pages are judged without limits on memory and time", error)
