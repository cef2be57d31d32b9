"""Which raw pages are let go of: by age first, then the oldest until the others take no more room than they may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.model import RawPage
from storage.protocol import Store
from watcher.config import Retention

# What goes may make the rest grow, so room is looked at anew after each round; there are no more than about so many.
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many pages were let go of, and the room that it gave back; `left` is that of all others, in bytes.

    `over` is the room beyond the bound that is taken by the pages of the latest versions, which are never let go of.
    """

    pages: int = 0
    freed: int = 0
    left: int = 0
    over: int = 0


def too_old(pages: Sequence[RawPage], bounds: Retention, now: datetime) -> list[RawPage]:
    """The pages that last came longer ago than they are kept for."""
    if bounds.age is None:
        return []
    return [page for page in pages if not page.latest and page.last_at < now - bounds.age]


def too_many(pages: Sequence[RawPage], bounds: Retention, *, least: int = 0) -> list[RawPage]:
    """The oldest pages, as many as are needed until the others fit, then at least `least`.

    `pages` are in order, the oldest first. As if each took its room by itself: what stands upon a page that goes may
    need more room then.
    """
    over = sum(page.size for page in pages) - bounds.size if bounds.size is not None else 0
    if over <= 0:
        return []
    chosen: list[RawPage] = []
    for page in pages:
        if over <= 0 and len(chosen) >= least:
            break
        if not page.latest:
            chosen.append(page)
            over -= page.size
    return chosen


def foresee(pages: Sequence[RawPage], bounds: Retention, now: datetime) -> Pruned:
    """What `prune` would do with the raw pages of a store, about."""
    old = {page.sha256 for page in too_old(pages, bounds, now)}
    rest = [page for page in pages if page.sha256 not in old]
    gone = old | {page.sha256 for page in too_many(rest, bounds)}
    freed = sum(page.size for page in pages if page.sha256 in gone)
    left = sum(page.size for page in pages) - freed
    return Pruned(len(gone), freed, left, _over(left, bounds))


def prune(store: Store, bounds: Retention, now: datetime) -> Pruned:
    """Let go of what is beyond the bounds; without any, nothing is looked at."""
    if bounds.age is None and bounds.size is None:
        return Pruned()
    count = freed = 0
    pages = store.raw_pages()
    old = too_old(pages, bounds, now)
    if old and bounds.age is not None:
        freed += store.drop_raw([page.sha256 for page in old], now, f"last came over {bounds.age.days} days ago")
        count, pages = len(old), store.raw_pages()
    least = 0
    while many := too_many(pages, bounds, least=least):
        freed += store.drop_raw([page.sha256 for page in many], now, f"over {bounds.size} bytes of raw pages")
        count, pages = count + len(many), store.raw_pages()
        least = len(pages) // _ROUNDS + 1
    left = sum(page.size for page in pages)
    return Pruned(count, freed, left, _over(left, bounds))


def _over(left: int, bounds: Retention) -> int:
    return max(left - bounds.size, 0) if bounds.size is not None else 0
