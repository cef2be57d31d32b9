"""Addresses that have moved for good, confirmed by asking now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from storage.model import Capture, Source
from watcher.config.edit import NewAddress
from watcher.discovery.addresses import page_key, without_tracking
from watcher.scout.document import Look, ManOf, look_at_all
from watcher.scout.reading import Desk

# Moved Permanently and Permanent Redirect (RFC 9110, 15.4.2 and 15.4.9): clients ought to use the new address.
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Fix:
    """What is to become of one source: new addresses, or why there is none."""

    source: Source
    moves: tuple[NewAddress, ...] = ()
    problem: str | None = None


def find_moves(
    desk: Desk,
    sources: Sequence[Source],
    known: Sequence[Source],
    manner_of: ManOf,
    *,
    threads: int = 16,
    done: Callable[[Source], None] = lambda _: None,
) -> list[Fix]:
    """Ask for every page of the sources, and say which have moved for good to a page that is the document.

    `known` are all sources of the configuration: no address is taken that another watches. Records nothing.
    """
    found: dict[str, Fix] = {}
    for look in look_at_all(desk, sources, manner_of, threads=threads):
        found[look.source.id] = _fix(look, known)
        done(look.source)
    return [found[source.id] for source in sources]


def move_of(source: Source, capture: Capture) -> NewAddress | None:
    """Where an address has moved for good: every hop says so, and it does not end at a home page."""
    if not capture.hops or any(hop.status not in _PERMANENT for hop in capture.hops):
        return None
    if urlsplit(capture.final_url).path in {"", "/"} and urlsplit(capture.url).path not in {"", "/"}:
        return None
    new = without_tracking(capture.final_url)
    return None if new == capture.url else NewAddress(source.id, capture.url, new)


def _fix(look: Look, known: Sequence[Source]) -> Fix:
    if look.problem is not None:
        return Fix(look.source, problem=str(look.problem))
    moves = tuple(move for capture in look.captures if (move := move_of(look.source, capture)) is not None)
    watched = {page_key(url): one.id for one in known if one.id != look.source.id for url in one.urls}
    for move in moves:
        if (other := watched.get(page_key(move.new))) is not None:
            return Fix(look.source, problem=f"{move.old} has moved to {move.new}, which {other} watches (take one out)")
    return Fix(look.source, moves)
