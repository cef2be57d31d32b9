"""All pages of one source, fetched and read for a look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from storage.errors import ExtractError
from storage.model import Capture, Document, Extraction, Reason, Source
from watcher.discovery.page import PageLook
from watcher.extraction import GateVerdict
from watcher.fetcher import FetchFailure, Manner, NotModified
from watcher.rendering import escalates
from watcher.scout.reading import Desk, Problem, failed, refused, unreadable

ManOf = Callable[[Source], Manner]


@dataclass(frozen=True, slots=True)
class Look:
    """One source as it is now; `note` tells that robots.txt was not obeyed."""

    source: Source
    captures: tuple[Capture, ...] = ()
    page: PageLook | None = None
    extraction: Extraction | None = None
    verdict: GateVerdict | None = None
    problem: Problem | None = None
    note: str | None = None

    @property
    def document(self) -> Document | None:
        """What it says now."""
        return self.extraction.document if self.extraction else None


def look_at(desk: Desk, source: Source, manner: Manner) -> Look:
    """Fetch and read all pages of a source. Never raises for what a page or the network does."""
    source = source.as_of(desk.now())
    look = _look_at(desk, source, manner)
    if escalates(source, look.problem.reason if look.problem else None, look.captures):
        look = _look_at(desk, source, replace(manner, fetcher="browser"))
    return replace(look, note=desk.ignored(source.urls))


def _look_at(desk: Desk, source: Source, manner: Manner) -> Look:
    captures: list[Capture] = []
    for url in source.urls:
        answer = desk.fetcher.fetch(url, manner=replace(manner, robots=source.robots), now=desk.now)
        if isinstance(answer, NotModified):
            return Look(source, tuple(captures), problem=Problem(Reason.PROTOCOL, f"{url}: 304 unasked", "try again"))
        if isinstance(answer, FetchFailure):
            return Look(source, tuple(captures), problem=failed(answer))
        captures.append(answer)
    try:
        page = desk.stages.look(captures[0])
        extraction = desk.stages.read(captures, source.rules)
        verdict = desk.stages.gate(extraction, None)
    except ExtractError as error:
        return Look(source, tuple(captures), problem=unreadable(error, captures[0]))
    return Look(source, tuple(captures), page, extraction, verdict, refused(verdict, captures[0]))


def look_at_all(desk: Desk, sources: Sequence[Source], manner_of: ManOf, *, threads: int = 16) -> Iterator[Look]:
    """Every source, one request at a time to a host and many hosts at a time, in the order in which they are done."""
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        hosts.setdefault(source.host, []).append(source)

    def one_host(own: list[Source]) -> list[Look]:
        return [look_at(desk, source, manner_of(source)) for source in own]

    pool = ThreadPoolExecutor(min(threads, max(len(hosts), 1)), thread_name_prefix="scout")
    try:
        for done in as_completed([pool.submit(one_host, own) for own in hosts.values()]):
            yield from done.result()
    finally:
        pool.shutdown(cancel_futures=True)  # whoever stops waits for the pages under way, not for all
